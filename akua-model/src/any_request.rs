//! Any request, also one that nothing else here describes: its parts are checked, so that it can't address anything else than
//! it says, and nothing is known of what it means.

use std::fmt;

use serde::Serialize;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::etag::{IdempotencyKey, IfMatch, WorkspaceContext};
use crate::http::{Method, Request};
use crate::id::push_encoded;
use crate::limits::{REQUEST_BODY, REQUEST_TARGET};
use crate::request::with_context;

/// What stands before every path.
const VERSION: &str = "/v1";

/// One request to any path of the service.
///
/// The path is written as the API's documentation writes it, from behind `/v1`, which is put before it as it is for every
/// other request: this library speaks one version of the API.
///
/// `Debug` shows the length of the body, not its text.
///
/// ```
/// use akua_model::AnyRequest;
/// let request = AnyRequest::new("POST", "/offers")?.query("dry_run", "true")?.json(&[1, 2])?.request(None);
/// assert_eq!((request.method().as_str(), request.path()), ("POST", "/v1/offers?dry_run=true"));
/// assert_eq!(request.body(), Some(b"[1,2]".as_slice()));
/// assert!(AnyRequest::new("POST", "/offers/../clusters").is_err());
/// # Ok::<(), akua_model::Error>(())
/// ```
#[derive(Clone)]
pub struct AnyRequest {
    method: Method,
    /// With the version and the query, as it stands on the wire.
    target: String,
    if_match: Option<IfMatch>,
    key: Option<IdempotencyKey>,
    body: Option<Zeroizing<Vec<u8>>>,
}

impl AnyRequest {
    /// `method` is GET, POST, PUT, PATCH or DELETE. `path` begins with `/` and is sent as it is: what a URL can't hold has to
    /// be percent-encoded in it.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming `method` or `path`, also for a path that something on the way
    /// could take for another one: with an empty segment, with `.` or `..` as one, or with a control character, all of them
    /// also percent-encoded.
    pub fn new(method: &str, path: &str) -> Result<Self, Error> {
        let known = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete];
        let Some(method) = known.into_iter().find(|known| known.as_str() == method) else {
            let problem = "is none of GET, POST, PUT, PATCH and DELETE (write it in capitals)";
            return Err(Error::invalid("method", problem));
        };
        if let Some(problem) = path_problem(path) {
            return Err(Error::invalid("path", problem));
        }
        let request = Self {
            method,
            target: format!("{VERSION}{path}"),
            if_match: None,
            key: None,
            body: None,
        };
        request.within_limit("path")
    }

    /// Whether it may change something: everything but a GET.
    #[must_use]
    pub fn is_write(&self) -> bool {
        self.method != Method::Get
    }

    /// Adds a parameter to the query. Name and value are percent-encoded here; one name may be given several times.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming `query`, if the name is empty, or path and query together are
    /// too long.
    pub fn query(mut self, name: &str, value: &str) -> Result<Self, Error> {
        if name.is_empty() {
            return Err(Error::invalid("query", "has a parameter without a name (give it one)"));
        }
        // The path holds none: the first one is from here.
        self.target.push(if self.target.contains('?') { '&' } else { '?' });
        push_encoded(&mut self.target, name);
        self.target.push('=');
        push_encoded(&mut self.target, value);
        self.within_limit("query")
    }

    /// Sends `body` as JSON: a [`Json`](crate::Json), or whatever can be written as it.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming `body`, if it is for a GET, can't be written as JSON, or is too
    /// large. Nothing of it is in the error.
    pub fn json(mut self, body: &impl Serialize) -> Result<Self, Error> {
        if self.method == Method::Get {
            let problem = "is given with a GET, which has none (use the query, or another method)";
            return Err(Error::invalid("body", problem));
        }
        self.body = Some(written(body, REQUEST_BODY.max).map_err(|problem| Error::invalid("body", problem))?);
        Ok(self)
    }

    /// Sends `if-match`: the service is to do it only if the resource still has this etag.
    #[must_use]
    pub fn if_match(mut self, etag: &IfMatch) -> Self {
        self.if_match = Some(etag.clone());
        self
    }

    /// Sends `idempotency-key`. Whether the endpoint takes one is not known here.
    #[must_use]
    pub fn idempotency_key(mut self, key: &IdempotencyKey) -> Self {
        self.key = Some(key.clone());
        self
    }

    /// It as a request in this context.
    #[must_use]
    pub fn request(&self, context: Option<&WorkspaceContext>) -> Request {
        let mut headers = Vec::with_capacity(4);
        headers.extend(self.body.is_some().then(|| ("content-type", "application/json".into())));
        headers.extend(
            self.if_match
                .as_ref()
                .map(|etag| ("if-match", etag.as_str().to_owned().into())),
        );
        let mut headers = with_context(headers, context);
        headers.extend(
            self.key
                .as_ref()
                .map(|key| ("idempotency-key", key.as_str().to_owned().into())),
        );
        Request {
            method: self.method,
            writes: self.is_write(),
            // What it answers may be anything.
            secret: true,
            route: "/v1/{path}",
            path: self.target.clone(),
            headers,
            body: self.body.clone(),
        }
    }

    /// What nobody may see of the body where a server repeats it: its texts and numbers, but for the names of properties.
    #[doc(hidden)]
    #[must_use]
    pub fn secrets(&self) -> Vec<Zeroizing<String>> {
        let body = self.body.as_ref().and_then(|body| std::str::from_utf8(body).ok());
        values_in(body.unwrap_or_default())
    }

    fn within_limit(self, field: &str) -> Result<Self, Error> {
        if REQUEST_TARGET.allows(&self.target) {
            return Ok(self);
        }
        let (length, most) = (self.target.len(), REQUEST_TARGET.max);
        let problem = format!("makes {length} bytes of path and query (at most {most} get through everywhere)");
        Err(Error::invalid(field, problem))
    }
}

