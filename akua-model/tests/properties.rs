//! What holds for every input: generated ones, the same in each run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use akua_model::answer::{self, Answer};
use akua_model::{
    Cluster, ClusterComputeSettings, ClusterId, ClusterPatch, IdempotencyKey, IfMatch, PageQuery, Resource, Timestamp,
    Workspace, WorkspaceContext, WorkspaceId, WorkspacePatch, request,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;
use serde_json::{Map, Number, Value, json};

mod samples;
use samples::{cluster, cluster_answer, resource, response, workspace, workspace_answer};

/// The same cases in each run, and no file for those that failed.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(0x616b_7561),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Texts, many of them short and made of what has a meaning somewhere on the way.
fn text() -> impl Strategy<Value = String> {
    let special = select(vec![
        ".", "..", "/", "\\", "%", "%2F", "%2e", ":", "?", "#", "&", "=", "+", ";", " ", "*", "\"", "\r", "\n", "\0",
        "\t", "\u{7f}", "\u{85}", "\u{200b}", "\u{202e}", "\u{ff0f}", "é", "e\u{301}", "😀", "a", "Z", "0", "-", "_",
        "~", "clu_1",
    ]);
    prop_oneof![
        4 => vec(special, 0..8).prop_map(|parts| parts.concat()),
        2 => any::<String>(),
        1 => (select(vec!["x", "é", "😀"]), 0_usize..300).prop_map(|(one, count)| one.repeat(count)),
    ]
}

fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        (-1000_i64..1000).prop_map(Number::from),
        any::<f64>().prop_filter_map("JSON has no other", Number::from_f64),
    ]
}

/// Any JSON, not very deep.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            btree_map(text(), inner, 0..6).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A time in any form that is read.
fn time() -> impl Strategy<Value = Value> {
    prop_oneof![
        number().prop_map(Value::from),
        (0_u16..9999, 1_u8..=12, 1_u8..=28, 0_u8..24, 0_u32..1_000_000_000).prop_map(
            |(year, month, day, hour, nanos)| {
                json!(format!(
                    "{year:04}-{month:02}-{day:02}T{hour:02}:59:00.{nanos:09}+01:00"
                ))
            }
        ),
    ]
}

/// `document` with some properties replaced or added by any JSON, and some left out.
fn damaged(document: Value) -> impl Strategy<Value = Value> {
    let names: Vec<String> = document.as_object().unwrap().keys().cloned().collect();
    let names = prop_oneof![3 => select(names.clone()), 1 => text()];
    (vec((names.clone(), json()), 0..3), vec(names, 0..3)).prop_map(move |(changes, losses)| {
        let mut map: Map<String, Value> = document.as_object().unwrap().clone();
        map.extend(changes);
        losses.iter().for_each(|name| {
            map.remove(name);
        });
        Value::Object(map)
    })
}

/// Bodies that no server should send: any bytes, and a document with some bytes replaced.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let spoilt = (
        vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        any::<prop::sample::Index>(),
    )
        .prop_map(|(changes, end)| {
            let mut body = cluster().to_string().into_bytes();
            for (index, byte) in changes {
                let at = index.index(body.len());
                body[at] = byte;
            }
            body.truncate(end.index(body.len() * 4));
            body
        });
    prop_oneof![vec(any::<u8>(), 0..200), spoilt, text().prop_map(String::into_bytes)]
}

fn status() -> impl Strategy<Value = u16> {
    prop_oneof![3 => Just(200), 1 => 100_u16..1000, 1 => any::<u16>()]
}

/// Percent-decoding, written apart from the encoder.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

fn assert_one_segment<R: Resource>(id: &str, limit: usize) -> Result<(), TestCaseError>
where
    R::Id: std::str::FromStr<Err = akua_model::Error>,
{
    let Ok(parsed) = id.parse::<R::Id>() else {
        let plain = id.chars().all(|c| c.is_ascii_alphanumeric() || "-_~".contains(c));
        let fits = (1..=limit).contains(&id.chars().count());
        prop_assert!(!(plain && fits), "an ordinary id is refused");
        return Ok(());
    };
    prop_assert!((1..=limit).contains(&id.chars().count()));
    prop_assert_eq!(parsed.as_ref(), id);
    for path in [
        request::read::<R>(&parsed, None).path().to_owned(),
        decoded(request::read::<R>(&parsed, None).path()).unwrap(),
    ] {
        let segments: Vec<&str> = path.split('/').collect();
        let expected: Vec<&str> = R::ROUTE.split('/').collect();
        prop_assert_eq!(segments.len(), expected.len());
        for (segment, expected) in segments.into_iter().zip(expected) {
            if expected == "{id}" {
                prop_assert!(![".", ".."].contains(&segment));
                prop_assert_eq!(decoded(segment), Some(id.to_owned()));
            } else {
                prop_assert_eq!(segment, expected);
            }
        }
    }
    let sent = request::read::<R>(&parsed, None);
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~%/".contains(&byte);
    prop_assert!(sent.path().bytes().all(legal), "{}", sent.path());
    Ok(())
}

