//! A run: a few threads that take turns on the items of a ledger, and the handles to follow and to end it.
//!
//! It does with the ledger what any other holder of leases does: lease, grant, record. It holds no list of items, so
//! its memory depends on how many are worked on at once.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Poll;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use akua_http::cancel::Cancel;
use akua_http::{Collection, Effect, Error};
use akua_model::Resource;

use super::error::ErrorExt as _;
use super::event::{Event, Stop, Summary};
use super::gate::{Gate, Turn};
use super::item::{Counts, Leased, State, Work};
use super::ledger::Ledger;
use super::limits::{Canary, Limits};
use super::throttle::Throttle;
use super::watch::Watched;
use super::work::{Supplies, carry_out};

/// A run that is going on: an iterator over what happens in it, which ends with it.
///
/// Whoever does not read the events holds the run up: after about a thousand of them nothing new is begun. To be
/// told only of the end, call [`finish`](Self::finish). Dropped before that, it stops and waits for what is under way.
///
/// ```
/// # use akua_http::Client;
/// # use akua_fleet::{CollectionExt as _, Canary, Event, Limits, Plan, State};
/// # use akua_model::{Cluster, ClusterPatch};
/// # let akua = akua_sim::Simulator::start(akua_sim::Options::clusters(5))?;
/// # let client = Client::builder().base_url(akua.url()).token(akua.token()).build()?;
/// # let folder = std::env::temp_dir().join(format!("akua-run-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let patch = ClusterPatch::builder().name("new").build()?;
/// # let plan = Plan::filter("all", "1", |_: &Cluster| true, patch);
/// # let fleet = client.clusters().fleet(plan, folder.join("ledger"))?;
/// let mut run = fleet.run(&Limits::default().in_flight(2).canary(Canary::ask(1)))?;
/// let control = run.control();
/// for event in &mut run {
///     match event {
///         Event::Canary { counts, asks: true } if counts.of(State::Applied) == 1 => control.go_on(),
///         Event::Canary { asks: true, .. } => control.stop(),
///         Event::Ended { id, end, .. } => println!("{id}: {}", end.detail),
///         _ => {}
///     }
/// }
/// let summary = run.finish()?;
/// assert_eq!(summary.counts.of(State::Applied), 5);
/// # drop(fleet);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Run {
    events: Receiver<Event>,
    control: Control,
    ledger: Arc<Ledger>,
    threads: Vec<JoinHandle<()>>,
}

/// Ends a run, or lets it go on after its canary; from any thread, and as often as one likes.
#[derive(Clone)]
pub struct Control {
    gate: Arc<Gate>,
    cancel: Cancel,
    /// A handle that is kept does not keep the file locked.
    ledger: Weak<Ledger>,
}

impl Control {
    /// Nothing new is begun; what is under way is brought to its end.
    pub fn stop(&self) {
        self.gate.stop(Stop::Asked);
    }

    /// As [`stop`](Self::stop), and the calls under way are ended within 100 ms. What is known of them by then goes
    /// into the ledger.
    pub fn cancel(&self) {
        self.gate.stop(Stop::Asked);
        self.cancel.cancel();
    }

    /// The canary is well: do the rest, also in later runs. Without a run that asks it does nothing. If the ledger
    /// can't take it down, the run stops with its error.
    pub fn go_on(&self) {
        if let Some(ledger) = self.ledger.upgrade().filter(|_| self.gate.is_asking()) {
            match ledger.pass_canary() {
                Ok(()) => self.gate.go_on(),
                Err(error) => self.gate.fail(error),
            }
        }
    }

    /// Where all items stand.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.gate.counts()
    }
}

impl std::fmt::Debug for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control")
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

impl Run {
    /// The handle to end it with.
    #[must_use]
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Waits for its end, and says how that was.
    ///
    /// # Errors
    ///
    /// [`Ledger`](akua_http::ErrorKind::Ledger) if the ledger could not be written: then nothing was sent whose token is
    /// not on file, and the ledger tells the truth once it can be read again.
    /// [`InvalidInput`](akua_http::ErrorKind::InvalidInput) if the plan's function, or another of the caller's, panicked.
    ///
    /// Such an error speaks of the whole run: its text says how many items stand where, and its
    /// [effect](Error::effect) is [`Unknown`](akua_http::Effect::Unknown) if a write was granted or settled in this run, or an
    /// item is indeterminate.
    pub fn finish(mut self) -> Result<Summary, Error> {
        // The threads are elsewhere, and what they have done is not known here.
        let elsewhere = |error: Error| error.of_run("it goes on in that process", Effect::Unknown);
        self.ledger.check_is_here().map_err(elsewhere)?;
        self.by_ref().for_each(drop);
        self.join();
        self.control.gate.summary()
    }

