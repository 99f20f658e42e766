//! The settings of clients and the options of calls: one table of both.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use akua_http::cancel::Cancel;
use akua_http::retry::RetryPolicy;
use akua_http::transport::{ClientCertificate, ProxyUrl};
use akua_http::{Client, ClientBuilder, Collection};
use akua_model::edit::{Contract, Policy};
use akua_model::{PageQuery, Resource, Traceparent, WorkspaceContext};
use zeroize::Zeroizing;

use crate::call::{Failure, call};
use crate::cancel::akua_cancel;
use crate::handle::{Handle, Misuse, from_c};
use crate::locks::{changing, reading};
#[allow(clippy::wildcard_imports)]
use crate::option::*;
use crate::report::akua_report;
use crate::status::akua_status;
use crate::text::akua_str;

/// The settings of a client. What is not set has a safe default; only the token has none. One may serve to make many
/// clients. Setting one while another thread does, or makes a client with it, is refused with `AKUA_MISUSE`.
pub struct akua_client_options(RwLock<Options>);

/// The options of calls. One may serve many calls, one after another and at the same time; a call takes what is set
/// when it begins. Setting one while another thread does, or begins a call with it, is refused with `AKUA_MISUSE`.
pub struct akua_call_options(RwLock<Options>);

impl Handle for akua_client_options {
    const TAG: u64 = u64::from_be_bytes(*b"a.clntop");
}

impl Handle for akua_call_options {
    const TAG: u64 = u64::from_be_bytes(*b"a.callop");
}

/// What is set: of a client, or of calls.
#[derive(Clone, Default)]
struct Options {
    timeout: Option<Duration>,
    context: Option<WorkspaceContext>,
    /// What is done to a fresh builder of a client, in order.
    steps: Vec<Arc<dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync>>,
    use_env: bool,
    certificate: Option<Zeroizing<String>>,
    key: Option<Zeroizing<String>>,
    contract: Contract,
    retry: RetryPolicy,
    cancel: Option<Cancel>,
    traceparent: Option<Traceparent>,
    policy: Policy,
    page: PageQuery,
}

/// Whose a setting is: one or both of these.
type Whose = u8;
const CLIENT: Whose = 1;
const CALL: Whose = 2;

type Done = Result<(), Failure>;

/// What a setting is, and what setting it does.
#[derive(Clone, Copy)]
enum Setting {
    Text(fn(&mut Options, &str) -> Done),
    Number(fn(&mut Options, u64) -> Done),
    /// A number of milliseconds.
    Time(fn(&mut Options, Duration) -> Done),
    Flag(fn(&mut Options, bool) -> Done),
}
use Setting::{Flag, Number, Text, Time};

