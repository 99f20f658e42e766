//! Callables of the caller's, all of which are asked through here: one whose answer would have to be awaited is refused
//! when it is handed over where that can be seen, and counts as having raised where it can't (`python/akua/_callables.py`).

use pyo3::call::PyCallArgs;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyModule, PyString};

/// A callable that answers when it is called.
pub(crate) struct Callable {
    /// What the caller knows it by: the name of the argument.
    name: &'static str,
    function: Py<PyAny>,
}

impl Callable {
    /// What was given as the argument `name`, which is to be `what`.
    ///
    /// # Errors
    ///
    /// `TypeError` if it is no callable, an `async def` or a generator function. Nothing was sent.
    pub(crate) fn new(name: &'static str, what: &str, given: &Bound<'_, PyAny>) -> PyResult<Self> {
        let function = helpers(given.py())?.call_method1("plain", (name, given, what))?;
        Ok(Self {
            name,
            function: function.unbind(),
        })
    }

    /// Its answer.
    ///
    /// # Errors
    ///
    /// What it raises; `TypeError` for an answer that would have to be awaited or gone through.
    pub(crate) fn call<'py>(&self, py: Python<'py>, arguments: impl PyCallArgs<'py>) -> PyResult<Bound<'py, PyAny>> {
        let answer = self.function.bind(py).call1(arguments)?;
        if answer.is_none() || answer.is_instance_of::<PyString>() || answer.is_instance_of::<PyBool>() {
            return Ok(answer);
        }
        helpers(py)?.call_method1("answer", (self.name, answer))
    }
}

fn helpers(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    py.import("akua._callables")
}
