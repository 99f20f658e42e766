//! Lists of clusters.

use std::sync::Mutex;

use akua_http::Items;
use akua_model::Cluster;

use crate::call_options::akua_call_options;
use crate::client::akua_client;
use crate::cluster::akua_cluster;
use crate::error::akua_error;
use crate::handle::{FromC, Handle, Owned};
use crate::locks::alone;
use crate::resource::Exported;
use crate::status::akua_status;

/// All clusters that the token may see, one after the other; pages are read as the list gets there. For one thread at
/// a time.
pub struct akua_cluster_list(Mutex<Items<Cluster>>);

impl Handle for akua_cluster_list {
    const TAG: u64 = u64::from_be_bytes(*b"a.cllist");
}

/// Begins a list. Nothing is sent yet. Free it with `akua_cluster_list_free`.
///
/// `options` may be NULL; their time is that of each page.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_list_new(
    client: *const akua_client,
    options: *const akua_call_options,
    list: *mut *mut akua_cluster_list,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.handle_out(list, "list");
    from_c.call(error, || {
        let out = out?;
        let client = from_c.handle(client, "client")?;
        let options = from_c.optional(options, "options")?;
        let (clusters, page) = akua_call_options::collection::<Cluster>(client, options)?;
        let list = akua_cluster_list(Mutex::new(clusters.list_from(page)));
        out.set(Owned::new(list).hand_over());
        Ok(())
    })
}

/// Gives the next cluster, or NULL with `AKUA_OK` after the last one. Free it with `akua_cluster_free`.
///
/// After a failure the list has ended. A list that the server does not bring to an end fails; it never just stops.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_list_next(
    list: *mut akua_cluster_list,
    cluster: *mut *mut akua_cluster,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.handle_out(cluster, "cluster");
    from_c.call(error, || {
        let out = out?;
        let mut list = alone(&from_c.handle(list, "list")?.0, "list")?;
        if let Some(cluster) = list.next() {
            out.set(Owned::new(cluster?.shown()).hand_over());
        }
        Ok(())
    })
}

/// Frees a list. NULL does nothing. The clusters it has given stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_cluster_list_free(list: *mut akua_cluster_list) {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.free(list);
}
