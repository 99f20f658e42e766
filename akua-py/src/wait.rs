//! `wait_settled`: reads a cluster until the server has stopped reconciling it.

use akua_http::Awaited;
use akua_model::report::{Kind, Report};
use akua_model::{Cluster, ClusterPatch, Declared, Etag, Patch, ResourceKind, Value};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::argument::text;
use crate::binding::{ClassBinding, Subject};
use crate::call::Call;
use crate::error::{self, Raising};
use crate::fields::Fields;
use crate::options::{self, CallOptions};
use crate::outcome::EditResult;
use crate::shared::Shared;

/// The kinds that can be waited for.
pub(crate) const SETTLES: &[ResourceKind] = &[ResourceKind::Cluster];

/// The cluster once it has settled; an exception for every other end.
pub(crate) fn wait_settled(
    shared: &Shared,
    subject: &Bound<'_, PyAny>,
    after: Option<&Bound<'_, PyAny>>,
    keywords: Option<&Bound<'_, PyDict>>,
) -> PyResult<Py<PyAny>> {
    let py = subject.py();
    let (mut options, mut fields) = (CallOptions::default(), Fields::default());
    options::each(keywords, "wait_settled", options::known::<Cluster>, |name, value| {
        Ok(fields.take::<Cluster>(name, value)? || options.take(name, value)?)
    })?;
    let (mut awaited, id) = match subject.cast::<EditResult>() {
        Ok(result) => {
            let resource = result.get().resource.bind(py);
            let id = Subject::<Cluster>::of(resource)?.id().clone();
            (result.get().awaited().cloned().unwrap_or_else(|| Awaited::of(&id)), id)
        }
        Err(_) => {
            let id = Subject::<Cluster>::of(subject)?.id().clone();
            (Awaited::of(&id), id)
        }
    };
    if let Some(etag) = after {
        awaited = awaited.after(&Etag::from(text("after", etag)?));
    }
    let ours = (!fields.is_empty()).then(|| fields.patch::<Cluster>(py)).transpose()?;
    if let Some(ours) = &ours {
        awaited = awaited.holding(ours);
    }
    let settled = Call::<Cluster>::new(py, shared, &options)?.read(|clusters| clusters.wait_settled(awaited))?;
    let report = settled.report(&id);
    let last = settled.into_cluster();
    match (report.kind, last) {
        (Kind::Ok, Some(cluster)) => cluster.wrap(py),
        (_, last) => Err(error::either(
            ended(py, &report, ours.as_ref(), last).and_then(Raising::raise),
        )),
    }
}

fn ended<'py>(
    py: Python<'py>,
    report: &Report,
    ours: Option<&ClusterPatch>,
    last: Option<Cluster>,
) -> PyResult<Raising<'py>> {
    let mut raising = error::told(py, report)?;
    let Some(cluster) = last else { return Ok(raising) };
    if report.kind == Kind::Superseded {
        let ours = ours.map(Patch::assignments).unwrap_or_default();
        let reports = ours.iter().map(|ours| {
            let (field, theirs) = (ours.field, cluster.value(ours.field).value().map(Value::to_text));
            let shown = Some(ours.value.to_text()).filter(|_| !field.is_secret());
            (
                field.name,
                None::<&str>,
                shown,
                theirs,
                None::<&str>,
                PyTuple::empty(py),
            )
        });
        raising = raising.with("facts", error::records(py, "FieldReport", reports)?)?;
    }
    raising.with("resource", cluster.wrap(py)?)
}
