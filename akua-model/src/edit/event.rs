//! The words the machine speaks: what it is told, what it asks for, and how it ends.
//!
//! Etags and values are type parameters, so that the machine that ships can be explored with small ones.

use serde::{Deserialize, Serialize};

use crate::value::Shown;

/// What a machine needs of a value: to be compared, nothing else.
pub(crate) trait Token: Clone + Eq + std::hash::Hash + std::fmt::Debug {}
impl<T: Clone + Eq + std::hash::Hash + std::fmt::Debug> Token for T {}

/// What a machine needs of an etag.
pub(crate) trait Tag: Token {
    /// Whether both mean the same version: an error may write an etag in quotes, or as a weak one, that the resource
    /// itself shows bare.
    fn means(&self, other: &Self) -> bool;
}

/// One version of the resource as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Version<E, V> {
    pub(crate) etag: E,
    pub(crate) values: Vec<Shown<V>>,
}

/// One field that is to have a value: an index into [`Version::values`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Wanted<V> {
    pub(crate) field: usize,
    pub(crate) value: V,
}

/// A moment as each of three clocks tells it, in milliseconds after the start of the call; negative before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Moment {
    /// The clock that never goes back, and may stand still while the machine sleeps. `None` for a moment of another
    /// call.
    pub(crate) awake: Option<i64>,
    /// The clock that counts sleep too. `None` where there is none, or where it was another machine's.
    pub(crate) boot: Option<i64>,
    /// The time of day, which anybody may set.
    pub(crate) wall: Option<i64>,
}

impl Moment {
    /// The time from this moment to `later`: the largest that a clock tells which knows both. `None` if a clock went
    /// back, or none knows both. `skew` is added where only the time of day knows both.
    pub(crate) fn until(self, later: Self, skew: i64) -> Option<i64> {
        let between = |from: Option<i64>, to: Option<i64>| Some(to?.saturating_sub(from?));
        let steady = between(self.awake, later.awake).max(between(self.boot, later.boot));
        let wall = between(self.wall, later.wall).map(|wall| match steady {
            Some(_) => wall,
            None if wall >= 0 => wall.saturating_add(skew),
            None => wall,
        });
        let went_back = steady.is_some_and(|age| age < 0) || wall.is_some_and(|age| age < 0);
        steady.max(wall).filter(|_| !went_back)
    }
}

/// Time and entropy of one step: the machine has neither.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    /// Milliseconds since the call began.
    pub(crate) ms: u64,
    /// The same moment by every clock there is.
    pub(crate) moment: Moment,
    /// Fresh random bits, for a key and a jitter.
    pub(crate) entropy: u128,
    /// Whether the caller wants the call to end.
    pub(crate) cancelled: bool,
}

/// What the machine is told.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Event<E, V> {
    /// The call begins.
    Begin,
    /// The patch for the version that was handed out; `None` if nothing is to change.
    Submitted(Option<Vec<Wanted<V>>>),
    /// There will be no patch.
    SubmitFailed,
    /// How the read ended that was asked for.
    Read(ReadEnd<E, V>),
    /// How the write ended that was asked for.
    Write(WriteEnd<E, V>),
    /// How the look at the operations of the resource ended: whether one was listed that may be ours.
    Listed(bool),
    /// What was asked for was not begun, and will not be.
    Declined,
}

/// How one `GET` ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ReadEnd<E, V> {
    /// This version.
    Found(Version<E, V>),
    /// A version whose etag can't guard a write.
    Unusable,
    /// 401.
    Unauthorized,
    /// 429, with the wait that was asked for.
    Throttled(Option<u64>),
    /// 404 to a write that launches something: the resource is not there, or must not be seen. That of an edit is `Refused`.
    NotFound,
    /// Any other definite refusal, 404 included.
    Refused,
    /// A version that is older than one that this call has seen: it tells nothing of what stands there.
    Older,
    /// Nothing that could be read, for whatever reason, with the wait that was asked for.
    Lost(Option<u64>),
}

/// How one `PATCH` ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum WriteEnd<E, V> {
    /// 200 with the id that was asked for and an etag that can guard a write.
    Acknowledged {
        /// What it shows, as far as it can be read.
        version: Version<E, V>,
        /// Whether all of it could be read.
        whole: bool,
    },
    /// 202 with an operation whose id can be read, and nothing in it that says that it is another's.
    Accepted,
    /// 409 or 412, with the etag that it names as current.
    Conflict(Option<E>),
    /// 404 to a write that launches something. That to an edit is `Refused`.
    NotFound,
    /// 401.
    Unauthorized,
    /// 429, with the wait that was asked for.
    Throttled(Option<u64>),
    /// Any other definite refusal.
    Refused,
    /// Not a byte of it was handed over.
    NotSent,
    /// Anything else, with the wait that was asked for: it may have landed, and may still.
    Lost(Option<u64>),
}

