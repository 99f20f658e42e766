//! What the arguments of calls may be, read once: each mistake is an error that names the argument, before anything is
//! sent.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;

use akua_model::Printable;
use pyo3::conversion::FromPyObjectOwned;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};

use crate::error;

/// The text that the argument `name` is.
pub(crate) fn text<'a>(name: &str, value: &'a Bound<'_, PyAny>) -> PyResult<&'a str> {
    match value.cast::<PyString>() {
        Ok(text) => text_of(text, name),
        Err(_) => Err(named("argument", name, &not_a("str", value), value.py())),
    }
}

/// The value that the argument `name` is.
pub(crate) fn argument<'py, T: FromPyObjectOwned<'py>>(name: &str, value: &Bound<'py, PyAny>) -> PyResult<T> {
    let found = value.extract::<T>();
    found.map_err(|raised| named("argument", name, &raised.into(), value.py()))
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

/// A number of seconds, such as `2.5`.
#[derive(Clone, Copy)]
pub(crate) struct Seconds(f64);

impl Seconds {
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
        real(&object, "a number of seconds").map(Self)
    }
}

/// The number that `object` is. One beyond what a float can hold is an infinite one.
///
/// # Errors
///
/// `TypeError` if it is none.
pub(crate) fn real(object: &Bound<'_, PyAny>, expected: &str) -> PyResult<f64> {
    let py = object.py();
    if is_more_than_number(object)? {
        return Err(not_a(expected, object));
    }
    object.extract().or_else(|raised: PyErr| {
        if raised.is_instance_of::<PyTypeError>(py) {
            Err(not_a(expected, object))
        } else if raised.is_instance_of::<PyOverflowError>(py) {
            Ok(if object.lt(0)? {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            })
        } else if raised.is_instance_of::<PyValueError>(py) {
            // A signalling NaN.
            Ok(f64::NAN)
        } else {
            Err(raised)
        }
    })
}

/// The whole number that the argument `name` is.
///
/// # Errors
///
/// `TypeError` if it is none, `ValidationError` if it is not `allowed`.
pub(crate) fn whole<'py, N>(name: &str, object: &Bound<'py, PyAny>, allowed: RangeInclusive<N>) -> PyResult<N>
where
    N: FromPyObjectOwned<'py, Error = PyErr> + PartialOrd + Display,
{
    whole_number(name, object, allowed).map_err(|raised| named("argument", name, &raised, object.py()))
}

/// As `whole`, of something that is no argument.
pub(crate) fn whole_number<'py, N>(name: &str, object: &Bound<'py, PyAny>, allowed: RangeInclusive<N>) -> PyResult<N>
where
    N: FromPyObjectOwned<'py, Error = PyErr> + PartialOrd + Display,
{
    let py = object.py();
    if is_more_than_number(object)? {
        return Err(not_a("a whole number", object));
    }
    match object.extract::<N>() {
        Ok(number) if allowed.contains(&number) => Ok(number),
        Err(raised) if raised.is_instance_of::<PyTypeError>(py) => Err(not_a("a whole number", object)),
        Err(raised) if !raised.is_instance_of::<PyOverflowError>(py) => Err(raised),
        _ => {
            let (least, most) = allowed.into_inner();
            let problem = format!("is out of its bounds (give a whole number from {least} to {most})");
            Err(error::invalid(py, name, &problem))
        }
    }
}

/// Whether it passes for a number and means something else too: a flag, or in numpy and pandas a time with a unit.
pub(crate) fn is_more_than_number(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    if object.is_instance_of::<PyBool>() {
        return Ok(true);
    }
    if object.is_exact_instance_of::<PyFloat>() || object.is_exact_instance_of::<PyInt>() {
        return Ok(false);
    }
    let Some(dtype) = object.getattr_opt("dtype")? else {
        return Ok(false);
    };
    let kind = dtype.getattr_opt("kind")?.map(|kind| kind.extract::<String>());
    Ok(kind.is_some_and(|kind| !matches!(kind.as_deref(), Ok("i" | "u" | "f"))))
}

/// `whole`, for the parts that are written in Python.
#[pyfunction(name = "whole")]
#[pyo3(signature = (name, number, /, least=1))]
pub(crate) fn whole_of(name: &str, number: &Bound<'_, PyAny>, least: i64) -> PyResult<i64> {
    whole(name, number, least..=1 << 62)
}

/// A number of events per second.
#[pyfunction]
#[pyo3(signature = (name, number, /))]
pub(crate) fn rate(name: &str, number: &Bound<'_, PyAny>) -> PyResult<f64> {
    let py = number.py();
    let rate = real(number, "a number").map_err(|raised| named("argument", name, &raised, py))?;
    if rate.is_finite() && rate > 0.0 {
        return Ok(rate);
    }
    Err(error::invalid(
        py,
        name,
        &format!("is {rate} (give a number greater than 0)"),
    ))
}

/// A number of seconds, which may be none; for ever, if it is infinite.
#[pyfunction]
#[pyo3(signature = (name, number, /))]
pub(crate) fn pause(name: &str, number: &Bound<'_, PyAny>) -> PyResult<f64> {
    let seconds: Seconds = argument(name, number)?;
    seconds.span(number.py(), name)?;
    Ok(seconds.0)
}

/// The error about the type of `what` is called `name`, an argument or a field; any other as it is.
pub(crate) fn named(what: &str, name: &str, raised: &PyErr, py: Python<'_>) -> PyErr {
    if raised.is_instance_of::<PyTypeError>(py) {
        PyTypeError::new_err(format!("{what} '{name}': {}", raised.value(py)))
    } else {
        raised.clone_ref(py)
    }
}

/// The error for an argument of another type.
pub(crate) fn not_a(expected: &str, found: &Bound<'_, PyAny>) -> PyErr {
    let kind = found.get_type();
    let found = kind
        .name()
        .map_or_else(|_| "something else".to_owned(), |name| name.to_string());
    let way_out = if expected.ends_with("seconds") && found.to_lowercase().starts_with("timedelta") {
        " (give its total_seconds())"
    } else {
        ""
    };
    PyTypeError::new_err(format!("expected {expected}, not {}{way_out}", Printable(&found)))
}
