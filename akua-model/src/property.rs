//! What a declaration says of a property, as plain data.

use crate::limits::Limit;

/// A property of a resource as the API names it. Everything that is said of one is read from here: by the reading of
/// answers, by patches, by the C interface, by the Python module and by the program that writes their declarations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Property {
    /// Its name on the wire.
    pub name: &'static str,
    /// What it means, for people: the documentation of the declaration.
    pub doc: &'static str,
    /// What its values are.
    pub kind: Type,
    /// The type of its values where that is one of its own, such as `Provider` or `WorkspacePlan`; else empty.
    pub type_name: &'static str,
    /// The lengths that may be written, in Unicode code points; of a number, which ones.
    pub limit: Limit,
    /// Whether answers show it.
    pub read: bool,
    /// Whether it can be written.
    pub write: bool,
    /// When an answer has it.
    pub presence: Presence,
    /// How it is written, where that differs from how it is shown.
    pub written: Option<WrittenFlag>,
}

/// A flag by which a property is written that answers show as a text, under another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrittenFlag {
    /// Its name on the wire.
    pub name: &'static str,
    /// The value for which it is true; it is false for every other one.
    pub set_for: &'static str,
}

impl WrittenFlag {
    pub(crate) const fn new(name: &'static str, set_for: &'static str) -> Self {
        Self { name, set_for }
    }
}

impl Property {
    /// Whether answers leave it out, so that nobody can read back what was written.
    #[must_use]
    pub const fn is_write_only(&self) -> bool {
        !self.read
    }

    /// Whether its values are texts, which are told in quotes.
    #[must_use]
    pub const fn is_text(&self) -> bool {
        match self.kind {
            Type::Text | Type::Secret | Type::Id | Type::Etag | Type::Enumeration(_) => true,
            Type::Flag | Type::Number | Type::Time | Type::Json | Type::Object(_) => false,
        }
    }

    /// Whether its value must never be shown.
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        matches!(self.kind, Type::Secret)
    }
}

/// What the values of a property are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Type {
    /// A text.
    Text,
    /// A text that is never shown.
    Secret,
    /// The id of a resource.
    Id,
    /// An etag.
    Etag,
    /// One of these texts; a later server may know more.
    Enumeration(&'static [&'static str]),
    /// True or false.
    Flag,
    /// A whole number.
    Number,
    /// A point in time.
    Time,
    /// Any JSON: a list, a map, or what has no form that is documented.
    Json,
    /// An object with these properties.
    Object(&'static [Property]),
}

/// When an answer has a property that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Always. An answer without it can't be read.
    Required,
    /// Whenever there is a value: an answer without it says that there is none. An edit believes that, so declare a
    /// property so only where the API promises it: if an answer may leave out a value that is there, what somebody else
    /// has written could be overwritten unseen.
    Optional,
    /// Always, `null` where there is no value.
    Nullable,
    /// Perhaps, as it is documented on one page only: an answer without it says nothing, neither that there is no value
    /// nor that there is the one shown before.
    Undocumented,
    /// Only in the answer to the write that has made it, as a secret that is shown once. No later answer has it, and nothing
    /// that a version is turned into.
    Once,
}
