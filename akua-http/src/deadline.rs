//! The point in time at which a call must have ended, whatever it is doing then.
//!
//! One deadline covers everything a call does: looking up a name, connecting, sending, waiting, reading and
//! pausing between attempts. It is a point on the monotonic clock, so setting the wall clock moves nothing.

use std::time::{Duration, Instant};

use crate::cancel::{Cancel, SLICE};

/// What "never" becomes: a point so far away that the clock can still name it.
const FAR_AWAY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// A point in time after which a call must not go on.
///
/// ```
/// use std::time::Duration;
/// use akua_http::deadline::Deadline;
///
/// let deadline = Deadline::after(Duration::from_secs(30));
/// assert!(!deadline.has_passed());
/// assert!(deadline.remaining() <= Duration::from_secs(30));
/// assert!(Deadline::after(Duration::ZERO).has_passed());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// `duration` from now. A duration that the clock can't represent counts as a hundred years.
    #[must_use]
    pub fn after(duration: Duration) -> Self {
        Self::after_from(duration, Instant::now())
    }

    /// `duration` after `now`.
    pub(crate) fn after_from(duration: Duration, now: Instant) -> Self {
        Self(now.checked_add(duration.min(FAR_AWAY)).unwrap_or(now))
    }

    /// At `instant`.
    #[must_use]
    pub fn at(instant: Instant) -> Self {
        Self(instant)
    }

    /// The point in time itself.
    #[must_use]
    pub fn instant(self) -> Instant {
        self.0
    }

    /// The time left, zero once the deadline has passed.
    #[must_use]
    pub fn remaining(self) -> Duration {
        self.remaining_at(Instant::now())
    }

    /// The time left at `now`.
    pub(crate) fn remaining_at(self, now: Instant) -> Duration {
        self.0.saturating_duration_since(now)
    }

    /// Whether no time is left.
    #[must_use]
    pub fn has_passed(self) -> bool {
        self.remaining().is_zero()
    }

    /// Waits for `duration`, and stops earlier when this deadline passes or `cancel` is set.
    ///
    /// A cancel ends the wait within 25 ms.
    #[must_use]
    pub fn pause(self, duration: Duration, cancel: Option<&Cancel>) -> Pause {
        let end = Self::after(duration);
        loop {
            if cancel.is_some_and(Cancel::is_cancelled) {
                return Pause::Cancelled;
            }
            let left = end.remaining();
            if left.is_zero() {
                return Pause::Elapsed;
            }
            let until_deadline = self.remaining();
            if until_deadline.is_zero() {
                return Pause::DeadlinePassed;
            }
            let slice = if cancel.is_some() { SLICE } else { left };
            std::thread::sleep(left.min(until_deadline).min(slice));
        }
    }
}

/// Why a [`Deadline::pause`] ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// The whole duration went by.
    Elapsed,
    /// The deadline passed first.
    DeadlinePassed,
    /// The cancel handle was set first.
    Cancelled,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_beyond_the_clock_is_far_away_and_not_a_panic() {
        assert!(Deadline::after(Duration::MAX).remaining() > Duration::from_secs(1_000_000));
    }

    #[test]
    fn a_pause_ends_for_the_first_of_its_three_reasons() {
        let soon = Duration::from_millis(5);
        let late = Duration::from_secs(60);
        assert_eq!(Deadline::after(late).pause(soon, None), Pause::Elapsed);
        assert_eq!(Deadline::after(soon).pause(late, None), Pause::DeadlinePassed);

        let cancel = Cancel::new();
        let other = cancel.clone();
        let start = Instant::now();
        std::thread::spawn(move || other.cancel());
        assert_eq!(Deadline::after(late).pause(late, Some(&cancel)), Pause::Cancelled);
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}
