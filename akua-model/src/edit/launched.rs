//! How a launch ended, for the caller. What becomes of the operation is no part of it.

use super::event::Cause;
use super::launch_kind::LaunchKind;
use super::launch_token::{LaunchToken, WaitToken};
use crate::answer::Failed;
use crate::etag::Etag;
use crate::value::Shown;

/// What an answer showed of the resource.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sight {
    /// The etag of that version.
    pub etag: Etag,
    /// Its state, if its kind has one.
    pub state: Shown<String>,
    /// Whether the server is still bringing it into the state that was asked for.
    pub reconciling: Shown<bool>,
}

impl Sight {
    /// What a version showed.
    #[must_use]
    pub fn new(etag: Etag, state: Shown<String>, reconciling: Shown<bool>) -> Self {
        Self {
            etag,
            state,
            reconciling,
        }
    }
}

/// A launch that has ended.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Launched {
    /// What was to be done.
    pub kind: LaunchKind,
    /// The resource or operation that it was about.
    pub id: String,
    /// What happened: the join over all attempts, never just the last answer.
    pub outcome: LaunchOutcome,
    /// The operations of that kind which were listed for the resource, the newest first, where there was an end without one of
    /// its own. Any of them may be ours, and any may be somebody else's: nothing was concluded from them.
    pub candidates: Vec<String>,
}

/// What became of a launch. Nothing here says how an operation ended.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum LaunchOutcome {
    /// The server has started an operation, or has answered a repeat with the one that it had started.
    Accepted(WaitToken),
    /// What was wanted was so when it was looked at last: by our doing or by somebody else's.
    Observed(Option<Sight>),
    /// What was wanted was so without this call, and nothing of it was accepted.
    Unchanged(Option<Sight>),
    /// Nothing of this call was accepted, and nothing will be.
    NotApplied(NotLaunched),
    /// Nobody could know whether it was accepted.
    Indeterminate(Box<OpenLaunch>),
}

impl LaunchOutcome {
    /// The name of this end in every language, which is that of an edit: `applied`, `unchanged`, `not_applied` or
    /// `indeterminate`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Accepted(_) | Self::Observed(_) => "applied",
            Self::Unchanged(_) => "unchanged",
            Self::NotApplied(_) => "not_applied",
            Self::Indeterminate(_) => "indeterminate",
        }
    }
}

/// Why nothing was accepted.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum NotLaunched {
    /// Somebody else changed the resource first, into this if it could be read. An action or a delete is for the version that
    /// the caller has seen: look at this one, and decide anew.
    Changed(Option<Sight>),
    /// The server refused, in its own words.
    Rejected(Box<Failed>),
    /// Nothing was sent, or only refused for a while, until time or patience was over.
    NotSent {
        /// What stood in the way.
        cause: Cause,
        /// What was heard last, if anything.
        detail: Option<String>,
    },
}

/// A launch of which nobody could know whether it was accepted.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct OpenLaunch {
    /// Whether it may be accepted even now. `false` only if that is proven.
    pub may_still_land: bool,
    /// The version read last, after it was sent.
    pub seen: Option<Sight>,
    /// What stood in the way of the truth.
    pub cause: Cause,
    /// The server's last refusal or failure, if there was one.
    pub answer: Option<Box<Failed>>,
    /// What was heard last, or why nothing more was sent.
    pub detail: Option<String>,
    /// With this another call can settle it. It must not be sent anew: that would be another one.
    pub token: LaunchToken,
}
