//! Changes of clusters.

use std::sync::RwLock;

use akua_model::{ClusterPatch, ClusterPatchBuilder, Secret};

use crate::error::akua_error;
use crate::failure::Failure;
use crate::handle::{FromC, Handle, Owned, made};
use crate::locks::{changing, reading};
use crate::status::akua_status;
use crate::text::akua_str;

/// A change of some fields of a cluster: what is not set stays as it is. One may serve many calls. Whether it is
/// within the limits is looked at by the call it is given to, before anything is sent. Setting a field while another
/// thread does, or begins a call with it, is refused with `AKUA_MISUSE`.
pub struct akua_cluster_patch(RwLock<ClusterPatchBuilder>);

impl Handle for akua_cluster_patch {
    const TAG: u64 = u64::from_be_bytes(*b"a.clpatc");
}

impl akua_cluster_patch {
    pub(crate) fn patch(&self) -> Result<ClusterPatch, Failure> {
        Ok(reading(&self.0, "patch")?.clone().build()?)
    }

    fn set(&self, change: impl FnOnce(ClusterPatchBuilder) -> ClusterPatchBuilder) -> Result<(), Failure> {
        let mut patch = changing(&self.0, "patch")?;
        *patch = change(std::mem::take(&mut *patch));
        Ok(())
    }
}

/// Makes a patch in which nothing is set. Free it with `akua_cluster_patch_free`.
#[unsafe(no_mangle)]
pub extern "C" fn akua_cluster_patch_new() -> *mut akua_cluster_patch {
    made(|| akua_cluster_patch(RwLock::default()))
}

/// The new name, 1 to 100 code points.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_patch_set_name(
    patch: *mut akua_cluster_patch,
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

/// The region to move to, 1 to 54 code points. No answer shows it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_patch_set_region_id(
    patch: *mut akua_cluster_patch,
    region_id: akua_str,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let patch = from_c.handle(patch, "patch")?;
        let region_id = from_c.text(region_id, "region_id")?;
        patch.set(|patch| patch.region_id(region_id))
    })
}

/// Who is to run the control plane: `managed_kaas` or `imported_byoc`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_patch_set_provider(
    patch: *mut akua_cluster_patch,
    provider: akua_str,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let patch = from_c.handle(patch, "patch")?;
        let provider = from_c.text(provider, "provider")?;
        patch.set(|patch| patch.provider(provider))
    })
}

/// The kubeconfig to import with. A secret: no answer and no error shows it, and it is wiped with the patch.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_patch_set_kubeconfig(
    patch: *mut akua_cluster_patch,
    kubeconfig: akua_str,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let patch = from_c.handle(patch, "patch")?;
        let kubeconfig = from_c.text(kubeconfig, "kubeconfig")?;
        let kubeconfig = Secret::from(kubeconfig);
        patch.set(|patch| patch.kubeconfig(kubeconfig))
    })
}

/// Makes a copy, which goes its own way from then on. NULL if there is nothing to copy. Free it with
/// `akua_cluster_patch_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_patch_clone(patch: *const akua_cluster_patch) -> *mut akua_cluster_patch {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(patch, std::ptr::null_mut(), |patch| {
        let copy = || {
            Some(akua_cluster_patch(RwLock::new(
                reading(&patch.0, "patch").ok()?.clone(),
            )))
        };
        copy().map_or(std::ptr::null_mut(), |copy| Owned::new(copy).hand_over())
    })
}

/// Frees a patch. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_patch_free(patch: *mut akua_cluster_patch) {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.free(patch);
}
