//! Launches, the writes that start an operation: in one call, step by step, as one plain request, and settled later.

use std::sync::Mutex;

use akua_http::{Client, LaunchProgress, Launching};
use akua_model::edit::{LaunchKind, LaunchOutcome, LaunchToken, Launched, Made, Sight};
use akua_model::report::Report;
use akua_model::{
    Cluster, ClusterImport, Declared, IdempotencyKey, IfMatch, NewCluster, NewWorkerBootstrap, NewWorkspace, Operation,
    WorkerBootstrap, Workspace, with_kind, with_new,
};

use crate::call::{Failure, call};
use crate::client::akua_client;
use crate::handle::{Handle, Misuse, Owned, from_c};
use crate::held::akua_resource;
use crate::kind::same_kind;
use crate::launch_kind::{akua_launch_kind, kind_of};
use crate::locks::alone;
use crate::options::akua_call_options;
use crate::patch::akua_patch;
use crate::report::akua_report;
use crate::status::{AKUA_LAUNCH_DONE, AKUA_LAUNCH_READY, AKUA_OK, akua_status};
use crate::text::{Text, akua_str};
use crate::token::mode_of;

/// A launch, step by step. For one thread at a time; it need not be the one that began it.
pub struct akua_launch(Mutex<State>);

impl Handle for akua_launch {
    const TAG: u64 = u64::from_be_bytes(*b"a.launch");
}

struct State {
    launching: Launching,
    /// Whether the write is about to be sent for the first time.
    is_ready: bool,
    token: Option<Text>,
}

/// What a launch that has ended becomes: a report if what was wanted is accepted or so anyway, else an error.
fn ended(launched: &Launched) -> Result<akua_report, Failure> {
    let report = akua_report::new(Report::from(launched));
    match report.status() {
        AKUA_OK => Ok(match &launched.outcome {
            // Of what else is made a read shows as much.
            LaunchOutcome::Made(Made::WorkerBootstrap(made)) => report.with_resource(Some((**made).clone())),
            _ => report,
        }),
        _ => Err(report.into()),
    }
}

/// What a launch is of.
enum Of<'a> {
    Seen(&'a akua_resource),
    Id(&'a str),
}

/// A launch that has not begun.
fn begin(
    client: &Client,
    options: Option<&akua_call_options>,
    kind: akua_launch_kind,
    of: Of<'_>,
) -> Result<Launching, Failure> {
    let kind = kind_of(kind)?;
    let (collection, _) = akua_call_options::collection::<Operation>(client, options)?;
    let seen = match of {
        Of::Id(id) => return Ok(collection.start_launch(kind, id, None)?),
        Of::Seen(seen) => seen,
    };
    same_kind("seen", seen.kind(), kind.of())?;
    Ok(with_kind!(
        seen.kind(),
        Versioned R => {
            let seen = seen.of_kind::<R>("seen")?;
            collection.start_launch(kind, seen.id().as_ref(), Some(&Sight::of(seen)))?
        },
        else => collection.start_launch(kind, seen.of_kind::<Operation>("seen")?.id().as_ref(), None)?
    ))
}

/// A create that has not begun.
fn begin_create(client: &Client, options: Option<&akua_call_options>, of: &akua_patch) -> Result<Launching, Failure> {
    let (collection, _) = akua_call_options::collection::<Operation>(client, options)?;
    with_new!(
        of.launch("of")?,
        N => Ok(collection.start_create(&of.new_one::<N>("of")?)),
        else => Err(unknown().into())
    )
}

fn unknown() -> Misuse {
    Misuse::new("kind", "is no launch of this version")
}

/// Runs a launch to its end.
fn run(mut launching: Launching) -> Result<akua_report, Failure> {
    loop {
        if let LaunchProgress::Done(launched) = launching.next() {
            return ended(&launched);
        }
    }
}

impl akua_launch {
    fn new(launching: Launching) -> Self {
        Self(Mutex::new(State {
            launching,
            is_ready: false,
            token: None,
        }))
    }

    /// Goes on until the program is needed or the launch has ended: the number of that, and what it did.
    fn next(&self) -> Result<(i32, *mut akua_report), Failure> {
        let mut state = alone(&self.0, "launch")?;
        state.is_ready = false;
        let progress = state.launching.next();
        state.token = state.launching.token().map(|token| Text::new(&token.to_string()));
        Ok(match progress {
            LaunchProgress::Ready(_) => {
                state.is_ready = true;
                (AKUA_LAUNCH_READY, std::ptr::null_mut())
            }
            LaunchProgress::Done(launched) => (AKUA_LAUNCH_DONE, Owned::new(ended(&launched)?).hand_over()),
        })
    }
}

/// Begins a launch on the version `seen`: it is carried out on that one or not at all. Nothing is sent yet. Free it with
/// `akua_launch_free`.
///
/// `seen` is of what `kind` is about: of an operation where that is cancelled. `options` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_launch_new(
    client: *const akua_client,
    options: *const akua_call_options,
    kind: akua_launch_kind,
    seen: *const akua_resource,
    launch: *mut *mut akua_launch,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle, options: optional, seen: handle| -> launch {
        akua_launch::new(begin(client, options, kind, Of::Seen(seen))?)
    })
}

