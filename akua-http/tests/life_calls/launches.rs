//! Suspend, resume, delete, refresh and cancel.

use std::sync::{Arc, Mutex};

use akua_http::transport::{FailureKind, Sent};
use akua_http::{Effect, ErrorKind};
use akua_model::edit::{Contract, LaunchOutcome, LaunchToken, NotLaunched, ResumeMode, SavedToken};
use akua_model::report::{End, Kind, Report};
use akua_model::{ClusterId, NewCluster};

use super::*;

fn id() -> ClusterId {
    "clu_1".parse().unwrap()
}

#[test]
fn each_call_is_one_request_and_no_body() {
    let stage = stage_with(|builder| builder.context("ws_1".parse().unwrap()));
    for of in ["suspend", "resume", "delete", "capabilities.refresh"] {
        stage
            .wire
            .answer(202, operation(&format!("cluster.{of}"), "RUNNING", NO_ERRORS));
    }
    let clusters = stage.client.clusters();
    let (etag, key) = ("42".parse().unwrap(), "k-1".parse().unwrap());
    clusters.suspend_once(&id(), &etag, Some(&key)).unwrap();
    clusters.resume_once(&id(), &etag, None).unwrap();
    clusters.delete_once(&id(), &etag, None).unwrap();
    clusters.refresh_capabilities_once(&id(), None).unwrap();
    let workspace = r#"{"id":"op_2","metadata":{"type":"workspace.delete","workspace_id":"ws_1"},"state":7}"#;
    stage.wire.answer(202, workspace);
    let workspaces = stage.client.workspaces();
    let unreadable = workspaces
        .delete_once(&"ws_1".parse().unwrap(), &etag, None)
        .unwrap_err();
    assert_eq!((unreadable.effect(), unreadable.status()), (Effect::Unknown, Some(202)));
    stage.wire.answer(422, "{}");
    let refused = stage
        .client
        .operations()
        .cancel_operation_once(&"op_1".parse().unwrap(), None);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Rejected);
    assert_eq!(
        stage.sent(),
        [
            "POST /v1/clusters/clu_1:suspend if-match 42 key",
            "POST /v1/clusters/clu_1:resume if-match 42",
            "DELETE /v1/clusters/clu_1 if-match 42",
            "POST /v1/clusters/clu_1/capabilities:refresh",
            "DELETE /v1/workspaces/ws_1 if-match 42",
            "POST /v1/operations/op_1:cancel",
        ]
    );
    for request in stage.wire.requests() {
        assert!(request.body.is_empty() && request.authorized);
        assert_eq!(request.header("akua-context"), Some("ws_1"));
        assert_eq!(request.header("content-type"), None);
    }
}

#[test]
fn what_is_accepted_has_its_operation_and_the_token_that_waits_for_it() {
    let stage = stage();
    stage.wire.answer(202, suspending("RUNNING"));
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&kept);
    let clusters = stage.client.clusters().keep_resume_token(move |token| {
        keep.lock().unwrap().push(token.clone());
        Ok(())
    });
    let launched = clusters.suspend(seen()).unwrap();
    assert_eq!(stage.sent(), ["POST /v1/clusters/clu_1:suspend if-match 42 key"]);
    let token = launched.accepted().unwrap();
    assert_eq!((token.operation(), token.id()), ("op_1", "clu_1"));
    let kept = kept.lock().unwrap();
    assert!(matches!(&kept[..], [SavedToken::Launch(_), SavedToken::Wait(wait)] if wait == token));
    let report = Report::from(&launched);
    assert_eq!(
        (report.kind, report.effect, report.end),
        (Kind::Ok, Effect::Applied, Some(End::Applied))
    );
    assert_eq!((report.operation.as_deref(), report.attempts), (Some("op_1"), 1));
    assert_eq!(report.resume_token, Some(token.to_string()));
    assert!(
        launched.explain().contains("the server has started an operation"),
        "{}",
        launched.explain()
    );
}

#[test]
fn nothing_is_sent_if_the_token_can_not_be_kept() {
    let stage = stage();
    let clusters = stage
        .client
        .clusters()
        .keep_resume_token(|_| Err("the disk is full".into()));
    let launched = clusters.suspend(seen()).unwrap();
    assert!(stage.sent().is_empty());
    let report = Report::from(&launched);
    assert_eq!((report.effect, report.end), (Effect::NotSent, Some(End::NotSent)));
    assert!(report.message.contains("the disk is full"), "{}", report.message);
}

