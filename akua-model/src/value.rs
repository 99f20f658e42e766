//! Values of properties: what an answer shows of one, and what a patch writes.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::edit::rules::Rule;
use crate::property::Presence;
use crate::raw::Json;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// What a version shows of a property: nothing that can be read, that there is none, or this.
///
/// `Absent` and `Unreadable` are not the same: a property that is known to be absent has been seen, so that a value
/// somebody else gives it later is a change that is noticed; of an unreadable one nothing is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shown<T> {
    /// Nothing is known: answers never show the property, or this one left it out without a promise to show it.
    #[default]
    Unreadable,
    /// The resource has no such value.
    Absent,
    /// The value.
    Is(T),
}

impl<T> Shown<T> {
    /// The value, if there is one that can be read.
    #[must_use]
    pub fn value(self) -> Option<T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Unreadable | Self::Absent => None,
        }
    }

    /// Whether anything is known.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        !matches!(self, Self::Unreadable)
    }

    /// The same of the value's reference.
    #[must_use]
    pub fn as_ref(&self) -> Shown<&T> {
        match self {
            Self::Unreadable => Shown::Unreadable,
            Self::Absent => Shown::Absent,
            Self::Is(value) => Shown::Is(value),
        }
    }

    /// The same of what `change` makes of the value.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Shown<U> {
        match self {
            Self::Unreadable => Shown::Unreadable,
            Self::Absent => Shown::Absent,
            Self::Is(value) => Shown::Is(change(value)),
        }
    }
}

impl Shown<String> {
    /// The text, if there is one that can be read.
    #[must_use]
    pub fn as_deref(&self) -> Option<&str> {
        self.as_ref().value().map(String::as_str)
    }
}

/// A value as it stands on the wire, borrowed from where it lies. `Debug` shows it: a secret is never one of these but
/// inside an [`Assignment`](crate::Assignment), which hides it.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// A text; also an id, an etag, and a value of an enumeration.
    Text(&'a str),
    /// A whole number.
    Number(i64),
    /// True or false.
    Flag(bool),
    /// A point in time.
    Time(&'a Timestamp),
    /// Any other JSON.
    Json(&'a Json),
    /// An object with properties of its own.
    Object(&'a dyn Properties),
}

impl<'a> Value<'a> {
    /// The text, if it is one.
    #[must_use]
    pub fn as_text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as one text, which is how values are compared and kept: a text itself, anything else as JSON.
    #[must_use]
    pub fn to_text(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Json(json) => Cow::Owned(json.normal()),
            other => Cow::Owned(serde_json::to_string(&other).unwrap_or_default()),
        }
    }
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(one), Self::Text(two)) => one == two,
            (Self::Text(_), _) | (_, Self::Text(_)) => false,
            (one, two) => one.to_text() == two.to_text(),
        }
    }
}

impl Eq for Value<'_> {}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => fmt::Debug::fmt(text, f),
            other => f.write_str(&other.to_text()),
        }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Time(time) => time.serialize(serializer),
            Self::Json(json) => json.serialize(serializer),
            Self::Object(object) => object.to_json().serialize(serializer),
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl<'a> From<&'a Json> for Value<'a> {
    /// A flag or a whole number as what it is, anything else as JSON.
    fn from(json: &'a Json) -> Self {
        let text = json.as_str();
        let flag = text.parse().map(Self::Flag);
        flag.or_else(|_| text.parse().map(Self::Number))
            .unwrap_or(Self::Json(json))
    }
}

/// Something with named properties: a resource, or an object inside of one.
pub trait Properties: fmt::Debug + Send + Sync {
    /// What it shows of the property `name`; `Unreadable` too if there is no such property.
    fn shown(&self, name: &str) -> Shown<Value<'_>>;

    /// The same of the property that is declared at `index`.
    fn shown_at(&self, index: usize) -> Shown<Value<'_>>;

    /// The text of the property that is declared at `index`, if it shows one.
    fn text_at(&self, index: usize) -> Option<&str>;

    /// The secret under the property `name`, if it has one. Nothing else shows it.
    fn secret(&self, name: &str) -> Option<&Secret>;

    /// All of it as JSON, what this version does not know included, and no secret.
    fn to_json(&self) -> Json;
}

/// A type that a property of an answer may have.
pub(crate) trait Showing {
    /// What it shows, where a value that is missing is one of a property with this presence.
    fn shown(&self, presence: Presence) -> Shown<Value<'_>>;

    /// It as a secret, if it is one.
    fn secret(&self) -> Option<&Secret> {
        None
    }
}

impl Showing for Secret {
    /// Nothing of it.
    fn shown(&self, _: Presence) -> Shown<Value<'_>> {
        Shown::Unreadable
    }

    fn secret(&self) -> Option<&Secret> {
        Some(self)
    }
}

impl<T: Showing> Showing for Option<T> {
    fn secret(&self) -> Option<&Secret> {
        self.as_ref().and_then(Showing::secret)
    }

    fn shown(&self, presence: Presence) -> Shown<Value<'_>> {
        self.as_ref()
            .map_or_else(|| omitted(presence, |_| true), |value| value.shown(presence))
    }
}

/// What an answer without a value says of a property: that there is none only where it would show any there is. `holds`
/// tells whether a rule is in force.
pub(crate) fn omitted<T>(presence: Presence, holds: impl Fn(Rule) -> bool) -> Shown<T> {
    match presence {
        Presence::Optional | Presence::Nullable => Shown::Absent,
        Presence::Once => Shown::Unreadable,
        Presence::Undocumented | Presence::Required if holds(Rule::OmittedIsNotAbsent) => Shown::Unreadable,
        Presence::Undocumented | Presence::Required => Shown::Absent,
    }
}

impl Showing for String {
    fn shown(&self, _: Presence) -> Shown<Value<'_>> {
        Shown::Is(Value::Text(self))
    }
}

impl Showing for bool {
    fn shown(&self, _: Presence) -> Shown<Value<'_>> {
        Shown::Is(Value::Flag(*self))
    }
}

impl Showing for i64 {
    fn shown(&self, _: Presence) -> Shown<Value<'_>> {
        Shown::Is(Value::Number(*self))
    }
}

impl Showing for Timestamp {
    fn shown(&self, _: Presence) -> Shown<Value<'_>> {
        Shown::Is(Value::Time(self))
    }
}

impl Showing for Json {
    fn shown(&self, _: Presence) -> Shown<Value<'_>> {
        Shown::Is(Value::Json(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a17_what_an_answer_leaves_out_is_absent_only_where_it_shows_every_value_there_is() {
        for (presence, shown) in [
            (Presence::Optional, Shown::Absent),
            (Presence::Nullable, Shown::Absent),
            (Presence::Undocumented, Shown::Unreadable),
            (Presence::Required, Shown::Unreadable),
            (Presence::Once, Shown::Unreadable),
        ] {
            assert_eq!(None::<String>.shown(presence), shown, "{presence:?}");
            let there = Some("x".to_owned());
            assert_eq!(there.shown(presence), Shown::Is(Value::Text("x")), "{presence:?}");
        }
    }
}
