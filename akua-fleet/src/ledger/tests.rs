//! What a ledger promises, whoever asks: worked on by hand, without a network.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use akua_model::edit::{Change, Clock, Edit, Input, Options, Step, Target};
use akua_model::{Cluster, ClusterPatch};

use super::*;
use crate::item::Work;
use crate::report::{Report, Row};

/// A folder of a test's own, gone with it.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "akua-ledger-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(super) fn ledger(&self) -> PathBuf {
        self.0.join("ledger")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(super) fn identity() -> Identity {
    Identity {
        kind: "cluster",
        origin: "http://127.0.0.1:1".to_owned(),
        context: None,
        source: Some("a list of patches".to_owned()),
        launch: None,
    }
}

/// A ledger with the items `clu_1`, `clu_2`, …, in a run.
pub(super) fn ledger(path: &Path, items: usize) -> Ledger {
    let ledger = Ledger::open(path, &identity()).unwrap();
    let item = |number| NewItem {
        id: format!("clu_{number}"),
        patch: Some(r#"{"name":"new"}"#.to_owned()),
        seen: None,
    };
    ledger.add((1..=items).map(item).collect(), false).unwrap();
    ledger.complete("digest".to_owned()).unwrap();
    ledger.begin().unwrap();
    ledger
}

/// The token of a write to `id` that is guarded by `etag`.
pub(super) fn token(id: &str, etag: &str) -> SavedToken {
    let seen: Cluster = serde_json::from_value(serde_json::json!({
        "id": id, "name": "old", "workspace_id": "ws_1", "state": "active", "provider": "managed_kaas",
        "reconciling": false, "created_at": 1, "updated_at": 1, "etag": etag,
    }))
    .unwrap();
    let patch = ClusterPatch::builder().name("new").build().unwrap();
    let mut edit = Edit::new(Target::Seen(Box::new(seen)), Change::Patch(patch), Options::default()).unwrap();
    let clock = Clock {
        elapsed: Duration::ZERO,
        unix_ms: 1,
        since_boot: None,
        entropy: 1,
        cancelled: false,
    };
    let Step::Send(first) = edit.step(Input::Begin, clock) else {
        panic!()
    };
    SavedToken::Edit(Box::new(first.resume_token.unwrap()))
}

/// What a grant under this lease is answered with.
pub(super) fn granted(ledger: &Ledger, leased: &Leased) -> Result<bool, String> {
    let answer = ledger.grant(leased.item, leased.lease, &token(&leased.id, "42"));
    answer.map_err(|error| error.to_string())
}

/// The one row of a ledger, as somebody sees it who has no part in it.
fn only_row(folder: &Folder) -> Row {
    Report::open(folder.ledger()).unwrap().rows().next().unwrap().unwrap()
}

/// How opening it was refused.
fn refused(path: &Path, identity: &Identity) -> String {
    let error = Ledger::open(path, identity).unwrap_err();
    assert_eq!(error.kind(), akua_http::ErrorKind::Ledger);
    error.to_string()
}

pub(super) fn open_end(token: &SavedToken) -> End {
    End {
        may_still_land: Some(true),
        token: Some(token.to_string()),
        ..End::of(State::Indeterminate, "lost")
    }
}

#[test]
fn a_token_is_on_file_when_the_write_is_granted() {
    let folder = Folder::new();
    let ledger = ledger(&folder.ledger(), 1);
    let leased = ledger.lease(5).unwrap().pop().unwrap();
    assert_eq!(
        (leased.item, leased.id.as_str(), leased.state),
        (1, "clu_1", State::Pending)
    );
    let token = token("clu_1", "42");
    assert!(ledger.grant(1, leased.lease, &token).unwrap());
    // Somebody else sees it, without any further word of the writer's.
    let row = only_row(&folder);
    assert_eq!(
        (row.state, row.epochs, row.token),
        (State::Indeterminate, 1, Some(token.to_string()))
    );
    // Asked again because the answer was lost on its way.
    assert!(ledger.grant(1, leased.lease, &token).unwrap());
    assert_eq!(only_row(&folder).epochs, 1);
}

#[test]
fn what_comes_under_an_old_lease_is_refused() {
    let folder = Folder::new();
    let ledger = ledger(&folder.ledger(), 1);
    let dead = ledger.lease(1).unwrap().pop().unwrap();
    assert_eq!(ledger.lease(1).unwrap(), [], "it is leased to one at a time");
    assert!(ledger.revoke(1).unwrap());
    assert!(!ledger.revoke(1).unwrap());
    let next = ledger.lease(1).unwrap().pop().unwrap();
    assert!(next.lease > dead.lease);
    let token = token("clu_1", "42");
    assert!(!ledger.grant(1, dead.lease, &token).unwrap());
    assert!(!ledger.grant(1, 0, &token).unwrap());
    assert!(!ledger.record(1, dead.lease, &End::of(State::Unchanged, "")).unwrap());
    assert!(ledger.grant(1, next.lease, &token).unwrap());
    assert!(ledger.record(1, next.lease, &End::of(State::Applied, "")).unwrap());
    // The lease has ended with that.
    assert!(!ledger.grant(1, next.lease, &token).unwrap());
    assert!(
        ledger.record(1, next.lease, &End::of(State::Rejected, "")).unwrap(),
        "the answer was lost on its way"
    );
    let row = only_row(&folder);
    assert_eq!((row.state, row.token), (State::Applied, None));
}

#[test]
fn an_item_that_may_have_been_written_is_leased_again_with_its_latest_token_and_no_new_write() {
    let folder = Folder::new();
    let ledger = ledger(&folder.ledger(), 2);
    let dead = ledger.lease(1).unwrap().pop().unwrap();
    let (first, second, third) = (token("clu_1", "42"), token("clu_1", "43"), token("clu_1", "44"));
    assert!(ledger.grant(1, dead.lease, &first).unwrap());
    assert!(
        ledger.grant(1, dead.lease, &second).unwrap(),
        "a rebase: the first is proven not to have landed"
    );
    assert!(ledger.revoke(1).unwrap());
    // What is to be settled comes before what is new.
    let next = ledger.lease(1).unwrap().pop().unwrap();
    assert_eq!(
        next.work,
        Work::Resume {
            token: second.to_string()
        }
    );
    for lease in [dead.lease, next.lease] {
        assert!(
            !ledger.grant(1, lease, &third).unwrap(),
            "no new write while another is unsettled"
        );
    }
    assert!(ledger.record(1, next.lease, &open_end(&second)).unwrap());
    assert_eq!(ledger.lease(9).unwrap()[0].item, 2, "it was tried in this run");
    ledger.begin().unwrap();
    let again = ledger.lease(9).unwrap();
    assert_eq!((again[0].item, again[0].state), (1, State::Indeterminate));
    assert_eq!(again[1].state, State::Pending, "a run takes every lease back");
}

#[test]
fn an_end_that_cannot_be_is_refused() {
    let folder = Folder::new();
    let ledger = ledger(&folder.ledger(), 1);
    let lease = ledger.lease(1).unwrap()[0].lease;
    let (ours, other) = (token("clu_1", "42"), token("clu_1", "43"));
    for end in [
        End::of(State::Applied, ""),
        open_end(&ours),
        End::of(State::Pending, ""),
    ] {
        assert!(ledger.record(1, lease, &end).is_err(), "{end:?}");
    }
    assert!(ledger.grant(1, lease, &ours).unwrap());
    assert!(ledger.record(1, lease, &open_end(&other)).is_err());
    assert!(ledger.grant(2, lease, &ours).is_err(), "there is no such item");
    assert!(
        ledger.grant(1, lease, &token("clu_2", "42")).is_err(),
        "it is about another resource"
    );
    assert!(
        ledger
            .record(1, lease, &End::of(State::NotSent, "refused for a while"))
            .unwrap()
    );
    ledger.begin().unwrap();
    let again = ledger.lease(1).unwrap().pop().unwrap();
    assert!(
        matches!(again.work, Work::Patch { .. }),
        "nothing of it has landed: it begins anew"
    );
    assert!(ledger.grant(1, again.lease, &other).unwrap());
}

#[test]
fn a_plan_that_was_not_written_down_to_its_end_is_forgotten() {
    let folder = Folder::new();
    let unfinished = Ledger::open(&folder.ledger(), &identity()).unwrap();
    let item = NewItem {
        id: "clu_9".to_owned(),
        patch: None,
        seen: None,
    };
    unfinished.add(vec![item.clone()], false).unwrap();
    drop(unfinished);
    let again = Ledger::open(&folder.ledger(), &identity()).unwrap();
    assert_eq!((again.digest(), again.begin().unwrap().counts.total()), (None, 0));
    let twice = again.add(vec![item.clone(), item.clone()], false).unwrap_err();
    assert!(
        twice.to_string().contains("clu_9") && twice.to_string().contains("twice"),
        "{twice}"
    );
    again.add(vec![item], true).unwrap();
}

#[test]
fn another_plan_is_refused_and_told_apart() {
    let folder = Folder::new();
    drop(ledger(&folder.ledger(), 1));
    let refused = |change: &dyn Fn(&mut Identity)| {
        let mut other = identity();
        change(&mut other);
        refused(&folder.ledger(), &other)
    };
    for (refused, words) in [
        (
            refused(&|plan| plan.kind = "workspace"),
            "resource cluster, not workspace",
        ),
        (
            refused(&|plan| plan.origin = "http://other".to_owned()),
            "service http://127.0.0.1:1, not",
        ),
        (
            refused(&|plan| plan.context = Some("ws_2".to_owned())),
            "none, not ws_2",
        ),
        (
            refused(&|plan| plan.source = Some("x".to_owned())),
            "a list of patches, not x",
        ),
    ] {
        assert!(refused.contains("another plan") && refused.contains(words), "{refused}");
    }
    let kept = Identity {
        source: None,
        ..identity()
    };
    assert_eq!(Ledger::open(&folder.ledger(), &kept).unwrap().digest(), Some("digest"));
}

#[test]
fn one_at_a_time_and_the_file_stays_readable() {
    let folder = Folder::new();
    let first = ledger(&folder.ledger(), 3);
    let second = refused(&folder.ledger(), &identity());
    assert!(
        second.contains("in use") && second.contains("`fleet.close()`"),
        "{second}"
    );
    assert_eq!(Report::open(folder.ledger()).unwrap().counts().of(State::Pending), 3);
    drop(first);
    drop(Ledger::open(&folder.ledger(), &identity()).unwrap());
}

#[test]
fn what_is_no_sound_ledger_is_refused_in_words() {
    let folder = Folder::new();
    let refused = |path: &Path| refused(path, &identity());
    let path = folder.ledger();
    fs::write(
        &path,
        "a shopping list, long enough to be taken for something else".repeat(9),
    )
    .unwrap();
    assert!(refused(&path).contains("is no ledger"));

    fs::remove_file(&path).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE t (a)").unwrap();
    drop(other);
    assert!(refused(&path).contains("no ledger of a fleet"));

    fs::remove_file(&path).unwrap();
    drop(ledger(&folder.ledger(), 1));
    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 4).unwrap();
    drop(newer);
    assert!(refused(&path).contains("newer version"));
    assert!(Report::open(&path).unwrap_err().to_string().contains("newer version"));

    fs::remove_file(&path).unwrap();
    drop(ledger(&folder.ledger(), 2000));
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0xa5);
    fs::write(&path, &bytes).unwrap();
    assert!(refused(&path).contains("is damaged"));
    bytes.truncate(middle);
    fs::write(&path, &bytes).unwrap();
    assert!(refused(&path).contains("is damaged"));

    fs::remove_file(&path).unwrap();
    drop(ledger(&folder.ledger(), 1));
    let mut mode = fs::metadata(&path).unwrap().permissions();
    mode.set_readonly(true);
    fs::set_permissions(&path, mode).unwrap();
    assert!(refused(&path).contains("write-protected"));

    assert!(refused(&folder.0.join("no/such/folder/ledger")).contains("can't be made"));
    assert!(refused(&folder.0).contains("is a folder"), "a folder is no file");
    assert!(refused(Path::new("/")).contains("no path of a file"));
    assert!(
        Report::open(folder.0.join("none"))
            .unwrap_err()
            .to_string()
            .contains("there is no ledger")
    );
    let kept = Identity {
        source: None,
        ..identity()
    };
    let none = Ledger::open(&folder.0.join("none"), &kept).unwrap_err();
    assert!(none.to_string().contains("there is no ledger"), "{none}");
}

#[test]
fn many_who_ask_at_once_are_answered_by_one_commit_and_each_with_his_own() {
    let folder = Folder::new();
    let ledger = ledger(&folder.ledger(), 64);
    let mut leases: Vec<u64> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..64)
            .map(|_| {
                scope.spawn(|| {
                    let leased = ledger.lease(1).unwrap().pop().unwrap();
                    assert_eq!(granted(&ledger, &leased), Ok(true));
                    assert!(
                        ledger
                            .record(leased.item, leased.lease, &End::of(State::Applied, ""))
                            .unwrap()
                    );
                    leased.lease
                })
            })
            .collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    leases.sort_unstable();
    leases.dedup();
    assert_eq!(leases.len(), 64);
    assert_eq!(ledger.begin().unwrap().counts.of(State::Applied), 64);
}
