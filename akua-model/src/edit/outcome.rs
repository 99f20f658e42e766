//! How an edit ended, for the caller: as data to act on and as words to read.

use std::fmt;

use super::event::{Cause, FieldState, Proof};
use super::token::ResumeToken;
use super::trace::Trace;
use crate::answer::Failed;
use crate::error::Error;
use crate::etag::Etag;
use crate::printable::Printable;
use crate::property::Property;
use crate::resource::Resource;
use crate::value::Shown;

/// An edit that has ended: what happened, and the story of how.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Edited<R: Resource> {
    /// The resource that it was about.
    pub id: R::Id,
    /// Whether its requests named a workspace context.
    pub(crate) has_context: bool,
    /// What happened.
    pub outcome: Outcome<R>,
    /// Every step with its reason.
    pub trace: Trace,
}

impl<R: Resource> Edited<R> {
    /// How many requests were sent, reads included.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.trace.requests()
    }

    /// The change that took effect, with what is known of it; `None` for every other end.
    #[must_use]
    pub fn applied(&self) -> Option<&Applied<R>> {
        match &self.outcome {
            Outcome::Applied(applied) => Some(applied),
            _ => None,
        }
    }

    /// The version in which everything is as wanted: after [`Outcome::Applied`], unless its answer could not be
    /// read in full, and after [`Outcome::Unchanged`].
    #[must_use]
    pub fn resource(&self) -> Option<&R> {
        match &self.outcome {
            Outcome::Applied(applied) => applied.resource.as_ref(),
            Outcome::Unchanged(resource) => Some(resource),
            _ => None,
        }
    }

    /// What happened and why, in short lines for a person. No secret is in it.
    #[must_use]
    pub fn explain(&self) -> String {
        format!("{}\n{}", self.outcome, self.trace)
    }
}

/// What an edit did: the join over all its attempts, never just the last answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<R: Resource> {
    /// The change took effect: every wanted value was in effect when the server answered, but for what
    /// [`Applied::adjusted`] and [`Applied::not_taken`] list.
    Applied(Applied<R>),
    /// Everything already was as wanted, as a read made in this call showed, and nothing of this call took
    /// effect.
    Unchanged(R),
    /// Nothing of this call took effect, and nothing will.
    NotApplied(NotApplied<R>),
    /// Nobody could know. This is not a conflict, and sending the change again blindly could apply it twice.
    Indeterminate(Box<Indeterminate<R>>),
}

impl<R: Resource> Outcome<R> {
    /// Whether the change may have taken effect, or may still.
    #[must_use]
    pub fn may_have_taken_effect(&self) -> bool {
        matches!(self, Self::Applied(_) | Self::Indeterminate(_))
    }
}

/// A change that is in effect.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Applied<R: Resource> {
    /// How that is known.
    pub proof: Proof,
    /// The etag of the version with the change in it, as the answer or the read shows it: where answers may show an older
    /// version, that one's.
    pub etag: Etag,
    /// That version; `None` if the answer to the write could not be read in full.
    pub resource: Option<R>,
    /// Why it could not be read.
    pub unreadable: Option<Error>,
    /// The resource's id.
    pub id: R::Id,
    /// The etag that guarded the write: a read that shows it is older than the change.
    pub if_match: Option<Etag>,
    /// The change.
    pub patch: Option<R::Patch>,
    /// The fields that show neither the wanted value nor the one from before the write, such as those that a server trims:
    /// `theirs` is what they show. Also those that show another value where it is not known what was there before.
    pub adjusted: Vec<FieldReport>,
    /// The fields that still show the value from before the write, though others show that the write was carried out.
    pub not_taken: Vec<FieldReport>,
}

/// Why nothing took effect.
#[derive(Clone, Debug, PartialEq)]
pub enum NotApplied<R: Resource> {
    /// Somebody else changed the resource.
    Conflict(Box<Conflict<R>>),
    /// The server refused, in its own words.
    Rejected(Box<Failed>),
    /// The server answered 200, and the version that it shows as written is the one from before.
    Ignored(Box<Ignored<R>>),
    /// Nothing was sent, or only refused for a while, until time or patience was over.
    NotSent {
        /// What stood in the way.
        cause: Cause,
        /// What was heard last, if anything.
        detail: Option<String>,
        /// The server's last refusal or failure, if it was answers that kept it from being sent.
        answer: Option<Box<Failed>>,
    },
}

