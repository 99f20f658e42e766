//! Launches, the writes that start an operation: in one call, step by step, as one plain request, and settled later.

use std::sync::Mutex;

use akua_http::{Client, LaunchProgress, Launching};
use akua_model::edit::{LaunchKind, LaunchToken, Launched, Sight};
use akua_model::report::Report;
use akua_model::{Cluster, Declared, IdempotencyKey, IfMatch, Operation, Workspace, with_kind};

use crate::call::{Failure, call};
use crate::client::akua_client;
use crate::handle::{Handle, Misuse, Owned, from_c};
use crate::held::akua_resource;
use crate::kind::same_kind;
use crate::locks::alone;
use crate::options::akua_call_options;
use crate::report::akua_report;
use crate::status::{AKUA_LAUNCH_DONE, AKUA_LAUNCH_READY, AKUA_OK, akua_status};
use crate::text::{Text, akua_str};
use crate::token::mode_of;

/// A write that starts an operation: one of the numbers below, such as `AKUA_LAUNCH_SUSPEND_CLUSTER`.
pub type akua_launch_kind = i32;

/// Suspends a cluster that runs. An etag guards it.
pub const AKUA_LAUNCH_SUSPEND_CLUSTER: akua_launch_kind = 1;
/// Resumes a cluster that is suspended. An etag guards it.
pub const AKUA_LAUNCH_RESUME_CLUSTER: akua_launch_kind = 2;
/// Deletes a cluster. An etag guards it. Documented: no install, no managed worker and no machine snapshot may be left, and
/// the caller must own the workspace.
pub const AKUA_LAUNCH_DELETE_CLUSTER: akua_launch_kind = 3;
/// Deletes a workspace. An etag guards it. After it the workspace's own token is presumably of no use any more.
pub const AKUA_LAUNCH_DELETE_WORKSPACE: akua_launch_kind = 4;
/// Asks for the capabilities of a cluster to be found out anew, as often as one likes. No etag guards it.
pub const AKUA_LAUNCH_REFRESH_CAPABILITIES: akua_launch_kind = 5;
/// Asks for an operation to be cancelled: that is all that an acceptance says, and it may still succeed or fail. No etag guards
/// it, and one that has ended is refused. Its token waits for the operation itself.
pub const AKUA_LAUNCH_CANCEL_OPERATION: akua_launch_kind = 6;

const KINDS: &[(akua_launch_kind, LaunchKind)] = &[
    (AKUA_LAUNCH_SUSPEND_CLUSTER, LaunchKind::SuspendCluster),
    (AKUA_LAUNCH_RESUME_CLUSTER, LaunchKind::ResumeCluster),
    (AKUA_LAUNCH_DELETE_CLUSTER, LaunchKind::DeleteCluster),
    (AKUA_LAUNCH_DELETE_WORKSPACE, LaunchKind::DeleteWorkspace),
    (AKUA_LAUNCH_REFRESH_CAPABILITIES, LaunchKind::RefreshCapabilities),
    (AKUA_LAUNCH_CANCEL_OPERATION, LaunchKind::CancelOperation),
];

fn kind_of(number: akua_launch_kind) -> Result<LaunchKind, Misuse> {
    let known = KINDS.iter().find(|(known, _)| *known == number);
    let problem = || format!("is {number}, which is no launch of this version");
    known
        .map(|(_, kind)| *kind)
        .ok_or_else(|| Misuse::new("kind", problem()))
}

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
        AKUA_OK => Ok(report),
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
        Resource R => {
            let seen = seen.of_kind::<R>("seen")?;
            collection.start_launch(kind, seen.id().as_ref(), Some(&Sight::of(seen)))?
        },
        else => collection.start_launch(kind, seen.of_kind::<Operation>("seen")?.id().as_ref(), None)?
    ))
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
    let unknown = || Misuse::new("kind", "is no launch of this version");
    Ok(match (kind, if_match) {
        (LaunchKind::SuspendCluster, Some(etag)) => clusters()?.0.suspend_once(&id.parse()?, etag, key)?,
        (LaunchKind::ResumeCluster, Some(etag)) => clusters()?.0.resume_once(&id.parse()?, etag, key)?,
        (LaunchKind::DeleteCluster, Some(etag)) => clusters()?.0.delete_once(&id.parse()?, etag, key)?,
        (LaunchKind::DeleteWorkspace, Some(etag)) => {
            let (workspaces, _) = akua_call_options::collection::<Workspace>(client, options)?;
            workspaces.delete_once(&id.parse()?, etag, key)?
        }
        (LaunchKind::RefreshCapabilities, _) => clusters()?.0.refresh_capabilities_once(&id.parse()?, key)?,
        (LaunchKind::CancelOperation, _) => {
            let (operations, _) = akua_call_options::collection::<Operation>(client, options)?;
            operations.cancel_operation_once(&id.parse()?, key)?
        }
        _ => return Err(unknown().into()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_launch_has_one_number_and_its_own_name() {
        let source = include_str!("launch.rs");
        // What makes something new is told with what that is made of.
        let with_id = || LaunchKind::ALL.iter().filter(|kind| !kind.creates());
        assert_eq!(KINDS.len(), with_id().count());
        for kind in with_id() {
            let (number, _) = KINDS.iter().find(|(_, known)| known == kind).unwrap();
            assert_eq!(kind_of(*number).ok(), Some(*kind));
            let name = kind.name().to_uppercase();
            assert!(source.contains(&format!("pub const AKUA_LAUNCH_{name}: akua_launch_kind = {number};")));
        }
        let mut numbers: Vec<_> = KINDS.iter().map(|(number, _)| *number).collect();
        numbers.dedup();
        assert_eq!(numbers.len(), KINDS.len());
    }
}
