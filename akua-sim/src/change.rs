//! What a write assigns.

use akua_model::ResourceKind as Kind;
use serde_json::{Map, Value, json};

use crate::digest::Fingerprint;

/// The properties that a write assigns. What is absent stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    /// Those that answers show.
    pub(crate) set: Map<String, Value>,
    /// Those that none shows; of a secret its fingerprint.
    pub(crate) hidden: Map<String, Value>,
}

impl Change {
    /// The change that assigns these properties, also such as no document knows. What can't be read and is `null`, or a
    /// secret that is no text, is left out.
    pub(crate) fn of(kind: Kind, mut set: Map<String, Value>) -> Self {
        let mut hidden = Map::new();
        for field in kind.fields().iter().filter(|field| field.is_write_only()) {
            let value = match set.remove(field.name) {
                Some(Value::String(text)) if field.is_secret() => json!(Fingerprint::of(text.as_bytes())),
                None | Some(Value::Null) => continue,
                Some(_) if field.is_secret() => continue,
                Some(value) => value,
            };
            hidden.insert(field.name.to_owned(), value);
        }
        Self { set, hidden }
    }

    /// This change with another on top of it.
    pub(crate) fn overlaid(mut self, other: Self) -> Self {
        self.set.extend(other.set);
        self.hidden.extend(other.hidden);
        self
    }

    /// Leaves one property of it.
    pub(crate) fn keep_one(&mut self) {
        let readable = self.set.keys().next().cloned();
        let one = readable.or_else(|| self.hidden.keys().next_back().cloned());
        self.set.retain(|name, _| Some(name) == one.as_ref());
        self.hidden.retain(|name, _| Some(name) == one.as_ref());
    }

    /// Whether it assigns the property.
    pub(crate) fn assigns(&self, name: &str) -> bool {
        self.set.contains_key(name) || self.hidden.contains_key(name)
    }
}
