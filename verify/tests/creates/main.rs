//! Creates and waits for them, through the real client and the simulator over sockets, with faults and others who make clusters
//! of the same name: whatever was said is held against the simulator's record.
//!
//! `CREATES_SEEDS` sets how many seeds are played, `CREATES_SEED` plays one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)]

mod planted;

use akua_verify::creates::judge::{Finding, judge};
use akua_verify::creates::play::play;
use akua_verify::creates::scenario::Scenario;
use akua_verify::creates::tally::Tally;
use akua_verify::judge_seeds;

/// How many seeds are played at a time.
const AT_A_TIME: usize = 4;

#[test]
fn creates_tell_the_truth() {
    let play = |seed| {
        let evidence = play(Scenario::draw(seed));
        let alarms = judge(&evidence);
        let mut counted = Tally::default();
        counted.count(&evidence);
        for alarm in &alarms {
            *counted.alarms.entry(alarm.check).or_default() += 1;
        }
        let found = alarms.iter().map(|alarm| Finding(alarm, &evidence).to_string());
        (counted, found.collect())
    };
    let (tally, last) = judge_seeds("CREATES", AT_A_TIME, play, Tally::add);
    if let Some(last) = last {
        let least = if last < 2000 { last / 40 } else { 100 };
        for (what, count) in tally.occasions() {
            assert!(count >= least, "only {count} {what}");
        }
    }
}
