//! Where the API lives: the one place that decides what a base URL may be.
//!
//! Parsed once, so that a request can't be sent to another place later: no user info, no query, no fragment, and
//! plain `http` only to this machine unless that was allowed on purpose.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

/// The address of a service: scheme, host, port and an optional path in front of `/v1`.
///
/// A trailing `/` or `/v1` makes no difference, as every request's path begins with `/v1` anyway. Any other path
/// stays as a prefix. The host is kept in lower case, international names in their ASCII form.
///
/// ```
/// use akua_http::transport::BaseUrl;
///
/// assert_eq!(BaseUrl::default().to_string(), "https://api.akua.dev");
/// assert_eq!(BaseUrl::parse("https://gate.example/akua/v1/")?.to_string(), "https://gate.example/akua");
/// assert!(BaseUrl::parse("http://127.0.0.1:8080").is_ok());
/// assert!(BaseUrl::parse("http://gate.example").is_err());
/// # Ok::<(), akua_http::transport::BaseUrlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    tls: bool,
    host: HostName,
    port: u16,
    authority: String,
    prefix: String,
    loopback_only: bool,
}

/// A host as it is connected to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum HostName {
    Ip(IpAddr),
    Domain(String),
}

/// Why a text is no base URL. The text itself is not repeated: it may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BaseUrlError {
    /// It can't be read as a URL at all.
    #[error("base URL: {reason}; write it as https://host[:port][/prefix]")]
    NotAUrl {
        /// What stands in the way.
        reason: String,
    },
    /// The scheme is neither `https` nor `http`.
    #[error("base URL: it must begin with https:// (or http:// for this machine)")]
    Scheme,
    /// There is a user name or password in it.
    #[error("base URL: user name and password have no place in it; give the token instead")]
    UserInfo,
    /// There is a `?` in it.
    #[error("base URL: it can't have a query; leave out everything from the question mark on")]
    Query,
    /// There is a `#` in it.
    #[error("base URL: it can't have a fragment; leave out everything from the hash sign on")]
    Fragment,
    /// `http` to a host that is not this machine.
    #[error(
        "base URL: plain http to {host} would send the token readable by everybody on the way; use https, or allow plain http explicitly"
    )]
    PlainHttp {
        /// The host that was asked for.
        host: String,
    },
}

impl Default for BaseUrl {
    /// The vendor's service, `https://api.akua.dev`.
    fn default() -> Self {
        Self {
            tls: true,
            host: HostName::Domain("api.akua.dev".to_owned()),
            port: 443,
            authority: "api.akua.dev".to_owned(),
            prefix: String::new(),
            loopback_only: false,
        }
    }
}

impl BaseUrl {
    /// Reads a base URL; `http` is accepted only for `127.0.0.0/8`, `::1` and `localhost`.
    ///
    /// # Errors
    ///
    /// [`BaseUrlError`] says what is wrong and what to write instead. Nothing is sent.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        Self::parse_with(text, false)
    }

    /// Reads a base URL and accepts `http` for every host: **the token and all data cross the network readable and
    /// changeable by anybody on the way.**
    ///
    /// # Errors
    ///
    /// As for [`BaseUrl::parse`], without [`BaseUrlError::PlainHttp`].
    pub fn parse_allowing_plain_http(text: &str) -> Result<Self, BaseUrlError> {
        Self::parse_with(text, true)
    }

    fn parse_with(text: &str, plain_http_anywhere: bool) -> Result<Self, BaseUrlError> {
        // The parser below follows the browsers' rules and mends a lot silently: what it would mend is refused.
        if text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err(not_a_url("it has a blank, a control character or a backslash in it"));
        }
        let (scheme, rest) = text.split_once("://").ok_or(BaseUrlError::Scheme)?;
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(BaseUrlError::Scheme),
        };
        if rest.contains('#') {
            return Err(BaseUrlError::Fragment);
        }
        if rest.contains('?') {
            return Err(BaseUrlError::Query);
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(BaseUrlError::UserInfo);
        }
        if authority.is_empty() || path.contains("//") {
            return Err(not_a_url("it has no host, or an empty part in its path"));
        }
        let url = Url::parse(text).map_err(|error| not_a_url(&error.to_string()))?;
        let host = match url.host() {
            Some(Host::Ipv4(ip)) => HostName::Ip(ip.into()),
            Some(Host::Ipv6(ip)) => HostName::Ip(ip.into()),
            Some(Host::Domain(name)) => HostName::Domain(name.to_owned()),
            None => return Err(not_a_url("it has no host")),
        };
        let port = url.port_or_known_default().filter(|port| *port != 0);
        let port = port.ok_or_else(|| not_a_url("0 is no port to connect to"))?;
        let authority = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (host, _) => host.unwrap_or_default().to_owned(),
        };
        if !tls && !plain_http_anywhere && !host.is_loopback() {
            return Err(BaseUrlError::PlainHttp { host: authority });
        }
        let path = url.path();
        let path = path.strip_suffix('/').unwrap_or(path);
        let prefix = path.strip_suffix("/v1").unwrap_or(path).to_owned();
        let loopback_only = !tls && !plain_http_anywhere;
        Ok(Self {
            tls,
            host,
            port,
            authority,
            prefix,
            loopback_only,
        })
    }

    /// Whether connections use TLS.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    /// Host and port as in the `host` header: without the port where it is the scheme's own.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// What stands in front of `/v1` in every path: empty, or a path that begins with `/` and does not end in it.
    #[must_use]
    pub fn path_prefix(&self) -> &str {
        &self.prefix
    }

    pub(super) fn host(&self) -> &HostName {
        &self.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The host, if it is an address.
    pub(crate) fn ip(&self) -> Option<IpAddr> {
        match &self.host {
            HostName::Ip(ip) => Some(*ip),
            HostName::Domain(_) => None,
        }
    }

    /// The host, if it is a name: in lower case and ASCII.
    pub(crate) fn domain(&self) -> Option<&str> {
        match &self.host {
            HostName::Ip(_) => None,
            HostName::Domain(name) => Some(name),
        }
    }

    /// Whether it is on this machine, as far as the host itself says so.
    pub(crate) fn is_loopback(&self) -> bool {
        self.host.is_loopback() || self.ip().is_some_and(|ip| ip.to_canonical().is_loopback())
    }

    /// Whether only this machine may be connected to, whatever a name resolves to.
    pub(super) fn loopback_only(&self) -> bool {
        self.loopback_only
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.authority, self.prefix)
    }
}

