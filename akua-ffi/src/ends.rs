//! How edits end, in the two shapes that C sees: in effect, or an error.
//!
//! A program that looks at the status alone must not go wrong: so the status is `AKUA_OK` only where the change was carried
//! out, and whatever else an edit may end with is a failure with all that is known about it. Fields that the server has
//! stored otherwise than they were wanted are listed beside it.

use akua_http::{Effect, Settled};
use akua_model::Cluster;
use akua_model::edit::{Edited, FieldReport, NotApplied, Outcome};

use crate::error::{FieldTexts, akua_error, fields};
use crate::failure::Failure;
use crate::handle::Owned;
use crate::resource::Exported;
use crate::status::{
    AKUA_CANCELLED, AKUA_CONFLICT, AKUA_IGNORED, AKUA_INDETERMINATE, AKUA_NOT_FOUND, AKUA_NOT_SENT, AKUA_REJECTED,
    AKUA_SUPERSEDED, AKUA_TIMEOUT, fixed,
};
use crate::text::{Lazy, Text, akua_str};

/// An edit that is in effect.
pub(crate) struct Ended<R: Exported> {
    pub(crate) edited: Edited<R>,
    /// The fields that the server has stored otherwise than they were wanted.
    pub(crate) fields: Vec<Stored>,
    resource: Option<Owned<R::Shown>>,
    outcome: Text,
    proof: Option<Text>,
    etag: Text,
    unreadable: Option<Owned<akua_error>>,
    explain: Lazy,
}

/// A field that the server has stored otherwise than it was wanted.
pub(crate) struct Stored {
    pub(crate) texts: FieldTexts,
    result: &'static str,
}

impl Stored {
    /// What the server has made of it.
    pub(crate) fn result(&self) -> akua_str {
        fixed(self.result)
    }

    fn all<R: Exported>(outcome: &Outcome<R>) -> Vec<Self> {
        let Outcome::Applied(applied) = outcome else {
            return Vec::new();
        };
        let of = |reports: &[FieldReport], result| {
            let texts = fields(reports).into_iter();
            texts.map(move |texts| Self { texts, result })
        };
        let adjusted = of(&applied.adjusted, "adjusted\0");
        adjusted.chain(of(&applied.not_taken, "not_taken\0")).collect()
    }
}

impl<R: Exported> Ended<R> {
    pub(crate) fn new(edited: Edited<R>) -> Result<Self, Failure> {
        let (proof, etag, unreadable) = match &edited.outcome {
            Outcome::Applied(applied) => {
                let etag = applied.etag.as_str();
                let unreadable = applied.unreadable.as_ref();
                let unreadable = unreadable.map(|error| Owned::new(akua_error::unreadable(error, etag)));
                (Some(Text::new(applied.proof.name())), etag, unreadable)
            }
            Outcome::Unchanged(resource) => (None, resource.etag().as_str(), None),
            Outcome::NotApplied(_) | Outcome::Indeterminate(_) => return Err(failure(&edited).into()),
        };
        Ok(Self {
            etag: Text::new(etag),
            proof,
            unreadable,
            outcome: Text::new(edited.outcome.name()),
            resource: edited.resource().cloned().map(|resource| Owned::new(resource.shown())),
            explain: Lazy::default(),
            fields: Stored::all(&edited.outcome),
            edited,
        })
    }

    pub(crate) fn outcome(&self) -> akua_str {
        self.outcome.as_c()
    }

    pub(crate) fn proof(&self) -> akua_str {
        crate::text::shown(self.proof.as_ref())
    }

    pub(crate) fn etag(&self) -> akua_str {
        self.etag.as_c()
    }

    pub(crate) fn resource(&self) -> *const R::Shown {
        self.resource.as_ref().map_or(std::ptr::null(), Owned::lend)
    }

    pub(crate) fn unreadable(&self) -> *const akua_error {
        self.unreadable.as_ref().map_or(std::ptr::null(), Owned::lend)
    }

    pub(crate) fn explain(&self) -> akua_str {
        self.explain.made(|| Text::new(&self.edited.explain()))
    }

