//! What was met in all cases together: counted, so that nothing is only hoped for.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use akua_model::edit::{Proof, Why};

use crate::coverage::Coverage;
use crate::fixture::Fixture;
use crate::running::{Ended, Ending};

/// What must have been met: kinds of ends, and what happened behind them.
const NAMES: [&str; 20] = [
    "edits",
    "crashed edits",
    "resumed edits",
    "requests",
    "applied, acknowledged",
    "applied, adjusted",
    "applied, not all of it taken",
    "applied, observed",
    "unchanged",
    "not applied, conflict",
    "not applied, ignored",
    "not applied, rejected",
    "not applied, not sent",
    "indeterminate, may still land",
    "indeterminate, can't land any more",
    "rebased",
    "landed and answer lost",
    "lost and not landed",
    "landed and then overwritten",
    "landed after the end",
];

#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) cases: u64,
    pub(crate) coverage: Coverage,
    /// Of every story and everything that the simulator recorded, in order.
    pub(crate) hash: u64,
    met: BTreeMap<&'static str, u64>,
}

impl Tally {
    pub(crate) fn count(&mut self, fixture: &Fixture) {
        self.cases += 1;
        let mut hasher = DefaultHasher::new();
        self.hash.hash(&mut hasher);
        let transcript = &fixture.transcript;
        let mut met = |name: &'static str, times: usize| *self.met.entry(name).or_default() += times as u64;
        for epoch in &transcript.epochs {
            let landed = epoch.arrivals.iter().find(|arrival| arrival.landed());
            for arrival in &epoch.arrivals {
                (arrival.seq, arrival.at, format!("{:?}", arrival.effect)).hash(&mut hasher);
            }
            let run = &transcript.runs[epoch.run];
            match landed {
                Some(_) if run.in_doubt => met("landed and answer lost", 1),
                None if run.in_doubt => met("lost and not landed", 1),
                _ => {}
            }
            let ended = run.ended.as_ref().map(|(at, _)| *at);
            if landed.zip(ended).is_some_and(|(landed, ended)| landed.at > ended) {
                met("landed after the end", 1);
            }
        }
        for run in &transcript.runs {
            met("edits", 1);
            met("resumed edits", usize::from(run.resumed.is_some()));
            met("requests", run.requests);
            let Some((at, ended)) = &run.ended else {
                met("crashed edits", 1);
                continue;
            };
            (at, &ended.words).hash(&mut hasher);
            self.coverage.count(&ended.trace, &run.belief);
            met(end_of(ended), 1);
            let steps = ended.trace.steps();
            met("rebased", steps.iter().filter(|step| step.why == Why::Rebase).count());
            let indeterminate = matches!(ended.ending, Ending::Indeterminate { .. });
            let mut arrivals = run.epochs.iter().flat_map(|epoch| &transcript.epochs[*epoch].arrivals);
            met(
                "landed and then overwritten",
                usize::from(indeterminate && arrivals.any(|arrival| arrival.landed() && arrival.at <= *at)),
            );
        }
        self.hash = hasher.finish();
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.cases += other.cases;
        self.coverage.merge(other.coverage);
        // Batches end in no certain order.
        self.hash ^= other.hash;
        for (name, times) in other.met {
            *self.met.entry(name).or_default() += times;
        }
    }

    pub(crate) fn missing(&self) -> Vec<&'static str> {
        NAMES
            .into_iter()
            .filter(|name| self.met.get(name).copied().unwrap_or(0) == 0)
            .collect()
    }
}

fn end_of(ended: &Ended) -> &'static str {
    match &ended.ending {
        Ending::Applied { not_taken, .. } if !not_taken.is_empty() => "applied, not all of it taken",
        Ending::Applied { adjusted, .. } if !adjusted.is_empty() => "applied, adjusted",
        Ending::Applied {
            proof: Proof::Acknowledged,
            ..
        } => "applied, acknowledged",
        Ending::Applied {
            proof: Proof::Observed, ..
        } => "applied, observed",
        Ending::Unchanged(_) => "unchanged",
        Ending::Conflict { .. } => "not applied, conflict",
        Ending::Rejected { .. } => "not applied, rejected",
        Ending::Ignored { .. } => "not applied, ignored",
        Ending::NotSent(_) => "not applied, not sent",
        Ending::Indeterminate {
            may_still_land: true, ..
        } => "indeterminate, may still land",
        Ending::Indeterminate {
            may_still_land: false, ..
        } => "indeterminate, can't land any more",
    }
}

/// The setting of a case, and what its edits and its server tell.
pub(crate) fn stories(fixture: &Fixture) -> String {
    let mut stories = format!("{:#?}\n", fixture.setting);
    for (number, run) in fixture.transcript.runs.iter().enumerate() {
        let place = &fixture.places[run.place];
        stories.push_str(&format!(
            "edit {number} of {} from {} ms, {:?}\n",
            place.id, run.started, run.wanted
        ));
        match &run.ended {
            Some((at, ended)) => stories.push_str(&format!("until {at} ms: {}\n", ended.words)),
            None => stories.push_str("crashed\n"),
        }
        for epoch in &run.epochs {
            let epoch = &fixture.transcript.epochs[*epoch];
            stories.push_str(&format!(
                "  if-match {:?}: {:?}\n",
                epoch.request.header("if-match"),
                epoch.arrivals
            ));
        }
    }
    stories
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} cases, traces {:016x}", self.cases, self.hash)?;
        for name in NAMES {
            writeln!(f, "{:>10} {name}", self.met.get(name).copied().unwrap_or(0))?;
        }
        write!(f, "{}", self.coverage)
    }
}
