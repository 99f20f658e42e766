//! Names that no two share, and those that two may: taken, freed, and taken again by somebody else.

use akua_sim::{Action, Author, Create, Kind, Make, Matcher, Op, Script, When, Write};
use serde_json::{Value, json};

use crate::harness::{Harness, created, refused};

fn workspace(harness: &mut Harness, slug: &str) -> u16 {
    let body = json!({"name": "n", "slug": slug});
    harness.post("/v1/workspaces", None, &body).answer.status
}

fn theirs(harness: &mut Harness, create: Create, name: &str) -> Result<String, String> {
    let made = harness
        .world
        .make_for_another_now(harness.now, Make::named(create, name));
    made.map(|made| made.id).map_err(|error| error.to_string())
}

#[test]
fn slugs_are_taken_and_names_are_not() {
    let mut harness = Harness::new();
    assert_eq!(workspace(&mut harness, "team"), 201);
    let taken = harness.post("/v1/workspaces", None, &json!({"name": "other", "slug": "team"}));
    assert_eq!(refused(&taken), (409, Value::Null));
    assert_eq!(
        taken.answer.json()["errors"][0].get("metadata"),
        None,
        "it names no etag"
    );
    assert_eq!(harness.create("cluster 1").answer.status, 202);
    assert_eq!(harness.create("cluster 1").answer.status, 202);

    let mut harness = Harness::switched(json!({"names_unique": {}}));
    assert_eq!(
        [workspace(&mut harness, "team"), workspace(&mut harness, "team")],
        [201, 201]
    );

    let mut harness = Harness::switched(json!({"taken_names_etag": "holder"}));
    let taken = harness.post("/v1/workspaces", None, &json!({"name": "n", "slug": "workspace-2"}));
    assert_eq!(taken.answer.json()["errors"][0]["metadata"], json!({"holder": "1008"}));
}

#[test]
fn names_of_clusters_may_be_unique_within_their_workspace() {
    let mut harness = Harness::switched(json!({"names_unique": {"cluster": ["name"]}}));
    assert_eq!(refused(&harness.create("cluster 1")), (409, Value::Null));
    let import = json!({"name": "cluster 1", "region_id": "r", "kubeconfig": "k"});
    assert_eq!(harness.post("/v1/clusters:import", None, &import).answer.status, 409);
    assert_eq!(refused(&harness.rename("42", "cluster 2")), (409, Value::Null));
    assert_eq!(harness.rename("42", "cluster 1").answer.status, 200, "its own");
    harness.token = harness.world.issue_token(Some("ws_2"));
    assert_eq!(harness.create("cluster 1").answer.status, 202);
}

#[test]
fn what_is_freed_is_somebody_elses_then() {
    let unique = json!({"names_unique": {"cluster": ["name"], "workspace": ["slug"]}});
    let mut harness = Harness::switched(unique.clone());
    // By a rename.
    let write = Write::set(Kind::Workspace, "ws_2", "slug", "elsewhere");
    harness.world.write(0, write).unwrap();
    assert_eq!(workspace(&mut harness, "workspace-2"), 201);
    // By a delete, once it has ended.
    harness.bare("DELETE", "/v1/clusters/clu_1", Some("42"));
    assert_eq!(harness.create("cluster 1").answer.status, 409);
    harness.bare("POST", "/v1/operations/op_1:wait", None);
    let id = theirs(&mut harness, Create::ImportCluster, "cluster 1").unwrap();
    assert_eq!(harness.create("cluster 1").answer.status, 409, "theirs now");
    assert_eq!(
        harness.world.history(0, Kind::Cluster, &id).unwrap()[0].author,
        Author::Foreign {}
    );
    // By a create that has failed.
    let ours = created(&harness.create("new"));
    let operation = json!({"op": "advance_operation", "id": "op_2", "to": "end", "ends": {"fail": {}}});
    harness
        .world
        .control(0, serde_json::from_value(operation).unwrap())
        .unwrap();
    assert_eq!(harness.get(&format!("/v1/clusters/{ours}")).answer.status, 404);
    assert_ne!(theirs(&mut harness, Create::CreateCluster, "new").unwrap(), ours);

    // Or it is never free again, not even of a name that something once had.
    let mut never = unique;
    never["names_never_reused"] = true.into();
    let mut harness = Harness::switched(never);
    harness.rename("42", "renamed");
    harness.world.delete(0, Kind::Cluster, "clu_2").unwrap();
    for (name, status) in [("cluster 1", 409), ("cluster 2", 409), ("renamed", 409), ("new", 202)] {
        assert_eq!(harness.create(name).answer.status, status, "{name}");
    }
    assert_eq!(harness.rename("43", "cluster 1").answer.status, 200, "its own again");
}

