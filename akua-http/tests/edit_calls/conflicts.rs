//! Somebody else was faster.

use akua_http::transport::{FailureKind, Sent};
use akua_model::edit::{Cause, FieldState, OnConflict, Outcome, Policy, Proof};
use akua_model::{ClusterPatch, Provider, Secret, WorkspacePatch};

use crate::{
    REFUSAL, applied, cluster, conflict, indeterminate, mismatch, rejected, seen, seen_workspace, stage,
    stage_of_named_etags, to_ours, workspace,
};

fn two_fields() -> ClusterPatch {
    let patch = ClusterPatch::builder().name("ours").provider(Provider::ImportedByoc);
    patch.build().unwrap()
}

#[test]
fn a_change_of_other_fields_is_kept_and_ours_put_on_top_under_a_new_key() {
    let stage = stage();
    stage.wire.answer(409, mismatch("43"));
    stage
        .wire
        .answer(200, cluster("base", "43").replace("active", "suspended"));
    stage
        .wire
        .answer(200, cluster("ours", "44").replace("active", "suspended"));
    let edited = stage.rename();
    assert_eq!(
        (applied(&edited).proof, applied(&edited).etag.as_str()),
        (Proof::Acknowledged, "44")
    );
    assert_eq!(applied(&edited).if_match.as_ref().unwrap().as_str(), "43");
    assert_eq!(stage.sent(), ["PATCH 42", "GET", "PATCH 43"]);
    let writes = stage.writes();
    assert_eq!(writes[0].body, writes[1].body);
    let keys = [0, 1].map(|write: usize| writes[write].header("idempotency-key").unwrap());
    assert_ne!(keys[0], keys[1]);
    assert!(stage.pace.pauses_ms().is_empty(), "a rebase waits for nothing");
}

#[test]
fn a_field_that_somebody_else_set_to_our_value_is_done() {
    let stage = stage();
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("ours", "43"));
    stage
        .wire
        .answer(200, cluster("ours", "44").replace("managed_kaas", "imported_byoc"));
    let edited = stage.client.clusters().edit(seen(), two_fields()).unwrap();
    applied(&edited);
    assert_eq!(stage.sent(), ["PATCH 42", "GET", "PATCH 43"]);
}

#[test]
fn if_all_fields_already_are_ours_nothing_has_changed_or_it_is_observed() {
    // Somebody else has written the very same: nothing of ours took effect.
    let stage = stage();
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("ours", "43"));
    let edited = stage.rename();
    assert!(matches!(&edited.outcome, Outcome::Unchanged(_)), "{}", edited.explain());
    assert_eq!(stage.sent(), ["PATCH 42", "GET"]);

    // It may have been ours once an answer was lost.
    let stage = crate::stage();
    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("ours", "43"));
    let edited = stage.rename();
    assert_eq!(applied(&edited).proof, Proof::Observed);
    assert_eq!(stage.sent(), ["PATCH 42", "PATCH 42", "GET"]);
}

#[test]
fn the_same_field_with_another_value_is_a_conflict_with_three_ways_out() {
    let stage = stage();
    stage.wire.answer(412, mismatch("43"));
    stage.wire.answer(200, cluster("theirs", "43"));
    let edited = stage.client.clusters().edit(seen(), two_fields()).unwrap();
    let report = conflict(&edited);
    let states: Vec<_> = report.fields.iter().map(|field| field.state.unwrap()).collect();
    assert_eq!(states, [FieldState::Conflicting, FieldState::Free]);
    assert_eq!(report.take_theirs().unwrap().name, "theirs");
    assert_eq!(stage.sent(), ["PATCH 42", "GET"]);
    let words = edited.explain();
    assert!(
        words.contains("name: was \"base\", ours \"ours\", now \"theirs\""),
        "{words}"
    );

    // Ours by force, on the version just seen; refused again if that has moved on.
    let (version, patch) = report.force_ours().unwrap();
    stage.wire.answer(200, cluster("ours", "44"));
    applied(&stage.client.clusters().edit(version, patch).unwrap());
    assert_eq!(stage.sent().last().unwrap(), "PATCH 43");
}

#[test]
fn on_conflict_fail_reports_also_what_could_be_rebased() {
    let stage = stage();
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("base", "43"));
    let mut policy = Policy::default();
    policy.on_conflict = OnConflict::Fail;
    let edited = stage.client.clusters().policy(policy).edit(seen(), to_ours()).unwrap();
    assert_eq!(conflict(&edited).fields[0].state, Some(FieldState::Free));
    assert_eq!(stage.sent(), ["PATCH 42", "GET"]);
}

