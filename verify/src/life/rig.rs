//! What a seed is played with: a simulator, clients of it, and what they said.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use akua_http::cancel::Cancel;
use akua_http::retry::{Pace, RetryPolicy};
use akua_http::{AwaitedOperation, BoxError, Client, Collection};
use akua_model::Operation;
use akua_model::edit::LaunchKind;
use akua_model::report::Report;
use akua_model::waiting::{Asked, WaitPolicy, Waited};
use akua_sim::{Kind, Options, Simulator, Write};

use super::claim::{LaunchClaim, NowClaim, WaitClaim};
use super::ear::{self, Stage};
use super::evidence::{Evidence, LaunchCall, WaitCall, accepted};
use super::scenario::{Credentials, Scenario, launch_of};
use crate::chance::Chance;
use crate::ear::{Ear, Notes};

/// Pauses take no time, keys are drawn, and it may be later than it is.
pub(crate) struct Instantly {
    keys: Mutex<Chance>,
    later: Duration,
}

impl Instantly {
    pub(crate) fn new(keys: Chance, later: Duration) -> Self {
        let keys = Mutex::new(keys);
        Self { keys, later }
    }
}

impl Pace for Instantly {
    fn stretch(&self, _: Duration) -> Duration {
        Duration::ZERO
    }

    fn entropy(&self) -> Result<u128, BoxError> {
        let mut keys = self.keys.lock().unwrap();
        Ok((u128::from(keys.bits()) << 64) | u128::from(keys.bits()))
    }

    fn unix_ms(&self) -> i64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + self.later;
        i64::try_from(now.as_millis()).unwrap()
    }
}

