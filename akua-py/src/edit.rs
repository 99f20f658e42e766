//! Edits: the steps of `akua-http`, with Python asked where a step needs it.

use akua_http::{Collection, Editing, Error, Progress};
use akua_model::edit::{Edited, Outcome, Policy, ResumeMode, ResumeToken, Target};
use akua_model::{ResourceKind, Secrets, with_kind};
use pyo3::prelude::*;
use pyo3::types::PyMapping;

use crate::argument::{Text, not_a};
use crate::call::{Call, detached};
use crate::callable::Callable;
use crate::client::Shared;
use crate::error;
use crate::noun::{self, Noun, Subject};
use crate::options::Options;
use crate::outcome::{self, EditResult};
use crate::steps::{self, EditSteps};

/// What the callable of `edit_with` is to be.
const CHANGE: &str = "a callable that takes the version that stands and returns what is to change";
/// Why an edit gets no patch.
pub(crate) const RAISED: &str = "it raised an exception";
/// Why a write is not sent.
pub(crate) const NOT_KEPT: &str = "the resume token could not be kept: keep_resume_token raised an exception";

/// What the caller wants of an edit beside the change.
#[derive(Default)]
pub(crate) struct Wishes<'a, 'py> {
    pub(crate) on_conflict: Option<&'a str>,
    pub(crate) overwrite_unseen: bool,
    pub(crate) max_attempts: Option<u32>,
    pub(crate) max_versions: Option<u32>,
    pub(crate) keep_resume_token: Option<Bound<'py, PyAny>>,
}

impl Wishes<'_, '_> {
    pub(crate) fn policy(&self, py: Python<'_>) -> PyResult<Policy> {
        let mut policy = Policy::default();
        if let Some(name) = self.on_conflict {
            policy.on_conflict = name.parse().map_err(|problem| error::raise_model(py, problem))?;
        }
        policy.overwrite_unseen = self.overwrite_unseen;
        let bound = |given: Option<u32>, name, usual| match given {
            Some(0) => Err(error::invalid(py, name, "is 0 (give 1 or more)")),
            given => Ok(given.unwrap_or(usual)),
        };
        policy.attempts = bound(self.max_attempts, "max_attempts", policy.attempts)?;
        policy.epochs = bound(self.max_versions, "max_versions", policy.epochs)?;
        Ok(policy)
    }
}

/// An edit that sets the fields of `patch`.
pub(crate) fn edit<R: Noun>(
    py: Python<'_>,
    shared: &Shared,
    subject: &Bound<'_, PyAny>,
    patch: R::Patch,
    wishes: Wishes<'_, '_>,
    options: &Options,
) -> PyResult<Py<PyAny>> {
    let target = target::<R>(subject)?;
    begin(py, shared, None, wishes, options, |collection: &Collection<R>| {
        collection.start_edit(target, patch)
    })
}

/// An edit that asks `change`.
pub(crate) fn edit_with<R: Noun>(
    py: Python<'_>,
    shared: &Shared,
    subject: &Bound<'_, PyAny>,
    change: &Bound<'_, PyAny>,
    wishes: Wishes<'_, '_>,
    options: &Options,
) -> PyResult<Py<PyAny>> {
    let target = target::<R>(subject)?;
    begin(
        py,
        shared,
        Some(change),
        wishes,
        options,
        |collection: &Collection<R>| collection.start_edit_with(target),
    )
}

/// Carries out the edit that `start` begins, or hands out its steps where they are wanted: whoever takes these asks the
/// callables.
fn begin<R: Noun>(
    py: Python<'_>,
    shared: &Shared,
    change: Option<&Bound<'_, PyAny>>,
    wishes: Wishes<'_, '_>,
    options: &Options,
    start: impl FnOnce(&Collection<R>) -> Result<Editing<R>, Error>,
) -> PyResult<Py<PyAny>> {
    if steps::are_wanted() {
        let steps = EditSteps::new(py, shared, &wishes, options, start)?;
        return Ok(Py::new(py, steps)?.into_any());
    }
    let change = change
        .map(|change| Callable::new("change", CHANGE, change))
        .transpose()?;
    let keep = wishes.keep_resume_token.as_ref();
    let keep = keep.map(|keep| Callable::new("keep_resume_token", "a callable that takes a token", keep));
    let keep = keep.transpose()?;
    let call = call::<R>(py, shared, &wishes, options)?;
    let editing = start(&call.collection).map_err(|error| call.exception(&error))?;
    Ok(Py::new(py, drive(&call, editing, change.as_ref(), keep.as_ref())?)?.into_any())
}

/// Settles a write that an earlier call left behind.
pub(crate) fn resolve(
    py: Python<'_>,
    shared: &Shared,
    token: &str,
    mode: &str,
    kubeconfig: &Text<'_>,
    max_attempts: Option<u32>,
    options: &Options,
) -> PyResult<EditResult> {
    let wishes = Wishes {
        max_attempts,
        ..Wishes::default()
    };
    let mode: ResumeMode = mode.parse().map_err(|problem| error::raise_model(py, problem))?;
    let token: ResumeToken = token.parse().map_err(|problem| error::raise_model(py, problem))?;
    let kubeconfig = kubeconfig.as_str("kubeconfig")?.map(|text| ("kubeconfig", text));
    let secrets = kubeconfig.into_iter().collect();
    let kind = ResourceKind::ALL.iter().find(|kind| kind.name() == token.kind());
    let Some(kind) = kind else {
        let problem = format!("is for a {}, which this version does not know", token.kind());
        return Err(error::invalid(py, "resume-token", &problem));
    };
    with_kind!(kind, R => resolve_of::<R>(call(py, shared, &wishes, options)?, &token, mode, &secrets))
}

