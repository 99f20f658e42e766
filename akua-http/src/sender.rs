//! Sends what a machine of `akua-model` asks for, within the time and the budget of one call, and says what was heard.
//!
//! What is to be done and what it means is decided there; here is the clock, the dice, the credentials, the budget and the
//! wire. Nothing here decides whether a write is repeated.

use std::sync::Arc;
use std::time::{Duration, Instant};

use akua_model::edit::{Budget, Clock, Policy};
use akua_model::http::{Request, Response};

use crate::budget::is_well;
use crate::collection::{Caller, span};
use crate::credentials::{NoToken, Token};
use crate::deadline::{Deadline, Pause};
use crate::transport::{Failure, FailureKind, Sent};

/// One request that a machine asks for.
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a Request,
    /// How long to wait before.
    pub(crate) wait: Duration,
    pub(crate) budget: Budget,
    pub(crate) new_credentials: bool,
}

/// What became of it.
#[derive(Debug)]
pub(crate) enum Heard {
    Answered(Response),
    /// No byte of it was handed over, which is proven.
    NotSent(String),
    /// It has no answer, and may have arrived.
    Lost(String),
    /// It was not begun.
    Declined(String),
}

/// What a machine has to know of a request before it goes out.
pub(crate) trait Before {
    /// `secret` goes with it, and nobody may see it in an answer.
    fn hide(&mut self, secret: &str);
    /// Whether the write may still be sent now.
    fn may_send(&self, clock: Clock) -> bool;
}

/// The requests of one call, whatever kind of resource it is about.
pub(crate) struct Sender {
    caller: Caller,
    started: Instant,
    deadline: Duration,
    settle_only: Duration,
    token: Option<Arc<Token>>,
    /// Whether the last request of this call met trouble: what follows it is then a repeat, and is paid for.
    trouble: bool,
}

impl Sender {
    pub(crate) fn new(caller: Caller, policy: &Policy) -> Self {
        Self {
            started: Instant::now(),
            deadline: policy.deadline,
            settle_only: policy.soft_deadline(),
            caller,
            token: None,
            trouble: false,
        }
    }

    /// With credentials that were asked for before.
    pub(crate) fn with_token(self, token: Option<Arc<Token>>) -> Self {
        Self { token, ..self }
    }

    /// Takes from the retry budget, waits, and sends one request.
    pub(crate) fn send(&mut self, asked: &Asked<'_>, before: &mut dyn Before) -> Heard {
        let span = span(asked.request);
        let _entered = span.enter();
        let client = self.caller.client.clone();
        let client = client.inner();
        let cancel = self.caller.cancel.clone();
        let paid = match asked.budget {
            _ if !self.trouble => true,
            Budget::Free => true,
            Budget::Retry => client.budgets.take_retry(),
            Budget::Settle => client.budgets.take_settle(),
        };
        if !paid {
            return Heard::Declined("the client's retry budget is used up".to_owned());
        }
        let deadline = self.deadline_of(asked);
        if !asked.wait.is_zero() {
            match deadline.pause(client.pace.stretch(asked.wait), cancel.as_ref()) {
                Pause::Elapsed => {}
                Pause::DeadlinePassed => return Heard::Declined("the deadline passed during a wait".to_owned()),
                Pause::Cancelled => return Heard::Declined("the call was cancelled during a wait".to_owned()),
            }
        }
        let refused = if asked.new_credentials { self.token.take() } else { None };
        let token = match (&self.token, &refused) {
            (Some(token), _) => Arc::clone(token),
            (None, refused) => match client.credentials.token(refused.as_ref(), deadline, cancel.as_ref()) {
                Ok(Some(token)) => token,
                Ok(None) => return Heard::Declined("the callback that makes tokens has no other one".to_owned()),
                Err(reason) => return Heard::Declined(no_token(reason)),
            },
        };
        before.hide(token.expose());
        self.token = Some(Arc::clone(&token));
        // The wait may have been longer than it was meant to be: the machine may have slept.
        if asked.request.is_write() && !before.may_send(self.clock_without_entropy()) {
            return Heard::NotSent("the server may have forgotten the key while this waited".to_owned());
        }
        let mut exchange = self.caller.exchange_until(asked.request, deadline);
        let outcome = exchange.send(&token);
        self.trouble = !matches!(&outcome, Ok(answer) if is_well(answer.status));
        match outcome {
            Ok(response) => Heard::Answered(response),
            Err(failure) => heard(&failure),
        }
    }

    /// Until when one request may take. What settles takes half of what is left after its wait, so that another look
    /// is possible when it stalls; everything else leaves the reserve for settling.
    fn deadline_of(&self, asked: &Asked<'_>) -> Deadline {
        // Read once: what is left now is less a moment later.
        let elapsed = self.started.elapsed();
        Deadline::after(if asked.budget == Budget::Settle {
            let left = self.deadline.saturating_sub(elapsed);
            let wait = asked.wait.min(left);
            wait + (left - wait) / 2
        } else {
            self.settle_only.saturating_sub(elapsed)
        })
    }

    pub(crate) fn clock(&self) -> Result<Clock, String> {
        let entropy = self.caller.client.pace().entropy();
        let entropy = entropy.map_err(|error| format!("the system gave no random bits: {error}"))?;
        Ok(Clock {
            entropy,
            ..self.clock_without_entropy()
        })
    }

    pub(crate) fn clock_without_entropy(&self) -> Clock {
        Clock {
            elapsed: self.started.elapsed(),
            ..self.caller.clock()
        }
    }
}

/// What a failed attempt proves. A complete head decides by its status, unless it is a success whose body is lost.
fn heard(failure: &Failure) -> Heard {
    match (failure.sent(), failure.answer()) {
        (Sent::NotSent, _) if failure.kind() == FailureKind::ProxyRefused => {
            Heard::Declined(failure.message().to_owned())
        }
        (Sent::NotSent, _) => Heard::NotSent(failure.message().to_owned()),
        (Sent::Unknown, Some(head)) if !matches!(head.status, 200 | 202) => Heard::Answered(Response {
            status: head.status,
            headers: head.headers.clone(),
            body: head.body.clone(),
        }),
        (Sent::Unknown, _) => Heard::Lost(failure.message().to_owned()),
    }
}

fn no_token(reason: NoToken) -> String {
    match reason {
        NoToken::Failed(why) => format!("the callback that makes tokens gave none: {why}"),
        NoToken::Timeout => "the deadline passed before there was a token".to_owned(),
        NoToken::Cancelled => "the call was cancelled before there was a token".to_owned(),
    }
}