    /// Waits for the next event, but no longer than `at_most`: for whoever has to look after something else, too.
    pub fn poll(&mut self, at_most: Duration) -> Poll<Option<Event>> {
        match self.events.recv_timeout(at_most) {
            Ok(event) => {
                self.control.gate.read();
                Poll::Ready(Some(event))
            }
            Err(RecvTimeoutError::Timeout) => Poll::Pending,
            Err(RecvTimeoutError::Disconnected) => Poll::Ready(None),
        }
    }

    fn join(&mut self) {
        for thread in self.threads.drain(..) {
            // Its panics are caught inside.
            let _ = thread.join();
        }
    }
}

impl Iterator for Run {
    type Item = Event;

    /// Waits for the next event; `None` once the run has ended.
    fn next(&mut self) -> Option<Event> {
        if !self.ledger.is_here() {
            return None;
        }
        let event = self.events.recv().ok()?;
        self.control.gate.read();
        Some(event)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if !self.ledger.is_here() {
            // A forked child has none of the threads, and the locks as they were in that moment.
            std::mem::forget(std::mem::take(&mut self.threads));
            return;
        }
        self.control.stop();
        self.join();
        self.ledger.unclaim();
    }
}

/// What a thread of a run works with.
struct Worker<R: Resource> {
    collection: Collection<R>,
    supplies: Supplies<R>,
    ledger: Arc<Ledger>,
    canary: Option<Canary>,
    gate: Arc<Gate>,
    pace: Arc<Mutex<Pace>>,
    cancel: Cancel,
    events: Sender<Event>,
}

/// The throttle, with the rate that was told last.
struct Pace {
    throttle: Throttle,
    told: (Option<f64>, bool),
}

pub(super) fn start<R: Resource + 'static>(
    collection: &Collection<R>,
    supplies: &Supplies<R>,
    ledger: &Arc<Ledger>,
    limits: &Limits,
) -> Result<Run, Error> {
    limits.checked()?;
    ledger.check_is_here()?;
    if !ledger.claim() {
        return Err(Error::invalid_input(
            "run",
            "is the second at a time (end the other one first)",
        ));
    }
    let begun = ledger.begin().inspect_err(|_| ledger.unclaim())?;
    let gate = Arc::new(Gate::new(&begun, limits));
    let cancel = match collection.cancel_handle().cloned() {
        Some(theirs) => Cancel::with_check(move || theirs.is_cancelled()),
        None => Cancel::new(),
    };
    let pace = Arc::new(Mutex::new(Pace {
        throttle: Throttle::new(limits.per_second, Instant::now()),
        told: (limits.per_second, false),
    }));
    let told = Arc::clone(&pace);
    let watched = collection.client().with_transport(Watched {
        client: collection.client().clone(),
        listener: move |observed| lock(&told).throttle.heard(observed, Instant::now()),
    });
    let collection = collection.clone().with_client(&watched).cancel(&cancel);
    let (events, unread) = mpsc::channel();
    let mut run = Run {
        events: unread,
        control: Control {
            gate: Arc::clone(&gate),
            cancel: cancel.clone(),
            ledger: Arc::downgrade(ledger),
        },
        ledger: Arc::clone(ledger),
        threads: Vec::new(),
    };
    let many = usize::try_from(begun.counts.open())
        .unwrap_or(usize::MAX)
        .min(limits.in_flight);
    for number in 1..=many {
        let worker = Worker {
            collection: collection.clone(),
            supplies: supplies.clone(),
            ledger: Arc::clone(ledger),
            canary: limits.canary.clone(),
            gate: Arc::clone(&gate),
            pace: Arc::clone(&pace),
            cancel: cancel.clone(),
            events: events.clone(),
        };
        let thread = std::thread::Builder::new().name(format!("akua-fleet-{number}"));
        match thread.spawn(move || worker.work()) {
            Ok(thread) => run.threads.push(thread),
            // Fewer at once is slower, and no harm.
            Err(_) if !run.threads.is_empty() => break,
            Err(error) => {
                return Err(Error::invalid_input(
                    "in_flight",
                    format!("can't be had: no thread: {error}"),
                ));
            }
        }
    }
    Ok(run)
}

