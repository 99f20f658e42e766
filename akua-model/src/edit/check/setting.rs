//! What one exploration is about: what the server really does, what the client believes, and how much may happen.

use std::time::Duration;

use super::properties::Breach;
use super::strategies::Strategy;
use crate::edit::contract::Contract;
use crate::edit::machine::Source;
use crate::edit::policy::{OnConflict, Policy};
use crate::edit::rules::Rule;

/// The fields of the resource: two that can be read and one that can't.
pub(super) const PROVIDER: usize = 1;
pub(super) const KUBECONFIG: usize = 2;
pub(super) const FIELDS: [&str; 3] = ["name", "provider", "kubeconfig"];

/// What every field holds at first, what the client wants, and what else somebody may write.
pub(super) const OLD: u8 = 0;
pub(super) const OURS: u8 = 1;
pub(super) const THIRD: u8 = 2;

/// The moments that time can be at, in milliseconds after the start: at once, past the last moment for anything but
/// settling, past the deadline, and long after the call.
pub(super) const CLOCK: [u64; 4] = [0, 80, 100, 10_000];
pub(super) const SOFT: u8 = 1;
pub(super) const LONG_AFTER: u8 = 3;
const DEADLINE: u64 = 100;

/// A retention that ends in the middle of a call, and one that outlives every copy of a request.
pub(super) const SHORT: Duration = Duration::from_millis(50);
pub(super) const LONG: Duration = Duration::from_secs(1_000);

/// The values that are to be written, by field.
pub(super) type Patch = [Option<u8>; 3];

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

/// One exploration.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// What the client believes.
    pub(super) belief: Contract,
    pub(super) truth: Truth,
    pub(super) policy: Policy,
    pub(super) source: Source,
    /// Whether a version is passed in.
    pub(super) with_base: bool,
    pub(super) takes_key: bool,
    pub(super) can_refresh: bool,
    pub(super) patch: Patch,
    /// How many things others may do.
    pub(super) foreign: u8,
    /// How many repeats something on the way may make.
    pub(super) duplicates: u8,
    /// Whether the user may cancel.
    pub(super) cancels: bool,
    /// How often the server may answer in a way that its contract does not rule out, and that nobody expects.
    pub(super) oddities: u8,
    pub(super) clocks: Clocks,
    /// For a resumed edit: how long ago the write was first sent.
    pub(super) age: Option<i64>,
    /// By how much the time of day was ahead on the machine that sent it.
    pub(super) ahead: i64,
    /// Whether an earlier call has seen that the etag has moved on.
    pub(super) known_moved: bool,
    pub(super) without: Option<Rule>,
    pub(super) strategy: Option<Strategy>,
    /// The only promise that is looked at, if not all are.
    pub(super) only: Option<Breach>,
}

impl Setting {
    /// A cluster's name, to be written by a client that believes in `contract`, which holds.
    pub(super) fn new(contract: Contract) -> Self {
        let contract = claiming(contract, |contract| contract.clock_skew = Duration::ZERO);
        Self {
            belief: contract,
            truth: Truth::of(contract),
            policy: policy(3, 2),
            source: Source::Given,
            with_base: true,
            takes_key: true,
            can_refresh: false,
            patch: [Some(OURS), None, None],
            foreign: 2,
            duplicates: u8::from(contract.hidden_retries),
            cancels: false,
            oddities: 0,
            clocks: Clocks::Agree,
            age: None,
            ahead: 0,
            known_moved: false,
            without: None,
            strategy: None,
            only: None,
        }
    }

    /// Whether a field plays a part.
    pub(super) fn plays(&self, field: usize) -> bool {
        field != KUBECONFIG || self.patch[KUBECONFIG].is_some()
    }

    /// What the resource may have held long ago, as far as that can be read.
    pub(super) fn contents(&self) -> impl Iterator<Item = [u8; 3]> + '_ {
        let values = |field: usize| {
            if self.patch[field].is_some() {
                0..=THIRD
            } else {
                0..=OURS
            }
        };
        values(0).flat_map(move |name| values(PROVIDER).map(move |provider| [name, provider, OLD]))
    }
}

/// So many attempts and epochs, with waits that fit the clock.
pub(super) fn policy(attempts: u32, epochs: u32) -> Policy {
    Policy {
        on_conflict: OnConflict::Rebase,
        overwrite_unseen: false,
        attempts,
        epochs,
        deadline: Duration::from_millis(DEADLINE),
        settle_reserve: Duration::from_millis(25),
        backoff: Duration::from_millis(1),
        backoff_limit: Duration::from_millis(1),
    }
}

/// The default contract.
pub(super) const fn documented() -> Contract {
    Contract::documented()
}

/// Nothing is known of the server, but nothing on the way repeats requests.
pub(super) const fn bare() -> Contract {
    Contract {
        hidden_retries: false,
        ..Contract::weakest()
    }
}

/// A contract that says something more, or less.
pub(super) fn claiming(mut contract: Contract, claim: impl FnOnce(&mut Contract)) -> Contract {
    claim(&mut contract);
    contract
}
