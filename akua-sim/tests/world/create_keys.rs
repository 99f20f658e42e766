//! The keys of creates: what a repeat is answered with, for how long, and where a key means nothing.

use akua_sim::{Create, Effect, Kind, Make, Until, Verdict};
use serde_json::{Value, json};

use crate::harness::{Harness, created, refused};

const IMPORT: &str = "/v1/clusters:import";

fn import(harness: &mut Harness, key: &str, name: &str) -> Verdict {
    let body = json!({"name": name, "region_id": "reg_1", "kubeconfig": "marker"});
    harness.post(IMPORT, Some(key), &body)
}

fn clusters(harness: &mut Harness) -> usize {
    harness.world.ids(harness.now, Kind::Cluster).len()
}

#[test]
fn a_repeat_under_its_key_is_answered_with_the_first_operation() {
    let mut harness = Harness::new();
    let first = harness.create_keyed("k", "n");
    harness.get("/v1/operations/op_1");
    harness.now = 59_999;
    let again = harness.create_keyed("k", "n");
    assert_eq!(again.effect, Effect::Replayed { of: 1 });
    assert_eq!((again.answer.status, &again.answer.body), (202, &first.answer.body));
    assert_eq!(clusters(&mut harness), 4);
    // A replay does not make the key younger.
    harness.now = 60_000;
    assert_eq!(created(&harness.create_keyed("k", "n")), "clu_5");
    assert_eq!(created(&harness.create_keyed("other", "n")), "clu_6");
}

