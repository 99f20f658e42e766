//! Launches, told to the driver itself: what was lost, what was gone, and what another process takes up.
#![allow(clippy::unwrap_used, clippy::panic)]

use akua_model::edit::{
    Cause, Clock, Launch, LaunchCall, LaunchInput, LaunchKind, LaunchOptions, LaunchOutcome, LaunchStep, LaunchToken,
    Launched, NotLaunched, ResumeMode, SavedToken, Sight,
};
use akua_model::http::Response;
use akua_model::{Etag, Secret, Shown};

fn clock() -> Clock {
    Clock {
        unix_ms: 1_700_000_000_000,
        entropy: 7,
        ..Clock::default()
    }
}

fn options() -> LaunchOptions {
    let mut options = LaunchOptions::default();
    options.origin = "https://akua.test".to_owned();
    options.credentials = Some(Secret::from("s3cr3t-t0k3n"));
    options.shown_to_credentials = true;
    options
}

fn seen(etag: &str) -> Sight {
    Sight::new(Etag::from(etag), Shown::Is("active".to_owned()), Shown::Is(false))
}

fn answer(status: u16, body: &str) -> LaunchInput {
    LaunchInput::Answered(Response {
        status,
        body: body.as_bytes().to_vec(),
        ..Response::default()
    })
}

fn cluster(etag: &str, state: &str) -> String {
    format!(
        r#"{{"id":"clu_1","name":"a","workspace_id":"ws_1","state":"{state}","provider":"managed_kaas",
        "reconciling":false,"created_at":1,"updated_at":2,"etag":"{etag}"}}"#
    )
}

fn lost() -> LaunchInput {
    LaunchInput::Lost("timed out".to_owned())
}

const SUSPENDING: &str =
    r#"{"id":"op_1","owner_id":"clu_1","metadata":{"type":"cluster.suspend","cluster_id":"clu_1"}}"#;

/// One launch and what it asked for.
struct Story {
    launch: Launch,
    calls: Vec<&'static str>,
    token: Option<LaunchToken>,
}

impl Story {
    fn of(launch: Launch) -> Self {
        let (calls, token) = (Vec::new(), None);
        Self { launch, calls, token }
    }

    fn new(kind: LaunchKind) -> Self {
        Self::of(Launch::new(kind, "clu_1", Some(&seen("42")), options()).unwrap())
    }

    /// Tells it everything in order, and says how it ended.
    fn hears(&mut self, inputs: impl IntoIterator<Item = LaunchInput>) -> Launched {
        let mut write = None;
        for input in inputs {
            match self.launch.step(input, clock()) {
                LaunchStep::Done(ended) => return *ended,
                LaunchStep::Send(call) => {
                    self.token = self.token.take().or(call.token);
                    self.calls.push(match &call.call {
                        LaunchCall::Read => "read",
                        LaunchCall::List => "list",
                        first => {
                            assert_eq!(
                                write.get_or_insert_with(|| first.clone()),
                                first,
                                "the same to the byte"
                            );
                            "write"
                        }
                    });
                }
            }
        }
        panic!("it has not ended after {:?}", self.calls)
    }
}

#[test]
fn an_answer_that_comes_is_the_operation_and_its_token_takes_the_place_of_the_first() {
    let mut story = Story::new(LaunchKind::SuspendCluster);
    let ended = story.hears([LaunchInput::Begin, answer(202, SUSPENDING)]);
    let LaunchOutcome::Accepted(wait) = ended.outcome else {
        panic!("{ended:?}")
    };
    assert_eq!(
        (wait.operation(), wait.id(), story.calls),
        ("op_1", "clu_1", vec!["write"])
    );
    let launch = story.token.unwrap();
    assert_eq!(launch.accepted("op_1"), wait);
    assert_eq!(wait.to_string().parse(), Ok(SavedToken::Wait(wait)));
    assert!(!launch.to_string().contains("s3cr3t"));
}

/// What the service says of what it has not.
const NOT_FOUND: &str = r#"{"success":false,"errors":[{"code":7002,"message":"Resource not found"}],"result":{}}"#;

#[test]
fn a_delete_whose_answer_was_lost_and_that_is_answered_404_is_done() {
    let mut story = Story::new(LaunchKind::DeleteCluster);
    let listed = r#"{"data":[{"id":"op_9","owner_id":"clu_1","metadata":{"type":"cluster.delete"}}]}"#;
    let ended = story.hears([LaunchInput::Begin, lost(), answer(404, NOT_FOUND), answer(200, listed)]);
    assert_eq!(ended.outcome, LaunchOutcome::Observed(None));
    assert_eq!(story.calls, ["write", "write", "list"]);
    assert_eq!(ended.candidates, ["op_9"]);
}

