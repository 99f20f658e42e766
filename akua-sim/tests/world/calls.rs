//! The API's calls without faults, on the world alone.

use crate::harness::{Harness, applied};
use akua_sim::{Effect, Kind, Write};
use serde_json::{Value, json};

#[test]
fn a_cluster_shows_what_is_documented_and_nothing_write_only() {
    let mut harness = Harness::new();
    let verdict = harness.get("/v1/clusters/clu_1");
    assert_eq!(verdict.answer.status, 200);
    let shown = verdict.answer.json();
    let names: Vec<&String> = shown.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "created_at",
            "etag",
            "html_url",
            "id",
            "name",
            "provider",
            "reconciling",
            "state",
            "updated_at",
            "workspace_id"
        ]
    );
    assert_eq!(
        (&shown["etag"], &shown["created_at"]),
        (&json!("42"), &json!(1_700_000_000))
    );
}

#[test]
fn a_write_under_the_current_etag_makes_one_version() {
    let mut harness = Harness::new();
    harness.now = 5_000;
    let verdict = harness.rename("42", "prod");
    assert_eq!(applied(&verdict), 2);
    let shown = verdict.answer.json();
    assert_eq!((&shown["etag"], &shown["name"]), (&json!("43"), &json!("prod")));
    assert_eq!(shown["updated_at"], 1_700_000_005);
    assert_eq!(harness.history().len(), 2);
}

#[test]
fn a_stale_etag_is_refused_and_the_current_one_named() {
    let mut harness = Harness::new();
    harness.rename("42", "first");
    let verdict = harness.rename("42", "second");
    assert_eq!((verdict.answer.status, verdict.effect), (409, Effect::Nothing));
    let error = &verdict.answer.json();
    assert_eq!(error["errors"][0]["metadata"], json!({"current_etag": "43"}));
    assert_eq!((&error["success"], &error["result"]), (&json!(false), &json!({})));
    assert_eq!(harness.current().fields["name"], "first");
}

#[test]
fn an_etag_is_compared_verbatim() {
    let mut harness = Harness::new();
    for etag in ["\"42\"", "W/\"42\"", "*", "042", "42 ", "4"] {
        assert_eq!(harness.rename(etag, "n").answer.status, 409, "{etag}");
    }
    assert_eq!(harness.rename("", "n").answer.status, 400);
    assert_eq!(harness.rename(&"4".repeat(257), "n").answer.status, 400);
    assert_eq!(harness.rename(&"4".repeat(256), "n").answer.status, 409);
    let without = harness.request("PATCH", "/v1/clusters/clu_1").with_body("{}");
    assert_eq!(harness.send(&without).answer.status, 400);
    assert_eq!(harness.history().len(), 1);
}

#[test]
fn a_body_that_says_nothing_is_accepted() {
    let mut harness = Harness::new();
    for (body, etag) in [("null", "42"), ("", "43"), ("{}", "44")] {
        let request = harness
            .request("PATCH", "/v1/clusters/clu_1")
            .with_header("if-match", etag)
            .with_body(body);
        let verdict = harness.send(&request);
        assert_eq!(verdict.answer.status, 200, "{body}");
    }
}

#[test]
fn a_region_is_listed_and_not_found_alone() {
    let mut harness = Harness::new();
    for id in ["reg_1", "reg_2"] {
        harness
            .world
            .seed(Kind::Region, id, None, serde_json::Map::new())
            .unwrap();
    }
    let page = harness.get("/v1/regions?limit=1").answer.json();
    assert_eq!(page["data"], json!([{ "id": "reg_1", "name": "region 1" }]));
    let next = format!("/v1/regions?limit=1&cursor={}", page["next_cursor"].as_str().unwrap());
    assert_eq!(harness.get(&next).answer.json()["data"][0]["id"], "reg_2");
    for method in ["GET", "PATCH", "DELETE"] {
        let answer = harness.bare(method, "/v1/regions/reg_1", Some("700")).answer;
        assert_eq!(answer.status, 404, "{method}");
    }
    let answer = harness.bare("POST", "/v1/regions", None).answer;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")));
}

