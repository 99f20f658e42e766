//! Any request: sent once, with the client's settings, and judged as an update is.

use std::time::Duration;

use akua_http::cancel::Cancel;
use akua_http::transport::{Failure, FailureKind, Sent};
use akua_http::{Client, Effect, Error, ErrorKind, RequestCall};
use akua_model::http::Response;
use serde_json::json;

use crate::{MISMATCH, client, rename, scripted};

fn call(method: &str) -> RequestCall {
    RequestCall::new(method, "/offers/1").unwrap()
}

fn send(client: &Client, method: &str) -> Result<akua_http::AnyAnswer, Error> {
    client.request(&call(method))
}

#[test]
fn it_is_sent_once_with_what_the_call_and_the_client_have() {
    let (wire, builder, _) = scripted();
    let client = builder.context("ws_client".parse().unwrap()).build().unwrap();
    wire.answer(201, r#"{"id":"off_1"}"#);
    wire.answer(204, "");
    let position = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        .parse()
        .unwrap();
    let full = call("POST")
        .query("dry run", "é")
        .unwrap()
        .json(&json!({"a": [1]}))
        .unwrap();
    let full = full
        .if_match(&"42".parse().unwrap())
        .idempotency_key(&"k-1".parse().unwrap());
    let answer = client.request(&full.context(&"ws_call".parse().unwrap()).traceparent(&position));
    let answer = answer.unwrap();
    assert_eq!(
        (answer.status, answer.json.unwrap().as_str()),
        (201, r#"{"id":"off_1"}"#)
    );
    assert_eq!(send(&client, "DELETE").unwrap().json, None);

    let [full, bare] = <[_; 2]>::try_from(wire.requests()).unwrap();
    assert_eq!(
        (full.method.as_str(), full.path.as_str()),
        ("POST", "/v1/offers/1?dry%20run=%C3%A9")
    );
    let headers: Vec<_> = full
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let expected = [
        "content-type: application/json",
        "if-match: 42",
        "akua-context: ws_call",
        "idempotency-key: k-1",
    ];
    assert_eq!(headers, expected);
    assert_eq!(
        (full.body, full.traceparent.as_deref()),
        (br#"{"a":[1]}"#.to_vec(), Some(position.as_str()))
    );
    assert_eq!(
        (bare.method.as_str(), bare.header("akua-context"), bare.headers.len()),
        ("DELETE", Some("ws_client"), 1)
    );
    assert!(full.authorized && bare.authorized);
}

#[test]
fn every_status_means_for_it_what_it_means_for_an_update() {
    for hops in [false, true] {
        for status in (100..200).chain(300..1000) {
            let (wire, client) = client();
            wire.set_hops_may_replay(hops);
            for _ in 0..3 {
                wire.answer(status, MISMATCH);
            }
            let (update, write, read) = (rename(&client), send(&client, "POST"), send(&client, "GET"));
            let (update, write, read) = (update.unwrap_err(), write.unwrap_err(), read.unwrap_err());
            assert_eq!(
                (write.kind(), write.effect()),
                (update.kind(), update.effect()),
                "{write}"
            );
            assert_eq!(write.may_have_taken_effect(), update.may_have_taken_effect());
            assert_eq!(
                (write.status(), write.current_etag()),
                (Some(status), update.current_etag())
            );
            assert_eq!(
                (read.status(), read.effect()),
                (Some(status), Effect::NotApplied),
                "{read}"
            );
            assert_eq!(wire.requests().len(), 3, "{status}");
        }
    }
    // Of a success it is the body that counts.
    for status in 200..300 {
        let (wire, client) = client();
        wire.answer(status, "<html>hello</html>");
        wire.answer(status, "<html>hello</html>");
        let (write, read) = (send(&client, "PUT").unwrap_err(), send(&client, "GET").unwrap_err());
        assert_eq!((write.effect(), read.effect()), (Effect::Unknown, Effect::NotApplied));
        assert_eq!(write.problems()[0].field, "body");
        let words = write.to_string();
        assert!(
            words.contains("HTML") && words.contains("may have taken effect"),
            "{words}"
        );
        assert!(words.contains("read the resource again and compare"), "{words}");
        assert!(
            !words.contains("hello") && !read.to_string().contains("effect"),
            "{words} {read}"
        );
    }
}

#[test]
fn nothing_is_sent_again_and_no_redirect_is_followed() {
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        for status in [307, 408, 429, 500, 503] {
            let (wire, builder, pace) = scripted();
            wire.respond(Response {
                status,
                headers: vec![
                    ("location".into(), "/v1/elsewhere".into()),
                    ("retry-after".into(), "1".into()),
                ],
                body: Vec::new(),
            });
            let client = builder.build().unwrap();
            let error = client
                .request(&call(method).idempotency_key(&"k-1".parse().unwrap()))
                .unwrap_err();
            assert_eq!(
                (error.attempts(), wire.requests().len(), pace.pauses_ms().len()),
                (1, 1, 0)
            );
        }
        for sent in [Sent::NotSent, Sent::Unknown] {
            let (wire, client) = client();
            wire.fail(sent, FailureKind::ConnectionLost);
            let error = send(&client, method).unwrap_err();
            let effect = match (sent, method) {
                (Sent::NotSent, _) => Effect::NotSent,
                (Sent::Unknown, "GET") => Effect::NotApplied,
                (Sent::Unknown, _) => Effect::Unknown,
            };
            assert_eq!(
                (error.effect(), error.kind(), wire.requests().len()),
                (effect, ErrorKind::Transport, 1)
            );
        }
    }
}

#[test]
fn a_body_that_is_lost_behind_a_good_head_leaves_the_effect_open() {
    for status in [200, 201, 202, 204] {
        let (wire, client) = client();
        let head = Response {
            status,
            ..Response::default()
        };
        wire.fail_with(Failure::unknown(FailureKind::ConnectionLost, "lost").with_answer(head));
        let error = send(&client, "POST").unwrap_err();
        assert_eq!(
            (error.effect(), error.status()),
            (Effect::Unknown, Some(status)),
            "{error}"
        );
        assert_eq!(error.kind(), ErrorKind::Transport);
    }
}

#[test]
fn a_refused_token_is_replaced_once_as_for_an_update() {
    let (wire, _, _) = scripted();
    let tokens = std::sync::atomic::AtomicU32::new(0);
    let provider = move || {
        Ok(format!(
            "t{}",
            tokens.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
        ))
    };
    let client = Client::builder()
        .token_provider(provider)
        .transport(std::sync::Arc::clone(&wire));
    let client = client.build().unwrap();
    wire.answer(401, "");
    wire.answer(200, "{}");
    assert_eq!(send(&client, "POST").unwrap().status, 200);
    let [first, second] = <[_; 2]>::try_from(wire.requests()).unwrap();
    assert_eq!(first, second);
}

#[test]
fn it_ends_at_its_deadline_and_when_it_is_cancelled_and_then_nothing_was_sent() {
    let (wire, client) = client();
    let stop = Cancel::new();
    stop.cancel();
    let cancelled = client.request(&call("POST").cancel(&stop)).unwrap_err();
    let late = client.request(&call("POST").timeout(Duration::ZERO)).unwrap_err();
    assert_eq!(
        (cancelled.kind(), cancelled.effect()),
        (ErrorKind::Cancelled, Effect::NotSent)
    );
    assert_eq!((late.kind(), late.effect()), (ErrorKind::Timeout, Effect::NotSent));
    assert!(wire.requests().is_empty());
}

#[test]
fn bad_input_is_an_error_that_names_the_field_and_says_that_nothing_was_sent() {
    for (made, field) in [
        (RequestCall::new("HEAD", "/offers"), "method"),
        (RequestCall::new("GET", "/../offers"), "path"),
        (call("GET").query("", ""), "query"),
        (call("GET").json(&1), "body"),
    ] {
        let error = made.unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (ErrorKind::InvalidInput, Effect::NotSent)
        );
        assert_eq!(error.problems()[0].field, field);
        assert!(error.to_string().contains("nothing was sent"), "{error}");
    }
}
