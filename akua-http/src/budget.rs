//! The retry budget that a client's threads share, so that an outage is not made worse by those who suffer from it.
//!
//! A repeat after trouble takes one, an answer that is not itself trouble gives a part back. Finding out what happened
//! to a write has a small budget of its own: an outage that used the other one up must not starve the truth.
//!
//! A budget never keeps a healthy service from being asked. The first request of a call costs nothing, whatever
//! happened in calls before, and so does a request that follows an answer: to look after a 409 is no repeat.

use std::sync::atomic::{AtomicU32, Ordering};

/// How many successes pay for one repeat.
const SUCCESSES_PER_REPEAT: u32 = 10;
/// The budget for finding out what became of a write is the retry budget divided by this, at least 1.
const SETTLE_SHARE: u32 = 2;

/// Whether an answer with this status says that the service is well: it has understood the request and decided.
pub(crate) fn is_well(status: u16) -> bool {
    status == 200 || ((400..500).contains(&status) && !matches!(status, 408 | 429))
}

/// Two buckets of repeats.
#[derive(Debug)]
pub(crate) struct Budgets {
    retry: Bucket,
    settle: Bucket,
}

impl Budgets {
    /// Room for `repeats` repeats at once, and half as many, but at least one, for settling.
    pub(crate) fn new(repeats: u32) -> Self {
        Self {
            retry: Bucket::new(repeats),
            settle: Bucket::new((repeats / SETTLE_SHARE).max(1)),
        }
    }

    /// Takes one repeat; false if there is none left.
    pub(crate) fn take_retry(&self) -> bool {
        self.retry.take()
    }

    /// Takes one repeat for settling; false if there is none left.
    pub(crate) fn take_settle(&self) -> bool {
        self.settle.take()
    }

    /// The service answered: things may be getting better.
    pub(crate) fn give_back(&self) {
        self.retry.give_back();
        self.settle.give_back();
    }
}

/// Counts in parts, so that a success can give a part back.
#[derive(Debug)]
struct Bucket {
    parts: AtomicU32,
    full: u32,
}

impl Bucket {
    fn new(repeats: u32) -> Self {
        let full = repeats.saturating_mul(SUCCESSES_PER_REPEAT);
        Self {
            parts: AtomicU32::new(full),
            full,
        }
    }

    fn take(&self) -> bool {
        let less = |parts: u32| parts.checked_sub(SUCCESSES_PER_REPEAT);
        self.parts
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, less)
            .is_ok()
    }

    fn give_back(&self) {
        // The full bucket is the usual case: it costs one load.
        if self.parts.load(Ordering::Relaxed) < self.full {
            let more = |parts: u32| (parts < self.full).then_some(parts + 1);
            let _ = self.parts.fetch_update(Ordering::AcqRel, Ordering::Acquire, more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_ends_the_repeats_but_not_the_settling() {
        let budgets = Budgets::new(3);
        assert_eq!((0..9).filter(|_| budgets.take_retry()).count(), 3);
        assert_eq!((0..9).filter(|_| budgets.take_settle()).count(), 1);
        for _ in 0..9 {
            budgets.give_back();
        }
        assert!(!budgets.take_retry(), "nine successes do not pay for a repeat");
        budgets.give_back();
        assert!(budgets.take_retry() && budgets.take_settle());
    }

    #[test]
    fn a_full_bucket_does_not_overflow() {
        let budgets = Budgets::new(u32::MAX);
        budgets.give_back();
        assert!(budgets.take_retry());
    }
}
