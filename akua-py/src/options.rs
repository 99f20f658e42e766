//! The keyword arguments that every call has, beside what it is about.

use std::time::Duration;

use akua_http::Collection;
use akua_model::{Traceparent, WorkspaceContext};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::argument::{Seconds, text_of};
use crate::error;
use crate::noun::Noun;

/// The workspace that a call is about.
pub(crate) struct Context(pub(crate) WorkspaceContext);

impl<'py> FromPyObject<'_, 'py> for Context {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let Ok(text) = object.cast::<PyString>() else {
            return Err(crate::argument::not_a("str", &object));
        };
        let context = text_of(&text, "context")?.parse();
        context
            .map(Self)
            .map_err(|problem| error::raise_model(object.py(), problem))
    }
}

/// The options of one call, or those of all calls of a client.
#[derive(Clone, Default)]
pub(crate) struct Options {
    timeout: Option<Duration>,
    context: Option<WorkspaceContext>,
    traceparent: Option<Traceparent>,
}

impl Options {
    /// What a call was given.
    pub(crate) fn new(py: Python<'_>, timeout: Option<Seconds>, context: Option<Context>) -> PyResult<Self> {
        Ok(Self {
            timeout: timeout.map(|timeout| timeout.duration(py, "timeout")).transpose()?,
            context: context.map(|Context(context)| context),
            traceparent: None,
        })
    }

    /// With the caller's position in its trace.
    pub(crate) fn with_traceparent(self, traceparent: Option<Traceparent>) -> Self {
        Self { traceparent, ..self }
    }

    /// These, and where they say nothing, `others`.
    pub(crate) fn or(self, others: &Self) -> Self {
        Self {
            timeout: self.timeout.or(others.timeout),
            context: self.context.or_else(|| others.context.clone()),
            traceparent: self.traceparent.or_else(|| others.traceparent.clone()),
        }
    }

    /// The time that a call of `client` may take, `defaults` being the options of all of its calls.
    pub(crate) fn time(&self, defaults: &Self, client: &akua_http::Client) -> Duration {
        self.timeout.or(defaults.timeout).unwrap_or_else(|| client.timeout())
    }

    /// Adds what a pickle of a client carries of them.
    pub(crate) fn put_into(&self, recipe: &Bound<'_, PyDict>) -> PyResult<()> {
        if let Some(timeout) = self.timeout {
            recipe.set_item("timeout", timeout.as_secs_f64())?;
        }
        if let Some(context) = &self.context {
            recipe.set_item("context", context.as_str())?;
        }
        Ok(())
    }

    /// `collection` with these options.
    pub(crate) fn on<R: Noun>(&self, mut collection: Collection<R>) -> Collection<R> {
        if let Some(timeout) = self.timeout {
            collection = collection.timeout(timeout);
        }
        if let Some(context) = &self.context {
            collection = collection.context(context);
        }
        if let Some(position) = &self.traceparent {
            collection = collection.traceparent(position);
        }
        collection
    }
}
