//! The dispatcher of a run: who works on what, and when, whether the workers are threads here or processes elsewhere.
//!
//! It leases items, grants writes and records how items ended, and keeps all workers together within the limits of the
//! run. It sends nothing itself; the edits decide what is sent again, and when.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use akua_http::Error;
use akua_http::cancel::Cancel;
use akua_model::edit::SavedToken;

use super::end::End;
use super::event::{Event, Stop, Summary};
use super::gate::{Admission, Gate, Turn};
use super::item::{Counts, Leased};
use super::ledger::Ledger;
use super::limits::{Canary, Limits};
use super::watch::Observation;

/// Hands the items of a ledger out to workers within the limits of a run. See [`Fleet::dispatch`](super::Fleet::dispatch).
///
/// It may be asked by many threads at a time. A ledger has one dispatcher at a time: a [run](super::Fleet::run) on this
/// machine has its own.
///
/// ```
/// # use akua_http::Client;
/// # use akua_fleet::{CollectionExt as _, Dispatched, Limits, Plan, State, execute};
/// # use akua_model::{ClusterId, ClusterPatch};
/// # let akua = akua_sim::Simulator::start(akua_sim::Options::clusters(2))?;
/// # let client = Client::builder().base_url(akua.url()).token(akua.token()).build()?;
/// # let folder = std::env::temp_dir().join(format!("akua-dispatch-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let id: ClusterId = "clu_1".parse()?;
/// # let plan = Plan::patches([(id, ClusterPatch::builder().name("new").build()?)]);
/// # let fleet = client.clusters().fleet(plan, folder.join("ledger"))?;
/// let dispatcher = fleet.dispatch(&Limits::default().stop_after(3))?;
/// // A worker, which may be elsewhere:
/// loop {
///     let leased = match dispatcher.next() {
///         Dispatched::Work(leased) => leased,
///         Dispatched::Later(wait) => { std::thread::sleep(wait); continue },
///         Dispatched::Held | Dispatched::Over => break,
///     };
///     let grant = |token: &_| Ok(dispatcher.grant(leased.item, leased.lease, token)?);
///     let end = execute(&client.clusters(), &leased, fleet.inputs(), grant);
///     dispatcher.record(leased.item, leased.lease, &end, &[])?;
/// }
/// assert_eq!(dispatcher.summary()?.counts.of(State::Applied), 1);
/// # drop((dispatcher, fleet));
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Dispatcher {
    ledger: Arc<Ledger>,
    gate: Arc<Gate>,
    canary: Option<Canary>,
    wait: Duration,
}

/// What a worker that asks for an item is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Dispatched {
    /// Work on this.
    Work(Box<Leased>),
    /// Ask again when this time has passed: the rate allows no more now, or the server has asked to be left alone.
    Later(Duration),
    /// Nothing before the canary has ended and was [decided about](Dispatcher::decide), or before events are read.
    Held,
    /// Nothing more in this run, unless a worker is lost.
    Over,
}

impl Dispatcher {
    pub(super) fn new(ledger: &Arc<Ledger>, limits: &Limits, cancel: Cancel) -> Result<(Self, Counts), Error> {
        limits.checked()?;
        ledger.check_is_here()?;
        if !ledger.claim() {
            return Err(Error::invalid_input(
                "run",
                "is under way already for this fleet (wait for its end, or stop it, before another is begun)",
            ));
        }
        let begun = ledger.begin().inspect_err(|_| ledger.unclaim())?;
        let dispatcher = Self {
            ledger: Arc::clone(ledger),
            gate: Arc::new(Gate::new(&begun, limits, cancel)),
            canary: limits.canary.clone(),
            wait: limits.wait,
        };
        Ok((dispatcher, begun.counts))
    }

    /// The next item for a worker, or why there is none now. Never waits but for the ledger.
    pub fn next(&self) -> Dispatched {
        match self.gate.admit() {
            Admission::Admitted => self
                .lease()
                .map_or(Dispatched::Over, |leased| Dispatched::Work(Box::new(leased))),
            Admission::Later(wait) => Dispatched::Later(wait),
            Admission::Held => Dispatched::Held,
            Admission::Over => Dispatched::Over,
        }
    }

    /// As [`next`](Self::next), but waits for an item, and decides about the canary meanwhile. `None`: there is no more.
    pub(super) fn wait_for_next(&self) -> Option<Leased> {
        loop {
            match self.gate.turn() {
                Turn::Over => return None,
                Turn::Canary(counts) => self.decide_canary(counts),
                Turn::Lease => {
                    if let Some(leased) = self.lease() {
                        return Some(leased);
                    }
                }
            }
        }
    }

    fn lease(&self) -> Option<Leased> {
        let leased = self.ledger.lease(1).map(|mut leased| leased.pop());
        match leased {
            Ok(Some(mut leased)) => {
                leased.wait = Some(self.wait);
                self.gate.leased(&leased);
                return Some(leased);
            }
            Ok(None) => self.gate.nothing_to_lease(),
            Err(error) => {
                self.gate.nothing_to_lease();
                self.gate.fail(error);
            }
        }
        None
    }

