//! What a write does that starts an operation: actions, deletes, and what can be asked for as often as one likes.
//!
//! That it was accepted is all that this is about. What becomes of the operation is another question, and what stands there
//! afterwards a third.

use super::event::{Action, Budget, Cause, End, Now, Proof, Reason, Tag, Token, Version, Wait};
use super::intent::Goal;
use super::machine::{Machine, Move, Phase};
use super::report::shows_all;
use super::rules::Rule;
use super::trace::Why;

impl<E: Tag, V: Token> Machine<E, V> {
    /// What a first read showed. An older answer may show what was so before somebody undid it: only one that can't be
    /// stale says that there is nothing to do, else the server is asked.
    pub(super) fn first_sight(&mut self, before: Option<Version<E, V>>, found: Version<E, V>, now: Now) -> Move<E, V> {
        let is_fresh = self.is_fresh(&found) || !self.holds(Rule::UnchangedNeedsFreshRead);
        if shows_all(&found, &self.wanted) && is_fresh {
            return (Action::Finish(End::Unchanged(found)), Why::AlreadyAsWanted);
        }
        match before {
            Some(seen) if seen.etag != found.etag => self.conflict(found),
            Some(seen) => self.begin_epoch(&seen, now, Why::VersionPassedIn),
            None => {
                self.base = Some(found.clone());
                self.begin_epoch(&found, now, Why::VersionRead)
            }
        }
    }

    /// A 202 with an operation: to whichever copy, for all of them ask for the same.
    pub(super) fn accepted(&mut self) -> Move<E, V> {
        let (proof, seen) = (Proof::Acknowledged, None);
        (Action::Finish(End::Launched { proof, seen }), Why::Accepted)
    }

    /// A 409 to a write that nothing guards. Once an answer to a create was lost, it may say that the request with this key is
    /// still being carried out: then the same bytes are answered with what has come of it.
    pub(super) fn conflicted_unguarded(&mut self, now: Now) -> Move<E, V> {
        let is_create = self.intent.goal == Goal::Made && self.is_tainted();
        if is_create && self.may_resend(now) && self.sends() < self.policy.max_attempts.max(1) {
            self.cause = Cause::ConflictAfterLostAnswer;
            return self.send_again(None, false, now, Why::ConflictAfterLostAnswer);
        }
        self.refused(Cause::Refused, now)
    }

    /// A 404 from the write path. After a lost answer it may be our own doing, and it is what was wanted.
    pub(super) fn not_found(&mut self, now: Now) -> Move<E, V> {
        let is_gone = self.means_gone();
        match (self.is_tainted(), &self.base) {
            (true, _) if is_gone && self.holds(Rule::LostDeleteIsGone) => self.gone(now),
            (false, Some(base)) if is_gone => (Action::Finish(End::Unchanged(base.clone())), Why::Gone),
            // Had it landed, its key would have been found first; and it meets nothing any more.
            (true, _) if self.meets_nothing_any_more() && self.key_comes_first(now) => {
                (Action::Finish(End::NotApplied(Reason::Rejected)), Why::Refused)
            }
            (true, _) if !self.holds(Rule::LostDeleteIsGone) => {
                (Action::Finish(End::NotApplied(Reason::Rejected)), Why::Refused)
            }
            _ => self.refused(Cause::Refused, now),
        }
    }

    /// A read found nothing after the last sending.
    pub(super) fn looked_for_nothing(&mut self, now: Now) -> Move<E, V> {
        let is_fresh = self.contract.reads_linearizable || !self.holds(Rule::GoneNeedsFreshRead);
        if is_fresh && self.means_gone() {
            return self.gone(now);
        }
        self.open(self.cause, now)
    }

    /// Whether a 404 says that what was to be deleted is gone for good.
    fn means_gone(&self) -> bool {
        self.intent.goal == Goal::Gone && self.is_gone_for_good()
    }

    /// Whether a 404 says that the resource is gone for good.
    fn is_gone_for_good(&self) -> bool {
        self.is_gone() && self.contract.ids_never_reused
    }

    /// Whether a 404 says that no copy of this write can land: another resource of the same id would have another etag.
    fn meets_nothing_any_more(&self) -> bool {
        let is_new = self.intent.is_guarded && self.contract.etag_never_repeats;
        self.is_gone() && (is_new || self.contract.ids_never_reused)
    }

    /// Whether a 404 says that the resource is gone.
    fn is_gone(&self) -> bool {
        let is_known = self.is_known || !self.holds(Rule::GoneNeedsSight);
        is_known && self.contract.not_found_means_gone
    }

    fn gone(&mut self, now: Now) -> Move<E, V> {
        let (proof, seen) = (Proof::Observed, None);
        self.list_before(End::Launched { proof, seen }, Why::Gone, now)
    }

    /// Ends with nobody knowing, after a look at the operations: one of them may be ours.
    pub(super) fn open(&mut self, cause: Cause, now: Now) -> Move<E, V> {
        let (action, why) = self.indeterminate(cause);
        match action {
            Action::Finish(end) if self.intent.launches() => self.list_before(end, why, now),
            other => (other, why),
        }
    }

    /// Looks at the operations of the resource, and then ends. What is listed may be anybody's: whoever reads the end is
    /// told, and nothing is concluded from it.
    pub(super) fn list_before(&mut self, end: End<E, V>, why: Why, now: Now) -> Move<E, V> {
        if now.cancelled {
            return (Action::Finish(end), why);
        }
        self.held = Some((Box::new(end), why));
        self.phase = Phase::Listing;
        let wait = Wait {
            ms: 0,
            budget: Budget::Settle,
            new_credentials: false,
        };
        (Action::List(wait), Why::Listing)
    }

    /// What the look at the operations brought: the driver keeps what was listed.
    pub(super) fn listed(&mut self, found: bool) -> Move<E, V> {
        if found && !self.holds(Rule::ListedIsNoProof) {
            let (proof, seen) = (Proof::Acknowledged, None);
            return (Action::Finish(End::Launched { proof, seen }), Why::Accepted);
        }
        self.give_up(self.cause)
    }
}
