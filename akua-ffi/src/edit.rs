//! Edits of resources of any kind: step by step, in one call, and settled later.

use std::sync::{Mutex, MutexGuard};

use akua_http::{Client, Editing, Progress};
use akua_model::edit::{Edited, ResumeToken, Target};
use akua_model::report::{Effect, Report};
use akua_model::{Declared, Resource, ResourceKind, Secrets, with_kind};

use crate::call::{Failure, call};
use crate::client::akua_client;
use crate::generated::kinds::akua_kind;
use crate::handle::{Handle, Misuse, Owned, from_c};
use crate::held::akua_resource;
use crate::kind::{kind_of, unwritable};
use crate::locks::alone;
use crate::options::akua_call_options;
use crate::patch::akua_patch;
use crate::report::akua_report;
use crate::status::{AKUA_EDIT_DONE, AKUA_EDIT_NEEDS_PATCH, AKUA_EDIT_READY, akua_status};
use crate::text::{Text, akua_str};
use crate::token::mode_of;

/// An edit of a resource, step by step. For one thread at a time; it need not be the one that began it.
pub struct akua_edit(Mutex<State>);

impl Handle for akua_edit {
    const TAG: u64 = u64::from_be_bytes(*b"a.edit..");
}

struct State {
    editing: Box<dyn AnyEditing>,
    /// What the last step ended with.
    stands: Stands,
    token: Option<Text>,
}

enum Stands {
    /// Between steps, or before the first one.
    Elsewhere,
    /// A patch for this version is needed.
    NeedsPatch(Owned<akua_resource>),
    /// A write is about to go out.
    Ready,
}

/// What a step ended with.
enum Step {
    NeedsPatch(akua_resource),
    Ready(String),
    Done(Box<akua_report>),
}

/// An edit of a resource whose kind is known as a value only.
trait AnyEditing: Send {
    fn step(&mut self) -> Result<Step, Failure>;
    fn give(&mut self, patch: Option<&akua_patch>) -> Result<(), Failure>;
    fn give_up(&mut self, reason: &str);
    fn refuse(&mut self, reason: &str);
}

impl<R: Resource> AnyEditing for Editing<R> {
    fn step(&mut self) -> Result<Step, Failure> {
        Ok(match self.next() {
            Progress::NeedPatch(current) => Step::NeedsPatch(akua_resource::new(*current)),
            Progress::Ready(token) => Step::Ready(token.to_string()),
            Progress::Done(end) => Step::Done(Box::new(ended(*end)?)),
        })
    }

    fn give(&mut self, patch: Option<&akua_patch>) -> Result<(), Failure> {
        let patch = patch.map(|patch| patch.patch::<R>("patch")).transpose()?;
        self.submit(patch);
        Ok(())
    }

    fn give_up(&mut self, reason: &str) {
        self.fail(reason);
    }

    fn refuse(&mut self, reason: &str) {
        self.decline(reason);
    }
}

/// What an edit that has ended becomes: a report of what it did if the change is in effect, an error if not.
///
/// A program that looks at the status alone must not go wrong: so the status is `AKUA_OK` only where the change was carried
/// out. Properties that the server has stored otherwise than they were wanted are listed in the report.
fn ended<R: Resource>(edited: Edited<R>) -> Result<akua_report, Failure> {
    let report = Report::from(&edited);
    if !matches!(report.effect, Effect::Applied | Effect::Unchanged) {
        return Err(akua_report::new(report).with_resource(edited.into_version()).into());
    }
    let resource = edited.resource().cloned();
    Ok(akua_report::in_effect(report, edited).with_resource(resource))
}

/// An edit that has not begun. Without a patch it is asked for.
fn begun<R: Resource>(
    client: &Client,
    options: Option<&akua_call_options>,
    target: impl Into<Target<R>>,
    patch: Option<&akua_patch>,
) -> Result<Box<dyn AnyEditing>, Failure> {
    let patch = patch.map(|patch| patch.patch::<R>("patch")).transpose()?;
    let (collection, _) = akua_call_options::collection::<R>(client, options)?;
    Ok(Box::new(match patch {
        Some(patch) => collection.start_edit(target, patch)?,
        None => collection.start_edit_with(target)?,
    }))
}