fn resolve_of<R: Noun>(
    call: Call<'_, R>,
    token: &ResumeToken,
    mode: ResumeMode,
    secrets: &Secrets,
) -> PyResult<EditResult> {
    let collection = &call.collection;
    let edited = detached(call.py, || collection.resolve(token, mode, secrets))?;
    match edited {
        Ok(edited) => end(call.py, edited, call.raised(), None),
        Err(error) => Err(call.raised().unwrap_or_else(|| call.exception(&error))),
    }
}

fn target<R: Noun>(subject: &Bound<'_, PyAny>) -> PyResult<Target<R>> {
    Ok(match Subject::<R>::of(subject)? {
        Subject::Seen(seen) => Target::Seen(Box::new(seen.clone())),
        Subject::Id(id) => Target::Id(id),
    })
}

fn call<'py, R: Noun>(
    py: Python<'py>,
    shared: &Shared,
    wishes: &Wishes<'_, '_>,
    options: &Options,
) -> PyResult<Call<'py, R>> {
    let policy = wishes.policy(py)?;
    let mut call = Call::new(py, shared, options)?;
    call.collection = call.collection.policy(policy);
    Ok(call)
}

/// Goes on until the end. What a callable of the caller's raises ends the edit, and is raised if nothing took effect.
fn drive<R: Noun>(
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
            Progress::Done(edited) => return end(py, *edited, call.raised(), raised),
            Progress::NeedPatch(current) => match ask(py, change, *current) {
                Ok(patch) => editing.submit(patch),
                Err(error) => {
                    raised = Some(error);
                    editing.fail(RAISED);
                }
            },
            Progress::Ready(token) => {
                if let Some(Err(error)) = keep.map(|keep| keep.call(py, (token.to_string(),))) {
                    raised = Some(error);
                    editing.decline(NOT_KEPT);
                }
            }
        }
    }
}

/// Asks for the change of `current`.
pub(crate) fn ask<R: Noun>(py: Python<'_>, change: Option<&Callable>, current: R) -> PyResult<Option<R::Patch>> {
    let Some(change) = change else { return Ok(None) };
    let wanted = change.call(py, (current.clone().wrap(py)?,))?;
    patch_of(py, &current, &wanted)
}

/// The change of `current` that a callable has given: None, a dict of fields, or a copy with other values.
pub(crate) fn patch_of<R: Noun>(py: Python<'_>, current: &R, wanted: &Bound<'_, PyAny>) -> PyResult<Option<R::Patch>> {
    if wanted.is_none() {
        return Ok(None);
    }
    if let Some(copy) = R::of(wanted) {
        return noun::difference(py, current, copy);
    }
    let Ok(fields) = wanted.cast::<PyMapping>() else {
        return Err(not_a(
            &format!("None, a dict of fields, or a {} with other values", R::CLASS),
            wanted,
        ));
    };
    fields_of::<R>(fields)
}

/// The patch that sets the fields of a dict; `None` of an empty one.
pub(crate) fn fields_of<R: Noun>(fields: &Bound<'_, PyMapping>) -> PyResult<Option<R::Patch>> {
    let py = fields.py();
    let mut values = Vec::new();
    for item in fields.items()?.iter() {
        let (name, value): (String, Text<'_>) = item.extract()?;
        values.push((name, value));
    }
    if values.is_empty() {
        return Ok(None);
    }
    let texts = values
        .iter()
        .map(|(name, value)| Ok((name.as_str(), value.as_str(name)?.unwrap_or_default())));
    let texts = texts.collect::<PyResult<Vec<_>>>()?;
    let patch = <R::Patch as akua_model::Patch>::from_texts(&texts);
    patch.map(Some).map_err(|problem| error::raise_model(py, problem))
}

/// The caller's own exception, with a note of how the edit ended.
fn noted(py: Python<'_>, raised: PyErr, exception: &PyErr, (requests, writes): (usize, usize)) -> PyErr {
    let note = format!(
        "akua: {} (requests sent: {requests}, of them writes: {writes})",
        exception.value(py)
    );
    // Notes are newer than the oldest Python that is supported.
    let _ = raised.value(py).call_method1("add_note", (note,));
    raised
}

/// The result of an edit, or the exception that tells how it ended otherwise.
pub(crate) fn end<R: Noun>(
    py: Python<'_>,
    edited: Edited<R>,
    interrupted: Option<PyErr>,
    raised: Option<PyErr>,
) -> PyResult<EditResult> {
    let counts = (edited.requests(), edited.trace.writes());
    let nothing_sent = matches!(edited.outcome, Outcome::NotApplied(_));
    match (outcome::tell(py, edited), interrupted, raised) {
        // The caller's own exception says it all, as nothing took effect.
        (Err(exception), None, Some(raised)) if nothing_sent => Err(noted(py, raised, &exception, counts)),
        (Err(exception), None, Some(raised)) => {
            exception.set_cause(py, Some(raised));
            Err(exception)
        }
        (Err(exception), None, None) => Err(crate::credentials::caused(py, exception)),
        (Err(exception), Some(interrupted), _) => Err(crate::call::interrupted(py, interrupted, exception)),
        (Ok(result), Some(interrupted), _) if result.changed() => {
            let resource = R::of(result.resource().bind(py)).cloned();
            Err(match resource {
                Some(resource) => {
                    let became = crate::call::applied_all_the_same(py, resource);
                    crate::call::interrupted(py, interrupted, became)
                }
                None => interrupted,
            })
        }
        (Ok(_), Some(interrupted), _) => Err(interrupted),
        (Ok(result), None, _) => Ok(result),
    }
}
