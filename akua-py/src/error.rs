//! Between what happened and the Python exception that says so. The exceptions themselves are Python
//! (`python/akua/_errors.py`).

use akua_http::{Effect, Error, ErrorKind};
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
    half(py, &ENUMS, "akua._enums")?.getattr(class)?.call1((text,))
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
    either((|| {
        Raising::new(py, "ValidationError", format!("invalid input: `{field}` {problem}"))
            .with("problems", records(py, "Problem", [(field, problem)])?)?
            .raise()
    })())
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
    Raising::new(py, class_of(error), error.to_string())
        .with("status", error.status())?
        .with("request_id", error.request_id())?
        .with("server_errors", details(py, error.server_errors())?)?
        .with("problems", problems(py, error.problems())?)?
        .with("kind", error.kind().name())?
        .with("effect", error.effect().name())?
        .with("current_etag", error.current_etag().map(|etag| etag.as_str()))?
        .with("new_etag", error.new_etag().map(|etag| etag.as_str()))?
        .with("retry_after", error.retry_after().map(|wait| wait.as_secs_f64()))?
        .with("hint", error.hint())?
        .with("attempts", error.attempts())?
        .with("requests", error.attempts())
}

/// The exception of a call that was to settle the write of a resume token. Where it is no end of that write, nothing new is
/// known of it, whatever kept the call from finding out: the token has to be kept.
pub(crate) fn while_resolving(py: Python<'_>, exception: PyErr) -> PyErr {
    const HINT: &str = "keep the resume token, and resolve it once this is mended";
    let told = || -> PyResult<()> {
        let value = exception.value(py);
        let ours = half(py, &ERRORS, "akua._errors")?.getattr("AkuaError")?;
        if !value.is_instance(&ours)? || !value.getattr("story")?.is_none() {
            return Ok(());
        }
        value.setattr("effect", Effect::Unknown.name())?;
        value.setattr("may_still_land", true)?;
        value.setattr("hint", HINT)?;
        let message: String = value.getattr("message")?.extract()?;
        if !message.contains(HINT) {
            let message = format!(
                "{message}; nothing new is known of the write that the resume token belongs to: it may have taken effect, \
                 and it may still ({HINT})"
            );
            value.setattr("args", (message,))?;
        }
        Ok(())
    };
    told().err().unwrap_or(exception)
}

fn class_of(error: &Error) -> &'static str {
    match error.kind() {
        // A ledger that can't be used is a setting that can't be, and what has ended a run is told by what it was:
        // there is no single write to be settled.
        ErrorKind::Ledger => "ConfigurationError",
        ErrorKind::InvalidInput => "ValidationError",
        _ if error.effect() == Effect::Unknown => "IndeterminateError",
        ErrorKind::Configuration => "ConfigurationError",
        ErrorKind::Authentication => "AuthenticationError",
        ErrorKind::PermissionDenied => "PermissionDeniedError",
        ErrorKind::NotFound => "NotFoundError",
        ErrorKind::Conflict => "ConflictError",
        ErrorKind::Rejected => "RejectedError",
        ErrorKind::RateLimited => "RateLimitedError",
        ErrorKind::Server => "ServerError",
        ErrorKind::UnexpectedAnswer | ErrorKind::Decode => "DecodeError",
        ErrorKind::Timeout => "TimeoutError",
        ErrorKind::Cancelled => "CancelledError",
        _ => "TransportError",
    }
}

/// The exception for an edit that was refused with this status, to be added to. A 409 is no conflict with another writer
/// here: that was looked into.
pub(crate) fn refused<'py>(
    py: Python<'py>,
    failed: &akua_model::answer::Failed,
    message: String,
) -> PyResult<Raising<'py>> {
    let class = match failed.status {
        401 => "AuthenticationError",
        403 => "PermissionDeniedError",
        404 => "NotFoundError",
        429 => "RateLimitedError",
        200 => "DecodeError",
        _ => "RejectedError",
    };
    heard(py, Raising::new(py, class, message), failed)
}

/// Adds what the server said.
pub(crate) fn heard<'py>(
    py: Python<'py>,
    raising: Raising<'py>,
    failed: &akua_model::answer::Failed,
) -> PyResult<Raising<'py>> {
    raising
        .with("status", failed.status)?
        .with("current_etag", failed.current_etag.as_ref().map(|etag| etag.as_str()))?
        .with("request_id", failed.request_id.as_deref())?
        .with("server_errors", details(py, &failed.errors)?)
}

/// Fields and what is wrong with them.
pub(crate) fn problems<'py>(py: Python<'py>, problems: &[Problem]) -> PyResult<Bound<'py, PyTuple>> {
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
