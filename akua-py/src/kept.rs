//! Python objects that threads of Rust work with, where the garbage collector of Python finds them.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::{PyTraverseError, PyVisit};

/// A place for a Python object. Clones are the same place: one object of Python's shows it to the garbage collector, and only
/// that one; the others are with Rust. Locked for an instant, and never while the interpreter is let go.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<Option<Py<PyAny>>>>);

impl Kept {
    /// With this in it.
    pub(crate) fn new<T>(object: Bound<'_, T>) -> Self {
        Self(Arc::new(Mutex::new(Some(object.into_any().unbind()))))
    }

    /// What is in it. Nothing if the garbage collector has taken it.
    pub(crate) fn get<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        let place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        place.as_ref().map(|object| object.bind(py).clone())
    }

    /// Puts this into it; what was in it before.
    pub(crate) fn replace(&self, object: Option<Py<PyAny>>) -> Option<Py<PyAny>> {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), object)
    }

    /// Puts an exception into it.
    pub(crate) fn keep(&self, py: Python<'_>, raised: PyErr) {
        drop(self.replace(Some(raised.into_value(py).into_any())));
    }

    /// Takes the exception that is in it.
    pub(crate) fn raised(&self, py: Python<'_>) -> Option<PyErr> {
        Some(PyErr::from_value(self.replace(None)?.into_bound(py)))
    }

    /// Shows what is in it to the garbage collector.
    pub(crate) fn visit(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        match self.0.try_lock() {
            Ok(place) => visit.call(place.as_ref()),
            // Somebody is at it, so it is in use.
            Err(_) => Ok(()),
        }
    }

    /// Lets it go.
    pub(crate) fn clear(&self) {
        drop(self.replace(None));
    }
}
