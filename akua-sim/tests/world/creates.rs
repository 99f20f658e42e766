//! The writes that make something new: what is refused, what is made, and what the record says of each copy.

use akua_sim::{
    Action, Author, Body, Create, Creation, Effect, End, Fault, Hold, Kind, Matcher, Op, Part, Script, SeedResource,
    Step, Stores, Target, When,
};
use serde_json::{Value, json};

use crate::harness::{Harness, created};

const IMPORT: &str = "/v1/clusters:import";

fn imported(name: &str) -> Value {
    json!({"name": name, "region_id": "reg_1", "kubeconfig": "marker"})
}

#[test]
fn a_cluster_is_created_goes_on_and_ends() {
    let mut harness = Harness::new();
    harness.now = 1_000;
    let accepted = harness.create("prod");
    let operation = accepted.answer.json();
    assert_eq!(accepted.answer.status, 202);
    assert_eq!(
        operation["metadata"],
        json!({"type": "cluster.create", "workspace_id": "ws_1", "region_id": "reg_1", "name": "prod"})
    );
    assert_eq!(
        (&operation["state"], &operation["done"], &operation["response"]),
        (&json!("RUNNING"), &json!(false), &Value::Null)
    );
    assert_eq!(
        (&operation["owner_type"], &operation["owner_id"], &operation["id"]),
        (&json!("cluster"), &json!("clu_4"), &json!("op_1"))
    );
    let creation = Creation {
        create: Create::CreateCluster,
        id: "clu_4".into(),
        operation: Some("op_1".into()),
        version: 1,
        etag: "3042".into(),
    };
    assert_eq!(accepted.effect, Effect::Created(Box::new(creation)));
    let cluster = harness.get("/v1/clusters/clu_4").answer.json();
    assert_eq!(
        (&cluster["name"], &cluster["state"], &cluster["reconciling"]),
        (&json!("prod"), &json!("pending"), &json!(true))
    );
    assert_eq!(
        (&cluster["provider"], &cluster["created_at"], &cluster["workspace_id"]),
        (&json!("managed_kaas"), &json!(1_700_000_001), &json!("ws_1"))
    );
    for hidden in ["region_id", "network_profile", "kubeconfig"] {
        assert_eq!(cluster.get(hidden), None);
    }

    let first = harness.get("/v1/operations/op_1").answer.json();
    assert_eq!((&first["done"], &first["response"]), (&json!(false), &Value::Null));
    let last = harness.get("/v1/operations/op_1").answer.json();
    assert_eq!(
        (&last["state"], &last["response"]),
        (&json!("SUCCEEDED"), &json!({"cluster_id": "clu_4"}))
    );
    let cluster = harness.get("/v1/clusters/clu_4").answer.json();
    assert_eq!(
        (&cluster["state"], &cluster["reconciling"], &cluster["etag"]),
        (&json!("active"), &json!(false), &json!("3043"))
    );
}

#[test]
fn a_cluster_is_imported_at_once() {
    for path in [IMPORT, "/v1/clusters%3Aimport", "/v1/clusters%3aimport"] {
        let mut harness = Harness::new();
        let verdict = harness.post(path, None, &imported("own"));
        let cluster = verdict.answer.json();
        assert_eq!(
            (verdict.answer.status, &cluster["id"]),
            (200, &json!("clu_4")),
            "{path}"
        );
        assert_eq!(
            (
                &cluster["name"],
                &cluster["provider"],
                &cluster["state"],
                &cluster["reconciling"]
            ),
            (&json!("own"), &json!("imported_byoc"), &json!("active"), &json!(true))
        );
        let Effect::Created(creation) = verdict.effect else {
            panic!("{path}")
        };
        assert_eq!(
            (creation.create, creation.operation, json!(creation.etag)),
            (Create::ImportCluster, None, cluster["etag"].clone())
        );
        harness.now = 250;
        let settled = harness.get("/v1/clusters/clu_4").answer.json();
        assert_eq!(
            (&settled["reconciling"], &settled["etag"]),
            (&json!(false), &json!("3043"))
        );
        assert_eq!(harness.world.ids(250, Kind::Operation), [""; 0]);
    }
}

