//! Everything that can happen, by name.

use super::server::{Foreign, Request};

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    Begin,
    Tick,
    Foreign(Foreign),
    /// An operation of ours ends.
    Finish {
        succeeds: bool,
    },
    Declined,
    NotSent,
    Send,
    /// A copy arrives; nobody hears the answer.
    Arrive(Request),
    /// The write that the client waits for arrives, and the client hears the answer.
    Answer {
        wrong: bool,
        names: Names,
    },
    /// Something before the server answers the write, which goes no further.
    Stopped(Gate),
    Lose,
    Repeat(Request),
    Read(Reading),
    /// The operations are listed, as far as they can be seen.
    List {
        found: bool,
    },
    Forget(u8),
    /// The process is killed, and another one begins with the token.
    Crash,
}

/// What a 409 names as the current etag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Names {
    Nothing,
    Current,
    AnotherThings,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Gate {
    Unauthorized,
    Refused,
    NotFound,
    Throttled,
    Broken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Reading {
    Current,
    Stale(usize),
    NotFound,
    Unauthorized,
    Refused,
    Lost,
}
