//! Changes of workspaces.

use std::sync::RwLock;

use akua_model::{WorkspacePatch, WorkspacePatchBuilder};

use crate::error::akua_error;
use crate::failure::Failure;
use crate::handle::{FromC, Handle, Owned, made};
use crate::locks::{changing, reading};
use crate::status::akua_status;
use crate::text::akua_str;

/// A change of some fields of a workspace: what is not set stays as it is. One may serve many calls. Whether it is
/// within the limits is looked at by the call it is given to, before anything is sent. Setting a field while another
/// thread does, or begins a call with it, is refused with `AKUA_MISUSE`.
pub struct akua_workspace_patch(RwLock<WorkspacePatchBuilder>);

impl Handle for akua_workspace_patch {
    const TAG: u64 = u64::from_be_bytes(*b"a.wspatc");
}

impl akua_workspace_patch {
    pub(crate) fn patch(&self) -> Result<WorkspacePatch, Failure> {
        Ok(reading(&self.0, "patch")?.clone().build()?)
    }

    fn set(&self, change: impl FnOnce(WorkspacePatchBuilder) -> WorkspacePatchBuilder) -> Result<(), Failure> {
        let mut patch = changing(&self.0, "patch")?;
        *patch = change(std::mem::take(&mut *patch));
        Ok(())
    }
}

/// Makes a patch in which nothing is set. Free it with `akua_workspace_patch_free`.
#[unsafe(no_mangle)]
pub extern "C" fn akua_workspace_patch_new() -> *mut akua_workspace_patch {
    made(|| akua_workspace_patch(RwLock::default()))
}

/// The new name, 1 to 100 code points.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_patch_set_name(
    patch: *mut akua_workspace_patch,
    name: akua_str,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let patch = from_c.handle(patch, "patch")?;
        let name = from_c.text(name, "name")?;
        patch.set(|patch| patch.name(name))
    })
}

/// The new slug, 3 to 39 code points.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_patch_set_slug(
    patch: *mut akua_workspace_patch,
    slug: akua_str,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let patch = from_c.handle(patch, "patch")?;
        let slug = from_c.text(slug, "slug")?;
        patch.set(|patch| patch.slug(slug))
    })
}

/// Makes a copy, which goes its own way from then on. NULL if there is nothing to copy. Free it with
/// `akua_workspace_patch_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_patch_clone(patch: *const akua_workspace_patch) -> *mut akua_workspace_patch {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(patch, std::ptr::null_mut(), |patch| {
        let copy = || {
            Some(akua_workspace_patch(RwLock::new(
                reading(&patch.0, "patch").ok()?.clone(),
            )))
        };
        copy().map_or(std::ptr::null_mut(), |copy| Owned::new(copy).hand_over())
    })
}

/// Frees a patch. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_patch_free(patch: *mut akua_workspace_patch) {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.free(patch);
}
