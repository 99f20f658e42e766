//! The end of an edit for its caller: the result, or the exception that comes first of what was raised and what happened.

use akua_model::edit::{Edited, Outcome};
use pyo3::prelude::*;

use crate::binding::ResourceBinding;
use crate::outcome::{self, EditResult};
use crate::{call, credentials};

/// The caller's own exception, with a note of how the edit ended.
fn noted(py: Python<'_>, raised: PyErr, exception: &PyErr, (requests, writes): (usize, usize)) -> PyErr {
    let note = format!(
        "akua: {} (requests sent: {requests}, of them writes: {writes})",
        exception.value(py)
    );
    // Notes are newer than the oldest Python that is supported.
    let _ = raised.value(py).call_method1("add_note", (note,));
    raised
}

/// The result of an edit, or the exception that tells how it ended otherwise.
pub(crate) fn end<R: ResourceBinding>(
    py: Python<'_>,
    edited: Edited<R>,
    interrupted: Option<PyErr>,
    raised: Option<PyErr>,
) -> PyResult<EditResult> {
    let counts = (edited.requests(), edited.trace.writes());
    let nothing_sent = matches!(edited.outcome, Outcome::NotApplied(_));
    match (outcome::tell(py, edited), interrupted, raised) {
        // The caller's own exception says it all, as nothing took effect.
        (Err(exception), None, Some(raised)) if nothing_sent => Err(noted(py, raised, &exception, counts)),
        (Err(exception), None, Some(raised)) => {
            exception.set_cause(py, Some(raised));
            Err(exception)
        }
        (Err(exception), None, None) => Err(credentials::caused(py, exception)),
        (Err(exception), Some(interrupted), _) => Err(call::interrupted(py, interrupted, exception)),
        (Ok(result), Some(interrupted), _) if result.changed() => {
            let resource = R::of(result.resource.bind(py)).cloned();
            Err(match resource {
                Some(resource) => {
                    let became = call::applied_all_the_same(py, resource);
                    call::interrupted(py, interrupted, became)
                }
                None => interrupted,
            })
        }
        (Ok(_), Some(interrupted), _) => Err(interrupted),
        (Ok(result), None, _) => Ok(result),
    }
}
