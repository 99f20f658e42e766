//! What stands below a cluster: two ids in a path, secrets that are shown once, and what a lost answer leaves of them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::time::Duration;

use akua_model::answer::{self, Answer};
use akua_model::edit::{
    Clock, Launch, LaunchInput, LaunchKind, LaunchOptions, LaunchOutcome, LaunchOutgoing, LaunchStep, LaunchToken,
    Launched, Made, NotLaunched, ResumeMode, Sight, created_resource,
};
use akua_model::http::Response;
use akua_model::report::Report;
use akua_model::{
    ClusterId, NewWorkerBootstrap, PageQuery, Properties, Shown, WorkerBootstrap, WorkerBootstrapId, from_json, request,
};

const PATH: &str = "/v1/clusters/clu_1/worker_bootstraps";
const LISTED: &str =
    r#"{"data":[{"id":"wbs_1","etag":"1"},{"id":"wbs_2","etag":"2"}],"has_more":false,"next_cursor":null}"#;
const MADE: &str = r#"{"id":"wbs_3","etag":"9","token":"s3cr3t-tok","command":"join --token s3cr3t-tok",
    "cloud_init":"s3cr3t-init","artifacts":{"file":"s3cr3t-file"},"state":"open"}"#;

fn new() -> NewWorkerBootstrap {
    let cluster: ClusterId = "clu_1".parse().unwrap();
    let new = NewWorkerBootstrap::builder().cluster_id(cluster).ttl_seconds(3600);
    new.build().unwrap()
}

fn options() -> LaunchOptions {
    let mut options = LaunchOptions::default();
    options.origin = "https://akua.test".to_owned();
    options
}

fn response(status: u16, body: &str) -> Response {
    Response {
        status,
        body: body.as_bytes().to_vec(),
        ..Response::default()
    }
}

fn answer(status: u16, body: &str) -> LaunchInput {
    LaunchInput::Answered(response(status, body))
}

fn lost() -> LaunchInput {
    LaunchInput::Lost("timed out".to_owned())
}

fn clock(seconds: u64) -> Clock {
    Clock {
        unix_ms: 1_700_000_000_000 + i64::try_from(seconds).unwrap() * 1000,
        entropy: 7,
        ..Clock::default()
    }
}

/// Tells `launch` everything in order; gives what it sent and how it ended.
fn tell(launch: &mut Launch, inputs: impl IntoIterator<Item = LaunchInput>) -> (Vec<LaunchOutgoing>, Launched) {
    let mut sent = Vec::new();
    for input in inputs {
        match launch.step(input, clock(0)) {
            LaunchStep::Send(outgoing) => sent.push(*outgoing),
            LaunchStep::Done(ended) => return (sent, *ended),
        }
    }
    panic!("it has not ended after {sent:?}")
}

fn told(inputs: impl IntoIterator<Item = LaunchInput>) -> (Vec<LaunchOutgoing>, Launched) {
    tell(&mut Launch::create(&new(), options()), inputs)
}

fn calls(sent: &[LaunchOutgoing]) -> Vec<String> {
    let call = |outgoing: &LaunchOutgoing| {
        let request = &outgoing.request;
        format!("{} {}", request.method().as_str(), request.path())
    };
    sent.iter().map(call).collect()
}

fn bootstrap(text: &str) -> WorkerBootstrap {
    let id: WorkerBootstrapId = "clu_1/wbs_1".parse().unwrap();
    match answer::of_resource(&id, &response(200, text)) {
        Answer::Resource(resource) => resource,
        other => panic!("{other:?}"),
    }
}

