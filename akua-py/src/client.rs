//! `akua.Client`: the settings, the connections, and the two collections.

use std::sync::{Arc, PoisonError, RwLock};

use akua_model::Traceparent;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};

use crate::argument::{Seconds, Text};
use crate::clusters::Clusters;
use crate::edit;
use crate::error::{self, Raising};
use crate::options::{Context, Options};
use crate::outcome::EditResult;
use crate::settings::{Pem, Proxy, Settings};
use crate::workspaces::Workspaces;

/// What a client, its copies with other options, and its collections share.
#[derive(Clone)]
pub(crate) struct Shared {
    open: Arc<Open>,
    pub(crate) options: Arc<Options>,
}

struct Open {
    /// None once it is closed, or if it is of no use. Locked for an instant, and never while the interpreter is let go: so no fork finds it
    /// locked.
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
    fn new(client: akua_http::Client, recipe: Py<PyDict>, certified: bool, options: Options) -> Self {
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
    fn useless(base_url: String, recipe: Py<PyDict>, why: String, options: Options) -> Self {
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

    pub(crate) fn with(&self, options: Options) -> Self {
        Self {
            open: Arc::clone(&self.open),
            options: Arc::new(options.or(&self.options)),
        }
    }

    /// The seconds that a call with this `timeout` may take. Where no call can be made there is nothing to wait for.
    pub(crate) fn time(&self, py: Python<'_>, timeout: Option<Seconds>) -> PyResult<f64> {
        let client = self.client(py)?;
        let time = Options::new(py, timeout, None)?.time(&self.options, &client);
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

    fn close(&self) -> Option<akua_http::Client> {
        self.open.client.write().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A client of one Akua service with one token.
#[pyclass(frozen, module = "akua")]
pub(crate) struct Client {
    shared: Shared,
    clusters: Py<Clusters>,
    workspaces: Py<Workspaces>,
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (*, base_url=None, token=None, context=None, timeout=None, connect_timeout=None,
        read_timeout=None, max_response_bytes=None, user_agent_suffix=None, extra_root_certificates=None,
        client_certificate=None, proxy=Proxy::AsTheEnvironmentSays, allow_insecure_http=false, retry_attempts=None,
        retry_base=None, retry_cap=None, retry_budget=None, contract=None, use_env=true))]
    #[allow(clippy::too_many_arguments)]
    fn new(
        py: Python<'_>,
        base_url: Option<String>,
        token: Option<Bound<'_, PyAny>>,
        context: Option<Context>,
        timeout: Option<Seconds>,
        connect_timeout: Option<Seconds>,
        read_timeout: Option<Seconds>,
        max_response_bytes: Option<usize>,
        user_agent_suffix: Option<String>,
        extra_root_certificates: Option<Pem>,
        client_certificate: Option<(Pem, Pem)>,
        proxy: Proxy,
        allow_insecure_http: bool,
        retry_attempts: Option<u32>,
        retry_base: Option<Seconds>,
        retry_cap: Option<Seconds>,
        retry_budget: Option<u32>,
        contract: Option<Bound<'_, PyMapping>>,
        use_env: bool,
    ) -> PyResult<Self> {
        let settings = Settings {
            base_url,
            token,
            connect_timeout,
            read_timeout,
            max_response_bytes,
            user_agent_suffix,
            extra_root_certificates,
            client_certificate,
            proxy,
            allow_insecure_http,
            retry_attempts,
            retry_base,
            retry_cap,
            retry_budget,
            contract,
            use_env,
        };
        let (recipe, certified) = (settings.recipe(py)?.unbind(), settings.client_certificate.is_some());
        let client = settings
            .builder(py)?
            .build()
            .map_err(|problem| error::raise(py, &problem))?;
        Self::of(
            py,
            Shared::new(client, recipe, certified, Options::new(py, timeout, context)?),
        )
    }

    /// The calls on clusters.
    #[getter]
    fn clusters(&self, py: Python<'_>) -> Py<Clusters> {
        self.clusters.clone_ref(py)
    }

    /// The calls on workspaces.
    #[getter]
    fn workspaces(&self, py: Python<'_>) -> Py<Workspaces> {
        self.workspaces.clone_ref(py)
    }

    /// Where the service is.
    #[getter]
    fn base_url(&self) -> &str {
        self.shared.base_url()
    }

    /// A copy with other options for its calls. It shares the connections, the token, and the end of this one.
    #[pyo3(signature = (*, timeout=None, context=None, traceparent=Text::Absent))]
    fn with_options(
        &self,
        py: Python<'_>,
        timeout: Option<Seconds>,
        context: Option<Context>,
        traceparent: Text<'_>,
    ) -> PyResult<Self> {
        let position = traceparent
            .as_str("traceparent")?
            .map(str::parse::<Traceparent>)
            .transpose();
        let position = position.map_err(|problem| error::raise_model(py, problem))?;
        let options = Options::new(py, timeout, context)?.with_traceparent(position);
        Self::of(py, self.shared.with(options))
    }

    /// Settles a write of which nobody knew the end, from its resume token.
    #[pyo3(signature = (resume_token, /, *, mode="finish", kubeconfig=Text::Absent, max_attempts=None, timeout=None,
        context=None))]
    #[allow(clippy::too_many_arguments)]
    fn resolve(
        &self,
        py: Python<'_>,
        resume_token: &str,
        mode: &str,
        kubeconfig: Text<'_>,
        max_attempts: Option<u32>,
        timeout: Option<Bound<'_, PyAny>>,
        context: Option<Bound<'_, PyAny>>,
    ) -> PyResult<EditResult> {
        // Read here, so that what is wrong with them is told as all else is.
        let options = || {
            let timeout = timeout.map(|timeout| timeout.extract::<Seconds>()).transpose()?;
            let context = context.map(|context| context.extract::<Context>()).transpose()?;
            Options::new(py, timeout, context)
        };
        let settled = options().and_then(|options| {
            edit::resolve(
                py,
                &self.shared,
                resume_token,
                mode,
                &kubeconfig,
                max_attempts,
                &options,
            )
        });
        settled.map_err(|exception| error::while_resolving(py, exception))
    }

