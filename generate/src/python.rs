//! The part of the Python module's declarations that differs from kind to kind: `akua-py/python/akua/generated/`.
//!
//! What calls do is told in `akua-py/src/docs/`, which `help()` shows too.

use akua_model::edit::LaunchKind;
use akua_model::property::{Presence, Property, Type};
use akua_model::{ResourceKind, with_article};

use crate::creates::{creates, made_of};
use crate::made::File;
use crate::words::{capital, docstring, pascal, plain, screaming};

mod calls;
mod common;

use calls::{calls, calls_of, collections};
use common::{HEAD, Has, classes, create_call, created_with, has, kinds, writable, written_type};

pub(crate) fn files() -> Vec<File> {
    vec![
        ("akua-py/src/generated/mod.rs", classes_in_rust()),
        (
            "akua-py/python/akua/generated/__init__.py",
            format!("\"\"\"{HEAD}\"\"\"\n"),
        ),
        ("akua-py/python/akua/generated/enums.py", enums()),
        ("akua-py/python/akua/generated/fields.py", fields()),
        ("akua-py/python/akua/generated/kinds.py", names()),
        ("akua-py/python/akua/generated/kinds.pyi", stubs()),
        ("akua-py/python/akua/generated/collections.py", collections()),
    ]
}

/// `WorkspacePlan` as `workspace plan`.
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// Every kind's properties, those of the objects inside, and what something new is made of.
fn properties() -> Vec<&'static Property> {
    let mut all: Vec<&Property> = creates().flat_map(LaunchKind::fields).collect();
    let mut waiting: Vec<_> = kinds().rev().map(ResourceKind::properties).collect();
    while let Some(table) = waiting.pop() {
        all.extend(table);
        waiting.extend(table.iter().filter_map(|property| match property.kind {
            Type::Object(inner) => Some(inner),
            _ => None,
        }));
    }
    all
}

/// The properties that `select` gives something for, each type once.
fn types<T>(select: impl Fn(&Property) -> Option<T>) -> Vec<(&'static str, T)> {
    let mut types: Vec<(&str, T)> = Vec::new();
    for property in properties() {
        if let Some(found) = select(property)
            && types.iter().all(|(name, _)| *name != property.type_name)
        {
            types.push((property.type_name, found));
        }
    }
    types
}

