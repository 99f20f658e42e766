//! `Client.request`: one request to any path.

use akua_http::{Effect, RequestCall};
use akua_model::{IdempotencyKey, IfMatch};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyMapping, PyString, PyTuple};

use crate::answer::Answer;
use crate::argument::{named, not_a, text, text_of};
use crate::call::{self, Prepared};
use crate::error::{self, Raising};
use crate::json;
use crate::options::CallOptions;
use crate::shared::Shared;

/// What a request is made of, as it was given.
pub(crate) struct Requested<'a, 'py> {
    pub(crate) method: &'a Bound<'py, PyAny>,
    pub(crate) path: &'a Bound<'py, PyAny>,
    pub(crate) query: Option<&'a Bound<'py, PyAny>>,
    pub(crate) json: Option<&'a Bound<'py, PyAny>>,
    pub(crate) if_match: Option<&'a Bound<'py, PyAny>>,
    pub(crate) idempotency_key: Option<&'a Bound<'py, PyAny>>,
}

/// Sends it.
pub(crate) fn request(
    py: Python<'_>,
    shared: &Shared,
    requested: &Requested<'_, '_>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<Py<PyAny>> {
    let options = CallOptions::of("request", options)?;
    let call = requested.call(py)?;
    let Prepared { client, it, interrupt } = Prepared::new(py, shared, &options, |_| call)?;
    if it.is_write() {
        let answered = call::detached(py, || client.request(&it))?;
        let wrap = |answer| Ok(Py::new(py, Answer::from(answer))?.into_any());
        return call::ended(py, &interrupt, answered, wrap, Ok, |answer| came(py, answer));
    }
    let answered = call::reading(py, || client.request(&it))?;
    if let Some(raised) = interrupt.raised() {
        return Err(raised);
    }
    match answered {
        Ok(answer) => Ok(Py::new(py, Answer::from(answer))?.into_any()),
        Err(error) => Err(call::exception(py, &error)),
    }
}

/// It was answered before an interrupt could stop it.
fn came(py: Python<'_>, answer: akua_http::AnyAnswer) -> PyErr {
    error::either((|| {
        let message = format!(
            "the call was interrupted, but it was answered before: HTTP {}",
            answer.status
        );
        Raising::new(py, "CancelledError", message)
            .with("effect", Effect::Applied.name())?
            .with("resource", Py::new(py, Answer::from(answer))?)?
            .raise()
    })())
}

impl Requested<'_, '_> {
    fn call(&self, py: Python<'_>) -> PyResult<RequestCall> {
        let raised = |problem: &akua_http::Error| error::raise(py, problem);
        let model = |problem| error::raise_model(py, problem);
        let mut call =
            RequestCall::new(text("method", self.method)?, text("path", self.path)?).map_err(|e| raised(&e))?;
        if let Some(query) = self.query {
            for (name, value) in parameters(query).map_err(|error| named("argument", "query", &error, py))? {
                call = call.query(&name, &value).map_err(|e| raised(&e))?;
            }
        }
        if let Some(body) = self.json {
            let body = json::from_python(body).map_err(|error| of_json(py, &error))?;
            call = call.json(&body).map_err(|e| raised(&e))?;
        }
        if let Some(etag) = self.if_match {
            let etag: IfMatch = text("if_match", etag)?.parse().map_err(model)?;
            call = call.if_match(&etag);
        }
        if let Some(key) = self.idempotency_key {
            let key: IdempotencyKey = text("idempotency_key", key)?.parse().map_err(model)?;
            call = call.idempotency_key(&key);
        }
        Ok(call)
    }
}

/// The error for what is no JSON.
fn of_json(py: Python<'_>, raised: &PyErr) -> PyErr {
    if raised.get_type(py).is(py.get_type::<PyValueError>()) {
        return error::invalid(py, "json", &format!("can't be sent: {}", raised.value(py)));
    }
    named("argument", "json", raised, py)
}

/// The parameters of a query, in their order.
fn parameters(query: &Bound<'_, PyAny>) -> PyResult<Vec<(String, String)>> {
    let Ok(query) = query.cast::<PyMapping>() else {
        return Err(not_a("a mapping of names to values", query));
    };
    let mut all = Vec::new();
    for item in query.items()?.iter() {
        let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
        let name = name
            .cast::<PyString>()
            .map_err(|_| not_a("a str as the name of a parameter", &name))?;
        let name = text_of(name, "query")?;
        if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
            for one in value.try_iter()? {
                all.push((name.to_owned(), parameter(&one?)?));
            }
        } else {
            all.push((name.to_owned(), parameter(&value)?));
        }
    }
    Ok(all)
}

/// A value: a text as it is, a number or a flag as JSON has it.
fn parameter(value: &Bound<'_, PyAny>) -> PyResult<String> {
    const EXPECTED: &str = "str, int, float, bool or a list of them as a parameter";
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(text_of(text, "query")?.to_owned());
    }
    if value.is_none() {
        return Err(not_a(&format!("{EXPECTED} (leave it out for none)"), value));
    }
    let json = json::from_python(value).map_err(|_| not_a(EXPECTED, value))?;
    match json.as_str().as_bytes() {
        [b'-' | b'0'..=b'9' | b't' | b'f', ..] => Ok(json.as_str().to_owned()),
        _ => Err(not_a(EXPECTED, value)),
    }
}
