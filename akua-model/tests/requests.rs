//! Every request to the byte, and that an id is one path segment or refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use akua_model::http::{Method, Request};
use akua_model::{
    Cluster, ClusterComputeSettings, ClusterId, ClusterPatch, IdempotencyKey, PageQuery, Provider, Secret, Workspace,
    WorkspaceContext, WorkspaceId, WorkspacePatch, request,
};

/// A request as one text: the line, each header in order, an empty line, the body.
fn wire(request: &Request) -> String {
    let mut text = format!("{} {}\n", request.method().as_str(), request.path());
    for (name, value) in request.headers() {
        text.push_str(&format!("{name}: {value}\n"));
    }
    text.push('\n');
    match request.body() {
        Some(body) => text.push_str(std::str::from_utf8(body).expect("a body is UTF-8")),
        None => text.push_str("(no body)"),
    }
    text
}

fn context() -> WorkspaceContext {
    "ws_9".parse().unwrap()
}

fn key() -> IdempotencyKey {
    "create-prod-2026-05-07".parse().unwrap()
}

fn cluster_patch() -> ClusterPatch {
    ClusterPatch::builder().name("prod-eu").build().unwrap()
}

fn cluster_update(patch: &ClusterPatch) -> Request {
    request::update::<Cluster>(&"clu_1".parse().unwrap(), &"42".parse().unwrap(), patch, None)
}

fn workspace_update(patch: &WorkspacePatch) -> Request {
    request::update::<Workspace>(&"ws_1".parse().unwrap(), &"42".parse().unwrap(), patch, None)
}

fn body(request: &Request) -> &str {
    std::str::from_utf8(request.body().expect("this request has a body")).unwrap()
}

#[test]
fn reading_one() {
    let cluster = |context| request::read::<Cluster>(&"clu_1".parse().unwrap(), context);
    let workspace = |context| request::read::<Workspace>(&"ws_1".parse().unwrap(), context);
    assert_eq!(wire(&cluster(None)), "GET /v1/clusters/clu_1\n\n(no body)");
    assert_eq!(wire(&workspace(None)), "GET /v1/workspaces/ws_1\n\n(no body)");
    let context = context();
    assert_eq!(
        wire(&cluster(Some(&context))),
        "GET /v1/clusters/clu_1\nakua-context: ws_9\n\n(no body)"
    );
    assert_eq!(
        wire(&workspace(Some(&context))),
        "GET /v1/workspaces/ws_1\nakua-context: ws_9\n\n(no body)"
    );
}

#[test]
fn updating_a_cluster() {
    let id: ClusterId = "clu_1".parse().unwrap();
    let etag = "42".parse().unwrap();
    let (patch, context, key) = (cluster_patch(), context(), key());
    assert_eq!(
        wire(&request::update::<Cluster>(&id, &etag, &patch, None)),
        "PATCH /v1/clusters/clu_1\ncontent-type: application/json\nif-match: 42\n\n{\"name\":\"prod-eu\"}"
    );
    assert_eq!(
        wire(&request::update::<Cluster>(&id, &etag, &patch, Some(&context))),
        "PATCH /v1/clusters/clu_1\ncontent-type: application/json\nif-match: 42\nakua-context: ws_9\n\n\
         {\"name\":\"prod-eu\"}"
    );
    assert_eq!(
        wire(&request::update_with_key(&id, &etag, &patch, None, &key)),
        "PATCH /v1/clusters/clu_1\ncontent-type: application/json\nif-match: 42\n\
         idempotency-key: create-prod-2026-05-07\n\n{\"name\":\"prod-eu\"}"
    );
    assert_eq!(
        wire(&request::update_with_key(&id, &etag, &patch, Some(&context), &key)),
        "PATCH /v1/clusters/clu_1\ncontent-type: application/json\nif-match: 42\nakua-context: ws_9\n\
         idempotency-key: create-prod-2026-05-07\n\n{\"name\":\"prod-eu\"}"
    );
}

#[test]
fn updating_a_workspace() {
    let id: WorkspaceId = "ws_1".parse().unwrap();
    let etag = "42".parse().unwrap();
    let patch = WorkspacePatch::builder().slug("team-blue").build().unwrap();
    assert_eq!(
        wire(&request::update::<Workspace>(&id, &etag, &patch, None)),
        "PATCH /v1/workspaces/ws_1\ncontent-type: application/json\nif-match: 42\n\n{\"slug\":\"team-blue\"}"
    );
    assert_eq!(
        wire(&request::update::<Workspace>(&id, &etag, &patch, Some(&context()))),
        "PATCH /v1/workspaces/ws_1\ncontent-type: application/json\nif-match: 42\nakua-context: ws_9\n\n\
         {\"slug\":\"team-blue\"}"
    );
}

