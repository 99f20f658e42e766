//! `akua.Workspace`: what one answer said of a workspace, made into Python objects where it is looked at.

use std::hash::{DefaultHasher, Hash, Hasher};

use akua_http::Collection;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyDateTime, PyDict, PyType};

use crate::noun::{self, Noun};
use crate::{error, json, time};

/// A workspace as one answer showed it: immutable, equal if everything in it is equal.
#[pyclass(frozen, module = "akua")]
pub(crate) struct Workspace(pub(crate) akua_model::Workspace);

impl Noun for akua_model::Workspace {
    const CLASS: &'static str = "Workspace";

    fn collection(client: &akua_http::Client) -> Collection<Self> {
        client.workspaces()
    }

    fn wrap(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(Py::new(py, Workspace(self))?.into_any())
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        dict.set_item(intern!(py, "id"), self.id.as_str())?;
        dict.set_item(intern!(py, "name"), &self.name)?;
        dict.set_item(intern!(py, "slug"), &self.slug)?;
        dict.set_item(intern!(py, "plan"), plan_to_dict(py, &self.plan)?)?;
        if let Some(class) = &self.workspace_class {
            dict.set_item(intern!(py, "workspace_class"), class.as_str())?;
        }
        dict.set_item(intern!(py, "created_at"), time::raw(py, &self.created_at)?)?;
        dict.set_item(intern!(py, "updated_at"), time::raw(py, &self.updated_at)?)?;
        dict.set_item(intern!(py, "etag"), self.etag.as_str())?;
        json::extend(&dict, self.unknown.as_map())?;
        Ok(dict)
    }

    fn of<'a>(object: &'a Bound<'_, PyAny>) -> Option<&'a Self> {
        object.cast::<Workspace>().ok().map(|workspace| &workspace.get().0)
    }
}

#[pymethods]
impl Workspace {
    /// The id.
    #[getter]
    fn id(&self) -> &str {
        self.0.id.as_str()
    }

    /// The name.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// The part of its address that people choose.
    #[getter]
    fn slug(&self) -> &str {
        &self.0.slug
    }

    /// The plan.
    #[getter]
    fn plan(&self) -> Plan {
        Plan(self.0.plan.clone())
    }

    /// What it is for, if the answer said so.
    #[getter]
    fn workspace_class<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let class = self.0.workspace_class.as_ref();
        class
            .map(|class| error::member(py, "WorkspaceClass", class.as_str()))
            .transpose()
    }

    /// When it was made, in UTC. `OverflowError` where no datetime can hold it.
    #[getter]
    fn created_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDateTime>> {
        time::datetime(py, "created_at", &self.0.created_at)
    }

    /// When it was made, in Unix seconds as the answer had it. Never an error.
    #[getter]
    fn created_at_unix<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        time::unix(py, &self.0.created_at)
    }

    /// When it last changed, in UTC. `OverflowError` where no datetime can hold it.
    #[getter]
    fn updated_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDateTime>> {
        time::datetime(py, "updated_at", &self.0.updated_at)
    }

    /// When it last changed, in Unix seconds as the answer had it. Never an error.
    #[getter]
    fn updated_at_unix<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        time::unix(py, &self.0.updated_at)
    }

    /// The etag of this version.
    #[getter]
    fn etag(&self) -> &str {
        self.0.etag.as_str()
    }

    /// The properties that this version of the library does not know.
    #[getter]
    fn unknown<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        json::object_to_python(py, self.0.unknown.as_map())
    }

    /// Everything as the answer had it, in plain types.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.0.to_dict(py)
    }

    /// Everything as the answer had it, as JSON.
    fn to_json(&self) -> String {
        noun::to_json(&self.0)
    }

    /// The workspace with these properties, named as in an answer. For tests, and for what `to_dict` has given.
    #[classmethod]
    #[pyo3(signature = (properties, /))]
    fn from_dict(_class: &Bound<'_, PyType>, properties: &Bound<'_, PyDict>) -> PyResult<Self> {
        noun::from_dict(properties).map(Self)
    }

    /// A copy with other values; nothing is sent. `copy.replace(workspace, name="…")` calls it.
    #[pyo3(signature = (/, **changes))]
    fn __replace__(&self, py: Python<'_>, changes: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        noun::replaced(py, &self.0, changes).map(Self)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let workspace = &self.0;
        let parts: [(&str, &dyn std::fmt::Display); 4] = [
            ("id", &workspace.id),
            ("name", &workspace.name),
            ("slug", &workspace.slug),
            ("etag", &workspace.etag),
        ];
        noun::shown(py, "Workspace", &parts, "")
    }

    fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        error::html(slf.py(), "resource", slf)
    }

    fn __richcmp__(&self, py: Python<'_>, other: &Bound<'_, PyAny>, how: CompareOp) -> PyResult<Py<PyAny>> {
        error::compared(py, other.cast::<Self>().ok().map(|other| self.0 == other.get().0), how)
    }

    fn __hash__(&self) -> u64 {
        noun::hash_of(&self.0)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyDict>,))> {
        Ok((slf.get_type().getattr("from_dict")?, (slf.get().to_dict(slf.py())?,)))
    }
}

/// The plan of a workspace.
#[pyclass(frozen, module = "akua")]
pub(crate) struct Plan(akua_model::Plan);

#[pymethods]
impl Plan {
    /// The tier, if the answer named one.
    #[getter]
    fn tier(&self) -> Option<&str> {
        self.0.tier.as_deref()
    }

    /// Who bills for it, if the answer said so.
    #[getter]
    fn billed_by<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let billed_by = self.0.billed_by.as_ref();
        billed_by
            .map(|by| error::member(py, "BilledBy", by.as_str()))
            .transpose()
    }

    /// The properties that this version of the library does not know.
    #[getter]
    fn unknown<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        json::object_to_python(py, self.0.unknown.as_map())
    }

    /// Everything as the answer had it, in plain types.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        plan_to_dict(py, &self.0)
    }

    /// The plan with these properties, named as in an answer.
    #[classmethod]
    #[pyo3(signature = (properties, /))]
    fn from_dict(_class: &Bound<'_, PyType>, properties: &Bound<'_, PyDict>) -> PyResult<Self> {
        noun::from_value(properties.py(), "plan", json::from_python(properties)?).map(Self)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let tier: Option<(&str, &dyn std::fmt::Display)> = self.0.tier.as_ref().map(|tier| ("tier", tier as _));
        let billed: Option<(&str, &dyn std::fmt::Display)> = self.0.billed_by.as_ref().map(|by| ("billed_by", by as _));
        let parts: Vec<_> = tier.into_iter().chain(billed).collect();
        noun::shown(py, "Plan", &parts, "")
    }

    fn __richcmp__(&self, py: Python<'_>, other: &Bound<'_, PyAny>, how: CompareOp) -> PyResult<Py<PyAny>> {
        error::compared(py, other.cast::<Self>().ok().map(|other| self.0 == other.get().0), how)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.0.tier, &self.0.billed_by).hash(&mut hasher);
        hasher.finish()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyDict>,))> {
        Ok((slf.get_type().getattr("from_dict")?, (slf.get().to_dict(slf.py())?,)))
    }
}

fn plan_to_dict<'py>(py: Python<'py>, plan: &akua_model::Plan) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    if let Some(tier) = &plan.tier {
        dict.set_item(intern!(py, "tier"), tier)?;
    }
    if let Some(billed_by) = &plan.billed_by {
        dict.set_item(intern!(py, "billed_by"), billed_by.as_str())?;
    }
    json::extend(&dict, plan.unknown.as_map())?;
    Ok(dict)
}
