//! The README says what is so: each of its lines is played.

use std::collections::BTreeSet;

use akua_sim::{Contract, Fault, Kind, Op, Setup, World};
use serde_json::{Value, json};

const README: &str = include_str!("../../README.md");

/// The cells of every row of the tables under a heading.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let (_, section) = README.split_once(heading).unwrap();
    let section = section.split("\n##").next().unwrap();
    section
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| ---"))
        .map(|line| {
            line.trim_matches('|')
                .split(" | ")
                .map(|cell| cell.trim().to_owned())
                .collect()
        })
        .collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_operation_is_shown_and_works() {
    let mut shown = BTreeSet::new();
    for row in rows("## The control protocol").iter().skip(1) {
        let mut world = World::new(Setup {
            clusters: 5,
            ..Setup::default()
        });
        world.inject(Fault::before(500)).unwrap();
        if row[1].contains("advance_operation") {
            world.seed_next(Kind::Operation);
        }
        let line = quoted(&row[1])[0];
        let op: Op = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        let answer = world.control(0, op).unwrap_or_else(|error| panic!("{line}: {error}"));
        let promised = quoted(&row[2])[0];
        for name in answer.as_object().unwrap().keys() {
            assert!(promised.contains(&format!("\"{name}\":")), "{line}: {name}");
        }
        let value: Value = serde_json::from_str(line).unwrap();
        shown.insert(value["op"].as_str().unwrap().to_owned());
    }
    // The error for an unknown operation lists all there are.
    let error = serde_json::from_value::<Op>(json!({"op": "?"}))
        .unwrap_err()
        .to_string();
    let known: BTreeSet<String> = quoted(&error).into_iter().skip(1).map(str::to_owned).collect();
    assert_eq!(shown, known);
}

#[test]
fn every_fault_shown_can_be_injected() {
    let mut world = World::new(Setup {
        clusters: 1,
        ..Setup::default()
    });
    let rows = rows("### Faults");
    let usual: Vec<&Vec<String>> = rows.iter().filter(|row| row.len() == 2).skip(1).collect();
    assert!(usual.len() > 10);
    for row in usual {
        let fault: Fault = serde_json::from_str(quoted(&row[1])[0]).unwrap_or_else(|error| panic!("{row:?}: {error}"));
        world.inject(fault).unwrap();
    }
    // Each property with each of its values.
    for row in rows.iter().filter(|row| row.len() == 3).skip(1) {
        let names = quoted(&row[0]);
        for (turn, value) in quoted(&row[1]).iter().enumerate() {
            let name = names.get(turn).filter(|_| names.len() > 1).unwrap_or(&names[0]);
            let value: Value = match value.contains('…') {
                true => continue,
                false => serde_json::from_str(value).unwrap(),
            };
            let fault = match name.split_once('.') {
                None => json!({ *name: value }),
                Some((outer, inner)) => json!({ outer: { inner: value } }),
            };
            let fault: Fault = serde_json::from_value(fault).unwrap_or_else(|error| panic!("{name}: {error}"));
            world.inject(fault).unwrap();
        }
    }
}

#[test]
fn every_switch_is_listed_with_its_default() {
    let defaults = serde_json::to_value(Contract::default()).unwrap();
    let mut listed = BTreeSet::new();
    for row in rows("### The switches of the contract").iter().skip(1) {
        let names = quoted(&row[0]);
        let values: Vec<&str> = row[1].split(", ").map(|value| value.trim_matches('`')).collect();
        for (turn, name) in names.into_iter().enumerate() {
            let value = values.get(turn).unwrap_or(&values[0]);
            assert_eq!(defaults[name].to_string(), **value, "{name}");
            listed.insert(name.to_owned());
        }
    }
    let known: BTreeSet<String> = defaults.as_object().unwrap().keys().cloned().collect();
    assert_eq!(listed, known);
}

#[test]
fn the_properties_of_the_record_are_listed() {
    let mut world = World::new(Setup {
        clusters: 1,
        ..Setup::default()
    });
    let token = world.issue_token(Some("ws_1"));
    let request = akua_sim::WireRequest::new("GET", "/v1/clusters/clu_1")
        .with_header("authorization", &format!("Bearer {token}"));
    world.handle(0, &request);
    let (_, section) = README.split_once("### The record").unwrap();
    let listed: BTreeSet<&str> = quoted(section.split("\n##").next().unwrap()).into_iter().collect();
    let entry = serde_json::to_value(&world.log(0, 0)[0]).unwrap();
    let version = serde_json::to_value(&world.history(0, Kind::Cluster, "clu_1").unwrap()[0]).unwrap();
    for name in entry
        .as_object()
        .unwrap()
        .keys()
        .chain(version.as_object().unwrap().keys())
    {
        assert!(listed.contains(name.as_str()), "{name}");
    }
}
