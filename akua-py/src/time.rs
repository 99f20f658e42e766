//! Timestamps: as aware `datetime`, and as the raw number.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyTzInfo};
use serde_json::Value;

use crate::json;

/// The Unix seconds as the answer gave them: a whole number or a fraction. Never an error.
pub(crate) fn unix<'py>(py: Python<'py>, stamp: &akua_model::Timestamp) -> PyResult<Bound<'py, PyAny>> {
    match stamp.number() {
        Some(number) => json::exactly(py, &number),
        // A text: it was parsed when the answer was read, so there are seconds.
        None => stamp.unix_seconds().into_bound_py_any(py),
    }
}

/// The timestamp as the answer had it: a number or a text.
pub(crate) fn raw<'py>(py: Python<'py>, stamp: &akua_model::Timestamp) -> PyResult<Bound<'py, PyAny>> {
    match stamp.number() {
        Some(number) => json::exactly(py, &number),
        None => stamp.to_string().into_bound_py_any(py),
    }
}

/// The aware `datetime` in UTC, to the microsecond.
///
/// An `OverflowError` if the time is out of its range.
pub(crate) fn datetime<'py>(
    py: Python<'py>,
    name: &str,
    stamp: &akua_model::Timestamp,
) -> PyResult<Bound<'py, PyDateTime>> {
    let out_of_range = || {
        PyOverflowError::new_err(format!(
            "{name} is {stamp}, which no datetime can hold (years 1 to 9999): read {name}_unix"
        ))
    };
    let since = match serde_json::to_value(stamp) {
        Ok(Value::Number(number)) if number.is_f64() => {
            // Rounded as the number was meant: 0.1 s are 100,000 microseconds. What is far out stays far out.
            #[allow(clippy::cast_possible_truncation)]
            let micros = (number.as_f64().unwrap_or(f64::INFINITY) * 1e6).round() as i64;
            SignedDuration::from_micros(micros)
        }
        Ok(Value::String(text)) => text.parse::<Timestamp>().map_err(|_| out_of_range())?.as_duration(),
        _ => SignedDuration::from_secs(stamp.unix_seconds().ok_or_else(out_of_range)?),
    };
    let civil = DateTime::constant(1970, 1, 1, 0, 0, 0, 0)
        .checked_add(since)
        .map_err(|_| out_of_range())?;
    if civil.year() < 1 {
        return Err(out_of_range());
    }
    let utc = PyTzInfo::utc(py)?;
    PyDateTime::new(
        py,
        civil.year().into(),
        civil.month().unsigned_abs(),
        civil.day().unsigned_abs(),
        civil.hour().unsigned_abs(),
        civil.minute().unsigned_abs(),
        civil.second().unsigned_abs(),
        (civil.subsec_nanosecond() / 1000).unsigned_abs(),
        Some(&utc),
    )
}
