//! What a client says of a launch and of a wait, in words that the judge can compare.

use akua_model::edit::{LaunchOutcome, NotLaunched, Sight};
use akua_model::waiting::{Asked, Fate, Lost, Now, WaitEnd};
use akua_model::{Resource, Shown};
use akua_sim::Version;
use serde::{Deserialize, Serialize};

/// What an answer is said to have shown of a resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub etag: String,
    pub state: Option<String>,
    pub reconciling: Option<bool>,
}

impl Seen {
    fn of(sight: &Sight) -> Self {
        let is = |shown: &Shown<String>| match shown {
            Shown::Is(text) => Some(text.clone()),
            _ => None,
        };
        Self {
            etag: sight.etag.to_string(),
            state: is(&sight.state),
            reconciling: match sight.reconciling {
                Shown::Is(flag) => Some(flag),
                _ => None,
            },
        }
    }

    fn of_resource<R: Resource>(resource: &R) -> Self {
        Self::of(&Sight::of(resource))
    }

    /// Whether `version` shows just this.
    #[must_use]
    pub fn is(&self, version: &Version) -> bool {
        let state = version.fields.get("state").and_then(|state| state.as_str());
        let reconciling = version.fields.get("reconciling").and_then(|shown| shown.as_bool());
        !version.deleted
            && version.etag == self.etag
            && (self.state.is_none() || self.state.as_deref() == state)
            && (self.reconciling.is_none() || self.reconciling == reconciling)
    }
}

/// What became of a launch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LaunchClaim {
    Accepted {
        operation: String,
    },
    /// Made, with the answer.
    Made {
        id: String,
    },
    /// `None`: it is gone.
    Observed(Option<Seen>),
    /// `None`: it was gone.
    Unchanged(Option<Seen>),
    /// With what somebody else has made of it, where that is told.
    NotApplied(Option<Seen>),
    Indeterminate {
        may_still_land: bool,
        seen: Option<Seen>,
    },
}

impl LaunchClaim {
    #[must_use]
    pub fn of(outcome: &LaunchOutcome) -> Self {
        match outcome {
            LaunchOutcome::Accepted(token) => Self::Accepted {
                operation: token.operation().to_owned(),
            },
            LaunchOutcome::Made(made) => Self::Made {
                id: made.id().to_owned(),
            },
            LaunchOutcome::Observed(sight) => Self::Observed(sight.as_ref().map(Seen::of)),
            LaunchOutcome::Unchanged(sight) => Self::Unchanged(sight.as_ref().map(Seen::of)),
            LaunchOutcome::NotApplied(NotLaunched::Changed(theirs)) => Self::NotApplied(theirs.as_ref().map(Seen::of)),
            LaunchOutcome::NotApplied(_) => Self::NotApplied(None),
            LaunchOutcome::Indeterminate(open) => Self::Indeterminate {
                may_still_land: open.may_still_land,
                seen: open.seen.as_ref().map(Seen::of),
            },
            other => panic!("an end that the judge does not know: {other:?}"),
        }
    }

    /// All that [`words`](Self::words) may be.
    pub const WORDS: [&str; 7] = [
        "accepted",
        "observed",
        "unchanged",
        "not applied",
        "indeterminate, may still land",
        "indeterminate, can't land",
        "made",
    ];

    #[must_use]
    pub fn words(&self) -> &'static str {
        Self::WORDS[match self {
            Self::Accepted { .. } => 0,
            Self::Observed(_) => 1,
            Self::Unchanged(_) => 2,
            Self::NotApplied(_) => 3,
            Self::Indeterminate {
                may_still_land: true, ..
            } => 4,
            Self::Indeterminate { .. } => 5,
            Self::Made { .. } => 6,
        }]
    }
}

/// What became of an operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum WaitClaim {
    Succeeded,
    Failed(Option<String>),
    Cancelled(Asked),
    Other(String),
    StillRunning {
        blocked_on: Option<String>,
    },
    /// After answers with this status; 403 stands for any refusal.
    LostTrack {
        status: u16,
    },
}

impl WaitClaim {
    #[must_use]
    pub fn of(end: &WaitEnd) -> Self {
        match end {
            WaitEnd::Done(Fate::Succeeded) => Self::Succeeded,
            WaitEnd::Done(Fate::Failed { text }) => Self::Failed(text.clone()),
            WaitEnd::Done(Fate::Cancelled { asked_here, .. }) => Self::Cancelled(*asked_here),
            WaitEnd::Done(Fate::Other(state)) => Self::Other(state.clone()),
            WaitEnd::StillRunning { blocked_on } => Self::StillRunning {
                blocked_on: blocked_on.clone(),
            },
            WaitEnd::LostTrack(why) => Self::LostTrack {
                status: match why {
                    Lost::NotFound => 404,
                    Lost::Unauthorized => 401,
                    Lost::Refused => 403,
                },
            },
            other => panic!("an end that the judge does not know: {other:?}"),
        }
    }

    #[must_use]
    pub fn words(&self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed(_) => "failed",
            Self::Cancelled(Asked::Yes) => "cancelled, as asked here",
            Self::Cancelled(Asked::No) => "cancelled from elsewhere",
            Self::Cancelled(Asked::Unknown) => "cancelled, not known by whom",
            Self::Other(_) => "ended otherwise",
            Self::StillRunning { .. } => "still running",
            Self::LostTrack { .. } => "lost track",
        }
    }
}

/// What is said to stand there after a wait.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum NowClaim {
    Is(Seen),
    NotFound,
    NotKnown,
}

impl NowClaim {
    #[must_use]
    pub fn of(now: &Now) -> Self {
        match now {
            Now::Cluster(cluster) => Self::Is(Seen::of_resource(&**cluster)),
            Now::Workspace(workspace) => Self::Is(Seen::of_resource(&**workspace)),
            Now::NotFound => Self::NotFound,
            Now::NotKnown => Self::NotKnown,
            other => panic!("a word that the judge does not know: {other:?}"),
        }
    }
}
