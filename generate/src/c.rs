//! What C and C++ are told of the kinds: their numbers and those of their properties, and the types of `akua.hpp`.
//!
//! A number stays for ever: `akua-ffi/abi/numbers.txt` lists those that were given, and a name that is not there gets the
//! next one, which `make accept-abi` then takes over.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use akua_model::edit::LaunchKind;
use akua_model::property::Type;
use akua_model::{Property, ResourceKind, with_article};

use crate::creates::{creates, made_of};
use crate::words::capital;
use crate::{File, words};

/// The files for C and C++.
pub(crate) fn files() -> Vec<File> {
    let given = given(include_str!("../../akua-ffi/abi/numbers.txt"));
    vec![
        ("akua-ffi/src/generated/kinds.rs", kinds_rs(&given)),
        ("akua-ffi/include/akua/generated/kinds.hpp", kinds_hpp()),
    ]
}

/// A number that was given, by its name in `akua.h` without `AKUA_`.
type Numbers = BTreeMap<String, i32>;

fn given(text: &str) -> Numbers {
    let lines = text
        .lines()
        .filter_map(|line| line.strip_prefix("AKUA_")?.split_once(' '));
    lines
        .filter_map(|(name, number)| Some((name.to_owned(), number.parse().ok()?)))
        .collect()
}

