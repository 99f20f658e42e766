//! A callback of the caller's that makes tokens, and what it has raised.

use std::cell::RefCell;

use akua_http::BoxError;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::argument::not_a;
use crate::callable::Callable;

thread_local! {
    /// What the callback has raised during the call of this thread.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

/// `callback` as the client asks it. Its exception is kept for [`caused`]; the client is told its class only, since a
/// message may hold a secret.
pub(crate) fn asking(callback: Callable) -> impl Fn() -> Result<String, BoxError> + Send + Sync {
    move || {
        let asked = Python::try_attach(|py| {
            token(py, &callback).map_err(|raised| {
                let class = raised
                    .get_type(py)
                    .name()
                    .map(|name| name.to_string())
                    .unwrap_or_default();
                RAISED.set(Some(raised));
                format!("it raised {class}")
            })
        });
        match asked {
            None => Err("the interpreter is shutting down".into()),
            Some(token) => token.map_err(Into::into),
        }
    }
}

fn token(py: Python<'_>, callback: &Callable) -> PyResult<String> {
    let token = callback.call(py, None)?;
    match token.cast::<PyString>() {
        Ok(token) => Ok(token.to_str()?.to_owned()),
        Err(_) => Err(not_a("a token as str", &token)),
    }
}

/// A call begins.
pub(crate) fn forget() {
    RAISED.with_borrow_mut(|raised| {
        if raised.is_some() {
            *raised = None;
        }
    });
}

/// `exception` with what the callback has raised as its cause; that alone if it is none that a program handles, such as
/// `KeyboardInterrupt`.
pub(crate) fn caused(py: Python<'_>, exception: PyErr) -> PyErr {
    match RAISED.take() {
        None => exception,
        Some(raised) if !raised.is_instance_of::<PyException>(py) => {
            raised.set_cause(py, Some(exception));
            raised
        }
        Some(raised) => {
            exception.set_cause(py, Some(raised));
            exception
        }
    }
}
