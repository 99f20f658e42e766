//! The settings of a client, as Python gives them: each is read and handed on in one line.

use akua_http::ClientBuilder;
use akua_http::retry::RetryPolicy;
use akua_http::transport::{ClientCertificate, ProxyUrl};
use akua_model::edit::{Contract, Guarantee};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyMapping, PyString};

use crate::argument::{Seconds, argument, not_a, text, text_of, whole};
use crate::callable::Callable;
use crate::options::{self, CallOptions};
use crate::shared::Shared;
use crate::{credentials, error};

/// What `None` leaves as it is. Of the rest it is a value, or of the wrong type.
const MAY_BE_NONE: [&str; 15] = [
    "base_url",
    "token",
    "context",
    "timeout",
    "connect_timeout",
    "read_timeout",
    "max_response_bytes",
    "user_agent_suffix",
    "extra_root_certificates",
    "client_certificate",
    "retry_attempts",
    "retry_base",
    "retry_cap",
    "retry_budget",
    "contract",
];

/// The proxy that is the one of the environment.
const ENVIRONMENT: &str = "environment";

/// A client that is being set up.
pub(crate) struct Settings<'py> {
    builder: ClientBuilder,
    retry: RetryPolicy,
    use_env: bool,
    options: CallOptions,
    certified: bool,
    /// What makes its tokens.
    callable: Option<Callable>,
    /// What a pickle carries of it: no secret. A callable that makes tokens is what the caller makes of it.
    recipe: Bound<'py, PyDict>,
    /// The secrets that it does not carry.
    withheld: Vec<&'static str>,
}

impl<'py> Settings<'py> {
    /// What a client is told by these keywords.
    pub(crate) fn of(py: Python<'py>, keywords: Option<&Bound<'py, PyDict>>) -> PyResult<Self> {
        let mut settings = Self {
            builder: ClientBuilder::default(),
            retry: RetryPolicy::default(),
            use_env: true,
            options: CallOptions::default(),
            certified: false,
            callable: None,
            recipe: PyDict::new(py),
            withheld: Vec::new(),
        };
        options::each(keywords, "Client", String::new, |name, given| {
            if given.is_none() && MAY_BE_NONE.contains(&name) {
                return Ok(true);
            }
            settings.take(name, given)
        })?;
        Ok(settings)
    }

    /// The client, open.
    pub(crate) fn open(self) -> PyResult<Shared> {
        let recipe = self.recipe;
        let py = recipe.py();
        if !self.withheld.is_empty() {
            recipe.set_item("withheld", self.withheld)?;
        }
        let builder = self.builder.retry(self.retry);
        let builder = if self.use_env { builder.from_env() } else { builder };
        let client = builder.build().map_err(|problem| error::raise(py, &problem))?;
        Shared::new(client, self.callable, recipe, self.certified, self.options)
    }

    /// Takes the setting `name`; no if there is none.
    fn take(&mut self, name: &str, given: &Bound<'py, PyAny>) -> PyResult<bool> {
        let py = given.py();
        let time = || argument::<Seconds>(name, given)?.duration(py, name);
        let builder = std::mem::take(&mut self.builder);
        self.builder = match name {
            "base_url" => builder.base_url(text(name, given)?),
            "token" => return self.token(builder, given),
            "timeout" | "context" => {
                self.builder = builder;
                return self.options.take(name, given);
            }
            "connect_timeout" => builder.connect_timeout(time()?),
            "read_timeout" => builder.read_timeout(time()?),
            "max_response_bytes" => builder.max_response_bytes(whole(name, given, 0..=usize::MAX)?),
            "user_agent_suffix" => builder.user_agent_suffix(text(name, given)?),
            "extra_root_certificates" => builder.extra_root_certificates(argument::<Pem>(name, given)?.0),
            "client_certificate" => {
                let (Pem(chain), Pem(key)) = argument(name, given)?;
                self.certified = true;
                self.builder = builder.client_certificate(ClientCertificate::from_pem(chain, key));
                return Ok(true);
            }
            "proxy" => return self.proxy(builder, given),
            "allow_insecure_http" => builder.allow_insecure_http(argument(name, given)?),
            "retry_attempts" => {
                self.retry.attempts = whole(name, given, 1..=u32::MAX)?;
                builder
            }
            "retry_base" => {
                self.retry.base = time()?;
                builder
            }
            "retry_cap" => {
                self.retry.cap = time()?;
                builder
            }
            "retry_budget" => builder.retry_budget(whole(name, given, 0..=u32::MAX)?),
            "contract" => {
                let switches = PyDict::new(py);
                self.recipe.set_item(name, &switches)?;
                self.builder = builder.contract(contract(given, &switches)?);
                return Ok(true);
            }
            "use_env" => {
                self.use_env = argument(name, given)?;
                builder
            }
            _ => return Ok(false),
        };
        if name != "base_url" {
            self.recipe.set_item(name, given)?;
        }
        Ok(true)
    }

