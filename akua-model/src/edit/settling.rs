//! An answer was lost: find out what happened, without landing twice and without guessing.

use super::event::{Action, Cause, End, Now, Proof, ReadEnd, Reason, Tag, Token, Version};
use super::intent::Again;
use super::machine::{Machine, Move, Phase, Source};
use super::report::{shows_all, shows_other};
use super::rules::Rule;
use super::trace::Why;

impl<E: Tag, V: Token> Machine<E, V> {
    /// Sends the same bytes again where they can't land twice, else looks.
    pub(super) fn settle(&mut self, cause: Cause, ms: Option<u64>, now: Now, why: Why) -> Move<E, V> {
        self.cause = cause;
        if self.may_resend(now) && self.sends() < self.policy.max_attempts.max(1) {
            return self.send_again(ms, false, now, why);
        }
        self.look(ms, now, why)
    }

    /// Reads what stands there now. Where no etag tells whether that is ours, there is nothing to be seen by it.
    pub(super) fn look(&mut self, ms: Option<u64>, now: Now, why: Why) -> Move<E, V> {
        if self.intent.is_guarded {
            self.read(Phase::Looking, ms, now, why)
        } else {
            self.open(self.cause, now)
        }
    }

    /// Whether a copy of this epoch can't land beside another one: the first moves the etag, or the key stops
    /// the second.
    pub(super) fn may_resend(&self, now: Now) -> bool {
        if self.source == (Source::Resumed { may_send: false }) {
            return false;
        }
        if !self.holds(Rule::ResendOnlyWhereSafe) {
            return true;
        }
        let etag_stops = self.intent.is_guarded && self.contract.etag_never_repeats && self.etag_covers_all();
        // The copy may be on its way until this call ends, and the key must stop it until then.
        let key_stops = self.contract.key_comes_first(self.intent) && self.key_outlives_copies(now);
        etag_stops || key_stops || self.intent.again == Again::Nothing
    }

    /// What a read brought that began after the last sending.
    pub(super) fn looked(&mut self, end: ReadEnd<E, V>, now: Now) -> Move<E, V> {
        match end {
            ReadEnd::Found(version) => {
                self.is_known = true;
                self.judge(version, now)
            }
            ReadEnd::NotFound => self.looked_for_nothing(now),
            other => match self.read_again(&other, now) {
                Some(again) => again,
                None => self.open(self.cause, now),
            },
        }
    }

    fn judge(&mut self, version: Version<E, V>, now: Now) -> Move<E, V> {
        if self.confirm_by_read(&version.etag) {
            if let Some(epoch) = &mut self.epoch {
                epoch.tainted = false;
            }
            (self.phase, self.reads) = (Phase::Refreshing, 0);
            return self.merge(version, now);
        }
        if self.is_observed(&version) {
            return self.observed(version, now);
        }
        self.meet(&version.etag);
        let moves_etag = self.landing_moves_etag(&version);
        let Some(epoch) = &mut self.epoch else {
            return self.give_up(Cause::Declined);
        };
        let still_ours = epoch.is_guarded_by(&version.etag);
        if !still_ours && !epoch.read.contains(&version.etag) {
            epoch.read.push(version.etag.clone());
        }
        let is_current = epoch.named.last() == Some(&version.etag);
        epoch.moved |= self.contract.reads_linearizable && !still_ours;
        let moved = epoch.moved;
        // However old this read is, it may show what the version passed in left out.
        epoch.moves_etag |= still_ours && moves_etag;
        let is_unmoved = self.contract.reads_linearizable && still_ours;
        self.refused_while(false, self.contract.etag_never_repeats && is_unmoved);
        let refusal_held = self.refusal_held(now);
        if let (true, Some(epoch)) = (refusal_held, &mut self.epoch) {
            epoch.met_unlanded = self.met.len();
        }
        self.seen = Some(version);
        if still_ours && !self.holds(Rule::OldEtagIsNoProof) {
            return (
                Action::Finish(End::NotApplied(Reason::NotSent(self.cause))),
                Why::GaveUp(self.cause),
            );
        }
        if refusal_held && (moved && self.contract.etag_never_repeats || self.refusal_stays(now)) {
            return (Action::Finish(End::NotApplied(Reason::Rejected)), Why::Refused);
        }
        let may_resend = self.may_resend(now) && self.sends() < self.policy.max_attempts.max(1);
        // The current version is not ours: we may have been overwritten, or may never have landed. A further
        // look can't tell. A further copy can, if the etag has moved for good and the key comes first.
        let copy_tells = moved && may_resend && self.contract.etag_never_repeats && self.key_comes_first(now);
        if ((is_current || moved) && !copy_tells) || self.cause == Cause::Refused || self.cause == Cause::Unauthorized {
            return self.open(self.cause, now);
        }
        if may_resend {
            return self.send_again(None, false, now, Why::LookedInVain);
        }
        if self.reads + 1 < self.policy.max_attempts.max(1) {
            return self.read(Phase::Looking, None, now, Why::LookedInVain);
        }
        self.open(self.cause, now)
    }

    /// Ends with what a read proves.
    pub(super) fn observed(&mut self, version: Version<E, V>, now: Now) -> Move<E, V> {
        if self.intent.launches() {
            let (proof, seen) = (Proof::Observed, Some(version));
            return self.list_before(End::Launched { proof, seen }, Why::Observed, now);
        }
        let end = End::Applied {
            proof: Proof::Observed,
            version,
            whole: true,
            adjusted: Vec::new(),
            not_taken: Vec::new(),
        };
        (Action::Finish(end), Why::Observed)
    }

    /// Whether a read that showed `version` can't be older than the last refusal, or the last sending.
    pub(super) fn is_fresh(&self, version: &Version<E, V>) -> bool {
        let mut named = self.epoch.iter().flat_map(|epoch| &epoch.named);
        // An etag that was named as current tells this version from older ones only if no older one had it too.
        let was_current = self.contract.etag_never_repeats && named.any(|etag| *etag == version.etag);
        self.contract.reads_linearizable || was_current
    }

    /// Whether `version` proves that every wanted value is in effect.
    pub(super) fn is_observed(&self, version: &Version<E, V>) -> bool {
        let shown = if self.holds(Rule::ObservedNeedsReadable) {
            shows_all(version, &self.wanted)
        } else {
            !shows_other(version, &self.wanted)
        };
        shown && (self.is_fresh(version) || !self.holds(Rule::ObservedNeedsFreshRead))
    }
}
