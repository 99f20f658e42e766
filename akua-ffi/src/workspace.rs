//! Workspaces: one version, and the calls that read and update.

use akua_model::{IfMatch, Workspace, WorkspaceId};

use crate::call_options::akua_call_options;
use crate::client::akua_client;
use crate::error::akua_error;
use crate::handle::{FromC, Handle, Owned};
use crate::resource::Exported;
use crate::status::akua_status;
use crate::text::{Lazy, Text, Texts, akua_str};
use crate::workspace_patch::akua_workspace_patch;

/// A workspace as one answer showed it. It never changes. What a getter gives is borrowed: it lives as long as the
/// workspace. It may be used from many threads at a time.
pub struct akua_workspace {
    pub(crate) workspace: Workspace,
    shown: Shown,
}

/// Its texts, in this order.
#[derive(Clone, Copy)]
enum Part {
    Id,
    Name,
    Slug,
    PlanTier,
    PlanBilledBy,
    WorkspaceClass,
    Etag,
}

/// What is made when C asks for it.
#[derive(Default)]
struct Shown {
    texts: Texts<7>,
    created_at: Lazy,
    updated_at: Lazy,
    json: Lazy,
}

impl Handle for akua_workspace {
    const TAG: u64 = u64::from_be_bytes(*b"a.worksp");
}

impl akua_workspace {
    pub(crate) fn new(workspace: Workspace) -> Self {
        let shown = Shown::default();
        Self { workspace, shown }
    }

    fn text(&self, part: Part) -> akua_str {
        let workspace = &self.workspace;
        self.shown.texts.of(part as usize, || {
            [
                Some(workspace.id.as_str()),
                Some(workspace.name.as_str()),
                Some(workspace.slug.as_str()),
                workspace.plan.tier.as_deref(),
                workspace.plan.billed_by.as_ref().map(|by| by.as_str()),
                workspace.workspace_class.as_ref().map(|class| class.as_str()),
                Some(workspace.etag.as_str()),
            ]
        })
    }
}

/// Reads a workspace. Free it with `akua_workspace_free`.
///
/// `options` may be NULL. A read is tried again within its time, and never takes effect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_get(
    client: *const akua_client,
    options: *const akua_call_options,
    id: akua_str,
    workspace: *mut *mut akua_workspace,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.handle_out(workspace, "workspace");
    from_c.call(error, || {
        let out = out?;
        let client = from_c.handle(client, "client")?;
        let options = from_c.optional(options, "options")?;
        let id = WorkspaceId::try_from(from_c.text(id, "id")?)?;
        let (workspaces, _) = akua_call_options::collection::<Workspace>(client, options)?;
        out.set(Owned::new(workspaces.get(&id)?.shown()).hand_over());
        Ok(())
    })
}

/// Changes the fields in `patch`, if the workspace still has the etag `if_match`, and gives the workspace as it is then.
///
/// Exactly one conditional request is sent, and never sent again. On a failure, `akua_error_may_have_taken_effect`
/// tells whether it may have changed something: it is false for `AKUA_CONFLICT`. `options` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_update(
    client: *const akua_client,
    options: *const akua_call_options,
    id: akua_str,
    if_match: akua_str,
    patch: *const akua_workspace_patch,
    workspace: *mut *mut akua_workspace,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.handle_out(workspace, "workspace");
    from_c.call(error, || {
        let out = out?;
        let client = from_c.handle(client, "client")?;
        let options = from_c.optional(options, "options")?;
        let id = WorkspaceId::try_from(from_c.text(id, "id")?)?;
        let if_match = IfMatch::try_from(from_c.text(if_match, "if_match")?)?;
        let patch = from_c.handle(patch, "patch")?.patch()?;
        let (workspaces, _) = akua_call_options::collection::<Workspace>(client, options)?;
        let workspace = workspaces.update(&id, &if_match, &patch)?;
        out.set(Owned::new(workspace.shown()).hand_over());
        Ok(())
    })
}

/// The id.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_id(workspace: *const akua_workspace) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(workspace, akua_str::NONE, |workspace| workspace.text(Part::Id))
}

/// The name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_name(workspace: *const akua_workspace) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(workspace, akua_str::NONE, |workspace| workspace.text(Part::Name))
}

/// The part of its address that people choose.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_slug(workspace: *const akua_workspace) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(workspace, akua_str::NONE, |workspace| workspace.text(Part::Slug))
}

/// The tier of its plan; no text if the answer has none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_plan_tier(workspace: *const akua_workspace) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(workspace, akua_str::NONE, |workspace| workspace.text(Part::PlanTier))
}

/// Who bills for its plan: `platform`, `seller`, or what a newer server says; no text if the answer has none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_plan_billed_by(workspace: *const akua_workspace) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(workspace, akua_str::NONE, |workspace| {
        workspace.text(Part::PlanBilledBy)
    })
}

/// What it is for: `standard`, `platform`, `sandbox`, or what a newer server says; no text if the answer has none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_workspace_class(workspace: *const akua_workspace) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(workspace, akua_str::NONE, |workspace| {
        workspace.text(Part::WorkspaceClass)
    })
}

/// When it was made, in Unix seconds; `INT64_MIN` if that does not fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_created_at(workspace: *const akua_workspace) -> i64 {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(workspace, i64::MIN, |workspace| {
        workspace.workspace.created_at.unix_seconds().unwrap_or(i64::MIN)
    })
}

/// When it was made, as RFC 3339 in UTC, or the raw number where that can't be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_created_at_text(workspace: *const akua_workspace) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(workspace, akua_str::NONE, |workspace| {
        workspace
            .shown
            .created_at
            .of(&workspace.workspace.created_at.to_string())
    })
}

/// When it last changed, in Unix seconds; `INT64_MIN` if that does not fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_updated_at(workspace: *const akua_workspace) -> i64 {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(workspace, i64::MIN, |workspace| {
        workspace.workspace.updated_at.unix_seconds().unwrap_or(i64::MIN)
    })
}

/// When it last changed, as RFC 3339 in UTC, or the raw number where that can't be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_updated_at_text(workspace: *const akua_workspace) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(workspace, akua_str::NONE, |workspace| {
        workspace
            .shown
            .updated_at
            .of(&workspace.workspace.updated_at.to_string())
    })
}

/// The etag of this version: what an update takes as `if_match`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_etag(workspace: *const akua_workspace) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(workspace, akua_str::NONE, |workspace| workspace.text(Part::Etag))
}

/// The whole workspace as JSON, with the properties that this version does not know.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_json(workspace: *const akua_workspace) -> akua_str {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(workspace, akua_str::NONE, |workspace| {
        workspace
            .shown
            .json
            .made(|| Text::new(&serde_json::to_string(&workspace.workspace).unwrap_or_default()))
    })
}

/// Makes a copy of a workspace, such as of one that an error lends. NULL if there is none. Free it with
/// `akua_workspace_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_clone(workspace: *const akua_workspace) -> *mut akua_workspace {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(workspace, std::ptr::null_mut(), |workspace| {
        Owned::new(akua_workspace::new(workspace.workspace.clone())).hand_over()
    })
}

/// Frees a workspace. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_free(workspace: *mut akua_workspace) {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.free(workspace);
}
