//! An edit step by step, for the asynchronous client: no thread waits while the caller's own code runs on its event loop.

use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError};

use akua_http::{Editing, Progress};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use pyo3::{PyTraverseError, PyVisit};

use crate::binding::ResourceBinding;
use crate::call::detached;
use crate::interrupt::{Interrupt, Slot};
use crate::kept::Kept;
use crate::options::EditOptions;
use crate::shared::Shared;
use crate::{change, credentials, ending, error, logging};

thread_local! {
    /// Whether an edit that begins on this thread is to be handed out instead of carried out.
    static WANTED: Cell<bool> = const { Cell::new(false) };
}

/// Calls `edit` or `edit_with` of a collection: nothing is sent, and its steps are handed out.
#[pyfunction]
#[pyo3(signature = (edit, /, *args, **kwargs))]
pub(crate) fn steps_of<'py>(
    edit: &Bound<'py, PyAny>,
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
    edit.call(args, kwargs)
}

/// Whether the edit that begins now is to be handed out.
pub(crate) fn are_wanted() -> bool {
    WANTED.get()
}

/// The steps of one edit. Its deadline counts from when they were made.
#[pyclass(frozen, module = "akua._akua")]
pub(crate) struct EditSteps {
    steps: Mutex<Option<Box<dyn Stepping>>>,
    shared: Shared,
    /// What the caller's code has raised.
    raised: Kept,
}

impl EditSteps {
    /// Of an edit that `start` begins.
    pub(crate) fn new<R: ResourceBinding>(
        py: Python<'_>,
        shared: &Shared,
        options: &EditOptions<'_>,
        start: impl FnOnce(&akua_http::Collection<R>) -> Result<Editing<R>, akua_http::Error>,
    ) -> PyResult<Self> {
        let slot = Arc::<Slot>::default();
        let collection = options.call.on(shared.options.on(shared.client(py)?.collection::<R>()));
        let collection = collection.cancel(&slot.handle());
        let editing = start(&collection).map_err(|problem| error::raise(py, &problem))?;
        let raised = Kept::default();
        let steps: Box<dyn Stepping> = Box::new(Steps {
            slot,
            editing,
            keeps: options.keep_resume_token.is_some(),
            asked: None,
            raised: raised.clone(),
        });
        Ok(Self {
            steps: Mutex::new(Some(steps)),
            shared: shared.clone_ref(py),
            raised,
        })
    }

    /// Does something with the steps, which one thread at a time may have.
    fn with<T>(&self, work: impl FnOnce(&mut dyn Stepping) -> PyResult<T>) -> PyResult<T> {
        let place = || self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut steps) = place().take() else {
            return Err(PyRuntimeError::new_err("this edit is under way on another thread"));
        };
        let done = work(steps.as_mut());
        *place() = Some(steps);
        done
    }
}

#[pymethods]
impl EditSteps {
    /// Goes on until the caller is needed: `("patch", current)`, `("ready", resume_token)` or `("done", result)`. Ends
    /// otherwise as `edit` does.
    fn next(&self, py: Python<'_>) -> PyResult<(&'static str, Py<PyAny>)> {
        self.with(|steps| steps.next(py))
    }

    /// Gives what was asked for as a patch.
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

trait Stepping: Send {
    fn next(&mut self, py: Python<'_>) -> PyResult<(&'static str, Py<PyAny>)>;
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
    fn next(&mut self, py: Python<'_>) -> PyResult<(&'static str, Py<PyAny>)> {
        logging::look(py)?;
        credentials::forget();
        let interrupt = Interrupt::new()?;
        self.slot.hold(&interrupt);
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
                let result = ending::end(py, *edited, interrupt.raised(), self.raised.raised(py))?;
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
