//! A fleet in its ledger, for Python; and the work on one item of a ledger that is elsewhere.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use akua_fleet::{CollectionExt as _, Ledger, Limits, PreviewRow, Run};
use akua_http::cancel::Cancel;
use akua_http::{Collection, Error, ErrorKind};
use akua_model::edit::ResumeToken;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use serde_json::json;

use crate::call::{Call, detached};
use crate::callable::Callable;
use crate::client::Shared;
use crate::edit::Wishes;
use crate::fleet_plan::{Described, inputs, kubeconfigs_of, with_kubeconfigs};
use crate::fleet_run::{self, FleetRun};
use crate::interrupt::{Interrupt, Slot};
use crate::noun::Noun;
use crate::options::Options;
use crate::{credentials, error, json, logging, noun};

/// How often a fleet that is read lets Python look for signals.
const BREATH: Duration = Duration::from_millis(25);

/// A fleet of either kind of resource.
trait Kind: Send + Sync {
    fn preview(&self, most: usize) -> Result<(Vec<PreviewRow>, Vec<Error>), Error>;
    fn run(&self, limits: &Limits) -> Result<Run, Error>;
    fn ledger(&self) -> &Arc<Ledger>;
}

impl<R: Noun> Kind for akua_fleet::Fleet<R> {
    fn preview(&self, most: usize) -> Result<(Vec<PreviewRow>, Vec<Error>), Error> {
        let (mut rows, mut problems) = (Vec::new(), Vec::new());
        for row in self.preview()? {
            match row {
                Ok(row) => rows.push(row),
                // What one resource is the matter with is told in its place; these will not be better for the next.
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
        Ok((rows, problems))
    }

    fn run(&self, limits: &Limits) -> Result<Run, Error> {
        self.run(limits)
    }

    fn ledger(&self) -> &Arc<Ledger> {
        self.ledger()
    }
}

/// What ends the reads of a fleet, and the calls of its runs at the end of the interpreter.
#[derive(Clone, Default)]
struct Brake {
    slot: Arc<Slot>,
    signalled: Arc<AtomicBool>,
}

impl Brake {
    fn handle(&self) -> Cancel {
        let (held, signalled) = (self.slot.handle(), Arc::clone(&self.signalled));
        Cancel::with_check(move || signalled.load(Ordering::Acquire) || held.is_cancelled())
    }

    /// Does something on a thread of its own, whose callbacks may need the interpreter. Ctrl-C ends it.
    fn during<T: Send>(&self, py: Python<'_>, work: impl FnOnce() -> Result<T, Error> + Send) -> PyResult<T> {
        logging::look(py)?;
        credentials::forget();
        let interrupt = Interrupt::new()?;
        self.slot.hold(&interrupt);
        self.signalled.store(false, Ordering::Release);
        let (done, raised) = detached(py, || {
            std::thread::scope(|scope| {
                let (end, ended) = mpsc::channel::<()>();
                let working = scope.spawn(move || {
                    let _end = end;
                    work()
                });
                let mut raised = None;
                while ended.recv_timeout(BREATH) == Err(RecvTimeoutError::Timeout) {
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
    brake: Brake,
    path: PathBuf,
    /// None once it is closed.
    kind: Mutex<Option<Arc<dyn Kind>>>,
}

/// Puts a plan into its ledger, or goes on with the one that is there, and gives it its Python half.
pub(crate) fn open<'py, R: Noun>(
    calls: Bound<'py, PyAny>,
    shared: &Shared,
    plan: &Bound<'py, PyAny>,
    ledger: PathBuf,
    kubeconfigs: Option<Bound<'py, PyAny>>,
    wishes: &Wishes<'_, '_>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = calls.py();
    let half = py.import("akua.fleet")?;
    let provide = kubeconfigs.as_ref().map(kubeconfigs_of).transpose()?;
    let brake = Brake::default();
    let client = shared.client(py)?;
    let collection = shared.options.on(R::collection(&client)).policy(wishes.policy(py)?);
    let collection = collection.cancel(&brake.handle());
    let described = Described::<R>::of(plan)?;
    let opened = brake.during(py, || collection.fleet(described.plan(), &ledger))?;
    let fleet = with_kubeconfigs(opened, provide);
    let path = fleet.ledger().path().to_owned();
    let fleet = Py::new(
        py,
        Fleet {
            brake,
            path,
            kind: Mutex::new(Some(Arc::new(fleet))),
        },
    )?;
    let policy = (
        wishes.on_conflict,
        wishes.overwrite_unseen,
        wishes.max_attempts,
        wishes.max_versions,
    );
    half.getattr("Fleet")?.call1((fleet, calls, plan, kubeconfigs, policy))
}

#[pymethods]
impl Fleet {
    /// What would change: rows of item, id, field, now and then; and what could not be read.
    fn preview<'py>(&self, py: Python<'py>, most: usize) -> PyResult<(Bound<'py, PyList>, Bound<'py, PyTuple>)> {
        let kind = self.open()?;
        let (rows, problems) = self.brake.during(py, || kind.preview(most))?;
        let rows = rows.iter().map(|row| {
            let row = json!({"item": row.item, "id": row.id, "field": row.field, "now": row.now, "then": row.then});
            json::to_python(py, &row)
        });
        let rows = PyList::new(py, rows.collect::<PyResult<Vec<_>>>()?)?;
        let problems = problems.iter().map(|problem| error::raise(py, problem).into_value(py));
        Ok((rows, PyTuple::new(py, problems.collect::<Vec<_>>())?))
    }

    /// Begins a run.
    fn start(
        &self,
        py: Python<'_>,
        in_flight: usize,
        rate: Option<f64>,
        stop_after_failures: Option<u64>,
        canary: Option<u64>,
        check: Option<Bound<'_, PyAny>>,
    ) -> PyResult<FleetRun> {
        let check = check.map(|check| Callable::new("check", "a callable that takes counts", &check));
        let check = check.transpose()?;
        logging::look(py)?;
        let kind = self.open()?;
        let interrupt = Interrupt::new()?;
        self.brake.slot.hold(&interrupt);
        self.brake.signalled.store(false, Ordering::Release);
        let (limits, raised) = fleet_run::limits(in_flight, rate, stop_after_failures, canary, check);
        let run = detached(py, || kind.run(&limits))?;
        run.map(|run| FleetRun::new(run, raised))
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

    /// Begins a run whose work is done elsewhere. Where all items stand, and whether the canary has passed.
    fn begin<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, bool)> {
        let begun = self.asked(py, Ledger::begin)?;
        Ok((json::to_python(py, &json!(begun.counts))?, begun.canary_passed))
    }

    /// The canary is well.
    fn pass_canary(&self, py: Python<'_>) -> PyResult<()> {
        self.asked(py, Ledger::pass_canary)
    }

    /// Up to so many items, each as its number, its lease and JSON for `execute`.
    fn lease(&self, py: Python<'_>, items: usize) -> PyResult<Vec<(u64, u64, String)>> {
        let leased = self.asked(py, |ledger| ledger.lease(items))?;
        // What is leased consists of texts and numbers: there is always a text for it.
        let text = |leased| serde_json::to_string(leased).unwrap_or_default();
        Ok(leased.iter().map(|each| (each.item, each.lease, text(each))).collect())
    }

    /// Commits the token of a write that a worker elsewhere is going to send. No: it must not.
    fn grant(&self, py: Python<'_>, item: u64, lease: u64, token: &str) -> PyResult<bool> {
        let token: ResumeToken = token.parse().map_err(|problem| error::raise_model(py, problem))?;
        self.asked(py, |ledger| ledger.grant(item, lease, &token))
    }

    /// Takes down how the work on an item has ended. No: somebody else has it by now.
    fn record(&self, py: Python<'_>, item: u64, lease: u64, end: &str) -> PyResult<bool> {
        let end =
            serde_json::from_str(end).map_err(|problem| error::invalid(py, "end", &format!("is none: {problem}")))?;
        self.asked(py, |ledger| ledger.record(item, lease, &end))
    }

    /// Takes the lease of an item back.
    fn revoke(&self, py: Python<'_>, item: u64) -> PyResult<bool> {
        self.asked(py, |ledger| ledger.revoke(item))
    }
}

impl Fleet {
    fn open(&self) -> PyResult<Arc<dyn Kind>> {
        let kind = self.kind.lock().unwrap_or_else(PoisonError::into_inner).clone();
        kind.ok_or_else(|| PyRuntimeError::new_err("this fleet is closed: nothing was sent"))
    }

    fn asked<T: Send>(&self, py: Python<'_>, ask: impl FnOnce(&Ledger) -> Result<T, Error> + Send) -> PyResult<T> {
        let kind = self.open()?;
        let answered = detached(py, || ask(kind.ledger()))?;
        answered.map_err(|problem| error::raise(py, &problem))
    }
}

/// Works on one item of a ledger that is elsewhere; how that ended, as JSON. `grant` is asked with each resume token,
/// before anything of its write is sent. What it raises ends the work, and is raised.
pub(crate) fn execute<R: Noun>(
    py: Python<'_>,
    shared: &Shared,
    leased: &str,
    function: Option<&Bound<'_, PyAny>>,
    kubeconfigs: Option<&Bound<'_, PyAny>>,
    grant: &Bound<'_, PyAny>,
    wishes: &Wishes<'_, '_>,
) -> PyResult<String> {
    let leased: akua_fleet::Leased = noun::from_value(py, "leased", text_as_json(py, leased)?)?;
    let policy = wishes.policy(py)?;
    let call = Call::<R>::new(py, shared, &Options::default())?;
    let collection: Collection<R> = call.collection.clone().policy(policy);
    let inputs = inputs::<R>(function, kubeconfigs)?;
    let grant = Callable::new("grant", "a callable that takes a token", grant)?;
    let mut raised = None;
    let end = detached(py, || {
        akua_fleet::execute(&collection, &leased, &inputs, |token| {
            let asked = Python::try_attach(|py| grant.call(py, (token.to_string(),))?.is_truthy());
            match asked {
                None => Err("the interpreter is shutting down".into()),
                Some(Ok(granted)) => Ok(granted),
                Some(Err(error)) => {
                    raised = Some(error);
                    Err("the grant could not be asked for".into())
                }
            }
        })
    })?;
    match raised.or_else(|| call.raised()) {
        Some(raised) => Err(raised),
        None => Ok(json!(end).to_string()),
    }
}

fn text_as_json(py: Python<'_>, text: &str) -> PyResult<serde_json::Value> {
    serde_json::from_str(text).map_err(|problem| error::invalid(py, "leased", &format!("is no JSON: {problem}")))
}
