//! Any request: to the byte, and nothing that could address something else.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use akua_model::answer::of_any;
use akua_model::http::Response;
use akua_model::{AnyRequest, Error, ErrorKind, Json};

fn refused(made: Result<AnyRequest, Error>) -> (String, String) {
    let error = made.unwrap_err();
    assert_eq!((error.kind(), error.problems().len()), (ErrorKind::InvalidInput, 1));
    (error.problems()[0].field.clone(), error.problems()[0].message.clone())
}

fn post(path: &str) -> Result<AnyRequest, Error> {
    AnyRequest::new("POST", path)
}

#[test]
fn each_method_is_sent_as_it_is_and_reads_only_if_it_is_a_get() {
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let request = AnyRequest::new(method, "/offers").unwrap().request(None);
        assert_eq!((request.method().as_str(), request.path()), (method, "/v1/offers"));
        assert_eq!(request.is_write(), method != "GET");
        assert_eq!((request.headers().len(), request.body()), (0, None));
        assert!(request.answers_secret());
    }
    for method in [
        "", "get", "HEAD", "OPTIONS", "CONNECT", "TRACE", "POST ", "PO\r\nST", "QUERY",
    ] {
        let (field, message) = refused(AnyRequest::new(method, "/offers"));
        assert_eq!(field, "method", "{method}");
        assert!(message.contains("GET, POST, PUT, PATCH and DELETE"), "{message}");
    }
}

#[test]
fn a_path_is_sent_as_it_is() {
    for path in [
        "/",
        "/offers/",
        "/clusters/clu_1:suspend",
        "/clusters/clu_1%3Asuspend",
        "/a.b/..c/...",
        "/a-._~!$&'()*+,;=:@/1",
        "/caf%C3%A9%20bar/%2fx",
        "/v1beta/v1",
        "/100%25/%FF",
    ] {
        assert_eq!(post(path).unwrap().request(None).path(), format!("/v1{path}"));
    }
}

#[test]
fn a_path_that_is_none_or_could_be_another_one_is_refused_with_the_way_out() {
    for (path, says) in [
        ("", "does not begin with `/`"),
        ("offers", "does not begin with `/`"),
        ("https://evil.example/offers", "does not begin with `/`"),
        ("//evil.example/offers", "empty segment"),
        ("/a//b", "empty segment"),
        ("/v1/offers", "leave it out"),
        ("/v1", "leave it out"),
        ("/%76%2531/offers", "leave it out"),
        ("/offers?limit=1", "give the query apart"),
        ("/offers#top", "%23"),
        ("/offers\r\nhost: evil", "a line break at byte 7"),
        ("/offers\n", "a line break"),
        ("/a\0b", "a NUL"),
        ("/a\tb", "a control character"),
        ("/a\u{7f}", "a control character"),
        ("/a\u{85}", "a control character"),
        ("/a b", "%20"),
        ("/café", "outside ASCII at byte 4"),
        ("/a\\b", "percent-encode it"),
        ("/a{id}", "percent-encode it"),
        ("/a%", "%25"),
        ("/a%2", "%25"),
        ("/a%zz", "%25"),
        ("/a%+1", "%25"),
        ("/.", "`.` or `..`"),
        ("/..", "`.` or `..`"),
        ("/a/./b", "`.` or `..`"),
        ("/a/../b", "`.` or `..`"),
        ("/a/%2e%2E/b", "`.` or `..`"),
        ("/a/.%2e", "`.` or `..`"),
        ("/a/%252e%252e/b", "`.` or `..`"),
        ("/a/x%2F..%2Fb", "`.` or `..`"),
        ("/a/..%5Cb", "`.` or `..`"),
        ("/a/%2525252e", "`.` or `..`"),
        ("/a/%252%65", "`.` or `..`"),
        ("/a%0d%0ahost:%20evil", "encoded control character"),
        ("/a%00", "encoded control character"),
        ("/a%2500", "encoded control character"),
    ] {
        let (field, message) = refused(post(path));
        assert_eq!(field, "path", "{path:?}");
        assert!(message.contains(says) && message.contains('('), "{path:?}: {message}");
        assert!(!message.contains("evil"), "{message}");
    }
}