#[test]
fn somebody_elses_change_is_reported_and_not_suspended() {
    let stage = stage();
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("43", "active"));
    let launched = stage.client.clusters().suspend(seen()).unwrap();
    assert_eq!(stage.sent()[1..], ["GET /v1/clusters/clu_1"]);
    let report = Report::from(&launched);
    assert_eq!(
        (report.kind, report.current_etag.as_deref()),
        (Kind::Conflict, Some("43"))
    );
    assert!(
        launched.to_string().contains("somebody else changed it first"),
        "{launched}"
    );
}

#[test]
fn a_lost_answer_is_settled_by_the_same_bytes() {
    let stage = stage();
    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    stage.wire.answer(202, suspending("RUNNING"));
    let launched = stage.client.clusters().suspend(seen()).unwrap();
    assert!(launched.accepted().is_some());
    let requests = stage.wire.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests[0] == requests[1]);
}

#[test]
fn a_wrong_state_is_refused_in_the_servers_words() {
    let stage = stage();
    stage
        .wire
        .answer(409, r#"{"errors":[{"code":7001,"message":"already suspended"}]}"#);
    stage.wire.answer(200, cluster("42", "provisioning"));
    let launched = stage.client.clusters().suspend(seen()).unwrap();
    let LaunchOutcome::NotApplied(NotLaunched::Rejected(failed)) = &launched.outcome else {
        panic!("{}", launched.explain())
    };
    assert_eq!(failed.status, 409);
    let report = Report::from(&launched);
    assert_eq!((report.kind, report.end), (Kind::Rejected, Some(End::Rejected)));
    assert!(report.message.contains("already suspended"), "{}", report.message);
}

#[test]
fn a_delete_that_worked_is_no_error_though_it_is_answered_404() {
    let stage = stage();
    stage.wire.answer(200, cluster("42", "active"));
    stage.wire.fail(Sent::Unknown, FailureKind::ConnectionLost);
    stage.wire.answer(404, NOT_FOUND);
    stage.wire.answer(200, NONE);
    let launched = stage.client.clusters().delete(seen()).unwrap();
    assert_eq!(
        launched.outcome,
        LaunchOutcome::Observed(None),
        "{}",
        launched.explain()
    );
    assert_eq!(
        stage.sent(),
        [
            "GET /v1/clusters/clu_1",
            "DELETE /v1/clusters/clu_1 if-match 42 key",
            "DELETE /v1/clusters/clu_1 if-match 42 key",
            "GET /v1/operations?owner_type=cluster&owner_id=clu_1",
        ]
    );
    assert_eq!(Report::from(&launched).requests, 4);
}

/// What an ingress or a gateway answers that has no way to the service just now.
const IN_FRONT: [&str; 5] = [
    "",
    "default backend - 404",
    "<html><body><h1>404 Not Found</h1></body></html>",
    r#"{"message":"no Route matched with those values"}"#,
    r#"{"timestamp":"2026-01-01T00:00:00Z","status":404,"error":"Not Found","path":"/v1/clusters/clu_1"}"#,
];

#[test]
fn a_404_of_what_stands_in_front_of_the_service_does_not_say_that_anything_is_gone() {
    for body in IN_FRONT {
        let stage = stage();
        stage.wire.answer(200, cluster("42", "active"));
        stage.wire.fail(Sent::Unknown, FailureKind::ConnectionLost);
        (0..9).for_each(|_| stage.wire.answer(404, body));
        let launched = stage.client.clusters().delete(seen()).unwrap();
        assert!(
            matches!(launched.outcome, LaunchOutcome::Indeterminate(_)),
            "{body}: {}",
            launched.explain()
        );
        // Nor that it was gone before.
        let stage = self::stage();
        stage.wire.answer(200, cluster("42", "active"));
        stage.wire.answer(404, body);
        let launched = stage.client.clusters().delete(seen()).unwrap();
        let report = Report::from(&launched);
        assert_eq!(
            (report.kind, report.effect, report.end),
            (Kind::NotFound, Effect::NotApplied, Some(End::Rejected)),
            "{body}: {launched}"
        );
    }
}

#[test]
fn to_credentials_that_were_never_shown_it_404_says_nothing() {
    let stage = stage();
    stage.wire.answer(404, NOT_FOUND);
    stage.wire.answer(404, NOT_FOUND);
    let launched = stage.client.clusters().delete(seen()).unwrap();
    let report = Report::from(&launched);
    assert_eq!(
        (report.kind, report.effect),
        (Kind::NotFound, Effect::NotApplied),
        "{launched}"
    );
    // A first answer that can't be had leaves it open as well.
    stage.wire.fail(Sent::Unknown, FailureKind::ConnectionLost);
    stage.wire.fail(Sent::Unknown, FailureKind::ConnectionLost);
    for _ in 0..8 {
        stage.wire.answer(404, NOT_FOUND);
    }
    let launched = stage.client.clusters().delete(seen()).unwrap();
    assert!(
        matches!(launched.outcome, LaunchOutcome::Indeterminate(_)),
        "{}",
        launched.explain()
    );
}

#[test]
fn what_nobody_could_know_is_taken_up_by_another_client_and_never_issued_anew() {
    let stage = stage();
    for _ in 0..9 {
        stage.wire.fail(Sent::Unknown, FailureKind::ConnectionLost);
    }
    let launched = stage.client.clusters().suspend(seen()).unwrap();
    let LaunchOutcome::Indeterminate(open) = &launched.outcome else {
        panic!("{}", launched.explain())
    };
    assert!(open.may_still_land);
    let text = open.token.to_string();
    assert!(!text.contains(TOKEN));
    let first = stage.wire.requests()[0].clone();

    let other = super::stage();
    other.wire.answer(202, suspending("RUNNING"));
    let token: LaunchToken = text.parse().unwrap();
    let settled = other.client.resolve_launch(&token, ResumeMode::Finish).unwrap();
    assert!(settled.accepted().is_some());
    assert!(other.wire.requests()[0] == first, "the same to the byte");

    let elsewhere = super::stage_with(|builder| builder.base_url("https://other.test"));
    let error = elsewhere.client.resolve_launch(&token, ResumeMode::Finish).unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (ErrorKind::InvalidInput, Effect::Unknown)
    );
    assert!(elsewhere.sent().is_empty());
}

