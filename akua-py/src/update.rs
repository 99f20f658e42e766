//! `update`: one conditional request, sent once, for both kinds of resource.

use akua_http::{Collection, Error};
use akua_model::{IfMatch, Patch, Value};
use pyo3::prelude::*;

use crate::argument::Text;
use crate::call::Call;
use crate::client::Shared;
use crate::error::{self, Raising};
use crate::noun::{Noun, Subject};
use crate::options::Options;

/// The fields that a call sets: each with the name of its argument, which is that on the wire.
pub(crate) type Fields<'a, 'py, const N: usize> = [(&'static str, &'a Text<'py>); N];

/// The patch that sets `fields`; `None` if none is given.
pub(crate) fn patch<R: Noun, const N: usize>(py: Python<'_>, fields: &Fields<'_, '_, N>) -> PyResult<R::Patch> {
    let values = values(fields)?;
    R::Patch::from_texts(&values).map_err(|problem| error::raise_model(py, problem))
}

/// The fields that are given.
pub(crate) fn values<'a, const N: usize>(fields: &Fields<'a, '_, N>) -> PyResult<Vec<(&'static str, &'a str)>> {
    let mut values = Vec::with_capacity(N);
    for (name, text) in fields {
        if let Some(text) = text.as_str(name)? {
            values.push((*name, text));
        }
    }
    Ok(values)
}

/// Sends one conditional request. `send` gets it on its way.
pub(crate) fn update<R: Noun, const N: usize>(
    py: Python<'_>,
    shared: &Shared,
    subject: &Bound<'_, PyAny>,
    if_match: &Text<'_>,
    fields: &Fields<'_, '_, N>,
    options: &Options,
    send: impl FnOnce(&Collection<R>, &R::Id, &IfMatch, &R::Patch) -> Result<R, Error> + Send,
) -> PyResult<Py<PyAny>> {
    let subject = Subject::<R>::of(subject)?;
    let if_match = precondition(py, &subject, if_match)?;
    let patch = patch::<R, N>(py, fields)?;
    let id = subject.id();
    Call::new(py, shared, options)?.write(
        |collection| send(collection, id, &if_match, &patch),
        |raising| with_sides(py, raising, &subject, &patch),
    )
}

/// The etag that guards the write: the one given, or that of the version given.
fn precondition<R: Noun>(py: Python<'_>, subject: &Subject<'_, R>, if_match: &Text<'_>) -> PyResult<IfMatch> {
    let made = match (if_match.as_str("if_match")?, subject) {
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
fn with_sides<'py, R: Noun>(
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
        reports.push((field.name, base, ours, None::<&str>, None::<&str>));
    }
    raising.with("facts", error::records(py, "FieldReport", reports)?)
}
