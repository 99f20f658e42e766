//! The calls that start an operation: with the steps of `akua-http`, and as one request.

use std::sync::Arc;

use akua_http::{Collection, Error, LaunchProgress, Launching};
use akua_model::edit::{LaunchKind, LaunchTarget, LaunchToken, Launched, ResumeMode, Sight};
use akua_model::{
    Cluster, IdempotencyKey, IfMatch, NewResource, Operation, Readable, ResourceKind, Versioned, WorkerBootstrap,
    Workspace,
};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::argument::text;
use crate::binding::{KindBinding, Subject};
use crate::call::{Call, detached};
use crate::callable::Callable;
use crate::ending::Raised;
use crate::error::{self, Raising};
use crate::fields::Fields;
use crate::interrupt::Slot;
use crate::kept::Kept;
use crate::options::{self, CallOptions, EditOptions};
use crate::shared::Shared;
use crate::steps::{self, CallSteps, Step, Stepping};
use crate::{change, launched, update};

type Keywords<'a, 'py> = Option<&'a Bound<'py, PyDict>>;

/// A launch on the version that was seen, or on the current one.
pub(crate) fn launch<R: KindBinding + Versioned>(
    shared: &Shared,
    name: &str,
    kind: LaunchKind,
    subject: &Bound<'_, PyAny>,
    keywords: Keywords<'_, '_>,
) -> PyResult<Py<PyAny>> {
    let options = EditOptions::of_launch(name, keywords)?;
    let resource = Subject::<R>::of(subject)?;
    let seen = match &resource {
        Subject::Seen(seen) => Some(Sight::of(*seen)),
        Subject::Id(_) => None,
    };
    begin(subject.py(), shared, options, |collection: &Collection<R>| {
        collection.start_launch(kind, resource.id().as_ref(), seen.as_ref())
    })
}

/// The kinds that can be deleted.
pub(crate) const DELETED: &[ResourceKind] = &[ResourceKind::Cluster, ResourceKind::Workspace];

/// A delete of one of those.
pub(crate) fn delete(
    of: ResourceKind,
    shared: &Shared,
    subject: &Bound<'_, PyAny>,
    keywords: Keywords<'_, '_>,
) -> PyResult<Py<PyAny>> {
    match of {
        ResourceKind::Workspace => {
            launch::<Workspace>(shared, "delete", LaunchKind::DeleteWorkspace, subject, keywords)
        }
        _ => launch::<Cluster>(shared, "delete", LaunchKind::DeleteCluster, subject, keywords),
    }
}

/// A launch that can be asked for as often as one likes, whatever version there is.
pub(crate) fn ask<R: KindBinding + Readable>(
    shared: &Shared,
    name: &str,
    kind: LaunchKind,
    subject: &Bound<'_, PyAny>,
    keywords: Keywords<'_, '_>,
) -> PyResult<Py<PyAny>> {
    let options = EditOptions::of_launch(name, keywords)?;
    let resource = Subject::<R>::of(subject)?;
    begin(subject.py(), shared, options, |collection: &Collection<R>| {
        collection.start_launch(kind, resource.id().as_ref(), None)
    })
}

/// Makes what the keywords say.
pub(crate) fn create<N: NewResource>(
    py: Python<'_>,
    shared: &Shared,
    name: &str,
    keywords: Keywords<'_, '_>,
) -> PyResult<Py<PyAny>>
where
    N::Resource: KindBinding,
{
    let (options, fields) = EditOptions::of_create::<N>(name, keywords)?;
    let new: N = fields.set(py)?;
    begin(py, shared, options, |collection: &Collection<N::Resource>| {
        Ok(collection.start_create(&new))
    })
}

/// One request that makes what the keywords say.
pub(crate) struct CreateOnce<'a, 'py> {
    pub(crate) name: &'static str,
    pub(crate) idempotency_key: Option<&'a Bound<'py, PyAny>>,
    pub(crate) new: Keywords<'a, 'py>,
}