impl<R: Resource> Worker<R> {
    fn work(&self) {
        loop {
            match self.gate.turn(|| self.cancel.is_cancelled()) {
                Turn::Over => break,
                Turn::Canary(counts) => self.ask_about(counts),
                Turn::Begin => {
                    let granted = Cell::new(None);
                    let done = catch_unwind(AssertUnwindSafe(|| self.item(&granted)));
                    let error = match done {
                        Ok(Ok(())) => continue,
                        Ok(Err(error)) => error,
                        Err(_) => Error::invalid_input("plan", "has a function that panicked (let it give an error)"),
                    };
                    self.gate.gave_up(granted.get());
                    self.gate.fail(error);
                    self.announce();
                }
            }
        }
        self.announce();
    }

    /// Tells that the run is to stop, if nobody has yet.
    fn announce(&self) {
        if let Some(stop) = self.gate.announce() {
            self.tell(Event::Stopping(stop));
        }
    }

    /// One item from its lease to its end. An error: it is not known to the ledger how it ended. Once it is granted a
    /// write, `granted` is where it stood before.
    fn item(&self, granted: &Cell<Option<State>>) -> Result<(), Error> {
        while let Err(wait) = self.pace().throttle.begin(Instant::now()) {
            if !self.gate.pause(wait, || self.cancel.is_cancelled()) {
                self.gate.gave_up(None);
                return Ok(());
            }
        }
        let Some(leased) = self.ledger.lease(1)?.pop() else {
            self.gate.found_nothing();
            return Ok(());
        };
        let settles = matches!(leased.work, Work::Resume { .. });
        self.gate.works(settles);
        let Leased { item, lease, .. } = leased;
        let id = || leased.id.clone();
        self.tell(Event::Started {
            item,
            id: id(),
            settles,
        });
        let (mut epoch, mut failed) = (0, None);
        let end = carry_out(&self.collection, &leased, &self.supplies, |token| {
            match self.ledger.grant(item, lease, token) {
                Ok(true) => {
                    epoch += 1;
                    granted.set(Some(leased.state));
                    self.gate.granted();
                    self.tell(Event::Granted { item, id: id(), epoch });
                    Ok(true)
                }
                Ok(false) => Ok(false),
                Err(error) => {
                    failed = Some(error.clone());
                    Err(error.into())
                }
            }
        });
        self.slow_down(end.requests);
        if !self.ledger.record(item, lease, &end)? {
            // Somebody has taken the lease back: how the item ends is for its next holder to say.
            self.gate.gave_up(granted.get());
            return Ok(());
        }
        let counts = self.gate.ended(leased.state, &end);
        let end = Box::new(end);
        self.tell(Event::Ended {
            item,
            id: id(),
            end,
            counts,
        });
        if let Some(error) = failed {
            self.gate.fail(error);
        }
        self.announce();
        Ok(())
    }

    /// Counts what an item has sent, and tells if the rate is another one by now.
    fn slow_down(&self, requests: u64) {
        let mut pace = self.pace();
        pace.throttle.end(requests, Instant::now());
        let (rate, slowed) = (pace.throttle.rate(), pace.throttle.is_slowed());
        let close = match (pace.told.0, rate) {
            (Some(told), Some(rate)) => (rate - told).abs() <= told / 10.0,
            (told, rate) => told == rate,
        };
        if close && pace.told.1 == slowed {
            return;
        }
        pace.told = (rate, slowed);
        drop(pace);
        self.tell(Event::Rate {
            per_second: rate,
            slowed,
        });
    }

    /// The canary items have ended.
    fn ask_about(&self, counts: Counts) {
        let check = self.canary.as_ref().and_then(|canary| canary.check.clone());
        self.tell(Event::Canary {
            counts,
            asks: check.is_none(),
        });
        let Some(check) = check else { return };
        match catch_unwind(AssertUnwindSafe(|| check(&counts))) {
            Ok(true) => match self.ledger.pass_canary() {
                Ok(()) => self.gate.go_on(),
                Err(error) => self.gate.fail(error),
            },
            Ok(false) => self.gate.stop(Stop::Canary),
            Err(_) => self
                .gate
                .fail(Error::invalid_input("canary", "has a check that panicked")),
        }
        self.announce();
    }

    fn tell(&self, event: Event) {
        self.gate.told();
        // Whoever followed the run may have gone.
        let _ = self.events.send(event);
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        lock(&self.pace)
    }
}

fn lock(pace: &Mutex<Pace>) -> MutexGuard<'_, Pace> {
    pace.lock().unwrap_or_else(PoisonError::into_inner)
}
