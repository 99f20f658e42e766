//! One request and one answer as plain data, as they stand on the wire.
//!
//! Nothing here opens a socket or knows what a request means.

use std::fmt;

use axum::http::StatusCode;
use percent_encoding::percent_decode_str;

/// A request as it arrived: complete, undecoded.
///
/// `Debug` shows neither header values nor the body: they may hold a token or a kubeconfig.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct WireRequest {
    /// The verb, as sent.
    pub method: String,
    /// Path and query, as sent: percent-encoded.
    pub target: String,
    /// Header names in lower case with their values. Bytes that are not UTF-8 are replaced by U+FFFD.
    pub headers: Vec<(String, String)>,
    /// The body, undecoded. Empty where the request had none.
    pub body: Vec<u8>,
    /// The number of the connection it came in on, counted from 1. 0 where there was none.
    pub connection: u64,
}

impl WireRequest {
    /// A request without headers and body.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            ..Self::default()
        }
    }

    /// Adds a header. `name` in lower case.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The value of a header (lower case). One that was sent several times is joined by `", "`.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .headers
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// The target up to its `?`.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(self.target.as_str(), |(path, _)| path)
    }

    /// The decoded value of a query parameter, if the target has it; the first one if it has several.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        query
            .split('&')
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| {
                let value = value.replace('+', " ");
                percent_decoded(&value).unwrap_or(value)
            })
    }
}

impl fmt::Debug for WireRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireRequest")
            .field("method", &self.method)
            .field("target", &self.target)
            .field(
                "headers",
                &self.headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            )
            .field("body_bytes", &self.body.len())
            .field("connection", &self.connection)
            .finish()
    }
}

/// An answer, complete. How much of it is delivered is another matter.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Header names in lower case with their values, without `content-length` and `date`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of the header `name` (lower case), if the answer has one.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Sets a header, in place of any of that name.
    pub(crate) fn set_header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// The body read as JSON, `null` if it is not JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or(serde_json::Value::Null)
    }

    /// The `id` in a JSON body.
    pub(crate) fn id(&self) -> Option<String> {
        self.json().get("id")?.as_str().map(str::to_owned)
    }

    /// Status line and headers with the empty line after them. `content-length` is added unless the headers
    /// name a length themselves or `length` is false.
    #[must_use]
    pub(crate) fn head(&self, length: bool) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if length && !self.frames_itself() {
            head.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// Whether the headers themselves say where the body ends, rightly or not.
    pub(crate) fn frames_itself(&self) -> bool {
        self.header("content-length").is_some() || self.header("transfer-encoding").is_some()
    }
}

/// The text after the status. No client may read anything into it.
fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Status")
}

/// `text` with every `%XX` decoded, once; `None` for a broken escape or bytes that are not UTF-8.
#[must_use]
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    // The library leaves a broken escape as it is.
    let whole = |rest: &str| matches!(rest.as_bytes(), [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    if !text.split('%').skip(1).all(whole) {
        return None;
    }
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn percent_escapes_are_decoded_once() {
        assert_eq!(percent_decoded("a%2Fb%252F").unwrap(), "a/b%2F");
        assert_eq!(percent_decoded("%c3%A9").unwrap(), "é");
        for broken in ["%ff", "%", "%2", "%zz", "a%2Fb%", "%%41", "%+1"] {
            assert_eq!(percent_decoded(broken), None, "{broken}");
        }
    }

    #[test]
    fn a_query_is_read_by_name() {
        let request = WireRequest::new("GET", "/v1/clusters?limit=2&cursor=a%3D+b&limit=9");
        assert_eq!(request.path(), "/v1/clusters");
        assert_eq!(request.query("limit").unwrap(), "2");
        assert_eq!(request.query("cursor").unwrap(), "a= b");
        assert_eq!(request.query("other"), None);
    }

    #[test]
    fn debug_shows_no_secret() {
        let request = WireRequest::new("PATCH", "/v1/clusters/clu_1")
            .with_header("authorization", "Bearer marker")
            .with_body(r#"{"kubeconfig":"marker"}"#);
        assert!(!format!("{request:?}").contains("marker"));
    }

    #[test]
    fn a_head_is_written_out() {
        let answer = Answer {
            status: 502,
            headers: vec![("content-type".into(), "text/html".into())],
            body: b"<p>".into(),
        };
        assert_eq!(
            String::from_utf8(answer.head(true)).unwrap(),
            "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: 3\r\n\r\n"
        );
    }
}
