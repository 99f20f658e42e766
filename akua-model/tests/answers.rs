//! What each status means with each kind of body: a table, and the cases that need more words.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use akua_model::answer::{self, Answer, Failed};
use akua_model::http::Response;
use akua_model::{Cluster, Code, PageQuery, RetryAfter, Workspace};
use serde_json::json;

mod samples;
use samples::{
    cluster, cluster_answer, failed, partial, resource, response, with, without, workspace, workspace_answer,
};

/// The statuses after which the request has certainly changed nothing.
const DEFINITE: [u16; 13] = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 431];

const ENVELOPE: &str = r#"{"success":false,"errors":[{"code":7006,"message":"etag mismatch","path":["header","if-match"],
    "metadata":{"current_etag":"43"}}],"result":{}}"#;
const OTHER_ENVELOPE: &str = r#"{"error":{"code":"not_found","message":"gone"}}"#;

/// Bodies that hold no word of the server, each with what is said of it where a cluster was expected.
fn unreadable() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    vec![
        ("nothing", Vec::new(), "`body` is empty (expected JSON)"),
        ("blanks", b" \r\n\t".to_vec(), "`body` is empty (expected JSON)"),
        (
            "HTML",
            b"\n<!doctype html><h1>502 Bad Gateway</h1>".to_vec(),
            "`body` is HTML (expected JSON)",
        ),
        ("words", b"Service Unavailable".to_vec(), "`body` is not JSON"),
        ("words beyond ASCII", "é".as_bytes().to_vec(), "`body` is not JSON"),
        (
            "two byte order marks",
            "\u{feff}\u{feff}{}".as_bytes().to_vec(),
            "`body` is not JSON",
        ),
        ("a cut document", cut(), "`body` is cut off"),
        (
            "a cut text",
            br#"{"id":"clu_1","name":"pr"#.to_vec(),
            "`body` is cut off",
        ),
        ("two documents", b"{}{}".to_vec(), "`body` goes on after its JSON"),
        ("wrong UTF-8", b"\xff\xfe\x00".to_vec(), "`body` is not JSON"),
        ("NUL", vec![0; 10], "`body` is not JSON"),
        ("a list", b"[]".to_vec(), "`body` has another type (expected an object)"),
        ("null", b"null".to_vec(), "`body` has another type (expected an object)"),
        (
            "a number",
            b"5".to_vec(),
            "`body` has another type (expected an object)",
        ),
        (
            "a text",
            br#""clu_1""#.to_vec(),
            "`body` has another type (expected an object)",
        ),
        ("deep lists", vec![b'['; 10_000], "`body` is cut off"),
        ("deep objects", br#"{"a":"#.repeat(10_000), "`body` is cut off"),
        ("an empty object", b"{}".to_vec(), "`id` is missing"),
        (
            "no errors",
            br#"{"success":false,"errors":[]}"#.to_vec(),
            "`id` is missing",
        ),
        (
            "no error",
            br#"{"error":null,"errors":[null]}"#.to_vec(),
            "`id` is missing",
        ),
    ]
}

/// A document that ends in the middle.
fn cut() -> Vec<u8> {
    let mut body = cluster().to_string().into_bytes();
    body.pop();
    body
}

#[test]
fn a_200_with_the_resource_is_the_resource() {
    let read = resource(cluster_answer(&response(200, cluster().to_string())));
    assert_eq!((read.id.as_str(), read.etag.as_str()), ("clu_1", "42"));
    let read = resource(workspace_answer(&response(200, workspace().to_string())));
    assert_eq!((read.id.as_str(), read.etag.as_str()), ("ws_1", "7"));
    let spaced = format!("\r\n\t {}\n\n", serde_json::to_string_pretty(&cluster()).unwrap());
    resource(cluster_answer(&response(200, spaced)));
}

