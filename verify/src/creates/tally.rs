//! What has happened in all seeds, and how it ended.

use std::collections::BTreeMap;
use std::fmt;

use akua_sim::{Effect, Entry, Leaves};

use super::evidence::{Evidence, What};
use crate::life::claim::{LaunchClaim, WaitClaim};
use crate::life::judge::Check;

/// Counts over seeds.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub seeds: u64,
    /// What has happened, and how often.
    pub happened: BTreeMap<&'static str, u64>,
    pub ends: BTreeMap<&'static str, u64>,
    pub waits: BTreeMap<&'static str, u64>,
    pub alarms: BTreeMap<Check, u64>,
}

/// The first five have to happen often, for a run to say anything.
const OCCASIONS: [&str; 7] = [
    "landed and lost",
    "not landed and lost",
    "replayed by its key",
    "name taken by another meanwhile",
    "operation failed with a remainder",
    "made twice because something on the way doubled it",
    "settled in another process",
];

impl Tally {
    /// Adds what a seed brought.
    pub fn count(&mut self, evidence: &Evidence) {
        self.seeds += 1;
        let copies_of = |seq: u64| move |entry: &&Entry| entry.seq == seq || entry.copy_of == Some(seq);
        let lost = evidence
            .attempts
            .iter()
            .filter(|attempt| attempt.what == What::Create && attempt.is_lost);
        for seq in lost.filter_map(|attempt| attempt.seq) {
            let mut copies = evidence.log.iter().filter(copies_of(seq));
            self.happened(usize::from(!copies.any(|entry| entry.effect.is_created())), 1);
        }
        let creates = || evidence.log.iter().filter(|entry| entry.create.is_some());
        let replays = creates().filter(|entry| matches!(entry.effect, Effect::Replayed { .. }));
        self.happened(2, replays.count() as u64);
        let unique = !evidence.scenario.server.names_unique.is_empty();
        let taken = creates().filter(|entry| unique && entry.status == Some(409) && entry.fault.is_none());
        self.happened(3, taken.count() as u64);
        let remains = matches!(
            evidence.scenario.server.operation_ends,
            akua_sim::Ends::Fail {
                leaves: Leaves::HalfDone,
                ..
            }
        );
        let failed = evidence
            .waits
            .iter()
            .filter(|wait| matches!(wait.claim, WaitClaim::Failed(_)));
        self.happened(4, failed.filter(|_| remains).count() as u64);
        let made: Vec<u64> = evidence
            .made()
            .map(|(entry, _)| entry.copy_of.unwrap_or(entry.seq))
            .collect();
        let doubled = made
            .iter()
            .any(|seq| made.iter().filter(|other| *other == seq).count() > 1);
        self.happened(5, u64::from(doubled));
        for call in &evidence.creates {
            self.happened(6, u64::from(call.settles));
            *self.ends.entry(call.claim.words()).or_default() += 1;
        }
        for wait in &evidence.waits {
            *self.waits.entry(wait.claim.words()).or_default() += 1;
        }
    }

    fn happened(&mut self, occasion: usize, times: u64) {
        *self.happened.entry(OCCASIONS[occasion]).or_default() += times;
    }

    /// What has to happen often, for a run to say anything.
    pub fn occasions(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let often = |what: &'static &'static str| (*what, self.happened.get(what).copied().unwrap_or(0));
        OCCASIONS.iter().take(5).map(often)
    }

    pub fn add(&mut self, other: &Self) {
        self.seeds += other.seeds;
        for (words, count) in [
            (&mut self.happened, &other.happened),
            (&mut self.ends, &other.ends),
            (&mut self.waits, &other.waits),
        ] {
            count
                .iter()
                .for_each(|(word, more)| *words.entry(word).or_default() += more);
        }
        other
            .alarms
            .iter()
            .for_each(|(check, more)| *self.alarms.entry(*check).or_default() += more);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>7} seeds", self.seeds)?;
        for (what, count) in &self.happened {
            writeln!(f, "{count:>7} {what}")?;
        }
        for words in LaunchClaim::WORDS {
            writeln!(f, "{:>7} creates: {words}", self.ends.get(words).copied().unwrap_or(0))?;
        }
        for (words, count) in &self.waits {
            writeln!(f, "{count:>7} waits: {words}")?;
        }
        let alarms: u64 = self.alarms.values().sum();
        write!(f, "{alarms:>7} alarms {:?}", self.alarms)
    }
}
