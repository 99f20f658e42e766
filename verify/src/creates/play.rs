//! Plays a seed to its very end: until nothing is on its way any more, and whatever was accepted was waited for.

use std::sync::Arc;
use std::time::Duration;

use akua_http::{Client, Collection};
use akua_model::Readable;
use akua_model::edit::{LaunchOutcome, LaunchToken, Launched, Policy, SavedToken, WaitToken};
use akua_model::report::Report;
use akua_model::waiting::{Now, WaitPolicy};
use akua_sim::Create;

use super::by_hand;
use super::evidence::{CreateCall, Evidence, WaitCall, made};
use super::rig::{Rig, bootstrap, import, new, workspace};
use super::scenario::{Driver, Scenario};
use crate::life::claim::{LaunchClaim, WaitClaim};

/// Plays a scenario, and gathers what there is to judge.
#[must_use]
pub fn play(scenario: Scenario) -> Evidence {
    let mut rig = Rig::new(scenario);
    match rig.stage.scenario.driver {
        Driver::Ours => rig.ours(),
        Driver::ByHand(mistake) => by_hand::play(&mut rig, mistake),
    }
    rig.stage.simulator.release();
    rig.evidence()
}

impl Rig {
    fn ours(&mut self) {
        let client = self.client(Duration::ZERO);
        let launched = match self.stage.scenario.create {
            Create::CreateCluster => self.keeping(client.clusters()).create(&new()),
            Create::ImportCluster => self.keeping(client.clusters()).import(&import()),
            Create::CreateWorkspace => self.keeping(client.workspaces()).create(&workspace()),
            Create::CreateWorkerBootstrap => self.keeping(client.worker_bootstraps()).create(&bootstrap()),
        };
        let (mut accepted, open) = self.created(&launched, false);
        if let (Some(open), Some((mode, later))) = (open, self.stage.scenario.settle) {
            let other = self.client(later);
            let token: LaunchToken = open.to_string().parse().unwrap();
            let settled = other.resolve_launch(&token, mode).unwrap();
            accepted = self.created(&settled, true).0;
        }
        if let Some(token) = accepted {
            self.wait(&client, &token);
        }
    }

    /// With its tokens kept, and so many attempts.
    fn keeping<R: Readable>(&self, collection: Collection<R>) -> Collection<R> {
        let stage = Arc::clone(&self.stage);
        let mut policy = Policy::default();
        policy.max_attempts = stage.scenario.attempts;
        let collection = collection.policy(policy);
        collection.keep_resume_token(move |token: &SavedToken| {
            stage.note(|notes| notes.kept.push(token.to_string()));
            Ok(())
        })
    }

    fn created(&mut self, launched: &Launched, settles: bool) -> (Option<WaitToken>, Option<LaunchToken>) {
        let report = Report::from(launched);
        let story = launched.explain();
        self.said.push(format!("{launched:?}\n{story}\n{report:?}"));
        self.creates.push(CreateCall {
            claim: LaunchClaim::of(&launched.outcome),
            candidates: launched.candidates.clone(),
            made: made(&self.stage.simulator.log()),
            settles,
            story,
        });
        match &launched.outcome {
            LaunchOutcome::Accepted(token) => (Some(token.clone()), None),
            LaunchOutcome::Indeterminate(open) => (None, Some(open.token.clone())),
            _ => (None, None),
        }
    }

    fn wait(&mut self, client: &Client, token: &WaitToken) {
        let mut policy = WaitPolicy::default();
        policy.deadline = Duration::from_secs(20);
        let waited = client.operations().wait(token, policy).unwrap();
        self.said.push(format!("{waited:?}\n{waited}"));
        self.waits.push(WaitCall {
            operation: waited.operation.to_string(),
            claim: WaitClaim::of(&waited.end),
            now: match &waited.now {
                Now::Cluster(cluster) => Some(cluster.id.to_string()),
                _ => None,
            },
        });
    }
}
