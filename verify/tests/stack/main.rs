//! Edits through the whole stack: threads of clients over real sockets against the simulator, which fails as a seed
//! has it, while others write. What the clients claim is judged by the simulator's record of what really happened.
//!
//! `STACK_SEEDS` seeds are played, 200 by default; `STACK_SEED` plays one alone. A seed draws the same scenario every
//! time; how its threads meet is up to the machine.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)]

mod increments;
mod planted;

use std::panic::catch_unwind;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use akua_verify::judge::{Finding, Tally, judge};
use akua_verify::stack::run;
use akua_verify::stack::scenario::Scenario;
use akua_verify::{number, several, show};

/// How many scenarios are played at a time: most of their time is waiting.
const AT_A_TIME: usize = 6;

/// These tests take turns: they are about time, and the machine may be small.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn edits_tell_the_truth() {
    let _turn = turn();
    let begun = Instant::now();
    let seeds = match number("STACK_SEED") {
        Some(seed) => seed..=seed,
        None => 1..=number("STACK_SEEDS").unwrap_or(200),
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
        let played = catch_unwind(|| run::run(Scenario::draw(seed)));
        let Ok(evidence) = played else {
            return findings
                .lock()
                .unwrap()
                .push(format!("seed {seed}: a panic, see above"));
        };
        let (alarms, counted) = judge(&evidence);
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
        for (what, count) in [
            ("landed and lost", tally.landed_and_lost),
            ("lost and not landed", tally.lost_not_landed),
            ("rebased", tally.rebased),
            ("landed and then overwritten", tally.overwritten),
        ] {
            assert!(count >= 200.min(*seeds.end()), "only {count} {what}");
        }
    }
}
