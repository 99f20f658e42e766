//! The world alone, on a virtual clock: no socket, no thread, no waiting.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod calls;
mod capabilities;
mod contract;
mod defects;
mod faults;
mod harness;
mod launches;
mod operations;
mod readme;
mod settings;
mod storing;
