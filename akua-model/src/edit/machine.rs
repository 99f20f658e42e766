//! The machine itself: its memory, the one `step`, and the moves that several states share.

use super::contract::Contract;
use super::event::{
    Action, Budget, Cause, End, Event, Moment, Now, ReadEnd, Reason, Tag, Token, Version, Wait, Wanted, WriteEnd,
};
use super::intent::Intent;
use super::policy::{OnConflict, Policy, millis};
use super::report::{hides_some, shows_other};
use super::rules::Rule;
use super::trace::Why;
use super::value::FieldValue;
use crate::etag::Etag;
use crate::value::Shown;

/// What the machine does next, and why.
pub(crate) type Move<E, V> = (Action<E, V>, Why);

/// Where the patch comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Source {
    /// It was given with the call.
    Given,
    /// It is asked for, for each fresh version.
    Asked,
    /// It stands in a resume token, and may have been sent already.
    Resumed { may_send: bool },
}

/// One `PATCH` with everything that makes it what it is. Every repeat of it is the same to the byte.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Epoch<E, V> {
    /// Counted from 1.
    pub(crate) number: u32,
    /// The etag that guards it, where one does.
    pub(crate) guard: Option<E>,
    /// The values of the version that guards it.
    pub(crate) before: Vec<Shown<V>>,
    /// The idempotency key, where the endpoint takes one.
    pub(crate) key: Option<u128>,
    /// How often it was sent.
    pub(crate) sends: u32,
    /// When it was first sent.
    pub(crate) first_sent: Moment,
    /// Whether an attempt has an unknown effect.
    pub(crate) tainted: bool,
    /// The etags, other than its own, that 409s to it named as current and that were, the last one last.
    pub(crate) named: Vec<E>,
    /// Those of them that no read has shown: the contract alone says that they were current.
    pub(crate) believed: Vec<E>,
    /// What 409s to it named and nothing has confirmed yet.
    pub(crate) hints: Vec<Hint<E>>,
    /// The etags, other than its own, that reads begun after its last sending showed.
    pub(crate) read: Vec<E>,
    /// How many of the machine's `met` were met before this epoch was begun.
    pub(crate) met_before: usize,
    /// How many of them before its last sending.
    pub(crate) met_before_send: usize,
    /// Whether a read that can't be stale showed another etag.
    pub(crate) moved: bool,
    /// Whether its landing moves the etag: it changes some value that an answer with the guarding etag has shown.
    pub(crate) moves_etag: bool,
    /// How many etags `met` held at the latest moment at which no attempt of this epoch had landed, proven.
    pub(crate) met_unlanded: usize,
    /// Whether a 409 to it was heard that is remembered under its key.
    pub(crate) refused: bool,
    /// Whether a refusal is remembered under its key, and nothing had landed before it.
    pub(crate) refused_unlanded: bool,
    /// Whether one is, and the etag had not moved before it: if landing moves it, nothing had landed either.
    pub(crate) refused_unmoved: bool,
}

/// An etag that a 409 named as current, and that is not known to be this resource's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Hint<E> {
    pub(crate) etag: E,
    /// How many of the machine's `met` were current before that 409, should the hint be true.
    pub(crate) since: usize,
    /// Whether that 409 proves that nothing has landed or will, should the hint be true.
    pub(crate) proves: bool,
}

impl<E: Tag, V: Token> Epoch<E, V> {
    /// Whether `etag` is the one that guards it.
    pub(super) fn is_guarded_by(&self, etag: &E) -> bool {
        self.guard.as_ref() == Some(etag)
    }

    /// An epoch that is sent for the first time at `first_sent`, when `met` of the machine's etags were met.
    pub(crate) fn new(number: u32, guard: &Version<E, V>, key: Option<u128>, first_sent: Moment, met: usize) -> Self {
        Self {
            number,
            guard: Some(guard.etag.clone()),
            before: guard.values.clone(),
            met_before: met,
            met_before_send: met,
            met_unlanded: met,
            ..Self::unguarded(key, first_sent)
        }
    }

