//! The options of calls: how long they may take, what they are about, how edits behave.

use std::sync::RwLock;
use std::time::Duration;

use akua_http::Collection;
use akua_http::cancel::Cancel;
use akua_model::edit::Policy;
use akua_model::{PageQuery, Resource, Traceparent, WorkspaceContext};

use crate::call::Failure;
use crate::cancel::akua_cancel;
use crate::client::akua_client;
use crate::handle::{FromC, Handle, Misuse, Owned, made};
use crate::locks::{changing, reading};
use crate::option::{
    AKUA_OPTION_BACKOFF, AKUA_OPTION_BACKOFF_LIMIT, AKUA_OPTION_CONTEXT, AKUA_OPTION_CURSOR, AKUA_OPTION_MAX_ATTEMPTS,
    AKUA_OPTION_MAX_VERSIONS, AKUA_OPTION_ON_CONFLICT, AKUA_OPTION_OVERWRITE_UNSEEN, AKUA_OPTION_PAGE_SIZE,
    AKUA_OPTION_SETTLE_RESERVE, AKUA_OPTION_TIMEOUT, AKUA_OPTION_TRACEPARENT, akua_option, count, unsuited,
};
use crate::report::akua_report;
use crate::status::akua_status;
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
    pub(crate) fn collection<R: Resource>(
        client: &akua_client,
        options: Option<&Self>,
    ) -> Result<(Collection<R>, PageQuery), Misuse> {
        let options = match options {
            Some(options) => reading(&options.0, "options")?.clone(),
            None => CallOptions::default(),
        };
        let client = client.client();
        let mut policy = options.policy;
        // One time for everything: the call's, else the client's.
        policy.deadline = options.timeout.unwrap_or(client.timeout());
        let mut collection = client.collection::<R>().policy(policy);
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
}

impl CallOptions {
    fn set_text(&mut self, option: akua_option, text: &str) -> Result<(), Failure> {
        match option {
            AKUA_OPTION_CONTEXT => self.context = Some(WorkspaceContext::try_from(text)?),
            AKUA_OPTION_TRACEPARENT => self.traceparent = Some(Traceparent::try_from(text)?),
            AKUA_OPTION_CURSOR => self.page = std::mem::take(&mut self.page).cursor(text),
            AKUA_OPTION_ON_CONFLICT => self.policy.on_conflict = text.parse()?,
            _ => return Err(unsuited(option, "a text of a call").into()),
        }
        Ok(())
    }

    fn set_number(&mut self, option: akua_option, number: u64) -> Result<(), Failure> {
        let time = Duration::from_millis(number);
        match option {
            AKUA_OPTION_TIMEOUT => self.timeout = Some(time),
            AKUA_OPTION_PAGE_SIZE => self.page = self.page.clone().limit(number)?,
            AKUA_OPTION_MAX_ATTEMPTS => self.policy.attempts = count(number),
            AKUA_OPTION_MAX_VERSIONS => self.policy.epochs = count(number),
            AKUA_OPTION_SETTLE_RESERVE => self.policy.settle_reserve = time,
            AKUA_OPTION_BACKOFF => self.policy.backoff = time,
            AKUA_OPTION_BACKOFF_LIMIT => self.policy.backoff_limit = time,
            _ => return Err(unsuited(option, "a number of a call").into()),
        }
        Ok(())
    }

    fn set_flag(&mut self, option: akua_option, flag: bool) -> Result<(), Failure> {
        match option {
            AKUA_OPTION_OVERWRITE_UNSEEN => self.policy.overwrite_unseen = flag,
            _ => return Err(unsuited(option, "a flag of a call").into()),
        }
        Ok(())
    }
}

/// Makes options in which nothing is set. Free them with `akua_call_options_free`.
#[unsafe(no_mangle)]
pub extern "C" fn akua_call_options_new() -> *mut akua_call_options {
    made(|| akua_call_options(RwLock::default()))
}

/// Sets what the declaration of the option calls a text of a call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_set_text(
    options: *mut akua_call_options,
    option: akua_option,
    text: akua_str,
    error: *mut *mut akua_report,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        let text = from_c.text(text, "text")?;
        changing(&options.0, "options")?.set_text(option, text)
    })
}

/// Sets what the declaration of the option calls a number of a call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_set_number(
    options: *mut akua_call_options,
    option: akua_option,
    number: u64,
    error: *mut *mut akua_report,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        changing(&options.0, "options")?.set_number(option, number)
    })
}

/// Sets what the declaration of the option calls a flag of a call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_set_flag(
    options: *mut akua_call_options,
    option: akua_option,
    flag: bool,
    error: *mut *mut akua_report,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        changing(&options.0, "options")?.set_flag(option, flag)
    })
}

/// A handle that ends the call from outside; NULL for none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_set_cancel(
    options: *mut akua_call_options,
    cancel: *const akua_cancel,
    error: *mut *mut akua_report,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        let cancel = from_c.optional(cancel, "cancel")?.map(|cancel| cancel.0.clone());
        changing(&options.0, "options")?.cancel = cancel;
        Ok(())
    })
}

/// Makes a copy, which goes its own way from then on. NULL if there is nothing to copy. Free it with
/// `akua_call_options_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_clone(options: *const akua_call_options) -> *mut akua_call_options {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(options, std::ptr::null_mut(), |options| {
        let set = reading(&options.0, "options").map(|set| set.clone());
        set.map_or(std::ptr::null_mut(), |set| {
            Owned::new(akua_call_options(RwLock::new(set))).hand_over()
        })
    })
}

/// Frees options. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_call_options_free(options: *mut akua_call_options) {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.free(options);
}
