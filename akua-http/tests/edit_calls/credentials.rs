//! Tokens that are refused in the middle of an edit.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use akua_http::Client;
use akua_http::transport::scripted::ScriptedTransport;
use akua_http::transport::{Call, Failure, FailureKind, Sent, Transport};
use akua_model::edit::{Cause, Proof};
use akua_model::http::Response;

use crate::{Instantly, Stage, applied, cluster, id, indeterminate, mismatch, not_sent, rejected, stage, to_ours};

/// Passes on to a script and notes the tokens.
struct Noting(Arc<ScriptedTransport>, Arc<Mutex<Vec<String>>>);

impl Transport for Noting {
    fn send(&self, call: &Call<'_>) -> Result<Response, Failure> {
        self.1.lock().unwrap().push(call.token().unwrap().to_owned());
        self.0.send(call)
    }
}

/// A stage whose tokens come from `callback`, which is told how often it was asked before; and the tokens sent.
fn asking(
    callback: impl Fn(u32) -> Result<String, akua_http::BoxError> + Send + Sync + 'static,
) -> (Stage, Arc<Mutex<Vec<String>>>) {
    let wire = Arc::new(ScriptedTransport::new());
    let (tokens, asked, pace) = (Arc::default(), AtomicU32::new(0), Instantly::default());
    let client = Client::builder()
        .token_provider(move || callback(asked.fetch_add(1, Ordering::SeqCst)))
        .transport(Noting(Arc::clone(&wire), Arc::clone(&tokens)))
        .pace(pace.clone())
        .build()
        .unwrap();
    (Stage { wire, pace, client }, tokens)
}

fn rotating() -> (Stage, Arc<Mutex<Vec<String>>>) {
    asking(|asked| Ok(format!("token-{asked}")))
}

#[test]
fn a_fixed_token_that_is_refused_ends_it() {
    let stage = stage();
    stage.wire.answer(401, "");
    assert_eq!(rejected(&stage.rename()).status, 401);
    assert_eq!(stage.wire.requests().len(), 1);
}

#[test]
fn a_callback_is_asked_once_and_the_resend_stays_in_its_epoch() {
    let (stage, tokens) = rotating();
    stage.wire.answer(401, "");
    stage.wire.answer(200, cluster("ours", "43"));
    applied(&stage.rename());
    let requests = stage.wire.requests();
    assert!(requests.len() == 2 && requests[0] == requests[1], "the same key too");
    assert_eq!(*tokens.lock().unwrap(), ["token-0", "token-1"]);
    assert!(stage.pace.pauses_ms().is_empty());

    let (stage, tokens) = rotating();
    (0..3).for_each(|_| stage.wire.answer(401, ""));
    assert_eq!(rejected(&stage.rename()).status, 401);
    assert_eq!(*tokens.lock().unwrap(), ["token-0", "token-1"]);
}

#[test]
fn a_read_asks_for_it_too_and_the_write_does_not_ask_again() {
    let (stage, tokens) = rotating();
    stage.wire.answer(401, "");
    stage.wire.answer(200, cluster("base", "42"));
    stage.wire.answer(401, "");
    let edited = stage.client.clusters().edit(id(), to_ours()).unwrap();
    assert_eq!(rejected(&edited).status, 401);
    assert_eq!(stage.sent(), ["GET", "GET", "PATCH 42"]);
    assert_eq!(*tokens.lock().unwrap(), ["token-0", "token-1", "token-1"]);
}

#[test]
fn a_callback_without_another_token_leaves_the_refusal() {
    let same = asking(|_| Ok("always-the-same".to_owned()));
    let fails = asking(|asked| {
        if asked == 0 {
            Ok("first".to_owned())
        } else {
            Err("logged out".into())
        }
    });
    for (stage, tokens) in [same, fails] {
        stage.wire.answer(401, "");
        assert_eq!(rejected(&stage.rename()).status, 401);
        assert_eq!(tokens.lock().unwrap().len(), 1);
    }
}

#[test]
fn a_callback_that_gives_none_at_all_sends_nothing() {
    let (stage, _) = asking(|_| Err("logged out".into()));
    let edited = stage.rename();
    let (cause, detail) = not_sent(&edited);
    assert_eq!(cause, Cause::Declined);
    assert!(detail.contains("logged out"), "{detail}");
    assert!(stage.wire.requests().is_empty());
}

#[test]
fn after_a_lost_answer_a_401_is_no_refusal_of_the_write() {
    // With another token the same bytes tell.
    let (stage, _) = rotating();
    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    stage.wire.answer(401, "");
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("ours", "43"));
    let edited = stage.rename();
    assert_eq!(applied(&edited).proof, Proof::Observed);
    let writes = stage.writes();
    assert!(writes.len() == 3 && writes.iter().all(|write| *write == writes[0]));

    // Without one nobody knows.
    let stage = crate::stage();
    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    (0..4).for_each(|_| stage.wire.answer(401, ""));
    let edited = stage.rename();
    assert_eq!(indeterminate(&edited).cause, Cause::Unauthorized);
    assert_eq!(indeterminate(&edited).answer.as_ref().unwrap().status, 401);
}

#[test]
fn a_401_that_was_mended_is_not_what_stopped_it() {
    let (stage, _) = rotating();
    stage.wire.answer(401, "");
    stage.wire.answer(200, cluster("base", "42"));
    let clusters = stage
        .client
        .clusters()
        .keep_resume_token(|_| Err("the disk is full".into()));
    let edited = clusters.edit(id(), to_ours()).unwrap();
    let (cause, detail) = not_sent(&edited);
    assert_eq!(cause, Cause::Declined);
    assert!(detail.contains("the disk is full"), "{detail}");
}
