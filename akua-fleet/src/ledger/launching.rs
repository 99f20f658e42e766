//! What a ledger promises of launches: the token of one, then that of its operation, and nothing anew after that.
//!
//! Each of these was planted once, and seen here: an item that is worked on given out a second time, as it has come to
//! another state meanwhile; one that was settled taken up again by the same run; a write granted after an acceptance; an end
//! that takes an acceptance back.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::time::Duration;

use akua_model::edit::{Clock, Launch, LaunchInput, LaunchOptions, LaunchStep, LaunchToken, Sight, WaitToken};
use akua_model::{Etag, Shown};

use super::tests::{Folder, identity, token};
use super::*;
use crate::item::Work;

/// A ledger with so many clusters to suspend, in a run.
fn ledger(folder: &Folder, items: usize) -> Ledger {
    let identity = Identity {
        launch: Some(LaunchKind::SuspendCluster),
        ..identity()
    };
    let ledger = Ledger::open(&folder.ledger(), &identity).unwrap();
    let item = |number| NewItem {
        id: format!("clu_{number}"),
        patch: None,
        seen: None,
    };
    ledger.add((1..=items).map(item).collect(), false).unwrap();
    ledger.complete("digest".to_owned()).unwrap();
    ledger.begin().unwrap();
    ledger
}

/// The token of a suspend that is guarded by `etag`, and was first sent at that time.
fn launch(id: &str, etag: &str) -> LaunchToken {
    let sight = Sight::new(Etag::from(etag), Shown::Is("active".to_owned()), Shown::Is(false));
    let mut launch = Launch::new(LaunchKind::SuspendCluster, id, Some(&sight), LaunchOptions::default()).unwrap();
    let clock = Clock {
        elapsed: Duration::ZERO,
        unix_ms: etag.parse().unwrap(),
        since_boot: None,
        entropy: 1,
        cancelled: false,
    };
    let LaunchStep::Send(first) = launch.step(LaunchInput::Begin, clock) else {
        panic!()
    };
    first.token.unwrap()
}

fn grant_launch(ledger: &Ledger, leased: &Leased, token: &LaunchToken) -> Result<bool, String> {
    let granted = ledger.grant(leased.item, leased.lease, &SavedToken::Launch(token.clone()));
    granted.map_err(|error| error.to_string())
}

fn accept(ledger: &Ledger, leased: &Leased, token: &WaitToken) -> Result<bool, String> {
    let accepted = ledger.grant(leased.item, leased.lease, &SavedToken::Wait(token.clone()));
    accepted.map_err(|error| error.to_string())
}

fn only(ledger: &Ledger) -> Leased {
    ledger.lease(1).unwrap().pop().unwrap()
}

#[test]
fn the_token_of_an_operation_takes_the_place_of_that_of_its_launch_in_one_step() {
    let folder = Folder::new();
    let ledger = ledger(&folder, 1);
    let first = only(&ledger);
    let suspends = Work::Launch {
        launch: LaunchKind::SuspendCluster,
        seen: None,
    };
    assert_eq!(first.work, suspends);
    let launch = launch("clu_1", "42");
    let wait = launch.accepted("op_1");
    assert!(accept(&ledger, &first, &wait).unwrap_err().contains("has not started"));
    assert_eq!(grant_launch(&ledger, &first, &launch), Ok(true));
    let stands = || {
        crate::Report::open(folder.ledger())
            .unwrap()
            .row_of("clu_1")
            .unwrap()
            .unwrap()
    };
    assert_eq!(
        (stands().state, stands().token),
        (State::Indeterminate, Some(launch.to_string()))
    );
    assert_eq!(
        stands().launch.map(akua_model::report::End::name),
        Some("indeterminate")
    );
    assert_eq!(accept(&ledger, &first, &wait), Ok(true));
    assert_eq!(
        accept(&ledger, &first, &wait),
        Ok(true),
        "the answer was lost on its way"
    );
    let row = stands();
    assert_eq!(
        (row.state, row.token, row.epochs),
        (State::Started, Some(wait.to_string()), 1)
    );
    assert_eq!((row.operation.as_deref(), row.fate), (Some("op_1"), None));
    assert!(row.end.is_none() && stands().detail().contains("accepted"));
    // Another operation can't be that of the same launch, nor the same id that of another one.
    for other in [launch.accepted("op_2"), self::launch("clu_1", "43").accepted("op_1")] {
        assert!(accept(&ledger, &first, &other).is_err());
    }
    // Whoever comes next waits, and sends nothing.
    assert!(ledger.revoke(1).unwrap());
    let next = only(&ledger);
    assert_eq!(
        (next.state, &next.work),
        (
            State::Started,
            &Work::Wait {
                token: wait.to_string()
            }
        )
    );
    assert_eq!(accept(&ledger, &first, &wait), Ok(false), "it comes under an old lease");
    assert!(
        ledger
            .record(1, next.lease, &End::started(&wait, "still running"))
            .unwrap()
    );
    assert_eq!(ledger.lease(1).unwrap(), [], "it was tried in this run");
    assert_eq!(ledger.begin().unwrap().counts.to_string(), "1 started");
    assert_eq!(only(&ledger).state, State::Started);
}