    fn token(&mut self, builder: ClientBuilder, given: &Bound<'py, PyAny>) -> PyResult<bool> {
        self.builder = if let Ok(text) = given.cast::<PyString>() {
            self.withheld.push("token");
            builder.token(text_of(text, "token")?)
        } else if given.is_callable() {
            self.recipe.set_item("token", given)?;
            let callback = Callable::new("token", "a callable that returns the token", given)?;
            builder.token_provider(credentials::asking(self.callable.insert(callback).clone()))
        } else {
            return Err(not_a("the token as str, or a callable that returns it", given));
        };
        Ok(true)
    }

    fn proxy(&mut self, builder: ClientBuilder, given: &Bound<'py, PyAny>) -> PyResult<bool> {
        let url = match given.cast::<PyString>() {
            Ok(url) => text_of(url, "proxy")?,
            Err(_) if given.is_none() => {
                self.recipe.set_item("proxy", given)?;
                self.builder = builder.no_proxy();
                return Ok(true);
            }
            Err(_) => {
                return Err(not_a("a URL as str, \"environment\", or None for no proxy", given));
            }
        };
        if url.contains('@') {
            // There is a password in it.
            self.withheld.push("proxy");
        } else {
            self.recipe.set_item("proxy", given)?;
        }
        self.builder = match ProxyUrl::parse(url) {
            _ if url == ENVIRONMENT => builder,
            Ok(url) => builder.proxy(url),
            Err(problem) => return Err(error::raise(given.py(), &problem.into())),
        };
        Ok(true)
    }
}

/// The documented contract, but for the guarantees in `given`, which are copied into `switches`.
fn contract(given: &Bound<'_, PyAny>, switches: &Bound<'_, PyDict>) -> PyResult<Contract> {
    let py = given.py();
    let mut contract = Contract::documented();
    for item in argument::<Bound<'_, PyMapping>>("contract", given)?.items()?.iter() {
        let (name, value): (String, Bound<'_, PyAny>) = item.extract()?;
        switches.set_item(&name, &value)?;
        let mut guarantees = contract.guarantees();
        match guarantees.iter_mut().find(|(known, _)| *known == name) {
            Some((_, Guarantee::Flag(holds))) => **holds = argument(&name, &value)?,
            // Clocks may agree, and a key may be forgotten at once.
            Some((_, Guarantee::Time(time))) => **time = argument::<Seconds>(&name, &value)?.span(py, &name)?,
            None => {
                let known = guarantees.map(|(known, _)| known).join(", ");
                let problem = format!("is no switch of a contract (they are {known})");
                return Err(error::invalid(py, &name, &problem));
            }
        }
    }
    Ok(contract)
}

/// Certificates or a key, as text or bytes.
struct Pem(Vec<u8>);

impl<'py> FromPyObject<'_, 'py> for Pem {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = object.cast::<PyString>() {
            Ok(Self(text_of(&text, "PEM text")?.as_bytes().to_vec()))
        } else if let Ok(bytes) = object.cast::<PyBytes>() {
            Ok(Self(bytes.as_bytes().to_vec()))
        } else {
            Err(not_a("PEM text as str or bytes", &object))
        }
    }
}
