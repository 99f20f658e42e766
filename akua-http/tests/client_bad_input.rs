//! What a caller can get wrong: each is an error that names the field and the way out, and nothing is sent.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::io::ErrorKind as IoErrorKind;
use std::net::TcpListener;
use std::time::Duration;

use akua_http::{Client, Error, ErrorKind};
use akua_model::{
    ClusterId, ClusterPatch, Etag, IdempotencyKey, IfMatch, PageQuery, Secret, WorkspaceContext, WorkspaceId,
    WorkspacePatch,
};

/// One thing that a program may try: it ends before anything is sent.
type Attempt = Box<dyn Fn(&Client) -> Result<(), Error>>;

/// What is tried, the field that the error must name, and a part of its text.
type Row = (String, &'static str, &'static str, Attempt);

fn row(
    title: impl Into<String>,
    field: &'static str,
    says: &'static str,
    attempt: impl Fn(&Client) -> Result<(), Error> + 'static,
) -> Row {
    (title.into(), field, says, Box::new(attempt))
}

/// `count` code points, each of which is four bytes and two UTF-16 units.
fn emoji(count: usize) -> String {
    "🦀".repeat(count)
}

fn read_cluster(client: &Client, id: &str) -> Result<(), Error> {
    client.clusters().get(&ClusterId::try_from(id)?).map(drop)
}

fn read_workspace(client: &Client, id: &str) -> Result<(), Error> {
    client.workspaces().get(&WorkspaceId::try_from(id)?).map(drop)
}

fn update(client: &Client, if_match: &str, key: Option<&str>, context: Option<&str>) -> Result<(), Error> {
    let (id, patch) = (
        ClusterId::try_from("clu_1")?,
        ClusterPatch::builder().name("n").build()?,
    );
    let if_match = IfMatch::try_from(if_match)?;
    let clusters = match context {
        Some(context) => client.clusters().context(&WorkspaceContext::try_from(context)?),
        None => client.clusters(),
    };
    match key {
        Some(key) => clusters.update_with_key(&id, &if_match, &patch, &IdempotencyKey::try_from(key)?),
        None => clusters.update(&id, &if_match, &patch),
    }
    .map(drop)
}

fn update_cluster(client: &Client, patch: Result<ClusterPatch, akua_model::Error>) -> Result<(), Error> {
    client
        .clusters()
        .update(&"clu_1".parse()?, &"42".parse()?, &patch?)
        .map(drop)
}

fn update_workspace(client: &Client, patch: Result<WorkspacePatch, akua_model::Error>) -> Result<(), Error> {
    client
        .workspaces()
        .update(&"ws_1".parse()?, &"42".parse()?, &patch?)
        .map(drop)
}

