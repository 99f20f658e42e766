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

use akua_sim::Kind;

pub use self::case::{Alarm, Check};
use self::case::{cases, value};
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
        let (kind, id): (Kind, &str) = (call.kind, &call.id);
        let last = call.reports.last().map_or(0, |report| report.upto) + 3;
        for version in &evidence.histories[&(kind, id.to_owned())] {
            if (call.from.saturating_sub(2)..=last).contains(&version.version) {
                writeln!(
                    f,
                    "  version {} etag {} at {} ms by {:?}{}: name {:?} slug {:?} provider {:?} state {:?} region {:?} kubeconfig {:?}",
                    version.version,
                    version.etag,
                    version.at_ms,
                    version.author,
                    if version.deleted { " (deleted)" } else { "" },
                    value(version, "name"),
                    value(version, "slug"),
                    value(version, "provider"),
                    value(version, "state"),
                    version.region_id,
                    version.kubeconfig.as_ref().map(|print| &print.sha256[..8]),
                )?;
            }
        }
        for entry in &evidence.log {
            let own = call
                .writes()
                .any(|(_, sent)| entry.body_sha256.as_deref() == Some(&sent.digest));
            if own || call.attempts.iter().any(|attempt| attempt.seq == Some(entry.seq)) {
                writeln!(
                    f,
                    "  #{} {} {}..{:?} ms {:?} if-match {:?} key {:?} fault {:?} -> {:?} {:?}, {:?}",
                    entry.seq,
                    entry.method,
                    entry.at_ms,
                    entry.done_ms,
                    entry.progress,
                    entry.if_match,
                    entry.idempotency_key,
                    entry.fault,
                    entry.status,
                    entry.delivery,
                    entry.effect
                )?;
            }
        }
        Ok(())
    }
}
