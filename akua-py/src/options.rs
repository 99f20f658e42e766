//! The keyword arguments that calls have beside what they are about: each option is read here, for all calls.

use std::time::Duration;

use akua_http::Collection;
use akua_model::edit::Policy;
use akua_model::{Printable, Resource, ResourceKind, Secrets, Traceparent, WorkspaceContext};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::argument::{Seconds, argument, text, text_of, whole};
use crate::error;
use crate::fields::Fields;

/// The options of one call, or those of all calls of a client.
#[derive(Clone, Default)]
pub(crate) struct CallOptions {
    timeout: Option<Duration>,
    context: Option<WorkspaceContext>,
    traceparent: Option<Traceparent>,
}

impl CallOptions {
    /// What the call `name` was given; it takes nothing else.
    pub(crate) fn of(name: &str, keywords: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let mut options = Self::default();
        each(keywords, name, String::new, |name, value| options.take(name, value))?;
        Ok(options)
    }

    /// What the call `name` was given, and how its edits behave: as the policy, and as the options that say so.
    pub(crate) fn with_policy<'py>(
        py: Python<'py>,
        name: &str,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<(Self, Policy, Bound<'py, PyDict>)> {
        let (mut options, mut policy, said) = (Self::default(), Policy::default(), PyDict::new(py));
        each(keywords, name, String::new, |name, value| {
            if take_policy(&mut policy, name, value)? {
                said.set_item(name, value)?;
                return Ok(true);
            }
            options.take(name, value)
        })?;
        Ok((options, policy, said))
    }

    /// With this time alone.
    pub(crate) fn with_timeout(timeout: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let mut options = Self::default();
        timeout.map_or(Ok(true), |timeout| options.take("timeout", timeout))?;
        Ok(options)
    }

    /// Takes the option `name`; no if there is none.
    pub(crate) fn take(&mut self, name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = value.py();
        match name {
            "timeout" => {
                let timeout: Option<Seconds> = argument(name, value)?;
                self.timeout = timeout.map(|timeout| timeout.duration(py, name)).transpose()?;
            }
            "context" => self.context = parsed(name, value)?,
            "traceparent" => self.traceparent = parsed(name, value)?,
            _ => return Ok(false),
        }
        Ok(true)
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
    pub(crate) fn on<R: Resource>(&self, mut collection: Collection<R>) -> Collection<R> {
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

/// What the caller wants of an edit beside the change.
#[derive(Default)]
pub(crate) struct EditOptions<'py> {
    pub(crate) policy: Policy,
    pub(crate) keep_resume_token: Option<Bound<'py, PyAny>>,
    pub(crate) call: CallOptions,
}

impl<'py> EditOptions<'py> {
    /// What the call `name` was given; it takes nothing else.
    pub(crate) fn of(name: &str, keywords: Option<&Bound<'py, PyDict>>) -> PyResult<Self> {
        let mut options = Self::default();
        each(keywords, name, String::new, |name, value| options.take(name, value))?;
        Ok(options)
    }

    /// What the call `name` was given, fields included.
    pub(crate) fn with_fields<R: Resource>(
        name: &str,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<(Self, Fields<'py>)> {
        let (mut options, mut fields) = (Self::default(), Fields::default());
        each(keywords, name, known::<R>, |name, value| {
            Ok(fields.take::<R>(name, value)? || options.take(name, value)?)
        })?;
        Ok((options, fields))
    }

    /// What the call `name` was given, and the secrets among it, each by the name of its property.
    pub(crate) fn with_secrets(name: &str, keywords: Option<&Bound<'py, PyDict>>) -> PyResult<(Self, Secrets)> {
        let (mut options, mut secrets) = (Self::default(), Secrets::none());
        each(keywords, name, String::new, |name, value| {
            let mut fields = ResourceKind::ALL.iter().flat_map(|kind| kind.fields());
            if !fields.any(|field| field.is_secret() && field.name == name) {
                return Ok(take_policy(&mut options.policy, name, value)? || options.call.take(name, value)?);
            }
            secrets.insert(name, text(name, value)?);
            Ok(true)
        })?;
        Ok((options, secrets))
    }

    fn take(&mut self, name: &str, value: &Bound<'py, PyAny>) -> PyResult<bool> {
        if name == "keep_resume_token" {
            self.keep_resume_token = Some(value.clone()).filter(|keep| !keep.is_none());
            return Ok(true);
        }
        Ok(take_policy(&mut self.policy, name, value)? || self.call.take(name, value)?)
    }
}

/// Takes the option `name` of how edits behave; no if there is none.
pub(crate) fn take_policy(policy: &mut Policy, name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = value.py();
    if value.is_none() && name != "overwrite_unseen" {
        return Ok(matches!(
            name,
            "on_conflict" | "max_attempts" | "max_versions" | "settle_reserve" | "backoff" | "backoff_limit"
        ));
    }
    let bound = || whole(name, value, 1..=u32::MAX);
    let seconds = || argument::<Seconds>(name, value)?.span(py, name);
    match name {
        "on_conflict" => {
            let rule = text(name, value)?.parse();
            policy.on_conflict = rule.map_err(|problem| error::raise_model(py, problem))?;
        }
        "overwrite_unseen" => policy.overwrite_unseen = argument::<Option<bool>>(name, value)?.unwrap_or_default(),
        "max_attempts" => policy.max_attempts = bound()?,
        "max_versions" => policy.max_versions = bound()?,
        "settle_reserve" => policy.settle_reserve = seconds()?,
        "backoff" => policy.backoff = seconds()?,
        "backoff_limit" => policy.backoff_limit = seconds()?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Goes through the keywords of the call `call`. `take` says whether there is such a one; `more` names those of its own.
pub(crate) fn each<'py>(
    keywords: Option<&Bound<'py, PyDict>>,
    call: &str,
    more: fn() -> String,
    mut take: impl FnMut(&str, &Bound<'py, PyAny>) -> PyResult<bool>,
) -> PyResult<()> {
    for (name, value) in keywords.into_iter().flatten() {
        let name = name.cast::<PyString>()?;
        let name = text_of(name, "argument")?;
        if !take(name, &value)? {
            return Err(PyTypeError::new_err(format!(
                "{call}() got an unexpected keyword argument '{}'{}",
                Printable(name),
                more()
            )));
        }
    }
    Ok(())
}

/// Which fields of a kind can be written, for the message about one that can't.
pub(crate) fn known<R: Resource>() -> String {
    let names: Vec<_> = R::FIELDS.iter().map(|field| field.name).collect();
    format!(" (fields that can be written: {})", names.join(", "))
}

/// The text of the argument `name`, read; none for `None`.
fn parsed<T: std::str::FromStr<Err = akua_model::Error>>(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Option<T>> {
    if value.is_none() {
        return Ok(None);
    }
    let read = text(name, value)?.parse();
    read.map(Some)
        .map_err(|problem| error::raise_model(value.py(), problem))
}
