//! How an edit ended: a result where the change is in effect, an exception for every other end.

use akua_http::{Awaited, Effect};
use akua_model::edit::{
    Applied, Cause, Conflict, Edited, FieldReport, FieldState, Heard, Indeterminate, NotApplied, Outcome, Trace,
};
use akua_model::http::Method;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use crate::error::{self, Raising};
use crate::noun::Noun;

/// An edit after which the change is in effect.
#[pyclass(frozen, module = "akua")]
pub(crate) struct EditResult {
    resource: Py<PyAny>,
    proof: Option<&'static str>,
    attempts: usize,
    requests: usize,
    story: String,
    /// Field reports of those that show neither the wanted value nor the one from before.
    adjusted: Py<PyTuple>,
    /// Field reports of those that still show the one from before.
    not_taken: Py<PyTuple>,
    /// For waiting until a cluster has settled.
    awaited: Option<Awaited>,
}

#[pymethods]
impl EditResult {
    /// The resource, as it is with the change in it.
    #[getter]
    pub(crate) fn resource(&self) -> &Py<PyAny> {
        &self.resource
    }

    /// True: the change is in effect, by this edit's write or, where it was observed, perhaps by somebody else's of the same
    /// values. False: everything already was as wanted, and nothing of this edit took effect.
    #[getter]
    pub(crate) fn changed(&self) -> bool {
        self.proof.is_some()
    }

    /// How it is known: "acknowledged" by the answer to the write, "observed" in a later read; None if unchanged.
    #[getter]
    fn proof(&self) -> Option<&'static str> {
        self.proof
    }

    /// The fields that the server has stored otherwise than they were wanted, such as trimmed: `theirs` is what they show.
    #[getter]
    fn adjusted(&self) -> &Py<PyTuple> {
        &self.adjusted
    }

    /// The fields that still show the value from before, though the write was carried out.
    #[getter]
    fn not_taken(&self) -> &Py<PyTuple> {
        &self.not_taken
    }

    /// How many times a write was sent.
    #[getter]
    fn attempts(&self) -> usize {
        self.attempts
    }

    /// How many requests were sent, reads included.
    #[getter]
    fn requests(&self) -> usize {
        self.requests
    }

    /// What happened and why, step by step, for a person.
    fn explain(&self) -> &str {
        &self.story
    }

    /// `EditResult[Cluster]`, for annotations.
    #[classmethod]
    fn __class_getitem__<'py>(class: &Bound<'py, PyType>, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        class
            .py()
            .import("types")?
            .getattr("GenericAlias")?
            .call1((class, item))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let resource = self.resource.bind(py).repr()?;
        let (changed, attempts) = (if self.changed() { "True" } else { "False" }, self.attempts);
        let proof = self.proof.map_or("None".to_owned(), |proof| format!("'{proof}'"));
        let listed = [("adjusted", &self.adjusted), ("not_taken", &self.not_taken)];
        let mut lists = String::new();
        for (name, reports) in listed {
            let names: Vec<String> = reports
                .bind(py)
                .iter()
                .map(|report| field_of(&report))
                .collect::<PyResult<_>>()?;
            if !names.is_empty() {
                lists.push_str(&format!(", {name}={names:?}").replace('"', "'"));
            }
        }
        Ok(format!(
            "EditResult({resource}, changed={changed}, proof={proof}, attempts={attempts}{lists})"
        ))
    }

    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        error::html(slf.py(), "result", slf)
    }
}

/// The name of a report's field.
fn field_of(report: &Bound<'_, PyAny>) -> PyResult<String> {
    report.getattr("field")?.extract()
}

impl EditResult {
    pub(crate) fn awaited(&self) -> Option<&Awaited> {
        self.awaited.as_ref()
    }
}

/// The result, or the exception.
pub(crate) fn tell<R: Noun>(py: Python<'_>, edited: Edited<R>) -> PyResult<EditResult> {
    let story = edited.explain();
    let message = edited.outcome.to_string();
    let (attempts, requests) = (writes(&edited.trace), edited.requests());
    let exception = match edited.outcome {
        Outcome::Applied(applied) => match applied.resource.clone() {
            Some(resource) => {
                return Ok(EditResult {
                    resource: resource.wrap(py)?,
                    proof: Some(applied.proof.name()),
                    attempts,
                    requests,
                    story,
                    adjusted: facts(py, &applied.adjusted)?.unbind(),
                    not_taken: facts(py, &applied.not_taken)?.unbind(),
                    awaited: R::awaited(&applied),
                });
            }
            None => unreadable(py, &applied, message)?,
        },
        Outcome::Unchanged(resource) => {
            return Ok(EditResult {
                resource: resource.wrap(py)?,
                proof: None,
                attempts,
                requests,
                story,
                adjusted: PyTuple::empty(py).unbind(),
                not_taken: PyTuple::empty(py).unbind(),
                awaited: None,
            });
        }
        Outcome::NotApplied(why) => not_applied(py, why, requests, message)?,
        Outcome::Indeterminate(open) => indeterminate(py, *open, message)?,
    };
    let exception = exception
        .with("attempts", attempts)?
        .with("requests", requests)?
        .with("story", story)?
        .raise()?;
    Err(exception)
}

