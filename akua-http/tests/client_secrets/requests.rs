//! Any request with secrets in its body, and any answer with secrets in it.

use std::sync::Arc;
use std::time::Duration;

use akua_http::retry::RetryPolicy;
use akua_http::transport::scripted::ScriptedTransport;
use akua_http::transport::{Failure, FailureKind};
use akua_http::{AnyAnswer, Client, Error, RequestCall};
use akua_model::http::Response;
use akua_sim::{Fault, Matcher, Options, Simulator};

use crate::recorder::{Recorded, record_everything, recorded};
use crate::{KUBECONFIG, TOKEN, check, check_error, echoes};

/// Deep in a body, beside what is none.
fn call(secret: &str) -> RequestCall {
    let body = serde_json::json!({"name": "n", "deep": [{"clusters": [1, true, null, secret]}]});
    let call = RequestCall::new("PATCH", "/clusters/clu_1")
        .unwrap()
        .json(&body)
        .unwrap();
    call.if_match(&"42".parse().unwrap())
}

fn send(client: &Client, secret: &str) -> Result<AnyAnswer, Error> {
    client.request(&call(secret))
}

#[test]
fn no_debug_shows_a_body() {
    check("RequestCall", &format!("{:#?}", call(KUBECONFIG)));
    let wire = Arc::new(ScriptedTransport::new());
    let client = Client::builder()
        .token(TOKEN)
        .transport(Arc::clone(&wire))
        .build()
        .unwrap();
    wire.answer(200, serde_json::json!({"kubeconfig": KUBECONFIG}).to_string());
    let answer = send(&client, KUBECONFIG).unwrap();
    check("AnyAnswer", &format!("{answer:#?} {wire:#?} {:#?}", wire.requests()));
    assert!(answer.json.unwrap().as_str().contains("MARKERKUBE"));
}

#[test]
fn no_error_shows_a_secret_of_the_body_wherever_a_server_repeats_it() {
    record_everything();
    // One that is too short to be looked for by its pieces is looked for whole.
    for secret in [TOKEN, KUBECONFIG, "MARKERKUBE"] {
        let bodies = match secret {
            "MARKERKUBE" => vec![
                secret.to_owned(),
                serde_json::json!({"errors": [{"code": 1, "message": format!("not `{secret}`"), "path": [secret]}]})
                    .to_string(),
            ],
            long => echoes(long),
        };
        for body in bodies {
            for status in [201, 302, 400, 401, 403, 404, 409, 412, 422, 429, 500, 503] {
                // A success with JSON is no error.
                if status == 201 && serde_json::from_str::<serde_json::Value>(&body).is_ok() {
                    continue;
                }
                let wire = Arc::new(ScriptedTransport::new());
                let client = Client::builder()
                    .token(TOKEN)
                    .transport(Arc::clone(&wire))
                    .build()
                    .unwrap();
                let line = secret.lines().last().unwrap().to_owned();
                let headers = ["x-request-id", "location", "retry-after", "etag", "server"];
                let answer = Response {
                    status,
                    headers: headers.map(|name| (name.into(), line.clone())).into(),
                    body: body.clone().into(),
                };
                wire.respond(answer.clone());
                check_error(
                    &format!("a request answered {status}"),
                    &send(&client, secret).unwrap_err(),
                );
                wire.fail_with(Failure::unknown(FailureKind::ConnectionLost, "lost").with_answer(answer));
                check_error(
                    &format!("a request answered {status}, cut off"),
                    &send(&client, secret).unwrap_err(),
                );
            }
        }
    }
    check("a trace", &recorded().text);
}

/// Over real sockets, down to the bytes that the HTTP library writes and reads.
#[test]
fn no_trace_of_a_real_request_shows_its_body_or_that_of_its_answer() {
    record_everything();
    let simulator = Simulator::start(Options::clusters(1)).unwrap();
    // Each by a client of its own: an answer that was given raw ends its connection.
    let sent = |raw: String| {
        let builder = Client::builder().base_url(simulator.url()).token(simulator.token());
        let client = builder
            .retry(RetryPolicy::never())
            .timeout(Duration::from_secs(20))
            .build()
            .unwrap();
        let mut fault = Fault::default().on(Matcher::method("PATCH"));
        fault.answer.raw = Some(raw);
        simulator.inject(fault).unwrap();
        send(&client, KUBECONFIG)
    };
    let json = serde_json::json!({"kubeconfig": KUBECONFIG}).to_string();
    let length = json.len();
    for whole in [
        format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{json}"),
        format!("HTTP/1.1 201 Made\r\ntransfer-encoding: chunked\r\n\r\n{length:x}\r\n{json}\r\n0\r\n\r\n"),
        format!("HTTP/1.1 202 Soon\r\n\r\n{json}"),
    ] {
        let answer = sent(whole).unwrap();
        assert_eq!(answer.json.as_ref().unwrap().as_str(), json);
        check("an answer", &format!("{answer:?} {answer:#?}"));
    }
    for broken in [
        format!("HTTP/1.1 200 OK\r\n\r\n<html>{KUBECONFIG}"),
        format!("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n{json}"),
        format!("HTTP/1.1 500 No\r\n\r\n{json}"),
        format!("HTTP/1.1 302 No\r\n\r\n{json}"),
    ] {
        check_error("a broken answer", &sent(broken).unwrap_err());
    }
    let Recorded { text, dumped } = recorded();
    check("a trace", &text);
    check("a dump of what was sent and arrived", &dumped);
    // The recorder sees what there is to see, and of the path nothing that could be an id.
    assert!(
        text.contains("route = \"/v1/{path}\"") && text.contains("attempt ended"),
        "{text}"
    );
    let ours = text.lines().filter(|line| !line.starts_with("log ureq"));
    assert!(
        ours.clone().count() > 3 && ours.into_iter().all(|line| !line.contains("clu_1")),
        "{text}"
    );
    assert!(
        dumped.contains("PATCH./v1/clusters/clu_1") && dumped.contains("HTTP/1.1.200.OK"),
        "{dumped}"
    );
}
