//! An Akua API on this machine: real HTTP on loopback, state in memory, faults on order, and a record of all it
//! was sent and of exactly what each request did.
//!
//! It stands in for the service in demos, in notebooks and in tests, and it is the judge of clients: it knows
//! whether a write landed, when, and what became of it, also where the client was never told. It shares the
//! resources' limits with `akua-model`, and nothing that compares or decides. It is no place for real data: its
//! tokens protect nothing, and what it holds is gone when it stops.
//!
//! - [`Simulator`] serves on a thread of its own; the program `akua-sim` does the same for other languages.
//! - [`World`] is the simulator without a network: a pure machine for tests on a virtual clock.
//! - [`Contract`] holds the points on which the documents are silent or disagree, as switches.
//! - [`Launch`] and [`Ends`]: the writes that start an operation, and how an operation ends.
//! - [`Create`]: the writes that make something new.
//! - [`Fault`] and [`Script`] say what goes wrong, and what somebody else does in between.
//! - [`Entry`], [`Version`]: the record of requests, and every version of a resource.
//! - [`Op`] is the control protocol, in Rust and as JSON over `POST /control`; the crate's README shows each
//!   operation.
//!
//! # A lost answer
//!
//! ```
//! use std::io::{Read, Write};
//! use std::net::TcpStream;
//!
//! use akua_sim::{Author, End, Fault, Kind, Matcher, Options, Simulator};
//!
//! let simulator = Simulator::start(Options::clusters(1))?;
//! simulator.inject(Fault::lost_after(End::Fin).on(Matcher::method("PATCH")))?;
//!
//! // A client renames the cluster, and hears nothing.
//! let mut client = TcpStream::connect(simulator.address())?;
//! let (token, body) = (simulator.token(), r#"{"name":"prod"}"#);
//! write!(
//!     client,
//!     "PATCH /v1/clusters/clu_1 HTTP/1.1\r\nhost: akua\r\nauthorization: Bearer {token}\r\n\
//!      if-match: 42\r\ncontent-length: {}\r\n\r\n{body}",
//!     body.len(),
//! )?;
//! let mut answer = String::new();
//! client.read_to_string(&mut answer)?;
//! assert_eq!(answer, "");
//!
//! // The judge knows better.
//! let history = simulator.history(Kind::Cluster, "clu_1")?;
//! assert_eq!(history[1].fields["name"], "prod");
//! assert_eq!(history[1].author, Author::Request { seq: 1 });
//! assert!(simulator.log()[0].effect.is_applied());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it does where the documents say nothing
//!
//! A path is looked at first (400 for a broken escape, 404), then the method (405 with `allow`; HEAD is GET without the
//! body), the token (401), the context, the headers and the body,
//! then the idempotency key, the resource (404), the etag and the state (409). A broad token sees the clusters of its
//! context and every workspace, also one that it has made. An id that is too long is simply not found. An idempotency key counts within its
//! workspace, belongs to one cluster and one body, and is ignored on workspaces. A cluster that is `deleting` can't be
//! changed; one that is reconciling can. A launch ([`Launch`]) is looked at like a PATCH, its state last: what can't be done
//! in this state, or while another operation is under way, is a 409 without an etag. Operations go on when they are looked
//! at. A create ([`Create`]) is looked at in the order headers, body, key, region, texts that are taken (409 without an etag).
//! Its key counts within its workspace, for one endpoint and one body, and is ignored on workspaces, as is the context. A
//! cluster is there from the acceptance of its create on, `pending`, and goes again if that fails. Requests that are no HTTP are answered 400 by the HTTP server and leave no
//! trace in the record.
#![forbid(unsafe_code)]

mod auth;
mod capabilities;
mod change;
mod compute_settings;
mod contract;
mod control;
mod control_error;
mod create;
mod defect;
mod delivery;
mod digest;
mod fault;
mod keys;
mod kind;
mod launch;
mod log;
mod new_body;
mod operation;
mod patch;
mod refusal;
mod resource;
mod rng;
mod route;
mod script;
mod server;
mod sight;
mod store;
mod stores;
mod verdict;
mod wire;
mod world;

pub use akua_model::ResourceKind as Kind;
pub use contract::{Contract, CreatedAt, Envelope, EtagForm, Etags, Lengths, ReplayBody};
pub use control::{Op, SeedResource};
pub use control_error::ControlError;
pub use create::Create;
pub use defect::Defect;
pub use delivery::{Delivery, End, Pace, Part};
pub use digest::Fingerprint;
pub use fault::{AnswerChange, Body, CarriedOut, Fault, Forever, Hold, Matcher, Times, Unread, Waiting};
pub use launch::Launch;
pub use log::{Acceptance, Creation, Effect, Entry, Progress};
pub use operation::{Ends, Leaves, Task, Until, Waits};
pub use resource::{Author, Version};
pub use script::{Act, Action, Make, Script, Target, When, Write};
pub use server::{Options, Simulator};
pub use stores::Stores;
pub use verdict::{Step, Verdict};
pub use wire::{Answer, WireRequest};
pub use world::{Setup, World};
