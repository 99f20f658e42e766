//! What happened, counted: so that a run in which nothing went wrong shows that a lot could have.

use std::collections::BTreeMap;
use std::fmt;

use akua_sim::{Author, Effect, Version};

use super::avoidable::Excuse;
use super::case::{Case, as_kept, is_write_only, value};
use crate::record::{Attempt, Claim, Heard, How, Sent};

#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub seeds: u64,
    pub requests: u64,
    claims: BTreeMap<String, u64>,
    excuses: BTreeMap<Excuse, u64>,
    pub landed_and_lost: u64,
    pub lost_not_landed: u64,
    pub rebased: u64,
    pub overwritten: u64,
    pub landed_late: u64,
    /// Answered in full and without a fault, but too late for the client.
    pub heard_late: u64,
    liberties: BTreeMap<&'static str, u64>,
}

impl Tally {
    pub(super) fn excuse(&mut self, excuse: Excuse) {
        *self.excuses.entry(excuse).or_default() += 1;
    }

    pub(super) fn count(&mut self, case: &Case<'_>) {
        let call = case.call;
        self.count_liberties(case);
        self.requests += call.attempts.len() as u64;
        for report in &call.reports {
            let by = if report.how == How::Edit { "" } else { "settled: " };
            *self.claims.entry(format!("{by}{}", report.claim.words())).or_default() += 1;
        }
        // A landing is lost if the client never got the whole 200 to it.
        let told = |seq: u64| {
            call.writes()
                .any(|(attempt, sent)| attempt.seq == Some(seq) && case.acknowledges(sent, &attempt.heard))
        };
        let lost: Vec<_> = case
            .landings
            .iter()
            .filter(|landing| !told(landing.entry.seq))
            .collect();
        self.landed_and_lost += lost.len() as u64;
        let unanswered = call.writes().filter(|(attempt, _)| match &attempt.heard {
            Heard::NotSent => false,
            Heard::Nothing => true,
            Heard::Answer { status, shown, .. } => shown.is_none() && !(400..500).contains(status),
        });
        self.lost_not_landed += (unanswered.count() as u64).saturating_sub(lost.len() as u64);
        let first = call.writes().next().map(|(_, sent)| &sent.if_match);
        let moved = |landing: &super::case::Landing<'_>| landing.entry.if_match.as_ref() != first;
        self.rebased += u64::from(case.landings.iter().any(moved));
        let heard = |seq: u64| call.attempts.iter().any(|attempt| attempt.seq == Some(seq));
        let late = case
            .entries
            .iter()
            .filter(|entry| entry.fault.is_none() && !heard(entry.seq));
        self.heard_late += late.count() as u64;
        let Some(report) = call.reports.first() else { return };
        for landing in lost {
            self.landed_late += u64::from(landing.version.version > report.upto);
            let overwritten = case.history.iter().any(|later| {
                let between = landing.version.version < later.version && later.version <= report.upto;
                let changed = |field: &String| value(later, field) != value(landing.version, field);
                between && landing.sent.values.keys().any(changed)
            });
            self.overwritten += u64::from(overwritten);
        }
    }

