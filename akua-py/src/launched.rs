//! How a launch ended: a `Launched` where what was wanted was accepted or already is so, an exception for every other end.
//! The classes are Python (`python/akua/_launched.py`).

use std::sync::OnceLock;

use akua_model::Operation;
use akua_model::edit::{LaunchOutcome, Launched, Made, Proof};
use akua_model::report::{End, Kind, Report};
use pyo3::prelude::*;
use pyo3::types::{PyModule, PyTuple};

use crate::binding::ClassBinding;
use crate::ending::{self, Raised, Sent};
use crate::error;
use crate::shared::Shared;

pub(crate) fn module(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    py.import("akua._launched")
}

/// The launch that has ended, or the exception that comes first. `shared` waits for its operation.
pub(crate) fn end(py: Python<'_>, shared: &Shared, launched: &Launched, raised: Raised) -> PyResult<Py<PyAny>> {
    let not_applied = matches!(launched.outcome, LaunchOutcome::NotApplied(_));
    let sent = Sent::new(&launched.trace, not_applied);
    ending::first(py, tell(py, shared, launched), &sent, raised, |launched| {
        came(py, launched).unwrap_or_else(Some)
    })
}

fn tell(py: Python<'_>, shared: &Shared, launched: &Launched) -> PyResult<Py<PyAny>> {
    let report = Report::from(launched);
    if report.kind != Kind::Ok {
        return Err(error::told(py, &report)?.raise()?);
    }
    let facts = (
        launched.kind.name(),
        Some(launched.id.as_str()).filter(|id| !id.is_empty()),
        launched.name.as_deref(),
        report.end.map(End::name),
        report.proof.map(Proof::name),
        report.operation,
        report.resume_token,
        report.seen_etag,
        PyTuple::new(py, report.candidates)?,
        report.attempts,
        report.requests,
        report.story,
    );
    let calls = match OPERATIONS.get() {
        Some(operations) => operations(py, shared)?,
        None => py.None(),
    };
    Ok(module(py)?
        .call_method1("launched", (facts, calls, made(py, launched)?))?
        .unbind())
}

/// What it has made, if that was the answer and could be read.
fn made(py: Python<'_>, launched: &Launched) -> PyResult<Option<Py<PyAny>>> {
    match &launched.outcome {
        LaunchOutcome::Made(Made::Cluster(cluster)) => cluster.as_ref().clone().wrap(py).map(Some),
        LaunchOutcome::Made(Made::Workspace(workspace)) => workspace.as_ref().clone().wrap(py).map(Some),
        LaunchOutcome::Made(Made::WorkerBootstrap(made)) => made.as_ref().clone().wrap(py).map(Some),
        _ => Ok(None),
    }
}

/// Makes the calls on operations, for what has begun one. The room of the collections says how, when the module is made.
pub(crate) static OPERATIONS: OnceLock<MakesCalls> = OnceLock::new();

type MakesCalls = fn(Python<'_>, &Shared) -> PyResult<Py<PyAny>>;

/// What an interrupt could not stop any more: something was accepted.
fn came(py: Python<'_>, what: &Py<PyAny>) -> PyResult<Option<PyErr>> {
    let came = module(py)?.call_method1("came", (what,))?;
    Ok((!came.is_none()).then(|| PyErr::from_value(came)))
}

/// As [`end`] tells it, of a single request.
pub(crate) fn came_once(py: Python<'_>, operation: Operation) -> PyErr {
    let came = operation.wrap(py).and_then(|operation| came(py, &operation));
    error::either(came.map(|came| came.unwrap_or_else(|| error::invalid(py, "operation", "is none"))))
}
