//! Settings and where they come from, in one place and with one precedence: what the program says, then the
//! environment, then the file, then the default.
//!
//! The environment and the file are looked at only when the program asks for it, and only for what it has not said.

mod environment;
mod proxy_variables;
mod token_file;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use akua_model::WorkspaceContext;
use akua_model::edit::Contract;
use zeroize::Zeroizing;

use self::environment::Environment;
use crate::budget::Budgets;
use crate::client::{Client, Inner};
use crate::credentials::{BoxError, Credentials, Token};
use crate::error::Error;
use crate::retry::{Pace, RealPace, RetryPolicy};
use crate::room::Room;
use crate::transport::{BaseUrl, BaseUrlError, ClientCertificate, HttpTransport, ProxyUrl, Transport, TransportConfig};

/// How many repeats a client has on credit, unless it is told otherwise.
const RETRY_BUDGET: u32 = 50;
/// The time that a whole call may take, unless it is told otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Where tokens are made.
const TOKENS: &str = "https://akua.dev/developers/api-tokens";

/// Sets a [`Client`] up.
///
/// What is not set has a safe default: `https://api.akua.dev`, 30 s for a whole call, 10 s to connect, 30 s of silence,
/// answers of at most 4 MiB, four attempts for a read. Only the token has none.
///
/// ```
/// use akua_http::Client;
/// use std::time::Duration;
///
/// let client = Client::builder()
///     .base_url("http://127.0.0.1:8080")
///     .token("sk_akua_…".replace('…', "1"))
///     .timeout(Duration::from_secs(5))
///     .user_agent_suffix("nightly-sync/2")
///     .build()?;
/// # Ok::<(), akua_http::Error>(())
/// ```
#[must_use = "a builder does nothing until `build`"]
#[derive(Clone)]
pub struct ClientBuilder {
    pub(crate) from_env: bool,
    pub(crate) base_url: Option<String>,
    pub(crate) allow_insecure_http: bool,
    token: Option<TokenSource>,
    pub(crate) context: Option<WorkspaceContext>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry: RetryPolicy,
    pub(crate) contract: Contract,
    pub(crate) retry_budget: Option<u32>,
    proxy: ProxyChoice,
    /// The transport's settings, their base URL and proxy still to be set.
    pub(crate) wire: TransportConfig,
    transport: Option<Arc<dyn Transport>>,
    pace: Option<Arc<dyn Pace>>,
}

#[derive(Clone, Default)]
enum ProxyChoice {
    #[default]
    AsTheEnvironmentSays,
    None,
    Given(ProxyUrl),
}

#[derive(Clone)]
enum TokenSource {
    /// Checked when the client is built, so that the builder's methods can't fail.
    Given(Zeroizing<String>),
    Asked(Arc<dyn Fn() -> Result<String, BoxError> + Send + Sync>),
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            from_env: false,
            base_url: None,
            allow_insecure_http: false,
            token: None,
            context: None,
            timeout: None,
            retry: RetryPolicy::default(),
            contract: Contract::default(),
            retry_budget: None,
            proxy: ProxyChoice::default(),
            wire: TransportConfig::new(BaseUrl::default()),
            transport: None,
            pace: None,
        }
    }
}

impl Client {
    /// A client to be set up by hand. It reads no environment and no file unless told to.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client set up by the environment: `AKUA_API_URL`, `AKUA_API_TOKEN`, `AKUA_CONTEXT`, and for the token then
    /// `~/.config/akua/config.json`. See [`ClientBuilder::from_env`].
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) naming the setting that is missing or can't be used.
    /// Nothing was sent.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().from_env().build()
    }
}

impl ClientBuilder {
    /// Takes what the program does not say from the environment:
    ///
    /// - `AKUA_API_URL`: the base URL.
    /// - `AKUA_API_TOKEN`: the token. Without it, the key `token` of `~/.config/akua/config.json`, where the vendor's
    ///   command line keeps it. A file that others than its owner can read is refused.
    /// - `AKUA_CONTEXT`: the workspace context.
    /// - `https_proxy` or `HTTPS_PROXY` for `https`, `http_proxy` (in lower case only) for `http`, `all_proxy` or
    ///   `ALL_PROXY` for both: the proxy. Not for this machine, and not for what `no_proxy` or `NO_PROXY` names,
    ///   separated by commas: `*`, hosts and domains with all below them, addresses, networks such as `10.0.0.0/8`;
    ///   with `:port` for one port only. Names are compared as they are, not looked up. Where both spellings are set,
    ///   lower case counts.
    ///
    /// A variable that is set to nothing counts as not set. Before or after the other settings makes no difference.
    pub fn from_env(mut self) -> Self {
        self.from_env = true;
        self
    }

