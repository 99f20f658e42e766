//! What a ledger says, for Python.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use akua_fleet::{Proof, Report, Row, State};
use akua_http::Error;
use akua_model::Printable;
use akua_model::report::End as CallEnd;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};
use serde_json::json;

use crate::detached::detached;
use crate::{error, fleet_run, json};

/// A report, read as it is asked for. `akua.fleet.Report` is the class to use.
#[pyclass(frozen, module = "akua._akua")]
pub(crate) struct FleetReport(Mutex<Report>);

#[pymethods]
impl FleetReport {
    #[new]
    fn new(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let opened = detached(py, || Report::open(path))?;
        opened
            .map(|report| Self(Mutex::new(report)))
            .map_err(|problem| error::raise(py, &problem))
    }

    /// How many items stand where.
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        fleet_run::record(py, &self.with(py, |report| Ok(report.counts()))?)
    }

    /// What the plan is made of, and what it is about.
    fn plan(&self, py: Python<'_>) -> PyResult<String> {
        self.with(py, |report| Ok(report.plan()))
    }

    /// The counts, and below them what did not end well.
    fn text(&self, py: Python<'_>) -> PyResult<String> {
        self.with(py, |report| Ok(report.to_string()))
    }

    /// Every item as a dict, or only so many of those that did not end well.
    #[pyo3(signature = (troubled=None, /))]
    fn rows<'py>(&self, py: Python<'py>, troubled: Option<usize>) -> PyResult<Bound<'py, PyList>> {
        let rows = self.with(py, |report| match troubled {
            None => report.rows().collect::<Result<Vec<Row>, Error>>(),
            Some(most) => report.troubled().take(most).collect(),
        })?;
        let list = PyList::empty(py);
        for row in rows {
            list.append(shown(py, &row)?)?;
        }
        Ok(list)
    }

    /// The item of this resource as a dict; None if it is not in the plan.
    fn row_of<'py>(&self, py: Python<'py>, id: &str) -> PyResult<Option<Bound<'py, PyDict>>> {
        let row = self.with(py, |report| report.row_of(id))?;
        row.map(|row| shown(py, &row)).transpose()
    }

    /// As CSV.
    fn csv(&self, py: Python<'_>) -> PyResult<String> {
        self.text_of(py, |report, to| report.write_csv(to))
    }

    /// As JSON.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        self.text_of(py, |report, to| report.write_json(to))
    }
}

impl FleetReport {
    fn with<T: Send>(&self, py: Python<'_>, read: impl FnOnce(&Report) -> Result<T, Error> + Send) -> PyResult<T> {
        let done = detached(py, || read(&self.0.lock().unwrap_or_else(PoisonError::into_inner)))?;
        done.map_err(|problem| error::raise(py, &problem))
    }

    fn text_of(
        &self,
        py: Python<'_>,
        write: impl FnOnce(&Report, &mut Vec<u8>) -> Result<(), Error> + Send,
    ) -> PyResult<String> {
        self.with(py, |report| {
            let mut text = Vec::new();
            write(report, &mut text)?;
            Ok(String::from_utf8_lossy(&text).into_owned())
        })
    }
}

/// A text for a person, in which what would act where it is printed is escaped.
#[pyfunction]
#[pyo3(signature = (text, /))]
pub(crate) fn printable(text: &Bound<'_, PyString>) -> String {
    Printable(&text.to_string_lossy()).to_string()
}

/// A row with the names of the CSV, in its order. A column has one type throughout, so that a data frame that looks at the
/// first rows only takes the rest.
fn shown<'py>(py: Python<'py>, row: &Row) -> PyResult<Bound<'py, PyDict>> {
    let end = row.end.as_ref().filter(|end| end.state == row.state);
    let dict = PyDict::new(py);
    for (name, value) in [
        ("item", json!(row.item)),
        ("id", json!(row.id)),
        ("state", json!(row.state)),
        ("launch", json!(row.launch.map_or("", CallEnd::name))),
        ("fate", json!(row.fate.map_or("", CallEnd::name))),
        ("operation", json!(row.operation.as_deref().unwrap_or_default())),
        ("made", json!(row.made.as_deref().unwrap_or_default())),
        ("proof", json!(end.and_then(|end| end.proof).map_or("", Proof::name))),
        (
            "etag",
            json!(end.and_then(|end| end.etag.as_deref()).unwrap_or_default()),
        ),
        ("status", json!(end.and_then(|end| end.status).unwrap_or_default())),
        (
            "may_still_land",
            // One whose end is not known is under way, or was.
            json!(row.state == State::Indeterminate && end.and_then(|end| end.may_still_land).unwrap_or(true)),
        ),
        ("epochs", json!(row.epochs)),
        ("requests", json!(end.map_or(0, |end| end.requests))),
        ("changed_ms", json!(row.changed_ms.unwrap_or_default())),
        ("what_happened", json!(row.detail())),
        ("fields", json!(end.map_or(&[][..], |end| &end.fields))),
        ("candidates", json!(row.candidates)),
        ("token", json!(row.token.as_deref().unwrap_or_default())),
    ] {
        dict.set_item(name, json::to_python(py, &value)?)?;
    }
    Ok(dict)
}
