//! What differs between writes, as data. Everything else is the machine.

use std::time::Duration;

use super::contract::Contract;

/// One kind of write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Intent {
    pub(crate) goal: Goal,
    /// Whether an etag guards it.
    pub(crate) is_guarded: bool,
    pub(crate) key: KeyUse,
    /// What a second landing would do.
    pub(crate) again: Again,
    /// Whether it may be tried on a version that somebody else has made.
    pub(crate) rebases: bool,
}

/// What is to be so in the end. What it looks like stands in the machine's `wanted`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Goal {
    /// Fields have other values, as soon as it is acknowledged.
    Fields,
    /// The resource is in a state, once an operation has brought it there.
    State,
    /// There is no such resource any more, once an operation has removed it.
    Gone,
    /// An operation runs, or was asked to stop: there is nothing that could be read instead.
    Operation,
    /// There is a new resource. Only the answer says which: one like it may be anybody's.
    Made,
}

/// Which promise of the contract its idempotency key goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum KeyUse {
    /// The endpoint takes none.
    Never,
    /// That of a `PATCH`.
    Patch,
    /// That of an action or a delete.
    Action,
    /// That of a create for which repeats under one key are documented.
    Create,
    /// None: the endpoint takes a key, and nothing is said of what it does.
    Unpromised,
}

/// What a second landing would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Again {
    /// Something that the caller did not ask for, unless the first one stops it.
    Harm,
    /// Nothing that the first has not done.
    Nothing,
}

impl Intent {
    /// Fields of a resource are to have other values.
    pub(crate) const fn edit(takes_key: bool) -> Self {
        Self {
            goal: Goal::Fields,
            is_guarded: true,
            key: if takes_key { KeyUse::Patch } else { KeyUse::Never },
            again: Again::Harm,
            rebases: true,
        }
    }

    /// An action on the version that the caller has seen, such as `:suspend`.
    pub(crate) const fn action() -> Self {
        Self {
            goal: Goal::State,
            is_guarded: true,
            key: KeyUse::Action,
            again: Again::Harm,
            rebases: false,
        }
    }

    /// A delete of the version that the caller has seen.
    pub(crate) const fn delete() -> Self {
        Self {
            goal: Goal::Gone,
            ..Self::action()
        }
    }

    /// What can be asked for as often as one likes, such as `capabilities:refresh` or `operations:cancel`. Nothing rests on
    /// its key.
    pub(crate) const fn harmless() -> Self {
        Self {
            goal: Goal::Operation,
            is_guarded: false,
            key: KeyUse::Action,
            again: Again::Nothing,
            rebases: false,
        }
    }

    /// A new resource.
    pub(crate) const fn create(key: KeyUse) -> Self {
        Self {
            goal: Goal::Made,
            is_guarded: false,
            key,
            again: Again::Harm,
            rebases: false,
        }
    }

    pub(crate) fn takes_key(self) -> bool {
        self.key != KeyUse::Never
    }

    /// Whether it starts something that goes on after its answer.
    pub(crate) fn launches(self) -> bool {
        self.goal != Goal::Fields
    }
}

impl Contract {
    /// Whether the key of such a write is looked up before anything else: a repeat is answered as the first was.
    pub(super) fn key_comes_first(&self, intent: Intent) -> bool {
        match intent.key {
            KeyUse::Never | KeyUse::Unpromised => false,
            KeyUse::Patch => self.key_checked_before_if_match,
            KeyUse::Action => !self.action_keys_replay.is_zero(),
            KeyUse::Create => !self.create_keys_replay.is_zero(),
        }
    }

    /// How long such a key is remembered.
    pub(super) fn remembers(&self, intent: Intent) -> Duration {
        match intent.key {
            KeyUse::Never | KeyUse::Patch => self.key_retention,
            KeyUse::Action => self.action_keys_replay,
            KeyUse::Create => self.create_keys_replay,
            KeyUse::Unpromised => Duration::ZERO,
        }
    }

    /// Whether a refusal of such a write is remembered under its key. Nothing is said of that but for a `PATCH`.
    pub(super) fn stores_rejections(&self, intent: Intent) -> bool {
        self.stores_rejections_per_key && !intent.launches()
    }
}
