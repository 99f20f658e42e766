//! The state that all workers of a run share: whether another item may be begun, what is being worked on, how the rest
//! has ended, and the events that nobody has read yet.
//!
//! It holds the run to its limits: canary, rate, failures, a token that is refused. It knows neither the ledger nor the
//! network, and never waits but for a change of its own state.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use akua_http::cancel::Cancel;
use akua_http::{Error, ErrorKind};

use super::end::End;
use super::error::ErrorExt as _;
use super::event::{Event, Stop, Summary, Tally};
use super::item::{Counts, Leased, State, Work};
use super::ledger::Begun;
use super::limits::Limits;
use super::throttle::Throttle;
use super::watch::Observation;

/// So many events may wait to be read; then nothing new is begun.
const UNREAD: usize = 1024;
/// How often who waits for its turn looks whether the run was cancelled.
const POLL: Duration = Duration::from_millis(200);

/// Whether another item may be begun.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Admission {
    /// One may; its place is taken.
    Admitted,
    /// None may before that time has passed.
    Later(Duration),
    /// None may before the canary has ended and was found well, or before somebody has read the events.
    Held,
    /// The run begins nothing more.
    Over,
}

/// What a worker that waited for its turn is to do.
pub(super) enum Turn {
    /// Lease an item.
    Lease,
    /// Decide about the canary, whose items have ended.
    Canary(Counts),
    /// Nothing more.
    Over,
}

pub(super) struct Gate {
    state: Mutex<Inner>,
    cancel: Cancel,
    /// Workers wait for their turn here, and the reader for an event.
    turns: Condvar,
    news: Condvar,
}

struct Inner {
    tally: Tally,
    /// How many items are to be worked on in this run, and how many were begun.
    to_do: u64,
    begun: u64,
    /// Places taken by items that are still to be leased.
    admitted: u64,
    /// How many items are still to be begun that may have been written already. They come first, and are no canary.
    unsettled: u64,
    /// What is being worked on, by lease.
    at_work: HashMap<u64, AtWork>,
    canary: Option<CanaryState>,
    throttle: Throttle,
    /// The rate that was reported last, and whether the server had slowed the run down to it.
    reported: (Option<f64>, bool),
    stop_after: Option<u64>,
    stop: Option<Stop>,
    announced: bool,
    events: VecDeque<Event>,
    /// How many may still cause events.
    workers: usize,
}

struct AtWork {
    item: u64,
    id: String,
    from: State,
    /// How many writes it was granted, settled ones left out.
    granted: u32,
    /// Where the ledger has it meanwhile, if that is no longer where it was when it was leased.
    stands: Option<State>,
}

/// The canary, until it has passed.
struct CanaryState {
    items: u64,
    /// How many items were begun in earlier runs.
    earlier: u64,
    /// The items that count, and those of them whose worker was lost.
    counted: HashSet<u64>,
    lost: HashSet<u64>,
    asked: bool,
}

impl Gate {
    pub(super) fn new(begun: &Begun, limits: &Limits, cancel: Cancel) -> Self {
        let counts = begun.counts;
        let canary = limits.canary.as_ref().filter(|_| !begun.canary_passed);
        Self {
            state: Mutex::new(Inner {
                tally: Tally::new(counts),
                to_do: counts.open(),
                begun: 0,
                admitted: 0,
                unsettled: counts.unsettled(),
                at_work: HashMap::new(),
                canary: canary.map(|canary| CanaryState {
                    items: canary.items,
                    earlier: counts.total() - counts.of(State::Pending),
                    counted: HashSet::new(),
                    lost: HashSet::new(),
                    asked: false,
                }),
                throttle: Throttle::new(limits.per_second, Instant::now()),
                reported: (limits.per_second, false),
                stop_after: limits.stop_after,
                stop: None,
                announced: false,
                events: VecDeque::new(),
                workers: 0,
            }),
            cancel,
            turns: Condvar::new(),
            news: Condvar::new(),
        }
    }

    /// Takes a place for another item, if one may be begun now.
    pub(super) fn admit(&self) -> Admission {
        let mut inner = self.lock();
        self.look(&mut inner);
        inner.admit(Instant::now())
    }

    /// Waits for what is next.
    pub(super) fn turn(&self) -> Turn {
        let mut inner = self.lock();
        loop {
            self.look(&mut inner);
            let wait = match inner.admit(Instant::now()) {
                Admission::Admitted => return Turn::Lease,
                Admission::Over => return Turn::Over,
                Admission::Later(wait) => wait.min(POLL),
                Admission::Held => match inner.canary_ended() {
                    Some(counts) => return Turn::Canary(counts),
                    None => POLL,
                },
            };
            inner = wait_for(&self.turns, inner, wait);
        }
    }