impl CreateOnce<'_, '_> {
    /// Sends it. `became` tells what an interrupt could not stop any more.
    pub(crate) fn send<N: NewResource, T: KindBinding>(
        &self,
        py: Python<'_>,
        shared: &Shared,
        send: impl FnOnce(&Collection<N::Resource>, &N, Option<&IdempotencyKey>) -> Result<T, Error> + Send,
        became: impl FnOnce(Python<'_>, T) -> PyErr,
    ) -> PyResult<Py<PyAny>>
    where
        N::Resource: KindBinding,
    {
        let (mut options, mut fields) = (CallOptions::default(), Fields::default());
        options::each(self.new, self.name, options::known_new::<N>, |name, value| {
            Ok(fields.take_new::<N>(name, value)? || options.take(name, value)?)
        })?;
        let (key, new) = (key(py, self.idempotency_key)?, fields.set::<N>(py)?);
        Call::<N::Resource>::new(py, shared, &options)?.write(
            |collection| send(collection, &new, key.as_ref()),
            Ok,
            became,
        )
    }
}

fn key(py: Python<'_>, given: Option<&Bound<'_, PyAny>>) -> PyResult<Option<IdempotencyKey>> {
    let key = given.map(|key| {
        text("idempotency_key", key)?
            .parse()
            .map_err(|problem| error::raise_model(py, problem))
    });
    key.transpose()
}

/// Carries out the launch that `start` begins, or hands out its steps where they are wanted.
fn begin<R: KindBinding + Readable>(
    py: Python<'_>,
    shared: &Shared,
    options: EditOptions<'_>,
    start: impl FnOnce(&Collection<R>) -> Result<Launching, Error>,
) -> PyResult<Py<PyAny>> {
    let later = shared.with(py, options.call.clone());
    if steps::are_wanted() {
        let keeps = options.keep_resume_token.is_some();
        let steps = CallSteps::new(py, shared, &options.call, start, |launching, slot, raised| Steps {
            slot,
            launching,
            later,
            keeps,
            stage: Stage::Begin,
            raised,
        })?;
        return Ok(Py::new(py, steps)?.into_any());
    }
    let keep = options.keeper()?;
    let call = Call::<R>::new(py, shared, &options.call)?;
    let launching = start(&call.collection).map_err(|error| call.exception(&error))?;
    drive(&call, &later, launching, keep.as_ref())
}

/// Goes on until the end. What `keep` raises before the write is raised if nothing took effect.
fn drive<R: KindBinding + Readable>(
    call: &Call<'_, R>,
    later: &Shared,
    mut launching: Launching,
    keep: Option<&Callable>,
) -> PyResult<Py<PyAny>> {
    let py = call.py;
    let ask = |keep: &Callable, token: &str| keep.call(py, Some(PyString::new(py, token).into_any()));
    let mut own = None;
    loop {
        let steps = &mut launching;
        match detached(py, || next(steps, keep.is_some()))? {
            LaunchProgress::Ready(token) => {
                if let Some(Err(error)) = keep.map(|keep| ask(keep, &token.to_string())) {
                    own = Some(error);
                    launching.decline(change::NOT_KEPT);
                }
            }
            LaunchProgress::Done(launched) => {
                let mut interrupt = call.raised();
                if let (Some(keep), Some(token)) = (keep, launched.accepted())
                    && let Err(error) = ask(keep, &token.to_string())
                {
                    // The token is in the result as well, so that nothing is lost; and whoever heard of an exception here
                    // would take it that nothing was sent.
                    if error.is_instance_of::<PyException>(py) {
                        error.write_unraisable(py, keep.function.get(py).as_ref());
                    } else {
                        interrupt = interrupt.or(Some(error));
                    }
                }
                return launched::end(py, later, &launched, Raised { interrupt, own });
            }
        }
    }
}

fn next(launching: &mut Launching, keeps: bool) -> LaunchProgress {
    loop {
        match launching.next() {
            LaunchProgress::Ready(_) if !keeps => {}
            progress => return progress,
        }
    }
}

/// Settles a launch that an earlier call left behind.
pub(crate) fn resolve(
    py: Python<'_>,
    shared: &Shared,
    options: &EditOptions<'_>,
    token: &LaunchToken,
    mode: ResumeMode,
) -> PyResult<Py<PyAny>> {
    match token.kind().target() {
        LaunchTarget::Cluster => resolve_of::<Cluster>(py, shared, options, token, mode),
        LaunchTarget::Workspace => resolve_of::<Workspace>(py, shared, options, token, mode),
        LaunchTarget::Operation => resolve_of::<Operation>(py, shared, options, token, mode),
        LaunchTarget::WorkerBootstrap => resolve_of::<WorkerBootstrap>(py, shared, options, token, mode),
    }
}

fn resolve_of<R: KindBinding + Readable>(
    py: Python<'_>,
    shared: &Shared,
    options: &EditOptions<'_>,
    token: &LaunchToken,
    mode: ResumeMode,
) -> PyResult<Py<PyAny>> {
    let later = shared.with(py, options.call.clone());
    let call = Call::<R>::new(py, shared, &options.call)?;
    let collection = &call.collection;
    match detached(py, || collection.resolve_launch(token, mode))? {
        Ok(launched) => {
            let interrupt = call.raised();
            launched::end(py, &later, &launched, Raised { interrupt, own: None })
        }
        Err(error) => Err(call.raised().unwrap_or_else(|| call.exception(&error))),
    }
}

/// The exception for a token of an operation, for which there is nothing to resolve. It was read as `problem`.
pub(crate) fn is_to_be_waited_for(py: Python<'_>, problem: akua_model::Error) -> PyErr {
    let told = error::raising(py, &Error::from(problem).while_resolving());
    let hinted = told.and_then(|raising| raising.hinted("wait for the operation: `client.operations.wait(token)`"));
    error::either(hinted.and_then(Raising::raise))
}

/// What guards one request, and its options.
pub(crate) struct Once<'a, 'py> {
    pub(crate) name: &'static str,
    pub(crate) if_match: Option<&'a Bound<'py, PyAny>>,
    pub(crate) idempotency_key: Option<&'a Bound<'py, PyAny>>,
    pub(crate) options: Keywords<'a, 'py>,
}

impl Once<'_, '_> {
    /// Sends it under the etag that was seen.
    pub(crate) fn guarded<R: KindBinding + Versioned>(
        &self,
        shared: &Shared,
        subject: &Bound<'_, PyAny>,
        send: impl FnOnce(&Collection<R>, &R::Id, &IfMatch, Option<&IdempotencyKey>) -> Result<Operation, Error> + Send,
    ) -> PyResult<Py<PyAny>> {
        let resource = Subject::<R>::of(subject)?;
        let if_match = update::precondition(subject.py(), &resource, self.if_match)?;
        self.send(subject.py(), shared, resource.id(), |collection, id, key| {
            send(collection, id, &if_match, key)
        })
    }

