//! Creates, told to the driver itself: what a key, a namesake and the end of the key's time mean.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::time::Duration;

use akua_model::edit::{
    Clock, Launch, LaunchCall, LaunchInput, LaunchKind, LaunchOptions, LaunchOutcome, LaunchOutgoing, LaunchStep,
    LaunchToken, Launched, Made, NotLaunched, ResumeMode, SinceBoot,
};
use akua_model::http::Response;
use akua_model::report::Report;
use akua_model::{ClusterImport, NetworkProfile, NewCluster, NewWorkspace};

const BEGUN: i64 = 1_700_000_000_000;

fn clock(seconds: u64) -> Clock {
    let elapsed = Duration::from_secs(seconds);
    let ms = i64::try_from(seconds).unwrap() * 1000;
    Clock {
        unix_ms: BEGUN + ms,
        since_boot: Some(SinceBoot { boot: 1, ms }),
        entropy: 7,
        elapsed,
        ..Clock::default()
    }
}

fn options() -> LaunchOptions {
    let mut options = LaunchOptions::default();
    options.origin = "https://akua.test".to_owned();
    options
}

fn new() -> NewCluster {
    NewCluster::builder().name("prod").region_id("reg_1").build().unwrap()
}

fn answer(status: u16, body: &str) -> LaunchInput {
    LaunchInput::Answered(Response {
        status,
        body: body.as_bytes().to_vec(),
        ..Response::default()
    })
}

fn lost() -> LaunchInput {
    LaunchInput::Lost("timed out".to_owned())
}

const CREATING: &str = r#"{"id":"op_1","metadata":{"type":"cluster.create","name":"prod","region_id":"reg_1"}}"#;
const EMPTY: &str = r#"{"data":[],"has_more":false,"next_cursor":null}"#;

/// Tells `launch` everything in order at the same moment; gives what it sent and how it ended.
fn tell(
    launch: &mut Launch,
    inputs: impl IntoIterator<Item = LaunchInput>,
    clock: Clock,
) -> (Vec<LaunchOutgoing>, Option<Launched>) {
    let mut sent = Vec::new();
    for input in inputs {
        match launch.step(input, clock) {
            LaunchStep::Send(outgoing) => sent.push(*outgoing),
            LaunchStep::Done(ended) => return (sent, Some(*ended)),
        }
    }
    (sent, None)
}

fn told(inputs: impl IntoIterator<Item = LaunchInput>) -> (Vec<LaunchOutgoing>, Launched) {
    let mut launch = Launch::create(&new(), options());
    let (sent, ended) = tell(&mut launch, inputs, clock(0));
    (sent, ended.unwrap())
}

fn paths(sent: &[LaunchOutgoing]) -> Vec<&str> {
    sent.iter().map(|outgoing| outgoing.request.path()).collect()
}

