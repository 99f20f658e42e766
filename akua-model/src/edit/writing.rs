//! A write is out: what its answer proves.

use super::event::{Action, Cause, End, Moment, Now, Proof, Reason, Tag, Token, Version, WriteEnd};
use super::machine::{Epoch, Hint, Machine, Move, Phase, is_answer};
use super::policy::millis;
use super::report;
use super::rules::Rule;
use super::trace::Why;

impl<E: Tag, V: Token> Machine<E, V> {
    /// What became of the write.
    pub(super) fn written(&mut self, end: WriteEnd<E, V>, now: Now) -> Move<E, V> {
        if self.contract.hidden_retries && is_answer(&end) && self.holds(Rule::HiddenRetriesTaint) {
            self.taint();
        }
        match end {
            WriteEnd::Acknowledged { version, whole } => self.acknowledged(version, whole, now),
            WriteEnd::Accepted => self.accepted(),
            WriteEnd::NotFound => self.not_found(now),
            WriteEnd::Conflict(_) if !self.intent.is_guarded => self.conflicted_unguarded(now),
            WriteEnd::Lost(ms) => {
                if self.holds(Rule::LostAnswerTaints) {
                    self.taint();
                }
                self.again_or_settle(Cause::AnswerLost, ms, now, Why::AnswerLost)
            }
            WriteEnd::NotSent => self.again_or_settle(Cause::NotConnected, None, now, Why::NotSent),
            WriteEnd::Throttled(ms) => {
                self.clear_unless(Rule::TaintSurvivesRefusal);
                self.again_or_settle(Cause::Throttled, ms, now, Why::Throttled)
            }
            WriteEnd::Unauthorized if self.can_refresh && (!self.is_tainted() || self.may_resend(now)) => {
                self.can_refresh = false;
                self.is_known = false;
                self.send_again(None, true, now, Why::NewCredentials)
            }
            WriteEnd::Unauthorized => self.refused(Cause::Unauthorized, now),
            WriteEnd::Refused => self.refused(Cause::Refused, now),
            WriteEnd::Conflict(named) => self.conflicted(named, now),
        }
    }

    /// A 200 is read, not believed: one that shows the old value wherever something was to change acknowledges nothing. One
    /// that shows other values and nowhere ours is what the server made of ours, or another writer's.
    fn acknowledged(&mut self, version: Version<E, V>, whole: bool, now: Now) -> Move<E, V> {
        let before = self.epoch.as_ref().map_or(&[][..], |epoch| &epoch.before);
        let shown = report::judge(before, &self.wanted, &version);
        let is_theirs = shown.took_nothing
            && !self.contract.answers_show_written_version
            && self.holds(Rule::AdjustedNeedsWrittenVersion);
        let is_read = self.holds(Rule::AcknowledgementIsRead);
        if !(is_read && (shown.changed_nothing || is_theirs)) {
            let end = End::Applied {
                proof: Proof::Acknowledged,
                version,
                whole,
                adjusted: shown.adjusted,
                not_taken: shown.not_taken,
            };
            return (Action::Finish(end), Why::Acknowledged);
        }
        // It is the version that this request left behind, and the etag would have moved with whatever was written.
        let is_guard = self
            .epoch
            .as_ref()
            .is_some_and(|epoch| epoch.is_guarded_by(&version.etag));
        let proven =
            is_guard && self.etag_covers_all() && self.contract.answers_show_written_version && !self.is_tainted();
        if shown.changed_nothing && (proven || !self.holds(Rule::IgnoredNeedsProof)) {
            return (Action::Finish(End::NotApplied(Reason::Ignored(version))), Why::Ignored);
        }
        self.taint();
        self.settle(Cause::ChangedNothing, None, now, Why::ChangedNothing)
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
        if self.sends() < self.policy.max_attempts.max(1) {
            return self.send_again(ms, false, now, why);
        }
        match cause {
            Cause::Throttled => (Action::Finish(End::NotApplied(Reason::Rejected)), Why::Refused),
            _ => self.give_up(cause),
        }
    }

    /// A definite refusal: the end of it, unless an earlier attempt may have landed.
    pub(super) fn refused(&mut self, cause: Cause, now: Now) -> Move<E, V> {
        self.cause = cause;
        self.clear_unless(Rule::TaintSurvivesRefusal);
        if self.is_tainted() {
            return self.look(None, now, Why::RefusedAfterLostAnswer);
        }
        (Action::Finish(End::NotApplied(Reason::Rejected)), Why::Refused)
    }

