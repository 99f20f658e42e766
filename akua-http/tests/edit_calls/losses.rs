//! Answers that are lost, refused repeats, and hops that may send twice.

use akua_http::transport::{Failure, FailureKind, Sent};
use akua_model::edit::{Cause, FieldState, Heard, Proof};
use akua_model::http::Response;

use crate::{
    REFUSAL, applied, cluster, conflict, indeterminate, mismatch, not_sent, rejected, seen_workspace, stage, workspace,
    workspace_to_ours,
};

/// Whatever leaves a write unknown.
fn losses() -> Vec<Result<Response, Failure>> {
    let status = |status| {
        Ok(Response {
            status,
            ..Response::default()
        })
    };
    let mut all: Vec<_> = [
        204, 202, 301, 302, 307, 308, 402, 408, 410, 425, 500, 502, 503, 504, 599,
    ]
    .map(status)
    .into();
    for kind in [
        FailureKind::Timeout,
        FailureKind::ConnectionLost,
        FailureKind::MalformedAnswer,
    ] {
        all.push(Err(Failure::unknown(kind, "gone")));
    }
    // Half a 200, and a 200 that is another cluster's.
    all.push(Err(Failure::unknown(FailureKind::ConnectionLost, "gone").with_answer(
        Response {
            status: 200,
            ..Response::default()
        },
    )));
    all.push(Ok(Response {
        status: 200,
        body: cluster("ours", "43").replace("clu_1", "clu_2").into(),
        ..Response::default()
    }));
    all
}

#[test]
fn after_a_lost_answer_the_same_bytes_go_out_again() {
    for loss in losses() {
        let stage = stage();
        stage.wire.run(move |_| loss);
        stage.wire.answer(200, cluster("ours", "43"));
        let edited = stage.rename();
        assert_eq!(applied(&edited).proof, Proof::Acknowledged);
        let requests = stage.wire.requests();
        assert_eq!(requests.len(), 2, "{}", edited.explain());
        assert!(requests[0] == requests[1], "to the byte, with the same key");
    }
}

#[test]
fn a_409_to_the_repeat_may_be_our_own_echo_and_one_read_tells() {
    for loss in losses() {
        let stage = stage();
        stage.wire.run(move |_| loss);
        stage.wire.answer(409, mismatch("43"));
        stage.wire.answer(200, cluster("ours", "43"));
        let edited = stage.rename();
        assert_eq!(applied(&edited).proof, Proof::Observed);
        assert_eq!(stage.sent(), ["PATCH 42", "PATCH 42", "GET"]);
    }
}

#[test]
fn a_workspace_is_settled_without_a_key() {
    let stage = stage();
    stage.wire.fail(Sent::Unknown, FailureKind::ConnectionLost);
    stage.wire.answer(409, mismatch("9"));
    stage.wire.answer(200, workspace("ours", "the-slug", "9"));
    let edited = stage
        .client
        .workspaces()
        .edit(seen_workspace(), workspace_to_ours())
        .unwrap();
    assert_eq!(applied(&edited).proof, Proof::Observed);
    let writes = stage.writes();
    assert!(writes.len() == 2 && writes[0] == writes[1]);
}

#[test]
fn a_version_that_is_not_ours_leaves_it_open_and_nothing_is_written_over_it() {
    let stage = stage();
    stage.wire.fail(Sent::Unknown, FailureKind::ConnectionLost);
    stage.wire.answer(409, mismatch("44"));
    stage.wire.answer(200, cluster("theirs", "44"));
    let edited = stage.rename();
    let open = indeterminate(&edited);
    assert!(!open.may_still_land, "its etag is used up");
    assert_eq!(open.cause, Cause::ConflictAfterLostAnswer);
    assert_eq!(open.answer.as_ref().unwrap().status, 409);
    assert_eq!(open.seen.as_ref().unwrap().name, "theirs");
    let field = &open.fields[0];
    assert_eq!(field.state, Some(FieldState::Conflicting));
    let sides = [&field.base, &field.ours, &field.theirs].map(|side| side.as_deref().unwrap());
    assert_eq!(sides, ["base", "ours", "theirs"]);
    assert_eq!(stage.sent(), ["PATCH 42", "PATCH 42", "GET"]);
}

