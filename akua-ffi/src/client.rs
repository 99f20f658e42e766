//! The client: what every call goes through.

use akua_http::Client;

use crate::call::call;
use crate::handle::{Handle, from_c};
use crate::options::akua_client_options;
use crate::report::akua_report;
use crate::status::akua_status;
use crate::text::{Texts, akua_str};

/// A client of one service with one token. It holds the connections; one is enough for a program, and it may be used
/// from many threads at a time. After `fork` a child may go on with it: it opens connections of its own.
pub struct akua_client {
    client: Client,
    base_url: Texts<()>,
}

impl Handle for akua_client {
    const TAG: u64 = u64::from_be_bytes(*b"a.client");
}

impl std::ops::Deref for akua_client {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// Makes a client. Nothing is sent yet. Free it with `akua_client_free`.
///
/// Fails with `AKUA_CONFIGURATION`, naming the setting that is missing or can't be used.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_client_new(
    options: *const akua_client_options,
    client: *mut *mut akua_client,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |options: handle| -> client {
        akua_client {
            client: options.build()?,
            base_url: Texts::default(),
        }
    })
}

/// Where the service is. It lives as long as the client.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_client_base_url(client: *const akua_client) -> akua_str {
    from_c!().of(client, akua_str::NONE, |client| {
        client.base_url.of((), || Some(client.client.base_url().to_string()))
    })
}

/// Frees a client. NULL does nothing. Lists and edits that were begun with it go on.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_client_free(client: *mut akua_client) {
    from_c!().free(client);
}