#[test]
fn a_workspace_is_made_in_none() {
    let mut harness = Harness::new();
    let own = harness.token.clone();
    harness.token = harness.world.issue_token(None);
    let body = json!({"name": "Team", "slug": "team"});
    // A broad token needs no context, and the one that it has is not looked at. Nor is a key.
    let request = |harness: &Harness, context: &str| {
        let request = harness
            .request("POST", "/v1/workspaces")
            .with_header("akua-context", context);
        request.with_header("idempotency-key", "k").with_body(body.to_string())
    };
    let verdict = harness.post("/v1/workspaces", Some("k"), &body);
    let workspace = verdict.answer.json();
    assert_eq!((verdict.answer.status, &workspace["id"]), (201, &json!("ws_3")));
    assert_eq!(
        (&workspace["name"], &workspace["slug"], &workspace["etag"]),
        (&json!("Team"), &json!("team"), &json!("2008"))
    );
    let again = request(&harness, "nobody");
    assert_eq!(
        harness.send(&again).answer.status,
        409,
        "not a replay: the slug is taken"
    );

    // Without a slug it gets one that is free.
    let first = harness.post("/v1/workspaces", None, &json!({"name": "n", "slug": "workspace-5"}));
    let second = harness.post("/v1/workspaces", None, &json!({"name": "n"}));
    assert_eq!(first.answer.json()["id"], "ws_4");
    assert_eq!(second.answer.json()["slug"], "workspace-5-2");

    // Somebody who has the token of one workspace makes others, and does not see them.
    harness.token = own;
    let third = harness.post("/v1/workspaces", None, &json!({"name": "n"}));
    assert_eq!(third.answer.status, 201);
    assert_eq!(
        harness
            .get(&format!("/v1/workspaces/{}", created(&third)))
            .answer
            .status,
        404
    );
}