/// Whether a header can carry `text` verbatim, by the words of the contract.
fn fits_header(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.len()) && text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && text.trim() == text
}

proptest! {
    #![proptest_config(cases(800))]

    #[test]
    fn any_id_is_one_segment_or_refused(id in text()) {
        assert_one_segment::<Cluster>(&id, 54)?;
        assert_one_segment::<ClusterComputeSettings>(&id, 54)?;
        assert_one_segment::<Workspace>(&id, 53)?;
        prop_assert!(id.parse::<WorkspaceId>().is_err() || id.parse::<ClusterId>().is_ok());
    }

    #[test]
    fn any_cursor_is_one_query_value(cursor in text()) {
        let request = request::list::<Cluster>(&PageQuery::default().limit(9).unwrap().cursor(cursor.as_str()), None);
        let (_, sent) = request.path().split_once("?limit=9&cursor=").unwrap();
        prop_assert!(sent.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~%".contains(&byte)));
        prop_assert_eq!(decoded(sent), Some(cursor));
    }

    #[test]
    fn any_text_is_a_legal_header_or_refused(text in text()) {
        let if_match = text.parse::<IfMatch>();
        prop_assert_eq!(if_match.is_ok(), fits_header(&text, 256) && text != "*");
        let key = text.parse::<IdempotencyKey>();
        prop_assert_eq!(key.is_ok(), fits_header(&text, 64));
        let context = text.parse::<WorkspaceContext>();
        prop_assert_eq!(context.is_ok(), fits_header(&text, 53));
        if let (Ok(if_match), Ok(key), Ok(context)) = (if_match, key, context) {
            let patch = ClusterPatch::builder().name("n").build().unwrap();
            let id = "clu_1".parse().unwrap();
            let request = request::update_with_key(&id, &if_match, &patch, Some(&context), &key);
            for name in ["if-match", "idempotency-key", "akua-context"] {
                prop_assert_eq!(request.header(name), Some(text.as_str()));
            }
        }
    }

    #[test]
    fn a_patch_is_the_json_of_what_was_set_or_refused(
        name in proptest::option::of(text()),
        region in proptest::option::of(text()),
        provider in proptest::option::of(select(vec!["managed_kaas", "imported_byoc", "other"])),
        kubeconfig in proptest::option::of(text()),
    ) {
        let mut builder = ClusterPatch::builder();
        let mut set = Map::new();
        let mut legal = true;
        let mut put = |field: &str, value: &Option<String>, max| {
            if let Some(value) = value {
                legal &= (1..=max).contains(&value.chars().count());
                set.insert(field.to_owned(), json!(value));
            }
        };
        put("name", &name, 100);
        put("region_id", &region, 54);
        put("kubeconfig", &kubeconfig, usize::MAX);
        if let Some(provider) = provider {
            legal &= provider != "other";
            set.insert("provider".to_owned(), json!(provider));
            builder = builder.provider(provider);
        }
        if let Some(name) = name { builder = builder.name(name) }
        if let Some(region) = region { builder = builder.region_id(region) }
        if let Some(kubeconfig) = kubeconfig { builder = builder.kubeconfig(kubeconfig) }
        let built = builder.build();
        prop_assert_eq!(built.is_ok(), legal && !set.is_empty());
        if let Ok(patch) = built {
            let request = request::update::<Cluster>(&"clu_1".parse().unwrap(), &"42".parse().unwrap(), &patch, None);
            let body: Value = serde_json::from_slice(request.body().unwrap()).unwrap();
            prop_assert_eq!(body, Value::Object(set));
        }
    }

    #[test]
    fn a_workspace_patch_is_the_json_of_what_was_set_or_refused(name in text(), slug in text()) {
        let built = WorkspacePatch::builder().name(name.as_str()).slug(slug.as_str()).build();
        let legal = (1..=100).contains(&name.chars().count()) && (3..=39).contains(&slug.chars().count());
        prop_assert_eq!(built.is_ok(), legal);
        if let Ok(patch) = built {
            let request = request::update::<Workspace>(&"ws_1".parse().unwrap(), &"42".parse().unwrap(), &patch, None);
            let body: Value = serde_json::from_slice(request.body().unwrap()).unwrap();
            prop_assert_eq!(body, json!({ "name": name, "slug": slug }));
        }
    }

    #[test]
    fn any_bytes_are_an_answer(body in bytes(), status in status()) {
        let response = response(status, body);
        match cluster_answer(&response) {
            Answer::Resource(read) => prop_assert!(status == 200 && read.id.as_str() == "clu_1"),
            Answer::Partial(read) => prop_assert!(status == 200 && !read.error.problems().is_empty()),
            Answer::Failed(read) => {
                prop_assert_eq!(read.status, status);
                prop_assert_eq!(read.unreadable.is_some(), status == 200);
                prop_assert!(!read.to_string().contains(char::is_control));
            }
        }
        prop_assert!(workspace_answer(&response) == workspace_answer(&response));
        prop_assert!(status == 200 || answer::of_page::<Cluster>(&PageQuery::default(), &response).is_err());
    }

    #[test]
    fn any_json_is_an_answer(document in prop_oneof![3 => damaged(cluster()), 1 => json()], status in status()) {
        let ours = document["id"] == "clu_1" && document["etag"].is_string();
        match cluster_answer(&response(status, document.to_string())) {
            Answer::Resource(read) => {
                prop_assert!(status == 200 && ours);
                prop_assert_eq!(&document["etag"], read.etag.as_str());
                prop_assert_eq!(&document["name"], read.name.as_str());
                prop_assert!(document["state"].is_string() && document["reconciling"].is_boolean());
            }
            Answer::Partial(read) => {
                prop_assert!(status == 200 && ours);
                prop_assert_eq!(&document["etag"], read.etag.as_str());
                prop_assert_eq!(read.error.problems().len(), 1);
            }
            Answer::Failed(read) => {
                prop_assert!(status != 200 || !ours, "an acknowledged write is called failed");
                prop_assert!(!(read.is_definite() && status < 400));
            }
        }
    }

    #[test]
    fn a_resource_survives_whatever_is_in_it(
        unknown in btree_map(text(), json(), 0..4),
        texts in vec(text(), 6),
        times in vec(time(), 2),
        reconciling in any::<bool>(),
        plan in btree_map(text(), json(), 0..3),
    ) {
        let known = json!({
            "html_url": texts[0], "name": texts[1], "state": texts[2], "provider": texts[3], "etag": texts[4],
            "reconciling": reconciling, "created_at": times[0], "updated_at": times[1],
        });
        let mut document = Value::Object(unknown.clone().into_iter().collect());
        let all = document.as_object_mut().unwrap();
        all.extend(cluster().as_object().unwrap().clone());
        all.extend(known.as_object().unwrap().clone());
        let read = resource(cluster_answer(&response(200, document.to_string())));
        let written: Value = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
        prop_assert_eq!(written, document);

        let mut plan = Value::Object(plan.into_iter().collect());
        plan["tier"] = json!(texts[5]);
        plan["billed_by"] = json!(texts[3]);
        let known = json!({
            "name": texts[0], "slug": texts[1], "workspace_class": texts[2], "etag": texts[4], "plan": plan,
            "created_at": times[0], "updated_at": times[1],
        });
        let mut document = Value::Object(unknown.into_iter().collect());
        let all = document.as_object_mut().unwrap();
        all.extend(workspace().as_object().unwrap().clone());
        all.extend(known.as_object().unwrap().clone());
        let read = resource(workspace_answer(&response(200, document.to_string())));
        let written: Value = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
        prop_assert_eq!(written, document);
    }

    #[test]
    fn any_number_is_a_time_and_none_overflows(number in number()) {
        let time: Timestamp = serde_json::from_str(&number.to_string()).unwrap();
        prop_assert!(!time.to_string().is_empty());
        prop_assert_eq!(serde_json::to_value(&time).unwrap(), Value::from(number.clone()));
        match (number.as_i64(), number.as_f64()) {
            (Some(exact), _) => prop_assert_eq!(time.unix_seconds(), Some(exact)),
            (None, Some(about)) if about.abs() < 9e15 => {
                prop_assert_eq!(time.unix_seconds().map(|seconds| seconds as f64), Some(about.floor()));
            }
            (None, Some(about)) if about.abs() > 9.3e18 => prop_assert_eq!(time.unix_seconds(), None),
            _ => {}
        }
    }

    #[test]
    fn any_text_is_a_time_or_refused(text in prop_oneof![
        text(),
        "[0-9+-]{1,6}-[0-9]{1,2}-[0-9]{1,2}[Tt ][0-9]{1,2}:[0-9]{1,2}:[0-9.]{1,12}(Z|z|[+-][0-9]{2}:[0-9]{2})?",
        time().prop_filter_map("a text", |time| time.as_str().map(str::to_owned)),
    ]) {
        let json = json!(text);
        if let Ok(time) = serde_json::from_value::<Timestamp>(json.clone()) {
            prop_assert!(time.unix_seconds().is_some());
            prop_assert_eq!(time.to_string(), text);
            prop_assert_eq!(serde_json::to_value(&time).unwrap(), json);
        }
    }
}