/// As `akua_launch_new`, with an id only: where an etag guards it the current version is read first, and that one is meant.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_launch_new_by_id(
    client: *const akua_client,
    options: *const akua_call_options,
    kind: akua_launch_kind,
    id: akua_str,
    launch: *mut *mut akua_launch,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle, options: optional, id: text| -> launch {
        akua_launch::new(begin(client, options, kind, Of::Id(id))?)
    })
}

/// Begins the making of something new, of `of`, which is a patch of `akua_patch_new_for_launch`: it may be changed or freed
/// after that. Nothing is sent yet, and what is missing or breaks a limit is `AKUA_INVALID_INPUT`. `akua_launch_next` goes on as
/// with every launch; free it with `akua_launch_free`. `options` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_launch_new_create(
    client: *const akua_client,
    options: *const akua_call_options,
    of: *const akua_patch,
    launch: *mut *mut akua_launch,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle, options: optional, of: handle| -> launch {
        akua_launch::new(begin_create(client, options, of)?)
    })
}

/// Goes on until the program is needed or the launch has ended, at the latest at its deadline; `progress` tells which.
///
/// - `AKUA_LAUNCH_READY`: the next step sends the write for the first time. Keep `akua_launch_resume_token` if the program
///   might not live to see the answer, and go on; or stop it with `akua_launch_decline`.
/// - `AKUA_LAUNCH_DONE`: as `AKUA_OK` of `akua_launch_run`. `launched` tells more; free it with `akua_report_free`.
///
/// Any other end is a failure, as there. After an end each further step gives that end again.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_launch_next(
    launch: *mut akua_launch,
    progress: *mut i32,
    launched: *mut *mut akua_report,
    error: *mut *mut akua_report,
) -> akua_status {
    let from_c = from_c!();
    let progress = from_c.out(progress, 0, "progress");
    let out = from_c.handle_out(launched, "launched");
    from_c.call(error, || {
        let (progress, out) = (progress?, out?);
        let (number, launched) = from_c.handle(launch, "launch")?.next()?;
        progress.set(number);
        out.set(launched);
        Ok(())
    })
}

/// The token that settles the write that is about to be sent, or was sent, should its answer never come; once it is accepted
/// the one that waits for its operation, to be kept in its place. No text before the first `AKUA_LAUNCH_READY`. It lives
/// until the next call that changes the launch.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_launch_resume_token(launch: *const akua_launch) -> akua_str {
    from_c!().of(launch, akua_str::NONE, |launch| {
        let state = alone(&launch.0, "launch");
        let token = state.as_deref().ok().and_then(|state| state.token.as_ref());
        token.map_or(akua_str::NONE, Text::as_c)
    })
}

/// Stops the write that is about to be sent, for a reason that stands in the error that the launch ends with. Nothing of
/// it is sent.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_launch_decline(
    launch: *mut akua_launch,
    reason: akua_str,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |launch: handle, reason: text| {
        let mut state = alone(&launch.0, "launch")?;
        if !state.is_ready {
            return Err(Misuse::new("launch", "has no write that is about to be sent").into());
        }
        state.is_ready = false;
        state.launching.decline(reason);
    })
}

/// Frees a launch. NULL does nothing. One that has not ended is left as it stands: a write that was sent may be accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_launch_free(launch: *mut akua_launch) {
    from_c!().free(launch);
}

/// Suspends, resumes, deletes, refreshes or cancels, as `kind` says, and tells whether that was accepted: `AKUA_OK` if it
/// was, or was so anyway. What becomes of the operation is another question: `akua_operation_wait` for it, with the token in
/// `AKUA_REPORT_RESUME_TOKEN` of `launched`.
///
/// It is carried out on the version `seen` or not at all, and never issued anew: a lost answer is settled by the same bytes,
/// where they can't be accepted twice, and by looking. If somebody else changed the resource meanwhile it is `AKUA_CONFLICT`;
/// if nobody could know, `AKUA_INDETERMINATE`. `options` may be NULL; of theirs those of an edit count that are about trouble.
/// Free `launched` with `akua_report_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_launch_run(
    client: *const akua_client,
    options: *const akua_call_options,
    kind: akua_launch_kind,
    seen: *const akua_resource,
    launched: *mut *mut akua_report,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle, options: optional, seen: handle| -> launched {
        run(begin(client, options, kind, Of::Seen(seen))?)?
    })
}

