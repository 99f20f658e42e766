//! What a client, its copies with other options, and its collections share: the connections, and the options of all calls.

use std::sync::{Arc, PoisonError, RwLock};

use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error::{self, Raising};
use crate::options::CallOptions;

/// A client that is open, or was, with the options of its calls.
#[derive(Clone)]
pub(crate) struct Shared {
    open: Arc<Open>,
    pub(crate) options: Arc<CallOptions>,
}

struct Open {
    /// None once it is closed, or if it is of no use. Locked for an instant, and never while the interpreter is let go: so
    /// no fork finds it locked.
    client: RwLock<Option<akua_http::Client>>,
    base_url: String,
    /// What it was made with, less its secrets.
    recipe: Py<PyDict>,
    /// Whether the service asks for a certificate, whose key is a secret.
    certified: bool,
    /// Why it is of no use where it was brought to: its calls raise that.
    useless: Option<String>,
}

impl Shared {
    pub(crate) fn new(client: akua_http::Client, recipe: Py<PyDict>, certified: bool, options: CallOptions) -> Self {
        let base_url = client.base_url().to_string();
        Self {
            open: Arc::new(Open {
                client: RwLock::new(Some(client)),
                base_url,
                recipe,
                certified,
                useless: None,
            }),
            options: Arc::new(options),
        }
    }

    /// Of a client that can't be made where it was brought to.
    pub(crate) fn useless(base_url: String, recipe: Py<PyDict>, why: String, options: CallOptions) -> Self {
        Self {
            open: Arc::new(Open {
                client: RwLock::new(None),
                base_url,
                recipe,
                certified: false,
                useless: Some(why),
            }),
            options: Arc::new(options),
        }
    }

    pub(crate) fn with(&self, options: CallOptions) -> Self {
        Self {
            open: Arc::clone(&self.open),
            options: Arc::new(options.or(&self.options)),
        }
    }

    /// The seconds that a call with this `timeout` may take. Where no call can be made there is nothing to wait for.
    pub(crate) fn time(&self, py: Python<'_>, timeout: Option<&Bound<'_, PyAny>>) -> PyResult<f64> {
        let client = self.client(py)?;
        let time = CallOptions::with_timeout(timeout)?.time(&self.options, &client);
        Ok(time.as_secs_f64())
    }

    /// The client, if it is open.
    pub(crate) fn client(&self, py: Python<'_>) -> PyResult<akua_http::Client> {
        if let Some(why) = &self.open.useless {
            return Err(error::either(
                Raising::new(py, "ConfigurationError", why.as_str()).raise(),
            ));
        }
        let client = self.open.client.read().unwrap_or_else(PoisonError::into_inner);
        client
            .clone()
            .ok_or_else(|| PyRuntimeError::new_err("this client is closed: nothing was sent"))
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.open.base_url
    }

    /// What a pickle carries: that with which it is made anew where it is brought to. No secret goes along: a token that came
    /// from the environment is taken from that there, a callable that makes tokens goes along, and without either its calls
    /// raise.
    pub(crate) fn recipe<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        if self.open.certified {
            return Err(PyTypeError::new_err(
                "a client with a client certificate can't be pickled: its key is a secret (make one in each process)",
            ));
        }
        let recipe = self.open.recipe.bind(py).copy()?;
        recipe.set_item("base_url", &self.open.base_url)?;
        self.options.put_into(&recipe)?;
        Ok(recipe)
    }

    pub(crate) fn close(&self) -> Option<akua_http::Client> {
        self.open.client.write().unwrap_or_else(PoisonError::into_inner).take()
    }
}