#[test]
fn it_is_one_request_with_its_body_and_a_key() {
    let new = NewCluster::builder()
        .name("prod")
        .region_id("reg_1")
        .network_profile(NetworkProfile::MixedOsCalico)
        .build()
        .unwrap();
    let mut launch = Launch::create(&new, options());
    let (sent, ended) = tell(
        &mut launch,
        [LaunchInput::Begin, answer(202, r#"{"id":"op_1"}"#)],
        clock(0),
    );
    let request = &sent[0].request;
    assert_eq!((request.method().as_str(), request.path()), ("POST", "/v1/clusters"));
    let body = br#"{"name":"prod","region_id":"reg_1","network_profile":"mixed_os_calico"}"#;
    assert_eq!(request.body(), Some(&body[..]));
    let names: Vec<&str> = request.headers().iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["content-type", "idempotency-key"]);
    let ended = ended.unwrap();
    assert_eq!(ended.accepted().map(|token| token.operation()), Some("op_1"));
    assert_eq!(
        ended.to_string(),
        "create of cluster prod: applied: accepted as operation op_1"
    );
}

#[test]
fn what_is_wrong_is_said_before_anything_is_sent() {
    let missing = NewCluster::builder().build().unwrap_err();
    assert!(
        missing.to_string().contains("`name` is missing") && missing.to_string().contains("`region_id` is missing")
    );
    assert!(NewCluster::builder().name("").region_id("reg_1").build().is_err());
    assert!(
        NewCluster::builder()
            .name("é".repeat(101))
            .region_id("reg_1")
            .build()
            .is_err()
    );
    assert!(
        NewCluster::builder()
            .name("a")
            .region_id("r".repeat(55))
            .build()
            .is_err()
    );
    let unknown = NetworkProfile::Other("flannel".to_owned());
    let unknown = NewCluster::builder()
        .name("a")
        .region_id("r")
        .network_profile(unknown)
        .build();
    assert!(unknown.unwrap_err().to_string().contains("network_profile"));
    // Without a body nothing is made.
    assert!(Launch::new(LaunchKind::CreateCluster, "", None, options()).is_err());
}

#[test]
fn a_lost_answer_is_settled_by_the_same_bytes_under_the_same_key() {
    let (sent, ended) = told([LaunchInput::Begin, lost(), answer(202, CREATING)]);
    assert_eq!(sent[0].request, sent[1].request);
    assert!(ended.accepted().is_some());
}

#[test]
fn a_409_after_a_lost_answer_may_be_the_first_one_that_is_still_carried_out() {
    let busy = || {
        answer(
            409,
            r#"{"success":false,"errors":[{"code":1,"message":"in progress"}]}"#,
        )
    };
    let (sent, ended) = told([LaunchInput::Begin, lost(), busy(), answer(202, CREATING)]);
    assert_eq!((sent.len(), ended.accepted().is_some()), (3, true));
    let (_, ended) = told([LaunchInput::Begin, lost(), busy(), busy(), busy(), answer(200, EMPTY)]);
    assert!(matches!(ended.outcome, LaunchOutcome::Indeterminate(_)), "{ended:?}");
    // That the name is taken is a refusal, where nothing was lost.
    let (_, ended) = told([LaunchInput::Begin, busy()]);
    let is_refused = matches!(ended.outcome, LaunchOutcome::NotApplied(NotLaunched::Rejected(_)));
    assert!(is_refused, "{ended:?}");
}

#[test]
fn an_operation_of_another_create_is_no_answer() {
    for anothers in [
        r#"{"id":"op_1","metadata":{"type":"cluster.create","name":"test"}}"#,
        r#"{"id":"op_1","metadata":{"type":"cluster.create","name":"prod","region_id":"reg_2"}}"#,
        r#"{"id":"op_1","metadata":{"type":"cluster.delete"}}"#,
        r#"{"id":7}"#,
        "<html>",
    ] {
        let (sent, ended) = told([LaunchInput::Begin, answer(202, anothers), answer(202, CREATING)]);
        assert_eq!((sent.len(), ended.accepted().is_some()), (2, true), "{anothers}");
    }
}

#[test]
fn what_is_called_so_is_a_candidate_and_no_proof_and_all_pages_are_looked_at() {
    let mut bare = options();
    bare.contract.create_keys_replay = Duration::ZERO;
    let mut launch = Launch::create(&new(), bare);
    let first = r#"{"data":[
        {"id":"clu_1","name":"prod","created_at":1699999000},
        {"id":"clu_2","name":"prod","created_at":1700000001},
        {"id":"clu_6","name":"prod","created_at":"2023-11-14T21:00:00Z"},
        {"id":"clu_7","name":"prod","created_at":"2023-11-14T23:13:21.5+01:00"},
        {"id":"clu_3","name":"other","created_at":1700000001}],"has_more":true,"next_cursor":"c 2"}"#;
    let last = r#"{"data":[{"id":"clu_4","name":"prod"},{"id":"clu_5"},7],"has_more":false,"next_cursor":null}"#;
    let inputs = [LaunchInput::Begin, lost(), answer(200, first), answer(200, last)];
    let (sent, ended) = tell(&mut launch, inputs, clock(0));
    assert_eq!(
        paths(&sent),
        [
            "/v1/clusters",
            "/v1/clusters?limit=100",
            "/v1/clusters?limit=100&cursor=c%202"
        ]
    );
    let ended = ended.unwrap();
    assert_eq!(ended.candidates, ["clu_2", "clu_7", "clu_4"]);
    let LaunchOutcome::Indeterminate(open) = ended.outcome else {
        panic!("{ended:?}")
    };
    assert!(open.may_still_land);
    assert_eq!(ended.trace.requests(), 3);
}

