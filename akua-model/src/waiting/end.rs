//! What is seen of an operation, and how a wait for it ends.

use crate::api::OperationState;

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Asked {
    /// They have, and the server has taken note.
    Yes,
    /// They have not.
    #[default]
    No,
    /// They have tried, and it is not known whether that arrived.
    Unknown,
}

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
