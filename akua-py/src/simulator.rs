//! The simulator inside the module: it serves on a thread of its own, and takes every operation of its one control
//! protocol.

use std::sync::{Mutex, PoisonError};

use akua_sim::{Contract, Op, Options};
use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::{Map, Value};

use crate::argument::whole;
use crate::json;

/// How many resources of a kind there may be at the start.
const MOST: u64 = 100_000;

/// An Akua API on this machine; `akua.sim.Simulator` is the class to use.
#[pyclass(frozen, module = "akua._akua", subclass)]
pub(crate) struct Simulator {
    /// None once it is closed.
    running: Mutex<Option<akua_sim::Simulator>>,
    /// Where it runs: a forked child has no thread of it.
    process: u32,
    /// The base URL for a client.
    #[pyo3(get)]
    url: String,
    /// A token of the workspace `ws_1`.
    #[pyo3(get)]
    token: String,
    /// A token that needs a context.
    #[pyo3(get)]
    broad_token: String,
    /// Where the control endpoint is, for other programs.
    #[pyo3(get)]
    control_url: String,
    /// The token of the control endpoint.
    #[pyo3(get)]
    control_token: String,
}

#[pymethods]
impl Simulator {
    #[new]
    #[pyo3(
        signature = (*, clusters=None, workspaces=None, contract=None, port=None, random_seed=None),
        text_signature = "(*, clusters=0, workspaces=1, contract=None, port=0, random_seed=None)"
    )]
    fn new(
        py: Python<'_>,
        clusters: Option<&Bound<'_, PyAny>>,
        workspaces: Option<&Bound<'_, PyAny>>,
        contract: Option<&Bound<'_, PyDict>>,
        port: Option<&Bound<'_, PyAny>>,
        random_seed: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let seeded = |name, given: Option<&Bound<'_, PyAny>>, usual| {
            given.map_or(Ok(usual), |number| whole(name, number, 0..=MOST))
        };
        let mut options = Options::clusters(seeded("clusters", clusters, 0)?);
        options.workspaces = seeded("workspaces", workspaces, 1)?;
        options.port = port.map_or(Ok(0), |port| whole("port", port, 0..=u16::MAX))?;
        let seed = random_seed.map(|seed| whole("random_seed", seed, 0..=u64::MAX));
        options.seed = seed.transpose()?;
        if let Some(switches) = contract {
            let Ok(switches) = json::from_python(switches)?.parse::<Map<String, Value>>() else {
                return Err(PyValueError::new_err("contract: not a dict of switches"));
            };
            let contract = Contract::default().with(&switches);
            options.contract = contract.map_err(|problem| PyValueError::new_err(format!("contract: {problem}")))?;
        }
        let running = py.detach(|| akua_sim::Simulator::start(options));
        let running = running.map_err(|problem| PyOSError::new_err(format!("the simulator: {problem}")))?;
        Ok(Self {
            process: std::process::id(),
            url: running.url(),
            control_url: format!("{}/control", running.url()),
            token: running.token().to_owned(),
            broad_token: running.broad_token().to_owned(),
            control_token: running.control_token().to_owned(),
            running: Mutex::new(Some(running)),
        })
    }

    /// Does one operation of the control protocol, without the detour over HTTP.
    ///
    /// Raises:
    ///     ValueError: The operation is none, in the simulator's words. Nothing was changed.
    ///     RuntimeError: It is closed, or runs in another process.
    #[pyo3(signature = (operation, /))]
    fn control<'py>(&self, py: Python<'py>, operation: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
        let operation: Op = serde_json::from_str(json::from_python(operation)?.as_str())
            .map_err(|problem| PyValueError::new_err(format!("the simulator: {problem}")))?;
        self.in_this_process()?;
        let answer = py.detach(|| {
            let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            running.as_ref().map(|running| running.control(operation))
        });
        match answer {
            None => Err(PyRuntimeError::new_err("the simulator is closed")),
            Some(Ok(answer)) => json::to_python(py, &answer),
            Some(Err(problem)) => Err(PyValueError::new_err(format!("the simulator: {problem}"))),
        }
    }

    /// Stops it. Open connections are closed.
    fn close(&self, py: Python<'_>) {
        if self.in_this_process().is_ok() {
            py.detach(|| drop(self.running.lock().unwrap_or_else(PoisonError::into_inner).take()));
        }
    }
}

impl Simulator {
    fn in_this_process(&self) -> PyResult<()> {
        if self.process == std::process::id() {
            return Ok(());
        }
        Err(PyRuntimeError::new_err(
            "this simulator runs in the process that started it: talk to its control_url",
        ))
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        if self.process != std::process::id() {
            // Its thread is not in this process, so nobody could wait for its end.
            let running = self.running.get_mut().unwrap_or_else(PoisonError::into_inner).take();
            std::mem::forget(running);
        }
    }
}
