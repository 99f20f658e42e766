//! The client's trace in Python's `logging`, under the logger `akua`.
//!
//! As long as nobody has imported `logging`, or `akua` is not enabled for `DEBUG`, a call pays for one look-up. What is
//! in the trace holds no token, no id and no body.

use std::fmt;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::interrupt;

const DEBUG: u8 = 10;

/// Whether the logger wants to hear of it, as it was when the last call began.
static WANTED: AtomicBool = AtomicBool::new(false);
static MODULES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
static LOGGER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

thread_local! {
    /// The calls that this thread is in.
    static CALLS: std::cell::RefCell<Vec<(u64, String)>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// A call begins: asks the logger whether it wants to hear of it.
pub(crate) fn look(py: Python<'_>) -> PyResult<()> {
    let wanted = match is_enabled(py) {
        Ok(wanted) => wanted,
        // A logger that is broken, or gone with the interpreter, is none.
        Err(error) if error.is_instance_of::<PyException>(py) => false,
        Err(raised) => return Err(raised),
    };
    if wanted != WANTED.load(Ordering::Relaxed) {
        if wanted {
            // Only the first one counts, and it serves for good.
            let _ = tracing::subscriber::set_global_default(Bridge::default());
        }
        WANTED.store(wanted, Ordering::Relaxed);
    }
    Ok(())
}

fn is_enabled(py: Python<'_>) -> PyResult<bool> {
    if LOGGER.get(py).is_none() {
        let modules = MODULES.get_or_try_init(py, || {
            PyResult::Ok(py.import("sys")?.getattr("modules")?.cast_into::<PyDict>()?.unbind())
        })?;
        if !modules.bind(py).contains(intern!(py, "logging"))? {
            return Ok(false);
        }
    }
    logger(py)?
        .call_method1(intern!(py, "isEnabledFor"), (DEBUG,))?
        .is_truthy()
}

fn logger(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    let logger = LOGGER.get_or_try_init(py, || {
        PyResult::Ok(py.import("logging")?.call_method1("getLogger", ("akua",))?.unbind())
    })?;
    Ok(logger.bind(py))
}

/// Hands events to the logger, each with the call it is in.
#[derive(Default)]
struct Bridge {
    spans: AtomicU64,
}

impl Subscriber for Bridge {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        WANTED.load(Ordering::Relaxed)
    }

    fn register_callsite(&self, _: &'static Metadata<'static>) -> tracing::subscriber::Interest {
        tracing::subscriber::Interest::sometimes()
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let number = self.spans.fetch_add(1, Ordering::Relaxed) + 1;
        let mut words = Words::default();
        span.record(&mut words);
        CALLS.with_borrow_mut(|calls| calls.push((number, words.fields)));
        Id::from_u64(number)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut words = Words::default();
        event.record(&mut words);
        let call = CALLS.with_borrow(|calls| calls.last().map(|(_, call)| call.clone()));
        let line = format!("{}:{}{}", words.message, call.unwrap_or_default(), words.fields);
        // A log that fails must not change what a call does.
        let _ = Python::try_attach(|py| {
            let logged =
                logger(py).and_then(|logger| logger.call_method1(intern!(py, "log"), (DEBUG, intern!(py, "%s"), line)));
            match logged {
                Err(raised) if !raised.is_instance_of::<PyException>(py) => interrupt::keep(raised),
                Err(error) => error.write_unraisable(py, None),
                Ok(_) => {}
            }
        });
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}

    fn try_close(&self, id: Id) -> bool {
        CALLS.with_borrow_mut(|calls| calls.retain(|(number, _)| *number != id.into_u64()));
        true
    }
}

/// The fields of an event in words.
#[derive(Default)]
struct Words {
    message: String,
    fields: String,
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing into a text has no way to fail.
        let _ = if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            write!(self.fields, " {}={value:?}", field.name())
        };
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.fields, " {}={value}", field.name());
    }
}
