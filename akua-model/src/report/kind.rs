//! The words of a report: one for every kind of error and end, one for every effect, one for every end of an edit or a
//! wait. The compiler names the places that have to know a new kind.

use serde::{Deserialize, Serialize};

use crate::edit::Cause;
use crate::{ErrorKind, named};

named! {
    /// What went wrong, to branch on; [`Ok`](Self::Ok) if nothing did.
    ///
    /// It is exhaustive on purpose: whoever tells kinds apart is shown by the compiler what a new one is missing.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Kind {
        /// Nothing: the change is in effect, or what was waited for is there.
        Ok = "ok",
        /// The caller's input breaks a rule of the API. Nothing was sent, unless a closure gave it in the middle of an edit.
        /// [`Report::problems`](super::Report::problems) names the fields.
        InvalidInput = "invalid_input",
        /// A setting is missing or can't be used. Nothing was sent.
        Configuration = "configuration",
        /// The token is refused (401), or the callback that makes tokens failed.
        Authentication = "authentication",
        /// The token may not do this (403).
        PermissionDenied = "permission_denied",
        /// There is no such resource, or the token may not see it (404).
        NotFound = "not_found",
        /// The resource is not in the state that the write needs (409, 412): mostly because somebody else changed it
        /// first, and then [`Report::current_etag`](super::Report::current_etag) may name the etag it has now. This request
        /// changed nothing.
        Conflict = "conflict",
        /// The server refuses the request as it is (any other 4xx). This request changed nothing.
        Rejected = "rejected",
        /// The server answered 200 to the write of an edit and changed nothing.
        Ignored = "ignored",
        /// Too many requests (429). [`Report::retry_after_ms`](super::Report::retry_after_ms) says how long to wait, if the
        /// server does.
        RateLimited = "rate_limited",
        /// The server, or something in front of it, failed (5xx, 408).
        Server = "server",
        /// An answer that this call can't have, or that proves nothing of it: a redirect, another success than 200, something
        /// that is not HTTP, or is compressed or too large. To a write also a 4xx that the service does not refuse with (402,
        /// 407, 410, 451 and so on), as something on the way may have made it, and 400, 409 and the like where a proxy may have
        /// sent the request twice. A write may have taken effect.
        UnexpectedAnswer = "unexpected_answer",
        /// A 200 that can't be read as what was asked for. [`Report::problems`](super::Report::problems) names the field.
        Decode = "decode",
        /// No answer: the name was not found, no connection, TLS failed, or the connection was lost.
        Transport = "transport",
        /// No answer in time.
        Timeout = "timeout",
        /// The caller ended the call.
        Cancelled = "cancelled",
        /// Nobody could know whether an edit took effect. It is no conflict.
        Indeterminate = "indeterminate",
        /// Somebody else has replaced what was waited for.
        Superseded = "superseded",
        /// An operation was accepted and has failed. Some of what it was to do may have been done.
        OperationFailed = "operation_failed",
        /// An operation was accepted and then cancelled. Some of what it was to do may have been done.
        OperationCancelled = "operation_cancelled",
        /// A wait was over before its operation. Nothing is wrong with the operation: wait again.
        StillRunning = "still_running",
        /// An operation can't be read any more, or has ended in a way that this version does not know: what became of it is
        /// not known.
        LostTrack = "lost_track",
        /// The ledger of a fleet can't be used: it is in use, that of another plan, damaged, of a newer version, or can't
        /// be written. Without it nothing is sent.
        Ledger = "ledger",
        /// A mistake in this library. What the call did is not known.
        Internal = "internal",
    }
}

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

named! {
    /// What is known about the effect of a call.
    ///
    /// It speaks about this one call, and says nothing of what other writers do. Where an error has ended the run of a
    /// fleet, it speaks about the whole run; where it ended the settling of a resume token, about the token's write.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Effect {
        /// No byte of it was handed to a connection. It did nothing and never will.
        NotSent = "not_sent",
        /// Something was sent and changed nothing: a definite refusal, or only reads.
        NotApplied = "not_applied",
        /// There was nothing to change: everything already was as wanted.
        Unchanged = "unchanged",
        /// It may have taken effect, or may still do so.
        Unknown = "unknown",
        /// It took effect. Its answer need not be readable.
        Applied = "applied",
    }
}

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

named! {
    /// How an edit or a wait ended. A call that gave neither end, such as one that did not begin, has none.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum End {
        /// An edit: the change took effect.
        Applied = "applied",
        /// An edit: everything already was as wanted.
        Unchanged = "unchanged",
        /// An edit: somebody else changed the resource first.
        Conflict = "conflict",
        /// An edit: the server refused, in its own words.
        Rejected = "rejected",
        /// An edit: the server answered 200 and changed nothing.
        Ignored = "ignored",
        /// An edit: no write was sent, or only refused for a while.
        NotSent = "not_sent",
        /// An edit: nobody could know.
        Indeterminate = "indeterminate",
        /// A wait: the server has stopped reconciling.
        Settled = "settled",
        /// A wait: there is no such resource any more.
        Gone = "gone",
        /// A wait: somebody else has replaced what was waited for.
        Superseded = "superseded",
        /// A wait: the time was up.
        DeadlinePassed = "deadline_passed",
        /// A wait: the caller ended it.
        Cancelled = "cancelled",
        /// A wait for an operation: it has done what it was to do.
        Succeeded = "succeeded",
        /// A wait for an operation: it has failed.
        OperationFailed = "operation_failed",
        /// A wait for an operation: it was cancelled.
        OperationCancelled = "operation_cancelled",
        /// A wait for an operation: the time was up, the caller ended it, or the operation waits for a person.
        StillRunning = "still_running",
        /// A wait for an operation: it can't be read any more, or has ended in a way that this version does not know.
        LostTrack = "lost_track",
    }
}

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
            | Self::Cancelled
            | Self::Succeeded
            | Self::OperationFailed
            | Self::OperationCancelled
            | Self::StillRunning
            | Self::LostTrack => self.name(),
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
