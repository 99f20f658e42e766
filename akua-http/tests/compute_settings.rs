//! The compute settings of a cluster over real sockets: the same protocol as for any other resource, on a singleton with an
//! etag of its own, judged by the server's record of what landed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::{Arc, Mutex};

use akua_http::ErrorKind;
use akua_http::retry::Instantly;
use akua_model::edit::{Cause, FieldState, NotApplied, Outcome, Proof, ResumeMode, ResumeToken};
use akua_model::{AutoScaling, ClusterComputeSettings, ClusterComputeSettingsPatch, ClusterId, Resource, Secrets};
use akua_sim::{Effect, Fault, Matcher};

mod stage;
use stage::{Stage, stage_with};

fn stage() -> Stage {
    stage_with(|builder| builder.pace(Instantly))
}

fn id() -> ClusterId {
    "clu_1".parse().unwrap()
}

fn paused() -> ClusterComputeSettingsPatch {
    let patch = ClusterComputeSettingsPatch::builder();
    patch.auto_scaling(AutoScaling::Paused).build().unwrap()
}

fn at_most(machines: i64) -> ClusterComputeSettingsPatch {
    let patch = ClusterComputeSettingsPatch::builder();
    patch.max_machines(machines).build().unwrap()
}

impl Stage {
    fn get(&self) -> ClusterComputeSettings {
        self.client.compute_settings().get(&id()).unwrap()
    }

    /// Somebody else's change.
    fn meanwhile(&self, patch: &ClusterComputeSettingsPatch) {
        let there = self.get();
        let if_match = there.etag.if_match().unwrap();
        self.client.compute_settings().update(&id(), &if_match, patch).unwrap();
    }

    /// The next write lands, or does not, and its answer is lost.
    fn lose(&self, lands: bool) {
        let fault = if lands { Fault::after(503) } else { Fault::before(503) };
        self.akua.inject(fault.on(Matcher::method("PATCH"))).unwrap();
    }

    /// The versions that writes have made.
    fn landed(&self) -> Vec<u64> {
        let version = |effect: &Effect| match effect {
            Effect::SettingsApplied { version, .. } => Some(*version),
            _ => None,
        };
        self.akua
            .log()
            .iter()
            .filter_map(|entry| version(&entry.effect))
            .collect()
    }
}

#[test]
fn they_are_read_by_the_id_of_their_cluster_and_have_an_etag_of_their_own() {
    let stage = stage();
    let settings = stage.get();
    assert_eq!(
        (&settings.cluster_id, &settings.auto_scaling),
        (&id(), &AutoScaling::Active)
    );
    let cluster = stage.client.clusters().get(&id()).unwrap();
    assert_ne!(settings.etag, cluster.etag);
    let if_match = settings.etag.if_match().unwrap();
    let changed = stage
        .client
        .compute_settings()
        .update(&id(), &if_match, &paused())
        .unwrap();
    assert_eq!(
        (&changed.cluster_id, &changed.auto_scaling),
        (&id(), &AutoScaling::Paused)
    );
    assert_ne!(changed.etag, settings.etag);
    assert_eq!(stage.client.clusters().get(&id()).unwrap(), cluster);
    // A second write under the first etag, and one under the cluster's.
    for stale in [&settings.etag, &cluster.etag] {
        let if_match = stale.if_match().unwrap();
        let error = stage
            .client
            .compute_settings()
            .update(&id(), &if_match, &at_most(5))
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.may_have_taken_effect()),
            (ErrorKind::Conflict, false)
        );
    }
    let missing = stage
        .client
        .compute_settings()
        .get(&"clu_9".parse().unwrap())
        .unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    assert_eq!(stage.landed(), [2]);
}

#[test]
fn an_edit_goes_onto_the_version_of_somebody_who_has_changed_something_else() {
    let stage = stage();
    let seen = stage.get();
    stage.meanwhile(&at_most(20));
    let edited = stage.client.compute_settings().edit(&seen, paused()).unwrap();
    let there = edited.resource().unwrap();
    assert_eq!((&there.auto_scaling, there.max_machines), (&AutoScaling::Paused, 20));
    assert_eq!(*there, stage.get());
    assert_eq!(edited.applied().unwrap().proof, Proof::Acknowledged);
    assert!(edited.explain().contains("if-match"), "{}", edited.explain());
}

