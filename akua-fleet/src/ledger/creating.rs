//! What a ledger promises of rows of which something is made: one key for each, and nothing that takes an answer back.
//!
//! Each of these was planted once, and seen here: a second key granted after one that may have been sent; a token of another row
//! granted; an end that says of what is settled that it was not made; a create that is applied although nobody accepted it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::time::Duration;

use akua_model::edit::{Clock, Launch, LaunchInput, LaunchOptions, LaunchStep, LaunchToken};
use akua_model::{NetworkProfile, NewCluster};

use super::tests::{Folder, identity};
use super::*;
use crate::item::{StoredPatch, Work};
use crate::plan::text_of;

fn new(name: &str) -> NewCluster {
    let new = NewCluster::builder().name(name).region_id("reg_1");
    new.network_profile(NetworkProfile::LinuxCilium).build().unwrap()
}

/// A ledger with the rows `a`, `b`, …, in a run.
fn ledger(folder: &Folder, rows: &[&str]) -> Ledger {
    let identity = Identity {
        source: Some("create by a table".to_owned()),
        launch: Some(LaunchKind::CreateCluster),
        ..identity()
    };
    let ledger = Ledger::open(&folder.ledger(), &identity).unwrap();
    let item = |row: &&str| NewItem {
        id: (*row).to_owned(),
        patch: Some(text_of(&StoredPatch::keep(&new(row), "").0)),
        seen: None,
    };
    ledger.add(rows.iter().map(item).collect(), false).unwrap();
    ledger.complete("digest".to_owned()).unwrap();
    ledger.begin().unwrap();
    ledger
}

/// The token of a create, with a key of this number.
fn create(name: &str, key: u128) -> LaunchToken {
    let clock = Clock {
        elapsed: Duration::ZERO,
        unix_ms: 1,
        since_boot: None,
        entropy: key,
        cancelled: false,
    };
    let mut launch = Launch::create(&new(name), LaunchOptions::default());
    let LaunchStep::Send(first) = launch.step(LaunchInput::Begin, clock) else {
        panic!()
    };
    first.token.unwrap()
}

fn grant(ledger: &Ledger, leased: &Leased, token: &LaunchToken) -> Result<bool, String> {
    let granted = ledger.grant(leased.item, leased.lease, &SavedToken::Launch(token.clone()));
    granted.map_err(|error| error.to_string())
}

fn only(ledger: &Ledger) -> Leased {
    ledger.lease(1).unwrap().pop().unwrap()
}

fn stands(folder: &Folder) -> (State, Option<String>) {
    let row = crate::Report::open(folder.ledger()).unwrap().row_of("a").unwrap();
    row.map(|row| (row.state, row.token)).unwrap()
}

#[test]
fn a_row_is_granted_one_key_until_it_is_known_that_nothing_was_made() {
    let folder = Folder::new();
    let ledger = ledger(&folder, &["a"]);
    let leased = only(&ledger);
    assert!(
        matches!(&leased.work, Work::Create { launch: LaunchKind::CreateCluster, new } if new.values().count() == 3)
    );
    let first = create("a", 1);
    assert_eq!(grant(&ledger, &leased, &first), Ok(true));
    assert_eq!(grant(&ledger, &leased, &first), Ok(true), "asked again");
    assert_eq!(stands(&folder), (State::Indeterminate, Some(first.to_string())));
    let second = create("a", 2);
    assert_ne!(first, second);
    assert_eq!(grant(&ledger, &leased, &second), Ok(false));
    assert_eq!(stands(&folder).1, Some(first.to_string()));
    // It is proven that nothing was made: the next run begins anew.
    assert!(ledger.record(1, leased.lease, &End::of(State::NotSent, "")).unwrap());
    ledger.begin().unwrap();
    let again = only(&ledger);
    assert!(matches!(again.work, Work::Create { .. }));
    assert_eq!(grant(&ledger, &again, &second), Ok(true));
}

#[test]
fn what_is_settled_is_never_made_anew_nor_said_not_to_be_made() {
    let folder = Folder::new();
    let ledger = ledger(&folder, &["a"]);
    let token = create("a", 1);
    assert_eq!(grant(&ledger, &only(&ledger), &token), Ok(true));
    ledger.begin().unwrap();
    let settling = only(&ledger);
    assert_eq!(
        settling.work,
        Work::Resume {
            token: token.to_string()
        }
    );
    for token in [&token, &create("a", 2)] {
        assert_eq!(grant(&ledger, &settling, token), Ok(false));
    }
    let refused = [
        State::NotSent,
        State::Rejected,
        State::Conflict,
        State::Unchanged,
        State::Applied,
        State::Failed,
    ];
    for state in refused {
        assert!(
            ledger.record(1, settling.lease, &End::of(state, "")).is_err(),
            "{state}"
        );
    }
    let wait = SavedToken::Wait(token.accepted("op_1"));
    assert!(ledger.grant(1, settling.lease, &wait).unwrap());
    assert!(ledger.record(1, settling.lease, &End::of(State::Applied, "")).unwrap());
}

#[test]
fn a_token_is_of_the_row_that_it_makes() {
    let folder = Folder::new();
    let ledger = ledger(&folder, &["a", "b"]);
    let a = only(&ledger);
    let refused = grant(&ledger, &a, &create("b", 1)).unwrap_err();
    assert!(refused.contains("makes something else than the item `a`"), "{refused}");
    let less = NewCluster::builder().name("a").region_id("reg_1").build().unwrap();
    let mut less = Launch::create(&less, LaunchOptions::default());
    let LaunchStep::Send(less) = less.step(LaunchInput::Begin, Clock::default()) else {
        panic!()
    };
    assert!(grant(&ledger, &a, &less.token.unwrap()).is_err());
    let edit = super::tests::token("a", "42");
    assert!(ledger.grant(1, a.lease, &edit).is_err());
    assert_eq!(stands(&folder), (State::Pending, None));
}