#[test]
fn addresses_are_exact() {
    let mut harness = Harness::new();
    let seed = |harness: &mut Harness, id: &str| {
        harness
            .world
            .seed(Kind::Cluster, id, None, serde_json::Map::new())
            .unwrap()
    };
    seed(&mut harness, "a/b");
    seed(&mut harness, "a%2Fb");
    seed(&mut harness, "é");
    for (target, id) in [
        ("/v1/clusters/a%2Fb", "a/b"),
        ("/v1/clusters/a%252Fb", "a%2Fb"),
        ("/v1/clusters/%C3%A9?x=1", "é"),
    ] {
        assert_eq!(harness.get(target).answer.json()["id"], id);
    }
    for target in [
        "/v1/clusters/a/b",
        "/v1/clusters/",
        "/v1/machines",
        "/",
        "/v1/clusters/..",
    ] {
        assert_eq!(harness.get(target).answer.status, 404, "{target}");
    }
    for (method, target) in [
        ("PUT", "/v1/clusters/clu_1"),
        ("PATCH", "/v1/clusters"),
        ("DELETE", "/v1/clusters"),
        ("patch", "/v1/clusters/clu_1"),
    ] {
        let request = harness.request(method, target);
        let answer = harness.send(&request).answer;
        let allow = if target.ends_with("clu_1") {
            "GET, HEAD, PATCH, DELETE"
        } else {
            "GET, HEAD, POST"
        };
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, Some(allow)),
            "{method} {target}"
        );
    }
    // Also where a resource is called so: an escape that is none is never taken for the text that it stands in.
    seed(&mut harness, "a%zz");
    for target in [
        "/v1/clusters/a%zz",
        "/v1/clusters/%",
        "/v1/clusters/%2",
        "/v1/%/x",
        "/v1/clusters/%ff",
    ] {
        let answer = harness.get(target).answer;
        assert_eq!(answer.status, 400, "{target}");
        assert_eq!(answer.json()["errors"][0]["path"][0], "path");
    }
}

#[test]
fn d_a_head_is_a_get_without_its_body() {
    let mut harness = Harness::new();
    for target in ["/v1/clusters/clu_1", "/v1/clusters", "/v1/clusters/clu_99"] {
        let (get, head) = (harness.get(target).answer, harness.request("HEAD", target));
        let head = harness.send(&head).answer;
        assert_eq!((head.status, head.body.len()), (get.status, 0), "{target}");
        let length = get.body.len().to_string();
        assert_eq!(head.header("content-length"), Some(length.as_str()), "{target}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{target}");
    }
}

#[test]
fn tokens_are_asked_for() {
    let mut harness = Harness::new();
    for header in ["Bearer nobody", "Basic x", "Bearer", ""] {
        let request = akua_sim::WireRequest::new("GET", "/v1/clusters/clu_1").with_header("authorization", header);
        let verdict = harness.send(&request);
        assert_eq!(verdict.answer.status, 401, "{header}");
        assert_eq!(verdict.answer.json()["errors"][0]["code"], 7003);
    }
    let bare = akua_sim::WireRequest::new("GET", "/v1/clusters/clu_1");
    assert_eq!(harness.send(&bare).answer.status, 401);
    let lower = akua_sim::WireRequest::new("GET", "/v1/clusters/clu_1")
        .with_header("authorization", &format!("bearer {}", harness.token));
    assert_eq!(harness.send(&lower).answer.status, 200);
}

