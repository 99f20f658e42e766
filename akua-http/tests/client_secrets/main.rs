//! A marker token and a marker kubeconfig go through everything that could show them (every `Debug`, every error,
//! every trace of every crate), on a server that repeats both wherever it can. Neither is ever seen.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod pem;
mod recorder;
mod requests;

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use akua_http::deadline::Deadline;
use akua_http::retry::RetryPolicy;
use akua_http::transport::scripted::ScriptedTransport;
use akua_http::transport::{Call, Failure, FailureKind, HttpTransport, Sent, TransportConfig};
use akua_http::{Client, Error, Token};
use akua_model::http::Response;
use akua_model::{Cluster, ClusterPatch, Secret, request};
use akua_sim::{Delivery, End, Fault, Fingerprint, Matcher, Options, Part, Simulator};

use recorder::{Recorded, record_everything, recorded};

const TOKEN: &str = "sk_akua_MARKERTOKEN_9f8e7d6c5b4a39281706";
const KUBECONFIG: &str = "apiVersion: v1\nkind: Config\nusers:\n- name: \"MARKERKUBE\"\n  user:\n    token: MARKERKUBE_c0ffee_c0ffee_c0ffee\n    client-key-data: \"TUFSS0VSS1VCRSBNQVJLRVJLVUJF\"\n";

/// What must not be seen of either. No server's own words have any of it.
const MARKERS: [&str; 4] = ["MARKERTOKEN", "9f8e7d6c", "MARKERKUBE", "TUFSS0VSS1VC"];

fn check(what: &str, shown: &str) {
    for marker in MARKERS {
        assert!(!shown.contains(marker), "{what} shows {marker}: {shown}");
    }
}

/// Everything that an error can be made to show.
fn check_error(what: &str, error: &Error) {
    let mut shown = format!("{error}\n{error:?}\n{error:#?}\n");
    write!(shown, "{:?}", error.server_errors()).unwrap();
    write!(
        shown,
        "{:?} {:?} {:?}",
        error.hint(),
        error.request_id(),
        error.problems()
    )
    .unwrap();
    write!(shown, "{:?} {:?}", error.current_etag(), error.new_etag()).unwrap();
    check(what, &shown);
}

fn patch() -> ClusterPatch {
    ClusterPatch::builder()
        .kubeconfig(Secret::from(KUBECONFIG))
        .build()
        .unwrap()
}

fn update(client: &Client) -> Result<Cluster, Error> {
    client
        .clusters()
        .update(&"clu_1".parse().unwrap(), &"42".parse().unwrap(), &patch())
}

fn read(client: &Client) -> Result<Cluster, Error> {
    client.clusters().get(&"clu_1".parse().unwrap())
}

#[test]
fn no_debug_shows_a_secret() {
    let wire = Arc::new(ScriptedTransport::new());
    let builder = Client::builder()
        .base_url("http://127.0.0.1:1")
        .token(TOKEN)
        .transport(Arc::clone(&wire));
    check("ClientBuilder", &format!("{builder:#?}"));
    let client = builder.build().unwrap();
    check("Client", &format!("{client:#?}"));
    check("Collection", &format!("{:#?}", client.clusters()));
    check(
        "Items",
        &format!("{:#?} {:#?}", client.clusters().list(), client.clusters().pages()),
    );
    check("Token", &format!("{:#?}", Token::new(TOKEN).unwrap()));
    let callback = Client::builder()
        .token_provider(|| Ok(TOKEN.to_owned()))
        .build()
        .unwrap();
    check("Client with a callback", &format!("{callback:#?}"));

    let patch = patch();
    check("ClusterPatch", &format!("{patch:#?}"));
    let builder = ClusterPatch::builder().kubeconfig(Secret::from(KUBECONFIG));
    check("ClusterPatchBuilder", &format!("{builder:#?}"));
    let request = request::update::<Cluster>(&"clu_1".parse().unwrap(), &"42".parse().unwrap(), &patch, None);
    check("Request", &format!("{request:#?}"));
    let call = Call::new(&request, Deadline::after(Duration::from_secs(1))).with_token(TOKEN);
    check("Call", &format!("{call:#?}"));

    let body = format!("{TOKEN} {KUBECONFIG}").into_bytes();
    let response = Response {
        status: 200,
        headers: vec![("x".into(), TOKEN.into())],
        body,
    };
    check("Response", &format!("{response:#?}"));
    let failure = Failure::new(Sent::Unknown, FailureKind::ConnectionLost, "lost").with_answer(response.clone());
    check("Failure", &format!("{failure:#?} {failure}"));

    wire.respond(response);
    assert!(update(&client).is_err());
    check("ScriptedTransport", &format!("{wire:#?} {:#?}", wire.requests()));
    let config = TransportConfig::new("http://127.0.0.1:1".parse_base());
    check(
        "HttpTransport",
        &format!("{:#?} {config:#?}", HttpTransport::new(&config).unwrap()),
    );
}

