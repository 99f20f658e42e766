//! The settings of a client, and where they come from.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use akua_http::retry::RetryPolicy;
use akua_http::transport::{ClientCertificate, ProxyUrl};
use akua_http::{Client, ClientBuilder};
use akua_model::WorkspaceContext;
use akua_model::edit::Contract;
use zeroize::Zeroizing;

use crate::error::akua_error;
use crate::failure::Failure;
use crate::handle::{FromC, Handle, Owned, made};
use crate::locks::{changing, reading};
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
    steps: Vec<Arc<dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync>>,
    contract: Contract,
    retry: RetryPolicy,
}

impl akua_client_options {
    /// A client with these settings.
    pub(crate) fn build(&self) -> Result<Client, Failure> {
        let options = reading(&self.0, "options")?;
        let builder = Client::builder().contract(options.contract).retry(options.retry);
        let builder = options.steps.iter().fold(builder, |builder, step| step(builder));
        Ok(builder.build()?)
    }

    fn set(&self, step: impl Fn(ClientBuilder) -> ClientBuilder + Send + Sync + 'static) -> Result<(), Failure> {
        changing(&self.0, "options")?.steps.push(Arc::new(step));
        Ok(())
    }

    fn change(&self, change: impl FnOnce(&mut ClientOptions)) -> Result<(), Failure> {
        change(&mut *changing(&self.0, "options")?);
        Ok(())
    }
}

/// Makes settings in which nothing is set. Free them with `akua_client_options_free`.
#[unsafe(no_mangle)]
pub extern "C" fn akua_client_options_new() -> *mut akua_client_options {
    made(|| akua_client_options(RwLock::default()))
}

/// Takes what is not set from the environment: `AKUA_API_URL`, `AKUA_API_TOKEN` (else the token of
/// `~/.config/akua/config.json`), `AKUA_CONTEXT`, and the usual proxy variables. It is read when a client is made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_use_environment(
    options: *mut akua_client_options,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.set(ClientBuilder::from_env)
    })
}

/// Where the service is: `https://api.akua.dev` unless set. Plain `http` is accepted for this machine only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_base_url(
    options: *mut akua_client_options,
    url: akua_str,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        let url = from_c.text(url, "url")?.to_owned();
        options.set(move |builder| builder.base_url(url.clone()))
    })
}

/// Accepts plain `http` for every host: the token and all data then cross the network readable and changeable by anybody
/// on the way. Off unless set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_allow_insecure_http(
    options: *mut akua_client_options,
    allow: bool,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.set(move |builder| builder.allow_insecure_http(allow))
    })
}

/// The token, exactly as it was issued. It is copied, never shown, and wiped when the options are freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_token(
    options: *mut akua_client_options,
    token: akua_str,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        let token = Zeroizing::new(from_c.text(token, "token")?.to_owned());
        options.set(move |builder| builder.token(token.as_str()))
    })
}

/// The workspace that all calls are about, 1 to 53 code points, unless one says otherwise. Only a token that is not a
/// workspace's own needs it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_context(
    options: *mut akua_client_options,
    context: akua_str,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        let context = WorkspaceContext::try_from(from_c.text(context, "context")?)?;
        options.set(move |builder| builder.context(context.clone()))
    })
}

/// The time that a whole call may take, in milliseconds, pauses and repeats included. 30000 unless set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_timeout_ms(
    options: *mut akua_client_options,
    timeout_ms: u64,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.set(move |builder| builder.timeout(Duration::from_millis(timeout_ms)))
    })
}

/// The longest that opening a connection may take, in milliseconds. 10000 unless set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_connect_timeout_ms(
    options: *mut akua_client_options,
    timeout_ms: u64,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.set(move |builder| builder.connect_timeout(Duration::from_millis(timeout_ms)))
    })
}

/// The longest silence of the server while something is awaited from it, in milliseconds. 30000 unless set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_read_timeout_ms(
    options: *mut akua_client_options,
    timeout_ms: u64,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.set(move |builder| builder.read_timeout(Duration::from_millis(timeout_ms)))
    })
}

/// The largest body of an answer, in bytes. 4 MiB unless set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_max_response_bytes(
    options: *mut akua_client_options,
    bytes: usize,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.set(move |builder| builder.max_response_bytes(bytes))
    })
}

/// Added to `akua/<version>` in the `user-agent` header: 1 to 200 printable ASCII characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_user_agent_suffix(
    options: *mut akua_client_options,
    suffix: akua_str,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        let suffix = from_c.text(suffix, "suffix")?.to_owned();
        options.set(move |builder| builder.user_agent_suffix(suffix.clone()))
    })
}

/// Trusts the certificate authorities in this PEM text too, besides the system's own. It may be called several times.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_add_root_certificates(
    options: *mut akua_client_options,
    pem: akua_str,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        let pem = from_c.text(pem, "pem")?.to_owned();
        options.set(move |builder| builder.extra_root_certificates(pem.clone()))
    })
}

/// Who the client is, for servers that ask for a certificate: the chain up to (not including) the root, and the private
/// key without a passphrase, both in PEM. The key is wiped when the options are freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_client_certificate(
    options: *mut akua_client_options,
    chain_pem: akua_str,
    key_pem: akua_str,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        let chain = from_c.text(chain_pem, "chain_pem")?;
        let key = from_c.text(key_pem, "key_pem")?;
        let certificate = ClientCertificate::from_pem(chain, key);
        options.set(move |builder| builder.client_certificate(certificate.clone()))
    })
}