#[test]
fn only_a_200_can_be_the_resource() {
    for status in (100..=999).filter(|status| *status != 200) {
        let failed = failed(cluster_answer(&response(status, cluster().to_string())));
        assert_eq!(failed.status, status);
        assert_eq!(failed.is_definite(), DEFINITE.contains(&status), "{status}");
        assert_eq!((failed.unreadable, failed.errors), (None, vec![]), "{status}");
        assert!(
            answer::of_page::<Cluster>(
                &PageQuery::default(),
                &response(status, r#"{"data":[],"has_more":false}"#)
            )
            .is_err()
        );
    }
}

#[test]
fn every_status_with_every_body() {
    let mut bodies = unreadable();
    bodies.push(("the envelope", ENVELOPE.into(), "`id` is missing"));
    bodies.push(("the other envelope", OTHER_ENVELOPE.into(), "`id` is missing"));
    let statuses = [
        100, 200, 201, 202, 204, 206, 226, 301, 302, 303, 304, 307, 308, 402, 406, 407, 408, 410, 411, 417, 418, 421,
        425, 426, 451, 499, 500, 501, 502, 503, 504, 507, 520, 524, 599, 999,
    ];
    for (name, body, unreadable) in &bodies {
        for status in statuses.iter().chain(&DEFINITE) {
            let case = format!("{status} with {name}");
            let response = response(*status, body);
            let failed = failed(cluster_answer(&response));
            assert_eq!(failed.status, *status, "{case}");
            assert_eq!(failed.is_definite(), DEFINITE.contains(status), "{case}");
            assert_eq!(
                failed.unreadable.as_ref().map(ToString::to_string),
                (*status == 200).then(|| format!("unreadable answer: {unreadable}")),
                "{case}"
            );
            let messages: Vec<&str> = failed.errors.iter().map(|error| error.message.as_str()).collect();
            let (expected, etag): (&[&str], _) = match *name {
                "the envelope" => (&["etag mismatch"], [409, 412].contains(status).then_some("43")),
                "the other envelope" => (&["gone"], None),
                _ => (&[], None),
            };
            assert_eq!(messages, expected, "{case}");
            assert_eq!(failed.current_etag.as_ref().map(|etag| etag.as_str()), etag, "{case}");
            assert_eq!((&failed.request_id, &failed.location), (&None, &None), "{case}");
            assert_eq!(failed.retry_after, None, "{case}");
            assert!(failed.to_string().starts_with(&format!("HTTP {status}")), "{failed}");
            assert!(failed.to_string().len() < 200, "{case}");
            let listed = answer::of_page::<Workspace>(&PageQuery::default(), &response).unwrap_err();
            assert_eq!((listed.status, &listed.errors), (*status, &failed.errors), "{case}");
        }
    }
}

#[test]
fn five_megabytes_of_garbage_are_one_short_failure() {
    let bodies = [
        (vec![b'x'; 5_000_000], "`body` is not JSON"),
        (vec![b'"'; 5_000_000], "`body` goes on after its JSON"),
        (vec![b'['; 5_000_000], "`body` is cut off"),
        (b"{\"errors\":[".repeat(500_000), "`body` is cut off"),
        (vec![0xff; 5_000_000], "`body` is not JSON"),
    ];
    for (body, words) in bodies {
        for status in [200, 503] {
            let failed = failed(cluster_answer(&response(status, &body)));
            let unreadable = failed.unreadable.as_ref().map(ToString::to_string);
            assert_eq!(
                unreadable,
                (status == 200).then(|| format!("unreadable answer: {words}"))
            );
            assert!(failed.errors.is_empty() && !failed.is_definite());
            assert!(format!("{failed:?}").len() < 500);
        }
    }
}

#[test]
fn a_server_is_quoted() {
    let read = failed(cluster_answer(&response(409, ENVELOPE)));
    let [error] = read.errors.as_slice() else {
        panic!("{read:?}")
    };
    assert_eq!(error.code, Some(Code::Number(7006)));
    assert_eq!(error.path, ["header", "if-match"]);
    assert_eq!(error.metadata["current_etag"], "43");
    assert_eq!(read.to_string(), "HTTP 409: [7006] etag mismatch (at header.if-match)");

    let read = failed(cluster_answer(&response(404, OTHER_ENVELOPE)));
    assert_eq!(read.errors[0].code, Some(Code::Text("not_found".to_owned())));
    assert_eq!(read.to_string(), "HTTP 404: [not_found] gone");

    let shapes = [
        (
            r#"{"errors":[{"message":"a"},{"code":"x","message":"b"},"c",null]}"#,
            "HTTP 422: a; [x] b; c",
        ),
        (r#"{"error":"invalid_token"}"#, "HTTP 422: invalid_token"),
        (r#"{"message":"no route"}"#, "HTTP 422: no route"),
        (r#"{"error":"Not Found","message":"no route"}"#, "HTTP 422: no route"),
        (r#"{"errors":[],"error":{"message":"a"}}"#, "HTTP 422: a"),
        (r#"{"errors":[{"code":7001.5,"message":5}]}"#, "HTTP 422: [7001.5] 5"),
        (
            r#"{"errors":[{"code":18446744073709551615,"message":true}]}"#,
            "HTTP 422: [18446744073709551615] true",
        ),
        (
            r#"{"errors":[{"path":"body","message":[]}]}"#,
            "HTTP 422: (no message) (at body)",
        ),
        (
            r#"{"errors":[{"path":["args",0,null,{}],"metadata":[],"code":{}}]}"#,
            "HTTP 422: (no message) (at args.0)",
        ),
        (r#"{"errors":{"a":1}}"#, "HTTP 422"),
    ];
    for (body, shown) in shapes {
        assert_eq!(failed(cluster_answer(&response(422, body))).to_string(), shown);
    }
    let latin = failed(cluster_answer(&response(403, b"{\"message\":\"acc\xe8s\"}")));
    assert_eq!(latin.to_string(), "HTTP 403: acc\u{fffd}s");
}

#[test]
fn what_a_server_says_is_bounded_and_printable() {
    let errors: Vec<_> = (0..40)
        .map(|n| {
            json!({
                "code": "\u{1b}[2J",
                "message": format!("{n}\r\n\0{}", "m".repeat(1_000)),
                "path": vec!["p".repeat(1_000); 40],
                "metadata": { "k\n".repeat(1_000): "v".repeat(1_000) },
            })
        })
        .collect();
    let read = failed(cluster_answer(&response(500, json!({ "errors": errors }).to_string())));
    assert_eq!(read.errors.len(), 16);
    assert!(read.to_string().len() < 200_000);
    assert!(!read.to_string().contains(char::is_control));
    assert!(!format!("{read:?}").contains(char::is_control));
}

#[test]
fn the_current_etag_is_the_servers_own_text() {
    let etag = |metadata: serde_json::Value| {
        let body = json!({ "errors": [{ "metadata": metadata }] }).to_string();
        failed(cluster_answer(&response(409, body)))
            .current_etag
            .map(|etag| etag.as_str().to_owned())
    };
    let long = "4".repeat(2_000);
    for text in ["43", "W/\"43\"", "é", " 43 ", "*", long.as_str()] {
        assert_eq!(etag(json!({ "current_etag": text })).as_deref(), Some(text));
    }
    assert_eq!(etag(json!({ "current_etag": 43 })).as_deref(), Some("43"));
    for unknown in [
        json!(""),
        json!(null),
        json!(true),
        json!(["43"]),
        json!("4\n3"),
        json!("4\u{fffd}3"),
    ] {
        assert_eq!(etag(json!({ "current_etag": unknown })), None, "{unknown}");
    }
    // Wherever it stands: behind many other facts, and in any entry.
    let mut facts = serde_json::Map::new();
    for n in 0..100 {
        facts.insert(format!("a{n}"), json!("x"));
    }
    facts.insert("current_etag".to_owned(), json!("43"));
    assert_eq!(etag(json!(facts)).as_deref(), Some("43"));
    let mut entries = vec![json!({ "message": "x" }); 100];
    entries.push(json!({ "metadata": { "current_etag": "43" } }));
    let last = failed(cluster_answer(&response(409, json!({ "errors": entries }).to_string())));
    assert_eq!(last.current_etag, Some("43".into()));
    entries.push(json!({ "metadata": { "current_etag": "44" } }));
    let torn = failed(cluster_answer(&response(409, json!({ "errors": entries }).to_string())));
    assert_eq!(torn.current_etag, None, "two that differ are no answer");
    let other = r#"{"error":{"code":"conflict","metadata":{"currentEtag":"43"}}}"#;
    assert_eq!(
        failed(cluster_answer(&response(412, other))).current_etag,
        Some("43".into())
    );
    assert_eq!(failed(cluster_answer(&response(422, other))).current_etag, None);
}

#[test]
fn headers_of_a_refusal_are_kept() {
    let answer = |status, headers: &[(&str, &str)]| -> Failed {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned().into(), (*value).to_owned()));
        failed(cluster_answer(&Response {
            status,
            headers: headers.collect(),
            body: Vec::new(),
        }))
    };
    let read = answer(429, &[("x-request-id", "req_1"), ("retry-after", "3"), ("etag", "44")]);
    assert_eq!(read.request_id.as_deref(), Some("req_1"));
    assert_eq!(read.retry_after, Some(RetryAfter::Seconds(3)));
    assert_eq!(read.current_etag, None, "no such header is declared");
    assert!(read.is_definite());

    for status in [301, 302, 303, 307, 308] {
        let read = answer(status, &[("location", "https://elsewhere.example/v1/clusters/clu_1")]);
        assert_eq!(
            read.location.as_deref(),
            Some("https://elsewhere.example/v1/clusters/clu_1")
        );
        assert!(!read.is_definite());
        assert_eq!(
            read.to_string(),
            format!("HTTP {status} to https://elsewhere.example/v1/clusters/clu_1")
        );
    }
    assert_eq!(answer(201, &[("location", "/v1/clusters/clu_1")]).location, None);

    let dirty = answer(302, &[("location", "/\u{1b}[2J\r\n"), ("x-request-id", "a\u{7}")]);
    assert!(!format!("{dirty} {dirty:?}").contains(char::is_control));

    let waits = [
        ("0", Some(RetryAfter::Seconds(0))),
        (" 120 ", Some(RetryAfter::Seconds(120))),
        ("99999999999999999999999", Some(RetryAfter::Seconds(u64::MAX))),
        ("Sun, 06 Nov 1994 08:49:37 GMT", Some(RetryAfter::At(784_111_777))),
        ("-1", None),
        ("+1", None),
        ("1.5", None),
        ("", None),
        ("soon", None),
        ("１２", None),
        ("Sun, 99 Nov 1994 08:49:37 GMT", None),
    ];
    for (value, expected) in waits {
        assert_eq!(answer(503, &[("retry-after", value)]).retry_after, expected, "{value}");
    }
}

#[test]
fn a_200_about_another_resource_is_a_failure() {
    for id in ["clu_2", "CLU_1", "clu_1 ", "ws_1"] {
        let whole = with(cluster(), "id", json!(id));
        for document in [whole.clone(), without(whole, "state")] {
            let read = failed(cluster_answer(&response(200, document.to_string())));
            assert!(!read.is_definite());
            assert_eq!(
                read.unreadable.unwrap().to_string(),
                "unreadable answer: `id` is that of another cluster than the one asked for"
            );
        }
    }
    let read = failed(workspace_answer(&response(200, cluster().to_string())));
    assert!(read.to_string().contains("another workspace"), "{read}");
}

#[test]
fn a_200_without_a_readable_id_and_etag_is_a_failure() {
    let cases = [
        (without(cluster(), "etag"), "`etag` is missing"),
        (without(cluster(), "id"), "`id` is missing"),
        (
            with(cluster(), "etag", json!(42)),
            "`etag` has another type (expected a string)",
        ),
        (
            with(cluster(), "etag", json!(null)),
            "`etag` has another type (expected a string)",
        ),
        (
            with(cluster(), "id", json!(["clu_1"])),
            "`id` has another type (expected a string)",
        ),
    ];
    for (document, words) in cases {
        let read = failed(cluster_answer(&response(200, document.to_string())));
        assert_eq!(
            read.unreadable.unwrap().to_string(),
            format!("unreadable answer: {words}")
        );
    }
    // A write whose answer names two versions can't be told from somebody else's.
    let two = cluster().to_string().replacen('{', r#"{"etag":"41","#, 1);
    assert!(!failed(cluster_answer(&response(200, two))).is_definite());
    let same = cluster().to_string().replacen('{', r#"{"etag":"42","#, 1);
    assert_eq!(partial(cluster_answer(&response(200, same))).etag.as_str(), "42");
}

#[test]
fn a_200_with_an_error_in_it_is_a_failure_with_the_servers_words() {
    for (body, words) in [(ENVELOPE, "etag mismatch"), (OTHER_ENVELOPE, "gone")] {
        let read = failed(cluster_answer(&response(200, body)));
        assert!(!read.is_definite());
        assert_eq!(read.errors[0].message, words);
        assert_eq!(read.unreadable.unwrap().problems()[0].field, "id");
        assert_eq!(read.current_etag, None);
    }
}

#[test]
fn a_200_with_id_and_etag_is_applied_whatever_else_is_wrong() {
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    // What stands where the name should, or beside it, in bytes that no JSON library would write.
    let cases: [(&str, &[u8], &str, &str); 7] = [
        ("name", b"7", "name", "has another type (expected a string)"),
        ("name", br#""\ud800""#, "name", "has text that is not Unicode"),
        ("name", b"\"\xff\"", "name", "has text that is not Unicode"),
        (
            "created_at",
            deep.as_bytes(),
            "created_at",
            "has another type (expected Unix seconds or an RFC 3339 time)",
        ),
        ("created_at", b"1e400", "created_at", "is a number out of range"),
        (
            "created_at",
            b"-1e999999999999",
            "created_at",
            "is a number out of range",
        ),
        ("new", b"\"\xff\"", "new", "has text that is not Unicode"),
    ];
    for (property, value, field, words) in cases {
        let mut body = with(cluster(), property, json!("~")).to_string().into_bytes();
        let at = body.windows(3).position(|three| three == b"\"~\"").unwrap();
        body.splice(at..at + 3, value.iter().copied());
        let read = partial(cluster_answer(&Response {
            headers: vec![("x-request-id".into(), "req_1".to_owned())],
            ..response(200, body)
        }));
        assert_eq!(read.etag.as_str(), "42");
        assert_eq!(read.request_id.as_deref(), Some("req_1"));
        let [problem] = read.error.problems() else {
            panic!("{read:?}")
        };
        assert_eq!(problem.message, words, "{property}");
        assert_eq!(problem.field, field);
    }
}

#[test]
fn d_a_mark_before_the_json_is_passed_over() {
    let marked = |body: &str| format!("\u{feff}{body}");
    let read = resource(cluster_answer(&response(200, marked(&cluster().to_string()))));
    assert_eq!(read.etag.as_str(), "42");
    let read = partial(cluster_answer(&response(200, marked(r#"{"id":"clu_1","etag":"43"}"#))));
    assert_eq!(read.etag.as_str(), "43");
    let read = failed(cluster_answer(&response(409, marked(ENVELOPE))));
    assert_eq!(read.errors[0].message, "etag mismatch");
    let page = marked(&format!(r#"{{"data":[{}],"has_more":false}}"#, cluster()));
    assert_eq!(
        answer::of_page::<Cluster>(&PageQuery::default(), &response(200, page))
            .unwrap()
            .data
            .len(),
        1
    );
    let twice = failed(cluster_answer(&response(200, marked(&marked(&cluster().to_string())))));
    assert!(twice.unreadable.is_some());
}

#[test]
fn a_property_name_of_the_servers_own_is_not_repeated_unless_it_is_plain() {
    let mut body = cluster()
        .to_string()
        .replacen('{', r#"{"\u001b[2J":"~","#, 1)
        .into_bytes();
    let at = body.iter().position(|byte| *byte == b'~').unwrap();
    body[at] = 0xff;
    let read = partial(cluster_answer(&response(200, body)));
    assert_eq!(
        read.error.to_string(),
        "unreadable answer: `body` has text that is not Unicode"
    );
}

#[test]
fn nothing_but_the_three_answers_comes_of_a_200_cut_at_any_byte() {
    let whole = cluster().to_string();
    for end in 0..whole.len() {
        let read = failed(cluster_answer(&response(200, &whole[..end])));
        let words = if end == 0 {
            "is empty (expected JSON)"
        } else {
            "is cut off"
        };
        assert_eq!(
            read.unreadable.unwrap().to_string(),
            format!("unreadable answer: `body` {words}")
        );
    }
    assert!(matches!(cluster_answer(&response(200, whole)), Answer::Resource(_)));
}
