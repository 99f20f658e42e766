//! Capabilities: nothing is known of them until a refresh has ended well.

use akua_sim::Fault;
use serde_json::{Value, json};

use crate::harness::Harness;

const TARGET: &str = "/v1/clusters/clu_1/capabilities";

fn shown(harness: &mut Harness) -> Value {
    harness.get(TARGET).answer.json()
}

fn freshness(harness: &mut Harness) -> Value {
    shown(harness)["freshness"].clone()
}

#[test]
fn a_refresh_needs_no_etag_and_moves_none() {
    let mut harness = Harness::new();
    let before = shown(&mut harness);
    assert_eq!(
        (&before["freshness"]["state"], &before["nodes"]),
        (&json!("missing"), &json!([]))
    );
    let accepted = harness.bare("POST", &format!("{TARGET}%3Arefresh"), None);
    assert_eq!(accepted.answer.status, 202);
    assert_eq!(
        accepted.answer.json()["metadata"]["type"],
        "cluster.capabilities.refresh"
    );
    assert_eq!(freshness(&mut harness)["last_refresh_status"], "RUNNING");
    harness.now += 5_000;
    harness.bare("POST", "/v1/operations/op_1:wait", None);
    let after = shown(&mut harness);
    assert_eq!(
        after["freshness"],
        json!({
            "state": "fresh", "max_age_seconds": 300, "age_seconds": 0, "last_successful_at": 1_700_000_005,
            "last_refresh_status": "SUCCESS", "last_refresh_error": null,
        })
    );
    assert_eq!(harness.history().len(), 1, "the cluster's versions are its own");
    assert!(after.get("etag").is_none() && after.get("cluster_id").is_none());

    harness.now += 300_000;
    let aged = freshness(&mut harness);
    assert_eq!((&aged["state"], &aged["age_seconds"]), (&json!("fresh"), &json!(300)));
    harness.now += 1_000;
    assert_eq!(freshness(&mut harness)["state"], "stale");
    let elsewhere = harness.get("/v1/clusters/clu_2/capabilities").answer.json();
    assert_eq!(elsewhere["freshness"]["state"], "missing");
    assert_eq!(harness.get("/v1/clusters/clu_9/capabilities").answer.status, 404);
}

#[test]
fn a_refresh_tells_what_it_came_to() {
    let mut harness = Harness::new();
    let mut refreshed = |ends: &Value| {
        let fault: Fault = serde_json::from_value(json!({ "ends": ends })).unwrap();
        harness.world.inject(fault).unwrap();
        let accepted = harness.bare("POST", &format!("{TARGET}:refresh"), None).answer.json();
        let running = freshness(&mut harness);
        assert_eq!(
            (&running["last_refresh_status"], &running["last_refresh_error"]),
            (&json!("RUNNING"), &Value::Null)
        );
        let id = accepted["id"].as_str().unwrap();
        harness.bare("POST", &format!("/v1/operations/{id}:wait"), None);
        shown(&mut harness)
    };
    let (succeed, cancelled) = (json!("succeed"), json!({"cancel": {}}));
    let failed = json!({"fail": {"message": "no route"}});
    let all_the_same = json!({"fail": {"message": "too late", "leaves": "as_wanted"}});
    for (ends, state, status, error) in [
        (&cancelled, "missing", Value::Null, Value::Null),
        (&failed, "missing", json!("FAILED"), json!("no route")),
        (&cancelled, "missing", json!("FAILED"), json!("no route")),
        (&all_the_same, "fresh", json!("FAILED"), json!("too late")),
        (&succeed, "fresh", json!("SUCCESS"), Value::Null),
        (&failed, "fresh", json!("FAILED"), json!("no route")),
        (&succeed, "fresh", json!("SUCCESS"), Value::Null),
    ] {
        let shown = refreshed(ends);
        let freshness = &shown["freshness"];
        let told = (&freshness["last_refresh_status"], &freshness["last_refresh_error"]);
        assert_eq!(
            (&freshness["state"], told),
            (&json!(state), (&status, &error)),
            "{ends}"
        );
        let known = !shown["api_groups"].as_array().unwrap().is_empty();
        assert_eq!(known, state == "fresh", "{ends}");
    }
}
