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

use std::sync::{Mutex, MutexGuard, PoisonError};

use akua_verify::judge::{Finding, Tally, judge};
use akua_verify::judge_seeds;
use akua_verify::stack::run;
use akua_verify::stack::scenario::Scenario;

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
    let play = |seed| {
        let evidence = run::run(Scenario::draw(seed));
        let (alarms, counted) = judge(&evidence);
        let found = alarms.iter().map(|alarm| Finding(alarm, &evidence).to_string());
        (counted, found.collect())
    };
    let (tally, last) = judge_seeds("STACK", AT_A_TIME, play, Tally::add);
    if let Some(last) = last {
        for (what, count) in [
            ("landed and lost", tally.landed_and_lost),
            ("lost and not landed", tally.lost_not_landed),
            ("rebased", tally.rebased),
            ("landed and then overwritten", tally.overwritten),
        ] {
            assert!(count >= 200.min(last), "only {count} {what}");
        }
    }
}