impl HostName {
    fn is_loopback(&self) -> bool {
        match self {
            Self::Ip(ip) => ip.is_loopback(),
            Self::Domain(name) => name == "localhost",
        }
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(ip) => ip.fmt(f),
            Self::Domain(name) => name.fmt(f),
        }
    }
}

fn not_a_url(reason: &str) -> BaseUrlError {
    BaseUrlError::NotAUrl {
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_default_is_what_parsing_it_gives() {
        assert_eq!(BaseUrl::default(), BaseUrl::parse("https://api.akua.dev/v1").unwrap());
    }

    #[test]
    fn a_trailing_slash_or_version_makes_no_difference_and_other_paths_stay() {
        for (text, shown) in [
            ("https://api.akua.dev", "https://api.akua.dev"),
            ("https://api.akua.dev/", "https://api.akua.dev"),
            ("https://api.akua.dev/v1", "https://api.akua.dev"),
            ("https://api.akua.dev/v1/", "https://api.akua.dev"),
            ("HTTPS://API.Akua.dev:443", "https://api.akua.dev"),
            ("https://gate.example:8443/x", "https://gate.example:8443/x"),
            ("https://gate.example/x/v1/", "https://gate.example/x"),
            ("https://gate.example/v12", "https://gate.example/v12"),
            ("https://gate.example/a%2Fb/", "https://gate.example/a%2Fb"),
            ("https://[2001:db8::1]/", "https://[2001:db8::1]"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080"),
            ("http://127.200.0.9", "http://127.200.0.9"),
            ("http://[::1]:9", "http://[::1]:9"),
            ("http://localhost", "http://localhost"),
        ] {
            assert_eq!(BaseUrl::parse(text).unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn what_could_lead_elsewhere_is_refused() {
        for (text, part) in [
            ("", "must begin with https://"),
            ("api.akua.dev", "must begin with https://"),
            ("ftp://api.akua.dev", "must begin with https://"),
            ("https:api.akua.dev", "must begin with https://"),
            ("https://user@api.akua.dev", "user name"),
            ("https://user:secret@api.akua.dev", "user name"),
            ("https://@api.akua.dev", "user name"),
            ("https://api.akua.dev?x=1", "query"),
            ("https://api.akua.dev/v1?", "query"),
            ("https://api.akua.dev#", "fragment"),
            ("https://api.akua.dev/#a@b", "fragment"),
            ("https://", "no host"),
            ("https:///v1", "no host"),
            ("https://api.akua.dev//v1", "empty part"),
            ("https://api.akua.dev/\r\nx: y", "control"),
            (" https://api.akua.dev", "blank"),
            ("https:\\\\api.akua.dev", "backslash"),
            ("https://api.akua.dev:0", "port"),
            ("https://api.akua.dev:99999", "port"),
            ("http://api.akua.dev", "plain http to api.akua.dev"),
            ("http://localhost.example", "plain http"),
            ("http://10.0.0.1", "plain http"),
            ("http://[::ffff:127.0.0.1]", "plain http"),
            ("http://0.0.0.0", "plain http"),
        ] {
            let error = BaseUrl::parse(text).unwrap_err().to_string();
            assert!(error.starts_with("base URL: "), "{text}: {error}");
            assert!(error.contains(part), "{text}: {error}");
            assert!(!error.contains("secret"), "{text}: {error}");
        }
    }

    #[test]
    fn plain_http_can_be_allowed_on_purpose() {
        let url = BaseUrl::parse_allowing_plain_http("http://10.0.0.1:80/").unwrap();
        assert_eq!(url.to_string(), "http://10.0.0.1");
        assert!(!url.is_tls() && !url.loopback_only());
        assert!(BaseUrl::parse("http://localhost").unwrap().loopback_only());
    }
}
