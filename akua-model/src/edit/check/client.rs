//! The client under exploration: the machine that ships, or a naive one to compare it with.

use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use ahash::AHasher;

use super::domain::{Patch, wanted};
use super::naive::Naive;
use super::network::Draft;
use super::setting::Setting;
use crate::edit::event::{Action, Cause, Event, Moment, Now, Tag, Version};
use crate::edit::intent::Intent;
use crate::edit::machine::{Epoch, Machine, Phase, Source};
use crate::edit::trace::Why;

impl Tag for u8 {
    fn means(&self, other: &Self) -> bool {
        self == other
    }
}

/// What the client waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Waits {
    Begin,
    Patch,
    Read,
    Write,
    List,
    Nothing,
}

impl Waits {
    pub(super) fn of(phase: Phase) -> Self {
        match phase {
            Phase::Idle => Self::Begin,
            Phase::Asking => Self::Patch,
            Phase::Reading | Phase::Refreshing | Phase::Looking => Self::Read,
            Phase::Sending => Self::Write,
            Phase::Listing => Self::List,
            Phase::Over => Self::Nothing,
        }
    }
}

/// The machine of one moment: most of what happens does not change it, so that it is shared and hashed once.
#[derive(Clone, Debug)]
pub(super) struct Ours {
    machine: Machine<u8, u8>,
    digest: u64,
}

impl Ours {
    fn new(machine: Machine<u8, u8>) -> Arc<Self> {
        let digest = digest(&machine);
        Arc::new(Self { machine, digest })
    }
}

impl Deref for Ours {
    type Target = Machine<u8, u8>;

    fn deref(&self) -> &Machine<u8, u8> {
        &self.machine
    }
}

impl PartialEq for Ours {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.digest == other.digest && self.machine == other.machine
    }
}

impl Eq for Ours {}

impl Hash for Ours {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.digest);
    }
}

/// What never changes in a setting is left out, and so is what decides nothing: the version that is reported as last
/// seen, and most of the causes.
pub(super) fn digest(machine: &Machine<u8, u8>) -> u64 {
    let mut hasher = AHasher::default();
    let cause = match machine.cause {
        Cause::Refused | Cause::Unauthorized => 0,
        Cause::Throttled => 1,
        _ => 2,
    };
    (&machine.phase, &machine.wanted, &machine.met, &machine.past).hash(&mut hasher);
    (&machine.base, machine.base_is_read, machine.can_refresh).hash(&mut hasher);
    if let Some(epoch) = &machine.epoch {
        // What reads have shown, and what was only believed, is written down for later calls and decides nothing.
        let facts = (
            epoch.number,
            epoch.guard,
            &epoch.before,
            epoch.key,
            epoch.sends,
            epoch.first_sent,
        );
        let refusals = (epoch.refused, epoch.refused_unlanded, epoch.refused_unmoved);
        let met = (epoch.met_before, epoch.met_before_send, epoch.met_unlanded);
        let moves = (epoch.moved, epoch.moves_etag);
        (facts, refusals, met, moves, epoch.tainted, &epoch.named, &epoch.hints).hash(&mut hasher);
    }
    (machine.epoch.is_some(), machine.reads, cause).hash(&mut hasher);
    hasher.finish()
}

