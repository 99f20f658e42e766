//! The options of calls: how long they may take, what they are about, how edits behave.

use std::sync::RwLock;
use std::time::Duration;

use akua_http::Collection;
use akua_http::cancel::Cancel;
use akua_model::edit::{OnConflict, Policy};
use akua_model::{PageQuery, Traceparent, WorkspaceContext};

use crate::cancel::akua_cancel;
use crate::client::akua_client;
use crate::error::akua_error;
use crate::failure::Failure;
use crate::handle::{FromC, Handle, Owned, made};
use crate::locks::{changing, reading};
use crate::resource::Exported;
use crate::status::{AKUA_ON_CONFLICT_FAIL, AKUA_ON_CONFLICT_REBASE, akua_status};
use crate::text::akua_str;

/// The options of calls. One may serve many calls, one after another and at the same time; a call takes what is set
/// when it begins. Setting one while another thread does, or begins a call with it, is refused with `AKUA_MISUSE`.
pub struct akua_call_options(RwLock<CallOptions>);

impl Handle for akua_call_options {
    const TAG: u64 = u64::from_be_bytes(*b"a.callop");
}

#[derive(Clone, Default)]
struct CallOptions {
    timeout: Option<Duration>,
    context: Option<WorkspaceContext>,
    cancel: Option<Cancel>,
    traceparent: Option<Traceparent>,
    policy: Policy,
    page: PageQuery,
}

impl akua_call_options {
    /// The collection with these options, and the page that a list begins with.
    pub(crate) fn collection<R: Exported>(
        client: &akua_client,
        options: Option<&Self>,
    ) -> Result<(Collection<R>, PageQuery), Failure> {
        let options = match options {
            Some(options) => reading(&options.0, "options")?.clone(),
            None => CallOptions::default(),
        };
        let client = client.client();
        let mut policy = options.policy;
        // One time for everything: the call's, else the client's.
        policy.deadline = options.timeout.unwrap_or(client.timeout());
        let mut collection = R::collection(client).policy(policy);
        if let Some(timeout) = options.timeout {
            collection = collection.timeout(timeout);
        }
        if let Some(context) = &options.context {
            collection = collection.context(context);
        }
        if let Some(cancel) = &options.cancel {
            collection = collection.cancel(cancel);
        }
        if let Some(traceparent) = &options.traceparent {
            collection = collection.traceparent(traceparent);
        }
        Ok((collection, options.page))
    }

    fn set(&self, change: impl FnOnce(&mut CallOptions)) -> Result<(), Failure> {
        change(&mut *changing(&self.0, "options")?);
        Ok(())
    }
}

/// Makes options in which nothing is set. Free them with `akua_call_options_free`.
#[unsafe(no_mangle)]
pub extern "C" fn akua_call_options_new() -> *mut akua_call_options {
    made(|| akua_call_options(RwLock::default()))
}

/// The time that the whole call may take, in milliseconds: everything from the name look-up to the last repeat, and for
/// an edit also finding out what happened. The client's unless set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_set_timeout_ms(
    options: *mut akua_call_options,
    timeout_ms: u64,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.set(|set| set.timeout = Some(Duration::from_millis(timeout_ms)))
    })
}

/// The workspace that the call is about, 1 to 53 code points, in place of the client's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_set_context(
    options: *mut akua_call_options,
    context: akua_str,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        let context = from_c.text(context, "context")?;
        let context = WorkspaceContext::try_from(context)?;
        options.set(|set| set.context = Some(context))
    })
}

/// A handle that ends the call from outside; NULL for none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_set_cancel(
    options: *mut akua_call_options,
    cancel: *const akua_cancel,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        let cancel = from_c.optional(cancel, "cancel")?.map(|cancel| cancel.0.clone());
        options.set(|set| set.cancel = cancel)
    })
}

/// Where the call stands in the program's own trace: sent as `traceparent` with every request of it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_set_traceparent(
    options: *mut akua_call_options,
    traceparent: akua_str,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        let traceparent = from_c.text(traceparent, "traceparent")?;
        let traceparent = Traceparent::try_from(traceparent)?;
        options.set(|set| set.traceparent = Some(traceparent))
    })
}

/// How many items a list reads with each request, 1 to 100.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_set_page_items(
    options: *mut akua_call_options,
    items: u64,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        let page = PageQuery::default().limit(items)?;
        options.set(|set| {
            set.page = match set.page.clone().limit(items) {
                Ok(page) => page,
                Err(_) => page,
            };
        })
    })
}

/// Where a list begins: the cursor of an earlier one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_set_page_cursor(
    options: *mut akua_call_options,
    cursor: akua_str,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        let cursor = from_c.text(cursor, "cursor")?;
        options.set(|set| set.page = set.page.clone().cursor(cursor))
    })
}

/// What an edit does about another writer: `AKUA_ON_CONFLICT_REBASE` unless set, or `AKUA_ON_CONFLICT_FAIL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_set_on_conflict(
    options: *mut akua_call_options,
    on_conflict: i32,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        let on_conflict = match on_conflict {
            AKUA_ON_CONFLICT_FAIL => OnConflict::Fail,
            AKUA_ON_CONFLICT_REBASE => OnConflict::Rebase,
            // No name is as another number, so that this is refused in the same words as everywhere.
            _ => "".parse()?,
        };
        options.set(|set| set.policy.on_conflict = on_conflict)
    })
}

/// Whether an edit writes a field that no answer shows (`kubeconfig`, `region_id`) even after somebody else's change,
/// which may have been to that very field. It does not unless set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_set_overwrite_unseen(
    options: *mut akua_call_options,
    overwrite: bool,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.set(|set| set.policy.overwrite_unseen = overwrite)
    })
}

/// How often an edit may send one request in all: 4 unless set; 0 counts as 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_set_attempts(
    options: *mut akua_call_options,
    attempts: u32,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.set(|set| set.policy.attempts = attempts)
    })
}

/// On how many versions an edit may try its change: 8 unless set; 0 counts as 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_set_epochs(
    options: *mut akua_call_options,
    epochs: u32,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.set(|set| set.policy.epochs = epochs)
    })
}

/// How much of an edit's time is kept for finding out what happened, in milliseconds: 5000 unless set, a quarter of the
/// time at most.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_set_settle_reserve_ms(
    options: *mut akua_call_options,
    reserve_ms: u64,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.set(|set| set.policy.settle_reserve = Duration::from_millis(reserve_ms))
    })
}

/// The longest first pause before an edit repeats a request, in milliseconds; it doubles each time. 100 unless set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_set_backoff_ms(
    options: *mut akua_call_options,
    backoff_ms: u64,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.set(|set| set.policy.backoff = Duration::from_millis(backoff_ms))
    })
}

/// The longest pause before an edit repeats a request, in milliseconds. 5000 unless set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_set_backoff_limit_ms(
    options: *mut akua_call_options,
    limit_ms: u64,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.set(|set| set.policy.backoff_limit = Duration::from_millis(limit_ms))
    })
}

/// Makes a copy, which goes its own way from then on. NULL if there is nothing to copy. Free it with
/// `akua_call_options_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_clone(options: *const akua_call_options) -> *mut akua_call_options {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(options, std::ptr::null_mut(), |options| {
        let copy = || {
            Some(akua_call_options(RwLock::new(
                reading(&options.0, "options").ok()?.clone(),
            )))
        };
        copy().map_or(std::ptr::null_mut(), |copy| Owned::new(copy).hand_over())
    })
}

/// Frees options. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_free(options: *mut akua_call_options) {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.free(options);
}