#[test]
fn to_other_credentials_404_says_nothing() {
    let mut others = options();
    others.shown_to_credentials = false;
    let launch = Launch::new(LaunchKind::DeleteCluster, "clu_1", Some(&seen("42")), others).unwrap();
    let mut story = Story::of(launch);
    // It is looked at first, to know whether these are shown it, and they are not.
    let ended = story.hears([
        LaunchInput::Begin,
        answer(404, NOT_FOUND),
        lost(),
        answer(404, NOT_FOUND),
        answer(404, NOT_FOUND),
        lost(),
    ]);
    assert!(matches!(ended.outcome, LaunchOutcome::Indeterminate(_)), "{ended:?}");
    assert_eq!(story.calls[..3], ["read", "write", "write"]);
}

#[test]
fn credentials_that_are_shown_it_before_a_delete_know_what_404_means() {
    let mut others = options();
    others.shown_to_credentials = false;
    let launch = Launch::new(LaunchKind::DeleteCluster, "clu_1", Some(&seen("42")), others).unwrap();
    let mut story = Story::of(launch);
    let ended = story.hears([
        LaunchInput::Begin,
        answer(200, &cluster("43", "active")),
        lost(),
        answer(404, NOT_FOUND),
        lost(),
    ]);
    assert_eq!(ended.outcome, LaunchOutcome::Observed(None));
    assert_eq!(story.calls, ["read", "write", "write", "list"]);
}

#[test]
fn a_delete_of_what_is_gone_already_is_unchanged_if_it_was_seen_and_refused_if_not() {
    let ended = Story::new(LaunchKind::DeleteCluster).hears([LaunchInput::Begin, answer(404, NOT_FOUND)]);
    assert_eq!(ended.outcome, LaunchOutcome::Unchanged(None));
    let by_id = Launch::new(LaunchKind::DeleteCluster, "clu_1", None, options()).unwrap();
    let ended = Story::of(by_id).hears([LaunchInput::Begin, answer(404, NOT_FOUND)]);
    let LaunchOutcome::NotApplied(NotLaunched::Rejected(failed)) = ended.outcome else {
        panic!("{ended:?}")
    };
    assert_eq!(failed.status, 404);
}

#[test]
fn a_404_that_a_later_read_has_overtaken_does_not_say_that_it_is_gone() {
    let mut fresh = options();
    fresh.contract.reads_linearizable = true;
    let delete = Launch::new(LaunchKind::DeleteCluster, "clu_1", None, fresh).unwrap();
    let early = answer(503, "{}");
    let mut story = Story::of(delete);
    let ended = story.hears([LaunchInput::Begin, early, answer(200, &cluster("44", "deleting"))]);
    let LaunchOutcome::Unchanged(Some(sight)) = ended.outcome else {
        panic!("{ended:?}")
    };
    assert_eq!(sight.etag.as_str(), "44");

    // A look that was answered 404 by a copy that lags, and then one that shows it.
    let mut fresh = options();
    fresh.contract.reads_linearizable = true;
    let delete = Launch::new(LaunchKind::DeleteCluster, "clu_1", None, fresh).unwrap();
    let ended = Story::of(delete).hears([
        LaunchInput::Begin,
        answer(404, "<html>"),
        answer(200, &cluster("44", "deleting")),
    ]);
    assert!(matches!(ended.outcome, LaunchOutcome::Unchanged(Some(_))), "{ended:?}");
    assert!(ended.to_string().contains("it already was so: deleting"), "{ended}");
}

#[test]
fn an_answer_to_an_earlier_request_is_no_reason_why_the_last_one_was_not_sent() {
    let suspend = Launch::new(LaunchKind::SuspendCluster, "clu_1", None, options()).unwrap();
    let not_sent = std::iter::repeat_n(LaunchInput::NotSent("no connection".to_owned()), 8);
    let inputs = [
        LaunchInput::Begin,
        answer(503, "{}"),
        answer(200, &cluster("42", "active")),
    ];
    let ended = Story::of(suspend).hears(inputs.into_iter().chain(not_sent));
    let LaunchOutcome::NotApplied(NotLaunched::NotSent { cause, answer, .. }) = ended.outcome else {
        panic!("{ended:?}")
    };
    assert_eq!((cause, answer), (Cause::NotConnected, None));
}