/// As `akua_launch_run`, with an id only: where an etag guards it the current version is read first, and that one is meant.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_launch_run_by_id(
    client: *const akua_client,
    options: *const akua_call_options,
    kind: akua_launch_kind,
    id: akua_str,
    launched: *mut *mut akua_report,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle, options: optional, id: text| -> launched {
        run(begin(client, options, kind, Of::Id(id))?)?
    })
}

/// Makes something new of `of`, a patch of `akua_patch_new_for_launch`, and tells whether that was accepted: `AKUA_OK` if it was.
/// What becomes of the operation is another question: `akua_operation_wait` for it, with the token in
/// `AKUA_REPORT_RESUME_TOKEN` of `launched`; once it has succeeded, `akua_report_resource` of the wait is the new one.
///
/// It is sent under a key of its own. A lost answer is settled by the same bytes under that key, for as long as the server is
/// documented to answer a repeat with what the first one has started (`AKUA_OPTION_CONTRACT_CREATE_KEYS_REPLAY`). If nobody
/// could know, it is `AKUA_INDETERMINATE`: keep its token for `akua_launch_resolve`, and make nothing anew. In
/// `AKUA_REPORT_CANDIDATES` stand those that are listed under that name then: one may be the new one, and any may be somebody
/// else's. A name that is taken, where the server minds that, is `AKUA_REJECTED` or `AKUA_CONFLICT`, and nothing was made.
///
/// `options` may be NULL; of theirs those of an edit count that are about trouble. Free `launched` with `akua_report_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_launch_run_create(
    client: *const akua_client,
    options: *const akua_call_options,
    of: *const akua_patch,
    launched: *mut *mut akua_report,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle, options: optional, of: handle| -> launched {
        run(begin_create(client, options, of)?)?
    })
}

/// Sends one request, and gives the operation that it was answered with. Free it with `akua_resource_free`.
///
/// It is never sent again, but for a 401 where there are other credentials. On a failure, `AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT`
/// tells whether it may have been accepted; `akua_launch_run` finds that out. `if_match` is an etag where one guards it, else
/// no text. `idempotency_key` may be no text. `options` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_launch_once(
    client: *const akua_client,
    options: *const akua_call_options,
    kind: akua_launch_kind,
    id: akua_str,
    if_match: akua_str,
    idempotency_key: akua_str,
    operation: *mut *mut akua_resource,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle,
                  options: optional,
                  id: text,
                  if_match: optional_text,
                  idempotency_key: optional_text|
     -> operation {
        let kind = kind_of(kind)?;
        let if_match = match (kind.is_guarded(), if_match) {
            (true, None) => return Err(Misuse::new("if_match", "is NULL (this one is guarded by an etag)").into()),
            (false, Some(_)) => return Err(Misuse::new("if_match", "is given, and no etag guards this one").into()),
            (_, if_match) => if_match.map(IfMatch::try_from).transpose()?,
        };
        let key = idempotency_key.map(IdempotencyKey::try_from).transpose()?;
        akua_resource::new(once(client, options, kind, id, if_match.as_ref(), key.as_ref())?)
    })
}

fn once(
    client: &Client,
    options: Option<&akua_call_options>,
    kind: LaunchKind,
    id: &str,
    if_match: Option<&IfMatch>,
    key: Option<&IdempotencyKey>,
) -> Result<Operation, Failure> {
    let clusters = || akua_call_options::collection::<Cluster>(client, options);
    Ok(match (kind, if_match) {
        (LaunchKind::SuspendCluster, Some(etag)) => clusters()?.0.suspend_once(&id.parse()?, etag, key)?,
        (LaunchKind::ResumeCluster, Some(etag)) => clusters()?.0.resume_once(&id.parse()?, etag, key)?,
        (LaunchKind::DeleteCluster, Some(etag)) => clusters()?.0.delete_once(&id.parse()?, etag, key)?,
        (LaunchKind::DeleteWorkspace, Some(etag)) => {
            let (workspaces, _) = akua_call_options::collection::<Workspace>(client, options)?;
            workspaces.delete_once(&id.parse()?, etag, key)?
        }
        (LaunchKind::RevokeWorkerBootstrap, Some(etag)) => {
            let (bootstraps, _) = akua_call_options::collection::<WorkerBootstrap>(client, options)?;
            bootstraps.revoke_once(&id.parse()?, etag, key)?
        }
        (LaunchKind::RefreshCapabilities, _) => clusters()?.0.refresh_capabilities_once(&id.parse()?, key)?,
        (LaunchKind::CancelOperation, _) => {
            let (operations, _) = akua_call_options::collection::<Operation>(client, options)?;
            operations.cancel_operation_once(&id.parse()?, key)?
        }
        _ => return Err(unknown().into()),
    })
}

