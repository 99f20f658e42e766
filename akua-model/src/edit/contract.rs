//! What a server guarantees, as data: the edit protocol believes this and nothing else.

use std::time::Duration;

/// What a server guarantees about etags, idempotency keys and reads.
///
/// An understated contract costs nothing but more indeterminate ends. An overstated one makes the protocol
/// draw conclusions that are not true, so claim only what the operator of the server has stated.
///
/// Two things are assumed of every server, as the declaration of a kind says them and no field here:
/// - An answer shows a property that is declared [`Optional`](crate::property::Presence::Optional) whenever there is a
///   value, so that one without it says that there is none. An answer without an
///   [`Undocumented`](crate::property::Presence::Undocumented) property says nothing: others may have changed it unseen.
/// - A change of a property that the version guarding a write shows, or shows to have no value, moves the etag; any answer
///   with its etag shows this version. Of a property that none of them has shown, that is believed only with
///   [`etag_covers_write_only`](Self::etag_covers_write_only).
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
    ///
    /// The age of a key is the largest that this machine's clocks tell, one that counts sleep among them where the
    /// system has one (Linux). So a machine that sleeps in mid-edit, or whose time of day is set forward,
    /// makes a key older, never younger; a time of day that goes back makes it too old to prove anything. What no clock
    /// can tell: a machine without a clock that counts sleep (a paused virtual machine among them), whose time of day
    /// stood still too. After a resume token has crossed to another machine or another boot, only the time of day is
    /// left: see [`clock_skew`](Self::clock_skew).
    pub key_retention: Duration,
    /// How far apart the times of day may be of machines that hand resume tokens to each other. It is added to the age
    /// of a key that only the time of day tells. 30 s unless set.
    pub clock_skew: Duration,
    /// A refusal is remembered under its key too, so that no later copy of the same request can land.
    pub stores_rejections_per_key: bool,
    /// A read shows a version that was current at some moment between its beginning and its end, never an older one.
    ///
    /// Otherwise an older one is noticed by its `updated_at`, or by an etag that this call knows to be past. What is not
    /// noticed: after a 409 that names no etag of this resource, a read that shows a version from before the one passed
    /// in, of the same second and not met in this call. It is told as somebody else's change, as `theirs` of a conflict or
    /// as what the change is rebased on; a write under its etag is refused, so that nothing is overwritten.
    pub reads_linearizable: bool,
    /// A change of a field that answers don't show moves the etag too, be it write-only or left out of some answers.
    pub etag_covers_write_only: bool,
    /// Something on the way may repeat a request of its own accord, so that even a definite answer may be
    /// the answer to a repeat. Together with [`key_checked_before_if_match`](Self::key_checked_before_if_match) an edit then
    /// sometimes ends indeterminate where it could be known that it was not applied; never the other way round.
    pub hidden_retries: bool,
    /// A 200 to a `PATCH` shows the version that this very request left behind, never an older one. Then one that
    /// shows the guarding etag and the old values proves that nothing was written, and one that shows other values than
    /// the wanted ones shows what the server made of them. Otherwise those may be another writer's: such a 200
    /// acknowledges nothing. In either case one that shows the old value in every field that was to change
    /// acknowledges nothing, one that shows a wanted value is believed, and so is a 200 to a patch whose fields can't
    /// be read back, or held the wanted values before.
    pub answers_show_written_version: bool,
    /// An etag that the metadata of a 409 names as current is that of this resource, at the moment of the refusal.
    /// Otherwise it is a hint, which counts once a read begun afterwards shows this very etag. What is assumed even then:
    /// that no other etag is named so, be it another
    /// resource's or an older one of this, which a stale read of this one happens to show.
    pub conflicts_name_current_etag: bool,
    /// That an action or a delete is accepted moves the etag of the resource, at once: a second copy of the same request
    /// meets another etag than the one that guards it. Were that wrong, a repeat could be accepted once more on the very
    /// version that the caller saw, never on a later one.
    pub accept_moves_etag: bool,
    /// How long a repeat of an action or a delete under the same key is answered with the operation that the first one
    /// started, before anything else is compared. Zero: it may start another.
    pub action_keys_replay: Duration,
    /// How long a repeat of a create under the same key is answered with what the first one started, for the creates of which
    /// that is documented: today that of a cluster. Zero: it may make another one. Were it overstated, there could be two.
    pub create_keys_replay: Duration,
    /// A 404 to credentials that have shown the resource before says that it is gone, not that they must not see it. Only one in
    /// the service's own form is taken for that: what stands in front of it answers 404 as well.
    pub not_found_means_gone: bool,
    /// What is gone does not come back under its id: nothing that is still on its way can meet another of that name.
    pub ids_never_reused: bool,
    /// An operation that is shown as `done` never changes again.
    pub completed_is_final: bool,
    /// How long an operation can be read after it was started, whatever becomes of it. A 404 before that is a read that
    /// came too early, or lags behind.
    pub operation_kept: Duration,
}

