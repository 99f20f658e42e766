//! What a case's server answers: how it is written in a case, and the bytes that it is.

use std::collections::BTreeMap;

use akua_model::ResourceKind as Kind;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::documents::document;

/// What is sent back. Its body is at most one of a resource under the name of its kind, `page`, `json`, `text` and `base64`.
/// What is neither of these nor a name below is refused as no kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// The status. Without it nothing is sent, unless `raw` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Headers. `content-length` is added unless they say themselves how long the body is.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The usual resource of this kind with these properties; `null` leaves one out.
    #[serde(flatten)]
    pub resources: BTreeMap<Kind, Map<String, Value>>,
    /// A page of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<PageOf>,
    /// Any JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// Any text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Any bytes, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
    /// Everything that is sent, head included, in place of all else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// How many bytes of the body are really sent; the connection ends then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<usize>,
    /// What becomes of the connection after that.
    #[serde(skip_serializing_if = "Then::is_keep")]
    pub then: Then,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageOf {
    /// Of which collection.
    pub kind: Kind,
    /// The usual resource with these properties, once for each.
    pub items: Vec<Map<String, Value>>,
    /// Where the list goes on; `null` at its end.
    pub next: Option<String>,
}

/// What becomes of a connection after an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// It is kept for the next request.
    #[default]
    Keep,
    /// It is closed in an orderly way.
    Close,
    /// It is reset.
    Reset,
    /// It stays open, and nothing more is sent.
    Stall,
}

impl Then {
    fn is_keep(&self) -> bool {
        *self == Self::Keep
    }
}

/// The bytes of an answer as they go out.
///
/// # Errors
///
/// If the answer contradicts itself.
pub fn bytes_of(answer: &Answer) -> Result<Vec<u8>, String> {
    if let Some(raw) = &answer.raw {
        return Ok(raw.clone().into_bytes());
    }
    let body = body_of(answer)?;
    let Some(status) = answer.status else {
        return match (body.is_empty(), answer.then) {
            (true, Then::Close | Then::Reset | Then::Stall) => Ok(Vec::new()),
            _ => Err("an answer has a status, or none and no body but `then`".to_owned()),
        };
    };
    let mut bytes = format!("HTTP/1.1 {status} Status\r\n").into_bytes();
    for (name, value) in &answer.headers {
        bytes.extend(format!("{name}: {value}\r\n").bytes());
    }
    let framed = ["content-length", "transfer-encoding"];
    if !framed.iter().any(|name| answer.headers.contains_key(*name)) {
        bytes.extend(format!("content-length: {}\r\n", body.len()).bytes());
    }
    bytes.extend(b"\r\n");
    bytes.extend(
        body.get(..answer.cut.unwrap_or(body.len()))
            .ok_or("`cut` is beyond the end")?,
    );
    Ok(bytes)
}

/// The body of an answer, whole.
///
/// # Errors
///
/// If there is more than one, or base64 that is none.
pub fn body_of(answer: &Answer) -> Result<Vec<u8>, String> {
    let json = |value: Value| value.to_string().into_bytes();
    let mut resources = answer
        .resources
        .iter()
        .map(|(kind, properties)| json(document(*kind, properties)));
    let given = [
        resources.next(),
        resources.next(),
        answer.page.as_ref().map(|page| json(page_of(page))),
        answer.json.clone().map(json),
        answer.text.clone().map(String::into_bytes),
        answer
            .base64
            .as_ref()
            .map(|text| STANDARD.decode(text).map_err(|_| "`base64` is none"))
            .transpose()?,
    ];
    let mut given = given.into_iter().flatten();
    match (given.next(), given.next()) {
        (body, None) => Ok(body.unwrap_or_default()),
        _ => Err("an answer has one body".to_owned()),
    }
}

fn page_of(page: &PageOf) -> Value {
    let items: Vec<_> = page.items.iter().map(|item| document(page.kind, item)).collect();
    json!({ "data": items, "has_more": page.next.is_some(), "next_cursor": page.next })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_goes_out_as_it_is_written() {
        let sent =
            |json: &str| bytes_of(&serde_json::from_str(json).unwrap()).map(|bytes| String::from_utf8(bytes).unwrap());
        for (json, bytes) in [
            (r#"{"status":404}"#, "HTTP/1.1 404 Status\r\ncontent-length: 0\r\n\r\n"),
            (
                r#"{"status":200,"headers":{"x":"y"},"text":"abc","cut":1}"#,
                "HTTP/1.1 200 Status\r\nx: y\r\ncontent-length: 3\r\n\r\na",
            ),
            (
                r#"{"status":200,"headers":{"content-length":"9"},"base64":"YWI="}"#,
                "HTTP/1.1 200 Status\r\ncontent-length: 9\r\n\r\nab",
            ),
            (r#"{"raw":"what\r\n"}"#, "what\r\n"),
            (r#"{"then":"reset"}"#, ""),
        ] {
            assert_eq!(sent(json).as_deref(), Ok(bytes), "{json}");
        }
        for wrong in [
            r#"{}"#,
            r#"{"text":"a","then":"close"}"#,
            r#"{"status":200,"text":"a","json":1}"#,
            r#"{"status":200,"base64":"?"}"#,
            r#"{"status":200,"text":"a","cut":2}"#,
        ] {
            assert!(sent(wrong).is_err(), "{wrong}");
        }
    }
}
