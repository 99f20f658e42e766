//! Callables of the caller's, all of which are asked through here, in the caller's context: one whose answer would have to
//! be awaited is refused when it is handed over where that can be seen, and counts as having raised where it can't
//! (`python/akua/_callables.py`).

use std::cell::RefCell;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyModule, PyString, PyTuple};

use crate::kept::Kept;

thread_local! {
    /// The context of those for whom this thread works. Threads that Python knows of have one by themselves.
    static CONTEXT: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

/// From now on this thread works for those whose context that is.
pub(crate) fn work_in(context: &Kept) {
    CONTEXT.set(Some(context.clone()));
}

/// The context of whoever is asking.
pub(crate) fn context(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    py.import("contextvars")?.call_method0("copy_context")
}

/// A callable that answers when it is called. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Callable {
    /// What the caller knows it by: the name of the argument.
    name: &'static str,
    pub(crate) function: Kept,
}

impl Callable {
    /// What was given as the argument `name`, which is to be `what`.
    ///
    /// # Errors
    ///
    /// `TypeError` if it is no callable, an `async def` or a generator function. Nothing was sent.
    pub(crate) fn new(name: &'static str, what: &str, given: &Bound<'_, PyAny>) -> PyResult<Self> {
        let function = Kept::new(helpers(given.py())?.call_method1("plain", (name, given, what))?);
        Ok(Self { name, function })
    }

    /// Its answer.
    ///
    /// # Errors
    ///
    /// What it raises; `TypeError` for an answer that would have to be awaited or gone through.
    pub(crate) fn call<'py>(
        &self,
        py: Python<'py>,
        argument: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let function = self.function.get(py).ok_or_else(|| {
            // Whoever could have asked is gone with it.
            PyRuntimeError::new_err(format!("{} is gone: nothing was sent", self.name))
        })?;
        let context = CONTEXT.with_borrow(|context| context.as_ref().and_then(|context| context.get(py)));
        let answer = match context {
            None => function.call1(PyTuple::new(py, argument)?)?,
            Some(context) => {
                let arguments: Vec<_> = [function].into_iter().chain(argument).collect();
                // A copy, since several threads may be in it.
                let context = context.call_method0("copy")?;
                context.call_method1("run", PyTuple::new(py, arguments)?)?
            }
        };
        if answer.is_none() || answer.is_instance_of::<PyString>() || answer.is_instance_of::<PyBool>() {
            return Ok(answer);
        }
        helpers(py)?.call_method1("answer", (self.name, answer))
    }
}

fn helpers(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    py.import("akua._callables")
}
