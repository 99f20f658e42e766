//! Edits of clusters: step by step, in one call, and settled later.

use akua_model::edit::ResumeToken;
use akua_model::{Cluster, ClusterId};

use crate::call_options::akua_call_options;
use crate::client::akua_client;
use crate::cluster::akua_cluster;
use crate::cluster_patch::akua_cluster_patch;
use crate::editing::{Steps, begun, mode_of};
use crate::ends::Ended;
use crate::error::akua_error;
use crate::failure::Failure;
use crate::handle::{FromC, Handle, Owned};
use crate::resource::ended;
use crate::status::akua_status;
use crate::text::akua_str;

/// An edit of a cluster, step by step. For one thread at a time; it need not be the one that began it.
pub struct akua_cluster_edit(Steps<Cluster>);

/// An edit of a cluster that is in effect; `akua_cluster_edited_field_count` tells whether the server has stored a field
/// otherwise than it was wanted. What a getter gives is borrowed: it lives as long
/// as this. It may be used from many threads at a time.
pub struct akua_cluster_edited(pub(crate) Ended<Cluster>);

impl Handle for akua_cluster_edit {
    const TAG: u64 = u64::from_be_bytes(*b"a.cledit");
}

impl Handle for akua_cluster_edited {
    const TAG: u64 = u64::from_be_bytes(*b"a.cledtd");
}

/// Begins an edit of the version `seen`, everything in which is protected. Nothing is sent yet. Free it with
/// `akua_cluster_edit_free`.
///
/// `patch` is the change; with NULL it is asked for, for each fresh version. `options` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edit_new(
    client: *const akua_client,
    options: *const akua_call_options,
    seen: *const akua_cluster,
    patch: *const akua_cluster_patch,
    edit: *mut *mut akua_cluster_edit,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.handle_out(edit, "edit");
    from_c.call(error, || {
        let out = out?;
        let client = from_c.handle(client, "client")?;
        let options = from_c.optional(options, "options")?;
        let seen = &from_c.handle(seen, "seen")?.cluster;
        let patch = from_c
            .optional(patch, "patch")?
            .map(akua_cluster_patch::patch)
            .transpose()?;
        let editing = begun::<Cluster>(client, options, seen, patch)?;
        out.set(Owned::new(akua_cluster_edit(Steps::new(editing))).hand_over());
        Ok(())
    })
}

/// As `akua_cluster_edit_new`, with an id only: the current version is read first, and only changes during the edit
/// are noticed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edit_new_by_id(
    client: *const akua_client,
    options: *const akua_call_options,
    id: akua_str,
    patch: *const akua_cluster_patch,
    edit: *mut *mut akua_cluster_edit,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.handle_out(edit, "edit");
    from_c.call(error, || {
        let out = out?;
        let client = from_c.handle(client, "client")?;
        let options = from_c.optional(options, "options")?;
        let id = ClusterId::try_from(from_c.text(id, "id")?)?;
        let patch = from_c
            .optional(patch, "patch")?
            .map(akua_cluster_patch::patch)
            .transpose()?;
        let editing = begun::<Cluster>(client, options, id, patch)?;
        out.set(Owned::new(akua_cluster_edit(Steps::new(editing))).hand_over());
        Ok(())
    })
}

/// Goes on until the program is needed or the edit has ended, at the latest at its deadline; `progress` tells which.
///
/// - `AKUA_EDIT_NEEDS_PATCH`: a patch for `akua_cluster_edit_current` is needed. Give it with
///   `akua_cluster_edit_submit`, or a reason for none with `akua_cluster_edit_fail`.
/// - `AKUA_EDIT_READY`: the next step sends a write for the first time. Keep `akua_cluster_edit_resume_token` if the
///   program might not live to see the answer, and go on; or stop it with `akua_cluster_edit_decline`.
/// - `AKUA_EDIT_DONE`: the change is in effect. `edited` tells more; free it with `akua_cluster_edited_free`.
///
/// Any other end is a failure: `AKUA_CONFLICT`, `AKUA_REJECTED`, `AKUA_IGNORED`, `AKUA_NOT_SENT` or `AKUA_INDETERMINATE`.
/// After an end each further step gives that end again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edit_next(
    edit: *mut akua_cluster_edit,
    progress: *mut i32,
    edited: *mut *mut akua_cluster_edited,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let progress = from_c.out(progress, 0, "progress");
    let out = from_c.handle_out(edited, "edited");
    from_c.call(error, || {
        let (progress, out) = (progress?, out?);
        let step = from_c.handle(edit, "edit")?.0.next()?;
        let (number, edited) = step.as_c();
        progress.set(number);
        out.set(edited);
        Ok(())
    })
}

