//! What arrives: each request read back so strictly that nothing in it can go unseen.
//!
//! The head has to be exactly the request line, `host`, `user-agent`, `authorization`, the request's own headers in
//! their order and `content-length` where there is a body. What is left open is the name and version after `akua/`, the
//! port, and the value of a key that was minted: it counts as the first, second and so on, and any other than 32
//! hexadecimal digits is no minted key.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

/// A request that must arrive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The verb.
    pub method: String,
    /// Path and query as they stand on the wire, without the prefix of the base URL.
    pub target: String,
    /// The headers of the request's own, as lines in their order. `idempotency-key: <minted 1>` is a key that the
    /// client has minted; the same number is the same key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<String>,
    /// The body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// What a request is read against.
pub struct Reader {
    authority: String,
    prefix: String,
    token: String,
    minted: Vec<String>,
}

impl Reader {
    /// For a client of `http://{authority}{prefix}` with this token.
    #[must_use]
    pub fn new(authority: &str, prefix: &str, token: &str) -> Self {
        Self {
            authority: authority.to_owned(),
            prefix: prefix.to_owned(),
            token: token.to_owned(),
            minted: Vec::new(),
        }
    }

    /// Reads one request. `given_key`: the caller's own key, which is none that was minted.
    ///
    /// # Errors
    ///
    /// The first thing in it that no request may have.
    pub fn read(&mut self, bytes: &[u8], given_key: Option<&str>) -> Result<Expected, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "the request is not UTF-8".to_owned())?;
        let (head, body) = text
            .split_once("\r\n\r\n")
            .ok_or("the head of the request does not end")?;
        let mut lines = head.split("\r\n");
        let line = lines.next().unwrap_or_default();
        let (method, target) = line
            .strip_suffix(" HTTP/1.1")
            .and_then(|line| line.split_once(' '))
            .ok_or_else(|| format!("no request line: {line:?}"))?;
        let target = target
            .strip_prefix(&self.prefix)
            .ok_or_else(|| format!("the target {target:?} is not below {:?}", self.prefix))?;
        let mut next = |wanted: &str| match lines.next() {
            Some(line) if line == wanted => Ok(()),
            other => Err(format!("header {other:?}, expected {wanted:?}")),
        };
        next(&format!("host: {}", self.authority))?;
        let agent = lines.next().unwrap_or_default();
        if !agent.starts_with("user-agent: akua/") {
            return Err(format!(
                "header {agent:?}, expected a user-agent that begins with akua/"
            ));
        }
        let mut next = |wanted: &str| match lines.next() {
            Some(line) if line == wanted => Ok(()),
            _ => Err(format!("no header {wanted:?} after user-agent")),
        };
        next(&format!("authorization: Bearer {}", self.token))?;
        let mut headers: Vec<String> = lines.map(str::to_owned).collect();
        let body = match headers.last().and_then(|last| last.strip_prefix("content-length: ")) {
            Some(length) if length == body.len().to_string() => Some(body.to_owned()),
            Some(length) => return Err(format!("content-length {length}, the body has {}", body.len())),
            None if body.is_empty() => None,
            None => return Err("a body without content-length after all other headers".to_owned()),
        };
        if body.is_some() {
            headers.pop();
        }
        for header in &mut headers {
            if let Some(key) = header.strip_prefix("idempotency-key: ")
                && Some(key) != given_key
            {
                *header = format!("idempotency-key: {}", self.minted(key)?);
            }
        }
        Ok(Expected {
            method: method.to_owned(),
            target: target.to_owned(),
            headers,
            body,
        })
    }

    fn minted(&mut self, key: &str) -> Result<String, String> {
        let digits = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if key.len() != 32 || !key.bytes().all(digits) {
            return Err(format!("{key:?} is no minted key: it has 32 hexadecimal digits"));
        }
        let known = self.minted.iter().position(|known| known == key);
        let number = known.unwrap_or_else(|| {
            self.minted.push(key.to_owned());
            self.minted.len() - 1
        });
        Ok(format!("<minted {}>", number + 1))
    }
}

