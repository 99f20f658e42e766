//! What a call asks for, as far as it was read, and what comes of it.

use akua_model::ResourceKind as Kind;

use crate::auth::Scope;
use crate::change::Change;
use crate::launch::Launch;
use crate::log::Effect;
use crate::operation::Ends;
use crate::refusal::Refusal;
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

/// An idempotency key with what it stands for.
#[derive(Clone)]
pub(super) struct Key {
    /// The workspace in which it counts, and the key.
    pub(super) place: (String, String),
    /// Digest of the address and the body.
    pub(super) request: String,
}