    /// Where the service is, with or without a trailing `/` or `/v1`; another path stays as a prefix. Plain `http` is
    /// accepted for this machine only: `127.0.0.0/8`, `::1` and `localhost`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Accepts plain `http` for every host: **the token and all data then cross the network readable and changeable
    /// by anybody on the way.** Off by default.
    pub fn allow_insecure_http(mut self, allow: bool) -> Self {
        self.allow_insecure_http = allow;
        self
    }

    /// The token, exactly as it was issued.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(TokenSource::Given(Zeroizing::new(token.into())));
        self
    }

    /// A callback that gives the token, for tokens that change such as those of OAuth.
    ///
    /// The client asks for a token before its first call and keeps it. When the service answers 401, it asks once
    /// more, sends the refused request again with the new token, and keeps that one. Threads that share a client
    /// share the token, and only one of them asks at a time. The callback runs on the thread of a call; its time
    /// counts against that call's deadline, but nothing ends it early. The text of its error becomes part of the
    /// call's error, so it must not hold a secret.
    ///
    /// ```
    /// use akua_http::Client;
    ///
    /// let client = Client::builder()
    ///     .token_provider(|| Ok(std::fs::read_to_string("/run/token")?.trim_end().to_owned()))
    ///     .build()?;
    /// # Ok::<(), akua_http::Error>(())
    /// ```
    pub fn token_provider(mut self, provider: impl Fn() -> Result<String, BoxError> + Send + Sync + 'static) -> Self {
        self.token = Some(TokenSource::Asked(Arc::new(provider)));
        self
    }

    /// The workspace that all calls are about, unless one says otherwise. Only a token that is not a workspace's own
    /// needs it.
    pub fn context(mut self, context: WorkspaceContext) -> Self {
        self.context = Some(context);
        self
    }

    /// The time that a whole call may take, pauses and repeated attempts included. 30 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The longest that opening a connection may take: name look-up, TCP, proxy and TLS together. 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.wire.connect_timeout = timeout;
        self
    }

    /// The longest silence of the server while something is awaited from it. 30 s.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.wire.read_timeout = timeout;
        self
    }

    /// The largest body of an answer, in bytes. 4 MiB.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.wire.max_response_bytes = bytes;
        self
    }

    /// Added to `akua/<version>` in the `user-agent` header. 1 to 200 printable ASCII characters.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.wire.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Trusts the certificate authorities in this PEM text too, besides the system's own.
    pub fn extra_root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.wire.extra_root_certificates.push(pem.into());
        self
    }

    /// Who this client is, for servers that ask for a certificate.
    pub fn client_certificate(mut self, certificate: ClientCertificate) -> Self {
        self.wire.client_certificate = Some(certificate);
        self
    }

    /// The HTTP proxy through which all connections are tunnelled, whatever the environment says. Without it, and
    /// without [`from_env`](Self::from_env), there is none.
    pub fn proxy(mut self, proxy: ProxyUrl) -> Self {
        self.proxy = ProxyChoice::Given(proxy);
        self
    }

    /// Connects straight to the service, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = ProxyChoice::None;
        self
    }

    /// How often and after which pauses a read is tried again. Writes never are.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// What the server guarantees, as edits may believe it: [`Contract::documented`] unless set.
    pub fn contract(mut self, contract: Contract) -> Self {
        self.contract = contract;
        self
    }

    /// How many repeats of requests all threads of this client may have on credit: 50 unless set. Each repeat takes
    /// one, ten answers give one back, and finding out what happened to a write has half as many of its own.
    ///
    /// A repeat is what follows no answer, a 5xx or a 429 of the same call. The first request of a call costs nothing,
    /// also when it settles an earlier write, and nor does one that follows any other answer.
    pub fn retry_budget(mut self, repeats: u32) -> Self {
        self.retry_budget = Some(repeats);
        self
    }

    pub(crate) fn set_token(&mut self, token: &str) {
        self.token = Some(TokenSource::Given(Zeroizing::new(token.to_owned())));
    }

    pub(crate) fn set_proxy(&mut self, proxy: Option<ProxyUrl>) {
        self.proxy = proxy.map_or(ProxyChoice::None, ProxyChoice::Given);
    }

    pub(crate) fn certificate(&mut self) -> &mut ClientCertificate {
        self.wire.client_certificate.get_or_insert_default()
    }

    /// Sends through `transport`, in place of a [`HttpTransport`]. For tests.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// How long pauses last and how dice fall. For tests.
    pub fn pace(mut self, pace: impl Pace + 'static) -> Self {
        self.pace = Some(Arc::new(pace));
        self
    }

    /// The client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) naming the setting that is missing or can't be used, and
    /// where it came from; [`InvalidInput`](crate::ErrorKind::InvalidInput) for a context in the environment that
    /// can't be one. Nothing was sent.
    pub fn build(self) -> Result<Client, Error> {
        let environment = if self.from_env {
            Environment::real()
        } else {
            Environment::empty()
        };
        self.build_in(&environment)
    }

    fn build_in(self, environment: &Environment) -> Result<Client, Error> {
        let base_url = match (&self.base_url, environment.text("AKUA_API_URL")?) {
            (Some(given), _) => self.parse_url(given)?,
            (None, Some(set)) => self
                .parse_url(&set)
                .map_err(|error| Error::from(error).in_variable("AKUA_API_URL"))?,
            (None, None) => BaseUrl::default(),
        };
        let context = match self.context {
            Some(given) => Some(given),
            None => environment
                .text("AKUA_CONTEXT")?
                .map(WorkspaceContext::try_from)
                .transpose()
                .map_err(|error| Error::from(error).in_variable("AKUA_CONTEXT"))?,
        };
        let credentials = match self.token {
            Some(TokenSource::Given(token)) => Credentials::Fixed(Arc::new(Token::new(token.as_str())?)),
            Some(TokenSource::Asked(provider)) => Credentials::provided(provider),
            None => Credentials::Fixed(Arc::new(token_in(environment, self.from_env)?)),
        };
        let transport = match self.transport {
            Some(transport) => transport,
            None => {
                let mut wire = self.wire;
                wire.base_url = base_url.clone();
                wire.proxy = self.proxy.on_the_way_to(&base_url, environment)?;
                Arc::new(HttpTransport::new(&wire)?)
            }
        };
        let inner = Inner {
            credentials,
            context,
            timeout: self.timeout.unwrap_or(TIMEOUT),
            retry: self.retry,
            contract: self.contract,
            budgets: Budgets::new(self.retry_budget.unwrap_or(RETRY_BUDGET)),
            room: Room::default(),
            pace: self.pace.unwrap_or_else(|| Arc::new(RealPace)),
            base_url,
        };
        Ok(Client::new(inner, transport))
    }

    fn parse_url(&self, text: &str) -> Result<BaseUrl, BaseUrlError> {
        if self.allow_insecure_http {
            BaseUrl::parse_allowing_plain_http(text)
        } else {
            BaseUrl::parse(text)
        }
    }
}

