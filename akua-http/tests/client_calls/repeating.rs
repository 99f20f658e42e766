//! Reads that are tried again.

use akua_http::cancel::Cancel;
use akua_http::retry::RetryPolicy;
use akua_http::transport::scripted::ScriptedTransport;
use akua_http::transport::{FailureKind, Sent};
use akua_http::{Client, Effect, ErrorKind};
use akua_model::http::Response;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::{client, cluster, read, scripted};

#[test]
fn a_read_is_repeated_while_it_may_pass_with_growing_pauses() {
    let (wire, builder, pace) = scripted();
    let client = builder.build().unwrap();
    wire.answer(503, "");
    wire.fail(Sent::Unknown, FailureKind::ConnectionLost);
    wire.answer(502, "<html>");
    wire.answer(200, cluster("clu_1", "prod", "42"));
    assert_eq!(read(&client).unwrap().name, "prod");
    assert_eq!(wire.requests().len(), 4);
    assert_eq!(pace.pauses_ms(), [200, 400, 800]);
}

#[test]
fn a_read_gives_up_after_its_attempts_and_says_how_many() {
    let (wire, builder, _) = scripted();
    let client = builder
        .retry(RetryPolicy {
            attempts: 3,
            ..RetryPolicy::default()
        })
        .build()
        .unwrap();
    (0..5).for_each(|_| wire.answer(500, ""));
    let error = read(&client).unwrap_err();
    assert_eq!((error.attempts(), wire.requests().len()), (3, 3));
    assert!(error.to_string().contains("at the last of 3 attempts"), "{error}");
}

#[test]
fn the_server_is_left_alone_for_as_long_as_it_asks_and_no_longer_than_the_deadline() {
    let with = |retry_after: &str| {
        let headers = vec![("retry-after".into(), retry_after.to_owned())];
        Response {
            status: 429,
            headers,
            body: Vec::new(),
        }
    };
    let (wire, builder, pace) = scripted();
    let client = builder.build().unwrap();
    wire.respond(with("3"));
    wire.respond(with("Sun, 06 Nov 1994 08:49:37 GMT"));
    wire.respond(with("soon"));
    wire.answer(200, cluster("clu_1", "prod", "42"));
    read(&client).unwrap();
    assert_eq!(pace.pauses_ms(), [3000, 7000, 800]);

    // In real time: a pause beyond the deadline isn't begun.
    let wire = Arc::new(ScriptedTransport::new());
    let client = Client::builder()
        .token("t")
        .transport(Arc::clone(&wire))
        .build()
        .unwrap();
    wire.respond(with("3600"));
    let started = Instant::now();
    let error = read(&client).unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(20));
    assert_eq!(
        (error.kind(), error.retry_after()),
        (ErrorKind::RateLimited, Some(Duration::from_secs(3600)))
    );
    assert!(
        error.to_string().contains("leaves no time for another attempt"),
        "{error}"
    );
}

#[test]
fn what_does_not_pass_is_not_repeated() {
    for status in [400, 401, 403, 404, 409, 422, 301, 204, 501] {
        let (wire, client) = client();
        wire.answer(status, "{}");
        assert_eq!(read(&client).unwrap_err().attempts(), 1);
        assert_eq!(wire.requests().len(), 1, "{status}");
    }
}

#[test]
fn a_pause_ends_when_the_call_is_cancelled() {
    let wire = Arc::new(ScriptedTransport::new());
    let slow = RetryPolicy {
        base: Duration::from_secs(600),
        cap: Duration::from_secs(600),
        ..RetryPolicy::default()
    };
    let client = Client::builder()
        .token("t")
        .transport(Arc::clone(&wire))
        .retry(slow)
        .build()
        .unwrap();
    let cancel = Cancel::new();
    let other = cancel.clone();
    wire.run(move |_| {
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(30));
            other.cancel();
        });
        Ok(Response {
            status: 503,
            ..Response::default()
        })
    });
    let started = Instant::now();
    let timeout = Duration::from_secs(1200);
    let error = client
        .clusters()
        .cancel(&cancel)
        .timeout(timeout)
        .get(&"clu_1".parse().unwrap())
        .unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(60));
    assert_eq!(
        (error.kind(), error.effect()),
        (ErrorKind::Cancelled, Effect::NotApplied)
    );
    assert_eq!(wire.requests().len(), 1);
}
