//! What every language promises, once, as data: a case is a call, what the server answers to it, every request that
//! must arrive, and what the caller must be told.
//!
//! A runner in any language reads cases as lines of JSON and writes reports as lines of JSON. Everything else happens
//! here, in one place: the server that plays the answers to the byte, the comparison of every request and every
//! report, and the count of what was run. A runner never sees what is expected of it, compares nothing, and can leave
//! nothing out.
//!
//! Nothing here decides what is right: what a case expects was shown by the Rust client, is checked against the model's
//! own requests and the edit machine without any I/O, and is summed up by hand in a line that has to agree.
//!
//! The form of cases and reports is explained in this folder's `README.md`.
#![forbid(unsafe_code)]

mod answer;
mod call;
pub mod case;
mod compare;
mod documents;
mod layout;
pub mod process;
pub mod report;
pub mod run;
pub mod runner;
mod says;
pub mod secrets;
pub mod server;
pub mod suite;
mod token;
pub mod wire;
