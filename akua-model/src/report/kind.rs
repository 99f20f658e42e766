//! The words of a report: one for every kind of error and end, one for every effect, one for every end of an edit or a
//! wait. A new kind is a line in each of the two lists below, and the compiler names the places that have to know it.

use serde::{Deserialize, Serialize};

use crate::edit::Cause;
use crate::{ErrorKind, named};

/// What went wrong, to branch on; [`Ok`](Self::Ok) if nothing did.
///
/// It is exhaustive on purpose: whoever tells kinds apart is shown by the compiler what a new one is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Nothing: the change is in effect, or what was waited for is there.
    Ok,
    /// The caller's input breaks a rule of the API. Nothing was sent, unless a closure gave it in the middle of an edit.
    /// [`Report::problems`](super::Report::problems) names the fields.
    InvalidInput,
    /// A setting is missing or can't be used. Nothing was sent.
    Configuration,
    /// The token is refused (401), or the callback that makes tokens failed.
    Authentication,
    /// The token may not do this (403).
    PermissionDenied,
    /// There is no such resource, or the token may not see it (404).
    NotFound,
    /// The resource is not in the state that the write needs (409, 412): mostly because somebody else changed it
    /// first, and then [`Report::current_etag`](super::Report::current_etag) may name the etag it has now. This request
    /// changed nothing.
    Conflict,
    /// The server refuses the request as it is (any other 4xx). This request changed nothing.
    Rejected,
    /// The server answered 200 to the write of an edit and changed nothing.
    Ignored,
    /// Too many requests (429). [`Report::retry_after_ms`](super::Report::retry_after_ms) says how long to wait, if the
    /// server does.
    RateLimited,
    /// The server, or something in front of it, failed (5xx, 408).
    Server,
    /// An answer that this call can't have, or that proves nothing of it: a redirect, another success than 200, something
    /// that is not HTTP, or is compressed or too large. To a write also a 4xx that the service does not refuse with (402,
    /// 407, 410, 451 and so on), as something on the way may have made it, and 400, 409 and the like where a proxy may have
    /// sent the request twice. A write may have taken effect.
    UnexpectedAnswer,
    /// A 200 that can't be read as what was asked for. [`Report::problems`](super::Report::problems) names the field.
    Decode,
    /// No answer: the name was not found, no connection, TLS failed, or the connection was lost.
    Transport,
    /// No answer in time.
    Timeout,
    /// The caller ended the call.
    Cancelled,
    /// Nobody could know whether an edit took effect. It is no conflict.
    Indeterminate,
    /// Somebody else has replaced what was waited for.
    Superseded,
    /// The ledger of a fleet can't be used: it is in use, that of another plan, damaged, of a newer version, or can't
    /// be written. Without it nothing is sent.
    Ledger,
    /// A mistake in this library. What the call did is not known.
    Internal,
}

named!(Kind {
    Ok => "ok",
    InvalidInput => "invalid_input",
    Configuration => "configuration",
    Authentication => "authentication",
    PermissionDenied => "permission_denied",
    NotFound => "not_found",
    Conflict => "conflict",
    Rejected => "rejected",
    Ignored => "ignored",
    RateLimited => "rate_limited",
    Server => "server",
    UnexpectedAnswer => "unexpected_answer",
    Decode => "decode",
    Transport => "transport",
    Timeout => "timeout",
    Cancelled => "cancelled",
    Indeterminate => "indeterminate",
    Superseded => "superseded",
    Ledger => "ledger",
    Internal => "internal",
});

impl Kind {
    /// What a status means, where the effect of the request is known. `Conflict` and `Rejected` say that nothing took
    /// effect: an answer that may have come from something on the way, or to a second copy, is neither.
    #[must_use]
    pub fn of_status(status: u16, effect: Effect) -> Self {
        match status {
            200 => Self::Decode,
            401 => Self::Authentication,
            403 => Self::PermissionDenied,
            404 => Self::NotFound,
            429 => Self::RateLimited,
            408 | 500..=599 => Self::Server,
            _ if effect == Effect::Unknown => Self::UnexpectedAnswer,
            409 | 412 => Self::Conflict,
            400..=499 => Self::Rejected,
            _ => Self::UnexpectedAnswer,
        }
    }