fn enumerations() -> Vec<(&'static str, &'static [&'static str])> {
    types(|property| match property.kind {
        Type::Enumeration(values) => Some(values),
        _ => None,
    })
}

fn objects() -> Vec<(&'static str, &'static [Property])> {
    types(|property| match property.kind {
        Type::Object(inner) => Some(inner),
        _ => None,
    })
}

/// `akua-py/src/generated/mod.rs`: the classes by name, for what is made by macros.
fn classes_in_rust() -> String {
    let mut text = format!("//! {HEAD}\n");
    let all: Vec<String> = kinds()
        .map(|kind| {
            let (class, calls) = classes(kind);
            let has = match has(kind) {
                Has::Writes => "writes",
                Has::Changes => "changes",
                Has::Reads => "reads",
                Has::Gets => "gets",
                Has::Lists => "lists",
            };
            let (name, one) = (kind.name(), capital(&with_article(kind.noun())));
            format!("{has} {class} {calls} \"{name}\" \"{one}\" \"{}\"", kind.plural())
        })
        .collect();
    text += &list(
        "each_class",
        "every kind: what its calls do, its class, the class of its calls, the word for it, for one, and for all",
        &all,
    );
    let all: Vec<String> = objects()
        .into_iter()
        .map(|(name, _)| {
            format!(
                "{name} \"{}\" \"{}\"",
                spaced(name),
                capital(&with_article(&spaced(name)))
            )
        })
        .collect();
    text += &list(
        "each_object",
        "every object inside of a resource: its class, the word for it, and for one",
        &all,
    );
    text + "\npub(crate) use {each_class, each_object};\n"
}

fn list(name: &str, doc: &str, all: &[String]) -> String {
    format!(
        "\n/// Calls the macro `$do` with {doc}.\nmacro_rules! {name} {{\n    ($do:ident) => {{\n        $do!({});\n    }};\n}}\n",
        all.join(", ")
    )
}

/// `enums.py`.
fn enums() -> String {
    let mut text = format!(
        "\"\"\"The enumerations: each member is a `str`, and a value that this version does not know becomes a member too.\n\n{HEAD}\n\"\"\"\n\n\
         from akua._enums import OpenEnum\n"
    );
    for (name, values) in enumerations() {
        let (doc, members) = documented(name);
        text += &format!(
            "\n\nclass {name}(OpenEnum):\n{}\n\n    __module__ = \"akua\"\n\n",
            docstring(&doc, 4)
        );
        for value in values {
            text += &format!("    {} = \"{value}\"\n", screaming(value));
            if let Some((_, doc)) = members.iter().find(|(known, _)| known == value) {
                text += &format!("{}\n", docstring(doc, 4));
            }
        }
    }
    text
}

/// What the declaration says of an enumeration, and of each of its values.
fn documented(name: &str) -> (String, Vec<(String, String)>) {
    let source = concat!(
        include_str!("../../akua-model/src/api.rs"),
        include_str!("../../akua-model/src/creates.rs")
    );
    let (before, after) = source.split_once(&format!("    {name} {{\n")).unwrap_or_default();
    let comment = |line: &str| Some(line.trim().strip_prefix("///")?.trim().to_owned());
    let head: Vec<String> = before.lines().rev().map_while(comment).collect();
    let head: Vec<String> = head.into_iter().rev().collect();
    let (mut members, mut doc) = (Vec::new(), Vec::new());
    for line in after.lines().take_while(|line| line.trim() != "}") {
        match (comment(line), line.split('"').nth(1)) {
            (Some(text), _) => doc.push(text),
            (None, Some(value)) => members.push((value.to_owned(), plain(&std::mem::take(&mut doc).join(" ")))),
            (None, None) => {}
        }
    }
    (plain(&head.join(" ")), members)
}

/// `fields.py`.
fn fields() -> String {
    let mut text = format!(
        "\"\"\"What can be written of each kind, and what its calls take beside: types for `**fields`.\n\n{HEAD}\n\"\"\"\n\n\
         from __future__ import annotations\n\n\
         from typing import {}TypedDict\n\n\
         from akua.generated.settings import CallOptions, EditOptions, LaunchOptions, PolicyOptions\n\n",
        if properties()
            .iter()
            .any(|property| property.write && property.kind == Type::Json)
        {
            "Any, "
        } else {
            ""
        },
    );
    text += "TYPE_CHECKING = False\nif TYPE_CHECKING:\n";
    let written: Vec<&str> = enumerations()
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| {
            properties()
                .iter()
                .any(|property| property.write && property.type_name == *name)
        })
        .collect();
    text += &format!("    from akua.generated.enums import {}\n", written.join(", "));
    for kind in writable() {
        let (class, _) = classes(kind);
        let one = with_article(kind.noun());
        text += &format!(
            "\n\nclass {class}Fields(TypedDict, total=False):\n    \"\"\"What can be written of {one}: what is left out stays.\"\"\"\n\n"
        );
        for field in kind.fields() {
            text += &format!(
                "    {}: {}\n{}\n",
                field.name,
                written_type(field),
                docstring(&plain(field.doc), 4)
            );
        }
        for (what, options) in [("Update", "CallOptions"), ("Edit", "EditOptions")] {
            text += &format!(
                "\n\nclass {class}{what}({class}Fields, {options}, total=False):\n    \"\"\"The fields of {one}, and the options of `{}`.\"\"\"\n",
                what.to_lowercase()
            );
        }
    }
    creates().for_each(|kind| text += &new_fields(kind));
    text += "\n\nclass ResolveOptions(PolicyOptions, CallOptions, total=False):\n    \"\"\"The options of `Client.resolve`, and the secrets that were written: a resume token holds only their hashes.\"\"\"\n\n";
    let secrets = writable()
        .flat_map(ResourceKind::fields)
        .filter(|field| field.is_secret());
    for secret in secrets {
        text += &format!("    {}: str\n{}\n", secret.name, docstring(&plain(secret.doc), 4));
    }
    text
}

