//! The HTTP transport against real sockets on loopback, with servers that send scripted bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod exact_bytes;
mod server;
