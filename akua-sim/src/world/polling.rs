//! `POST /operations/{id}:wait`: a read that lasts until its operation has ended, or its time is over.
//!
//! It holds up nobody: it is set aside like a held request, and answered when it is time.

use akua_model::ResourceKind as Kind;

use super::asked::Outcome;
use super::held::{Held, Poll};
use super::{Due, World};
use crate::fault::CarriedOut;
use crate::log::Effect;
use crate::operation::Waits;
use crate::refusal::Refusal;
use crate::route::{Part, Route};
use crate::verdict::Step;
use crate::wire::WireRequest;

/// How long a wait lasts that doesn't say, in seconds, and at most.
const USUAL_SECONDS: u64 = 30;
const MOST_SECONDS: u64 = 60;

impl World {
    /// What a request waits for, and until when; `None`: it can be answered at once.
    pub(super) fn poll_for(&mut self, held: &Held) -> Option<(String, u64)> {
        let carried_out = held.fault.as_ref().map(|fault| fault.carried_out);
        let route = Route::parse(Some(&held.request.method), held.request.path())?;
        if carried_out == Some(CarriedOut::No) || route.part != Part::Wait {
            return None;
        }
        let id = route.id?;
        let seconds = self.waited_for(&id, &held.request).ok()?;
        let waits = self.contract.operation_waits;
        match waits {
            Waits::Follow => self.follow(&id),
            Waits::Hold | Waits::AtOnce => self.look(&id),
        }
        let lasts = waits != Waits::AtOnce && self.is_running(&id);
        lasts.then(|| (id, self.now.saturating_add(seconds.saturating_mul(1000))))
    }

    /// For how many seconds a request waits at most, if it may.
    fn waited_for(&self, id: &str, request: &WireRequest) -> Result<u64, Refusal> {
        let scope = self.tokens.scope(request, &self.store, &self.contract)?;
        self.visible(Kind::Operation, id, &scope)?;
        let Some(text) = request.query("timeout") else {
            return Ok(USUAL_SECONDS);
        };
        text.parse()
            .ok()
            .filter(|seconds| (1..=MOST_SECONDS).contains(seconds))
            .ok_or_else(|| {
                let problem = format!("Expected a number of 1 to {MOST_SECONDS}");
                Refusal::invalid(400, &["query", "timeout"], &problem)
            })
    }

    /// The answer to a wait: the operation as it is, ended or not.
    pub(super) fn waited(&self, id: &str, request: &WireRequest) -> Outcome {
        self.waited_for(id, request)?;
        let operation = self.store.find(Kind::Operation, id).ok_or_else(Refusal::not_found)?;
        Ok((Effect::default(), self.shown(operation)))
    }

    /// Sets a wait aside.
    pub(super) fn poll(&mut self, held: Held, operation: String, until: u64, ticket: Option<u64>) -> Step {
        let ticket = ticket.unwrap_or_else(|| {
            self.last_ticket += 1;
            self.last_ticket
        });
        self.polls.insert(ticket, Poll { held, operation });
        self.schedule(until, Due::Poll(ticket));
        Step::Held {
            ticket,
            until_ms: Some(until),
        }
    }

    /// Answers every wait whose operation has ended.
    pub(super) fn end_polls(&mut self) {
        while let Some(ticket) = self
            .polls
            .iter()
            .find(|(_, poll)| !self.is_running(&poll.operation))
            .map(|(ticket, _)| *ticket)
        {
            self.end_poll(ticket);
        }
    }

    /// Answers a wait.
    pub(super) fn end_poll(&mut self, ticket: u64) {
        let Some(Poll { held, .. }) = self.polls.remove(&ticket) else {
            return;
        };
        let awaited = held.awaited;
        let verdict = self.conclude(held);
        if awaited {
            self.decided.insert(ticket, verdict);
        }
    }
}