#[test]
fn a_list_without_an_end_is_given_up() {
    let mut bare = options();
    bare.contract.create_keys_replay = Duration::ZERO;
    let mut launch = Launch::create(&new(), bare);
    let page = || answer(200, r#"{"data":[],"has_more":true,"next_cursor":"again"}"#);
    let inputs = [LaunchInput::Begin, lost()]
        .into_iter()
        .chain(std::iter::repeat_with(page).take(50));
    let (sent, ended) = tell(&mut launch, inputs, clock(0));
    assert_eq!((sent.len(), ended.is_some()), (11, true));
}

/// The token of a create whose process was killed after the first sending.
fn token() -> LaunchToken {
    let mut launch = Launch::create(&new(), options());
    let (sent, _) = tell(&mut launch, [LaunchInput::Begin], clock(0));
    let token = sent[0].token.clone().unwrap();
    token.to_string().parse().unwrap()
}

#[test]
fn another_process_sends_the_same_bytes_while_the_key_is_kept_and_then_only_looks() {
    let token = token();
    let (first, _) = tell(&mut Launch::create(&new(), options()), [LaunchInput::Begin], clock(0));
    for (mode, after, boot, sends) in [
        (ResumeMode::Finish, 5, 1, true),
        (ResumeMode::Finish, 600, 1, false),
        // On another machine the time of day alone tells, which may be off by as much as the contract says.
        (ResumeMode::Finish, 5, 2, false),
        (ResumeMode::Look, 5, 1, false),
    ] {
        let mut later = clock(after);
        later.elapsed = Duration::ZERO;
        later.since_boot = later.since_boot.map(|since| SinceBoot { boot, ..since });
        let mut launch = Launch::resume(&token, mode, options(), later).unwrap();
        let (sent, _) = tell(&mut launch, [LaunchInput::Begin], later);
        let is_write = matches!(sent[0].call, LaunchCall::Write { .. });
        assert_eq!(is_write, sends, "{mode:?} after {after} s");
        if sends {
            assert_eq!(sent[0].request, first[0].request);
        }
    }
}

#[test]
fn a_token_that_is_damaged_is_refused() {
    let text = token().to_string();
    assert!(text[..text.len() - 2].parse::<LaunchToken>().is_err());
    assert!(token().kind().creates() && token().id().is_empty());
}

const KUBECONFIG: &str = "apiVersion: v1\nusers: [{user: {token: s3cr3t-k0nf1g}}]";

fn import() -> ClusterImport {
    let import = ClusterImport::builder()
        .name("edge")
        .region_id("reg_1")
        .kubeconfig(KUBECONFIG);
    import.build().unwrap()
}

fn workspace() -> NewWorkspace {
    NewWorkspace::builder().name("Blue").slug("blue").build().unwrap()
}

const IMPORTED: &str = r#"{"id":"clu_9","name":"edge","workspace_id":"ws_1","state":"active","provider":"imported_byoc",
    "reconciling":true,"created_at":1,"updated_at":1,"etag":"7"}"#;
const WORKSPACE: &str =
    r#"{"id":"ws_9","name":"Blue","slug":"blue","plan":{},"created_at":1,"updated_at":1,"etag":"7"}"#;