#[test]
fn a_refusal_of_the_repeat_is_not_the_refusal_of_the_write() {
    for status in [400, 401, 403, 404, 405, 413, 415, 422, 428, 431] {
        let stage = stage();
        stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
        stage.wire.answer(status, REFUSAL);
        stage.wire.answer(status, REFUSAL);
        let edited = stage.rename();
        let open = indeterminate(&edited);
        assert!(open.may_still_land);
        assert_eq!(open.answer.as_ref().unwrap().status, status);
        assert_eq!(stage.sent(), ["PATCH 42", "PATCH 42", "GET"], "{status}");
    }
}

#[test]
fn the_first_refusal_of_an_untainted_write_ends_it() {
    for status in [400, 401, 403, 404, 405, 413, 415, 422, 428, 431] {
        let stage = stage();
        stage.wire.answer(status, REFUSAL);
        let edited = stage.rename();
        assert_eq!(rejected(&edited).status, status);
        assert!(!edited.outcome.may_have_taken_effect());
        assert_eq!(stage.sent(), ["PATCH 42"]);
    }
}

#[test]
fn what_is_never_answered_ends_open_after_every_attempt() {
    let stage = stage();
    (0..20).for_each(|_| stage.wire.fail(Sent::Unknown, FailureKind::Timeout));
    let edited = stage.rename();
    let open = indeterminate(&edited);
    assert!(open.may_still_land && open.seen.is_none());
    assert_eq!(open.cause, Cause::AnswerLost);
    let writes = stage.writes();
    assert!(writes.len() == 4 && writes.iter().all(|write| *write == writes[0]));
    assert_eq!(stage.wire.requests().len(), 8, "as many reads");
}

#[test]
fn reads_that_still_show_the_old_etag_prove_nothing() {
    let stage = stage();
    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    (0..3).for_each(|_| stage.wire.answer(503, ""));
    (0..4).for_each(|_| stage.wire.answer(200, cluster("base", "42")));
    let edited = stage.rename();
    assert!(indeterminate(&edited).may_still_land);
    assert_eq!(indeterminate(&edited).seen.as_ref().unwrap().etag.as_str(), "42");
}

#[test]
fn what_was_not_sent_is_sent_again_and_taints_nothing() {
    let stage = stage();
    stage.wire.fail(Sent::NotSent, FailureKind::Connect);
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("theirs", "43"));
    conflict(&stage.rename());
    assert_eq!(stage.sent(), ["PATCH 42", "PATCH 42", "GET"]);
    let writes = stage.writes();
    assert!(writes[0] == writes[1]);
}

#[test]
fn what_can_never_be_sent_is_not_applied() {
    let stage = stage();
    (0..9).for_each(|_| stage.wire.fail(Sent::NotSent, FailureKind::Connect));
    let edited = stage.rename();
    let (cause, detail) = not_sent(&edited);
    assert_eq!(cause, Cause::NotConnected);
    assert!(detail.contains("Connect"), "{detail}");
    assert_eq!(stage.wire.requests().len(), 4);
    assert_eq!(stage.pace.pauses_ms(), [50, 50, 50]);
}

#[test]
fn a_429_is_waited_out_and_no_answer_to_a_write_that_was_lost() {
    let stage = stage();
    stage.throttle(3);
    stage.wire.answer(200, cluster("ours", "43"));
    applied(&stage.rename());
    assert_eq!(stage.pace.pauses_ms(), [3000]);
    let writes = stage.writes();
    assert!(writes[0] == writes[1]);

    // One after a lost answer clears nothing: the 409 that follows is looked into.
    let stage = crate::stage();
    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    stage.throttle(1);
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("ours", "43"));
    let edited = stage.rename();
    assert_eq!(applied(&edited).proof, Proof::Observed);
    assert_eq!(stage.sent(), ["PATCH 42", "PATCH 42", "PATCH 42", "GET"]);
}

