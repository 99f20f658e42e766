//! What ends a call early: Ctrl-C, a task that is cancelled, and the end of the interpreter.
//!
//! Nobody is interrupted by force. A call that waits asks about every 25 ms whether it is to end, on its own thread, and
//! then says whether its request may have taken effect.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::error;

/// A call that is younger does not ask for signals: most calls end before.
const YOUNG: Duration = Duration::from_millis(20);

/// How long the end of the interpreter waits for calls that it has ended. They need 100 ms.
const LAST_CALLS: Duration = Duration::from_secs(2);

/// Whether the interpreter is going to end.
static ENDING: AtomicBool = AtomicBool::new(false);
/// The thread that ends it. From then on little can be imported, so nobody could be asked.
static LAST_THREAD: OnceLock<ThreadId> = OnceLock::new();
/// The calls under way in this process.
static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);
/// How many forks lie between the first process and this one.
static FORKS: AtomicU32 = AtomicU32::new(0);

thread_local! {
    /// The handle of the task for which this thread works.
    static TASK: RefCell<Option<Arc<AtomicBool>>> = const { RefCell::new(None) };
    /// How long that task has waited for this thread, until a call counts it.
    static WAITED: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    /// What a signal handler has raised where nobody could pass it on.
    static KEPT: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

/// Ends the call that runs under it, from another thread. The time of that call counts from when this was made.
#[pyclass(frozen, module = "akua._akua")]
pub(crate) struct Cancel {
    cancelled: Arc<AtomicBool>,
    made: Instant,
}

#[pymethods]
impl Cancel {
    #[new]
    fn new() -> Self {
        Self {
            cancelled: Arc::default(),
            made: Instant::now(),
        }
    }

    /// Ends it. Never blocks.
    fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
    }
}

/// How long the call that begins now has waited for its thread: counted once, since only the first of several waited.
pub(crate) fn waited() -> Duration {
    WAITED.replace(Duration::ZERO)
}

/// Calls `function`; every call of a client in it ends when `cancel` says so, and the first one has as much less time as
/// it has waited for this thread.
#[pyfunction]
#[pyo3(signature = (cancel, function, /, *args, **kwargs))]
pub(crate) fn cancellable<'py>(
    cancel: &Bound<'py, Cancel>,
    function: &Bound<'py, PyAny>,
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    struct Restore(Option<Arc<AtomicBool>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            TASK.set(self.0.take());
            WAITED.set(Duration::ZERO);
        }
    }
    let cancel = cancel.get();
    let _restore = Restore(TASK.replace(Some(Arc::clone(&cancel.cancelled))));
    WAITED.set(cancel.made.elapsed());
    function.call(args, kwargs)
}

/// Ends the calls of all other threads, before the interpreter does it by force. Registered with `atexit`.
#[pyfunction]
pub(crate) fn at_exit(py: Python<'_>) -> PyResult<()> {
    error::prepare(py)?;
    let _ = LAST_THREAD.set(std::thread::current().id());
    ENDING.store(true, Ordering::Release);
    let patience = Instant::now();
    while UNDER_WAY.load(Ordering::Acquire) > 0 && patience.elapsed() < LAST_CALLS {
        py.detach(|| std::thread::sleep(Duration::from_millis(2)));
    }
    Ok(())
}

/// A forked process has none of its parent's calls. Registered with `os.register_at_fork`.
#[pyfunction]
pub(crate) fn fork_in_child() {
    FORKS.fetch_add(1, Ordering::AcqRel);
    UNDER_WAY.store(0, Ordering::Release);
}

/// What may end one call.
pub(crate) struct Interrupt(Arc<State>);

struct State {
    started: Instant,
    task: Option<Arc<AtomicBool>>,
    /// Whether this is the thread on which Python runs signal handlers; unknown until it matters.
    main: Mutex<Option<bool>>,
    /// What a signal handler has raised.
    raised: Mutex<Option<PyErr>>,
    /// Whether the end of the interpreter is no reason to stop: it waits for this very thread.
    last_words: bool,
    forks: u32,
}