/// The version for which a patch is needed; NULL if none is. It lives until the next call that changes the edit;
/// `akua_cluster_clone` keeps it longer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edit_current(edit: *const akua_cluster_edit) -> *const akua_cluster {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(edit, std::ptr::null(), |edit| edit.0.current())
}

/// The token that settles the write that is about to be sent, or was sent last, should its answer never come; no text
/// before the first `AKUA_EDIT_READY`. It lives until the next call that changes the edit. Names and slugs stand in it
/// readably.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edit_resume_token(edit: *const akua_cluster_edit) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(edit, akua_str::NONE, |edit| edit.0.resume_token())
}

/// Gives the patch that was asked for; NULL if nothing is to change.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edit_submit(
    edit: *mut akua_cluster_edit,
    patch: *const akua_cluster_patch,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let edit = from_c.handle(edit, "edit")?;
        edit.0.submit(
            from_c
                .optional(patch, "patch")?
                .map(akua_cluster_patch::patch)
                .transpose()?,
        )
    })
}

/// Gives no patch but a reason, which stands in the error that the edit ends with. Nothing more is sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edit_fail(
    edit: *mut akua_cluster_edit,
    reason: akua_str,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let edit = from_c.handle(edit, "edit")?;
        edit.0.fail(from_c.text(reason, "reason")?)
    })
}

/// Stops the write that is about to be sent, for a reason that stands in the error that the edit ends with. Nothing of
/// it is sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edit_decline(
    edit: *mut akua_cluster_edit,
    reason: akua_str,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let edit = from_c.handle(edit, "edit")?;
        edit.0.decline(from_c.text(reason, "reason")?)
    })
}

/// Frees an edit. NULL does nothing. One that has not ended is left as it stands: a write that was sent may land.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edit_free(edit: *mut akua_cluster_edit) {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.free(edit);
}

/// Changes the fields in `patch`, whatever happens in between, and tells the truth about it: `AKUA_OK` if it is in
/// effect. Everything in the version `seen` is protected.
///
/// If somebody else changed other fields meanwhile, the patch is applied to the new version; if they touched the same
/// ones, it is `AKUA_CONFLICT` and nothing is written. If an answer is lost, the truth is found out where it can be,
/// else it is `AKUA_INDETERMINATE`. `options` may be NULL. Free `edited` with `akua_cluster_edited_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edit_run(
    client: *const akua_client,
    options: *const akua_call_options,
    seen: *const akua_cluster,
    patch: *const akua_cluster_patch,
    edited: *mut *mut akua_cluster_edited,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.handle_out(edited, "edited");
    from_c.call(error, || {
        let out = out?;
        let client = from_c.handle(client, "client")?;
        let options = from_c.optional(options, "options")?;
        let seen = &from_c.handle(seen, "seen")?.cluster;
        let patch = from_c.handle(patch, "patch")?.patch()?;
        out.set(Steps::run(begun::<Cluster>(client, options, seen, Some(patch))?)?);
        Ok(())
    })
}

/// As `akua_cluster_edit_run`, with an id only: the current version is read first, and only changes during the call
/// are noticed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edit_run_by_id(
    client: *const akua_client,
    options: *const akua_call_options,
    id: akua_str,
    patch: *const akua_cluster_patch,
    edited: *mut *mut akua_cluster_edited,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.handle_out(edited, "edited");
    from_c.call(error, || {
        let out = out?;
        let client = from_c.handle(client, "client")?;
        let options = from_c.optional(options, "options")?;
        let id = ClusterId::try_from(from_c.text(id, "id")?)?;
        let patch = from_c.handle(patch, "patch")?.patch()?;
        out.set(Steps::run(begun::<Cluster>(client, options, id, Some(patch))?)?);
        Ok(())
    })
}

