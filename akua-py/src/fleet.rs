//! A fleet in its ledger, for Python; and the work on one item of a ledger that is elsewhere.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use akua_fleet::{CollectionExt as _, Dispatcher, Limits, PreviewRow, Run};
use akua_http::cancel::Cancel;
use akua_http::{Collection, Error, ErrorKind};
use akua_model::Listed;
use akua_model::edit::Policy;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use pyo3::{PyTraverseError, PyVisit};
use serde_json::json;

use crate::argument::Seconds;
use crate::binding::{self, ResourceBinding};
use crate::call::{Call, detached};
use crate::callable::{self, Callable};
use crate::fleet_dispatcher::FleetDispatcher;
use crate::fleet_plan::{Described, inputs, kubeconfigs_of, with_kubeconfigs};
use crate::fleet_run::{self, FleetRun};
use crate::interrupt::{Interrupt, Slot};
use crate::kept::Kept;
use crate::options::CallOptions;
use crate::shared::Shared;
use crate::{credentials, error, json, logging};

/// How often a fleet that is read lets Python look for signals.
const POLL: Duration = Duration::from_millis(25);
/// How often a worker elsewhere that waits for an operation asks whether its run stops, at most.
const ASK: Duration = Duration::from_millis(100);

/// What a preview has shown: its rows, what could not be read, how many items are indeterminate and how many started.
type Previewed = (Vec<PreviewRow>, Vec<Error>, u64, u64);

/// A fleet of either kind of resource.
trait Kind: Send + Sync {
    fn preview(&self, most: usize) -> Result<Previewed, Error>;
    fn run(&self, limits: &Limits) -> Result<Run, Error>;
    fn dispatch(&self, limits: &Limits) -> Result<Dispatcher, Error>;
}

impl<R: ResourceBinding> Kind for akua_fleet::Fleet<R> {
    fn preview(&self, most: usize) -> Result<Previewed, Error> {
        let (mut rows, mut problems) = (Vec::new(), Vec::new());
        let preview = self.preview()?;
        let (indeterminate, started) = (preview.indeterminate(), preview.started());
        for row in preview {
            match row {
                Ok(row) => rows.push(row),
                // An error of one resource is reported with it; any other would repeat for the rest.
                Err(error) => match error.kind() {
                    ErrorKind::NotFound | ErrorKind::Decode | ErrorKind::InvalidInput | ErrorKind::Server => {
                        problems.push(error);
                    }
                    _ => return Err(error),
                },
            }
            if rows.len() + problems.len() >= most {
                break;
            }
        }
        Ok((rows, problems, indeterminate, started))
    }

    fn run(&self, limits: &Limits) -> Result<Run, Error> {
        self.run(limits)
    }

    fn dispatch(&self, limits: &Limits) -> Result<Dispatcher, Error> {
        self.dispatch(limits)
    }
}

/// For whom the threads of a fleet work: what ends its reads, and the calls of its runs at the end of the interpreter.
#[derive(Clone, Default)]
struct CancelScope {
    slot: Arc<Slot>,
    signalled: Arc<AtomicBool>,
    /// The context of whoever asked last: that of the callables, on whatever thread they are asked.
    context: Kept,
}

impl CancelScope {
    fn handle(&self) -> Cancel {
        let (slot, signalled) = (Arc::clone(&self.slot), Arc::clone(&self.signalled));
        Cancel::while_checked(move || signalled.load(Ordering::Acquire) || slot.stops())
    }

    /// From now on it is for whoever asks here.
    fn begin(&self, py: Python<'_>) -> PyResult<Interrupt> {
        logging::look(py)?;
        credentials::forget();
        let interrupt = Interrupt::new()?;
        self.slot.hold(&interrupt);
        self.signalled.store(false, Ordering::Release);
        drop(self.context.replace(Some(callable::context(py)?.unbind())));
        Ok(interrupt)
    }

    /// Does something on a thread of its own, whose callbacks may need the interpreter. Ctrl-C ends it.
    fn during<T: Send>(&self, py: Python<'_>, work: impl FnOnce() -> Result<T, Error> + Send) -> PyResult<T> {
        let interrupt = self.begin(py)?;
        let (done, raised) = detached(py, || {
            std::thread::scope(|scope| {
                let (end, ended) = mpsc::channel::<()>();
                let working = scope.spawn(move || {
                    let _end = end;
                    callable::work_in(&self.context);
                    work()
                });
                let mut raised = None;
                while ended.recv_timeout(POLL) == Err(RecvTimeoutError::Timeout) {
                    if let Some(Err(error)) = Python::try_attach(|py| py.check_signals()) {
                        self.signalled.store(true, Ordering::Release);
                        raised = Some(error);
                    }
                }
                (working.join(), raised)
            })
        })?;
        match (raised.or_else(|| interrupt.raised()), done) {
            (Some(raised), _) => Err(raised),
            (None, Ok(done)) => done.map_err(|problem| error::raise(py, &problem)),
            (None, Err(_)) => Err(PyRuntimeError::new_err(
                "akua has failed in itself; nothing was sent but reads: please report it",
            )),
        }
    }
}

