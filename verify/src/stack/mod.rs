//! Edits through the whole stack: threads of clients over real sockets against the simulator, which fails as a seed has
//! it, while others write.

mod draw;
pub mod edits;
mod fault_plan;
pub mod run;
pub mod scenario;
mod scripted;
pub mod wire;
mod worker;
