//! Timestamps: as aware `datetime`, and as the raw number.

use akua_model::Timestamp;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyTzInfo};
use serde_json::Value;

use crate::json;

/// The first and the last second that a `datetime` can hold: years 1 to 9999.
const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// The Unix seconds as the answer gave them: a whole number or a fraction. Never an error.
pub(crate) fn unix<'py>(py: Python<'py>, timestamp: &Timestamp) -> PyResult<Bound<'py, PyAny>> {
    match serde_json::to_value(timestamp) {
        Ok(Value::Number(number)) => json::number_to_python(py, &number),
        // A text: it was parsed when the answer was read, so there are seconds.
        _ => json::number_to_python(py, &timestamp.unix_seconds().unwrap_or_default().into()),
    }
}

/// The timestamp as the answer had it: a number or a text.
pub(crate) fn raw<'py>(py: Python<'py>, timestamp: &Timestamp) -> PyResult<Bound<'py, PyAny>> {
    json::to_python(py, &serde_json::to_value(timestamp).unwrap_or_default())
}

/// The aware `datetime` in UTC, to the microsecond.
///
/// An `OverflowError` if the time is out of its range.
pub(crate) fn datetime<'py>(py: Python<'py>, name: &str, timestamp: &Timestamp) -> PyResult<Bound<'py, PyDateTime>> {
    let out_of_range = || {
        PyOverflowError::new_err(format!(
            "{name} is {timestamp}, which no datetime can hold (years 1 to 9999): read {name}_unix"
        ))
    };
    let at = match serde_json::to_value(timestamp) {
        Ok(Value::Number(number)) if number.is_f64() => {
            let seconds = number.as_f64().unwrap_or(f64::NAN);
            // Rounded as the number was meant: 0.1 s are 100,000 microseconds.
            #[allow(clippy::cast_possible_truncation)]
            let micros = (seconds * 1e6).round() as i64;
            jiff::Timestamp::from_microsecond(micros)
        }
        Ok(Value::String(text)) => text.parse(),
        _ => jiff::Timestamp::from_second(timestamp.unix_seconds().ok_or_else(out_of_range)?),
    };
    let at = at.map_err(|_| out_of_range())?;
    if !RANGE.contains(&at.as_second()) {
        return Err(out_of_range());
    }
    let civil = at.to_zoned(jiff::tz::TimeZone::UTC).datetime();
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
