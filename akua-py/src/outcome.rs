//! How an edit ended: a result where the change is in effect, an exception for every other end.

use std::any::Any;

use akua_http::Awaited;
use akua_model::Cluster;
use akua_model::edit::{Applied, Edited, Proof};
use akua_model::report::{Kind, Report};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyTuple, PyType};
use serde::{Deserialize, Serialize};

use crate::binding::ResourceBinding;
use crate::error;

/// What makes the same result again, and of what.
type Again<'py> = (Bound<'py, PyAny>, (Bound<'py, PyTuple>, String));

/// An edit after which the change is in effect: every wanted value, but for what `adjusted` and `not_taken` list.
#[pyclass(frozen, weakref, module = "akua")]
pub(crate) struct EditResult {
    /// The resource, as it is with the change in it.
    #[pyo3(get)]
    pub(crate) resource: Py<PyAny>,
    facts: Facts,
    /// The fields that the server has stored otherwise than they were wanted, such as trimmed: `theirs` is what they show.
    #[pyo3(get)]
    adjusted: Py<PyTuple>,
    /// The fields that still show the value from before, though the write was carried out.
    #[pyo3(get)]
    not_taken: Py<PyTuple>,
}

/// What is known of it beside that.
#[derive(PartialEq, Serialize, Deserialize)]
struct Facts {
    proof: Option<Proof>,
    attempts: u32,
    requests: u32,
    story: String,
    /// For waiting until a cluster has settled.
    awaited: Option<Awaited>,
}

#[pymethods]
impl EditResult {
    /// True: the change is in effect, by this edit's write or, with the proof "observed", perhaps by somebody else's of
    /// the same values. False: everything already was as wanted, and nothing of this edit took effect.
    #[getter]
    pub(crate) fn changed(&self) -> bool {
        self.facts.proof.is_some()
    }

    /// How it is known: "acknowledged" by the answer to the write, "observed" in a later read; None if unchanged.
    #[getter]
    fn proof(&self) -> Option<&'static str> {
        self.facts.proof.map(Proof::name)
    }

    /// How many times a write was sent.
    #[getter]
    fn attempts(&self) -> u32 {
        self.facts.attempts
    }

    /// How many requests were sent, reads included.
    #[getter]
    fn requests(&self) -> u32 {
        self.facts.requests
    }

    /// What happened and why, step by step, for a person. No secret is in it.
    fn explain(&self) -> &str {
        &self.facts.story
    }

    /// `EditResult[Cluster]`, for annotations.
    #[classmethod]
    fn __class_getitem__<'py>(class: &Bound<'py, PyType>, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        class
            .py()
            .import("types")?
            .getattr("GenericAlias")?
            .call1((class, item))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let resource = self.resource.bind(py).repr()?;
        let (changed, attempts) = (if self.changed() { "True" } else { "False" }, self.facts.attempts);
        let proof = self.proof().map_or("None".to_owned(), |proof| format!("'{proof}'"));
        let listed = [("adjusted", &self.adjusted), ("not_taken", &self.not_taken)];
        let mut lists = String::new();
        for (name, reports) in listed {
            let names: Vec<String> = reports
                .bind(py)
                .iter()
                .map(|report| field_of(&report))
                .collect::<PyResult<_>>()?;
            if !names.is_empty() {
                lists.push_str(&format!(", {name}={names:?}").replace('"', "'"));
            }
        }
        Ok(format!(
            "EditResult({resource}, changed={changed}, proof={proof}, attempts={attempts}{lists})"
        ))
    }

    fn __richcmp__(&self, py: Python<'_>, other: &Bound<'_, PyAny>, how: CompareOp) -> PyResult<Py<PyAny>> {
        let Ok(other) = other.cast::<Self>().map(Bound::get) else {
            return error::compared(py, None, how);
        };
        let equal = self.facts == other.facts && self.shown(py)?.eq(other.shown(py)?)?;
        error::compared(py, Some(equal), how)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.resource.bind(py).hash()
    }

    /// It holds no client, so it can go to where there is none.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Again<'py>> {
        // It is made of texts and numbers: there is always a text for it.
        let facts = serde_json::to_string(&slf.get().facts).unwrap_or_default();
        Ok((slf.get_type().getattr("_again")?, (slf.get().shown(slf.py())?, facts)))
    }

    /// The one that was pickled.
    #[staticmethod]
    fn _again(py: Python<'_>, shown: (Py<PyAny>, Py<PyTuple>, Py<PyTuple>), facts: &str) -> PyResult<Self> {
        let (resource, adjusted, not_taken) = shown;
        let facts = serde_json::from_str(facts);
        let facts = facts.map_err(|problem| error::invalid(py, "facts", &format!("can't be read: {problem}")))?;
        Ok(Self {
            resource,
            facts,
            adjusted,
            not_taken,
        })
    }

    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        error::html(slf.py(), "result", slf)
    }
}

/// The name of a report's field.
fn field_of(report: &Bound<'_, PyAny>) -> PyResult<String> {
    report.getattr("field")?.extract()
}

impl EditResult {
    /// What is Python's of it.
    fn shown<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        (&self.resource, &self.adjusted, &self.not_taken).into_pyobject(py)
    }

    pub(crate) fn awaited(&self) -> Option<&Awaited> {
        self.facts.awaited.as_ref()
    }
}

/// What there is to wait for after a change, of a kind that settles.
fn waited_for<R: ResourceBinding>(applied: &Applied<R>) -> Option<Awaited> {
    let applied: &dyn Any = applied;
    applied.downcast_ref::<Applied<Cluster>>().map(Awaited::from)
}

/// The result, or the exception.
pub(crate) fn tell<R: ResourceBinding>(py: Python<'_>, edited: Edited<R>) -> PyResult<EditResult> {
    let report = Report::from(&edited);
    let awaited = edited.applied().and_then(waited_for);
    match (report.kind, edited.into_version()) {
        (Kind::Ok, Some(resource)) => Ok(EditResult {
            resource: resource.wrap(py)?,
            adjusted: error::facts(py, &report.adjusted)?.unbind(),
            not_taken: error::facts(py, &report.not_taken)?.unbind(),
            facts: Facts {
                proof: report.proof,
                attempts: report.attempts,
                requests: report.requests,
                story: report.story.unwrap_or_default(),
                awaited,
            },
        }),
        (_, version) => {
            let mut raising = error::told(py, &report)?;
            if let Some(version) = version {
                raising = raising.with("resource", version.wrap(py)?)?;
            }
            Err(raising.raise()?)
        }
    }
}
