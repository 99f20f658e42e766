//! The keyword arguments that calls have beside what they are about: each option is read here, for all calls, as
//! `akua_http::settings` declares it.

use std::time::Duration;

use akua_http::cancel::Cancel;
use akua_http::settings::{self, Of, Setting, Takes, Value};
use akua_http::{Collection, Error, RequestCall};
use akua_model::edit::Policy;
use akua_model::{Declared, NewResource, Printable, Property, ResourceKind, Secrets};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};
use zeroize::Zeroizing;

use crate::argument::{Seconds, argument, not_a, text, text_of, whole};
use crate::callable::Callable;
use crate::error;
use crate::fields::Fields;

/// The settings of every call, and those of one that edits.
const CALL: &[Of] = &[Of::ClientOrCall, Of::Call];
const EDIT: &[Of] = &[Of::ClientOrCall, Of::Call, Of::Edit];

/// What an edit does about other writers: a launch is carried out on the version that was seen, or not at all.
const NOT_OF_A_LAUNCH: &[&str] = &["on_conflict", "overwrite_unseen", "max_versions"];

/// The options of one call, or those of all calls of a client.
#[derive(Clone, Default)]
pub(crate) struct CallOptions(settings::CallOptions);

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
        let (mut options, said) = (Self::default(), PyDict::new(py));
        each(keywords, name, String::new, |name, value| {
            if options.take_of(&[Of::Edit], name, value)? {
                said.set_item(name, value)?;
                return Ok(true);
            }
            options.take(name, value)
        })?;
        let policy = options.0.policy;
        Ok((options, policy, said))
    }

    /// With this time alone.
    pub(crate) fn with_timeout(timeout: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let mut options = Self::default();
        timeout.map_or(Ok(true), |timeout| options.take("timeout", timeout))?;
        Ok(options)
    }

    /// With that time where none was given.
    pub(crate) fn lasting(&mut self, time: Duration) {
        self.0.timeout.get_or_insert(time);
    }

    /// Takes the option `name` of any call; no if there is none.
    pub(crate) fn take(&mut self, name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.take_of(CALL, name, value)
    }

    fn take_of(&mut self, of: &[Of], name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Some(setting) = settings::named(name).filter(|setting| of.contains(&setting.of)) else {
            return Ok(false);
        };
        give(setting, value, |value| self.0.set(setting, value))?;
        Ok(true)
    }

    /// These, and where they say nothing, `others`.
    pub(crate) fn or(mut self, others: &Self) -> Self {
        let (own, others) = (&mut self.0, &others.0);
        own.timeout = own.timeout.or(others.timeout);
        own.context = own.context.take().or_else(|| others.context.clone());
        own.traceparent = own.traceparent.take().or_else(|| others.traceparent.clone());
        self
    }

    /// The time that a call of `client` may take, `defaults` being the options of all of its calls.
    pub(crate) fn time(&self, defaults: &Self, client: &akua_http::Client) -> Duration {
        let time = self.0.timeout.or(defaults.0.timeout);
        time.unwrap_or_else(|| client.timeout())
    }

    /// Adds what a pickle of a client carries of them.
    pub(crate) fn put_into(&self, recipe: &Bound<'_, PyDict>) -> PyResult<()> {
        if let Some(timeout) = self.0.timeout {
            recipe.set_item("timeout", timeout.as_secs_f64())?;
        }
        if let Some(context) = &self.0.context {
            recipe.set_item("context", context.as_str())?;
        }
        Ok(())
    }

    /// `it` with these options.
    pub(crate) fn on<T: Optioned>(&self, it: T) -> T {
        it.with(&self.0)
    }
}

/// What takes the options of a call.
pub(crate) trait Optioned {
    fn with(self, options: &settings::CallOptions) -> Self;
    fn timeout(self, timeout: Duration) -> Self;
    fn cancel(self, cancel: &Cancel) -> Self;
}

impl<R: Declared> Optioned for Collection<R> {
    fn with(self, options: &settings::CallOptions) -> Self {
        options.on(self)
    }

    fn timeout(self, timeout: Duration) -> Self {
        self.timeout(timeout)
    }