    /// Sends a delete of one of the kinds that can be deleted.
    pub(crate) fn delete(&self, of: ResourceKind, shared: &Shared, subject: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        match of {
            ResourceKind::Workspace => self.guarded(shared, subject, Collection::<Workspace>::delete_once),
            _ => self.guarded(shared, subject, Collection::<Cluster>::delete_once),
        }
    }

    /// Sends it without one.
    pub(crate) fn unguarded<R: KindBinding>(
        &self,
        shared: &Shared,
        subject: &Bound<'_, PyAny>,
        send: impl FnOnce(&Collection<R>, &R::Id, Option<&IdempotencyKey>) -> Result<Operation, Error> + Send,
    ) -> PyResult<Py<PyAny>> {
        let resource = Subject::<R>::of(subject)?;
        self.send(subject.py(), shared, resource.id(), send)
    }

    fn send<R: KindBinding>(
        &self,
        py: Python<'_>,
        shared: &Shared,
        id: &R::Id,
        send: impl FnOnce(&Collection<R>, &R::Id, Option<&IdempotencyKey>) -> Result<Operation, Error> + Send,
    ) -> PyResult<Py<PyAny>> {
        let options = CallOptions::of(self.name, self.options)?;
        let key = key(py, self.idempotency_key)?;
        Call::<R>::new(py, shared, &options)?.write(
            |collection| send(collection, id, key.as_ref()),
            Ok,
            launched::came_once,
        )
    }
}

/// What the caller was asked for, or is to be told.
enum Stage {
    Begin,
    Ready,
    /// The token that waits was handed out; this is the end, and what a signal handler has raised.
    Accepted(Box<Launched>, Option<PyErr>),
    Other,
}

/// The steps of a launch.
struct Steps {
    slot: Arc<Slot>,
    launching: Launching,
    later: Shared,
    keeps: bool,
    stage: Stage,
    raised: Kept,
}

impl Steps {
    fn end(&self, py: Python<'_>, launched: &Launched, interrupt: Option<PyErr>) -> PyResult<Step> {
        let own = self.raised.raised(py);
        Ok((
            "done",
            launched::end(py, &self.later, launched, Raised { interrupt, own })?,
        ))
    }
}

impl Stepping for Steps {
    fn next(&mut self, py: Python<'_>) -> PyResult<Step> {
        match std::mem::replace(&mut self.stage, Stage::Other) {
            Stage::Accepted(launched, interrupt) => return self.end(py, &launched, interrupt),
            // It was given up before it began.
            Stage::Begin => {
                if let Some(raised) = self.raised.raised(py) {
                    return Err(raised);
                }
            }
            Stage::Ready | Stage::Other => {}
        }
        let interrupt = steps::begin(py, &self.slot)?;
        let (launching, keeps) = (&mut self.launching, self.keeps);
        match detached(py, || next(launching, keeps))? {
            LaunchProgress::Ready(token) => {
                self.stage = Stage::Ready;
                Ok(("ready", PyString::new(py, &token.to_string()).into_any().unbind()))
            }
            LaunchProgress::Done(launched) => match launched.accepted().map(ToString::to_string) {
                Some(token) if keeps => {
                    self.stage = Stage::Accepted(launched, interrupt.raised());
                    Ok(("accepted", PyString::new(py, &token).into_any().unbind()))
                }
                _ => self.end(py, &launched, interrupt.raised()),
            },
        }
    }

    fn submit(&mut self, _py: Python<'_>, _wanted: &Bound<'_, PyAny>) {}

    fn fail(&mut self, py: Python<'_>, raised: PyErr) {
        if let Stage::Accepted(..) = self.stage {
            return;
        }
        self.raised.keep(py, raised);
        self.launching.decline(change::NOT_KEPT);
    }
}
