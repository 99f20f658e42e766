//! Waiting for operations: the steps of `akua-http`, with the caller told of each answer, and how a wait ended.

use std::sync::Arc;

use akua_http::{AwaitedOperation, AwaitingOperation, Error, WaitProgress};
use akua_model::edit::WaitToken;
use akua_model::report::{End, Kind, Report};
use akua_model::waiting::{Asked, Now, WaitEnd, WaitPolicy, Waited};
use akua_model::{Operation, OperationId};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString, PyTuple};

use crate::argument::{not_a, text_of};
use crate::binding::ClassBinding;
use crate::call::{self, Call, reading};
use crate::callable::Callable;
use crate::ending::{self, Raised};
use crate::error::{self, Raising};
use crate::interrupt::Slot;
use crate::kept::Kept;
use crate::options::{self, CallOptions};
use crate::shared::Shared;
use crate::steps::{self, CallSteps, Step, Stepping};
use crate::{credentials, launched};

/// What the callable of a wait is to be.
const PROGRESS: &str = "a callable that takes an operation";

/// How a wait behaves.
pub(crate) struct Waits<'a, 'py> {
    pub(crate) timeout: Option<&'a Bound<'py, PyAny>>,
    pub(crate) on_progress: Option<&'a Bound<'py, PyAny>>,
    pub(crate) stop_when_blocked: bool,
    pub(crate) asked: &'a str,
    pub(crate) options: Option<&'a Bound<'py, PyDict>>,
}

/// Waits until an operation has ended; an exception for every end but success.
pub(crate) fn wait(shared: &Shared, subject: &Bound<'_, PyAny>, waits: &Waits<'_, '_>) -> PyResult<Py<PyAny>> {
    let py = subject.py();
    let mut policy = WaitPolicy::default();
    policy.stop_when_blocked_on_a_person = waits.stop_when_blocked;
    let mut options = CallOptions::default();
    options::each(waits.options, "wait", String::new, |name, value| {
        options.take(name, value)
    })?;
    if let Some(timeout) = waits.timeout {
        options.take("timeout", timeout)?;
    }
    options.lasting(policy.deadline);
    let awaited = awaited(subject, waits.asked)?;
    let on_progress = waits.on_progress.filter(|given| !given.is_none());
    if steps::are_wanted() {
        let asks = on_progress.is_some();
        let start = |operations: &akua_http::Collection<Operation>| operations.start_wait(awaited, policy);
        let steps = CallSteps::new(py, shared, &options, start, |awaiting, slot, raised| Steps {
            slot,
            awaiting,
            asks,
            raised,
        })?;
        return Ok(Py::new(py, steps)?.into_any());
    }
    let on_progress = on_progress.map(|given| Callable::new("on_progress", PROGRESS, given));
    let on_progress = on_progress.transpose()?;
    let call = Call::<Operation>::new(py, shared, &options)?;
    let awaiting = call.collection.start_wait(awaited, policy);
    let awaiting = awaiting.map_err(|error| call.exception(&error))?;
    drive(&call, awaiting, on_progress.as_ref())
}

/// Which operation: by a token, by its id, or one that was seen.
fn awaited(subject: &Bound<'_, PyAny>, asked: &str) -> PyResult<AwaitedOperation> {
    let py = subject.py();
    let asked = match asked {
        // A token of a cancel says by itself that it was asked for.
        "no" => None,
        "yes" => Some(Asked::Yes),
        "unknown" => Some(Asked::Unknown),
        _ => {
            let problem = "is none of the known ones (no, yes or unknown)";
            return Err(error::invalid(py, "asked", problem));
        }
    };
    let refuse = |problem| error::raise_model(py, problem);
    let awaited = match (Operation::of(subject), subject.cast::<PyString>()) {
        (Some(seen), _) => AwaitedOperation::from(&seen.id),
        (None, Ok(given)) => {
            let given = text_of(given, "operation")?;
            if given.trim_start().starts_with("akua-resume-") {
                AwaitedOperation::from(given.parse::<WaitToken>().map_err(refuse)?)
            } else {
                AwaitedOperation::from(given.parse::<OperationId>().map_err(refuse)?)
            }
        }
        (None, Err(_)) => return Err(not_a("Operation, its id, or a token of one, as str", subject)),
    };
    Ok(match asked {
        None => awaited,
        Some(asked) => awaited.asked(asked),
    })
}