/// What an edit is of.
enum Of<'a> {
    Seen(&'a akua_resource),
    Id(ResourceKind, &'a str),
}

/// The same of what C gives.
fn begin(
    client: &Client,
    options: Option<&akua_call_options>,
    of: Of<'_>,
    patch: Option<&akua_patch>,
) -> Result<Box<dyn AnyEditing>, Failure> {
    match of {
        Of::Seen(seen) => with_kind!(
            seen.kind(),
            Resource R => begun::<R>(client, options, seen.of_kind::<R>("seen")?, patch),
            else => Err(unwritable("seen", seen.kind()).into())
        ),
        Of::Id(kind, id) => with_kind!(
            kind,
            Resource R => begun::<R>(client, options, id.parse::<<R as Declared>::Id>()?, patch),
            else => Err(unwritable("kind", kind).into())
        ),
    }
}

/// Runs an edit whose change is given to its end.
fn run(mut editing: Box<dyn AnyEditing>) -> Result<akua_report, Failure> {
    loop {
        if let Step::Done(edited) = editing.step()? {
            return Ok(*edited);
        }
    }
}

impl akua_edit {
    fn new(editing: Box<dyn AnyEditing>) -> Self {
        let (stands, token) = (Stands::Elsewhere, None);
        Self(Mutex::new(State { editing, stands, token }))
    }

    /// Goes on until the program is needed or the edit has ended: the number of that, and what it did.
    fn next(&self) -> Result<(i32, *mut akua_report), Failure> {
        let mut state = alone(&self.0, "edit")?;
        if let Stands::NeedsPatch(_) = state.stands {
            let problem =
                "waits for a patch (give one with `akua_edit_submit`, or a reason for none with `akua_edit_fail`)";
            return Err(Misuse::new("edit", problem).into());
        }
        state.stands = Stands::Elsewhere;
        let mut edited = std::ptr::null_mut();
        let number = match state.editing.step()? {
            Step::NeedsPatch(current) => {
                state.stands = Stands::NeedsPatch(Owned::new(current));
                AKUA_EDIT_NEEDS_PATCH
            }
            Step::Ready(token) => {
                state.token = Some(Text::new(&token));
                state.stands = Stands::Ready;
                AKUA_EDIT_READY
            }
            Step::Done(end) => {
                edited = Owned::new(*end).hand_over();
                AKUA_EDIT_DONE
            }
        };
        Ok((number, edited))
    }

    fn asked_for_a_patch(&self) -> Result<MutexGuard<'_, State>, Misuse> {
        let state = alone(&self.0, "edit")?;
        match state.stands {
            Stands::NeedsPatch(_) => Ok(state),
            Stands::Elsewhere | Stands::Ready => Err(Misuse::new("edit", "has not asked for a patch")),
        }
    }
}

/// Begins an edit of the version `seen`, everything in which is protected. Nothing is sent yet. Free it with
/// `akua_edit_free`.
///
/// `patch` is the change; with NULL it is asked for, for each fresh version. `options` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_edit_new(
    client: *const akua_client,
    options: *const akua_call_options,
    seen: *const akua_resource,
    patch: *const akua_patch,
    edit: *mut *mut akua_edit,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle,
                  options: optional,
                  seen: handle,
                  patch: optional|
     -> edit {
        akua_edit::new(begin(client, options, Of::Seen(seen), patch)?)
    })
}

/// As `akua_edit_new`, with a kind and an id only: the current version is read first, and only changes during the edit are
/// noticed.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_edit_new_by_id(
    client: *const akua_client,
    options: *const akua_call_options,
    kind: akua_kind,
    id: akua_str,
    patch: *const akua_patch,
    edit: *mut *mut akua_edit,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle,
                  options: optional,
                  id: text,
                  patch: optional|
     -> edit {
        akua_edit::new(begin(client, options, Of::Id(kind_of(kind)?, id), patch)?)
    })
}

