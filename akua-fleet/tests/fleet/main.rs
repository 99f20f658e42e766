//! Fleets through the whole stack, judged by the simulator's record with the judge of single edits: what the ledger
//! says of each item is what happened to it, whatever fails, whoever else writes, and wherever the process is killed.
//!
//! `FLEET_ITEMS` clusters are changed, 1,000 unless set, and `FLEET_KILLS` processes killed, 20 unless set. An outage leaves
//! `FLEET_OPEN` writes open, 300 unless set.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)]

mod book;
mod elsewhere;
mod folder;
mod friday;
mod killed;
mod limits;
mod plans;
mod planted;
mod previews;
mod recovery;
mod stage;
mod trouble;
mod truth;

use std::fmt;
use std::io::Write as _;

fn number(variable: &str, default: u64) -> u64 {
    let text = std::env::var(variable);
    text.map_or(default, |text| {
        text.parse().unwrap_or_else(|_| panic!("{variable} is a number"))
    })
}

/// Shown also where a test's output is not: it is the point of a run without findings.
fn show(text: fmt::Arguments<'_>) {
    // Nothing is lost if nobody reads it.
    let _ = writeln!(std::io::stderr(), "\n{text}");
}