/// Goes on until the end. What `on_progress` raises, and False, end the wait.
fn drive(
    call: &Call<'_, Operation>,
    mut awaiting: AwaitingOperation,
    on_progress: Option<&Callable>,
) -> PyResult<Py<PyAny>> {
    let py = call.py;
    let mut own = None;
    loop {
        let steps = &mut awaiting;
        match reading(py, || next(steps, on_progress.is_some()))? {
            Err(error) => return Err(call.raised().unwrap_or_else(|| call.exception(&error))),
            Ok(WaitProgress::Done(waited)) => {
                let is_cancelled = call.is_cancelled();
                let interrupt = call.raised();
                return end(py, *waited, is_cancelled, Raised { interrupt, own });
            }
            Ok(WaitProgress::Shown(operation)) => {
                let Some(on_progress) = on_progress else { continue };
                let shown = operation.wrap(py)?.into_bound(py);
                match on_progress.call(py, Some(shown)) {
                    Ok(answer) if is_false(&answer) => awaiting.stop(),
                    Ok(_) => {}
                    Err(raised) => {
                        own = Some(raised);
                        awaiting.stop();
                    }
                }
            }
        }
    }
}

fn is_false(answer: &Bound<'_, PyAny>) -> bool {
    answer.cast::<PyBool>().is_ok_and(|answer| !answer.is_true())
}

fn next(awaiting: &mut AwaitingOperation, asks: bool) -> Result<WaitProgress, Error> {
    loop {
        match awaiting.next()? {
            WaitProgress::Shown(_) if !asks => {}
            progress => return Ok(progress),
        }
    }
}

/// What became of the operation, or the exception that comes first. `is_cancelled` says whether the wait was ended early.
fn end(py: Python<'_>, waited: Waited, is_cancelled: bool, raised: Raised) -> PyResult<Py<PyAny>> {
    let report = Report::from(&waited);
    if let Some(interrupt) = raised.interrupt {
        return Err(call::interrupted(
            py,
            interrupt,
            error::either(ended_early(py, &waited)),
        ));
    }
    if let Some(own) = raised.own {
        return Err(ending::noted(py, own, &waited.to_string()));
    }
    if is_cancelled && matches!(waited.end, WaitEnd::StillRunning { .. }) {
        return Err(ended_early(py, &waited)?);
    }
    let requests = report.requests;
    let operation = waited.shown.map(|shown| shown.wrap(py)).transpose()?;
    let now = match waited.now {
        Now::Cluster(cluster) => Some(cluster.wrap(py)?),
        Now::Workspace(workspace) => Some(workspace.wrap(py)?),
        Now::NotFound | Now::NotKnown => None,
        // Of a kind that is newer than this module.
        _ => None,
    };
    let later = PyTuple::new(py, &report.later)?;
    if report.kind == Kind::Ok {
        let facts = (
            operation,
            now,
            later,
            report.end.map(End::name),
            requests,
            report.message,
        );
        return Ok(launched::module(py)?.getattr("Waited")?.call1(facts)?.unbind());
    }
    let mut raising = error::told(py, &report)?
        .with("operation_id", report.operation.as_deref())?
        .with("operation", operation)?
        .with("now", now)?
        .with("later", later)?;
    if let Some(blocked_on) = &report.blocked_on {
        raising = raising.with("blocked_on", blocked_on)?;
    }
    if let Some(asked_here) = report.asked_here {
        raising = raising.with("asked_here", asked_here.name())?;
    }
    Err(raising.raise()?)
}

/// The exception of a wait that was ended early.
fn ended_early(py: Python<'_>, waited: &Waited) -> PyResult<PyErr> {
    let message = format!("the wait was ended early, which does nothing to what it waits for: {waited}");
    let raising = Raising::new(py, "CancelledError", message);
    match &waited.token {
        Some(token) => raising.with("resume_token", token.to_string())?.raise(),
        None => raising.raise(),
    }
}

/// The steps of a wait.
struct Steps {
    slot: Arc<Slot>,
    awaiting: AwaitingOperation,
    asks: bool,
    raised: Kept,
}

impl Stepping for Steps {
    fn next(&mut self, py: Python<'_>) -> PyResult<Step> {
        let interrupt = steps::begin(py, &self.slot)?;
        let (awaiting, asks) = (&mut self.awaiting, self.asks);
        match reading(py, || next(awaiting, asks))? {
            Err(error) => Err(interrupt
                .raised()
                .unwrap_or_else(|| credentials::caused(py, error::raise(py, &error)))),
            Ok(WaitProgress::Shown(operation)) => Ok(("shown", operation.wrap(py)?)),
            Ok(WaitProgress::Done(waited)) => {
                let is_cancelled = interrupt.handle().is_cancelled();
                let (interrupt, own) = (interrupt.raised(), self.raised.raised(py));
                Ok(("done", end(py, *waited, is_cancelled, Raised { interrupt, own })?))
            }
        }
    }

    fn submit(&mut self, _py: Python<'_>, wanted: &Bound<'_, PyAny>) {
        if is_false(wanted) {
            self.awaiting.stop();
        }
    }

    fn fail(&mut self, py: Python<'_>, raised: PyErr) {
        self.raised.keep(py, raised);
        self.awaiting.stop();
    }
}
