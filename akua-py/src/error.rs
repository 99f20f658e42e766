//! Between what happened and the Python exception that says so. The exceptions themselves are Python
//! (`python/akua/_errors.py`).

use std::time::Duration;

use akua_http::Error;
use akua_model::edit::{Cause, FieldState, Proof};
use akua_model::report::{Effect, End, FieldValues, Kind, Report};
use akua_model::{Code, Problem, ServerError};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyModule, PyTuple};

static ERRORS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
static ENUMS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();

/// One of the module's Python halves.
fn half<'py>(py: Python<'py>, cell: &PyOnceLock<Py<PyModule>>, name: &str) -> PyResult<Bound<'py, PyModule>> {
    let module = cell.get_or_try_init(py, || py.import(name).map(Bound::unbind))?;
    Ok(module.bind(py).clone())
}

/// Finds the exceptions as long as they can be found: not much later the interpreter ends.
pub(crate) fn prepare(py: Python<'_>) -> PyResult<()> {
    half(py, &ERRORS, "akua._errors").map(|_| ())
}

/// The member of an enumeration; one that is not known yet is made.
pub(crate) fn member<'py>(py: Python<'py>, class: &str, text: &str) -> PyResult<Bound<'py, PyAny>> {
    half(py, &ENUMS, "akua.generated.enums")?.getattr(class)?.call1((text,))
}

/// `object` as a table for notebooks.
pub(crate) fn html<'py>(py: Python<'py>, what: &str, object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    py.import("akua._html")?.call_method1(what, (object,))
}

/// What `==` and `!=` say; nothing else can be asked, and not of something else.
pub(crate) fn compared(py: Python<'_>, equal: Option<bool>, how: CompareOp) -> PyResult<Py<PyAny>> {
    let answer = match (equal, how) {
        (Some(equal), CompareOp::Eq) => equal,
        (Some(equal), CompareOp::Ne) => !equal,
        _ => return Ok(py.NotImplemented()),
    };
    Ok(answer.into_pyobject(py)?.to_owned().into_any().unbind())
}

/// An exception under construction: its class, its message, and what it knows.
pub(crate) struct Raising<'py> {
    py: Python<'py>,
    class: &'static str,
    message: String,
    facts: Bound<'py, PyDict>,
}

impl<'py> Raising<'py> {
    /// Of this class, with this message.
    pub(crate) fn new(py: Python<'py>, class: &'static str, message: impl Into<String>) -> Self {
        Self {
            py,
            class,
            message: message.into(),
            facts: PyDict::new(py),
        }
    }

    /// With one fact more.
    pub(crate) fn with(self, name: &str, value: impl IntoPyObject<'py>) -> PyResult<Self> {
        self.facts.set_item(name, value.into_bound_py_any(self.py)?)?;
        Ok(self)
    }

    /// With the way out, which is the end of its story.
    pub(crate) fn hinted(mut self, hint: &str) -> PyResult<Self> {
        self.message.push_str("\n  next: ");
        self.message.push_str(hint);
        let story = self.message.clone();
        self.with("hint", hint)?.with("story", story)
    }

    /// Whether it is one of these classes.
    pub(crate) fn is_of(&self, classes: &[&str]) -> bool {
        classes.contains(&self.class)
    }

    /// The exception.
    pub(crate) fn raise(self) -> PyResult<PyErr> {
        let class = half(self.py, &ERRORS, "akua._errors")?.getattr(self.class)?;
        Ok(PyErr::from_value(class.call((self.message,), Some(&self.facts))?))
    }
}

/// The exception, or what went wrong when it was made.
pub(crate) fn either(made: PyResult<PyErr>) -> PyErr {
    made.unwrap_or_else(|error| error)
}

/// The exception for an argument that breaks a rule. Nothing was sent.
pub(crate) fn invalid(py: Python<'_>, field: &str, problem: &str) -> PyErr {
    raise(py, &Error::invalid_input(field, problem))
}

/// The exception for input that can't be sent.
pub(crate) fn raise_model(py: Python<'_>, error: akua_model::Error) -> PyErr {
    raise(py, &error.into())
}

/// The exception that tells what `error` tells.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    either(raising(py, error).and_then(Raising::raise))
}

/// The exception that tells what `error` tells, to be added to.
pub(crate) fn raising<'py>(py: Python<'py>, error: &Error) -> PyResult<Raising<'py>> {
    told(py, &Report::from(error))
}

/// The exception that tells what is reported, to be added to. What a report leaves out is as the class says.
pub(crate) fn told<'py>(py: Python<'py>, report: &Report) -> PyResult<Raising<'py>> {
    let raising = Raising::new(py, class_of(report), report.message.as_str());
    let new_etag = report.etag.as_deref().filter(|_| report.effect == Effect::Applied);
    let (attempts, requests) = (Some(report.attempts), Some(report.requests));
    let retry_after = report.retry_after_ms.map(|ms| Duration::from_millis(ms).as_secs_f64());
    for (name, value) in [
        ("kind", given(py, Some(report.kind.name()))?),
        ("effect", given(py, Some(report.effect.name()))?),
        ("end", given(py, report.end.map(End::name))?),
        ("hint", given(py, report.hint.as_deref())?),
        ("proof", given(py, report.proof.map(Proof::name))?),
        ("cause", given(py, report.cause.map(Cause::name))?),
        ("status", given(py, report.status)?),
        ("retry_after", given(py, retry_after)?),
        ("request_id", given(py, report.request_id.as_deref())?),
        ("new_etag", given(py, new_etag)?),
        ("current_etag", given(py, report.current_etag.as_deref())?),
        ("seen_etag", given(py, report.seen_etag.as_deref())?),
        ("may_still_land", given(py, report.may_still_land)?),
        ("resume_token", given(py, report.resume_token.as_deref())?),
        ("attempts", given(py, attempts)?),
        ("requests", given(py, requests)?),
        ("story", given(py, report.story.as_deref())?),
        ("server_errors", some(details(py, &report.server_errors)?)),
        ("problems", some(problems(py, &report.problems)?)),
        ("facts", some(facts(py, &report.fields)?)),
        ("adjusted", some(facts(py, &report.adjusted)?)),
        ("not_taken", some(facts(py, &report.not_taken)?)),
        ("candidates", some(PyTuple::new(py, &report.candidates)?)),
    ] {
        if let Some(value) = value {
            raising.facts.set_item(name, value)?;
        }
    }
    Ok(raising)
}

