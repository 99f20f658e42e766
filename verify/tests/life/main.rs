//! Suspend, resume, delete, refresh, cancel and wait, through the real client and the simulator over sockets, with faults
//! and other actors: whatever was said is held against the simulator's record.
//!
//! `LIFE_SEEDS` sets how many seeds are played, `LIFE_SEED` plays one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)]

mod planted;

use std::panic::catch_unwind;
use std::sync::Mutex;
use std::time::Instant;

use akua_verify::life::judge::{Finding, judge};
use akua_verify::life::play::play;
use akua_verify::life::scenario::Scenario;
use akua_verify::life::tally::Tally;
use akua_verify::{number, several, show};

/// How many seeds are played at a time.
const AT_A_TIME: usize = 4;

#[test]
fn launches_and_waits_tell_the_truth() {
    let begun = Instant::now();
    let seeds = match number("LIFE_SEED") {
        Some(seed) => seed..=seed,
        None => 1..=number("LIFE_SEEDS").unwrap_or(200),
    };
    let alone = seeds.start() == seeds.end();
    let tally = Mutex::new(Tally::default());
    let findings = Mutex::new(Vec::new());
    several(AT_A_TIME, seeds.clone().count(), |turn| {
        if findings.lock().unwrap().len() > 5 {
            return;
        }
        let seed = seeds.start() + turn as u64;
        // A panic is a finding too, and names its seed.
        let Ok(evidence) = catch_unwind(|| play(Scenario::draw(seed))) else {
            let panicked = format!("seed {seed}: a panic, see above");
            return findings.lock().unwrap().push(panicked);
        };
        let alarms = judge(&evidence);
        let mut counted = Tally::default();
        counted.count(&evidence);
        for alarm in &alarms {
            *counted.alarms.entry(alarm.check).or_default() += 1;
        }
        tally.lock().unwrap().add(&counted);
        let found = alarms.iter().map(|alarm| Finding(alarm, &evidence).to_string());
        findings.lock().unwrap().extend(found);
    });
    let (tally, findings) = (tally.into_inner().unwrap(), findings.into_inner().unwrap());
    show(format_args!("{tally}\n{:>7.1} seconds", begun.elapsed().as_secs_f64()));
    assert!(
        findings.is_empty(),
        "{} findings\n\n{}",
        findings.len(),
        findings.join("\n\n")
    );
    if !alone {
        let least = if *seeds.end() < 2000 { seeds.end() / 40 } else { 100 };
        for (what, count) in tally.occasions() {
            assert!(count >= least, "only {count} {what}");
        }
    }
}
