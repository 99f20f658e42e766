//! How a launch ended, for the caller. What becomes of the operation is no part of it.

use std::fmt;

use super::event::{Cause, Version};
use super::launch_kind::{LaunchKind, RECONCILING, STATE};
use super::launch_token::{LaunchToken, WaitToken};
use super::trace::Trace;
use super::value::FieldValue;
use crate::answer::Failed;
use crate::api::{Cluster, WorkerBootstrap, Workspace};
use crate::error::Error;
use crate::etag::Etag;
use crate::printable::Printable;
use crate::resource::Versioned;
use crate::value::{Shown, Value};

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
    /// What this version shows.
    #[must_use]
    pub fn of<R: Versioned>(resource: &R) -> Self {
        let state = resource.shown("state").map(|state| state.to_text().into_owned());
        let reconciling = resource.shown("reconciling").map(|shown| shown.to_text() == "true");
        Self::new(resource.etag().clone(), state, reconciling)
    }

    /// That version as the machine compares it.
    pub(super) fn version(&self) -> Version<Etag, FieldValue> {
        let state = self.state.as_ref().map(|state| FieldValue::from(Value::Text(state)));
        let reconciling = self
            .reconciling
            .as_ref()
            .map(|shown| FieldValue::from(Value::Flag(*shown)));
        Version {
            etag: self.etag.clone(),
            values: vec![state, reconciling],
        }
    }

    /// What such a version shows.
    pub(super) fn shown_by(version: Version<Etag, FieldValue>) -> Self {
        let value = |index: usize| {
            let shown = version.values.get(index).map_or(Shown::Unreadable, Shown::as_ref);
            shown.map(|value| value.as_str().to_owned())
        };
        let (state, reconciling) = (value(STATE), value(RECONCILING).map(|text| text == "true"));
        Self::new(version.etag, state, reconciling)
    }

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
    /// The resource or operation that it was about. Of a create what it has made, if the answer was that; else it is empty, and
    /// its operation tells.
    pub id: String,
    /// What the new one is called; of a create alone.
    pub name: Option<String>,
    /// The id of what it is made below; of a create of such alone.
    pub(crate) below: Option<String>,
    /// Whether its requests named a workspace context.
    pub(crate) has_context: bool,
    /// What happened: the join over all attempts, never just the last answer.
    pub outcome: LaunchOutcome,
    /// The operations of that kind which were listed for the resource, the newest first, where there was an end without one of
    /// its own. Any of them may be ours, and any may be somebody else's: nothing was concluded from them.
    ///
    /// Of a create, in their place, the resources that are called as the new one is and may be no older than it, of the first
    /// thousand that are listed; of one that has no name, as a worker bootstrap, those that were not listed before it was sent.
    pub candidates: Vec<String>,
    /// Every step with its reason.
    pub trace: Trace,
}

impl Launched {
    /// The token of the operation that was started, to wait for it; `None` for every other end.
    #[must_use]
    pub fn accepted(&self) -> Option<&WaitToken> {
        match &self.outcome {
            LaunchOutcome::Accepted(token) => Some(token),
            _ => None,
        }
    }

    /// How many requests were sent, reads included.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.trace.requests()
    }

    /// What happened and why, in short lines for a person. No secret is in it.
    #[must_use]
    pub fn explain(&self) -> String {
        format!("{self}\n{}", self.trace)
    }
}

impl fmt::Display for Launched {
    /// One line for a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let below = self.below.as_ref().filter(|_| self.id.is_empty());
        if let Some(below) = below {
            write!(f, "{} below {}: {}", self.kind.words(), Printable(below), self.outcome)?;
        } else {
            let subject = self.name.as_ref().unwrap_or(&self.id);
            write!(f, "{} {}: {}", self.kind.words(), Printable(subject), self.outcome)?;
        }
        match &self.outcome {
            LaunchOutcome::Indeterminate(_) if self.kind.answers_secret() => {
                f.write_str("; its secrets are lost, should it exist")
            }
            _ => Ok(()),
        }
    }
}

/// What was made, as the answer showed it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Made {
    /// This cluster.
    Cluster(Box<Cluster>),
    /// This workspace.
    Workspace(Box<Workspace>),
    /// This worker bootstrap, with the secrets that only this answer shows.
    WorkerBootstrap(Box<WorkerBootstrap>),
    /// What has this id; something else in the answer could not be read.
    Unreadable {
        /// The id.
        id: String,
        /// What could not be read.
        error: Error,
    },
}

impl Made {
    /// The id that the server has given it.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Cluster(cluster) => cluster.id.as_str(),
            Self::Workspace(workspace) => workspace.id.as_str(),
            Self::WorkerBootstrap(bootstrap) => bootstrap.full_id.as_str(),
            Self::Unreadable { id, .. } => id,
        }
    }

    /// The etag of its first version, if that could be read.
    #[must_use]
    pub fn etag(&self) -> Option<&Etag> {
        match self {
            Self::Cluster(cluster) => Some(&cluster.etag),
            Self::Workspace(workspace) => Some(&workspace.etag),
            Self::WorkerBootstrap(bootstrap) => Some(&bootstrap.etag),
            Self::Unreadable { .. } => None,
        }
    }
}

/// What became of a launch. Nothing here says how an operation ended.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum LaunchOutcome {
    /// The server has started an operation, or has answered a repeat with the one that it had started.
    Accepted(WaitToken),
    /// The server has made it, and has answered with it: there is no operation to wait for.
    Made(Made),
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
            Self::Accepted(_) | Self::Made(_) | Self::Observed(_) => "applied",
            Self::Unchanged(_) => "unchanged",
            Self::NotApplied(_) => "not_applied",
            Self::Indeterminate(_) => "indeterminate",
        }
    }
}

impl fmt::Display for LaunchOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted(token) => write!(f, "applied: accepted as operation {}", Printable(token.operation())),
            Self::Made(made) => write!(f, "applied: made as {}", Printable(made.id())),
            Self::Observed(Some(sight)) => write!(f, "applied: a later read shows it, by whomever: {sight}"),
            Self::Observed(None) => f.write_str("applied: it is gone, by whomever"),
            Self::Unchanged(Some(sight)) => write!(f, "unchanged: it already was so: {sight}"),
            Self::Unchanged(None) => f.write_str("unchanged: it already was gone"),
            Self::NotApplied(why) => write!(f, "not applied: {why}"),
            Self::Indeterminate(open) => {
                write!(f, "indeterminate: {}", open.cause)?;
                if let Some(detail) = &open.detail {
                    write!(f, " ({})", Printable(detail))?;
                }
                f.write_str(if open.may_still_land {
                    "; it may have been accepted, or may be even now"
                } else {
                    "; it may have been accepted, and can't be any more"
                })
            }
        }
    }
}

impl fmt::Display for Sight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Shown::Is(state) = &self.state {
            write!(f, "{}, ", Printable(state))?;
        }
        write!(f, "etag {}", self.etag.printable())
    }
}

impl fmt::Display for NotLaunched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(Some(theirs)) => write!(f, "somebody else changed it first: {theirs}"),
            Self::Changed(None) => f.write_str("somebody else changed it first"),
            Self::Rejected(failed) => write!(f, "refused with {failed}"),
            Self::NotSent { cause, detail, .. } => {
                write!(f, "{cause}")?;
                detail
                    .as_ref()
                    .map_or(Ok(()), |detail| write!(f, " ({})", Printable(detail)))
            }
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
        /// The server's last refusal or failure, if it was answers that kept it from being sent.
        answer: Option<Box<Failed>>,
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
