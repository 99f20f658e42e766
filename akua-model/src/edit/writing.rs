//! A write is out: what its answer proves.

use super::event::{Action, Cause, End, Now, Proof, Reason, Token, WriteEnd};
use super::machine::{Machine, Move, Phase, is_answer};
use super::policy::millis;
use super::rules::Rule;
use super::trace::Why;

impl<E: Token, V: Token> Machine<E, V> {
    /// What became of the write.
    pub(super) fn written(&mut self, end: WriteEnd<E, V>, now: Now) -> Move<E, V> {
        if self.contract.hidden_retries && is_answer(&end) && self.holds(Rule::HiddenRetriesTaint) {
            self.taint();
        }
        match end {
            WriteEnd::Acknowledged(etag, version) => (
                Action::Finish(End::Applied {
                    proof: Proof::Acknowledged,
                    etag,
                    version,
                }),
                Why::Acknowledged,
            ),
            WriteEnd::Lost => {
                if self.holds(Rule::LostAnswerTaints) {
                    self.taint();
                }
                self.again_or_settle(Cause::AnswerLost, None, now, Why::AnswerLost)
            }
            WriteEnd::NotSent => self.again_or_settle(Cause::NotConnected, None, now, Why::NotSent),
            WriteEnd::Throttled(ms) => {
                self.clear_unless(Rule::TaintSurvivesRefusal);
                self.again_or_settle(Cause::Throttled, ms, now, Why::Throttled)
            }
            WriteEnd::Unauthorized if self.can_refresh && (!self.is_tainted() || self.may_resend(now)) => {
                self.can_refresh = false;
                self.send_again(None, true, now, Why::NewCredentials)
            }
            WriteEnd::Unauthorized => self.refused(Cause::Unauthorized, now),
            WriteEnd::Refused => self.refused(Cause::Refused, now),
            WriteEnd::Conflict(named) => self.conflicted(named, now),
        }
    }

    /// An attempt has an unknown effect.
    pub(super) fn taint(&mut self) {
        if let Some(epoch) = &mut self.epoch {
            epoch.tainted = true;
        }
    }

    /// What a client does that lacks `rule`: it forgets that an earlier attempt may have landed.
    fn clear_unless(&mut self, rule: Rule) {
        let keeps = self.holds(rule);
        if let Some(epoch) = &mut self.epoch {
            epoch.tainted &= keeps;
        }
    }

    /// Sends the same bytes again: freely while nothing can have landed, else as settling allows.
    fn again_or_settle(&mut self, cause: Cause, ms: Option<u64>, now: Now, why: Why) -> Move<E, V> {
        self.cause = cause;
        if self.is_tainted() {
            return self.settle(cause, ms, now, why);
        }
        if self.sends() < self.policy.attempts.max(1) {
            return self.send_again(ms, false, now, why);
        }
        match cause {
            Cause::Throttled => (Action::Finish(End::NotApplied(Reason::Rejected)), Why::Refused),
            _ => self.give_up(cause),
        }
    }

    /// A definite refusal: the end of it, unless an earlier attempt may have landed.
    fn refused(&mut self, cause: Cause, now: Now) -> Move<E, V> {
        self.cause = cause;
        self.clear_unless(Rule::TaintSurvivesRefusal);
        if self.is_tainted() {
            return self.read(Phase::Looking, None, now, Why::RefusedAfterLostAnswer);
        }
        (Action::Finish(End::NotApplied(Reason::Rejected)), Why::Refused)
    }