#[test]
fn what_was_made_is_served_as_if_it_had_been_seeded() {
    let mut harness = Harness::new();
    harness.create("a");
    harness.post(IMPORT, None, &imported("b"));
    harness.bare("POST", "/v1/operations/op_1:wait", None);
    assert_eq!(
        harness.listed("/v1/clusters"),
        ["clu_1", "clu_2", "clu_3", "clu_4", "clu_5"]
    );
    for id in ["clu_4", "clu_5"] {
        let target = format!("/v1/clusters/{id}");
        let cluster = harness.get(&target).answer.json();
        let patch = harness.patch(&target, cluster["etag"].as_str().unwrap(), json!({"name": "c"}));
        let patched = harness.send(&patch).answer.json();
        assert_eq!(patched["name"], "c");
        for below in ["capabilities", "kubeconfig", "compute_settings"] {
            assert_eq!(harness.get(&format!("{target}/{below}")).answer.status, 200);
        }
        let suspended = harness.bare("POST", &format!("{target}:suspend"), patched["etag"].as_str());
        assert_eq!(suspended.answer.status, 202);
        let operation = suspended.answer.json()["id"].as_str().unwrap().to_owned();
        harness.bare("POST", &format!("/v1/operations/{operation}:wait"), None);
        let etag = harness.get(&target).answer.json()["etag"].as_str().unwrap().to_owned();
        assert_eq!(harness.bare("DELETE", &target, Some(&etag)).answer.status, 202);
        harness.get("/v1/operations");
        harness.get("/v1/operations");
        assert_eq!(harness.get(&target).answer.status, 404);
    }
    // An id is never given twice.
    assert_eq!(created(&harness.create("d")), "clu_6");

    harness.token = harness.world.issue_token(None);
    let made = created(&harness.post("/v1/workspaces", None, &json!({"name": "Team"})));
    let target = format!("/v1/workspaces/{made}");
    let inside = |harness: &Harness, method: &str, target: &str| {
        harness.request(method, target).with_header("akua-context", &made)
    };
    let cluster = inside(&harness, "POST", "/v1/clusters").with_body(r#"{"name":"n","region_id":"r"}"#);
    assert_eq!(created(&harness.send(&cluster)), "clu_7");
    let list = inside(&harness, "GET", "/v1/clusters");
    assert_eq!(harness.send(&list).answer.json()["data"][0]["id"], "clu_7");
    let delete = inside(&harness, "DELETE", &target).with_header("if-match", "2008");
    assert_eq!(harness.send(&delete).answer.status, 202);
}

#[test]
fn what_is_asked_of_a_create_is_asked_before_anything_is_made() {
    let mut harness = Harness::new();
    let body = json!({"name": "n", "region_id": "reg_1"});
    for (target, body, status, path) in [
        ("/v1/clusters", json!({"region_id": "r"}), 400, json!(["body", "name"])),
        ("/v1/clusters", json!({"name": "n"}), 400, json!(["body", "region_id"])),
        ("/v1/clusters", json!([]), 400, json!(["body"])),
        (IMPORT, body.clone(), 400, json!(["body", "kubeconfig"])),
        ("/v1/workspaces", json!({}), 422, json!(["body", "name"])),
        (
            "/v1/workspaces",
            json!({"name": "n", "plan": {}}),
            422,
            json!(["body", "plan"]),
        ),
    ] {
        let answer = harness.post(target, None, &body).answer;
        assert_eq!(
            (answer.status, &answer.json()["errors"][0]["path"]),
            (status, &path),
            "{body}"
        );
    }
    let long = harness.post("/v1/clusters", Some(&"k".repeat(65)), &body).answer;
    assert_eq!(long.json()["errors"][0]["path"], json!(["headers", "idempotency-key"]));
    let mixed = json!({"name": "n", "region_id": "r", "network_profile": "mixed_os_calico"});
    assert_eq!(harness.post("/v1/clusters", None, &mixed).answer.status, 403);
    for (method, target, status, allow) in [
        ("PUT", "/v1/clusters", 405, Some("GET, HEAD, POST")),
        ("PATCH", "/v1/workspaces", 405, Some("GET, HEAD, POST")),
        ("POST", "/v1/operations", 405, Some("GET, HEAD")),
        ("GET", IMPORT, 404, None),
        ("POST", "/v1/workspaces:import", 404, None),
    ] {
        let answer = harness.bare(method, target, None).answer;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (status, allow),
            "{method} {target}"
        );
    }
    harness.token = harness.world.issue_token(None);
    assert_eq!(
        harness.post("/v1/clusters", None, &body).answer.status,
        400,
        "no context"
    );
    harness.token = "nobody".into();
    for target in ["/v1/clusters", IMPORT, "/v1/workspaces"] {
        assert_eq!(harness.post(target, None, &body).answer.status, 401, "{target}");
    }
    for (kind, there) in [(Kind::Cluster, 3), (Kind::Workspace, 2), (Kind::Operation, 0)] {
        assert_eq!(harness.world.ids(0, kind).len(), there);
    }
    assert!(
        harness
            .world
            .log(0, 0)
            .iter()
            .all(|entry| entry.effect == Effect::Nothing)
    );
}

#[test]
fn regions_and_profiles_are_switches() {
    let mut harness = Harness::switched(json!({"known_regions_only": true, "mixed_os_calico": true}));
    let refused = harness.create("n").answer;
    assert_eq!(
        (refused.status, &refused.json()["errors"][0]["path"]),
        (400, &json!(["body", "region_id"]))
    );
    assert_eq!(harness.post(IMPORT, None, &imported("n")).answer.status, 400);
    harness.world.seed_next(Kind::Region);
    assert_eq!(harness.create("n").answer.status, 202);
    let mixed = json!({"name": "n", "region_id": "reg_1", "network_profile": "mixed_os_calico"});
    let id = created(&harness.post("/v1/clusters", None, &mixed));
    let first = harness.world.history(0, Kind::Cluster, &id).unwrap()[0].clone();
    assert_eq!(first.hidden["network_profile"], "mixed_os_calico");
    assert_eq!(first.hidden["region_id"], "reg_1");
}