    /// A 409 or 412, with the etag that it names as current.
    fn conflicted(&mut self, named: Option<E>, now: Now) -> Move<E, V> {
        let comes_first = self.key_comes_first(now);
        let is_believed = self.contract.conflicts_name_current_etag || !self.holds(Rule::HintNeedsConfirmation);
        let since = self.met_before_refusal();
        let Some(epoch) = &mut self.epoch else {
            return self.give_up(Cause::Declined);
        };
        epoch.refused = self.contract.stores_rejections(self.intent);
        let names_ours = named
            .as_ref()
            .zip(epoch.guard.as_ref())
            .is_some_and(|(etag, guard)| etag.means(guard));
        let is_unmoved = self.contract.etag_never_repeats && is_believed && names_ours;
        let mismatch = named.filter(|etag| !names_ours && !self.may_be_old(etag, is_believed));
        self.refused_while(comes_first, is_unmoved);
        if is_believed && names_ours {
            let ours = self.epoch.as_ref().and_then(|epoch| epoch.guard.clone());
            ours.iter().for_each(|etag| self.named_as_current(etag, since));
        }
        let proves = mismatch
            .as_ref()
            .is_some_and(|etag| self.mismatch_is_proof(etag, is_believed, now));
        let proven = (is_believed && proves) || self.refusal_is_proof(now);
        let why = match mismatch {
            Some(etag) if is_believed => {
                if let Some(epoch) = &mut self.epoch {
                    epoch.believed.push(etag.clone());
                }
                self.confirm(Hint { etag, since, proves });
                Why::Mismatch
            }
            Some(etag) => {
                self.hint(Hint { etag, since, proves });
                Why::OtherEtagNamed
            }
            None => Why::UnnamedConflict,
        };
        let Some(epoch) = &mut self.epoch else {
            return self.give_up(Cause::Declined);
        };
        if epoch.tainted && !proven {
            self.cause = Cause::ConflictAfterLostAnswer;
            return self.read(Phase::Looking, None, now, Why::ConflictAfterLostAnswer);
        }
        epoch.tainted = false;
        if is_believed && names_ours {
            return (Action::Finish(End::NotApplied(Reason::Rejected)), Why::Refused);
        }
        self.read(Phase::Refreshing, None, now, why)
    }

    /// Whether an etag that a 409 names may be that of an older version: another one has followed it for good, or it was
    /// met before this epoch and nothing but the name says that it is current.
    fn may_be_old(&self, etag: &E, is_believed: bool) -> bool {
        let before = self.epoch.as_ref().map_or(0, |epoch| epoch.met_before);
        let mut met = self.met.iter().take(before);
        self.past.iter().any(|past| past.means(etag)) || (!is_believed && met.any(|met| met.means(etag)))
    }

    /// Keeps what a 409 named, until a read shows it or never does.
    fn hint(&mut self, hint: Hint<E>) {
        if let Some(epoch) = &mut self.epoch {
            // What the same hint has proven before, it proves still.
            let is_proof = |known: &Hint<E>| known.etag == hint.etag && known.proves;
            if epoch.hints.iter().any(is_proof) {
                return;
            }
            epoch.hints.retain(|known| known.etag != hint.etag);
            epoch.hints.push(hint);
        }
    }

    /// What a 409 named was current: so nothing that was met before it is so any more.
    fn confirm(&mut self, hint: Hint<E>) {
        self.named_as_current(&hint.etag, hint.since);
        if let Some(epoch) = &mut self.epoch {
            epoch.named.retain(|known| *known != hint.etag);
            epoch.named.push(hint.etag);
        }
    }

    /// A read that was begun after a 409 shows `etag`. Whether that confirms what the 409 named, and with it that
    /// nothing has landed or will.
    pub(super) fn confirm_by_read(&mut self, etag: &E) -> bool {
        let is_past = self.past.contains(etag);
        let Some(epoch) = &mut self.epoch else { return false };
        epoch.believed.retain(|believed| !believed.means(etag));
        if is_past {
            return false;
        }
        let Some(at) = epoch.hints.iter().position(|hint| hint.etag.means(etag)) else {
            return false;
        };
        let hint = epoch.hints.remove(at);
        let proves = hint.proves;
        self.confirm(Hint {
            etag: etag.clone(),
            ..hint
        });
        proves
    }

