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

mod create_truth;
mod creates;
mod elsewhere;
mod friday;
mod killed;
mod killed_creates;
mod killed_launches;
mod launch_truth;
mod launches;
mod limits;
mod plans;
mod planted;
mod previews;
mod record;
mod recovery;
mod rig;
mod scene;
mod trouble;
mod truth;
