//! The real transport, with an ear at it: every request of a call is written down with what came back.
//!
//! It reads answers by itself, so that the judge does not take the client's word for what they said. It may stand for
//! a hop that sends a write a second time of its own accord.

use akua_http::transport::{
    BaseUrl, Call as Sending, Failure, HttpTransport, Sent as Handed, Transport, TransportConfig,
};
use akua_model::http::{Request, Response};
use akua_sim::Fingerprint;

use crate::record::{self, Attempt, Heard, Sent};
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
        let began = record::now();
        let outcome = self.inner.send(sending);
        record::note(|call| {
            let attempt = Attempt {
                seq: seq_of(&outcome),
                write: sent(sending.request()),
                began,
                ended: record::now(),
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
        seen: None,
        if_match: request.header("if-match").unwrap_or_default().to_owned(),
        key: request.header("idempotency-key").map(str::to_owned),
        digest: Fingerprint::of(body).sha256,
        values: record::texts(&serde_json::from_slice(body).unwrap()),
    })
}

fn answer_in(outcome: &Result<Response, Failure>) -> Option<&Response> {
    match outcome {
        Ok(answer) => Some(answer),
        Err(failure) => failure.answer(),
    }
}

fn seq_of(outcome: &Result<Response, Failure>) -> Option<u64> {
    record::seq_of(answer_in(outcome)?)
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
    Heard::answer(request.path().rsplit('/').next().unwrap_or_default(), answer)
}
