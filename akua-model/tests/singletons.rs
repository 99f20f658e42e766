//! What there is one of for each cluster: its path, its id, which no answer shows, and a property that is written otherwise than
//! it is read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use akua_model::answer::{self, Answer, Failed, Partial};
use akua_model::http::Response;
use akua_model::{
    AutoScaling, ClusterCapabilities, ClusterComputeSettings, ClusterComputeSettingsPatch, ClusterId, Declared, Error,
    Freshness, Patch, Properties, RefreshStatus, ResourceKind, Shown, Value, from_json, request,
};

const SHOWN: &str =
    r#"{"auto_scaling":"active","machines":3,"max_machines":10,"updated_at":1700000001,"etag":"cs-1","burst":1e400}"#;

fn id() -> ClusterId {
    "clu_é".parse().unwrap()
}

fn answered(body: &str) -> Answer<ClusterComputeSettings> {
    let body = body.as_bytes().to_vec();
    let response = Response {
        status: 200,
        body,
        ..Response::default()
    };
    answer::of_resource(&id(), &response)
}

fn read(body: &str) -> ClusterComputeSettings {
    match answered(body) {
        Answer::Resource(settings) => settings,
        other => panic!("{other:?}"),
    }
}

fn failed(body: &str) -> Box<Failed> {
    match answered(body) {
        Answer::Failed(failed) => failed,
        other => panic!("{other:?}"),
    }
}

fn partial(body: &str) -> Partial {
    match answered(body) {
        Answer::Partial(partial) => partial,
        other => panic!("{other:?}"),
    }
}

/// What is said of a 200 that is not the settings that were asked for.
fn problem(body: &str) -> String {
    failed(body).unreadable.unwrap().to_string()
}

fn patch(values: &[(&str, &str)]) -> Result<ClusterComputeSettingsPatch, Error> {
    Patch::from_texts(values)
}

#[test]
fn the_path_goes_on_behind_the_id() {
    let read = request::read::<ClusterComputeSettings>(&id(), None);
    assert_eq!(read.path(), "/v1/clusters/clu_%C3%A9/compute_settings");
    assert_eq!(read.route(), "/v1/clusters/{id}/compute_settings");
    let patch = patch(&[("max_machines", "5")]).unwrap();
    let update = request::update::<ClusterComputeSettings>(&id(), &"cs-1".parse().unwrap(), &patch, None);
    assert_eq!((update.path(), update.route()), (read.path(), read.route()));
    let names: Vec<&str> = update.headers().iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["content-type", "if-match"]);
}

