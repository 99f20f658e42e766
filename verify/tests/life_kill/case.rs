//! One kill: what is launched, where the process is killed, what happens then, and what the next one may count on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use akua_model::edit::{Contract, LaunchKind, SavedToken};
use akua_sim::{
    Act, Contract as Server, Effect, End, Ends, Entry, Fault, Hold, Kind, Launch, Leaves, Matcher, Options, Simulator,
    Until, Waits, Write,
};
use akua_verify::chance::Chance;
use akua_verify::life::scenario::launch_of;

use crate::judge;
use crate::process::{self, Role, Told};

/// Before what the process is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Before {
    Token,
    Send,
    Landing,
    Answer,
    Exchange,
    Waiting,
}

impl Before {
    pub(crate) const ALL: [Self; 6] = [
        Self::Token,
        Self::Send,
        Self::Landing,
        Self::Answer,
        Self::Exchange,
        Self::Waiting,
    ];

    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Token => "before the launch token was kept",
            Self::Send => "between the token and the sending",
            Self::Landing => "between the sending and the acceptance",
            Self::Answer => "between the acceptance and the 202",
            Self::Exchange => "between the 202 and the wait token",
            Self::Waiting => "while it waited",
        }
    }
}

/// What the client counts on, all of which is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Belief {
    /// The default: acceptance moves the etag.
    Documented,
    /// Reads are never stale either.
    FreshReads,
    /// Keys are replayed, and acceptance moves nothing.
    Keys,
    /// Nothing.
    Nothing,
}

/// What somebody else does before the next process begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meddled {
    No,
    Edits,
    Acts,
}

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) number: usize,
    pub(crate) before: Before,
    pub(crate) kind: LaunchKind,
    believes: Belief,
    ends: Ends,
    vanishes: bool,
    meddled: Meddled,
    /// Whether what is on its way arrives before the next process begins, or after it has ended.
    arrives_first: bool,
    /// Whether the operation ends before the next process begins.
    ended_first: bool,
    /// Whether the next process has credentials that must not see what is in the workspace.
    pub(crate) blind: bool,
}

impl Case {
    /// Every point has its turn, with a mixture of the rest.
    pub(crate) fn new(number: usize) -> Self {
        use Before::{Answer, Exchange, Landing, Send, Token, Waiting};
        let points = [
            Send, Landing, Answer, Exchange, Waiting, Send, Landing, Answer, Waiting, Token,
        ];
        let chance = &mut Chance::new(number as u64, 9);
        let kind = *chance.pick(&[
            LaunchKind::SuspendCluster,
            LaunchKind::ResumeCluster,
            LaunchKind::DeleteCluster,
            LaunchKind::DeleteWorkspace,
        ]);
        let leaves = *chance.pick(&[Leaves::AsItWas, Leaves::HalfDone, Leaves::AsWanted]);
        let message = "no machines".to_owned();
        let fails = Ends::Fail {
            step: 1,
            message,
            leaves,
        };
        let ends = [Ends::Succeed, Ends::Succeed, fails, Ends::Cancel { step: 1 }];
        Self {
            number,
            before: points[number % points.len()],
            kind,
            believes: *chance.pick(&[
                Belief::Documented,
                Belief::FreshReads,
                Belief::Keys,
                Belief::Keys,
                Belief::Nothing,
            ]),
            ends: chance.pick(&ends).clone(),
            vanishes: chance.percent(20),
            meddled: *chance.pick(&[Meddled::No, Meddled::No, Meddled::Edits, Meddled::Acts]),
            arrives_first: chance.percent(50),
            ended_first: chance.percent(50),
            blind: is_delete(kind) && chance.percent(20),
        }
    }

    pub(crate) fn launch(&self) -> Launch {
        launch_of(self.kind)
    }

    /// The kind and the id of what is launched on.
    pub(crate) fn target(&self) -> (Kind, &'static str) {
        match self.kind {
            LaunchKind::DeleteWorkspace => (Kind::Workspace, "ws_1"),
            _ => (Kind::Cluster, "clu_1"),
        }
    }