fn lengths() -> Vec<Row> {
    let mut rows = Vec::new();
    // Zero, and one over, in code points: also where each takes four bytes.
    for (count, says) in [(0, "has 0 characters"), (55, "has 55 characters (1 to 54 are allowed)")] {
        rows.push(row(format!("cluster id of {count}"), "id", says, move |client| {
            read_cluster(client, &"é".repeat(count))
        }));
        rows.push(row(format!("region_id of {count}"), "region_id", says, move |client| {
            update_cluster(client, ClusterPatch::builder().region_id(emoji(count)).build())
        }));
    }
    for (count, says) in [(0, "has 0 characters"), (54, "has 54 characters (1 to 53 are allowed)")] {
        rows.push(row(format!("workspace id of {count}"), "id", says, move |client| {
            read_workspace(client, &emoji(count))
        }));
        rows.push(row(
            format!("context of {count}"),
            "akua-context",
            says,
            move |client| update(client, "42", None, Some(&"w".repeat(count))),
        ));
    }
    for (count, says) in [
        (0, "has 0 characters"),
        (101, "has 101 characters (1 to 100 are allowed)"),
    ] {
        rows.push(row(format!("cluster name of {count}"), "name", says, move |client| {
            update_cluster(client, ClusterPatch::builder().name(emoji(count)).build())
        }));
        rows.push(row(format!("workspace name of {count}"), "name", says, move |client| {
            update_workspace(client, WorkspacePatch::builder().name(emoji(count)).build())
        }));
    }
    for (count, says) in [
        (0, "has 0 "),
        (2, "has 2 "),
        (40, "has 40 characters (3 to 39 are allowed)"),
    ] {
        rows.push(row(format!("slug of {count}"), "slug", says, move |client| {
            update_workspace(client, WorkspacePatch::builder().slug(emoji(count)).build())
        }));
    }
    for (count, says) in [(0, "has 0 characters"), (65, "has 65 characters (1 to 64 are allowed)")] {
        rows.push(row(format!("key of {count}"), "idempotency-key", says, move |client| {
            update(client, "42", Some(&"k".repeat(count)), None)
        }));
    }
    for items in [0, 101, u64::MAX] {
        rows.push(row(
            format!("pages of {items}"),
            "limit",
            "1 to 100 are allowed",
            move |client| {
                client
                    .clusters()
                    .list_from(PageQuery::default().limit(items)?)
                    .for_each(drop);
                Ok(())
            },
        ));
    }
    rows.push(row("an empty kubeconfig", "kubeconfig", "at least 1", |client| {
        update_cluster(client, ClusterPatch::builder().kubeconfig(Secret::from("")).build())
    }));
    rows.push(row("if-match of 257", "if-match", "has 257 characters", |client| {
        update(client, &"4".repeat(257), None, None)
    }));
    rows
}

fn headers() -> Vec<Row> {
    let mut rows = Vec::new();
    for (bad, says) in [
        ("4\r2", "a line break"),
        ("4\n2", "a line break"),
        ("42\r\nx-evil: 1", "a line break"),
        ("42\n", "a line break"),
        ("4\0", "a NUL"),
        ("4\u{7f}", "a control character"),
        ("4\t2", "a control character"),
        ("é", "outside ASCII"),
        ("🦀", "outside ASCII"),
        (" 42", "blank"),
        ("42 ", "blank"),
    ] {
        rows.push(row(format!("if-match {bad:?}"), "if-match", says, move |client| {
            update(client, bad, None, None)
        }));
        rows.push(row(format!("etag {bad:?}"), "if-match", says, move |client| {
            update(client, Etag::from(bad).if_match()?.as_str(), None, None)
        }));
        rows.push(row(format!("key {bad:?}"), "idempotency-key", says, move |client| {
            update(client, "42", Some(bad), None)
        }));
        rows.push(row(format!("context {bad:?}"), "akua-context", says, move |client| {
            update(client, "42", None, Some(bad))
        }));
    }
    rows
}

fn shapes() -> Vec<Row> {
    let mut rows = vec![
        row("etag *", "if-match", "read the resource and pass its etag", |client| {
            update(client, "*", None, None)
        }),
        row("no etag", "if-match", "read the resource and pass its etag", |client| {
            update(client, "", None, None)
        }),
        row(
            "a cluster patch of nothing",
            "patch",
            "set at least one: name, region_id",
            |client| update_cluster(client, ClusterPatch::builder().build()),
        ),
        row(
            "a workspace patch of nothing",
            "patch",
            "set at least one: name, slug",
            |client| update_workspace(client, WorkspacePatch::builder().build()),
        ),
    ];
    for bad in ["MANAGED_KAAS", "", "gke", "managed_kaas\n"] {
        rows.push(row(
            format!("provider {bad:?}"),
            "provider",
            "managed_kaas or imported_byoc",
            move |client| update_cluster(client, ClusterPatch::builder().provider(bad).build()),
        ));
    }
    for bad in [
        "../x",
        "a/b",
        "a%2Fb",
        ".",
        "..",
        "a\\b",
        "clu_1:suspend",
        "a\nb",
        "a\0b",
    ] {
        rows.push(row(
            format!("cluster id {bad:?}"),
            "id",
            "as the server wrote it",
            move |client| read_cluster(client, bad),
        ));
        rows.push(row(
            format!("workspace id {bad:?}"),
            "id",
            "as the server wrote it",
            move |client| read_workspace(client, bad),
        ));
    }
    rows
}

