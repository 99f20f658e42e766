//! Creates through the whole stack, judged by the simulator's record.
//!
//! A seed draws a server, a client that is told the truth about it or less, and what goes wrong on the way, while others make
//! clusters of the same name, rename and delete them. The client makes one cluster, settles what it was left unsure of in another
//! process, and waits for what was accepted. The judge uses none of the conclusions of the code that it judges.

mod by_hand;
mod ear;
pub mod evidence;
pub mod judge;
pub mod play;
mod rig;
pub mod scenario;
pub mod tally;
mod trouble;
