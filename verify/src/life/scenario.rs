//! Draws from a seed what a server is like, what a client is told of it, and what is launched.

use std::collections::BTreeMap;
use std::time::Duration;

use akua_model::edit::{Contract, Guarantee, LaunchKind, ResumeMode};
use akua_sim::{Contract as Server, Defect, Ends, Etags, Kind, Launch, Leaves, ReplayBody, Task, Waits};

use super::mistake::Mistake;
use crate::chance::Chance;

/// Whose credentials the client has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// One token of the workspace, and no other.
    Own,
    /// A broad token, and another one whenever one was refused.
    Broad,
    /// One of the workspace, and then ones that must not see what is in it.
    TurnBlind,
}

/// Who launches and waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driver {
    Ours,
    /// A client that sends single requests, and makes of the answers what it likes.
    ByHand(Option<Mistake>),
}

/// All that a seed decides before anything is sent.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub seed: u64,
    pub kind: LaunchKind,
    pub server: Server,
    pub claimed: Contract,
    /// Whether no look at the target is ever stale.
    pub linearizable: bool,
    /// Whether what is there may be answered 404.
    pub hides: bool,
    /// Whether something on the way sends a request twice of its own accord.
    pub duplicates: bool,
    pub credentials: Credentials,
    /// Whether the caller has looked at the target before.
    pub seen: bool,
    pub attempts: u32,
    /// The chance in percent that a request of this seed meets trouble: a launch, a look.
    pub trouble: (u64, u64),
    /// The chance in percent that somebody else acts before a request.
    pub others: u64,
    /// How what is left open is settled in another process, and how much later that is.
    pub settle: Option<(ResumeMode, Duration)>,
    /// Whether the caller asks for the end of what it has launched.
    pub cancels: bool,
    pub wait: Duration,
    pub stops_for_a_person: bool,
    /// After so many looks that show the operation the caller ends the wait.
    pub breaks_after: Option<u32>,
    pub driver: Driver,
    /// A promise that the server breaks.
    pub defect: Option<Defect>,
    /// A guarantee that the client is told of, though nobody gives it.
    pub overstated: Option<&'static str>,
}

/// A time that nothing here takes.
const LONG: Duration = Duration::from_secs(20);
/// How long is waited for what does not end.
const SHORT: Duration = Duration::from_millis(12);

impl Scenario {
    #[must_use]
    pub fn draw(seed: u64) -> Self {
        Self::arranged(seed, |_| {})
    }

    /// As drawn, with what was arranged. The client is told the truth of that, or less.
    pub fn arranged(seed: u64, arrange: impl FnOnce(&mut Self)) -> Self {
        let chance = &mut Chance::new(seed, 1);
        let kind = *chance.pick(&[
            LaunchKind::SuspendCluster,
            LaunchKind::SuspendCluster,
            LaunchKind::SuspendCluster,
            LaunchKind::ResumeCluster,
            LaunchKind::ResumeCluster,
            LaunchKind::DeleteCluster,
            LaunchKind::DeleteCluster,
            LaunchKind::DeleteCluster,
            LaunchKind::DeleteCluster,
            LaunchKind::DeleteWorkspace,
            LaunchKind::DeleteWorkspace,
            LaunchKind::RefreshCapabilities,
            LaunchKind::CancelOperation,
        ]);
        let calm = chance.percent(12);
        let mut scenario = Self {
            seed,
            kind,
            server: server(chance, launch_of(kind)),
            claimed: Contract::weakest(),
            linearizable: chance.percent(55),
            hides: chance.percent(10),
            duplicates: chance.percent(15),
            credentials: *chance.pick(&[
                Credentials::Own,
                Credentials::Own,
                Credentials::Broad,
                Credentials::Broad,
                Credentials::TurnBlind,
            ]),
            seen: chance.percent(60),
            attempts: *chance.pick(&[1, 2, 4, 4, 4, 6]),
            trouble: match calm {
                true => (0, 0),
                false => (chance.between(20, 65), *chance.pick(&[0, 8, 20, 40])),
            },
            others: if chance.percent(30) { 0 } else { chance.between(15, 60) },
            settle: chance.percent(70).then(|| {
                let mode = *chance.pick(&[ResumeMode::Finish, ResumeMode::Finish, ResumeMode::Look]);
                let later = *chance.pick(&[Duration::ZERO, Duration::ZERO, Duration::from_secs(120)]);
                (mode, later)
            }),
            cancels: chance.percent(15),
            wait: LONG,
            stops_for_a_person: chance.percent(75),
            breaks_after: chance.percent(6).then(|| chance.between(1, 2) as u32),
            driver: Driver::Ours,
            defect: None,
            overstated: None,
        };
        arrange(&mut scenario);
        let waits_for_word = scenario.server.operation_looks.is_none();
        let waits_for_a_person = matches!(scenario.server.operation_ends, Ends::Person { .. });
        if waits_for_word || waits_for_a_person {
            // Nothing ends by being looked at: a poll must not last.
            scenario.server.operation_waits = Waits::AtOnce;
            scenario.wait = SHORT;
        }
        scenario.claimed = match (scenario.defect, scenario.overstated) {
            (None, None) => understated(scenario.truth(), &mut Chance::new(seed, 2)),
            (_, overstated) => told(scenario.truth(), overstated),
        };
        if !scenario.claimed.completed_is_final || scenario.defect.is_some() {
            // No answer ends such a wait, or its operation may be nowhere.
            scenario.wait = SHORT;
        }
        scenario
    }