    /// What was leased for a place. Requests are sent for it from now on.
    pub(super) fn leased(&self, leased: &Leased) {
        let settles = leased.work.settles();
        self.tell(|inner| {
            inner.admitted -= 1;
            inner.tally.asked = true;
            // What settles an earlier write may send that again. What waits only reads.
            inner.tally.wrote |= matches!(leased.work, Work::Resume { .. });
            if settles {
                inner.unsettled = inner.unsettled.saturating_sub(1);
            }
            if let Some(canary) = &mut inner.canary {
                canary.lost.remove(&leased.item);
                // Settling a write of an earlier run is no canary.
                if !settles {
                    canary.counted.insert(leased.item);
                }
            }
            let at_work = AtWork {
                item: leased.item,
                id: leased.id.clone(),
                from: leased.state,
                granted: 0,
                stands: None,
            };
            inner.at_work.insert(leased.lease, at_work);
            inner.events.push_back(Event::Started {
                item: leased.item,
                id: leased.id.clone(),
                settles,
            });
        });
        if settles {
            // Its place may be one of the canary's.
            self.turns.notify_all();
        }
    }

    /// Gives back an admission that found nothing to lease: other workers have all the remaining items.
    pub(super) fn nothing_to_lease(&self) {
        self.change(|inner| {
            inner.admitted -= 1;
            inner.begun -= 1;
            inner.to_do = inner.begun;
        });
    }

    /// The ledger has granted a write under this lease.
    pub(super) fn granted(&self, lease: u64) {
        self.tell(|inner| {
            inner.tally.wrote = true;
            if let Some(at_work) = inner.at_work.get_mut(&lease) {
                at_work.granted += 1;
                at_work.stands = Some(State::Indeterminate);
                inner.events.push_back(Event::Granted {
                    item: at_work.item,
                    id: at_work.id.clone(),
                    epoch: at_work.granted,
                });
            }
        });
    }

    /// The launch under this lease was accepted, and the ledger says so.
    pub(super) fn accepted(&self, lease: u64, operation: &str) {
        self.tell(|inner| {
            let Some(at_work) = inner.at_work.get_mut(&lease) else {
                return;
            };
            // A repeated grant counts once.
            if at_work.stands.replace(State::Started) != Some(State::Started) {
                inner.events.push_back(Event::Accepted {
                    item: at_work.item,
                    id: at_work.id.clone(),
                    operation: operation.to_owned(),
                });
            }
        });
    }

    /// How a request of this run was answered.
    pub(super) fn observed(&self, observation: Observation) {
        self.lock().throttle.heard(observation, Instant::now());
    }

    /// The work under this lease has ended, and the ledger says so.
    pub(super) fn ended(&self, lease: u64, end: &End) {
        self.change(|inner| {
            // A repeated record counts once.
            let Some(at_work) = inner.at_work.remove(&lease) else {
                return;
            };
            inner.throttle.end(end.requests, Instant::now());
            inner.report_rate();
            inner.tally.ended(at_work.from, end.state);
            let stop = if end.is_unauthorized() {
                Some(Stop::Unauthorized)
            } else {
                let too_many = |most| end.state.is_failure() && inner.tally.failures >= most;
                inner.stop_after.is_some_and(too_many).then_some(Stop::Failures)
            };
            inner.stop = inner.stop.or(stop);
            let counts = inner.tally.counts;
            inner.events.push_back(Event::Ended {
                item: at_work.item,
                id: at_work.id,
                end: Box::new(end.clone()),
                counts,
            });
        });
    }

    /// Nobody works under this lease any more, and its end is not known: it may be begun again. The item, if somebody did.
    pub(super) fn lost(&self, lease: u64) -> Option<u64> {
        self.change(|inner| {
            let at_work = inner.at_work.remove(&lease)?;
            inner.begun -= 1;
            let stands = at_work.stands.unwrap_or(at_work.from);
            inner.tally.counts.moved(at_work.from, stands);
            inner.unsettled += u64::from(stands.is_unsettled());
            if let Some(canary) = &mut inner.canary
                && canary.counted.contains(&at_work.item)
            {
                canary.lost.insert(at_work.item);
            }
            Some(at_work.item)
        })
    }

    /// Where all items stand if the canary has ended and nobody was asked about it yet.
    pub(super) fn canary_ended(&self) -> Option<Counts> {
        self.lock().canary_ended()
    }

    /// Tells whoever follows the run that the canary has ended; `asks`: and that it waits for an answer.
    pub(super) fn tell_of_canary(&self, counts: Counts, asks: bool) {
        self.tell(|inner| inner.events.push_back(Event::Canary { counts, asks }));
    }

    /// The canary is found well.
    pub(super) fn go_on(&self) {
        self.change(|inner| inner.canary = None);
    }

    /// Whether the run is waiting for an answer about its canary.
    pub(super) fn is_asking(&self) -> bool {
        let inner = self.lock();
        inner.stop.is_none() && inner.canary.as_ref().is_some_and(|canary| canary.asked)
    }

    /// Nothing new is begun.
    pub(super) fn stop(&self, why: Stop) {
        self.change(|inner| inner.stop = inner.stop.or(Some(why)));
    }

    /// The ledger can't be written, or a function of the caller's has panicked: nothing new is begun.
    pub(super) fn fail(&self, error: Error) {
        let why = if error.kind() == ErrorKind::Ledger {
            Stop::Ledger
        } else {
            Stop::Panicked
        };
        self.change(|inner| {
            inner.tally.error.get_or_insert(error);
            inner.stop = inner.stop.or(Some(why));
        });
    }