#[test]
fn bad_input_is_refused_before_anything_is_sent() {
    let stage = stage();
    let mut strange = seen();
    strange.etag = "a\nb".into();
    let error = stage.client.clusters().suspend(&strange).unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (ErrorKind::InvalidInput, Effect::NotSent)
    );
    let kind = akua_model::edit::LaunchKind::SuspendCluster;
    for bad in ["", "..", "a/b", "a%2Fb", "a:b", &"x".repeat(55)] {
        let error = stage.client.clusters().start_launch(kind, bad, None).unwrap_err();
        assert_eq!(error.problems()[0].field, "id", "{bad}");
    }
    assert!(stage.sent().is_empty());
}

#[test]
fn what_the_server_repeats_of_the_token_is_hidden() {
    let stage = stage();
    let words = format!(r#"{{"errors":[{{"code":1,"message":"who is {TOKEN}?"}}]}}"#);
    stage.wire.answer(403, words.clone());
    let launched = stage.client.clusters().suspend(seen()).unwrap();
    let report = Report::from(&launched);
    let shown = format!("{launched:?}{}{report:?}", launched.explain());
    assert!(!shown.contains(TOKEN), "{shown}");
}

#[test]
fn a_cancel_keeps_its_tokens_too() {
    let stage = stage();
    stage.wire.answer(202, suspending("RUNNING"));
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&kept);
    let operations = stage.client.operations().keep_resume_token(move |token| {
        keep.lock().unwrap().push(token.clone());
        Ok(())
    });
    let launched = operations.cancel_operation(&"op_1".parse().unwrap()).unwrap();
    assert!(launched.accepted().is_some(), "{launched}");
    let kept = kept.lock().unwrap();
    assert!(matches!(&kept[..], [SavedToken::Launch(_), SavedToken::Wait(_)]));
}

fn new() -> NewCluster {
    NewCluster::builder().name("prod").region_id("reg_1").build().unwrap()
}

