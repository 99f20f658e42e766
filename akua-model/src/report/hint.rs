//! What to do next, in words: one table for every call, whether it read, wrote or edited.

use super::Kind;
use crate::answer::Failed;
use crate::edit::Cause;
use crate::etag::Etag;
use crate::printable::Printable;

/// What a call was about, as far as that decides what to do next.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The word for the kind, such as `cluster`.
    pub noun: &'static str,
    /// Whether it was about one resource, not about a list.
    pub is_one: bool,
    /// Whether it named a workspace context.
    pub has_context: bool,
    /// The etag that guarded it, if it was a write.
    pub if_match: Option<&'a str>,
}

/// What to do about an answer of this kind.
#[must_use]
pub fn of_answer(subject: &Subject<'_>, kind: Kind, failed: &Failed) -> String {
    let noun = subject.noun;
    match kind {
        Kind::PermissionDenied if subject.has_context => {
            "the token may not do this, or not in this context: use one that may".to_owned()
        }
        Kind::PermissionDenied => format!("the token may not do this; {CONTEXT}"),
        Kind::Rejected if failed.status == 400 && !subject.has_context => CONTEXT.to_owned(),
        Kind::NotFound if subject.is_one => {
            format!("there is no such {noun}, or this token may not see it: list those that it may see")
        }
        Kind::Conflict => conflict(subject, failed.current_etag.as_ref()),
        Kind::RateLimited => match failed.wait {
            Some(wait) => format!("wait {} s before the next call", wait.as_secs()),
            None => "wait before the next call".to_owned(),
        },
        Kind::UnexpectedAnswer if failed.status == 304 => {
            "that answers a question which was not asked: a cache on the way is at fault, so go around it".to_owned()
        }
        Kind::UnexpectedAnswer if (300..400).contains(&failed.status) => {
            "a redirect is never followed, as the token would go with it: if the service has moved, set the base URL"
                .to_owned()
        }
        kind => usual(kind).to_owned(),
    }
}

/// What to do about an error of this kind, of which no more is known. Empty where the error itself says it.
#[must_use]
pub fn usual(kind: Kind) -> &'static str {
    match kind {
        Kind::Authentication => {
            "make a token at https://akua.dev/developers/api-tokens and set it as AKUA_API_TOKEN or in the builder"
        }
        Kind::PermissionDenied => "use a token that may do this",
        Kind::NotFound => "see that the base URL is the service's",
        Kind::Conflict | Kind::Superseded => "read it again and decide anew",
        Kind::Rejected => "change what the server's words name, then call again",
        Kind::Ignored => "find out why the server does not take these values",
        Kind::RateLimited => "wait before the next call",
        Kind::Server => "call again later; if it stays so, tell the service's support the request id",
        Kind::UnexpectedAnswer => "see what it is that answers at the base URL: it may be a proxy",
        Kind::Decode => "see whether a newer version of this library can read it",
        Kind::Transport => "see that the service can be reached from here, then call again",
        Kind::Timeout => "call again, or give it more time",
        Kind::Cancelled => "call again if it is wanted after all",
        Kind::Indeterminate => "settle it with `resolve` and its resume token",
        Kind::OperationFailed => "see what stands there now: some of it may have been done",
        Kind::OperationCancelled => "see what stands there now: some of it may have been done",
        Kind::StillRunning => "wait for it again, with its token",
        Kind::LostTrack => "see what stands there now",
        Kind::Ok | Kind::InvalidInput | Kind::Configuration | Kind::Ledger | Kind::Internal => "",
    }
}

/// What to do about an edit that was not sent.
pub(super) fn of_cause(cause: Cause, kind: Kind) -> &'static str {
    match cause {
        Cause::NoPatch => "let the closure give a patch, or nothing where nothing is to change",
        Cause::UnusableEtag => "tell the service's support: its etag fits no header",
        Cause::Declined => "mend what stood in the way, then edit it again",
        _ => usual(kind),
    }
}

const CONTEXT: &str =
    "a token that is not a workspace's own needs a context: set AKUA_CONTEXT or `context` to the workspace's id";

fn conflict(subject: &Subject<'_>, current: Option<&Etag>) -> String {
    let noun = subject.noun;
    match (current, subject.if_match) {
        (Some(current), Some(sent)) if current.means(&Etag::from(sent)) => {
            format!("the etag sent is the current one, so the {noun}'s state or another {noun} stands in the way")
        }
        (Some(current), _) => {
            format!(
                "the answer names `{}` as the current etag, so somebody else may have changed the {noun}: read it \
                 again and decide anew",
                Printable(current.as_str())
            )
        }
        (None, _) => format!(
            "either somebody else changed the {noun}, or its state, a name already taken or a reused idempotency key \
             stands in the way: read it again and compare its etag"
        ),
    }
}