#[test]
fn bad_input_is_named_and_nothing_is_sent() {
    // A real transport, and a server that nobody may so much as connect to.
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    server.set_nonblocking(true).unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    let timeout = Duration::from_secs(5);
    let client = Client::builder()
        .base_url(url)
        .token("t")
        .timeout(timeout)
        .build()
        .unwrap();
    let rows: Vec<Row> = [lengths(), headers(), shapes()].into_iter().flatten().collect();
    assert!(rows.len() > 80);
    for (title, field, says, attempt) in rows {
        let Err(error) = attempt(&client) else {
            panic!("{title}: no error");
        };
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{title}: {error}");
        assert!(!error.may_have_taken_effect(), "{title}: {error}");
        assert_eq!(error.problems().len(), 1, "{title}: {error}");
        assert_eq!(error.problems()[0].field, field, "{title}: {error}");
        assert!(error.to_string().contains(says), "{title}: {error}");
        assert!(error.to_string().ends_with("; nothing was sent"), "{title}: {error}");
    }
    assert_eq!(server.accept().unwrap_err().kind(), IoErrorKind::WouldBlock);
}

#[test]
fn two_bad_fields_are_both_named() {
    let patch = ClusterPatch::builder().name("").region_id("r".repeat(55)).build();
    let error = Error::from(patch.unwrap_err());
    let fields: Vec<&str> = error.problems().iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["name", "region_id"]);
}

#[test]
fn settings_that_can_not_be_used_are_named() {
    let local = "http://127.0.0.1:1";
    let build = |url: &str, token: &str| Client::builder().base_url(url).token(token).build().map(drop);
    for (url, token, says) in [
        ("http://api.akua.dev", "t", "plain http to api.akua.dev"),
        ("http://10.0.0.1", "t", "plain http to 10.0.0.1"),
        ("http://localhost.example", "t", "plain http"),
        ("https://user:hush@api.akua.dev", "t", "user name and password"),
        ("https://api.akua.dev?x", "t", "query"),
        ("https://api.akua.dev#x", "t", "fragment"),
        ("api.akua.dev", "t", "must begin with https://"),
        (local, "", "the token is empty"),
        (local, "hush\n", "the token ends with a line break"),
        (
            local,
            "hush\r\nx: y",
            "the token has a character other than visible ASCII",
        ),
        (local, "hush hush", "the token has a character other than visible ASCII"),
        (local, "hushé", "the token has a character other than visible ASCII"),
        (local, "hush\0", "the token has a character other than visible ASCII"),
    ] {
        let error = build(url, token).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(!format!("{error} {error:?}").contains("hush"), "{error}");
    }
    let suffix = Client::builder()
        .token("t")
        .user_agent_suffix("a\r\nb")
        .build()
        .unwrap_err();
    assert!(suffix.to_string().contains("user agent suffix"), "{suffix}");
}

#[test]
fn plain_http_elsewhere_needs_a_permission() {
    let builder = || Client::builder().base_url("http://10.0.0.1:1").token("t");
    assert!(builder().build().is_err());
    assert!(builder().allow_insecure_http(true).build().is_ok());
}

#[test]
fn a_kind_that_takes_no_key_refuses_one_and_sends_nothing() {
    let wire = std::sync::Arc::new(akua_http::transport::scripted::ScriptedTransport::new());
    let client = Client::builder()
        .token("t")
        .transport(std::sync::Arc::clone(&wire))
        .build()
        .unwrap();
    let patch = akua_model::WorkspacePatch::builder().name("n").build().unwrap();
    let (id, if_match, key) = ("ws_1".parse().unwrap(), "8".parse().unwrap(), "k".parse().unwrap());
    let error = client
        .workspaces()
        .update_with_key(&id, &if_match, &patch, &key)
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.problems()[0].field.as_str()),
        (akua_http::ErrorKind::InvalidInput, "idempotency-key")
    );
    assert!(
        error.to_string().contains("workspace ws_1") && wire.requests().is_empty(),
        "{error}"
    );
}
