//! Kinds and properties that C gives by their numbers, looked up in what is declared of them.

use akua_model::property::Type;
use akua_model::{Property, ResourceKind};

use crate::generated::kinds::{KINDS, PROPERTIES, akua_kind, akua_property};
use crate::handle::Misuse;

/// The kind with this number.
pub(crate) fn kind_of(number: akua_kind) -> Result<ResourceKind, Misuse> {
    let known = KINDS.iter().find(|(known, ..)| *known == number);
    let problem = || format!("is {number}, which is no kind of resource of this version");
    known
        .map(|(_, kind, _)| *kind)
        .ok_or_else(|| Misuse::new("kind", problem()))
}

/// The number of a kind; 0 only after a mistake in this library.
pub(crate) fn number_of(kind: ResourceKind) -> akua_kind {
    let known = KINDS.iter().find(|(_, known, _)| *known == kind);
    known.map_or(0, |(number, ..)| *number)
}

/// Refuses something of the kind `given` where one of `expected` has to be.
pub(crate) fn same_kind(name: &'static str, given: ResourceKind, expected: ResourceKind) -> Result<(), Misuse> {
    if given == expected {
        return Ok(());
    }
    let (given, expected) = (given.name(), expected.name());
    let problem = format!("is of a {given}, and that of a {expected} is expected");
    Err(Misuse::new(name, problem))
}

/// A property of a kind, as C names it.
#[derive(Clone, Copy)]
pub(crate) struct Named {
    /// Its name, or two with a dot between them for one of an object inside.
    pub(crate) path: &'static str,
    pub(crate) property: &'static Property,
}

impl Named {
    /// The property `number` of `kind`, whose values have to be of this form.
    pub(crate) fn find(kind: ResourceKind, number: akua_property, form: Form) -> Result<Self, Misuse> {
        let refused = |problem| Misuse::new("property", problem);
        let no_number = || refused(format!("is {number}, which is no property of this version"));
        let path = path_of(number).ok_or_else(no_number)?;
        let constant = || format!("AKUA_{}", path.replace('.', "_").to_uppercase());
        let found = match path.split_once('.') {
            None => named(kind.properties(), path),
            Some((outer, inner)) => named(kind.properties(), outer).and_then(|outer| match outer.kind {
                Type::Object(properties) => named(properties, inner),
                _ => None,
            }),
        };
        let not_there = || {
            let known: Vec<_> = kind.properties().iter().map(|property| property.name).collect();
            let (kind, known) = (kind.name(), known.join(", "));
            refused(format!("is {}, which a {kind} has not (it has {known})", constant()))
        };
        let property = found.ok_or_else(not_there)?;
        if !form.fits(property) {
            let (is, given) = (Form::of(property.kind).word(), form.word());
            return Err(refused(format!("is {}, which is {is} and not {given}", constant())));
        }
        Ok(Self { path, property })
    }
}

/// What C asks for a value as, or gives one as.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Form {
    Text,
    Flag,
    Number,
    Time,
    /// Whatever it is, but for a secret.
    Json,
    /// Whatever it is.
    Any,
}

impl Form {
    fn of(kind: Type) -> Self {
        match kind {
            Type::Flag => Self::Flag,
            Type::Number => Self::Number,
            Type::Time => Self::Time,
            Type::Json | Type::Object(_) => Self::Json,
            _ => Self::Text,
        }
    }

    fn fits(self, property: &Property) -> bool {
        match self {
            Self::Any => true,
            Self::Json => !property.is_secret(),
            // A time is a text too.
            Self::Text => property.is_text() || matches!(property.kind, Type::Time),
            Self::Flag | Self::Number | Self::Time => Self::of(property.kind) == self,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Flag => "a flag",
            Self::Number => "a number",
            Self::Time => "a time",
            Self::Json | Self::Any => "JSON",
        }
    }
}

/// The path of a property.
pub(crate) fn path_of(number: akua_property) -> Option<&'static str> {
    let at = PROPERTIES.binary_search_by_key(&number, |(known, _)| *known);
    PROPERTIES.get(at.ok()?)?.1.strip_suffix('\0')
}

fn named(properties: &'static [Property], name: &str) -> Option<&'static Property> {
    properties.iter().find(|property| property.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declared_property_has_one_number_and_every_number_a_property() {
        let mut declared: Vec<String> = Vec::new();
        for kind in ResourceKind::ALL {
            assert_eq!(kind_of(number_of(*kind)).ok(), Some(*kind));
            for property in kind.properties() {
                declared.push(property.name.to_owned());
                if let Type::Object(inner) = property.kind {
                    declared.extend(inner.iter().map(|inner| format!("{}.{}", property.name, inner.name)));
                }
            }
        }
        declared.sort();
        declared.dedup();
        let mut numbered: Vec<_> = PROPERTIES
            .iter()
            .map(|(number, _)| path_of(*number).unwrap().to_owned())
            .collect();
        numbered.sort();
        assert_eq!(declared, numbered);
        let mut numbers: Vec<_> = PROPERTIES.iter().map(|(number, _)| *number).collect();
        numbers.dedup();
        assert_eq!(
            numbers,
            (1..=i32::try_from(PROPERTIES.len()).unwrap()).collect::<Vec<_>>()
        );
        assert!(PROPERTIES.iter().all(|(_, path)| path.ends_with('\0')));
    }
}