    /// One more causes events, until it is dropped.
    pub(super) fn join(self: &Arc<Self>) -> Membership {
        self.lock().workers += 1;
        Membership(Arc::clone(self))
    }

    /// The next event; `None` if there will be none. Waits no longer than `at_most`, if that is given.
    pub(super) fn event(&self, at_most: Option<Duration>) -> Poll<Option<Event>> {
        let until = at_most.map(|at_most| Instant::now() + at_most);
        let mut inner = self.lock();
        loop {
            if let Some(event) = inner.events.pop_front() {
                if inner.events.len() + 1 == UNREAD {
                    self.turns.notify_all();
                }
                return Poll::Ready(Some(event));
            }
            if inner.workers == 0 {
                return Poll::Ready(None);
            }
            let left = until.map_or(POLL, |until| until.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Poll::Pending;
            }
            inner = wait_for(&self.news, inner, left);
        }
    }

    pub(super) fn counts(&self) -> Counts {
        self.lock().tally.counts
    }

    /// Why the run stops.
    pub(super) fn stopped(&self) -> Option<Stop> {
        self.lock().stop
    }

    /// The end of the run, once its workers have ended. What is at work still is nobody's by then.
    pub(super) fn summary(&self) -> Result<Summary, Error> {
        let inner = self.lock();
        let counts = inner.counts();
        if let Some(error) = inner.tally.error.clone() {
            return Err(error.of_run(counts, inner.tally.effect(counts)));
        }
        Ok(Summary {
            counts,
            stopped: inner.stop,
            tried: inner.tally.tried,
            effect: inner.tally.effect(counts),
        })
    }

    /// Stops the run if it was cancelled.
    fn look(&self, inner: &mut Inner) {
        if inner.stop.is_none() && self.cancel.is_cancelled() {
            inner.stop = Some(Stop::Asked);
            inner.announce();
            self.news.notify_all();
        }
    }

    /// Changes the state so that somebody may have a turn now.
    fn change<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        let changed = self.tell(change);
        self.turns.notify_all();
        changed
    }

    /// Changes the state, and tells whoever follows the run what is new, the reason to stop included.
    fn tell<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        let mut inner = self.lock();
        let changed = change(&mut inner);
        inner.announce();
        drop(inner);
        self.news.notify_all();
        changed
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Every change is complete before the lock is let go.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn admit(&mut self, now: Instant) -> Admission {
        if self.stop.is_some() || self.begun >= self.to_do {
            return Admission::Over;
        }
        let unsettled = self.unsettled > self.admitted;
        let full = |canary: &CanaryState| !unsettled && canary.begun() + self.admitted >= canary.items;
        if self.events.len() >= UNREAD || self.canary.as_ref().is_some_and(full) {
            return Admission::Held;
        }
        if let Err(wait) = self.throttle.begin(now) {
            return Admission::Later(wait);
        }
        self.begun += 1;
        self.admitted += 1;
        Admission::Admitted
    }

    fn canary_ended(&mut self) -> Option<Counts> {
        let idle = self.at_work.is_empty() && self.admitted == 0 && self.unsettled == 0;
        let ended = idle && self.stop.is_none() && self.begun < self.to_do;
        let canary = self.canary.as_mut().filter(|_| ended)?;
        if canary.asked || canary.begun() < canary.items {
            return None;
        }
        canary.asked = true;
        Some(self.tally.counts)
    }

    /// Where all items stand, if nobody comes back with what is at work.
    fn counts(&self) -> Counts {
        let mut counts = self.tally.counts;
        for at_work in self.at_work.values() {
            counts.moved(at_work.from, at_work.stands.unwrap_or(at_work.from));
        }
        counts
    }

    /// Tells the rate if it has changed by more than a tenth.
    fn report_rate(&mut self) {
        let (rate, slowed) = (self.throttle.rate(), self.throttle.is_slowed());
        let close = match (self.reported.0, rate) {
            (Some(told), Some(rate)) => (rate - told).abs() <= told / 10.0,
            (told, rate) => told == rate,
        };
        if !close || self.reported.1 != slowed {
            self.reported = (rate, slowed);
            self.events.push_back(Event::Rate {
                per_second: rate,
                slowed,
            });
        }
    }

    /// Tells why the run stops, once.
    fn announce(&mut self) {
        if let Some(stop) = self.stop.filter(|_| !self.announced) {
            self.announced = true;
            self.events.push_back(Event::Stopping(stop));
        }
    }
}

impl CanaryState {
    fn begun(&self) -> u64 {
        self.earlier + (self.counted.len() - self.lost.len()) as u64
    }
}

/// Stands for somebody who may still cause events.
pub(super) struct Membership(Arc<Gate>);

impl Drop for Membership {
    fn drop(&mut self) {
        self.0.change(|inner| inner.workers -= 1);
    }
}

fn wait_for<'a>(condition: &Condvar, inner: MutexGuard<'a, Inner>, longest: Duration) -> MutexGuard<'a, Inner> {
    let waited = condition.wait_timeout(inner, longest);
    waited.unwrap_or_else(PoisonError::into_inner).0
}
