//! What the caller of an edit wants done about other writers and about trouble on the way.

use std::time::Duration;

/// What to do when somebody else changed the resource first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnConflict {
    /// Stop and report, even if the other change does not touch the fields of this one.
    Fail,
    /// Apply the change to the new version if the other one touched none of its fields, else stop and report.
    #[default]
    Rebase,
}

/// How an edit behaves. Every bound is there so that an edit ends.
///
/// ```
/// use akua_model::edit::{OnConflict, Policy};
/// let mut policy = Policy::default();
/// policy.on_conflict = OnConflict::Fail;
/// policy.deadline = std::time::Duration::from_secs(10);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Policy {
    /// What to do about another writer.
    pub on_conflict: OnConflict,
    /// Write a field that can't be read (`kubeconfig`, `region_id`, or one that the answer leaves out) even after somebody
    /// else's change, which may have been to that very field. Off by default.
    pub overwrite_unseen: bool,
    /// How often one request may be sent in all: 4 by default, at least 1.
    pub max_attempts: u32,
    /// How many versions the change may be tried on: 8 by default, at least 1.
    pub max_versions: u32,
    /// The time for everything together: reads, writes, waits and settling. 30 s by default.
    pub deadline: Duration,
    /// The part of the deadline that is kept for finding out what happened. A quarter of it at most; 5 s by
    /// default.
    pub settle_reserve: Duration,
    /// The longest first wait before a repeat; it doubles with each one. 100 ms by default.
    pub backoff: Duration,
    /// The longest wait before a repeat. 5 s by default.
    pub backoff_limit: Duration,
}

impl Policy {
    /// The wait before repeat number `repeat` (1 for the first): full jitter, so anything from nothing to the
    /// bound, as `entropy` has it.
    pub(crate) fn backoff(&self, repeat: u32, entropy: u64) -> u64 {
        let bound = millis(self.backoff).saturating_mul(1 << repeat.clamp(1, 16).saturating_sub(1));
        let bound = bound.min(millis(self.backoff_limit));
        bound.checked_add(1).map_or(entropy, |waits| entropy % waits)
    }

    /// When the last request that is not for settling may begin and must have ended, counted from the start.
    #[must_use]
    pub fn soft_deadline(&self) -> Duration {
        self.deadline - self.settle_reserve.min(self.deadline / 4)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            on_conflict: OnConflict::Rebase,
            overwrite_unseen: false,
            max_attempts: 4,
            max_versions: 8,
            deadline: Duration::from_secs(30),
            settle_reserve: Duration::from_secs(5),
            backoff: Duration::from_millis(100),
            backoff_limit: Duration::from_secs(5),
        }
    }
}

/// Whole milliseconds, as the machine counts time.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
