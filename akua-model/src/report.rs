//! One record of how a call ended, for all languages.
//!
//! Rust has types for it: an [`Edited`](crate::edit::Edited) for an edit, an error for a call that failed. Every other
//! language, a ledger and the shared cases are told the same as one flat record, made of those types in one place each.
//! They carry it over and decide nothing. A whole resource is no part of it: it stays beside the record, as a value with a
//! type. No secret is in it.
//!
//! ```
//! use akua_model::report::{Effect, Kind, Report};
//!
//! let report = Report::new(Kind::RateLimited, Effect::NotApplied, "HTTP 429");
//! assert_eq!(
//!     serde_json::to_string(&report)?,
//!     r#"{"kind":"rate_limited","effect":"not_applied","message":"HTTP 429","attempts":0,"requests":0}"#
//! );
//! # Ok::<(), serde_json::Error>(())
//! ```

mod edited;
pub mod hint;
mod kind;
mod launched;
mod waited;

use serde::{Deserialize, Serialize};

pub use self::kind::{Effect, End, Kind};
use crate::answer::Failed;
use crate::edit::{Cause, FieldState, Proof, Trace};
use crate::waiting::Asked;
use crate::{Problem, ServerError, named};

/// How a call ended: what it was, what it did, what was said about it, and what to do next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// What went wrong, to branch on; `ok` if nothing did.
    pub kind: Kind,
    /// What is known about the effect of the call. The same word means the same of every call, in every language.
    pub effect: Effect,
    /// How the edit or the wait ended; `None` of every other call, and of one that did not begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
    /// What happened, for a person.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// What to do about it, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// An applied edit: how that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
    /// An edit that was not sent or is indeterminate: what stood in the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// An edit that was not sent or is indeterminate: what was heard last, or why nothing more was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The HTTP status, if at least the head of an answer arrived that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What the server said went wrong, in its words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub server_errors: Vec<ServerError>,
    /// How long the server asked to be left alone, in milliseconds, counted from when its answer arrived; whether it gave
    /// seconds or a date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// The server's id for the request, as its support asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The fields that are wrong, in the input or in the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// The etag of the version with the change in it; of an ignored write that of the version which its answer shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The etag that stands in the way: a refusal names it, or a read has shown it. Before writing with it, read the
    /// resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_etag: Option<String>,
    /// The etag of the version that was read last, of a conflict, an indeterminate edit or a wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_etag: Option<String>,
    /// A conflict, an ignored or an indeterminate edit: every field of the patch as the three sides have it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldValues>,
    /// An applied edit: the fields that show neither the wanted value nor the one from before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adjusted: Vec<FieldValues>,
    /// An applied edit: the fields that still show the value from before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_taken: Vec<FieldValues>,
    /// Of an unknown effect: whether the write may land even now. `false` only if it is proven that it can't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_still_land: Option<bool>,
    /// An indeterminate edit: the resume token that settles it. Of a launch also, once it was accepted, and of a wait that did
    /// not come to the operation's end: the token to wait with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume_token: Option<String>,
    /// A launch that was accepted, and a wait: the id of the operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// A create that was answered with what it has made, and starts no operation: the id of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
    /// A launch that ended without an operation of its own: the listed operations of that kind on that resource, the newest
    /// first. Any of them may be ours or somebody else's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<String>,
    /// A wait: the step that waits for a person, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_on: Option<String>,
    /// A wait whose operation was cancelled: whether whoever waited had asked for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_here: Option<Asked>,
    /// A wait: the operations on the same resource that were started later, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<String>,
    /// How often the request was handed to the transport that the call is about: of an edit its write.
    pub attempts: u32,
    /// How many requests were handed to the transport, reads included.
    pub requests: u32,
    /// An edit: what happened and why, step by step, for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<String>,
}

