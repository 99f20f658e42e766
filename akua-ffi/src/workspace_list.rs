//! Lists of workspaces.

use std::sync::Mutex;

use akua_http::Items;
use akua_model::Workspace;

use crate::call_options::akua_call_options;
use crate::client::akua_client;
use crate::error::akua_error;
use crate::handle::{FromC, Handle, Owned};
use crate::locks::alone;
use crate::resource::Exported;
use crate::status::akua_status;
use crate::workspace::akua_workspace;

/// All workspaces that the token may see, one after the other; pages are read as the list gets there. For one thread at
/// a time.
pub struct akua_workspace_list(Mutex<Items<Workspace>>);

impl Handle for akua_workspace_list {
    const TAG: u64 = u64::from_be_bytes(*b"a.wslist");
}

/// Begins a list. Nothing is sent yet. Free it with `akua_workspace_list_free`.
///
/// `options` may be NULL; their time is that of each page.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_list_new(
    client: *const akua_client,
    options: *const akua_call_options,
    list: *mut *mut akua_workspace_list,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.handle_out(list, "list");
    from_c.call(error, || {
        let out = out?;
        let client = from_c.handle(client, "client")?;
        let options = from_c.optional(options, "options")?;
        let (workspaces, page) = akua_call_options::collection::<Workspace>(client, options)?;
        let list = akua_workspace_list(Mutex::new(workspaces.list_from(page)));
        out.set(Owned::new(list).hand_over());
        Ok(())
    })
}

/// Gives the next workspace, or NULL with `AKUA_OK` after the last one. Free it with `akua_workspace_free`.
///
/// After a failure the list has ended. A list that the server does not bring to an end fails; it never just stops.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_list_next(
    list: *mut akua_workspace_list,
    workspace: *mut *mut akua_workspace,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.handle_out(workspace, "workspace");
    from_c.call(error, || {
        let out = out?;
        let mut list = alone(&from_c.handle(list, "list")?.0, "list")?;
        if let Some(workspace) = list.next() {
            out.set(Owned::new(workspace?.shown()).hand_over());
        }
        Ok(())
    })
}

/// Frees a list. NULL does nothing. The workspaces it has given stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_workspace_list_free(list: *mut akua_workspace_list) {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.free(list);
}