/// A write that the server answered with 200 and did not carry out.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Ignored<R: Resource> {
    /// The etag that the answer shows, which is the one that guarded the write.
    pub etag: Etag,
    /// The version in the answer; `None` if it could not be read in full.
    pub resource: Option<R>,
    /// Every field of the patch, with what the answer shows as `theirs`.
    pub fields: Vec<FieldReport>,
    /// The server's id for the request.
    pub request_id: Option<String>,
}

/// Somebody else changed the resource: who wants what, field by field, and what can be done.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Conflict<R: Resource> {
    /// Every field of the patch.
    pub fields: Vec<FieldReport>,
    /// The version that stands now; `None` if it could not be read.
    pub theirs: Option<R>,
    /// The change that was wanted.
    pub ours: Option<R::Patch>,
}

impl<R: Resource> Conflict<R> {
    /// To write ours over the version just seen: pass both to an edit. It is refused again if that version has
    /// moved on by then. `None` if the other version could not be read.
    #[must_use]
    pub fn force_ours(&self) -> Option<(R, R::Patch)> {
        Some((self.theirs.clone()?, self.ours.clone()?))
    }

    /// To leave the other change as it is.
    #[must_use]
    pub fn take_theirs(&self) -> Option<&R> {
        self.theirs.as_ref()
    }
}

/// One field of a patch as the three sides have it, each value as its text (see [`Value::to_text`](crate::Value::to_text)). It
/// is [`Unreadable`](Shown::Unreadable) where it is not known, and always for a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldReport {
    /// The field.
    pub field: &'static Property,
    /// Its value when the caller saw it.
    pub base: Shown<String>,
    /// Its wanted value.
    pub ours: Shown<String>,
    /// Its value in the version read last.
    pub theirs: Shown<String>,
    /// What the comparison says; `None` if no other version was read.
    pub state: Option<FieldState>,
}

/// An edit of which nobody could know whether it took effect.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Indeterminate<R: Resource> {
    /// Whether the write may land even now. `false` only if that is proven.
    pub may_still_land: bool,
    /// Every field of the patch, as far as it is known.
    pub fields: Vec<FieldReport>,
    /// The version read last, after the write was sent.
    pub seen: Option<R>,
    /// What stood in the way of the truth.
    pub cause: Cause,
    /// The server's last refusal or failure, if there was one.
    pub answer: Option<Box<Failed>>,
    /// What was heard last, or why nothing more was sent.
    pub detail: Option<String>,
    /// With this another call can settle it later, also in another process or language.
    pub resume_token: ResumeToken,
}

impl<R: Resource> fmt::Display for Outcome<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Applied(applied) => applied.fmt(f),
            Self::Unchanged(resource) => write!(
                f,
                "unchanged: it already was so, at etag {}",
                resource.etag().printable()
            ),
            Self::NotApplied(why) => why.fmt(f),
            Self::Indeterminate(indeterminate) => indeterminate.fmt(f),
        }
    }
}

impl<R: Resource> fmt::Display for Applied<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.proof {
            Proof::Acknowledged => write!(f, "applied: the server acknowledged etag {}", self.etag.printable())?,
            Proof::Observed => write!(
                f,
                "applied: a later read shows every value, at etag {}",
                self.etag.printable()
            )?,
        }
        let names = |fields: &[FieldReport]| {
            let names: Vec<_> = fields.iter().map(|field| field.field.name).collect();
            names.join(", ")
        };
        if !self.adjusted.is_empty() {
            write!(f, "; adjusted by the server: {}", names(&self.adjusted))?;
        }
        if !self.not_taken.is_empty() {
            write!(f, "; not taken by the server: {}", names(&self.not_taken))?;
        }
        lines(f, &self.adjusted)?;
        lines(f, &self.not_taken)
    }
}