#[test]
fn faults_meet_creates_as_they_meet_launches() {
    for (fault, status, lands) in [
        (Fault::before(503), 503, false),
        (Fault::after(504), 504, true),
        (Fault::lost_before(End::Reset), 500, false),
        (Fault::lost_after(End::Fin), 202, true),
        (Fault::after(200).body(Body::Html), 200, true),
        (Fault::cut(Part::Body(3), End::Fin), 202, true),
        (Fault::default().without("id"), 202, true),
    ] {
        let mut harness = Harness::new();
        harness
            .world
            .inject(fault.clone().on(Matcher::create(Create::CreateCluster)))
            .unwrap();
        // It meets no other create.
        assert_eq!(harness.post(IMPORT, None, &imported("n")).answer.status, 200);
        let verdict = harness.create_keyed("k", "n");
        assert_eq!(
            (verdict.answer.status, verdict.effect.is_created()),
            (status, lands),
            "{fault:?}"
        );
        let entry = harness.world.log(0, 2)[0].clone();
        assert_eq!(
            (entry.create, entry.kind, entry.id, entry.idempotency_key.as_deref()),
            (Some(Create::CreateCluster), Some(Kind::Cluster), None, Some("k"))
        );
        assert_eq!(
            (entry.created.is_some(), entry.operation.is_some()),
            (lands, lands),
            "{fault:?}"
        );
        assert_eq!(harness.world.ids(0, Kind::Cluster).len(), 4 + usize::from(lands));
    }
    for impossible in [
        Matcher::create(Create::CreateCluster).of(Kind::Cluster, "clu_1"),
        Matcher {
            kind: Some(Kind::Cluster),
            ..Matcher::create(Create::CreateWorkspace)
        },
        Matcher {
            method: Some("PUT".into()),
            ..Matcher::create(Create::CreateWorkspace)
        },
        Matcher {
            path: Some("/v1/clusters".into()),
            ..Matcher::create(Create::ImportCluster)
        },
    ] {
        assert!(Harness::new().world.inject(Fault::before(500).on(impossible)).is_err());
    }
    for path in ["/v1/clusters:import", "/v1/clusters%3aimport"] {
        let matching = Matcher {
            path: Some(path.into()),
            ..Matcher::create(Create::ImportCluster)
        };
        assert!(Harness::new().world.inject(Fault::before(500).on(matching)).is_ok());
    }
}

#[test]
fn a_create_may_be_pretended() {
    let mut harness = Harness::new();
    harness.world.inject(Fault::pretended().times(3)).unwrap();
    let cluster = harness.create_keyed("k", "n");
    assert_eq!(cluster.answer.status, 202);
    assert_eq!(
        (&cluster.answer.json()["id"], &cluster.answer.json()["owner_id"]),
        (&json!("op_nowhere_1"), &json!("clu_nowhere_1"))
    );
    let import = harness.post(IMPORT, None, &imported("n"));
    assert_eq!(
        (import.answer.status, &import.answer.json()["id"]),
        (200, &json!("clu_nowhere_2"))
    );
    let workspace = harness.post("/v1/workspaces", None, &json!({"name": "n"}));
    assert_eq!(
        (workspace.answer.status, &workspace.answer.json()["id"]),
        (201, &json!("ws_nowhere_3"))
    );
    for (kind, there) in [(Kind::Cluster, 3), (Kind::Workspace, 2), (Kind::Operation, 0)] {
        assert_eq!(harness.world.ids(0, kind).len(), there);
    }
    for entry in harness.world.log(0, 0) {
        assert_eq!((&entry.effect, &entry.created), (&Effect::Nothing, &None));
    }
    assert!(
        harness.create_keyed("k", "n").effect.is_created(),
        "the key was not kept"
    );
}

