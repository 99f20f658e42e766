//! The end of an edit for its caller: the result, or the exception that comes first of what was raised and what happened.

use akua_model::edit::{Edited, Outcome, Trace};
use pyo3::prelude::*;

use crate::binding::ResourceBinding;
use crate::outcome::{self, EditResult};
use crate::{call, credentials};

/// What was sent by a call that has ended.
pub(crate) struct Sent {
    requests: usize,
    writes: usize,
    /// Whether it is proven that none of it took effect.
    for_nothing: bool,
}

impl Sent {
    pub(crate) fn new(trace: &Trace, for_nothing: bool) -> Self {
        Self {
            requests: trace.requests(),
            writes: trace.writes(),
            for_nothing,
        }
    }
}

/// What was raised while a call went on.
#[derive(Default)]
pub(crate) struct Raised {
    /// By a signal handler.
    pub(crate) interrupt: Option<PyErr>,
    /// By a callable of the caller's.
    pub(crate) own: Option<PyErr>,
}

/// The caller's own exception, with a note of how the call ended.
pub(crate) fn noted(py: Python<'_>, raised: PyErr, ended: &str) -> PyErr {
    // Notes are newer than the oldest Python that is supported.
    let _ = raised.value(py).call_method1("add_note", (format!("akua: {ended}"),));
    raised
}

/// The result of an edit, or the exception that tells how it ended otherwise.
pub(crate) fn end<R: ResourceBinding>(py: Python<'_>, edited: Edited<R>, raised: Raised) -> PyResult<EditResult> {
    let sent = Sent::new(&edited.trace, matches!(edited.outcome, Outcome::NotApplied(_)));
    first(py, outcome::tell(py, edited), &sent, raised, |result| {
        let resource = R::of(result.resource.bind(py)).filter(|_| result.changed());
        resource.map(|resource| call::applied_all_the_same(py, resource.clone()))
    })
}

/// What comes first of what was raised and what happened. `became` is what an interrupt could not stop any more.
pub(crate) fn first<T>(
    py: Python<'_>,
    ended: PyResult<T>,
    sent: &Sent,
    raised: Raised,
    became: impl FnOnce(&T) -> Option<PyErr>,
) -> PyResult<T> {
    match (ended, raised.interrupt, raised.own) {
        // The caller's own exception says it all, as nothing took effect.
        (Err(exception), None, Some(own)) if sent.for_nothing => {
            let (requests, writes) = (sent.requests, sent.writes);
            let told = exception.value(py);
            let note = format!("{told} (requests sent: {requests}, of them writes: {writes})");
            Err(noted(py, own, &note))
        }
        (Err(exception), None, Some(own)) => {
            exception.set_cause(py, Some(own));
            Err(exception)
        }
        (Err(exception), None, None) => Err(credentials::caused(py, exception)),
        (Err(exception), Some(interrupt), _) => Err(call::interrupted(py, interrupt, exception)),
        (Ok(result), Some(interrupt), _) => Err(match became(&result) {
            Some(became) => call::interrupted(py, interrupt, became),
            None => interrupt,
        }),
        (Ok(result), None, _) => Ok(result),
    }
}
