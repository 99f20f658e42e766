//! Operations under way: looks, waits, cancelling, and the ways in which they end.

use akua_sim::{Act, Action, Ends, Fault, Hold, Kind, Launch, Matcher, Op, Script, Step, When, WireRequest};
use serde_json::{Value, json};

use crate::harness::Harness;

fn suspended(switches: Value) -> Harness {
    let mut harness = Harness::switched(switches);
    let accepted = harness.bare("POST", "/v1/clusters/clu_1:suspend", Some("42"));
    assert_eq!(accepted.answer.status, 202);
    harness
}

fn state(harness: &mut Harness) -> String {
    let version = harness.world.history(harness.now, Kind::Operation, "op_1").unwrap();
    version.last().unwrap().fields["state"].as_str().unwrap().to_owned()
}

fn control(harness: &mut Harness, op: Value) -> Result<Value, String> {
    let op: Op = serde_json::from_value(op).map_err(|error| error.to_string())?;
    harness
        .world
        .control(harness.now, op)
        .map_err(|error| error.to_string())
}

fn wait(harness: &Harness, timeout: &str) -> WireRequest {
    harness.request("POST", &format!("/v1/operations/op_1:wait{timeout}"))
}

#[test]
fn a_wait_lasts_until_the_end_or_its_timeout_and_holds_up_nobody() {
    let mut harness = suspended(json!({"operation_looks": null}));
    let request = wait(&harness, "?timeout=20");
    let Step::Held { ticket, until_ms } = harness.world.handle(0, &request) else {
        panic!("not held")
    };
    assert_eq!(until_ms, Some(20_000));
    assert_eq!(harness.get("/v1/clusters/clu_1").answer.status, 200);
    assert_eq!(harness.world.requests_held(), 0, "it is not a fault's to release");
    assert_eq!(harness.world.release(0), 0);
    // Somebody ends it: whoever waits hears of it at once.
    harness.now = 5_000;
    control(&mut harness, json!({"op": "advance_operation", "id": "op_1"})).unwrap();
    assert_eq!(harness.world.collect(5_000, ticket), None);
    control(&mut harness, json!({"op": "advance_operation", "id": "op_1"})).unwrap();
    let answer = harness.world.collect(5_000, ticket).unwrap().answer;
    assert_eq!((answer.status, &answer.json()["state"]), (200, &json!("SUCCEEDED")));

    // Nobody ends it: 200 all the same, not done.
    let mut harness = suspended(json!({"operation_looks": null}));
    for (timeout, until) in [("", 30_000), ("?timeout=1", 1_000), ("?timeout=60", 60_000)] {
        let Step::Held { ticket, until_ms } = harness.world.handle(0, &wait(&harness, timeout)) else {
            panic!("not held")
        };
        assert_eq!(until_ms, Some(until));
        harness.world.abandon(ticket);
    }
    assert_eq!(harness.world.log(999, 0)[2].status, None);
    let entry = harness.world.log(1_000, 0)[2].clone();
    assert_eq!(
        (entry.status, entry.done_ms, entry.operation.as_deref()),
        (Some(200), Some(1_000), Some("op_1"))
    );
}

#[test]
fn a_wait_that_means_nothing_is_refused() {
    let mut harness = suspended(json!({"operation_looks": null}));
    for timeout in ["?timeout=0", "?timeout=61", "?timeout=x", "?timeout="] {
        let request = wait(&harness, timeout);
        assert_eq!(harness.send(&request).answer.status, 400, "{timeout}");
    }
    assert_eq!(
        harness.bare("POST", "/v1/operations/op_9:wait", None).answer.status,
        404
    );
    assert_eq!(harness.bare("GET", "/v1/operations/op_1:wait", None).answer.status, 404);
    let stranger = WireRequest::new("POST", "/v1/operations/op_1:wait");
    assert_eq!(harness.send(&stranger).answer.status, 401);
}

#[test]
fn a_wait_may_be_one_look() {
    let mut harness = suspended(json!({"operation_waits": "at_once"}));
    for expected in ["RUNNING", "SUCCEEDED", "SUCCEEDED"] {
        let answer = harness
            .bare("POST", "/v1/operations/op_1%3await?timeout=1", None)
            .answer;
        assert_eq!((answer.status, &answer.json()["state"]), (200, &json!(expected)));
    }
    let mut harness = suspended(json!({"operation_waits": "hold"}));
    let request = wait(&harness, "");
    let Step::Held { ticket, .. } = harness.world.handle(0, &request) else {
        panic!("not held")
    };
    // The second look is somebody else's.
    harness.get("/v1/operations/op_1");
    let answer = harness.world.collect(0, ticket).unwrap().answer.json();
    assert_eq!(answer["state"], "SUCCEEDED");
}