    /// What the server made of writes, or said, other than one would think.
    fn count_liberties(&mut self, case: &Case<'_>) {
        let mut met = |what: &'static str, times: usize| *self.liberties.entry(what).or_default() += times as u64;
        for entry in &case.entries {
            let fault = case.fault_of(entry);
            let late = fault.is_some_and(|fault| fault.stale_by.is_some()) && entry.status == Some(200);
            let names = fault.is_some_and(|fault| fault.answer.set.contains_key("/errors/0/metadata"));
            met(
                "answered with an older version, though it landed",
                usize::from(late && entry.effect.is_applied()),
            );
            met(
                "refused for another reason, naming another etag or none",
                usize::from(names),
            );
            match entry.effect {
                Effect::Ignored {} => met("answered 200, nothing taken, etag kept", 1),
                Effect::Touched { .. } => met("answered 200, nothing taken, etag moved", 1),
                _ => {}
            }
        }
        for landing in &case.landings {
            let other =
                |(field, wanted): (&String, &String)| value(landing.version, field) != Some(as_kept(field, wanted));
            let some = landing.sent.values.iter().any(other);
            let fault = case.fault_of(landing.entry).and_then(|fault| fault.stores);
            met("landed, some of it taken", usize::from(some && fault.is_some()));
            met("landed, stored otherwise", usize::from(some && fault.is_none()));
        }
        let by_another = |version: &&Version| {
            let same = |(_, sent): (&Attempt, &Sent)| {
                let readable = sent.values.iter().filter(|(field, _)| !is_write_only(field));
                readable.clone().count() > 0
                    && readable
                        .clone()
                        .all(|(field, wanted)| value(version, field).as_ref() == Some(wanted))
            };
            version.author == Author::Foreign {} && version.version > case.call.from && case.call.writes().any(same)
        };
        met(
            "written by somebody else as wanted",
            case.history.iter().filter(by_another).count(),
        );
        let stale_after_refusal = case.call.attempts.windows(2).filter(|pair| {
            let refused = matches!(&pair[0].heard, Heard::Answer { status: 409, .. }) && pair[0].write.is_some();
            let read = pair[1]
                .seq
                .filter(|_| pair[1].write.is_none())
                .and_then(|seq| case.entry(seq));
            let fault = read.and_then(|entry| case.fault_of(entry));
            refused && fault.is_some_and(|fault| fault.stale_by.is_some())
        });
        met("stale reads right after a refusal", stale_after_refusal.count());
    }

    /// What was never met: an end of an edit, or something behind one.
    pub fn missing(&self) -> Vec<&'static str> {
        let ends = Claim::WORDS
            .into_iter()
            .map(|words| (words, self.claims.get(words).copied().unwrap_or(0)));
        let behind = [
            (
                "settled",
                self.claims.keys().filter(|claim| claim.starts_with("settled")).count() as u64,
            ),
            ("landed and lost", self.landed_and_lost),
            ("lost and not landed", self.lost_not_landed),
            ("rebased", self.rebased),
            ("landed, lost and then overwritten", self.overwritten),
            ("landed after the report", self.landed_late),
        ];
        let never = |(what, times): (&'static str, u64)| (times == 0).then_some(what);
        ends.chain(behind).filter_map(never).collect()
    }

    pub fn add(&mut self, other: &Self) {
        self.seeds += other.seeds;
        self.requests += other.requests;
        for (claim, count) in &other.claims {
            *self.claims.entry(claim.clone()).or_default() += count;
        }
        for (excuse, count) in &other.excuses {
            *self.excuses.entry(*excuse).or_default() += count;
        }
        for (what, count) in &other.liberties {
            *self.liberties.entry(what).or_default() += count;
        }
        self.landed_and_lost += other.landed_and_lost;
        self.lost_not_landed += other.lost_not_landed;
        self.rebased += other.rebased;
        self.overwritten += other.overwritten;
        self.landed_late += other.landed_late;
        self.heard_late += other.heard_late;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>7} seeds", self.seeds)?;
        writeln!(f, "{:>7} requests of edits", self.requests)?;
        for (claim, count) in &self.claims {
            writeln!(f, "{count:>7} {claim}")?;
        }
        for (excuse, count) in &self.excuses {
            writeln!(f, "{count:>7} could not be known: {excuse:?}")?;
        }
        for (what, count) in &self.liberties {
            writeln!(f, "{count:>7} {what}")?;
        }
        writeln!(f, "{:>7} landed and lost", self.landed_and_lost)?;
        writeln!(f, "{:>7} lost and not landed", self.lost_not_landed)?;
        writeln!(f, "{:>7} rebased", self.rebased)?;
        writeln!(f, "{:>7} landed, lost and then overwritten", self.overwritten)?;
        writeln!(f, "{:>7} landed after the report", self.landed_late)?;
        write!(f, "{:>7} answered too late, without a fault", self.heard_late)
    }
}