/// What something new is made of, and the two calls that make it.
fn new_fields(kind: LaunchKind) -> String {
    let (made, call) = (pascal(&made_of(kind)), create_call(kind));
    let one = match kind {
        LaunchKind::ImportCluster => "a cluster that is imported".to_owned(),
        _ => format!("a new {}", kind.of().noun()),
    };
    let of = |required: bool| -> String {
        let is_one = |field: &&Property| (field.presence == Presence::Required) == required;
        let fields = kind.fields().iter().filter(is_one);
        let line = |field: &Property| {
            let doc = docstring(&plain(field.doc), 4);
            format!("    {}: {}\n{doc}\n", field.name, written_type(field))
        };
        fields.map(line).collect()
    };
    let mut text = format!(
        "\n\nclass _{made}(TypedDict):\n    \"\"\"What has to be set of {one}.\"\"\"\n\n{}",
        of(true)
    );
    text += &format!("\n\nclass {made}Fields(_{made}, total=False):\n    \"\"\"What {one} is made of.\"\"\"\n");
    let optional = of(false);
    if !optional.is_empty() {
        text += &format!("\n{optional}");
    }
    let forms = [
        (call.to_owned(), "LaunchOptions"),
        (format!("{call}_once"), "CallOptions"),
    ];
    for (name, (call, options)) in created_with(kind).iter().zip(forms) {
        text += &format!(
            "\n\nclass {name}({made}Fields, {options}, total=False):\n    \"\"\"What {one} is made of, and the options of `{call}`.\"\"\"\n"
        );
    }
    text
}

/// The type of a value that is read.
fn read_type(property: &Property) -> String {
    let of_value = match property.kind {
        Type::Secret => "Secret",
        Type::Text | Type::Id | Type::Etag => "str",
        Type::Enumeration(_) | Type::Object(_) => property.type_name,
        Type::Flag => "bool",
        Type::Number => "int",
        Type::Time => "datetime",
        _ => "Any",
    };
    match property.presence {
        Presence::Required => of_value.to_owned(),
        Presence::Optional | Presence::Nullable | Presence::Undocumented | Presence::Once => {
            format!("{of_value} | None")
        }
    }
}

/// The classes of `kinds.py`.
fn exported() -> Vec<String> {
    let mut names: Vec<String> = objects().into_iter().map(|(name, _)| name.to_owned()).collect();
    for kind in kinds() {
        let (class, calls) = classes(kind);
        names.extend([class, calls]);
    }
    names.sort();
    names
}

/// Names that `kinds.py` finds in other modules when they are first used.
fn later() -> Vec<(String, &'static str)> {
    let mut later = Vec::new();
    for (name, _) in enumerations() {
        later.push((name.to_owned(), "enums"));
    }
    for kind in writable() {
        later.push((format!("{}Fields", classes(kind).0), "fields"));
    }
    for kind in creates() {
        later.push((format!("{}Fields", pascal(&made_of(kind))), "fields"));
    }
    later.sort();
    later
}

/// Every public name that there is because of a kind, one a line.
fn listed() -> String {
    let mut names = exported();
    names.extend(later().into_iter().map(|(name, _)| name));
    names.sort();
    names.iter().map(|name| format!("    \"{name}\",\n")).collect()
}

/// `kinds.py`: the same names as the stubs beside it.
fn names() -> String {
    let imported: String = exported().iter().map(|name| format!("    {name},\n")).collect();
    let later: String = later()
        .iter()
        .map(|(name, file)| format!("    \"{name}\": \"akua.generated.{file}\",\n"))
        .collect();
    format!(
        "\"\"\"The classes of every kind.\n\n{HEAD}\n\"\"\"\n\n\
         from akua._akua import (\n{imported})\n\n\
         __all__ = [\n{}]\n\n\
         # Found when they are first used: their modules need more than all of the rest.\n\
         _LATER = {{\n{later}}}\n\n\n\
         def __getattr__(name):\n    \
             from importlib import import_module\n\n    \
             if name in _LATER:\n        \
                 return getattr(import_module(_LATER[name]), name)\n    \
             raise AttributeError(f\"module 'akua.generated.kinds' has no attribute {{name!r}}\")\n",
        listed()
    )
}

