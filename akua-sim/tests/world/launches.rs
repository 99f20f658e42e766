//! The writes that start an operation: what is accepted, what it makes, and what the record says of each copy.

use akua_sim::{Acceptance, Effect, End, Fault, Hold, Kind, Launch, Matcher, Step, Verdict, Write};
use serde_json::{Value, json};

use crate::harness::{Harness, refused};

const SUSPEND: &str = "/v1/clusters/clu_1:suspend";

fn suspend(harness: &mut Harness, etag: &str) -> Verdict {
    harness.bare("POST", SUSPEND, Some(etag))
}

fn keyed(harness: &mut Harness, method: &str, target: &str, etag: &str, key: &str) -> Verdict {
    let request = harness
        .request(method, target)
        .with_header("if-match", etag)
        .with_header("idempotency-key", key);
    harness.send(&request)
}

fn set(harness: &mut Harness, kind: Kind, id: &str, property: &str, value: &str) {
    harness
        .world
        .write(harness.now, Write::set(kind, id, property, value))
        .unwrap();
}

fn operations(harness: &mut Harness) -> Vec<String> {
    harness.world.ids(harness.now, Kind::Operation)
}

#[test]
fn a_suspension_is_accepted_goes_on_and_ends() {
    for path in [SUSPEND, "/v1/clusters/clu_1%3Asuspend", "/v1/clusters/clu_1%3asuspend"] {
        let mut harness = Harness::new();
        let accepted = harness.bare("POST", path, Some("42"));
        let operation = accepted.answer.json();
        assert_eq!(accepted.answer.status, 202, "{path}");
        assert_eq!(
            (&operation["state"], &operation["done"], &operation["response"]),
            (&json!("RUNNING"), &json!(false), &Value::Null)
        );
        assert_eq!(
            operation["metadata"],
            json!({"type": "cluster.suspend", "cluster_id": "clu_1"})
        );
        assert_eq!(
            (
                &operation["owner_type"],
                &operation["owner_id"],
                &operation["workspace_id"]
            ),
            (&json!("cluster"), &json!("clu_1"), &json!("ws_1"))
        );
        assert_eq!(
            accepted.effect,
            Effect::Accepted(Box::new(Acceptance {
                launch: Launch::SuspendCluster,
                id: "clu_1".into(),
                operation: "op_1".into(),
                version: Some(2),
                etag: Some("43".into()),
            }))
        );
        let cluster = harness.get("/v1/clusters/clu_1").answer.json();
        assert_eq!(
            (&cluster["state"], &cluster["reconciling"], &cluster["etag"]),
            (&json!("active"), &json!(true), &json!("43"))
        );

        harness.now = 3_000;
        let first = harness.get("/v1/operations/op_1").answer.json();
        assert_eq!(
            (&first["done"], &first["steps"][0]["status"]),
            (&json!(false), &json!("completed"))
        );
        assert_eq!(first["steps"][1]["status"], "running");
        let last = harness.get("/v1/operations/op_1").answer.json();
        assert_eq!(
            (&last["state"], &last["done"], &last["completed_at"]),
            (&json!("SUCCEEDED"), &json!(true), &json!(1_700_000_003))
        );
        assert_eq!(last["response"], json!({"cluster_id": "clu_1"}));
        let cluster = harness.get("/v1/clusters/clu_1").answer.json();
        assert_eq!(
            (&cluster["state"], &cluster["reconciling"], &cluster["etag"]),
            (&json!("suspended"), &json!(false), &json!("44"))
        );
        assert_eq!(
            harness.get("/v1/operations/op_1").answer.json(),
            last,
            "it never changes again"
        );

        let resume = harness.bare("POST", "/v1/clusters/clu_1:resume", Some("44"));
        assert_eq!(resume.answer.json()["metadata"]["type"], "cluster.resume");
        let ended = harness.bare("POST", "/v1/operations/op_2:wait", None).answer;
        assert_eq!((ended.status, &ended.json()["state"]), (200, &json!("SUCCEEDED")));
        assert_eq!(harness.current().fields["state"], "active");
    }
}

