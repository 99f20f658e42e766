//! Kinds and properties that C gives by their numbers, looked up in what is declared of them.

use akua_model::property::Type;
use akua_model::{Property, ResourceKind};

use crate::generated::kinds::{KINDS, PROPERTIES, akua_kind, akua_property};
use crate::handle::Misuse;

/// The kind with this number.
pub(crate) fn kind_of(number: akua_kind) -> Result<ResourceKind, Misuse> {
    let known = KINDS.iter().find(|(known, ..)| *known == number);
    known.map(|(_, kind, _)| *kind).ok_or_else(|| {
        Misuse::new(
            "kind",
            format!("is {number}, which is no kind of resource of this version"),
        )
    })
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
    Err(Misuse::new(
        name,
        format!("is of a {given}, and that of a {expected} is expected"),
    ))
}

/// A property of a kind, as C names it.
#[derive(Clone, Copy)]
pub(crate) struct Named {
    /// Its name, or two with a dot between them for one of an object inside.
    pub(crate) path: &'static str,
    pub(crate) property: &'static Property,
}

impl Named {
    /// The property `number` of `kind`.
    pub(crate) fn find(kind: ResourceKind, number: akua_property) -> Result<Self, Misuse> {
        let Some(path) = path_of(number) else {
            let problem = format!("is {number}, which is no property of this version");
            return Err(Misuse::new("property", problem));
        };
        let found = match path.split_once('.') {
            None => named(kind.properties(), path),
            Some((outer, inner)) => named(kind.properties(), outer).and_then(|outer| match outer.kind {
                Type::Object(properties) => named(properties, inner),
                _ => None,
            }),
        };
        let property = found.ok_or_else(|| {
            let (constant, kind_name) = (constant(path), kind.name());
            let known: Vec<_> = kind.properties().iter().map(|property| property.name).collect();
            let known = known.join(", ");
            Misuse::new(
                "property",
                format!("is {constant}, which a {kind_name} has not (it has {known})"),
            )
        })?;
        Ok(Self { path, property })
    }

    /// Refuses the property where `given` is not what its values are.
    pub(crate) fn unless(self, holds: bool, given: &str) -> Result<Self, Misuse> {
        if holds {
            return Ok(self);
        }
        let (constant, is) = (constant(self.path), word(self.property.kind));
        Err(Misuse::new(
            "property",
            format!("is {constant}, which is {is} and not {given}"),
        ))
    }
}

/// The path of a property.
pub(crate) fn path_of(number: akua_property) -> Option<&'static str> {
    let known = PROPERTIES.iter().find(|(known, _)| *known == number);
    known.map(|(_, path)| path.trim_end_matches('\0'))
}

fn named(properties: &'static [Property], name: &str) -> Option<&'static Property> {
    properties.iter().find(|property| property.name == name)
}

/// What `akua.h` calls the number of a property.
fn constant(path: &str) -> String {
    format!("AKUA_{}", path.replace('.', "_").to_uppercase())
}

fn word(kind: Type) -> &'static str {
    match kind {
        Type::Flag => "a flag",
        Type::Number => "a number",
        Type::Time => "a time",
        Type::Json | Type::Object(_) => "JSON",
        _ => "a text",
    }
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
