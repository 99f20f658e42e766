//! Work without the interpreter, so that other threads of Python go on meanwhile.

use std::panic::{AssertUnwindSafe, catch_unwind};

use akua_http::Effect;
use pyo3::prelude::*;

use crate::error::{self, Raising};

/// Runs `work` without the interpreter. A panic is a bug of this library's, told as such.
pub(crate) fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    guarded(
        py,
        work,
        "; if this was a write, it may have taken effect",
        Effect::Unknown,
    )
}

/// As [`detached`], for what never takes effect.
pub(crate) fn reading<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    guarded(py, work, "", Effect::NotApplied)
}

fn guarded<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send, warning: &str, effect: Effect) -> PyResult<T> {
    let work = AssertUnwindSafe(work);
    let done = py.detach(move || {
        let work = work;
        catch_unwind(AssertUnwindSafe(work.0)).map_err(|_| ())
    });
    done.map_err(|()| {
        let message = format!("akua has failed in itself: please report it{warning}");
        error::either(
            Raising::new(py, "AkuaError", message)
                .with("kind", "internal")
                .and_then(|raising| raising.with("effect", effect.name()))
                .and_then(Raising::raise),
        )
    })
}
