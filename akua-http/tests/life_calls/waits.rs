//! Waiting for operations: what is asked, and how it ends.

use std::ops::ControlFlow;
use std::time::Duration;

use akua_http::cancel::Cancel;
use akua_http::transport::{FailureKind, Sent};
use akua_http::{AwaitedOperation, ErrorKind};
use akua_model::OperationId;
use akua_model::edit::WaitToken;
use akua_model::report::{End, Kind, Report};
use akua_model::waiting::{Asked, Fate, Lost, Now, WaitEnd, WaitPolicy, Waited};

use super::*;

fn id() -> OperationId {
    "op_1".parse().unwrap()
}

fn waited(stage: &Stage) -> Waited {
    stage.client.operations().wait(id(), WaitPolicy::default()).unwrap()
}

fn page(ids: &[&str]) -> String {
    let items: Vec<String> = ids.iter().map(|id| suspending("RUNNING").replace("op_1", id)).collect();
    format!(
        r#"{{"data":[{}],"has_more":false,"next_cursor":null}}"#,
        items.join(",")
    )
}

#[test]
fn it_looks_polls_and_then_looks_at_what_stands_there() {
    let stage = stage();
    stage.wire.answer(200, suspending("RUNNING"));
    stage.wire.answer(200, suspending("RUNNING"));
    stage.wire.answer(200, suspending("SUCCEEDED"));
    stage.wire.answer(200, cluster("44", "active"));
    stage.wire.answer(200, page(&["op_3", "op_2", "op_1", "op_0"]));
    let mut states = Vec::new();
    let waited = stage
        .client
        .operations()
        .wait_with(id(), WaitPolicy::default(), |operation| {
            states.push(operation.state.as_str().to_owned());
            ControlFlow::Continue(())
        });
    let waited = waited.unwrap();
    assert_eq!(
        stage.sent(),
        [
            "GET /v1/operations/op_1",
            "POST /v1/operations/op_1:wait?timeout=30",
            "POST /v1/operations/op_1:wait?timeout=30",
            "GET /v1/clusters/clu_1",
            "GET /v1/operations?owner_type=cluster&owner_id=clu_1",
        ]
    );
    assert_eq!(states, ["RUNNING", "RUNNING", "SUCCEEDED"]);
    assert_eq!(waited.end, WaitEnd::Done(Fate::Succeeded));
    // It has succeeded, and somebody has resumed it since: three facts.
    assert!(matches!(&waited.now, Now::Cluster(cluster) if cluster.state.as_str() == "active"));
    let report = Report::from(&waited);
    assert_eq!((report.kind, report.end), (Kind::Ok, Some(End::Succeeded)));
    assert_eq!(report.later, ["op_3", "op_2"]);
    assert_eq!((report.seen_etag.as_deref(), report.requests), (Some("44"), 5));
}

#[test]
fn a_failed_operation_is_no_refusal_and_keeps_its_words() {
    let stage = stage();
    let words = r#""error":{"message":"no machine left"},"last_error":{"message":"older"},"#;
    stage.wire.answer(200, operation("cluster.resume", "FAILED", words));
    stage.wire.answer(200, cluster("44", "suspended"));
    stage.wire.answer(200, NONE);
    let waited = waited(&stage);
    let report = Report::from(&waited);
    assert_eq!(
        (report.kind, report.end),
        (Kind::OperationFailed, Some(End::OperationFailed))
    );
    assert_eq!(report.detail.as_deref(), Some("no machine left"));
    assert!(
        report.message.contains("no machine left") && report.message.contains("suspended now"),
        "{report:?}"
    );
}

#[test]
fn a_cancel_says_whether_it_was_asked_for_here() {
    for (asked, told) in [(Asked::Yes, "yes"), (Asked::No, "no"), (Asked::Unknown, "unknown")] {
        let stage = stage();
        stage.wire.answer(200, suspending("CANCELLED"));
        stage.wire.answer(404, NOT_FOUND);
        stage.wire.answer(200, NONE);
        let awaited = AwaitedOperation::from(id()).asked(asked);
        let waited = stage.client.operations().wait(awaited, WaitPolicy::default()).unwrap();
        let report = Report::from(&waited);
        assert_eq!(
            (report.kind, report.asked_here.map(Asked::name)),
            (Kind::OperationCancelled, Some(told))
        );
        assert_eq!(waited.now, Now::NotFound);
    }
}

#[test]
fn a_person_who_is_waited_for_ends_it_and_the_token_goes_on() {
    let stage = stage();
    stage.wire.answer(202, suspending("RUNNING"));
    let launched = stage.client.clusters().suspend(seen()).unwrap();
    let token = launched.accepted().unwrap();
    let steps = r#""error":null,"last_error":null,"steps":[
        {"name":"check","status":"completed","execution_type":"system"},
        {"name":"approve","status":"pending","execution_type":"approval"}],"#;
    stage.wire.answer(200, operation("cluster.suspend", "RUNNING", steps));
    let waited = stage.client.operations().wait(token, WaitPolicy::default()).unwrap();
    let report = Report::from(&waited);
    assert_eq!(
        (report.kind, report.blocked_on.as_deref()),
        (Kind::StillRunning, Some("approve"))
    );
    let again: WaitToken = report.resume_token.unwrap().parse().unwrap();
    assert_eq!(&again, token);
}

