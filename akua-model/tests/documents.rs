//! What the two documents promise of clusters and workspaces: read, kept, and where they are broken, named.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use akua_model::http::Response;
use akua_model::property::Type;
use akua_model::{
    Cluster, ClusterState, Declared, ErrorKind, Page, PageQuery, Properties, Property, Provider, Shown, Workspace,
    WorkspaceClass, answer,
};
use serde_json::{Value, json};

mod samples;
use samples::{
    cluster, cluster_answer, failed, partial, resource, response, with, without, workspace, workspace_answer,
};

fn ok(document: &Value) -> Response {
    response(200, document.to_string())
}

fn read_cluster(document: &Value) -> Cluster {
    resource(cluster_answer(&ok(document)))
}

fn read_workspace(document: &Value) -> Workspace {
    resource(workspace_answer(&ok(document)))
}

/// That a document is read, and written again has the same properties with the same values.
fn assert_survives(document: &Value) {
    let written = if document["id"] == "clu_1" {
        serde_json::to_string(&read_cluster(document))
    } else {
        serde_json::to_string(&read_workspace(document))
    };
    let written: Value = serde_json::from_str(&written.unwrap()).unwrap();
    assert_eq!(written, *document);
}

/// That the only thing wrong with a document is `field`, and that the etag is known all the same.
fn assert_breaks(document: &Value, field: &str, words: &str) {
    let (etag, error) = if document["id"] == "clu_1" {
        let partial = partial(cluster_answer(&ok(document)));
        (partial.etag, partial.error)
    } else {
        let partial = partial(workspace_answer(&ok(document)));
        (partial.etag, partial.error)
    };
    assert_eq!(etag.as_str(), document["etag"]);
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.to_string(), format!("unreadable answer: `{field}` {words}"));
}

#[test]
fn the_cluster_example_of_the_document_lacks_what_is_required() {
    // As it is printed there: neither `state` nor `provider`.
    let example = json!({
        "id": "clu_1",
        "html_url": "https://example.com",
        "name": "<string>",
        "workspace_id": "<string>",
        "reconciling": true,
        "created_at": 1,
        "updated_at": 1,
        "etag": "<string>",
    });
    assert_breaks(&example, "state", "is missing");
    assert_breaks(
        &with(example.clone(), "state", json!("pending")),
        "provider",
        "is missing",
    );
    let whole = with(example, "state", json!("pending"));
    assert_survives(&with(whole, "provider", json!("managed_kaas")));
}

#[test]
fn the_workspace_example_of_the_document_is_read_and_kept() {
    let example = json!({
        "id": "ws_1",
        "name": "<string>",
        "slug": "<string>",
        "plan": { "tier": "<string>" },
        "created_at": "2023-11-07T05:31:56Z",
        "updated_at": 1,
        "etag": "<string>",
    });
    assert_survives(&example);
    let workspace = read_workspace(&example);
    assert_eq!(workspace.created_at.unix_seconds(), Some(1_699_335_116));
    assert_eq!(workspace.created_at.to_string(), "2023-11-07T05:31:56Z");
    assert_eq!(workspace.updated_at.unix_seconds(), Some(1));
    assert_eq!(workspace.updated_at.to_string(), "1970-01-01T00:00:01Z");
    assert_eq!(workspace.plan.tier.as_deref(), Some("<string>"));
}

