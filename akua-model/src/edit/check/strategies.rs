//! What clients usually do about lost answers and conflicts.

use super::breach::Breach;

/// A way to deal with trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Strategy {
    /// Sends the same request again until there is an answer, and believes that.
    ResendAndTrust,
    /// After any trouble, reads the current version and applies the change to it.
    RereadAndReapply,
    /// After any trouble, reads the current version and merges, as if nothing could have landed.
    MergeWithoutTaint,
}

impl Strategy {
    pub(super) const ALL: [Self; 3] = [Self::ResendAndTrust, Self::RereadAndReapply, Self::MergeWithoutTaint];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ResendAndTrust => "resend and trust the last answer",
            Self::RereadAndReapply => "re-read and re-apply",
            Self::MergeWithoutTaint => "merge without taint",
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::ResendAndTrust => {
                "Send the same request until there is an answer, and report that. But the answer to a repeat says\n\
                 nothing about the attempt before it."
            }
            Self::RereadAndReapply => {
                "After any trouble read the current version, and unless it is as wanted write the change under its\n\
                 etag. Whatever somebody else wrote in between is gone, and what had landed takes effect again."
            }
            Self::MergeWithoutTaint => {
                "After any trouble read the current version and merge: a field that somebody else changed is a\n\
                 conflict. But what had landed may have been changed by somebody else since, and what had not may\n\
                 still be on its way."
            }
        }
    }

    /// The promise whose breach shows best what is wrong with it.
    pub(super) fn flaw(self) -> Breach {
        match self {
            Self::ResendAndTrust | Self::MergeWithoutTaint => Breach::NotAppliedButLanded,
            Self::RereadAndReapply => Breach::OverwroteUnseen,
        }
    }
}
