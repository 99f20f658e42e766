//! What happened, counted: so that a run in which nothing went wrong shows that a lot could have.

use std::collections::BTreeMap;
use std::fmt;

use super::avoidable::Excuse;
use super::{Case, value};
use crate::record::{Claim, Heard, How};

#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) seeds: u64,
    pub(crate) requests: u64,
    claims: BTreeMap<String, u64>,
    excuses: BTreeMap<Excuse, u64>,
    pub(crate) landed_and_lost: u64,
    pub(crate) lost_not_landed: u64,
    pub(crate) rebased: u64,
    pub(crate) overwritten: u64,
    pub(crate) landed_late: u64,
    /// Answered in full and without a fault, but too late for the client.
    pub(crate) heard_late: u64,
}

impl Tally {
    pub(super) fn excuse(&mut self, excuse: Excuse) {
        *self.excuses.entry(excuse).or_default() += 1;
    }

    pub(super) fn count(&mut self, case: &Case<'_>) {
        let call = case.call;
        self.requests += call.attempts.len() as u64;
        for report in &call.reports {
            let by = if report.how == How::Edit { "" } else { "settled: " };
            let claim = match &report.claim {
                Claim::Acknowledged { .. } => "acknowledged",
                Claim::Observed => "observed",
                Claim::Unchanged => "unchanged",
                Claim::Conflict => "conflict",
                Claim::Rejected => "rejected",
                Claim::NotSent => "not sent",
                Claim::Indeterminate { may_still_land: true } => "indeterminate, may still land",
                Claim::Indeterminate { may_still_land: false } => "indeterminate, can't land",
            };
            *self.claims.entry(format!("{by}{claim}")).or_default() += 1;
        }
        // A landing is lost if the client never got the whole 200 to it.
        let told = |seq: u64| {
            let shown = |heard: &Heard| matches!(heard, Heard::Answer { shown: Some(_), .. });
            call.attempts
                .iter()
                .any(|attempt| attempt.seq == Some(seq) && shown(&attempt.heard))
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
        let moved = |landing: &super::Landing<'_>| landing.entry.if_match.as_ref() != first;
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

    pub(crate) fn add(&mut self, other: &Self) {
        self.seeds += other.seeds;
        self.requests += other.requests;
        for (claim, count) in &other.claims {
            *self.claims.entry(claim.clone()).or_default() += count;
        }
        for (excuse, count) in &other.excuses {
            *self.excuses.entry(*excuse).or_default() += count;
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
        writeln!(f, "{:>7} landed and lost", self.landed_and_lost)?;
        writeln!(f, "{:>7} lost and not landed", self.lost_not_landed)?;
        writeln!(f, "{:>7} rebased", self.rebased)?;
        writeln!(f, "{:>7} landed, lost and then overwritten", self.overwritten)?;
        writeln!(f, "{:>7} landed after the report", self.landed_late)?;
        write!(f, "{:>7} answered too late, without a fault", self.heard_late)
    }
}
