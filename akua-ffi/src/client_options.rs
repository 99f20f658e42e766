//! The settings of a client, and where they come from.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use akua_http::retry::RetryPolicy;
use akua_http::transport::{ClientCertificate, ProxyUrl};
use akua_http::{Client, ClientBuilder};
use akua_model::WorkspaceContext;
use akua_model::edit::Contract;
use zeroize::Zeroizing;

use crate::call::Failure;
use crate::handle::{FromC, Handle, Owned, made};
use crate::locks::{changing, reading};
#[allow(clippy::wildcard_imports)]
use crate::option::*;
use crate::report::akua_report;
use crate::status::akua_status;
use crate::text::akua_str;

/// The settings of a client. What is not set has a safe default; only the token has none. One may serve to make many
/// clients. Setting one while another thread does, or makes a client with it, is refused with `AKUA_MISUSE`.
pub struct akua_client_options(RwLock<ClientOptions>);

impl Handle for akua_client_options {
    const TAG: u64 = u64::from_be_bytes(*b"a.clntop");
}

#[derive(Clone, Default)]
struct ClientOptions {
    /// What is done to a fresh builder, in order.
    steps: Vec<Step>,
    use_env: bool,
    certificate: Option<Zeroizing<String>>,
    key: Option<Zeroizing<String>>,
    contract: Contract,
    retry: RetryPolicy,
}

type Step = Arc<dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync>;

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
        let builder = options.steps.iter().fold(builder, |builder, step| step(builder));
        Ok(builder.build()?)
    }
}

impl ClientOptions {
    fn step(&mut self, step: impl Fn(ClientBuilder) -> ClientBuilder + Send + Sync + 'static) {
        self.steps.push(Arc::new(step));
    }

    fn set_text(&mut self, option: akua_option, text: &str) -> Result<(), Failure> {
        let text = Zeroizing::new(text.to_owned());
        match option {
            AKUA_OPTION_BASE_URL => self.step(move |builder| builder.base_url(text.as_str())),
            AKUA_OPTION_TOKEN => self.step(move |builder| builder.token(text.as_str())),
            AKUA_OPTION_CONTEXT => {
                let context = WorkspaceContext::try_from(text.as_str())?;
                self.step(move |builder| builder.context(context.clone()));
            }
            AKUA_OPTION_USER_AGENT_SUFFIX => self.step(move |builder| builder.user_agent_suffix(text.as_str())),
            AKUA_OPTION_EXTRA_ROOT_CERTIFICATES => {
                self.step(move |builder| builder.extra_root_certificates(text.as_str()));
            }
            AKUA_OPTION_CLIENT_CERTIFICATE => self.certificate = Some(text),
            AKUA_OPTION_CLIENT_KEY => self.key = Some(text),
            AKUA_OPTION_PROXY => {
                let proxy = ProxyUrl::parse(&text).map_err(akua_http::Error::from)?;
                self.step(move |builder| builder.proxy(proxy.clone()));
            }
            _ => return Err(unsuited(option, "a text of a client").into()),
        }
        Ok(())
    }

    fn set_number(&mut self, option: akua_option, number: u64) -> Result<(), Failure> {
        let time = Duration::from_millis(number);
        match option {
            AKUA_OPTION_TIMEOUT => self.step(move |builder| builder.timeout(time)),
            AKUA_OPTION_CONNECT_TIMEOUT => self.step(move |builder| builder.connect_timeout(time)),
            AKUA_OPTION_READ_TIMEOUT => self.step(move |builder| builder.read_timeout(time)),
            AKUA_OPTION_MAX_RESPONSE_BYTES => {
                let bytes = usize::try_from(number).unwrap_or(usize::MAX);
                self.step(move |builder| builder.max_response_bytes(bytes));
            }
            AKUA_OPTION_RETRY_ATTEMPTS => self.retry.attempts = count(number),
            AKUA_OPTION_RETRY_BASE => self.retry.base = time,
            AKUA_OPTION_RETRY_CAP => self.retry.cap = time,
            AKUA_OPTION_RETRY_BUDGET => self.step(move |builder| builder.retry_budget(count(number))),
            AKUA_OPTION_CONTRACT_KEY_RETENTION => self.contract.key_retention = time,
            AKUA_OPTION_CONTRACT_CLOCK_SKEW => self.contract.clock_skew = time,
            _ => return Err(unsuited(option, "a number of a client").into()),
        }
        Ok(())
    }

    fn set_flag(&mut self, option: akua_option, flag: bool) -> Result<(), Failure> {
        let contract = &mut self.contract;
        let switch = match option {
            AKUA_OPTION_USE_ENV => &mut self.use_env,
            AKUA_OPTION_NO_PROXY => {
                if flag {
                    self.step(ClientBuilder::no_proxy);
                }
                return Ok(());
            }
            AKUA_OPTION_ALLOW_INSECURE_HTTP => {
                self.step(move |builder| builder.allow_insecure_http(flag));
                return Ok(());
            }
            AKUA_OPTION_CONTRACT_ETAG_NEVER_REPEATS => &mut contract.etag_never_repeats,
            AKUA_OPTION_CONTRACT_KEY_CHECKED_BEFORE_IF_MATCH => &mut contract.key_checked_before_if_match,
            AKUA_OPTION_CONTRACT_STORES_REJECTIONS_PER_KEY => &mut contract.stores_rejections_per_key,
            AKUA_OPTION_CONTRACT_READS_LINEARIZABLE => &mut contract.reads_linearizable,
            AKUA_OPTION_CONTRACT_ETAG_COVERS_WRITE_ONLY => &mut contract.etag_covers_write_only,
            AKUA_OPTION_CONTRACT_HIDDEN_RETRIES => &mut contract.hidden_retries,
            AKUA_OPTION_CONTRACT_ANSWERS_SHOW_WRITTEN_VERSION => &mut contract.answers_show_written_version,
            AKUA_OPTION_CONTRACT_CONFLICTS_NAME_CURRENT_ETAG => &mut contract.conflicts_name_current_etag,
            _ => return Err(unsuited(option, "a flag of a client").into()),
        };
        *switch = flag;
        Ok(())
    }
}

/// Makes settings in which nothing is set. Free them with `akua_client_options_free`.
#[unsafe(no_mangle)]
pub extern "C" fn akua_client_options_new() -> *mut akua_client_options {
    made(|| akua_client_options(RwLock::default()))
}

/// Sets what the declaration of the option calls a text of a client.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_text(
    options: *mut akua_client_options,
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

/// Sets what the declaration of the option calls a number of a client.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_number(
    options: *mut akua_client_options,
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

/// Sets what the declaration of the option calls a flag of a client.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_flag(
    options: *mut akua_client_options,
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

/// Makes a copy, which goes its own way from then on. NULL if there is nothing to copy. Free it with
/// `akua_client_options_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_clone(options: *const akua_client_options) -> *mut akua_client_options {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(options, std::ptr::null_mut(), |options| {
        let set = reading(&options.0, "options").map(|set| set.clone());
        set.map_or(std::ptr::null_mut(), |set| {
            Owned::new(akua_client_options(RwLock::new(set))).hand_over()
        })
    })
}

/// Frees settings. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_free(options: *mut akua_client_options) {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.free(options);
}