    fn cancel(self, cancel: &Cancel) -> Self {
        self.cancel(cancel)
    }
}

impl Optioned for RequestCall {
    fn with(self, options: &settings::CallOptions) -> Self {
        options.on_request(self)
    }

    fn timeout(self, timeout: Duration) -> Self {
        self.timeout(timeout)
    }

    fn cancel(self, cancel: &Cancel) -> Self {
        self.cancel(cancel)
    }
}

/// What the caller wants of an edit beside the change.
#[derive(Default)]
pub(crate) struct EditOptions<'py> {
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

    /// What the launch `name` was given; it takes nothing else.
    pub(crate) fn of_launch(name: &str, keywords: Option<&Bound<'py, PyDict>>) -> PyResult<Self> {
        let mut options = Self::default();
        each(keywords, name, String::new, |name, value| {
            Ok(!NOT_OF_A_LAUNCH.contains(&name) && options.take(name, value)?)
        })?;
        Ok(options)
    }

    /// What the create `name` was given, and what the new one is made of.
    pub(crate) fn of_create<N: NewResource>(
        name: &str,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<(Self, Fields<'py>)> {
        let (mut options, mut fields) = (Self::default(), Fields::default());
        each(keywords, name, known_new::<N>, |name, value| {
            let is_option = !NOT_OF_A_LAUNCH.contains(&name);
            Ok(fields.take_new::<N>(name, value)? || (is_option && options.take(name, value)?))
        })?;
        Ok((options, fields))
    }

    /// What keeps the tokens.
    pub(crate) fn keeper(&self) -> PyResult<Option<Callable>> {
        let keep = self.keep_resume_token.as_ref();
        keep.map(|keep| Callable::new("keep_resume_token", "a callable that takes a token", keep))
            .transpose()
    }

    /// What the call `name` was given, fields included.
    pub(crate) fn with_fields<R: Declared>(
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
                return options.call.take_of(EDIT, name, value);
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
        self.call.take_of(EDIT, name, value)
    }
}

/// Gives `set` the value of a setting. `None` leaves it as it is.
pub(crate) fn give(
    setting: &Setting,
    value: &Bound<'_, PyAny>,
    set: impl FnOnce(Value<'_>) -> Result<(), Error>,
) -> PyResult<()> {
    let (py, name) = (value.py(), setting.name);
    if value.is_none() {
        return Ok(());
    }
    let pem: Pem;
    let value = match setting.takes {
        Takes::Text => Value::Text(text(name, value)?),
        Takes::Pem => {
            pem = argument(name, value)?;
            Value::Pem(&pem.0)
        }
        Takes::Time => {
            let seconds: Seconds = argument(name, value)?;
            Value::Time(if setting.may_be_zero {
                seconds.span(py, name)?
            } else {
                seconds.duration(py, name)?
            })
        }
        Takes::Count => Value::Count(whole(name, value, u64::from(!setting.may_be_zero)..=u64::MAX)?),
        Takes::Flag => Value::Flag(argument(name, value)?),
    };
    set(value).map_err(|problem| error::raise(py, &problem))
}

/// Certificates or a key, as text or bytes.
pub(crate) struct Pem(pub(crate) Zeroizing<Vec<u8>>);

impl<'py> FromPyObject<'_, 'py> for Pem {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let bytes = if let Ok(text) = object.cast::<PyString>() {
            text_of(&text, "PEM text")?.as_bytes().to_vec()
        } else if let Ok(bytes) = object.cast::<PyBytes>() {
            bytes.as_bytes().to_vec()
        } else {
            return Err(not_a("PEM text as str or bytes", &object));
        };
        Ok(Self(Zeroizing::new(bytes)))
    }
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
pub(crate) fn known<R: Declared>() -> String {
    format!(" (fields that can be written: {})", names(R::FIELDS))
}

/// What something new is made of, for the message about what it is not.
pub(crate) fn known_new<N: NewResource>() -> String {
    format!(" (a new {} has: {})", N::CREATE.of().noun(), names(N::FIELDS))
}

fn names(fields: &[Property]) -> String {
    let names: Vec<_> = fields.iter().map(|field| field.name).collect();
    names.join(", ")
}
