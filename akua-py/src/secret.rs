//! `akua.Secret`: a secret that the server has given.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// A secret text, such as a kubeconfig: nothing shows it but `expose`. It can't be pickled, and a copy of it is itself.
#[pyclass(frozen, weakref, module = "akua")]
pub(crate) struct Secret(pub(crate) akua_model::Secret);

#[pymethods]
impl Secret {
    /// The secret itself, for whoever has to keep it; never for people. The object is wiped from memory with its last
    /// reference; of the `str`, as of every other, Python may keep copies.
    ///
    ///     >>> file = folder / "kubeconfig"
    ///     >>> file.touch(mode=0o600, exist_ok=False)
    ///     >>> written = file.write_text(client.clusters.kubeconfig("clu_1").expose())
    fn expose(&self) -> &str {
        self.0.expose()
    }

    fn __repr__(&self) -> &'static str {
        "Secret(hidden)"
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a secret can't be pickled: it would be written out for all to see (pass on what `expose()` gives where it has to go)",
        ))
    }
}