    /// What kept an edit from being sent.
    #[must_use]
    pub fn of_cause(cause: Cause) -> Self {
        match cause {
            Cause::Unauthorized => Self::Authentication,
            Cause::Throttled => Self::RateLimited,
            Cause::Deadline => Self::Timeout,
            Cause::Cancelled => Self::Cancelled,
            Cause::NoPatch | Cause::UnusableEtag => Self::InvalidInput,
            Cause::AnswerLost
            | Cause::Refused
            | Cause::ConflictAfterLostAnswer
            | Cause::ChangedNothing
            | Cause::ReadFailed
            | Cause::NotConnected
            | Cause::OutOfAttempts
            | Cause::Declined => Self::Transport,
        }
    }
}

impl From<ErrorKind> for Kind {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::InvalidInput => Self::InvalidInput,
            ErrorKind::Decode => Self::Decode,
        }
    }
}

/// What is known about the effect of a call.
///
/// It speaks about this one call, and says nothing of what other writers do. Where an error has ended the run of a
/// fleet, it speaks about the whole run; where it ended the settling of a resume token, about the token's write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// No byte of it was handed to a connection. It did nothing and never will.
    NotSent,
    /// Something was sent and changed nothing: a definite refusal, or only reads.
    NotApplied,
    /// There was nothing to change: everything already was as wanted.
    Unchanged,
    /// It may have taken effect, or may still do so.
    Unknown,
    /// It took effect. Its answer need not be readable.
    Applied,
}

named!(Effect {
    NotSent => "not_sent",
    NotApplied => "not_applied",
    Unchanged => "unchanged",
    Unknown => "unknown",
    Applied => "applied",
});

impl Effect {
    /// Whether the call may have changed something: false only if it is certain that it did not and will not.
    #[must_use]
    pub const fn may_have_taken_effect(self) -> bool {
        match self {
            Self::Unknown | Self::Applied => true,
            Self::NotSent | Self::NotApplied | Self::Unchanged => false,
        }
    }
}

/// How an edit or a wait ended. A call that gave neither end, such as one that did not begin, has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// An edit: the change took effect.
    Applied,
    /// An edit: everything already was as wanted.
    Unchanged,
    /// An edit: somebody else changed the resource first.
    Conflict,
    /// An edit: the server refused, in its own words.
    Rejected,
    /// An edit: the server answered 200 and changed nothing.
    Ignored,
    /// An edit: no write was sent, or only refused for a while.
    NotSent,
    /// An edit: nobody could know.
    Indeterminate,
    /// A wait: the server has stopped reconciling.
    Settled,
    /// A wait: there is no such resource any more.
    Gone,
    /// A wait: somebody else has replaced what was waited for.
    Superseded,
    /// A wait: the time was up.
    DeadlinePassed,
    /// A wait: the caller ended it.
    Cancelled,
}

named!(End {
    Applied => "applied",
    Unchanged => "unchanged",
    Conflict => "conflict",
    Rejected => "rejected",
    Ignored => "ignored",
    NotSent => "not_sent",
    Indeterminate => "indeterminate",
    Settled => "settled",
    Gone => "gone",
    Superseded => "superseded",
    DeadlinePassed => "deadline_passed",
    Cancelled => "cancelled",
});

impl End {
    /// The name of the outcome that this is an end of: `not_applied` for the four of that, else its own.
    #[must_use]
    pub const fn outcome(self) -> &'static str {
        match self {
            Self::Conflict | Self::Rejected | Self::Ignored | Self::NotSent => "not_applied",
            Self::Applied
            | Self::Unchanged
            | Self::Indeterminate
            | Self::Settled
            | Self::Gone
            | Self::Superseded
            | Self::DeadlinePassed
            | Self::Cancelled => self.name(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_json<T: Serialize>(value: T) -> serde_json::Value {
        serde_json::to_value(value).unwrap()
    }

    #[test]
    fn a_word_is_the_same_in_json_and_as_a_name() {
        for kind in Kind::ALL {
            assert_eq!(in_json(kind), kind.name());
        }
        for effect in Effect::ALL {
            assert_eq!(in_json(effect), effect.name());
        }
        for end in End::ALL {
            assert_eq!(in_json(end), end.name());
        }
        for cause in Cause::ALL {
            assert_eq!(in_json(cause), cause.name());
        }
        for proof in crate::edit::Proof::ALL {
            assert_eq!(in_json(proof), proof.name());
        }
        for state in crate::edit::FieldState::ALL {
            assert_eq!(in_json(state), state.name());
        }
    }

    #[test]
    fn no_status_that_leaves_the_effect_open_is_a_refusal() {
        for status in 100..=599 {
            let kind = Kind::of_status(status, Effect::Unknown);
            assert!(!matches!(kind, Kind::Conflict | Kind::Rejected), "{status}");
        }
    }
}
