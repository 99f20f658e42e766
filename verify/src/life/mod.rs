//! Launches and waits through the whole stack, judged by the simulator's record.
//!
//! A seed draws a server, a client that is told the truth about it or less, one launch and what goes wrong on the way. The
//! client suspends, resumes, deletes, refreshes or cancels, settles what it was left unsure of, and waits for what was
//! accepted. The judge then holds every word of it against what the simulator has recorded. It uses none of the conclusions
//! of the code that it judges.

mod alarm;
mod by_hand;
pub mod claim;
pub(crate) mod ear;
pub mod evidence;
pub mod judge;
mod judge_waits;
pub mod kinds;
mod mistake;
pub mod play;
pub(crate) mod rig;
pub mod scenario;
pub mod tally;
pub(crate) mod trouble;

pub use mistake::Mistake;