/// Sends one request that makes something new of `of`, a patch of `akua_patch_new_for_launch`, and gives the operation that it
/// was answered with, or what was made where none goes on after the answer. Free it with `akua_resource_free`.
///
/// It is never sent again, but for a 401 where there are other credentials. On a failure, `AKUA_REPORT_MAY_HAVE_TAKEN_EFFECT`
/// tells whether something may have been made; `akua_launch_run_create` finds that out as far as it can be known.
/// `idempotency_key` may be no text: then no key is sent; a workspace takes none. `options` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_launch_once_create(
    client: *const akua_client,
    options: *const akua_call_options,
    of: *const akua_patch,
    idempotency_key: akua_str,
    operation: *mut *mut akua_resource,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle,
                  options: optional,
                  of: handle,
                  idempotency_key: optional_text|
     -> operation {
        let key = idempotency_key.map(IdempotencyKey::try_from).transpose()?;
        let (clusters, _) = akua_call_options::collection::<Cluster>(client, options)?;
        match of.launch("of")? {
            LaunchKind::CreateCluster => {
                akua_resource::new(clusters.create_once(&of.new_one::<NewCluster>("of")?, key.as_ref())?)
            }
            LaunchKind::ImportCluster => {
                akua_resource::new(clusters.import_once(&of.new_one::<ClusterImport>("of")?, key.as_ref())?)
            }
            LaunchKind::CreateWorkspace if key.is_some() => {
                return Err(Misuse::new("idempotency_key", "is not taken for a workspace: make it without one").into());
            }
            LaunchKind::CreateWorkspace => {
                let (workspaces, _) = akua_call_options::collection::<Workspace>(client, options)?;
                akua_resource::new(workspaces.create_once(&of.new_one::<NewWorkspace>("of")?)?)
            }
            LaunchKind::CreateWorkerBootstrap => {
                let (bootstraps, _) = akua_call_options::collection::<WorkerBootstrap>(client, options)?;
                let new = of.new_one::<NewWorkerBootstrap>("of")?;
                akua_resource::new(bootstraps.create_once(&new, key.as_ref())?)
            }
            _ => return Err(unknown().into()),
        }
    })
}

/// Settles a launch that an earlier call left behind, also in another process or language; it is never issued anew.
///
/// `mode` is `AKUA_RESUME_FINISH`, which may have it accepted now, or `AKUA_RESUME_LOOK`, which only reads. `AKUA_OK` is as
/// of `akua_launch_run`. A token of an edit, of an operation, for another service or for another context is
/// `AKUA_INVALID_INPUT` and nothing is sent; `akua_resume_token_stage` tells what a token is for.
///
/// Whatever it fails with before it could find out, its effect is `unknown` and `AKUA_REPORT_MAY_STILL_LAND` is true:
/// nothing new is known of the token's launch, and **the token has to be kept**. docs/c.md has the table.
///
/// `options` may be NULL. Free `launched` with `akua_report_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_launch_resolve(
    client: *const akua_client,
    options: *const akua_call_options,
    resume_token: akua_str,
    mode: i32,
    launched: *mut *mut akua_report,
    error: *mut *mut akua_report,
) -> akua_status {
    let from_c = from_c!();
    let out = from_c.handle_out(launched, "launched");
    from_c.call(error, || {
        let settle = || {
            let out = out?;
            let client = from_c.handle(client, "client")?;
            let options = from_c.optional(options, "options")?;
            let token: LaunchToken = from_c.text(resume_token, "resume_token")?.parse()?;
            let mode = mode_of(mode)?;
            let (collection, _) = akua_call_options::collection::<Operation>(client, options)?;
            let launched = ended(&collection.resolve_launch(&token, mode)?)?;
            out.set(Owned::new(launched).hand_over());
            Ok(())
        };
        settle().map_err(Failure::while_resolving)
    })
}