    /// A 409 or 412, with the etag that it names as current.
    fn conflicted(&mut self, named: Option<E>, now: Now) -> Move<E, V> {
        let comes_first = self.key_comes_first(now);
        let Some(epoch) = &mut self.epoch else {
            return self.give_up(Cause::Declined);
        };
        epoch.refused = self.contract.stores_rejections_per_key;
        let names_ours = named.as_ref() == Some(&epoch.if_match);
        let is_unmoved = self.contract.etag_never_repeats && names_ours && epoch.moves_etag;
        let mismatch = named.clone().filter(|etag| *etag != epoch.if_match);
        self.refused_while(comes_first || is_unmoved);
        let proven = self.rejection_is_proof(mismatch.as_ref(), now);
        named.iter().for_each(|etag| self.named_as_current(etag));
        let Some(epoch) = &mut self.epoch else {
            return self.give_up(Cause::Declined);
        };
        let why = match mismatch {
            Some(etag) => {
                epoch.named.retain(|known| *known != etag);
                epoch.named.push(etag);
                Why::Mismatch
            }
            None => Why::UnnamedConflict,
        };
        if epoch.tainted && !proven {
            self.cause = Cause::ConflictAfterLostAnswer;
            return self.read(Phase::Looking, None, now, Why::ConflictAfterLostAnswer);
        }
        epoch.tainted = false;
        if names_ours {
            return (Action::Finish(End::NotApplied(Reason::Rejected)), Why::Refused);
        }
        self.read(Phase::Refreshing, None, now, why)
    }

    /// Whether a 409 in a tainted epoch proves that no attempt has landed or will land.
    fn rejection_is_proof(&self, mismatch: Option<&E>, now: Now) -> bool {
        let unlanded = self.key_comes_first(now) || self.refusal_held(now);
        // Only a 409 that names another etag comes from the comparison, and so after the look at the key: one that
        // names none may be about something else and come before both, even when a read has shown another etag.
        let etag_is_past = self.contract.etag_never_repeats && mismatch.is_some();
        // What was current before nothing had landed, and is now, was so all the time between: nothing has landed, and
        // the etag that guards this epoch is older.
        let met_unlanded = self.epoch.as_ref().map_or(0, |epoch| epoch.met_unlanded);
        let nothing_moved =
            etag_is_past && mismatch.is_some_and(|etag| self.met.iter().take(met_unlanded).any(|met| met == etag));
        let refusal_stays = self.refusal_stays(now);
        nothing_moved || (unlanded && (etag_is_past || refusal_stays)) || !self.holds(Rule::TaintedConflictIsNoProof)
    }

    /// Whether every copy that may yet arrive meets the remembered refusal: its key is still known then.
    pub(super) fn refusal_stays(&self, now: Now) -> bool {
        let last = millis(self.policy.deadline).max(now.ms);
        self.contract.stores_rejections_per_key && self.key_is_remembered(last)
    }

    /// Remembers that nothing had landed when a 409 to this epoch had been sent, if that is so.
    pub(super) fn refused_while(&mut self, unlanded: bool) {
        if let Some(epoch) = &mut self.epoch {
            epoch.refused_unlanded |= epoch.refused && unlanded;
        }
    }

    /// Whether nothing has landed until now, as nothing had when a 409 was sent that has been remembered since.
    pub(super) fn refusal_held(&self, now: Now) -> bool {
        let refused = self.epoch.as_ref().is_some_and(|epoch| epoch.refused_unlanded);
        refused && self.key_is_remembered(now.ms)
    }

    /// Whether the key of a write that has landed would be found now, before anything else is compared.
    pub(super) fn key_comes_first(&self, now: Now) -> bool {
        self.contract.key_checked_before_if_match && self.key_is_remembered(now.ms)
    }

    /// Whether the epoch has a key that the server still knows `at` milliseconds after the start of this call.
    pub(super) fn key_is_remembered(&self, at: u64) -> bool {
        let Some(epoch) = &self.epoch else { return false };
        let Some(first_sent) = epoch.first_sent else {
            return false;
        };
        let age = i64::try_from(at).unwrap_or(i64::MAX).saturating_sub(first_sent);
        let kept = i64::try_from(millis(self.contract.key_retention)).unwrap_or(i64::MAX);
        epoch.key.is_some() && (!self.holds(Rule::KeyProvesInRetention) || (0..kept).contains(&age))
    }

    pub(super) fn sends(&self) -> u32 {
        self.epoch.as_ref().map_or(0, |epoch| epoch.sends)
    }
}
