//! The change of an edit as Python gives it: a dict of fields, a copy with other values, or a callable that is asked.

use pyo3::prelude::*;
use pyo3::types::PyMapping;

use crate::argument::not_a;
use crate::binding::{self, ResourceBinding};
use crate::callable::Callable;
use crate::fields::Fields;

/// Why an edit gets no patch.
pub(crate) const RAISED: &str = "it raised an exception";
/// Why a write is not sent.
pub(crate) const NOT_KEPT: &str = "the resume token could not be kept: keep_resume_token raised an exception";

/// Asks for the change of `current`.
pub(crate) fn ask<R: ResourceBinding>(
    py: Python<'_>,
    change: Option<&Callable>,
    current: R,
) -> PyResult<Option<R::Patch>> {
    let Some(change) = change else { return Ok(None) };
    let wanted = change.call(py, Some(current.clone().wrap(py)?.into_bound(py)))?;
    patch_of(py, &current, &wanted)
}

/// The change of `current` that a callable has given: None, a dict of fields, or a copy with other values.
pub(crate) fn patch_of<R: ResourceBinding>(
    py: Python<'_>,
    current: &R,
    wanted: &Bound<'_, PyAny>,
) -> PyResult<Option<R::Patch>> {
    if wanted.is_none() {
        return Ok(None);
    }
    if let Some(copy) = R::of(wanted) {
        return binding::difference(py, current, copy);
    }
    let Ok(fields) = wanted.cast::<PyMapping>() else {
        return Err(not_a(
            &format!("None, a dict of fields, or a {} with other values", R::CLASS),
            wanted,
        ));
    };
    fields_of::<R>(fields)
}

/// The patch that sets the fields of a dict; `None` of an empty one.
pub(crate) fn fields_of<R: ResourceBinding>(fields: &Bound<'_, PyMapping>) -> PyResult<Option<R::Patch>> {
    let given = Fields::of::<R>(fields)?;
    if given.is_empty() {
        return Ok(None);
    }
    given.patch::<R>(fields.py()).map(Some)
}
