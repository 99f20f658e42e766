//! What a call asks for, as far as it was read, and what comes of it.

use akua_model::ResourceKind as Kind;
use serde_json::{Map, Value};

use crate::auth::Scope;
use crate::change::Change;
use crate::create::Create;
use crate::launch::Launch;
use crate::log::Effect;
use crate::operation::{Ends, Work};
use crate::refusal::Refusal;
use crate::resource::Author;
use crate::stores::Stores;
use crate::wire::Answer;

/// What a call did and what it is answered with, or why it is refused.
pub(super) type Outcome = Result<(Effect, Answer), Refusal>;

/// A write, as far as it was read.
pub(super) struct Write<'a> {
    pub(super) seq: u64,
    pub(super) kind: Kind,
    pub(super) id: &'a str,
    pub(super) scope: Scope,
    pub(super) if_match: String,
    pub(super) change: Change,
    pub(super) stores: Stores,
    pub(super) key: Option<Key>,
}

/// A launch, as far as it was read.
pub(super) struct Asked<'a> {
    pub(super) seq: u64,
    pub(super) launch: Launch,
    pub(super) id: &'a str,
    pub(super) ends: Option<Ends>,
}

/// Something new, as far as its request was read.
#[derive(Clone)]
pub(super) struct New {
    pub(super) create: Create,
    /// The id of the cluster that it is made below, if it is made below one.
    pub(super) below: Option<String>,
    /// The workspace that it is asked for in.
    pub(super) workspace: String,
    pub(super) content: Change,
    /// How its operation ends, if it has one.
    pub(super) ends: Ends,
    pub(super) author: Author,
}

/// An operation that is to begin.
pub(super) struct Job<'a> {
    pub(super) work: Work,
    /// The id of what it works on.
    pub(super) id: &'a str,
    pub(super) workspace: &'a str,
    pub(super) metadata: Map<String, Value>,
    /// The state of that before.
    pub(super) before: Option<String>,
    pub(super) ends: Ends,
    pub(super) author: Author,
}

/// An idempotency key with what it stands for.
#[derive(Clone)]
pub(super) struct Key {
    /// The workspace in which it counts, and the key.
    pub(super) place: (String, String),
    /// Digest of the address and the body.
    pub(super) request: String,
}
