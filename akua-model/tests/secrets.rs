//! A marked kubeconfig goes through everything of the model that can be shown, and is found nowhere.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::fmt::{Debug, Display};
use std::time::Duration;

use akua_model::edit::{Change, Clock, Edit, Input, Options, Outcome, ResumeMode, Step, Target};
use akua_model::http::{Request, Response};
use akua_model::{Cluster, ClusterPatch, ErrorKind, Patch, Secret, Secrets, request};
use serde_json::json;

mod samples;
use samples::{cluster, cluster_answer, failed, partial, resource, response, with};

/// Two tokens that stand in the secret, each of which gives it away.
const MARKS: [&str; 2] = ["Mark3r-first", "Mark3r-other"];
const SECRET: &str = "apiVersion: v1\nusers:\n- name: \"é\"\n  user: {token: Mark3r-first-8f2c1d7e}\n- {token: \
                      \"Mark3r-other-77aa01bc\"}\n";

fn kubeconfig() -> Secret {
    Secret::from(SECRET)
}

fn patch() -> ClusterPatch {
    ClusterPatch::builder()
        .name("visible-name")
        .kubeconfig(kubeconfig())
        .build()
        .unwrap()
}

fn update() -> Request {
    request::update::<Cluster>(&"clu_1".parse().unwrap(), &"42".parse().unwrap(), &patch(), None)
}

#[track_caller]
fn assert_hidden(text: &str) {
    for mark in MARKS {
        assert!(!text.contains(mark), "{mark} stands in {text}");
    }
    assert!(!text.contains("Mark3r"), "a piece of the secret stands in {text}");
}

#[track_caller]
fn assert_debug_hides(value: &impl Debug) {
    assert_hidden(&format!("{value:?}"));
    assert_hidden(&format!("{value:#?}"));
}

#[track_caller]
fn assert_hides(value: &(impl Debug + Display)) {
    assert_debug_hides(value);
    assert_hidden(&value.to_string());
}

/// The ways in which a server may repeat what it was sent.
fn echoes() -> Vec<String> {
    let cut = &SECRET[..SECRET.find("-8f2c1d7e").unwrap()];
    vec![
        SECRET.to_owned(),
        format!("kubeconfig `{SECRET}` is not valid"),
        format!("can't parse {}", json!({ "kubeconfig": SECRET })),
        format!("twice {SECRET}{SECRET}"),
        SECRET.lines().nth(3).unwrap().to_owned(),
        format!("near `{}`", SECRET.lines().nth(4).unwrap()),
        format!("unexpected {cut}…"),
        format!("{}{SECRET}", "padding ".repeat(55)),
    ]
}

#[test]
fn the_secret_reaches_the_body_and_nothing_else() {
    let request = update();
    let body: serde_json::Value = serde_json::from_slice(request.body().unwrap()).unwrap();
    assert_eq!(body, json!({ "name": "visible-name", "kubeconfig": SECRET }));
    assert_debug_hides(&request);
    for (_, value) in request.headers() {
        assert_hidden(value);
    }
    assert_hidden(request.path());
}

