//! The hook that keeps resume tokens.

use std::sync::{Arc, Mutex};

use akua_http::Progress;
use akua_http::transport::{FailureKind, Sent};
use akua_model::edit::{Cause, ResumeToken};

use crate::{Stage, applied, cluster, conflict, id, mismatch, not_sent, seen, stage, to_ours};

/// Each token with the number of requests that had gone out when it was handed over.
type Kept = Arc<Mutex<Vec<(usize, ResumeToken)>>>;

/// A collection whose hook keeps tokens, and fails from number `fails_at` on.
fn keeping(stage: &Stage, fails_at: usize) -> (akua_http::Collection<akua_model::Cluster>, Kept) {
    let kept = Kept::default();
    let (keep, wire) = (Arc::clone(&kept), Arc::clone(&stage.wire));
    let clusters = stage.client.clusters().keep_resume_token(move |token| {
        let mut kept = keep.lock().unwrap();
        kept.push((wire.requests().len(), token.edit().unwrap().clone()));
        if kept.len() >= fails_at {
            return Err("the disk is full".into());
        }
        Ok(())
    });
    (clusters, kept)
}

#[test]
fn the_hook_has_the_token_before_the_first_byte_of_every_epoch() {
    let stage = stage();
    let (clusters, kept) = keeping(&stage, usize::MAX);
    stage.wire.answer(200, cluster("base", "42"));
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("base", "43"));
    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    stage.wire.answer(200, cluster("ours", "44"));
    applied(&clusters.edit(id(), to_ours()).unwrap());
    assert_eq!(stage.sent(), ["GET", "PATCH 42", "GET", "PATCH 43", "PATCH 43"]);

    let kept = kept.lock().unwrap();
    let when: Vec<usize> = kept.iter().map(|(requests, _)| *requests).collect();
    assert_eq!(when, [1, 3], "once for each epoch, not for a repeat");
    for (requests, token) in kept.iter() {
        assert_eq!((token.kind(), token.id()), ("cluster", "clu_1"));
        assert_eq!(token.first_sent(), 1_700_000_000_000);
        // It is the token of the very write that follows: another client that finishes it sends the same bytes.
        let other = crate::stage();
        other.wire.answer(200, cluster("ours", "50"));
        let mode = akua_model::edit::ResumeMode::Finish;
        applied(
            &other
                .client
                .clusters()
                .resolve(token, mode, &akua_model::Secrets::none())
                .unwrap(),
        );
        assert!(other.wire.requests()[0] == stage.wire.requests()[*requests]);
    }
}

#[test]
fn a_token_that_can_not_be_kept_stops_the_write() {
    let stage = stage();
    let (clusters, kept) = keeping(&stage, 1);
    let edited = clusters.edit(seen(), to_ours()).unwrap();
    let (cause, detail) = not_sent(&edited);
    assert_eq!(cause, Cause::Declined);
    assert_eq!(detail, "the resume token could not be kept: the disk is full");
    assert!(stage.wire.requests().is_empty() && edited.requests() == 0);
    assert_eq!(kept.lock().unwrap().len(), 1);
}

#[test]
fn and_so_does_the_second_one() {
    let stage = stage();
    let (clusters, kept) = keeping(&stage, 2);
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("base", "43"));
    let edited = clusters.edit(seen(), to_ours()).unwrap();
    assert!(!edited.outcome.may_have_taken_effect());
    assert_eq!(not_sent(&edited).0, Cause::Declined);
    assert_eq!(stage.sent(), ["PATCH 42", "GET"]);
    assert_eq!(kept.lock().unwrap().len(), 2);
}

#[test]
fn the_hook_is_not_called_where_nothing_is_sent() {
    let stage = stage();
    let (clusters, kept) = keeping(&stage, 1);
    stage.wire.answer(200, cluster("ours", "42"));
    clusters.edit(id(), to_ours()).unwrap();
    assert!(kept.lock().unwrap().is_empty());
}

#[test]
fn a_panic_in_the_hook_sends_nothing() {
    let stage = stage();
    let clusters = stage
        .client
        .clusters()
        .keep_resume_token(|_| panic!("the disk is gone"));
    let edit = std::panic::AssertUnwindSafe(|| clusters.edit(seen(), to_ours()));
    assert!(std::panic::catch_unwind(edit).is_err());
    assert!(stage.wire.requests().is_empty());
}

#[test]
fn step_by_step_the_token_comes_first_and_may_be_declined() {
    let stage = stage();
    let mut editing = stage.client.clusters().start_edit(seen(), to_ours()).unwrap();
    assert!(editing.resume_token().is_none());
    let Progress::Ready(token) = editing.next() else {
        panic!()
    };
    assert!(stage.wire.requests().is_empty());
    assert_eq!(editing.resume_token(), Some(&*token));
    editing.decline("changed my mind");
    let Progress::Done(edited) = editing.next() else {
        panic!()
    };
    assert_eq!(not_sent(&edited), (Cause::Declined, "changed my mind"));
    assert!(stage.wire.requests().is_empty());
    // The end stays the end.
    assert_eq!(editing.next(), Progress::Done(edited));
}

#[test]
fn step_by_step_with_patches() {
    let stage = stage();
    let mut editing = stage.client.clusters().start_edit_with(seen()).unwrap();
    let Progress::NeedPatch(current) = editing.next() else {
        panic!()
    };
    assert_eq!(current.etag.as_str(), "42");
    editing.submit(Some(to_ours()));
    let Progress::Ready(_) = editing.next() else { panic!() };
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("theirs", "43"));
    let Progress::NeedPatch(current) = editing.next() else {
        panic!()
    };
    assert_eq!(current.name, "theirs");
    editing.fail("enough");
    let Progress::Done(edited) = editing.next() else {
        panic!()
    };
    assert_eq!(not_sent(&edited), (Cause::NoPatch, "enough"));
}

#[test]
fn whoever_forgets_the_patch_gets_an_end_and_no_panic() {
    let stage = stage();
    let mut editing = stage.client.clusters().start_edit_with(seen()).unwrap();
    let Progress::NeedPatch(_) = editing.next() else {
        panic!()
    };
    let Progress::Done(edited) = editing.next() else {
        panic!()
    };
    let (cause, detail) = not_sent(&edited);
    assert_eq!(cause, Cause::NoPatch);
    assert!(detail.contains("was not given"), "{detail}");

    // A patch or a refusal at the wrong time changes nothing.
    let mut editing = stage.client.clusters().start_edit(seen(), to_ours()).unwrap();
    editing.decline("nothing is ready");
    let Progress::Ready(_) = editing.next() else { panic!() };
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("theirs", "43"));
    let Progress::Done(edited) = editing.next() else {
        panic!()
    };
    conflict(&edited);
}