impl Interrupt {
    /// For a call that begins now.
    ///
    /// # Errors
    ///
    /// `RuntimeError` on any thread but the main one when the interpreter is ending.
    pub(crate) fn new() -> PyResult<Self> {
        let last_words = ENDING.load(Ordering::Acquire);
        if last_words && LAST_THREAD.get() != Some(&std::thread::current().id()) {
            return Err(PyRuntimeError::new_err(
                "the interpreter is shutting down: nothing was sent",
            ));
        }
        UNDER_WAY.fetch_add(1, Ordering::AcqRel);
        Ok(Self(Arc::new(State {
            started: Instant::now(),
            task: TASK.with_borrow(Clone::clone),
            main: Mutex::new(last_words.then_some(true)),
            raised: Mutex::new(None),
            last_words,
            forks: FORKS.load(Ordering::Acquire),
        })))
    }

    /// The handle for the client.
    pub(crate) fn handle(&self) -> akua_http::cancel::Cancel {
        let state = Arc::clone(&self.0);
        akua_http::cancel::Cancel::with_check(move || state.stop())
    }

    /// What a signal handler has raised meanwhile: a `KeyboardInterrupt`, as a rule.
    pub(crate) fn raised(&self) -> Option<PyErr> {
        let raised = self.0.raised.lock().unwrap_or_else(PoisonError::into_inner).take();
        raised.or_else(|| KEPT.take())
    }
}

/// Where the interrupt of whatever is going on now is found: for a list, whose pages are calls of their own.
#[derive(Default)]
pub(crate) struct Slot(Mutex<Option<Arc<State>>>);

impl Slot {
    /// The handle for the client.
    pub(crate) fn handle(self: &Arc<Self>) -> akua_http::cancel::Cancel {
        let slot = Arc::clone(self);
        akua_http::cancel::Cancel::with_check(move || slot.stops())
    }

    /// Whether what is going on now is to end.
    pub(crate) fn stops(&self) -> bool {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        state.is_some_and(|state| state.stop())
    }

    /// From now on it is this one.
    pub(crate) fn hold(&self, interrupt: &Interrupt) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&interrupt.0));
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        if self.0.forks == FORKS.load(Ordering::Acquire) {
            UNDER_WAY.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

impl State {
    /// Whether the call is to end.
    fn stop(&self) -> bool {
        if self.task.as_ref().is_some_and(|task| task.load(Ordering::Acquire)) {
            return true;
        }
        if ENDING.load(Ordering::Acquire) && !self.last_words || KEPT.with_borrow(Option::is_some) {
            return true;
        }
        self.started.elapsed() >= YOUNG && self.is_signalled()
    }

    /// Lets Python run its signal handlers, which it does on its main thread only.
    fn is_signalled(&self) -> bool {
        let mut main = self.main.lock().unwrap_or_else(PoisonError::into_inner);
        if *main == Some(false) {
            return false;
        }
        let raised = Python::try_attach(|py| {
            // Whatever runs in the interpreter may run a signal handler, so an error can be what that has raised.
            let asked = match *main {
                Some(_) => Ok(()),
                None => is_main_thread(py).map(|is_main| *main = Some(is_main)),
            };
            asked.and_then(|()| py.check_signals()).err()
        });
        match raised {
            // The interpreter is gone, or so far gone that only finalizers run: nobody may attach anew then.
            None => !self.last_words,
            Some(None) => false,
            Some(raised) => {
                *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = raised;
                true
            }
        }
    }
}

/// Keeps what a signal handler has raised during the call of this thread, to be raised at its end.
pub(crate) fn keep(raised: PyErr) {
    KEPT.set(Some(raised));
}

/// Without `threading` no other thread is known of; asked on one that is not, Python runs no signal handler.
fn is_main_thread(py: Python<'_>) -> PyResult<bool> {
    let modules = py.import("sys")?.getattr("modules")?;
    if !modules.contains("threading")? {
        return Ok(true);
    }
    let threading = modules.get_item("threading")?;
    let main = threading.call_method0("main_thread")?.getattr("ident")?;
    threading.call_method0("get_ident")?.eq(main)
}
