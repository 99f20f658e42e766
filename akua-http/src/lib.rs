//! Blocking client.
#![forbid(unsafe_code)]

pub mod cancel;
pub mod deadline;
pub mod transport;