#[test]
fn an_action_is_not_tried_on_a_version_that_was_not_seen() {
    let mismatch = r#"{"errors":[{"code":7006,"message":"ABORTED","metadata":{"current_etag":"43"}}]}"#;
    let mut story = Story::new(LaunchKind::SuspendCluster);
    let ended = story.hears([
        LaunchInput::Begin,
        answer(409, mismatch),
        answer(200, &cluster("43", "active")),
    ]);
    let LaunchOutcome::NotApplied(NotLaunched::Changed(Some(theirs))) = ended.outcome else {
        panic!("{ended:?}")
    };
    assert_eq!((theirs.etag.as_str(), story.calls), ("43", vec!["write", "read"]));
}

#[test]
fn what_was_suspended_by_whomever_after_a_lost_answer_is_so() {
    let mismatch = r#"{"errors":[{"code":7006,"message":"ABORTED","metadata":{"current_etag":"44"}}]}"#;
    let mut story = Story::new(LaunchKind::SuspendCluster);
    let ended = story.hears([
        LaunchInput::Begin,
        lost(),
        answer(409, mismatch),
        answer(200, &cluster("44", "suspended")),
        answer(200, r#"{"data":[]}"#),
    ]);
    assert!(matches!(ended.outcome, LaunchOutcome::Observed(Some(_))), "{ended:?}");
    assert_eq!(story.calls, ["write", "write", "read", "list"]);
}

#[test]
fn a_202_without_an_id_may_have_started_an_operation() {
    let mut story = Story::new(LaunchKind::SuspendCluster);
    let ended = story.hears([LaunchInput::Begin, answer(202, "{}"), answer(202, SUSPENDING)]);
    assert!(matches!(ended.outcome, LaunchOutcome::Accepted(_)), "{ended:?}");
    assert_eq!(story.calls, ["write", "write"]);
}

#[test]
fn another_process_takes_up_the_same_bytes_and_one_that_only_looks_sends_none() {
    let mut story = Story::new(LaunchKind::SuspendCluster);
    let LaunchStep::Send(first) = story.launch.step(LaunchInput::Begin, clock()) else {
        panic!()
    };
    let text = first.token.unwrap().to_string();
    let token: LaunchToken = text.parse().unwrap();

    let mut again = Launch::resume(&token, ResumeMode::Finish, options(), clock()).unwrap();
    let LaunchStep::Send(resent) = again.step(LaunchInput::Begin, clock()) else {
        panic!()
    };
    assert_eq!(resent.call, first.call);

    let look = Launch::resume(&token, ResumeMode::Look, options(), clock()).unwrap();
    let mut look = Story::of(look);
    let moved = cluster("43", "active");
    let reads = std::iter::repeat_n(answer(200, &moved), 5);
    let ended = look.hears(std::iter::once(LaunchInput::Begin).chain(reads));
    let LaunchOutcome::Indeterminate(open) = ended.outcome else {
        panic!("{ended:?}")
    };
    assert!(open.may_still_land && !look.calls.contains(&"write"));

    let mut elsewhere = options();
    elsewhere.origin = "https://another.test".to_owned();
    assert!(Launch::resume(&token, ResumeMode::Finish, elsewhere, clock()).is_err());
}

#[test]
fn what_does_no_harm_is_asked_for_again_and_a_cancel_that_comes_too_late_is_refused() {
    let refresh = Launch::new(LaunchKind::RefreshCapabilities, "clu_1", None, options()).unwrap();
    let mut refresh = Story::of(refresh);
    let ended = refresh.hears([LaunchInput::Begin, lost(), lost(), answer(202, r#"{"id":"op_2"}"#)]);
    assert!(matches!(ended.outcome, LaunchOutcome::Accepted(_)), "{ended:?}");
    let cancel = || Launch::new(LaunchKind::CancelOperation, "op_1", None, options()).unwrap();
    let mut unheard = Story::of(cancel());
    let ended = unheard.hears([LaunchInput::Begin, lost(), lost(), lost(), lost()]);
    assert!(matches!(ended.outcome, LaunchOutcome::Indeterminate(_)), "{ended:?}");
    assert_eq!(unheard.calls, ["write"; 4]);
    let ended = Story::of(cancel()).hears([LaunchInput::Begin, answer(422, "{}")]);
    assert!(
        matches!(ended.outcome, LaunchOutcome::NotApplied(NotLaunched::Rejected(_))),
        "{ended:?}"
    );
}