#[test]
fn what_is_read_as_a_text_is_written_as_a_flag_of_another_name() {
    for (values, body) in [
        (&[("auto_scaling", "active")][..], r#"{"auto_scaling_enabled":true}"#),
        (&[("auto_scaling", "paused")], r#"{"auto_scaling_enabled":false}"#),
        (
            &[("max_machines", "0"), ("auto_scaling", "paused")],
            r#"{"auto_scaling_enabled":false,"max_machines":0}"#,
        ),
    ] {
        let patch = patch(values).unwrap();
        let update = request::update::<ClusterComputeSettings>(&id(), &"cs-1".parse().unwrap(), &patch, None);
        assert_eq!(update.body(), Some(body.as_bytes()), "{values:?}");
    }
    // Compared with what is read, so by the name and the value that are read.
    let patch = ClusterComputeSettingsPatch::builder()
        .auto_scaling(AutoScaling::Paused)
        .build()
        .unwrap();
    let assignments = patch.assignments();
    assert_eq!(
        (assignments[0].field.name, assignments[0].value),
        ("auto_scaling", Value::Text("paused"))
    );
}

#[test]
fn a_value_that_can_not_be_written_is_refused() {
    for (values, field, words) in [
        (&[("max_machines", "101")][..], "max_machines", "0 to 100"),
        (&[("max_machines", "-1")], "max_machines", "0 to 100"),
        (&[("max_machines", "9223372036854775807")], "max_machines", "0 to 100"),
        (&[("max_machines", "ten")], "max_machines", "a whole number"),
        (&[("max_machines", "1.5")], "max_machines", "a whole number"),
        (&[("auto_scaling", "stopped")], "auto_scaling", "active or paused"),
        (&[("auto_scaling", "true")], "auto_scaling", "active or paused"),
        (
            &[("auto_scaling_enabled", "true")],
            "auto_scaling_enabled",
            "auto_scaling, max_machines",
        ),
        (&[("machines", "3")], "machines", "auto_scaling, max_machines"),
        (&[("cluster_id", "clu_2")], "cluster_id", "auto_scaling, max_machines"),
        (&[], "patch", "auto_scaling, max_machines"),
    ] {
        let error = patch(values).unwrap_err();
        assert_eq!(error.problems()[0].field, field, "{values:?}");
        assert!(error.to_string().contains(words), "{error}");
    }
    for allowed in ["0", "1", "100"] {
        patch(&[("max_machines", allowed)]).unwrap();
    }
}

#[test]
fn what_was_read_has_the_id_that_was_asked_for_and_survives() {
    let settings = read(SHOWN);
    assert_eq!(
        (&settings.cluster_id, &settings.auto_scaling),
        (&id(), &AutoScaling::Active)
    );
    assert_eq!(settings.shown("cluster_id"), Shown::Is(Value::Text("clu_é")));
    let written = settings.to_json();
    let expected = SHOWN.replacen('{', r#"{"cluster_id":"clu_é","#, 1);
    assert_eq!(written, expected.parse().unwrap());
    assert_eq!(from_json::<ClusterComputeSettings>(written.as_str()).unwrap(), settings);
    // Answers that begin in other ways.
    assert_eq!(read(&format!("\u{feff}{SHOWN}")), settings);
    assert_eq!(read(&format!(" \r\n\t{SHOWN}\n")), settings);
    assert_eq!(read(&expected), settings);
    let odd = ClusterId::try_from(r#"a"b"#).unwrap();
    let response = Response {
        status: 200,
        body: SHOWN.into(),
        ..Response::default()
    };
    let Answer::Resource(settings) = answer::of_resource::<ClusterComputeSettings>(&odd, &response) else {
        panic!("an id is a text");
    };
    assert_eq!(settings.cluster_id, odd);
}

#[test]
fn what_this_version_does_not_know_is_kept_and_compared_as_it_is() {
    let settings = read(&SHOWN.replace("active", "throttled"));
    assert_eq!(settings.auto_scaling, AutoScaling::Other("throttled".to_owned()));
    assert_eq!(settings.unknown.as_map()["burst"].as_str(), "1e400");
}

#[test]
fn an_answer_that_names_another_cluster_is_not_believed() {
    let other = SHOWN.replacen('{', r#"{"cluster_id":"clu_2","#, 1);
    assert_eq!(
        problem(&other),
        "unreadable answer: `cluster_id` is that of another cluster than the one asked for"
    );
    // Nor one of which not all can be read.
    let other = other.replace(":10,", ":null,");
    assert!(problem(&other).contains("`cluster_id` is that of another"));
    for strange in [r#"{"cluster_id":7,"#, r#"{"cluster_id":"clu_é","cluster_id":"clu_2","#] {
        let problem = problem(&SHOWN.replacen('{', strange, 1));
        assert!(problem.contains("`cluster_id`"), "{problem}");
    }
}

#[test]
fn an_answer_that_shows_one_of_the_fields_and_an_etag_is_known_in_part() {
    let partial = partial(&SHOWN.replace(":3,", ":null,"));
    assert_eq!(partial.etag.as_str(), "cs-1");
    assert!(partial.error.to_string().contains("`machines`"), "{}", partial.error);
}

#[test]
fn an_answer_that_may_be_anything_is_not_believed() {
    for body in [
        r#"{"etag":"43"}"#,
        r#"{"etag":"43","max_machines":10}"#,
        r#"{"id":"clu_é","name":"prod","state":"active","etag":"43"}"#,
        r#"{"auto_scaling":"active","machines":3,"max_machines":10,"updated_at":1}"#,
        r#"{"auto_scaling":"active","etag":"cs-1","etag":"cs-2"}"#,
        "{}",
        " { } ",
        "{",
        "[]",
        "null",
        "",
        "<html>",
        r#"{"auto_scaling":"active","etag":"cs-1"}x"#,
        r#"{"auto_scaling":"active","etag":"cs-1""#,
    ] {
        let failed = failed(body);
        assert!(failed.unreadable.is_some() && !failed.is_definite(), "{body}");
    }
    assert_eq!(problem("{}"), "unreadable answer: `auto_scaling` is missing");
    assert_eq!(problem("<html>"), "unreadable answer: `body` is HTML (expected JSON)");
}

const CAPABILITIES: &str = r#"{"api_groups":["apps"],"storage_classes":[],"gateway_classes":[],"gateways":[],"ingress_classes":[],
    "nodes":[{"name":"n1","created_at":"2026-01-01"}],"freshness":{"state":"stale","max_age_seconds":300,"age_seconds":900,
    "last_successful_at":1700000000,"last_refresh_status":"FAILED","last_refresh_error":"no route","tries":1e400},"etag":"x"}"#;

fn capabilities(body: &str) -> Answer<ClusterCapabilities> {
    let response = Response {
        status: 200,
        body: body.into(),
        ..Response::default()
    };
    answer::of_resource(&id(), &response)
}

#[test]
fn one_that_can_only_be_read_has_neither_an_etag_nor_fields() {
    let read = request::read::<ClusterCapabilities>(&id(), None);
    assert_eq!(read.path(), "/v1/clusters/clu_%C3%A9/capabilities");
    let kind = ResourceKind::ClusterCapabilities;
    assert!(kind.is_readable() && !kind.is_listed() && !kind.is_writable() && kind.fields().is_empty());
    assert_eq!(
        (kind.plural(), kind.noun(), kind.id_property()),
        ("capabilities", "capabilities", "cluster_id")
    );

    let Answer::Resource(read) = capabilities(CAPABILITIES) else {
        panic!("it can be read");
    };
    assert_eq!((read.id(), read.api_groups.as_str()), (&id(), r#"["apps"]"#));
    assert_eq!(read.shown("default_gateway"), Shown::Unreadable);
    assert_eq!(read.unknown.as_map()["etag"].as_str(), r#""x""#);
    let freshness = read.freshness.as_ref().unwrap();
    assert_eq!(
        (&freshness.state, freshness.age_seconds),
        (&Freshness::Stale, Some(900))
    );
    assert_eq!(
        (&freshness.last_refresh_status, freshness.last_refresh_error.as_deref()),
        (&Some(RefreshStatus::Failed), Some("no route"))
    );
    assert_eq!(freshness.unknown.as_map()["tries"].as_str(), "1e400");
    assert_eq!(from_json::<ClusterCapabilities>(read.to_json().as_str()).unwrap(), read);
}

#[test]
fn nothing_is_known_of_how_old_it_is_or_it_is_said() {
    let (before, after) = CAPABILITIES.split_once(r#""freshness""#).unwrap();
    let (_, after) = after.split_once("},").unwrap();
    let without = format!("{before}{after}");
    let Answer::Resource(read) = capabilities(&without) else {
        panic!("{without}");
    };
    assert_eq!((&read.freshness, read.shown("freshness")), (&None, Shown::Unreadable));
    let missing = r#""freshness":{"state":"missing","max_age_seconds":300,"age_seconds":null,"last_successful_at":null,
        "last_refresh_status":null,"last_refresh_error":null},"#;
    let Answer::Resource(read) = capabilities(&format!("{before}{missing}{after}")) else {
        panic!("nothing is known yet");
    };
    let freshness = read.freshness.unwrap();
    assert_eq!((&freshness.state, freshness.age_seconds), (&Freshness::Missing, None));
    assert_eq!(
        (freshness.last_successful_at, freshness.last_refresh_status),
        (None, None)
    );

    // What it has to say is said, and that of another cluster is not believed.
    for (from, to, field) in [
        (r#""age_seconds":900,"#, "", "freshness.age_seconds"),
        (r#""state":"stale","#, "", "freshness.state"),
        (r#""nodes":[{"name":"n1","created_at":"2026-01-01"}],"#, "", "nodes"),
        ("{", r#"{"cluster_id":"clu_2","#, "cluster_id"),
    ] {
        let Answer::Failed(failed) = capabilities(&CAPABILITIES.replacen(from, to, 1)) else {
            panic!("{field}");
        };
        assert_eq!(failed.unreadable.unwrap().problems()[0].field, field);
    }
}