#[test]
fn what_is_deleted_is_gone_at_the_end() {
    let mut harness = Harness::new();
    let accepted = harness.bare("DELETE", "/v1/clusters/clu_1", Some("42")).answer;
    assert_eq!(
        (accepted.status, &accepted.json()["metadata"]["type"]),
        (202, &json!("cluster.delete"))
    );
    let cluster = harness.get("/v1/clusters/clu_1").answer.json();
    assert_eq!(
        (&cluster["state"], &cluster["reconciling"]),
        (&json!("deleting"), &json!(true))
    );
    assert_eq!(harness.rename("43", "n").answer.status, 409);
    harness.get("/v1/operations");
    harness.get("/v1/operations");
    assert_eq!(harness.get("/v1/clusters/clu_1").answer.status, 404);
    let ended = harness.get("/v1/operations/op_1").answer.json();
    assert_eq!(
        (&ended["state"], &ended["response"]["cluster_id"]),
        (&json!("SUCCEEDED"), &json!("clu_1"))
    );
    for (method, target) in [("DELETE", "/v1/clusters/clu_1"), ("POST", SUSPEND)] {
        assert_eq!(harness.bare(method, target, Some("44")).answer.status, 404, "{target}");
    }

    let accepted = harness.bare("DELETE", "/v1/workspaces/ws_1", Some("8"));
    let operation = accepted.answer.json();
    assert_eq!(
        operation["metadata"],
        json!({"type": "workspace.delete", "workspace_id": "ws_1"})
    );
    assert_eq!(operation["owner_type"], "workspace");
    assert_eq!(harness.get("/v1/workspaces/ws_1").answer.json()["etag"], "9");
    harness.bare("POST", "/v1/operations/op_2:wait", None);
    assert_eq!(harness.get("/v1/workspaces/ws_1").answer.status, 404);
    let ended = harness.get("/v1/operations/op_2").answer.json();
    assert_eq!(ended["response"], json!({"workspace_id": "ws_1"}));
}

#[test]
fn a_kubeconfig_is_a_text() {
    let mut harness = Harness::new();
    let answer = harness.get("/v1/clusters/clu_2/kubeconfig").answer.json();
    assert!(answer["kubeconfig"].as_str().unwrap().contains("clu_2"));
    assert_eq!(answer.as_object().unwrap().len(), 1);
    assert_eq!(harness.get("/v1/clusters/clu_9/kubeconfig").answer.status, 404);
}

#[test]
fn what_is_asked_of_a_launch_is_asked_as_of_a_patch() {
    let mut harness = Harness::new();
    assert_eq!(harness.bare("POST", SUSPEND, None).answer.status, 400);
    assert_eq!(refused(&suspend(&mut harness, "41")), (409, json!("42")));
    assert_eq!(suspend(&mut harness, &"x".repeat(257)).answer.status, 400);
    assert_eq!(
        harness
            .bare("POST", "/v1/clusters/clu_9:suspend", Some("42"))
            .answer
            .status,
        404
    );
    assert_eq!(
        keyed(&mut harness, "POST", SUSPEND, "42", &"k".repeat(65))
            .answer
            .status,
        400
    );
    for (method, target, allow) in [
        ("POST", "/v1/clusters/clu_1", "GET, HEAD, PATCH, DELETE"),
        ("DELETE", "/v1/operations/op_1", "GET, HEAD"),
        ("GET", "/v1/clusters/clu_1/capabilities:refresh", "POST"),
        ("POST", "/v1/clusters/clu_1/kubeconfig", "GET, HEAD"),
        ("DELETE", "/v1/clusters", "GET, HEAD, POST"),
    ] {
        let answer = harness.bare(method, target, Some("42")).answer;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, Some(allow)),
            "{method} {target}"
        );
    }
    assert_eq!(harness.get(SUSPEND).answer.status, 404, "a GET has no action");
    harness.token = "nobody".into();
    assert_eq!(suspend(&mut harness, "42").answer.status, 401);
    assert_eq!(operations(&mut harness), [""; 0]);

    let mut strict = Harness::switched(json!({"missing_if_match": 428}));
    assert_eq!(strict.bare("DELETE", "/v1/clusters/clu_1", None).answer.status, 428);
}

