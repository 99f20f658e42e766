//! What ends an edit from outside: the deadline, the caller, the budgets, a machine without random bits.

use std::time::Duration;

use akua_http::cancel::Cancel;
use akua_http::transport::{Failure, FailureKind, Sent};
use akua_http::{Collection, Progress};
use akua_model::Cluster;
use akua_model::edit::{Cause, Policy, Proof, ResumeMode, ResumeToken};

use crate::{
    Instantly, Stage, applied, cluster, conflict, id, indeterminate, mismatch, not_sent, rejected, seen, stage,
    stage_at, stage_of_named_etags, stage_with, to_ours,
};

#[test]
fn without_time_nothing_is_sent() {
    let stage = stage();
    let edited = stage
        .client
        .clusters()
        .timeout(Duration::ZERO)
        .edit(seen(), to_ours())
        .unwrap();
    assert_eq!(not_sent(&edited).0, Cause::Deadline);
    assert!(stage.wire.requests().is_empty());
}

#[test]
fn more_patience_than_there_is_time_for_ends_it_at_once() {
    // 30 s, of which 5 are kept for settling: an untainted write has 25.
    let stage = stage();
    stage.throttle(26);
    let edited = stage.rename();
    assert_eq!(not_sent(&edited).0, Cause::Throttled);
    assert!(stage.pace.pauses_ms().is_empty());

    let stage = crate::stage();
    stage.throttle(24);
    stage.wire.answer(200, cluster("ours", "43"));
    applied(&stage.rename());
    assert_eq!(stage.pace.pauses_ms(), [24_000]);
}

#[test]
fn the_reserve_is_there_for_finding_out() {
    let stage = stage();
    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    stage.throttle(27);
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("ours", "43"));
    let edited = stage.rename();
    assert_eq!(applied(&edited).proof, Proof::Observed);
    assert_eq!(stage.pace.pauses_ms(), [50, 27_000]);

    let stage = crate::stage();
    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    stage.throttle(31);
    let edited = stage.rename();
    assert_eq!(indeterminate(&edited).cause, Cause::Throttled);
    assert_eq!(stage.wire.requests().len(), 2);
}

#[test]
fn a_deadline_that_passes_while_the_write_is_out_leaves_it_open() {
    let brief = Duration::from_secs(1);
    let stage = stage();
    stage.wire.run(move |_| {
        std::thread::sleep(brief);
        Err(Failure::unknown(FailureKind::Timeout, "the deadline passed"))
    });
    let edited = stage.client.clusters().timeout(brief).edit(seen(), to_ours()).unwrap();
    assert_eq!(indeterminate(&edited).cause, Cause::Deadline);
    assert_eq!(stage.sent(), ["PATCH 42"]);
}

#[test]
fn a_deadline_that_passes_before_a_rebase_ends_it_with_what_is_certain() {
    let brief = Duration::from_secs(1);
    let ends = |stage: &Stage| {
        stage.wire.answer(409, mismatch("43"));
        stage.wire.run(move |_| {
            std::thread::sleep(brief);
            Err(Failure::unknown(FailureKind::Timeout, "the deadline passed"))
        });
        let edited = stage.client.clusters().timeout(brief).edit(seen(), to_ours()).unwrap();
        assert_eq!(stage.sent(), ["PATCH 42", "GET"]);
        edited
    };
    // What it was refused for is for the read to say, which has brought nothing.
    assert_eq!(rejected(&ends(&stage())).status, 409);
    // Unless it is known that a 409 names the resource's own etag.
    assert!(conflict(&ends(&stage_of_named_etags())).theirs.is_none());
}

#[test]
fn the_timeout_of_the_call_goes_over_the_policys_deadline_and_that_over_the_clients() {
    let mut policy = Policy::default();
    policy.deadline = Duration::ZERO;
    let stage = stage_with(|builder| builder.timeout(Duration::ZERO));
    let ends = |clusters: Collection<Cluster>| not_sent(&clusters.edit(seen(), to_ours()).unwrap()).0;
    assert_eq!(ends(stage.client.clusters()), Cause::Deadline);
    assert_eq!(ends(stage.client.clusters().policy(policy)), Cause::Deadline);
    stage.wire.answer(200, cluster("ours", "43"));
    stage.wire.answer(200, cluster("ours", "43"));
    applied(
        &stage
            .client
            .clusters()
            .policy(Policy::default())
            .edit(seen(), to_ours())
            .unwrap(),
    );
    let longer = stage.client.clusters().policy(policy).timeout(Duration::from_secs(60));
    applied(&longer.edit(seen(), to_ours()).unwrap());
}

fn cancelling() -> (Stage, Cancel, Collection<Cluster>) {
    let (stage, cancel) = (stage(), Cancel::new());
    let clusters = stage.client.clusters().cancel(&cancel);
    (stage, cancel, clusters)
}

