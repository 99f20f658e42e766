//! One call: the interpreter is let go, the request goes out, and what happened is told, an interrupt and a panic
//! included.

use akua_http::{Collection, Effect, Error};
use akua_model::{Printable, Versioned};
use pyo3::prelude::*;

use crate::binding::{KindBinding, ResourceBinding};
pub(crate) use crate::detached::{detached, reading};
use crate::error::{self, Raising};
use crate::interrupt::{self, Interrupt};
use crate::options::{CallOptions, Optioned};
use crate::shared::Shared;
use crate::{credentials, logging};

/// One call under way.
pub(crate) struct Call<'py, R: KindBinding> {
    pub(crate) py: Python<'py>,
    pub(crate) collection: Collection<R>,
    interrupt: Interrupt,
}

impl<'py, R: KindBinding> Call<'py, R> {
    /// Makes ready: the client is open, its options and those of the call are in place.
    pub(crate) fn new(py: Python<'py>, shared: &Shared, options: &CallOptions) -> PyResult<Self> {
        let prepared = Prepared::new(py, shared, options, akua_http::Client::collection::<R>)?;
        Ok(Self {
            py,
            collection: prepared.it,
            interrupt: prepared.interrupt,
        })
    }

    /// Reads something.
    pub(crate) fn read<T: Send>(self, read: impl FnOnce(&Collection<R>) -> Result<T, Error> + Send) -> PyResult<T> {
        let collection = &self.collection;
        let read = reading(self.py, || read(collection))?;
        if let Some(raised) = self.interrupt.raised() {
            return Err(raised);
        }
        read.map_err(|error| self.exception(&error))
    }

    /// Writes something. `adorn` adds to an exception what the caller knows about it; `became` tells what an interrupt could
    /// not stop any more.
    pub(crate) fn write<T: KindBinding>(
        self,
        write: impl FnOnce(&Collection<R>) -> Result<T, Error> + Send,
        adorn: impl FnOnce(Raising<'py>) -> PyResult<Raising<'py>>,
        became: impl FnOnce(Python<'py>, T) -> PyErr,
    ) -> PyResult<Py<PyAny>> {
        let collection = &self.collection;
        let written = detached(self.py, || write(collection))?;
        let (wrap, became) = (|it: T| it.wrap(self.py), |it| became(self.py, it));
        ended(self.py, &self.interrupt, written, wrap, adorn, became)
    }

    /// What a signal handler has raised meanwhile.
    pub(crate) fn raised(&self) -> Option<PyErr> {
        self.interrupt.raised()
    }

    /// Whether it was ended early.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.interrupt.handle().is_cancelled()
    }

    /// The exception for an error, caused by what the callback that makes tokens has raised, if it was that.
    pub(crate) fn exception(&self, error: &Error) -> PyErr {
        exception(self.py, error)
    }
}

/// As of `Call::exception`.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    credentials::caused(py, error::raise(py, error))
}

/// What a call is made with, and what may end it.
pub(crate) struct Prepared<T> {
    pub(crate) client: akua_http::Client,
    pub(crate) it: T,
    pub(crate) interrupt: Interrupt,
}

impl<T: Optioned> Prepared<T> {
    /// Makes ready: the client is open, the options of all its calls and those of this one are in place.
    pub(crate) fn new(
        py: Python<'_>,
        shared: &Shared,
        options: &CallOptions,
        make: impl FnOnce(&akua_http::Client) -> T,
    ) -> PyResult<Self> {
        logging::look(py)?;
        credentials::forget();
        let interrupt = Interrupt::new()?;
        let client = shared.client(py)?;
        let mut it = options.on(shared.options.on(make(&client)));
        let waited = interrupt::waited();
        if !waited.is_zero() {
            it = it.timeout(options.time(&shared.options, &client).saturating_sub(waited));
        }
        let it = it.cancel(&interrupt.handle());
        Ok(Self { client, it, interrupt })
    }
}

/// How a write ended, for Python.
pub(crate) fn ended<'py, T>(
    py: Python<'py>,
    interrupt: &Interrupt,
    written: Result<T, Error>,
    wrap: impl FnOnce(T) -> PyResult<Py<PyAny>>,
    adorn: impl FnOnce(Raising<'py>) -> PyResult<Raising<'py>>,
    became: impl FnOnce(T) -> PyErr,
) -> PyResult<Py<PyAny>> {
    match (written, interrupt.raised()) {
        (Ok(value), None) => wrap(value),
        (Ok(value), Some(raised)) => Err(interrupted(py, raised, became(value))),
        (Err(error), raised) => {
            let exception = error::either(error::raising(py, &error).and_then(adorn).and_then(Raising::raise));
            Err(match raised {
                Some(raised) => interrupted(py, raised, exception),
                None => credentials::caused(py, exception),
            })
        }
    }
}

/// What a signal handler has raised, with what became of the write as its cause and as a note.
pub(crate) fn interrupted(py: Python<'_>, raised: PyErr, became: PyErr) -> PyErr {
    let note = format!("akua: {}", became.value(py));
    // Notes are newer than the oldest Python that is supported; the cause is there in each.
    let _ = raised.value(py).call_method1("add_note", (note,));
    raised.set_cause(py, Some(became));
    raised
}

/// The write had landed before the interrupt could stop it.
pub(crate) fn applied_all_the_same<R: ResourceBinding>(py: Python<'_>, resource: R) -> PyErr {
    had_landed(py, resource, "changed")
}

/// It was made before the interrupt could stop that.
pub(crate) fn made_all_the_same<R: KindBinding + Versioned>(py: Python<'_>, resource: R) -> PyErr {
    had_landed(py, resource, "made")
}

fn had_landed<R: KindBinding + Versioned>(py: Python<'_>, resource: R, done: &str) -> PyErr {
    error::either((|| {
        let message = format!(
            "the call was interrupted, but {} {} was {done} before: its etag is `{}`",
            R::NOUN,
            Printable(resource.id().as_ref()),
            Printable(resource.etag().as_str())
        );
        Raising::new(py, "CancelledError", message)
            .with("effect", Effect::Applied.name())?
            .with("resource", resource.wrap(py)?)?
            .raise()
    })())
}