    /// An epoch that nothing guards, sent for the first time at `first_sent`.
    pub(crate) fn unguarded(key: Option<u128>, first_sent: Moment) -> Self {
        Self {
            number: 1,
            guard: None,
            before: Vec::new(),
            key,
            sends: 1,
            first_sent,
            tainted: false,
            named: Vec::new(),
            believed: Vec::new(),
            hints: Vec::new(),
            read: Vec::new(),
            met_before: 0,
            met_before_send: 0,
            moved: false,
            moves_etag: false,
            met_unlanded: 0,
            refused: false,
            refused_unlanded: false,
            refused_unmoved: false,
        }
    }

    /// The same of an earlier call, which counts as one whose answer was lost.
    pub(crate) fn resumed_unguarded(key: Option<u128>, first_sent: Moment) -> Self {
        Self {
            sends: 0,
            tainted: true,
            ..Self::unguarded(key, first_sent)
        }
    }

    /// The epoch of an earlier call, which counts as one whose answer was lost.
    pub(crate) fn resumed(guard: &Version<E, V>, key: Option<u128>, first_sent: Moment) -> Self {
        Self {
            sends: 0,
            tainted: true,
            ..Self::new(1, guard, key, first_sent, 0)
        }
    }
}

/// What the machine waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    /// To be begun.
    Idle,
    /// The first read.
    Reading,
    /// A patch from the caller.
    Asking,
    /// The answer to a write.
    Sending,
    /// A read that tells what somebody else wrote, after a write that certainly did not land.
    Refreshing,
    /// A read that may tell whether our own write landed.
    Looking,
    /// A look at the operations of the resource, before an end that has none of its own.
    Listing,
    /// Nothing.
    Over,
}

/// The edit protocol for one call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Machine<E, V> {
    pub(crate) intent: Intent,
    pub(crate) contract: Contract,
    pub(crate) policy: Policy,
    /// Whether new credentials can be asked for, which is done once.
    pub(crate) can_refresh: bool,
    pub(crate) source: Source,
    pub(crate) phase: Phase,
    pub(crate) wanted: Vec<Wanted<V>>,
    /// Every etag that was met in this call, each once, in that order.
    pub(crate) met: Vec<E>,
    /// Those of them that another one has followed for good.
    pub(crate) past: Vec<E>,
    /// What the caller has seen.
    pub(crate) base: Option<Version<E, V>>,
    /// Whether `base` was read in this call.
    pub(crate) base_is_read: bool,
    pub(crate) epoch: Option<Epoch<E, V>>,
    /// Repeats of the read that is going on.
    pub(crate) reads: u32,
    /// The last version that a read for settling showed.
    pub(crate) seen: Option<Version<E, V>>,
    /// Whether these very credentials have shown the resource.
    pub(crate) is_known: bool,
    /// How it ends after a look at the operations.
    pub(crate) held: Option<(Box<End<E, V>>, Why)>,
    /// Why the truth is not known yet.
    pub(crate) cause: Cause,
    #[cfg(test)]
    pub(crate) without: Option<Rule>,
}

impl<E: Tag, V: Token> Machine<E, V> {
    /// A machine that has not begun. `wanted` is empty where the patch is to be asked for.
    pub(crate) fn new(
        intent: Intent,
        contract: Contract,
        policy: Policy,
        source: Source,
        wanted: Vec<Wanted<V>>,
    ) -> Self {
        Self {
            intent,
            contract,
            policy,
            can_refresh: false,
            source,
            phase: Phase::Idle,
            wanted,
            met: Vec::new(),
            past: Vec::new(),
            base: None,
            base_is_read: false,
            epoch: None,
            reads: 0,
            seen: None,
            is_known: false,
            held: None,
            cause: Cause::ReadFailed,
            #[cfg(test)]
            without: None,
        }
    }