#[test]
fn a_cancel_ends_what_it_can() {
    let cancel = |harness: &mut Harness| harness.bare("POST", "/v1/operations/op_1:cancel", None).answer;
    // In the first step: that one is brought to its end.
    let mut harness = suspended(json!({}));
    let answer = cancel(&mut harness);
    assert_eq!((answer.status, &answer.json()["state"]), (202, &json!("RUNNING")));
    assert_eq!(cancel(&mut harness).status, 202, "it may be asked again");
    let ended = harness.get("/v1/operations/op_1").answer.json();
    assert_eq!(
        (&ended["state"], &ended["response"]),
        (&json!("CANCELLED"), &Value::Null)
    );
    assert!(ended["error"]["message"].is_string());
    assert_eq!(ended["steps"][1]["status"], "skipped");
    let cluster = harness.current();
    assert_eq!(
        (&cluster.fields["state"], &cluster.fields["reconciling"]),
        (&json!("active"), &json!(false))
    );
    let late = cancel(&mut harness);
    assert_eq!((late.status, late.json()["errors"][0].is_object()), (422, true));
    assert_eq!(
        harness.bare("POST", "/v1/operations/op_9:cancel", None).answer.status,
        404
    );

    // In the last step it is too late.
    let mut harness = suspended(json!({}));
    harness.get("/v1/operations/op_1");
    cancel(&mut harness);
    assert_eq!(harness.get("/v1/operations/op_1").answer.json()["state"], "SUCCEEDED");

    // A repeat under its key is answered as the first was, ended or not; `if-match` has no say.
    let mut harness = suspended(json!({}));
    let keyed = harness
        .request("POST", "/v1/operations/op_1%3Acancel")
        .with_header("idempotency-key", "k")
        .with_header("if-match", "nothing");
    let first = harness.send(&keyed);
    harness.get("/v1/operations/op_1");
    let again = harness.send(&keyed);
    assert_eq!((again.answer.status, &again.answer.body), (202, &first.answer.body));
    let entry = harness.world.log(0, 0)[1].clone();
    assert_eq!(
        (entry.launch, entry.operation.as_deref()),
        (Some(Launch::CancelOperation), Some("op_1"))
    );
    assert!(entry.effect.is_accepted());
}

#[test]
fn an_operation_may_end_in_every_way() {
    for (ends, leaves, state, status) in [
        (
            json!({"fail": {"step": 2, "message": "no machines"}}),
            "active",
            "FAILED",
            "failed",
        ),
        (
            json!({"fail": {"step": 9, "leaves": "half_done"}}),
            "provisioning",
            "FAILED",
            "failed",
        ),
        (
            json!({"fail": {"step": 2, "leaves": "as_wanted"}}),
            "suspended",
            "FAILED",
            "failed",
        ),
        (json!({"cancel": {"step": 2}}), "active", "CANCELLED", "completed"),
        (json!("succeed"), "suspended", "SUCCEEDED", "completed"),
    ] {
        let mut harness = suspended(json!({"operation_ends": ends}));
        let ended = harness.bare("POST", "/v1/operations/op_1:wait", None).answer.json();
        assert_eq!(
            (&ended["state"], &ended["steps"][1]["status"]),
            (&json!(state), &json!(status)),
            "{ends}"
        );
        let cluster = harness.current().fields;
        assert_eq!(
            (&cluster["state"], &cluster["reconciling"]),
            (&json!(leaves), &json!(false)),
            "{ends}"
        );
        assert_eq!(ended["error"].is_object(), state != "SUCCEEDED");
        assert_eq!(ended["steps"][1]["error_message"].is_string(), state == "FAILED");
    }
    for (leaves, state) in [
        ("as_it_was", Some("active")),
        ("half_done", Some("deleting")),
        ("as_wanted", None),
    ] {
        let mut harness = Harness::switched(json!({"operation_ends": {"fail": {"leaves": leaves}}}));
        harness.bare("DELETE", "/v1/clusters/clu_1", Some("42"));
        harness.bare("POST", "/v1/operations/op_1:wait", None);
        let left = harness.get("/v1/clusters/clu_1").answer;
        assert_eq!(left.json()["state"].as_str(), state, "{leaves}");
    }
}

