//! The world alone, on a virtual clock: no socket, no thread, no waiting.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod calls;
mod capabilities;
mod contract;
mod create_ends;
mod create_keys;
mod create_names;
mod creates;
mod defects;
mod faults;
mod harness;
mod launches;
mod operations;
mod readme;
mod settings;
mod storing;
mod worker_bootstraps;
