//! When a read is tried again, and how long it waits before: exponential backoff with full jitter.
//!
//! Only reads. A write that failed is never sent again from here: whether it may have landed is the first question,
//! and answering it is not a matter of waiting.
//!
//! How long pauses really last and how dice fall is decided in one place, which a test can replace: see [`Pace`].

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use akua_model::edit::SinceBoot;
use akua_model::http::Response;

use crate::credentials::BoxError;
use crate::transport::{Failure, FailureKind};

/// How often and after which pauses a read is tried again, within the deadline of its call.
///
/// Tried again is after 408, 429, 500, 502, 503, 504 and after a connection that was refused, lost or silent.
/// Before attempt *n* + 1 the call waits a random time between zero and `base` · 2ⁿ⁻¹, at most `cap`, but never less
/// than what the server asks for with `Retry-After`. A pause that would outlast the deadline isn't begun: the call
/// ends with the last failure.
///
/// ```
/// use akua_http::retry::RetryPolicy;
/// use std::time::Duration;
///
/// let policy = RetryPolicy { attempts: 6, ..RetryPolicy::default() };
/// assert_eq!(policy.base, Duration::from_millis(200));
/// assert_eq!(RetryPolicy::never().attempts, 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How many requests one read may send in all. 4; 0 counts as 1.
    pub attempts: u32,
    /// The longest first pause. 200 ms.
    pub base: Duration,
    /// The longest pause of all. 5 s.
    pub cap: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            base: Duration::from_millis(200),
            cap: Duration::from_secs(5),
        }
    }
}

impl RetryPolicy {
    /// One attempt and no more.
    #[must_use]
    pub fn never() -> Self {
        Self {
            attempts: 1,
            ..Self::default()
        }
    }

    /// The pause before the next attempt when `attempts` were made; `None` if there is to be none.
    pub(crate) fn pause(&self, attempts: u32, asked_for: Option<Duration>, dice: u64) -> Option<Duration> {
        if attempts >= self.attempts {
            return None;
        }
        let doublings = attempts.saturating_sub(1).min(31);
        let longest = self.base.saturating_mul(1 << doublings).min(self.cap);
        Some(fraction(longest, dice).max(asked_for.unwrap_or_default()))
    }
}

/// `dice` / 2⁶⁴ of `longest`.
pub(crate) fn fraction(longest: Duration, dice: u64) -> Duration {
    let nanos = longest.as_nanos().min(u128::from(u64::MAX));
    // The product of two 64-bit numbers, shifted back: less than the first.
    Duration::from_nanos(((nanos * u128::from(dice)) >> 64) as u64)
}

/// Whether the same read could well succeed a little later.
pub(crate) fn is_passing(outcome: &Result<Response, Failure>) -> bool {
    let status = match outcome {
        Ok(answer) => answer.status,
        Err(failure) => match failure.answer() {
            // A 200 that broke off is a lost connection; any other status has said what it had to say.
            Some(head) if head.status != 200 => head.status,
            _ => return is_passing_failure(failure.kind()),
        },
    };
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

fn is_passing_failure(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::NameResolution
            | FailureKind::Connect
            | FailureKind::Proxy
            | FailureKind::Timeout
            | FailureKind::ConnectionLost
    )
}

/// How time passes and dice fall for a client: what a test replaces to run on scaled time or from a seed. What is not
/// replaced is the system's own.
pub trait Pace: Send + Sync {
    /// How long a pause of `duration` really takes: as long, unless a test wants it shorter.
    fn stretch(&self, duration: Duration) -> Duration {
        duration
    }

    /// 64 random bits, for jitter. They need not be unpredictable.
    fn dice(&self) -> u64 {
        // Seeded by the operating system once per thread and different on every call.
        RandomState::new().hash_one(0)
    }

    /// 128 random bits that nobody else gets, also not a process forked from this one: an idempotency key is made
    /// of them.
    ///
    /// # Errors
    ///
    /// If the system has none to give. Nothing is sent then.
    fn entropy(&self) -> Result<u128, BoxError> {
        let mut bits = [0; 16];
        getrandom::getrandom(&mut bits).map_err(|error| error.to_string())?;
        Ok(u128::from_ne_bytes(bits))
    }

