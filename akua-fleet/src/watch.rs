//! A transport that tells the throttle of a run how every request was answered, and changes nothing about it.

use std::time::{Duration, Instant};

use akua_http::Client;
use akua_http::transport::{Call, Failure, Transport};
use akua_model::RetryAfter;
use akua_model::http::Response;
use serde::{Deserialize, Serialize};

/// How one request was answered, as far as it decides how fast more may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Observation {
    /// The status of the answer; `None` if there was none.
    pub status: Option<u16>,
    /// How long the server asked to be left alone, in an answer that is not 200.
    pub retry_after: Option<Duration>,
    /// How long the answer took, connecting included.
    pub took: Duration,
    /// Whether it was asked to be answered only once something has happened, so that the time it took says nothing.
    #[serde(default)]
    pub is_poll: bool,
}

/// Sends through the transport of `client`, and tells `listener` how each request was answered.
pub(crate) struct Watched<F> {
    pub(crate) client: Client,
    pub(crate) listener: F,
}

impl<F: Fn(Observation) + Send + Sync> Transport for Watched<F> {
    fn send(&self, call: &Call<'_>) -> Result<Response, Failure> {
        let started = Instant::now();
        let outcome = self.client.transport().send(call);
        let is_poll = call.request().route().ends_with(":wait");
        (self.listener)(self.observation(&outcome, started.elapsed(), is_poll));
        outcome
    }

    fn hops_may_replay(&self) -> bool {
        self.client.transport().hops_may_replay()
    }
}

impl<F> Watched<F> {
    fn observation(&self, outcome: &Result<Response, Failure>, took: Duration, is_poll: bool) -> Observation {
        let pace = self.client.pace();
        let head = match outcome {
            Ok(answer) => Some(answer),
            Err(failure) => failure.answer(),
        };
        let retry_after = head
            .filter(|head| head.status != 200)
            .and_then(|head| head.header("retry-after"))
            .and_then(RetryAfter::parse);
        Observation {
            status: head.map(|head| head.status),
            retry_after: retry_after.map(|after| pace.stretch(after.wait(pace.unix_ms()))),
            took,
            is_poll,
        }
    }
}
