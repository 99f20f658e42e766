//! Before the first write: begin, read what is there, ask for the patch.

use super::event::{Action, Cause, End, FieldState, Now, ReadEnd, Reason, Tag, Token, Version, Wanted};
use super::machine::{Machine, Move, Phase, Source};
use super::report::{shows_all, shows_other};
use super::rules::Rule;
use super::trace::Why;

impl<E: Tag, V: Token> Machine<E, V> {
    /// The first move of a call.
    pub(super) fn begin(&mut self, now: Now) -> Move<E, V> {
        match (self.source, self.base.clone()) {
            (Source::Resumed { .. }, _) => self.settle(Cause::AnswerLost, None, now, Why::Resumed),
            (_, None) if !self.intent.is_guarded => self.begin_unguarded(now),
            (_, None) => self.read(Phase::Reading, None, now, Why::NothingSeenYet),
            (Source::Asked, Some(base)) => self.ask(base),
            (Source::Given, Some(base)) if shows_all(&base, &self.wanted) => {
                if self.holds(Rule::UnchangedNeedsRead) {
                    self.read(Phase::Reading, None, now, Why::SeemsUnchanged)
                } else {
                    (Action::Finish(End::Unchanged(base)), Why::AlreadyAsWanted)
                }
            }
            (Source::Given, Some(base)) => self.begin_epoch(&base, now, Why::VersionPassedIn),
        }
    }

    /// What the first read brought.
    pub(super) fn first_read(&mut self, end: ReadEnd<E, V>, now: Now) -> Move<E, V> {
        let version = match end {
            ReadEnd::Found(version) => version,
            other => {
                return match (self.read_again(&other, now), other) {
                    (Some(again), _) => again,
                    (None, ReadEnd::Refused | ReadEnd::NotFound | ReadEnd::Unauthorized | ReadEnd::Throttled(_)) => {
                        (Action::Finish(End::NotApplied(Reason::Rejected)), Why::Refused)
                    }
                    (None, ReadEnd::Unusable) => self.give_up(Cause::UnusableEtag),
                    (None, _) => self.give_up(Cause::ReadFailed),
                };
            }
        };
        let before = self.base.clone();
        self.is_known = true;
        if self.intent.launches() {
            return self.first_sight(before, version, now);
        }
        match self.source {
            Source::Asked => match before {
                // The closure wanted no change of the version passed in; is it still the current one?
                Some(base) if base.etag == version.etag => {
                    (Action::Finish(End::Unchanged(version)), Why::AlreadyAsWanted)
                }
                _ => {
                    self.base_is_read = true;
                    self.ask(version)
                }
            },
            _ if shows_all(&version, &self.wanted) => (Action::Finish(End::Unchanged(version)), Why::AlreadyAsWanted),
            _ => match before {
                // The version passed in shows every wanted value, and this answer leaves some of them out.
                Some(base) if base.etag == version.etag && !shows_other(&version, &self.wanted) => {
                    self.begin_epoch(&base, now, Why::VersionPassedIn)
                }
                Some(_) => self.merge(version, now),
                None => {
                    self.base = Some(version.clone());
                    self.base_is_read = true;
                    self.begin_epoch(&version, now, Why::VersionRead)
                }
            },
        }
    }

    /// Asks for the patch of `version`, which becomes what the caller has seen.
    pub(super) fn ask(&mut self, version: Version<E, V>) -> Move<E, V> {
        if let Some(before) = self.base.replace(version.clone()) {
            self.meet(&before.etag);
        }
        self.phase = Phase::Asking;
        (Action::Ask(version), Why::PatchNeeded)
    }

    /// The patch that was asked for.
    pub(super) fn submitted(&mut self, patch: Option<Vec<Wanted<V>>>, now: Now) -> Move<E, V> {
        let Some(base) = self.base.clone() else {
            return self.give_up(Cause::NoPatch);
        };
        self.wanted = patch.unwrap_or_default();
        if shows_all(&base, &self.wanted) {
            if self.epoch.is_some() && !self.is_fresh(&base) && self.holds(Rule::UnchangedNeedsFreshRead) {
                return self.changed_meanwhile();
            }
            return if self.base_is_read {
                (Action::Finish(End::Unchanged(base)), Why::AlreadyAsWanted)
            } else {
                self.read(Phase::Reading, None, now, Why::SeemsUnchanged)
            };
        }
        let unseen = || self.states(&base).contains(&FieldState::Unseen);
        if self.epoch.is_some() && unseen() && !self.may_rebase_unseen() {
            return self.conflict(base);
        }
        self.begin_epoch(&base, now, Why::PatchSubmitted)
    }
}