#[test]
fn two_ids_are_two_segments_of_a_path() {
    let id: WorkerBootstrapId = "clu é/wbs_1".parse().unwrap();
    let read = request::read::<WorkerBootstrap>(&id, None);
    assert_eq!(read.path(), "/v1/clusters/clu%20%C3%A9/worker_bootstraps/wbs_1");
    let revoke = request::launch(LaunchKind::RevokeWorkerBootstrap, id.as_str(), None, None, None);
    assert_eq!(
        revoke.path(),
        "/v1/clusters/clu%20%C3%A9/worker_bootstraps/wbs_1:revoke"
    );
    assert_eq!(revoke.route(), "/v1/clusters/{id}/worker_bootstraps/{id}:revoke");
    let long = format!("clu_1/{}", "w".repeat(55));
    for wrong in [
        "",
        "wbs_1",
        "/wbs_1",
        "clu_1/",
        "clu_1/..",
        "../wbs_1",
        "clu_1/a/b",
        "clu_1/a:b",
        long.as_str(),
    ] {
        assert!(wrong.parse::<WorkerBootstrapId>().is_err(), "{wrong}");
        assert!(LaunchKind::RevokeWorkerBootstrap.check_id(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_list_names_its_cluster_and_nothing_is_sent_without() {
    let query = PageQuery::default()
        .limit(2)
        .unwrap()
        .cluster(&"clu_1".parse().unwrap());
    assert!(query.check::<WorkerBootstrap>().is_ok());
    assert!(query.check::<akua_model::Cluster>().is_err());
    let list = request::list::<WorkerBootstrap>(&query, None);
    assert_eq!(list.path(), format!("{PATH}?limit=2"));
    let missing = PageQuery::default().check::<WorkerBootstrap>().unwrap_err();
    assert!(missing.to_string().contains("`cluster_id` is missing"), "{missing}");
    for wrong in ["", "..", "a/b"] {
        let query = PageQuery::default().only("cluster_id", wrong);
        assert!(query.check::<WorkerBootstrap>().is_err(), "{wrong}");
    }
    let page = answer::of_page::<WorkerBootstrap>(&query, &response(200, LISTED)).unwrap();
    let ids: Vec<_> = page.data.iter().map(|one| one.full_id.as_str()).collect();
    assert_eq!(ids, ["clu_1/wbs_1", "clu_1/wbs_2"]);
    let broken = r#"{"data":[{"id":"wbs_1","etag":"1"},{"etag":"2"}],"has_more":false}"#;
    let failed = answer::of_page::<WorkerBootstrap>(&query, &response(200, broken)).unwrap_err();
    assert!(failed.to_string().contains("`data[1].id` is missing"), "{failed}");
}

#[test]
fn an_answer_with_another_id_is_anothers() {
    let id: WorkerBootstrapId = "clu_1/wbs_1".parse().unwrap();
    let read = |body| answer::of_resource::<WorkerBootstrap>(&id, &response(200, body));
    assert!(matches!(read(r#"{"id":"wbs_1","etag":"1"}"#), Answer::Resource(_)));
    for other in [r#"{"id":"wbs_2","etag":"1"}"#, r#"{"etag":"1"}"#, "{}", "<html>"] {
        assert!(matches!(read(other), Answer::Failed(_)), "{other}");
    }
}

#[test]
fn its_secrets_are_shown_on_purpose_and_nowhere_else() {
    let made = bootstrap(&MADE.replace("wbs_3", "wbs_1"));
    let exposed = |secret: &Option<akua_model::Secret>| secret.as_ref().unwrap().expose().to_owned();
    assert_eq!(exposed(&made.token), "s3cr3t-tok");
    assert_eq!(exposed(&made.command), "join --token s3cr3t-tok");
    assert_eq!(exposed(&made.artifacts), r#"{"file":"s3cr3t-file"}"#);
    assert_eq!(made.secret("cloud_init").unwrap().expose(), "s3cr3t-init");
    assert!(made.secret("id").is_none() && made.secret("state").is_none());
    for (index, property) in akua_model::ResourceKind::WorkerBootstrap
        .properties()
        .iter()
        .enumerate()
    {
        if property.is_secret() {
            assert_eq!(made.shown(property.name), Shown::Unreadable);
            assert_eq!(made.shown_at(index), Shown::Unreadable);
        }
    }
    let json = made.to_json();
    assert!(!format!("{made:?} {json}").contains("s3cr3t"));
    assert!(json.as_str().contains(r#""state":"open""#), "{json}");
    let again: WorkerBootstrap = from_json(json.as_str()).unwrap();
    assert_eq!((again.full_id, again.token), (made.full_id, None));
    assert_eq!(bootstrap(r#"{"id":"wbs_1","etag":"1","token":null}"#).token, None);
}

#[test]
fn what_is_wrong_with_a_new_one_is_said_before_anything_is_sent() {
    let cluster = || "clu_1".parse::<ClusterId>().unwrap();
    for (seconds, is_allowed) in [(59, false), (60, true), (86_400, true), (86_401, false)] {
        let new = NewWorkerBootstrap::builder()
            .cluster_id(cluster())
            .ttl_seconds(seconds)
            .build();
        assert_eq!(new.is_ok(), is_allowed, "{seconds}");
    }
    let missing = NewWorkerBootstrap::builder().ttl_seconds(60).build().unwrap_err();
    assert!(missing.to_string().contains("`cluster_id` is missing"), "{missing}");
    let values = [("cluster_id", akua_model::Value::Text("../x"))];
    let refused = <NewWorkerBootstrap as akua_model::Patch>::from_values(&values).unwrap_err();
    assert!(
        refused.to_string().contains("`cluster_id` has the character '/'"),
        "{refused}"
    );
}

#[test]
fn a_create_lists_first_sends_once_and_has_the_secrets() {
    let (sent, ended) = told([LaunchInput::Begin, answer(200, LISTED), answer(201, MADE)]);
    assert_eq!(calls(&sent), [format!("GET {PATH}?limit=100"), format!("POST {PATH}")]);
    let request = &sent[1].request;
    assert_eq!(request.body(), Some(&br#"{"ttl_seconds":3600}"#[..]));
    assert!(request.header("idempotency-key").is_some() && request.answers_secret());
    assert!(!sent[0].request.answers_secret());
    let LaunchOutcome::Made(Made::WorkerBootstrap(made)) = &ended.outcome else {
        panic!("{ended:?}")
    };
    assert_eq!(made.token.as_ref().unwrap().expose(), "s3cr3t-tok");
    assert_eq!(ended.id, "clu_1/wbs_3");
    let token = sent[1].token.clone().unwrap();
    for said in [
        format!("{ended:?} {ended} {}", ended.explain()),
        format!("{:?} {token} {token:?}", Report::from(&ended)),
    ] {
        assert!(!said.contains("s3cr3t"), "{said}");
    }
    let body = request::create(
        &NewWorkerBootstrap::builder()
            .cluster_id("clu_1".parse::<ClusterId>().unwrap())
            .build()
            .unwrap(),
        None,
        None,
    );
    assert_eq!((body.path(), body.body()), (PATH, Some(&b"{}"[..])));
}

#[test]
fn a_lost_answer_is_never_sent_again_and_what_was_not_there_before_is_a_candidate() {
    let since = r#"{"data":[{"id":"wbs_1","etag":"1"},{"id":"wbs_2","etag":"2"},{"id":"wbs_7","etag":"3"}],
        "has_more":false,"next_cursor":null}"#;
    let (sent, ended) = told([LaunchInput::Begin, answer(200, LISTED), lost(), answer(200, since)]);
    assert_eq!(
        calls(&sent),
        [
            format!("GET {PATH}?limit=100"),
            format!("POST {PATH}"),
            format!("GET {PATH}?limit=100")
        ]
    );
    assert_eq!(ended.candidates, ["clu_1/wbs_7"]);
    let LaunchOutcome::Indeterminate(open) = &ended.outcome else {
        panic!("{ended:?}")
    };
    assert!(open.may_still_land && ended.id.is_empty());
    let text = ended.to_string();
    assert!(
        text.starts_with("create of worker bootstrap below clu_1: indeterminate"),
        "{text}"
    );
    let hint = Report::from(&ended).hint.unwrap();
    assert!(hint.contains("it may exist: revoke the candidates"), "{hint}");

    // Whoever takes it up later knows what was there, and looks only.
    let token: LaunchToken = open.token.to_string().parse().unwrap();
    let mut trusting = options();
    trusting.contract.create_keys_replay = Duration::from_secs(3600);
    let mut later = Launch::resume(&token, ResumeMode::Finish, trusting, clock(1)).unwrap();
    let (sent, ended) = tell(&mut later, [LaunchInput::Begin, answer(200, since)]);
    assert_eq!(
        (calls(&sent).len(), ended.candidates),
        (1, vec!["clu_1/wbs_7".to_owned()])
    );
    assert!(!sent[0].request.is_write());
}

#[test]
fn every_page_of_what_was_there_before_counts_and_a_look_that_fails_stops_nothing() {
    let first = r#"{"data":[{"id":"wbs_1","etag":"1"}],"has_more":true,"next_cursor":"c2"}"#;
    let last = r#"{"data":[{"id":"wbs_2","etag":"1"}],"has_more":false,"next_cursor":null}"#;
    let all = [answer(200, first), answer(200, last)];
    let inputs = [LaunchInput::Begin]
        .into_iter()
        .chain(all.clone())
        .chain([lost()])
        .chain(all);
    let (sent, ended) = told(inputs);
    assert_eq!((sent.len(), ended.candidates.len()), (5, 0), "{:?}", calls(&sent));
    for failed in [lost(), answer(500, ""), answer(403, "")] {
        let (_, ended) = told([LaunchInput::Begin, failed.clone(), answer(201, MADE)]);
        assert!(matches!(ended.outcome, LaunchOutcome::Made(_)), "{ended:?}");
        let (_, ended) = told([LaunchInput::Begin, failed, lost(), answer(200, last)]);
        assert_eq!(ended.candidates, ["clu_1/wbs_2"]);
    }
}

#[test]
fn a_success_that_cant_be_read_may_have_made_one_and_shows_nothing() {
    for (body, is_made) in [
        (r#"{"id":"wbs_3","token":"s3cr3t"}"#, true),
        (r#"{"token":"s3cr3t","message":"s3cr3t"}"#, false),
        (
            r#"{"id":"../x","token":"s3cr3t","errors":[{"code":1,"message":"s3cr3t"}]}"#,
            false,
        ),
        (r#"{"id":"wbs_3","cluster_id":"clu_2","etag":"1"}"#, false),
        ("s3cr3t", false),
    ] {
        let (_, ended) = told([
            LaunchInput::Begin,
            answer(200, LISTED),
            answer(201, body),
            answer(200, LISTED),
        ]);
        assert_eq!(
            matches!(ended.outcome, LaunchOutcome::Made(_)),
            is_made,
            "{body}: {ended:?}"
        );
        let said = format!("{ended:?} {} {:?}", ended.explain(), Report::from(&ended));
        assert!(!said.contains("s3cr3t"), "{said}");
        let once = created_resource(&new(), &response(201, body));
        assert!(!format!("{:?}", once.unwrap_err()).contains("s3cr3t"), "{body}");
    }
    let made = created_resource(&new(), &response(201, MADE)).unwrap();
    assert_eq!(made.full_id.as_str(), "clu_1/wbs_3");
}

const REVOKING: &str = r#"{"id":"op_1","owner_id":"clu_1","metadata":{"type":"cluster.worker_bootstrap.revoke",
    "cluster_id":"clu_1","worker_bootstrap_id":"wbs_1"}}"#;

fn revoke(inputs: impl IntoIterator<Item = LaunchInput>) -> (Vec<LaunchOutgoing>, Launched) {
    let mut options = options();
    options.shown_to_credentials = true;
    let seen = Sight::of(&bootstrap(r#"{"id":"wbs_1","etag":"1"}"#));
    let launch = Launch::new(LaunchKind::RevokeWorkerBootstrap, "clu_1/wbs_1", Some(&seen), options);
    tell(&mut launch.unwrap(), inputs)
}

#[test]
fn a_revoke_is_of_the_version_that_was_seen() {
    let (sent, ended) = revoke([LaunchInput::Begin, answer(202, REVOKING)]);
    assert_eq!(calls(&sent), [format!("POST {PATH}/wbs_1:revoke")]);
    assert_eq!(sent[0].request.header("if-match"), Some("1"));
    assert!(sent[0].request.header("idempotency-key").is_some() && sent[0].request.body().is_none());
    assert_eq!(ended.accepted().map(|token| token.operation()), Some("op_1"));
    for anothers in ["clu_2", "wbs_2", "cluster.delete"].map(|other| match other {
        "clu_2" => REVOKING.replace(r#""cluster_id":"clu_1""#, r#""cluster_id":"clu_2""#),
        "wbs_2" => REVOKING.replace("wbs_1", "wbs_2"),
        _ => REVOKING.replace("cluster.worker_bootstrap.revoke", "cluster.delete"),
    }) {
        let (sent, _) = revoke([LaunchInput::Begin, answer(202, &anothers), answer(202, REVOKING)]);
        assert_eq!(sent.len(), 2, "{anothers}");
    }
    let stale = r#"{"success":false,"errors":[{"code":1,"message":"stale","metadata":{"current_etag":"2"}}]}"#;
    let now = r#"{"id":"wbs_1","etag":"2"}"#;
    let (_, ended) = revoke([LaunchInput::Begin, answer(409, stale), answer(200, now)]);
    let LaunchOutcome::NotApplied(NotLaunched::Changed(Some(theirs))) = &ended.outcome else {
        panic!("{ended:?}")
    };
    assert_eq!(theirs.etag.as_str(), "2");
}

#[test]
fn a_revoke_whose_answer_is_lost_goes_by_the_rules_of_a_delete() {
    let gone = r#"{"success":false,"errors":[{"code":7003,"message":"Resource not found"}],"result":{}}"#;
    let none = r#"{"data":[],"has_more":false,"next_cursor":null}"#;
    let (sent, ended) = revoke([LaunchInput::Begin, lost(), answer(404, gone), answer(200, none)]);
    assert_eq!(sent[0].request, sent[1].request);
    assert!(matches!(ended.outcome, LaunchOutcome::Observed(None)), "{ended:?}");
    assert_eq!(calls(&sent)[2], "GET /v1/operations?owner_type=cluster&owner_id=clu_1");
    // What stands in front of the service knows of nothing.
    let no_route = std::iter::repeat_with(|| answer(404, "no route")).take(9);
    let (_, ended) = revoke([LaunchInput::Begin, lost()].into_iter().chain(no_route));
    assert!(matches!(ended.outcome, LaunchOutcome::Indeterminate(_)), "{ended:?}");
    // Another etag may be our own doing: nothing else shows it.
    let stale = r#"{"success":false,"errors":[{"code":1,"message":"stale","metadata":{"current_etag":"2"}}]}"#;
    let listed = format!(r#"{{"data":[{REVOKING}],"has_more":false,"next_cursor":null}}"#);
    let now = r#"{"id":"wbs_1","etag":"2"}"#;
    let (_, ended) = revoke([
        LaunchInput::Begin,
        lost(),
        answer(409, stale),
        answer(200, now),
        answer(200, &listed),
    ]);
    let LaunchOutcome::Indeterminate(open) = &ended.outcome else {
        panic!("{ended:?}")
    };
    assert!(!open.may_still_land);
    assert_eq!(ended.candidates, ["op_1"]);
    assert_eq!(
        open.token.to_string().parse::<LaunchToken>().unwrap().id(),
        "clu_1/wbs_1"
    );
}
