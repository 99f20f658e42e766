//! What judges edits and launches: the record of what a client did and claimed, the judge that holds it against the
//! simulator's record of what really happened, and the rigs that play them through the whole stack.
//!
//! Each rig is a test on top of this: generated runs of the machine on a virtual clock (`tests/machine_sim`), threads over
//! sockets (`tests/stack`), killed processes (`tests/kill`), launches and waits (`tests/life`), creates (`tests/creates`) and processes that are killed
//! in the middle of them (`tests/life_kill`, `tests/create_kill`). The judges use none of the checks and none of the conclusions of the code that
//! they judge.
#![forbid(unsafe_code)]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)]

use std::fmt;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

pub mod chance;
#[cfg(unix)]
pub mod child;
pub mod creates;
mod ear;
pub mod evidence;
pub mod judge;
pub mod life;
pub mod record;
pub mod stack;

/// The number in a variable of the environment, if that is set.
pub fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

/// Shown also where a test's output is not: it is the point of a run without findings.
pub fn show(text: fmt::Arguments<'_>) {
    // Nothing is lost if nobody reads it.
    let _ = writeln!(std::io::stderr(), "\n{text}");
}

/// Does `work` with 0 up to `count`, so many at a time.
pub fn several(at_a_time: usize, count: usize, work: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    let (work, next) = (&work, &next);
    std::thread::scope(|scope| {
        for _ in 0..at_a_time {
            let turns = std::iter::repeat_with(move || next.fetch_add(1, Ordering::Relaxed));
            scope.spawn(move || turns.take_while(|turn| *turn < count).for_each(work));
        }
    });
}

/// Plays seeds and judges each: `play` gives what it counts and what it finds. The variable `{name}_SEED` plays one alone,
/// `{name}_SEEDS` sets how many, 200 unless set. Shows the sum, and fails if anything was found; else gives the sum and the
/// last seed, of those that were not played alone.
///
/// # Panics
///
/// If anything was found. A panic of `play` is a finding too, and names its seed.
pub fn judge_seeds<T: Default + Send + std::fmt::Display>(
    name: &str,
    at_a_time: usize,
    play: impl Fn(u64) -> (T, Vec<String>) + Sync,
    add: impl Fn(&mut T, &T) + Sync,
) -> (T, Option<u64>) {
    let begun = std::time::Instant::now();
    let seeds = match number(&format!("{name}_SEED")) {
        Some(seed) => seed..=seed,
        None => 1..=number(&format!("{name}_SEEDS")).unwrap_or(200),
    };
    let sum = Mutex::new((T::default(), Vec::new()));
    let lock = || sum.lock().unwrap_or_else(PoisonError::into_inner);
    several(at_a_time, seeds.clone().count(), |turn| {
        if lock().1.len() > 5 {
            return;
        }
        let seed = seeds.start() + turn as u64;
        match catch_unwind(AssertUnwindSafe(|| play(seed))) {
            Ok((counted, found)) => {
                let mut sum = lock();
                add(&mut sum.0, &counted);
                sum.1.extend(found);
            }
            Err(_) => lock().1.push(format!("seed {seed}: a panic, see above")),
        }
    });
    let (sum, findings) = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    show(format_args!("{sum}\n{:>7.1} seconds", begun.elapsed().as_secs_f64()));
    assert!(
        findings.is_empty(),
        "{} findings\n\n{}",
        findings.len(),
        findings.join("\n\n")
    );
    let last = (seeds.start() != seeds.end()).then_some(*seeds.end());
    (sum, last)
}
