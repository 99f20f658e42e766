//! Whose turn it is: how many items a run has begun and ended, the wait after the canary, and the end.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use akua_http::{Error, ErrorKind};

use super::end::End;
use super::error::ErrorExt as _;
use super::event::{Stop, Summary, Tally};
use super::item::{Counts, State};
use super::ledger::Begun;
use super::limits::Limits;

/// So many events may wait to be read; then nothing new is begun.
const UNREAD: usize = 1024;

/// What the threads of a run share to take turns.
pub(super) struct Gate {
    state: Mutex<Inner>,
    wake: Condvar,
}

struct Inner {
    tally: Tally,
    /// How many items are to be worked on in this run.
    to_do: u64,
    begun: u64,
    in_flight: u64,
    unread: usize,
    stop_after: Option<u64>,
    stop: Option<Stop>,
    announced: bool,
    canary: Option<Waiting>,
}

/// The canary, until it has passed.
struct Waiting {
    items: u64,
    started: u64,
    asked: bool,
}

/// What a thread is to do next.
pub(super) enum Turn {
    /// Begin an item.
    Begin,
    /// The canary items have ended: find out whether to go on.
    Canary(Counts),
    /// There is nothing left to begin.
    Over,
}

impl Gate {
    pub(super) fn new(begun: &Begun, limits: &Limits) -> Self {
        let counts = begun.counts;
        let canary = limits.canary.as_ref().filter(|_| !begun.canary_passed);
        Self {
            state: Mutex::new(Inner {
                tally: Tally {
                    counts,
                    failures: 0,
                    tried: 0,
                    asked: false,
                    wrote: false,
                    error: None,
                },
                to_do: counts.open(),
                begun: 0,
                in_flight: 0,
                unread: 0,
                stop_after: limits.stop_after,
                stop: None,
                announced: false,
                canary: canary.map(|canary| Waiting {
                    items: canary.items,
                    started: counts.total() - counts.of(State::Pending),
                    asked: false,
                }),
            }),
            wake: Condvar::new(),
        }
    }

    /// Waits for what is next.
    pub(super) fn turn(&self, is_cancelled: impl Fn() -> bool) -> Turn {
        let mut inner = self.lock();
        loop {
            if inner.stop.is_none() && is_cancelled() {
                inner.stop = Some(Stop::Asked);
            }
            if inner.stop.is_some() || inner.begun >= inner.to_do {
                return Turn::Over;
            }
            let (idle, unread, counts) = (inner.in_flight == 0, inner.unread >= UNREAD, inner.tally.counts);
            let waits = match &mut inner.canary {
                _ if unread => true,
                Some(canary) if canary.started >= canary.items => {
                    if idle && !canary.asked {
                        canary.asked = true;
                        return Turn::Canary(counts);
                    }
                    true
                }
                Some(canary) => {
                    canary.started += 1;
                    false
                }
                None => false,
            };
            if !waits {
                inner.begun += 1;
                inner.in_flight += 1;
                return Turn::Begin;
            }
            inner = self.wait(inner, Duration::from_millis(200));
        }
    }

    /// Waits a while, but no longer than until the run is to stop. Whether it goes on.
    pub(super) fn pause(&self, duration: Duration, is_cancelled: impl Fn() -> bool) -> bool {
        let mut inner = self.lock();
        if inner.stop.is_none() && is_cancelled() {
            inner.stop = Some(Stop::Asked);
        }
        if inner.stop.is_none() {
            inner = self.wait(inner, duration.min(Duration::from_millis(200)));
        }
        inner.stop.is_none()
    }

    /// Requests are sent for the item that was begun. One that only settles an earlier write is no canary, and may
    /// send that again.
    pub(super) fn works(&self, settles: bool) {
        let mut inner = self.lock();
        inner.tally.asked = true;
        if settles {
            inner.tally.wrote = true;
            if let Some(canary) = &mut inner.canary {
                canary.started = canary.started.saturating_sub(1);
            }
            self.wake.notify_all();
        }
    }