trait ParseBase {
    fn parse_base(&self) -> akua_http::transport::BaseUrl;
}

impl ParseBase for str {
    fn parse_base(&self) -> akua_http::transport::BaseUrl {
        akua_http::transport::BaseUrl::parse(self).unwrap()
    }
}

/// Bodies in which a server repeats `secret`, in every place where words of its can stand.
fn echoes(secret: &str) -> Vec<String> {
    use serde_json::json;
    let long = format!("{}{secret}", "x".repeat(480));
    let nested = json!({"kubeconfig": secret}).to_string();
    let line = secret.lines().last().unwrap();
    let entry = |message: &str| json!({"errors": [{"code": 1, "message": message}]}).to_string();
    vec![
        secret.to_owned(),
        format!("<html>{secret}</html>"),
        entry(secret),
        entry(&long),
        entry(&nested),
        entry(&json!(nested).to_string()),
        entry(&format!("line 5: `{line}`")),
        entry(&secret[5..]),
        entry(&secret[..secret.len() - 5]),
        json!({"errors": [{"code": secret, "message": "", "path": [secret, 1], "metadata": {secret: secret}}]})
            .to_string(),
        json!({"errors": [{"message": "", "metadata": {"current_etag": secret}}]}).to_string(),
        json!({"errors": [secret]}).to_string(),
        json!({"error": secret}).to_string(),
        json!({"error": {"code": secret, "message": secret}}).to_string(),
        json!({"message": secret, "path": secret}).to_string(),
        json!({"id": secret, "etag": "43"}).to_string(),
        json!({"id": "clu_1", "etag": "43", "name": [secret], secret: secret}).to_string(),
        json!({"id": "clu_1", "etag": "43", "name": "n", "state": {secret: secret}}).to_string(),
        json!({"id": "clu_1", "etag": "43", "name": "n", "created_at": secret}).to_string(),
        json!({"id": "clu_1", "etag": "43", "name": "n", "workspace_id": secret}).to_string(),
    ]
}

#[test]
fn no_error_shows_a_secret_wherever_a_server_repeats_it() {
    record_everything();
    for secret in [TOKEN, KUBECONFIG] {
        for body in echoes(secret) {
            for status in [200, 204, 302, 400, 401, 403, 404, 409, 412, 422, 429, 500, 503] {
                let wire = Arc::new(ScriptedTransport::new());
                let client = Client::builder()
                    .token(TOKEN)
                    .transport(Arc::clone(&wire))
                    .retry(RetryPolicy::never());
                let client = client.build().unwrap();
                let line = secret.lines().last().unwrap().to_owned();
                let headers = ["x-request-id", "location", "retry-after", "etag", "server"];
                let headers = headers.map(|name| (name.into(), line.clone()));
                let answer = Response {
                    status,
                    headers: headers.into(),
                    body: body.clone().into(),
                };
                wire.respond(answer.clone());
                check_error(&format!("a write answered {status}"), &update(&client).unwrap_err());
                wire.fail_with(Failure::unknown(FailureKind::ConnectionLost, "lost").with_answer(answer.clone()));
                check_error(
                    &format!("a write answered {status}, cut off"),
                    &update(&client).unwrap_err(),
                );
                if secret == TOKEN {
                    wire.respond(answer);
                    check_error(&format!("a read answered {status}"), &read(&client).unwrap_err());
                }
            }
        }
    }
    check("a trace", &recorded().text);
}

