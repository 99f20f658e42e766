//! What goes out, to the byte.

use akua_http::cancel::Cancel;
use akua_http::{Client, Effect, Error, ErrorKind};
use akua_model::http::Method;
use akua_model::{Cluster, ClusterPatch, WorkspacePatch};
use std::time::Duration;

use crate::{client, cluster, read, rename, scripted};

#[test]
fn a_read_is_one_get() {
    let (wire, client) = client();
    wire.answer(200, cluster("clu_1", "prod", "42"));
    assert_eq!(read(&client).unwrap().name, "prod");
    let [request] = <[_; 1]>::try_from(wire.requests()).unwrap();
    assert_eq!(
        (request.method, request.path.as_str()),
        (Method::Get, "/v1/clusters/clu_1")
    );
    assert!(request.headers.is_empty() && request.body.is_empty() && request.authorized);
}

#[test]
fn an_update_is_one_conditional_patch() {
    let (wire, client) = client();
    wire.answer(200, cluster("clu_1", "prod-eu", "43"));
    assert_eq!(rename(&client).unwrap().etag.as_str(), "43");
    let [request] = <[_; 1]>::try_from(wire.requests()).unwrap();
    assert_eq!(
        (request.method, request.path.as_str()),
        (Method::Patch, "/v1/clusters/clu_1")
    );
    let expected = [("content-type", "application/json"), ("if-match", "42")];
    assert_eq!(
        request.headers,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert_eq!(request.body, br#"{"name":"prod-eu"}"#);
}

#[test]
fn a_key_is_sent_only_if_the_caller_gives_one_and_the_context_of_the_call_wins() {
    let (wire, builder, _) = scripted();
    let client = builder.context("ws_client".parse().unwrap()).build().unwrap();
    wire.answer(200, cluster("clu_1", "prod-eu", "43"));
    wire.answer(200, cluster("clu_1", "prod-eu", "43"));
    let patch = ClusterPatch::builder().region_id("reg_2").build().unwrap();
    let (id, if_match, key) = (
        "clu_1".parse().unwrap(),
        "42".parse().unwrap(),
        "move-1".parse().unwrap(),
    );
    client.clusters().update_with_key(&id, &if_match, &patch, &key).unwrap();
    client
        .clusters()
        .context(&"ws_call".parse().unwrap())
        .update(&id, &if_match, &patch)
        .unwrap();
    let requests = wire.requests();
    assert_eq!(requests[0].header("idempotency-key"), Some("move-1"));
    assert_eq!(requests[0].header("akua-context"), Some("ws_client"));
    assert_eq!(requests[1].header("idempotency-key"), None);
    assert_eq!(requests[1].header("akua-context"), Some("ws_call"));
}

#[test]
fn a_workspace_is_updated_the_same_way() {
    let (wire, client) = client();
    wire.answer(
        200,
        r#"{"id":"ws_1","name":"n","slug":"team-blue","plan":{},"created_at":"2023-11-07T05:31:56Z","updated_at":1,"etag":"8"}"#,
    );
    let patch = WorkspacePatch::builder().slug("team-blue").build().unwrap();
    let workspace = client
        .workspaces()
        .update(&"ws_1".parse().unwrap(), &"7".parse().unwrap(), &patch)
        .unwrap();
    assert_eq!(workspace.slug, "team-blue");
    assert_eq!(wire.requests()[0].path, "/v1/workspaces/ws_1");
    assert_eq!(wire.requests()[0].body, br#"{"slug":"team-blue"}"#);
}

#[test]
fn a_call_that_is_over_before_it_begins_sends_nothing() {
    let (wire, client) = client();
    let cancel = Cancel::new();
    cancel.cancel();
    let id = "clu_1".parse().unwrap();
    let patch = ClusterPatch::builder().name("x").build().unwrap();
    let cancelled = client
        .clusters()
        .cancel(&cancel)
        .update(&id, &"42".parse().unwrap(), &patch)
        .unwrap_err();
    assert_eq!(
        (cancelled.kind(), cancelled.effect()),
        (ErrorKind::Cancelled, Effect::NotSent)
    );
    let late = client.clusters().timeout(Duration::ZERO).get(&id).unwrap_err();
    assert_eq!((late.kind(), late.effect()), (ErrorKind::Timeout, Effect::NotSent));
    assert!(wire.requests().is_empty());
}

#[test]
fn clients_and_their_values_cross_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<Client>();
    crosses::<Error>();
    crosses::<akua_http::Collection<Cluster>>();
    crosses::<akua_http::Items<Cluster>>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}