#[rustfmt::skip]
const SETTINGS: &[(akua_option, Whose, Setting)] = &[
    (AKUA_OPTION_USE_ENV, CLIENT, Flag(|set, flag| keep(&mut set.use_env, flag))),
    (AKUA_OPTION_BASE_URL, CLIENT, Text(|set, text| set.step(secret(text), |client, url| client.base_url(url.as_str())))),
    (AKUA_OPTION_TOKEN, CLIENT, Text(|set, text| set.step(secret(text), |client, token| client.token(token.as_str())))),
    (AKUA_OPTION_CONTEXT, CLIENT | CALL, Text(|set, text| keep(&mut set.context, Some(text.try_into()?)))),
    (AKUA_OPTION_TIMEOUT, CLIENT | CALL, Time(|set, time| keep(&mut set.timeout, Some(time)))),
    (AKUA_OPTION_CONNECT_TIMEOUT, CLIENT, Time(|set, time| set.step(time, |client, time| client.connect_timeout(*time)))),
    (AKUA_OPTION_READ_TIMEOUT, CLIENT, Time(|set, time| set.step(time, |client, time| client.read_timeout(*time)))),
    (AKUA_OPTION_MAX_RESPONSE_BYTES, CLIENT, Number(|set, bytes| {
        set.step(usize::try_from(bytes).unwrap_or(usize::MAX), |client, bytes| client.max_response_bytes(*bytes))
    })),
    (AKUA_OPTION_USER_AGENT_SUFFIX, CLIENT, Text(|set, text| {
        set.step(secret(text), |client, suffix| client.user_agent_suffix(suffix.as_str()))
    })),
    (AKUA_OPTION_EXTRA_ROOT_CERTIFICATES, CLIENT, Text(|set, text| {
        set.step(secret(text), |client, pem| client.extra_root_certificates(pem.as_str()))
    })),
    (AKUA_OPTION_CLIENT_CERTIFICATE, CLIENT, Text(|set, text| keep(&mut set.certificate, Some(secret(text))))),
    (AKUA_OPTION_CLIENT_KEY, CLIENT, Text(|set, text| keep(&mut set.key, Some(secret(text))))),
    (AKUA_OPTION_PROXY, CLIENT, Text(|set, text| {
        let proxy = ProxyUrl::parse(text).map_err(akua_http::Error::from)?;
        set.step(proxy, |client, proxy| client.proxy(proxy.clone()))
    })),
    (AKUA_OPTION_NO_PROXY, CLIENT, Flag(|set, flag| {
        set.step(flag, |client, none| if *none { client.no_proxy() } else { client })
    })),
    (AKUA_OPTION_ALLOW_INSECURE_HTTP, CLIENT, Flag(|set, flag| {
        set.step(flag, |client, allow| client.allow_insecure_http(*allow))
    })),
    (AKUA_OPTION_RETRY_ATTEMPTS, CLIENT, Number(|set, number| keep(&mut set.retry.attempts, count(number)))),
    (AKUA_OPTION_RETRY_BASE, CLIENT, Time(|set, time| keep(&mut set.retry.base, time))),
    (AKUA_OPTION_RETRY_CAP, CLIENT, Time(|set, time| keep(&mut set.retry.cap, time))),
    (AKUA_OPTION_RETRY_BUDGET, CLIENT, Number(|set, number| {
        set.step(count(number), |client, repeats| client.retry_budget(*repeats))
    })),
    (AKUA_OPTION_CONTRACT_ETAG_NEVER_REPEATS, CLIENT, Flag(|set, flag| keep(&mut set.contract.etag_never_repeats, flag))),
    (AKUA_OPTION_CONTRACT_KEY_CHECKED_BEFORE_IF_MATCH, CLIENT, Flag(|set, flag| {
        keep(&mut set.contract.key_checked_before_if_match, flag)
    })),
    (AKUA_OPTION_CONTRACT_KEY_RETENTION, CLIENT, Time(|set, time| keep(&mut set.contract.key_retention, time))),
    (AKUA_OPTION_CONTRACT_CLOCK_SKEW, CLIENT, Time(|set, time| keep(&mut set.contract.clock_skew, time))),
    (AKUA_OPTION_CONTRACT_STORES_REJECTIONS_PER_KEY, CLIENT, Flag(|set, flag| {
        keep(&mut set.contract.stores_rejections_per_key, flag)
    })),
    (AKUA_OPTION_CONTRACT_READS_LINEARIZABLE, CLIENT, Flag(|set, flag| keep(&mut set.contract.reads_linearizable, flag))),
    (AKUA_OPTION_CONTRACT_ETAG_COVERS_WRITE_ONLY, CLIENT, Flag(|set, flag| {
        keep(&mut set.contract.etag_covers_write_only, flag)
    })),
    (AKUA_OPTION_CONTRACT_HIDDEN_RETRIES, CLIENT, Flag(|set, flag| keep(&mut set.contract.hidden_retries, flag))),
    (AKUA_OPTION_CONTRACT_ANSWERS_SHOW_WRITTEN_VERSION, CLIENT, Flag(|set, flag| {
        keep(&mut set.contract.answers_show_written_version, flag)
    })),
    (AKUA_OPTION_CONTRACT_CONFLICTS_NAME_CURRENT_ETAG, CLIENT, Flag(|set, flag| {
        keep(&mut set.contract.conflicts_name_current_etag, flag)
    })),
    (AKUA_OPTION_TRACEPARENT, CALL, Text(|set, text| keep(&mut set.traceparent, Some(text.try_into()?)))),
    (AKUA_OPTION_PAGE_SIZE, CALL, Number(|set, number| {
        let page = set.page.clone().limit(number)?;
        keep(&mut set.page, page)
    })),
    (AKUA_OPTION_CURSOR, CALL, Text(|set, text| {
        let page = set.page.clone().cursor(text);
        keep(&mut set.page, page)
    })),
    (AKUA_OPTION_ON_CONFLICT, CALL, Text(|set, text| keep(&mut set.policy.on_conflict, text.parse()?))),
    (AKUA_OPTION_OVERWRITE_UNSEEN, CALL, Flag(|set, flag| keep(&mut set.policy.overwrite_unseen, flag))),
    (AKUA_OPTION_MAX_ATTEMPTS, CALL, Number(|set, number| keep(&mut set.policy.attempts, count(number)))),
    (AKUA_OPTION_MAX_VERSIONS, CALL, Number(|set, number| keep(&mut set.policy.epochs, count(number)))),
    (AKUA_OPTION_SETTLE_RESERVE, CALL, Time(|set, time| keep(&mut set.policy.settle_reserve, time))),
    (AKUA_OPTION_BACKOFF, CALL, Time(|set, time| keep(&mut set.policy.backoff, time))),
    (AKUA_OPTION_BACKOFF_LIMIT, CALL, Time(|set, time| keep(&mut set.policy.backoff_limit, time))),
];