/// Goes on until the program is needed or the edit has ended, at the latest at its deadline; `progress` tells which.
///
/// - `AKUA_EDIT_NEEDS_PATCH`: a patch for `akua_edit_current` is needed. Give it with `akua_edit_submit`, or a reason for
///   none with `akua_edit_fail`.
/// - `AKUA_EDIT_READY`: the next step sends a write for the first time. Keep `akua_edit_resume_token` if the program might
///   not live to see the answer, and go on; or stop it with `akua_edit_decline`.
/// - `AKUA_EDIT_DONE`: the change is in effect. `edited` tells more; free it with `akua_report_free`.
///
/// Any other end is a failure: `AKUA_CONFLICT`, `AKUA_REJECTED`, `AKUA_IGNORED`, `AKUA_NOT_SENT` or `AKUA_INDETERMINATE`.
/// After an end each further step gives that end again.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_edit_next(
    edit: *mut akua_edit,
    progress: *mut i32,
    edited: *mut *mut akua_report,
    error: *mut *mut akua_report,
) -> akua_status {
    let from_c = from_c!();
    let progress = from_c.out(progress, 0, "progress");
    let out = from_c.handle_out(edited, "edited");
    from_c.call(error, || {
        let (progress, out) = (progress?, out?);
        let (number, edited) = from_c.handle(edit, "edit")?.next()?;
        progress.set(number);
        out.set(edited);
        Ok(())
    })
}

/// The version for which a patch is needed; NULL if none is. It lives until the next call that changes the edit;
/// `akua_resource_clone` keeps it longer.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_edit_current(edit: *const akua_edit) -> *const akua_resource {
    from_c!().of(edit, std::ptr::null(), |edit| {
        let state = alone(&edit.0, "edit");
        match state.as_deref().map(|state| &state.stands) {
            Ok(Stands::NeedsPatch(current)) => current.lend(),
            _ => std::ptr::null(),
        }
    })
}

/// The token that settles the write that is about to be sent, or was sent last, should its answer never come; no text
/// before the first `AKUA_EDIT_READY`. It lives until the next call that changes the edit. What is to be written stands in
/// it readably, but for secrets.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_edit_resume_token(edit: *const akua_edit) -> akua_str {
    from_c!().of(edit, akua_str::NONE, |edit| {
        let state = alone(&edit.0, "edit");
        let token = state.as_deref().ok().and_then(|state| state.token.as_ref());
        token.map_or(akua_str::NONE, Text::as_c)
    })
}

/// Gives the patch that was asked for; NULL if nothing is to change.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_edit_submit(
    edit: *mut akua_edit,
    patch: *const akua_patch,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |edit: handle, patch: optional| {
        let mut state = edit.asked_for_a_patch()?;
        state.editing.give(patch)?;
        state.stands = Stands::Elsewhere;
    })
}

/// Gives no patch but a reason, which stands in the error that the edit ends with. Nothing more is sent.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_edit_fail(
    edit: *mut akua_edit,
    reason: akua_str,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |edit: handle, reason: text| {
        let mut state = edit.asked_for_a_patch()?;
        state.editing.give_up(reason);
        state.stands = Stands::Elsewhere;
    })
}

/// Stops the write that is about to be sent, for a reason that stands in the error that the edit ends with. Nothing of
/// it is sent.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_edit_decline(
    edit: *mut akua_edit,
    reason: akua_str,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |edit: handle, reason: text| {
        let mut state = alone(&edit.0, "edit")?;
        if !matches!(state.stands, Stands::Ready) {
            return Err(Misuse::new("edit", "has no write that is about to be sent").into());
        }
        state.stands = Stands::Elsewhere;
        state.editing.refuse(reason);
    })
}

