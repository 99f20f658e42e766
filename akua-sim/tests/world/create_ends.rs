//! How the operation of a create ends, what it leaves behind, and when lists show it.

use akua_sim::{Create, Fault, Kind, Matcher, Until};
use serde_json::{Value, json};

use crate::harness::{Harness, created};

/// Lets the operation end, and reads what it says then.
fn ended(harness: &mut Harness, id: &str) -> Value {
    harness
        .world
        .advance_operation(harness.now, id, Until::End, None)
        .unwrap();
    harness.get(&format!("/v1/operations/{id}")).answer.json()
}

fn state(harness: &mut Harness) -> Value {
    let cluster = harness.get("/v1/clusters/clu_4").answer;
    let shown = cluster.json();
    match cluster.status {
        200 => json!([shown["state"], shown["reconciling"]]),
        status => json!(status),
    }
}

#[test]
fn a_create_fails_with_or_without_a_remainder() {
    for (leaves, remains) in [
        ("as_it_was", json!(404)),
        ("half_done", json!(["provisioning", false])),
        ("as_wanted", json!(["active", false])),
    ] {
        for step in [1, 2] {
            let mut harness = Harness::new();
            let ends = json!({"fail": {"step": step, "message": "no machines", "leaves": leaves}});
            let fault = Fault::ends(serde_json::from_value(ends).unwrap());
            harness
                .world
                .inject(fault.on(Matcher::create(Create::CreateCluster)))
                .unwrap();
            harness.create("n");
            for _ in 1..step {
                assert_eq!(harness.get("/v1/operations/op_1").answer.json()["done"], false);
                assert_eq!(state(&mut harness), json!(["pending", true]));
            }
            let operation = harness.get("/v1/operations/op_1").answer.json();
            assert_eq!(
                (
                    &operation["state"],
                    &operation["error"]["message"],
                    &operation["response"]
                ),
                (&json!("FAILED"), &json!("no machines"), &Value::Null)
            );
            assert_eq!(operation["owner_id"], "clu_4");
            assert_eq!(operation["steps"][step - 1]["status"], "failed");
            assert_eq!(state(&mut harness), remains, "{leaves}");
            let listed = harness.listed("/v1/clusters").contains(&"clu_4".to_owned());
            assert_eq!(listed, leaves != "as_it_was");
        }
    }
}

