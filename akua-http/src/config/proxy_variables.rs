//! The proxy variables: which proxy stands between this process and a service, as everybody else reads them.
//!
//! `https_proxy` or `HTTPS_PROXY` for `https`; `http_proxy` for `http`, in lower case only, because a web server hands
//! its CGI programs a `HTTP_PROXY` that the caller has chosen; `all_proxy` or `ALL_PROXY` for both. `no_proxy` or
//! `NO_PROXY` has the exceptions. This machine is never reached through a proxy.

use std::net::IpAddr;

use url::Host;

use super::environment::Environment;
use crate::error::Error;
use crate::transport::{BaseUrl, ProxyUrl};

/// The proxy for the service at `base_url`, if there is one.
pub(super) fn proxy_for(base_url: &BaseUrl, environment: &Environment) -> Result<Option<ProxyUrl>, Error> {
    if base_url.is_loopback() {
        return Ok(None);
    }
    let names: &[&str] = if base_url.is_tls() {
        &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    } else {
        &["http_proxy", "all_proxy", "ALL_PROXY"]
    };
    let Some((name, proxy)) = first(names, environment)? else {
        return Ok(None);
    };
    if let Some((_, exceptions)) = first(&["no_proxy", "NO_PROXY"], environment)?
        && is_excepted(base_url, &exceptions)
    {
        return Ok(None);
    }
    let proxy = ProxyUrl::parse(&proxy).map_err(|error| Error::from(error).in_variable(name))?;
    Ok(Some(proxy))
}

fn first<'a>(names: &[&'a str], environment: &Environment) -> Result<Option<(&'a str, String)>, Error> {
    for name in names {
        if let Some(text) = environment.text(name)? {
            return Ok(Some((name, text)));
        }
    }
    Ok(None)
}

/// Whether one of the exceptions, separated by commas or blanks, is about this service. What can't be read is about
/// none: the list is shared with other programs, which may know more forms.
fn is_excepted(base_url: &BaseUrl, exceptions: &str) -> bool {
    exceptions
        .split([',', ' ', '\t'])
        .filter(|exception| !exception.is_empty())
        .any(|exception| exception == "*" || Exception::read(exception).is_some_and(|read| read.covers(base_url)))
}

/// One exception: what it is about, and the only port if it has one.
struct Exception {
    hosts: Hosts,
    port: Option<u16>,
}

enum Hosts {
    /// The addresses that share so many first bits with this one.
    Network(IpAddr, u32),
    /// The domain itself and all below it.
    Domain(String),
}

impl Exception {
    fn read(text: &str) -> Option<Self> {
        if let Some(hosts) = Hosts::network(text) {
            return Some(Self { hosts, port: None });
        }
        let (host, port) = match text.rsplit_once(':') {
            // A colon within brackets stands before no port.
            Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse().ok()?)),
            _ => (text, None),
        };
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let hosts = match Hosts::network(address.unwrap_or(host)) {
            Some(network) => network,
            None => Hosts::domain(host)?,
        };
        Some(Self { hosts, port })
    }

    fn covers(&self, base_url: &BaseUrl) -> bool {
        if self.port.is_some_and(|port| port != base_url.port()) {
            return false;
        }
        match &self.hosts {
            Hosts::Network(network, bits) => base_url.ip().is_some_and(|ip| share_bits(ip, *network, *bits)),
            Hosts::Domain(domain) => base_url.domain().is_some_and(|name| is_or_is_below(name, domain)),
        }
    }
}

impl Hosts {
    /// An address, or a network such as `10.0.0.0/8`.
    fn network(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| bits.parse().ok().filter(|bits| *bits <= most))?;
        Some(Self::Network(address, bits))
    }

    fn domain(text: &str) -> Option<Self> {
        let text = text.strip_prefix('*').unwrap_or(text);
        let text = text.strip_prefix('.').unwrap_or(text);
        // In the form in which a base URL keeps it: lower case, ASCII.
        match Host::parse(text).ok()? {
            Host::Domain(name) => Some(Self::Domain(name)),
            Host::Ipv4(_) | Host::Ipv6(_) => None,
        }
    }
}

fn share_bits(one: IpAddr, other: IpAddr, bits: u32) -> bool {
    let differ = match (one.to_canonical(), other.to_canonical()) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        _ => return false,
    };
    differ >= bits
}

