//! The switches of the contract: both readings of each point.

use crate::harness::{Harness, applied};
use akua_sim::{Effect, Kind, Write};
use serde_json::{Value, json};

#[test]
fn a_missing_if_match_is_400_or_428() {
    for status in [400, 428] {
        let mut harness = Harness::switched(json!({"missing_if_match": status}));
        let request = harness.request("PATCH", "/v1/clusters/clu_1").with_body("{}");
        assert_eq!(harness.send(&request).answer.status, status);
    }
}

#[test]
fn the_current_etag_has_any_name_or_none() {
    let mut harness = Harness::switched(json!({"etag_metadata_key": "etag"}));
    assert_eq!(
        harness.rename("1", "n").answer.json()["errors"][0]["metadata"],
        json!({"etag": "42"})
    );
    let mut harness = Harness::switched(json!({"conflict_names_etag": false}));
    let error = harness.rename("1", "n").answer.json();
    assert!(error["errors"][0].get("metadata").is_none());
}

#[test]
fn errors_have_two_shapes() {
    let mut harness = Harness::switched(json!({"envelope": "error_object"}));
    for (verdict, code) in [
        (harness.rename("1", "n"), "aborted"),
        (harness.get("/v1/clusters/x"), "not_found"),
    ] {
        let error = verdict.answer.json();
        assert_eq!(error["error"]["code"], code);
        assert!(error["error"]["message"].is_string() && error.get("errors").is_none());
    }
}

#[test]
fn invalid_bodies_have_a_status_per_kind() {
    let mut harness = Harness::new();
    let cluster = harness.patch("/v1/clusters/clu_1", "42", json!({"name": ""}));
    let workspace = harness.patch("/v1/workspaces/ws_1", "8", json!({"name": ""}));
    assert_eq!(harness.send(&cluster).answer.status, 400);
    assert_eq!(harness.send(&workspace).answer.status, 422);
    let mut harness = Harness::switched(json!({"invalid_cluster": 422}));
    let verdict = harness.send(&cluster.clone().with_header("authorization", "x"));
    assert_eq!(verdict.answer.status, 401);
    let cluster = harness.patch("/v1/clusters/clu_1", "42", json!({"name": ""}));
    assert_eq!(harness.send(&cluster).answer.status, 422);
}

#[test]
fn etags_may_come_back_with_their_content() {
    let mut harness = Harness::switched(json!({"etags": "content"}));
    let etag = harness.current().etag;
    let second = harness.rename(&etag, "other").answer.json();
    let third = harness
        .rename(second["etag"].as_str().unwrap(), "cluster 1")
        .answer
        .json();
    assert_eq!(third["etag"], json!(etag));
    // The old etag opens the door again: that is what makes this contract weak.
    assert_eq!(harness.rename(&etag, "again").answer.status, 200);
}

#[test]
fn an_etag_may_not_cover_what_cannot_be_read() {
    for (covers, etag) in [(true, "43"), (false, "42")] {
        let mut harness = Harness::switched(json!({"etag_covers_write_only": covers}));
        let request = harness.patch("/v1/clusters/clu_1", "42", json!({"region_id": "reg_2"}));
        let verdict = harness.send(&request);
        assert_eq!(verdict.answer.json()["etag"], etag);
        assert_eq!(applied(&verdict), 2);
    }
}

#[test]
fn a_write_of_what_already_is_may_leave_the_etag() {
    for (moves, etag) in [(true, "43"), (false, "42")] {
        let mut harness = Harness::switched(json!({"unchanged_patch_moves_etag": moves}));
        let verdict = harness.rename("42", "cluster 1");
        assert_eq!(
            (verdict.answer.status, &verdict.answer.json()["etag"]),
            (200, &json!(etag))
        );
        assert_eq!(verdict.effect.is_applied(), moves);
        if !moves {
            assert_eq!(verdict.effect, Effect::Unchanged {});
        }
    }
}

#[test]
fn a_key_repeats_its_answer() {
    let mut harness = Harness::new();
    let first = harness.keyed("k", "42", json!({"name": "a"}));
    harness
        .world
        .write(0, Write::set(Kind::Cluster, "clu_1", "name", "theirs"))
        .unwrap();
    let again = harness.keyed("k", "42", json!({"name": "a"}));
    assert_eq!(again.effect, Effect::Replayed { of: 1 });
    assert_eq!((again.answer.status, &again.answer.body), (200, &first.answer.body));
    assert_ne!(again.answer.header("x-request-id"), first.answer.header("x-request-id"));
    assert_eq!(harness.current().fields["name"], "theirs");

    let mut harness = Harness::switched(json!({"replay_body": "current"}));
    harness.keyed("k", "42", json!({"name": "a"}));
    harness
        .world
        .write(0, Write::set(Kind::Cluster, "clu_1", "name", "theirs"))
        .unwrap();
    assert_eq!(
        harness.keyed("k", "42", json!({"name": "a"})).answer.json()["name"],
        "theirs"
    );
}

