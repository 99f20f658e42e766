//! What the classes for clusters and for workspaces have in common, so that each call is written once.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::str::FromStr;

use akua_http::{Awaited, Collection};
use akua_model::edit::Applied;
use akua_model::{Patch, Resource};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::argument::{not_a, text_of};
use crate::{error, json};

/// A kind of resource, with the Python class around it.
pub(crate) trait Noun:
    Resource<Id: FromStr<Err = akua_model::Error> + Send + Sync, Patch: Send + Sync> + Send + Sync + 'static
{
    /// The name of its Python class.
    const CLASS: &'static str;

    /// Its calls, of a client.
    fn collection(client: &akua_http::Client) -> Collection<Self>;

    /// It as a Python object.
    fn wrap(self, py: Python<'_>) -> PyResult<Py<PyAny>>;

    /// Everything as the answer had it, in plain types.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>>;

    /// What is to be waited for after a change of it, where there is something to wait for.
    fn awaited(_applied: &Applied<Self>) -> Option<Awaited> {
        None
    }

    /// What is in `object`, if it is of the Python class.
    fn of<'a>(object: &'a Bound<'_, PyAny>) -> Option<&'a Self>;
}

/// What a call is about: a version that the caller has seen, or just an id.
pub(crate) enum Subject<'a, R: Noun> {
    /// A version.
    Seen(&'a R),
    /// An id.
    Id(R::Id),
}

impl<'a, R: Noun> Subject<'a, R> {
    /// Reads the first argument of a call.
    pub(crate) fn of(object: &'a Bound<'_, PyAny>) -> PyResult<Self> {
        if let Some(seen) = R::of(object) {
            return Ok(Self::Seen(seen));
        }
        match object.cast::<PyString>() {
            Ok(id) => match text_of(id, "id")?.parse() {
                Ok(id) => Ok(Self::Id(id)),
                Err(problem) => Err(error::raise_model(object.py(), problem)),
            },
            Err(_) => Err(not_a(&format!("{} or its id as str", R::CLASS), object)),
        }
    }

    /// The id.
    pub(crate) fn id(&self) -> &R::Id {
        match self {
            Self::Seen(seen) => seen.id(),
            Self::Id(id) => id,
        }
    }
}

/// All of `resource` as JSON text.
pub(crate) fn to_json<R: Noun>(resource: &R) -> String {
    // A resource is made of texts, numbers and maps of them: there is always a text for it.
    serde_json::to_string(resource).unwrap_or_default()
}

/// The resource in `properties`, as an answer would have it.
pub(crate) fn from_dict<R: Noun>(properties: &Bound<'_, PyDict>) -> PyResult<R> {
    from_value(properties.py(), R::NOUN, json::from_python(properties)?)
}

/// A copy of `resource` with `changes` in it.
pub(crate) fn replaced<R: Noun>(py: Python<'_>, resource: &R, changes: Option<&Bound<'_, PyDict>>) -> PyResult<R> {
    let mut value = as_value(resource);
    if let (Some(properties), Some(changes)) = (value.as_object_mut(), changes) {
        for (name, new) in changes.iter() {
            properties.insert(name.extract()?, json::from_python(&new)?);
        }
    }
    from_value(py, R::NOUN, value)
}

/// What `value` describes, as an answer would.
pub(crate) fn from_value<T: DeserializeOwned>(py: Python<'_>, what: &str, value: Value) -> PyResult<T> {
    serde_json::from_value(value).map_err(|problem| error::invalid(py, what, &format!("can't be made: {problem}")))
}

fn as_value<R: Noun>(resource: &R) -> Value {
    // As above.
    serde_json::to_value(resource).unwrap_or_default()
}

/// The fields in which `wanted` differs from `current`; an error if one of them can't be written.
pub(crate) fn difference<R: Noun>(py: Python<'_>, current: &R, wanted: &R) -> PyResult<Option<R::Patch>> {
    let writable: Vec<_> = R::FIELDS.iter().filter(|field| !field.is_write_only()).collect();
    let (before, after) = (as_value(current), as_value(wanted));
    for (name, value) in after.as_object().into_iter().flatten() {
        let known = writable.iter().any(|field| field.name == name);
        if !known && before.get(name) != Some(value) {
            let names: Vec<_> = writable.iter().map(|field| field.name).collect();
            let problem = format!(
                "can't be changed so (return a copy with other values of {}, or a dict)",
                names.join(", ")
            );
            return Err(error::invalid(py, name, &problem));
        }
    }
    let changed: Vec<(&str, akua_model::Value<'_>)> = writable
        .iter()
        .filter(|field| current.value(field) != wanted.value(field))
        .filter_map(|field| Some((field.name, wanted.value(field).value()?)))
        .collect();
    if changed.is_empty() {
        return Ok(None);
    }
    R::Patch::from_values(&changed)
        .map(Some)
        .map_err(|problem| error::raise_model(py, problem))
}

/// The hash of a version: equal versions have equal ones.
pub(crate) fn hash_of<R: Noun>(resource: &R) -> u64 {
    let mut hasher = DefaultHasher::new();
    (R::NOUN, resource.id(), resource.etag().as_str()).hash(&mut hasher);
    hasher.finish()
}

/// `Class(name='value', …)`, with texts as Python writes them, and `more` at the end.
pub(crate) fn shown(py: Python<'_>, class: &str, parts: &[(&str, &dyn fmt::Display)], more: &str) -> PyResult<String> {
    let mut text = format!("{class}(");
    for (index, (name, value)) in parts.iter().enumerate() {
        let value = PyString::new(py, &value.to_string()).repr()?;
        text.push_str(&format!("{}{name}={value}", if index == 0 { "" } else { ", " }));
    }
    text.push_str(more);
    text.push(')');
    Ok(text)
}