/// A plan in its ledger. `akua.fleet.Fleet` is the class to use.
#[pyclass(frozen, module = "akua._akua")]
pub(crate) struct Fleet {
    cancel: CancelScope,
    path: PathBuf,
    /// None once it is closed.
    kind: Mutex<Option<Arc<dyn Kind>>>,
    shared: Shared,
    /// Those of the plan, and for kubeconfigs.
    callables: Vec<Callable>,
}

/// Puts a plan into its ledger, or goes on with the one that is there, and gives it its Python half.
pub(crate) fn open<'py, R: ResourceBinding + Listed>(
    calls: Bound<'py, PyAny>,
    shared: &Shared,
    plan: &Bound<'py, PyAny>,
    ledger: PathBuf,
    kubeconfigs: Option<Bound<'py, PyAny>>,
    policy: Policy,
    said: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = calls.py();
    let half = py.import("akua.fleet")?;
    let provide = kubeconfigs.as_ref().map(kubeconfigs_of).transpose()?;
    let cancel = CancelScope::default();
    let client = shared.client(py)?;
    let collection = shared.options.on(client.collection::<R>()).policy(policy);
    let collection = collection.cancel(&cancel.handle());
    let described = Described::<R>::of(plan)?;
    let callables = described.callable().into_iter().chain(&provide).cloned().collect();
    let opened = cancel.during(py, || collection.fleet(described.plan(), &ledger))?;
    let context = cancel.context.clone();
    let fleet = with_kubeconfigs(opened, provide).on_threads(move || callable::work_in(&context));
    let path = fleet.ledger().path().to_owned();
    let fleet = Py::new(
        py,
        Fleet {
            cancel,
            path,
            kind: Mutex::new(Some(Arc::new(fleet))),
            shared: shared.clone_ref(py),
            callables,
        },
    )?;
    half.getattr("Fleet")?.call1((fleet, calls, plan, kubeconfigs, said))
}

#[pymethods]
impl Fleet {
    /// What would change: rows of item, id, field, now and then; what could not be read; how many are indeterminate, and how
    /// many started.
    fn preview<'py>(
        &self,
        py: Python<'py>,
        most: usize,
    ) -> PyResult<(Bound<'py, PyList>, Bound<'py, PyTuple>, u64, u64)> {
        let kind = self.open()?;
        let (rows, problems, indeterminate, started) = self.cancel.during(py, || kind.preview(most))?;
        let rows = rows.iter().map(|row| {
            let (now, then, is_new) = (&row.now, &row.then, row.is_new);
            let row =
                json!({"item": row.item, "id": row.id, "field": row.field, "now": now, "then": then, "is_new": is_new});
            json::to_python(py, &row)
        });
        let rows = PyList::new(py, rows.collect::<PyResult<Vec<_>>>()?)?;
        let problems = problems.iter().map(|problem| error::raise(py, problem).into_value(py));
        let problems = PyTuple::new(py, problems.collect::<Vec<_>>())?;
        Ok((rows, problems, indeterminate, started))
    }

    /// Begins a run.
    fn start(
        slf: &Bound<'_, Self>,
        in_flight: usize,
        rate: Option<f64>,
        stop_after_failures: Option<u64>,
        canary: Option<u64>,
        check: Option<Bound<'_, PyAny>>,
        wait: Option<Seconds>,
    ) -> PyResult<FleetRun> {
        let (py, this) = (slf.py(), slf.get());
        let (limits, held) = fleet_run::limits(py, rate, stop_after_failures, canary, check, wait)?;
        let limits = limits.in_flight(in_flight);
        let kind = this.open()?;
        let _interrupt = this.cancel.begin(py)?;
        let run = detached(py, || kind.run(&limits))?;
        run.map(|run| FleetRun::new(run, held.by(slf)))
            .map_err(|problem| error::raise(py, &problem))
    }

    /// Begins a run whose work is done elsewhere.
    fn dispatch(
        slf: &Bound<'_, Self>,
        rate: Option<f64>,
        stop_after_failures: Option<u64>,
        canary: Option<u64>,
        check: Option<Bound<'_, PyAny>>,
        wait: Option<Seconds>,
    ) -> PyResult<FleetDispatcher> {
        let (py, this) = (slf.py(), slf.get());
        let (limits, held) = fleet_run::limits(py, rate, stop_after_failures, canary, check, wait)?;
        let kind = this.open()?;
        let _interrupt = this.cancel.begin(py)?;
        let dispatcher = detached(py, || kind.dispatch(&limits))?;
        dispatcher
            .map(|dispatcher| FleetDispatcher::new(dispatcher, held.by(slf)))
            .map_err(|problem| error::raise(py, &problem))
    }

    /// Where the ledger is: absolute, and without symbolic links.
    #[getter]
    fn path(&self) -> PathBuf {
        self.path.clone()
    }

    /// Lets the ledger go.
    fn close(&self, py: Python<'_>) {
        let kind = self.kind.lock().unwrap_or_else(PoisonError::into_inner).take();
        py.detach(move || drop(kind));
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.shared.open)?;
        self.cancel.context.visit(&visit)?;
        self.callables
            .iter()
            .try_for_each(|callable| callable.function.visit(&visit))
    }

    fn __clear__(&self) {
        drop(self.kind.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.cancel.context.clear();
        self.callables.iter().for_each(|callable| callable.function.clear());
    }
}

