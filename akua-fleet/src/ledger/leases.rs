//! Who works on what, in one run: kept in memory, as every lease ends with its process.
//!
//! The number of the run, which is on file before its first lease, is part of every lease number: so none comes back.

use std::collections::{BTreeSet, HashMap};

use crate::item::State;

/// The states in which a run looks for its items, one pair after the other.
const LAST_WRITE: [State; 2] = [State::Indeterminate; 2];
const OPERATION: [State; 2] = [State::Started, State::LostTrack];
const TRIED: [State; 2] = [State::NotSent; 2];
const NEW: [State; 2] = [State::Pending; 2];

/// A lease that has not ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Out {
    pub(super) lease: u64,
    /// Whether it was given to settle an earlier write.
    pub(super) settles: bool,
}

#[derive(Debug, Default)]
pub(super) struct Leases {
    run: u64,
    given: u64,
    out: HashMap<u64, Out>,
    /// Taken back, and ready to be leased again.
    returned: BTreeSet<u64>,
    /// Where the run looks for its next item: in which states, and behind which item. An item that is past is not tried
    /// again in this run.
    place: Option<([State; 2], u64)>,
}

impl Leases {
    /// The leases of a run in which nothing was given yet.
    pub(super) fn of_run(run: u64) -> Self {
        Self {
            run,
            place: Some((LAST_WRITE, 0)),
            ..Self::default()
        }
    }

    /// The first lease number of this run, or one below it.
    pub(super) fn first(&self) -> u64 {
        self.run << 32
    }

    /// Where to look next: the states, and the item to look behind. `None` if everything was looked at.
    pub(super) fn place(&self) -> Option<([State; 2], u64)> {
        self.place
    }

    /// An item was found there.
    pub(super) fn found(&mut self, item: u64) {
        if let Some((_, last)) = &mut self.place {
            *last = item;
        }
    }

    /// There is none left in these states. What is to be settled comes first, as the keys of writes are not kept for ever;
    /// then operations without an end, then what was tried before.
    pub(super) fn exhausted(&mut self) {
        self.place = self.place.and_then(|(states, _)| match states {
            LAST_WRITE => Some((OPERATION, 0)),
            OPERATION => Some((TRIED, 0)),
            TRIED => Some((NEW, 0)),
            _ => None,
        });
    }

    /// The first item that was taken back.
    pub(super) fn returned(&self) -> Option<u64> {
        self.returned.first().copied()
    }

    /// Gives an item out under a new number.
    pub(super) fn give(&mut self, item: u64, settles: bool) -> u64 {
        self.given += 1;
        let lease = self.first() + self.given;
        self.returned.remove(&item);
        self.out.insert(item, Out { lease, settles });
        lease
    }

    /// Takes an item back. No, if nobody has it.
    pub(super) fn revoke(&mut self, item: u64) -> bool {
        self.out.remove(&item).is_some() && self.returned.insert(item)
    }

    /// The lease of an item, if this is its number.
    pub(super) fn valid(&self, item: u64, lease: u64) -> Option<Out> {
        self.out.get(&item).copied().filter(|out| out.lease == lease)
    }

    pub(super) fn is_out(&self, item: u64) -> bool {
        self.out.contains_key(&item)
    }

    pub(super) fn end(&mut self, item: u64) {
        self.out.remove(&item);
    }

    /// What had ended in a transaction that has failed has not.
    pub(super) fn restore(&mut self, item: u64, out: Out) {
        self.out.insert(item, out);
    }
}