    pub(crate) fn field(&self, index: usize) -> Option<&Stored> {
        self.fields.get(index)
    }

    pub(crate) fn requests(&self) -> u32 {
        count(self.edited.requests())
    }
}

/// The error that an edit ended with.
fn failure<R: Exported>(edited: &Edited<R>) -> akua_error {
    let message = edited.outcome.to_string();
    let (mut error, version) = match &edited.outcome {
        Outcome::NotApplied(NotApplied::Conflict(conflict)) => {
            let mut error = akua_error::new(AKUA_CONFLICT, Effect::NotApplied, &message);
            error.end.fields = fields(&conflict.fields);
            error.current_etag = conflict.theirs.as_ref().map(|theirs| Text::new(theirs.etag().as_str()));
            (error, conflict.theirs.clone())
        }
        Outcome::NotApplied(NotApplied::Rejected(answer)) => {
            let error = akua_error::new(AKUA_REJECTED, Effect::NotApplied, &message);
            (error.with_answer(answer), None)
        }
        Outcome::NotApplied(NotApplied::Ignored(ignored)) => {
            let mut error = akua_error::new(AKUA_IGNORED, Effect::NotApplied, &message);
            error.end.fields = fields(&ignored.fields);
            error.current_etag = Some(Text::new(ignored.etag.as_str()));
            error.http_status = 200;
            error.request_id = Text::optional(ignored.request_id.as_deref());
            (error, ignored.resource.clone())
        }
        Outcome::NotApplied(NotApplied::NotSent { cause, detail, .. }) => {
            let mut error = akua_error::new(AKUA_NOT_SENT, Effect::NotApplied, &message);
            error.end.cause = Some(Text::new(cause.name()));
            error.end.detail = Text::optional(detail.as_deref());
            (error, None)
        }
        Outcome::Indeterminate(open) => {
            let mut error = akua_error::new(AKUA_INDETERMINATE, Effect::Unknown, &message);
            if let Some(answer) = &open.answer {
                error = error.with_answer(answer);
            }
            error.end.may_still_land = open.may_still_land;
            error.end.fields = fields(&open.fields);
            error.end.cause = Some(Text::new(open.cause.name()));
            error.end.detail = Text::optional(open.detail.as_deref());
            error.end.resume_token = Some(Text::new(&open.resume_token.to_string()));
            (error, open.seen.clone())
        }
        // In effect: `Ended::new` does not get here.
        Outcome::Applied(_) | Outcome::Unchanged(_) => (akua_error::panic("an end in effect is no failure"), None),
    };
    error.end.outcome = Some(Text::new(edited.outcome.name()));
    error.end.explain = Some(Text::new(&edited.explain()));
    error.requests = count(edited.requests());
    if let Some(version) = version {
        R::keep(&mut error, Owned::new(version.shown()));
    }
    error
}

/// How a wait ended: the cluster if it has settled, else an error. None of these says how the write before it ended.
pub(crate) fn settled(settled: Settled) -> Result<Cluster, Failure> {
    let message = settled.to_string();
    let outcome = settled.name();
    let (status, last) = match settled {
        Settled::Settled(cluster) => return Ok(cluster),
        Settled::Gone => (AKUA_NOT_FOUND, None),
        Settled::Superseded(cluster) => (AKUA_SUPERSEDED, Some(cluster)),
        Settled::DeadlinePassed(last) => (AKUA_TIMEOUT, last),
        Settled::Unclear(other) => (AKUA_TIMEOUT, Some(other)),
        Settled::Cancelled(last) => (AKUA_CANCELLED, last),
        other => {
            let message = format!("a wait ended in a way that this interface does not know: {other}");
            return Err(Failure::panic(&message));
        }
    };
    let mut error = akua_error::new(status, Effect::NotApplied, &message);
    error.end.outcome = Some(Text::new(outcome));
    if let Some(last) = last {
        Cluster::keep(&mut error, Owned::new(last.shown()));
    }
    Err(error.into())
}

fn count(requests: usize) -> u32 {
    u32::try_from(requests).unwrap_or(u32::MAX)
}