/// A property of some kinds, or of what something new is made of, under one name.
struct Row {
    path: String,
    /// What has it, such as `a cluster`, and what it is there.
    of: Vec<(String, &'static Property)>,
}

impl Row {
    fn constant(&self) -> String {
        constant(&self.path)
    }
}

fn constant(path: &str) -> String {
    path.replace('.', "_").to_uppercase()
}

/// The C++ name of what the property under `path` is asked by.
fn method(path: &str) -> String {
    path.replace('.', "_")
}

/// Every property with its path; those of an object behind it.
fn each(kind: ResourceKind, mut row: impl FnMut(String, &'static Property)) {
    for property in kind.properties() {
        row(property.name.to_owned(), property);
        if let Type::Object(inner) = property.kind {
            for inside in inner {
                row(format!("{}.{}", property.name, inside.name), inside);
            }
        }
    }
}

fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut add = |one: &str, path: String, property| match rows.iter_mut().find(|row| row.path == path) {
        Some(row) => row.of.push((one.to_owned(), property)),
        None => rows.push(Row {
            path,
            of: vec![(one.to_owned(), property)],
        }),
    };
    for kind in ResourceKind::ALL {
        each(*kind, |path, property| add(&with_article(kind.noun()), path, property));
    }
    for kind in creates() {
        for field in kind.fields() {
            add(&new_one(kind), field.name.to_owned(), field);
        }
    }
    rows
}

/// What it makes: `a new cluster`.
fn new_one(kind: LaunchKind) -> String {
    format!("a new {}", kind.of().noun())
}

/// Gives every name its number: the given one, or the next that is free. One that is gone is never given again.
fn numbered(names: Vec<String>, given: &Numbers, taken: impl Fn(&str) -> bool) -> Vec<(String, i32)> {
    let mut next = given
        .iter()
        .filter(|(name, _)| taken(name))
        .map(|(_, number)| *number)
        .max()
        .unwrap_or(0);
    let mut all: Vec<_> = names
        .into_iter()
        .map(|name| {
            let number = given.get(&name).copied().unwrap_or_else(|| {
                next += 1;
                next
            });
            (name, number)
        })
        .collect();
    all.sort_by_key(|(_, number)| *number);
    all
}

/// `akua-ffi/src/generated/kinds.rs`.
fn kinds_rs(given: &Numbers) -> String {
    let rows = rows();
    let is_kind = |name: &str| ResourceKind::ALL.iter().any(|kind| constant(kind.name()) == name);
    let kinds = ResourceKind::ALL.iter().map(|kind| constant(kind.name())).collect();
    let kinds = numbered(kinds, given, is_kind);
    let properties = rows.iter().map(Row::constant).collect();
    let properties = numbered(properties, given, |name| rows.iter().any(|row| row.constant() == name));
    let mut out = String::from(
        "//! The numbers of kinds and properties: made by `make generate` of akua-model/src/api.rs and akua-ffi/abi/numbers.txt;\n\
         //! do not edit. A number stays for ever.\n\n\
         use akua_model::ResourceKind;\n\n\
         /// A kind of resource: one of the numbers below, such as `AKUA_CLUSTER`.\n\
         pub type akua_kind = i32;\n\n\
         /// A property of resources, whatever their kind: one of the numbers below, such as `AKUA_NAME`.\n\
         pub type akua_property = i32;\n\n",
    );
    for (name, number) in &kinds {
        let kind = ResourceKind::ALL.iter().find(|kind| constant(kind.name()) == *name);
        let _ = writeln!(
            out,
            "/// The kind of {}.\npub const AKUA_{name}: akua_kind = {number};",
            kind.map(|kind| with_article(kind.noun())).unwrap_or_default()
        );
    }
    for (name, number) in &properties {
        let Some(row) = rows.iter().find(|row| row.constant() == *name) else {
            continue;
        };
        let Some((_, first)) = row.of.first() else { continue };
        let alike = row
            .of
            .iter()
            .all(|(_, property)| property.doc.trim() == first.doc.trim());
        let of = row.of.iter().map(|(one, _)| one.clone()).collect::<Vec<_>>();
        let mut doc = format!("{}, of {}", word(first), words::listed(&of));
        for (one, property) in &row.of {
            let text = property.doc.split_whitespace().collect::<Vec<_>>().join(" ");
            if alike {
                let _ = write!(doc, ": {text}");
                break;
            }
            let _ = write!(doc, "; of {one}: {}", text.trim_end_matches('.'));
        }
        if !doc.ends_with('.') {
            doc.push('.');
        }
        wrapped(&mut out, "/// ", &doc);
        let _ = writeln!(out, "pub const AKUA_{name}: akua_property = {number};");
    }
    out.push_str("\n/// Every kind with its number and its name, which ends with a NUL.\n");
    out.push_str("pub(crate) const KINDS: &[(akua_kind, ResourceKind, &str)] = &[\n");
    for (name, _) in &kinds {
        let kind = name.to_lowercase();
        let parts = [
            format!("AKUA_{name}"),
            format!("ResourceKind::{}", camel(&kind)),
            format!("\"{kind}\\0\""),
        ];
        // As rustfmt breaks it.
        let _ = match parts.join(", ") {
            short if short.len() <= 72 => writeln!(out, "    ({short}),"),
            _ => writeln!(out, "    (\n        {},\n    ),", parts.join(",\n        ")),
        };
    }
    out.push_str("];\n\n/// Every property with its number and its path, which ends with a NUL.\n");
    out.push_str("pub(crate) const PROPERTIES: &[(akua_property, &str)] = &[\n");
    for (name, _) in &properties {
        let row = rows.iter().find(|row| row.constant() == *name);
        let path = row.map_or("", |row| row.path.as_str());
        let _ = writeln!(out, "    (AKUA_{name}, \"{path}\\0\"),");
    }
    out.push_str("];\n");
    out
}

/// `akua-ffi/include/akua/generated/kinds.hpp`.
fn kinds_hpp() -> String {
    let mut out = String::from(
        "// The types of `akua.hpp` for each kind of resource: made by `make generate` of akua-model/src/api.rs; do not edit.\n\
         // A part of akua.hpp.\n\
         #ifndef AKUA_KINDS_HPP\n#define AKUA_KINDS_HPP\n\n#include \"../options.hpp\"\n\nnamespace akua {\n",
    );
    for kind in ResourceKind::ALL {
        let (name, constant, writable) = (kind.name(), constant(kind.name()), kind.is_writable());
        let (readable, listed) = (kind.is_readable(), kind.is_listed());
        let one = capital(&with_article(kind.noun()));
        let (declared, patch) = match writable {
            true => (
                format!("\nclass {name}_patch;\n"),
                format!("  using patch = {name}_patch;\n"),
            ),
            false => Default::default(),
        };
        let _ = write!(
            out,
            "{declared}\n// {one} as one answer showed it.\nclass {name} : public detail::shown {{\n public:\n  \
             static constexpr akua_kind kind = AKUA_{constant};\n  \
             // Whether one can be read by its id.\n  static constexpr bool readable = {readable};\n  \
             // Whether a list of it can be read.\n  static constexpr bool listed = {listed};\n  \
             // Whether it can be changed, and so has a patch.\n  static constexpr bool writable = {writable};\n\
             {patch}  using detail::shown::shown;\n"
        );
        let mut visits = String::new();
        each(*kind, |path, property| {
            getter(&mut out, &path, property);
            if property.read && !matches!(property.kind, Type::Object(_) | Type::Secret) {
                let method = method(&path);
                let _ = writeln!(visits, "    visit(\"{method}\", {method}());");
            }
        });
        let _ = write!(
            out,
            "  // Calls `visit` with the name and the value of each of these.\n  template <class Visit>\n  \
             void each_property(Visit&& visit) const {{\n{visits}  }}\n}};\n"
        );
        if !writable {
            continue;
        }
        let _ = write!(
            out,
            "\n// A change of some properties of {}: what is not set stays as it is.\n\
             class {name}_patch : public detail::patch<{name}_patch, AKUA_{constant}> {{\n public:\n",
            with_article(kind.noun())
        );
        setters(&mut out, &format!("{name}_patch"), kind.fields());
    }
    for kind in creates() {
        let class = made_of(kind);
        let _ = write!(
            out,
            "\n// What {} is made of. What has to be set and is not, or breaks a limit, is told by the call it is given to.\n\
             class {class} : public detail::patch<{class}, AKUA_LAUNCH_{}, akua_patch_new_for_launch> {{\n public:\n",
            new_one(kind),
            constant(kind.name())
        );
        setters(&mut out, &class, kind.fields());
    }
    out.push_str(
        "\n// Calls `visit` with a null pointer of the type of each kind, for programs that are about all of them.\n\
         template <class Visit>\nvoid each_kind(Visit&& visit) {\n",
    );
    for kind in ResourceKind::ALL {
        let _ = writeln!(out, "  visit(static_cast<const {}*>(nullptr));", kind.name());
    }
    out.push_str("}\n");
    out.push_str(
        "\nnamespace detail {\n// The collections of a client, one for each kind.\ntemplate <class Client>\nclass kinds {\n public:\n",
    );
    for kind in ResourceKind::ALL {
        let name = kind.name();
        let plural = kind.plural();
        let _ = write!(
            out,
            "  auto {plural}() const {{ return self().template collection<{name}>(); }}\n  \
             auto {plural}(call_options options) const {{ return self().template collection<{name}>(std::move(options)); }}\n"
        );
    }
    out.push_str(
        "\n private:\n  const Client& self() const noexcept { return static_cast<const Client&>(*this); }\n};\n}  // namespace detail\n\n\
         }  // namespace akua\n\n#endif  // AKUA_KINDS_HPP\n",
    );
    out
}

fn getter(out: &mut String, path: &str, property: &Property) {
    if !property.read {
        return;
    }
    comment(out, property.doc);
    let (method, constant) = (method(path), constant(path));
    let always = property.presence == akua_model::property::Presence::Required && !path.contains('.');
    let line = match property.kind {
        Type::Secret => format!("std::optional<secret> {method}() const {{ return once(AKUA_{constant}); }}"),
        Type::Flag => format!("bool {method}() const noexcept {{ return flag(AKUA_{constant}); }}"),
        Type::Number => {
            format!("std::optional<std::int64_t> {method}() const noexcept {{ return number(AKUA_{constant}); }}")
        }
        Type::Time if !always => format!(
            "std::optional<std::int64_t> {method}() const noexcept {{ return maybe_time(AKUA_{constant}); }}\n  \
             maybe_text {method}_text() const noexcept {{ return maybe(AKUA_{constant}); }}"
        ),
        Type::Time => format!(
            "std::int64_t {method}() const noexcept {{ return time(AKUA_{constant}); }}\n  \
             std::string_view {method}_text() const noexcept {{ return text(AKUA_{constant}); }}"
        ),
        Type::Json | Type::Object(_) => {
            format!("maybe_text {method}() const noexcept {{ return maybe_json(AKUA_{constant}); }}")
        }
        _ if always => format!("std::string_view {method}() const noexcept {{ return text(AKUA_{constant}); }}"),
        _ => format!("maybe_text {method}() const noexcept {{ return maybe(AKUA_{constant}); }}"),
    };
    let _ = writeln!(out, "  {line}");
}

/// The setters of `class`, which ends with them.
fn setters(out: &mut String, class: &str, fields: &[Property]) {
    let mut visits = String::new();
    for field in fields {
        setter(out, class, field);
        let method = method(field.name);
        let _ = writeln!(visits, "    visit(\"{method}\", &{class}::{method});");
    }
    let _ = write!(
        out,
        "  // Calls `visit` with the name and the setter of each of these.\n  template <class Visit>\n  \
         static void each_setter(Visit&& visit) {{\n{visits}  }}\n}};\n"
    );
}

fn setter(out: &mut String, class: &str, field: &Property) {
    comment(out, field.doc);
    let (method, constant) = (method(field.name), constant(field.name));
    let (takes, by) = match field.kind {
        Type::Flag => ("bool", "set_flag"),
        Type::Number => ("std::int64_t", "set_number"),
        Type::Json | Type::Object(_) => ("std::string_view", "set_json"),
        _ => ("std::string_view", "set_text"),
    };
    let _ = writeln!(
        out,
        "  {class}& {method}({takes} value) {{ return {by}(AKUA_{constant}, value); }}"
    );
}

fn comment(out: &mut String, doc: &str) {
    let text = doc.split_whitespace().collect::<Vec<_>>().join(" ");
    wrapped(out, "  // ", &text);
}

fn word(property: &Property) -> &'static str {
    match property.kind {
        Type::Secret => "A secret",
        Type::Flag => "A flag",
        Type::Number => "A number",
        Type::Time => "A time",
        Type::Json | Type::Object(_) => "JSON",
        _ => "A text",
    }
}

fn camel(name: &str) -> String {
    name.split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase())
                .into_iter()
                .chain(letters.collect::<Vec<_>>())
        })
        .collect()
}

/// Writes a text in lines of at most 118 characters.
fn wrapped(out: &mut String, lead: &str, text: &str) {
    for line in words::wrapped(text, 118 - lead.len()) {
        let _ = writeln!(out, "{lead}{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_was_given_stays_and_a_new_name_gets_the_next() {
        let given = given("AKUA_NAME 2\nAKUA_GONE 7\nAKUA_CLUSTER 9\n");
        let names = ["DESCRIPTION", "NAME"].map(str::to_owned).to_vec();
        let all = numbered(names, &given, |name| name != "CLUSTER");
        assert_eq!(all, [("NAME".to_owned(), 2), ("DESCRIPTION".to_owned(), 8)]);
    }
}
