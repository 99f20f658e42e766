//! What must be met somewhere: an exploration that never sees an end, a proof or a cause says nothing about it.

use super::client::Client;
use super::domain::NAME;
use crate::edit::event::{Action, Cause, End, FieldState, Proof, Reason};
use crate::edit::trace::Why;
use crate::value::Shown;

macro_rules! marks {
    ($($mark:ident = $words:literal),* $(,)?) => {
        /// Something that was met.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Mark { $($mark),* }

        impl Mark {
            pub(super) const ALL: &'static [Self] = &[$(Self::$mark),*];

            pub(super) fn words(self) -> &'static str {
                match self { $(Self::$mark => $words),* }
            }
        }
    };
}

marks! {
    Acknowledged = "applied, acknowledged",
    AcknowledgedLater = "applied, acknowledged in a second epoch",
    AcknowledgedAgain = "applied, acknowledged to a repeat",
    Observed = "applied, observed",
    Unchanged = "unchanged",
    Conflict = "not applied, conflict",
    ConflictUnread = "not applied, conflict that could not be read",
    ConflictAbsent = "not applied, conflict with a field that was cleared",
    ConflictOmitted = "not applied, conflict with a field that the answer leaves out",
    Rejected = "not applied, rejected",
    Ignored = "not applied, ignored",
    Adjusted = "applied, but adjusted",
    NotTaken = "applied, but not all taken",
    NotSent = "not applied, not sent",
    ProvenUnlanded = "proven not to have landed after a lost answer",
    MayStillLand = "indeterminate, may still land",
    CannotLand = "indeterminate, can't land any more",
    AnswerLost = "cause: answer lost",
    Refused = "cause: refused",
    ConflictAfterLostAnswer = "cause: conflict after lost answer",
    ChangedNothing = "cause: changed nothing",
    Unauthorized = "cause: unauthorized",
    Throttled = "cause: throttled",
    ReadFailed = "cause: read failed",
    NotConnected = "cause: not connected",
    Deadline = "cause: deadline",
    OutOfAttempts = "cause: out of attempts",
    Cancelled = "cause: cancelled",
    Declined = "cause: declined",
    NoPatch = "cause: no patch",
    UnusableEtag = "cause: unusable etag",
    Rebase = "rebased",
    OverwriteUnseen = "overwrote the unseen",
    StaleRead = "stale read noticed",
    MayBeStale = "read again what may be stale",
    OtherEtagNamed = "409 that names another etag",
    NotAMismatch = "409 that was not about the etag",
    UnnamedConflict = "409 that names no etag",
    NewCredentials = "new credentials",
    LookedInVain = "looked in vain",
    Resumed = "resumed",
    LandedAfterTheEnd = "landed after the end",
}

impl Mark {
    pub(super) fn bit(self) -> u64 {
        1 << self as u32
    }
}

fn cause(cause: Cause) -> Mark {
    match cause {
        Cause::AnswerLost => Mark::AnswerLost,
        Cause::Refused => Mark::Refused,
        Cause::ConflictAfterLostAnswer => Mark::ConflictAfterLostAnswer,
        Cause::ChangedNothing => Mark::ChangedNothing,
        Cause::Unauthorized => Mark::Unauthorized,
        Cause::Throttled => Mark::Throttled,
        Cause::ReadFailed => Mark::ReadFailed,
        Cause::NotConnected => Mark::NotConnected,
        Cause::Deadline => Mark::Deadline,
        Cause::OutOfAttempts => Mark::OutOfAttempts,
        Cause::Cancelled => Mark::Cancelled,
        Cause::Declined => Mark::Declined,
        Cause::NoPatch => Mark::NoPatch,
        Cause::UnusableEtag => Mark::UnusableEtag,
    }
}

/// What an action of the client is an example of.
pub(super) fn marks_of(action: &Action<u8, u8>, why: Option<Why>, client: &Client) -> Vec<Mark> {
    let mut marks = Vec::new();
    marks.extend(match why {
        Some(Why::Rebase) => Some(Mark::Rebase),
        Some(Why::OverwriteUnseen) => Some(Mark::OverwriteUnseen),
        Some(Why::StaleRead) => Some(Mark::StaleRead),
        Some(Why::MayBeStale) => Some(Mark::MayBeStale),
        Some(Why::OtherEtagNamed) => Some(Mark::OtherEtagNamed),
        Some(Why::NotAMismatch) => Some(Mark::NotAMismatch),
        Some(Why::UnnamedConflict) => Some(Mark::UnnamedConflict),
        Some(Why::NewCredentials) => Some(Mark::NewCredentials),
        Some(Why::LookedInVain) => Some(Mark::LookedInVain),
        Some(Why::Resumed) => Some(Mark::Resumed),
        Some(Why::GaveUp(why) | Why::Unknowable { cause: why, .. }) => Some(cause(why)),
        _ => None,
    });
    let Action::Finish(end) = action else { return marks };
    let (epoch, sends) = match client {
        Client::Ours(machine) => machine
            .epoch
            .as_ref()
            .map_or((0, 0), |epoch| (epoch.number, epoch.sends)),
        Client::Naive(_) => (0, 0),
    };
    if let End::Applied {
        adjusted, not_taken, ..
    } = end
    {
        marks.extend((!adjusted.is_empty()).then_some(Mark::Adjusted));
        marks.extend((!not_taken.is_empty()).then_some(Mark::NotTaken));
    }
    if let End::NotApplied(Reason::Conflict {
        theirs: Some(theirs),
        fields,
    }) = end
    {
        marks.extend(match theirs.values[NAME] {
            Shown::Absent if fields.contains(&FieldState::Conflicting) => Some(Mark::ConflictAbsent),
            Shown::Unreadable if fields.contains(&FieldState::Unseen) => Some(Mark::ConflictOmitted),
            _ => None,
        });
    }
    let how = match end {
        End::Applied {
            proof: Proof::Acknowledged,
            ..
        } => {
            if epoch > 1 {
                marks.push(Mark::AcknowledgedLater);
            }
            if sends > 1 {
                marks.push(Mark::AcknowledgedAgain);
            }
            Mark::Acknowledged
        }
        End::Applied {
            proof: Proof::Observed, ..
        } => Mark::Observed,
        // No edit ends so.
        End::Launched { .. } => return marks,
        End::Unchanged(_) => Mark::Unchanged,
        End::NotApplied(Reason::Conflict { theirs: Some(_), .. }) => Mark::Conflict,
        End::NotApplied(Reason::Conflict { theirs: None, .. }) => Mark::ConflictUnread,
        End::NotApplied(Reason::Rejected) => Mark::Rejected,
        End::NotApplied(Reason::Ignored(_)) => Mark::Ignored,
        End::NotApplied(Reason::NotSent(_)) => Mark::NotSent,
        End::Indeterminate {
            may_still_land: true, ..
        } => Mark::MayStillLand,
        End::Indeterminate {
            may_still_land: false, ..
        } => Mark::CannotLand,
    };
    marks.push(how);
    marks
}
