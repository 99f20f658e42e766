//! A run of a fleet: an iterator over what happens in it, which Ctrl-C reaches between two events.

use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use akua_fleet::{Canary, Control, Counts, Event, Limits, Run, Summary};
use akua_http::Error;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3::{PyTraverseError, PyVisit};
use serde_json::{Value, json};

use crate::argument::Seconds;
use crate::callable::Callable;
use crate::detached::detached;
use crate::kept::Kept;
use crate::{error, json};

/// How often a run that has nothing to tell lets Python look for signals.
const POLL: Duration = Duration::from_millis(25);

/// How many events are read at once.
const AT_ONCE: usize = 256;

/// What a run holds of Python's.
#[derive(Clone, Default)]
pub(crate) struct Held {
    /// The fleet, until the run has ended: it has the callables of the plan.
    fleet: Kept,
    check: Option<Callable>,
    /// What the check has raised.
    raised: Kept,
}

impl Held {
    /// Of a run of `fleet`.
    pub(crate) fn by<T>(self, fleet: &Bound<'_, T>) -> Self {
        drop(self.fleet.replace(Some(fleet.clone().into_any().unbind())));
        self
    }

    pub(crate) fn visit(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        let check = self.check.as_ref().map(|check| &check.function);
        [&self.fleet, &self.raised]
            .into_iter()
            .chain(check)
            .try_for_each(|kept| kept.visit(visit))
    }

    pub(crate) fn clear(&self) {
        let check = self.check.as_ref().map(|check| &check.function);
        [&self.fleet, &self.raised]
            .into_iter()
            .chain(check)
            .for_each(Kept::clear);
    }
}

/// A run that is going on. `akua.fleet.Run` is the class to use.
#[pyclass(frozen, module = "akua._akua")]
pub(crate) struct FleetRun {
    control: Control,
    held: Held,
    /// None once its end is known.
    run: Mutex<Option<Run>>,
}

impl FleetRun {
    pub(crate) fn new(run: Run, held: Held) -> Self {
        Self {
            control: run.control(),
            held,
            run: Mutex::new(Some(run)),
        }
    }

    fn poll(&self, py: Python<'_>, patience: Duration) -> PyResult<Poll<Option<Event>>> {
        let polled = detached(py, || {
            let mut run = self.run.try_lock().map_err(|_| ())?;
            Ok::<_, ()>(run.as_mut().map_or(Poll::Ready(None), |run| run.poll(patience)))
        })?;
        polled.map_err(|()| PyRuntimeError::new_err("this run is being followed by another thread: one at a time"))
    }

    /// Stops it, and waits for its threads, which may need the interpreter to come to their end.
    fn let_go(&self) {
        let run = self.run.lock().unwrap_or_else(PoisonError::into_inner).take();
        Python::try_attach(|py| py.detach(move || drop(run)));
    }
}

/// The limits of a run, and what it holds of Python's.
///
/// # Errors
///
/// `TypeError` for a check that is no plain callable, `ValidationError` for a wait that is no time.
pub(crate) fn limits(
    py: Python<'_>,
    rate: Option<f64>,
    stop_after_failures: Option<u64>,
    canary: Option<u64>,
    check: Option<Bound<'_, PyAny>>,
    wait: Option<Seconds>,
) -> PyResult<(Limits, Held)> {
    let check = check.map(|check| Callable::new("check", "a callable that takes counts", &check));
    let check = check.transpose()?;
    let held = Held {
        check: check.clone(),
        ..Held::default()
    };
    let mut limits = Limits::default();
    if let Some(rate) = rate {
        limits = limits.per_second(rate);
    }
    if let Some(failures) = stop_after_failures {
        limits = limits.stop_after(failures);
    }
    if let Some(wait) = wait {
        limits = limits.wait(wait.span(py, "wait")?);
    }
    limits = match (canary, check) {
        (None, _) => limits,
        (Some(items), None) => limits.canary(Canary::ask(items)),
        (Some(items), Some(check)) => {
            let raised = held.raised.clone();
            limits.canary(Canary::check(items, move |counts| {
                let asked = Python::try_attach(|py| {
                    let well = record(py, counts).and_then(|counts| check.call(py, Some(counts))?.is_truthy());
                    well.map_err(|error| raised.keep(py, error)) == Ok(true)
                });
                asked.unwrap_or(false)
            }))
        }
    };
    Ok((limits, held))
}

#[pymethods]
impl FleetRun {
    /// The next event as a dict; None once the run has ended. What a signal handler raises is raised, and nothing of
    /// the run is lost or stopped by that.
    fn next<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        loop {
            if let Poll::Ready(event) = self.poll(py, POLL)? {
                return event.map(|told| self::event(py, &told)).transpose();
            }
            py.check_signals()?;
        }
    }

    /// The events that have come by now, or within an instant; None once the run has ended.
    fn some<'py>(&self, py: Python<'py>) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
        let (mut told, mut patience) = (Vec::new(), POLL);
        while told.len() < AT_ONCE {
            match self.poll(py, patience)? {
                Poll::Ready(Some(event)) => told.push(self::event(py, &event)?),
                Poll::Ready(None) if told.is_empty() => return Ok(None),
                Poll::Ready(None) | Poll::Pending => break,
            }
            patience = Duration::ZERO;
        }
        Ok(Some(told))
    }

    /// Waits for the end and tells it; afterwards None.
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        while self.next(py)?.is_some() {}
        let run = self.run.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(run) = run else { return Ok(None) };
        let finished = detached(py, || run.finish())?;
        ended(py, &self.held, finished).map(Some)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.held.visit(&visit)
    }

    /// Nobody will hear of its end.
    fn __clear__(&self) {
        self.let_go();
        self.held.clear();
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
        self.let_go();
    }
}

/// The end of a run, for Python. What its check has raised is raised, with a note of how the run ended.
pub(crate) fn ended<'py>(
    py: Python<'py>,
    held: &Held,
    finished: Result<Summary, Error>,
) -> PyResult<Bound<'py, PyAny>> {
    held.fleet.clear();
    if let Some(raised) = held.raised.raised(py) {
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
        Event::Accepted { item, id, operation } => {
            json!({"kind": "accepted", "item": item, "id": id, "operation": operation})
        }
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
