//! `akua.Cluster`, `akua.Workspace` and what is inside of them: what one answer showed, made into Python objects where it is
//! looked at. One class is as the other; their attributes come from the declaration.

use akua_model::{Properties, Property, Unknown};
use pyo3::prelude::*;
use pyo3::pyclass::{CompareOp, PyClass};
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString, PyType};

use crate::binding::{self, ClassBinding};
use crate::generated::{each_class, each_object};
use crate::{error, json};

macro_rules! class {
    ($Class:ident, $word:literal, $one:literal, $table:expr) => {
        #[doc = concat!($one, " as one answer showed it: immutable, equal if everything in it is equal.")]
        #[pyclass(frozen, weakref, module = "akua")]
        pub(crate) struct $Class(pub(crate) akua_model::$Class);

        impl ClassBinding for akua_model::$Class {
            const CLASS: &'static str = stringify!($Class);
            const WORD: &'static str = $word;
            const TABLE: &'static [Property] = $table;

            fn wrap(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                Ok(Py::new(py, $Class(self))?.into_any())
            }

            fn of<'a>(object: &'a Bound<'_, PyAny>) -> Option<&'a Self> {
                object.cast::<$Class>().ok().map(|object| &object.get().0)
            }

            fn unknown(&self) -> &Unknown {
                &self.unknown
            }

            fn names() -> &'static PyOnceLock<Vec<Py<PyString>>> {
                static NAMES: PyOnceLock<Vec<Py<PyString>>> = PyOnceLock::new();
                &NAMES
            }
        }

        #[pymethods]
        impl $Class {
            /// The properties that this version of the library does not know.
            #[getter]
            fn unknown<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
                let dict = PyDict::new(py);
                json::add_unknown(&dict, &self.0.unknown)?;
                Ok(dict)
            }

            /// Everything as the answer had it, in plain types: times too are what they are in its JSON.
            fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
                binding::to_dict(py, &self.0)
            }

            /// The same as a row of a table, with times as `datetime`.
            fn _row<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
                binding::row(py, &self.0)
            }

            /// Everything as the answer had it, as JSON.
            fn to_json(&self) -> String {
                binding::to_json(&self.0)
            }

            /// One with these properties, named as in an answer. For tests, and for what `to_dict` has given.
            #[classmethod]
            #[pyo3(signature = (properties, /))]
            fn from_dict(_class: &Bound<'_, PyType>, properties: &Bound<'_, PyDict>) -> PyResult<Self> {
                binding::from_dict(properties).map(Self)
            }

            /// A copy with other values; nothing is sent. `copy.replace(…, name="…")` calls it.
            #[pyo3(signature = (/, **changes))]
            fn __replace__(&self, py: Python<'_>, changes: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
                binding::replaced(py, &self.0, changes).map(Self)
            }

            fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
                binding::repr(py, &self.0)
            }

            fn _repr_html_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
                error::html(slf.py(), "resource", slf)
            }

            fn __richcmp__(&self, py: Python<'_>, other: &Bound<'_, PyAny>, how: CompareOp) -> PyResult<Py<PyAny>> {
                error::compared(
                    py,
                    other.cast::<Self>().ok().map(|other| self.0 == other.get().0),
                    how,
                )
            }

            fn __hash__(&self) -> u64 {
                binding::hash_of(&self.0)
            }

            fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyDict>,))> {
                binding::reduce(&slf.get_type(), &slf.get().0)
            }
        }
    };
}

macro_rules! classes {
    ($($calls:ident $Class:ident $Calls:ident $word:literal $one:literal $all:literal),*) => {
        $(class!($Class, $word, $one, <akua_model::$Class as akua_model::Declared>::PROPERTIES);)*

        /// Adds the classes to the module.
        pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(add::<akua_model::$Class, $Class>(module)?;)*
            add_objects(module)
        }
    };
}

macro_rules! objects {
    ($($Class:ident $word:literal $one:literal),*) => {
        $(class!($Class, $word, $one, akua_model::$Class::PROPERTIES);)*

        fn add_objects(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(add::<akua_model::$Class, $Class>(module)?;)*
            Ok(())
        }

        /// An object inside of a resource, as the class named `class`; as a dict if there is none.
        fn nested<'py>(py: Python<'py>, class: &str, object: &dyn Properties) -> PyResult<Bound<'py, PyAny>> {
            let json = object.to_json();
            $(if class == stringify!($Class) {
                let object: akua_model::$Class = binding::from_json(py, $word, &json)?;
                return Ok(object.wrap(py)?.into_bound(py));
            })*
            json::exactly(py, &json)
        }
    };
}

each_class!(classes);
each_object!(objects);

fn add<T: ClassBinding, C: PyClass>(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<C>()?;
    binding::add_attributes::<T>(&module.py().get_type::<C>(), nested)
}
