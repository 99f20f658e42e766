//! What is seen of an operation, and how a wait for it ends.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::api::{Operation, OperationState};
use crate::named;
use crate::printable::Printable;

/// What one answer showed of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct OperationSight {
    /// Its state.
    pub state: OperationState,
    /// Whether it has ended, however it did. Without that, its state may be some seconds old.
    pub done: bool,
    /// Why it failed or was cancelled, verbatim: its `error`, else its `last_error`.
    pub text: Option<String>,
    /// The step that waits for a person, if one does.
    pub blocked_on: Option<String>,
}

impl OperationSight {
    /// An operation in this state.
    #[must_use]
    pub fn new(state: OperationState, done: bool) -> Self {
        Self {
            state,
            done,
            text: None,
            blocked_on: None,
        }
    }

    /// What this answer shows.
    #[must_use]
    pub fn of(operation: &Operation) -> Self {
        let error = operation.error.as_ref().map(|error| error.message.clone());
        let last = operation.last_error.as_ref().map(|error| error.message.clone());
        Self::new(operation.state.clone(), operation.done).saying(error.or(last), blocked_on(operation))
    }

    /// The same with what it says of itself: why it failed, and the step that waits for a person.
    #[must_use]
    pub fn saying(self, text: Option<String>, blocked_on: Option<String>) -> Self {
        Self {
            text,
            blocked_on,
            ..self
        }
    }
}

/// The step that is under way or comes next, if a person has to do it.
fn blocked_on(operation: &Operation) -> Option<String> {
    #[derive(Deserialize)]
    struct Step {
        name: String,
        #[serde(default)]
        status: String,
        #[serde(default)]
        execution_type: String,
    }
    let steps: Vec<Step> = serde_json::from_str(operation.steps.as_ref()?.as_str()).ok()?;
    let open = |step: &Step| matches!(step.status.as_str(), "running" | "pending");
    let next = steps.into_iter().find(open).filter(|_| !operation.done)?;
    matches!(next.execution_type.as_str(), "user" | "approval").then_some(next.name)
}

/// How a wait ended. What stands there now, and what others have started since, are other questions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitEnd {
    /// The operation has ended.
    Done(Fate),
    /// The time was up, the caller has ended the wait, or a person is waited for. Nothing is wrong with the operation, and its
    /// token can be waited for again.
    StillRunning {
        /// The step that waits for a person, if one does.
        blocked_on: Option<String>,
    },
    /// The operation can't be read any more: that is no end of it.
    LostTrack(Lost),
}

/// What became of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fate {
    /// It has done what it was to do. That it is still so is not said.
    Succeeded,
    /// It has ended before that. It was accepted all the same, and some of it may have been done.
    Failed {
        /// The server's words.
        text: Option<String>,
    },
    /// It was ended on request. Some of it may have been done.
    Cancelled {
        /// Whether whoever waited had asked for that.
        asked_here: Asked,
        /// The server's words.
        text: Option<String>,
    },
    /// It has ended in a way that this version does not know.
    Other(String),
}

/// Whether whoever waits has asked for the operation to be cancelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// They have, and the server has taken note.
    Yes,
    /// They have not.
    #[default]
    No,
    /// They have tried, and it is not known whether that arrived.
    Unknown,
}

named!(Asked { Yes => "yes", No => "no", Unknown => "unknown" });

/// Why an operation can't be read any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lost {
    /// There is no such operation, again and again.
    NotFound,
    /// The credentials are not accepted. They may have been those of a workspace that is gone.
    Unauthorized,
    /// These credentials must not read it.
    Refused,
}

impl fmt::Display for WaitEnd {
    /// One line for a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |f: &mut fmt::Formatter<'_>, text: &Option<String>| match text {
            Some(text) => write!(f, ": {}", Printable(text)),
            None => Ok(()),
        };
        match self {
            Self::Done(Fate::Succeeded) => f.write_str("succeeded"),
            Self::Done(Fate::Failed { text }) => {
                f.write_str("failed")?;
                words(f, text)
            }
            Self::Done(Fate::Cancelled { asked_here, text }) => {
                f.write_str(match asked_here {
                    Asked::Yes => "cancelled, as was asked for here",
                    Asked::No => "cancelled, which was not asked for here",
                    Asked::Unknown => "cancelled; whether what was asked for here arrived is not known",
                })?;
                words(f, text)
            }
            Self::Done(Fate::Other(state)) => {
                write!(f, "ended as `{}`, which this version does not know", Printable(state))
            }
            Self::StillRunning { blocked_on: None } => f.write_str("still running"),
            Self::StillRunning { blocked_on: Some(step) } => {
                write!(f, "still running: a person has to do the step `{}`", Printable(step))
            }
            Self::LostTrack(why) => f.write_str(match why {
                Lost::NotFound => "lost track: there is no such operation any more",
                Lost::Unauthorized => "lost track: the credentials are not accepted any more",
                Lost::Refused => "lost track: these credentials may not read it",
            }),
        }
    }
}
