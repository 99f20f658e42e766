//! Why each step was taken, in words.

use super::event::Cause;

/// The reason for one step of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Why {
    /// No version was passed in, so the current one is read.
    NothingSeenYet,
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
    /// A read showed every wanted value.
    Observed,
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
    /// A 409 that names no etag: a read tells whether it was about the etag.
    UnnamedConflict,
    /// The etag has not moved, so the 409 was about something else.
    NotAMismatch,
    /// The read still showed the version that was refused.
    StaleRead,
    /// A read brought nothing.
    ReadLost,
    /// A read did not show whether the write landed.
    LookedInVain,
    /// The other change left our fields alone: ours is applied to the new version.
    Rebase,
    /// The new version seems to have our values; writing under its etag makes sure.
    Confirm,
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
