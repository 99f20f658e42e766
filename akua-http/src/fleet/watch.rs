//! What becomes of every request of a run, told to its throttle.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use akua_model::RetryAfter;
use akua_model::http::Response;

use super::throttle::Sent;
use crate::retry::{Pace, wait_of};
use crate::transport::Failure;

/// Is told what becomes of every request.
#[derive(Clone)]
pub(crate) struct Watch(Arc<dyn Fn(Sent) + Send + Sync>);

impl Watch {
    pub(super) fn new(told: impl Fn(Sent) + Send + Sync + 'static) -> Self {
        Self(Arc::new(told))
    }

    pub(crate) fn tell(&self, outcome: &Result<Response, Failure>, took: Duration, pace: &dyn Pace) {
        let unix_now = pace.unix_ms().div_euclid(1000);
        let head = match outcome {
            Ok(answer) => Some(answer),
            Err(failure) => failure.answer(),
        };
        let retry_after = head
            .filter(|head| head.status != 200)
            .and_then(|head| head.header("retry-after"))
            .and_then(RetryAfter::parse);
        (self.0)(Sent {
            status: head.map(|head| head.status),
            retry_after: retry_after.map(|after| pace.stretch(wait_of(after, unix_now))),
            took,
        });
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}