impl ProxyChoice {
    fn on_the_way_to(self, base_url: &BaseUrl, environment: &Environment) -> Result<Option<ProxyUrl>, Error> {
        match self {
            Self::Given(proxy) => Ok(Some(proxy)),
            Self::None => Ok(None),
            Self::AsTheEnvironmentSays => proxy_variables::proxy_for(base_url, environment),
        }
    }
}

fn token_in(environment: &Environment, looked: bool) -> Result<Token, Error> {
    if let Some(set) = environment.text("AKUA_API_TOKEN")? {
        return Token::new(set).map_err(|error| error.in_variable("AKUA_API_TOKEN"));
    }
    if let Some(path) = environment.token_file()
        && let Some(token) = token_file::read(&path)?
    {
        return Ok(token);
    }
    Err(if looked {
        let story = "there is no token: AKUA_API_TOKEN is not set, and ~/.config/akua/config.json has none";
        Error::configuration(story, format!("make one at {TOKENS}"))
    } else {
        Error::configuration(
            "there is no token",
            format!(
                "give one with `token`, or take it from the environment with `from_env`; they are made at {TOKENS}"
            ),
        )
    })
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL is not checked yet: it may hold a password.
        f.debug_struct("ClientBuilder")
            .field("from_env", &self.from_env)
            .field("has_token", &self.token.is_some())
            .field("context", &self.context)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
