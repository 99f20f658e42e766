//! The C ABI of the Akua client: what `akua.h` declares, one function at a time.
//!
//! Every function does the same: it checks what it was given, makes one call into `akua-http`, and wraps what comes
//! back. It decides nothing. Whatever a caller passes that can be told apart from what the header asks for ends as a
//! status, and no panic leaves a function.
//!
//! No function is about one kind of resource, one property, one setting or one fact of a report: those are numbers, and
//! what the numbers of kinds and properties are is made from the declarations in akua-model ([`generated`]).
//!
//! [`handle`] is the one file that turns pointers into references and back, and the only one with `unsafe` blocks: every
//! function begins with its `from_c!`, mostly by `call!`; three getters begin with its `ready!` and go on to `from_c!` only where
//! no value is ready. Both take the header's promises as given. The conventions that all signatures follow are in `docs/c.md`.
//!
//! They are `C-unwind` for the one thing that unwinds through their last instruction, and through nothing else of theirs: a
//! `pthread_cancel` that was held off meanwhile, of a thread that is cancelled asynchronously.
//!
//! `cbindgen` makes the header from these sources. It sees no function that a macro makes, so each signature is written out.
#![allow(non_camel_case_types)]
// One contract holds for every function: that of `FromC::new`, which C reads in docs/c.md.
#![allow(clippy::missing_safety_doc)]

mod call;
pub mod cancel;
pub mod client;
pub mod edit;
pub mod handle;
mod held;
mod kind;
pub mod launch;
pub mod launch_kind;
pub mod list;
mod locks;
pub mod log;
pub mod names;
pub mod options;
pub mod patch;
pub mod report;
pub mod request;
pub mod resource;
pub mod secret;
pub mod status;
pub mod text;
pub mod token;
pub mod wait;

/// What a program has made of the declarations in akua-model.
pub mod generated {
    pub mod kinds;
    pub mod settings;
}