/// What the machine asks for next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Action<E, V> {
    /// A patch for this version.
    Ask(Version<E, V>),
    /// A `GET`, after a wait.
    Read(Wait),
    /// A `PATCH` of the current epoch, after a wait. `first` if the epoch begins with it.
    Write { wait: Wait, first: bool },
    /// A `GET` of the operations of the resource, after a wait.
    List(Wait),
    /// Nothing more.
    Finish(End<E, V>),
}

/// When to send, and out of which budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Wait {
    pub(crate) ms: u64,
    pub(crate) budget: Budget,
    /// New credentials are to be asked for before this is sent.
    pub(crate) new_credentials: bool,
}

/// What a request is charged to, so that an outage is not made worse and yet does not starve the truth.
///
/// Charged is what follows trouble: no answer, a 5xx, a 429. The first request of a call follows none, nor does one
/// after any other answer; those cost nothing, whatever they would be charged to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Budget {
    /// The first sending of something new costs nothing.
    Free,
    /// A repeat.
    Retry,
    /// Finding out what happened. It also has the part of the deadline that is kept for that.
    Settle,
}

/// How it ended: the join over all attempts, never just the last answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum End<E, V> {
    /// The change was in effect.
    Applied {
        proof: Proof,
        /// What was shown, as far as it could be read.
        version: Version<E, V>,
        /// Whether all of it could be read.
        whole: bool,
        /// Wanted fields that show neither ours nor what they held before.
        adjusted: Vec<usize>,
        /// Wanted fields that still show what they held before.
        not_taken: Vec<usize>,
    },
    /// An operation was started, or what it was to bring about has come about.
    Launched {
        proof: Proof,
        /// What was shown, where a version was.
        seen: Option<Version<E, V>>,
    },
    /// Everything was as wanted without this call.
    Unchanged(Version<E, V>),
    /// Nothing of this call took effect, and nothing will.
    NotApplied(Reason<E, V>),
    /// Nobody could know.
    Indeterminate {
        may_still_land: bool,
        seen: Option<Version<E, V>>,
        cause: Cause,
    },
}

/// How it is known that a change is in effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The server answered 200 to the write, or 202 with an operation.
    Acknowledged,
    /// A later read showed every wanted value, or that what was to be deleted is gone. That may be somebody else's doing.
    Observed,
}

/// Why nothing took effect.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reason<E, V> {
    /// Somebody else changed the resource; `theirs` is missing if it could not be read.
    Conflict {
        theirs: Option<Version<E, V>>,
        fields: Vec<FieldState>,
    },
    /// The server refused it.
    Rejected,
    /// The server answered 200, and what it shows as written is what was there before.
    Ignored(Version<E, V>),
    /// It was not sent, or only refused for a while, and now time or patience is over.
    NotSent(Cause),
}

/// What a three-way comparison says of one field of a patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldState {
    /// The other version already has our value.
    Done,
    /// The other version left the value that our change was made against: ours can be written.
    Free,
    /// The other version has a third value, or one of which nothing was known before.
    Conflicting,
    /// This field can't be read in the other version, whether no answer shows it or this one left it out: so nobody can tell.
    Unseen,
}

/// What ended an edit that did not come to a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cause {
    /// The answer to a write was lost.
    AnswerLost,
    /// The server refused a repeat.
    Refused,
    /// The server said 409, and after an attempt of unknown effect that may be the echo of our own write.
    ConflictAfterLostAnswer,
    /// The server answered 200 and showed none of the changes.
    ChangedNothing,
    /// The server did not accept the credentials.
    Unauthorized,
    /// The server asked for more patience than there was time.
    Throttled,
    /// The resource could not be read.
    ReadFailed,
    /// The connection could not be had.
    NotConnected,
    /// The deadline passed.
    Deadline,
    /// Every attempt that the policy allows was used.
    OutOfAttempts,
    /// The caller ended the call.
    Cancelled,
    /// The request was not begun: the retry budget was empty, or the hook that takes the resume token failed.
    Declined,
    /// The closure gave no patch but an error.
    NoPatch,
    /// The etag that the server gave can't guard a write.
    UnusableEtag,
}