impl Contract {
    /// What the public documentation supports, and the default.
    ///
    /// - `etag_never_repeats`: the documentation calls it "the etag of the resource version". Were that wrong,
    ///   a second landing would only replace content equal to what the caller saw.
    /// - `hidden_retries` is off: over TLS nothing on the way can repeat a request. Where something can, say so.
    /// - `answers_show_written_version`: "200 Cluster" to a `PATCH` is what an update returns. Were that wrong, a write
    ///   could be called ignored that has landed.
    /// - `conflicts_name_current_etag` is off: the documentation says that a 409 names the current etag, but not under
    ///   which name, and other conflicts answer 409 too.
    /// - `accept_moves_etag`: the etag is that "of the resource version", and what was accepted shows as its `state` or as
    ///   `reconciling`.
    /// - `action_keys_replay` is zero: what a key does is left to "endpoint-specific documentation", which there is none of.
    /// - `create_keys_replay` is 60 s: "repeated requests with the same key in the same workspace resolve consistently instead
    ///   of creating a duplicate". No time is named; a shorter one than a client's own repeats take would void the sentence.
    /// - `not_found_means_gone`: 403 is documented beside 404, so what these credentials have seen is not hidden by 404.
    /// - `ids_never_reused`: ids are opaque and made by the server, and of clusters and workspaces no undoing is documented.
    /// - `completed_is_final`: "completed operations are immutable".
    /// - `operation_kept` is zero: nothing is said of it.
    /// - everything else is weak, because nothing is said of it or two pages disagree.
    #[must_use]
    pub const fn documented() -> Self {
        Self {
            etag_never_repeats: true,
            hidden_retries: false,
            answers_show_written_version: true,
            accept_moves_etag: true,
            create_keys_replay: Duration::from_secs(60),
            not_found_means_gone: true,
            ids_never_reused: true,
            completed_is_final: true,
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
            clock_skew: Duration::from_secs(30),
            stores_rejections_per_key: false,
            reads_linearizable: false,
            etag_covers_write_only: false,
            hidden_retries: true,
            answers_show_written_version: false,
            conflicts_name_current_etag: false,
            accept_moves_etag: false,
            action_keys_replay: Duration::ZERO,
            create_keys_replay: Duration::ZERO,
            not_found_means_gone: false,
            ids_never_reused: false,
            completed_is_final: false,
            operation_kept: Duration::ZERO,
        }
    }
}

/// One guarantee of a [`Contract`], to be set by its name.
#[derive(Debug)]
pub enum Guarantee<'a> {
    /// It holds or not.
    Flag(&'a mut bool),
    /// It holds so long.
    Time(&'a mut Duration),
}

impl Contract {
    /// What it promises, by name, as programs of other languages set it.
    ///
    /// ```
    /// use akua_model::edit::{Contract, Guarantee};
    /// let mut contract = Contract::documented();
    /// for (name, guarantee) in contract.guarantees() {
    ///     if let ("reads_linearizable", Guarantee::Flag(holds)) = (name, guarantee) {
    ///         *holds = true;
    ///     }
    /// }
    /// assert!(contract.reads_linearizable);
    /// ```
    pub fn guarantees(&mut self) -> [(&'static str, Guarantee<'_>); 17] {
        use Guarantee::{Flag, Time};
        [
            ("etag_never_repeats", Flag(&mut self.etag_never_repeats)),
            (
                "key_checked_before_if_match",
                Flag(&mut self.key_checked_before_if_match),
            ),
            ("key_retention", Time(&mut self.key_retention)),
            ("clock_skew", Time(&mut self.clock_skew)),
            ("stores_rejections_per_key", Flag(&mut self.stores_rejections_per_key)),
            ("reads_linearizable", Flag(&mut self.reads_linearizable)),
            ("etag_covers_write_only", Flag(&mut self.etag_covers_write_only)),
            ("hidden_retries", Flag(&mut self.hidden_retries)),
            (
                "answers_show_written_version",
                Flag(&mut self.answers_show_written_version),
            ),
            (
                "conflicts_name_current_etag",
                Flag(&mut self.conflicts_name_current_etag),
            ),
            ("accept_moves_etag", Flag(&mut self.accept_moves_etag)),
            ("action_keys_replay", Time(&mut self.action_keys_replay)),
            ("create_keys_replay", Time(&mut self.create_keys_replay)),
            ("not_found_means_gone", Flag(&mut self.not_found_means_gone)),
            ("ids_never_reused", Flag(&mut self.ids_never_reused)),
            ("completed_is_final", Flag(&mut self.completed_is_final)),
            ("operation_kept", Time(&mut self.operation_kept)),
        ]
    }
}

impl Default for Contract {
    fn default() -> Self {
        Self::documented()
    }
}
