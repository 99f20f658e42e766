//! Draws from a seed what a server is like, what a client is told of it, and who makes the cluster.

use std::collections::BTreeMap;
use std::time::Duration;

use akua_model::edit::{Contract, ResumeMode};
use akua_sim::{Contract as Server, Create, Defect, Ends, Kind, Leaves};

use crate::chance::Chance;

/// What the new cluster is called.
pub const NAME: &str = "prod";

/// What somebody might do who makes a cluster by single requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// After a lost answer it is sent again, without a key.
    SendsAgain,
    /// After a lost answer it is sent again, under another key.
    NewKey,
    /// The newest cluster of that name is its own.
    AdoptsNamesake,
    /// Where none of that name is listed, none was made.
    NothingListedIsNotApplied,
    /// A refusal of a repeat is the end of it.
    RefusalIsTheEnd,
    /// What has failed was not accepted.
    FailedIsNotApplied,
    /// A lost create is one that will not come.
    LostWillNotCome,
    /// It sends before it has kept a token.
    KeepsNoToken,
    /// It writes down what it was sent with.
    ShowsItsToken,
}

/// Who makes it.
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
    /// What is made, and how.
    pub create: Create,
    pub server: Server,
    pub claimed: Contract,
    /// Whether something on the way sends a request twice of its own accord.
    pub duplicates: bool,
    pub attempts: u32,
    /// The chance in percent that a create meets trouble, and that another request does.
    pub trouble: (u64, u64),
    /// The chance in percent that somebody else acts before a request.
    pub others: u64,
    /// How what is left open is settled in another process, and how much later that is.
    pub settle: Option<(ResumeMode, Duration)>,
    pub driver: Driver,
    /// A promise that the server breaks.
    pub defect: Option<Defect>,
    /// Whether the client is told of keys that nobody keeps.
    pub overstated: bool,
}

impl Scenario {
    #[must_use]
    pub fn draw(seed: u64) -> Self {
        Self::arranged(seed, |_| {})
    }

    /// As drawn, with what was arranged. The client is told the truth of that, or less.
    pub fn arranged(seed: u64, arrange: impl FnOnce(&mut Self)) -> Self {
        let chance = &mut Chance::new(seed, 11);
        let calm = chance.percent(12);
        let mut scenario = Self {
            seed,
            create: *chance.pick(&[
                Create::CreateCluster,
                Create::CreateCluster,
                Create::CreateCluster,
                Create::ImportCluster,
                Create::CreateWorkspace,
            ]),
            server: server(chance),
            claimed: Contract::weakest(),
            duplicates: chance.percent(15),
            attempts: *chance.pick(&[1, 2, 4, 4, 4, 6]),
            trouble: match calm {
                true => (0, 0),
                false => (chance.between(20, 75), *chance.pick(&[0, 8, 20, 40])),
            },
            others: if chance.percent(30) { 0 } else { chance.between(15, 60) },
            settle: chance.percent(70).then(|| {
                let mode = *chance.pick(&[ResumeMode::Finish, ResumeMode::Finish, ResumeMode::Look]);
                let later = *chance.pick(&[Duration::ZERO, Duration::ZERO, Duration::from_secs(120)]);
                (mode, later)
            }),
            driver: Driver::Ours,
            defect: None,
            overstated: false,
        };
        arrange(&mut scenario);
        scenario.claimed = scenario.truth();
        let chance = &mut Chance::new(seed, 12);
        if scenario.overstated {
            scenario.claimed.create_keys_replay = Duration::from_secs(3600);
        } else if scenario.defect.is_none() && chance.percent(40) {
            scenario.claimed.hidden_retries |= chance.percent(20);
            if chance.percent(50) {
                scenario.claimed.create_keys_replay = Duration::ZERO;
            }
        }
        scenario
    }

    /// All that is true of this server and of what lies before it.
    #[must_use]
    pub fn truth(&self) -> Contract {
        let kept = self.server.create_keys_replay.get(&Create::CreateCluster);
        let mut truth = Contract::weakest();
        truth.hidden_retries = self.duplicates;
        truth.create_keys_replay = Duration::from_secs(kept.copied().unwrap_or(0));
        truth.ids_never_reused = true;
        truth.completed_is_final = true;
        truth
    }
}

fn server(chance: &mut Chance) -> Server {
    let promised = *chance.pick(&[0, 60, 3600, 3600]);
    let step = chance.between(1, 3);
    let keys = match promised {
        0 => BTreeMap::new(),
        seconds => BTreeMap::from([(Create::CreateCluster, seconds)]),
    };
    let names = match chance.percent(40) {
        true => BTreeMap::from([(Kind::Cluster, vec!["name".to_owned()])]),
        false => BTreeMap::new(),
    };
    let leaves = *chance.pick(&[Leaves::AsItWas, Leaves::HalfDone, Leaves::HalfDone]);
    Server {
        reconcile_ms: Some(0),
        create_keys_replay: keys,
        replay_in_progress: chance.percent(20),
        replay_of_gone: chance.percent(30).then_some(404),
        names_unique: names,
        creates_show_at_once: chance.percent(70),
        creates_lag: *chance.pick(&[0, 0, 1]),
        half_done_listed: chance.percent(50),
        one_operation_at_a_time: false,
        operation_steps: 3,
        operation_ends: match chance.between(1, 100) {
            1..=50 => Ends::Succeed,
            51..=85 => Ends::Fail {
                step,
                message: "no machines".to_owned(),
                leaves,
            },
            _ => Ends::Cancel { step },
        },
        cancelled_leaves: *chance.pick(&[Leaves::AsItWas, Leaves::HalfDone]),
        ..Server::default()
    }
}
