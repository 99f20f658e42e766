//! What an error says to a person: the thing, the next step, and nothing that acts where it is printed.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;
use std::time::Duration;

use akua_http::retry::Instantly;
use akua_http::transport::scripted::ScriptedTransport;
use akua_http::transport::{FailureKind, Sent};
use akua_http::{Client, Error};
use akua_model::edit::{ResumeMode, ResumeToken};
use akua_model::report::{Kind, Report};
use akua_model::{ClusterId, ClusterPatch, PageQuery, Secrets};

const ANSWERS: [(u16, &str); 14] = [
    (200, "{}"),
    (302, ""),
    (304, ""),
    (400, "{}"),
    (401, "{}"),
    (403, "{}"),
    (404, "{}"),
    (405, "{}"),
    (409, "{}"),
    (410, "{}"),
    (422, "{}"),
    (429, "{}"),
    (500, "<html>"),
    (503, ""),
];

fn cluster(etag: &str, name: &str) -> String {
    format!(
        r#"{{"id":"clu_1","name":"{name}","workspace_id":"ws_1","state":"active","provider":"managed_kaas",
        "reconciling":false,"created_at":1,"updated_at":1,"etag":"{etag}"}}"#
    )
}

fn client(wire: &Arc<ScriptedTransport>) -> Client {
    let client = Client::builder()
        .token("t")
        .timeout(Duration::from_secs(2))
        .pace(Instantly);
    client.transport(Arc::clone(wire)).build().unwrap()
}

fn id() -> ClusterId {
    "clu_1".parse().unwrap()
}

fn patch() -> ClusterPatch {
    ClusterPatch::builder().name("ours").build().unwrap()
}

fn token() -> ResumeToken {
    let wire = Arc::new(ScriptedTransport::new());
    wire.answer(200, cluster("42", "old"));
    wire.fail(Sent::Unknown, FailureKind::ConnectionLost);
    let edited = client(&wire).clusters().edit(id(), patch()).unwrap();
    Report::from(&edited).resume_token.unwrap().parse().unwrap()
}

/// Every call that fails, with what the server answers to all of it.
fn each_failure(mut check: impl FnMut(&str, &Report)) {
    for (status, body) in ANSWERS {
        type Call = fn(&Client) -> Result<Report, Error>;
        let calls: [(&str, Call); 6] = [
            ("get", |client| client.clusters().get(&id()).map(|_| panic!())),
            ("list", |client| {
                client.clusters().page(&PageQuery::default()).map(|_| panic!())
            }),
            ("update", |client| {
                let update = client.clusters().update(&id(), &"42".parse()?, &patch());
                update.map(|_| panic!())
            }),
            ("update_with_key", |client| {
                let clusters = client.clusters();
                let update = clusters.update_with_key(&id(), &"42".parse()?, &patch(), &"k".parse()?);
                update.map(|_| panic!())
            }),
            ("edit", |client| {
                Ok(Report::from(&client.clusters().edit(id(), patch())?))
            }),
            ("resolve", |client| {
                let resolved = client
                    .clusters()
                    .resolve(&token(), ResumeMode::Look, &Secrets::none())?;
                Ok(Report::from(&resolved))
            }),
        ];
        for (name, call) in calls {
            let wire = Arc::new(ScriptedTransport::new());
            for _ in 0..20 {
                wire.answer(status, body);
            }
            let report = call(&client(&wire)).unwrap_or_else(|error| Report::from(&error));
            check(&format!("{name} answered {status}"), &report);
        }
    }
}

fn assert_tells(what: &str, report: &Report) {
    let message = &report.message;
    let is_named = message.contains("clusters/clu_1") || message.contains("cluster clu_1");
    let is_list = what.starts_with("list") && message.contains("/v1/clusters");
    assert!(is_named || is_list, "{what}: {message}");
    let hint = report.hint.as_deref().unwrap_or_else(|| panic!("{what}: {message}"));
    assert!(
        !hint.is_empty() && (message.contains(hint) || message.contains("next: ")),
        "{what}: {message}"
    );
}

#[test]
fn d_every_error_names_the_thing_and_the_next_step() {
    each_failure(assert_tells);
}

#[test]
fn d_what_was_not_modified_is_no_redirect() {
    each_failure(|what, report| {
        let hint = report.hint.as_deref().unwrap_or_default();
        assert_eq!(
            hint.contains("redirect"),
            what.ends_with("302") && !what.starts_with("edit") && !what.starts_with("resolve"),
            "{what}: {hint}"
        );
        assert!(
            !what.ends_with("304") || what.starts_with("edit") || what.starts_with("resolve") || hint.contains("cache"),
            "{what}: {hint}"
        );
    });
}

