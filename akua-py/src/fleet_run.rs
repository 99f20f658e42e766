//! A run of a fleet: an iterator over what happens in it, which Ctrl-C reaches between two events.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use akua_fleet::{Canary, Control, Counts, Event, Limits, Run, Summary};
use akua_http::Error;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::{Value, json};

use crate::callable::Callable;
use crate::detached::detached;
use crate::{error, json};

/// How often a run that has nothing to tell lets Python look for signals.
const POLL: Duration = Duration::from_millis(25);

/// What the check of a canary has raised.
pub(crate) type Raised = Arc<Mutex<Option<PyErr>>>;

/// A run that is going on. `akua.fleet.Run` is the class to use.
#[pyclass(frozen, module = "akua._akua")]
pub(crate) struct FleetRun {
    control: Control,
    raised: Raised,
    /// None once its end is known.
    run: Mutex<Option<Run>>,
}

impl FleetRun {
    pub(crate) fn new(run: Run, raised: Raised) -> Self {
        Self {
            control: run.control(),
            raised,
            run: Mutex::new(Some(run)),
        }
    }
}

/// The limits of a run, and where its check leaves what it raises.
///
/// # Errors
///
/// `TypeError` for a check that is no plain callable.
pub(crate) fn limits(
    in_flight: Option<usize>,
    rate: Option<f64>,
    stop_after_failures: Option<u64>,
    canary: Option<u64>,
    check: Option<Bound<'_, PyAny>>,
) -> PyResult<(Limits, Raised)> {
    let check = check.map(|check| Callable::new("check", "a callable that takes counts", &check));
    let check = check.transpose()?;
    let raised = Raised::default();
    let mut limits = Limits::default();
    if let Some(items) = in_flight {
        limits = limits.in_flight(items);
    }
    if let Some(rate) = rate {
        limits = limits.per_second(rate);
    }
    if let Some(failures) = stop_after_failures {
        limits = limits.stop_after(failures);
    }
    limits = match (canary, check) {
        (None, _) => limits,
        (Some(items), None) => limits.canary(Canary::ask(items)),
        (Some(items), Some(check)) => {
            let raised = Arc::clone(&raised);
            limits.canary(Canary::check(items, move |counts| {
                let asked = Python::try_attach(|py| check.call(py, (record(py, counts)?,))?.is_truthy());
                asked.unwrap_or(Ok(false)).unwrap_or_else(|error| {
                    *raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    false
                })
            }))
        }
    };
    Ok((limits, raised))
}

#[pymethods]
impl FleetRun {
    /// The next event as a dict; None once the run has ended. What a signal handler raises is raised, and nothing of
    /// the run is lost or stopped by that.
    fn next<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        loop {
            let polled = detached(py, || {
                let mut run = self.run.try_lock().map_err(|_| ())?;
                Ok(run.as_mut().map_or(Poll::Ready(None), |run| run.poll(POLL)))
            })?;
            let polled: Poll<Option<Event>> = polled
                .map_err(|()| PyRuntimeError::new_err("this run is being followed by another thread: one at a time"))?;
            if let Poll::Ready(event) = polled {
                return event.map(|told| self::event(py, &told)).transpose();
            }
            py.check_signals()?;
        }
    }

    /// Waits for the end and tells it; afterwards None.
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        while self.next(py)?.is_some() {}
        let run = self.run.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(run) = run else { return Ok(None) };
        let finished = detached(py, || run.finish())?;
        ended(py, &self.raised, finished).map(Some)
    }

    /// Nothing new is begun; what is under way is brought to its end.
    fn stop(&self, py: Python<'_>) {
        py.detach(|| self.control.stop());
    }

    /// As `stop`, and the calls under way are ended.
    fn cancel(&self, py: Python<'_>) {
        py.detach(|| self.control.cancel());
    }

    /// The canary is well: do the rest.
    fn go_on(&self, py: Python<'_>) {
        py.detach(|| self.control.go_on());
    }

    /// Where all items stand.
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record(py, &py.detach(|| self.control.counts()))
    }
}

impl Drop for FleetRun {
    fn drop(&mut self) {
        let run = self.run.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        // Its threads may need the interpreter to come to their end.
        Python::try_attach(|py| py.detach(move || drop(run)));
    }
}

/// The end of a run, for Python. What its check has raised is raised, with a note of how the run ended.
pub(crate) fn ended<'py>(
    py: Python<'py>,
    raised: &Raised,
    finished: Result<Summary, Error>,
) -> PyResult<Bound<'py, PyAny>> {
    if let Some(raised) = raised.lock().unwrap_or_else(PoisonError::into_inner).take() {
        let note = match &finished {
            Ok(summary) => format!("akua: the run stopped: {summary}"),
            Err(problem) => format!("akua: {problem}"),
        };
        // Before Python 3.11 there are no notes.
        let _ = raised.value(py).call_method1("add_note", (note,));
        return Err(raised);
    }
    let summary = finished.map_err(|problem| error::raise(py, &problem))?;
    json::to_python(py, &told(&summary))
}

/// The record that says where all items stand.
pub(crate) fn record<'py>(py: Python<'py>, counts: &Counts) -> PyResult<Bound<'py, PyAny>> {
    let numbers = json::to_python(py, &json!(counts))?;
    let class = py.import("akua.fleet._records")?.getattr("Counts")?;
    class.call((), Some(numbers.cast::<PyDict>()?))
}

/// An event as a dict.
pub(crate) fn event<'py>(py: Python<'py>, event: &Event) -> PyResult<Bound<'py, PyAny>> {
    json::to_python(py, &shown(event))
}

fn shown(event: &Event) -> Value {
    match event {
        Event::Started { item, id, settles } => json!({"kind": "started", "item": item, "id": id, "settles": settles}),
        Event::Granted { item, id, epoch } => json!({"kind": "granted", "item": item, "id": id, "epoch": epoch}),
        Event::Ended { item, id, end, counts } => json!({
            "kind": "ended",
            "item": item,
            "id": id,
            "state": end.state,
            "detail": end.detail,
            "counts": counts,
        }),
        Event::Rate { per_second, slowed } => json!({"kind": "rate", "per_second": per_second, "slowed": slowed}),
        Event::Canary { counts, asks } => json!({"kind": "canary", "counts": counts, "asks": asks}),
        Event::Stopping(why) => json!({"kind": "stopping", "why": why.name()}),
        // The events of this version are all above.
        _ => json!({"kind": "other"}),
    }
}

fn told(summary: &Summary) -> Value {
    json!({
        "counts": summary.counts,
        "stopped": summary.stopped.map(akua_fleet::Stop::name),
        "tried": summary.tried,
        "story": summary.to_string(),
        "effect": summary.effect.name(),
    })
}