/// `kinds.pyi`.
fn stubs() -> String {
    let mut fields = Vec::new();
    for kind in writable() {
        let (class, _) = classes(kind);
        fields.extend([format!("{class}Edit"), format!("{class}Update")]);
    }
    fields.extend(creates().flat_map(created_with));
    let mut imports = String::new();
    for (name, file) in later() {
        imports += &format!("from akua.generated.{file} import {name} as {name}\n");
    }
    let mut text = format!(
        "\"\"\"The classes of every kind.\n\n{HEAD}\n\"\"\"\n\n\
         from collections.abc import Callable, Mapping\n\
         from datetime import datetime\n\
         from os import PathLike\n\
         from typing import Any, Generic, Literal, TypeVar, final\n\n\
         from typing_extensions import Self, Unpack\n\n\
         from akua import fleet as _fleet\n\
         from akua._akua import EditResult, ResourceList, Secret\n\
         from akua._launched import Launched, Waited\n\
         from akua.generated.settings import CallOptions, EditOptions, FleetOptions, LaunchOptions, WaitOptions\n\
         {imports}from akua.generated.fields import {}\n\n\
         __all__ = [\n{}]\n\n\
         _R = TypeVar(\"_R\", bound=_Answered)\n",
        fields.join(", "),
        listed()
    );
    text += RESOURCE;
    for (name, table) in objects() {
        text += &class(
            name,
            &format!(
                "{} as one answer showed it: immutable.",
                capital(&with_article(&spaced(name)))
            ),
            table,
        );
    }
    for kind in kinds() {
        let doc = format!(
            "{} as one answer showed it: immutable, equal if everything in it is equal.",
            capital(&with_article(kind.noun()))
        );
        text += &class(&classes(kind).0, &doc, kind.properties());
    }
    text += &calls();
    for kind in kinds() {
        text += &calls_of(kind);
    }
    text += "\nclass _ClientCalls:\n    \"\"\"The calls of a client on each kind.\"\"\"\n";
    for kind in kinds() {
        let (_, calls) = classes(kind);
        let name = kind.plural();
        text +=
            &format!("\n    @property\n    def {name}(self) -> {calls}:\n        \"\"\"The calls on {name}.\"\"\"\n");
    }
    text
}

const RESOURCE: &str = "
class _Answered:
    @property
    def unknown(self) -> dict[str, Any]:
        \"\"\"The properties that this version of the library does not know.\"\"\"
    def to_dict(self) -> dict[str, Any]:
        \"\"\"Everything as the answer had it, in plain types: times too are what they are in its JSON.\"\"\"
    def _row(self) -> dict[str, Any]: ...
    def to_json(self) -> str:
        \"\"\"Everything as the answer had it, as JSON.\"\"\"
    @classmethod
    def from_dict(cls, properties: dict[str, Any], /) -> Self:
        \"\"\"One with these properties, named as in an answer. For tests, and for what `to_dict` has given.

        Raises:
            ValidationError: A property is missing or of another type.
        \"\"\"
    def __replace__(self, /, **changes: Any) -> Self:
        \"\"\"A copy with other values; nothing is sent. `copy.replace(\u{2026}, name=\"\u{2026}\")` calls it (Python 3.13).

        Raises:
            ValidationError: A value is of another type.
        \"\"\"
    def _repr_html_(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Callable[[dict[str, Any]], Self], tuple[dict[str, Any]]]: ...
";

fn class(name: &str, doc: &str, table: &[Property]) -> String {
    let mut text = format!("\n@final\nclass {name}(_Answered):\n{}\n\n", docstring(doc, 4));
    for property in table.iter().filter(|property| property.read) {
        let of_enum = match property.kind {
            Type::Enumeration(_) => " A `str`; one that this version does not know is kept as it is.",
            Type::Time => " `OverflowError` where no datetime can hold it (before year 1, after 9999).",
            _ => "",
        };
        let doc = format!("{}{of_enum}", plain(property.doc));
        text += &attribute(property.name, &read_type(property), &doc);
        if property.kind == Type::Time {
            let kind = match property.presence {
                Presence::Required => "int | float",
                _ => "int | float | None",
            };
            let doc = "The same in Unix seconds, as the answer had it. Never an error.";
            text += &attribute(&format!("{}_unix", property.name), kind, doc);
        }
    }
    text
}

fn attribute(name: &str, kind: &str, doc: &str) -> String {
    format!(
        "    @property\n    def {name}(self) -> {kind}:\n{}\n",
        docstring(doc, 8)
    )
}