/// How many times a write was handed to the transport.
fn writes(trace: &Trace) -> usize {
    let wrote = |heard: &Heard| {
        matches!(
            heard,
            Heard::Answer {
                method: Method::Patch,
                ..
            } | Heard::Nothing {
                method: Method::Patch,
                ..
            }
        )
    };
    trace.steps().iter().filter(|step| wrote(&step.heard)).count()
}

fn unreadable<'py, R: Noun>(py: Python<'py>, applied: &Applied<R>, message: String) -> PyResult<Raising<'py>> {
    let problems = applied.unreadable.as_ref().map_or(&[][..], |error| error.problems());
    let why = applied
        .unreadable
        .as_ref()
        .map_or(String::new(), |error| format!(", but {error}"));
    Raising::new(py, "DecodeError", format!("{message}{why}"))
        .with("effect", Effect::Applied.name())?
        .with("proof", applied.proof.name())?
        .with("adjusted", facts(py, &applied.adjusted)?)?
        .with("not_taken", facts(py, &applied.not_taken)?)?
        .with("status", 200)?
        .with("problems", error::problems(py, problems)?)?
        .with("new_etag", applied.etag.as_str())?
        .with("hint", "it took effect: go on with the new etag, don't write again")
}

fn not_applied<'py, R: Noun>(
    py: Python<'py>,
    why: NotApplied<R>,
    requests: usize,
    message: String,
) -> PyResult<Raising<'py>> {
    match why {
        NotApplied::Conflict(conflict) => in_conflict(py, *conflict, message),
        NotApplied::Rejected(failed) => error::refused(py, &failed, message),
        NotApplied::Ignored(ignored) => Raising::new(py, "RejectedError", message)
            .with("effect", Effect::NotApplied.name())?
            .with("status", 200)?
            .with("facts", facts(py, &ignored.fields)?)?
            .with(
                "resource",
                ignored.resource.map(|resource| resource.wrap(py)).transpose()?,
            )?
            .with("current_etag", ignored.etag.as_str())?
            .with("request_id", ignored.request_id.as_deref())?
            .with("hint", "find out why the server does not take these values"),
        NotApplied::NotSent { cause, .. } => {
            let effect = if requests == 0 {
                Effect::NotSent
            } else {
                Effect::NotApplied
            };
            Raising::new(py, class_of(cause), message)
                .with("effect", effect.name())?
                .with("cause", cause.name())
        }
    }
}

fn in_conflict<'py, R: Noun>(py: Python<'py>, conflict: Conflict<R>, message: String) -> PyResult<Raising<'py>> {
    let etag = conflict.theirs.as_ref().map(|theirs| theirs.etag().as_str().to_owned());
    Raising::new(py, "ConflictError", message)
        .with("facts", facts(py, &conflict.fields)?)?
        .with("current_etag", etag)?
        .with("resource", conflict.theirs.map(|theirs| theirs.wrap(py)).transpose()?)?
        .with(
            "hint",
            "take theirs, write ours over the version in `resource`, or make a new change",
        )
}

fn indeterminate<'py, R: Noun>(py: Python<'py>, open: Indeterminate<R>, message: String) -> PyResult<Raising<'py>> {
    let raising = Raising::new(py, "IndeterminateError", message)
        .with("may_still_land", open.may_still_land)?
        .with("facts", facts(py, &open.fields)?)?
        .with("resume_token", open.resume_token.to_string())?
        .with("cause", open.cause.name())?
        .with("resource", open.seen.map(|seen| seen.wrap(py)).transpose()?)?
        .with("hint", "settle it with client.resolve(error.resume_token)")?;
    match &open.answer {
        Some(answer) => error::heard(py, raising, answer),
        None => Ok(raising),
    }
}

/// Every field of the patch as the three sides have it.
pub(crate) fn facts<'py>(py: Python<'py>, fields: &[FieldReport]) -> PyResult<Bound<'py, PyTuple>> {
    let reports = fields.iter().map(|report| {
        let state = report.state.map(FieldState::name);
        (
            report.field.name,
            report.base.as_deref(),
            report.ours.as_deref(),
            report.theirs.as_deref(),
            state,
        )
    });
    error::records(py, "FieldReport", reports)
}

/// The class for an edit that sent nothing, or was only asked to wait.
fn class_of(cause: Cause) -> &'static str {
    match cause {
        Cause::Unauthorized => "AuthenticationError",
        Cause::Throttled => "RateLimitedError",
        Cause::Deadline => "TimeoutError",
        Cause::Cancelled => "CancelledError",
        Cause::NoPatch | Cause::UnusableEtag => "ValidationError",
        _ => "TransportError",
    }
}