#[test]
fn what_is_there_with_the_answer_is_the_end_and_its_id_is_told() {
    let (sent, ended) = tell(
        &mut Launch::create(&import(), options()),
        [LaunchInput::Begin, answer(200, IMPORTED)],
        clock(0),
    );
    let request = &sent[0].request;
    assert_eq!(
        (request.method().as_str(), request.path()),
        ("POST", "/v1/clusters:import")
    );
    assert!(request.headers().iter().any(|(name, _)| *name == "idempotency-key"));
    let ended = ended.unwrap();
    assert!(
        matches!(&ended.outcome, LaunchOutcome::Made(Made::Cluster(_))),
        "{ended:?}"
    );
    assert_eq!(ended.to_string(), "import of cluster edge: applied: made as clu_9");
    let report = Report::from(&ended);
    assert_eq!((report.seen_etag.as_deref(), report.resume_token), (Some("7"), None));

    let (sent, ended) = tell(
        &mut Launch::create(&workspace(), options()),
        [LaunchInput::Begin, answer(201, WORKSPACE)],
        clock(0),
    );
    let request = &sent[0].request;
    assert_eq!(request.body(), Some(&br#"{"name":"Blue","slug":"blue"}"#[..]));
    assert!(!request.headers().iter().any(|(name, _)| *name == "idempotency-key"));
    assert_eq!(ended.unwrap().id, "ws_9");
}

/// The words of a story without its times.
fn story(ended: &Launched) -> Vec<String> {
    let steps = ended.trace.steps().iter();
    steps
        .map(|step| format!("{}: {} -> {}", step.heard, step.why, step.next))
        .collect()
}

#[test]
fn a_story_tells_of_what_is_made_and_not_of_an_operation_or_a_version() {
    let (begins, made) = (
        "begin: there is no version of it yet -> POST, attempt 1",
        "the server has made it",
    );
    for (new, body) in [
        (Launch::create(&import(), options()), IMPORTED),
        (Launch::create(&workspace(), options()), WORKSPACE),
    ] {
        let (_, ended) = tell(&mut { new }, [LaunchInput::Begin, answer(201, body)], clock(0));
        let told = story(&ended.unwrap());
        assert_eq!(told, [begins.to_owned(), format!("POST answered 201: {made} -> end")]);
    }
    let (_, ended) = tell(
        &mut Launch::create(&new(), options()),
        [LaunchInput::Begin, answer(202, CREATING)],
        clock(0),
    );
    let started = "POST answered 202: the server has started an operation -> end";
    assert_eq!(story(&ended.unwrap()), [begins, started]);

    let more = r#"{"data":[],"has_more":true,"next_cursor":"c"}"#;
    let inputs = [LaunchInput::Begin, lost(), answer(200, more), answer(200, EMPTY)];
    let (_, ended) = tell(&mut Launch::create(&workspace(), options()), inputs, clock(0));
    let looks = "what is called so may be it, or anybody's -> GET the list";
    let told = story(&ended.unwrap());
    assert_eq!(
        told[..3],
        [
            begins.to_owned(),
            format!("POST not answered: {looks}"),
            format!("GET answered 200: {looks}")
        ]
    );
}

#[test]
fn a_success_that_is_not_what_was_sent_or_has_no_id_may_be_anything() {
    for (body, fits) in [
        (r#"{"id":"clu_9","name":"edge"}"#, true),
        (r#"{"id":"clu_9","name":"other"}"#, false),
        (r#"{"name":"edge"}"#, false),
        (r#"{"id":"../x","name":"edge"}"#, false),
        ("<html>", false),
    ] {
        let inputs = [LaunchInput::Begin, answer(200, body), answer(200, EMPTY)];
        let (sent, ended) = tell(&mut Launch::create(&import(), options()), inputs, clock(0));
        let ended = ended.unwrap();
        assert_eq!(
            matches!(ended.outcome, LaunchOutcome::Made(_)),
            fits,
            "{body}: {ended:?}"
        );
        assert_eq!(sent.len(), if fits { 1 } else { 2 }, "{body}");
    }
}

#[test]
fn what_no_key_stops_is_sent_once_whatever_is_promised_of_keys() {
    let mut trusting = options();
    trusting.contract.create_keys_replay = Duration::from_secs(3600);
    trusting.contract.action_keys_replay = Duration::from_secs(3600);
    for mut launch in [
        Launch::create(&import(), trusting.clone()),
        Launch::create(&workspace(), trusting.clone()),
    ] {
        let (sent, ended) = tell(&mut launch, [LaunchInput::Begin, lost(), answer(200, EMPTY)], clock(0));
        assert!(matches!(ended.unwrap().outcome, LaunchOutcome::Indeterminate(_)));
        assert_eq!(sent.len(), 2);
        let token = sent[0].token.clone().unwrap();
        let mut later = Launch::resume(&token, ResumeMode::Finish, trusting.clone(), clock(1)).unwrap();
        let (sent, ended) = tell(&mut later, [LaunchInput::Begin, answer(200, EMPTY)], clock(1));
        assert!(sent.iter().all(|outgoing| outgoing.call == LaunchCall::List));
        assert!(matches!(ended.unwrap().outcome, LaunchOutcome::Indeterminate(_)));
    }
}

#[test]
fn a_workspace_of_that_name_and_another_slug_is_no_candidate() {
    let listed = r#"{"data":[{"id":"ws_2","name":"Blue","slug":"azure"},{"id":"ws_3","name":"Blue","slug":"blue"},
        {"id":"ws_4","name":"Blue"}]}"#;
    let inputs = [LaunchInput::Begin, lost(), answer(200, listed)];
    let (sent, ended) = tell(&mut Launch::create(&workspace(), options()), inputs, clock(0));
    assert_eq!(paths(&sent), ["/v1/workspaces", "/v1/workspaces?limit=100"]);
    assert_eq!(ended.unwrap().candidates, ["ws_3", "ws_4"]);
}

#[test]
fn a_kubeconfig_is_in_nothing_that_is_said_or_kept() {
    let repeated = format!(
        r#"{{"success":false,"errors":[{{"code":1,"message":{:?}}}]}}"#,
        KUBECONFIG
    );
    let mut launch = Launch::create(&import(), options());
    let (sent, ended) = tell(&mut launch, [LaunchInput::Begin, answer(403, &repeated)], clock(0));
    let ended = ended.unwrap();
    let token = sent[0].token.clone().unwrap();
    let report = Report::from(&ended);
    for said in [
        format!("{ended:?} {ended} {}", ended.explain()),
        format!("{token:?} {token}"),
        format!("{report:?}"),
        format!("{launch:?} {:?} {:?}", import(), sent[0]),
    ] {
        assert!(!said.contains("s3cr3t"), "{said}");
    }
}