/// The HTTP proxy through which all connections are tunnelled, `http://[user:password@]host[:port]`, whatever the
/// environment says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_proxy(
    options: *mut akua_client_options,
    url: akua_str,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        let proxy = ProxyUrl::parse(from_c.text(url, "url")?).map_err(akua_http::Error::from)?;
        options.set(move |builder| builder.proxy(proxy.clone()))
    })
}

/// Connects straight to the service, whatever the environment says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_no_proxy(
    options: *mut akua_client_options,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.set(ClientBuilder::no_proxy)
    })
}

/// How many requests one read may send in all: 4 unless set; 0 counts as 1. A write is never repeated by this.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_read_attempts(
    options: *mut akua_client_options,
    attempts: u32,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.change(|set| set.retry.attempts = attempts)
    })
}

/// The longest first pause before a read is repeated, and the longest of all, in milliseconds. 200 and 5000 unless set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_read_backoff_ms(
    options: *mut akua_client_options,
    first_ms: u64,
    longest_ms: u64,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.change(|set| {
            set.retry.base = Duration::from_millis(first_ms);
            set.retry.cap = Duration::from_millis(longest_ms);
        })
    })
}

/// How many repeats of requests all threads of a client may have on credit. 50 unless set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_retry_budget(
    options: *mut akua_client_options,
    repeats: u32,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.set(move |builder| builder.retry_budget(repeats))
    })
}

/// The server guarantees that an etag does not come back once the resource has moved on. True unless set.
/// Claim it only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_contract_etag_never_repeats(
    options: *mut akua_client_options,
    holds: bool,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.change(|set| set.contract.etag_never_repeats = holds)
    })
}

/// The server looks the idempotency key up, compares `if-match` and writes in one step. False unless set.
/// Claim it only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_contract_key_checked_before_if_match(
    options: *mut akua_client_options,
    holds: bool,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.change(|set| set.contract.key_checked_before_if_match = holds)
    })
}

/// How long the server remembers an idempotency key, in milliseconds from its first sending. 0 unless set.
/// Claim it only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_contract_key_retention_ms(
    options: *mut akua_client_options,
    retention_ms: u64,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.change(|set| set.contract.key_retention = Duration::from_millis(retention_ms))
    })
}

/// The server remembers a refusal under its idempotency key too. False unless set.
/// Claim it only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_contract_stores_rejections_per_key(
    options: *mut akua_client_options,
    holds: bool,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.change(|set| set.contract.stores_rejections_per_key = holds)
    })
}

/// A read of the server never shows an older version than the one current when it began. False unless set.
/// Claim it only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_contract_reads_linearizable(
    options: *mut akua_client_options,
    holds: bool,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.change(|set| set.contract.reads_linearizable = holds)
    })
}

/// A change of `kubeconfig` or `region_id` alone moves the server's etag too. False unless set.
/// Claim it only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_contract_etag_covers_write_only(
    options: *mut akua_client_options,
    holds: bool,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.change(|set| set.contract.etag_covers_write_only = holds)
    })
}

/// Something on the way may repeat a request by itself. False unless set, or for plain `http` through a proxy.
/// Claim it only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_contract_hidden_retries(
    options: *mut akua_client_options,
    holds: bool,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.change(|set| set.contract.hidden_retries = holds)
    })
}

/// How far apart the times of day may be of machines that hand resume tokens to each other, in milliseconds. It is added to
/// the age of a key that only the time of day tells. 30000 unless set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_contract_clock_skew_ms(
    options: *mut akua_client_options,
    skew_ms: u64,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.change(|set| set.contract.clock_skew = Duration::from_millis(skew_ms))
    })
}

/// A 200 to a write shows the version that this very write left behind, never an older one; then one that shows the old
/// version proves that nothing was written. True unless set.
/// Claim it only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_contract_answers_show_written_version(
    options: *mut akua_client_options,
    holds: bool,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.change(|set| set.contract.answers_show_written_version = holds)
    })
}

/// An etag that a 409 names as current is that of this resource, at the moment of the refusal. False unless set: it is a
/// hint then, which a read has to confirm.
/// Claim it only if the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_set_contract_conflicts_name_current_etag(
    options: *mut akua_client_options,
    holds: bool,
    error: *mut *mut akua_error,
) -> akua_status {
    // SAFETY: C keeps the header's promises about these arguments.
    let from_c = unsafe { FromC::new() };
    from_c.call(error, || {
        let options = from_c.handle(options, "options")?;
        options.change(|set| set.contract.conflicts_name_current_etag = holds)
    })
}

/// Makes a copy, which goes its own way from then on. NULL if there is nothing to copy. Free it with
/// `akua_client_options_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_clone(options: *const akua_client_options) -> *mut akua_client_options {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.of(options, std::ptr::null_mut(), |options| {
        let copy = || {
            Some(akua_client_options(RwLock::new(
                reading(&options.0, "options").ok()?.clone(),
            )))
        };
        copy().map_or(std::ptr::null_mut(), |copy| Owned::new(copy).hand_over())
    })
}

/// Frees settings. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akua_client_options_free(options: *mut akua_client_options) {
    // SAFETY: C keeps the header's promises about these arguments.
    unsafe { FromC::new() }.free(options);
}
