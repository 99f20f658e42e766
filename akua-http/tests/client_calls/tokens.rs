//! Tokens from a callback, and hops that may send twice.

use akua_http::transport::scripted::ScriptedTransport;
use akua_http::transport::{Call, Failure, FailureKind, Sent, Transport};
use akua_http::{Client, Effect, ErrorKind};
use akua_model::http::Response;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use crate::{Instantly, MISMATCH, cluster, read, rename};

/// Passes on to a script and notes the tokens.
struct Noting(Arc<ScriptedTransport>, Arc<Mutex<Vec<String>>>);

impl Transport for Noting {
    fn send(&self, call: &Call<'_>) -> Result<Response, Failure> {
        self.1.lock().unwrap().push(call.token().unwrap().to_owned());
        self.0.send(call)
    }

    fn hops_may_replay(&self) -> bool {
        self.0.hops_may_replay()
    }
}

/// A client whose callback gives `token-0`, `token-1` and so on.
struct Rotating {
    client: Client,
    wire: Arc<ScriptedTransport>,
    /// The tokens sent.
    tokens: Arc<Mutex<Vec<String>>>,
    /// How often the callback was asked.
    asked: Arc<AtomicU32>,
}

fn rotating() -> Rotating {
    let wire = Arc::new(ScriptedTransport::new());
    let tokens = Arc::new(Mutex::new(Vec::new()));
    let asked = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&asked);
    let client = Client::builder()
        .token_provider(move || Ok(format!("token-{}", counter.fetch_add(1, Ordering::SeqCst))))
        .transport(Noting(Arc::clone(&wire), Arc::clone(&tokens)))
        .pace(Instantly::default())
        .build()
        .unwrap();
    Rotating {
        client,
        wire,
        tokens,
        asked,
    }
}

#[test]
fn after_a_401_the_callback_is_asked_once_and_the_same_bytes_go_out_again() {
    let Rotating {
        client,
        wire,
        tokens,
        asked,
    } = rotating();
    assert_eq!(asked.load(Ordering::SeqCst), 0, "not before the first call");
    wire.answer(401, "");
    wire.answer(200, cluster("clu_1", "prod-eu", "43"));
    wire.answer(200, cluster("clu_1", "prod-eu", "43"));
    rename(&client).unwrap();
    let requests = wire.requests();
    assert!(requests.len() == 2 && requests[0] == requests[1]);
    read(&client).unwrap();
    assert_eq!(*tokens.lock().unwrap(), ["token-0", "token-1", "token-1"]);
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[test]
fn a_second_401_ends_the_call() {
    let Rotating {
        client, wire, tokens, ..
    } = rotating();
    (0..3).for_each(|_| wire.answer(401, ""));
    let error = rename(&client).unwrap_err();
    assert_eq!(
        (error.kind(), error.effect(), error.attempts()),
        (ErrorKind::Authentication, Effect::NotApplied, 2)
    );
    assert!(error.to_string().contains("with a new token as well"), "{error}");
    assert_eq!(tokens.lock().unwrap().len(), 2);
}

#[test]
fn a_resend_that_is_lost_is_unknown_and_one_not_sent_changed_nothing() {
    let Rotating { client, wire, .. } = rotating();
    wire.answer(401, "");
    wire.fail(Sent::Unknown, FailureKind::ConnectionLost);
    assert_eq!(rename(&client).unwrap_err().effect(), Effect::Unknown);
    wire.answer(401, "");
    wire.fail(Sent::NotSent, FailureKind::Connect);
    assert_eq!(rename(&client).unwrap_err().effect(), Effect::NotApplied);
}

#[test]
fn a_repeated_read_asks_for_a_new_token_once_in_all() {
    let Rotating {
        client, wire, tokens, ..
    } = rotating();
    wire.answer(401, "");
    wire.answer(503, "");
    wire.answer(401, "");
    assert_eq!(read(&client).unwrap_err().kind(), ErrorKind::Authentication);
    assert_eq!(*tokens.lock().unwrap(), ["token-0", "token-1", "token-1"]);
}

#[test]
fn a_callback_that_fails_is_told_and_nothing_is_sent() {
    let wire = Arc::new(ScriptedTransport::new());
    let failing = |first: Option<&'static str>| {
        let asked = AtomicU32::new(0);
        let callback = move || match (first, asked.fetch_add(1, Ordering::SeqCst)) {
            (Some(token), 0) => Ok(token.to_owned()),
            _ => Err("the vault is closed".into()),
        };
        Client::builder()
            .token_provider(callback)
            .transport(Arc::clone(&wire))
            .build()
            .unwrap()
    };
    let error = rename(&failing(None)).unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (ErrorKind::Authentication, Effect::NotSent)
    );
    assert!(error.to_string().contains("the vault is closed"), "{error}");
    assert!(wire.requests().is_empty());

    wire.answer(401, "");
    let error = rename(&failing(Some("old"))).unwrap_err();
    assert_eq!(
        (error.kind(), error.effect(), error.status()),
        (ErrorKind::Authentication, Effect::NotApplied, Some(401))
    );
    assert!(
        error
            .to_string()
            .contains("no new token could be had: the vault is closed"),
        "{error}"
    );

    wire.answer(401, "");
    let same = Client::builder()
        .token_provider(|| Ok("same".to_owned()))
        .transport(Arc::clone(&wire))
        .build()
        .unwrap();
    assert_eq!(rename(&same).unwrap_err().attempts(), 1);
}

/// Where a proxy may send a request twice, a refusal may answer the second copy of a write that landed.
#[test]
fn behind_a_replaying_hop_no_refusal_is_definite() {
    let Rotating {
        client, wire, tokens, ..
    } = rotating();
    wire.set_hops_may_replay(true);
    for status in [400, 401, 403, 404, 409, 422, 429] {
        wire.answer(status, MISMATCH);
        let error = rename(&client).unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown, "{error}");
        assert!(error.to_string().contains("may have sent it twice"), "{error}");
    }
    assert_eq!(tokens.lock().unwrap().len(), 7, "none was resent");
    wire.fail(Sent::NotSent, FailureKind::Connect);
    assert_eq!(rename(&client).unwrap_err().effect(), Effect::NotSent);
}