#[test]
fn a_cancel_before_or_between_leaves_nothing_sent() {
    let (stage, cancel, clusters) = cancelling();
    cancel.cancel();
    assert_eq!(not_sent(&clusters.edit(seen(), to_ours()).unwrap()).0, Cause::Cancelled);
    assert!(stage.wire.requests().is_empty());

    // In the closure.
    let (stage, cancel, clusters) = cancelling();
    let edited = clusters.edit_with(seen(), |_| {
        cancel.cancel();
        Ok(Some(to_ours()))
    });
    assert_eq!(not_sent(&edited.unwrap()).0, Cause::Cancelled);
    assert!(stage.wire.requests().is_empty());

    // In the hook.
    let (stage, cancel, clusters) = cancelling();
    let clusters = clusters.keep_resume_token(move |_| {
        cancel.cancel();
        Ok(())
    });
    assert_eq!(not_sent(&clusters.edit(seen(), to_ours()).unwrap()).0, Cause::Cancelled);
    assert!(stage.wire.requests().is_empty());

    // While the first read is out.
    let (stage, cancel, clusters) = cancelling();
    stage.wire.run(move |_| {
        cancel.cancel();
        Err(Failure::unknown(FailureKind::Cancelled, "cancelled"))
    });
    assert_eq!(not_sent(&clusters.edit(id(), to_ours()).unwrap()).0, Cause::Cancelled);
    assert_eq!(stage.sent(), ["GET"]);
}

#[test]
fn a_cancel_while_the_write_is_out_leaves_it_open() {
    let (stage, cancel, clusters) = cancelling();
    stage.wire.run(move |_| {
        cancel.cancel();
        Err(Failure::unknown(FailureKind::Cancelled, "cancelled"))
    });
    let edited = clusters.edit(seen(), to_ours()).unwrap();
    let open = indeterminate(&edited);
    assert!(open.may_still_land && open.cause == Cause::Cancelled);
    assert_eq!(stage.sent(), ["PATCH 42"]);

    // Not if it was proven that nothing was sent, nor if an answer came all the same.
    let (stage, cancel, clusters) = cancelling();
    stage.wire.run(move |_| {
        cancel.cancel();
        Err(Failure::not_sent(FailureKind::Cancelled, "cancelled"))
    });
    assert_eq!(not_sent(&clusters.edit(seen(), to_ours()).unwrap()).0, Cause::Cancelled);

    let (stage, cancel, clusters) = cancelling();
    let answer = cluster("ours", "43");
    stage.wire.run(move |_| {
        cancel.cancel();
        Ok(akua_model::http::Response {
            status: 200,
            body: answer.into(),
            ..Default::default()
        })
    });
    applied(&clusters.edit(seen(), to_ours()).unwrap());
}

#[test]
fn a_cancel_in_a_wait_ends_with_what_is_certain() {
    let waiting = |first: fn(&Stage)| {
        let cancel = Cancel::new();
        let pace = Instantly {
            cancel_in_pause: Some(cancel.clone()),
            ..Instantly::default()
        };
        let stage = stage_at(pace, |builder| builder);
        first(&stage);
        let edited = stage.client.clusters().cancel(&cancel).edit(seen(), to_ours()).unwrap();
        assert_eq!(stage.wire.requests().len(), 1);
        edited
    };
    let throttled = waiting(|stage| stage.throttle(10));
    assert_eq!(not_sent(&throttled).0, Cause::Cancelled);
    let lost = waiting(|stage| stage.wire.fail(Sent::Unknown, FailureKind::ConnectionLost));
    assert_eq!(indeterminate(&lost).cause, Cause::Cancelled);
    assert!(indeterminate(&lost).may_still_land);
    let unsent = waiting(|stage| stage.wire.fail(Sent::NotSent, FailureKind::Connect));
    assert_eq!(not_sent(&unsent).0, Cause::Cancelled);
}

#[test]
fn a_cancel_while_settling_leaves_it_open() {
    let (stage, cancel, clusters) = cancelling();
    stage.wire.fail(Sent::Unknown, FailureKind::ConnectionLost);
    stage.wire.answer(409, mismatch("43"));
    stage.wire.run(move |_| {
        cancel.cancel();
        Err(Failure::unknown(FailureKind::Cancelled, "cancelled"))
    });
    let edited = clusters.edit(seen(), to_ours()).unwrap();
    let open = indeterminate(&edited);
    assert!(open.may_still_land, "that the 409 has named another etag is a hint");
    assert_eq!(open.cause, Cause::Cancelled);
}

#[test]
fn an_empty_retry_budget_ends_what_was_never_sent() {
    let stage = stage_with(|builder| builder.retry_budget(0));
    stage.wire.fail(Sent::NotSent, FailureKind::Connect);
    let edited = stage.rename();
    let (cause, detail) = not_sent(&edited);
    assert_eq!(cause, Cause::Declined);
    assert_eq!(detail, "the client's retry budget is used up");
    assert_eq!(stage.wire.requests().len(), 1);

    // A rebase costs nothing.
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("base", "43"));
    stage.wire.answer(200, cluster("ours", "44"));
    applied(&stage.rename());
}

