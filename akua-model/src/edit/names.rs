//! The names by which the ends of an edit, their reasons and its settings go in every language.

use std::str::FromStr;

use super::event::{Cause, FieldState, Proof};
use super::outcome::{NotApplied, Outcome};
use super::policy::OnConflict;
use super::resume::ResumeMode;
use crate::error::Error;
use crate::named;
use crate::resource::Resource;

named!(Proof {
    Acknowledged => "acknowledged",
    Observed => "observed",
});

named!(Cause {
    AnswerLost => "answer_lost",
    Refused => "refused",
    ConflictAfterLostAnswer => "conflict_after_lost_answer",
    ChangedNothing => "changed_nothing",
    Unauthorized => "unauthorized",
    Throttled => "throttled",
    ReadFailed => "read_failed",
    NotConnected => "not_connected",
    Deadline => "deadline",
    OutOfAttempts => "out_of_attempts",
    Cancelled => "cancelled",
    Declined => "declined",
    NoPatch => "no_patch",
    UnusableEtag => "unusable_etag",
});

named!(FieldState {
    Done => "done",
    Free => "free",
    Conflicting => "conflicting",
    Unseen => "unseen",
});

named!(OnConflict {
    Fail => "fail",
    Rebase => "rebase",
});

named!(ResumeMode {
    Finish => "finish",
    Look => "look",
});

impl<R: Resource> Outcome<R> {
    /// The name of this end in every language: `applied`, `unchanged`, `not_applied` or `indeterminate`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Applied(_) => "applied",
            Self::Unchanged(_) => "unchanged",
            Self::NotApplied(_) => "not_applied",
            Self::Indeterminate(_) => "indeterminate",
        }
    }
}

impl<R: Resource> NotApplied<R> {
    /// The name of this reason in every language: `conflict`, `rejected`, `ignored` or `not_sent`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Conflict(_) => "conflict",
            Self::Rejected(_) => "rejected",
            Self::Ignored(_) => "ignored",
            Self::NotSent { .. } => "not_sent",
        }
    }
}

impl FromStr for OnConflict {
    type Err = Error;

    /// Reads its [`name`](Self::name).
    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.iter().copied().find(|known| known.name() == name);
        found.ok_or_else(|| Error::invalid("on_conflict", "is none of the known ones (fail or rebase)"))
    }
}

impl FromStr for ResumeMode {
    type Err = Error;

    /// Reads its [`name`](Self::name).
    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.iter().copied().find(|known| known.name() == name);
        found.ok_or_else(|| Error::invalid("mode", "is none of the known ones (finish or look)"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_back_and_another_is_refused_with_those_that_are() {
        for choice in OnConflict::ALL {
            assert_eq!(choice.name().parse(), Ok(*choice));
        }
        for mode in ResumeMode::ALL {
            assert_eq!(mode.name().parse(), Ok(*mode));
        }
        let refused = "merge".parse::<OnConflict>().unwrap_err().to_string();
        assert!(OnConflict::ALL.iter().all(|choice| refused.contains(choice.name())));
        let refused = "Finish".parse::<ResumeMode>().unwrap_err().to_string();
        assert!(ResumeMode::ALL.iter().all(|mode| refused.contains(mode.name())));
    }
}