fn keep<T>(place: &mut T, value: T) -> Done {
    *place = value;
    Ok(())
}

fn secret(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_owned())
}

/// As many as fit.
fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A value that C gives for a setting.
enum Given<'a> {
    Text(&'a str),
    Number(u64),
    Flag(bool),
}

/// Sets an option of a client or of a call, whose number has to be that of such a setting, and of such a value.
fn set(options: &RwLock<Options>, whose: Whose, option: akua_option, given: Given<'_>) -> Done {
    let mut options = changing(options, "options")?;
    let Some((_, owner, setting)) = SETTINGS.iter().find(|(number, ..)| *number == option) else {
        let problem = format!("is {option}, which is no setting of this version");
        return Err(Misuse::new("option", problem).into());
    };
    let fits = owner & whose != 0;
    let word = match (setting, given) {
        (Text(set), Given::Text(text)) if fits => return set(&mut options, text),
        (Number(set), Given::Number(number)) if fits => return set(&mut options, number),
        (Time(set), Given::Number(number)) if fits => return set(&mut options, Duration::from_millis(number)),
        (Flag(set), Given::Flag(flag)) if fits => return set(&mut options, flag),
        (_, Given::Text(_)) => "a text",
        (_, Given::Number(_)) => "a number",
        (_, Given::Flag(_)) => "a flag",
    };
    let is = match setting {
        Text(_) => "a text",
        Number(_) | Time(_) => "a number",
        Flag(_) => "a flag",
    };
    let (owner, whose) = (named(*owner), named(whose));
    let problem = format!("is {option}, which is {is} of {owner} and not {word} of {whose}");
    Err(Misuse::new("option", problem).into())
}

fn named(whose: Whose) -> &'static str {
    match whose {
        CLIENT => "a client",
        CALL => "a call",
        _ => "a client or a call",
    }
}

fn copy(options: &RwLock<Options>) -> Option<RwLock<Options>> {
    Some(RwLock::new(reading(options, "options").ok()?.clone()))
}

impl Options {
    fn step<V: Send + Sync + 'static>(&mut self, value: V, step: fn(ClientBuilder, &V) -> ClientBuilder) -> Done {
        self.steps.push(Arc::new(move |client| step(client, &value)));
        Ok(())
    }
}

impl akua_client_options {
    /// A client with these settings.
    pub(crate) fn build(&self) -> Result<Client, Failure> {
        let options = reading(&self.0, "options")?;
        let mut builder = Client::builder().contract(options.contract).retry(options.retry);
        if options.use_env {
            builder = builder.from_env();
        }
        if options.certificate.is_some() || options.key.is_some() {
            let pem = |text: &Option<Zeroizing<String>>| text.as_ref().map_or("", |text| text.as_str()).to_owned();
            let certificate = ClientCertificate::from_pem(pem(&options.certificate), pem(&options.key));
            builder = builder.client_certificate(certificate);
        }
        if let Some(timeout) = options.timeout {
            builder = builder.timeout(timeout);
        }
        if let Some(context) = &options.context {
            builder = builder.context(context.clone());
        }
        let builder = options.steps.iter().fold(builder, |builder, step| step(builder));
        Ok(builder.build()?)
    }
}

impl akua_call_options {
    /// The collection with these options, and the page that a list begins with.
    pub(crate) fn collection<R: Resource>(
        client: &Client,
        options: Option<&Self>,
    ) -> Result<(Collection<R>, PageQuery), Misuse> {
        let options = match options {
            Some(options) => reading(&options.0, "options")?.clone(),
            None => Options::default(),
        };
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
        set(&options.0, CLIENT, option, Given::Text(text))?
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
        set(&options.0, CLIENT, option, Given::Number(number))?
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
    call!(error, |options: handle| {
        set(&options.0, CLIENT, option, Given::Flag(flag))?
    })
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
        set(&options.0, CALL, option, Given::Text(text))?
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
        set(&options.0, CALL, option, Given::Number(number))?
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
    call!(error, |options: handle| {
        set(&options.0, CALL, option, Given::Flag(flag))?
    })
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