#[test]
fn every_property_is_read_into_its_field() {
    let read = read_cluster(&cluster());
    assert_eq!((read.id.as_str(), read.etag.as_str()), ("clu_1", "42"));
    assert_eq!(read.html_url.as_deref(), Some("https://akua.dev/clusters/clu_1"));
    assert_eq!((read.name.as_str(), read.workspace_id.as_str()), ("prod-eu", "ws_1"));
    assert_eq!(read.state, ClusterState::Active);
    assert_eq!(read.provider, Provider::ManagedKaas);
    assert!(!read.reconciling);
    assert_eq!(read.created_at.unix_seconds(), Some(1_699_335_116));
    assert_eq!(read.updated_at.unix_seconds(), Some(1_699_335_117));
    assert!(read.unknown.as_map().is_empty());
    let text = |text| Shown::Is(akua_model::Value::Text(text));
    for (name, shown) in [
        ("name", text("prod-eu")),
        ("region_id", Shown::Unreadable),
        ("provider", text("managed_kaas")),
        ("kubeconfig", Shown::Unreadable),
    ] {
        assert_eq!(read.shown(name), shown, "{name}");
    }

    let read = read_workspace(&workspace());
    assert_eq!((read.id.as_str(), read.etag.as_str()), ("ws_1", "7"));
    assert_eq!((read.name.as_str(), read.slug.as_str()), ("Team Blue", "team-blue"));
    assert_eq!(read.plan.billed_by.as_ref().map(|by| by.as_str()), Some("platform"));
    assert_eq!(read.workspace_class, Some(WorkspaceClass::Standard));
    assert_eq!(
        (read.shown("name"), read.shown("slug")),
        (text("Team Blue"), text("team-blue"))
    );
}

#[test]
fn a_property_shows_the_same_by_its_place_as_by_its_name() {
    fn same(of: &dyn Properties, declared: &[Property]) {
        for (index, property) in declared.iter().enumerate() {
            assert_eq!(of.shown_at(index), of.shown(property.name), "{}", property.name);
            let text = of.shown(property.name).value().and_then(akua_model::Value::as_text);
            assert_eq!(of.text_at(index), text, "{}", property.name);
            if let (Type::Object(inner), Shown::Is(akua_model::Value::Object(object))) =
                (property.kind, of.shown_at(index))
            {
                same(object, inner);
            }
        }
        assert_eq!(of.shown_at(declared.len()), Shown::Unreadable);
        assert_eq!(of.text_at(declared.len()), None);
    }
    same(&read_cluster(&cluster()), Cluster::PROPERTIES);
    same(&read_workspace(&workspace()), Workspace::PROPERTIES);
}

#[test]
fn every_documented_value_is_known_and_every_other_kept() {
    for state in ["pending", "provisioning", "active", "suspended", "deleting"] {
        let document = with(cluster(), "state", json!(state));
        assert!(read_cluster(&document).state.is_known(), "{state}");
        assert_survives(&document);
    }
    for provider in ["managed_kaas", "imported_byoc"] {
        let document = with(cluster(), "provider", json!(provider));
        assert!(read_cluster(&document).provider.is_known(), "{provider}");
        assert_survives(&document);
    }
    for class in ["standard", "platform", "sandbox"] {
        let document = with(workspace(), "workspace_class", json!(class));
        assert!(read_workspace(&document).workspace_class.unwrap().is_known(), "{class}");
        assert_survives(&document);
    }
    for by in ["platform", "seller"] {
        let document = with(workspace(), "plan", json!({ "billed_by": by }));
        assert!(read_workspace(&document).plan.billed_by.unwrap().is_known(), "{by}");
        assert_survives(&document);
    }
    for unknown in ["", "Active", "hibernating", "é😀\n"] {
        let document = with(cluster(), "state", json!(unknown));
        let read = read_cluster(&with(document.clone(), "provider", json!(unknown)));
        assert_eq!(read.state, ClusterState::Other(unknown.to_owned()));
        assert_eq!(read.provider, Provider::Other(unknown.to_owned()));
        assert!(!read.state.is_known() && !read.provider.is_known());
        assert_survives(&document);
        assert_survives(&with(workspace(), "workspace_class", json!(unknown)));
        assert_survives(&with(workspace(), "plan", json!({ "billed_by": unknown })));
    }
}