    /// Closes the idle connections, and lets no further call begin.
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
    fn _time(&self, py: Python<'_>, timeout: Option<Seconds>) -> PyResult<f64> {
        self.shared.time(py, timeout)
    }

    /// In the same process it is the same one.
    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    /// To where it is made anew with what it was made with. No secret goes along: a token that came from the environment
    /// is taken from that there, a callable that makes tokens goes along, and without either its calls raise.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyDict>,))> {
        let open = &self.shared.open;
        if open.certified {
            return Err(PyTypeError::new_err(
                "a client with a client certificate can't be pickled: its key is a secret (make one in each process)",
            ));
        }
        let recipe = open.recipe.bind(py).copy()?;
        recipe.set_item("base_url", &open.base_url)?;
        self.shared.options.put_into(&recipe)?;
        Ok((py.import("akua._pickled")?.getattr("client")?, (recipe,)))
    }

    /// What stands for a client that can't be made where it was brought to: its calls raise why.
    #[staticmethod]
    fn _useless(
        py: Python<'_>,
        recipe: &Bound<'_, PyDict>,
        why: String,
        timeout: Option<Seconds>,
        context: Option<Context>,
    ) -> PyResult<Self> {
        let base_url = recipe.get_item("base_url")?.map(|url| url.extract()).transpose()?;
        let shared = Shared::useless(
            base_url.unwrap_or_default(),
            recipe.copy()?.unbind(),
            why,
            Options::new(py, timeout, context)?,
        );
        Self::of(py, shared)
    }

    fn __repr__(&self) -> String {
        format!("<akua.Client of {}>", self.shared.base_url())
    }
}

impl Client {
    pub(crate) fn of(py: Python<'_>, shared: Shared) -> PyResult<Self> {
        Ok(Self {
            clusters: Py::new(py, Clusters(shared.clone()))?,
            workspaces: Py::new(py, Workspaces(shared.clone()))?,
            shared,
        })
    }
}
