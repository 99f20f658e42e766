//! What a client, its copies with other options, and its collections share: the connections, and the options of all calls.

use std::sync::{Arc, PoisonError, RwLock};

use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3::{PyTraverseError, PyVisit};

use crate::callable::Callable;
use crate::error::{self, Raising};
use crate::kept::Kept;
use crate::options::CallOptions;

/// A client that is open, or was, with the options of its calls.
pub(crate) struct Shared {
    pub(crate) open: Py<Open>,
    pub(crate) options: Arc<CallOptions>,
}

/// What is one for all of them. It alone has what is Python's.
#[pyclass(frozen, module = "akua._akua")]
pub(crate) struct Open {
    /// None once it is closed, or if it is of no use. Locked for an instant, and never while the interpreter is let go: so
    /// no fork finds it locked.
    client: RwLock<Option<akua_http::Client>>,
    base_url: String,
    /// What it was made with, less its secrets.
    recipe: Kept,
    /// What makes its tokens.
    token: Option<Callable>,
    /// Whether the service asks for a certificate, whose key is a secret.
    certified: bool,
    /// Why it is of no use where it was brought to: its calls raise that.
    useless: Option<String>,
}

#[pymethods]
impl Open {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.recipe.visit(&visit)?;
        self.token.as_ref().map_or(Ok(()), |token| token.function.visit(&visit))
    }

    fn __clear__(&self) {
        self.recipe.clear();
        if let Some(token) = &self.token {
            token.function.clear();
        }
    }
}

impl Shared {
    pub(crate) fn new(
        client: akua_http::Client,
        token: Option<Callable>,
        recipe: Bound<'_, PyDict>,
        certified: bool,
        options: CallOptions,
    ) -> PyResult<Self> {
        let open = Open {
            base_url: client.base_url().to_string(),
            client: RwLock::new(Some(client)),
            token,
            recipe: Kept::new(recipe.clone()),
            certified,
            useless: None,
        };
        Self::of(recipe.py(), open, options)
    }

    /// Of a client that can't be made where it was brought to.
    pub(crate) fn useless(
        base_url: String,
        recipe: Bound<'_, PyDict>,
        why: String,
        options: CallOptions,
    ) -> PyResult<Self> {
        let open = Open {
            client: RwLock::new(None),
            base_url,
            token: None,
            recipe: Kept::new(recipe.clone()),
            certified: false,
            useless: Some(why),
        };
        Self::of(recipe.py(), open, options)
    }

    fn of(py: Python<'_>, open: Open, options: CallOptions) -> PyResult<Self> {
        Ok(Self {
            open: Py::new(py, open)?,
            options: Arc::new(options),
        })
    }

    pub(crate) fn clone_ref(&self, py: Python<'_>) -> Self {
        Self {
            open: self.open.clone_ref(py),
            options: Arc::clone(&self.options),
        }
    }

    pub(crate) fn with(&self, py: Python<'_>, options: CallOptions) -> Self {
        Self {
            open: self.open.clone_ref(py),
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
        if let Some(why) = &self.open.get().useless {
            return Err(error::either(
                Raising::new(py, "ConfigurationError", why.as_str()).raise(),
            ));
        }
        let client = self.open.get().client.read().unwrap_or_else(PoisonError::into_inner);
        client
            .clone()
            .ok_or_else(|| PyRuntimeError::new_err("this client is closed: nothing was sent"))
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.open.get().base_url
    }

    /// What a pickle carries: that with which it is made anew where it is brought to. No secret goes along: a token that came
    /// from the environment is taken from that there, a callable that makes tokens goes along, and without either its calls
    /// raise.
    pub(crate) fn recipe<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let open = self.open.get();
        if open.certified {
            return Err(PyTypeError::new_err(
                "a client with a client certificate can't be pickled: its key is a secret (make one in each process)",
            ));
        }
        let recipe = open
            .recipe
            .get(py)
            .map_or_else(|| Ok(PyDict::new(py)), |recipe| recipe.cast::<PyDict>()?.copy())?;
        for name in ["token", "contract"] {
            if let Some(given) = recipe.get_item(name)? {
                py.import("akua._pickled")?.call_method1("along", (name, given))?;
            }
        }
        recipe.set_item("base_url", &open.base_url)?;
        self.options.put_into(&recipe)?;
        Ok(recipe)
    }

    pub(crate) fn close(&self) -> Option<akua_http::Client> {
        self.open
            .get()
            .client
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}
