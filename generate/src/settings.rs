//! The settings of clients and calls, as C, C++, Python and the reference have them: of `akua_http::settings`.

use std::fmt::Write as _;

use akua_http::settings::{Of, SETTINGS, Setting, Takes};

use crate::made::File;
use crate::words::{docstring, screaming, wrapped};

pub(crate) fn files() -> Vec<File> {
    vec![
        ("akua-ffi/src/generated/settings.rs", numbers()),
        ("akua-ffi/include/akua/generated/settings.hpp", setters()),
        ("akua-py/python/akua/generated/settings.py", types()),
    ]
}

/// The rows of the reference's table: the setting, whose it is, and what it means.
pub(crate) fn rows() -> Vec<[String; 3]> {
    let row = |setting: &Setting| {
        [
            setting.name.to_owned(),
            owner(setting).to_owned(),
            setting.doc.to_owned(),
        ]
    };
    SETTINGS.iter().map(row).collect()
}

fn owner(setting: &Setting) -> &'static str {
    match setting.of {
        Of::Client => "a client",
        Of::Contract => "a client's `contract`",
        Of::ClientOrCall => "a client or a call",
        Of::Call => "a call",
        Of::List => "a list",
        Of::Edit => "an edit",
    }
}

/// The name of its number in C.
fn constant(setting: &Setting) -> String {
    let group = if setting.of == Of::Contract { "CONTRACT_" } else { "" };
    format!("AKUA_OPTION_{group}{}", screaming(setting.name))
}

fn numbers() -> String {
    let mut out = String::from(
        "//! The numbers of settings: made by `make generate` of akua-http/src/settings/table.rs; do not edit. A number stays for\n\
         //! ever.\n\n\
         /// A setting of a client or of a call: one of the numbers below, such as `AKUA_OPTION_TIMEOUT`.\n\
         pub type akua_option = i32;\n\n",
    );
    for setting in SETTINGS {
        let takes = match setting.takes {
            Takes::Text | Takes::Pem => "Text",
            Takes::Time => "Number of milliseconds",
            Takes::Count => "Number",
            Takes::Flag => "Flag",
        };
        let of = match setting.of {
            Of::Client | Of::Contract => "a client",
            Of::ClientOrCall => "a client or a call",
            Of::Call | Of::List | Of::Edit => "a call",
        };
        for line in wrapped(&format!("{takes}, of {of}. {}", setting.doc), 114) {
            let _ = writeln!(out, "/// {line}");
        }
        let _ = writeln!(
            out,
            "pub const {}: akua_option = {};",
            constant(setting),
            setting.number
        );
    }
    out
}

/// The setters of C++ that are like each other; those of a kind of their own are in `options.hpp`.
fn setters() -> String {
    let mut out = String::from(
        "// The setters of options.hpp: made by `make generate` of akua-http/src/settings/table.rs; do not edit.\n\
         // A part of akua.hpp. Each setting is described at its number in akua.h.\n\
         #ifndef AKUA_SETTINGS_HPP\n#define AKUA_SETTINGS_HPP\n\n#include <chrono>\n#include <cstdint>\n#include <string_view>\n\n\
         #include \"../../akua.h\"\n\nnamespace akua {\nnamespace detail {\n",
    );
    for (class, of) in [
        ("call_setters", &[Of::ClientOrCall, Of::Call, Of::List, Of::Edit][..]),
        ("client_setters", &[Of::Client, Of::ClientOrCall]),
    ] {
        let _ = write!(
            out,
            "\ntemplate <class Self, class Base>\nclass {class} : public Base {{\n public:\n"
        );
        for setting in SETTINGS {
            let by_hand = ["on_conflict", "client_certificate", "client_key"].contains(&setting.name);
            if by_hand || !of.contains(&setting.of) {
                continue;
            }
            let (takes, by) = match setting.takes {
                Takes::Text | Takes::Pem => ("std::string_view value", "text"),
                Takes::Time => ("std::chrono::milliseconds value", "time"),
                Takes::Count => ("std::uint64_t value", "number"),
                Takes::Flag => ("bool value = true", "flag"),
            };
            let (name, constant) = (setting.name, constant(setting));
            let _ = writeln!(
                out,
                "  Self& {name}({takes}) {{ return this->{by}({constant}, value); }}"
            );
        }
        out.push_str("\n protected:\n  using Base::Base;\n};\n");
    }
    out.push_str("\n}  // namespace detail\n}  // namespace akua\n\n#endif  // AKUA_SETTINGS_HPP\n");
    out
}

