//! What has happened in all seeds, and how it ended.

use std::collections::BTreeMap;
use std::fmt;

use akua_sim::{Author, Effect, Launch};

use super::alarm::Check;
use super::claim::{LaunchClaim, WaitClaim};
use super::evidence::{Evidence, Heard, What};
use super::judge_waits::cancelled_elsewhere;

/// Counts over seeds.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub seeds: u64,
    pub requests: u64,
    pub action_landed_and_lost: u64,
    pub not_landed_and_lost: u64,
    pub delete_landed_and_lost: u64,
    pub delete_after_anothers: u64,
    pub operation_failed: u64,
    pub cancelled_elsewhere: u64,
    pub still_running: u64,
    pub lost_track: u64,
    /// Launches that something on the way has had accepted twice: not the client's doing.
    pub doubled_on_the_way: u64,
    pub settled: u64,
    pub launches: BTreeMap<&'static str, u64>,
    pub waits: BTreeMap<&'static str, u64>,
    pub alarms: BTreeMap<Check, u64>,
}

impl Tally {
    /// Adds what a seed brought.
    pub fn count(&mut self, evidence: &Evidence) {
        self.seeds += 1;
        self.requests += evidence.attempts.len() as u64;
        for attempt in &evidence.attempts {
            self.lost(
                evidence,
                attempt.what,
                attempt.seq.filter(|_| attempt.heard == Heard::Lost),
            );
        }
        self.delete_after_anothers += u64::from(after_anothers(evidence));
        self.doubled_on_the_way += u64::from(doubled(evidence));
        for call in &evidence.launches {
            self.settled += u64::from(call.settles);
            *self.launches.entry(call.claim.words()).or_default() += 1;
        }
        for wait in &evidence.waits {
            self.operation_failed += u64::from(matches!(wait.claim, WaitClaim::Failed(_)));
            self.cancelled_elsewhere += u64::from(cancelled_elsewhere(wait));
            self.still_running += u64::from(matches!(wait.claim, WaitClaim::StillRunning { .. }));
            self.lost_track += u64::from(matches!(wait.claim, WaitClaim::LostTrack { .. }));
            *self.waits.entry(wait.claim.words()).or_default() += 1;
        }
    }

    /// A launch of which nobody heard what became of it.
    fn lost(&mut self, evidence: &Evidence, what: What, seq: Option<u64>) {
        let (What::Launch(launch), Some(seq)) = (what, seq) else {
            return;
        };
        let copies = evidence
            .log
            .iter()
            .filter(|entry| entry.seq == seq || entry.copy_of == Some(seq));
        let landed = copies
            .filter(|entry| matches!(entry.effect, Effect::Accepted(_)))
            .count();
        let counted = match (landed, launch) {
            (0, _) => &mut self.not_landed_and_lost,
            (_, Launch::DeleteCluster | Launch::DeleteWorkspace) => &mut self.delete_landed_and_lost,
            _ => &mut self.action_landed_and_lost,
        };
        *counted += 1;
    }

    pub fn add(&mut self, other: &Self) {
        let numbers = [
            (&mut self.seeds, other.seeds),
            (&mut self.requests, other.requests),
            (&mut self.action_landed_and_lost, other.action_landed_and_lost),
            (&mut self.not_landed_and_lost, other.not_landed_and_lost),
            (&mut self.delete_landed_and_lost, other.delete_landed_and_lost),
            (&mut self.delete_after_anothers, other.delete_after_anothers),
            (&mut self.operation_failed, other.operation_failed),
            (&mut self.cancelled_elsewhere, other.cancelled_elsewhere),
            (&mut self.still_running, other.still_running),
            (&mut self.lost_track, other.lost_track),
            (&mut self.doubled_on_the_way, other.doubled_on_the_way),
            (&mut self.settled, other.settled),
        ];
        numbers.into_iter().for_each(|(number, more)| *number += more);
        for (words, count) in [(&mut self.launches, &other.launches), (&mut self.waits, &other.waits)] {
            count
                .iter()
                .for_each(|(word, more)| *words.entry(word).or_default() += more);
        }
        other
            .alarms
            .iter()
            .for_each(|(check, more)| *self.alarms.entry(*check).or_default() += more);
    }

    /// What has to happen often, for a run to say anything.
    #[must_use]
    pub fn occasions(&self) -> [(&'static str, u64); 8] {
        [
            ("action landed and lost", self.action_landed_and_lost),
            ("not landed and lost", self.not_landed_and_lost),
            ("delete landed and lost", self.delete_landed_and_lost),
            ("delete after another's delete", self.delete_after_anothers),
            ("operation failed", self.operation_failed),
            ("cancelled from elsewhere", self.cancelled_elsewhere),
            ("still running", self.still_running),
            ("lost track", self.lost_track),
        ]
    }
}

/// A delete of ours that came when somebody else had deleted it, or was about to.
fn after_anothers(evidence: &Evidence) -> bool {
    let launch = evidence.scenario.launch();
    let is_delete = matches!(launch, Launch::DeleteCluster | Launch::DeleteWorkspace);
    let sent = evidence
        .attempts
        .iter()
        .filter(|attempt| attempt.what == What::Launch(launch));
    let Some(last) = sent.filter_map(|attempt| attempt.seq.map(|_| attempt.versions.0)).max() else {
        return false;
    };
    let before = evidence.between(1, last);
    let theirs = |version: &akua_sim::Version| version.author == Author::Foreign {} && version.deleted;
    let began = evidence.operations.values().filter_map(|versions| versions.first());
    let deletes = began.filter(|first| {
        let kind = first
            .fields
            .get("metadata")
            .and_then(|metadata| metadata["type"].as_str());
        first.author == Author::Foreign {} && kind.is_some_and(|kind| kind.ends_with(".delete"))
    });
    let when_sent = evidence
        .log
        .iter()
        .rfind(|entry| entry.launch == Some(launch))
        .map(|entry| entry.at_ms);
    let deleting = deletes
        .filter(|first| when_sent.is_some_and(|at| first.at_ms <= at))
        .count()
        > 0;
    is_delete && (before.iter().any(theirs) || deleting)
}

/// Whether one request was accepted twice because something on the way had doubled it.
fn doubled(evidence: &Evidence) -> bool {
    let (_, id) = evidence.scenario.target();
    let accepted = evidence.accepted(evidence.scenario.launch(), id);
    let mut of: Vec<u64> = accepted.map(|(entry, _)| entry.copy_of.unwrap_or(entry.seq)).collect();
    let all = of.len();
    of.dedup();
    of.len() < all
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>7} seeds, {} requests", self.seeds, self.requests)?;
        for (what, count) in self.occasions() {
            writeln!(f, "{count:>7} {what}")?;
        }
        writeln!(
            f,
            "{:>7} accepted twice because something on the way doubled it",
            self.doubled_on_the_way
        )?;
        writeln!(f, "{:>7} settled in another process", self.settled)?;
        for words in LaunchClaim::WORDS {
            writeln!(
                f,
                "{:>7} launches: {words}",
                self.launches.get(words).copied().unwrap_or(0)
            )?;
        }
        for (words, count) in &self.waits {
            writeln!(f, "{count:>7} waits: {words}")?;
        }
        let alarms: u64 = self.alarms.values().sum();
        write!(f, "{alarms:>7} alarms {:?}", self.alarms)
    }
}
