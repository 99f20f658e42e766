//! What a run tells while it goes on, and at its end.

use akua_http::{Effect, Error};

use super::end::End;
use super::item::{Counts, State};

/// Something has happened in a run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// Work on an item has begun.
    Started {
        /// The item's number.
        item: u64,
        /// The id of the resource; of what is to be made, the key of its row.
        id: String,
        /// Whether an earlier write is settled, or its operation waited for.
        settles: bool,
    },
    /// The ledger has granted a write, which goes out now.
    Granted {
        /// The item's number.
        item: u64,
        /// The id of the resource; of what is to be made, the key of its row.
        id: String,
        /// Which version the change is tried on, counted from 1.
        epoch: u32,
    },
    /// A launch was accepted, and the ledger says so. Its operation is waited for now.
    Accepted {
        /// The item's number.
        item: u64,
        /// The id of the resource; of what is to be made, the key of its row.
        id: String,
        /// The id of the operation.
        operation: String,
    },
    /// Work on an item has ended, and the ledger says so.
    Ended {
        /// The item's number.
        item: u64,
        /// The id of the resource; of what is to be made, the key of its row.
        id: String,
        /// How.
        end: Box<End>,
        /// Where all items stand now.
        counts: Counts,
    },
    /// Requests are sent at another rate.
    Rate {
        /// How many per second at most; `None` for as many as there can be.
        per_second: Option<f64>,
        /// Whether that is because the server has trouble.
        slowed: bool,
    },
    /// The canary items have ended. Nothing is sent until [`Control::go_on`](super::Control::go_on) or
    /// [`Control::stop`](super::Control::stop) is called; where the canary has a check, it decides by itself.
    Canary {
        /// Where all items stand.
        counts: Counts,
        /// Whether somebody is asked: else a check has decided.
        asks: bool,
    },
    /// Nothing new is begun any more; what is under way is ended.
    Stopping(Stop),
}

/// Why a run begins nothing new before everything was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stop {
    /// The caller has asked for it.
    Asked,
    /// As many items have failed as are allowed.
    Failures,
    /// The server does not accept the token.
    Unauthorized,
    /// The check after the canary items said no.
    Canary,
    /// The ledger can't be written.
    Ledger,
    /// The plan's function, or another of the caller's, panicked.
    Panicked,
}

akua_model::named!(Stop {
    Asked => "asked",
    Failures => "failures",
    Unauthorized => "unauthorized",
    Canary => "canary",
    Ledger => "ledger",
    Panicked => "panicked",
});

/// How a run ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Summary {
    /// Where all items stand.
    pub counts: Counts,
    /// Why it ended early; `None` if everything was tried.
    pub stopped: Option<Stop>,
    /// How many items this run has worked on.
    pub tried: u64,
    /// What is known about the effect of all that it has sent, and of what was open before.
    pub effect: Effect,
}

impl Summary {
    /// Whether there is nothing left to do: every item is applied, unchanged, in conflict or rejected, or its operation has
    /// failed or was cancelled.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.counts.open() == 0
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} of {} items tried: {}",
            self.tried,
            self.counts.total(),
            self.counts
        )?;
        match self.stopped {
            None => Ok(()),
            Some(Stop::Asked) => f.write_str("; stopped, as it was asked to"),
            Some(Stop::Failures) => f.write_str("; stopped, because so many have failed"),
            Some(Stop::Unauthorized) => f.write_str("; stopped, because the token is refused"),
            Some(Stop::Canary) => f.write_str("; stopped after the first items, as the check said no"),
            Some(Stop::Ledger) => f.write_str("; stopped, because the ledger can't be written"),
            Some(Stop::Panicked) => f.write_str("; stopped, because a function of the caller's panicked"),
        }
    }
}

/// What a run has done so far.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) counts: Counts,
    pub(super) failures: u64,
    pub(super) tried: u64,
    /// Whether requests were sent, and whether one of them may have changed something.
    pub(super) asked: bool,
    pub(super) wrote: bool,
    pub(super) error: Option<Error>,
}

impl Tally {
    pub(super) fn new(counts: Counts) -> Self {
        Self {
            counts,
            failures: 0,
            tried: 0,
            asked: false,
            wrote: false,
            error: None,
        }
    }

    pub(super) fn ended(&mut self, from: State, to: State) {
        self.counts.moved(from, to);
        self.tried += 1;
        self.failures += u64::from(to.is_failure());
    }

    /// What is known about the effect of the run: of all that it has sent, and of what was open before. All items stand
    /// as `counts` says.
    pub(super) fn effect(&self, counts: Counts) -> Effect {
        if self.wrote || counts.unsettled() > 0 {
            Effect::Unknown
        } else if self.asked {
            Effect::NotApplied
        } else {
            Effect::NotSent
        }
    }
}
