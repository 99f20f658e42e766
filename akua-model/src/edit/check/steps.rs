//! Everything that can happen, by name.

use super::domain::Patch;
use super::network::Request;
use super::server::{Foreign, Takes};

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// The call begins.
    Begin,
    /// Time passes one of its limits.
    Tick,
    /// The user cancels; the client hears of it with the next thing it hears.
    Cancel,
    Foreign(Foreign),
    /// The closure gives this patch, or wants no change.
    Submit(Option<Patch>),
    SubmitFailed,
    /// The driver does not begin what was asked for.
    Declined,
    /// The write could not be handed over.
    NotSent,
    /// The write leaves.
    Send,
    /// A copy arrives; nobody hears the answer.
    Arrive {
        copy: Request,
        slug_taken: bool,
    },
    /// The write that the client waits for arrives, and the client hears the answer. `omits` if that leaves the name out.
    Answer {
        slug_taken: bool,
        named: bool,
        omits: bool,
    },
    /// The same, and the answer is one that nobody expects.
    OddAnswer {
        odd: Odd,
        omits: bool,
    },
    /// Something before the server answers the write, which goes no further.
    Stopped(Gate),
    /// The client does not hear an answer to the write.
    Lose,
    /// Something on the way repeats the write.
    Repeat(Request),
    Read(Reading),
    /// The server forgets a key.
    Forget(u8),
}

/// An unexpected answer to a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Odd {
    /// 200 to a write that is not taken as it was sent.
    Taken(Takes),
    /// 200 to a write that is taken, with the version from before it.
    ShowsBefore,
    /// The same, with a version from long ago.
    ShowsPast(usize),
    /// 200 to a write whose key is known, with the current version instead of the first answer.
    ShowsCurrent,
    /// 409 that names the etag of something else.
    NamesAnother { slug_taken: bool },
    /// 409 that names the etag which guards the write, and may have moved on.
    NamesGuard { slug_taken: bool },
    /// 409 that names the etag of an older version, one before the guarding one.
    NamesOlder { slug_taken: bool },
}

/// How something before the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Gate {
    Unauthorized,
    Refused,
    /// A 409 for another reason, before anybody has looked at the key.
    Conflict,
    Throttled {
        long: bool,
    },
    /// A 5xx of a proxy.
    Broken,
}

/// How a read ends. `omits` if the answer leaves the name out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Reading {
    Current { omits: bool },
    Stale { index: usize, omits: bool },
    Unusable,
    Unauthorized,
    Throttled,
    Refused,
    Lost,
}
