//! Edits: the steps of `akua-http`, with Python asked where a step needs it.

use akua_http::{Collection, Editing, Error, Progress};
use akua_model::edit::{ResumeMode, ResumeToken, SavedToken, Target};
use akua_model::{ResourceKind, Secrets, with_kind};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::binding::{ResourceBinding, Subject};
use crate::call::{Call, detached};
use crate::callable::Callable;
use crate::ending::Raised;
use crate::fields::Fields;
use crate::options::EditOptions;
use crate::outcome::EditResult;
use crate::shared::Shared;
use crate::steps::{self, CallSteps};
use crate::{change, ending, error, launch};

/// What the callable of `edit_with` is to be.
const CHANGE: &str = "a callable that takes the version that stands and returns what is to change";

/// An edit that sets `fields`.
pub(crate) fn edit<R: ResourceBinding>(
    shared: &Shared,
    subject: &Bound<'_, PyAny>,
    fields: &Fields<'_>,
    options: EditOptions<'_>,
) -> PyResult<Py<PyAny>> {
    let py = subject.py();
    let target = target::<R>(subject)?;
    let patch = fields.patch::<R>(py)?;
    begin(py, shared, None, options, |collection: &Collection<R>| {
        collection.start_edit(target, patch)
    })
}

/// An edit that asks `change`.
pub(crate) fn edit_with<R: ResourceBinding>(
    shared: &Shared,
    subject: &Bound<'_, PyAny>,
    change: &Bound<'_, PyAny>,
    options: EditOptions<'_>,
) -> PyResult<Py<PyAny>> {
    let target = target::<R>(subject)?;
    begin(
        subject.py(),
        shared,
        Some(change),
        options,
        |collection: &Collection<R>| collection.start_edit_with(target),
    )
}

/// Carries out the edit that `start` begins, or hands out its steps where they are wanted: whoever takes these asks the
/// callables.
fn begin<R: ResourceBinding>(
    py: Python<'_>,
    shared: &Shared,
    change: Option<&Bound<'_, PyAny>>,
    options: EditOptions<'_>,
    start: impl FnOnce(&Collection<R>) -> Result<Editing<R>, Error>,
) -> PyResult<Py<PyAny>> {
    if steps::are_wanted() {
        let steps = CallSteps::of_edit(py, shared, &options, start)?;
        return Ok(Py::new(py, steps)?.into_any());
    }
    let change = change
        .map(|change| Callable::new("change", CHANGE, change))
        .transpose()?;
    let keep = options.keeper()?;
    let call = call::<R>(py, shared, &options)?;
    let editing = start(&call.collection).map_err(|error| call.exception(&error))?;
    Ok(Py::new(py, drive(&call, editing, change.as_ref(), keep.as_ref())?)?.into_any())
}

/// Settles a write that an earlier call left behind. Among the keywords are the secrets that were written.
pub(crate) fn resolve(
    py: Python<'_>,
    shared: &Shared,
    token: &str,
    mode: &str,
    keywords: Option<&Bound<'_, PyDict>>,
) -> PyResult<Py<PyAny>> {
    let (options, secrets) = EditOptions::with_secrets("resolve", keywords)?;
    let mode: ResumeMode = mode.parse().map_err(|problem| error::raise_model(py, problem))?;
    let saved: SavedToken = token.parse().map_err(|problem| error::raise_model(py, problem))?;
    match saved {
        SavedToken::Edit(token) => resolve_edit(py, shared, &options, &token, mode, &secrets),
        other => match other.to_string().parse() {
            Ok(token) => launch::resolve(py, shared, &options, &token, mode),
            Err(problem) => Err(launch::is_to_be_waited_for(py, problem)),
        },
    }
}

fn resolve_edit(
    py: Python<'_>,
    shared: &Shared,
    options: &EditOptions<'_>,
    token: &ResumeToken,
    mode: ResumeMode,
    secrets: &Secrets,
) -> PyResult<Py<PyAny>> {
    let kind = ResourceKind::ALL.iter().find(|kind| kind.name() == token.kind());
    if let Some(kind) = kind {
        with_kind!(
            kind,
            Resource R => {
                let result = resolve_of::<R>(call(py, shared, options)?, token, mode, secrets)?;
                return Ok(Py::new(py, result)?.into_any());
            },
            else => {}
        );
    }
    let problem = format!("is for a {}, which this version does not know", token.kind());
    Err(error::invalid(py, "resume-token", &problem))
}

fn resolve_of<R: ResourceBinding>(
    call: Call<'_, R>,
    token: &ResumeToken,
    mode: ResumeMode,
    secrets: &Secrets,
) -> PyResult<EditResult> {
    let collection = &call.collection;
    let edited = detached(call.py, || collection.resolve(token, mode, secrets))?;
    match edited {
        Ok(edited) => {
            let interrupt = call.raised();
            ending::end(call.py, edited, Raised { interrupt, own: None })
        }
        Err(error) => Err(call.raised().unwrap_or_else(|| call.exception(&error))),
    }
}

fn target<R: ResourceBinding>(subject: &Bound<'_, PyAny>) -> PyResult<Target<R>> {
    Ok(match Subject::<R>::of(subject)? {
        Subject::Seen(seen) => Target::Seen(Box::new(seen.clone())),
        Subject::Id(id) => Target::Id(id),
    })
}

fn call<'py, R: ResourceBinding>(
    py: Python<'py>,
    shared: &Shared,
    options: &EditOptions<'_>,
) -> PyResult<Call<'py, R>> {
    Call::new(py, shared, &options.call)
}

/// Goes on until the end. What a callable of the caller's raises ends the edit, and is raised if nothing took effect.
fn drive<R: ResourceBinding>(
    call: &Call<'_, R>,
    mut editing: Editing<R>,
    change: Option<&Callable>,
    keep: Option<&Callable>,
) -> PyResult<EditResult> {
    let py = call.py;
    let keeps = keep.is_some();
    let mut raised = None;
    loop {
        let steps = &mut editing;
        let progress = detached(py, || {
            loop {
                match steps.next() {
                    Progress::Ready(_) if !keeps => {}
                    progress => return progress,
                }
            }
        })?;
        match progress {
            Progress::Done(edited) => {
                let interrupt = call.raised();
                return ending::end(py, *edited, Raised { interrupt, own: raised });
            }
            Progress::NeedPatch(current) => match change::ask(py, change, *current) {
                Ok(patch) => editing.submit(patch),
                Err(error) => {
                    raised = Some(error);
                    editing.fail(change::RAISED);
                }
            },
            Progress::Ready(token) => {
                if let Some(Err(error)) =
                    keep.map(|keep| keep.call(py, Some(PyString::new(py, &token.to_string()).into_any())))
                {
                    raised = Some(error);
                    editing.decline(change::NOT_KEPT);
                }
            }
        }
    }
}