#[test]
fn a_body_has_the_fields_that_were_set_in_the_order_of_the_documentation() {
    let all = ClusterPatch::builder()
        .kubeconfig(Secret::from("apiVersion: v1\n"))
        .provider(Provider::ImportedByoc)
        .region_id("eu-1")
        .name("prod-eu")
        .build()
        .unwrap();
    assert_eq!(
        body(&cluster_update(&all)),
        r#"{"name":"prod-eu","region_id":"eu-1","provider":"imported_byoc","kubeconfig":"apiVersion: v1\n"}"#
    );
    let patches: [(ClusterPatch, &str); 4] = [
        (
            ClusterPatch::builder().region_id("eu-1").build().unwrap(),
            r#"{"region_id":"eu-1"}"#,
        ),
        (
            ClusterPatch::builder().provider("managed_kaas").build().unwrap(),
            r#"{"provider":"managed_kaas"}"#,
        ),
        (
            ClusterPatch::builder().kubeconfig(Secret::from("x")).build().unwrap(),
            r#"{"kubeconfig":"x"}"#,
        ),
        (
            ClusterPatch::builder().name("first").name("last").build().unwrap(),
            r#"{"name":"last"}"#,
        ),
    ];
    for (patch, expected) in &patches {
        assert_eq!(body(&cluster_update(patch)), *expected);
    }
    let both = WorkspacePatch::builder()
        .slug("team-blue")
        .name("Blue")
        .build()
        .unwrap();
    assert_eq!(body(&workspace_update(&both)), r#"{"name":"Blue","slug":"team-blue"}"#);
}

#[test]
fn a_body_is_json_whatever_is_in_the_text() {
    let texts = [
        ("\"", r#""\"""#),
        ("\\", r#""\\""#),
        ("a\r\n\tb", r#""a\r\n\tb""#),
        ("\0\u{1b}", r#""\u0000\u001b""#),
        ("é 😀 \u{2028}", "\"é 😀 \u{2028}\""),
        (r#"","id":"x"#, r#""\",\"id\":\"x""#),
        (" ", r#"" ""#),
    ];
    for (text, json) in texts {
        let patch = ClusterPatch::builder().name(text).build().unwrap();
        assert_eq!(body(&cluster_update(&patch)), format!(r#"{{"name":{json}}}"#));
    }
}

#[test]
fn an_etag_goes_back_verbatim() {
    let longest = "e".repeat(256);
    for etag in [
        "42",
        "\"42\"",
        "W/\"42\"",
        "a b",
        "**",
        "\\",
        "\"a,b\"",
        ":",
        longest.as_str(),
    ] {
        let request = request::update::<Cluster>(
            &"clu_1".parse().unwrap(),
            &etag.parse().unwrap(),
            &cluster_patch(),
            None,
        );
        assert_eq!(request.header("if-match"), Some(etag));
    }
}

#[test]
fn a_resend_is_the_same_to_the_byte() {
    let build = || {
        let patch = ClusterPatch::builder().name("é").region_id("eu-1").build().unwrap();
        request::update_with_key(
            &"clu_1".parse().unwrap(),
            &"42".parse().unwrap(),
            &patch,
            Some(&context()),
            &key(),
        )
    };
    assert_eq!(build(), build());
    assert_eq!(wire(&build()), wire(&build()));
}

#[test]
fn a_request_says_what_it_is() {
    let read = request::read::<Cluster>(&"clu_1".parse().unwrap(), None);
    let list = request::list::<Workspace>(&PageQuery::default(), None);
    let update = cluster_update(&cluster_patch());
    assert_eq!((read.method(), read.route()), (Method::Get, "/v1/clusters/{id}"));
    assert_eq!((list.method(), list.route()), (Method::Get, "/v1/workspaces"));
    assert_eq!((update.method(), update.route()), (Method::Patch, "/v1/clusters/{id}"));
    assert!(update.is_write() && !read.is_write());
    assert_eq!(update.header("idempotency-key"), None);
}

#[test]
fn a_list_asks_for_a_page() {
    let query = PageQuery::default;
    let cases = [
        (query(), ""),
        (query().limit(1).unwrap(), "?limit=1"),
        (query().limit(100).unwrap(), "?limit=100"),
        (query().cursor("abc"), "?cursor=abc"),
        (query().cursor("abc").limit(7).unwrap(), "?limit=7&cursor=abc"),
        (query().cursor(""), "?cursor="),
    ];
    for (query, expected) in cases {
        assert_eq!(
            wire(&request::list::<Cluster>(&query, None)),
            format!("GET /v1/clusters{expected}\n\n(no body)")
        );
        assert_eq!(
            wire(&request::list::<Workspace>(&query, Some(&context()))),
            format!("GET /v1/workspaces{expected}\nakua-context: ws_9\n\n(no body)")
        );
    }
}

#[test]
fn a_cursor_is_one_query_value() {
    let cases = [
        ("a&limit=1", "a%26limit%3D1"),
        ("a=b==", "a%3Db%3D%3D"),
        ("100%", "100%25"),
        ("%26", "%2526"),
        ("a b", "a%20b"),
        ("a+b", "a%2Bb"),
        ("é", "%C3%A9"),
        ("😀", "%F0%9F%98%80"),
        ("#?/", "%23%3F%2F"),
        ("\r\n\0", "%0D%0A%00"),
        ("-_.~09azAZ", "-_.~09azAZ"),
        ("..", ".."),
    ];
    for (cursor, encoded) in cases {
        let query = PageQuery::default().limit(2).unwrap().cursor(cursor);
        let request = request::list::<Cluster>(&query, None);
        assert_eq!(request.path(), format!("/v1/clusters?limit=2&cursor={encoded}"));
        let (path, asked) = request.path().split_once('?').unwrap();
        assert_eq!(path, "/v1/clusters");
        let pairs: Vec<(&str, String)> = asked
            .split('&')
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(name, value)| (name, decoded(value)))
            .collect();
        assert_eq!(pairs, [("limit", "2".to_owned()), ("cursor", cursor.to_owned())]);
    }
}

#[test]
fn an_id_is_one_segment_or_refused() {
    // What each id becomes; `None` where it is refused, by clusters and workspaces alike.
    let cases: [(&str, Option<&str>); 33] = [
        ("clu_1", Some("clu_1")),
        ("../x", None),
        ("..", None),
        (".", None),
        ("...", Some("...")),
        ("..a", Some("..a")),
        ("/", None),
        ("a/b", None),
        ("a\\b", None),
        ("a%2Fb", None),
        ("a%2fb", None),
        ("%2e%2e", None),
        ("%", None),
        ("a%00", None),
        ("x:suspend", None),
        (":", None),
        ("a?b", Some("a%3Fb")),
        ("a#b", Some("a%23b")),
        ("a b", Some("a%20b")),
        (" ", Some("%20")),
        ("a&b=c", Some("a%26b%3Dc")),
        ("a;b", Some("a%3Bb")),
        ("a+b", Some("a%2Bb")),
        ("a@b", Some("a%40b")),
        ("é", Some("%C3%A9")),
        ("e\u{301}", Some("e%CC%81")),
        ("😀", Some("%F0%9F%98%80")),
        ("\u{ff0f}", Some("%EF%BC%8F")),
        ("a\nb", None),
        ("a\r", None),
        ("a\0b", None),
        ("\t", None),
        ("\u{85}", None),
    ];
    for (id, segment) in cases {
        check::<Cluster>(id, segment);
        check::<Workspace>(id, segment);
        check::<ClusterComputeSettings>(id, segment);
    }
}

#[test]
fn the_longest_id_is_one_segment_and_a_longer_one_refused() {
    for (one, encoded) in [("x", "x"), ("é", "%C3%A9"), ("😀", "%F0%9F%98%80")] {
        check::<Cluster>(&one.repeat(54), Some(&encoded.repeat(54)));
        check::<Cluster>(&one.repeat(55), None);
        check::<ClusterComputeSettings>(&one.repeat(54), Some(&encoded.repeat(54)));
        check::<ClusterComputeSettings>(&one.repeat(55), None);
        check::<Workspace>(&one.repeat(53), Some(&encoded.repeat(53)));
        check::<Workspace>(&one.repeat(54), None);
    }
}

/// That `id` becomes exactly `segment` in the paths of a read and an update, or is refused if that is `None`.
fn check<R: akua_model::Resource>(id: &str, segment: Option<&str>)
where
    R::Id: std::str::FromStr<Err = akua_model::Error>,
{
    let parsed = id.parse::<R::Id>();
    let Some(segment) = segment else {
        let error = parsed.expect_err(id);
        assert_eq!(error.problems()[0].field, "id", "{id:?}");
        return;
    };
    let request = request::read::<R>(&parsed.expect(id), None);
    assert_eq!(request.path(), R::ROUTE.replace("{id}", segment), "{id:?}");
    let (collection, below) = R::ROUTE.split_once("/{id}").unwrap();
    let path = request.path().strip_suffix(below).unwrap();
    assert_addresses(path, collection, id);
}

/// That a server which splits first and decodes then finds the id in the collection and nothing else, and that
/// one which decodes first, or twice, does too.
fn assert_addresses(path: &str, collection: &str, id: &str) {
    assert!(path.is_ascii() && !path.contains(['?', '#', ' ', '\\']), "{path}");
    let segments: Vec<String> = path.split('/').map(decoded).collect();
    let expected: Vec<&str> = collection.split('/').chain([id]).collect();
    assert_eq!(segments, expected);
    assert!(
        segments.iter().all(|segment| segment != "." && segment != ".."),
        "{path}"
    );
    let early: Vec<String> = decoded(path).split('/').map(str::to_owned).collect();
    assert_eq!(early, expected, "decoded before it is split");
    assert_eq!(decoded(&decoded(path)), decoded(path), "decoded twice");
}

/// Percent-decoding by the book (RFC 3986, section 2.1), written apart from the encoder.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut parts = text.split('%');
    bytes.extend(parts.next().unwrap_or_default().bytes());
    for part in parts {
        let (digits, rest) = part.split_at(2);
        assert_eq!(digits, digits.to_ascii_uppercase(), "escapes are written in upper case");
        bytes.push(u8::from_str_radix(digits, 16).expect("two hexadecimal digits"));
        bytes.extend(rest.bytes());
    }
    String::from_utf8(bytes).expect("an escaped text is UTF-8")
}
