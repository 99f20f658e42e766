//! The simulator on real sockets, seen by a client that reads bytes: what arrives, and how the connection ends.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod bytes;
mod control;
mod creating;
mod program;
mod raw_client;
mod serving;
