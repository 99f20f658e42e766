//! Lists of resources of any kind.

use std::sync::Mutex;

use akua_model::with_kind;

use crate::call_options::akua_call_options;
use crate::client::akua_client;
use crate::generated::kinds::akua_kind;
use crate::handle::{FromC, Handle, Owned};
use crate::held::akua_resource;
use crate::kind::kind_of;
use crate::locks::alone;
use crate::report::akua_report;
use crate::status::akua_status;

/// All resources of a kind that the token may see, one after the other; pages are read as the list gets there. For one
/// thread at a time.
pub struct akua_list(Mutex<Items>);

type Items = Box<dyn Iterator<Item = Result<akua_resource, akua_http::Error>> + Send>;

impl Handle for akua_list {
    const TAG: u64 = u64::from_be_bytes(*b"a.list..");
}

/// Begins a list. Nothing is sent yet. Free it with `akua_list_free`.
///
/// `options` may be NULL; their time is that of each page.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_list_new(
    client: *const akua_client,
    options: *const akua_call_options,
    kind: akua_kind,
    list: *mut *mut akua_list,
    error: *mut *mut akua_report,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.handle_out(list, "list");
    from_c.call(error, || {
        let out = out?;
        let client = from_c.handle(client, "client")?;
        let options = from_c.optional(options, "options")?;
        let items: Items = with_kind!(kind_of(kind)?, R => {
            let (collection, page) = akua_call_options::collection::<R>(client, options)?;
            Box::new(collection.list_from(page).map(|item| item.map(akua_resource::new)))
        });
        out.set(Owned::new(akua_list(Mutex::new(items))).hand_over());
        Ok(())
    })
}

/// Gives the next resource, or NULL with `AKUA_OK` after the last one. Free it with `akua_resource_free`.
///
/// After a failure the list has ended. A list that the server does not bring to an end fails; it never just stops.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_list_next(
    list: *mut akua_list,
    resource: *mut *mut akua_resource,
    error: *mut *mut akua_report,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    let out = from_c.handle_out(resource, "resource");
    from_c.call(error, || {
        let out = out?;
        let mut list = alone(&from_c.handle(list, "list")?.0, "list")?;
        if let Some(resource) = list.next() {
            out.set(Owned::new(resource?).hand_over());
        }
        Ok(())
    })
}

/// Frees a list. NULL does nothing. The resources it has given stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_list_free(list: *mut akua_list) {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.free(list);
}
