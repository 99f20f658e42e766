//! What the arguments of calls may be, read once: each mistake is an error that names the argument, before anything is
//! sent.

use std::time::Duration;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};

use crate::error;

/// A text that may be left out. `None` is refused: it could be meant as "unchanged" or as "take it away".
#[derive(Default)]
pub(crate) enum Text<'py> {
    /// Left out.
    #[default]
    Absent,
    /// Given.
    Given(Bound<'py, PyString>),
}

impl<'py> Text<'py> {
    /// The text, if there is one. It has to be one that UTF-8 can carry.
    pub(crate) fn as_str(&self, name: &str) -> PyResult<Option<&str>> {
        match self {
            Self::Absent => Ok(None),
            Self::Given(text) => text_of(text, name).map(Some),
        }
    }
}

/// The text in `text`, which stands for `name`. Half a surrogate pair is no text.
pub(crate) fn text_of<'a>(text: &'a Bound<'_, PyString>, name: &str) -> PyResult<&'a str> {
    text.to_str().map_err(|_| {
        error::invalid(
            text.py(),
            name,
            "has half a surrogate pair in it, which UTF-8 can't carry",
        )
    })
}

impl<'py> FromPyObject<'_, 'py> for Text<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match object.cast::<PyString>() {
            Ok(text) => Ok(Self::Given(text.to_owned())),
            Err(_) if object.is_none() => Err(PyTypeError::new_err("expected str, not None (leave it out to keep it)")),
            Err(_) => Err(not_a("str", &object)),
        }
    }
}

/// A number of seconds, such as `2.5`.
#[derive(Clone, Copy)]
pub(crate) struct Seconds(f64);

impl Seconds {
    /// As it was given.
    pub(crate) fn number(self) -> f64 {
        self.0
    }

    /// The time, which may be none.
    pub(crate) fn span(self, py: Python<'_>, name: &str) -> PyResult<Duration> {
        if self.0 == 0.0 {
            return Ok(Duration::ZERO);
        }
        self.duration(py, name)
    }

    /// The time, which has to be longer than none. What no duration can hold is as good as for ever.
    pub(crate) fn duration(self, py: Python<'_>, name: &str) -> PyResult<Duration> {
        let Self(seconds) = self;
        if seconds.is_nan() || seconds <= 0.0 {
            return Err(error::invalid(
                py,
                name,
                &format!("is {seconds} (give a number of seconds above 0)"),
            ));
        }
        Ok(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
    }
}

impl<'py> FromPyObject<'_, 'py> for Seconds {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let number = object.is_instance_of::<PyFloat>() || object.is_instance_of::<PyInt>();
        if !number || object.is_instance_of::<PyBool>() {
            return Err(not_a("a number of seconds", &object));
        }
        // A whole number that no float can hold is more than any time.
        Ok(Self(object.extract().unwrap_or(f64::INFINITY)))
    }
}

/// The error for an argument of another type.
pub(crate) fn not_a(expected: &str, found: &Bound<'_, PyAny>) -> PyErr {
    let kind = found.get_type();
    let found = kind
        .name()
        .map_or_else(|_| "something else".to_owned(), |name| name.to_string());
    PyTypeError::new_err(format!("expected {expected}, not {found}"))
}
