//! Plays a seed to its very end: until nothing is on its way any more, and whatever was accepted was waited for.

use std::sync::Arc;
use std::time::Duration;

use akua_http::{AwaitedOperation, Client, Collection, LaunchProgress};
use akua_model::edit::{
    LaunchKind, LaunchOutcome, LaunchToken, Launched, Policy, ResumeMode, SavedToken, Target, WaitToken,
};
use akua_model::report::Report;
use akua_model::waiting::Asked;
use akua_model::{Cluster, Resource, Workspace};
use akua_sim::{Act, Kind, Launch};

use super::by_hand;
use super::claim::LaunchClaim;
use super::evidence::{Evidence, LaunchCall};
use super::kinds::Launches;
use super::rig::Rig;
use super::scenario::{Credentials, Driver, Scenario};

/// What came of a launch, for whoever goes on from there.
enum Left {
    Accepted(WaitToken),
    Open(LaunchToken),
    Nothing,
}

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
        let client = self.client(false, Duration::ZERO);
        let id = self.id_of_launch();
        let launched = self.launch(&client, &id);
        let left = self.launched(launched, &id, None);
        self.settled_and_waited(client, left);
    }

    /// What is to be cancelled has to be there first.
    fn id_of_launch(&self) -> String {
        let (kind, id) = self.scenario().target();
        if self.scenario().kind != LaunchKind::CancelOperation {
            return id.to_owned();
        }
        debug_assert_eq!(kind, Kind::Cluster);
        let act = Act {
            launch: Launch::SuspendCluster,
            id: id.to_owned(),
        };
        let started = |world: &mut akua_sim::World, now| world.act_for_another_now(now, &act);
        self.stage.simulator.with_world(started).unwrap()
    }

    /// Another process settles what is open, and what is accepted is waited for.
    fn settled_and_waited(&mut self, client: Client, left: Left) {
        let (client, left) = match (left, self.scenario().settle) {
            (Left::Open(token), Some((mode, later))) => {
                let other = self.later_client(later);
                let text = token.to_string().parse().unwrap();
                let settled = self.call(|_| other.resolve_launch(&text, mode).unwrap());
                (other, self.launched(settled, token.id(), Some(mode)))
            }
            (left, _) => (client, left),
        };
        if let Left::Accepted(token) = left {
            self.wait(&client, &token);
        }
    }

    /// A client of another process, so much later.
    fn later_client(&self, later: Duration) -> Client {
        let blind = self.scenario().credentials == Credentials::TurnBlind;
        if !later.is_zero() {
            // What is on its way arrives before keys are forgotten.
            self.stage.simulator.release();
            let ms = later.as_millis() as u64;
            self.stage.simulator.with_world(|world, now| world.advance(now + ms));
        }
        self.client(blind, later)
    }

    fn launch(&self, client: &Client, id: &str) -> (Launched, u64, usize) {
        let kind = self.scenario().kind;
        match kind {
            LaunchKind::DeleteWorkspace => self.launch_on::<Workspace>(client, id),
            LaunchKind::CancelOperation => self.cancel(client, id),
            LaunchKind::RefreshCapabilities => {
                let clusters = self.keeping(client.clusters()).policy(self.policy());
                let id = id.parse().unwrap();
                self.call(|_| clusters.refresh_capabilities(&id).unwrap())
            }
            _ => self.launch_on::<Cluster>(client, id),
        }
    }

    fn launch_on<R: Launches>(&self, client: &Client, id: &str) -> (Launched, u64, usize) {
        let collection = self.keeping(R::of(client)).policy(self.policy());
        let id: R::Id = serde_json::from_value(id.into()).unwrap();
        let seen = match self.scenario().seen {
            true => collection.get(&id).ok(),
            false => None,
        };
        let target = match seen {
            Some(seen) => Target::Seen(Box::new(seen)),
            None => Target::Id(id),
        };
        self.call(|rig| R::launch(&collection, rig.scenario().kind, target))
    }

    /// Asks for the end of an operation, step by step.
    fn cancel(&self, client: &Client, id: &str) -> (Launched, u64, usize) {
        let operations = client.operations();
        self.call(|rig| {
            let started = operations.start_launch(LaunchKind::CancelOperation, id, None);
            let mut launching = started.unwrap();
            loop {
                match launching.next() {
                    LaunchProgress::Ready(token) => rig.stage.note(|notes| notes.kept.push(token.to_string())),
                    LaunchProgress::Done(launched) => return *launched,
                }
            }
        })
    }

    fn policy(&self) -> Policy {
        let mut policy = Policy::default();
        policy.max_attempts = self.scenario().attempts;
        policy
    }

    /// With its tokens kept.
    fn keeping<R: Resource>(&self, collection: Collection<R>) -> Collection<R> {
        let stage = Arc::clone(&self.stage);
        collection.keep_resume_token(move |token: &SavedToken| {
            stage.note(|notes| notes.kept.push(token.to_string()));
            Ok(())
        })
    }

    fn launched(&mut self, launched: (Launched, u64, usize), id: &str, settled: Option<ResumeMode>) -> Left {
        let (launched, versions, from) = launched;
        let report = Report::from(&launched);
        self.said
            .push(format!("{launched:?}\n{}\n{report:?}", launched.explain()));
        let story = format!("{settled:?} {}", launched.explain());
        let claim = LaunchClaim::of(&launched.outcome);
        let call = self.call_of(launched.kind, id, from, versions, claim, story);
        self.launches.push(LaunchCall {
            candidates: launched.candidates.clone(),
            settles: settled.is_some(),
            ..call
        });
        match launched.outcome {
            LaunchOutcome::Accepted(token) => Left::Accepted(token),
            LaunchOutcome::Indeterminate(open) => Left::Open(open.token),
            _ => Left::Nothing,
        }
    }

    fn wait(&mut self, client: &Client, token: &WaitToken) {
        let mut awaited = AwaitedOperation::from(token);
        let mut asked = match token.kind() {
            LaunchKind::CancelOperation => Asked::Yes,
            _ => Asked::No,
        };
        if self.scenario().cancels && asked == Asked::No {
            let cancelled = self.cancel(client, token.operation());
            let outcome = cancelled.0.outcome.clone();
            self.launched(cancelled, token.operation(), None);
            asked = match outcome {
                LaunchOutcome::Accepted(_) => Asked::Yes,
                LaunchOutcome::NotApplied(_) | LaunchOutcome::Unchanged(_) => Asked::No,
                _ => Asked::Unknown,
            };
            awaited = awaited.asked(asked);
        }
        let (waited, from) = self.waited(client, awaited);
        self.wait_ended(&waited, from, asked, |claim| claim);
    }
}
