//! The real transport, with an ear at it: every request of a call is written down with what came back.
//!
//! It reads answers by itself, so that the judge does not take the client's word for what they said. It may stand for
//! a hop that sends a write a second time of its own accord.

use std::time::Instant;

use akua_http::transport::{
    BaseUrl, Call as Sending, Failure, HttpTransport, Sent as Handed, Transport, TransportConfig,
};
use akua_model::http::{Request, Response};
use akua_sim::Fingerprint;
use serde_json::{Map, Value};

use crate::record::{self, Attempt, Heard, Sent, Values};
use crate::stack::scenario::Scenario;

pub struct Recorder {
    inner: HttpTransport,
    replays: bool,
}

impl Recorder {
    pub fn new(url: &str, scenario: &Scenario) -> Self {
        let mut config = TransportConfig::new(BaseUrl::parse(url).unwrap());
        config.read_timeout = scenario.silence;
        Self {
            inner: HttpTransport::new(&config).unwrap(),
            replays: scenario.hop_replays,
        }
    }

    fn attempt(&self, sending: &Sending<'_>) -> Result<Response, Failure> {
        let tokens = record::note(|call| call.tokens).unwrap_or_default();
        let began = Instant::now();
        let outcome = self.inner.send(sending);
        record::note(|call| {
            let attempt = Attempt {
                seq: seq_of(&outcome),
                write: sent(sending.request()),
                began,
                ended: Instant::now(),
                tokens,
                heard: heard(sending.request(), &outcome),
            };
            call.attempts.push(attempt);
            if let Some((after, cancel)) = &call.cancel
                && call.attempts.len() >= *after
            {
                cancel.cancel();
                call.cut_short = true;
            }
        });
        outcome
    }
}

impl Transport for Recorder {
    fn send(&self, sending: &Sending<'_>) -> Result<Response, Failure> {
        let first = self.attempt(sending);
        if !matches!(&first, Err(failure) if self.replays && failure.sent() == Handed::Unknown) {
            return first;
        }
        match self.attempt(sending) {
            // That the copy was not sent says nothing of the first.
            Err(failure) if failure.sent() == Handed::NotSent => first,
            second => {
                // The hop keeps to itself what it heard of the first.
                record::note(|call| {
                    let first = call.attempts.len().saturating_sub(2);
                    call.attempts[first].heard = Heard::Nothing;
                });
                second
            }
        }
    }

    fn hops_may_replay(&self) -> bool {
        self.replays
    }
}

fn sent(request: &Request) -> Option<Sent> {
    let body = request.body()?;
    Some(Sent {
        if_match: request.header("if-match").unwrap_or_default().to_owned(),
        key: request.header("idempotency-key").map(str::to_owned),
        digest: Fingerprint::of(body).sha256,
        values: texts(&serde_json::from_slice(body).unwrap()),
    })
}

fn texts(map: &Map<String, Value>) -> Values {
    map.iter()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect()
}

fn answer_in(outcome: &Result<Response, Failure>) -> Option<&Response> {
    match outcome {
        Ok(answer) => Some(answer),
        Err(failure) => failure.answer(),
    }
}

fn seq_of(outcome: &Result<Response, Failure>) -> Option<u64> {
    let id = answer_in(outcome)?.request_id()?;
    id.strip_prefix("req_")?.parse().ok()
}

fn heard(request: &Request, outcome: &Result<Response, Failure>) -> Heard {
    let answer = match outcome {
        Err(failure) if failure.sent() == Handed::NotSent => return Heard::NotSent,
        Err(failure) => match failure.answer() {
            Some(head) if head.status != 200 => head,
            _ => return Heard::Nothing,
        },
        Ok(answer) => answer,
    };
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let id = request.path().rsplit('/').next();
    let shown = match (&body, body["etag"].as_str()) {
        (Value::Object(map), Some(etag)) if answer.status == 200 && body["id"].as_str() == id => {
            Some((etag.to_owned(), texts(map)))
        }
        _ => None,
    };
    let errors = body["errors"].as_array().into_iter().flatten();
    let metadata: Vec<_> = errors.filter_map(|entry| entry["metadata"].as_object()).collect();
    Heard::Answer {
        status: answer.status,
        shown,
        named: named(&metadata).filter(|_| matches!(answer.status, 409 | 412)),
        retry_after_ms: answer
            .header("retry-after")
            .and_then(|seconds| seconds.parse::<u64>().ok())
            .map(|seconds| seconds * 1000),
    }
}

/// The etag that a refusal names as current, under a name that says so and stands there once: one that says it in so
/// many words before one that says only `etag`, which counts where no etag of something else stands beside it.
fn named(metadata: &[&Map<String, Value>]) -> Option<String> {
    let under = |names: &[&str]| -> Vec<&Value> {
        let entries = metadata.iter().flat_map(|entry| entry.iter());
        entries
            .filter(|(key, _)| names.contains(&key.as_str()))
            .map(|(_, value)| value)
            .collect()
    };
    let current = under(&["current_etag", "currentEtag", "latest_etag"]);
    let mut keys = metadata.iter().flat_map(|entry| entry.keys());
    let values = match current.is_empty() {
        true if keys.any(|key| key != "etag" && key.contains("etag")) => return None,
        true => under(&["etag"]),
        false => current,
    };
    let [value] = values[..] else { return None };
    Some(bare(value.as_str()?).to_owned())
}

/// An etag without what HTTP may put around it.
fn bare(etag: &str) -> &str {
    etag.trim_start_matches("W/").trim_matches('"')
}
