//! Compute settings: an etag of their own, and a PATCH without a key.

use akua_sim::{Effect, Fault, Matcher};
use serde_json::{Value, json};

use crate::harness::Harness;

const TARGET: &str = "/v1/clusters/clu_1/compute_settings";

fn etag(harness: &mut Harness) -> String {
    let shown = harness.get(TARGET).answer.json();
    shown["etag"].as_str().unwrap().to_owned()
}

#[test]
fn settings_are_written_by_other_names_than_they_are_read() {
    let mut harness = Harness::new();
    let first = harness.get(TARGET).answer.json();
    assert_eq!(
        (&first["auto_scaling"], &first["max_machines"]),
        (&json!("active"), &json!(10))
    );
    let before = etag(&mut harness);
    let patch = harness.patch(TARGET, &before, json!({"auto_scaling_enabled": false}));
    harness.now = 2_000;
    let written = harness.send(&patch);
    let shown = written.answer.json();
    assert_eq!(
        (&shown["auto_scaling"], &shown["max_machines"]),
        (&json!("paused"), &json!(10))
    );
    assert_eq!(shown["updated_at"], 1_700_000_002);
    assert_ne!(shown["etag"], json!(before));
    let Effect::SettingsApplied { id, version, etag } = written.effect else {
        panic!("{written:?}")
    };
    assert_eq!((id.as_str(), version, json!(etag)), ("clu_1", 2, shown["etag"].clone()));
    assert_eq!(harness.get(TARGET).answer.json(), shown);
    assert_eq!(harness.current().etag, "42", "the cluster's etag is another");
    // Another cluster's settings are its own.
    let elsewhere = harness.get("/v1/clusters/clu_2/compute_settings").answer.json();
    assert_eq!(elsewhere["auto_scaling"], "active");
}

#[test]
fn settings_are_compared_before_they_are_written() {
    let mut harness = Harness::new();
    let current = etag(&mut harness);
    let patch = |harness: &mut Harness, etag: &str, body: Value| {
        let request = harness.patch(TARGET, etag, body);
        harness.send(&request).answer
    };
    let stale = patch(&mut harness, "42", json!({"max_machines": 1}));
    assert_eq!(
        (stale.status, &stale.json()["errors"][0]["metadata"]["current_etag"]),
        (409, &json!(current))
    );
    for body in [
        json!({}),
        json!({"max_machines": null}),
        json!({"max_machines": 101}),
        json!({"max_machines": -1}),
        json!({"auto_scaling_enabled": "yes"}),
        json!({"auto_scaling": "paused"}),
    ] {
        assert_eq!(patch(&mut harness, &current, body.clone()).status, 422, "{body}");
    }
    assert_eq!(patch(&mut harness, &current, json!([])).status, 400);
    let missing = harness.request("PATCH", TARGET).with_body(r#"{"max_machines":1}"#);
    assert_eq!(harness.send(&missing).answer.status, 400);
    let both = json!({"max_machines": 100, "auto_scaling_enabled": null});
    assert_eq!(patch(&mut harness, &current, both).json()["max_machines"], 100);
    let gone = harness.patch(
        "/v1/clusters/clu_9/compute_settings",
        &current,
        json!({"max_machines": 1}),
    );
    assert_eq!(harness.send(&gone).answer.status, 404);
    let post = harness.bare("POST", TARGET, None).answer;
    assert_eq!((post.status, post.header("allow")), (405, Some("GET, HEAD, PATCH")));
}

#[test]
fn faults_meet_settings_too() {
    let mut harness = Harness::new();
    let current = etag(&mut harness);
    harness
        .world
        .inject(Fault::after(503).on(Matcher::method("PATCH")))
        .unwrap();
    let patch = harness.patch(TARGET, &current, json!({"max_machines": 3}));
    assert_eq!(harness.send(&patch).answer.status, 503);
    assert_eq!(harness.get(TARGET).answer.json()["max_machines"], 3);
    harness.world.reset(0);
    assert_eq!(harness.get(TARGET).answer.json()["max_machines"], 10);
}
