//! The caller's position in a trace goes out with every request of a call, and with no request of another one.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use akua_http::retry::Instantly;
use akua_http::transport::scripted::ScriptedTransport;
use akua_http::transport::{FailureKind, Sent};
use akua_http::{Awaited, Client, Collection};
use akua_model::edit::{Outcome, ResumeMode, SavedToken};
use akua_model::{Cluster, ClusterId, ClusterPatch, Traceparent};

const POSITION: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn cluster(name: &str, etag: &str, reconciling: bool) -> String {
    format!(
        r#"{{"id":"clu_1","name":"{name}","workspace_id":"ws_1","state":"active","provider":"managed_kaas",
            "reconciling":{reconciling},"created_at":1,"updated_at":2,"etag":"{etag}"}}"#
    )
}

fn id() -> ClusterId {
    "clu_1".parse().unwrap()
}

fn patch() -> ClusterPatch {
    ClusterPatch::builder().name("ours").build().unwrap()
}

/// What goes out while `work` is at it, as the traces that each request names.
fn traces(script: impl FnOnce(&ScriptedTransport), work: impl FnOnce(Collection<Cluster>)) -> Vec<Option<String>> {
    let wire = Arc::new(ScriptedTransport::new());
    script(&wire);
    let builder = Client::builder().transport(Arc::clone(&wire)).pace(Instantly);
    let asked = AtomicUsize::new(0);
    let fresh = move || Ok(format!("token-{}", asked.fetch_add(1, Ordering::Relaxed)));
    let client = builder.token_provider(fresh).build().unwrap();
    let position: Traceparent = POSITION.parse().unwrap();
    work(client.clusters().traceparent(&position));
    wire.requests().into_iter().map(|request| request.traceparent).collect()
}

fn named(requests: usize) -> Vec<Option<String>> {
    vec![Some(POSITION.to_owned()); requests]
}

#[test]
fn every_attempt_of_a_read_and_every_page_of_a_list() {
    let page = |next: Option<&str>| {
        let next = next.map_or("null".to_owned(), |next| format!("{next:?}"));
        let has_more = next != "null";
        let item = cluster("n", "1", false);
        format!(r#"{{"data":[{item}],"has_more":{has_more},"next_cursor":{next}}}"#)
    };
    let seen = traces(
        |wire| {
            wire.answer(503, "");
            wire.fail(Sent::Unknown, FailureKind::ConnectionLost);
            wire.answer(200, cluster("prod", "42", false));
            wire.answer(200, page(Some("next")));
            wire.answer(200, page(None));
        },
        |clusters| {
            assert_eq!(clusters.get(&id()).unwrap().name, "prod");
            assert_eq!(clusters.list().map(Result::unwrap).count(), 2);
        },
    );
    assert_eq!(seen, named(5));
}

#[test]
fn a_write_and_its_repeat_after_401() {
    let seen = traces(
        |wire| {
            wire.answer(401, "");
            wire.answer(200, cluster("ours", "43", false));
        },
        |clusters| {
            let result = clusters.update(&id(), &"42".parse().unwrap(), &patch());
            assert!(result.is_ok(), "{result:?}");
        },
    );
    assert_eq!(seen, named(2));
}

#[test]
fn every_request_of_an_edit_of_its_settling_and_of_the_wait_after_it() {
    let seen = traces(
        |wire| {
            wire.answer(200, cluster("base", "42", false));
            wire.fail(Sent::Unknown, FailureKind::Timeout);
            wire.answer(200, cluster("ours", "43", true));
            wire.answer(200, cluster("ours", "43", true));
            wire.answer(200, cluster("ours", "44", false));
        },
        |clusters| {
            let edited = clusters.edit(id(), patch()).unwrap();
            let applied = edited.applied().unwrap_or_else(|| panic!("{}", edited.explain()));
            clusters.wait_settled(applied).unwrap();
        },
    );
    assert_eq!(seen, named(5));
}

#[test]
fn a_write_that_is_settled_later() {
    let kept = Arc::new(std::sync::Mutex::new(None));
    let keep = Arc::clone(&kept);
    let seen = traces(
        |wire| wire.answer(200, cluster("ours", "43", false)),
        |clusters| {
            let seen: Cluster = serde_json::from_str(&cluster("base", "42", false)).unwrap();
            let tries = clusters.clone().keep_resume_token(move |token| {
                *keep.lock().unwrap() = Some(token.clone());
                Err("not now".into())
            });
            assert!(matches!(
                tries.edit(&seen, patch()).unwrap().outcome,
                Outcome::NotApplied(_)
            ));
            let Some(SavedToken::Edit(token)) = kept.lock().unwrap().take() else {
                panic!("no token of an edit was kept")
            };
            let edited = clusters
                .resolve(&token, ResumeMode::Finish, &akua_model::Secrets::none())
                .unwrap();
            assert_eq!(edited.requests(), 1);
        },
    );
    assert_eq!(seen, named(1));
}

#[test]
fn a_call_without_a_position_names_no_trace() {
    let wire = Arc::new(ScriptedTransport::new());
    wire.answer(200, cluster("n", "1", false));
    wire.answer(200, cluster("n", "1", false));
    let client = Client::builder()
        .token("t")
        .transport(Arc::clone(&wire))
        .build()
        .unwrap();
    let with = client.clusters().traceparent(&POSITION.parse().unwrap());
    with.wait_settled(Awaited::of(&id())).unwrap();
    client.clusters().get(&id()).unwrap();
    let requests = wire.requests();
    assert_eq!(requests[0].traceparent.as_deref(), Some(POSITION));
    assert_eq!(requests[1].traceparent, None);
}

#[test]
fn only_the_form_of_the_standard_gets_in() {
    let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    for (text, fits) in [
        (format!("00-{trace}-{parent}-01"), true),
        (format!("00-{trace}-{parent}-00"), true),
        (format!("cc-{trace}-{parent}-ff"), true),
        (format!("ff-{trace}-{parent}-01"), false),
        (format!("00-{trace}-{parent}"), false),
        (format!("00-{trace}-{parent}-01-what"), false),
        (format!("00-{trace}-{parent}-1"), false),
        (format!("00-{parent}-{trace}-01"), false),
        (format!("00-{}-{parent}-01", trace.to_uppercase()), false),
        (format!("00-{}-{parent}-01", "0".repeat(32)), false),
        (format!("00-{trace}-{}-01", "0".repeat(16)), false),
        (format!("00-{trace}-{parent}-0g"), false),
        (format!("00-{trace}-{parent}-01\r\n"), false),
        (format!(" 00-{trace}-{parent}-01"), false),
        (format!("00_{trace}_{parent}_01"), false),
        (format!("00-{trace}-{}-01", "é".repeat(8)), false),
        (String::new(), false),
    ] {
        assert_eq!(Traceparent::try_from(text.as_str()).is_ok(), fits, "{text:?}");
    }
}