#[test]
fn one_request_may_start_what_ends_otherwise() {
    let mut harness = Harness::new();
    let fails: Ends = serde_json::from_value(json!({"fail": {}})).unwrap();
    harness
        .world
        .inject(Fault::ends(fails).on(Matcher::launch(Launch::DeleteCluster)))
        .unwrap();
    harness.bare("POST", "/v1/clusters/clu_2:suspend", Some("1042"));
    harness.bare("DELETE", "/v1/clusters/clu_1", Some("42"));
    for (id, state) in [("op_1", "SUCCEEDED"), ("op_2", "FAILED")] {
        let ended = harness
            .bare("POST", &format!("/v1/operations/{id}:wait"), None)
            .answer
            .json();
        assert_eq!(ended["state"], state);
    }
}

#[test]
fn a_step_may_wait_for_a_person() {
    let mut harness = suspended(json!({"operation_ends": {"person": {"step": 2, "as": "approval"}}}));
    for _ in 0..4 {
        let seen = harness.get("/v1/operations/op_1").answer.json();
        assert_eq!(
            (&seen["state"], &seen["steps"][1]["execution_type"]),
            (&json!("RUNNING"), &json!("approval"))
        );
        assert_eq!(seen["steps"][1]["status"], "running");
    }
    let request = wait(&harness, "");
    assert!(matches!(harness.world.handle(0, &request), Step::Held { .. }));
    let done = control(&mut harness, json!({"op": "advance_operation", "id": "op_1"})).unwrap();
    assert_eq!(done["version"]["fields"]["state"], "SUCCEEDED");
}

#[test]
fn an_operation_may_vanish_with_its_end() {
    let mut harness = suspended(json!({"operations_vanish": true}));
    assert_eq!(harness.get("/v1/operations/op_1").answer.status, 200);
    assert_eq!(harness.get("/v1/operations/op_1").answer.status, 404);
    assert_eq!(harness.get("/v1/operations").answer.json()["data"], json!([]));
    assert_eq!(harness.current().fields["state"], "suspended");
    // The record knows how it ended.
    let history = harness.world.history(0, Kind::Operation, "op_1").unwrap();
    let [.., ended, gone] = &history[..] else {
        panic!("{history:?}")
    };
    assert_eq!((&ended.fields["state"], gone.deleted), (&json!("SUCCEEDED"), true));

    let mut harness = suspended(json!({"operations_vanish": true}));
    assert_eq!(
        harness.bare("POST", "/v1/operations/op_1:wait", None).answer.status,
        404
    );
}

