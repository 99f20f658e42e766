//! `akua.Cluster`: what one answer said of a cluster, made into Python objects where it is looked at.

use akua_http::{Awaited, Collection};
use akua_model::edit::Applied;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyDateTime, PyDict, PyType};

use crate::noun::{self, Noun};
use crate::{error, json, time};

/// A cluster as one answer showed it: immutable, equal if everything in it is equal.
///
/// `region_id` and `kubeconfig` can be written and are never in an answer.
#[pyclass(frozen, module = "akua")]
pub(crate) struct Cluster(pub(crate) akua_model::Cluster);

impl Noun for akua_model::Cluster {
    const CLASS: &'static str = "Cluster";

    fn collection(client: &akua_http::Client) -> Collection<Self> {
        client.clusters()
    }

    fn wrap(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(Py::new(py, Cluster(self))?.into_any())
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        dict.set_item(intern!(py, "id"), self.id.as_str())?;
        if let Some(url) = &self.html_url {
            dict.set_item(intern!(py, "html_url"), url)?;
        }
        dict.set_item(intern!(py, "name"), &self.name)?;
        dict.set_item(intern!(py, "workspace_id"), self.workspace_id.as_str())?;
        dict.set_item(intern!(py, "state"), self.state.as_str())?;
        dict.set_item(intern!(py, "provider"), self.provider.as_str())?;
        dict.set_item(intern!(py, "reconciling"), self.reconciling)?;
        dict.set_item(intern!(py, "created_at"), time::raw(py, &self.created_at)?)?;
        dict.set_item(intern!(py, "updated_at"), time::raw(py, &self.updated_at)?)?;
        dict.set_item(intern!(py, "etag"), self.etag.as_str())?;
        json::extend(&dict, self.unknown.as_map())?;
        Ok(dict)
    }

    fn awaited(applied: &Applied<Self>) -> Option<Awaited> {
        Some(applied.into())
    }

    fn of<'a>(object: &'a Bound<'_, PyAny>) -> Option<&'a Self> {
        object.cast::<Cluster>().ok().map(|cluster| &cluster.get().0)
    }
}

#[pymethods]
impl Cluster {
    /// The id.
    #[getter]
    fn id(&self) -> &str {
        self.0.id.as_str()
    }

    /// Its page for people, if the answer had one.
    #[getter]
    fn html_url(&self) -> Option<&str> {
        self.0.html_url.as_deref()
    }

    /// The name.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// The workspace it belongs to.
    #[getter]
    fn workspace_id(&self) -> &str {
        self.0.workspace_id.as_str()
    }

    /// Where it is in its life.
    #[getter]
    fn state<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        error::member(py, "ClusterState", self.0.state.as_str())
    }

    /// Who runs its control plane.
    #[getter]
    fn provider<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        error::member(py, "Provider", self.0.provider.as_str())
    }

    /// Whether the server is still bringing it into the state that was asked for.
    #[getter]
    fn reconciling(&self) -> bool {
        self.0.reconciling
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

    /// The cluster with these properties, named as in an answer. For tests, and for what `to_dict` has given.
    #[classmethod]
    #[pyo3(signature = (properties, /))]
    fn from_dict(_class: &Bound<'_, PyType>, properties: &Bound<'_, PyDict>) -> PyResult<Self> {
        noun::from_dict(properties).map(Self)
    }

    /// A copy with other values; nothing is sent. `copy.replace(cluster, name="…")` calls it.
    #[pyo3(signature = (/, **changes))]
    fn __replace__(&self, py: Python<'_>, changes: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        noun::replaced(py, &self.0, changes).map(Self)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let cluster = &self.0;
        let parts: [(&str, &dyn std::fmt::Display); 4] = [
            ("id", &cluster.id),
            ("name", &cluster.name),
            ("state", &cluster.state),
            ("etag", &cluster.etag),
        ];
        noun::shown(
            py,
            "Cluster",
            &parts,
            if cluster.reconciling { ", reconciling=True" } else { "" },
        )
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