#[test]
fn a_write_only_field_stops_the_rebase_unless_the_caller_says_otherwise() {
    let patch = || {
        let kubeconfig = Secret::from("apiVersion: v1, a-kubeconfig");
        ClusterPatch::builder()
            .name("ours")
            .kubeconfig(kubeconfig)
            .build()
            .unwrap()
    };
    let stage = stage();
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("base", "43"));
    let edited = stage.client.clusters().edit(seen(), patch()).unwrap();
    let states: Vec<_> = conflict(&edited)
        .fields
        .iter()
        .map(|field| field.state.unwrap())
        .collect();
    assert_eq!(states, [FieldState::Free, FieldState::Unseen]);
    assert!(
        edited
            .explain()
            .contains("kubeconfig: was (secret), ours (secret), now (secret)")
    );
    assert_eq!(stage.sent(), ["PATCH 42", "GET"]);

    let mut policy = Policy::default();
    policy.overwrite_unseen = true;
    let stage = crate::stage();
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("base", "43"));
    stage.wire.answer(200, cluster("ours", "44"));
    applied(&stage.client.clusters().policy(policy).edit(seen(), patch()).unwrap());
    assert_eq!(stage.sent(), ["PATCH 42", "GET", "PATCH 43"]);

    // It never lifts the rule about lost answers; and where the etag may not move, nothing is sent twice either.
    let stage = crate::stage();
    stage.wire.fail(Sent::Unknown, FailureKind::Timeout);
    (0..4).for_each(|_| stage.wire.answer(200, cluster("ours", "43")));
    let edited = stage.client.clusters().policy(policy).edit(seen(), patch()).unwrap();
    indeterminate(&edited);
    assert_eq!(stage.writes().len(), 1);
}

#[test]
fn another_409_is_the_servers_refusal_in_its_words() {
    let stage = stage();
    stage.wire.answer(
        409,
        r#"{"errors":[{"code":7006,"message":"This slug is already taken"}]}"#,
    );
    stage.wire.answer(200, workspace("base", "the-slug", "8"));
    let patch = WorkspacePatch::builder().slug("taken").build().unwrap();
    let edited = stage.client.workspaces().edit(seen_workspace(), patch).unwrap();
    assert_eq!(rejected(&edited).errors[0].message, "This slug is already taken");
    assert_eq!(stage.sent(), ["PATCH 8", "GET"]);
}

#[test]
fn a_409_that_names_our_own_etag_needs_no_read_where_that_is_the_current_one() {
    let stage = stage_of_named_etags();
    stage.wire.answer(409, mismatch("42"));
    assert_eq!(rejected(&stage.rename()).status, 409);
    assert_eq!(stage.sent(), ["PATCH 42"]);

    // Else it may be the one that was sent, and a read tells.
    let stage = crate::stage();
    stage.wire.answer(409, mismatch("42"));
    stage.wire.answer(200, cluster("base", "42"));
    assert_eq!(rejected(&stage.rename()).status, 409);
    assert_eq!(stage.sent()[..2], ["PATCH 42", "GET"]);
}

#[test]
fn the_refusal_of_the_write_is_what_is_told_if_the_read_after_it_fails() {
    let stage = stage();
    stage.wire.answer(409, REFUSAL);
    (0..4).for_each(|_| stage.wire.answer(503, r#"{"errors":[{"message":"come back later"}]}"#));
    let edited = stage.rename();
    assert_eq!(rejected(&edited).status, 409, "{}", edited.explain());

    // But not over what a read says for certain.
    let stage = crate::stage();
    stage.wire.answer(409, REFUSAL);
    stage.wire.answer(404, "");
    assert_eq!(rejected(&stage.rename()).status, 404);
}

#[test]
fn a_read_that_is_older_than_the_refusal_is_repeated() {
    let stage = stage();
    stage.wire.answer(409, mismatch("43"));
    stage.wire.answer(200, cluster("base", "42"));
    stage.wire.answer(200, cluster("base", "43"));
    stage.wire.answer(200, cluster("ours", "44"));
    applied(&stage.rename());
    assert_eq!(stage.sent(), ["PATCH 42", "GET", "GET", "PATCH 43"]);
}

#[test]
fn a_conflict_whose_other_side_can_not_be_read_is_one_only_where_409s_name_the_current_etag() {
    let stage = stage();
    stage.wire.answer(409, mismatch("43"));
    (0..4).for_each(|_| stage.wire.fail(Sent::Unknown, FailureKind::Timeout));
    assert_eq!(rejected(&stage.rename()).status, 409);
    assert_eq!(stage.wire.requests().len(), 5);

    let stage = stage_of_named_etags();
    stage.wire.answer(409, mismatch("43"));
    (0..4).for_each(|_| stage.wire.fail(Sent::Unknown, FailureKind::Timeout));
    let edited = stage.rename();
    assert!(conflict(&edited).theirs.is_none() && conflict(&edited).force_ours().is_none());
    assert_eq!(conflict(&edited).fields[0].ours.as_deref(), Some("ours"));
    assert_eq!(stage.wire.requests().len(), 5);
}

#[test]
fn versions_that_always_move_on_end_it_after_so_many() {
    let stage = stage();
    let mut policy = Policy::default();
    policy.max_versions = 3;
    for etag in 43..46 {
        stage.wire.answer(409, mismatch(&etag.to_string()));
        stage.wire.answer(200, cluster("base", &etag.to_string()));
    }
    let edited = stage.client.clusters().policy(policy).edit(seen(), to_ours()).unwrap();
    assert!(!edited.outcome.may_have_taken_effect(), "{}", edited.explain());
    assert_eq!(stage.sent(), ["PATCH 42", "GET", "PATCH 43", "GET", "PATCH 44", "GET"]);
    assert!(
        edited.explain().contains(&format!("{}", Cause::OutOfAttempts)),
        "{}",
        edited.explain()
    );
}
