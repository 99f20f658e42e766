//! Requests that wait: before they are looked at, or for the end of an operation. And their second copies.

use super::held::Held;
use super::{Due, World};
use crate::fault::Hold;
use crate::log::Progress;
use crate::script::When;
use crate::verdict::{Step, Verdict};

impl World {
    /// The verdict on a held request, once; `None` while it waits, and for ever if it was forgotten by a reset.
    pub fn collect(&mut self, now: u64, ticket: u64) -> Option<Verdict> {
        self.advance(now);
        self.decided.remove(&ticket)
    }

    /// Nobody will collect this verdict. The request is decided in its time all the same.
    pub fn abandon(&mut self, ticket: u64) {
        self.decided.remove(&ticket);
        if let Some(held) = self.held.get_mut(&ticket) {
            held.awaited = false;
        }
        if let Some(poll) = self.polls.get_mut(&ticket) {
            poll.held.awaited = false;
        }
    }

    /// Whether a held request, or a `wait`, still waits. False also for one whose verdict can be collected.
    #[must_use]
    pub fn is_held(&self, ticket: u64) -> bool {
        self.held.contains_key(&ticket) || self.polls.contains_key(&ticket)
    }

    /// Lets a request wait before it is looked at.
    pub(super) fn hold(&mut self, held: Held, hold: Hold) -> Step {
        self.last_ticket += 1;
        let ticket = self.last_ticket;
        self.held.insert(ticket, held);
        let until_ms = match hold {
            Hold::Ms(ms) => Some(self.now.saturating_add(ms)),
            Hold::UntilReleased => None,
        };
        if let Some(at) = until_ms {
            self.schedule(at, Due::Decide(ticket));
        }
        Step::Held { ticket, until_ms }
    }

    /// Decides a held request now.
    pub(super) fn decide(&mut self, ticket: u64) {
        let Some(held) = self.held.remove(&ticket) else { return };
        let awaited = held.awaited;
        if let Step::Done(verdict) = self.begin(held, Some(ticket))
            && awaited
        {
            self.decided.insert(ticket, verdict);
        }
    }

    /// Looks at a request: decides it, or lets it wait for the end of an operation.
    pub(super) fn begin(&mut self, held: Held, ticket: Option<u64>) -> Step {
        self.play(When::Before, &held.request);
        match self.poll_for(&held) {
            Some((operation, until)) => self.poll(held, operation, until, ticket),
            None => Step::Done(self.conclude(held)),
        }
    }

    /// Decides a request, and lets a second copy of it arrive if its fault has one.
    pub(super) fn conclude(&mut self, held: Held) -> Verdict {
        let verdict = self.carry_out(held.seq, &held.request, held.fault.as_ref());
        if let Some(again) = held.fault.and_then(|fault| fault.again) {
            let seq = self.record(&held.request, Progress::Held);
            self.amend(seq, |entry| entry.copy_of = Some(held.seq));
            let copy = Held {
                seq,
                request: held.request,
                fault: None,
                awaited: false,
            };
            match again {
                Hold::Ms(0) => drop(self.begin(copy, None)),
                again => drop(self.hold(copy, again)),
            }
        }
        verdict
    }
}