    /// One step: what was heard goes in, what is to be done comes out. Events that do not fit the state leave
    /// a machine that has ended as it is, and end any other one truthfully.
    pub(crate) fn step(&mut self, event: Event<E, V>, now: Now) -> Move<E, V> {
        let wanted = match (self.phase, event) {
            (Phase::Idle, Event::Begin) => self.begin(now),
            (Phase::Reading, Event::Read(end)) => self.first_read(end, now),
            (Phase::Asking, Event::Submitted(patch)) => self.submitted(patch, now),
            (Phase::Asking, Event::SubmitFailed) => self.give_up(Cause::NoPatch),
            (Phase::Sending, Event::Write(end)) => self.written(end, now),
            (Phase::Refreshing, Event::Read(end)) => self.refreshed(end, now),
            (Phase::Looking, Event::Read(end)) => self.looked(end, now),
            (Phase::Listing, Event::Listed(found)) => self.listed(found),
            // This is no end of the write that is out: it may have landed.
            (Phase::Sending, event) if !matches!(event, Event::Declined) => {
                self.taint();
                self.give_up(if now.cancelled {
                    Cause::Cancelled
                } else {
                    Cause::AnswerLost
                })
            }
            (_, _) => self.give_up(if now.cancelled {
                Cause::Cancelled
            } else {
                Cause::Declined
            }),
        };
        let allowed = self.allow(wanted, now);
        if let Action::Finish(_) = allowed.0 {
            self.phase = Phase::Over;
        }
        allowed
    }

    /// Lets an action pass only while the caller wants it and there is time for it.
    fn allow(&mut self, wanted: Move<E, V>, now: Now) -> Move<E, V> {
        let wait = match &wanted.0 {
            Action::Finish(_) => return wanted,
            Action::Ask(_) => Wait {
                ms: 0,
                budget: Budget::Free,
                new_credentials: false,
            },
            Action::Read(wait) | Action::List(wait) | Action::Write { wait, .. } => *wait,
        };
        let limit = match wait.budget {
            Budget::Settle => millis(self.policy.deadline),
            Budget::Free | Budget::Retry => millis(self.policy.soft_deadline()),
        };
        if now.cancelled {
            return self.give_up(Cause::Cancelled);
        }
        if now.ms.saturating_add(wait.ms) >= limit {
            let cause = if self.cause == Cause::Throttled {
                Cause::Throttled
            } else {
                Cause::Deadline
            };
            return self.give_up(cause);
        }
        wanted
    }

    /// Ends with what is certain now.
    pub(super) fn give_up(&mut self, cause: Cause) -> Move<E, V> {
        if let Some((end, why)) = self.held.take() {
            return (Action::Finish(*end), why);
        }
        if self.is_tainted() {
            return self.indeterminate(cause);
        }
        let end = match self.phase {
            Phase::Refreshing if self.epoch.as_ref().is_some_and(|epoch| epoch.named.is_empty()) => {
                End::NotApplied(Reason::Rejected)
            }
            Phase::Refreshing => End::NotApplied(Reason::Conflict {
                theirs: None,
                fields: Vec::new(),
            }),
            _ => End::NotApplied(Reason::NotSent(cause)),
        };
        (Action::Finish(end), Why::GaveUp(cause))
    }

    /// Ends with nobody knowing.
    pub(super) fn indeterminate(&mut self, cause: Cause) -> Move<E, V> {
        let moved = self
            .epoch
            .as_ref()
            .is_some_and(|epoch| !epoch.named.is_empty() || epoch.moved);
        let proven = self.intent.is_guarded && self.contract.etag_never_repeats && moved;
        let may_still_land = !proven && self.holds(Rule::StillLandingNeedsProof);
        let end = End::Indeterminate {
            may_still_land,
            seen: self.seen.clone(),
            cause,
        };
        (Action::Finish(end), Why::Unknowable { may_still_land, cause })
    }

    /// Begins a `PATCH` of `version`: a new epoch with a key of its own.
    pub(super) fn begin_epoch(&mut self, version: &Version<E, V>, now: Now, why: Why) -> Move<E, V> {
        let before = self.epoch.take();
        let number = before.as_ref().map_or(1, |epoch| epoch.number + 1);
        if number > self.policy.max_versions.max(1) {
            self.epoch = before;
            return self.give_up(Cause::OutOfAttempts);
        }
        if let Some(base) = &self.base {
            let seen = base.etag.clone();
            self.meet(&seen);
        }
        self.meet(&version.etag);
        let fresh = if self.holds(Rule::NewEpochNewKey) {
            None
        } else {
            before.and_then(|epoch| epoch.key)
        };
        let key = self.intent.takes_key().then(|| fresh.unwrap_or(now.entropy));
        self.epoch = Some(Epoch {
            moves_etag: self.landing_moves_etag(version),
            ..Epoch::new(number, version, key, now.moment, self.met.len())
        });
        self.first_send(why)
    }