#[test]
fn the_wrong_state_is_a_conflict_without_an_etag() {
    let mut harness = Harness::new();
    let resume = harness.bare("POST", "/v1/clusters/clu_1:resume", Some("42"));
    assert_eq!(refused(&resume), (409, Value::Null));
    for state in ["pending", "provisioning", "suspended", "deleting"] {
        set(&mut harness, Kind::Cluster, "clu_1", "state", state);
        let etag = harness.current().etag;
        assert_eq!(refused(&suspend(&mut harness, &etag)), (409, Value::Null), "{state}");
    }
    assert_eq!(operations(&mut harness), [""; 0]);
}

#[test]
fn one_operation_at_a_time_is_a_switch() {
    let others = [
        ("POST", SUSPEND),
        ("DELETE", "/v1/clusters/clu_1"),
        ("POST", "/v1/clusters/clu_1/capabilities:refresh"),
    ];
    let mut harness = Harness::new();
    suspend(&mut harness, "42");
    for (method, target) in others {
        assert_eq!(
            refused(&harness.bare(method, target, Some("43"))),
            (409, Value::Null),
            "{target}"
        );
    }
    let elsewhere = harness.bare("POST", "/v1/clusters/clu_2:suspend", Some("1042"));
    assert_eq!(elsewhere.answer.status, 202);

    let mut harness = Harness::switched(json!({"one_operation_at_a_time": false}));
    suspend(&mut harness, "42");
    for (method, target) in others {
        let etag = harness.current().etag;
        assert_eq!(harness.bare(method, target, Some(&etag)).answer.status, 202, "{target}");
    }
    // It is reconciling until the last of them has ended.
    harness.bare("POST", "/v1/operations/op_1:wait", None);
    assert_eq!(harness.current().fields["reconciling"], true);
    harness.bare("POST", "/v1/operations/op_3:wait", None);
    harness.bare("POST", "/v1/operations/op_2:wait", None);
    let late = harness.get("/v1/operations/op_2").answer.json();
    assert_eq!(
        (&late["state"], &late["error"]["message"]),
        (&json!("FAILED"), &json!("The cluster is gone"))
    );
}

#[test]
fn an_acceptance_may_leave_the_etag() {
    let mut harness = Harness::switched(json!({"accept_moves_etag": false, "one_operation_at_a_time": false}));
    for turn in 1..=2 {
        let accepted = suspend(&mut harness, "42");
        assert!(accepted.effect.is_accepted(), "{turn}");
        let version = harness.current();
        assert_eq!(
            (version.etag.as_str(), &version.fields["reconciling"]),
            ("42", &json!(true))
        );
    }
    harness.bare("POST", "/v1/operations/op_1:wait", None);
    assert_ne!(harness.current().etag, "42");
    let workspace = harness.bare("DELETE", "/v1/workspaces/ws_1", Some("8"));
    let Effect::Accepted(acceptance) = workspace.effect else {
        panic!("{workspace:?}")
    };
    assert_eq!(acceptance.version, None);
    assert_eq!(harness.get("/v1/workspaces/ws_1").answer.json()["etag"], "8");
}