#[test]
fn what_can_not_be_found_is_lost_track_of_after_three_looks_and_nothing_is_made_of_it() {
    let stage = stage();
    for _ in 0..3 {
        stage.wire.answer(404, NOT_FOUND);
    }
    let waited = waited(&stage);
    assert_eq!(waited.end, WaitEnd::LostTrack(Lost::NotFound));
    assert_eq!(stage.sent().len(), 3);
    assert_eq!(Report::from(&waited).kind, Kind::LostTrack);
}

#[test]
fn a_404_of_what_stands_in_front_of_the_service_loses_track_of_nothing() {
    let stage = stage();
    stage.wire.answer(200, suspending("RUNNING"));
    (0..4).for_each(|_| stage.wire.answer(404, "default backend - 404"));
    stage.wire.answer(200, suspending("SUCCEEDED"));
    stage.wire.answer(404, "default backend - 404");
    stage.wire.answer(200, NONE);
    let waited = waited(&stage);
    assert_eq!(waited.end, WaitEnd::Done(Fate::Succeeded));
    assert_eq!(waited.now, Now::NotKnown);
}

#[test]
fn credentials_that_are_not_accepted_any_more_lose_track() {
    let stage = stage();
    stage.wire.answer(200, suspending("RUNNING"));
    stage.wire.answer(401, "{}");
    stage.wire.answer(401, "{}");
    stage.wire.answer(401, "{}");
    stage.wire.answer(401, "{}");
    let waited = waited(&stage);
    assert_eq!(waited.end, WaitEnd::LostTrack(Lost::Unauthorized));
    assert_eq!(waited.now, Now::NotKnown);
}

#[test]
fn a_poll_that_is_refused_or_lost_becomes_a_look() {
    let stage = stage();
    stage.wire.answer(200, suspending("RUNNING"));
    stage.wire.answer(403, "{}");
    stage.wire.fail(Sent::Unknown, FailureKind::ConnectionLost);
    stage.wire.answer(503, "<html>");
    stage.wire.answer(200, suspending("SUCCEEDED"));
    stage.wire.answer(200, cluster("44", "suspended"));
    stage.wire.answer(200, NONE);
    assert_eq!(waited(&stage).end, WaitEnd::Done(Fate::Succeeded));
    let sent = stage.sent();
    assert_eq!(sent.iter().filter(|line| line.contains(":wait")).count(), 1, "{sent:?}");
}

#[test]
fn the_caller_ends_it_and_the_operation_goes_on() {
    let stage = stage();
    stage.wire.answer(200, suspending("RUNNING"));
    let stopped = stage
        .client
        .operations()
        .wait_with(id(), WaitPolicy::default(), |_| ControlFlow::Break(()));
    assert_eq!(stopped.unwrap().end, WaitEnd::StillRunning { blocked_on: None });
    assert_eq!(stage.sent().len(), 1);
    let cancel = Cancel::new();
    cancel.cancel();
    let cancelled = stage
        .client
        .operations()
        .cancel(&cancel)
        .wait(id(), WaitPolicy::default())
        .unwrap();
    assert_eq!(cancelled.end, WaitEnd::StillRunning { blocked_on: None });
}

#[test]
fn a_token_of_another_context_is_refused_before_anything_is_sent() {
    let stage = stage();
    stage.wire.answer(202, suspending("RUNNING"));
    let token = stage
        .client
        .clusters()
        .suspend(seen())
        .unwrap()
        .accepted()
        .unwrap()
        .clone();
    let other = stage_with(|builder| builder.context("ws_2".parse().unwrap()));
    let error = other
        .client
        .operations()
        .wait(&token, WaitPolicy::default())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(other.sent().is_empty());
}

#[test]
fn the_time_of_the_call_is_that_of_the_wait() {
    let stage = stage();
    stage.wire.answer(200, suspending("RUNNING"));
    stage.wire.answer(200, suspending("RUNNING"));
    let operations = stage.client.operations().timeout(Duration::from_millis(600));
    let waited = operations.wait(id(), WaitPolicy::default()).unwrap();
    assert_eq!(waited.end, WaitEnd::StillRunning { blocked_on: None });
    assert!(
        stage.sent().iter().all(|line| line.starts_with("GET")),
        "{:?}",
        stage.sent()
    );
}

#[test]
fn every_request_is_counted_also_where_a_token_was_replaced() {
    let asked = Arc::new(AtomicU64::new(0));
    let stage = stage_with(|builder| {
        builder.token_provider(move || Ok(format!("token_{}", asked.fetch_add(1, Ordering::SeqCst))))
    });
    stage.wire.answer(401, "");
    stage.wire.answer(200, suspending("SUCCEEDED"));
    stage.wire.answer(200, cluster("44", "suspended"));
    stage.wire.answer(200, page(&["op_1"]));
    let waited = waited(&stage);
    assert_eq!(waited.end, WaitEnd::Done(Fate::Succeeded));
    assert_eq!(stage.sent().len(), 4);
    assert_eq!(waited.requests, 4);
}
