#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;

#[test]
fn a_map_holds_what_it_is_made_of_whatever_came_before() {
    let names = Names::default();
    let requests: &[&[(&HeaderName, &'static str)]] = &[
        &[(&HOST, "a"), (&USER_AGENT, "b"), (&IF_MATCH, "1")],
        &[(&HOST, "a"), (&USER_AGENT, "b"), (&IF_MATCH, "2")],
        &[(&HOST, "a"), (&IF_MATCH, "2"), (&USER_AGENT, "b")],
        &[(&HOST, "a")],
        &[],
        // The same names in another order than the map's.
        &[(&HOST, "a"), (&USER_AGENT, "b"), (&HOST, "c")],
        &[(&HOST, "d"), (&USER_AGENT, "e"), (&HOST, "f")],
        &[(&HOST, "g"), (&HOST, "h"), (&USER_AGENT, "i")],
    ];
    for request in requests {
        let headers = request.iter().map(|(name, value)| ((*name).clone(), *value));
        let expected: HeaderMap = {
            let mut map = HeaderMap::new();
            for (name, value) in headers.clone() {
                map.append(name, HeaderValue::from_static(value));
            }
            map
        };
        let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
        let made = names.map(headers.collect());
        assert!(made.iter().eq(expected.iter()), "{made:?} {expected:?}");
    }
}

#[test]
fn no_value_is_kept() {
    let names = Names::default();
    names.map(vec![(IF_MATCH, HeaderValue::from_static("hush"))]);
    let kept = names.0[1].lock().unwrap();
    assert!(kept.contains_key(IF_MATCH) && kept.values().all(HeaderValue::is_empty));
}
