//! What a field of a patch takes: types, limits, and what is said of a value that does not fit.

use validator::ValidationErrors;

use crate::error::Error;
use crate::property::{Presence, Property, Type};
use crate::raw::Json;
use crate::secret::Secret;
use crate::validation::{length_message, range_message, violation};
use crate::value::Value;

/// A type that a field of a patch may have.
pub(crate) trait Writable: Sized {
    fn value(&self) -> Value<'_>;
    /// The value, if it is one of this type.
    fn take(value: Value<'_>) -> Option<Self>;
    /// What is wrong with a value that is none of this type for another reason than its form.
    fn refused(_: Value<'_>) -> Option<String> {
        None
    }
    /// What is wrong with it as a value of `field`.
    fn problem(&self, field: &Property) -> Option<String>;
}

impl Writable for String {
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }

    fn take(value: Value<'_>) -> Option<Self> {
        value.as_text().map(str::to_owned)
    }

    fn problem(&self, field: &Property) -> Option<String> {
        length_problem(self, field)
    }
}

impl Writable for Secret {
    fn value(&self) -> Value<'_> {
        Value::Text(self.expose())
    }

    fn take(value: Value<'_>) -> Option<Self> {
        value.as_text().map(Self::from)
    }

    fn problem(&self, field: &Property) -> Option<String> {
        length_problem(self.expose(), field)
    }
}

impl Writable for bool {
    fn value(&self) -> Value<'_> {
        Value::Flag(*self)
    }

    fn take(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    fn problem(&self, _: &Property) -> Option<String> {
        None
    }
}

impl Writable for i64 {
    fn value(&self) -> Value<'_> {
        Value::Number(*self)
    }

    fn take(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    fn problem(&self, field: &Property) -> Option<String> {
        (!field.limit.allows_number(*self)).then(|| range_message(field.limit))
    }
}

impl Writable for Json {
    fn value(&self) -> Value<'_> {
        Value::Json(self)
    }

    fn take(value: Value<'_>) -> Option<Self> {
        Some(Self::of(&value))
    }

    fn problem(&self, _: &Property) -> Option<String> {
        None
    }
}

fn length_problem(text: &str, field: &Property) -> Option<String> {
    (!field.limit.allows(text)).then(|| length_message(text, field.limit))
}

/// Checks one field of a patch.
pub(crate) fn check_field(value: &impl Writable, field: &'static Property, errors: &mut ValidationErrors) {
    if let Some(message) = value.problem(field) {
        errors.add(field.name, violation(message));
    }
}

/// Notes that a field is missing which has to be set.
pub(crate) fn check_missing(field: &'static Property, errors: &mut ValidationErrors) {
    if field.presence == Presence::Required {
        errors.add(field.name, violation("is missing (it has to be set)"));
    }
}

/// Takes `value` for the field `name`.
pub(crate) fn take<T: Writable>(value: Value<'_>, field: &Property) -> Result<T, Error> {
    T::take(value).ok_or_else(|| {
        if let Some(problem) = T::refused(value) {
            return Error::invalid(field.name, problem);
        }
        let expected = match field.kind {
            Type::Flag => "true or false",
            Type::Number => "a whole number",
            Type::Json | Type::Object(_) => "JSON",
            Type::Text | Type::Secret | Type::Id | Type::Etag | Type::Enumeration(_) | Type::Time => "a text",
        };
        Error::invalid(field.name, format!("has another type (expected {expected})"))
    })
}

/// Reads a value of `field` back from its text: see [`Value::to_text`].
pub(crate) fn take_text<T: Writable>(text: &str, field: &Property) -> Result<T, Error> {
    let json = match field.kind {
        Type::Flag | Type::Number | Type::Json | Type::Object(_) => text.parse::<Json>().ok(),
        Type::Text | Type::Secret | Type::Id | Type::Etag | Type::Enumeration(_) | Type::Time => None,
    };
    match &json {
        Some(json) => take(Value::from(json), field),
        None => take(Value::Text(text), field),
    }
}

/// A patch that sets nothing.
pub(crate) fn sets_nothing(fields: &[Property]) -> Error {
    let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
    let names = names.join(", ");
    Error::invalid("patch", format!("sets no field (set at least one: {names})"))
}