    pub(crate) fn belief(&self) -> Contract {
        let mut contract = Contract::documented();
        match self.believes {
            Belief::Documented => {}
            Belief::FreshReads => contract.reads_linearizable = true,
            Belief::Keys => {
                contract.accept_moves_etag = false;
                contract.action_keys_replay = Duration::from_secs(3600);
            }
            Belief::Nothing => {
                contract = Contract::weakest();
                contract.completed_is_final = true;
            }
        }
        contract
    }

    pub(crate) fn server(&self) -> Server {
        let keys = self.believes == Belief::Keys;
        let waits_for_word = self.before == Before::Waiting;
        Server {
            accept_moves_etag: matches!(self.believes, Belief::Documented | Belief::FreshReads),
            action_keys_replay: BTreeMap::from_iter(keys.then(|| (self.launch(), 3600))),
            one_operation_at_a_time: false,
            operation_looks: (!waits_for_word).then_some(1),
            operation_waits: if waits_for_word { Waits::Hold } else { Waits::Follow },
            operation_ends: self.ends.clone(),
            operations_vanish: self.vanishes,
            ..Server::default()
        }
    }

    pub(crate) fn token_file(&self) -> PathBuf {
        let name = format!("life-kill-{}-{}.token", std::process::id(), self.number);
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
    }

    /// Whether what is on its way comes when everything has been told, and is accepted then.
    pub(crate) fn is_lost_for_now(&self) -> bool {
        !self.arrives_first && self.believes == Belief::Nothing && self.meddled == Meddled::No
    }

    /// Whether the operation fails, and can be read after that.
    pub(crate) fn fails(&self) -> bool {
        matches!(self.ends, Ends::Fail { .. }) && !self.vanishes
    }

    /// Plays it through, and judges what was told, or the lie in its place; `None` where nothing was sent and no token kept.
    pub(crate) fn play(&self, lie: Option<Told>) -> Option<Told> {
        let simulator = self.simulator();
        let base = versions(self, &simulator);
        let mut launching = process::start(self, &simulator, Role::Launch);
        match self.before {
            Before::Landing => wait_until(|| simulator.with_world(|world, _| world.requests_held()) == 1),
            Before::Answer => wait_until(|| accepted(&simulator.log()) == 1),
            Before::Waiting => wait_until(|| polls(&simulator.log()) == 1),
            Before::Token | Before::Send | Before::Exchange => launching.wait_for_mark(self.before.words()),
        }
        launching.kill();
        self.check_what_is_left(&simulator);
        if self.before == Before::Token {
            return None;
        }
        self.in_between(&simulator);
        let began = versions(self, &simulator);
        let going_on = process::start(self, &simulator, Role::GoOn);
        if self.ends_while_waited_for() {
            wait_until(|| polls(&simulator.log()) == 2);
            self.advance(&simulator);
        }
        let told: Told = serde_json::from_str(&going_on.told()).unwrap();
        let told = lie.unwrap_or(told);
        let at_end = judge::AtEnd {
            base,
            began,
            versions: versions(self, &simulator),
            accepted: accepted(&simulator.log()),
        };
        simulator.release();
        let _ = std::fs::remove_file(self.token_file());
        judge::judge(self, &simulator, &at_end, &told);
        Some(told)
    }

    fn simulator(&self) -> Simulator {
        let simulator = Simulator::start(Options {
            seed: Some(u64::try_from(self.number).unwrap()),
            contract: self.server(),
            clusters: 2,
            workspaces: 2,
            ..Options::default()
        })
        .unwrap();
        if self.kind == LaunchKind::ResumeCluster {
            let suspended = Write::set(Kind::Cluster, "clu_1", "state", "suspended");
            simulator.write(suspended).unwrap();
        }
        let fault = match self.before {
            Before::Landing => Fault::held(Hold::UntilReleased),
            Before::Answer => Fault::lost_after(End::Stall),
            _ => return simulator,
        };
        simulator.inject(fault.on(Matcher::launch(self.launch()))).unwrap();
        simulator
    }