impl<R: Resource> fmt::Display for NotApplied<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict(conflict) => conflict.fmt(f),
            Self::Rejected(failed) => write!(f, "not applied: refused with {failed}"),
            Self::Ignored(ignored) => ignored.fmt(f),
            Self::NotSent { cause, detail, .. } => {
                write!(f, "not applied: {cause}")?;
                detail
                    .as_ref()
                    .map_or(Ok(()), |detail| write!(f, " ({})", Printable(detail)))
            }
        }
    }
}

impl<R: Resource> fmt::Display for Ignored<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "not applied: the server answered 200 and changed nothing, at etag {}",
            self.etag.printable()
        )?;
        lines(f, &self.fields)?;
        f.write_str("\n  next: find out why the server does not take these values; sending them again will do the same")
    }
}

impl<R: Resource> fmt::Display for Conflict<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.theirs {
            Some(_) => write!(f, "not applied: somebody else changed the {} first", R::NOUN)?,
            None => write!(
                f,
                "not applied: the {} has changed meanwhile, and its current values are not known",
                R::NOUN
            )?,
        }
        lines(f, &self.fields)?;
        f.write_str(match self.theirs {
            Some(_) => "\n  next: take theirs, force ours on the version just seen, or make a new patch",
            None => "\n  next: read the resource and edit it again",
        })
    }
}

impl<R: Resource> fmt::Display for Indeterminate<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "indeterminate: {}", self.cause)?;
        let answer = self.answer.as_ref().map(|answer| answer.to_string());
        let detail = self.detail.as_ref().map(|detail| Printable(detail).to_string());
        let detail = detail.filter(|detail| answer.as_ref() != Some(detail));
        match (answer, detail) {
            (Some(answer), Some(detail)) => write!(f, " ({answer}; {detail})")?,
            (Some(only), None) | (None, Some(only)) => write!(f, " ({only})")?,
            (None, None) => {}
        }
        f.write_str(if self.may_still_land {
            "; the write may have landed, or may land even now"
        } else {
            "; the write may have landed, and can't land any more"
        })?;
        lines(f, &self.fields)?;
        f.write_str(if self.may_still_land {
            "\n  next: resolve it with its resume token"
        } else {
            "\n  next: look at what stands there now, and decide anew"
        })
    }
}

fn lines(f: &mut fmt::Formatter<'_>, fields: &[FieldReport]) -> fmt::Result {
    fields.iter().try_for_each(|field| write!(f, "\n  {field}"))
}

impl fmt::Display for FieldReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |value: &Shown<String>| match value {
            Shown::Is(value) if self.field.is_text() => format!("{value:?}"),
            Shown::Is(value) => Printable(value).to_string(),
            Shown::Absent => "(none)".to_owned(),
            Shown::Unreadable if self.field.is_secret() => "(secret)".to_owned(),
            Shown::Unreadable if self.field.is_write_only() => "(never shown)".to_owned(),
            Shown::Unreadable => "(not known)".to_owned(),
        };
        write!(
            f,
            "{}: was {}, ours {}, now {}",
            self.field.name,
            show(&self.base),
            show(&self.ours),
            show(&self.theirs)
        )
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AnswerLost => "the answer to the write was lost",
            Self::Refused => "after an attempt of unknown effect the server refused the repeat",
            Self::ConflictAfterLostAnswer => "after an attempt of unknown effect the server answered with a conflict",
            Self::ChangedNothing => "the server answered 200 and showed none of the changes",
            Self::Unauthorized => "the server did not accept the credentials",
            Self::Throttled => "the server asked for more patience than there was time",
            Self::ReadFailed => "the resource could not be read",
            Self::NotConnected => "no connection could be had",
            Self::Deadline => "the deadline passed",
            Self::OutOfAttempts => "every attempt was used",
            Self::Cancelled => "the caller ended the call",
            Self::Declined => "the request was not begun",
            Self::NoPatch => "the closure gave no patch",
            Self::UnusableEtag => "the etag that the server gave can't guard a write",
        })
    }
}