/// The rig of one seed.
pub(super) struct Rig {
    pub(super) stage: Arc<Stage>,
    pub(super) launches: Vec<LaunchCall>,
    waits: Vec<WaitCall>,
    pub(super) said: Vec<String>,
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
        if scenario.kind == LaunchKind::ResumeCluster {
            let suspended = Write::set(Kind::Cluster, "clu_1", "state", "suspended");
            simulator.write(suspended).unwrap();
        }
        let seed = scenario.seed;
        Self {
            stage: Arc::new(Stage {
                simulator,
                scenario,
                notes: Mutex::new(Notes::new(Chance::new(seed, 3))),
            }),
            launches: Vec::new(),
            waits: Vec::new(),
            said: Vec::new(),
        }
    }

    pub(super) fn scenario(&self) -> &Scenario {
        &self.stage.scenario
    }

    /// A client as a process has it: `blind` with credentials that must not see what is in the workspace, and `later` than
    /// the others.
    pub(super) fn client(&self, blind: bool, later: Duration) -> Client {
        let scenario = self.scenario();
        let issue = |workspace: Option<&str>| self.stage.issue(workspace);
        let pace = Instantly::new(Chance::new(scenario.seed, 4 + later.as_secs()), later);
        let builder = Client::builder()
            .base_url(self.stage.simulator.url())
            .contract(scenario.claimed)
            .transport(Ear::new(&self.stage))
            .pace(pace)
            .retry_budget(1_000_000)
            .retry(RetryPolicy::never());
        let builder = match (scenario.credentials, blind) {
            (_, true) => builder.token(issue(Some("ws_2"))),
            (Credentials::Own, _) => builder.token(issue(Some("ws_1"))),
            (Credentials::Broad, _) => {
                let tokens: Vec<String> = (0..8).map(|_| issue(None)).collect();
                let next = AtomicUsize::new(0);
                builder
                    .token_provider(move || Ok(tokens[next.fetch_add(1, Ordering::Relaxed) % tokens.len()].clone()))
                    .context("ws_1".parse().unwrap())
            }
            (Credentials::TurnBlind, _) => {
                let (first, then) = (issue(Some("ws_1")), issue(Some("ws_2")));
                let next = AtomicUsize::new(0);
                builder.token_provider(move || {
                    let is_first = next.fetch_add(1, Ordering::Relaxed) == 0;
                    Ok(if is_first { first.clone() } else { then.clone() })
                })
            }
        };
        builder.build().unwrap()
    }

    /// A call with what the world was like before it.
    pub(super) fn call<T>(&self, call: impl FnOnce(&Self) -> T) -> (T, u64, usize) {
        let versions = self.stage.versions();
        let from = self.stage.note(|notes| notes.attempts.len());
        (call(self), versions, from)
    }

    /// A call that has ended now.
    pub(super) fn call_of(
        &self,
        kind: LaunchKind,
        id: &str,
        from: usize,
        versions: u64,
        claim: LaunchClaim,
        story: String,
    ) -> LaunchCall {
        let launch = launch_of(kind);
        LaunchCall {
            launch,
            id: id.to_owned(),
            attempts: from..self.stage.note(|notes| notes.attempts.len()),
            versions: (versions, self.stage.versions()),
            accepted: accepted(&self.stage.simulator.log(), launch, id).count(),
            claim,
            candidates: Vec::new(),
            settles: false,
            story,
        }
    }

    /// What a client by hand says of its launch.
    pub(super) fn claimed(&mut self, id: &str, from: usize, versions: u64, claim: LaunchClaim, said: String) {
        let call = self.call_of(self.scenario().kind, id, from, versions, claim, said.clone());
        self.launches.push(call);
        self.said.push(said);
    }

    /// Corrects what the last launch is said to have come to.
    pub(super) fn claimed_anew(&mut self, claim: LaunchClaim) {
        if let Some(call) = self.launches.last_mut() {
            call.claim = claim;
        }
    }

    /// Waits for an operation.
    pub(super) fn waited(&self, client: &Client, awaited: AwaitedOperation) -> (Waited, usize) {
        let operations: Collection<Operation> = client.operations();
        let mut policy = WaitPolicy::default();
        policy.deadline = self.scenario().wait;
        policy.stop_when_blocked_on_a_person = self.scenario().stops_for_a_person;
        let mut looks = 0;
        let stop = Cancel::new();
        let (waited, _, from) = self.call(|rig| {
            let operations = operations.cancel(&stop);
            let waited = operations.wait_with(awaited, policy, |_| {
                looks += 1;
                match rig.scenario().breaks_after == Some(looks) {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            });
            waited.unwrap()
        });
        (waited, from)
    }

    /// What a wait is said to have come to.
    pub(super) fn wait_ended(
        &mut self,
        waited: &Waited,
        from: usize,
        asked: Asked,
        told: impl FnOnce(WaitClaim) -> WaitClaim,
    ) {
        let report = Report::from(waited);
        self.said.push(format!("{waited:?}\n{waited}\n{report:?}"));
        let operation = waited.operation.to_string();
        let history = self.stage.simulator.history(Kind::Operation, &operation);
        let versions = history.map_or(0, |versions| versions.len() as u64);
        self.waits.push(WaitCall {
            operation,
            attempts: from..self.stage.note(|notes| notes.attempts.len()),
            versions: (self.stage.versions(), versions),
            asked,
            claim: told(WaitClaim::of(&waited.end)),
            now: NowClaim::of(&waited.now),
            later: waited.later.iter().map(ToString::to_string).collect(),
            misses: WaitPolicy::default().misses,
        });
    }

    pub(super) fn evidence(self) -> Evidence {
        let Self {
            stage,
            launches,
            waits,
            mut said,
        } = self;
        let (kind, id) = stage.scenario.target();
        let target = stage.simulator.history(kind, id).unwrap();
        let operations = ear::operations(&stage.simulator);
        let history = |id: &String| (id.clone(), stage.simulator.history(Kind::Operation, id).unwrap());
        let operations = operations.iter().map(history).collect();
        let (attempts, events, secrets) = stage.note(|notes| {
            said.append(&mut notes.kept);
            (
                std::mem::take(&mut notes.attempts),
                std::mem::take(&mut notes.events),
                std::mem::take(&mut notes.secrets),
            )
        });
        Evidence {
            scenario: stage.scenario.clone(),
            log: stage.simulator.log(),
            target,
            operations,
            attempts,
            launches,
            waits,
            secrets,
            said,
            events,
        }
    }
}
