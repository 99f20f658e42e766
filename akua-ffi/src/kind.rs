//! Kinds and properties that C gives by their numbers, looked up in what is declared of them.

use std::sync::LazyLock;

use akua_model::edit::LaunchKind;
use akua_model::property::Type;
use akua_model::{
    Declared, NewResource, Patch, Properties, Property, ResourceKind, Shown, Value, with_article, with_kind, with_new,
};

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
    let problem = format!("is of {}, and that of {} is expected", one(given), one(expected));
    Err(Misuse::new(name, problem))
}

/// One of the kind: `a cluster`, `an operation`, `compute settings`.
pub(crate) fn one(kind: ResourceKind) -> String {
    with_article(kind.noun())
}

/// Why a kind has no call that changes one.
pub(crate) fn unwritable(name: &'static str, kind: ResourceKind) -> Misuse {
    Misuse::new(name, format!("is of {}, which can only be read", one(kind)))
}

/// The properties of a kind, or of what something new is made of, as C names them, looked up once for all.
pub(crate) struct Numbered {
    pub(crate) kind: ResourceKind,
    /// What has them: `a cluster`, `a new cluster`.
    pub(crate) one: String,
    properties: &'static [Property],
    /// By their numbers.
    named: Vec<Option<Named>>,
    /// Those that are texts and can be read.
    pub(crate) texts: Vec<Named>,
}

/// A property of a kind, as C names it.
#[derive(Clone, Copy)]
pub(crate) struct Named {
    /// Its name, or two with a dot between them for one of an object inside.
    pub(crate) path: &'static str,
    pub(crate) property: &'static Property,
    /// Where it is declared; of one of an object inside, where that object is.
    at: usize,
    /// Of one of an object inside: where it is declared there.
    inside: Option<usize>,
    /// Which one it is of the kind's texts that can be read.
    pub(crate) text: Option<usize>,
}

impl Numbered {
    /// Those of `kind`.
    pub(crate) fn of(kind: ResourceKind) -> &'static Self {
        with_kind!(kind, R => {
            static KNOWN: LazyLock<Numbered> = LazyLock::new(|| Numbered::new(R::KIND, one(R::KIND), R::PROPERTIES));
            &KNOWN
        })
    }

    /// Those of what `kind` makes something of; `None` if it makes nothing.
    pub(crate) fn of_new(kind: LaunchKind) -> Option<&'static Self> {
        with_new!(kind, N => {
            static KNOWN: LazyLock<Numbered> = LazyLock::new(|| {
                let made = N::CREATE.of();
                Numbered::new(made, format!("a new {}", made.noun()), N::FIELDS)
            });
            Some(&KNOWN)
        }, else => None)
    }

    fn new(kind: ResourceKind, one: String, properties: &'static [Property]) -> Self {
        let last = PROPERTIES.last().map_or(0, |(number, _)| *number);
        let mut texts = Vec::new();
        let named = (0..=last).map(|number| {
            let mut named = Named::new(properties, path_of(number)?)?;
            if named.property.is_text() && named.property.read && !named.property.is_secret() {
                named.text = Some(texts.len());
                texts.push(named);
            }
            Some(named)
        });
        let named = named.collect();
        Self {
            kind,
            one,
            properties,
            named,
            texts,
        }
    }

    /// The property `number`, if the kind has it.
    pub(crate) fn named(&self, number: akua_property) -> Option<&Named> {
        self.named.get(usize::try_from(number).ok()?)?.as_ref()
    }

    /// The property `number`, whose values have to be of this form.
    pub(crate) fn find(&self, number: akua_property, form: Form) -> Result<&Named, Misuse> {
        match self.named(number) {
            Some(named) if form.fits(named.property) => Ok(named),
            found => Err(self.refused(number, found, form)),
        }
    }

    /// Why a property is not what was asked for.
    #[cold]
    fn refused(&self, number: akua_property, found: Option<&Named>, form: Form) -> Misuse {
        let Some(path) = path_of(number) else {
            let problem = format!("is {number}, which is no property of this version");
            return Misuse::new("property", problem);
        };
        let constant = format!("AKUA_{}", path.replace('.', "_").to_uppercase());
        let problem = if let Some(named) = found {
            let (is, given) = (Form::of(named.property.kind).word(), form.word());
            format!("is {constant}, which is {is} and not {given}")
        } else {
            let known: Vec<_> = self.properties.iter().map(|property| property.name).collect();
            let (one, known) = (&self.one, known.join(", "));
            format!("is {constant}, which {one} has not (it has {known})")
        };
        Misuse::new("property", problem)
    }
}

impl Named {
    fn new(properties: &'static [Property], path: &'static str) -> Option<Self> {
        let (outer, inner) = match path.split_once('.') {
            Some((outer, inner)) => (outer, Some(inner)),
            None => (path, None),
        };
        let (at, mut property) = declared(properties, outer)?;
        let mut inside = None;
        if let Some(inner) = inner {
            let Type::Object(properties) = property.kind else {
                return None;
            };
            let (at, within) = declared(properties, inner)?;
            (property, inside) = (within, Some(at));
        }
        Some(Self {
            path,
            property,
            at,
            inside,
            text: None,
        })
    }

    /// What a resource of its kind shows of it.
    pub(crate) fn shown<'a>(&self, of: &'a dyn Properties) -> Shown<Value<'a>> {
        match (self.inside, of.shown_at(self.at)) {
            (None, shown) => shown,
            (Some(inside), Shown::Is(Value::Object(object))) => object.shown_at(inside),
            (Some(_), Shown::Absent) => Shown::Absent,
            (Some(_), Shown::Is(_) | Shown::Unreadable) => Shown::Unreadable,
        }
    }

    /// The text that a resource of its kind shows of it.
    pub(crate) fn shown_text<'a>(&self, of: &'a dyn Properties) -> Option<&'a str> {
        match self.inside {
            None => of.text_at(self.at),
            Some(inside) => match of.shown_at(self.at) {
                Shown::Is(Value::Object(object)) => object.text_at(inside),
                _ => None,
            },
        }
    }

    /// Whether it is one of the kind's own that can be written.
    pub(crate) fn is_field(&self) -> bool {
        self.inside.is_none() && self.property.write
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

fn declared(properties: &'static [Property], name: &str) -> Option<(usize, &'static Property)> {
    let mut properties = properties.iter().enumerate();
    properties.find(|(_, property)| property.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declared_property_has_one_number_and_every_number_a_property() {
        let mut declared: Vec<String> = Vec::new();
        for kind in ResourceKind::ALL {
            assert_eq!(kind_of(number_of(*kind)).ok(), Some(*kind));
            assert_eq!(Numbered::of(*kind).kind, *kind);
            for property in kind.properties() {
                declared.push(property.name.to_owned());
                if let Type::Object(inner) = property.kind {
                    declared.extend(inner.iter().map(|inner| format!("{}.{}", property.name, inner.name)));
                }
            }
        }
        for kind in LaunchKind::ALL {
            declared.extend(kind.fields().iter().map(|field| field.name.to_owned()));
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
