//! The settings of a client, as Python gives them.

use akua_http::ClientBuilder;
use akua_http::settings::{Of, SETTINGS, Setting, Value, named};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyString};

use crate::argument::{argument, not_a};
use crate::callable::Callable;
use crate::options::{self, CallOptions, Pem};
use crate::shared::Shared;
use crate::{credentials, error};

/// A client that is being set up.
pub(crate) struct Settings<'py> {
    builder: ClientBuilder,
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
            builder: ClientBuilder::default().from_env(),
            options: CallOptions::default(),
            certified: false,
            callable: None,
            recipe: PyDict::new(py),
            withheld: Vec::new(),
        };
        options::each(keywords, "Client", String::new, |name, given| {
            settings.take(name, given)
        })?;
        Ok(settings)
    }

    /// The client, open.
    pub(crate) fn open(self) -> PyResult<Shared> {
        let Self { recipe, .. } = self;
        let py = recipe.py();
        if !self.withheld.is_empty() {
            recipe.set_item("withheld", self.withheld)?;
        }
        let client = self.builder.build().map_err(|problem| error::raise(py, &problem))?;
        Shared::new(client, self.callable, recipe, self.certified, self.options)
    }

    /// Takes the setting `name`; no if there is none.
    fn take(&mut self, name: &str, given: &Bound<'py, PyAny>) -> PyResult<bool> {
        let own = named(name).filter(|setting| matches!(setting.of, Of::Client | Of::ClientOrCall));
        match name {
            // The one goes with its certificate, the other is the proxy `None`.
            "client_key" | "no_proxy" => return Ok(false),
            "proxy" if given.is_none() => {
                self.set("no_proxy", Value::Flag(true))?;
                self.recipe.set_item(name, given)?;
            }
            _ if given.is_none() => return Ok(name == "contract" || own.is_some()),
            "contract" => self.contract(given)?,
            "proxy" if given.eq("environment")? => {}
            "proxy" if !given.is_instance_of::<PyString>() => {
                return Err(not_a("a URL as str, \"environment\", or None for no proxy", given));
            }
            "token" if !given.is_instance_of::<PyString>() => self.ask_for_tokens(given)?,
            "client_certificate" => {
                let (Pem(chain), Pem(key)) = argument(name, given)?;
                self.set(name, Value::Pem(&chain))?;
                self.set("client_key", Value::Pem(&key))?;
                self.certified = true;
            }
            _ => match own {
                Some(setting) => self.take_one(setting, given)?,
                None => return Ok(false),
            },
        }
        Ok(true)
    }

    /// Takes one of those that are a value and nothing more.
    fn take_one(&mut self, setting: &Setting, given: &Bound<'py, PyAny>) -> PyResult<()> {
        if setting.of == Of::ClientOrCall {
            return self.options.take(setting.name, given).map(drop);
        }
        options::give(setting, given, |value| self.builder.set(setting, value))?;
        match setting.name {
            // It may have been set by the environment, so the client is asked.
            "base_url" => {}
            "token" => self.withheld.push("token"),
            // There is a password in it.
            "proxy" if given.contains("@")? => self.withheld.push("proxy"),
            name => self.recipe.set_item(name, given)?,
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: Value<'_>) -> PyResult<()> {
        let set = named(name).map(|setting| self.builder.set(setting, value));
        set.unwrap_or(Ok(()))
            .map_err(|problem| error::raise(self.recipe.py(), &problem))
    }

    fn ask_for_tokens(&mut self, given: &Bound<'py, PyAny>) -> PyResult<()> {
        if !given.is_callable() {
            return Err(not_a("the token as str, or a callable that returns it", given));
        }
        self.recipe.set_item("token", given)?;
        let callback = Callable::new("token", "a callable that returns the token", given)?;
        let asking = credentials::asking(self.callable.insert(callback).clone());
        self.builder = std::mem::take(&mut self.builder).token_provider(asking);
        Ok(())
    }

    /// The documented contract, but for the guarantees in `given`.
    fn contract(&mut self, given: &Bound<'py, PyAny>) -> PyResult<()> {
        let py = given.py();
        let switches = PyDict::new(py);
        for item in argument::<Bound<'_, PyMapping>>("contract", given)?.items()?.iter() {
            let (name, value): (String, Bound<'_, PyAny>) = item.extract()?;
            switches.set_item(&name, &value)?;
            let promises = || SETTINGS.iter().filter(|setting| setting.of == Of::Contract);
            let Some(setting) = promises().find(|setting| setting.name == name) else {
                let known: Vec<_> = promises().map(|setting| setting.name).collect();
                let problem = format!("is no switch of a contract (they are {})", known.join(", "));
                return Err(error::invalid(py, &name, &problem));
            };
            options::give(setting, &value, |value| self.builder.set(setting, value))?;
        }
        self.recipe.set_item("contract", switches)
    }
}
