//! What stands in the place of an object's attributes, as tests want it: `monkeypatch.setattr(client.clusters, "get", …)`.
//!
//! Not by a `__dict__`: on CPython 3.11 that is made while an object is, when the garbage collector may already find it, and
//! what it held would be lost. Nor by a `__getattribute__` that every program would pay for: the class gets it when the first
//! attribute of a process is replaced.

use pyo3::exceptions::PyAttributeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString};
use pyo3::{PyTraverseError, PyVisit};

use crate::kept::Kept;

/// What a client and its calls are besides: in the same process a copy of it is the same one, and its attributes may have
/// others in their place.
#[pyclass(subclass, frozen, weakref, module = "akua._akua")]
#[derive(Default)]
pub(crate) struct Replaceable(Kept);

#[pymethods]
impl Replaceable {
    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    /// What stands in the place of an attribute, or that attribute: the `__getattribute__` to be.
    fn _attribute<'py>(slf: &Bound<'py, Self>, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(others) = slf.get().0.get(name.py())
            && let Some(other) = others.cast::<PyDict>()?.get_item(name)?
        {
            return Ok(other);
        }
        usual(slf, name)
    }

    fn __setattr__(slf: &Bound<'_, Self>, name: &Bound<'_, PyString>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        slf.get().set(slf, name, Some(value))
    }

    fn __delattr__(slf: &Bound<'_, Self>, name: &Bound<'_, PyString>) -> PyResult<()> {
        slf.get().set(slf, name, None)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.0.visit(&visit)
    }

    fn __clear__(&self) {
        self.0.clear();
    }
}

impl Replaceable {
    /// Puts `value` in its place, or takes away what stands there. There has to be such an attribute.
    fn set(
        &self,
        object: &Bound<'_, PyAny>,
        name: &Bound<'_, PyString>,
        value: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        usual(object, name)?;
        let py = object.py();
        look_here_first(py)?;
        let others = self.0.get(py).unwrap_or_else(|| PyDict::new(py).into_any());
        match value {
            Some(value) => others.set_item(name, value)?,
            None if others.contains(name)? => others.del_item(name)?,
            None => {
                return Err(PyAttributeError::new_err(format!(
                    "attribute {} is read-only",
                    name.repr()?
                )));
            }
        }
        drop(self.0.replace(Some(others.unbind())));
        Ok(())
    }
}

/// From now on whoever reads an attribute of any such object asks [`Replaceable::_attribute`].
fn look_here_first(py: Python<'_>) -> PyResult<()> {
    static DONE: PyOnceLock<()> = PyOnceLock::new();
    let done = DONE.get_or_try_init(py, || {
        let class = py.get_type::<Replaceable>();
        class.setattr("__getattribute__", class.getattr("_attribute")?)
    });
    done.copied()
}

/// The attribute that the class gives it.
fn usual<'py>(object: &Bound<'py, PyAny>, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
    static USUAL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = object.py();
    let usual = USUAL.get_or_try_init(py, || {
        let object = py.get_type::<PyAny>();
        PyResult::Ok(object.getattr(intern!(py, "__getattribute__"))?.unbind())
    })?;
    usual.bind(py).call1((object, name))
}