#[test]
fn settling_has_a_budget_of_its_own() {
    let stage = stage_with(|builder| builder.retry_budget(2));
    // An outage that uses the retries up.
    (0..3).for_each(|_| stage.wire.fail(Sent::NotSent, FailureKind::Connect));
    assert_eq!(not_sent(&stage.rename()).0, Cause::Declined);
    // The truth is found out all the same.
    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    stage.wire.answer(200, cluster("ours", "43"));
    applied(&stage.rename());
    // Until that budget is used up too, which leaves it open.
    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    let edited = stage.rename();
    assert_eq!(indeterminate(&edited).cause, Cause::Declined);
    assert_eq!(stage.wire.steps_left(), 0);
    let words = edited.outcome.to_string();
    assert!(words.contains("the client's retry budget is used up"), "{words}");
}

/// The token of a rename whose answer was lost.
fn open_token() -> ResumeToken {
    let stage = stage();
    (0..8).for_each(|_| stage.wire.fail(Sent::Unknown, FailureKind::Timeout));
    indeterminate(&stage.rename()).resume_token.clone()
}

#[test]
fn c1_an_empty_budget_keeps_no_healthy_service_from_being_asked() {
    let stage = stage_with(|builder| builder.retry_budget(0));
    let token = open_token();
    let clusters = stage.client.clusters();
    // An outage that uses up what there is for settling.
    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    let open = clusters
        .resolve(&token, ResumeMode::Finish, &akua_model::Secrets::none())
        .unwrap();
    assert_eq!(indeterminate(&open).cause, Cause::Declined);
    assert_eq!((stage.wire.requests().len(), stage.pace.pauses_ms()), (2, vec![50]));
    // The first sending repeats nothing, and so it waits for nothing.
    stage.wire.answer(200, cluster("ours", "43"));
    applied(
        &clusters
            .resolve(&token, ResumeMode::Finish, &akua_model::Secrets::none())
            .unwrap(),
    );
    assert_eq!((stage.wire.requests().len(), stage.pace.pauses_ms()), (3, vec![50]));
    // To look after a 409 repeats nothing either.
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("ours", "43"));
    let observed = clusters
        .resolve(&token, ResumeMode::Finish, &akua_model::Secrets::none())
        .unwrap();
    assert_eq!(applied(&observed).proof, Proof::Observed);
    // Nor does the read of one who only looks, or another one after a read that told nothing.
    (0..4).for_each(|_| stage.wire.answer(200, cluster("base", "42")));
    let open = clusters
        .resolve(&token, ResumeMode::Look, &akua_model::Secrets::none())
        .unwrap();
    assert_eq!(indeterminate(&open).cause, Cause::AnswerLost);
    assert_eq!(stage.wire.requests().len(), 9);
    // What follows trouble is a repeat: each kind of it. No answer gave enough back to pay for one.
    for status in [500, 503, 408, 302, 204] {
        stage.wire.answer(status, "");
        let open = clusters
            .resolve(&token, ResumeMode::Look, &akua_model::Secrets::none())
            .unwrap();
        assert_eq!(indeterminate(&open).cause, Cause::Declined, "{status}");
    }
    assert_eq!((stage.wire.requests().len(), stage.wire.steps_left()), (14, 0));
}

#[test]
fn without_random_bits_nothing_is_sent() {
    let pace = Instantly {
        without_entropy: true,
        ..Instantly::default()
    };
    let stage = stage_at(pace, |builder| builder);
    let edited = stage.rename();
    let (cause, detail) = not_sent(&edited);
    assert_eq!(cause, Cause::Declined);
    assert!(detail.contains("none today"), "{detail}");
    assert!(stage.wire.requests().is_empty());
}

#[test]
fn the_attempts_of_the_policy_are_what_is_sent() {
    let mut policy = Policy::default();
    for attempts in [0, 1, 2] {
        policy.max_attempts = attempts;
        let stage = stage();
        (0..9).for_each(|_| stage.throttle(0));
        let edited = stage.client.clusters().policy(policy).edit(seen(), to_ours()).unwrap();
        assert_eq!(rejected(&edited).status, 429);
        assert_eq!(stage.wire.requests().len(), attempts.max(1) as usize);
    }
}

#[test]
fn what_is_still_to_be_done_is_bounded_by_the_deadline_also_step_by_step() {
    let stage = stage();
    let brief = Duration::from_millis(10);
    let mut editing = stage.client.clusters().timeout(brief).start_edit_with(seen()).unwrap();
    let Progress::NeedPatch(_) = editing.next() else {
        panic!()
    };
    std::thread::sleep(brief);
    editing.submit(Some(to_ours()));
    let Progress::Done(edited) = editing.next() else {
        panic!()
    };
    assert_eq!(not_sent(&edited).0, Cause::Deadline);
    assert!(stage.wire.requests().is_empty());
}
