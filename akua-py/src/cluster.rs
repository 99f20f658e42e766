//! What can be read of a cluster beside itself.

use akua_model::Cluster;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::binding::Subject;
use crate::call::Call;
use crate::options::CallOptions;
use crate::secret::Secret;
use crate::shared::Shared;

/// Reads the kubeconfig.
pub(crate) fn kubeconfig(
    shared: &Shared,
    subject: &Bound<'_, PyAny>,
    keywords: Option<&Bound<'_, PyDict>>,
) -> PyResult<Secret> {
    let (py, options) = (subject.py(), CallOptions::of("kubeconfig", keywords)?);
    let subject = Subject::<Cluster>::of(subject)?;
    let id = subject.id();
    Call::new(py, shared, &options)?
        .read(|clusters| clusters.kubeconfig(id))
        .map(Secret)
}