#[test]
fn a_key_means_nothing_unless_its_endpoint_promises() {
    let mut harness = Harness::new();
    assert_eq!(keyed(&mut harness, "POST", SUSPEND, "42", "k").answer.status, 202);
    assert_eq!(
        refused(&keyed(&mut harness, "POST", SUSPEND, "42", "k")),
        (409, json!("43"))
    );

    let mut harness = Harness::switched(json!({"action_keys_replay": {"suspend_cluster": 10}}));
    let first = keyed(&mut harness, "POST", SUSPEND, "42", "k");
    harness.now = 9_999;
    let again = keyed(&mut harness, "POST", SUSPEND, "42", "k");
    assert_eq!(again.effect, Effect::Replayed { of: 1 });
    assert_eq!((again.answer.status, &again.answer.body), (202, &first.answer.body));
    let elsewhere = keyed(&mut harness, "POST", "/v1/clusters/clu_2:suspend", "1042", "k");
    assert_eq!(refused(&elsewhere), (409, Value::Null), "the key is another request's");
    // Another launch promises nothing, whatever the key was used for.
    let delete = keyed(&mut harness, "DELETE", "/v1/clusters/clu_3", "2042", "k");
    assert!(delete.effect.is_accepted());
    harness.now = 10_000;
    assert_eq!(
        refused(&keyed(&mut harness, "POST", SUSPEND, "42", "k")),
        (409, json!("43"))
    );
    let log = harness.world.log(10_000, 0);
    let noted: Vec<_> = log.iter().map(|entry| entry.operation.as_deref()).collect();
    assert_eq!(noted, [Some("op_1"), Some("op_1"), None, Some("op_2"), None]);

    // A key is one endpoint's, also where nothing else differs.
    let both = json!({"suspend_cluster": 10, "refresh_capabilities": 10});
    let mut harness = Harness::switched(json!({"action_keys_replay": both, "one_operation_at_a_time": false}));
    let refresh = "/v1/clusters/clu_1/capabilities:refresh";
    assert!(keyed(&mut harness, "POST", refresh, "42", "k").effect.is_accepted());
    assert_eq!(
        refused(&keyed(&mut harness, "POST", SUSPEND, "42", "k")),
        (409, Value::Null)
    );

    let off = json!({"keys_honoured": false, "action_keys_replay": {"suspend_cluster": 10}});
    let mut harness = Harness::switched(off);
    keyed(&mut harness, "POST", SUSPEND, "42", "k");
    assert_eq!(keyed(&mut harness, "POST", SUSPEND, "42", "k").answer.status, 409);
}

#[test]
fn a_replay_may_be_in_progress_or_show_the_present() {
    let promise = json!({"suspend_cluster": 60});
    let switches = json!({"action_keys_replay": promise, "replay_in_progress": true, "replay_body": "current"});
    let mut harness = Harness::switched(switches);
    keyed(&mut harness, "POST", SUSPEND, "42", "k");
    assert_eq!(
        refused(&keyed(&mut harness, "POST", SUSPEND, "42", "k")),
        (409, Value::Null)
    );
    harness.bare("POST", "/v1/operations/op_1:wait", None);
    let again = keyed(&mut harness, "POST", SUSPEND, "42", "k");
    assert_eq!(
        (again.answer.status, &again.answer.json()["state"]),
        (202, &json!("SUCCEEDED"))
    );

    // A key that is looked up after the etag comes too late.
    let late = json!({"action_keys_replay": {"suspend_cluster": 60}, "key_checked_before_if_match": false});
    let mut harness = Harness::switched(late);
    keyed(&mut harness, "POST", SUSPEND, "42", "k");
    assert_eq!(
        refused(&keyed(&mut harness, "POST", SUSPEND, "42", "k")),
        (409, json!("43"))
    );
}

