//! What every made file of Python needs of a kind.

use akua_model::ResourceKind;
use akua_model::edit::LaunchKind;
use akua_model::property::{Property, Type};

use crate::words::pascal;

pub(super) const HEAD: &str =
    "Made by `make generate` from the declaration of the kinds, akua-model/src/api.rs. Not edited by hand.";

/// The name of the class of a kind, and that of its calls.
pub(super) fn classes(kind: ResourceKind) -> (String, String) {
    (pascal(kind.name()), pascal(kind.plural()))
}

/// What the calls on a kind do.
#[derive(Clone, Copy)]
pub(super) enum Has {
    /// They read and change it, and there are many of it.
    Writes,
    /// They read and change it, and there is one for each of another kind.
    Changes,
    /// They read one and all.
    Reads,
    /// They read one, and there is one for each of another kind.
    Gets,
    /// They list it.
    Lists,
}

pub(super) fn has(kind: ResourceKind) -> Has {
    match (kind.is_writable(), kind.is_listed(), kind.is_readable()) {
        (true, true, _) => Has::Writes,
        (true, false, _) => Has::Changes,
        (false, true, true) => Has::Reads,
        (false, false, _) => Has::Gets,
        (false, true, false) => Has::Lists,
    }
}

pub(super) fn kinds() -> impl DoubleEndedIterator<Item = ResourceKind> {
    ResourceKind::ALL.iter().copied()
}

/// Those that can be changed.
pub(super) fn writable() -> impl Iterator<Item = ResourceKind> {
    kinds().filter(|kind| kind.is_writable())
}

/// The name of the call that makes something new.
pub(super) fn create_call(kind: LaunchKind) -> &'static str {
    match kind {
        LaunchKind::ImportCluster => "import_cluster",
        _ => "create",
    }
}

/// What is given to the two calls that make it.
pub(super) fn created_with(kind: LaunchKind) -> [String; 2] {
    let class = classes(kind.of()).0;
    let verb = if kind == LaunchKind::ImportCluster {
        "Import"
    } else {
        "Create"
    };
    [format!("{class}{verb}"), format!("{class}{verb}Once")]
}

/// The type of a value that is written.
pub(super) fn written_type(field: &Property) -> String {
    match field.kind {
        Type::Text | Type::Secret | Type::Id | Type::Etag | Type::Time => "str".to_owned(),
        Type::Enumeration(_) => format!("{} | str", field.type_name),
        Type::Flag => "bool".to_owned(),
        Type::Number => "int".to_owned(),
        _ => "Any".to_owned(),
    }
}
