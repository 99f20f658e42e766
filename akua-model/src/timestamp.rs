//! Points in time as the API writes them: Unix seconds on one page of its documentation, RFC 3339 on another.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::raw::Json;

/// By this name a [`Timestamp`] asks the crate's own reader for a usual number or text.
pub(crate) const TIME: &str = "akua_model::Timestamp";

/// A point in time as an answer gave it. It is written back exactly as it was read.
///
/// Documented are Unix seconds of 0 or more; anything else that is a number is kept as that number, and
/// no calculation with it can overflow: [`Timestamp::unix_seconds`] is `None` where it does not fit.
///
/// ```
/// use akua_model::Timestamp;
/// let read: Timestamp = serde_json::from_str(r#""2023-11-07T05:31:56Z""#)?;
/// assert_eq!(read.unix_seconds(), Some(1_699_335_116));
/// assert_eq!(serde_json::to_string(&read)?, r#""2023-11-07T05:31:56Z""#);
/// assert_eq!(Timestamp::from_unix_seconds(1).to_string(), "1970-01-01T00:00:01Z");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Timestamp(Form);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Form {
    Seconds(i64),
    /// A number that is no 64-bit integer: a fraction, or out of range. It is kept as it was written.
    Number(Json),
    Rfc3339 {
        text: String,
        at: jiff::Timestamp,
    },
}

impl Timestamp {
    /// The time `seconds` after 1970-01-01T00:00:00Z, leap seconds not counted.
    #[must_use]
    pub fn from_unix_seconds(seconds: i64) -> Self {
        Self(Form::Seconds(seconds))
    }

    /// The number that the answer gave, exactly; `None` if it gave a text.
    #[must_use]
    pub fn number(&self) -> Option<Json> {
        match &self.0 {
            Form::Seconds(seconds) => Some(Json::of(seconds)),
            Form::Number(number) => Some(number.clone()),
            Form::Rfc3339 { .. } => None,
        }
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, fractions cut towards the past; `None` if that does not
    /// fit 64 bits.
    #[must_use]
    pub fn unix_seconds(&self) -> Option<i64> {
        match &self.0 {
            Form::Seconds(seconds) => Some(*seconds),
            Form::Number(number) => {
                // A whole number that does not fit is not rounded into it.
                let text = Some(number.as_str()).filter(|text| text.contains(['.', 'e', 'E']))?;
                let seconds = text.parse::<f64>().ok()?.floor();
                // 2^63 is exactly representable, so these bounds are exact.
                #[allow(clippy::cast_possible_truncation)]
                (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0)
                    .contains(&seconds)
                    .then_some(seconds as i64)
            }
            Form::Rfc3339 { at, .. } => Some(at.as_nanosecond().div_euclid(1_000_000_000) as i64),
        }
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC where the time can be written so (years -9999 to 9999), else the raw number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Rfc3339 { text, .. } => f.write_str(text),
            Form::Number(number) => f.write_str(number.as_str()),
            Form::Seconds(seconds) => match jiff::Timestamp::from_second(*seconds) {
                Ok(at) => fmt::Display::fmt(&at, f),
                Err(_) => fmt::Display::fmt(seconds, f),
            },
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Form::Seconds(seconds) => serializer.serialize_i64(*seconds),
            Form::Number(number) => number.serialize(serializer),
            Form::Rfc3339 { text, .. } => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(TIME, TimestampVisitor)
    }
}

struct TimestampVisitor;

impl<'de> Visitor<'de> for TimestampVisitor {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unix seconds or an RFC 3339 time")
    }

    fn visit_u64<E>(self, seconds: u64) -> Result<Timestamp, E> {
        Ok(Timestamp(match i64::try_from(seconds) {
            Ok(seconds) => Form::Seconds(seconds),
            Err(_) => Form::Number(Json::of(&seconds)),
        }))
    }

    /// Another reader than the crate's own: the text is the same whatever numbers are to that.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Timestamp, D::Error> {
        let json = Json::deserialize(deserializer)?;
        match json.as_str().as_bytes().first() {
            Some(b'"') => match json.parse::<String>() {
                Ok(text) => self.visit_str(&text),
                Err(_) => Err(de::Error::invalid_value(de::Unexpected::Other("another text"), &self)),
            },
            Some(b'-' | b'0'..=b'9') => Ok(Timestamp(match json.as_str().parse() {
                Ok(seconds) => Form::Seconds(seconds),
                Err(_) if json.as_str().parse().is_ok_and(f64::is_finite) => Form::Number(json),
                Err(_) => return Err(de::Error::custom("number out of range")),
            })),
            _ => Err(de::Error::invalid_type(de::Unexpected::Other("another type"), &self)),
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
        match text.parse::<jiff::Timestamp>() {
            Ok(at) => Ok(Timestamp(Form::Rfc3339 {
                text: text.to_owned(),
                at,
            })),
            Err(_) => Err(E::invalid_value(de::Unexpected::Other("another text"), &self)),
        }
    }
}
