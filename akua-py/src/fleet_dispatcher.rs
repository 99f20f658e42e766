//! The dispatcher of a run whose workers are elsewhere, for the Python program that speaks to them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use akua_fleet::{Dispatched, Dispatcher, Executed};
use akua_http::Error;
use akua_model::edit::SavedToken;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::{PyTraverseError, PyVisit};

use crate::detached::detached;
use crate::error;
use crate::fleet_run::{self, Held};

/// Hands out the work of a run. `akua.fleet.dask` is what uses it.
#[pyclass(frozen, module = "akua._akua")]
pub(crate) struct FleetDispatcher {
    /// None once it is closed.
    dispatcher: Mutex<Option<Arc<Dispatcher>>>,
    held: Held,
}

impl FleetDispatcher {
    pub(crate) fn new(dispatcher: Dispatcher, held: Held) -> Self {
        Self {
            dispatcher: Mutex::new(Some(Arc::new(dispatcher))),
            held,
        }
    }

    fn with<T: Send>(&self, py: Python<'_>, ask: impl FnOnce(&Dispatcher) -> T + Send) -> PyResult<T> {
        let dispatcher = self.open().clone();
        let dispatcher = dispatcher.ok_or_else(|| PyRuntimeError::new_err("this run has ended: nothing was sent"))?;
        detached(py, || ask(&dispatcher))
    }

    fn with_ledger<T: Send>(
        &self,
        py: Python<'_>,
        ask: impl FnOnce(&Dispatcher) -> Result<T, Error> + Send,
    ) -> PyResult<T> {
        self.with(py, ask)?.map_err(|problem| error::raise(py, &problem))
    }

    fn open(&self) -> MutexGuard<'_, Option<Arc<Dispatcher>>> {
        self.dispatcher.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl FleetDispatcher {
    /// The next item as its number, its lease, its id and JSON for the worker; the seconds after which to ask again; None
    /// for nothing more, at least until the canary was decided about or a worker is lost.
    fn next<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let any = match self.with(py, Dispatcher::next)? {
            Dispatched::Work(leased) => {
                // What is leased consists of texts and numbers: there is always a text for it.
                let text = serde_json::to_string(&leased).unwrap_or_default();
                (leased.item, leased.lease, leased.id, text)
                    .into_pyobject(py)?
                    .into_any()
            }
            Dispatched::Later(wait) => wait.as_secs_f64().into_pyobject(py)?.into_any(),
            Dispatched::Held | Dispatched::Over => return Ok(None),
        };
        Ok(Some(any))
    }

    /// Commits the token of a write that a worker is going to send, or of the operation that it has started. No: it must not
    /// send it, or wait.
    fn grant(&self, py: Python<'_>, item: u64, lease: u64, token: &str) -> PyResult<bool> {
        let token: SavedToken = token.parse().map_err(|problem| error::raise_model(py, problem))?;
        self.with_ledger(py, |dispatcher| dispatcher.grant(item, lease, &token))
    }

    /// Takes down what a worker has sent back. No: somebody else has the item by now.
    fn record(&self, py: Python<'_>, item: u64, lease: u64, executed: &str) -> PyResult<bool> {
        let executed: Executed = serde_json::from_str(executed)
            .map_err(|problem| error::invalid(py, "executed", &format!("can't be read: {problem}")))?;
        self.with_ledger(py, |dispatcher| {
            dispatcher.record(item, lease, &executed.end, &executed.observations)
        })
    }

    /// Takes a lease back from a worker that is thought dead.
    fn lost(&self, py: Python<'_>, lease: u64) -> PyResult<()> {
        self.with_ledger(py, |dispatcher| dispatcher.lost(lease))
    }

    /// Once the canary items have ended, runs their check, or tells of an event that asks. Whether they had ended.
    fn decide(&self, py: Python<'_>) -> PyResult<bool> {
        self.with(py, Dispatcher::decide)
    }

    /// The canary is well: do the rest.
    fn go_on(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, Dispatcher::go_on)
    }

    /// Nothing new is begun.
    fn stop(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, Dispatcher::stop)
    }

    /// Why nothing new is begun; None as long as something is.
    fn stopped(&self, py: Python<'_>) -> PyResult<Option<&'static str>> {
        let stopped = self.with(py, Dispatcher::stopped)?;
        Ok(stopped.map(akua_fleet::Stop::name))
    }

    /// Where all items stand.
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        fleet_run::record(py, &self.with(py, Dispatcher::counts)?)
    }

    /// The next event that was not read, as a dict; None if there is none.
    fn event<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let event = self.with(py, Dispatcher::event)?;
        event.map(|event| fleet_run::event(py, &event)).transpose()
    }

    /// How the run ended, or stands; what has ended it is raised.
    fn summary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let summary = self.with(py, Dispatcher::summary)?;
        fleet_run::ended(py, &self.held, summary)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.held.visit(&visit)
    }

    fn __clear__(&self) {
        drop(self.open().take());
        self.held.clear();
    }

    /// Ends the run: another may begin.
    fn close(&self, py: Python<'_>) {
        let dispatcher = self.open().take();
        py.detach(|| drop(dispatcher));
        self.held.clear();
    }
}
