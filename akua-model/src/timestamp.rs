//! Points in time as the API writes them: Unix seconds on one page of its documentation, RFC 3339 on another.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Number;

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
    /// A number that is no 64-bit integer: a fraction, or out of range.
    Number(Number),
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

    /// Whole seconds since 1970-01-01T00:00:00Z, fractions cut towards the past; `None` if that does not
    /// fit 64 bits.
    #[must_use]
    pub fn unix_seconds(&self) -> Option<i64> {
        match &self.0 {
            Form::Seconds(seconds) => Some(*seconds),
            Form::Number(number) => {
                let seconds = number.as_f64()?.floor();
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
            Form::Number(number) => fmt::Display::fmt(number, f),
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
        deserializer.deserialize_any(TimestampVisitor)
    }
}

struct TimestampVisitor;

impl Visitor<'_> for TimestampVisitor {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unix seconds or an RFC 3339 time")
    }

    fn visit_i64<E>(self, seconds: i64) -> Result<Timestamp, E> {
        Ok(Timestamp(Form::Seconds(seconds)))
    }

    fn visit_u64<E>(self, seconds: u64) -> Result<Timestamp, E> {
        Ok(Timestamp(match i64::try_from(seconds) {
            Ok(seconds) => Form::Seconds(seconds),
            Err(_) => Form::Number(seconds.into()),
        }))
    }

    fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<Timestamp, E> {
        match Number::from_f64(seconds) {
            Some(number) => Ok(Timestamp(Form::Number(number))),
            None => Err(E::custom(
                "is no finite number, expected Unix seconds or an RFC 3339 time",
            )),
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
