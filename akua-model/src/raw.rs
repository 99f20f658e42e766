//! JSON kept as the text that it came as, so that nothing is lost: a number of any size, half a surrogate pair.
//!
//! It is taken apart only where it is looked at. What JSON libraries can't represent, [`Json::parse`] says.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::error::Error;
use crate::printable::Printable;

/// By this name [`Json`] asks the crate's own reader for the text of a value.
pub(crate) const RAW: &str = "akua_model::Json";

/// Deeper than this, values are compared as they are written.
const MOST_DEPTH: u8 = 100;

/// A JSON value, exactly as an answer wrote it.
///
/// Equal are values that say the same: blanks, the order of properties and the way in which a text is escaped don't count,
/// but every digit of a number does.
///
/// ```
/// use akua_model::Json;
/// let json: Json = "[18446744073709551616, 1e400]".parse()?;
/// assert_eq!(json.as_str(), "[18446744073709551616, 1e400]");
/// assert!(json != "[18446744073709551617,1e400]".parse()? && json == "[18446744073709551616,1e400]".parse()?);
/// # Ok::<(), akua_model::Error>(())
/// ```
#[derive(Clone)]
pub struct Json(Box<RawValue>);

impl Json {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// The text itself.
    pub(crate) fn into_text(self) -> String {
        String::from(Box::<str>::from(self.0))
    }

    /// It as a value of another type, such as `serde_json::Value`.
    ///
    /// # Errors
    ///
    /// [`Decode`](crate::ErrorKind::Decode) if the type can't hold it. `serde_json::Value` holds no number beyond the range
    /// of 64 bits of floating point, no half of a surrogate pair and no 128 levels of nesting, and rounds whole numbers
    /// beyond 64 bits, unless its features say otherwise.
    pub fn parse<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Error> {
        serde_json::from_str(self.as_str()).map_err(|_| Error::decode("value", "can't be held by this type"))
    }

    /// The text in one form, whoever wrote it.
    pub(crate) fn normal(&self) -> String {
        let mut text = String::new();
        write_normal(self.as_str(), MOST_DEPTH, &mut text);
        text
    }

    /// What `value` is written as; `null` if it can't be.
    pub(crate) fn of(value: &impl Serialize) -> Self {
        let text = serde_json::to_string(value).unwrap_or_default();
        Self(RawValue::from_string(text).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }
}

fn write_normal(json: &str, depth: u8, out: &mut String) {
    let deeper = depth.checked_sub(1);
    match (json.as_bytes().first(), deeper) {
        (Some(b'{'), Some(deeper)) => {
            if let Ok(members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(json) {
                let mut before = '{';
                for (name, value) in members {
                    out.push(before);
                    out.push_str(&serde_json::Value::from(name).to_string());
                    out.push(':');
                    write_normal(value.get(), deeper, out);
                    before = ',';
                }
                return out.push_str(if before == '{' { "{}" } else { "}" });
            }
        }
        (Some(b'['), Some(deeper)) => {
            if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(json) {
                let mut before = '[';
                for item in items {
                    out.push(before);
                    write_normal(item.get(), deeper, out);
                    before = ',';
                }
                return out.push_str(if before == '[' { "[]" } else { "]" });
            }
        }
        (Some(b'"'), _) => {
            if let Ok(text) = serde_json::from_str::<String>(json) {
                return out.push_str(&serde_json::Value::from(text).to_string());
            }
        }
        (Some(b'-' | b'0'..=b'9'), _) if json.contains(['.', 'e', 'E']) => {
            // So many digits are the same before and after.
            let digits = json.bytes().filter(u8::is_ascii_digit).count();
            match json.parse::<f64>() {
                Ok(number) if digits <= 15 && number.is_finite() => return out.push_str(&format!("{number:?}")),
                _ => {}
            }
        }
        _ => {}
    }
    out.push_str(json);
}

impl std::str::FromStr for Json {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let raw = RawValue::from_string(text.trim().to_owned());
        raw.map(Self).map_err(|_| Error::decode("value", "is not JSON"))
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str() || self.normal() == other.normal()
    }
}

impl Eq for Json {}

impl Hash for Json {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.normal().hash(state);
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Printable(self.as_str()).fmt(f)
    }
}

impl fmt::Display for Json {
    /// The text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Json;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Json, E> {
                RawValue::from_string(text.to_owned()).map(Json).map_err(E::custom)
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
                Box::<RawValue>::deserialize(deserializer).map(Json)
            }
        }

        deserializer.deserialize_newtype_struct(RAW, Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        text.parse().unwrap()
    }

    #[test]
    fn d_equal_is_what_says_the_same() {
        for (one, two) in [
            (r#"{"a":1,"b":[]}"#, r#" { "b" : [ ] , "a" : 1 }"#),
            (r#""é\u002f""#, r#""\u00E9/""#),
            ("1.50", "15e-1"),
            ("1e2", "100.0"),
            (r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
            (r#""\ud800""#, r#""\ud800""#),
        ] {
            assert_eq!(json(one), json(two));
        }
        for (one, two) in [
            ("18446744073709551616", "18446744073709551617"),
            ("1e400", "1e401"),
            ("0.12345678901234567", "0.123456789012345678"),
            // The same number to whoever has 64 bits for it.
            ("0.1", "0.1000000000000000055511151231257827"),
            (r#""\ud800""#, r#""\ud801""#),
            ("[1,2]", "[2,1]"),
            ("\"1\"", "1"),
            ("null", "false"),
        ] {
            assert_ne!(json(one), json(two));
        }
        let deep = |inside: &str| json(&format!("{}{inside}{}", "[".repeat(20_000), "]".repeat(20_000)));
        assert_eq!(deep("1"), deep("1"));
        assert_ne!(deep("1"), deep("2"));
    }
}