#[test]
fn a_remainder_may_stand_in_no_list() {
    for (leaves, is_listed) in [("half_done", false), ("as_wanted", true)] {
        let ends = json!({"fail": {"leaves": leaves}});
        let mut harness = Harness::switched(json!({"half_done_listed": false, "operation_ends": ends}));
        harness.create("n");
        assert_eq!(harness.listed("/v1/clusters").len(), 4);
        ended(&mut harness, "op_1");
        for _ in 0..3 {
            assert_eq!(harness.listed("/v1/clusters").contains(&"clu_4".to_owned()), is_listed);
        }
        assert_eq!(harness.get("/v1/clusters/clu_4").answer.status, 200);
        // It can be done away with.
        let etag = harness.get("/v1/clusters/clu_4").answer.json()["etag"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_eq!(
            harness.bare("DELETE", "/v1/clusters/clu_4", Some(&etag)).answer.status,
            202
        );
    }
}

#[test]
fn a_create_is_cancelled() {
    for (leaves, remains) in [
        ("as_it_was", json!(404)),
        ("half_done", json!(["provisioning", false])),
        ("as_wanted", json!(["active", false])),
    ] {
        let mut harness = Harness::switched(json!({"cancelled_leaves": leaves}));
        harness.create("n");
        assert_eq!(
            harness.bare("POST", "/v1/operations/op_1:cancel", None).answer.status,
            202
        );
        let operation = harness.get("/v1/operations/op_1").answer.json();
        assert_eq!(
            (&operation["state"], &operation["response"]),
            (&json!("CANCELLED"), &Value::Null)
        );
        assert_eq!(state(&mut harness), remains, "{leaves}");
    }
    // So is a suspension.
    let mut harness = Harness::switched(json!({"cancelled_leaves": "half_done", "operation_ends": {"cancel": {}}}));
    harness.bare("POST", "/v1/clusters/clu_1:suspend", Some("42"));
    harness.get("/v1/operations/op_1");
    assert_eq!(harness.current().fields["state"], "provisioning");
}

#[test]
fn the_operation_of_a_create_vanishes_lags_and_waits_for_a_person() {
    let mut harness = Harness::switched(json!({"operations_vanish": true, "operations_lag": 1}));
    harness.create("n");
    assert_eq!(harness.listed("/v1/operations"), [""; 0]);
    assert_eq!(harness.listed("/v1/operations"), ["op_1"]);
    harness.bare("POST", "/v1/operations/op_1:wait", None);
    assert_eq!(harness.get("/v1/operations/op_1").answer.status, 404);
    assert_eq!(state(&mut harness), json!(["active", false]));

    let mut harness =
        Harness::switched(json!({"operation_ends": {"person": {"as": "approval"}}, "operation_steps": 3}));
    harness.create("n");
    let operation = harness.get("/v1/operations/op_1").answer.json();
    assert_eq!(operation["steps"][0]["execution_type"], "approval");
    assert_eq!(operation["steps"].as_array().unwrap().len(), 3);
    assert_eq!(ended(&mut harness, "op_1")["response"]["cluster_id"], "clu_4");
}

#[test]
fn lists_lag_behind_creates() {
    let mut harness = Harness::switched(json!({"creates_lag": 2}));
    let three = ["clu_1", "clu_2", "clu_3"];
    harness.create("n");
    harness.token = harness.world.issue_token(None);
    harness.post("/v1/workspaces", None, &json!({"name": "n"}));
    harness.token = harness.world.issue_token(Some("ws_1"));
    assert_eq!(harness.listed("/v1/clusters"), three);
    assert_eq!(harness.get("/v1/clusters/clu_4").answer.status, 200, "it is there");
    harness.listed("/v1/operations");
    harness.listed("/v1/workspaces");
    assert_eq!(harness.listed("/v1/clusters?limit=1"), ["clu_1"]);
    assert_eq!(harness.listed("/v1/clusters"), ["clu_1", "clu_2", "clu_3", "clu_4"]);
    let lists = |harness: &mut Harness| {
        let request = harness
            .request("GET", "/v1/workspaces")
            .with_header("akua-context", "ws_1");
        harness.send(&request).answer.json()["data"].as_array().unwrap().len()
    };
    harness.token = harness.world.issue_token(None);
    assert_eq!(
        [lists(&mut harness), lists(&mut harness)],
        [2, 3],
        "workspaces have a count of their own"
    );
}

#[test]
fn a_cluster_may_be_seen_no_sooner_than_it_is_done() {
    for (ends, at_the_end) in [
        (json!("succeed"), 200),
        (json!({"fail": {}}), 404),
        (json!({"fail": {"leaves": "half_done"}}), 200),
    ] {
        let switches = json!({"creates_show_at_once": false, "creates_lag": 1, "operation_ends": ends});
        let mut harness = Harness::switched(switches);
        let accepted = harness.create("n");
        assert_eq!((accepted.answer.status, created(&accepted).as_str()), (202, "clu_4"));
        for target in ["/v1/clusters/clu_4", "/v1/clusters/clu_4/capabilities"] {
            assert_eq!(harness.get(target).answer.status, 404);
        }
        let patch = harness.patch("/v1/clusters/clu_4", "3042", json!({"name": "m"}));
        assert_eq!(harness.send(&patch).answer.status, 404);
        assert_eq!(harness.listed("/v1/clusters").len(), 3);
        assert_eq!(harness.world.ids(0, Kind::Cluster).len(), 4, "the judge sees it");
        ended(&mut harness, "op_1");
        assert_eq!(harness.get("/v1/clusters/clu_4").answer.status, at_the_end);
        assert_eq!(harness.listed("/v1/clusters").len(), 3, "the list lags from then on");
        assert_eq!(
            harness.listed("/v1/clusters").len(),
            if at_the_end == 200 { 4 } else { 3 }
        );
    }
}

#[test]
fn what_goes_on_with_a_cluster_goes_before_others() {
    let mut harness = Harness::new();
    harness.create("n");
    for (method, target) in [("POST", "/v1/clusters/clu_4:suspend"), ("DELETE", "/v1/clusters/clu_4")] {
        assert_eq!(
            harness.bare(method, target, Some("3042")).answer.status,
            409,
            "{target}"
        );
    }
    // A change is possible, and stays.
    let patch = harness.patch("/v1/clusters/clu_4", "3042", json!({"name": "m", "region_id": "reg_2"}));
    assert_eq!(harness.send(&patch).answer.status, 200);
    ended(&mut harness, "op_1");
    let cluster = harness.get("/v1/clusters/clu_4").answer.json();
    assert_eq!((&cluster["name"], &cluster["state"]), (&json!("m"), &json!("active")));
    assert_eq!(cluster["reconciling"], true, "because of the change");
    harness.now = 250;
    assert_eq!(state(&mut harness), json!(["active", false]));

    // One that is gone by then was not created.
    let mut harness = Harness::new();
    harness.create("n");
    harness.world.delete(0, Kind::Cluster, "clu_4").unwrap();
    let operation = ended(&mut harness, "op_1");
    assert_eq!(
        (&operation["state"], &operation["error"]["message"]),
        (&json!("FAILED"), &json!("The cluster is gone"))
    );

    // What is being deleted is not made active.
    let mut harness = Harness::switched(json!({"one_operation_at_a_time": false}));
    harness.create("n");
    harness.bare("DELETE", "/v1/clusters/clu_4", Some("3042"));
    ended(&mut harness, "op_1");
    assert_eq!(state(&mut harness), json!(["deleting", true]));
    ended(&mut harness, "op_2");
    assert_eq!(state(&mut harness), json!(404));
}
