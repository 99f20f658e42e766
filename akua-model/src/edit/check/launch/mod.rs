//! The same machine where it starts operations: actions, deletes, and what can be asked for as often as one likes.

mod page;
mod rules;
mod server;
mod setting;
mod state;
mod steps;
mod story;
mod sweep;
mod ways;
mod world;
mod worlds;

pub(super) use page::section;
pub(super) use rules::are_missed;
pub(super) use sweep::{every_promise_is_kept, every_promise_of_creates_is_kept, small};
pub(super) use worlds::nobody_could_have_known;
