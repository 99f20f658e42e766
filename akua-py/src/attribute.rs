//! Attributes of classes that are made from a table instead of being written down.

use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::PyType;

/// What reads it from an object of the class.
type Read = Box<dyn for<'py> Fn(&Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> + Send + Sync>;

// A read-only attribute of a class, as `property` makes one in Python. Without documentation of its own, which would stand
// in the way of that of each attribute.
#[pyclass(frozen, module = "akua._akua")]
pub(crate) struct Attribute {
    name: String,
    doc: String,
    read: Read,
}

impl Attribute {
    /// Gives `class` an attribute.
    pub(crate) fn add(
        class: &Bound<'_, PyType>,
        name: &str,
        doc: &str,
        read: impl for<'py> Fn(&Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> + Send + Sync + 'static,
    ) -> PyResult<()> {
        let attribute = Self {
            name: name.to_owned(),
            doc: doc.to_owned(),
            read: Box::new(read),
        };
        class.setattr(name, attribute)
    }

    fn read_only(&self) -> PyErr {
        PyAttributeError::new_err(format!("attribute '{}' is read-only", self.name))
    }
}

#[pymethods]
impl Attribute {
    #[getter]
    fn __doc__(&self) -> &str {
        &self.doc
    }

    #[getter]
    fn __name__(&self) -> &str {
        &self.name
    }

    fn __get__<'py>(
        slf: &Bound<'py, Self>,
        object: Option<Bound<'py, PyAny>>,
        _class: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match object {
            Some(object) => (slf.get().read)(&object),
            None => Ok(slf.clone().into_any()),
        }
    }

    fn __set__(&self, _object: &Bound<'_, PyAny>, _value: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(self.read_only())
    }

    fn __delete__(&self, _object: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(self.read_only())
    }
}
