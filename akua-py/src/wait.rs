//! `wait_settled`: reads a cluster until the server has stopped reconciling it.

use akua_http::Awaited;
use akua_model::report::{Kind, Report};
use akua_model::{Cluster, ClusterPatch, Etag, Patch, Resource, Value};
use pyo3::prelude::*;

use crate::argument::Text;
use crate::call::Call;
use crate::client::Shared;
use crate::error::{self, Raising};
use crate::noun::{Noun, Subject};
use crate::options::Options;
use crate::outcome::EditResult;
use crate::update::{Fields, values};

/// The cluster once it has settled; an exception for every other end.
pub(crate) fn wait_settled(
    py: Python<'_>,
    shared: &Shared,
    subject: &Bound<'_, PyAny>,
    after: &Text<'_>,
    fields: &Fields<'_, '_, 4>,
    options: &Options,
) -> PyResult<Py<PyAny>> {
    let (mut awaited, id) = match subject.cast::<EditResult>() {
        Ok(result) => {
            let resource = result.get().resource().bind(py);
            let id = Subject::<Cluster>::of(resource)?.id().clone();
            (result.get().awaited().cloned().unwrap_or_else(|| Awaited::of(&id)), id)
        }
        Err(_) => {
            let id = Subject::<Cluster>::of(subject)?.id().clone();
            (Awaited::of(&id), id)
        }
    };
    if let Some(etag) = after.as_str("after")? {
        awaited = awaited.after(&Etag::from(etag));
    }
    let ours = values(fields)?;
    let ours = if ours.is_empty() {
        None
    } else {
        Some(ClusterPatch::from_texts(&ours))
    };
    let ours = ours.transpose().map_err(|problem| error::raise_model(py, problem))?;
    if let Some(ours) = &ours {
        awaited = awaited.holding(ours);
    }
    let settled = Call::<Cluster>::new(py, shared, options)?.read(|clusters| clusters.wait_settled(awaited))?;
    let mut report = Report::from(&settled);
    let last = settled.into_cluster();
    match (report.kind, last) {
        (Kind::Ok, Some(cluster)) => cluster.wrap(py),
        (_, last) => {
            report.message = format!("waiting for cluster {id}: {}", report.message);
            Err(error::either(
                ended(py, &report, ours.as_ref(), last).and_then(Raising::raise),
            ))
        }
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
            (field.name, None::<&str>, shown, theirs, None::<&str>)
        });
        raising = raising.with("facts", error::records(py, "FieldReport", reports)?)?;
    }
    raising.with("resource", cluster.wrap(py)?)
}
