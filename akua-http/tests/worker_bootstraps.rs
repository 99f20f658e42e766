//! The bootstraps of a cluster's workers over real sockets: what is below a cluster, secrets that are shown once, lost answers.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use akua_http::ErrorKind;
use akua_model::edit::{LaunchOutcome, Made, NotLaunched, ResumeMode};
use akua_model::waiting::{Fate, WaitEnd, WaitPolicy};
use akua_model::{ClusterId, NewWorkerBootstrap, WorkerBootstrap, WorkerBootstrapId};
use akua_sim::{Create, End, Fault, Launch, Matcher};

mod stage;
use stage::{Stage, stage_with};

fn stage() -> Stage {
    stage_with(|builder| builder)
}

fn new() -> NewWorkerBootstrap {
    let cluster: ClusterId = "clu_1".parse().unwrap();
    NewWorkerBootstrap::builder()
        .cluster_id(cluster)
        .ttl_seconds(60)
        .build()
        .unwrap()
}

impl Stage {
    fn make(&self) -> WorkerBootstrap {
        let launched = self.client.worker_bootstraps().create(&new());
        match launched.outcome {
            LaunchOutcome::Made(Made::WorkerBootstrap(made)) => *made,
            other => panic!("{other:?}"),
        }
    }

    fn listed(&self, cluster: &str) -> Vec<String> {
        let all = self.client.worker_bootstraps().list_of(&cluster.parse().unwrap());
        all.map(|one| one.unwrap().full_id.to_string()).collect()
    }

    /// Loses the answer to the next request that matches, which is carried out.
    fn lose(&self, matching: Matcher) {
        self.akua.inject(Fault::lost_after(End::Reset).on(matching)).unwrap();
    }
}

#[test]
fn its_secrets_are_there_once() {
    let stage = stage();
    let made = stage.make();
    let token = made.token.as_ref().unwrap();
    assert_eq!(
        (made.full_id.as_str(), token.expose()),
        ("clu_1/wbs_1", "joins-nothing-wbs_1")
    );
    assert!(made.artifacts.as_ref().unwrap().expose().starts_with('{'));
    let read = stage.client.worker_bootstraps().get(&made.full_id).unwrap();
    assert_eq!((&read.etag, read.token, read.command), (&made.etag, None, None));
    assert_eq!(stage.listed("clu_1"), ["clu_1/wbs_1"]);
    assert!(stage.listed("clu_2").is_empty());
    let none = stage.client.worker_bootstraps().list().next().unwrap().unwrap_err();
    assert_eq!(none.kind(), ErrorKind::InvalidInput);
    let elsewhere = stage.client.worker_bootstraps().get(&"clu_2/wbs_1".parse().unwrap());
    assert_eq!(elsewhere.unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn a_create_whose_answer_is_lost_is_made_once_and_told_as_a_candidate() {
    let stage = stage();
    stage.make();
    stage.lose(Matcher::create(Create::CreateWorkerBootstrap));
    let launched = stage.client.worker_bootstraps().create(&new());
    assert_eq!(launched.candidates, ["clu_1/wbs_2"]);
    let LaunchOutcome::Indeterminate(open) = launched.outcome else {
        panic!("{launched:?}")
    };
    let again = stage.client.resolve_launch(&open.token, ResumeMode::Finish).unwrap();
    assert_eq!(again.candidates, ["clu_1/wbs_2"]);
    let made = stage
        .akua
        .log()
        .iter()
        .filter(|entry| entry.effect.is_created())
        .count();
    assert_eq!((made, stage.listed("clu_1").len()), (2, 2));
    // As is said, it is revoked, and another one made.
    let revoked = stage
        .client
        .worker_bootstraps()
        .revoke(launched.candidates[0].parse::<WorkerBootstrapId>().unwrap());
    assert!(revoked.unwrap().accepted().is_some());
}

#[test]
fn a_revoke_ends_it_and_one_of_an_older_version_is_refused() {
    let stage = stage();
    let made = stage.make();
    let bootstraps = stage.client.worker_bootstraps();
    let launched = bootstraps.revoke(&made).unwrap();
    let token = launched.accepted().unwrap();
    let waited = stage.client.operations().wait(token, WaitPolicy::default()).unwrap();
    assert_eq!(waited.end, WaitEnd::Done(Fate::Succeeded));
    let gone = bootstraps.get(&made.full_id).unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);

    let made = stage.make();
    let once = bootstraps.revoke_once(&made.full_id, &made.etag.if_match().unwrap(), None);
    assert_eq!(once.unwrap().owner_id, "clu_1");
    let stale = bootstraps.revoke(&made).unwrap();
    assert!(
        matches!(stale.outcome, LaunchOutcome::NotApplied(NotLaunched::Changed(Some(_)))),
        "{stale:?}"
    );
}

#[test]
fn a_revoke_whose_answer_is_lost_is_accepted_once() {
    let stage = stage();
    let made = stage.make();
    stage.lose(Matcher::launch(Launch::RevokeWorkerBootstrap));
    let launched = stage.client.worker_bootstraps().revoke(&made).unwrap();
    let accepted = stage
        .akua
        .log()
        .iter()
        .filter(|entry| entry.effect.is_accepted())
        .count();
    assert_eq!(accepted, 1);
    let LaunchOutcome::Indeterminate(open) = &launched.outcome else {
        panic!("{launched:?}")
    };
    assert!(!open.may_still_land);
    assert_eq!(launched.candidates, ["op_1"]);
}
