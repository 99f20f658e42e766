//! The network between client and server: copies of requests that are still on their way, to arrive in any order,
//! at any time, or never.

use super::domain::{Few, Patch};

/// What the client would send now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Draft {
    pub(super) epoch: u8,
    pub(super) if_match: u8,
    pub(super) key: Option<u8>,
    pub(super) since: i16,
}

/// A write on its way. Copies of one epoch are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Request {
    pub(super) epoch: u8,
    pub(super) if_match: u8,
    pub(super) key: Option<u8>,
    pub(super) patch: Patch,
    /// What the client's user had seen, hidden values included, when this request was made; [`ANYTHING`] if they agreed to
    /// overwrite what the guarding version does not show.
    ///
    /// [`ANYTHING`]: super::domain::ANYTHING
    pub(super) seen: [u8; 3],
    /// When the epoch was first sent.
    pub(super) since: i16,
}

/// The copies, in a fixed order, so that equal networks look equal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Network {
    copies: Few<Request>,
}

impl Network {
    pub(super) fn add(&mut self, request: Request) {
        let at = self.copies.partition_point(|copy| *copy < request);
        self.copies.insert(at, request);
    }

    /// Takes one copy of `request` away, and tells whether there was one.
    pub(super) fn take(&mut self, request: &Request) -> bool {
        let at = self.copies.iter().position(|copy| copy == request);
        at.map(|at| self.copies.remove(at)).is_some()
    }

    pub(super) fn has(&self, request: &Request) -> bool {
        self.copies.contains(request)
    }

    /// One of each kind.
    pub(super) fn kinds(&self) -> Few<Request> {
        let mut kinds = self.copies.clone();
        kinds.dedup();
        kinds
    }

    pub(super) fn is_empty(&self) -> bool {
        self.copies.is_empty()
    }

    /// Keeps the copies that may still matter, one of each kind if `one`.
    pub(super) fn retain(&mut self, mut matters: impl FnMut(&Request) -> bool) {
        self.copies.retain(|copy| matters(copy));
    }
}
