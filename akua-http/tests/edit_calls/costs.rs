//! What an edit without trouble costs.

use akua_model::edit::{FieldState, Outcome, Proof};
use akua_model::{ClusterPatch, WorkspacePatch};

use crate::{applied, cluster, conflict, id, seen, seen_workspace, stage, to_ours, workspace};

#[test]
fn with_the_version_that_the_caller_has_it_is_one_patch() {
    let stage = stage();
    stage.wire.answer(200, cluster("ours", "43"));
    let edited = stage.rename();
    let applied = applied(&edited);
    assert_eq!((applied.proof, applied.etag.as_str()), (Proof::Acknowledged, "43"));
    assert_eq!(applied.resource.as_ref().unwrap().name, "ours");
    assert_eq!((edited.requests(), stage.wire.requests().len()), (1, 1));

    let request = &stage.wire.requests()[0];
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("PATCH", "/v1/clusters/clu_1")
    );
    let headers = [
        ("content-type", "application/json"),
        ("if-match", "42"),
        ("idempotency-key", "00000000000000320000000000000001"),
    ];
    let mut sent: Vec<(&str, &str)> = request.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    sent.sort_unstable();
    let mut expected = headers.to_vec();
    expected.sort_unstable();
    assert_eq!(sent, expected);
    assert_eq!(request.body, br#"{"name":"ours"}"#);
    assert!(request.authorized);
}

#[test]
fn with_an_id_it_is_one_get_and_one_patch() {
    let stage = stage();
    stage.wire.answer(200, cluster("base", "42"));
    stage.wire.answer(200, cluster("ours", "43"));
    let edited = stage.client.clusters().edit(id(), to_ours()).unwrap();
    applied(&edited);
    assert_eq!(stage.sent(), ["GET", "PATCH 42"]);
    assert_eq!(edited.requests(), 2);
}

#[test]
fn a_closure_costs_the_same() {
    let stage = stage();
    stage.wire.answer(200, cluster("ours", "43"));
    applied(
        &stage
            .client
            .clusters()
            .edit_with(seen(), |_| Ok(Some(to_ours())))
            .unwrap(),
    );
    assert_eq!(stage.sent(), ["PATCH 42"]);

    stage.wire.answer(200, cluster("base", "42"));
    stage.wire.answer(200, cluster("ours", "43"));
    applied(
        &stage
            .client
            .clusters()
            .edit_with(id(), |_| Ok(Some(to_ours())))
            .unwrap(),
    );
    assert_eq!(stage.sent(), ["PATCH 42", "GET", "PATCH 42"]);
}

#[test]
fn a_workspace_takes_no_key_and_a_context_goes_along() {
    let stage = stage();
    stage.wire.answer(200, workspace("ours", "the-slug", "9"));
    let patch = WorkspacePatch::builder().name("ours").slug("the-slug").build().unwrap();
    let workspaces = stage.client.workspaces().context(&"ws_1".parse().unwrap());
    applied(&workspaces.edit(seen_workspace(), patch).unwrap());
    let request = &stage.wire.requests()[0];
    assert_eq!(request.path, "/v1/workspaces/ws_1");
    assert_eq!(request.header("idempotency-key"), None);
    assert_eq!(
        (request.header("if-match"), request.header("akua-context")),
        (Some("8"), Some("ws_1"))
    );
    assert_eq!(request.body, br#"{"name":"ours","slug":"the-slug"}"#);
}

#[test]
fn a_patch_equal_to_the_version_passed_in_is_one_get() {
    let stage = stage();
    let unchanged = ClusterPatch::builder().name("base").build().unwrap();
    // Whether or not another field has changed meanwhile.
    for etag in ["42", "50"] {
        stage.wire.answer(200, cluster("base", etag));
        let edited = stage.client.clusters().edit(seen(), unchanged.clone()).unwrap();
        assert!(matches!(&edited.outcome, Outcome::Unchanged(now) if now.etag.as_str() == etag));
        assert!(!edited.outcome.may_have_taken_effect());
        assert_eq!(edited.resource().unwrap().etag.as_str(), etag);
    }
    assert_eq!(stage.sent(), ["GET", "GET"]);
}

#[test]
fn that_get_may_show_that_it_is_not_so_any_more() {
    let stage = stage();
    let unchanged = ClusterPatch::builder().name("base").build().unwrap();
    stage.wire.answer(200, cluster("theirs", "43"));
    let edited = stage.client.clusters().edit(seen(), unchanged).unwrap();
    assert_eq!(conflict(&edited).fields[0].state, Some(FieldState::Conflicting));
    assert_eq!(stage.sent(), ["GET"]);
}

#[test]
fn with_an_id_a_patch_that_changes_nothing_is_one_get() {
    let stage = stage();
    stage.wire.answer(200, cluster("ours", "42"));
    let edited = stage.client.clusters().edit(id(), to_ours()).unwrap();
    assert!(matches!(edited.outcome, Outcome::Unchanged(_)));
    assert_eq!(stage.sent(), ["GET"]);
}

#[test]
fn what_can_not_be_read_back_is_always_sent() {
    let stage = stage();
    stage.wire.answer(200, cluster("base", "43"));
    let region = ClusterPatch::builder()
        .name("base")
        .region_id("reg_eu")
        .build()
        .unwrap();
    applied(&stage.client.clusters().edit(seen(), region).unwrap());
    assert_eq!(stage.sent(), ["PATCH 42"]);
}

#[test]
fn the_etag_passed_in_must_be_one_that_guards() {
    let stage = stage();
    for etag in ["", "*", "a\\nb"] {
        let cluster = serde_json::from_str::<akua_model::Cluster>(&cluster("base", etag)).unwrap();
        let error = stage.client.clusters().edit(&cluster, to_ours()).unwrap_err();
        assert_eq!(error.kind(), akua_http::ErrorKind::InvalidInput);
        assert_eq!(error.effect(), akua_http::Effect::NotSent);
    }
    // One that is only read is an outcome, and nothing was written either.
    stage.wire.answer(200, cluster("base", "*"));
    let edited = stage.client.clusters().edit(id(), to_ours()).unwrap();
    assert_eq!(crate::not_sent(&edited).0, akua_model::edit::Cause::UnusableEtag);
    assert_eq!(stage.sent(), ["GET"]);
}
