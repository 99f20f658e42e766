//! Lists of resources of any kind.

use std::sync::Mutex;

use akua_model::with_kind;

use crate::call::call;
use crate::client::akua_client;
use crate::generated::kinds::akua_kind;
use crate::handle::{Handle, Misuse, from_c};
use crate::held::akua_resource;
use crate::kind::{kind_of, one};
use crate::locks::alone;
use crate::options::akua_call_options;
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
/// `options` may be NULL; their time is that of each page. A list of operations can be narrowed by `AKUA_OPTION_OWNER_TYPE`
/// and `AKUA_OPTION_OWNER_ID`, which go together.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_list_new(
    client: *const akua_client,
    options: *const akua_call_options,
    kind: akua_kind,
    list: *mut *mut akua_list,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |client: handle, options: optional| -> list {
        let kind = kind_of(kind)?;
        let items: Items = with_kind!(
            kind,
            Listed R => {
                let (collection, page) = akua_call_options::collection::<R>(client, options)?;
                Box::new(collection.list_from(page).map(|item| item.map(akua_resource::new)))
            },
            else => {
                let problem = format!("is of {}, of which there is no list (read them by the id)", one(kind));
                return Err(Misuse::new("kind", problem).into());
            }
        );
        akua_list(Mutex::new(items))
    })
}

/// Gives the next resource, or NULL with `AKUA_OK` after the last one. Free it with `akua_resource_free`.
///
/// After a failure the list has ended. A list that the server does not bring to an end fails; it never just stops.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_list_next(
    list: *mut akua_list,
    resource: *mut *mut akua_resource,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |list: handle| -> resource {
        match alone(&list.0, "list")?.next() {
            Some(resource) => resource?,
            None => return Ok(()),
        }
    })
}

/// Frees a list. NULL does nothing. The resources it has given stay.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_list_free(list: *mut akua_list) {
    from_c!().free(list);
}