#[test]
fn faults_meet_launches_as_they_meet_patches() {
    let on = || Matcher::launch(Launch::SuspendCluster).of(Kind::Cluster, "clu_1");
    for (fault, status, accepted) in [
        (Fault::before(503), 503, false),
        (Fault::after(504), 504, true),
        (Fault::lost_before(End::Reset), 500, false),
        (Fault::lost_after(End::Fin), 202, true),
        (Fault::after(200).body(akua_sim::Body::Html), 200, true),
        (Fault::cut(akua_sim::Part::Body(3), End::Fin), 202, true),
        (Fault::default().without("id"), 202, true),
        (Fault::conflict(json!({"current_etag": "77"})), 409, false),
    ] {
        let mut harness = Harness::new();
        harness.world.inject(fault.clone().on(on())).unwrap();
        let verdict = harness.bare("POST", "/v1/clusters/clu_1%3Asuspend", Some("42"));
        assert_eq!(
            (verdict.answer.status, verdict.effect.is_accepted()),
            (status, accepted),
            "{fault:?}"
        );
        let entry = harness.world.log(0, 0)[0].clone();
        assert_eq!(
            (entry.launch, entry.id.as_deref(), entry.if_match.as_deref()),
            (Some(Launch::SuspendCluster), Some("clu_1"), Some("42"))
        );
        assert_eq!(entry.operation.is_some(), accepted, "{fault:?}");
        assert_eq!(operations(&mut harness).len(), usize::from(accepted), "{fault:?}");
    }
    let mut harness = Harness::new();
    harness.world.inject(Fault::pretended().on(on())).unwrap();
    let pretended = suspend(&mut harness, "42");
    assert_eq!((pretended.answer.status, &pretended.effect), (202, &Effect::Nothing));
    let nowhere = pretended.answer.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(harness.get(&format!("/v1/operations/{nowhere}")).answer.status, 404);
    assert_eq!(harness.current().etag, "42");
}

#[test]
fn a_launch_may_land_late() {
    let mut harness = Harness::new();
    harness.world.inject(Fault::held(Hold::Ms(100))).unwrap();
    let request = harness.request("POST", SUSPEND).with_header("if-match", "42");
    let Step::Held { ticket, .. } = harness.world.handle(0, &request) else {
        panic!("not held")
    };
    harness.world.abandon(ticket);
    assert_eq!(harness.world.log(99, 0)[0].effect, Effect::Nothing);
    assert!(harness.world.log(100, 0)[0].effect.is_accepted());
}

#[test]
fn a_second_copy_is_recorded_as_one() {
    // The etag has moved: the copy is refused.
    let mut harness = Harness::new();
    harness.world.inject(Fault::doubled(Hold::Ms(0))).unwrap();
    assert_eq!(suspend(&mut harness, "42").answer.status, 202);
    let log = harness.world.log(0, 0).to_vec();
    assert_eq!(log.len(), 2);
    assert_eq!(
        (log[1].copy_of, log[1].status, log[1].operation.as_deref()),
        (Some(1), Some(409), None)
    );
    assert!(log[0].effect.is_accepted() && !log[1].effect.is_accepted());

    // Nothing stops it: both are accepted, each with an operation of its own.
    let mut harness = Harness::switched(json!({"accept_moves_etag": false, "one_operation_at_a_time": false}));
    harness.world.inject(Fault::doubled(Hold::UntilReleased)).unwrap();
    suspend(&mut harness, "42");
    assert_eq!(operations(&mut harness), ["op_1"]);
    assert_eq!(harness.world.release(0), 1);
    let log = harness.world.log(0, 0).to_vec();
    let accepted: Vec<_> = log.iter().filter(|entry| entry.effect.is_accepted()).collect();
    assert_eq!(accepted.len(), 2);
    assert_eq!((log[1].copy_of, log[1].operation.as_deref()), (Some(1), Some("op_2")));

    // A key of which something is promised stops it too.
    let mut harness = Harness::switched(json!({"action_keys_replay": {"suspend_cluster": 60}}));
    harness.world.inject(Fault::doubled(Hold::Ms(5))).unwrap();
    keyed(&mut harness, "POST", SUSPEND, "42", "k");
    let log = harness.world.log(5, 0).to_vec();
    assert_eq!(log[1].effect, Effect::Replayed { of: 1 });
    assert_eq!(log[1].operation.as_deref(), Some("op_1"));

    // So does a PATCH that arrives twice.
    let mut harness = Harness::new();
    harness.world.inject(Fault::doubled(Hold::Ms(0))).unwrap();
    harness.rename("42", "n");
    let statuses: Vec<_> = harness.world.log(0, 0).iter().map(|entry| entry.status).collect();
    assert_eq!(statuses, [Some(200), Some(409)]);
}