#[test]
fn lists_may_lag_and_count_as_looks() {
    let mut harness = suspended(json!({"operations_lag": 2, "operation_looks": 2, "operation_steps": 1}));
    let listed = |harness: &mut Harness| {
        let page = harness
            .get("/v1/operations?owner_type=cluster&owner_id=clu_1")
            .answer
            .json();
        let states = page["data"].as_array().unwrap().iter();
        states
            .map(|item| item["state"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(listed(&mut harness), [""; 0]);
    assert_eq!(listed(&mut harness), [""; 0]);
    assert_eq!(listed(&mut harness), ["RUNNING"]);
    assert_eq!(listed(&mut harness), ["SUCCEEDED"]);
}

#[test]
fn a_token_may_die_with_its_workspace() {
    for dies in [false, true] {
        let mut harness = Harness::switched(json!({"tokens_die_with_workspace": dies}));
        let token = harness.world.issue_token(None);
        let expected = if dies { 401 } else { 200 };
        harness.bare("DELETE", "/v1/workspaces/ws_1", Some("8"));
        assert_eq!(harness.get("/v1/operations/op_1").answer.status, 200);
        assert_eq!(harness.get("/v1/operations/op_1").answer.status, expected);
        assert_eq!(harness.get("/v1/operations").answer.status, expected);
        assert_eq!(
            harness.bare("POST", "/v1/operations/op_1:wait", None).answer.status,
            expected
        );
        let broad = WireRequest::new("GET", "/v1/workspaces")
            .with_header("authorization", &format!("Bearer {token}"))
            .with_header("akua-context", "ws_2");
        assert_eq!(harness.send(&broad).answer.status, 200);
    }
}

#[test]
fn another_client_acts() {
    let mut harness = Harness::new();
    let done = control(
        &mut harness,
        json!({"op": "act", "launch": "suspend_cluster", "id": "clu_1"}),
    )
    .unwrap();
    assert_eq!(
        (&done["operation"], &done["version"]["author"]["by"]),
        (&json!("op_1"), &json!("foreign"))
    );
    assert_eq!(harness.current().etag, "43");
    control(
        &mut harness,
        json!({"op": "act", "launch": "cancel_operation", "id": "op_1"}),
    )
    .unwrap();
    harness.get("/v1/operations/op_1");
    assert_eq!(state(&mut harness), "CANCELLED");
    for (launch, id) in [
        ("cancel_operation", "op_1"),
        ("delete_cluster", "clu_9"),
        ("delete_workspace", "clu_1"),
    ] {
        let error = control(&mut harness, json!({"op": "act", "launch": launch, "id": id})).unwrap_err();
        assert!(error.contains(id), "{error}");
    }

    // Right before a request, as a script.
    let act = Act {
        launch: Launch::DeleteCluster,
        id: "clu_1".into(),
    };
    let on = Matcher::launch(Launch::SuspendCluster);
    harness
        .world
        .script(Script::once(When::Before, on, Action::Act(act)))
        .unwrap();
    let etag = harness.current().etag;
    let refused = harness.bare("POST", "/v1/clusters/clu_1:suspend", Some(&etag)).answer;
    assert_eq!(refused.status, 409);
    assert_eq!(harness.current().fields["state"], "deleting");
}

#[test]
fn an_operation_is_advanced_and_made_to_end_otherwise() {
    let mut harness = suspended(json!({"operation_looks": null, "operation_steps": 3}));
    for _ in 0..5 {
        harness.get("/v1/operations/op_1");
    }
    let op = json!({"op": "advance_operation", "id": "op_1"});
    let step = control(&mut harness, op.clone()).unwrap();
    assert_eq!(step["version"]["fields"]["steps"][1]["status"], "running");
    let end =
        json!({"op": "advance_operation", "id": "op_1", "to": "end", "ends": {"fail": {"step": 3, "message": "m"}}});
    let end = control(&mut harness, end).unwrap();
    assert_eq!(end["version"]["fields"]["error"]["message"], "m");
    for (id, op) in [("op_1", op), ("op_7", json!({"op": "advance_operation", "id": "op_7"}))] {
        assert!(control(&mut harness, op).unwrap_err().contains(id));
    }
    // One that was only added goes on too, and touches nothing.
    harness.world.seed_next(Kind::Operation);
    harness.get("/v1/operations/op_2");
    let versions = harness.history().len();
    let ended = control(&mut harness, json!({"op": "advance_operation", "id": "op_2"})).unwrap();
    assert_eq!(ended["version"]["fields"]["state"], "SUCCEEDED");
    assert_eq!(harness.history().len(), versions);
}

#[test]
fn reconciling_ends_with_what_ends_last() {
    let mut harness = suspended(json!({"operation_looks": null}));
    let patch = harness.patch("/v1/clusters/clu_1", "43", json!({"region_id": "reg_2"}));
    assert_eq!(harness.send(&patch).answer.status, 200);
    harness.now = 1_000;
    assert_eq!(
        harness.current().fields["reconciling"],
        true,
        "the operation is under way"
    );
    control(
        &mut harness,
        json!({"op": "advance_operation", "id": "op_1", "to": "end"}),
    )
    .unwrap();
    assert_eq!(harness.current().fields["reconciling"], false);
}

#[test]
fn a_fault_and_a_script_meet_a_wait() {
    // Held first, and a wait then: the time of the wait begins when it is looked at.
    let mut harness = suspended(json!({"operation_looks": null}));
    let on = Matcher {
        path: Some("/v1/operations/op_1:wait".into()),
        ..Matcher::default()
    };
    harness.world.inject(Fault::held(Hold::Ms(500)).on(on.clone())).unwrap();
    let Step::Held { ticket, until_ms } = harness.world.handle(0, &wait(&harness, "?timeout=1")) else {
        panic!("not held")
    };
    assert_eq!((until_ms, harness.world.collect(1_499, ticket)), (Some(500), None));
    assert!(harness.world.is_held(ticket));
    let answer = harness.world.collect(1_500, ticket).unwrap().answer;
    assert_eq!((answer.status, &answer.json()["done"]), (200, &json!(false)));
    assert!(!harness.world.is_held(ticket));

    // Carried out, and the answer lost; not carried out, and answered at once.
    harness.now = 2_000;
    harness.world.inject(Fault::before(504).on(on.clone())).unwrap();
    let request = wait(&harness, "");
    assert_eq!(harness.send(&request).answer.status, 504);

    // What somebody does before a wait is looked at, it sees.
    let act = Act {
        launch: Launch::CancelOperation,
        id: "op_1".into(),
    };
    let mut harness = suspended(json!({}));
    harness
        .world
        .script(Script::once(When::Before, on, Action::Act(act)))
        .unwrap();
    let ended = harness.bare("POST", "/v1/operations/op_1:wait", None).answer.json();
    assert_eq!(ended["state"], "CANCELLED");
}

#[test]
fn whoever_waits_may_find_nothing_in_the_end() {
    for (switches, method, target, etag, status) in [
        (
            json!({"operations_vanish": true}),
            "POST",
            "/v1/clusters/clu_1:suspend",
            "42",
            404,
        ),
        (
            json!({"tokens_die_with_workspace": true}),
            "DELETE",
            "/v1/workspaces/ws_1",
            "8",
            401,
        ),
    ] {
        let mut harness = Harness::switched(switches);
        harness
            .world
            .switch(json!({"operation_looks": null}).as_object().unwrap())
            .unwrap();
        harness.bare(method, target, Some(etag));
        let Step::Held { ticket, .. } = harness.world.handle(0, &wait(&harness, "")) else {
            panic!("not held")
        };
        control(
            &mut harness,
            json!({"op": "advance_operation", "id": "op_1", "to": "end"}),
        )
        .unwrap();
        assert_eq!(
            harness.world.collect(0, ticket).unwrap().answer.status,
            status,
            "{target}"
        );
    }
    let mut harness = suspended(json!({"operation_looks": null}));
    let Step::Held { ticket, .. } = harness.world.handle(0, &wait(&harness, "")) else {
        panic!("not held")
    };
    harness.world.reset(0);
    assert!(!harness.world.is_held(ticket));
    assert_eq!(harness.world.collect(40_000, ticket), None);
    assert_eq!(harness.world.log(40_000, 0).len(), 0);
}

#[test]
fn what_is_shown_of_an_operation_may_be_old() {
    let mut harness = suspended(json!({}));
    harness.bare("POST", "/v1/operations/op_1:wait", None);
    harness
        .world
        .inject(Fault::stale(1).on(Matcher::method("GET")))
        .unwrap();
    let old = harness.get("/v1/operations/op_1").answer.json();
    assert_eq!((&old["state"], &old["done"]), (&json!("RUNNING"), &json!(false)));
    assert_eq!(harness.get("/v1/operations/op_1").answer.json()["state"], "SUCCEEDED");
}

#[test]
fn what_an_operation_works_on_may_go_or_change_meanwhile() {
    let mut harness = suspended(json!({}));
    harness.world.delete(0, Kind::Cluster, "clu_1").unwrap();
    let ended = harness.bare("POST", "/v1/operations/op_1:wait", None).answer.json();
    assert_eq!(
        (&ended["state"], &ended["error"]["message"]),
        (&json!("FAILED"), &json!("The cluster is gone"))
    );

    // A failed delete puts back the state that there was, unless somebody else has set another one.
    for (theirs, left) in [(None, "suspended"), (Some("pending"), "pending")] {
        let mut harness = Harness::switched(json!({"operation_ends": {"fail": {}}}));
        let set = |harness: &mut Harness, state: &str| {
            let write = akua_sim::Write::set(Kind::Cluster, "clu_1", "state", state);
            harness.world.write(0, write).unwrap();
        };
        set(&mut harness, "suspended");
        harness.bare("DELETE", "/v1/clusters/clu_1", Some("43"));
        if let Some(state) = theirs {
            set(&mut harness, state);
        }
        harness.bare("POST", "/v1/operations/op_1:wait", None);
        assert_eq!(harness.current().fields["state"], left);
        assert_eq!(harness.current().fields["reconciling"], false);
    }
}