#[test]
fn unknown_properties_survive() {
    let grown = json!({
        "null": null,
        "list": [1, "a", [], {}, [null, { "deep": [true, false] }]],
        "": "an empty name",
        "é😀": -1,
        "numbers": [0, -1, 1.5, 1e300, u64::MAX, i64::MIN],
        "unknown": "a property with the name of our field",
    });
    for (name, value) in grown.as_object().unwrap() {
        let document = with(cluster(), name, value.clone());
        let kept = value.to_string().parse().unwrap();
        assert_eq!(read_cluster(&document).unknown.as_map().get(name), Some(&kept));
        assert_survives(&document);
        assert_survives(&with(workspace(), name, value.clone()));
    }
    assert_survives(&with(cluster(), "spec", grown.clone()));
    let plan = with(grown, "tier", json!("pro"));
    let document = with(workspace(), "plan", plan);
    assert_eq!(read_workspace(&document).plan.unknown.as_map().len(), 6);
    assert_survives(&document);
}

/// A cluster with one more property, as a text of JSON.
fn grown(name: &str, value: &str) -> String {
    cluster()
        .to_string()
        .replacen('{', &format!("{{\"{name}\": {value},"), 1)
}

#[test]
fn d_what_no_number_and_no_text_can_hold_survives_as_it_was_written() {
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    for value in [
        "18446744073709551616",
        "-170141183460469231731687303715884105728",
        "1e400",
        "0.1234567890123456789012345678901234567890",
        "1.10",
        "-0",
        r#""\ud800""#,
        r#"{"a": [1e999, "\udc00x"], "a": 2}"#,
        r#"{"\ud800": 1}"#,
        deep.as_str(),
    ] {
        let read = resource(cluster_answer(&response(200, grown("new", value))));
        assert_eq!(read.unknown.as_map()["new"].as_str(), value);
        let written = serde_json::to_string(&read).unwrap();
        assert!(written.contains(&format!("\"new\":{value}")), "{written}");
        assert!(read.to_json().as_str().contains(value));
        // Whoever reads it again, with this crate or another, gets the same.
        assert_eq!(akua_model::from_json::<Cluster>(&written).unwrap(), read);
        assert_eq!(serde_json::from_str::<Cluster>(&written).unwrap(), read);
        // Also in an object inside, on a page, and where the rest is written in an unusual way.
        let plan = format!(r#"{{"tier":"a","new":{value}}}"#);
        let other = workspace()
            .to_string()
            .replace(r#""slug":"team-blue""#, r#""slug":"te\u0061m-blue""#);
        let other = with(serde_json::from_str(&other).unwrap(), "plan", json!("PLAN")).to_string();
        let read: Workspace = akua_model::from_json(&other.replace("\"PLAN\"", &plan)).unwrap();
        assert_eq!(read.plan.unknown.as_map()["new"].as_str(), value);
        let page = format!(r#"{{"data":[{}],"has_more":false}}"#, grown("new", value));
        let page = answer::of_page::<Cluster>(&PageQuery::default(), &response(200, page)).unwrap();
        assert_eq!(page.data[0].unknown.as_map()["new"].as_str(), value);
    }
    // Only a name that is no text can't be kept.
    let read = failed(cluster_answer(&response(200, grown(r"a\ud800", "1"))));
    assert_eq!(
        read.unreadable.unwrap().problems()[0].message,
        "has text that is not Unicode"
    );
}

#[test]
fn c10_a_time_is_read_from_its_text_whatever_numbers_are_to_the_reader() {
    for (text, seconds) in [
        ("1795899017.5", Some(1_795_899_017)),
        ("18446744073709551616", None),
        ("1.50e1", Some(15)),
        ("-1", Some(-1)),
    ] {
        let body = cluster()
            .to_string()
            .replace("\"created_at\":1699335116", &format!("\"created_at\":{text}"));
        let read = resource(cluster_answer(&response(200, body)));
        assert_eq!(read.created_at.unix_seconds(), seconds, "{text}");
        assert_eq!(serde_json::to_string(&read.created_at).unwrap(), text);
        let alone: akua_model::Timestamp = serde_json::from_str(text).unwrap();
        assert_eq!(alone, read.created_at);
        let value: serde_json::Value = serde_json::from_str("1795899017.5").unwrap();
        assert!(serde_json::from_value::<akua_model::Timestamp>(value).is_ok());
    }
}

#[test]
fn what_only_one_page_documents_may_be_missing() {
    let document = without(cluster(), "html_url");
    assert_eq!(read_cluster(&document).html_url, None);
    assert_survives(&document);
    let document = without(workspace(), "workspace_class");
    assert_eq!(read_workspace(&document).workspace_class, None);
    assert_survives(&document);
    for plan in [json!({}), json!({ "tier": "pro" }), json!({ "billed_by": "seller" })] {
        assert_survives(&with(workspace(), "plan", plan));
    }
}

#[test]
fn what_is_required_and_missing_is_named() {
    for field in [
        "name",
        "workspace_id",
        "state",
        "provider",
        "reconciling",
        "created_at",
        "updated_at",
    ] {
        assert_breaks(&without(cluster(), field), field, "is missing");
    }
    for field in ["name", "slug", "plan", "created_at", "updated_at"] {
        assert_breaks(&without(workspace(), field), field, "is missing");
    }
}

#[test]
fn what_has_another_type_is_named() {
    let (text, flag, time) = (
        "has another type (expected a string)",
        "has another type (expected a boolean)",
        "has another type (expected Unix seconds or an RFC 3339 time)",
    );
    for (field, words) in [
        ("name", text),
        ("html_url", text),
        ("workspace_id", text),
        ("state", text),
        ("provider", text),
        ("reconciling", flag),
        ("created_at", time),
        ("updated_at", time),
    ] {
        for value in [json!(null), json!([]), json!({ "a": 1 })] {
            assert_breaks(&with(cluster(), field, value), field, words);
        }
    }
    for (field, value, words) in [
        ("name", json!(1), text),
        ("slug", json!(false), text),
        ("workspace_class", json!(null), text),
        ("plan", json!(null), "has another type (expected an object)"),
        ("plan", json!("pro"), "has another type (expected an object)"),
        ("created_at", json!("yesterday"), time),
        ("created_at", json!(true), time),
        ("updated_at", json!("2023-11-07"), time),
    ] {
        assert_breaks(&with(workspace(), field, value), field, words);
    }
    assert_breaks(&with(workspace(), "plan", json!({ "tier": null })), "plan.tier", text);
    assert_breaks(
        &with(workspace(), "plan", json!({ "billed_by": 1 })),
        "plan.billed_by",
        text,
    );
}

#[test]
fn no_limit_is_documented_for_answers() {
    let long = "😀".repeat(5_000);
    for text in ["", long.as_str(), "a\r\nb\0"] {
        let document = with(with(cluster(), "name", json!(text)), "etag", json!(text));
        assert_survives(&with(document.clone(), "html_url", json!(text)));
        assert_eq!(read_cluster(&document).name, text);
        let document = with(with(workspace(), "name", json!(text)), "slug", json!(text));
        assert_survives(&with(document, "etag", json!(text)));
    }
}

#[test]
fn an_etag_is_kept_and_refused_only_when_it_is_to_guard_a_write() {
    for etag in ["", "*", "é", "a\nb", " 42", &"4".repeat(257)] {
        let document = with(cluster(), "etag", json!(etag));
        assert_survives(&document);
        let read = read_cluster(&document);
        assert_eq!(read.etag.as_str(), etag);
        let error = read.etag.if_match().unwrap_err();
        assert_eq!(
            (error.kind(), error.problems()[0].field.as_str()),
            (ErrorKind::InvalidInput, "if-match")
        );
    }
    let read = read_cluster(&with(cluster(), "etag", json!("W/\"42\"")));
    assert_eq!(read.etag.if_match().unwrap().as_str(), "W/\"42\"");
}

#[test]
fn a_kubeconfig_in_an_answer_is_not_kept() {
    for (document, property) in [(cluster(), "kubeconfig"), (workspace(), "kubeconfig")] {
        let sent = with(document.clone(), property, json!("Mark3r"));
        let (shown, written) = if document["id"] == "clu_1" {
            let read = read_cluster(&sent);
            (format!("{read:?}"), serde_json::to_value(&read).unwrap())
        } else {
            let read = read_workspace(&sent);
            (format!("{read:?}"), serde_json::to_value(&read).unwrap())
        };
        assert_eq!(written, document);
        assert!(!shown.contains("Mark3r"));
    }
}

#[test]
fn a_property_that_stands_there_twice() {
    let twice = |more: &str| {
        let document = cluster().to_string();
        response(200, document.replacen('{', &format!("{{{more},"), 1))
    };
    // A known one is ambiguous: the write took effect, what the cluster is can't be told.
    for (field, value) in [("name", r#""other""#), ("created_at", "1"), ("state", r#""active""#)] {
        let partial = partial(cluster_answer(&twice(&format!(r#""{field}":{value}"#))));
        assert_eq!(partial.etag.as_str(), "42");
        assert_eq!(
            partial.error.to_string(),
            format!("unreadable answer: `{field}` is there twice")
        );
    }
    // Of one that this version does not know the last is kept, as most readers of JSON do.
    let read = resource(cluster_answer(&twice(r#""new":1,"new":2"#)));
    assert_eq!(read.unknown.as_map()["new"].as_str(), "2");
}

#[test]
fn a_page_is_read_whole_or_not_at_all() {
    let page = |data: Value| {
        response(
            200,
            json!({ "data": data, "has_more": true, "next_cursor": "c2", "more": 1 }).to_string(),
        )
    };
    let read: Page<Cluster> = answer::of_page(&PageQuery::default(), &page(json!([cluster(), cluster()]))).unwrap();
    assert_eq!(
        (read.data.len(), read.has_more, read.next_cursor.as_deref()),
        (2, true, Some("c2"))
    );
    assert_eq!(read.data[1], read_cluster(&cluster()));
    let read: Page<Workspace> = answer::of_page(&PageQuery::default(), &page(json!([]))).unwrap();
    assert!(read.data.is_empty());
    for end in [
        r#"{"data":[],"has_more":false,"next_cursor":null}"#,
        r#"{"data":[],"has_more":false}"#,
    ] {
        let read: Page<Workspace> = answer::of_page(&PageQuery::default(), &response(200, end)).unwrap();
        assert_eq!((read.has_more, read.next_cursor), (false, None));
    }
    let breaks = [
        (
            page(json!([cluster(), without(cluster(), "state")])),
            "data[1].state",
            "is missing",
        ),
        (
            page(json!([with(cluster(), "name", json!(1))])),
            "data[0].name",
            "has another type (expected a string)",
        ),
        (page(json!({})), "data", "has another type (expected a sequence)"),
        // What a reader could take for the fields of a page in their order.
        (
            response(200, r#"[[],false,null]"#),
            "body",
            "has another type (expected an object)",
        ),
        (response(200, r#"{"has_more":false}"#), "data", "is missing"),
        (response(200, r#"{"data":[]}"#), "has_more", "is missing"),
        (
            response(200, r#"{"data":[],"has_more":false,"next_cursor":5}"#),
            "next_cursor",
            "has another type (expected a string)",
        ),
    ];
    for (response, field, words) in breaks {
        let failed = answer::of_page::<Cluster>(&PageQuery::default(), &response).unwrap_err();
        let error = failed.unreadable.expect(field);
        assert_eq!(error.to_string(), format!("unreadable answer: `{field}` {words}"));
    }
}
