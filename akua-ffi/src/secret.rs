//! Secrets that the server has given: nothing shows them but the one function that is for it.

use akua_model::{Cluster, ResourceKind, Secret};
use zeroize::Zeroizing;

use crate::call::call;
use crate::client::akua_client;
use crate::generated::kinds::{AKUA_KUBECONFIG, akua_kind, akua_property};
use crate::handle::{Handle, Misuse, from_c};
use crate::held::akua_resource;
use crate::kind::{kind_of, same_kind};
use crate::options::akua_call_options;
use crate::report::akua_report;
use crate::status::akua_status;
use crate::text::akua_str;

/// A secret text, such as a kubeconfig. It never changes, is in no report and no log, and is wiped from memory when it is
/// freed. It may be used from many threads at a time.
pub struct akua_secret(Zeroizing<Vec<u8>>);

impl Handle for akua_secret {
    const TAG: u64 = u64::from_be_bytes(*b"a.secret");
}

impl akua_secret {
    fn new(secret: &Secret) -> Self {
        let text = secret.expose().as_bytes();
        // Reserved at once, so that no grown buffer leaves a copy behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() + 1));
        bytes.extend_from_slice(text);
        bytes.push(0);
        Self(bytes)
    }
}

/// Reads a secret of a resource: `AKUA_KUBECONFIG` of `AKUA_CLUSTER`, which makes whoever has it the cluster's administrator.
/// Free it with `akua_secret_free`.
///
/// That it was handed out is written into the audit log of the workspace, so it is asked for once and never again by itself:
/// after a lost answer it may have been handed out. The call may be made again, as it changes nothing. A failure shows
/// nothing of it. `options` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_secret_get(
    client: *const akua_client,
    options: *const akua_call_options,
    kind: akua_kind,
    id: akua_str,
    property: akua_property,
    secret: *mut *mut akua_secret,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle, options: optional, id: text| -> secret {
        same_kind("kind", kind_of(kind)?, ResourceKind::Cluster)?;
        if property != AKUA_KUBECONFIG {
            return Err(Misuse::new("property", "is no secret that can be read (AKUA_KUBECONFIG is)").into());
        }
        let (clusters, _) = akua_call_options::collection::<Cluster>(client, options)?;
        akua_secret::new(&clusters.kubeconfig(&id.parse()?)?)
    })
}

/// Gives a secret that an answer has shown once, such as `AKUA_TOKEN` of a worker bootstrap that was just made; NULL with `AKUA_OK`
/// if the resource has none, as after any other answer. Nothing else shows it: not `akua_resource_text`, and not
/// `akua_resource_json`. A property that is no secret is `AKUA_MISUSE`. Free it with `akua_secret_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_resource_secret(
    resource: *const akua_resource,
    property: akua_property,
    secret: *mut *mut akua_secret,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |resource: handle| -> secret {
        match resource.secret(property)? {
            Some(secret) => akua_secret::new(secret),
            None => return Ok(()),
        }
    })
}

/// The secret itself, for whoever has to keep it; never for people. It lives until `akua_secret_free`, which wipes it; of a
/// copy the program takes care itself.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_secret_expose(secret: *const akua_secret) -> akua_str {
    from_c!().of(secret, akua_str::NONE, |secret| akua_str::ending_with_nul(&secret.0))
}

/// Wipes a secret from memory and frees it. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_secret_free(secret: *mut akua_secret) {
    from_c!().free(secret);
}
