//! What the HTTP transport can be told, with its defaults.
//!
//! Nothing here reads the environment or a file, with one exception that is the system's own: where the operating
//! system's trust store is may be overridden by `SSL_CERT_FILE` and `SSL_CERT_DIR`.

use std::fmt;
use std::time::Duration;

use zeroize::Zeroizing;

use super::base_url::BaseUrl;
use super::config_error::ConfigError;
use super::proxy::ProxyUrl;

/// Settings of an [`HttpTransport`](super::HttpTransport).
///
/// ```
/// use akua_http::transport::{BaseUrl, HttpTransport, TransportConfig};
/// use std::time::Duration;
///
/// let mut config = TransportConfig::new(BaseUrl::parse("https://gate.example/akua")?);
/// config.connect_timeout = Duration::from_secs(3);
/// config.user_agent_suffix = Some("nightly-sync/2".to_owned());
/// let transport = HttpTransport::new(&config)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct TransportConfig {
    /// Where the service is.
    pub base_url: BaseUrl,
    /// The longest that opening a connection may take: name look-up, TCP, proxy and TLS together. 10 s.
    pub connect_timeout: Duration,
    /// The longest silence of the server while bytes are awaited from it, or it takes none. 30 s.
    pub read_timeout: Duration,
    /// The largest body of an answer, in bytes. 4 MiB.
    pub max_response_bytes: usize,
    /// How many idle connections are kept for later calls. 64.
    pub max_idle_connections: usize,
    /// How long an idle connection is kept. 50 s, as servers and load balancers close idle ones after 60 s or more.
    pub max_idle_age: Duration,
    /// Added to `akua/<version>` in the `user-agent` header, after a blank. Printable ASCII, 1–200 characters.
    pub user_agent_suffix: Option<String>,
    /// Certificate authorities to trust besides the system's own. Each entry is a PEM text of one or more
    /// certificates.
    pub extra_root_certificates: Vec<Vec<u8>>,
    /// Who this client is, for servers that ask for a certificate.
    pub client_certificate: Option<ClientCertificate>,
    /// The HTTP proxy through which connections are tunnelled. None: straight to the service.
    pub proxy: Option<ProxyUrl>,
}

impl TransportConfig {
    /// The defaults, for the service at `base_url`.
    #[must_use]
    pub fn new(base_url: BaseUrl) -> Self {
        Self {
            base_url,
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            max_response_bytes: 4 * 1024 * 1024,
            max_idle_connections: 64,
            max_idle_age: Duration::from_secs(50),
            user_agent_suffix: None,
            extra_root_certificates: Vec::new(),
            client_certificate: None,
            proxy: None,
        }
    }

    /// The value of the `user-agent` header.
    pub(super) fn user_agent(&self) -> Result<String, ConfigError> {
        let own = concat!("akua/", env!("CARGO_PKG_VERSION"));
        match &self.user_agent_suffix {
            None => Ok(own.to_owned()),
            Some(suffix) => {
                let printable = suffix.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
                let trimmed = suffix.trim() == suffix.as_str();
                if suffix.is_empty() || suffix.len() > 200 || !printable || !trimmed {
                    return Err(ConfigError::UserAgentSuffix);
                }
                Ok(format!("{own} {suffix}"))
            }
        }
    }
}

impl fmt::Debug for TransportConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportConfig")
            .field("base_url", &self.base_url)
            .field("connect_timeout", &self.connect_timeout)
            .field("read_timeout", &self.read_timeout)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("max_idle_connections", &self.max_idle_connections)
            .field("max_idle_age", &self.max_idle_age)
            .field("user_agent_suffix", &self.user_agent_suffix)
            .field("extra_root_certificates", &self.extra_root_certificates.len())
            .field("client_certificate", &self.client_certificate)
            .field("proxy", &self.proxy)
            .finish()
    }
}

/// A certificate and its private key, for servers that ask their clients for one.
///
/// The key is a secret: `Debug` does not show it, and it is wiped on drop.
#[derive(Clone, Default)]
pub struct ClientCertificate {
    chain_pem: Vec<u8>,
    key_pem: Zeroizing<Vec<u8>>,
}

impl ClientCertificate {
    /// A certificate with the chain up to (not including) a root that the server knows, and its private key without a
    /// passphrase, both in PEM. Both are checked when a transport is built from them.
    #[must_use]
    pub fn from_pem(chain: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> Self {
        Self {
            chain_pem: chain.into(),
            key_pem: Zeroizing::new(key.into()),
        }
    }

    pub(crate) fn set_chain_pem(&mut self, pem: &[u8]) {
        self.chain_pem = pem.to_owned();
    }

    pub(crate) fn set_key_pem(&mut self, pem: &[u8]) {
        self.key_pem = Zeroizing::new(pem.to_owned());
    }

    pub(super) fn chain_pem(&self) -> &[u8] {
        &self.chain_pem
    }

    pub(super) fn key_pem(&self) -> &[u8] {
        &self.key_pem
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCertificate(redacted)")
    }
}
