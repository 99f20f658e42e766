//! What a seed is played with: a simulator, clients of it, and what they said.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use akua_http::Client;
use akua_http::retry::RetryPolicy;
use akua_model::{ClusterImport, NewCluster, NewWorkerBootstrap, NewWorkspace};
use akua_sim::{Kind, Options, Simulator};

use super::ear::Stage;
use super::evidence::{CreateCall, Evidence, WaitCall};
use super::scenario::{NAME, Scenario};
use crate::chance::Chance;
use crate::ear::{Ear, Notes};
use crate::life::ear::operations;
use crate::life::rig::Instantly;

/// What a seed is played with.
pub(super) struct Rig {
    pub(super) stage: Arc<Stage>,
    pub(super) creates: Vec<CreateCall>,
    pub(super) waits: Vec<WaitCall>,
    pub(super) said: Vec<String>,
}

/// What no word may show.
pub(super) const KUBECONFIG: &str = "a-kubeconfig-that-nobody-may-see";

/// The cluster that is imported.
pub(super) fn import() -> ClusterImport {
    let import = ClusterImport::builder()
        .name(NAME)
        .region_id("reg_1")
        .kubeconfig(KUBECONFIG);
    import.build().unwrap()
}

/// The workspace that is made.
pub(super) fn workspace() -> NewWorkspace {
    NewWorkspace::builder().name(NAME).slug("prod-team").build().unwrap()
}

/// The bootstrap that is made.
pub(super) fn bootstrap() -> NewWorkerBootstrap {
    let cluster: akua_model::ClusterId = "clu_1".parse().unwrap();
    NewWorkerBootstrap::builder().cluster_id(cluster).build().unwrap()
}

/// The cluster that is made.
pub(super) fn new() -> NewCluster {
    NewCluster::builder().name(NAME).region_id("reg_1").build().unwrap()
}

impl Rig {
    pub(super) fn new(scenario: Scenario) -> Self {
        let simulator = Simulator::start(Options {
            clusters: 2,
            workspaces: 2,
            seed: Some(scenario.seed),
            contract: scenario.server.clone(),
            ..Options::default()
        })
        .unwrap();
        if let Some(defect) = scenario.defect {
            simulator.with_world(|world, _| world.break_promise(defect));
        }
        let mut notes = Notes::new(Chance::new(scenario.seed, 13));
        notes.secrets.push(KUBECONFIG.to_owned());
        Self {
            stage: Arc::new(Stage {
                simulator,
                scenario,
                notes: Mutex::new(notes),
            }),
            creates: Vec::new(),
            waits: Vec::new(),
            said: Vec::new(),
        }
    }

    /// A client as a process has it, so much later than the first.
    pub(super) fn client(&self, later: Duration) -> Client {
        let stage = &self.stage;
        if !later.is_zero() {
            // What is on its way arrives before keys are forgotten.
            stage.simulator.release();
            let ms = later.as_millis() as u64;
            stage.simulator.with_world(|world, now| world.advance(now + ms));
        }
        let token = stage.issue(Some("ws_1"));
        let chance = Chance::new(stage.scenario.seed, 14 + later.as_secs());
        let builder = Client::builder()
            .base_url(stage.simulator.url())
            .token(token)
            .contract(stage.scenario.claimed)
            .transport(Ear::new(stage))
            .pace(Instantly::new(chance, later))
            .retry_budget(1_000_000)
            .retry(RetryPolicy::never());
        builder.build().unwrap()
    }

    pub(super) fn evidence(self) -> Evidence {
        let Self {
            stage,
            creates,
            waits,
            mut said,
        } = self;
        let simulator = &stage.simulator;
        let of = |kind: Kind, ids: Vec<String>| {
            let histories = ids.into_iter().map(|id| (id.clone(), simulator.history(kind, &id)));
            histories
                .filter_map(|(id, history)| Some((id, history.ok()?)))
                .collect()
        };
        let (kind, prefix) = match stage.scenario.create.kind() {
            Kind::Workspace => (Kind::Workspace, "ws"),
            _ => (Kind::Cluster, "clu"),
        };
        let resources = of(kind, (1..40).map(|number| format!("{prefix}_{number}")).collect());
        let operations = of(Kind::Operation, operations(simulator));
        let mut notes = Notes::new(Chance::new(0, 0));
        stage.note(|written| std::mem::swap(written, &mut notes));
        said.extend(notes.kept);
        Evidence {
            scenario: stage.scenario.clone(),
            log: simulator.log(),
            resources,
            operations,
            attempts: notes.attempts,
            creates,
            waits,
            secrets: notes.secrets,
            said,
            events: notes.events,
        }
    }
}
