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

    /// In a few words: the verb, the query of a list, the etag that guards a write, its key.
    #[must_use]
    pub fn in_short(&self) -> String {
        let mut short = self.method.clone();
        if let Some((_, query)) = self.target.split_once('?') {
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