#[test]
fn a_key_belongs_to_one_body_and_one_cluster() {
    let mut harness = Harness::new();
    harness.keyed("k", "42", json!({"name": "a"}));
    let other_body = harness.keyed("k", "43", json!({"name": "b"}));
    assert_eq!((other_body.answer.status, other_body.effect), (409, Effect::Nothing));
    let elsewhere = harness
        .patch("/v1/clusters/clu_2", "1042", json!({"name": "a"}))
        .with_header("idempotency-key", "k");
    assert_eq!(harness.send(&elsewhere).answer.status, 409);
    assert_eq!(harness.keyed("", "43", json!({})).answer.status, 400);
    assert_eq!(harness.keyed(&"k".repeat(65), "43", json!({})).answer.status, 400);
    assert_eq!(harness.keyed(&"k".repeat(64), "43", json!({})).answer.status, 200);
}

#[test]
fn keys_do_not_count_on_workspaces() {
    let mut harness = Harness::new();
    let request = harness
        .patch("/v1/workspaces/ws_1", "8", json!({"name": "a"}))
        .with_header("idempotency-key", &"k".repeat(99));
    assert_eq!(harness.send(&request).answer.status, 200);
    assert_eq!(harness.send(&request).answer.status, 409);
}

#[test]
fn keys_may_not_be_honoured() {
    let mut harness = Harness::switched(json!({"keys_honoured": false}));
    harness.keyed("k", "42", json!({"name": "a"}));
    assert_eq!(harness.keyed("k", "42", json!({"name": "a"})).answer.status, 409);
    assert_eq!(harness.keyed("k", "43", json!({"name": "b"})).answer.status, 200);
}

#[test]
fn a_key_may_be_looked_up_after_the_etag() {
    let mut harness = Harness::switched(json!({"key_checked_before_if_match": false}));
    harness.keyed("k", "42", json!({"name": "a"}));
    // The echo of one's own write: 409, although the write landed.
    assert_eq!(harness.keyed("k", "42", json!({"name": "a"})).answer.status, 409);
    let replay = harness.keyed("k", "43", json!({"name": "a"}));
    assert_eq!(replay.effect, Effect::Replayed { of: 1 });
}

#[test]
fn a_key_is_forgotten_in_time() {
    let mut harness = Harness::switched(json!({"key_retention_ms": 1000}));
    harness.keyed("k", "42", json!({"name": "a"}));
    harness.now = 999;
    assert_eq!(harness.keyed("k", "42", json!({"name": "a"})).answer.status, 200);
    harness.now = 1000;
    assert_eq!(harness.keyed("k", "42", json!({"name": "a"})).answer.status, 409);
    assert_eq!(applied(&harness.keyed("k", "43", json!({"name": "b"}))), 3);
}

#[test]
fn a_rejection_may_be_kept_under_its_key() {
    for stores in [false, true] {
        let mut harness = Harness::switched(json!({"stores_rejections_per_key": stores}));
        assert_eq!(harness.keyed("k", "41", json!({"name": "a"})).answer.status, 409);
        let again = harness.keyed("k", "42", json!({"name": "a"}));
        assert_eq!(again.answer.status, if stores { 409 } else { 200 });
        assert_eq!(again.effect.is_applied(), !stores);
    }
}

#[test]
fn a_reused_key_stays_with_its_first_request() {
    let mut harness = Harness::switched(json!({"stores_rejections_per_key": true}));
    harness.keyed("k", "42", json!({"name": "a"}));
    assert_eq!(harness.keyed("k", "43", json!({"name": "b"})).answer.status, 409);
    assert_eq!(
        harness.keyed("k", "42", json!({"name": "a"})).effect,
        Effect::Replayed { of: 1 }
    );
}

#[test]
fn optional_properties_can_be_missing_and_others_appear() {
    let mut harness = Harness::switched(json!({
        "html_url": false, "workspace_class": false, "billed_by": false, "freshness": false,
        "workspace_created_at": "rfc3339",
        "extra_properties": {"labels": {"a": 1}},
    }));
    let cluster = harness.get("/v1/clusters/clu_1").answer.json();
    assert_eq!((cluster.get("html_url"), &cluster["labels"]), (None, &json!({"a": 1})));
    assert_eq!(cluster["created_at"], 1_700_000_000);
    let workspace = harness.get("/v1/workspaces/ws_1").answer.json();
    assert_eq!(workspace["created_at"], "2023-11-14T22:13:20Z");
    assert_eq!(
        (workspace.get("workspace_class"), &workspace["plan"]),
        (None, &json!({"tier": "free"}))
    );
    assert_eq!(harness.get("/v1/clusters").answer.json()["data"][0]["labels"]["a"], 1);
    let capabilities = harness.get("/v1/clusters/clu_1/capabilities").answer.json();
    assert_eq!(
        (capabilities.get("freshness"), &capabilities["labels"]),
        (None, &json!({"a": 1}))
    );
    // Added properties are no part of the state.
    assert!(!harness.current().fields.contains_key("labels"));
}

#[test]
fn another_writer_may_set_what_no_document_knows() {
    let mut harness = Harness::new();
    harness
        .world
        .write(0, Write::set(Kind::Cluster, "clu_1", "state", "hibernating"))
        .unwrap();
    let empty = Write {
        kind: Kind::Cluster,
        id: "clu_1".into(),
        set: serde_json::Map::new(),
    };
    assert_eq!(harness.world.write(0, empty).unwrap().etag, "44");
    let shown = harness.get("/v1/clusters/clu_1").answer.json();
    assert_eq!(shown["state"], "hibernating");
    assert_ne!(shown["name"], Value::Null);
}