    /// Whether a worker may send the write that `token` settles, or goes on to wait for the operation that it is of. See
    /// [`Ledger::grant`]. Once the run stops no wait is begun: the next run does.
    ///
    /// # Errors
    ///
    /// As for [`Ledger::grant`]. Nothing may be sent then, and the run stops.
    pub fn grant(&self, item: u64, lease: u64, token: &SavedToken) -> Result<bool, Error> {
        match (self.ledger.grant(item, lease, token), token) {
            (Ok(true), SavedToken::Wait(token)) => {
                self.gate.accepted(lease, token.operation());
                Ok(self.gate.stopped().is_none())
            }
            (Ok(true), _) => {
                self.gate.granted(lease);
                Ok(true)
            }
            (Ok(false), _) => Ok(false),
            (Err(error), _) => {
                self.gate.fail(error.clone());
                Err(error)
            }
        }
    }

    /// Takes down how the work under a lease ended, see [`Ledger::record`]; `observations` is how its requests were
    /// answered, as far as the dispatcher has not heard it before. No, if somebody else has the item by now.
    ///
    /// # Errors
    ///
    /// As for [`Ledger::record`]. The item stays as the ledger has it, and the run stops.
    pub fn record(&self, item: u64, lease: u64, end: &End, observations: &[Observation]) -> Result<bool, Error> {
        observations.iter().for_each(|each| self.gate.observed(*each));
        let recorded = self.ledger.record(item, lease, end);
        match &recorded {
            Ok(true) => self.gate.ended(lease, end),
            Ok(false) => {
                self.gate.lost(lease);
            }
            Err(error) => {
                self.gate.lost(lease);
                self.gate.fail(error.clone());
            }
        }
        recorded
    }

    /// Takes a lease back from a worker that is thought dead: what still comes under it is refused, and the item is given
    /// out again.
    ///
    /// # Errors
    ///
    /// As for [`Ledger::revoke`].
    pub fn lost(&self, lease: u64) -> Result<(), Error> {
        match self.gate.lost(lease) {
            Some(item) => self.ledger.revoke(item).map(|_| ()),
            None => Ok(()),
        }
    }

    /// The work under a lease has panicked: the run stops, and the item stays as the ledger has it.
    pub(super) fn panicked(&self, lease: u64) {
        self.gate.lost(lease);
        let message = "has a function that panicked (return an error instead)";
        self.gate.fail(Error::invalid_input("plan", message));
    }

    /// How a request of this run was answered.
    pub(super) fn observed(&self, observation: Observation) {
        self.gate.observed(observation);
    }

    /// Once the canary items have ended, runs their check, which decides whether the run goes on. Without a check it tells
    /// of an [`Event::Canary`] that [`go_on`](Self::go_on) or [`stop`](Self::stop) answers. Whether they had ended; true
    /// only once.
    pub fn decide(&self) -> bool {
        let ended = self.gate.canary_ended();
        if let Some(counts) = ended {
            self.decide_canary(counts);
        }
        ended.is_some()
    }

    fn decide_canary(&self, counts: Counts) {
        let check = self.canary.as_ref().and_then(|canary| canary.check.clone());
        self.gate.tell_of_canary(counts, check.is_none());
        let Some(check) = check else { return };
        match catch_unwind(AssertUnwindSafe(|| check(&counts))) {
            Ok(true) => self.pass_canary(),
            Ok(false) => self.gate.stop(Stop::Canary),
            Err(_) => {
                let message = "has a check that panicked (return false instead)";
                self.gate.fail(Error::invalid_input("canary", message));
            }
        }
    }

    /// The canary is well: do the rest, also in later runs. Without a run that asks it does nothing. If the ledger can't
    /// take that down, the run stops with its error.
    pub fn go_on(&self) {
        if self.gate.is_asking() {
            self.pass_canary();
        }
    }

    fn pass_canary(&self) {
        match self.ledger.pass_canary() {
            Ok(()) => self.gate.go_on(),
            Err(error) => self.gate.fail(error),
        }
    }

    /// Nothing new is begun.
    pub fn stop(&self) {
        self.gate.stop(Stop::Asked);
    }

    /// Why nothing new is begun; `None` as long as something is.
    #[must_use]
    pub fn stopped(&self) -> Option<Stop> {
        self.gate.stopped()
    }

    /// Where all items stand.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.gate.counts()
    }

    /// The next event that was not read, if there is one. After about a thousand nothing new is begun.
    pub fn event(&self) -> Option<Event> {
        match self.gate.event(Some(Duration::ZERO)) {
            Poll::Ready(event) => event,
            Poll::Pending => None,
        }
    }

    /// The end of the run, once its workers have ended: what was granted and has no end yet counts as indeterminate.
    ///
    /// # Errors
    ///
    /// What has ended the run. See [`Run::finish`](super::Run::finish).
    pub fn summary(&self) -> Result<Summary, Error> {
        self.gate.summary()
    }

    pub(super) fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }
}

impl Drop for Dispatcher {
    fn drop(&mut self) {
        if self.ledger.is_here() {
            self.ledger.unclaim();
        }
    }
}

impl std::fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dispatcher")
            .field("ledger", &self.ledger)
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}
