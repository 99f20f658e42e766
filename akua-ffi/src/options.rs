//! The settings of clients and the options of calls, as `akua_http::settings` declares them.

use std::sync::RwLock;
use std::time::Duration;

use akua_http::settings::{CallOptions, Of, Setting, Takes, Value, numbered};
use akua_http::{Client, ClientBuilder, Collection, Error, RequestCall};
use akua_model::{Declared, PageQuery};

use crate::call::{Failure, call};
use crate::cancel::akua_cancel;
use crate::generated::settings::akua_option;
use crate::handle::{Handle, Misuse, from_c};
use crate::locks::{changing, reading};
use crate::report::akua_report;
use crate::status::akua_status;
use crate::text::akua_str;

/// The settings of a client. What is not set has a safe default; only the token has none. One may serve to make many
/// clients. Setting one while another thread does, or makes a client with it, is refused with `AKUA_MISUSE`.
pub struct akua_client_options(RwLock<ClientBuilder>);

/// The options of calls. One may serve many calls, one after another and at the same time; a call takes what is set
/// when it begins. Setting one while another thread does, or begins a call with it, is refused with `AKUA_MISUSE`.
pub struct akua_call_options(RwLock<CallOptions>);

impl Handle for akua_client_options {
    const TAG: u64 = u64::from_be_bytes(*b"a.clntop");
}

impl Handle for akua_call_options {
    const TAG: u64 = u64::from_be_bytes(*b"a.callop");
}

/// What takes settings.
trait Settable {
    /// What it is, in messages.
    const NAME: &str;
    /// Whether a setting is one of its own.
    fn has(setting: &Setting) -> bool;
    fn set(&mut self, setting: &Setting, value: Value<'_>) -> Result<(), Error>;
}

impl Settable for ClientBuilder {
    const NAME: &str = "a client";
    fn has(setting: &Setting) -> bool {
        matches!(setting.of, Of::Client | Of::Contract | Of::ClientOrCall)
    }
    fn set(&mut self, setting: &Setting, value: Value<'_>) -> Result<(), Error> {
        self.set(setting, value)
    }
}

impl Settable for CallOptions {
    const NAME: &str = "a call";
    fn has(setting: &Setting) -> bool {
        matches!(setting.of, Of::ClientOrCall | Of::Call | Of::List | Of::Edit)
    }
    fn set(&mut self, setting: &Setting, value: Value<'_>) -> Result<(), Error> {
        self.set(setting, value)
    }
}

/// A value that C gives for a setting.
#[derive(Clone, Copy)]
enum Given<'a> {
    Text(&'a str),
    Number(u64),
    Flag(bool),
}

/// Sets an option, whose number has to be that of a setting of `T`, and of such a value.
fn set<T: Settable>(options: &RwLock<T>, option: akua_option, given: Given<'_>) -> Result<(), Failure> {
    let mut options = changing(options, "options")?;
    let Some(setting) = numbered(option) else {
        let problem = format!("is {option}, which is no setting of this version");
        return Err(Misuse::new("option", problem).into());
    };
    let value = match (setting.takes, given) {
        (Takes::Text | Takes::Pem, Given::Text(text)) => Some(Value::Text(text)),
        (Takes::Count, Given::Number(number)) => Some(Value::Count(number)),
        (Takes::Time, Given::Number(number)) => Some(Value::Time(Duration::from_millis(number))),
        (Takes::Flag, Given::Flag(flag)) => Some(Value::Flag(flag)),
        _ => None,
    };
    match value.filter(|_| T::has(setting)) {
        Some(value) => Ok(options.set(setting, value)?),
        None => Err(unsuited::<T>(setting, given).into()),
    }
}

fn unsuited<T: Settable>(setting: &Setting, given: Given<'_>) -> Misuse {
    let is = match setting.takes {
        Takes::Text | Takes::Pem => "a text",
        Takes::Count | Takes::Time => "a number",
        Takes::Flag => "a flag",
    };
    let given = match given {
        Given::Text(_) => "a text",
        Given::Number(_) => "a number",
        Given::Flag(_) => "a flag",
    };
    let of = match setting.of {
        Of::Client | Of::Contract => "a client",
        Of::ClientOrCall => "a client or a call",
        Of::Call | Of::List | Of::Edit => "a call",
    };
    let (number, name) = (setting.number, T::NAME);
    Misuse::new(
        "option",
        format!("is {number}, which is {is} of {of} and not {given} of {name}"),
    )
}

fn copy<T: Clone>(options: &RwLock<T>) -> Option<RwLock<T>> {
    Some(RwLock::new(reading(options, "options").ok()?.clone()))
}

impl akua_client_options {
    /// A client with these settings.
    pub(crate) fn build(&self) -> Result<Client, Failure> {
        Ok(reading(&self.0, "options")?.clone().build()?)
    }
}

impl akua_call_options {
    /// The collection with these options, and the page that a list begins with.
    pub(crate) fn collection<R: Declared>(
        client: &Client,
        options: Option<&Self>,
    ) -> Result<(Collection<R>, PageQuery), Misuse> {
        let options = match options {
            Some(options) => reading(&options.0, "options")?.clone(),
            None => CallOptions::default(),
        };
        Ok((options.on(client.collection()), options.page))
    }