impl Fleet {
    fn open(&self) -> PyResult<Arc<dyn Kind>> {
        let kind = self.kind.lock().unwrap_or_else(PoisonError::into_inner).clone();
        kind.ok_or_else(|| PyRuntimeError::new_err("this fleet is closed: nothing was sent"))
    }
}

/// What a worker elsewhere asks of whoever has the ledger.
pub(crate) struct Asks<'a, 'py> {
    /// Asked with each resume token, before anything of its write is sent, and with that of the operation, before that is
    /// waited for.
    pub(crate) grant: &'a Bound<'py, PyAny>,
    /// Asked now and then while an operation is waited for: whether the run stops.
    pub(crate) stops: &'a Bound<'py, PyAny>,
}

/// Works on one item of a ledger that is elsewhere; what is to be sent back, as JSON. What `asks` raises ends the work, and is
/// raised.
pub(crate) fn execute<R: ResourceBinding>(
    py: Python<'_>,
    shared: &Shared,
    leased: &str,
    function: Option<&Bound<'_, PyAny>>,
    kubeconfigs: Option<&Bound<'_, PyAny>>,
    asks: &Asks<'_, '_>,
    policy: Policy,
) -> PyResult<String> {
    let leased: akua_fleet::Leased = binding::from_value(py, "leased", text_as_json(py, leased)?)?;
    let call = Call::<R>::new(py, shared, &CallOptions::default())?;
    let collection: Collection<R> = call.collection.clone().policy(policy);
    let grant = Callable::new("grant", "a callable that takes a token", asks.grant)?;
    let raised = Kept::default();
    let stops = stops(
        Callable::new("stops", "a callable without arguments", asks.stops)?,
        raised.clone(),
    );
    let inputs = inputs::<R>(function, kubeconfigs)?.waiting_until(&stops);
    let executed = detached(py, || {
        akua_fleet::execute_elsewhere(&collection, &leased, &inputs, |token| {
            let asked = Python::try_attach(|py| {
                let asked = grant.call(py, Some(PyString::new(py, &token.to_string()).into_any()));
                let granted = asked.and_then(|granted| granted.is_truthy());
                granted.map_err(|error| raised.keep(py, error))
            });
            match asked {
                None => Err("the interpreter is shutting down".into()),
                Some(Ok(granted)) => Ok(granted),
                Some(Err(())) => Err("the grant could not be asked for".into()),
            }
        })
    })?;
    match raised.raised(py).or_else(|| call.raised()) {
        Some(raised) => Err(raised),
        None => Ok(json!(executed).to_string()),
    }
}

/// Set once the run stops, or nobody can be asked about it any more.
fn stops(asked: Callable, raised: Kept) -> Cancel {
    let last = Mutex::new(Instant::now());
    Cancel::with_check(move || {
        // One asks for all.
        let Ok(mut last) = last.try_lock() else { return false };
        if last.elapsed() < ASK {
            return false;
        }
        let answer = Python::try_attach(|py| {
            let stops = asked.call(py, None).and_then(|stops| stops.is_truthy());
            stops.unwrap_or_else(|error| {
                raised.keep(py, error);
                true
            })
        });
        *last = Instant::now();
        answer.unwrap_or(true)
    })
}

fn text_as_json(py: Python<'_>, text: &str) -> PyResult<serde_json::Value> {
    serde_json::from_str(text).map_err(|problem| error::invalid(py, "leased", &format!("is no JSON: {problem}")))
}
