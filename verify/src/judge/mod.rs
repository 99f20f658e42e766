//! The judge: holds what clients claimed against the simulator's record of what really happened.
//!
//! It knows nothing of the protocol's machine. A write is recognised by the digest of its body, which nobody else's has.

mod avoidable;
pub mod case;
mod claims;
mod landings;
mod storing;
mod tally;

use std::fmt;

use akua_sim::Entry;

use self::case::cases;
pub use self::case::{Alarm, Check};
pub use self::tally::Tally;
use crate::evidence::Evidence;

/// All that is wrong, and the count of what happened.
pub fn judge(evidence: &Evidence) -> (Vec<Alarm>, Tally) {
    let mut alarms = Vec::new();
    let cases = cases(evidence, &mut alarms);
    let mut tally = Tally::default();
    for (index, case) in cases.iter().enumerate() {
        let mut found = Vec::new();
        landings::check(case, &mut found);
        claims::check(case, &mut found, &mut tally);
        tally.count(case);
        alarms.extend(found.into_iter().map(|(check, text)| Alarm {
            check,
            call: Some(index),
            text,
        }));
    }
    tally.seeds += 1;
    (alarms, tally)
}

/// All that is worth knowing about a finding.
pub struct Finding<'a>(pub &'a Alarm, pub &'a Evidence);

impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(alarm, evidence) = self;
        let setting = &evidence.setting;
        writeln!(f, "seed {}: {:?}: {}", setting.seed, alarm.check, alarm.text)?;
        writeln!(
            f,
            "{}\ncalm {}, hop replays {}, linearizable {}\nserver {:?}\nclaimed {:?}",
            setting.notes, setting.calm, setting.hop_replays, setting.linearizable, setting.server, setting.claimed
        )?;
        let Some(call) = alarm.call.map(|index| &evidence.calls[index]) else {
            return Ok(());
        };
        write!(f, "{call}")?;
        let last = call.reports.last().map_or(0, |report| report.upto) + 3;
        let shown = call.from.saturating_sub(2)..=last;
        let history = &evidence.histories[&(call.kind, call.id.clone())];
        for version in history.iter().filter(|version| shown.contains(&version.version)) {
            writeln!(f, "  {version:?}")?;
        }
        let is_own = |entry: &&Entry| {
            let write = evidence.write_of(entry);
            call.epochs().any(|sent| write == Some(&sent.digest))
                || call.attempts.iter().any(|attempt| attempt.seq == Some(entry.seq))
        };
        for entry in evidence.log.iter().filter(is_own) {
            writeln!(f, "  {entry:?}")?;
        }
        Ok(())
    }
}
