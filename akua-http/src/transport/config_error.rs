//! What is wrong with the settings of a transport.

/// Settings that no transport can be built from. Nothing is sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The host of the base URL can't stand in a request.
    #[error("base URL: its host can't stand in a request; write it as https://host[:port][/prefix]")]
    BaseUrl,
    /// The suffix of the user agent can't stand in a header.
    #[error("user agent suffix: it must be 1 to 200 printable ASCII characters without a blank at either end")]
    UserAgentSuffix,
    /// The extra root certificates can't be read.
    #[error("extra root certificates: {reason}; give PEM texts of certificate authorities")]
    ExtraRoots {
        /// What is wrong with them.
        reason: String,
    },
    /// The client certificate or its key can't be read, or they don't belong together.
    #[error("client certificate: {reason}; give the certificate and its key without a passphrase, both in PEM")]
    ClientCertificate {
        /// What is wrong with them.
        reason: String,
    },
    /// The proxy's address can't be read.
    #[error("proxy: {reason}; write it as http://[user:password@]host[:port]")]
    Proxy {
        /// What is wrong with it.
        reason: String,
    },
}
