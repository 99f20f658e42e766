//! The settings of a client, as Python gives them.

use std::time::Duration;

use akua_http::ClientBuilder;
use akua_http::retry::RetryPolicy;
use akua_http::transport::{ClientCertificate, ProxyUrl};
use akua_model::edit::Contract;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyMapping, PyString};
use zeroize::Zeroizing;

use crate::argument::{Seconds, not_a, text_of};
use crate::callable::Callable;
use crate::{credentials, error};

/// Everything that a client may be told beside the options of its calls.
pub(crate) struct Settings<'py> {
    pub(crate) base_url: Option<String>,
    pub(crate) token: Option<Bound<'py, PyAny>>,
    pub(crate) connect_timeout: Option<Seconds>,
    pub(crate) read_timeout: Option<Seconds>,
    pub(crate) max_response_bytes: Option<usize>,
    pub(crate) user_agent_suffix: Option<String>,
    pub(crate) extra_root_certificates: Option<Pem>,
    pub(crate) client_certificate: Option<(Pem, Pem)>,
    pub(crate) proxy: Proxy,
    pub(crate) allow_insecure_http: bool,
    pub(crate) retry_attempts: Option<u32>,
    pub(crate) retry_base: Option<Seconds>,
    pub(crate) retry_cap: Option<Seconds>,
    pub(crate) retry_budget: Option<u32>,
    pub(crate) contract: Option<Bound<'py, PyMapping>>,
    pub(crate) use_env: bool,
}

/// Certificates or a key, as text or bytes.
pub(crate) struct Pem(Zeroizing<Vec<u8>>);

/// Whether there is a proxy on the way.
pub(crate) enum Proxy {
    /// As the variables say; none without them.
    AsTheEnvironmentSays,
    /// None, whatever the variables say.
    None,
    /// This one.
    Given(String),
}

impl<'py> Settings<'py> {
    /// What a pickle carries of them: no secret. A callable that makes tokens is what the caller makes of it.
    pub(crate) fn recipe(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let recipe = PyDict::new(py);
        recipe.set_item("allow_insecure_http", self.allow_insecure_http)?;
        recipe.set_item("use_env", self.use_env)?;
        let mut withheld = Vec::new();
        match &self.token {
            None => {}
            Some(token) if token.is_callable() => recipe.set_item("token", token)?,
            Some(_) => withheld.push("token"),
        }
        if let Some(contract) = &self.contract {
            let copy = PyDict::new(py);
            for item in contract.items()?.iter() {
                let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
                copy.set_item(name, value)?;
            }
            recipe.set_item("contract", copy)?;
        }
        if let Some(Pem(roots)) = &self.extra_root_certificates {
            recipe.set_item("extra_root_certificates", PyBytes::new(py, roots))?;
        }
        match &self.proxy {
            Proxy::Given(url) if !url.contains('@') => recipe.set_item("proxy", url)?,
            // There is a password in it.
            Proxy::Given(_) => withheld.push("proxy"),
            Proxy::AsTheEnvironmentSays => {}
            Proxy::None => recipe.set_item("proxy", py.None())?,
        }
        if !withheld.is_empty() {
            recipe.set_item("withheld", withheld)?;
        }
        let seconds = |time: Option<Seconds>| time.map(Seconds::number).into_bound_py_any(py);
        for (name, value) in [
            ("connect_timeout", seconds(self.connect_timeout)?),
            ("read_timeout", seconds(self.read_timeout)?),
            ("retry_base", seconds(self.retry_base)?),
            ("retry_cap", seconds(self.retry_cap)?),
            ("max_response_bytes", self.max_response_bytes.into_bound_py_any(py)?),
            (
                "user_agent_suffix",
                self.user_agent_suffix.clone().into_bound_py_any(py)?,
            ),
            ("retry_attempts", self.retry_attempts.into_bound_py_any(py)?),
            ("retry_budget", self.retry_budget.into_bound_py_any(py)?),
        ] {
            if !value.is_none() {
                recipe.set_item(name, value)?;
            }
        }
        Ok(recipe)
    }

