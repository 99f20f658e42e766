//! What one exploration is about: what the server really does, what the client believes, how much may happen, and which
//! breach is looked for.

use std::time::Duration;

use super::breach::Breach;
use super::domain::{Clocks, DEADLINE, KUBECONFIG, NAME, NONE, OLD, OURS, PROVIDER, Patch, THIRD, Truth};
use super::strategies::Strategy;
use crate::edit::contract::Contract;
use crate::edit::machine::Source;
use crate::edit::policy::{OnConflict, Policy};
use crate::edit::rules::Rule;
use crate::property::Presence;

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
    /// How the name is declared: an optional one may be cleared, and an undocumented one left out of any answer.
    pub(super) presence: Presence,
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
            presence: Presence::Required,
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

    /// Whether each answer may leave out the name, or not.
    pub(super) fn omissions(&self) -> &'static [bool] {
        match self.presence {
            Presence::Undocumented => &[false, true],
            Presence::Required | Presence::Optional | Presence::Nullable | Presence::Once => &[false],
        }
    }

    /// Whether there may be no name.
    pub(super) fn may_be_absent(&self) -> bool {
        self.presence == Presence::Optional
    }

    /// What the resource may have held long ago, as far as that can be read.
    pub(super) fn contents(&self) -> impl Iterator<Item = [u8; 3]> + '_ {
        let values = |field: usize| {
            if field == NAME && self.may_be_absent() {
                0..=NONE
            } else if self.patch[field].is_some() {
                0..=THIRD
            } else {
                0..=OURS
            }
        };
        values(NAME).flat_map(move |name| values(PROVIDER).map(move |provider| [name, provider, OLD]))
    }
}

/// So many attempts and epochs, with waits that fit the clock.
pub(super) fn policy(max_attempts: u32, max_versions: u32) -> Policy {
    Policy {
        on_conflict: OnConflict::Rebase,
        overwrite_unseen: false,
        max_attempts,
        max_versions,
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