    #[must_use]
    pub fn launch(&self) -> Launch {
        launch_of(self.kind)
    }

    /// The kind and the id of what the operation works on.
    #[must_use]
    pub fn target(&self) -> (Kind, &'static str) {
        match self.kind {
            LaunchKind::DeleteWorkspace => (Kind::Workspace, "ws_1"),
            _ => (Kind::Cluster, "clu_1"),
        }
    }

    /// All that is true of this server and of what lies before it.
    #[must_use]
    pub fn truth(&self) -> Contract {
        let server = &self.server;
        let counting = server.etags == Etags::Counting;
        let replays = server.keys_honoured && server.key_checked_before_if_match && !server.replay_in_progress;
        let seconds = server.action_keys_replay.get(&self.launch()).filter(|_| replays);
        let mut truth = Contract::weakest();
        truth.etag_never_repeats = counting;
        truth.hidden_retries = self.duplicates;
        truth.reads_linearizable = self.linearizable;
        truth.conflicts_name_current_etag = true;
        truth.accept_moves_etag = counting && server.accept_moves_etag;
        truth.action_keys_replay = Duration::from_secs(seconds.copied().unwrap_or(0));
        truth.not_found_means_gone = !self.hides;
        truth.ids_never_reused = true;
        truth.completed_is_final = true;
        truth.operation_kept = match server.operations_vanish {
            true => Duration::ZERO,
            false => Duration::from_secs(3600),
        };
        truth
    }
}

/// The simulator's name of a launch.
#[must_use]
pub fn launch_of(kind: LaunchKind) -> Launch {
    serde_json::from_value(serde_json::to_value(kind).unwrap()).unwrap()
}

fn server(chance: &mut Chance, launch: Launch) -> Server {
    let promised = *chance.pick(&[0, 0, 60, 3600]);
    Server {
        etags: if chance.percent(85) {
            Etags::Counting
        } else {
            Etags::Content
        },
        conflict_names_etag: chance.percent(75),
        keys_honoured: chance.percent(80),
        key_checked_before_if_match: chance.percent(75),
        stores_rejections_per_key: chance.percent(20),
        replay_body: *chance.pick(&[ReplayBody::Stored, ReplayBody::Current]),
        reconcile_ms: Some(0),
        accept_moves_etag: chance.percent(65),
        action_keys_replay: match promised {
            0 => BTreeMap::new(),
            seconds => BTreeMap::from([(launch, seconds)]),
        },
        replay_in_progress: chance.percent(15),
        one_operation_at_a_time: chance.percent(65),
        operation_steps: chance.between(1, 3),
        operation_looks: (!chance.percent(7)).then(|| chance.between(1, 2)),
        operation_waits: *chance.pick(&[Waits::Follow, Waits::AtOnce]),
        operation_ends: ends(chance),
        operations_vanish: chance.percent(15),
        operations_lag: *chance.pick(&[0, 0, 1]),
        tokens_die_with_workspace: chance.percent(50),
        ..Server::default()
    }
}

fn ends(chance: &mut Chance) -> Ends {
    let step = chance.between(1, 3);
    match chance.between(1, 100) {
        1..=45 => Ends::Succeed,
        46..=70 => Ends::Fail {
            step,
            message: (*chance.pick(&["no machines", "quota: 7 of 7"])).to_owned(),
            leaves: *chance.pick(&[Leaves::AsItWas, Leaves::HalfDone, Leaves::AsWanted]),
        },
        71..=88 => Ends::Cancel { step },
        _ => Ends::Person {
            step,
            task: *chance.pick(&[Task::User, Task::Approval]),
        },
    }
}

/// All that is true, and one thing that is not.
fn told(truth: Contract, overstated: Option<&str>) -> Contract {
    let mut claimed = truth;
    for (name, guarantee) in claimed.guarantees() {
        match guarantee {
            _ if Some(name) != overstated => {}
            // It is the one whose absence is the promise.
            Guarantee::Flag(holds) => *holds = name != "hidden_retries",
            Guarantee::Time(holds) => *holds = Duration::from_secs(3600),
        }
    }
    claimed
}

/// Some of what is true.
fn understated(truth: Contract, chance: &mut Chance) -> Contract {
    let mut claimed = truth;
    if chance.percent(50) {
        return claimed;
    }
    let mut told = |truth: bool| truth && chance.percent(70);
    claimed.etag_never_repeats = told(truth.etag_never_repeats);
    claimed.reads_linearizable = told(truth.reads_linearizable);
    claimed.conflicts_name_current_etag = told(truth.conflicts_name_current_etag);
    claimed.accept_moves_etag = told(truth.accept_moves_etag);
    claimed.not_found_means_gone = told(truth.not_found_means_gone);
    claimed.ids_never_reused = told(truth.ids_never_reused);
    claimed.completed_is_final = chance.percent(95);
    claimed.hidden_retries = truth.hidden_retries || chance.percent(20);
    if chance.percent(50) {
        claimed.action_keys_replay = Duration::ZERO;
    }
    if chance.percent(50) {
        claimed.operation_kept = Duration::ZERO;
    }
    claimed
}