#[test]
fn a_key_is_one_bodys_and_one_workspaces() {
    let mut harness = Harness::new();
    harness.create_keyed("k", "n");
    assert_eq!(refused(&harness.create_keyed("k", "other")), (409, Value::Null));
    assert_eq!(harness.create_keyed("k", "n").effect, Effect::Replayed { of: 1 });
    // The same JSON with a blank is another body.
    let request = harness
        .request("POST", "/v1/clusters")
        .with_header("idempotency-key", "k");
    let blank = request.with_body(r#"{"name":"n", "region_id":"reg_1"}"#);
    assert_eq!(harness.send(&blank).answer.status, 409);
    assert_eq!(clusters(&mut harness), 4);

    harness.token = harness.world.issue_token(Some("ws_2"));
    assert_eq!(created(&harness.create_keyed("k", "n")), "clu_5");

    let mut harness = Harness::switched(json!({"reused_key": 422}));
    harness.create_keyed("k", "n");
    assert_eq!(refused(&harness.create_keyed("k", "other")), (422, Value::Null));
    harness.keyed("k", "42", json!({"name": "a"}));
    assert_eq!(harness.keyed("k", "43", json!({"name": "b"})).answer.status, 422);
}

#[test]
fn what_a_key_is_worth_is_its_endpoints() {
    // An import takes a key, and it means nothing.
    let mut harness = Harness::new();
    for id in ["clu_4", "clu_5"] {
        assert_eq!(created(&import(&mut harness, "k", "n")), id);
    }

    let promises = json!({"create_keys_replay": {"import_cluster": 10}});
    let mut harness = Harness::switched(promises);
    let first = import(&mut harness, "k", "n");
    harness.now = 9_999;
    let again = import(&mut harness, "k", "n");
    assert_eq!(again.effect, Effect::Replayed { of: 1 });
    assert_eq!((again.answer.status, &again.answer.body), (200, &first.answer.body));
    let log = harness.world.log(harness.now, 0).to_vec();
    assert_eq!((log[1].created.as_deref(), &log[1].operation), (Some("clu_4"), &None));
    assert_eq!(refused(&import(&mut harness, "k", "other")), (409, Value::Null));
    // The other endpoint promises nothing now.
    assert!(harness.create_keyed("k", "n").effect.is_created());
    assert!(harness.create_keyed("k", "n").effect.is_created());
    harness.now = 10_000;
    assert_eq!(created(&import(&mut harness, "k", "n")), "clu_7");

    // Where both promise something, a key is one endpoint's. So it is between creates and launches.
    let both = json!({
        "create_keys_replay": {"create_cluster": 60, "import_cluster": 60},
        "action_keys_replay": {"refresh_capabilities": 60},
    });
    let mut harness = Harness::switched(both);
    harness.create_keyed("k", "n");
    assert_eq!(import(&mut harness, "k", "n").answer.status, 409);
    let refresh = harness
        .request("POST", "/v1/clusters/clu_1/capabilities:refresh")
        .with_header("idempotency-key", "k");
    assert_eq!(harness.send(&refresh).answer.status, 409);

    let mut harness = Harness::switched(json!({"keys_honoured": false}));
    for id in ["clu_4", "clu_5"] {
        assert_eq!(created(&harness.create_keyed("k", "n")), id);
    }
}

#[test]
fn a_repeat_may_be_in_progress_or_show_the_present() {
    let mut harness = Harness::switched(json!({"replay_in_progress": true, "replay_body": "current"}));
    harness.create_keyed("k", "n");
    let repeat = harness.create_keyed("k", "n");
    assert_eq!(
        (refused(&repeat), &repeat.effect),
        ((409, Value::Null), &Effect::Nothing)
    );
    harness.bare("POST", "/v1/operations/op_1:wait", None);
    let again = harness.create_keyed("k", "n");
    assert_eq!(
        (again.answer.status, &again.answer.json()["response"]["cluster_id"]),
        (202, &json!("clu_4"))
    );

    let promises = json!({"replay_body": "current", "create_keys_replay": {"import_cluster": 10}});
    let mut harness = Harness::switched(promises);
    import(&mut harness, "k", "n");
    let patch = harness.patch("/v1/clusters/clu_4", "3042", json!({"name": "now"}));
    harness.send(&patch);
    let again = import(&mut harness, "k", "n").answer;
    assert_eq!((again.status, &again.json()["name"]), (200, &json!("now")));
}

#[test]
fn a_key_may_be_refused_once_what_it_made_is_gone() {
    let fails = json!({"fail": {}});
    for (gone, status) in [
        (Value::Null, 202),
        (json!(409), 409),
        (json!(404), 404),
        (json!(422), 422),
    ] {
        let mut harness = Harness::switched(json!({"replay_of_gone": gone, "operation_ends": fails}));
        harness.create_keyed("k", "n");
        assert_eq!(harness.create_keyed("k", "n").answer.status, 202, "it is there so far");
        harness.get("/v1/operations/op_1");
        let again = harness.create_keyed("k", "n");
        assert_eq!(again.answer.status, status);
        assert_eq!(again.effect == Effect::Replayed { of: 1 }, status == 202);
        assert_eq!(clusters(&mut harness), 3);
    }
}

#[test]
fn a_refusal_may_be_kept_under_its_key() {
    for keeps in [false, true] {
        let switches = json!({"stores_rejections_per_key": keeps, "names_unique": {"cluster": ["name"]}});
        let mut harness = Harness::switched(switches);
        let theirs = harness
            .world
            .make_for_another_now(0, Make::named(Create::ImportCluster, "n"));
        let id = theirs.unwrap().id;
        assert_eq!(harness.create_keyed("k", "n").answer.status, 409);
        harness.world.delete(0, Kind::Cluster, &id).unwrap();
        let again = harness.create_keyed("k", "n");
        assert_eq!(
            (again.answer.status, again.effect.is_created()),
            if keeps { (409, false) } else { (202, true) }
        );
    }
}

#[test]
fn a_key_is_looked_up_before_names() {
    let mut harness = Harness::switched(json!({"names_unique": {"cluster": ["name"]}}));
    harness.create_keyed("k", "n");
    assert_eq!(harness.create_keyed("k", "n").effect, Effect::Replayed { of: 1 });
    assert_eq!(
        harness.create("n").answer.status,
        409,
        "without the key the name is taken"
    );
}

#[test]
fn an_operation_may_show_its_key() {
    for (echoes, shown) in [(false, Value::Null), (true, json!("k"))] {
        let mut harness = Harness::switched(json!({"operations_echo_key": echoes}));
        let accepted = harness.create_keyed("k", "n");
        assert_eq!(accepted.answer.json()["metadata"]["idempotency_key"], shown);
        assert_eq!(
            harness.get("/v1/operations").answer.json()["data"][0]["metadata"]["idempotency_key"],
            shown
        );
        let suspend = harness
            .request("POST", "/v1/clusters/clu_1:suspend")
            .with_header("if-match", "42")
            .with_header("idempotency-key", "k");
        assert_eq!(
            harness.send(&suspend).answer.json()["metadata"]["idempotency_key"],
            shown
        );
        let theirs = harness
            .world
            .make_for_another_now(0, Make::named(Create::CreateCluster, "n"))
            .unwrap();
        let operation = theirs.operation.unwrap();
        harness
            .world
            .advance_operation(0, &operation, Until::End, None)
            .unwrap();
        let metadata = harness.get(&format!("/v1/operations/{operation}")).answer.json()["metadata"].clone();
        assert_eq!(
            (metadata.get("idempotency_key"), &metadata["name"]),
            (None, &json!("n"))
        );
    }
}