#[test]
fn once_a_launch_was_accepted_nothing_more_is_sent_for_its_item() {
    let folder = Folder::new();
    let ledger = ledger(&folder, 1);
    let first = only(&ledger);
    let launch = launch("clu_1", "42");
    assert_eq!(grant_launch(&ledger, &first, &launch), Ok(true));
    assert_eq!(accept(&ledger, &first, &launch.accepted("op_1")), Ok(true));
    for again in [launch, self::launch("clu_1", "43")] {
        assert_eq!(grant_launch(&ledger, &first, &again), Ok(false));
    }
    // Nothing takes it back.
    for state in [
        State::Pending,
        State::NotSent,
        State::Unchanged,
        State::Conflict,
        State::Rejected,
        State::Indeterminate,
        State::Started,
        State::LostTrack,
    ] {
        assert!(ledger.record(1, first.lease, &End::of(state, "")).is_err(), "{state}");
    }
    assert!(ledger.record(1, first.lease, &End::of(State::Failed, "")).unwrap());
    ledger.begin().unwrap();
    assert_eq!(ledger.lease(1).unwrap(), [], "it is left alone");
}

#[test]
fn how_an_operation_ended_cannot_be_said_before_its_launch_was_accepted() {
    let folder = Folder::new();
    let ledger = ledger(&folder, 1);
    let leased = only(&ledger);
    let launch = launch("clu_1", "42");
    let ends = [
        State::Applied,
        State::Failed,
        State::Cancelled,
        State::Started,
        State::LostTrack,
    ];
    for state in ends {
        assert!(ledger.record(1, leased.lease, &End::of(state, "")).is_err(), "{state}");
    }
    assert_eq!(grant_launch(&ledger, &leased, &launch), Ok(true));
    for state in [State::Failed, State::Cancelled] {
        assert!(ledger.record(1, leased.lease, &End::of(state, "")).is_err(), "{state}");
    }
    let other = self::launch("clu_1", "43").accepted("op_1");
    assert!(ledger.record(1, leased.lease, &End::started(&other, "")).is_err());
    // The acceptance could not be kept, but the end brings it along.
    assert!(
        ledger
            .record(1, leased.lease, &End::started(&launch.accepted("op_1"), ""))
            .unwrap()
    );
    assert_eq!(ledger.begin().unwrap().counts.to_string(), "1 started");
}

#[test]
fn each_plan_is_granted_its_own_kind_of_writes() {
    let folder = Folder::new();
    let launches = ledger(&folder, 1);
    let leased = only(&launches);
    let edit = launches.grant(1, leased.lease, &token("clu_1", "42")).unwrap_err();
    assert!(edit.to_string().contains("is that of `edit`"), "{edit}");
    let other = grant_launch(&launches, &leased, &launch("clu_2", "42")).unwrap_err();
    assert!(other.contains("is about `clu_2`"), "{other}");
    let folder = Folder::new();
    let edits = super::tests::ledger(&folder.ledger(), 1);
    let launched = grant_launch(&edits, &only(&edits), &launch("clu_1", "42")).unwrap_err();
    assert!(launched.contains("the plan is `edit`"), "{launched}");
}

#[test]
fn an_item_that_is_worked_on_is_not_found_in_the_state_that_it_has_come_to() {
    let folder = Folder::new();
    let ledger = ledger(&folder, 3);
    let launch = launch("clu_1", "42");
    assert_eq!(grant_launch(&ledger, &only(&ledger), &launch), Ok(true));
    ledger.begin().unwrap();
    // It is settled: it was accepted, and is waited for under the same lease.
    let settling = only(&ledger);
    assert!(matches!(settling.work, Work::Resume { .. }));
    assert_eq!(accept(&ledger, &settling, &launch.accepted("op_1")), Ok(true));
    assert_eq!(only(&ledger).item, 2);
    // Nor once the work has ended: it was tried in this run.
    let end = End::started(&launch.accepted("op_1"), "still running");
    assert!(ledger.record(1, settling.lease, &end).unwrap());
    assert_eq!(only(&ledger).item, 3);
    assert_eq!(ledger.lease(1).unwrap(), []);
}

#[test]
fn what_was_settled_in_a_run_is_not_taken_up_again_by_it() {
    let folder = Folder::new();
    let ledger = ledger(&folder, 2);
    let launch = launch("clu_1", "42");
    assert_eq!(grant_launch(&ledger, &only(&ledger), &launch), Ok(true));
    ledger.begin().unwrap();
    let settling = only(&ledger);
    assert_eq!(accept(&ledger, &settling, &launch.accepted("op_1")), Ok(true));
    let end = End::started(&launch.accepted("op_1"), "still running");
    assert!(ledger.record(1, settling.lease, &end).unwrap());
    assert_eq!(only(&ledger).item, 2);
    assert_eq!(ledger.lease(1).unwrap(), []);
}
