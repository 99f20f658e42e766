//! That every name of the protocol is expected by some case, and that the README names all there is.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;

use akua_conformance::case::{Answer, Case, TokenOf, Turn};
use akua_conformance::suite;
use akua_model::ResourceKind;
use akua_model::edit::{Cause, FieldState, OnConflict, Proof, ResumeMode};
use akua_model::report::{Effect, End, Kind};
use serde_json::Value;

fn cases() -> Vec<Case> {
    let files = suite::load(&suite::folder()).unwrap();
    files.into_iter().flat_map(|file| file.cases).collect()
}

/// Every text under a property of one of these names.
fn texts(value: &Value, names: &[&str], found: &mut BTreeSet<String>) {
    match value {
        Value::Object(properties) => {
            for (name, value) in properties {
                if let Value::String(text) = value
                    && names.contains(&name.as_str())
                {
                    found.insert(text.clone());
                }
                texts(value, names, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, names, found)),
        _ => {}
    }
}

#[test]
fn every_name_is_expected_by_some_case() {
    // What no order brings about: a cancel from elsewhere, a hook that declines, nine versions, a fleet's ledger.
    let out_of_reach = [
        Kind::Cancelled.name(),
        Kind::Ledger.name(),
        Kind::Internal.name(),
        Cause::Declined.name(),
        Cause::OutOfAttempts.name(),
        Cause::Cancelled.name(),
        End::Superseded.name(),
        End::DeadlinePassed.name(),
    ];
    let mut expected = BTreeSet::new();
    for case in cases() {
        let report = serde_json::to_value(case.report).unwrap();
        texts(
            &report,
            &["kind", "effect", "end", "proof", "cause", "state"],
            &mut expected,
        );
        let call = serde_json::to_value(case.call).unwrap();
        texts(&call, &["mode"], &mut expected);
        let client = serde_json::to_value(case.client).unwrap();
        texts(&client, &["on_conflict"], &mut expected);
    }
    let names = Kind::ALL.iter().map(|kind| kind.name());
    let names = names
        .chain(Effect::ALL.iter().map(|effect| effect.name()))
        .chain(Proof::ALL.iter().map(|proof| proof.name()))
        .chain(Cause::ALL.iter().map(|cause| cause.name()))
        .chain(FieldState::ALL.iter().map(|state| state.name()))
        .chain(ResumeMode::ALL.iter().map(|mode| mode.name()))
        .chain(End::ALL.iter().map(|end| end.name()));
    let missing: BTreeSet<&str> = names.filter(|name| !expected.contains(*name)).collect();
    assert_eq!(
        missing,
        BTreeSet::from(out_of_reach),
        "add a case that expects the name, or say why none can"
    );
    assert!(
        expected.contains(OnConflict::Fail.name()),
        "the other way is the usual one"
    );
}

/// The names of all properties in it, but for those of resources, which the declaration has, and of free maps.
fn properties(value: &Value, found: &mut BTreeSet<String>) {
    let free = [
        "json", "resource", "items", "patch", "new", "metadata", "headers", "seen", "not_in", "steps",
    ];
    let is_kind = |name: &str| ResourceKind::ALL.iter().any(|kind| kind.name() == name);
    match value {
        Value::Object(all) => {
            for (name, value) in all.iter().filter(|(name, _)| !is_kind(name)) {
                found.insert(name.clone());
                if !free.contains(&name.as_str()) {
                    properties(value, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| properties(item, found)),
        _ => {}
    }
}

#[test]
fn the_readme_names_all_there_is() {
    let readme = include_str!("../README.md");
    let mut names = BTreeSet::new();
    for case in cases() {
        properties(&serde_json::to_value(&case).unwrap(), &mut names);
    }
    // Which properties there are is known by now; that each is used is what makes it worth having.
    for known in [
        "append",
        "none",
        "fail",
        "token_of",
        "sent_ms_ago",
        "refuses_connections",
        "not_in",
        "retry_after_ms",
    ] {
        assert!(names.contains(known), "{known} is in no case");
    }
    let effects = Effect::ALL.iter().map(|effect| effect.name());
    let states = FieldState::ALL.iter().map(|state| state.name());
    let ends = End::ALL.iter().map(|end| end.name());
    names.extend(effects.chain(states).chain(ends).map(str::to_owned));
    for name in names {
        let named = readme.contains(&format!("`{name}`")) || readme.contains(&format!("\"{name}\""));
        assert!(named, "README.md does not name `{name}`");
    }
}

#[test]
fn what_a_case_must_not_have_is_refused() {
    for wrong in [
        r#"{"name":"x","about":"","says":"","call":{"do":"get","kind":"cluster","id":"a","limit":1}}"#,
        r#"{"name":"x","about":"","says":"","call":{"do":"get","kind":"cluster"}}"#,
        r#"{"name":"x","about":"","says":"","call":{"do":"drop","kind":"cluster","id":"a"}}"#,
        r#"{"name":"x","about":"","says":"","skip":true,"call":{"do":"get","kind":"cluster","id":"a"}}"#,
        r#"{"name":"x","about":"","call":{"do":"get","kind":"cluster","id":"a"}}"#,
    ] {
        assert!(serde_json::from_str::<Case>(wrong).is_err(), "{wrong}");
    }
    assert!(serde_json::from_str::<Answer>(r#"{"stauts":200}"#).is_err());
    assert!(serde_json::from_str::<Turn>(r#"{"patches":{}}"#).is_err());
    assert!(serde_json::from_str::<TokenOf>(r#"{"kind":"cluster","patch":{},"age":1}"#).is_err());
}
