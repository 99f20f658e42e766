//! A blocking client of the Akua API that never overwrites a change its user has not seen, and never lies about what
//! happened.
//!
//! [`Client`] reads, lists and updates clusters and workspaces. Every update is guarded by the etag that was last
//! read; when somebody else was faster it is refused, and when an answer is lost the [`Error`] says that the write may
//! have taken effect. Calls that nothing here describes yet are made by hand: [`Client::request`]. Nothing here decodes
//! JSON or knows paths (`akua-model` does), follows a redirect, repeats a write on its own, or reads the environment
//! unless told to.
//!
//! ```
//! # use akua_http::transport::scripted::ScriptedTransport;
//! # let wire = ScriptedTransport::new();
//! # let cluster = |name: &str, etag: &str| format!(r#"{{"id":"clu_1","name":"{name}","workspace_id":"ws_1",
//! #     "state":"active","provider":"managed_kaas","reconciling":false,"created_at":1,"updated_at":1,"etag":"{etag}"}}"#);
//! # wire.answer(200, cluster("prod", "42"));
//! # wire.answer(200, cluster("prod-eu", "43"));
//! use akua_http::Client;
//! use akua_model::ClusterPatch;
//!
//! # let client = Client::builder().token("t").transport(wire).build()?;
//! # /*
//! let client = Client::from_env()?;
//! # */
//! let cluster = client.clusters().get(&"clu_1".parse()?)?;
//! let patch = ClusterPatch::builder().name("prod-eu").build()?;
//! let changed = client.clusters().update(&cluster.id, &cluster.etag.if_match()?, &patch)?;
//! assert_eq!(changed.name, "prod-eu");
//! # Ok::<(), akua_http::Error>(())
//! ```
//!
//! # Traces
//!
//! Every call is a `tracing` span `call` (target `akua_http`, level `DEBUG`) with its method and its path with the id
//! left open; every attempt in it an event with its number, status, failure, duration in milliseconds and the
//! server's request id. No token, no id and no body is ever in them.
//!
//! The HTTP library underneath logs through the `log` crate, at level `TRACE` every byte that it reads and writes. It
//! never gets to see the token and the body of a request, so neither can be in there; what a server answers can.
#![forbid(unsafe_code)]

mod budget;
pub mod cancel;
mod client;
mod cluster;
mod collection;
mod config;
mod creates;
mod credentials;
pub mod deadline;
mod edit;
mod edits;
mod error;
mod exchange;
mod launch;
mod launches;
mod list;
mod report;
mod request;
pub mod retry;
mod room;
mod sender;
pub mod settings;
mod settled;
pub mod transport;
mod wait;
mod worker_bootstraps;

pub use akua_model as model;
pub use akua_model::answer::AnyAnswer;

pub use client::Client;
pub use collection::Collection;
pub use config::ClientBuilder;
pub use credentials::{BoxError, Token};
pub use edit::{Editing, Progress};
pub use error::{Effect, Error, ErrorKind};
pub use launch::{LaunchProgress, Launching};
pub use launches::Deletable;
pub use list::{Items, Pages};
pub use request::RequestCall;
pub use settled::{Awaited, Settled};
pub use wait::{AwaitedOperation, AwaitingOperation, WaitProgress};

/// The README's example, run as it stands there.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// The guide's examples, compiled as they stand there.
#[cfg(doctest)]
#[doc = include_str!("../../docs/edit.md")]
struct Guide;

/// The examples of the guide to what starts an operation, compiled as they stand there.
#[cfg(doctest)]
#[doc = include_str!("../../docs/life.md")]
struct GuideToOperations;
