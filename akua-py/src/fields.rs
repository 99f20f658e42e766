//! The fields that a call sets, each by its name on the wire, with a value of the type that is declared.

use std::borrow::Cow;

use akua_model::property::Type;
use akua_model::{Declared, Json, NewResource, Patch, Property, Value};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyMapping, PyString};

use crate::argument::{named, not_a, text_of, whole_number};
use crate::binding::ResourceBinding;
use crate::{error, json};

/// Fields with what they are to be.
#[derive(Default)]
pub(crate) struct Fields<'py>(Vec<(Cow<'static, str>, Given<'py>)>);

/// A value as it was given.
enum Given<'py> {
    Text(Bound<'py, PyString>),
    Number(i64),
    Flag(bool),
    Json(Json),
    /// Of a field that there is not: the model refuses it by its name.
    Unknown,
}

impl<'py> Fields<'py> {
    /// Takes one that was given as a keyword; no if there is no such field.
    ///
    /// # Errors
    ///
    /// `TypeError` for a value of another type.
    pub(crate) fn take<R: Declared>(&mut self, name: &str, value: &Bound<'py, PyAny>) -> PyResult<bool> {
        self.take_of(R::FIELDS, name, value)
    }

    /// The same of what something new is made of.
    ///
    /// # Errors
    ///
    /// As of [`take`](Self::take).
    pub(crate) fn take_new<N: NewResource>(&mut self, name: &str, value: &Bound<'py, PyAny>) -> PyResult<bool> {
        self.take_of(N::FIELDS, name, value)
    }

    fn take_of(&mut self, fields: &'static [Property], name: &str, value: &Bound<'py, PyAny>) -> PyResult<bool> {
        let Some(field) = fields.iter().find(|field| field.name == name) else {
            return Ok(false);
        };
        self.0
            .push((field.name.into(), Given::named("argument", field, value)?));
        Ok(true)
    }

    /// Those of a dict.
    pub(crate) fn of<R: Declared>(dict: &Bound<'py, PyMapping>) -> PyResult<Self> {
        Self::among(R::FIELDS, dict)
    }

    /// The same of what something new is made of.
    pub(crate) fn of_new<N: NewResource>(dict: &Bound<'py, PyMapping>) -> PyResult<Self> {
        Self::among(N::FIELDS, dict)
    }

    fn among(known: &'static [Property], dict: &Bound<'py, PyMapping>) -> PyResult<Self> {
        let mut fields = Self::default();
        for item in dict.items()?.iter() {
            let (name, value): (String, Bound<'py, PyAny>) = item.extract()?;
            let field = known.iter().find(|field| field.name == name);
            let given = field.map_or(Ok(Given::Unknown), |field| Given::named("field", field, &value))?;
            fields.0.push((name.into(), given));
        }
        Ok(fields)
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The patch that sets them: at least one.
    pub(crate) fn patch<R: ResourceBinding>(&self, py: Python<'_>) -> PyResult<R::Patch> {
        self.set(py)
    }

    /// What is made of them: a patch, or something new.
    pub(crate) fn set<P: Patch>(&self, py: Python<'_>) -> PyResult<P> {
        let mut values = Vec::with_capacity(self.0.len());
        for (name, given) in &self.0 {
            values.push((&**name, given.value(name)?));
        }
        P::from_values(&values).map_err(|problem| error::raise_model(py, problem))
    }
}

impl<'py> Given<'py> {
    /// A value whose error says to what it was given.
    fn named(what: &str, field: &Property, value: &Bound<'py, PyAny>) -> PyResult<Self> {
        Self::of(field, value).map_err(|raised| named(what, field.name, &raised, value.py()))
    }

    fn of(field: &Property, value: &Bound<'py, PyAny>) -> PyResult<Self> {
        match field.kind {
            Type::Flag => match value.cast::<PyBool>() {
                Ok(flag) => Ok(Self::Flag(flag.is_true())),
                Err(_) => Err(not_a("bool", value)),
            },
            Type::Number => whole_number(field.name, value, i64::MIN..=i64::MAX).map(Self::Number),
            Type::Json | Type::Object(_) => json::from_python(value).map(Self::Json),
            _ => match value.cast::<PyString>() {
                Ok(text) => Ok(Self::Text(text.clone())),
                Err(_) if value.is_none() => Err(PyTypeError::new_err("expected str, not None (leave it out instead)")),
                Err(_) => Err(not_a("str", value)),
            },
        }
    }

    fn value(&self, name: &str) -> PyResult<Value<'_>> {
        Ok(match self {
            Self::Text(text) => Value::Text(text_of(text, name)?),
            Self::Number(number) => Value::Number(*number),
            Self::Flag(flag) => Value::Flag(*flag),
            Self::Json(json) => Value::Json(json),
            Self::Unknown => Value::Flag(false),
        })
    }
}
