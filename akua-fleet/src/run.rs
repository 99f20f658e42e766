//! A run on this machine: a few threads that ask the dispatcher for work, and the handles to follow and to end it.
//!
//! Its memory depends on how many items are worked on at once: nobody holds a list of them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::task::Poll;
use std::thread::JoinHandle;
use std::time::Duration;

use akua_http::cancel::Cancel;
use akua_http::{Collection, Effect, Error};
use akua_model::Resource;

use super::dispatch::Dispatcher;
use super::error::ErrorExt as _;
use super::event::{Event, Stop, Summary};
use super::gate::{Gate, Membership};
use super::item::Counts;
use super::ledger::Ledger;
use super::limits::Limits;
use super::watch::Watched;
use super::work::{Inputs, execute};

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
    dispatcher: Weak<Dispatcher>,
}

impl Control {
    /// Nothing new is begun; what is under way is brought to its end. An operation that was launched goes on by itself, and is
    /// no longer waited for: the next run does.
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
        if let Some(dispatcher) = self.dispatcher.upgrade() {
            dispatcher.go_on();
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
        self.control.gate.event(Some(at_most))
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
        match self.control.gate.event(None) {
            Poll::Ready(event) => event,
            Poll::Pending => None,
        }
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
    }
}

/// What a thread of a run works with.
struct Worker<R: Resource> {
    collection: Collection<R>,
    inputs: Inputs<R>,
    dispatcher: Arc<Dispatcher>,
    /// The run has ended once all of these are gone.
    _member: Membership,
}

pub(super) fn start<R: Resource + 'static>(
    collection: &Collection<R>,
    inputs: &Inputs<R>,
    ledger: &Arc<Ledger>,
    limits: &Limits,
) -> Result<Run, Error> {
    let cancel = cancel_of(collection);
    let (dispatcher, counts) = Dispatcher::new(ledger, limits, cancel.clone())?;
    let dispatcher = Arc::new(dispatcher);
    let told = Arc::clone(&dispatcher);
    let watched = collection.client().with_transport(Watched {
        client: collection.client().clone(),
        listener: move |observation| told.observed(observation),
    });
    let collection = collection.clone().with_client(&watched).cancel(&cancel);
    // Nothing depends on the waits for operations: they end as soon as the run stops.
    let gate = Arc::clone(dispatcher.gate());
    let inputs = inputs
        .clone()
        .waiting_until(&Cancel::with_check(move || gate.stopped().is_some()));
    let mut run = Run {
        control: Control {
            gate: Arc::clone(dispatcher.gate()),
            cancel,
            dispatcher: Arc::downgrade(&dispatcher),
        },
        ledger: Arc::clone(ledger),
        threads: Vec::new(),
    };
    let many = usize::try_from(counts.open())
        .unwrap_or(usize::MAX)
        .min(limits.in_flight);
    for number in 1..=many {
        let worker = Worker {
            collection: collection.clone(),
            inputs: inputs.clone(),
            dispatcher: Arc::clone(&dispatcher),
            _member: dispatcher.gate().join(),
        };
        let thread = std::thread::Builder::new().name(format!("akua-fleet-{number}"));
        match thread.spawn(move || worker.work()) {
            Ok(thread) => run.threads.push(thread),
            // Fewer at once is slower, and no harm.
            Err(_) if !run.threads.is_empty() => break,
            Err(error) => {
                let message = format!("needs a thread for each item, and the system gives none: {error}");
                return Err(Error::invalid_input("in_flight", message));
            }
        }
    }
    Ok(run)
}

/// A handle that ends the calls of one run: by itself, or when that of the collection is set.
pub(super) fn cancel_of<R: Resource>(collection: &Collection<R>) -> Cancel {
    match collection.cancel_handle().cloned() {
        Some(theirs) => Cancel::with_check(move || theirs.is_cancelled()),
        None => Cancel::new(),
    }
}

impl<R: Resource> Worker<R> {
    fn work(&self) {
        self.inputs.begin();
        while let Some(leased) = self.dispatcher.wait_for_next() {
            let grant = |token: &_| Ok(self.dispatcher.grant(leased.item, leased.lease, token)?);
            let work = || execute(&self.collection, &leased, &self.inputs, grant);
            match catch_unwind(AssertUnwindSafe(work)) {
                // An error stops the run: the dispatcher knows it.
                Ok(end) => drop(self.dispatcher.record(leased.item, leased.lease, &end, &[])),
                Err(_) => self.dispatcher.panicked(leased.lease),
            }
        }
    }
}