    /// The builder that has been told all of it.
    pub(crate) fn builder(self, py: Python<'py>) -> PyResult<ClientBuilder> {
        let mut builder = akua_http::Client::builder().allow_insecure_http(self.allow_insecure_http);
        if self.use_env {
            builder = builder.from_env();
        }
        if let Some(url) = self.base_url {
            builder = builder.base_url(url);
        }
        builder = match self.token {
            None => builder,
            Some(token) => match token.cast::<PyString>() {
                Ok(text) => builder.token(text_of(text, "token")?),
                Err(_) if token.is_callable() => {
                    let callback = Callable::new("token", "a callable that returns the token", &token)?;
                    builder.token_provider(credentials::asking(callback))
                }
                Err(_) => return Err(not_a("the token as str, or a callable that returns it", &token)),
            },
        };
        if let Some(timeout) = self.connect_timeout {
            builder = builder.connect_timeout(timeout.duration(py, "connect_timeout")?);
        }
        if let Some(timeout) = self.read_timeout {
            builder = builder.read_timeout(timeout.duration(py, "read_timeout")?);
        }
        if let Some(bytes) = self.max_response_bytes {
            builder = builder.max_response_bytes(bytes);
        }
        if let Some(suffix) = self.user_agent_suffix {
            builder = builder.user_agent_suffix(suffix);
        }
        if let Some(Pem(roots)) = self.extra_root_certificates {
            builder = builder.extra_root_certificates(roots.to_vec());
        }
        if let Some((Pem(chain), Pem(key))) = self.client_certificate {
            builder = builder.client_certificate(ClientCertificate::from_pem(chain.to_vec(), key.to_vec()));
        }
        builder = match self.proxy {
            Proxy::AsTheEnvironmentSays => builder,
            Proxy::None => builder.no_proxy(),
            Proxy::Given(url) => match ProxyUrl::parse(&url) {
                Ok(url) => builder.proxy(url),
                Err(problem) => return Err(error::raise(py, &problem.into())),
            },
        };
        if let Some(repeats) = self.retry_budget {
            builder = builder.retry_budget(repeats);
        }
        if let Some(mapping) = self.contract {
            builder = builder.contract(contract(&mapping)?);
        }
        let usual = RetryPolicy::default();
        let pause = |given: Option<Seconds>, name, usual: Duration| match given {
            Some(given) => given.duration(py, name),
            None => Ok(usual),
        };
        Ok(builder.retry(RetryPolicy {
            attempts: self.retry_attempts.unwrap_or(usual.attempts),
            base: pause(self.retry_base, "retry_base", usual.base)?,
            cap: pause(self.retry_cap, "retry_cap", usual.cap)?,
        }))
    }
}

/// The documented contract, with the switches in `mapping` set otherwise.
fn contract(mapping: &Bound<'_, PyMapping>) -> PyResult<Contract> {
    let py = mapping.py();
    let mut contract = Contract::documented();
    for item in mapping.items()?.iter() {
        let (name, value): (String, Bound<'_, PyAny>) = item.extract()?;
        let switch = match name.as_str() {
            "etag_never_repeats" => &mut contract.etag_never_repeats,
            "key_checked_before_if_match" => &mut contract.key_checked_before_if_match,
            "stores_rejections_per_key" => &mut contract.stores_rejections_per_key,
            "reads_linearizable" => &mut contract.reads_linearizable,
            "etag_covers_write_only" => &mut contract.etag_covers_write_only,
            "hidden_retries" => &mut contract.hidden_retries,
            "answers_show_written_version" => &mut contract.answers_show_written_version,
            "conflicts_name_current_etag" => &mut contract.conflicts_name_current_etag,
            "key_retention" => {
                contract.key_retention = value.extract::<Seconds>()?.duration(py, "key_retention")?;
                continue;
            }
            "clock_skew" => {
                let skew = value.extract::<Seconds>()?;
                // Clocks may agree.
                contract.clock_skew = skew.span(py, "clock_skew")?;
                continue;
            }
            _ => {
                let problem = "is no switch of a contract (they are etag_never_repeats, key_checked_before_if_match, \
                               key_retention, clock_skew, stores_rejections_per_key, reads_linearizable, \
                               etag_covers_write_only, hidden_retries, answers_show_written_version and \
                               conflicts_name_current_etag)";
                return Err(error::invalid(py, &name, problem));
            }
        };
        *switch = value.extract()?;
    }
    Ok(contract)
}

impl<'py> FromPyObject<'_, 'py> for Pem {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = object.cast::<PyString>() {
            Ok(Self(Zeroizing::new(text_of(&text, "PEM text")?.as_bytes().to_vec())))
        } else if let Ok(bytes) = object.cast::<PyBytes>() {
            Ok(Self(Zeroizing::new(bytes.as_bytes().to_vec())))
        } else {
            Err(not_a("PEM text as str or bytes", &object))
        }
    }
}

impl<'py> FromPyObject<'_, 'py> for Proxy {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match object.cast::<PyString>() {
            Ok(url) => Ok(Self::Given(text_of(&url, "proxy")?.to_owned())),
            Err(_) if object.is_none() => Ok(Self::None),
            Err(_) => Err(not_a("a URL as str, or None for no proxy", &object)),
        }
    }
}
