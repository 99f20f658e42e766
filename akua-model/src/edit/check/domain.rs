//! The small world that is explored: its fields, values, moments and etags, and what its server really does.

use std::time::Duration;

use smallvec::SmallVec;

use crate::edit::contract::Contract;
use crate::edit::event::Wanted;

/// The fields of the resource: two that can be read and one that can't. The first may be declared so that an answer need not
/// have it: see [`Setting::presence`](super::setting::Setting::presence).
pub(super) const NAME: usize = 0;
pub(super) const PROVIDER: usize = 1;
pub(super) const KUBECONFIG: usize = 2;
pub(super) const FIELDS: [&str; 3] = ["name", "provider", "kubeconfig"];

/// What every field holds at first, what the client wants, and what else somebody may write.
pub(super) const OLD: u8 = 0;
pub(super) const OURS: u8 = 1;
pub(super) const THIRD: u8 = 2;
/// In place of a value: there is none.
pub(super) const NONE: u8 = 3;
/// In place of what a user has seen: they have agreed to whatever it is.
pub(super) const ANYTHING: u8 = u8::MAX;

/// The moments that time can be at, in milliseconds after the start: at once, past the last moment for anything but
/// settling, past the deadline, and long after the call.
pub(super) const CLOCK: [u64; 4] = [0, 80, 100, 10_000];
pub(super) const SOFT: u8 = 1;
pub(super) const LONG_AFTER: u8 = 3;
pub(super) const DEADLINE: u64 = 100;

/// A retention that ends in the middle of a call, and one that outlives every copy of a request.
pub(super) const SHORT: Duration = Duration::from_millis(50);
pub(super) const LONG: Duration = Duration::from_secs(1_000);

/// The values that are to be written, by field.
pub(super) type Patch = [Option<u8>; 3];

/// A patch as the machine takes it.
pub(super) fn wanted(patch: &Patch) -> Vec<Wanted<u8>> {
    let fields = patch.iter().enumerate();
    fields
        .filter_map(|(field, value)| {
            Some(Wanted {
                field,
                value: (*value)?,
            })
        })
        .collect()
}

/// So few that they need no memory of their own: states are copied more often than anything else is done.
pub(super) type Few<T> = SmallVec<[T; 4]>;

/// How a server makes etags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Etags {
    /// One more with each version: none repeats.
    Counted,
    /// A digest of what the etag covers: the same content again has the same etag again.
    OfContent,
    /// Counted, but a backup may be restored, after which old etags stand for new versions.
    Restored,
}

/// What the server really does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Truth {
    pub(super) contract: Contract,
    pub(super) etags: Etags,
    /// Whether a write that changes nothing moves a counted etag all the same.
    pub(super) idle_write_moves: bool,
}

impl Truth {
    /// The worst server that keeps `contract`.
    pub(super) fn of(contract: Contract) -> Self {
        Self {
            contract,
            etags: if contract.etag_never_repeats {
                Etags::Counted
            } else {
                Etags::OfContent
            },
            idle_write_moves: false,
        }
    }

    /// Whether a second copy of one request is stopped by what the first one did, were it ever sent.
    pub(super) fn stops_second_landing(&self, patch: &Patch, keyed: bool) -> bool {
        let moves = patch[KUBECONFIG].is_none() || self.contract.etag_covers_write_only;
        let etag_stops = self.etags == Etags::Counted && moves;
        let key_stops = keyed && self.contract.key_checked_before_if_match && self.contract.key_retention >= LONG;
        etag_stops || key_stops
    }
}

/// What the client's clocks do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clocks {
    /// All tell the same.
    Agree,
    /// All time passes while the machine sleeps: only the clock that counts sleep, and the time of day, notice it.
    Asleep,
    /// The same on a machine that has no clock that counts sleep.
    AsleepWithoutBoot,
}