/// Frees an edit. NULL does nothing. One that has not ended is left as it stands: a write that was sent may land.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_edit_free(edit: *mut akua_edit) {
    from_c!().free(edit);
}

/// Changes what `patch` sets, whatever happens in between, and tells the truth about it: `AKUA_OK` if it is in effect.
/// Everything in the version `seen` is protected.
///
/// If somebody else changed other properties meanwhile, the patch is applied to the new version; if they touched the same
/// ones, it is `AKUA_CONFLICT` and nothing is written. If an answer is lost, the truth is found out where it can be,
/// else it is `AKUA_INDETERMINATE`. `options` may be NULL. `edited` tells what was done; free it with `akua_report_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_edit_run(
    client: *const akua_client,
    options: *const akua_call_options,
    seen: *const akua_resource,
    patch: *const akua_patch,
    edited: *mut *mut akua_report,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle,
                  options: optional,
                  seen: handle,
                  patch: handle|
     -> edited {
        run(begin(client, options, Of::Seen(seen), Some(patch))?)?
    })
}

/// As `akua_edit_run`, with an id only: the current version is read first, and only changes during the call are noticed.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_edit_run_by_id(
    client: *const akua_client,
    options: *const akua_call_options,
    id: akua_str,
    patch: *const akua_patch,
    edited: *mut *mut akua_report,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle,
                  options: optional,
                  id: text,
                  patch: handle|
     -> edited {
        run(begin(client, options, Of::Id(patch.kind("patch")?, id), Some(patch))?)?
    })
}

/// Settles a write that an earlier edit left behind, also in another process or language.
///
/// `mode` is `AKUA_RESUME_FINISH`, which may land the write now, or `AKUA_RESUME_LOOK`, which only reads. `AKUA_OK`
/// then means: in effect at some time between the first sending and now. `secrets` is a patch that sets the secrets that were
/// written, and nothing else, as a token holds only their hashes; NULL if there were none. A token for another service,
/// context or kind of resource is `AKUA_INVALID_INPUT` and nothing is sent; `akua_resume_token_kind` tells the kind.
///
/// Whatever it fails with before it could find out, its effect is `unknown` and `AKUA_REPORT_MAY_STILL_LAND` is true:
/// nothing new is known of the token's write, and **the token has to be kept**. After `AKUA_OK` it may go (but for an outcome
/// `unchanged`), after `AKUA_CONFLICT`, `AKUA_REJECTED`, `AKUA_IGNORED` and `AKUA_NOT_SENT` it must, as the write could land
/// if it was finished later. docs/c.md has the table.
///
/// `options` may be NULL. Free `edited` with `akua_report_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_edit_resolve(
    client: *const akua_client,
    options: *const akua_call_options,
    kind: akua_kind,
    resume_token: akua_str,
    mode: i32,
    secrets: *const akua_patch,
    edited: *mut *mut akua_report,
    error: *mut *mut akua_report,
) -> akua_status {
    let from_c = from_c!();
    let out = from_c.handle_out(edited, "edited");
    from_c.call(error, || {
        let settle = || {
            let out = out?;
            let client = from_c.handle(client, "client")?;
            let options = from_c.optional(options, "options")?;
            let kind = kind_of(kind)?;
            let token: ResumeToken = from_c.text(resume_token, "resume_token")?.parse()?;
            let mode = mode_of(mode)?;
            let secrets = from_c.optional(secrets, "secrets")?;
            let secrets = secrets.map_or_else(|| Ok(Secrets::none()), |secrets| secrets.secrets(kind, "secrets"))?;
            let edited = with_kind!(
                kind,
                Resource R => {
                    let (collection, _) = akua_call_options::collection::<R>(client, options)?;
                    ended(collection.resolve(&token, mode, &secrets)?)?
                },
                else => return Err(unwritable("kind", kind).into())
            );
            out.set(Owned::new(edited).hand_over());
            Ok(())
        };
        settle().map_err(Failure::while_resolving)
    })
}