#[test]
fn a_create_may_land_late_or_twice() {
    let mut harness = Harness::new();
    harness.world.inject(Fault::held(Hold::Ms(100))).unwrap();
    let request = harness.request("POST", "/v1/workspaces").with_body(r#"{"name":"n"}"#);
    let Step::Held { ticket, .. } = harness.world.handle(0, &request) else {
        panic!("not held")
    };
    harness.world.abandon(ticket);
    assert_eq!(harness.world.log(99, 0)[0].effect, Effect::Nothing);
    assert_eq!(harness.world.log(100, 0)[0].created.as_deref(), Some("ws_3"));

    for (target, body, key, effects) in [
        ("/v1/clusters", json!({"name": "n", "region_id": "r"}), Some("k"), "cr"),
        ("/v1/clusters", json!({"name": "n", "region_id": "r"}), None, "cc"),
        (IMPORT, imported("n"), Some("k"), "cc"),
        ("/v1/workspaces", json!({"name": "n"}), None, "cc"),
        ("/v1/workspaces", json!({"name": "n", "slug": "slug"}), None, "cn"),
    ] {
        let mut harness = Harness::new();
        harness.world.inject(Fault::doubled(Hold::UntilReleased)).unwrap();
        harness.post(target, key, &body);
        assert_eq!(harness.world.release(0), 1);
        let log = harness.world.log(0, 0).to_vec();
        assert_eq!(log[1].copy_of, Some(1));
        let letters: String = log
            .iter()
            .map(|entry| match &entry.effect {
                Effect::Created(_) => 'c',
                Effect::Replayed { of: 1 } => 'r',
                Effect::Nothing => 'n',
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(letters, effects, "{target} {key:?}");
        assert_eq!(log[0].created == log[1].created, effects == "cr");
        assert_eq!(
            log[0].operation == log[1].operation,
            effects == "cr" || target != "/v1/clusters"
        );
    }
}

#[test]
fn what_is_made_may_not_be_what_was_sent() {
    for (stores, name) in [
        (Stores::AsSent, " Prod "),
        (Stores::Trimmed, "Prod"),
        (Stores::Lowercased, " prod "),
        (Stores::None, "cluster 4"),
    ] {
        let mut harness = Harness::new();
        harness.world.inject(Fault::stores(stores)).unwrap();
        harness.create(" Prod ");
        assert_eq!(
            harness.get("/v1/clusters/clu_4").answer.json()["name"],
            name,
            "{stores:?}"
        );
    }
}

#[test]
fn the_record_says_what_was_made_and_by_whom() {
    let mut harness = Harness::new();
    harness.create_keyed("k", "n");
    harness.create_keyed("k", "n");
    harness.create_keyed("k", "other");
    harness.post(IMPORT, Some("i"), &imported("n"));
    harness.post("/v1/workspaces", None, &json!({"name": "n"}));
    harness.post("/v1/workspaces", None, &json!({"name": "n", "slug": "s"}));
    let log = harness.world.log(0, 0).to_vec();
    let told: Vec<_> = log
        .iter()
        .map(|entry| {
            let did = json!(entry.effect)["did"].as_str().unwrap().to_owned();
            let key = entry.idempotency_key.as_deref();
            (
                did,
                entry.status.unwrap(),
                entry.created.as_deref(),
                entry.operation.as_deref(),
                key,
            )
        })
        .collect();
    let told: Vec<_> = told
        .iter()
        .map(|(did, a, b, c, d)| (did.as_str(), *a, *b, *c, *d))
        .collect();
    assert_eq!(
        told,
        [
            ("created", 202, Some("clu_4"), Some("op_1"), Some("k")),
            ("replayed", 202, Some("clu_4"), Some("op_1"), Some("k")),
            ("nothing", 409, None, None, Some("k")),
            ("created", 200, Some("clu_5"), None, Some("i")),
            ("created", 201, Some("ws_3"), None, None),
            ("nothing", 422, None, None, None),
        ]
    );
    let names: Vec<_> = log.iter().map(|entry| json!(entry.create)).collect();
    let (create, import, workspace) = ("create_cluster", "import_cluster", "create_workspace");
    assert_eq!(names, [create, create, create, import, workspace, workspace]);
    for (kind, id, author) in [
        (Kind::Cluster, "clu_4", Author::Request { seq: 1 }),
        (Kind::Operation, "op_1", Author::Request { seq: 1 }),
        (Kind::Cluster, "clu_5", Author::Request { seq: 4 }),
        (Kind::Workspace, "ws_3", Author::Request { seq: 5 }),
    ] {
        assert_eq!(harness.world.history(0, kind, id).unwrap()[0].author, author, "{id}");
    }
}

#[test]
fn a_kubeconfig_is_nowhere() {
    let switches = json!({"create_keys_replay": {"import_cluster": 60}});
    let mut harness = Harness::switched(switches);
    let body = imported("n");
    harness.world.inject(Fault::doubled(Hold::Ms(50))).unwrap();
    let mut shown = String::new();
    for _ in 0..3 {
        let verdict = harness.post(IMPORT, Some("k"), &body);
        shown.push_str(&format!("{verdict:?}{}", String::from_utf8_lossy(&verdict.answer.body)));
    }
    harness.now = 100;
    for op in [
        json!({"op": "log"}),
        json!({"op": "history", "kind": "cluster", "id": "clu_4"}),
        json!({"op": "state"}),
        json!({"op": "faults"}),
        json!({"op": "contract"}),
        json!({"op": "create", "create": "import_cluster", "set": {"kubeconfig": "marker"}}),
    ] {
        let op: Op = serde_json::from_value(op).unwrap();
        shown.push_str(&harness.world.control(100, op).unwrap().to_string());
    }
    shown.push_str(&format!("{:?}", harness.world));
    shown.push_str(&format!("{:?}", harness.world.log(100, 0)));
    let seeded = SeedResource {
        kind: Kind::Cluster,
        id: "clu_9".into(),
        workspace: None,
        set: body.as_object().unwrap().clone(),
    };
    let seed = json!({"op": "seed", "resources": [seeded]});
    shown.push_str(
        &harness
            .world
            .control(100, serde_json::from_value(seed).unwrap())
            .unwrap()
            .to_string(),
    );
    assert!(!shown.contains("marker"), "{shown}");
    // Whether two are the same can be told.
    let prints: Vec<_> = ["clu_4", "clu_9"]
        .iter()
        .map(|id| harness.world.history(100, Kind::Cluster, id).unwrap()[0].hidden["kubeconfig"].clone())
        .collect();
    assert_eq!((&prints[0], &prints[0]["bytes"]), (&prints[1], &json!(6)));
}

#[test]
fn a_reset_forgets_what_was_made() {
    let switches = json!({"creates_lag": 9, "create_keys_replay": {"create_cluster": 60}});
    let mut harness = Harness::switched(switches);
    harness.create_keyed("k", "n");
    let gone = Action::Delete(Target {
        kind: Kind::Cluster,
        id: "clu_4".into(),
    });
    let script = Script::once(When::After, Matcher::create(Create::CreateCluster), gone);
    harness.world.script(script).unwrap();
    harness.world.reset(0);
    harness.world.seed_next(Kind::Cluster);
    assert_eq!(harness.listed("/v1/clusters"), ["clu_1", "clu_2", "clu_3", "clu_4"]);
    assert_eq!(created(&harness.create_keyed("k", "n")), "clu_5");
    assert_eq!(harness.get("/v1/clusters/clu_4").answer.status, 200);
}