#[test]
fn a_create_is_one_request_with_its_body_and_its_token_is_kept_before_it() {
    let stage = stage_with(|builder| builder.context("ws_1".parse().unwrap()));
    let kept: Arc<Mutex<Vec<SavedToken>>> = Arc::default();
    let clusters = stage.client.clusters().keep_resume_token({
        let kept = kept.clone();
        move |token| {
            kept.lock().unwrap().push(token.clone());
            Ok(())
        }
    });
    stage
        .wire
        .answer(202, operation("cluster.create", "RUNNING", NO_ERRORS));
    let launched = clusters.create(&new());
    let kept = kept.lock().unwrap();
    assert!(
        matches!(&kept[..], [SavedToken::Launch(_), SavedToken::Wait(_)]),
        "{kept:?}"
    );
    assert_eq!(kept[1], SavedToken::Wait(launched.accepted().unwrap().clone()));
    let requests = stage.wire.requests();
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
    assert_eq!(requests[0].header("akua-context"), Some("ws_1"));
    assert!(requests[0].header("idempotency-key").is_some_and(|key| key.len() == 32));
    assert_eq!(&*requests[0].body, br#"{"name":"prod","region_id":"reg_1"}"#);
    assert_eq!(stage.sent(), ["POST /v1/clusters key"]);
}

#[test]
fn a_create_that_was_lost_is_settled_from_its_token_and_never_taken_for_a_namesake() {
    let mut contract = Contract::documented();
    contract.create_keys_replay = std::time::Duration::ZERO;
    let stage = stage_with(|builder| builder.contract(contract));
    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    let namesake = r#"{"data":[{"id":"clu_9","name":"prod"}],"has_more":false,"next_cursor":null}"#;
    stage.wire.answer(200, namesake);
    let launched = stage.client.clusters().create(&new());
    let LaunchOutcome::Indeterminate(open) = &launched.outcome else {
        panic!("{launched:?}")
    };
    assert!(open.may_still_land);
    assert_eq!(launched.candidates, ["clu_9"]);
    let report = Report::from(&launched);
    assert_eq!(report.candidates.len(), 1);

    assert_eq!(stage.sent(), ["POST /v1/clusters key", "GET /v1/clusters?limit=100"]);

    // Whoever believes the documented promise sends the same bytes again.
    let token: LaunchToken = open.token.to_string().parse().unwrap();
    let later = self::stage();
    later
        .wire
        .answer(202, operation("cluster.create", "RUNNING", NO_ERRORS));
    let resolved = later.client.resolve_launch(&token, ResumeMode::Finish).unwrap();
    assert!(resolved.accepted().is_some(), "{resolved:?}");
    assert_eq!(later.sent(), ["POST /v1/clusters key"]);
    let (first, again) = (stage.wire.requests(), later.wire.requests());
    assert_eq!(first[0].header("idempotency-key"), again[0].header("idempotency-key"));
    assert_eq!(first[0].body, again[0].body);
}

#[test]
fn a_plain_create_is_sent_once_and_says_whether_it_may_have_been_accepted() {
    let stage = stage();
    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    let lost = stage.client.clusters().create_once(&new(), None).unwrap_err();
    assert!(lost.may_have_taken_effect());
    stage.wire.answer(403, "{}");
    let refused = stage.client.clusters().create_once(&new(), None).unwrap_err();
    assert!(!refused.may_have_taken_effect());
    stage
        .wire
        .answer(202, operation("cluster.suspend", "RUNNING", NO_ERRORS));
    let anothers = stage.client.clusters().create_once(&new(), None).unwrap_err();
    assert_eq!((anothers.effect(), anothers.status()), (Effect::Unknown, Some(202)));
    assert_eq!(stage.sent(), ["POST /v1/clusters"; 3]);
}

#[test]
fn a_create_that_is_refused_with_401_is_sent_again_with_other_credentials_under_its_key() {
    let asked = AtomicU64::new(0);
    let provider = move || Ok(format!("token-{}", asked.fetch_add(1, Ordering::SeqCst)));
    let stage = stage_with(|builder| builder.token_provider(provider));
    for _ in 0..2 {
        stage.wire.answer(401, "{}");
        stage
            .wire
            .answer(202, operation("cluster.create", "RUNNING", NO_ERRORS));
    }
    assert!(stage.client.clusters().create(&new()).accepted().is_some());
    assert!(stage.client.clusters().create_once(&new(), None).is_ok());
    assert_eq!(
        stage.sent(),
        [
            "POST /v1/clusters key",
            "POST /v1/clusters key",
            "POST /v1/clusters",
            "POST /v1/clusters"
        ]
    );
    let requests = stage.wire.requests();
    assert_eq!(
        requests[0].header("idempotency-key"),
        requests[1].header("idempotency-key")
    );
    assert_eq!(requests[0].body, requests[1].body);
    assert_eq!(requests.iter().filter(|request| request.authorized).count(), 4);
}