/// One field of a patch as the three sides have it. A value is missing where it is not known, always for a secret, and where
/// there is none: the side is in [`absent`](Self::absent) then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldValues {
    /// The field's name.
    pub field: String,
    /// Its value when the caller saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Its wanted value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<String>,
    /// Its value in the version read last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<String>,
    /// The sides that are known to have no value; of every other one without a value it is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<Side>,
    /// What the comparison says; missing if no other version was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<FieldState>,
}

named! {
    /// A side of a field: who has a value there.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Side {
        /// The version that the caller saw.
        Base = "base",
        /// The change.
        Ours = "ours",
        /// The version read last.
        Theirs = "theirs",
    }
}

impl Report {
    /// A report of which nothing is known but this. A write of unknown effect may still land, unless something else is said.
    #[must_use]
    pub fn new(kind: Kind, effect: Effect, message: impl Into<String>) -> Self {
        Self {
            kind,
            effect,
            end: None,
            message: message.into(),
            hint: None,
            proof: None,
            cause: None,
            detail: None,
            status: None,
            server_errors: Vec::new(),
            retry_after_ms: None,
            request_id: None,
            problems: Vec::new(),
            etag: None,
            current_etag: None,
            seen_etag: None,
            fields: Vec::new(),
            adjusted: Vec::new(),
            not_taken: Vec::new(),
            may_still_land: (effect == Effect::Unknown).then_some(true),
            resume_token: None,
            operation: None,
            made: None,
            candidates: Vec::new(),
            blocked_on: None,
            asked_here: None,
            later: Vec::new(),
            attempts: 0,
            requests: 0,
            story: None,
        }
    }

    /// Adds what the server's answer says.
    pub fn hear(&mut self, answer: &Failed) {
        self.status = Some(answer.status);
        self.server_errors = answer.errors.clone();
        self.retry_after_ms = answer.wait.map(milliseconds);
        self.request_id = answer.request_id.clone();
        self.current_etag = answer.current_etag.as_ref().map(ToString::to_string);
        let unreadable = answer.unreadable.as_ref();
        self.problems = unreadable.map_or_else(Vec::new, |error| error.problems().to_vec());
    }
}

/// Of a write that the server refused, in its own words. A 409 is no conflict with another writer here: that was looked
/// into, and `in_the_way` says what else may stand in the way.
fn rejected(subject: &hint::Subject<'_>, answer: &Failed, message: &str, in_the_way: &str) -> Report {
    let kind = match Kind::of_status(answer.status, Effect::NotApplied) {
        Kind::Conflict => Kind::Rejected,
        kind => kind,
    };
    let mut report = Report::new(kind, Effect::NotApplied, message);
    report.end = Some(End::Rejected);
    report.hear(answer);
    report.hint = Some(match (kind, answer.status) {
        (Kind::Rejected, 409 | 412) => format!(
            "the {}'s state or another {in_the_way} stands in the way: see the server's words",
            subject.noun
        ),
        _ => hint::of_answer(subject, kind, answer),
    });
    report
}

/// Of a write that was not sent, or only refused for a while.
fn not_sent(
    subject: &hint::Subject<'_>,
    trace: &Trace,
    message: &str,
    cause: Cause,
    detail: Option<&String>,
    answer: Option<&Failed>,
) -> Report {
    let effect = if trace.has_sent() {
        Effect::NotApplied
    } else {
        Effect::NotSent
    };
    let kind = Kind::of_cause(cause);
    let mut report = Report::new(kind, effect, message);
    report.end = Some(End::NotSent);
    report.hint = Some(hint::of_cause(cause, kind).to_owned());
    if let Some(answer) = answer {
        report.hear(answer);
        if matches!(cause, Cause::Unauthorized | Cause::Throttled) {
            report.hint = Some(hint::of_answer(subject, kind, answer));
        }
    }
    report.cause = Some(cause);
    report.detail = detail.cloned();
    report
}

/// Whole milliseconds, as many as fit.
fn milliseconds(wait: std::time::Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}