#[test]
fn an_edit_never_overwrites_what_somebody_else_has_set() {
    let stage = stage();
    let seen = stage.get();
    stage.meanwhile(&at_most(20));
    let edited = stage.client.compute_settings().edit(&seen, at_most(5)).unwrap();
    let Outcome::NotApplied(NotApplied::Conflict(conflict)) = &edited.outcome else {
        panic!("{edited:?}");
    };
    let field = &conflict.fields[0];
    assert_eq!(
        (field.field.name, field.state),
        ("max_machines", Some(FieldState::Conflicting))
    );
    let sides = [&field.base, &field.ours, &field.theirs].map(|side| side.as_deref());
    assert_eq!(sides, [Some("10"), Some("5"), Some("20")]);
    assert_eq!(stage.get().max_machines, 20);
}

/// Without a key, whether or not the first copy has landed: it lands once, and the client says so.
#[test]
fn an_edit_whose_answer_is_lost_lands_once() {
    for lands in [true, false] {
        let stage = stage();
        stage.lose(lands);
        let edited = stage.client.compute_settings().edit(id(), at_most(7)).unwrap();
        let proof = if lands { Proof::Observed } else { Proof::Acknowledged };
        assert_eq!(edited.applied().unwrap().proof, proof, "{}", edited.explain());
        assert_eq!((stage.landed(), stage.get().max_machines), (vec![2], 7));
        let keyed = stage.akua.log().iter().any(|entry| entry.idempotency_key.is_some());
        assert!(!keyed, "they take no key");
    }
}

#[test]
fn a_closure_is_asked_anew_for_each_version() {
    let stage = stage();
    let seen = stage.get();
    stage.meanwhile(&at_most(20));
    let mut shown = Vec::new();
    let one_more = |current: &ClusterComputeSettings| {
        shown.push(current.max_machines);
        Ok(Some(at_most(current.max_machines + 1)))
    };
    let edited = stage.client.compute_settings().edit_with(&seen, one_more).unwrap();
    assert_eq!(edited.resource().unwrap().max_machines, 21);
    assert_eq!(shown, [10, 20]);
}

/// The token that was kept before the first byte tells a later call, which may be another process's, what became of it.
#[test]
fn a_kept_token_settles_the_write_and_no_other_kind_takes_it() {
    for lands in [true, false] {
        let stage = stage();
        let kept = Arc::new(Mutex::new(None));
        let keep = Arc::clone(&kept);
        let settings = stage.client.compute_settings().keep_resume_token(move |token| {
            *keep.lock().unwrap() = Some(token.to_string());
            Ok(())
        });
        stage.lose(lands);
        let mut policy = akua_model::edit::Policy::default();
        policy.max_attempts = 1;
        let edited = settings.policy(policy).edit(id(), paused()).unwrap();
        let printed = kept.lock().unwrap().clone().unwrap();
        if !lands {
            let Outcome::Indeterminate(open) = &edited.outcome else {
                panic!("{edited:?}")
            };
            assert_eq!((open.cause, open.may_still_land), (Cause::AnswerLost, true));
        }
        let token: ResumeToken = printed.parse().unwrap();
        assert_eq!((token.kind(), token.id()), ("cluster_compute_settings", "clu_1"));
        let error = stage
            .client
            .clusters()
            .resolve(&token, ResumeMode::Finish, &Secrets::none())
            .unwrap_err();
        assert!(error.to_string().contains("not for a cluster"), "{error}");
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let settled = stage
            .client
            .compute_settings()
            .resolve(&token, ResumeMode::Finish, &Secrets::none())
            .unwrap();
        assert!(settled.applied().is_some(), "{}", settled.explain());
        assert_eq!(
            (stage.landed(), stage.get().auto_scaling),
            (vec![2], AutoScaling::Paused)
        );
    }
}

#[test]
fn no_byte_is_sent_of_what_can_not_be() {
    let stage = stage();
    let any = "cs-1-1".parse().unwrap();
    let key = "k".parse().unwrap();
    let error = stage
        .client
        .compute_settings()
        .update_with_key(&id(), &any, &paused(), &key)
        .unwrap_err();
    assert!(error.to_string().contains("not taken for compute settings"), "{error}");
    const { assert!(!ClusterComputeSettings::TAKES_IDEMPOTENCY_KEY) };
    assert!(
        ClusterComputeSettingsPatch::builder()
            .max_machines(101)
            .build()
            .is_err()
    );
    assert!(
        ClusterComputeSettingsPatch::builder()
            .auto_scaling("off")
            .build()
            .is_err()
    );
    assert!(ClusterComputeSettingsPatch::builder().build().is_err());
    assert!(stage.akua.log().is_empty());
}
