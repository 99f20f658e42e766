//! What nobody may see: the token and the kubeconfig, whatever the server says.

use akua_http::transport::{FailureKind, Sent};
use akua_model::edit::{Edited, Outcome, Policy, ResumeMode};
use akua_model::{Cluster, ClusterPatch, Secret};

use crate::{Stage, cluster, id, seen, stage};

const TOKEN: &str = "sk_akua_secret";
const KUBECONFIG: &str = "apiVersion: v1\nusers:\n- user: {token: \"opensesame-opensesame\"}\n";

fn patch() -> ClusterPatch {
    let kubeconfig = Secret::from(KUBECONFIG);
    ClusterPatch::builder()
        .name("ours")
        .kubeconfig(kubeconfig)
        .build()
        .unwrap()
}

/// A server that repeats all that it should not: in message, path, metadata, headers and code.
fn parrot(etag: Option<&str>) -> String {
    let quoted = serde_json::to_string(KUBECONFIG).unwrap();
    let etag = etag.map_or(String::new(), |etag| format!(r#""current_etag":"{etag}","#));
    format!(
        r#"{{"errors":[{{"code":"{TOKEN}","message":{quoted},"path":["{TOKEN}","opensesame-opense"],
            "metadata":{{{etag}"authorization":"Bearer {TOKEN}","{TOKEN}":"x","kubeconfig":{quoted}}}}}]}}"#
    )
}

fn assert_hidden(what: &str, text: &str) {
    for secret in [TOKEN, "opensesame", "apiVersion"] {
        assert!(!text.contains(secret), "{what} shows {secret}: {text}");
    }
}

fn assert_nothing_shows(edited: &Edited<Cluster>) {
    assert_hidden("Debug", &format!("{edited:?}"));
    assert_hidden("pretty Debug", &format!("{edited:#?}"));
    assert_hidden("explain", &edited.explain());
    assert_hidden("Display", &edited.outcome.to_string());
    assert_hidden("trace", &format!("{:?} {}", edited.trace, edited.trace));
    if let Outcome::Indeterminate(open) = &edited.outcome {
        let token = open.resume_token.to_string();
        assert_hidden("token", &token);
        assert_hidden("token's Debug", &format!("{:?}", open.resume_token));
        // The token is base64: look inside.
        let inside = token.split('.').nth(1).unwrap();
        assert_hidden("inside of the token", &decoded(inside));
    }
}

/// base64url, read by hand: this crate's tests have no decoder.
fn decoded(text: &str) -> String {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bits = String::new();
    for byte in text.bytes() {
        let value = digits.iter().position(|digit| *digit == byte).unwrap();
        bits.push_str(&format!("{value:06b}"));
    }
    let byte = |index: usize| u8::from_str_radix(&bits[index * 8..index * 8 + 8], 2).unwrap();
    String::from_utf8((0..bits.len() / 8).map(byte).collect()).unwrap()
}

type Script = fn(&Stage);

/// Every end that a parrot can lead to.
fn ends() -> Vec<(&'static str, Script)> {
    vec![
        ("refused", |stage| stage.wire.answer(422, parrot(None))),
        ("conflict", |stage| {
            stage.wire.answer(409, parrot(Some("43")));
            stage.wire.answer(200, cluster("theirs", "43"));
        }),
        ("conflict, unread", |stage| {
            stage.wire.answer(409, parrot(Some("43")));
            (0..4).for_each(|_| stage.wire.answer(500, parrot(None)));
        }),
        ("an etag that is the token", |stage| {
            stage.wire.answer(409, parrot(Some(TOKEN)));
            stage.wire.answer(200, cluster("theirs", "43"));
        }),
        ("another 409", |stage| {
            stage.wire.answer(409, parrot(None));
            stage.wire.answer(200, cluster("base", "42"));
        }),
        ("lost", |stage| {
            stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
            (0..4).for_each(|_| stage.wire.answer(500, parrot(None)));
        }),
        ("lost, read in vain", |stage| {
            stage.wire.answer(503, parrot(None));
            (0..4).for_each(|_| stage.wire.answer(200, cluster("base", "42")));
        }),
        ("partial", |stage| {
            stage.wire.answer(
                200,
                cluster("ours", "43").replace("\"active\"", &format!("[\"{TOKEN}\"]")),
            );
        }),
    ]
}

#[test]
fn no_word_of_the_server_carries_a_secret_to_the_caller() {
    for (name, script) in ends() {
        let stage = stage();
        script(&stage);
        let edited = stage.client.clusters().edit(seen(), patch()).unwrap();
        assert!(stage.wire.steps_left() == 0, "{name}: {}", edited.explain());
        assert_nothing_shows(&edited);
    }
}

#[test]
fn nor_after_a_closure_or_a_new_token_or_in_another_call() {
    let stage = stage();
    stage.wire.answer(200, cluster("base", "42"));
    stage.wire.answer(422, parrot(None));
    let edited = stage.client.clusters().edit_with(id(), |_| Ok(Some(patch()))).unwrap();
    assert_nothing_shows(&edited);

    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    (0..4).for_each(|_| stage.wire.answer(500, parrot(None)));
    let edited = stage.client.clusters().edit(seen(), patch()).unwrap();
    let Outcome::Indeterminate(open) = &edited.outcome else {
        panic!()
    };
    let kubeconfig = Secret::from(KUBECONFIG);
    for mode in [ResumeMode::Look, ResumeMode::Finish] {
        let other = crate::stage();
        (0..4).for_each(|_| other.wire.answer(500, parrot(None)));
        let resolved = other
            .client
            .clusters()
            .resolve(
                &open.resume_token,
                mode,
                &akua_model::Secrets::none().with("kubeconfig", kubeconfig.clone()),
            )
            .unwrap();
        assert_nothing_shows(&resolved);
    }
}

#[test]
fn an_edit_under_way_shows_none_either() {
    let stage = stage();
    stage.wire.answer(409, parrot(Some("43")));
    let mut policy = Policy::default();
    policy.max_attempts = 1;
    let mut editing = stage
        .client
        .clusters()
        .policy(policy)
        .start_edit(seen(), patch())
        .unwrap();
    assert_hidden("Editing", &format!("{editing:?}"));
    let ready = editing.next();
    assert_hidden("Progress", &format!("{ready:?}"));
    let done = editing.next();
    assert_hidden("Progress", &format!("{done:?}"));
    assert_hidden("Editing", &format!("{editing:?}"));
}
