//! Simulator.
#![forbid(unsafe_code)]

mod auth;
mod contract;
mod control;
mod delivery;
mod digest;
mod fault;
mod keys;
mod log;
mod patch;
mod refusal;
mod resource;
mod rng;
mod route;
mod script;
mod server;
mod store;
mod verdict;
mod wire;
mod world;

pub use contract::{Contract, CreatedAt, Envelope, Etags, Lengths, ReplayBody};
pub use control::{ControlError, Op, SeedResource};
pub use delivery::{Delivery, End, Pace, Part};
pub use digest::Fingerprint;
pub use fault::{AnswerChange, Body, Carry, Fault, Forever, Hold, Matcher, Times, Unread, Waiting};
pub use log::{Effect, Entry, Progress};
pub use resource::{Author, Kind, Version};
pub use script::{Action, Script, Target, When, Write};
pub use server::{Options, Simulator};
pub use verdict::{Step, Verdict};
pub use wire::{Answer, WireRequest};
pub use world::{Setup, World};
