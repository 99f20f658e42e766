//! What a ledger is asked to do, and what it answers.

use akua_model::edit::{SavedToken, WaitToken};

use crate::end::End;
use crate::item::{Counts, Leased};

/// An item to be written down.
#[derive(Clone, Debug)]
pub(crate) struct NewItem {
    /// Of what is to be made: the key of its row.
    pub(crate) id: String,
    /// As JSON, of what is to be made, too; `None`: the plan's function is asked, or there is none, as the plan launches something.
    pub(crate) patch: Option<String>,
    /// The version that the caller has seen, as JSON.
    pub(crate) seen: Option<String>,
}

/// How things stand at the beginning of a run.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Begun {
    /// Where all items stand.
    pub counts: Counts,
    /// Whether the canary was found well, in this run or an earlier one.
    pub canary_passed: bool,
}

pub(super) enum Operation {
    Add {
        items: Vec<NewItem>,
        /// Whether one that is there already may come again, as lists do that change meanwhile.
        again: bool,
    },
    Complete(String),
    Begin,
    Lease(usize),
    Grant {
        item: u64,
        lease: u64,
        token: Box<SavedToken>,
    },
    /// A launch was accepted: the token of its operation takes the place of its own.
    Accept {
        item: u64,
        lease: u64,
        token: Box<WaitToken>,
    },
    Record {
        item: u64,
        lease: u64,
        end: Box<End>,
    },
    Revoke(u64),
    Seen {
        item: u64,
        seen: String,
        /// The patch that a plan's function has given for that version, as JSON: from now on the planned one.
        patch: Option<String>,
    },
    PassCanary,
}

impl Operation {
    /// Whether something may be sent as soon as it is answered. It has to survive a power loss.
    pub(super) fn comes_before_a_send(&self) -> bool {
        matches!(
            self,
            Self::Complete(_) | Self::Begin | Self::Grant { .. } | Self::PassCanary
        )
    }

    /// Whether it only says how things went.
    pub(super) fn only_ends(&self) -> bool {
        matches!(self, Self::Accept { .. } | Self::Record { .. } | Self::Revoke(_))
    }
}

pub(super) enum Done {
    Nothing,
    Answer(bool),
    Leased(Vec<Leased>),
    Begun(Begun),
}