    /// Whether a write under the etag of `version` moves it.
    pub(super) fn landing_moves_etag(&self, version: &Version<E, V>) -> bool {
        if self.intent.launches() {
            return self.contract.accept_moves_etag;
        }
        shows_other(version, &self.wanted)
    }

    /// Begins a write that nothing guards.
    pub(super) fn begin_unguarded(&mut self, now: Now) -> Move<E, V> {
        let key = self.intent.takes_key().then_some(now.entropy);
        self.epoch = Some(Epoch::unguarded(key, now.moment));
        self.first_send(Why::Unguarded)
    }

    /// Sends a new epoch for the first time.
    fn first_send(&mut self, why: Why) -> Move<E, V> {
        self.phase = Phase::Sending;
        let wait = Wait {
            ms: 0,
            budget: Budget::Free,
            new_credentials: false,
        };
        (Action::Write { wait, first: true }, why)
    }

    /// Remembers that `etag` has been current at some moment before now. Where etags repeat, that says nothing.
    pub(super) fn meet(&mut self, etag: &E) {
        if self.contract.etag_never_repeats && !self.met.contains(etag) {
            self.met.push(etag.clone());
        }
    }

    /// How many of `met` were met before a 409 that has just been heard. A refusal that is remembered per key may be as
    /// old as the epoch.
    pub(super) fn met_before_refusal(&self) -> usize {
        match &self.epoch {
            Some(epoch) if self.contract.stores_rejections(self.intent) => epoch.met_before,
            Some(epoch) => epoch.met_before_send,
            None => 0,
        }
    }

    /// Remembers that a 409 names `etag` as current: the first `since` etags that were met are so no more.
    pub(super) fn named_as_current(&mut self, etag: &E, since: usize) {
        let older = self.met.iter().take(since).filter(|met| *met != etag);
        let newly: Vec<E> = older.filter(|met| !self.past.contains(met)).cloned().collect();
        self.past.extend(newly);
        self.meet(etag);
    }

    /// Sends the bytes of this epoch once more, after `ms` or a backoff.
    pub(super) fn send_again(&mut self, ms: Option<u64>, new_credentials: bool, now: Now, why: Why) -> Move<E, V> {
        let keeps_key = self.holds(Rule::ResendKeepsKey);
        let budget = if self.is_tainted() {
            Budget::Settle
        } else {
            Budget::Retry
        };
        let Some(epoch) = &mut self.epoch else {
            return self.give_up(Cause::Declined);
        };
        if !keeps_key && epoch.key.is_some() {
            epoch.key = Some(now.entropy);
        }
        // A resumed epoch has not been sent in this call: its first sending repeats nothing that was heard here.
        let begins = epoch.sends == 0;
        epoch.sends += 1;
        epoch.met_before_send = self.met.len();
        let backoff = self.policy.backoff(epoch.sends - 1, jitter(now));
        // The server's own wish is the least, and a wish for no wait at all is none.
        let ms = match ms {
            Some(ms) => ms.max(backoff),
            None if new_credentials || begins => 0,
            None => backoff,
        };
        self.phase = Phase::Sending;
        let budget = if new_credentials { Budget::Free } else { budget };
        (
            Action::Write {
                wait: Wait {
                    ms,
                    budget,
                    new_credentials,
                },
                first: false,
            },
            why,
        )
    }

