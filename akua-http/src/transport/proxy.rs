//! An HTTP proxy, always asked for a tunnel (`CONNECT`), also for plain `http`: so it passes bytes on and has no
//! request in its hands that it could send twice, cache or change.
//!
//! This room does not read the environment and knows no exceptions: whoever configures the transport decides whether
//! there is a proxy.

use std::fmt;
use std::io;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use url::{Host, Url};
use zeroize::Zeroizing;

use super::base_url::{BaseUrl, HostName};
use super::config_error::ConfigError;
use super::failure::FailureKind;
use super::flight::Flight;
use super::socket::Socket;

/// The largest head of a proxy's answer, in bytes.
const MOST_HEAD: usize = 16 * 1024;

/// The address of an HTTP proxy, with a user name and password if it asks for them.
///
/// `Debug` shows neither of the two.
///
/// ```
/// use akua_http::transport::ProxyUrl;
///
/// let proxy = ProxyUrl::parse("http://user:secret@proxy.example:3128")?;
/// assert_eq!(proxy.to_string(), "http://proxy.example:3128");
/// assert!(ProxyUrl::parse("socks5://proxy.example").is_err());
/// # Ok::<(), akua_http::transport::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct ProxyUrl {
    host: HostName,
    port: u16,
    /// The value of `proxy-authorization`.
    authorization: Option<Zeroizing<String>>,
}