#[test]
fn somebody_else_makes_a_namesake() {
    let mut harness = Harness::new();
    harness.create("prod");
    let op = json!({"op": "create", "create": "create_cluster", "set": {"name": "prod", "region_id": "reg_1"}});
    let op: Op = serde_json::from_value(op).unwrap();
    let made = harness.world.control(7, op).unwrap();
    assert_eq!((&made["id"], &made["operation"]), (&json!("clu_5"), &json!("op_2")));
    assert_eq!(
        (&made["version"]["author"], &made["version"]["fields"]["state"]),
        (&json!({"by": "foreign"}), &json!("pending"))
    );
    let clusters = harness.get("/v1/clusters").answer.json();
    let names: Vec<_> = clusters["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| &each["name"])
        .collect();
    assert_eq!(names, ["cluster 1", "cluster 2", "cluster 3", "prod", "prod"]);
    // Nothing in their operations tells them apart.
    let operations = harness.get("/v1/operations").answer.json();
    assert_eq!(operations["data"][0]["metadata"], operations["data"][1]["metadata"]);
    harness.bare("POST", "/v1/operations/op_2:wait", None);
    assert_eq!(harness.get("/v1/clusters/clu_5").answer.json()["state"], "active");

    let import =
        json!({"op": "create", "create": "import_cluster", "workspace": "ws_2", "set": {"state": "suspended"}});
    let made = harness
        .world
        .control(8, serde_json::from_value(import).unwrap())
        .unwrap();
    assert_eq!(
        (&made["operation"], &made["version"]["fields"]["state"]),
        (&Value::Null, &json!("suspended"))
    );
    assert_eq!(
        harness.get("/v1/clusters/clu_6").answer.status,
        404,
        "in another workspace"
    );
    for (op, named) in [
        (
            json!({"op": "create", "create": "create_workspace", "set": {"slug": "workspace-1"}}),
            "set",
        ),
        (
            json!({"op": "create", "create": "create_workspace", "workspace": "ws_1"}),
            "workspace",
        ),
        (
            json!({"op": "create", "create": "create_cluster", "workspace": "ws_9"}),
            "ws_9",
        ),
        (
            json!({"op": "create", "create": "create_cluster", "set": {"etag": "1"}}),
            "etag",
        ),
    ] {
        let error = harness
            .world
            .control(8, serde_json::from_value(op).unwrap())
            .unwrap_err();
        assert!(error.to_string().contains(named), "{error}");
    }
    let script = json!({"when": "before", "then": {"create": {"create": "create_cluster", "set": {"id": "clu_9"}}}});
    assert!(harness.world.script(serde_json::from_value(script).unwrap()).is_err());
}

#[test]
fn somebody_else_may_be_first() {
    // They make the same right before: their slug stands, and this one is refused.
    for (when, mine, ids) in [
        (When::Before, 409, ["ws_1", "ws_2", "ws_3"].as_slice()),
        (When::After, 201, ["ws_1", "ws_2", "ws_3"].as_slice()),
    ] {
        let mut harness = Harness::new();
        harness
            .world
            .script(Script::once(
                when,
                Matcher::create(Create::CreateWorkspace),
                Action::Same {},
            ))
            .unwrap();
        assert_eq!(workspace(&mut harness, "team"), mine);
        assert_eq!(harness.world.ids(0, Kind::Workspace), ids);
        let by = json!(harness.world.history(0, Kind::Workspace, "ws_3").unwrap()[0].author);
        assert_eq!(by["by"], if mine == 409 { "foreign" } else { "request" });
    }
    // Two clusters may have one name.
    let mut harness = Harness::new();
    let same = Script::once(When::Before, Matcher::create(Create::CreateCluster), Action::Same {});
    harness.world.script(same).unwrap();
    assert_eq!(created(&harness.create("prod")), "clu_5");
    let hidden =
        |harness: &mut Harness, id: &str| harness.world.history(0, Kind::Cluster, id).unwrap()[0].hidden.clone();
    assert_eq!(hidden(&mut harness, "clu_4"), hidden(&mut harness, "clu_5"));
    // Nobody makes what nobody could.
    let same = Script::once(When::Before, Matcher::create(Create::CreateCluster), Action::Same {});
    harness.world.script(same).unwrap();
    assert_eq!(harness.create("").answer.status, 400);
    assert_eq!(harness.world.ids(0, Kind::Cluster).len(), 5);
    // A script can make any.
    let make = Action::Create(Make::named(Create::CreateWorkspace, "theirs"));
    harness
        .world
        .script(Script::once(When::After, Matcher::method("GET"), make))
        .unwrap();
    harness.get("/v1/clusters");
    assert_eq!(harness.world.ids(0, Kind::Workspace).len(), 3);
}
