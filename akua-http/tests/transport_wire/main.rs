//! The HTTP transport against real sockets on loopback, with servers that send scripted bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cancelling;
mod connecting;
mod exact_bytes;
mod lenient;
mod matrix;
mod pool;
mod server;
mod tls;
