//! What a configuration or an environment names: base URLs, proxies, positions in a trace, ids.
#![no_main]

use akua_http::transport::{BaseUrl, ProxyUrl};
use akua_model::{ClusterId, IfMatch, Traceparent, request};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for parse in [BaseUrl::parse, BaseUrl::parse_allowing_plain_http] {
        if let Ok(url) = parse(text) {
            // One `/v1` at the end makes no difference; two are one, and then none.
            if !url.path_prefix().ends_with("/v1") {
                assert_eq!(parse(&url.to_string()).as_ref(), Ok(&url), "{url}");
            }
            assert!(
                url.authority().is_ascii() && !url.authority().contains(['@', '/', ' ']),
                "{url}"
            );
        }
    }
    if let Ok(proxy) = ProxyUrl::parse(text) {
        let again = ProxyUrl::parse(&proxy.to_string()).expect("its own form");
        assert_eq!(again.to_string(), proxy.to_string());
    }
    if let Ok(position) = text.parse::<Traceparent>() {
        assert_eq!(position.as_str().len(), 55);
    }
    let Ok(id) = text.parse::<ClusterId>() else { return };
    let path = request::read::<akua_model::Cluster>(&id, None).path().to_owned();
    assert_eq!(path.matches('/').count(), 3, "{path}");
    assert!(
        path.bytes().all(|byte| byte.is_ascii_graphic()) && !path.contains(['?', '#']),
        "{path}"
    );
    if let Ok(guard) = text.parse::<IfMatch>() {
        assert!(
            guard
                .as_str()
                .bytes()
                .all(|byte| byte == b' ' || byte.is_ascii_graphic())
        );
    }
});