/// When something really was, as the client's clocks tell it: the one that counts sleep is right, where there is one.
pub(super) fn since(moment: &Moment) -> i16 {
    let at = moment.boot.or(moment.wall).or(moment.awake);
    at.map_or(0, |at| i16::try_from(at).unwrap())
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Client {
    Ours(Arc<Ours>),
    Naive(Naive),
}

impl Client {
    pub(super) fn new(setting: &Setting, base: Option<Version<u8, u8>>, write: Option<Draft>) -> Self {
        let wanted = wanted(&setting.patch);
        if let Some(strategy) = setting.strategy {
            return Self::Naive(Naive::new(strategy, setting, base));
        }
        let asked = setting.source == Source::Asked;
        let wanted = if asked { Vec::new() } else { wanted };
        let intent = Intent::edit(setting.takes_key);
        let mut machine = Machine::new(intent, setting.belief, setting.policy, setting.source, wanted);
        machine.can_refresh = setting.can_refresh;
        machine.without = setting.without;
        machine.epoch = write.zip(base.as_ref()).map(|(write, base)| {
            let first_sent = Moment {
                wall: setting.age.map(|age| setting.ahead - age),
                ..Moment::default()
            };
            Epoch::resumed(base, write.key.map(u128::from), first_sent)
        });
        machine.base = base;
        Self::Ours(Ours::new(machine))
    }

    pub(super) fn step(&mut self, event: Event<u8, u8>, now: Now) -> (Action<u8, u8>, Option<Why>) {
        match self {
            Self::Ours(ours) => {
                let ours = Arc::make_mut(ours);
                let (action, why) = ours.machine.step(event, now);
                ours.digest = digest(&ours.machine);
                (action, Some(why))
            }
            Self::Naive(naive) => (naive.step(event, now), None),
        }
    }

    pub(super) fn waits(&self) -> Waits {
        Waits::of(match self {
            Self::Ours(machine) => machine.phase,
            Self::Naive(naive) => naive.phase,
        })
    }
    pub(super) fn draft(&self) -> Option<Draft> {
        match self {
            Self::Ours(machine) => machine.epoch.as_ref().map(|epoch| Draft {
                epoch: u8::try_from(epoch.number).unwrap(),
                if_match: epoch.guard.unwrap(),
                key: epoch.key.map(|key| u8::try_from(key).unwrap()),
                since: since(&epoch.first_sent),
            }),
            Self::Naive(naive) => naive.draft(),
        }
    }

    /// The epoch that was refused because the etag had moved, as the server said, and the etag that it went under.
    pub(super) fn refused(&self) -> Option<(u8, u8)> {
        let Self::Ours(machine) = self else { return None };
        let epoch = machine.epoch.as_ref().filter(|epoch| !epoch.named.is_empty())?;
        Some((u8::try_from(epoch.number).unwrap(), epoch.guard?))
    }

    /// Whether `etag` was met before the current epoch.
    pub(super) fn has_met(&self, etag: u8) -> bool {
        let Self::Ours(machine) = self else { return false };
        let before = machine.epoch.as_ref().map_or(0, |epoch| epoch.met_before);
        machine.met.iter().take(before).any(|met| *met == etag)
    }

    /// An earlier call has seen that `etag` is the current one.
    pub(super) fn learn(&mut self, etag: u8) {
        let Self::Ours(ours) = self else { return };
        let ours = Arc::make_mut(ours);
        if let Some(epoch) = &mut ours.machine.epoch {
            epoch.named.push(etag);
        }
        ours.digest = digest(&ours.machine);
    }

    /// Whether an attempt of the current epoch has an unknown effect, as the client sees it.
    pub(super) fn is_tainted(&self) -> bool {
        matches!(self, Self::Ours(machine) if machine.is_tainted())
    }

    pub(super) fn base(&self) -> Option<&Version<u8, u8>> {
        match self {
            Self::Ours(machine) => machine.base.as_ref(),
            Self::Naive(naive) => naive.base.as_ref(),
        }
    }

    /// Whether the version that guards the write shows this field.
    pub(super) fn guard_shows(&self, field: usize) -> bool {
        let Self::Ours(machine) = self else { return true };
        let before = machine.epoch.as_ref().map(|epoch| &epoch.before);
        before.is_some_and(|before| before[field].is_readable())
    }

    pub(super) fn patch(&self) -> Patch {
        let mut patch = [None; 3];
        let wanted = match self {
            Self::Ours(machine) => &machine.wanted,
            Self::Naive(naive) => &naive.wanted,
        };
        for wanted in wanted {
            patch[wanted.field] = Some(wanted.value);
        }
        patch
    }

    /// Whether it keeps to its policy: with what [`Self::progress`] says, every edit ends.
    pub(super) fn is_within_policy(&self) -> bool {
        let Self::Ours(machine) = self else { return true };
        is_within_policy(machine)
    }

    /// Numbers of which the first that differs grows with each step.
    pub(super) fn progress(&self) -> Option<[u32; 5]> {
        let Self::Ours(machine) = self else { return None };
        Some(progress(machine))
    }
}

pub(super) fn is_within_policy(machine: &Machine<u8, u8>) -> bool {
    let policy = &machine.policy;
    // One sending more is allowed with new credentials.
    let sends = policy.max_attempts + 1;
    let epoch = machine.epoch.as_ref();
    epoch.is_none_or(|epoch| epoch.number <= policy.max_versions && epoch.sends <= sends)
        && machine.reads <= policy.max_attempts
}

pub(super) fn progress(machine: &Machine<u8, u8>) -> [u32; 5] {
    let rank = match machine.phase {
        Phase::Idle => 0,
        Phase::Asking if machine.epoch.is_none() => 1,
        Phase::Reading => 2,
        Phase::Sending => 3,
        Phase::Refreshing | Phase::Looking => 4,
        Phase::Asking => 5,
        Phase::Listing => 6,
        Phase::Over => 7,
    };
    let (number, sends) = machine
        .epoch
        .as_ref()
        .map_or((0, 0), |epoch| (epoch.number, epoch.sends));
    let read = u32::from(machine.base_is_read);
    [number, sends, read, rank, machine.reads]
}
