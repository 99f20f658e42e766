//! The C ABI of the Akua client: what `akua.h` declares, one function at a time.
//!
//! Every function does the same: it checks what it was given, makes one call into `akua-http`, and wraps what comes
//! back. It decides nothing. Whatever a caller passes that can be told apart from what the header asks for ends as a
//! status, and no panic leaves a function.
//!
//! [`handle`] is the one file that turns pointers into references and back; every other `unsafe` block is the same
//! single line at the beginning of a function, which takes the header's promises as given. The conventions that all
//! signatures follow are in `docs/c.md`.
//!
//! `cbindgen` makes the header from these sources. It sees no function that a macro makes, so each is written out.
#![allow(non_camel_case_types)]
// One contract holds for every function: that of `FromC::new`, which C reads in docs/c.md.
#![allow(clippy::missing_safety_doc)]

pub mod call_options;
pub mod cancel;
pub mod client;
pub mod client_options;
pub mod cluster;
pub mod cluster_edit;
pub mod cluster_list;
pub mod cluster_patch;
pub mod edited_fields;
mod editing;
mod ends;
pub mod error;
mod failure;
pub mod handle;
mod locks;
pub mod log;
mod resource;
pub mod resume_token;
pub mod status;
pub mod text;
pub mod workspace;
pub mod workspace_edit;
pub mod workspace_list;
pub mod workspace_patch;