    /// The time since the machine was started, its sleep included: for the age of an idempotency key. `None` where
    /// there is no such clock.
    fn since_boot(&self) -> Option<SinceBoot> {
        since_boot()
    }

    /// The wall clock in Unix milliseconds: for a `Retry-After` that is a date, and for the age of a resume token.
    fn unix_ms(&self) -> i64 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
        }
    }
}

/// The time since the machine was started, by a clock that counts sleep, where the system has one that says so.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn since_boot() -> Option<SinceBoot> {
    /// Which start that was. In a process that can't read it, its own beginning: nobody else's token names that.
    static BOOT: LazyLock<Option<u128>> = LazyLock::new(|| {
        let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        u128::from_str_radix(&text.trim().replace('-', ""), 16)
            .ok()
            .or_else(|| {
                let mut bits = [0; 16];
                getrandom::getrandom(&mut bits).ok()?;
                Some(u128::from_ne_bytes(bits))
            })
    });
    let now = nix::time::clock_gettime(nix::time::ClockId::CLOCK_BOOTTIME).ok()?;
    let ms = i64::try_from(Duration::from(now).as_millis()).ok()?;
    let boot = (*BOOT)?;
    Some(SinceBoot { boot, ms })
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn since_boot() -> Option<SinceBoot> {
    None
}

/// The system's own clock and dice.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealPace;

impl Pace for RealPace {}

/// Pauses take no time: for the tests of a program whose calls are tried again.
#[derive(Clone, Copy, Debug, Default)]
pub struct Instantly;

impl Pace for Instantly {
    fn stretch(&self, _: Duration) -> Duration {
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::transport::Sent;

    #[test]
    fn the_longest_pause_doubles_up_to_the_cap() {
        let policy = RetryPolicy {
            attempts: 100,
            ..RetryPolicy::default()
        };
        let longest = |attempts| {
            policy
                .pause(attempts, None, u64::MAX)
                .unwrap()
                .as_secs_f64()
                .mul_add(1000.0, 0.5) as u64
        };
        assert_eq!(
            [1, 2, 3, 4, 5, 6, 40, 99].map(longest),
            [200, 400, 800, 1600, 3200, 5000, 5000, 5000]
        );
        assert_eq!(policy.pause(3, None, 0).unwrap(), Duration::ZERO);
        assert_eq!(policy.pause(100, None, 0), None);
    }

    #[test]
    fn the_server_is_left_alone_for_as_long_as_it_asks() {
        let policy = RetryPolicy::default();
        let asked = Some(Duration::from_secs(60));
        assert_eq!(policy.pause(1, asked, u64::MAX), asked);
        assert_eq!(policy.pause(4, asked, 0), None);
    }

    #[test]
    fn extreme_settings_do_not_overflow() {
        let policy = RetryPolicy {
            attempts: u32::MAX,
            base: Duration::MAX,
            cap: Duration::MAX,
        };
        assert!(policy.pause(u32::MAX - 1, Some(Duration::MAX), u64::MAX).is_some());
    }

    #[test]
    fn what_passes_and_what_does_not() {
        let answer = |status| {
            is_passing(&Ok(Response {
                status,
                ..Response::default()
            }))
        };
        assert!([408, 429, 500, 502, 503, 504].into_iter().all(answer));
        assert!(
            ![200, 204, 301, 400, 401, 403, 404, 409, 501, 505]
                .into_iter()
                .any(answer)
        );
        let lost = |head: Option<u16>| {
            let failure = Failure::new(Sent::Unknown, FailureKind::ConnectionLost, "x");
            is_passing(&Err(match head {
                Some(status) => failure.with_answer(Response {
                    status,
                    ..Response::default()
                }),
                None => failure,
            }))
        };
        assert!(lost(None) && lost(Some(200)) && lost(Some(503)));
        assert!(!lost(Some(404)));
        assert!(!is_passing(&Err(Failure::not_sent(FailureKind::Tls, "x"))));
        assert!(!is_passing(&Err(Failure::not_sent(FailureKind::Cancelled, "x"))));
    }

    #[test]
    fn dice_differ() {
        assert_ne!(RealPace.dice(), RealPace.dice());
    }
}
