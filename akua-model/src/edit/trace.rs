//! The story of an edit: what was heard, why that led to the next step, and what the step was.

use std::fmt;
use std::time::Duration;

use super::event::Cause;
use crate::etag::Etag;
use crate::http::Method;

/// Every step of an edit, in order. No secret is in it: it holds statuses and etags, no values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    steps: Vec<TraceStep>,
}

/// One step: something was heard, and something was done about it for a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TraceStep {
    /// How long after the start.
    pub at: Duration,
    /// What was heard.
    pub heard: Heard,
    /// Why that leads to what is next.
    pub why: Why,
    /// What is next.
    pub next: Next,
}

/// What was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Heard {
    /// The call began.
    Begin,
    /// A patch was given, or none.
    Patch {
        /// Whether it changes something.
        changes: bool,
    },
    /// An answer arrived.
    Answer {
        /// The verb of the request.
        method: Method,
        /// The status of the answer.
        status: u16,
        /// The etag that it shows or names.
        etag: Option<Etag>,
    },
    /// No answer arrived.
    Nothing {
        /// The verb of the request.
        method: Method,
        /// Whether it is proven that no byte of the request was handed over.
        not_sent: bool,
    },
    /// What was asked for was not begun.
    Declined,
}

/// What is done next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// A patch is asked for.
    Ask,
    /// A read, after a wait.
    Read {
        /// The wait.
        wait: Duration,
    },
    /// A look at the operations of the resource, after a wait.
    List {
        /// The wait.
        wait: Duration,
    },
    /// A look at a page of those of the kind that is to be made, after a wait.
    Namesakes {
        /// The wait.
        wait: Duration,
    },
    /// A write, after a wait.
    Write {
        /// The verb of the request.
        method: Method,
        /// Which version the change is tried on, counted from 1.
        epoch: u32,
        /// How often this very request has been sent with it.
        attempt: u32,
        /// The etag that guards it, where one does.
        if_match: Option<Etag>,
        /// The wait.
        wait: Duration,
    },
    /// The end.
    End,
}

impl Trace {
    /// The steps in order.
    #[must_use]
    pub fn steps(&self) -> &[TraceStep] {
        &self.steps
    }

    /// How many requests were handed to the transport.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.steps
            .iter()
            .filter(|step| matches!(step.heard, Heard::Answer { .. } | Heard::Nothing { .. }))
            .count()
    }

    /// How many times a write was handed to the transport.
    #[must_use]
    pub fn writes(&self) -> usize {
        let is_write = |step: &&TraceStep| matches!(step.heard, Heard::Answer { method, .. } | Heard::Nothing { method, .. } if method != Method::Get);
        self.steps.iter().filter(is_write).count()
    }

    /// Whether a byte of any request was handed to a connection, or may have been.
    #[must_use]
    pub fn has_sent(&self) -> bool {
        let sent = |step: &TraceStep| {
            matches!(
                step.heard,
                Heard::Answer { .. } | Heard::Nothing { not_sent: false, .. }
            )
        };
        self.steps.iter().any(sent)
    }

    pub(crate) fn push(&mut self, step: TraceStep) {
        self.steps.push(step);
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            step.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for TraceStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:>7.3} s  {}: {} -> {}",
            self.at.as_secs_f64(),
            self.heard,
            self.why,
            self.next
        )
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Begin => f.write_str("begin"),
            Self::Patch { changes: true } => f.write_str("a patch"),
            Self::Patch { changes: false } => f.write_str("no patch"),
            Self::Answer { method, status, etag } => {
                write!(f, "{} answered {status}", method.as_str())?;
                etag.as_ref()
                    .map_or(Ok(()), |etag| write!(f, ", etag {}", etag.printable()))
            }
            Self::Nothing { method, not_sent: true } => write!(f, "{} not sent", method.as_str()),
            Self::Nothing {
                method,
                not_sent: false,
            } => write!(f, "{} not answered", method.as_str()),
            Self::Declined => f.write_str("not begun"),
        }
    }
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pause = |f: &mut fmt::Formatter<'_>, wait: &Duration| {
            if wait.is_zero() {
                Ok(())
            } else {
                write!(f, " in {:.3} s", wait.as_secs_f64())
            }
        };
        match self {
            Self::Ask => f.write_str("ask for a patch"),
            Self::Read { wait } => {
                f.write_str("GET")?;
                pause(f, wait)
            }
            Self::List { wait } => {
                f.write_str("GET the operations")?;
                pause(f, wait)
            }
            Self::Namesakes { wait } => {
                f.write_str("GET the list")?;
                pause(f, wait)
            }
            Self::Write {
                method,
                epoch,
                attempt,
                if_match,
                wait,
            } => {
                f.write_str(method.as_str())?;
                if let Some(etag) = if_match {
                    write!(f, " if-match {}, version {epoch}", etag.printable())?;
                }
                write!(f, ", attempt {attempt}")?;
                pause(f, wait)
            }
            Self::End => f.write_str("end"),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NothingSeenYet => "the current version is needed",
            Self::NotListedYet => "without knowing what was there before, a lost answer leaves everything a candidate",
            Self::NotShownYet => "without having been shown it, a 404 would say nothing once an answer is lost",
            Self::SeemsUnchanged => "the version passed in is already so, which only a read can confirm",
            Self::VersionPassedIn => "the change is guarded by the etag passed in",
            Self::VersionRead => "the change is guarded by the etag just read",
            Self::PatchNeeded => "the change depends on the version",
            Self::PatchSubmitted => "the change is guarded by the etag it was made for",
            Self::AlreadyAsWanted => "everything already is as wanted",
            Self::Resumed => "an earlier write is to be settled",
            Self::Acknowledged => "the server has applied it",
            Self::Ignored => "the server answered 200 and has changed nothing",
            Self::ChangedNothing => "the answer shows none of the changes, so it acknowledges nothing",
            Self::Observed => "every wanted value is in effect",
            Self::Accepted => "the server has started an operation",
            Self::Gone => "it is gone, by whomever",
            Self::Unguarded => "it can be asked for as often as one likes",
            Self::Listing => "the operations of the resource may show what became of it",
            Self::Making => "there is no version of it yet",
            Self::Made => "the server has made it",
            Self::Namesakes => "what is called so may be it, or anybody's",
            Self::AnswerLost => "the write may have landed",
            Self::NotSent => "nothing of it was sent",
            Self::Throttled => "the server asks for patience",
            Self::NewCredentials => "the credentials were not accepted, new ones are asked for",
            Self::Refused => "the server refuses, and nothing can have landed",
            Self::RefusedAfterLostAnswer => "this says nothing about the attempt whose answer was lost",
            Self::ConflictAfterLostAnswer => "this may be the echo of our own write",
            Self::Mismatch => "somebody else was faster",
            Self::OtherEtagNamed => "another etag is named, and a read tells whether it is this resource's",
            Self::UnnamedConflict => "a read tells whether this is about the etag",
            Self::NotAMismatch => "the etag has not moved, so the refusal is about something else",
            Self::StaleRead => "this read may be older than the refusal",
            Self::MayBeStale => "everything seems to be as wanted, but this read may be older than the refusal",
            Self::OlderRead => "this read shows a version from before the one that was seen",
            Self::ReadLost => "nothing could be read",
            Self::LookedInVain => "this does not tell whether the write landed",
            Self::Rebase => "the other change left our fields alone",
            Self::OverwriteUnseen => {
                "the other change may have touched our fields, and the policy is to overwrite them"
            }
            Self::Conflict => "the other change is not ours to overwrite",
            Self::GaveUp(cause) => return write!(f, "{cause}, and nothing took effect"),
            Self::Unknowable {
                may_still_land: true,
                cause,
            } => {
                return write!(f, "{cause}; it can't be known, and the write may still land");
            }
            Self::Unknowable {
                may_still_land: false,
                cause,
            } => {
                return write!(f, "{cause}; it can't be known, and nothing can land any more");
            }
        })
    }
}

