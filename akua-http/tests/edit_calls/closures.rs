//! `edit_with`: a change that depends on the version.

use akua_http::transport::{FailureKind, Sent};
use akua_model::edit::{Cause, Outcome};
use akua_model::{Cluster, ClusterPatch, Secret};

use crate::{applied, cluster, conflict, id, indeterminate, mismatch, not_sent, seen, stage};

fn with_suffix(cluster: &Cluster) -> ClusterPatch {
    ClusterPatch::builder()
        .name(format!("{}-eu", cluster.name))
        .build()
        .unwrap()
}

#[test]
fn it_runs_again_on_each_fresh_version() {
    let stage = stage();
    stage.wire.answer(200, cluster("a", "42"));
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("b", "43"));
    stage.wire.answer(409, mismatch("44"));
    stage.wire.answer(200, cluster("c", "44"));
    stage.wire.answer(200, cluster("c-eu", "45"));
    let mut shown = Vec::new();
    let edited = stage.client.clusters().edit_with(id(), |current| {
        shown.push((current.name.clone(), current.etag.to_string()));
        Ok(Some(with_suffix(current)))
    });
    let edited = edited.unwrap();
    assert_eq!(applied(&edited).etag.as_str(), "45");
    let shown: Vec<(&str, &str)> = shown
        .iter()
        .map(|(name, etag)| (name.as_str(), etag.as_str()))
        .collect();
    assert_eq!(shown, [("a", "42"), ("b", "43"), ("c", "44")]);
    let bodies: Vec<String> = stage
        .writes()
        .into_iter()
        .map(|w| String::from_utf8(w.body).unwrap())
        .collect();
    assert_eq!(
        bodies,
        [r#"{"name":"a-eu"}"#, r#"{"name":"b-eu"}"#, r#"{"name":"c-eu"}"#]
    );
    let mut keys: Vec<String> = stage
        .writes()
        .iter()
        .map(|w| w.header("idempotency-key").unwrap().to_owned())
        .collect();
    keys.dedup();
    assert_eq!(keys.len(), 3);
}

#[test]
fn it_runs_again_also_if_somebody_else_wrote_the_same() {
    let stage = stage();
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("base-eu", "43"));
    stage.wire.answer(200, cluster("base-eu-eu", "44"));
    let edited = stage
        .client
        .clusters()
        .edit_with(seen(), |current| Ok(Some(with_suffix(current))));
    assert_eq!(applied(&edited.unwrap()).etag.as_str(), "44");
    assert_eq!(stage.writes()[1].body, br#"{"name":"base-eu-eu"}"#);
}

#[test]
fn it_does_not_run_again_while_a_write_is_open() {
    let stage = stage();
    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    stage.wire.answer(409, mismatch("44"));
    stage.wire.answer(200, cluster("theirs", "44"));
    let mut runs = 0;
    let edited = stage.client.clusters().edit_with(seen(), |current| {
        runs += 1;
        Ok(Some(with_suffix(current)))
    });
    indeterminate(&edited.unwrap());
    assert_eq!((runs, stage.writes().len()), (1, 2));
}

#[test]
fn one_that_changes_nothing_sends_nothing() {
    let nothing: [fn(&Cluster) -> Option<ClusterPatch>; 2] = [
        |_| None,
        |current| Some(ClusterPatch::builder().name(current.name.clone()).build().unwrap()),
    ];
    for nothing in nothing {
        let stage = stage();
        stage.wire.answer(200, cluster("base", "42"));
        let edited = stage
            .client
            .clusters()
            .edit_with(id(), |current| Ok(nothing(current)))
            .unwrap();
        assert!(matches!(&edited.outcome, Outcome::Unchanged(current) if current.name == "base"));
        assert_eq!(stage.sent(), ["GET"]);

        // The version passed in does not suffice, and if it has changed, the closure decides again.
        stage.wire.answer(200, cluster("theirs", "43"));
        let mut runs = 0;
        let edited = stage.client.clusters().edit_with(seen(), |current| {
            runs += 1;
            Ok(nothing(current))
        });
        assert!(matches!(&edited.unwrap().outcome, Outcome::Unchanged(current) if current.name == "theirs"));
        assert_eq!((stage.sent().len(), runs), (2, 2));
    }
}

#[test]
fn one_that_fails_sends_nothing_more() {
    let stage = stage();
    let edited = stage
        .client
        .clusters()
        .edit_with(seen(), |_| Err("no name is free".into()))
        .unwrap();
    assert_eq!(not_sent(&edited), (Cause::NoPatch, "no name is free"));
    assert!(stage.wire.requests().is_empty());

    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("theirs", "43"));
    let mut runs = 0;
    let edited = stage.client.clusters().edit_with(seen(), |current| {
        runs += 1;
        if runs == 2 {
            return Err("not after them".into());
        }
        Ok(Some(with_suffix(current)))
    });
    let edited = edited.unwrap();
    assert_eq!(not_sent(&edited), (Cause::NoPatch, "not after them"));
    assert_eq!(stage.sent(), ["PATCH 42", "GET"]);
    assert!(
        edited.explain().contains("the closure gave no patch"),
        "{}",
        edited.explain()
    );
}

#[test]
fn a_write_only_field_stops_it_after_somebody_elses_change() {
    let stage = stage();
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("theirs", "43"));
    let edited = stage.client.clusters().edit_with(seen(), |_| {
        let kubeconfig = Secret::from("apiVersion: v1, a-kubeconfig");
        Ok(Some(ClusterPatch::builder().kubeconfig(kubeconfig).build()?))
    });
    let edited = edited.unwrap();
    assert_eq!(conflict(&edited).theirs.as_ref().unwrap().name, "theirs");
    assert_eq!(stage.sent(), ["PATCH 42", "GET"]);
}

#[test]
fn a_workspace_has_it_too() {
    let stage = stage();
    stage.wire.answer(200, crate::workspace("base", "the-slug", "8"));
    stage.wire.answer(200, crate::workspace("ours", "the-slug", "9"));
    let id: akua_model::WorkspaceId = "ws_1".parse().unwrap();
    let edited = stage
        .client
        .workspaces()
        .edit_with(&id, |_| Ok(Some(crate::workspace_to_ours())));
    assert_eq!(applied(&edited.unwrap()).resource.as_ref().unwrap().name, "ours");
}