#[test]
fn a_token_that_was_refused_is_hidden_as_well_as_its_successor() {
    let wire = Arc::new(ScriptedTransport::new());
    let tokens = Mutex::new(vec![TOKEN.to_owned(), format!("{TOKEN}-old")]);
    let callback = move || Ok(tokens.lock().unwrap().pop().unwrap());
    let client = Client::builder()
        .token_provider(callback)
        .transport(Arc::clone(&wire))
        .build()
        .unwrap();
    wire.answer(401, format!(r#"{{"message":"{TOKEN}-old"}}"#));
    wire.answer(
        401,
        format!(r#"{{"message":"not {TOKEN}-old and not {TOKEN} either"}}"#),
    );
    let error = update(&client).unwrap_err();
    assert_eq!(error.attempts(), 2);
    check_error("a second 401", &error);
}

#[test]
fn a_kubeconfig_in_an_answer_is_not_kept() {
    let wire = Arc::new(ScriptedTransport::new());
    let client = Client::builder()
        .token(TOKEN)
        .transport(Arc::clone(&wire))
        .build()
        .unwrap();
    let cluster = serde_json::json!({"id": "clu_1", "name": "n", "workspace_id": "ws_1", "state": "active",
        "provider": "managed_kaas", "reconciling": false, "created_at": 1, "updated_at": 1, "etag": "43",
        "kubeconfig": KUBECONFIG});
    wire.answer(200, cluster.to_string());
    let cluster = read(&client).unwrap();
    check(
        "Cluster",
        &format!("{cluster:#?} {}", serde_json::to_string(&cluster).unwrap()),
    );
}

/// Over real sockets, with everything recorded that any crate says, down to the bytes that the HTTP library writes.
#[test]
fn no_trace_and_no_error_of_a_real_call_shows_a_secret() {
    record_everything();
    let simulator = Simulator::start(Options::clusters(1)).unwrap();
    // The simulator makes its own tokens, so the marker is one that it refuses, if no fault comes before.
    let client = |token: &str| {
        let builder = Client::builder()
            .base_url(simulator.url())
            .token(token)
            .retry(RetryPolicy::never());
        builder.timeout(Duration::from_secs(2)).build().unwrap()
    };
    let (refused, accepted) = (client(TOKEN), client(simulator.token()));
    check_error("a refused token", &update(&refused).unwrap_err());
    check_error("a refused token", &read(&refused).unwrap_err());
    let changed = update(&accepted).unwrap();
    check("an answer", &format!("{changed:?}"));
    for fault in [
        Fault::lost_after(End::Reset),
        Fault::lost_before(End::Fin),
        Fault {
            delivery: Delivery::cut(Part::Head, End::Reset),
            ..Fault::default()
        },
        Fault::after(502),
        Fault::before(409),
        Fault::late(60_000),
    ] {
        simulator.inject(fault.on(Matcher::method("PATCH"))).unwrap();
        check_error("a fault", &update(&refused).unwrap_err());
    }
    let Recorded { text, dumped } = recorded();
    check("a trace", &text);
    check("a dump of what was sent", &dumped);
    // The recorder sees what there is to see.
    assert!(
        text.contains("span akua_http call") && text.contains("attempt ended"),
        "{text}"
    );
    assert!(text.contains("log ureq"), "{text}");
    assert!(
        dumped.contains("PATCH./v1/clusters/clu_1") && dumped.contains("authorization:.Bearer.***"),
        "{dumped}"
    );
    // And the server got what the dump does not show.
    let log = simulator.log();
    let entry = log.iter().find(|entry| entry.status == Some(200)).unwrap();
    let body = serde_json::json!({"kubeconfig": KUBECONFIG}).to_string();
    assert_eq!(entry.body_sha256, Some(Fingerprint::of(body.as_bytes()).sha256));

    drop(simulator);
    check_error("nobody there", &update(&refused).unwrap_err());
    check("a trace", &recorded().text);
}

/// A kubeconfig that is read, over real sockets: whatever the HTTP library logs of its answer.
#[test]
fn a_kubeconfig_that_is_read_is_shown_by_nothing_but_expose() {
    record_everything();
    let simulator = Simulator::start(Options::clusters(1)).unwrap();
    // Each by a client of its own: an answer that was given raw ends its connection, which nobody may use again, and nothing is
    // asked for twice.
    let client = || {
        let builder = Client::builder().base_url(simulator.url()).token(simulator.token());
        builder.timeout(Duration::from_secs(20)).build().unwrap()
    };
    let kubeconfig = |body: Option<&str>| {
        if let Some(body) = body {
            let mut fault = Fault::default().on(Matcher::method("GET"));
            fault.answer.raw = Some(body.to_owned());
            simulator.inject(fault).unwrap();
        }
        client().clusters().kubeconfig(&"clu_1".parse().unwrap())
    };
    let json = serde_json::json!({ "kubeconfig": KUBECONFIG }).to_string();
    let (head, half) = ("HTTP/1.1 200 OK\r\n", json.len() / 2);
    let sized = format!("{head}content-length: {}\r\n\r\n", json.len());
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n");
    let (first, second) = json.split_at(half);
    for whole in [
        format!("{sized}{json}"),
        format!("{head}\r\n{json}"),
        format!(
            "{chunked}{half:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n",
            json.len() - half
        ),
        format!(
            "HTTP/1.1 103 Early\r\nlink: a\r\n\r\n{chunked}{:x};a=b\n{json}\n0\n\n",
            json.len()
        ),
    ] {
        let read = kubeconfig(Some(&whole)).unwrap();
        assert_eq!(read.expose(), KUBECONFIG);
        check("a kubeconfig", &format!("{read:?} {read:#?}"));
    }
    for broken in [
        format!("{sized}{first}"),
        format!("{sized}{}", json.replace(':', ",")),
        format!("{head}\r\n{first}"),
        format!("{head}\r\n{KUBECONFIG}"),
        format!("{chunked}{half:x}\r\n{first}\r\n{second}\r\n0\r\n\r\n"),
        format!("{chunked}0x{half:x}\r\n{first}\r\n0\r\n\r\n"),
        format!("HTTP/1.1 500 No\r\n\r\n{json}"),
        format!("HTTP/1.1 204 No\r\n\r\n{json}"),
        format!("{head}content-encoding: gzip\r\n\r\n{json}"),
        format!("{head}content-length: 3\r\ncontent-length: 4\r\n\r\n{json}"),
    ] {
        check_error("a broken kubeconfig", &kubeconfig(Some(&broken)).unwrap_err());
    }
    assert!(kubeconfig(None).unwrap().expose().contains("opens-nothing"));
    // What lets a machine join is shown once, likewise.
    let cluster: akua_model::ClusterId = "clu_1".parse().unwrap();
    let new = akua_model::NewWorkerBootstrap::builder()
        .cluster_id(cluster)
        .build()
        .unwrap();
    let once = client().worker_bootstraps().create_once(&new, None).unwrap();
    let launched = client().worker_bootstraps().create(&new);
    let shown = format!("{once:?} {launched:?} {}", launched.explain());
    assert!(once.command.unwrap().expose().contains("joins-nothing") && launched.id == "clu_1/wbs_2");
    let Recorded { text, dumped } = recorded();
    check("a trace", &text);
    check("a dump of what arrived", &dumped);
    for nothing in ["opens-nothing", "joins-nothing"] {
        assert!(!text.contains(nothing) && !dumped.contains(nothing) && !shown.contains(nothing));
    }
    // The recorder sees what there is to see: the head, and blanks for a body.
    assert!(
        dumped.contains("HTTP/1.1.200.OK") && dumped.contains("................"),
        "{dumped}"
    );
}

/// A server that repeats both in answers that are no proper HTTP. What the HTTP library itself logs of a server's answer
/// is that server's word, and not looked at here.
#[test]
fn no_trace_and_no_error_of_a_raw_answer_shows_a_secret() {
    record_everything();
    let simulator = Simulator::start(Options::clusters(1)).unwrap();
    let client = Client::builder()
        .base_url(simulator.url())
        .token(TOKEN)
        .retry(RetryPolicy::never());
    let client = client.timeout(Duration::from_secs(20)).build().unwrap();
    for body in [TOKEN, KUBECONFIG].map(echoes).concat() {
        let line = body.replace(['\r', '\n'], " ");
        for raw in [
            format!("{body}\r\n\r\n"),
            format!("HTTP/1.1 {line}\r\n\r\n"),
            format!("HTTP/1.1 200 {line}\r\n\r\n"),
            format!("HTTP/1.1 200 OK\r\nx-echo: {line}\r\n\r\n{body}"),
            format!("HTTP/1.1 200 OK\r\ncontent-encoding: {line}\r\n\r\n{body}"),
            format!("HTTP/1.1 409 Conflict\r\n{line}\r\n\r\n{body}"),
            format!("HTTP/1.1 409 Conflict\r\n{line}: 1\r\n\r\n{body}"),
            format!("HTTP/1.1 409 Conflict\r\ncontent-length: {body}\r\n\r\n{body}"),
            format!("HTTP/1.1 302 Found\r\nlocation: https://{line}/\r\n\r\n"),
            format!("HTTP/1.1 500 No\r\ntransfer-encoding: chunked\r\n\r\n{body}"),
            format!("HTTP/1.1 500 No\r\ntransfer-encoding: {line}\r\n\r\n{body}"),
        ] {
            let mut fault = Fault::default().on(Matcher::method("PATCH"));
            fault.answer.raw = Some(raw);
            simulator.inject(fault).unwrap();
            check_error("a raw answer", &update(&client).unwrap_err());
        }
    }
    let text = recorded().text;
    let ours = text.lines().filter(|line| !line.starts_with("log ureq"));
    let ours: String = ours.collect::<Vec<_>>().join("\n");
    assert!(ours.contains("attempt ended"));
    check("a trace", &ours);
}