    /// Whether a 409 in a tainted epoch that names another etag, which is current, proves that no attempt has landed or
    /// will land.
    fn mismatch_is_proof(&self, mismatch: &E, is_believed: bool, now: Now) -> bool {
        if !self.contract.etag_never_repeats {
            return false;
        }
        // Only a 409 that names another etag comes from the comparison, and so after the look at the key: one that
        // names none may be about something else and come before both, even when a read has shown another etag.
        let unlanded = self.key_comes_first(now) || self.refusal_held(now);
        // What was current before nothing had landed, and is now, was so all the time between: nothing has landed, and
        // the etag that guards this epoch is older. But that it is current now takes more than a name and a read which may
        // both be old.
        let is_current = is_believed || self.contract.reads_linearizable;
        let met_unlanded = self.epoch.as_ref().map_or(0, |epoch| epoch.met_unlanded);
        unlanded || (is_current && self.met.iter().take(met_unlanded).any(|met| met == mismatch))
    }

    /// Whether a 409 in a tainted epoch proves so whatever it names.
    fn refusal_is_proof(&self, now: Now) -> bool {
        let unlanded = self.key_comes_first(now) || self.refusal_held(now);
        (unlanded && self.refusal_stays(now)) || !self.holds(Rule::TaintedConflictIsNoProof)
    }

    /// Whether every copy that may yet arrive meets the remembered refusal: its key is still known then.
    pub(super) fn refusal_stays(&self, now: Now) -> bool {
        self.contract.stores_rejections(self.intent) && self.key_outlives_copies(now)
    }

    /// Whether the key is known now, and for as long as a copy may be on its way.
    pub(super) fn key_outlives_copies(&self, now: Now) -> bool {
        self.key_is_remembered(now) && self.key_is_remembered(self.at_the_end(now))
    }

    /// The deadline, or now if that is later: a copy may be on its way until this call ends.
    fn at_the_end(&self, now: Now) -> Now {
        let last = millis(self.policy.deadline).max(now.ms);
        let more = i64::try_from(last - now.ms).unwrap_or(i64::MAX);
        let later = |at: Option<i64>| Some(at?.saturating_add(more));
        let Moment { awake, boot, wall } = now.moment;
        let moment = Moment {
            awake: later(awake),
            boot: later(boot),
            wall: later(wall),
        };
        Now {
            ms: last,
            moment,
            ..now
        }
    }

    /// Remembers that nothing had landed when a 409 to this epoch had been sent, or that the etag had not moved, if
    /// that is so.
    pub(super) fn refused_while(&mut self, unlanded: bool, unmoved: bool) {
        if let Some(epoch) = &mut self.epoch {
            epoch.refused_unlanded |= epoch.refused && unlanded;
            epoch.refused_unmoved |= epoch.refused && unmoved;
        }
    }

    /// Whether nothing has landed until now, as nothing had when a 409 was sent that has been remembered since.
    pub(super) fn refusal_held(&self, now: Now) -> bool {
        let unlanded = |epoch: &Epoch<E, V>| epoch.refused_unlanded || epoch.refused_unmoved && epoch.moves_etag;
        self.epoch.as_ref().is_some_and(unlanded) && self.key_is_remembered(now)
    }

    /// Whether the key of a write that has landed would be found now, before anything else is compared.
    pub(super) fn key_comes_first(&self, now: Now) -> bool {
        self.contract.key_comes_first(self.intent) && self.key_is_remembered(now)
    }

    /// Whether the epoch has a key that the server still knows `at` this moment, by every clock.
    pub(super) fn key_is_remembered(&self, at: Now) -> bool {
        let Some(epoch) = &self.epoch else { return false };
        if epoch.key.is_none() || !self.holds(Rule::KeyProvesInRetention) {
            return epoch.key.is_some();
        }
        let whole = |duration| i64::try_from(millis(duration)).unwrap_or(i64::MAX);
        let age = if self.holds(Rule::AgeIsTheLargest) {
            epoch.first_sent.until(at.moment, whole(self.contract.clock_skew))
        } else {
            let by_one = |moment: Moment| moment.awake.or(moment.wall);
            by_one(at.moment)
                .zip(by_one(epoch.first_sent))
                .map(|(now, then)| now - then)
        };
        age.is_some_and(|age| age < whole(self.contract.remembers(self.intent)))
    }

    pub(super) fn sends(&self) -> u32 {
        self.epoch.as_ref().map_or(0, |epoch| epoch.sends)
    }
}