#[test]
fn a_query_is_encoded_and_may_name_one_thing_several_times() {
    let request = post("/offers").unwrap();
    let request = request.query("a b", "1&2=3").unwrap().query("a b", "").unwrap();
    let request = request.query("é?#%/+", "\r\n\0~").unwrap().request(None);
    assert_eq!(
        request.path(),
        "/v1/offers?a%20b=1%262%3D3&a%20b=&%C3%A9%3F%23%25%2F%2B=%0D%0A%00~"
    );
    assert_eq!(refused(post("/offers").unwrap().query("", "1")).0, "query");
}

#[test]
fn path_and_query_have_8000_bytes_at_most() {
    let most = format!("/{}", "a".repeat(8000 - "/v1/".len()));
    assert_eq!(post(&most).unwrap().request(None).path().len(), 8000);
    assert_eq!(refused(post(&format!("{most}a"))).0, "path");
    let (field, message) = refused(post(&most[..7998 - "/v1".len()]).unwrap().query("é", "1"));
    assert_eq!(field, "query");
    assert!(message.contains("8007 bytes"), "{message}");
}

#[test]
fn headers_stand_in_the_order_of_every_other_write_and_the_body_is_as_it_was_given() {
    let json: Json = r#"{"n":18446744073709551616, "é":"\ud800"}"#.parse().unwrap();
    let request = AnyRequest::new("PUT", "/offers/1").unwrap().json(&json).unwrap();
    let request = request.idempotency_key(&"once-1".parse().unwrap());
    let request = request.if_match(&"\"42\"".parse().unwrap());
    let made = request.request(Some(&"ws_9".parse().unwrap()));
    let headers: Vec<_> = made
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    assert_eq!(
        headers,
        [
            "content-type: application/json",
            "if-match: \"42\"",
            "akua-context: ws_9",
            "idempotency-key: once-1"
        ]
    );
    assert_eq!(made.body(), Some(json.as_str().as_bytes()));
    assert_eq!(
        format!("{request:?}"),
        r#"AnyRequest { method: "PUT", path: "/v1/offers/1", body_bytes: Some(41), .. }"#
    );
}

#[test]
fn a_body_is_refused_where_there_is_none_or_it_is_none() {
    let get = AnyRequest::new("GET", "/offers").unwrap();
    let (field, message) = refused(get.json(&1));
    assert_eq!(field, "body");
    assert!(message.contains("GET"), "{message}");
    let no_json = std::collections::BTreeMap::from([(vec![1], "hush")]);
    let (field, message) = refused(post("/offers").unwrap().json(&no_json));
    assert_eq!((field.as_str(), message.as_str()), ("body", "can't be written as JSON"));
}

#[test]
fn a_2xx_is_json_or_nothing_and_all_else_has_failed() {
    let answer = |status, body: &[u8]| Response {
        status,
        headers: vec![
            ("etag".into(), "W/\"7\"".into()),
            ("x-request-id".into(), "req_1".into()),
        ],
        body: body.to_vec(),
    };
    for (status, body, json) in [
        (200, "{\"token\" : 1e400} ", Some("{\"token\" : 1e400}")),
        (201, "\u{feff}[]", Some("[]")),
        (202, "null", Some("null")),
        (204, "", None),
        (299, "", None),
    ] {
        let read = of_any(&answer(status, body.as_bytes())).unwrap();
        assert_eq!((read.status, read.json.as_ref().map(Json::as_str)), (status, json));
        assert_eq!(read.etag.as_ref().map(|etag| etag.as_str()), Some("W/\"7\""));
        assert_eq!(read.request_id.as_deref(), Some("req_1"));
        let size = json.map_or(0, str::len);
        assert_eq!(
            format!("{read:?}"),
            format!("AnyAnswer {{ status: {status}, body_bytes: {size}, .. }}")
        );
    }
    for (body, says) in [
        (&b"<html>hush</html>"[..], "is HTML (expected JSON)"),
        (b"{\"message\":\"hush\"", "is cut off"),
        (b"hush", "is not JSON"),
        (b"{} hush", "goes on after its JSON"),
        (b" \r\n", "is empty (expected JSON)"),
        (b"{\"message\":\"hush\xff\"}", "is not Unicode"),
    ] {
        let failed = of_any(&answer(200, body)).unwrap_err();
        assert_eq!(
            failed.to_string(),
            format!("HTTP 200, unreadable answer: `body` {says}")
        );
        assert!(!failed.is_definite() && !format!("{failed:?}").contains("hush"));
    }
    for status in [100, 199, 300, 304, 404, 409, 500] {
        assert_eq!(of_any(&answer(status, b"{}")).unwrap_err().status, status);
    }
}