/// Settles a write that an earlier edit left behind, also in another process or language.
///
/// `mode` is `AKUA_RESUME_FINISH`, which may land the write now, or `AKUA_RESUME_LOOK`, which only reads. `AKUA_OK`
/// then means: in effect at some time between the first sending and now. `kubeconfig` is the one that was written, if
/// one was, as a token holds only its hash; else no text. A token for another service, context or kind of resource is
/// `AKUA_INVALID_INPUT` and nothing is sent.
///
/// Whatever it fails with before it could find out, the effect of the error is `unknown` and `akua_error_may_still_land`
/// is true: nothing new is known of the token's write, and **the token has to be kept**. After `AKUA_OK` it may go (but for
/// an outcome `unchanged`), after `AKUA_CONFLICT`, `AKUA_REJECTED`, `AKUA_IGNORED` and `AKUA_NOT_SENT` it must, as the write
/// could land if it was finished later. docs/c.md has the table.
///
/// `options` may be NULL. Free `edited` with `akua_cluster_edited_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_resolve(
    client: *const akua_client,
    options: *const akua_call_options,
    resume_token: akua_str,
    mode: i32,
    kubeconfig: akua_str,
    edited: *mut *mut akua_cluster_edited,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.handle_out(edited, "edited");
    from_c.call(error, || {
        let settle = || {
            let out = out?;
            let client = from_c.handle(client, "client")?;
            let options = from_c.optional(options, "options")?;
            let token: ResumeToken = from_c.text(resume_token, "resume_token")?.parse()?;
            let mode = mode_of(mode)?;
            let kubeconfig = from_c.optional_text(kubeconfig, "kubeconfig")?;
            let secrets = kubeconfig.map(|text| ("kubeconfig", text)).into_iter().collect();
            let (clusters, _) = akua_call_options::collection::<Cluster>(client, options)?;
            out.set(ended(clusters.resolve(&token, mode, &secrets)?)?);
            Ok(())
        };
        settle().map_err(Failure::while_resolving)
    })
}

/// How the edit ended: `applied`, or `unchanged` (everything already was as wanted, and nothing took effect).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edited_outcome(edited: *const akua_cluster_edited) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(edited, akua_str::NONE, |edited| edited.0.outcome())
}

/// How it is known that the change is in effect: `acknowledged` (the server answered 200 to the write) or `observed` (a
/// later read showed every wanted value; somebody else may have written them). No text if nothing was changed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edited_proof(edited: *const akua_cluster_edited) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(edited, akua_str::NONE, |edited| edited.0.proof())
}

/// The etag of the version in which the change is in effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edited_etag(edited: *const akua_cluster_edited) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(edited, akua_str::NONE, |edited| edited.0.etag())
}

/// That version; NULL if the answer to the write could not be read in full, though the change is in effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edited_cluster(edited: *const akua_cluster_edited) -> *const akua_cluster {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(edited, std::ptr::null(), |edited| edited.0.resource())
}

/// Why that version could not be read, where it is NULL after an applied edit; NULL otherwise. It lives as long as
/// `edited`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edited_unreadable(edited: *const akua_cluster_edited) -> *const akua_error {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(edited, std::ptr::null(), |edited| edited.0.unreadable())
}

/// How many times a write was sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edited_attempts(edited: *const akua_cluster_edited) -> u32 {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(edited, 0, |edited| edited.0.attempts)
}

/// How many requests were sent, reads included.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edited_requests(edited: *const akua_cluster_edited) -> u32 {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(edited, 0, |edited| edited.0.requests)
}

/// What happened and why, step by step, for a person. No secret is in it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edited_explain(edited: *const akua_cluster_edited) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(edited, akua_str::NONE, |edited| edited.0.explain())
}

/// Frees an edit that is in effect. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_edited_free(edited: *mut akua_cluster_edited) {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.free(edited);
}