impl Expected {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let value = |line: &'_ str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(": "));
        let line = self.headers.iter().find(|line| value(line))?;
        line.get(name.len() + 2..)
    }

    /// In a few words: the verb, what is asked for beside it, the query of a list, the etag that guards a write, its key.
    #[must_use]
    pub fn in_short(&self) -> String {
        let mut short = self.method.clone();
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        if let Some((_, action)) = path.rsplit_once(':') {
            let _ = write!(short, " :{action}");
        }
        if !query.is_empty() {
            let _ = write!(short, " ?{query}");
        }
        if let Some(etag) = self.header("if-match") {
            let _ = write!(short, " {etag}");
        }
        if let Some(key) = self.header("idempotency-key") {
            let number = key.strip_prefix("<minted ").and_then(|rest| rest.strip_suffix('>'));
            let _ = write!(short, " k{}", number.unwrap_or_default());
        }
        short
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "PATCH /case/v1/x HTTP/1.1\r\nhost: h:1\r\nuser-agent: akua/9\r\nauthorization: Bearer t\r\n\
                        if-match: 1\r\nidempotency-key: 0123456789abcdef0123456789abcdef\r\ncontent-length: 2\r\n\r\n{}";

    fn read(text: &str) -> Result<Expected, String> {
        Reader::new("h:1", "/case", "t").read(text.as_bytes(), None)
    }

    #[test]
    fn a_request_is_read_to_the_last_byte() {
        let request = read(GOOD).unwrap();
        assert_eq!((request.method.as_str(), request.target.as_str()), ("PATCH", "/v1/x"));
        assert_eq!(request.headers, ["if-match: 1", "idempotency-key: <minted 1>"]);
        assert_eq!(request.body.as_deref(), Some("{}"));
        assert_eq!(request.in_short(), "PATCH 1 k1");
        let get = "GET /case/v1/x?a=b HTTP/1.1\r\nhost: h:1\r\nuser-agent: akua/9 x\r\nauthorization: Bearer t\r\n\r\n";
        assert_eq!(read(get).unwrap().in_short(), "GET ?a=b");
        let with_body = format!("{get}x");
        assert!(read(&with_body).is_err());
    }

    #[test]
    fn nothing_that_no_request_has_goes_unseen() {
        for (what, instead) in [
            ("HTTP/1.1", "HTTP/1.0"),
            ("/case/v1/x", "/v1/x"),
            ("host: h:1", "host: h:2"),
            ("host: h:1", "Host: h:1"),
            ("host: h:1\r\n", ""),
            ("host: h:1\r\n", "host: h:1\r\naccept: */*\r\n"),
            ("akua/9", "curl/9"),
            ("Bearer t", "Bearer u"),
            ("authorization: Bearer t\r\n", ""),
            ("content-length: 2", "content-length: 3"),
            ("content-length: 2\r\n", ""),
            ("content-length: 2", "content-length: 2\r\nx: y"),
            ("content-length: 2", "content-length: 02"),
            ("0123456789abcdef", "0123456789ABCDEF"),
            ("0123456789abcdef", "0"),
            ("\r\n\r\n", "\n\n"),
        ] {
            assert!(GOOD.contains(what), "{what}");
            assert!(
                read(&GOOD.replacen(what, instead, 1)).is_err(),
                "{what:?} as {instead:?}"
            );
        }
        // These are read, and are then other requests than the one expected.
        for (what, instead) in [
            ("if-match: 1", "If-Match: 1"),
            ("if-match: 1\r\n", ""),
            ("{}", "[]"),
            ("PATCH", "PUT"),
        ] {
            let other = read(&GOOD.replacen(what, instead, 1));
            assert!(
                other.is_ok_and(|other| Ok(other) != read(GOOD)),
                "{what:?} as {instead:?}"
            );
        }
    }

    #[test]
    fn a_key_is_numbered_by_its_value() {
        let mut reader = Reader::new("h:1", "/case", "t");
        let mut key = |digits: &str, given| {
            let text = GOOD.replace("0123456789abcdef0123456789abcdef", digits);
            let request = reader.read(text.as_bytes(), given).unwrap();
            request.header("idempotency-key").unwrap().to_owned()
        };
        let (one, two) = ("1".repeat(32), "2".repeat(32));
        assert_eq!(
            [key(&one, None), key(&two, None), key(&one, None)],
            ["<minted 1>", "<minted 2>", "<minted 1>"]
        );
        assert_eq!(key("mine", Some("mine")), "mine");
    }
}