#[test]
fn a_token_sees_its_workspace_only() {
    let mut harness = Harness::new();
    harness
        .world
        .seed(Kind::Cluster, "theirs", Some("ws_2"), serde_json::Map::new())
        .unwrap();
    assert_eq!(harness.get("/v1/clusters/theirs").answer.status, 404);
    assert_eq!(harness.get("/v1/workspaces/ws_2").answer.status, 404);
    assert_eq!(
        harness.get("/v1/workspaces").answer.json()["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let own = harness
        .request("GET", "/v1/clusters/clu_1")
        .with_header("akua-context", "ws_1");
    assert_eq!(harness.send(&own).answer.status, 200);
    let other = harness
        .request("GET", "/v1/clusters/clu_1")
        .with_header("akua-context", "ws_2");
    assert_eq!(harness.send(&other).answer.status, 403);
    let long = harness
        .request("GET", "/v1/clusters/clu_1")
        .with_header("akua-context", &"w".repeat(54));
    assert_eq!(harness.send(&long).answer.status, 400);
}

#[test]
fn a_broad_token_needs_a_context() {
    let mut harness = Harness::new();
    harness.token = harness.world.issue_token(None);
    harness
        .world
        .seed(Kind::Cluster, "theirs", Some("ws_2"), serde_json::Map::new())
        .unwrap();
    assert_eq!(harness.get("/v1/clusters/clu_1").answer.status, 400);
    let switches = json!({"missing_context": 403});
    harness.world.switch(switches.as_object().unwrap()).unwrap();
    assert_eq!(harness.get("/v1/clusters/clu_1").answer.status, 403);
    let status = |harness: &mut Harness, target: &str, context: &str| {
        let request = harness.request("GET", target).with_header("akua-context", context);
        harness.send(&request).answer.status
    };
    assert_eq!(status(&mut harness, "/v1/clusters/clu_1", "ws_1"), 200);
    assert_eq!(status(&mut harness, "/v1/clusters/clu_1", "ws_2"), 404);
    assert_eq!(status(&mut harness, "/v1/clusters/theirs", "ws_2"), 200);
    assert_eq!(status(&mut harness, "/v1/workspaces/ws_2", "ws_1"), 200);
    assert_eq!(status(&mut harness, "/v1/clusters/clu_1", "ws_9"), 403);
}

#[test]
fn lists_come_in_pages() {
    let mut harness = Harness::new();
    for _ in 0..57 {
        harness.world.seed_next(Kind::Cluster);
    }
    assert_eq!(
        harness.get("/v1/clusters").answer.json()["data"]
            .as_array()
            .unwrap()
            .len(),
        50
    );
    let mut seen = Vec::new();
    let mut target = "/v1/clusters?limit=7".to_owned();
    let mut pages = 0;
    loop {
        let page = harness.get(&target).answer.json();
        seen.extend(
            page["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        pages += 1;
        if page["has_more"] == json!(false) {
            assert_eq!(page["next_cursor"], Value::Null);
            break;
        }
        target = format!("/v1/clusters?limit=7&cursor={}", page["next_cursor"].as_str().unwrap());
    }
    assert_eq!((pages, seen.len()), (9, 60));
    assert_eq!((seen[0].as_str(), seen[59].as_str()), ("clu_1", "clu_60"));
    for query in [
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=",
        "cursor=nonsense",
        "cursor=c0",
        "cursor=",
    ] {
        assert_eq!(
            harness.get(&format!("/v1/clusters?{query}")).answer.status,
            400,
            "{query}"
        );
    }
}

#[test]
fn a_cursor_belongs_to_its_list_and_outlives_a_deletion() {
    let mut harness = Harness::new();
    let first = harness.get("/v1/clusters?limit=2").answer.json();
    let cursor = first["next_cursor"].as_str().unwrap().to_owned();
    assert_eq!(
        harness.get(&format!("/v1/workspaces?cursor={cursor}")).answer.status,
        400
    );
    harness.world.delete(0, Kind::Cluster, "clu_2").unwrap();
    let second = harness.get(&format!("/v1/clusters?cursor={cursor}")).answer.json();
    assert_eq!(second["data"][0]["id"], "clu_3");
}

#[test]
fn operations_are_read_and_never_written() {
    let mut harness = Harness::new();
    for _ in 0..3 {
        harness.world.seed_next(Kind::Operation);
    }
    let ended = json!({"state": "FAILED", "error": {"message": "no machines"}});
    for (name, value) in ended.as_object().unwrap() {
        harness
            .world
            .write(5_000, Write::set(Kind::Operation, "op_2", name, value.clone()))
            .unwrap();
    }
    let running = harness.get("/v1/operations/op_1").answer.json();
    assert_eq!(
        (&running["state"], &running["done"]),
        (&json!("RUNNING"), &json!(false))
    );
    assert_eq!(
        (&running["completed_at"], &running["error"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(running["steps"][0]["name"], "drain");
    for name in ["etag", "created_at", "updated_at"] {
        assert!(running.get(name).is_none(), "{name}");
    }
    let failed = harness.get("/v1/operations/op_2").answer.json();
    assert_eq!(
        (&failed["done"], &failed["completed_at"]),
        (&json!(true), &json!(1_700_000_005))
    );
    assert_eq!(failed["error"]["message"], "no machines");

    let page = harness.get("/v1/operations?limit=2").answer.json();
    let ids = |page: &Value| -> Vec<String> {
        let items = page["data"].as_array().unwrap().iter();
        items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&page), ["op_3", "op_2"]);
    assert!(page["data"][0].get("steps").is_none() && page["data"][0].get("error").is_some());
    let next = format!("/v1/operations?cursor={}", page["next_cursor"].as_str().unwrap());
    let rest = harness.get(&next).answer.json();
    assert_eq!(
        (ids(&rest), &rest["next_cursor"]),
        (vec!["op_1".to_owned()], &Value::Null)
    );

    let about = |harness: &mut Harness, query: &str| harness.get(&format!("/v1/operations?{query}")).answer;
    let mine = about(&mut harness, "owner_type=cluster&owner_id=clu_2").json();
    assert_eq!(ids(&mine), ["op_2"]);
    assert_eq!(
        ids(&about(&mut harness, "owner_type=machine&owner_id=clu_2").json()),
        [""; 0]
    );
    assert_eq!(about(&mut harness, "owner_type=cluster").status, 400);
    assert_eq!(about(&mut harness, "owner_id=clu_2").status, 400);

    let patch = harness.patch("/v1/operations/op_1", "1", json!({"state": "CANCELLED"}));
    assert_eq!(harness.send(&patch).answer.status, 405);
}

#[test]
fn other_conflicts_answer_409_without_an_etag() {
    let mut harness = Harness::new();
    harness
        .world
        .write(0, Write::set(Kind::Cluster, "clu_1", "state", "deleting"))
        .unwrap();
    let deleting = harness.rename("43", "n");
    assert_eq!(deleting.answer.status, 409);
    assert!(deleting.answer.json()["errors"][0].get("metadata").is_none());

    let slug = harness.patch("/v1/workspaces/ws_1", "8", json!({"slug": "workspace-2"}));
    let taken = harness.send(&slug);
    assert_eq!(taken.answer.status, 409);
    assert!(taken.answer.json()["errors"][0].get("metadata").is_none());
    let own = harness.patch("/v1/workspaces/ws_1", "8", json!({"slug": "workspace-1"}));
    assert_eq!(harness.send(&own).answer.status, 200);
}

#[test]
fn a_deleted_resource_is_gone_and_its_id_can_come_back() {
    let mut harness = Harness::new();
    harness.world.delete(0, Kind::Cluster, "clu_1").unwrap();
    assert_eq!(harness.get("/v1/clusters/clu_1").answer.status, 404);
    assert_eq!(harness.rename("43", "n").answer.status, 404);
    harness
        .world
        .seed(Kind::Cluster, "clu_1", None, serde_json::Map::new())
        .unwrap();
    assert_eq!(harness.get("/v1/clusters/clu_1").answer.json()["etag"], "44");
    assert!(
        harness
            .world
            .seed(Kind::Cluster, "clu_1", None, serde_json::Map::new())
            .is_err()
    );
    let history = harness.history();
    assert_eq!(
        history.iter().map(|version| version.deleted).collect::<Vec<_>>(),
        [false, true, false]
    );
    assert!(history[1].fields.contains_key("name"));
}

#[test]
fn a_cluster_reconciles_and_settles_by_itself() {
    for body in [
        json!({"region_id": "reg_2"}),
        json!({"kubeconfig": "k"}),
        json!({"provider": "imported_byoc"}),
    ] {
        let mut harness = Harness::new();
        let request = harness.patch("/v1/clusters/clu_1", "42", body);
        harness.now = 1_000;
        assert_eq!(harness.send(&request).answer.json()["reconciling"], true);
        harness.now = 1_249;
        assert_eq!(harness.get("/v1/clusters/clu_1").answer.json()["etag"], "43");
        harness.now = 3_000;
        let settled = harness.get("/v1/clusters/clu_1").answer.json();
        assert_eq!(
            (&settled["reconciling"], &settled["etag"]),
            (&json!(false), &json!("44"))
        );
        assert_eq!(settled["updated_at"], 1_700_000_001);
        let last = harness.current();
        assert_eq!((last.at_ms, last.author), (1_250, akua_sim::Author::Server {}));
    }
    let mut harness = Harness::new();
    assert_eq!(harness.rename("42", "n").answer.json()["reconciling"], false);
}

#[test]
fn a_second_write_restarts_reconciling() {
    let mut harness = Harness::new();
    let first = harness.patch("/v1/clusters/clu_1", "42", json!({"region_id": "reg_2"}));
    harness.send(&first);
    harness.now = 200;
    let second = harness.patch("/v1/clusters/clu_1", "43", json!({"region_id": "reg_3"}));
    harness.send(&second);
    harness.now = 300;
    assert_eq!(harness.get("/v1/clusters/clu_1").answer.json()["reconciling"], true);
    harness.now = 450;
    assert_eq!(harness.get("/v1/clusters/clu_1").answer.json()["reconciling"], false);
}

#[test]
fn reconciling_can_wait_for_word() {
    let mut harness = Harness::switched(json!({"reconcile_ms": null}));
    let request = harness.patch("/v1/clusters/clu_1", "42", json!({"region_id": "reg_2"}));
    harness.send(&request);
    harness.now = 1_000_000;
    assert_eq!(harness.get("/v1/clusters/clu_1").answer.json()["reconciling"], true);
    harness.world.settle_now(harness.now, "clu_1").unwrap();
    assert_eq!(harness.get("/v1/clusters/clu_1").answer.json()["reconciling"], false);
}

#[test]
fn secrets_reach_neither_answer_nor_record() {
    let mut harness = Harness::new();
    let request = harness.patch(
        "/v1/clusters/clu_1",
        "42",
        json!({"kubeconfig": "marker", "region_id": "reg_marker"}),
    );
    let verdict = harness.send(&request);
    let answer = String::from_utf8(verdict.bytes()).unwrap();
    assert!(!answer.contains("marker"));
    let token = harness.token.clone();
    let mut told = format!("{:?}{verdict:?}", harness.world);
    told += &format!("{:?}", harness.history());
    told += &serde_json::to_string(harness.world.log(0, 0)).unwrap();
    told += &serde_json::to_string(&harness.history()).unwrap();
    assert!(!told.replace("reg_marker", "").contains("marker"));
    assert!(!told.contains(&token) && !told.contains("Bearer"));
    let version = harness.history().swap_remove(1);
    assert_eq!(version.hidden["region_id"], "reg_marker");
    assert_eq!(
        version.hidden["kubeconfig"],
        serde_json::json!(akua_sim::Fingerprint::of(b"marker"))
    );
}

#[test]
fn every_answer_has_a_request_id_that_the_record_names() {
    let mut harness = Harness::new();
    let ids: Vec<String> = ["/v1/clusters/clu_1", "/nowhere", "/v1/clusters"]
        .iter()
        .map(|target| harness.get(target).answer.header("x-request-id").unwrap().to_owned())
        .collect();
    let logged: Vec<String> = harness
        .world
        .log(0, 0)
        .iter()
        .map(|entry| entry.request_id.clone())
        .collect();
    assert_eq!(ids, logged);
}
