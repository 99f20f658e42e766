//! Reads the JSON of an answer. Where that fails, it names the field that is wrong, never a value.
//!
//! Well-formed JSON can still be out of reach: a number beyond 64 bits of floating point, half a surrogate pair,
//! bytes that are not UTF-8. Such a field is named like one of the wrong type, and what stands beside it can still be
//! told ([`identity`]). A property that this version does not know is kept as its text, whatever is in it; only its name has
//! to be Unicode.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::error::Error;
use crate::etag::Etag;
use crate::json;

/// Reads a resource, or whatever else answers are made of, from the text of an answer.
///
/// ```
/// let json = r#"{"id":"ws_1","name":"a","slug":"abc","plan":{},"created_at":1,"updated_at":1,"etag":"8","cells":1e400}"#;
/// let workspace: akua_model::Workspace = akua_model::from_json(json)?;
/// assert_eq!(workspace.unknown.as_map()["cells"].as_str(), "1e400");
/// # Ok::<(), akua_model::Error>(())
/// ```
///
/// # Errors
///
/// [`Decode`](crate::ErrorKind::Decode), naming what is missing or of the wrong type.
pub fn from_json<T: DeserializeOwned>(json: &str) -> Result<T, Error> {
    decode(json.as_bytes())
}

/// Reads a whole document, which is always an object.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    decode_usual(body).map_or_else(|| slowly(body), Ok)
}

/// The same of a document that is what servers usually write.
pub(crate) fn decode_usual<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let text = std::str::from_utf8(body).ok().filter(|_| is_object(body))?;
    json::from_str(text).ok()
}

/// The id and etag that an object shows, whatever else is in it. `None` if it shows two of either.
pub(crate) fn identity(body: &[u8], id: &str) -> Option<(String, Etag)> {
    Some((text_at(body, id)?, text_at(body, "etag")?.into()))
}

/// The object with `text` under `name` too, if it shows nothing there.
pub(crate) fn with_text<'a>(body: Cow<'a, [u8]>, name: &str, text: &str) -> Cow<'a, [u8]> {
    let Some(inside) = body.trim_ascii_start().strip_prefix(b"{") else {
        return body;
    };
    if shows(&body, name) {
        return body;
    }
    let comma = if first_byte(inside) == Some(b'}') { "" } else { "," };
    let member = format!("{{{}:{}{comma}", Value::from(name), Value::from(text));
    Cow::Owned([member.as_bytes(), inside].concat())
}

/// The text that an object shows under `name`, whatever else is in it. `None` if it shows none, or two.
pub(crate) fn text_at(body: &[u8], name: &str) -> Option<String> {
    member(body, name)
}

/// Whether an object has a member `name`.
fn shows(body: &[u8], name: &str) -> bool {
    member::<IgnoredAny>(body, name).is_some()
}

/// The value that an object has under `name`, if it is a `T` and there is no other one.
fn member<T: DeserializeOwned + PartialEq>(body: &[u8], name: &str) -> Option<T> {
    struct Named<'a, T>(&'a str, PhantomData<T>);

    impl<'de, T: Deserialize<'de> + PartialEq> Visitor<'de> for Named<'_, T> {
        type Value = Option<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut found: Option<T> = None;
            while let Some(Key(key)) = map.next_key()? {
                if key != self.0 {
                    map.next_value::<IgnoredAny>()?;
                } else if found
                    .replace(map.next_value()?)
                    .is_some_and(|before| Some(before) != found)
                {
                    return Ok(None);
                }
            }
            Ok(found)
        }
    }

    let mut whole = serde_json::Deserializer::from_slice(body);
    let found = whole.deserialize_map(Named(name, PhantomData)).ok()?;
    whole.end().ok().and(found)
}

fn first_byte(body: &[u8]) -> Option<u8> {
    body.iter().copied().find(|byte| !byte.is_ascii_whitespace())
}

fn is_object(body: &[u8]) -> bool {
    first_byte(body) == Some(b'{')
}

/// Reads what is not usual, and keeps count of where it is: so there is one way through each type, not one to read it and
/// another to say what is wrong.
fn slowly<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut deserializer);
    match read {
        Ok(value) if is_object(body) && deserializer.end().is_ok() => Ok(value),
        Ok(_) => Err(diagnosis(body, None)),
        Err(error) => Err(diagnosis(body, Some(error))),
    }
}

/// What is wrong with `body`, which could not be read.
fn diagnosis(body: &[u8], error: Option<serde_path_to_error::Error<serde_json::Error>>) -> Error {
    if let Some(shape) = malformed(body) {
        return Error::decode("body", shape);
    }
    let Some(error) = error.filter(|_| is_object(body)) else {
        return Error::decode("body", "has another type (expected an object)");
    };
    let parent = error.path().to_string();
    let (field, message) = wrong(&parent, &error.into_inner());
    Error::decode(&field, message)
}

/// Why `body` is no JSON at all, if it is none.
pub(crate) fn malformed(body: &[u8]) -> Option<&'static str> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    match IgnoredAny::deserialize(&mut deserializer) {
        Ok(_) if deserializer.end().is_ok() => None,
        Ok(_) => Some("goes on after its JSON"),
        Err(error) => Some(match first_byte(body) {
            None => "is empty (expected JSON)",
            Some(b'<') => "is HTML (expected JSON)",
            Some(_) if error.is_eof() => "is cut off",
            Some(_) => "is not JSON",
        }),
    }
}

/// The field of a well-formed object that `error` is about, and what is wrong with it.
fn wrong(path: &str, error: &serde_json::Error) -> (String, String) {
    let message = error.to_string();
    let out_of_range = message.starts_with("number out of range");
    if out_of_range || !error.is_data() {
        let what = if out_of_range {
            "is a number out of range"
        } else if message.starts_with("recursion limit") {
            "is nested too deep"
        } else {
            "has text that is not Unicode"
        };
        return (named(path), what.to_owned());
    }
    // Of the words that serde chose, none is passed on that could be part of a value.
    let quoted = |rest: &str| rest.split('`').next().unwrap_or_default().to_owned();
    if let Some(rest) = message.strip_prefix("missing field `") {
        return (inside(path, &quoted(rest)), "is missing".to_owned());
    }
    if let Some(rest) = message.strip_prefix("duplicate field `") {
        return (inside(path, &quoted(rest)), "is there twice".to_owned());
    }
    let Some((_, expected)) = message.rsplit_once(", expected ") else {
        return (named(path), "is not as documented".to_owned());
    };
    let expected = match expected.rsplit_once(" at line ").map_or(expected, |(before, _)| before) {
        structure if structure.starts_with("struct ") => "an object",
        other => other,
    };
    (named(path), format!("has another type (expected {expected})"))
}

/// A path as it can be shown. A server's own property names may hold anything; then it is the body as a whole.
fn named(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']');
    if path == "." || path.len() > 100 || !path.chars().all(plain) {
        "body".to_owned()
    } else {
        path.to_owned()
    }
}

fn inside(parent: &str, field: &str) -> String {
    if parent == "." {
        field.to_owned()
    } else {
        named(&format!("{parent}.{field}"))
    }
}

/// The name of a member, borrowed where it can be.
pub(crate) struct Key<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl<'de> Visitor<'de> for Name {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_identifier(Name)
    }
}
