//! What a server guarantees, as data: the edit protocol believes this and nothing else.

use std::time::Duration;

/// What a server guarantees about etags, idempotency keys and reads.
///
/// An understated contract costs nothing but more indeterminate ends. An overstated one makes the protocol
/// draw conclusions that are not true, so claim only what the operator of the server has stated.
///
/// ```
/// use akua_model::edit::Contract;
/// let mut contract = Contract::documented();
/// contract.reads_linearizable = true; // "our reads come from the primary"
/// assert_eq!(Contract::default(), Contract::documented());
/// # assert_ne!(contract, Contract::documented());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Contract {
    /// A resource never has the same etag for two different moments of its life: once moved on, an etag does
    /// not come back. Ids that are used again and backups that are restored break this.
    pub etag_never_repeats: bool,
    /// On a `PATCH` that takes a key, looking the key up, comparing `if-match` and writing are one atomic
    /// step, in this order: a repeat of a write that landed is answered as the first was.
    pub key_checked_before_if_match: bool,
    /// How long a key is remembered, counted from the first time it was sent. A copy of a request that arrives after
    /// that is not stopped by its key; the protocol relies on a key against late copies only where it is remembered
    /// until the deadline of the edit, so claim no more than what outlives every copy.
    pub key_retention: Duration,
    /// A refusal is remembered under its key too, so that no later copy of the same request can land.
    pub stores_rejections_per_key: bool,
    /// A read shows a version that was current at some moment between its beginning and its end, never an older one.
    pub reads_linearizable: bool,
    /// A change of a write-only field alone moves the etag too.
    pub etag_covers_write_only: bool,
    /// Something on the way may repeat a request of its own accord, so that even a definite answer may be
    /// the answer to a repeat.
    pub hidden_retries: bool,
}

impl Contract {
    /// What the public documentation supports, and the default.
    ///
    /// - `etag_never_repeats`: the documentation calls it "the etag of the resource version". Were that wrong,
    ///   a second landing would only replace content equal to what the caller saw.
    /// - `hidden_retries` is off: over TLS nothing on the way can repeat a request. Where something can, say so.
    /// - everything else is weak, because nothing is said of it or two pages disagree.
    #[must_use]
    pub const fn documented() -> Self {
        Self {
            etag_never_repeats: true,
            hidden_retries: false,
            ..Self::weakest()
        }
    }

    /// A server of which nothing is known, behind a proxy that may repeat requests.
    #[must_use]
    pub const fn weakest() -> Self {
        Self {
            etag_never_repeats: false,
            key_checked_before_if_match: false,
            key_retention: Duration::ZERO,
            stores_rejections_per_key: false,
            reads_linearizable: false,
            etag_covers_write_only: false,
            hidden_retries: true,
        }
    }
}

impl Default for Contract {
    fn default() -> Self {
        Self::documented()
    }
}
