//! `akua.Answer`: what any request was answered with a 2xx.

use std::hash::{DefaultHasher, Hash, Hasher};

use akua_http::AnyAnswer;
use akua_model::Json;
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;

use crate::{error, json};

/// What makes the same answer again, and of what.
type Again<'py> = (Bound<'py, PyAny>, Parts);
type Parts = (u16, Option<String>, Option<String>, Option<String>);

/// What a request was answered with a 2xx. Its body may hold a secret: `repr` shows the status and the size alone, and a pickle
/// carries it.
#[pyclass(frozen, weakref, module = "akua")]
pub(crate) struct Answer {
    /// The HTTP status, 200 to 299.
    #[pyo3(get)]
    pub(crate) status: u16,
    json: Option<Json>,
    /// The header `etag`, verbatim. Most answers have none: there the etag is a property of the body.
    #[pyo3(get)]
    etag: Option<String>,
    /// The server's id for the request.
    #[pyo3(get)]
    request_id: Option<String>,
}

#[pymethods]
impl Answer {
    /// The body in Python's own types, made anew each time; `None` if it was empty, as that of a 204. A number that no `float`
    /// holds is a `Decimal`, and what Python can't take apart stays a `str` of JSON.
    #[getter]
    fn json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match &self.json {
            Some(json) => json::exactly(py, json),
            None => Ok(py.None().into_bound(py)),
        }
    }

    fn __repr__(&self) -> String {
        let bytes = self.json.as_ref().map_or(0, |json| json.as_str().len());
        format!("<Answer {}, {bytes} bytes>", self.status)
    }

    fn __richcmp__(&self, py: Python<'_>, other: &Bound<'_, PyAny>, how: CompareOp) -> PyResult<Py<PyAny>> {
        let other = other.cast::<Self>().ok().map(Bound::get);
        error::compared(py, other.map(|other| self.shown() == other.shown()), how)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.shown().hash(&mut hasher);
        hasher.finish()
    }

    /// It holds no client, so it can go to where there is none.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Again<'py>> {
        let this = slf.get();
        let json = this.json.as_ref().map(|json| json.as_str().to_owned());
        let parts = (this.status, json, this.etag.clone(), this.request_id.clone());
        Ok((slf.get_type().getattr("_again")?, parts))
    }

    /// The one that was pickled.
    #[staticmethod]
    fn _again(
        py: Python<'_>,
        status: u16,
        json: Option<&str>,
        etag: Option<String>,
        request_id: Option<String>,
    ) -> PyResult<Self> {
        let json = json.map(str::parse).transpose();
        Ok(Self {
            status,
            json: json.map_err(|problem| error::raise_model(py, problem))?,
            etag,
            request_id,
        })
    }
}

impl Answer {
    fn shown(&self) -> (u16, Option<&Json>, Option<&str>, Option<&str>) {
        (
            self.status,
            self.json.as_ref(),
            self.etag.as_deref(),
            self.request_id.as_deref(),
        )
    }
}

impl From<AnyAnswer> for Answer {
    fn from(answer: AnyAnswer) -> Self {
        Self {
            status: answer.status,
            json: answer.json,
            etag: answer.etag.map(|etag| etag.to_string()),
            request_id: answer.request_id,
        }
    }
}