fn types() -> String {
    let mut out = String::from(
        "\"\"\"The settings of clients and calls, as types for `**options`.\n\n\
         Made by `make generate` from the table of settings, akua-http/src/settings/table.rs. Not edited by hand.\n\"\"\"\n\n\
         from __future__ import annotations\n\n\
         from collections.abc import Callable, Mapping\nfrom typing import Literal, TypedDict\n",
    );
    typed(
        &mut out,
        "CallOptions",
        "The options of every call, in place of the client's.",
        &[Of::ClientOrCall, Of::Call],
    );
    typed(&mut out, "PolicyOptions", "How an edit behaves.", &[Of::Edit]);
    typed(
        &mut out,
        "Contract",
        "What the server guarantees, where its operator has said so.",
        &[Of::Contract],
    );
    typed(
        &mut out,
        "ClientOptions",
        "What `Client` is told. What is left out or `None` is as it is unless set.",
        &[Of::Client, Of::ClientOrCall],
    );
    out.push_str(AFTER);
    typed_with(
        &mut out,
        "LaunchOptions",
        "CallOptions, total=False",
        "The options of a suspend, a resume, a delete and of whatever else starts an operation.",
        |setting| setting.of == Of::Edit && !NOT_OF_A_LAUNCH.contains(&setting.name),
    );
    out.push_str(KEPT);
    typed_with(
        &mut out,
        "WaitOptions",
        "TypedDict, total=False",
        "The options of a wait for an operation, beside its own arguments.",
        |setting| [Of::ClientOrCall, Of::Call].contains(&setting.of) && setting.name != "timeout",
    );
    out
}

/// What an edit does about other writers; what starts an operation is carried out on the version that was seen, or not at all.
const NOT_OF_A_LAUNCH: &[&str] = &["on_conflict", "overwrite_unseen", "max_versions"];

const KEPT: &str = r#"    keep_resume_token: Callable[[str], object] | None
    """Called with a resume token before the write first goes out. If it raises, nothing is sent, and what it raised is raised.
    Called once more with the token of the operation that was started, which from then on is kept in the place of the first:
    what it raises then goes to `sys.unraisablehook`, of `AsyncClient` to the event loop's handler of exceptions, as the write
    has been accepted and that token is in the result as well. `AsyncClient` awaits what it returns, if that can be.
    """
"#;

const AFTER: &str = r#"    contract: Contract | Mapping[str, bool | float] | None
    """What the server guarantees, where that differs from its documentation: see `Contract`, and the guide to `edit`."""


class FleetOptions(PolicyOptions, CallOptions, total=False):
    """The options of the work on one item of a fleet."""


class EditOptions(PolicyOptions, CallOptions, total=False):
    """The options of an edit."""

    keep_resume_token: Callable[[str], object] | None
    """Called with a resume token before each write first goes out. If it raises, nothing of that write is sent, and what it
    raised is raised. Keep the token where a crash can't reach it. `AsyncClient` awaits what it returns, if that can be.
    """
"#;

/// A class with the settings of these owners.
fn typed(out: &mut String, class: &str, doc: &str, of: &[Of]) {
    typed_with(out, class, "TypedDict, total=False", doc, |setting| {
        of.contains(&setting.of)
    });
}

/// A class with these settings.
fn typed_with(out: &mut String, class: &str, bases: &str, doc: &str, wanted: impl Fn(&Setting) -> bool) {
    let _ = write!(out, "\n\nclass {class}({bases}):\n    \"\"\"{doc}\"\"\"\n\n");
    for setting in SETTINGS.iter().filter(|setting| wanted(setting)) {
        let (kind, more) = match (setting.name, setting.takes) {
            // The one with its certificate, the other as the proxy `None`.
            ("client_key" | "no_proxy", _) => continue,
            ("token", _) => (
                "str | Callable[[], str] | None",
                " Or a callable that returns one: it is asked before the first call, and once more when the service \
                 answers 401. It runs on the thread of a call, and is no `async def`.",
            ),
            ("proxy", _) => ("str | None", " `None` for none."),
            ("client_certificate", _) => ("tuple[str | bytes, str | bytes] | None", " Chain and key, as a pair."),
            ("on_conflict", _) => ("Literal[\"rebase\", \"fail\"] | None", ""),
            (_, Takes::Text) => ("str | None", ""),
            (_, Takes::Pem) => ("str | bytes | None", ""),
            (_, Takes::Time) => ("float | None", " In seconds."),
            (_, Takes::Count) => ("int | None", ""),
            (_, Takes::Flag) => ("bool", ""),
        };
        let doc = format!("{}{more}", setting.doc);
        let _ = writeln!(out, "    {}: {kind}\n{}", setting.name, docstring(&doc, 4));
    }
}
