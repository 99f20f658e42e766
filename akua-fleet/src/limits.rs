//! The bounds of a run.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use akua_http::Error;
use akua_model::waiting::WaitPolicy;

use super::item::Counts;

/// The most items that one run may work on at once.
const MOST_IN_FLIGHT: usize = 1024;

/// How much a run may do at once, how fast, and when it stops.
///
/// ```
/// use akua_fleet::{Canary, Limits};
/// let limits = Limits::default()
///     .in_flight(16)
///     .per_second(50.0)
///     .stop_after(5)
///     .canary(Canary::ask(3));
/// ```
#[derive(Clone, Debug)]
pub struct Limits {
    pub(crate) in_flight: usize,
    pub(crate) per_second: Option<f64>,
    pub(crate) stop_after: Option<u64>,
    pub(crate) canary: Option<Canary>,
    pub(crate) wait: Duration,
}

/// The first few items of a plan, after which a run waits until it is told to go on.
///
/// They are the first to be changed, in all runs of a ledger together. Items that are settled don't count.
#[derive(Clone)]
pub struct Canary {
    pub(crate) items: u64,
    pub(crate) check: Option<Arc<Check>>,
}

type Check = dyn Fn(&Counts) -> bool + Send + Sync;

impl Default for Limits {
    /// Eight at once, as fast as the server likes, whatever fails; for operations it waits 30 minutes.
    fn default() -> Self {
        Self {
            in_flight: 8,
            per_second: None,
            stop_after: None,
            canary: None,
            wait: WaitPolicy::default().deadline,
        }
    }
}

impl Limits {
    /// How many items are worked on at once, each by a thread of its own: 1 to 1024, 8 unless set.
    #[must_use]
    pub fn in_flight(mut self, items: usize) -> Self {
        self.in_flight = items;
        self
    }

    /// How many requests may be sent per second on average, reads and repeats included: more than 0. Without it, as
    /// many as the server takes. In either case fewer are sent while the server answers 429 or 503 or gets slower.
    #[must_use]
    pub fn per_second(mut self, requests: f64) -> Self {
        self.per_second = Some(requests);
        self
    }

    /// After so many failed items of this run nothing new is begun: at least 1. Failed is what is neither applied nor
    /// unchanged, nor started with an operation that is under way. Without it only a refused token stops a run.
    #[must_use]
    pub fn stop_after(mut self, failures: u64) -> Self {
        self.stop_after = Some(failures);
        self
    }

    /// Begins only a few items first; the rest waits until these have ended and the canary is passed.
    #[must_use]
    pub fn canary(mut self, canary: Canary) -> Self {
        self.canary = Some(canary);
        self
    }

    /// How long each operation that was launched is waited for at most: 30 minutes unless set. An item is worked on for as
    /// long, so that this many wait at once as are worked on. After that it stays [`Started`](super::State::Started), and
    /// the next run waits on. With no time at all there is one look.
    #[must_use]
    pub fn wait(mut self, at_most: Duration) -> Self {
        self.wait = at_most;
        self
    }

    pub(crate) fn checked(&self) -> Result<(), Error> {
        if !(1..=MOST_IN_FLIGHT).contains(&self.in_flight) {
            let message = format!("is {} (1 to {MOST_IN_FLIGHT} are allowed)", self.in_flight);
            return Err(Error::invalid_input("in_flight", message));
        }
        if self.per_second.is_some_and(|rate| !(rate.is_finite() && rate > 0.0)) {
            return Err(Error::invalid_input("per_second", "must be a number greater than 0"));
        }
        if self.stop_after == Some(0) {
            return Err(Error::invalid_input(
                "stop_after",
                "is 0 (1 or more is allowed; leave it out to go on)",
            ));
        }
        if self.canary.as_ref().is_some_and(|canary| canary.items == 0) {
            return Err(Error::invalid_input("canary", "is of 0 items (1 or more are allowed)"));
        }
        Ok(())
    }
}

impl Canary {
    /// So many, then the run waits for [`Control::go_on`](super::Control::go_on).
    #[must_use]
    pub fn ask(items: u64) -> Self {
        Self { items, check: None }
    }

    /// So many, then `check` decides: it is given where all items stand, runs on a thread of the run, and nothing is
    /// sent meanwhile. If it says no, the run stops.
    #[must_use]
    pub fn check(items: u64, check: impl Fn(&Counts) -> bool + Send + Sync + 'static) -> Self {
        Self {
            items,
            check: Some(Arc::new(check)),
        }
    }
}

impl fmt::Debug for Canary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Canary")
            .field("items", &self.items)
            .field("checked", &self.check.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_out_of_its_limits_is_named() {
        let usual = Limits::default;
        for (limits, named) in [
            (usual().in_flight(0), "in_flight"),
            (usual().in_flight(1025), "in_flight"),
            (usual().per_second(0.0), "per_second"),
            (usual().per_second(-1.0), "per_second"),
            (usual().per_second(f64::NAN), "per_second"),
            (usual().per_second(f64::INFINITY), "per_second"),
            (usual().stop_after(0), "stop_after"),
            (usual().canary(Canary::ask(0)), "canary"),
        ] {
            let error = limits.checked().unwrap_err();
            assert_eq!(error.problems()[0].field, named);
        }
        assert!(usual().in_flight(1024).per_second(0.1).stop_after(1).checked().is_ok());
    }
}
