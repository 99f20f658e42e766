//! Time and entropy of one step, as whoever drives an edit tells them: an edit has neither.

use std::time::Duration;

use super::event::{Moment, Now};
use super::policy::millis;

/// What one step is told beside its input: an edit has neither a clock nor a source of randomness.
///
/// ```
/// use akua_model::edit::Clock;
/// let clock = Clock { unix_ms: 1_700_000_000_000, entropy: 7, ..Clock::default() };
/// assert!(!clock.cancelled);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// How long ago the call began, by a clock that never goes back. It may stand still while the machine sleeps.
    pub elapsed: Duration,
    /// The time of day in Unix milliseconds.
    pub unix_ms: i64,
    /// The time since the machine was started, its sleep included. `None` where the system has no such clock: then the
    /// age of a key is the larger of what the other two say.
    pub since_boot: Option<SinceBoot>,
    /// 128 fresh random bits: they become a key and a wait, so they must not repeat.
    pub entropy: u128,
    /// Whether the caller wants the call to end.
    pub cancelled: bool,
}

/// A moment by a clock that began when the machine was started, and counts sleep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SinceBoot {
    /// Which start that was: moments of two different ones can't be compared.
    pub boot: u128,
    /// The time since then, in milliseconds.
    pub ms: i64,
}

impl SinceBoot {
    /// As a token holds it.
    pub(super) fn to_token(self) -> (String, i64) {
        (format!("{:032x}", self.boot), self.ms)
    }

    pub(super) fn from_token((boot, ms): &(String, i64)) -> Option<Self> {
        let boot = u128::from_str_radix(boot, 16).ok()?;
        Some(Self { boot, ms: *ms })
    }
}

/// The clocks when a call began.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Start {
    unix_ms: i64,
    since_boot: Option<SinceBoot>,
}

impl Start {
    pub(super) fn of(clock: &Clock) -> Self {
        let elapsed = i64::try_from(millis(clock.elapsed)).unwrap_or(i64::MAX);
        Self {
            unix_ms: clock.unix_ms.saturating_sub(elapsed),
            since_boot: clock.since_boot.map(|since| SinceBoot {
                ms: since.ms.saturating_sub(elapsed),
                ..since
            }),
        }
    }

    pub(super) fn now(&self, clock: &Clock) -> Now {
        let ms = millis(clock.elapsed);
        let boot = match (self.since_boot, clock.since_boot) {
            (Some(start), Some(now)) if start.boot == now.boot => Some(now.ms.saturating_sub(start.ms)),
            _ => None,
        };
        Now {
            ms,
            moment: Moment {
                awake: i64::try_from(ms).ok(),
                boot,
                wall: Some(clock.unix_ms.saturating_sub(self.unix_ms)),
            },
            entropy: clock.entropy,
            cancelled: clock.cancelled,
        }
    }

    /// A moment of an earlier call, by the clocks that can tell.
    pub(super) fn moment(&self, unix_ms: i64, since_boot: Option<SinceBoot>) -> Moment {
        let boot = match (self.since_boot, since_boot) {
            (Some(start), Some(then)) if start.boot == then.boot => Some(then.ms.saturating_sub(start.ms)),
            _ => None,
        };
        Moment {
            awake: None,
            boot,
            wall: Some(unix_ms.saturating_sub(self.unix_ms)),
        }
    }
}