#[test]
fn what_holds_the_secret_does_not_show_it() {
    assert_debug_hides(&kubeconfig());
    assert_debug_hides(&Some(kubeconfig()));
    assert_debug_hides(&ClusterPatch::builder().kubeconfig(kubeconfig()));
    assert_debug_hides(&patch());
    assert_debug_hides(&patch().assignments());
    let shown = format!("{:?}", patch().assignments());
    assert_eq!(shown, r#"[name = "visible-name", kubeconfig = "(secret)"]"#);
    assert!(format!("{:?}", patch()).contains("visible-name"), "the rest is shown");
}

#[test]
fn a_refusal_of_the_input_does_not_show_the_secret() {
    let broken = ClusterPatch::builder()
        .kubeconfig(kubeconfig())
        .name("n".repeat(101))
        .region_id("")
        .provider(SECRET)
        .build()
        .unwrap_err();
    assert_eq!(broken.kind(), ErrorKind::InvalidInput);
    assert_hides(&broken);
    // The secret given in the wrong place.
    let marked = SECRET.replace('\n', " ");
    assert_hides(&ClusterPatch::builder().region_id(SECRET).build().unwrap_err());
    assert_hides(&ClusterPatch::builder().name(SECRET.repeat(5)).build().unwrap_err());
    assert_hides(&marked.parse::<akua_model::ClusterId>().unwrap_err());
    assert_hides(&SECRET.parse::<akua_model::IfMatch>().unwrap_err());
    assert_hides(&SECRET.parse::<akua_model::IdempotencyKey>().unwrap_err());
    assert_hides(&marked.parse::<akua_model::WorkspaceContext>().unwrap_err());
    assert_hides(&ClusterPatch::from_texts(&[("kubeconfig", SECRET), ("region_id", "")]).unwrap_err());
}

#[test]
fn an_answer_that_has_the_secret_does_not_show_it() {
    let whole = with(cluster(), "kubeconfig", json!(SECRET));
    let answer = response(200, whole.to_string());
    assert_debug_hides(&answer);
    assert_debug_hides(&cluster_answer(&answer));
    let read = resource(cluster_answer(&answer));
    assert_hidden(&serde_json::to_string(&read).unwrap());
    // Where a value of another type was expected, or none.
    for property in ["state", "reconciling", "created_at", "workspace_id", "html_url"] {
        for value in [json!({ SECRET: SECRET }), json!([SECRET]), json!(SECRET)] {
            if matches!(property, "state" | "html_url") && value.is_string() {
                continue;
            }
            let read = partial(cluster_answer(&response(
                200,
                with(whole.clone(), property, value).to_string(),
            )));
            assert_debug_hides(&read);
            assert_hides(&read.error);
        }
    }
    for property in ["id", "etag"] {
        let read = failed(cluster_answer(&response(
            200,
            with(whole.clone(), property, json!([SECRET])).to_string(),
        )));
        assert_hides(&read);
    }
    for body in [
        SECRET.to_owned(),
        format!("<{SECRET}>"),
        json!(SECRET).to_string(),
        json!([SECRET]).to_string(),
    ] {
        for status in [200, 302, 409, 422, 500] {
            assert_hides(&failed(cluster_answer(&response(status, &body))));
        }
    }
}

#[test]
fn a_server_that_repeats_the_secret_is_not_quoted() {
    for echo in echoes() {
        let bodies = [
            json!({ "errors": [{ "message": echo }, { "code": echo }, { "path": ["body", echo] }] }),
            json!({ "errors": [{ "message": "m", "metadata": { "value": echo, "current_etag": echo } }] }),
            json!({ "errors": [{ "message": "m", "metadata": { echo.as_str(): "x" } }] }),
            json!({ "error": { "code": echo, "message": echo } }),
            json!({ "error": echo }),
            json!({ "message": echo }),
        ];
        for (body, status) in bodies
            .iter()
            .flat_map(|body| [302, 400, 409, 422, 500].map(|status| (body, status)))
        {
            let mut failed = failed(cluster_answer(&Response {
                headers: vec![("location".into(), echo.clone()), ("x-request-id".into(), echo.clone())],
                ..response(status, body.to_string())
            }));
            assert!(format!("{failed:?}").contains("Mark3r"), "the server has repeated it");
            failed.redact(SECRET);
            assert_hides(&failed);
            assert!(failed.current_etag.is_none(), "a piece of a secret is no etag");
        }
    }
}

#[test]
fn what_a_server_says_beside_the_secret_stays() {
    let body = json!({ "errors": [{ "code": 7001, "message": format!("bad kubeconfig {SECRET} at line 3") }] });
    let mut failed = failed(cluster_answer(&response(422, body.to_string())));
    failed.redact(SECRET);
    assert_eq!(failed.to_string(), "HTTP 422: [7001] bad kubeconfig (secret) at line 3");
}

/// Everything that an edit hands out and keeps, at each of its steps, for a server that repeats the secret.
#[test]
fn an_edit_does_not_show_the_secret() {
    let clock = Clock {
        elapsed: Duration::ZERO,
        unix_ms: 1_700_000_000_000,
        since_boot: None,
        entropy: 7,
        cancelled: false,
    };
    for echo in echoes() {
        for status in [302, 400, 404, 409, 422, 500] {
            let seen: Cluster = serde_json::from_value(cluster()).unwrap();
            let target = Target::Seen(Box::new(seen));
            let mut edit = Edit::new(target, Change::Patch(patch()), Options::default()).unwrap();
            assert_debug_hides(&edit);
            let mut input = Input::Begin;
            let mut token = None;
            for _ in 0..100 {
                assert!(
                    !format!("{input:?}").contains(MARKS[0]),
                    "an answer's Debug shows no body"
                );
                let step = edit.step(input, clock);
                assert_debug_hides(&step);
                assert_debug_hides(&edit);
                input = match step {
                    Step::Send(sent) => {
                        token = sent.resume_token.clone().or(token);
                        Input::Answered(response(status, json!({ "message": echo }).to_string()))
                    }
                    Step::NeedPatch(_) => Input::Patch(Some(patch())),
                    Step::Done(edited) => {
                        assert_hidden(&edited.explain());
                        assert_hides(&edited.outcome);
                        assert_hides(&edited.trace);
                        assert!(!matches!(edited.outcome, Outcome::Applied(_)));
                        break;
                    }
                };
            }
            let token = token.expect("a write has a resume token");
            assert_hides(&token);
            assert_hides(&token.to_string().parse::<akua_model::edit::ResumeToken>().unwrap());
            let resume = |secrets: &Secrets| {
                Edit::<Cluster>::resume(&token, ResumeMode::Finish, secrets, Options::default(), clock)
            };
            let with = |secret: Secret| Secrets::none().with("kubeconfig", secret);
            assert_debug_hides(&with(kubeconfig()));
            assert_debug_hides(&resume(&with(kubeconfig())).unwrap());
            assert_hides(&resume(&Secrets::none()).unwrap_err());
            assert_hides(&resume(&with(format!("{SECRET}#").into())).unwrap_err());
        }
    }
}

#[test]
fn the_marks_would_be_found() {
    // The search itself must be able to fail.
    let found = std::panic::catch_unwind(|| assert_debug_hides(&SECRET));
    assert!(found.is_err());
}
