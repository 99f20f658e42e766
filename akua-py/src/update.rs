//! `update`: one conditional request, sent once.

use akua_model::{IdempotencyKey, IfMatch, Patch, Resource, ResourceKind, Value, Versioned, with_kind};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::argument::text;
use crate::binding::{KindBinding, ResourceBinding, Subject};
use crate::call::{self, Call};
use crate::error::{self, Raising};
use crate::fields::Fields;
use crate::options::{self, CallOptions};
use crate::shared::Shared;

/// Sends one conditional request that sets the fields among `keywords`.
pub(crate) fn update<R: ResourceBinding>(
    shared: &Shared,
    subject: &Bound<'_, PyAny>,
    if_match: Option<&Bound<'_, PyAny>>,
    idempotency_key: Option<&Bound<'_, PyAny>>,
    keywords: Option<&Bound<'_, PyDict>>,
) -> PyResult<Py<PyAny>> {
    let py = subject.py();
    let (mut options, mut fields) = (CallOptions::default(), Fields::default());
    options::each(keywords, "update", options::known::<R>, |name, value| {
        Ok(fields.take::<R>(name, value)? || options.take(name, value)?)
    })?;
    let key = key::<R>(idempotency_key)?;
    let subject = Subject::<R>::of(subject)?;
    let if_match = precondition(py, &subject, if_match)?;
    let patch = fields.patch::<R>(py)?;
    let id = subject.id();
    Call::<R>::new(py, shared, &options)?.write(
        |collection| match &key {
            Some(key) => collection.update_with_key(id, &if_match, &patch, key),
            None => collection.update(id, &if_match, &patch),
        },
        |raising| with_sides(py, raising, &subject, &patch),
        call::applied_all_the_same,
    )
}

/// The idempotency key, of a kind that takes one.
fn key<R: ResourceBinding>(given: Option<&Bound<'_, PyAny>>) -> PyResult<Option<IdempotencyKey>> {
    let Some(given) = given else { return Ok(None) };
    let (py, text) = (given.py(), text("idempotency_key", given)?);
    if !R::TAKES_IDEMPOTENCY_KEY {
        let takes = |kind: &&ResourceKind| with_kind!(kind, Resource K => K::TAKES_IDEMPOTENCY_KEY, else => false);
        let takers = ResourceKind::ALL.iter().filter(takes);
        let takers: Vec<_> = takers.map(|kind| kind.plural()).collect();
        let problem = format!(
            "is not taken for {}, only for {} (leave it out: one update under one etag lands at most once)",
            R::KIND.plural().replace('_', " "),
            takers.join(" and ")
        );
        return Err(error::invalid(py, "idempotency_key", &problem));
    }
    text.parse()
        .map(Some)
        .map_err(|problem| error::raise_model(py, problem))
}

/// The etag that guards the write: the one given, or that of the version given.
pub(crate) fn precondition<R: KindBinding + Versioned>(
    py: Python<'_>,
    subject: &Subject<'_, R>,
    if_match: Option<&Bound<'_, PyAny>>,
) -> PyResult<IfMatch> {
    let made = match (if_match.map(|etag| text("if_match", etag)).transpose()?, subject) {
        (Some(etag), _) => etag.parse(),
        (None, Subject::Seen(seen)) => seen.etag().if_match(),
        (None, Subject::Id(_)) => {
            let problem = format!(
                "is missing: an id alone says nothing of the version that was seen (pass the {}, or the etag as if_match=…)",
                R::NOUN
            );
            return Err(error::invalid(py, "if_match", &problem));
        }
    };
    made.map_err(|problem| error::raise_model(py, problem))
}

/// Adds what the two sides of a conflict are known to want.
fn with_sides<'py, R: ResourceBinding>(
    py: Python<'py>,
    raising: Raising<'py>,
    subject: &Subject<'_, R>,
    patch: &R::Patch,
) -> PyResult<Raising<'py>> {
    if !raising.is_of(&["ConflictError", "IndeterminateError"]) {
        return Ok(raising);
    }
    let mut reports = Vec::new();
    for assignment in patch.assignments() {
        let field = assignment.field;
        let base = match subject {
            Subject::Seen(seen) => seen.value(field).value().map(Value::to_text),
            Subject::Id(_) => None,
        };
        let ours = Some(assignment.value.to_text()).filter(|_| !field.is_secret());
        reports.push((field.name, base, ours, None::<&str>, None::<&str>, PyTuple::empty(py)));
    }
    raising.with("facts", error::records(py, "FieldReport", reports)?)
}