impl fmt::Debug for AnyRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyRequest")
            .field("method", &self.method.as_str())
            .field("path", &self.target)
            .field("body_bytes", &self.body.as_ref().map(|body| body.len()))
            .finish_non_exhaustive()
    }
}

/// `body` as JSON of at most so many bytes, or why it can't be.
fn written(body: &impl Serialize, most: u64) -> Result<Zeroizing<Vec<u8>>, String> {
    let mut written = Written {
        bytes: Zeroizing::new(Vec::with_capacity(1024)),
        most,
        too_large: false,
    };
    match serde_json::to_writer(&mut written, body) {
        Ok(()) => Ok(written.bytes),
        Err(_) if written.too_large => Err(format!("is larger than {most} bytes (send it in parts)")),
        Err(_) => Err("can't be written as JSON".to_owned()),
    }
}

/// A body as it is written: grown by hand, so that no smaller buffer leaves a copy behind.
struct Written {
    bytes: Zeroizing<Vec<u8>>,
    most: u64,
    too_large: bool,
}

impl std::io::Write for Written {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        let needed = self.bytes.len().saturating_add(piece.len());
        if needed as u64 > self.most {
            self.too_large = true;
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        if needed > self.bytes.capacity() {
            let mut grown = Zeroizing::new(Vec::with_capacity(needed.saturating_mul(2)));
            grown.extend_from_slice(&self.bytes);
            self.bytes = grown;
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What is wrong with a path, if anything is.
fn path_problem(path: &str) -> Option<String> {
    if !path.starts_with('/') {
        let problem = "does not begin with `/` (write it without scheme, host and `/v1`, such as `/offers`)";
        return Some(problem.to_owned());
    }
    for (at, found) in path.char_indices() {
        let problem = match found {
            '?' => "a `?`|give the query apart",
            '#' => "a `#`|it would end the path: write %23",
            '\r' | '\n' => "a line break|no path can hold one",
            '\0' => "a NUL|no path can hold one",
            c if c.is_control() => "a control character|no path can hold one",
            ' ' => "a blank|write %20",
            '%' if escaped_at(path.as_bytes(), at).is_none() => "a `%` that begins no escape|write %25",
            c if !c.is_ascii() => "a character outside ASCII|percent-encode it",
            '"' | '<' | '>' | '[' | '\\' | ']' | '^' | '`' | '{' | '|' | '}' => {
                "a character that no path can hold|percent-encode it"
            }
            _ => continue,
        };
        let (what, way_out) = problem.split_once('|').unwrap_or((problem, ""));
        return Some(format!("has {what} at byte {at} ({way_out})"));
    }
    if path.contains("//") {
        return Some("has an empty segment, `//` (something on the way could read another address into it)".to_owned());
    }
    let (mut is_first, mut segments) = (true, path.split('/').skip(1).map(decoded));
    segments.find_map(|segment| {
        if std::mem::take(&mut is_first) && VERSION.as_bytes().ends_with(&segment) && segment.len() + 1 == VERSION.len() {
            return Some("begins with `/v1`, which is put before it anyway (leave it out)".to_owned());
        }
        if segment.iter().any(u8::is_ascii_control) {
            return Some("has an encoded control character (leave it out)".to_owned());
        }
        let mut parts = segment.split(|byte| matches!(byte, b'/' | b'\\'));
        parts.any(|part| matches!(part, b"." | b"..")).then(|| {
            "has `.` or `..` as a segment, perhaps encoded, which would address something else (write the path that is meant)"
                .to_owned()
        })
    })
}

/// What stands percent-encoded at `at`.
fn escaped_at(bytes: &[u8], at: usize) -> Option<u8> {
    let [b'%', high, low] = bytes.get(at..)?.first_chunk::<3>()? else {
        return None;
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// A segment decoded as often as anything on the way may do so: until nothing is left to decode.
fn decoded(segment: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(segment.len());
    for byte in segment.bytes() {
        decoded.push(byte);
        while let Some(byte) = decoded.len().checked_sub(3).and_then(|at| escaped_at(&decoded, at)) {
            decoded.truncate(decoded.len() - 3);
            decoded.push(byte);
        }
    }
    decoded
}

/// The texts and numbers in a JSON document, names left out. Those that are looked for by their pieces come as one.
fn values_in(json: &str) -> Vec<Zeroizing<String>> {
    /// From this length on a secret is looked for by its pieces.
    const LONG: usize = 12;
    let (mut short, mut long) = (Vec::new(), Zeroizing::new(String::with_capacity(json.len())));
    let mut at = 0;
    while let Some(rest) = json.get(at..).filter(|rest| !rest.is_empty()) {
        let length = token(rest);
        let (found, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        at += found.len();
        let value = match found.as_bytes() {
            [b'"', ..] if after.trim_start().starts_with(':') => continue,
            // Half a surrogate pair is no text to be decoded.
            [b'"', ..] => serde_json::from_str(found).unwrap_or_else(|_| found.trim_matches('"').to_owned()),
            [b'-' | b'0'..=b'9', ..] => found.to_owned(),
            _ => continue,
        };
        let value = Zeroizing::new(value);
        if value.chars().count() < LONG {
            short.push(value);
        } else {
            // Nobody says a NUL, so no piece reaches over it.
            long.push_str(&value);
            long.push('\0');
        }
    }
    short.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
    short.dedup_by(|one, other| one.as_str() == other.as_str());
    short.push(long);
    short
}

/// How long the token is that `json` begins with: a text, a number, or one character of anything else.
fn token(json: &str) -> usize {
    let bytes = json.as_bytes();
    match bytes.first() {
        Some(b'"') => {
            let mut escaped = false;
            let end = bytes.iter().skip(1).position(|byte| {
                let ends = *byte == b'"' && !escaped;
                escaped = *byte == b'\\' && !escaped;
                ends
            });
            end.map_or(bytes.len(), |end| end + 2)
        }
        Some(b'-' | b'0'..=b'9') => {
            let of_number = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
            bytes.iter().position(|byte| !of_number(byte)).unwrap_or(bytes.len())
        }
        _ => json.chars().next().map_or(1, char::len_utf8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_numbers_of_a_body_are_found_and_names_are_not() {
        let json =
            r#" {"name" : "a\"b", "deep":[{"x\"":"line\nof a kubeconfig"}, -1.5e+3, true, null, "é", "\ud800"]} "#;
        let found: Vec<_> = values_in(json).iter().map(|value| value.to_string()).collect();
        assert_eq!(found, ["-1.5e+3", r"\ud800", "a\"b", "é", "line\nof a kubeconfig\0"]);
        let deep = format!("{}\"hush-hush\"{}", "[".repeat(20_000), "]".repeat(20_000));
        assert!(values_in(&deep).iter().any(|value| value.as_str() == "hush-hush"));
        assert_eq!(values_in("").len(), 1);
    }

    #[test]
    fn a_body_is_written_whole_or_not_at_all() {
        let text = "x".repeat(5000);
        let quoted = format!("\"{text}\"");
        assert_eq!(written(&text, 5002).unwrap().as_slice(), quoted.as_bytes());
        let problem = written(&text, 5001).unwrap_err();
        assert_eq!(problem, "is larger than 5001 bytes (send it in parts)");
        assert_eq!(written(&vec![&text; 40], u64::MAX).unwrap().len(), 40 * 5003 + 1);
    }

    #[test]
    fn a_segment_is_decoded_until_nothing_is_left_to_decode() {
        for (segment, expected) in [
            ("a", "a"),
            ("%2e", "."),
            ("%252E", "."),
            ("%25252e%2525252E", ".."),
            ("%252%65", "."),
            ("%2525", "%"),
            ("100%25", "100%"),
            ("%25a", "%a"),
        ] {
            assert_eq!(decoded(segment), expected.as_bytes(), "{segment}");
        }
    }
}
