//! A handle that ends a call from another thread.
//!
//! Nothing is interrupted by force: whoever waits looks at the handle at least every 25 ms, so the call ends on
//! the thread that made it and can say whether its request may have taken effect.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The longest anybody here waits without looking at the cancel handle and the deadline.
pub(crate) const SLICE: Duration = Duration::from_millis(25);

/// Ends the calls it is given to: one handle may serve many calls, at the same time and one after another.
///
/// Clones are the same handle. Once cancelled it stays cancelled, and a call started with it ends at once without
/// sending anything. A call that is waiting ends within 100 ms, whatever it is doing: looking up a name,
/// connecting, in the TLS handshake, sending, reading, or pausing before the next attempt. Cancelling does not
/// take a request back: the error says whether it may have taken effect.
///
/// ```
/// use akua_http::cancel::Cancel;
///
/// let cancel = Cancel::new();
/// let for_the_other_thread = cancel.clone();
/// std::thread::spawn(move || for_the_other_thread.cancel()).join().unwrap();
/// assert!(cancel.is_cancelled());
/// ```
#[derive(Clone, Default)]
pub struct Cancel {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    cancelled: AtomicBool,
    check: Option<Box<dyn Fn() -> bool + Send + Sync>>,
    /// Whether what the check says counts only while it says so.
    forgets: bool,
}

impl Cancel {
    /// A handle that nobody has cancelled yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A handle that also asks `check`, about every 25 ms while a call waits and on the thread that waits, and is
    /// cancelled for good once the answer is `true`.
    ///
    /// For programs that learn of an interrupt only by asking for it, such as an interpreter's pending signals.
    /// `check` must be quick and must not panic.
    #[must_use]
    pub fn with_check(check: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self::checked(check, false)
    }

    /// As [`with_check`](Self::with_check), but what `check` says counts only while it says so: for a handle that outlives those
    /// who are asked, such as that of a fleet, of which one run may be interrupted and the next one not. A call that has
    /// ended by it stays ended.
    #[must_use]
    pub fn while_checked(check: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self::checked(check, true)
    }

    fn checked(check: impl Fn() -> bool + Send + Sync + 'static, forgets: bool) -> Self {
        Self {
            shared: Arc::new(Shared {
                cancelled: AtomicBool::new(false),
                check: Some(Box::new(check)),
                forgets,
            }),
        }
    }

    /// Ends every call that has this handle, now and later. Never blocks.
    pub fn cancel(&self) {
        self.shared.cancelled.store(true, Ordering::Release);
    }

    /// Whether it was cancelled. Asks the check if there is one.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        if self.shared.cancelled.load(Ordering::Acquire) {
            return true;
        }
        let stop = self.shared.check.as_ref().is_some_and(|check| check());
        if stop && !self.shared.forgets {
            self.cancel();
        }
        stop
    }
}

impl fmt::Debug for Cancel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancel")
            .field("cancelled", &self.shared.cancelled.load(Ordering::Acquire))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_says_stop_once_cancels_for_good() {
        let asked = Arc::new(AtomicBool::new(true));
        let answer = Arc::clone(&asked);
        let cancel = Cancel::with_check(move || answer.swap(false, Ordering::AcqRel));
        assert!(cancel.is_cancelled());
        assert!(!asked.load(Ordering::Acquire));
        assert!(cancel.is_cancelled());
    }

    #[test]
    fn while_it_is_checked_it_is_as_the_check_says() {
        let asked = Arc::new(AtomicBool::new(true));
        let answer = Arc::clone(&asked);
        let cancel = Cancel::while_checked(move || answer.load(Ordering::Acquire));
        assert!(cancel.is_cancelled());
        asked.store(false, Ordering::Release);
        assert!(!cancel.is_cancelled());
        cancel.cancel();
        assert!(cancel.is_cancelled());
    }
}
