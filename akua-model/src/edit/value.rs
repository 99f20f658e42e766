//! A field's value inside the machine: compared, never shown.

use std::fmt;
use std::hash::{Hash, Hasher};

use zeroize::Zeroizing;

use crate::value::Value;

/// A value as its text: see [`Value::to_text`]. It may be a secret: `Debug` hides it, and its memory is wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct FieldValue(Zeroizing<String>);

impl FieldValue {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Value<'_>> for FieldValue {
    fn from(value: Value<'_>) -> Self {
        Self(Zeroizing::new(value.to_text().into_owned()))
    }
}

impl Hash for FieldValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_str().hash(state);
    }
}

impl fmt::Debug for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FieldValue")
    }
}