    /// Begins a read in `phase`, or repeats the one of that phase after `ms` or a backoff.
    pub(super) fn read(&mut self, phase: Phase, ms: Option<u64>, now: Now, why: Why) -> Move<E, V> {
        self.reads = if self.phase == phase { self.reads + 1 } else { 0 };
        self.phase = phase;
        let repeat = self.reads;
        let backoff = match repeat {
            0 => 0,
            _ => self.policy.backoff(repeat, jitter(now)),
        };
        let ms = ms.map_or(backoff, |ms| ms.max(backoff));
        let budget = match (phase, repeat) {
            (Phase::Looking, _) => Budget::Settle,
            (_, 0) => Budget::Free,
            _ => Budget::Retry,
        };
        (
            Action::Read(Wait {
                ms,
                budget,
                new_credentials: false,
            }),
            why,
        )
    }

    /// Repeats a read that brought nothing, or `None` if it was repeated often enough.
    pub(super) fn read_again(&mut self, end: &ReadEnd<E, V>, now: Now) -> Option<Move<E, V>> {
        match end {
            ReadEnd::Unauthorized if self.can_refresh => {
                self.can_refresh = false;
                self.is_known = false;
                let (action, why) = self.read(self.phase, Some(0), now, Why::NewCredentials);
                Some(match action {
                    Action::Read(wait) => (
                        Action::Read(Wait {
                            ms: 0,
                            new_credentials: true,
                            ..wait
                        }),
                        why,
                    ),
                    other => (other, why),
                })
            }
            _ if self.reads + 1 >= self.policy.max_attempts.max(1) => None,
            ReadEnd::Throttled(ms) => {
                self.cause = Cause::Throttled;
                Some(self.read(self.phase, *ms, now, Why::Throttled))
            }
            ReadEnd::Older => Some(self.read(self.phase, None, now, Why::OlderRead)),
            ReadEnd::Lost(ms) => Some(self.read(self.phase, *ms, now, Why::ReadLost)),
            ReadEnd::Found(_) | ReadEnd::Unusable | ReadEnd::Unauthorized | ReadEnd::NotFound | ReadEnd::Refused => {
                None
            }
        }
    }

    /// Whether an attempt of the current epoch has an unknown effect.
    pub(crate) fn is_tainted(&self) -> bool {
        self.epoch.as_ref().is_some_and(|epoch| epoch.tainted)
    }

    /// Whether the etag moves with every field of the patch: it covers those that the version shows which guards the
    /// write, and others only where the contract says so.
    pub(super) fn etag_covers_all(&self) -> bool {
        let before = self.epoch.as_ref().map_or(&[][..], |epoch| &epoch.before);
        if self.intent.launches() {
            return self.contract.accept_moves_etag;
        }
        self.contract.etag_covers_write_only || !hides_some(before, &self.wanted)
    }

    /// Whether another writer's change stops a rebase of the patch as it is.
    pub(super) fn may_rebase_unseen(&self) -> bool {
        self.policy.overwrite_unseen || !self.holds(Rule::WriteOnlyStopsRebase)
    }

    /// Whether rebasing is wanted at all.
    pub(super) fn rebases(&self) -> bool {
        (self.intent.rebases || !self.holds(Rule::ActionsAreNotRebased))
            && self.policy.on_conflict == OnConflict::Rebase
    }

    /// Whether `rule` is in force: always, outside of tests.
    #[cfg(not(test))]
    #[allow(clippy::unused_self)]
    pub(super) fn holds(&self, _rule: Rule) -> bool {
        true
    }

    /// Whether `rule` is in force.
    #[cfg(test)]
    pub(super) fn holds(&self, rule: Rule) -> bool {
        self.without != Some(rule)
    }
}

/// A step of the machine as it is used outside of checks: made here once, and not again in each crate that drives an edit.
#[inline(never)]
pub(super) fn step(
    machine: &mut Machine<Etag, FieldValue>,
    event: Event<Etag, FieldValue>,
    now: Now,
) -> Move<Etag, FieldValue> {
    machine.step(event, now)
}

/// The bits of a step's entropy that decide a wait; the others are a key.
fn jitter(now: Now) -> u64 {
    #[allow(clippy::cast_possible_truncation)]
    let bits = (now.entropy >> 64) as u64;
    bits
}

/// Whether a write's end is an answer to some copy of it, so that a hidden repeat may be behind it.
pub(super) fn is_answer<E, V>(end: &WriteEnd<E, V>) -> bool {
    !matches!(end, WriteEnd::NotSent)
}
