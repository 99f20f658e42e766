//! `akua.Client`: the settings, the connections, and the calls on each kind.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3::{PyTraverseError, PyVisit};

use crate::attribute::Attribute;
use crate::options::CallOptions;
use crate::replaced::Replaceable;
use crate::request::{self, Requested};
use crate::settings::Settings;
use crate::shared::Shared;
use crate::{collection, edit, error};

#[doc = include_str!("docs/client.txt")]
#[pyclass(frozen, extends = Replaceable, module = "akua")]
pub(crate) struct Client {
    shared: Shared,
    /// The calls on every kind, in the order of the kinds.
    calls: Vec<Py<PyAny>>,
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (**settings), text_signature = "(*, base_url=None, token=None, context=None, timeout=None, \
        connect_timeout=None, read_timeout=None, max_response_bytes=None, user_agent_suffix=None, \
        extra_root_certificates=None, client_certificate=None, proxy='environment', allow_insecure_http=False, \
        retry_attempts=None, retry_base=None, retry_cap=None, retry_budget=None, contract=None, use_env=True)")]
    fn new(py: Python<'_>, settings: Option<&Bound<'_, PyDict>>) -> PyResult<PyClassInitializer<Self>> {
        Self::of(py, Settings::of(py, settings)?.open()?)
    }

    /// Where the service is.
    #[getter]
    fn base_url(&self) -> &str {
        self.shared.base_url()
    }

    #[doc = include_str!("docs/with_options.txt")]
    #[pyo3(signature = (**options))]
    fn with_options(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Py<Self>> {
        let shared = self.shared.with(py, CallOptions::of("with_options", options)?);
        Py::new(py, Self::of(py, shared)?)
    }

    #[doc = include_str!("docs/resolve.txt")]
    #[pyo3(signature = (resume_token, /, *, mode="finish", **options))]
    fn resolve(
        &self,
        py: Python<'_>,
        resume_token: &str,
        mode: &str,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        edit::resolve(py, &self.shared, resume_token, mode, options)
            .map_err(|exception| error::while_resolving(py, exception))
    }

    #[doc = include_str!("docs/request.txt")]
    #[pyo3(signature = (method, path, /, *, query=None, json=None, if_match=None, idempotency_key=None, **options))]
    #[allow(clippy::too_many_arguments)]
    fn request(
        &self,
        py: Python<'_>,
        method: &Bound<'_, PyAny>,
        path: &Bound<'_, PyAny>,
        query: Option<&Bound<'_, PyAny>>,
        json: Option<&Bound<'_, PyAny>>,
        if_match: Option<&Bound<'_, PyAny>>,
        idempotency_key: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        let requested = Requested {
            method,
            path,
            query,
            json,
            if_match,
            idempotency_key,
        };
        request::request(py, &self.shared, &requested, options)
    }

    /// Closes the idle connections, and lets no further call begin: it raises `RuntimeError` then.
    fn close(&self, py: Python<'_>) {
        let client = self.shared.close();
        py.detach(move || drop(client));
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyAny>) {
        self.close(py);
    }

    /// The seconds that a call with this `timeout` may take.
    #[pyo3(signature = (timeout=None, /))]
    fn _time(&self, py: Python<'_>, timeout: Option<&Bound<'_, PyAny>>) -> PyResult<f64> {
        self.shared.time(py, timeout)
    }

    /// To where it is made anew with what it was made with.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyDict>,))> {
        Ok((
            py.import("akua._pickled")?.getattr("client")?,
            (self.shared.recipe(py)?,),
        ))
    }

    /// What stands for a client that can't be made where it was brought to: its calls raise why.
    #[staticmethod]
    fn _useless(
        py: Python<'_>,
        recipe: &Bound<'_, PyDict>,
        why: String,
        timeout: Option<Bound<'_, PyAny>>,
        context: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Py<Self>> {
        let base_url = recipe.get_item("base_url")?.map(|url| url.extract()).transpose()?;
        let shared = Shared::useless(
            base_url.unwrap_or_default(),
            recipe.copy()?,
            why,
            call_options(timeout, context)?,
        )?;
        Py::new(py, Self::of(py, shared)?)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.shared.open)?;
        self.calls.iter().try_for_each(|calls| visit.call(calls))
    }

    fn __repr__(&self) -> String {
        format!("<akua.Client of {}>", self.shared.base_url())
    }
}

impl Client {
    fn of(py: Python<'_>, shared: Shared) -> PyResult<PyClassInitializer<Self>> {
        let calls = collection::all(py, &shared)?;
        Ok(PyClassInitializer::from(Replaceable::default()).add_subclass(Self { shared, calls }))
    }

    /// Adds the class to the module, with an attribute for the calls on each kind.
    pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add_class::<Self>()?;
        let class = module.py().get_type::<Self>();
        for (index, name) in collection::names().enumerate() {
            Attribute::add(&class, name, &format!("The calls on {name}."), move |client| {
                let py = client.py();
                let calls = client.cast::<Self>()?.get().calls.get(index);
                // There are as many as there are names.
                Ok(calls
                    .map_or_else(|| py.None(), |calls| calls.clone_ref(py))
                    .into_bound(py))
            })?;
        }
        Ok(())
    }
}

/// The options of all of a client's calls.
fn call_options(timeout: Option<Bound<'_, PyAny>>, context: Option<Bound<'_, PyAny>>) -> PyResult<CallOptions> {
    let mut options = CallOptions::default();
    for (name, value) in [("timeout", timeout), ("context", context)] {
        if let Some(value) = value {
            options.take(name, &value)?;
        }
    }
    Ok(options)
}