    /// Whether the process was killed where it should be, and has left the token that it should.
    fn check_what_is_left(&self, simulator: &Simulator) {
        let log = simulator.log();
        let sent = log.iter().filter(|entry| entry.launch.is_some()).count();
        let expected = match self.before {
            Before::Token | Before::Send => (0, 0),
            Before::Landing => (1, 0),
            Before::Answer | Before::Exchange | Before::Waiting => (1, 1),
        };
        assert_eq!((sent, accepted(&log)), expected, "{self:?}");
        let text = std::fs::read_to_string(self.token_file()).ok();
        let token = text.map(|text| text.parse::<SavedToken>().unwrap());
        let fits = match (self.before, &token) {
            (Before::Token, token) => token.is_none(),
            (Before::Waiting, token) => matches!(token, Some(SavedToken::Wait(_))),
            (_, token) => matches!(token, Some(SavedToken::Launch(_))),
        };
        assert!(fits, "{self:?}: {token:?}");
    }

    /// What happens between the two processes.
    fn in_between(&self, simulator: &Simulator) {
        let (kind, id) = self.target();
        if self.arrives_first {
            simulator.release();
        }
        match self.meddled {
            Meddled::No => {}
            Meddled::Edits => drop(simulator.write(Write::set(kind, id, "name", "theirs")).unwrap()),
            Meddled::Acts => {
                let launch = match self.kind {
                    LaunchKind::SuspendCluster => Launch::ResumeCluster,
                    LaunchKind::ResumeCluster => Launch::SuspendCluster,
                    _ => self.launch(),
                };
                let id = id.to_owned();
                let act = |world: &mut akua_sim::World, now| world.act_for_another_now(now, &Act { launch, id });
                simulator.with_world(act).unwrap();
            }
        }
        if self.ended_first {
            self.advance(simulator);
        }
    }

    /// Whether the operation ends only when the next process waits for it.
    fn ends_while_waited_for(&self) -> bool {
        self.before == Before::Waiting && !self.ended_first && !self.blind
    }

    /// Our operation comes to its end, if it has begun.
    fn advance(&self, simulator: &Simulator) {
        let log = simulator.log();
        let Some(operation) = log.iter().find_map(|entry| match &entry.effect {
            Effect::Accepted(acceptance) => Some(acceptance.operation.clone()),
            _ => None,
        }) else {
            return;
        };
        let ended = |world: &mut akua_sim::World, now| world.advance_operation(now, &operation, Until::End, None);
        simulator.with_world(ended).unwrap();
    }

    /// What has to be told of the launch, where it can be known.
    pub(crate) fn avoidable(&self) -> Option<&'static str> {
        let landed = match self.before {
            Before::Token | Before::Send => false,
            Before::Landing => self.arrives_first,
            Before::Answer | Before::Exchange => true,
            Before::Waiting => return None,
        };
        let calm = self.meddled == Meddled::No;
        match self.believes {
            _ if self.blind => None,
            Belief::Keys if landed || calm => Some("accepted"),
            Belief::Documented | Belief::FreshReads if !landed && calm => Some("accepted"),
            Belief::FreshReads if landed && calm && self.ended_first && self.ends == Ends::Succeed => Some("observed"),
            _ => None,
        }
    }
}

fn is_delete(kind: LaunchKind) -> bool {
    matches!(kind, LaunchKind::DeleteCluster | LaunchKind::DeleteWorkspace)
}

/// How many versions of the target there are.
fn versions(case: &Case, simulator: &Simulator) -> u64 {
    let (kind, id) = case.target();
    simulator.history(kind, id).unwrap().len() as u64
}

/// How many launches were accepted.
fn accepted(log: &[Entry]) -> usize {
    log.iter().filter(|entry| entry.effect.is_accepted()).count()
}

/// How many polls have come.
fn polls(log: &[Entry]) -> usize {
    let is_poll = |entry: &&Entry| entry.method == "POST" && entry.launch.is_none();
    log.iter().filter(is_poll).count()
}

fn wait_until(condition: impl Fn() -> bool) {
    let limit = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < limit, "it never came to that");
        std::thread::sleep(Duration::from_millis(1));
    }
}