/// A fact that is there.
fn given<'py>(py: Python<'py>, value: Option<impl IntoPyObject<'py>>) -> PyResult<Option<Bound<'py, PyAny>>> {
    value.map(|value| value.into_bound_py_any(py)).transpose()
}

/// A list with something in it.
fn some(list: Bound<'_, PyTuple>) -> Option<Bound<'_, PyAny>> {
    (!list.is_empty()).then(|| list.into_any())
}

/// The exception of a call that was to settle the write of a resume token.
pub(crate) fn while_resolving(py: Python<'_>, exception: PyErr) -> PyErr {
    let told = half(py, &ERRORS, "akua._errors")
        .and_then(|errors| errors.call_method1("while_resolving", (exception.value(py),)));
    told.err().unwrap_or(exception)
}

/// The class of the exception that tells what is reported.
fn class_of(report: &Report) -> &'static str {
    let class = match report.kind {
        // These stay what they are whatever the effect: there is no single write to be settled.
        Kind::Ledger => return "ConfigurationError",
        Kind::InvalidInput => return "ValidationError",
        Kind::Ok | Kind::Internal => return "AkuaError",
        Kind::Configuration => "ConfigurationError",
        Kind::Authentication => "AuthenticationError",
        Kind::PermissionDenied => "PermissionDeniedError",
        Kind::NotFound => "NotFoundError",
        Kind::Conflict | Kind::Superseded => "ConflictError",
        Kind::Rejected | Kind::Ignored => "RejectedError",
        Kind::RateLimited => "RateLimitedError",
        Kind::Server => "ServerError",
        Kind::UnexpectedAnswer | Kind::Decode => "DecodeError",
        Kind::Transport => "TransportError",
        Kind::Timeout => "TimeoutError",
        Kind::Cancelled => "CancelledError",
        Kind::Indeterminate => "IndeterminateError",
        Kind::OperationFailed => "OperationFailedError",
        Kind::OperationCancelled => "OperationCancelledError",
        Kind::StillRunning => "StillRunningError",
        Kind::LostTrack => "LostTrackError",
    };
    if report.effect == Effect::Unknown {
        "IndeterminateError"
    } else {
        class
    }
}

/// Fields as the three sides have them.
pub(crate) fn facts<'py>(py: Python<'py>, fields: &[FieldValues]) -> PyResult<Bound<'py, PyTuple>> {
    let mut reports = Vec::with_capacity(fields.len());
    for values in fields {
        reports.push((
            values.field.as_str(),
            values.base.as_deref(),
            values.ours.as_deref(),
            values.theirs.as_deref(),
            values.state.map(FieldState::name),
            PyTuple::new(py, values.absent.iter().map(|side| side.name()))?,
        ));
    }
    records(py, "FieldReport", reports)
}

/// Fields and what is wrong with them.
fn problems<'py>(py: Python<'py>, problems: &[Problem]) -> PyResult<Bound<'py, PyTuple>> {
    records(
        py,
        "Problem",
        problems
            .iter()
            .map(|problem| (problem.field.as_str(), problem.message.as_str())),
    )
}

/// The server's own words.
fn details<'py>(py: Python<'py>, errors: &[ServerError]) -> PyResult<Bound<'py, PyTuple>> {
    let mut arguments = Vec::with_capacity(errors.len());
    for error in errors {
        let code = match &error.code {
            None => py.None(),
            Some(Code::Number(number)) => number.into_pyobject(py)?.into_any().unbind(),
            Some(Code::Text(text)) => text.into_pyobject(py)?.into_any().unbind(),
        };
        let path = PyTuple::new(py, &error.path)?;
        let metadata = PyDict::new(py);
        for (name, value) in &error.metadata {
            metadata.set_item(name, value)?;
        }
        arguments.push((code, error.message.as_str(), path, metadata));
    }
    records(py, "ErrorDetail", arguments)
}

/// A tuple of records of one class, each made of these arguments.
pub(crate) fn records<'py, A>(
    py: Python<'py>,
    class: &str,
    arguments: impl IntoIterator<Item = A>,
) -> PyResult<Bound<'py, PyTuple>>
where
    A: pyo3::call::PyCallArgs<'py>,
{
    let class = half(py, &ERRORS, "akua._errors")?.getattr(class)?;
    let records = arguments.into_iter().map(|arguments| class.call1(arguments));
    PyTuple::new(py, records.collect::<PyResult<Vec<_>>>()?)
}
