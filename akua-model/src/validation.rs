//! The one place that turns a broken limit into an [`Error`]: sorted, and without the value.
//!
//! `validator` reports the submitted value in its errors and in random order; neither leaves here.

use std::borrow::Cow;

use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::error::{Error, ErrorKind, Problem};
use crate::limits::Limit;
use crate::property::Property;

/// Checks everything `value` declares and names each field that is wrong.
pub(crate) fn check(value: &impl Validate) -> Result<(), Error> {
    value.validate().map_err(|errors| {
        let mut problems = Vec::new();
        collect(&errors, &mut problems);
        Error::new(ErrorKind::InvalidInput, problems)
    })
}

fn collect(errors: &ValidationErrors, problems: &mut Vec<Problem>) {
    for (field, kind) in errors.errors() {
        match kind {
            ValidationErrorsKind::Field(list) => problems.extend(list.iter().map(|error| Problem {
                field: field.to_string(),
                message: message(error),
            })),
            ValidationErrorsKind::Struct(nested) => collect(nested, problems),
            ValidationErrorsKind::List(items) => items.values().for_each(|item| collect(item, problems)),
        }
    }
}

/// What is wrong, from a message of ours or from the parameters of a declared `length`.
fn message(error: &ValidationError) -> String {
    let parameter = |name: &str| error.params.get(name);
    if let Some(message) = &error.message {
        return message.to_string();
    }
    match (
        parameter("min").and_then(|min| min.as_u64()),
        parameter("max").and_then(|max| max.as_u64()),
    ) {
        (Some(min), Some(max)) => length_message(
            parameter("value").and_then(|value| value.as_str()).unwrap_or_default(),
            Limit { min, max },
        ),
        _ => "is not valid".to_owned(),
    }
}

/// A patch names a property that can't be written.
pub(crate) fn unknown_property(name: &str, fields: &[Property]) -> Error {
    let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
    Error::invalid(name, format!("can't be written (it is one of {})", known.join(", ")))
}

/// A `validator` error that carries a message and no value.
pub(crate) fn violation(message: impl Into<Cow<'static, str>>) -> ValidationError {
    ValidationError::new("invalid").with_message(message.into())
}

/// What is wrong with the length of `text`.
pub(crate) fn length_message(text: &str, limit: Limit) -> String {
    let count = text.chars().count();
    let characters = if count == 1 { "character" } else { "characters" };
    let Limit { min, max } = limit;
    if max == u64::MAX {
        format!("has {count} {characters} (at least {min} is needed)")
    } else {
        format!("has {count} {characters} ({min} to {max} are allowed)")
    }
}

/// What is wrong with a number beyond the limit.
pub(crate) fn range_message(Limit { min, max }: Limit) -> String {
    format!("is out of range ({min} to {max} are allowed)")
}

/// What is wrong with `text` as the value of a header that must arrive verbatim, if anything is.
///
/// Allowed are visible ASCII and single bytes of space between them: other controls end or split a
/// header, blanks at the ends are trimmed on the way, and bytes beyond ASCII are read differently by
/// different servers (RFC 9110, section 5.5).
pub(crate) fn header_problem(text: &str, limit: Limit) -> Option<String> {
    if !limit.allows(text) {
        return Some(length_message(text, limit));
    }
    // Without a way out of the loop, many bytes are looked at at once.
    let printable = text
        .bytes()
        .fold(true, |so_far, byte| so_far & matches!(byte, b' '..=b'~'));
    if !printable && let Some((at, found)) = text.char_indices().find(|(_, c)| !matches!(c, ' '..='~')) {
        let what = match found {
            '\r' | '\n' => "a line break",
            '\0' => "a NUL",
            c if c.is_control() => "a control character",
            _ => "a character outside ASCII",
        };
        return Some(format!(
            "has {what} at byte {at} (a header can carry printable ASCII only)"
        ));
    }
    if text.starts_with(' ') || text.ends_with(' ') {
        return Some("begins or ends with a blank (it would be trimmed on the way: remove it)".to_owned());
    }
    None
}
