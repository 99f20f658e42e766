//! Worker bootstraps: a collection below each cluster, secrets in one answer alone, and a revoke.

use akua_sim::{Create, Effect, Kind, Launch};
use serde_json::json;

use crate::harness::{Harness, created, refused};

const ALL: &str = "/v1/clusters/clu_1/worker_bootstraps";

fn etag(harness: &mut Harness, id: &str) -> String {
    let shown = harness.get(&format!("{ALL}/{id}")).answer.json();
    shown["etag"].as_str().unwrap().to_owned()
}

#[test]
fn a_create_shows_secrets_that_no_later_answer_has() {
    let mut harness = Harness::new();
    let made = harness.post(ALL, Some("k"), &json!({"ttl_seconds": 3600}));
    assert_eq!((made.answer.status, created(&made)), (201, "wbs_1".to_owned()));
    assert_eq!(made.answer.header("location"), Some(format!("{ALL}/wbs_1").as_str()));
    let shown = made.answer.json();
    for secret in ["token", "command", "cloud_init", "artifacts"] {
        assert!(shown[secret].to_string().contains("joins-nothing-wbs_1"), "{secret}");
    }
    let read = harness.get(&format!("{ALL}/wbs_1")).answer.json();
    assert_eq!(read, json!({"id": "wbs_1", "etag": shown["etag"]}));
    let page = harness.get(ALL).answer.json();
    assert_eq!(page["data"], json!([read]));
    let Effect::Created(creation) = made.effect else {
        panic!()
    };
    assert_eq!(
        (creation.create, creation.operation),
        (Create::CreateWorkerBootstrap, None)
    );
    // Nothing is promised of its key.
    assert_eq!(
        created(&harness.post(ALL, Some("k"), &json!({"ttl_seconds": 3600}))),
        "wbs_2"
    );
}

#[test]
fn each_cluster_has_its_own() {
    let mut harness = Harness::new();
    let other = "/v1/clusters/clu_2/worker_bootstraps";
    harness.post(ALL, None, &json!({}));
    harness.post(other, None, &json!({}));
    harness.post(ALL, None, &json!({}));
    assert_eq!(harness.listed(ALL), ["wbs_1", "wbs_3"]);
    assert_eq!(harness.listed(other), ["wbs_2"]);
    assert_eq!(harness.listed(&format!("{ALL}?limit=1")), ["wbs_1"]);
    for gone in [
        format!("{other}/wbs_1"),
        "/v1/clusters/clu_9/worker_bootstraps".to_owned(),
    ] {
        assert_eq!(harness.get(&gone).answer.status, 404, "{gone}");
    }
    let nowhere = harness.post("/v1/clusters/clu_9/worker_bootstraps", None, &json!({}));
    assert_eq!(nowhere.answer.status, 404);
    let elsewhere = harness.bare("POST", &format!("{other}/wbs_1:revoke"), Some("300"));
    assert_eq!(elsewhere.answer.status, 404);
    for seconds in [59, 86_401] {
        let refused = harness.post(ALL, None, &json!({"ttl_seconds": seconds}));
        assert_eq!(
            refused.answer.json()["errors"][0]["path"],
            json!(["body", "ttl_seconds"])
        );
    }
    assert_eq!(
        harness.bare("PATCH", &format!("{ALL}/wbs_1"), Some("1")).answer.status,
        405
    );
}

#[test]
fn a_revoke_compares_its_own_etag_and_its_operation_removes_it() {
    let mut harness = Harness::new();
    harness.post(ALL, None, &json!({}));
    let (target, current) = (format!("{ALL}/wbs_1:revoke"), etag(&mut harness, "wbs_1"));
    assert_eq!(
        refused(&harness.bare("POST", &target, Some("42"))),
        (409, json!(current))
    );
    assert_eq!(harness.bare("POST", &target, None).answer.status, 400);
    let accepted = harness.bare("POST", &target, Some(&current));
    let operation = accepted.answer.json();
    assert_eq!((accepted.answer.status, &operation["owner_id"]), (202, &json!("clu_1")));
    assert_eq!(
        (&operation["owner_type"], &operation["metadata"]),
        (
            &json!("cluster"),
            &json!({"type": "cluster.worker_bootstrap.revoke", "cluster_id": "clu_1", "worker_bootstrap_id": "wbs_1"})
        )
    );
    let Effect::Accepted(acceptance) = accepted.effect else {
        panic!()
    };
    assert_eq!(acceptance.launch, Launch::RevokeWorkerBootstrap);
    assert_ne!(etag(&mut harness, "wbs_1"), current, "its acceptance moves the etag");
    assert_eq!(harness.bare("POST", &target, Some(&current)).answer.status, 409);
    let id = operation["id"].as_str().unwrap();
    harness
        .world
        .advance_operation(0, id, akua_sim::Until::End, None)
        .unwrap();
    assert_eq!(harness.get(&format!("{ALL}/wbs_1")).answer.status, 404);
    assert_eq!(
        harness.get(&format!("/v1/operations/{id}")).answer.json()["response"],
        json!({})
    );
    assert!(
        harness
            .world
            .history(0, Kind::WorkerBootstrap, "wbs_1")
            .unwrap()
            .pop()
            .unwrap()
            .deleted
    );
}
