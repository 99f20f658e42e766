//! The promises by name, as they are broken, and how a call ended.

/// A promise that was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Breach {
    /// Applied, acknowledged: but nothing has landed.
    AcknowledgedWithoutLanding,
    /// Applied, observed: but at no moment since the call began did all values hold.
    ObservedWithoutEffect,
    /// Unchanged: but something of this call landed, then or later.
    UnchangedButLanded,
    /// Unchanged: but no read of this call showed it, or reads can't be stale and it was so at no moment of the call.
    UnchangedWithoutEffect,
    /// Not applied: but it landed, then or later.
    NotAppliedButLanded,
    /// A second write of this call changed something, or writes of two epochs landed.
    LandedTwice,
    /// A landing replaced a value that the user had not seen.
    OverwroteUnseen,
    /// Indeterminate and "can't land any more": but it did.
    LandedAfterAll,
    /// A conflict is reported though nobody else did anything.
    ConflictWithItself,
    /// A change was applied anew to the very version that had just been refused.
    RebasedOnRefused,
    /// An action was carried out on a version that the user had not seen.
    ActedOnUnseen,
    /// It was said that it is gone for good, and then the write met another of that name.
    MetAnother,
    /// A step came no nearer to the end, or went beyond what the policy allows.
    NoProgress,
}

impl Breach {
    /// The first of them that is looked for: `only` one, or any.
    pub(super) fn noted(before: Option<Self>, only: Option<Self>, now: Option<Self>) -> Option<Self> {
        before.or(now.filter(|breach| only.is_none_or(|only| only == *breach)))
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::AcknowledgedWithoutLanding => "applied was reported, but nothing had landed",
            Self::ObservedWithoutEffect => "applied was reported, but the values never were in effect during the call",
            Self::UnchangedButLanded => "unchanged was reported, but a write landed",
            Self::UnchangedWithoutEffect => "unchanged was reported, but it was not so at any moment of the call",
            Self::NotAppliedButLanded => "not applied was reported, but the write landed",
            Self::LandedTwice => "the change took effect twice",
            Self::OverwroteUnseen => "a value that the user had not seen was overwritten",
            Self::LandedAfterAll => "it was said that the write can't land any more, but it did",
            Self::ConflictWithItself => "a conflict was reported, but nobody else had done anything",
            Self::RebasedOnRefused => "the change was rebased on the version that had just been refused",
            Self::ActedOnUnseen => "an action was carried out on a version that the user had not seen",
            Self::MetAnother => "it was said to be gone for good, but the write met another of that name",
            Self::NoProgress => "a step came no nearer to the end, or went beyond what the policy allows",
        }
    }
}

/// How a call ended, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Ended {
    Applied,
    Unchanged,
    NotApplied,
    Indeterminate { may_still_land: bool },
}
