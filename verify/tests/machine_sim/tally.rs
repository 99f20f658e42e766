//! What was met in all cases together: counted, so that nothing is only hoped for.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use akua_verify::judge::Tally as Edits;

use crate::coverage::Coverage;
use crate::fixture::Fixture;
use crate::judge::evidence;

#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) cases: u64,
    pub(crate) coverage: Coverage,
    /// Of every story and everything that the simulator recorded, in order.
    pub(crate) hash: u64,
    edits: Edits,
    crashed: usize,
}

impl Tally {
    pub(crate) fn count(&mut self, fixture: &Fixture, edits: &Edits) {
        self.cases += 1;
        self.edits.add(edits);
        let mut hasher = DefaultHasher::new();
        self.hash.hash(&mut hasher);
        for arrival in fixture.transcript.epochs.iter().flat_map(|epoch| &epoch.arrivals) {
            (arrival.seq, arrival.at, format!("{:?}", arrival.effect)).hash(&mut hasher);
        }
        for run in &fixture.transcript.runs {
            let Some((at, ended)) = &run.ended else {
                self.crashed += 1;
                continue;
            };
            (at, &ended.words).hash(&mut hasher);
            self.coverage.count(&ended.trace, &run.belief);
        }
        self.hash = hasher.finish();
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.cases += other.cases;
        self.coverage.merge(other.coverage);
        // Batches end in no certain order.
        self.hash ^= other.hash;
        self.edits.add(&other.edits);
        self.crashed += other.crashed;
    }

    pub(crate) fn missing(&self) -> Vec<&'static str> {
        let crashed = (self.crashed == 0).then_some("crashed");
        self.edits.missing().into_iter().chain(crashed).collect()
    }
}

/// The setting of a case, and what its edits and its server tell.
pub(crate) fn stories(fixture: &mut Fixture) -> String {
    let evidence = evidence(fixture);
    let mut stories = format!("{:#?}\n", fixture.setting);
    for call in &evidence.calls {
        stories += &format!("{call}");
    }
    for entry in &evidence.log {
        stories += &format!(
            "#{} {} at {} ms: {:?}\n",
            entry.seq, entry.method, entry.at_ms, entry.effect
        );
    }
    stories
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} cases, traces {:016x}\n{}", self.cases, self.hash, self.edits)?;
        write!(f, "{:>7} crashed\n{}", self.crashed, self.coverage)
    }
}