#[test]
fn d_every_end_of_an_edit_names_the_thing_and_the_next_step() {
    type Script = fn(&ScriptedTransport);
    let ends: [(Kind, Script); 6] = [
        (Kind::NotFound, |wire| wire.answer(404, "{}")),
        (Kind::Conflict, |wire| {
            wire.answer(200, cluster("42", "old"));
            wire.answer(409, "{}");
            wire.answer(200, cluster("43", "theirs"));
        }),
        (Kind::Rejected, |wire| {
            wire.answer(200, cluster("42", "old"));
            wire.answer(422, "{}");
        }),
        (Kind::Indeterminate, |wire| {
            wire.answer(200, cluster("42", "old"));
            wire.fail(Sent::Unknown, FailureKind::ConnectionLost);
        }),
        (Kind::Decode, |wire| {
            wire.answer(200, cluster("42", "old"));
            wire.answer(200, r#"{"id":"clu_1","etag":"43"}"#);
        }),
        (Kind::Transport, |_| {}),
    ];
    for (kind, script) in ends {
        let wire = Arc::new(ScriptedTransport::new());
        script(&wire);
        let report = Report::from(&client(&wire).clusters().edit(id(), patch()).unwrap());
        assert_eq!(report.kind, kind, "{report:#?}");
        assert_tells(kind.name(), &report);
    }
    let declined = client(&Arc::new(ScriptedTransport::new()));
    let seen: akua_model::Cluster = serde_json::from_str(&cluster("*", "old")).unwrap();
    let error = declined.clusters().edit(seen, patch()).unwrap_err();
    assert!(error.to_string().starts_with("edit of cluster clu_1: "), "{error}");
    let elsewhere = Client::builder()
        .token("t")
        .base_url("https://other.example")
        .build()
        .unwrap();
    let error = elsewhere
        .clusters()
        .resolve(&token(), ResumeMode::Look, &Secrets::none())
        .unwrap_err();
    assert!(
        error.to_string().contains("cluster clu_1") && error.hint().is_some(),
        "{error}"
    );
}

#[test]
fn d_what_a_server_says_is_printed_without_acting_and_kept_as_it_was() {
    let acts = "a\u{1b}[2J\r\nb\u{202e}c\u{2066}d";
    let shown = r"a\u{1b}[2J\r\nb\u{202e}c\u{2066}d";
    let body = serde_json::json!({ "errors": [{ "message": acts, "code": acts, "path": [acts], "metadata": { acts: acts, "current_etag": "4\u{202e}3" } }] });
    for status in [404, 409, 422, 500] {
        let wire = Arc::new(ScriptedTransport::new());
        for _ in 0..9 {
            wire.answer(status, body.to_string());
        }
        let error = client(&wire)
            .clusters()
            .update(&id(), &"42".parse().unwrap(), &patch())
            .unwrap_err();
        let edited = client(&wire).clusters().edit(id(), patch()).unwrap();
        let (update, edit) = (Report::from(&error), Report::from(&edited));
        for text in [&error.to_string(), &update.message, &edit.message, &edited.explain()] {
            let text = text.replace('\n', "");
            let acting = |c: char| c.is_control() || ('\u{2028}'..='\u{202e}').contains(&c) || c == '\u{2066}';
            assert!(text.contains(shown) && !text.contains(acting), "{text}");
        }
        for report in [update, edit] {
            let [said] = &report.server_errors[..] else {
                panic!("{report:?}")
            };
            assert_eq!((said.message.as_str(), said.path[0].as_str()), (acts, acts));
            assert_eq!(said.metadata.get(acts).map(String::as_str), Some(acts));
            assert_eq!(serde_json::to_value(said).unwrap()["code"], acts);
        }
    }
    // Names and etags that a server stores are as little to be trusted.
    let wire = Arc::new(ScriptedTransport::new());
    let odd = |etag: &str, name: &str| {
        let whole = serde_json::from_str::<serde_json::Value>(&cluster("1", "n"));
        let mut whole = whole.unwrap();
        whole["etag"] = etag.into();
        whole["name"] = name.into();
        whole.to_string()
    };
    wire.answer(200, odd("42", "o\u{1b}ld"));
    wire.answer(409, "{}");
    wire.answer(200, odd("43", "the\u{202e}irs\n"));
    let edited = client(&wire).clusters().edit(id(), patch()).unwrap();
    let report = Report::from(&edited);
    assert_eq!(report.kind, Kind::Conflict, "{report:#?}");
    assert_eq!(report.fields[0].theirs.as_deref(), Some("the\u{202e}irs\n"));
    for text in [report.message, edited.explain()] {
        assert!(
            !text.replace('\n', "").contains(char::is_control) && !text.contains('\u{202e}'),
            "{text}"
        );
        assert!(!text.contains("irs\n\""), "{text}");
    }
}