impl ProxyUrl {
    /// Reads `http://[user:password@]host[:port]`, as it stands in the usual variables; the scheme may be left out,
    /// the port is then 80. User name and password are percent-encoded.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Proxy`] for anything else, TLS to the proxy itself and SOCKS included. Nothing is sent.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let refuse = |reason: &str| ConfigError::Proxy {
            reason: reason.to_owned(),
        };
        if text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err(refuse("it has a blank, a control character or a backslash in it"));
        }
        let with_scheme = if text.contains("://") {
            text.to_owned()
        } else {
            format!("http://{text}")
        };
        // The parser's error does not repeat the text, which may hold a password.
        let url = Url::parse(&with_scheme).map_err(|error| refuse(&error.to_string()))?;
        if url.scheme() != "http" {
            return Err(refuse("only HTTP proxies that are reached without TLS are supported"));
        }
        if url.query().is_some() || url.fragment().is_some() || url.path() != "/" {
            return Err(refuse("it has a path, a query or a fragment"));
        }
        let host = match url.host() {
            Some(Host::Ipv4(ip)) => HostName::Ip(ip.into()),
            Some(Host::Ipv6(ip)) => HostName::Ip(ip.into()),
            Some(Host::Domain(name)) => HostName::Domain(name.to_owned()),
            None => return Err(refuse("it has no host")),
        };
        let port = url.port_or_known_default().filter(|port| *port != 0);
        let port = port.ok_or_else(|| refuse("0 is no port to connect to"))?;
        let has_user = !url.username().is_empty() || url.password().is_some();
        let authorization = has_user.then(|| {
            let mut pair = Zeroizing::new(Vec::new());
            pair.extend(percent_decode_str(url.username()));
            pair.push(b':');
            pair.extend(percent_decode_str(url.password().unwrap_or_default()));
            Zeroizing::new(format!("Basic {}", BASE64_STANDARD.encode(pair.as_slice())))
        });
        Ok(Self {
            host,
            port,
            authorization,
        })
    }

    pub(super) fn host(&self) -> &HostName {
        &self.host
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Asks for a tunnel to `target` over a connection to this proxy, and fails with a fault noted in `flight`.
    pub(super) fn tunnel(&self, target: &BaseUrl, socket: &mut Socket, flight: &Flight) -> io::Result<()> {
        let to = match target.host() {
            HostName::Ip(std::net::IpAddr::V6(ip)) => format!("[{ip}]:{}", target.port()),
            host => format!("{host}:{}", target.port()),
        };
        let mut ask = Zeroizing::new(format!("CONNECT {to} HTTP/1.1\r\nhost: {to}\r\n"));
        if let Some(authorization) = &self.authorization {
            ask.push_str("proxy-authorization: ");
            ask.push_str(authorization);
            ask.push_str("\r\n");
        }
        ask.push_str("\r\n");
        let mut rest = ask.as_bytes();
        while !rest.is_empty() {
            let written = socket.write(flight, rest)?;
            rest = rest.get(written..).unwrap_or_default();
        }
        match self.read_status(socket, flight)? {
            200..=299 => Ok(()),
            407 => {
                let reason = "it answered 407: give the right user name and password in the proxy's URL";
                Err(self.refused(flight, FailureKind::ProxyRefused, reason))
            }
            status => {
                // What it refuses once it refuses again, but for what is a matter of time.
                let kind = match status {
                    408 | 425 | 429 | 500.. => FailureKind::Proxy,
                    _ => FailureKind::ProxyRefused,
                };
                Err(self.refused(flight, kind, &format!("it answered {status}")))
            }
        }
    }

    /// Reads the head of the proxy's answer byte by byte, so that nothing behind it is taken: the tunnel begins there.
    /// What comes before it, such as 100, is passed over.
    fn read_status(&self, socket: &mut Socket, flight: &Flight) -> io::Result<u16> {
        let refused = |reason| self.refused(flight, FailureKind::Proxy, reason);
        let mut head = Vec::new();
        let mut room = MOST_HEAD;
        loop {
            let mut byte = [0_u8];
            room = room.checked_sub(1).ok_or_else(|| refused("its answer is too long"))?;
            if socket.read(flight, &mut byte)? == 0 {
                return Err(refused("it closed the connection"));
            }
            head.extend(byte);
            let ends = head.ends_with(b"\n\r\n") || head.ends_with(b"\n\n");
            if !ends {
                continue;
            }
            let mut headers = [httparse::EMPTY_HEADER; 64];
            let mut answer = httparse::Response::new(&mut headers);
            let mut config = httparse::ParserConfig::default();
            config.allow_obsolete_multiline_headers_in_responses(true);
            match (config.parse_response(&mut answer, &head), answer.code) {
                (Ok(_), Some(101 | 200..)) => return Ok(answer.code.unwrap_or_default()),
                (Ok(_), Some(100..)) => head.clear(),
                _ => return Err(refused("its answer is not HTTP")),
            }
        }
    }

    fn refused(&self, flight: &Flight, kind: FailureKind, reason: &str) -> io::Error {
        flight.fail(kind, format!("the proxy {self} opened no way to the service: {reason}"))
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            HostName::Ip(std::net::IpAddr::V6(ip)) => write!(f, "http://[{ip}]:{}", self.port),
            host => write!(f, "http://{host}:{}", self.port),
        }
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ProxyUrl({self}{})",
            if self.authorization.is_some() {
                ", credentials redacted"
            } else {
                ""
            }
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn credentials_are_decoded_once_and_never_shown() {
        let proxy = ProxyUrl::parse("http://us%40er:p%2525+w@proxy.example").unwrap();
        assert_eq!(proxy.to_string(), "http://proxy.example:80");
        let expected = BASE64_STANDARD.encode("us@er:p%25+w");
        assert_eq!(
            proxy.authorization.as_ref().unwrap().as_str(),
            format!("Basic {expected}")
        );
        assert!(!format!("{proxy:?}").contains(&expected));
    }

    #[test]
    fn what_is_no_http_proxy_is_refused_without_repeating_it() {
        for text in [
            "",
            "https://s3cret@p.example",
            "socks5://u:s3cret@p.example",
            "http://u:s3cret@p.example/path",
            "http://u:s3cret@:80",
            "p.example:0",
            "p .example",
        ] {
            let error = ProxyUrl::parse(text).unwrap_err().to_string();
            assert!(
                error.starts_with("proxy: ") && !error.contains("s3cret"),
                "{text}: {error}"
            );
        }
        for (text, shown) in [
            ("proxy.example:3128", "http://proxy.example:3128"),
            ("[::1]:3128", "http://[::1]:3128"),
            ("HTTP://Proxy.Example/", "http://proxy.example:80"),
        ] {
            assert_eq!(ProxyUrl::parse(text).unwrap().to_string(), shown);
        }
    }
}