fn is_or_is_below(name: &str, domain: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let below = name.strip_suffix(domain);
    !domain.is_empty() && below.is_some_and(|above| above.is_empty() || above.ends_with('.'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The proxy of the service at `url` with these variables, as text.
    fn chosen(url: &str, variables: &[(&'static str, &str)]) -> Option<String> {
        let url = BaseUrl::parse_allowing_plain_http(url).unwrap();
        let proxy = proxy_for(&url, &Environment::of(variables, None)).unwrap();
        proxy.map(|proxy| proxy.to_string())
    }

    #[test]
    fn each_scheme_has_its_variables_and_the_lower_case_comes_first() {
        let (tls, plain) = ("https://api.example", "http://api.example");
        for (url, variables, host) in [
            (tls, &[][..], None),
            (tls, &[("https_proxy", "a")], Some("a")),
            (tls, &[("HTTPS_PROXY", "b")], Some("b")),
            (tls, &[("HTTPS_PROXY", "b"), ("https_proxy", "a")], Some("a")),
            (tls, &[("HTTPS_PROXY", "b"), ("https_proxy", "")], Some("b")),
            (tls, &[("all_proxy", "c")], Some("c")),
            (tls, &[("ALL_PROXY", "d")], Some("d")),
            (tls, &[("ALL_PROXY", "d"), ("HTTPS_PROXY", "b")], Some("b")),
            (tls, &[("http_proxy", "e"), ("HTTP_PROXY", "f")], None),
            (plain, &[("http_proxy", "e")], Some("e")),
            (plain, &[("HTTP_PROXY", "f")], None),
            (plain, &[("https_proxy", "a"), ("HTTPS_PROXY", "b")], None),
            (plain, &[("HTTP_PROXY", "f"), ("ALL_PROXY", "d")], Some("d")),
        ] {
            let expected = host.map(|host| format!("http://{host}:80"));
            assert_eq!(chosen(url, variables), expected, "{url} with {variables:?}");
        }
        let whole = chosen(tls, &[("HTTPS_PROXY", "http://user:hush@proxy.example:3128/")]);
        assert_eq!(whole.as_deref(), Some("http://proxy.example:3128"));
    }

    #[test]
    fn this_machine_is_never_reached_through_a_proxy() {
        for url in [
            "https://localhost",
            "https://localhost:8443/x",
            "http://127.0.0.1:8080",
            "https://127.3.2.1",
            "https://[::1]:8443",
            "https://[::ffff:127.0.0.1]",
        ] {
            let variables = [("https_proxy", "a"), ("http_proxy", "a"), ("all_proxy", "a")];
            assert_eq!(chosen(url, &variables), None, "{url}");
        }
    }

    #[test]
    fn exceptions_name_hosts_domains_ports_and_networks() {
        for (url, exceptions, excepted) in [
            ("https://api.example", "", false),
            ("https://api.example", "*", true),
            ("https://api.example", "other.example, *", true),
            ("https://api.example", "api.example", true),
            ("https://API.Example", "aPi.eXample", true),
            ("https://api.example", "api.example.", true),
            ("https://api.example.", "api.example", true),
            ("https://eu.api.example", "api.example", true),
            ("https://eu.api.example", ".api.example", true),
            ("https://eu.api.example", "*.api.example", true),
            ("https://api.example", ".api.example", true),
            ("https://myapi.example", "api.example", false),
            ("https://api.example", "eu.api.example", false),
            ("https://api.example", "example", true),
            ("https://api.example", ".", false),
            ("https://api.example", "ample", false),
            ("https://api.example", " x.example ,\tapi.example,", true),
            ("https://api.example", "x.example api.example", true),
            ("https://b\u{fc}cher.example", "B\u{dc}CHER.example", true),
            ("https://api.example", "api.example:443", true),
            ("https://api.example:8443", "api.example:443", false),
            ("https://api.example:8443", "api.example:8443", true),
            ("https://api.example", "api.example:http", false),
            ("https://10.1.2.3", "10.1.2.3", true),
            ("https://10.1.2.3", "10.1.2.3:443", true),
            ("https://10.1.2.3", "10.1.2.3:80", false),
            ("https://10.1.2.3", "10.1.2.4", false),
            ("https://10.1.2.3", "2.3", false),
            ("https://10.1.2.3", "10.0.0.0/8", true),
            ("https://11.1.2.3", "10.0.0.0/8", false),
            ("https://10.1.2.3", "10.1.2.2/31", true),
            ("https://10.1.2.4", "10.1.2.2/31", false),
            ("https://11.1.2.3", "0.0.0.0/0", true),
            ("https://10.1.2.3", "10.0.0.0/33", false),
            ("https://10.1.2.3", "10.0.0.0/-1", false),
            ("https://[2001:db8::1]", "2001:db8::1", true),
            ("https://[2001:db8::1]", "[2001:db8::1]", true),
            ("https://[2001:db8::1]", "[2001:db8::1]:443", true),
            ("https://[2001:db8::1]:1", "[2001:db8::1]:443", false),
            ("https://[2001:db8::1]", "2001:db8::/32", true),
            ("https://[2001:db9::1]", "2001:db8::/32", false),
            ("https://[2001:db8::1]", "0.0.0.0/0", false),
            ("https://api.example", "0.0.0.0/0", false),
            ("https://api.example", "<local>;[;://:::", false),
        ] {
            for name in ["no_proxy", "NO_PROXY"] {
                let seen = chosen(url, &[("https_proxy", "a"), (name, exceptions)]).is_none();
                assert_eq!(seen, excepted, "{url} with {exceptions:?}");
            }
        }
        let both = [("https_proxy", "a"), ("no_proxy", "x.example"), ("NO_PROXY", "*")];
        assert!(chosen("https://api.example", &both).is_some());
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_an_error_that_names_its_variable_alone() {
        let url = BaseUrl::default();
        let set = |name, text| proxy_for(&url, &Environment::of(&[(name, text)], None));
        for (name, text) in [
            ("HTTPS_PROXY", "https://user:hush@proxy.example"),
            ("ALL_PROXY", "socks5://user:hush@proxy.example"),
            ("https_proxy", "http://user:hush@proxy.example/path"),
        ] {
            let error = set(name, text).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Configuration);
            let shown = format!("{error} {error:?}");
            assert!(error.to_string().starts_with(&format!("{name}: proxy: ")), "{shown}");
            assert!(!shown.contains("hush"), "{shown}");
        }
    }
}
