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

use std::fmt;
use std::io::Write as _;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use akua_verify::judge::{Finding, Tally, judge};
use akua_verify::stack::run;
use akua_verify::stack::scenario::Scenario;

/// How many scenarios are played at a time: most of their time is waiting.
const AT_A_TIME: usize = 6;

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

/// Shown also where a test's output is not: it is the point of a run without findings.
fn show(text: fmt::Arguments<'_>) {
    // Nothing is lost if nobody reads it.
    let _ = writeln!(std::io::stderr(), "\n{text}");
}

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
    let next = AtomicU64::new(*seeds.start());
    let tally = Mutex::new(Tally::default());
    let findings = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed > *seeds.end() || findings.lock().unwrap().len() > 5 {
                        break;
                    }
                    // A panic is a finding too, and names its seed.
                    let played = catch_unwind(|| run::run(Scenario::draw(seed)));
                    let Ok(evidence) = played else {
                        findings
                            .lock()
                            .unwrap()
                            .push(format!("seed {seed}: a panic, see above"));
                        break;
                    };
                    let (alarms, counted) = judge(&evidence);
                    tally.lock().unwrap().add(&counted);
                    let found = alarms.iter().map(|alarm| Finding(alarm, &evidence).to_string());
                    findings.lock().unwrap().extend(found);
                }
            });
        }
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
