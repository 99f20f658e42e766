//! Somebody else was faster, and our write certainly did not land: compare, then rebase or report.

use super::event::{Action, Cause, End, FieldState, Now, ReadEnd, Reason, Tag, Token, Version};
use super::machine::{Machine, Move, Phase, Source};
use super::report::{self, shows_all};
use super::rules::Rule;
use super::trace::Why;

impl<E: Tag, V: Token> Machine<E, V> {
    /// What the read after a definite 409 brought.
    pub(super) fn refreshed(&mut self, end: ReadEnd<E, V>, now: Now) -> Move<E, V> {
        let version = match end {
            ReadEnd::Found(version) => version,
            other => {
                return match (self.read_again(&other, now), other) {
                    (Some(again), _) => again,
                    (None, ReadEnd::Refused | ReadEnd::NotFound) => {
                        (Action::Finish(End::NotApplied(Reason::Rejected)), Why::Refused)
                    }
                    (None, _) => self.give_up(Cause::ReadFailed),
                };
            }
        };
        let Some(epoch) = &self.epoch else {
            return self.give_up(Cause::Declined);
        };
        let is_refused = epoch.is_guarded_by(&version.etag);
        if is_refused && epoch.named.is_empty() && epoch.hints.is_empty() {
            return (Action::Finish(End::NotApplied(Reason::Rejected)), Why::NotAMismatch);
        }
        self.confirm_by_read(&version.etag);
        self.meet(&version.etag);
        let is_stale = is_refused || self.past.contains(&version.etag);
        if is_stale && self.holds(Rule::StaleReadIsRepeated) {
            return if self.reads + 1 < self.policy.max_attempts.max(1) {
                self.read(Phase::Refreshing, None, now, Why::StaleRead)
            } else {
                self.give_up(Cause::ReadFailed)
            };
        }
        self.merge(version, now)
    }

    /// Compares what the caller saw, what is wanted, and what is there now.
    pub(super) fn merge(&mut self, theirs: Version<E, V>, now: Now) -> Move<E, V> {
        if let Source::Resumed { .. } = self.source {
            // In effect between the first sending, in whichever call, and now.
            return if self.is_observed(&theirs) {
                self.observed(theirs, now)
            } else {
                self.conflict(theirs)
            };
        }
        // A closure is asked again all the same: two writers that count to the same number are two changes.
        if self.source != Source::Asked && shows_all(&theirs, &self.wanted) {
            // Nothing of this call has landed, so it is somebody else's doing.
            if self.is_fresh(&theirs) || !self.holds(Rule::UnchangedNeedsFreshRead) {
                return (Action::Finish(End::Unchanged(theirs)), Why::AlreadyAsWanted);
            }
            return if self.reads + 1 < self.policy.max_attempts.max(1) {
                self.read(Phase::Refreshing, None, now, Why::MayBeStale)
            } else {
                self.changed_meanwhile()
            };
        }
        if !self.rebases() {
            return self.conflict(theirs);
        }
        if self.source == Source::Asked {
            self.base_is_read = true;
            return self.ask(theirs);
        }
        let states = self.states(&theirs);
        let stopped = states.iter().any(|state| match state {
            FieldState::Conflicting => true,
            FieldState::Unseen => !self.may_rebase_unseen(),
            FieldState::Done | FieldState::Free => false,
        });
        if stopped {
            return self.conflict(theirs);
        }
        if self.epoch.as_ref().map_or(0, |epoch| epoch.number) >= self.policy.max_versions.max(1) {
            let (end, _) = self.conflict(theirs);
            return (end, Why::GaveUp(Cause::OutOfAttempts));
        }
        let why = if states.contains(&FieldState::Unseen) {
            Why::OverwriteUnseen
        } else {
            Why::Rebase
        };
        self.begin_epoch(&theirs, now, why)
    }

    /// Ends with a change of somebody else's that no read has shown for certain.
    pub(super) fn changed_meanwhile(&mut self) -> Move<E, V> {
        let end = End::NotApplied(Reason::Conflict {
            theirs: None,
            fields: Vec::new(),
        });
        (Action::Finish(end), Why::GaveUp(Cause::ReadFailed))
    }

    /// Ends with the report of who wants what.
    pub(super) fn conflict(&mut self, theirs: Version<E, V>) -> Move<E, V> {
        let fields = self.states(&theirs);
        (
            Action::Finish(End::NotApplied(Reason::Conflict {
                theirs: Some(theirs),
                fields,
            })),
            Why::Conflict,
        )
    }

    pub(super) fn states(&self, theirs: &Version<E, V>) -> Vec<FieldState> {
        report::merge(self.base.as_ref(), &self.wanted, theirs, |rule| self.holds(rule))
    }
}