#[test]
fn endless_429s_are_a_refusal() {
    let stage = stage();
    (0..9).for_each(|_| stage.throttle(1));
    assert_eq!(rejected(&stage.rename()).status, 429);
    assert_eq!(stage.wire.requests().len(), 4);
}

/// Whatever status its write is answered with, an edit that says that nothing took effect has a definite refusal.
#[test]
fn a16_only_a_definite_status_ends_an_edit_as_refused() {
    let sure = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 431];
    // A 200 says something else, and 429 is waited out.
    for status in (100..=599).filter(|status| ![200, 429].contains(status)) {
        for hops in [false, true] {
            let stage = stage();
            stage.wire.set_hops_may_replay(hops);
            // Whatever is sent again is answered so too, and no read sees anything new.
            for _ in 0..9 {
                stage.wire.answer(status, "{}");
                stage.wire.answer(200, cluster("base", "42"));
            }
            let edited = stage.rename();
            let refused = matches!(edited.outcome, akua_model::edit::Outcome::NotApplied(_));
            assert_eq!(
                refused,
                !hops && sure.contains(&status),
                "{status}: {}",
                edited.explain()
            );
        }
    }
}

#[test]
fn where_hops_may_send_twice_every_answer_but_a_200_leaves_it_open() {
    for (status, body) in [(409, mismatch("43")), (422, REFUSAL.to_owned()), (404, String::new())] {
        let stage = stage();
        stage.wire.set_hops_may_replay(true);
        stage.wire.answer(status, body);
        stage.wire.answer(200, cluster("theirs", "43"));
        let edited = stage.rename();
        indeterminate(&edited);
        assert_eq!(stage.sent(), ["PATCH 42", "GET"]);
    }
    let stage = stage();
    stage.wire.set_hops_may_replay(true);
    stage.wire.answer(200, cluster("ours", "43"));
    assert_eq!(applied(&stage.rename()).proof, Proof::Acknowledged);
}

#[test]
fn a_200_with_another_field_unreadable_is_applied() {
    let stage = stage();
    stage.wire.answer(200, cluster("ours", "43").replace("\"active\"", "7"));
    let edited = stage.rename();
    let applied = applied(&edited);
    assert_eq!((applied.proof, applied.etag.as_str()), (Proof::Acknowledged, "43"));
    assert!(applied.resource.is_none());
    assert_eq!(applied.unreadable.as_ref().unwrap().problems()[0].field, "state");
    assert_eq!(stage.wire.requests().len(), 1);
}

#[test]
fn what_could_not_be_read_at_first_is_forgotten_once_it_can() {
    let stage = stage();
    stage.wire.answer(200, cluster("base", "42").replace("\"active\"", "7"));
    stage.wire.answer(200, cluster("base", "42"));
    stage.wire.answer(200, cluster("ours", "43"));
    let edited = stage.client.clusters().edit(crate::id(), crate::to_ours()).unwrap();
    assert_eq!(applied(&edited).unreadable, None);
    assert!(applied(&edited).resource.is_some());
}

#[test]
fn the_story_names_every_request() {
    let stage = stage();
    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("ours", "43"));
    let edited = stage.rename();
    assert_eq!(edited.requests(), 3);
    let steps = edited.trace.steps();
    assert_eq!(steps.len(), 4);
    assert!(matches!(&steps[2].heard, Heard::Answer { status: 409, etag: Some(etag), .. } if etag.as_str() == "43"));
    let story = edited.explain();
    for part in [
        "applied: a later read shows every value, at etag 43",
        "PATCH not answered: the write may have landed -> PATCH if-match 42, version 1, attempt 2 in 0.050 s",
        "PATCH answered 409, etag 43: this may be the echo of our own write -> GET",
        "GET answered 200, etag 43: every wanted value is in effect -> end",
    ] {
        assert!(story.contains(part), "{story}");
    }
}