    /// The request with these options.
    pub(crate) fn on_request(call: RequestCall, options: Option<&Self>) -> Result<RequestCall, Misuse> {
        match options {
            Some(options) => Ok(reading(&options.0, "options")?.on_request(call)),
            None => Ok(call),
        }
    }
}

/// Makes settings in which nothing is set. Free them with `akua_client_options_free`.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn akua_client_options_new() -> *mut akua_client_options {
    from_c!().made(|| akua_client_options(RwLock::default()))
}

/// Sets what the declaration of the option calls a text of a client.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_client_options_set_text(
    options: *mut akua_client_options,
    option: akua_option,
    text: akua_str,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |options: handle, text: text| {
        set::<ClientBuilder>(&options.0, option, Given::Text(text))?
    })
}

/// Sets what the declaration of the option calls a number of a client.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_client_options_set_number(
    options: *mut akua_client_options,
    option: akua_option,
    number: u64,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |options: handle| {
        set::<ClientBuilder>(&options.0, option, Given::Number(number))?
    })
}

/// Sets what the declaration of the option calls a flag of a client.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_client_options_set_flag(
    options: *mut akua_client_options,
    option: akua_option,
    flag: bool,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |options: handle| { set(&options.0, option, Given::Flag(flag))? })
}

/// Makes a copy, which goes its own way from then on. NULL if there is nothing to copy. Free it with
/// `akua_client_options_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_client_options_clone(
    options: *const akua_client_options,
) -> *mut akua_client_options {
    from_c!().copied(options, |options| copy(&options.0).map(akua_client_options))
}

/// Frees settings. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_client_options_free(options: *mut akua_client_options) {
    from_c!().free(options);
}

/// Makes options in which nothing is set. Free them with `akua_call_options_free`.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn akua_call_options_new() -> *mut akua_call_options {
    from_c!().made(|| akua_call_options(RwLock::default()))
}

/// Sets what the declaration of the option calls a text of a call.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_call_options_set_text(
    options: *mut akua_call_options,
    option: akua_option,
    text: akua_str,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |options: handle, text: text| {
        set::<CallOptions>(&options.0, option, Given::Text(text))?
    })
}

/// Sets what the declaration of the option calls a number of a call.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_call_options_set_number(
    options: *mut akua_call_options,
    option: akua_option,
    number: u64,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |options: handle| {
        set::<CallOptions>(&options.0, option, Given::Number(number))?
    })
}

/// Sets what the declaration of the option calls a flag of a call.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_call_options_set_flag(
    options: *mut akua_call_options,
    option: akua_option,
    flag: bool,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |options: handle| { set(&options.0, option, Given::Flag(flag))? })
}

/// A handle that ends the call from outside; NULL for none.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_call_options_set_cancel(
    options: *mut akua_call_options,
    cancel: *const akua_cancel,
    error: *mut *mut akua_report,
) -> akua_status {
    call!(error, |options: handle, cancel: optional| {
        changing(&options.0, "options")?.cancel = cancel.map(|cancel| cancel.0.clone());
    })
}

/// Makes a copy, which goes its own way from then on. NULL if there is nothing to copy. Free it with
/// `akua_call_options_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_call_options_clone(options: *const akua_call_options) -> *mut akua_call_options {
    from_c!().copied(options, |options| copy(&options.0).map(akua_call_options))
}

/// Frees options. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn akua_call_options_free(options: *mut akua_call_options) {
    from_c!().free(options);
}
