//! What is checked of launches and waits, and an alarm where a check fails.

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// One launch was accepted twice, though each copy was the client's own.
    ActedTwice,
    /// Said to be accepted as an operation that is not that of this launch.
    FalseAccepted,
    /// Said to have been so, and it never was between the first sending and the end.
    FalseObserved,
    /// Said to have been so without this call, and it was not, or not without it.
    FalseUnchanged,
    /// Said not to be accepted, and it was or came to be.
    FalseNotApplied,
    /// Said that it can't be accepted any more, and it was.
    LandedLater,
    /// Said to have been shown what was not so.
    FalseSight,
    /// Said to have ended otherwise than it did.
    FalseFate,
    /// Said to stand there, and it did not.
    FalseNow,
    /// Sent before its token was kept.
    Unguarded,
    /// What was said shows a secret.
    Leak,
}

/// Something that the client must not have said or done.
#[derive(Clone, Debug)]
pub struct Alarm {
    pub check: Check,
    pub text: String,
}

impl Alarm {
    pub(crate) fn new(check: Check, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { check, text }
    }
}