/// The reason for one step of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Why {
    /// No version was passed in, so the current one is read.
    NothingSeenYet,
    /// What is to be deleted is looked at first, with these very credentials.
    NotShownYet,
    /// What is there is listed first, so that what is made can be told from it should its answer be lost.
    NotListedYet,
    /// The version passed in already is as wanted; a read must show that it is still so.
    SeemsUnchanged,
    /// The write goes out under the etag of the version passed in.
    VersionPassedIn,
    /// The write goes out under the etag of the version just read.
    VersionRead,
    /// A patch is asked for.
    PatchNeeded,
    /// The write goes out with the patch that was given for this version.
    PatchSubmitted,
    /// A read showed that everything already is as wanted.
    AlreadyAsWanted,
    /// An earlier call's write is settled.
    Resumed,
    /// The server answered 200 to the write.
    Acknowledged,
    /// The server answered 200, and what it shows as written is what was there before.
    Ignored,
    /// The server answered 200 and showed none of the changes: that acknowledges nothing.
    ChangedNothing,
    /// A read showed every wanted value.
    Observed,
    /// The server answered 202 to the write, with an operation.
    Accepted,
    /// What was to be deleted is not there.
    Gone,
    /// The write goes out under no etag: a second one would do nothing that the first has not done.
    Unguarded,
    /// Before an end that has no operation of its own, those of the resource are looked at.
    Listing,
    /// What is to be made is asked for: no etag guards it.
    Making,
    /// The server answered the create with what it has made.
    Made,
    /// Before an end of a create whose answer was lost, those that are called as the new one is are looked at.
    Namesakes,
    /// The answer to the write was lost: it may have landed.
    AnswerLost,
    /// Not a byte was handed over.
    NotSent,
    /// The server asked for patience.
    Throttled,
    /// The server did not accept the credentials, and new ones are asked for.
    NewCredentials,
    /// The server refused, and nothing can have landed.
    Refused,
    /// The server refused a repeat, which says nothing about the attempt whose answer was lost.
    RefusedAfterLostAnswer,
    /// A 409 after a lost answer may be the echo of our own write.
    ConflictAfterLostAnswer,
    /// Somebody else changed the resource first.
    Mismatch,
    /// A 409 names another etag as current: a read tells whether it is this resource's.
    OtherEtagNamed,
    /// A 409 that names no etag: a read tells whether it was about the etag.
    UnnamedConflict,
    /// The etag has not moved, so the 409 was about something else.
    NotAMismatch,
    /// The read still showed the version that was refused.
    StaleRead,
    /// After a 409 a read shows everything as wanted, but it may be older than the 409.
    MayBeStale,
    /// A read showed a version that was updated before one that this call has seen.
    OlderRead,
    /// A read brought nothing.
    ReadLost,
    /// A read did not show whether the write landed.
    LookedInVain,
    /// The other change left our fields alone: ours is applied to the new version.
    Rebase,
    /// The other change may have touched a write-only field of ours, and the policy is to overwrite it.
    OverwriteUnseen,
    /// The other change touched our fields.
    Conflict,
    /// Nothing took effect, and there is no time or patience left.
    GaveUp(Cause),
    /// It can't be known what happened.
    Unknowable {
        /// Whether the write may land even now.
        may_still_land: bool,
        /// What stood in the way.
        cause: Cause,
    },
}
