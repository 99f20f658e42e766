//! What judges edits: the record of what a client did and claimed, the judge that holds it against the simulator's record
//! of what really happened, and the rig that plays edits through the whole stack.
//!
//! Each rig is a test on top of this: generated runs of the machine on a virtual clock (`tests/machine_sim`), threads over
//! sockets (`tests/stack`), killed processes (`tests/kill`). The judge uses none of the checks and none of the conclusions
//! of the code that it judges.
#![forbid(unsafe_code)]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)]

pub mod chance;
pub mod evidence;
pub mod judge;
pub mod record;
pub mod stack;