    /// The ledger has granted a write.
    pub(super) fn granted(&self) {
        self.lock().tally.wrote = true;
    }

    /// The item that was begun has not been worked on, or it can't be said how that ended. `granted` is where it stood
    /// before it was granted a write, if it was.
    pub(super) fn gave_up(&self, granted: Option<State>) {
        let mut inner = self.lock();
        inner.in_flight -= 1;
        if let Some(from) = granted {
            inner.tally.counts.moved(from, State::Indeterminate);
        }
        drop(inner);
        self.wake.notify_all();
    }

    /// There was no item to begin: all others are in other hands.
    pub(super) fn found_nothing(&self) {
        let mut inner = self.lock();
        inner.in_flight -= 1;
        inner.to_do = 0;
        self.wake.notify_all();
    }

    /// An item has ended. Where all stand now.
    pub(super) fn ended(&self, from: State, end: &End) -> Counts {
        let mut inner = self.lock();
        inner.in_flight -= 1;
        inner.tally.ended(from, end.state);
        let failures = inner.tally.failures;
        let stop = if end.is_unauthorized() {
            Some(Stop::Unauthorized)
        } else {
            let many = |most| end.state.is_failure() && failures >= most;
            inner.stop_after.is_some_and(many).then_some(Stop::Failures)
        };
        inner.stop = inner.stop.or(stop);
        let counts = inner.tally.counts;
        drop(inner);
        self.wake.notify_all();
        counts
    }

    /// The canary is found well.
    pub(super) fn go_on(&self) {
        self.lock().canary = None;
        self.wake.notify_all();
    }

    /// Whether the run is waiting for an answer about its canary.
    pub(super) fn is_asking(&self) -> bool {
        let inner = self.lock();
        inner.stop.is_none() && inner.canary.as_ref().is_some_and(|canary| canary.asked)
    }

    /// Nothing new is begun.
    pub(super) fn stop(&self, why: Stop) {
        let mut inner = self.lock();
        inner.stop = inner.stop.or(Some(why));
        drop(inner);
        self.wake.notify_all();
    }

    /// The ledger can't be written, or the plan's function has panicked: nothing new is begun.
    pub(super) fn fail(&self, error: Error) {
        let why = if error.kind() == ErrorKind::Ledger {
            Stop::Ledger
        } else {
            Stop::Panicked
        };
        let mut inner = self.lock();
        if inner.tally.error.is_none() {
            inner.tally.error = Some(error);
        }
        drop(inner);
        self.stop(why);
    }

    /// Why the run stops, for whoever asks first.
    pub(super) fn announce(&self) -> Option<Stop> {
        let mut inner = self.lock();
        let stop = inner.stop.filter(|_| !inner.announced)?;
        inner.announced = true;
        Some(stop)
    }

    pub(super) fn told(&self) {
        self.lock().unread += 1;
    }

    pub(super) fn read(&self) {
        let mut inner = self.lock();
        inner.unread = inner.unread.saturating_sub(1);
        if inner.unread + 1 == UNREAD {
            drop(inner);
            self.wake.notify_all();
        }
    }

    pub(super) fn counts(&self) -> Counts {
        self.lock().tally.counts
    }

    /// The end of the run, once its threads have ended.
    pub(super) fn summary(&self) -> Result<Summary, Error> {
        let mut inner = self.lock();
        if let Some(error) = inner.tally.error.take() {
            return Err(error.of_run(inner.tally.counts, inner.tally.effect()));
        }
        Ok(Summary {
            counts: inner.tally.counts,
            stopped: inner.stop,
            tried: inner.tally.tried,
        })
    }

    fn wait<'a>(&self, inner: MutexGuard<'a, Inner>, longest: Duration) -> MutexGuard<'a, Inner> {
        let waited = self.wake.wait_timeout(inner, longest);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Every change is complete before the lock is let go.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
