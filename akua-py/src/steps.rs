//! Edits, launches and waits step by step, for the asynchronous client: no thread waits while the caller's own code runs on its event loop.

use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError};

use akua_http::{Collection, Editing, Progress};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use pyo3::{PyTraverseError, PyVisit};

use crate::binding::{KindBinding, ResourceBinding};
use crate::call::detached;
use crate::ending::Raised;
use crate::interrupt::{Interrupt, Slot};
use crate::kept::Kept;
use crate::options::{CallOptions, EditOptions};
use crate::shared::Shared;
use crate::{change, credentials, ending, error, logging};

thread_local! {
    /// Whether a call that begins on this thread is to be handed out instead of carried out.
    static WANTED: Cell<bool> = const { Cell::new(false) };
}

/// Calls `edit` or another call of a collection that has steps: nothing is sent, and its steps are handed out.
#[pyfunction]
#[pyo3(signature = (call, /, *args, **kwargs))]
pub(crate) fn steps_of<'py>(
    call: &Bound<'py, PyAny>,
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            WANTED.set(self.0);
        }
    }
    let _restore = Restore(WANTED.replace(true));
    call.call(args, kwargs)
}

/// Whether the call that begins now is to be handed out.
pub(crate) fn are_wanted() -> bool {
    WANTED.get()
}

/// The steps of one call. Its deadline counts from when they were made.
#[pyclass(frozen, module = "akua._akua")]
pub(crate) struct CallSteps {
    steps: Mutex<Option<Box<dyn Stepping>>>,
    shared: Shared,
    /// What the caller's code has raised.
    raised: Kept,
}

impl CallSteps {
    /// Of an edit that `start` begins.
    pub(crate) fn of_edit<R: ResourceBinding>(
        py: Python<'_>,
        shared: &Shared,
        options: &EditOptions<'_>,
        start: impl FnOnce(&Collection<R>) -> Result<Editing<R>, akua_http::Error>,
    ) -> PyResult<Self> {
        let keeps = options.keep_resume_token.is_some();
        Self::new(py, shared, &options.call, start, |editing, slot, raised| Steps {
            slot,
            editing,
            keeps,
            asked: None,
            raised,
        })
    }

    /// Of what `start` begins, with the steps that `steps` makes of it.
    pub(crate) fn new<R: KindBinding, S, T: Stepping + 'static>(
        py: Python<'_>,
        shared: &Shared,
        options: &CallOptions,
        start: impl FnOnce(&Collection<R>) -> Result<S, akua_http::Error>,
        steps: impl FnOnce(S, Arc<Slot>, Kept) -> T,
    ) -> PyResult<Self> {
        let slot = Arc::<Slot>::default();
        let collection = options.on(shared.options.on(shared.client(py)?.collection::<R>()));
        let collection = collection.cancel(&slot.handle());
        let started = start(&collection).map_err(|problem| error::raise(py, &problem))?;
        let raised = Kept::default();
        Ok(Self {
            steps: Mutex::new(Some(Box::new(steps(started, slot, raised.clone())))),
            shared: shared.clone_ref(py),
            raised,
        })
    }

    /// Does something with the steps, which one thread at a time may have.
    fn with<T>(&self, work: impl FnOnce(&mut dyn Stepping) -> PyResult<T>) -> PyResult<T> {
        let place = || self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut steps) = place().take() else {
            return Err(PyRuntimeError::new_err("this call is under way on another thread"));
        };
        let done = work(steps.as_mut());
        *place() = Some(steps);
        done
    }
}

#[pymethods]
impl CallSteps {
    /// Goes on until the caller is needed: `("patch", current)`, `("ready", resume_token)`, `("accepted", token)`,
    /// `("shown", operation)` or `("done", result)`. Ends otherwise as the call does.
    fn next(&self, py: Python<'_>) -> PyResult<Step> {
        self.with(|steps| steps.next(py))
    }

    /// Gives what was asked for.
    fn submit(&self, py: Python<'_>, wanted: &Bound<'_, PyAny>) -> PyResult<()> {
        self.with(|steps| {
            steps.submit(py, wanted);
            Ok(())
        })
    }

    /// Gives nothing, as this was raised: nothing more is sent.
    fn fail(&self, raised: Bound<'_, PyAny>) -> PyResult<()> {
        self.with(|steps| {
            steps.fail(raised.py(), PyErr::from_value(raised));
            Ok(())
        })
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.shared.open)?;
        self.raised.visit(&visit)
    }

    fn __clear__(&self) {
        self.raised.clear();
    }
}

/// What a step has come to, by its word, and what goes with it.
pub(crate) type Step = (&'static str, Py<PyAny>);

/// A step begins: what may end it.
pub(crate) fn begin(py: Python<'_>, slot: &Slot) -> PyResult<Interrupt> {
    logging::look(py)?;
    credentials::forget();
    let interrupt = Interrupt::new()?;
    slot.hold(&interrupt);
    Ok(interrupt)
}

/// The steps of one kind of call.
pub(crate) trait Stepping: Send {
    fn next(&mut self, py: Python<'_>) -> PyResult<Step>;
    fn submit(&mut self, py: Python<'_>, wanted: &Bound<'_, PyAny>);
    fn fail(&mut self, py: Python<'_>, raised: PyErr);
}

/// What the caller was asked for.
enum Asked<R> {
    Patch(Box<R>),
    Keeping,
}

struct Steps<R: ResourceBinding> {
    /// What may end the step that is under way.
    slot: Arc<Slot>,
    editing: Editing<R>,
    keeps: bool,
    asked: Option<Asked<R>>,
    raised: Kept,
}

impl<R: ResourceBinding> Stepping for Steps<R> {
    fn next(&mut self, py: Python<'_>) -> PyResult<Step> {
        let interrupt = begin(py, &self.slot)?;
        let (editing, keeps) = (&mut self.editing, self.keeps);
        let progress = detached(py, || {
            loop {
                match editing.next() {
                    Progress::Ready(_) if !keeps => {}
                    progress => return progress,
                }
            }
        })?;
        match progress {
            Progress::NeedPatch(current) => {
                self.asked = Some(Asked::Patch(current.clone()));
                Ok(("patch", current.wrap(py)?))
            }
            Progress::Ready(token) => {
                self.asked = Some(Asked::Keeping);
                Ok(("ready", token.to_string().into_pyobject(py)?.into_any().unbind()))
            }
            Progress::Done(edited) => {
                let (interrupt, own) = (interrupt.raised(), self.raised.raised(py));
                let result = ending::end(py, *edited, Raised { interrupt, own })?;
                Ok(("done", Py::new(py, result)?.into_any()))
            }
        }
    }

    fn submit(&mut self, py: Python<'_>, wanted: &Bound<'_, PyAny>) {
        let Some(Asked::Patch(current)) = &self.asked else {
            return;
        };
        match change::patch_of(py, current.as_ref(), wanted) {
            Ok(patch) => self.editing.submit(patch),
            Err(raised) => self.fail(py, raised),
        }
    }

    fn fail(&mut self, py: Python<'_>, raised: PyErr) {
        self.raised.keep(py, raised);
        match &self.asked {
            None | Some(Asked::Patch(_)) => self.editing.fail(change::RAISED),
            Some(Asked::Keeping) => self.editing.decline(change::NOT_KEPT),
        }
    }
}
