//! A process that makes a cluster is killed (SIGKILL) at each point between its token, its request and the 202; then a new
//! process goes on from the token in the file, and tells the truth, as the simulator's record has it. Nothing is made twice.
//!
//! Nothing is left to luck: the process is held at the point in question, by itself or by the simulator, and killed there.
//! `CREATE_KILLS` sets how many are killed.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod process;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use akua_model::edit::{Contract, SavedToken};
use akua_sim::{
    Contract as Server, Create, Effect, End, Ends, Entry, Fault, Hold, Kind, Leaves, Make, Matcher, Options, Simulator,
};
use akua_verify::chance::Chance;
use akua_verify::creates::evidence::{CreateCall, Evidence};
use akua_verify::creates::judge::{Finding, judge};
use akua_verify::creates::scenario::{NAME, Scenario};
use akua_verify::life::claim::LaunchClaim;
use akua_verify::{number, several, show};
use process::{Role, Told};

/// Before what the process is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Before {
    Token,
    Send,
    Landing,
    Answer,
    Exchange,
}

impl Before {
    const ALL: [Self; 5] = [Self::Token, Self::Send, Self::Landing, Self::Answer, Self::Exchange];

    fn words(self) -> &'static str {
        match self {
            Self::Token => "before the token was kept",
            Self::Send => "between the token and the sending",
            Self::Landing => "between the sending and the acceptance",
            Self::Answer => "between the acceptance and the 202",
            Self::Exchange => "between the 202 and the wait token",
        }
    }
}

#[derive(Clone, Debug)]
struct Case {
    number: usize,
    before: Before,
    /// Whether keys are kept and the client counts on that; else neither.
    keyed: bool,
    /// Whether what is on its way arrives before the next process begins, or after it has ended.
    arrives_first: bool,
    /// Whether somebody else makes one of that name in between.
    namesake: bool,
    /// Whether its operation fails, with half a cluster left.
    fails: bool,
}

impl Case {
    fn new(number: usize) -> Self {
        let chance = &mut Chance::new(number as u64, 21);
        Self {
            number,
            before: Before::ALL[number % Before::ALL.len()],
            keyed: chance.percent(60),
            arrives_first: chance.percent(50),
            namesake: chance.percent(50),
            fails: chance.percent(30),
        }
    }

    fn belief(&self) -> Contract {
        let mut contract = Contract::documented();
        contract.create_keys_replay = Duration::from_secs(if self.keyed { 3600 } else { 0 });
        contract
    }

    fn server(&self) -> Server {
        let fails = Ends::Fail {
            step: 1,
            message: "no machines".to_owned(),
            leaves: Leaves::HalfDone,
        };
        Server {
            create_keys_replay: BTreeMap::from_iter(self.keyed.then_some((Create::CreateCluster, 3600))),
            operation_ends: if self.fails { fails } else { Ends::Succeed },
            ..Server::default()
        }
    }

    fn token_file(&self) -> PathBuf {
        let name = format!("create-kill-{}-{}.token", std::process::id(), self.number);
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
    }

    /// Plays it through, and judges what was told, or the lie in its place; `None` where nothing was sent and no token kept.
    fn play(&self, lie: Option<LaunchClaim>) -> Option<Told> {
        let simulator = self.simulator();
        let mut creating = process::start(self, &simulator, Role::Create);
        match self.before {
            Before::Landing => wait_until(|| simulator.with_world(|world, _| world.requests_held()) == 1),
            Before::Answer => wait_until(|| made(&simulator.log()) == 1),
            Before::Token | Before::Send | Before::Exchange => creating.wait_for_mark(self.before.words()),
        }
        creating.kill();
        self.check_what_is_left(&simulator);
        if self.before == Before::Token {
            return None;
        }
        if self.arrives_first {
            simulator.release();
        }
        if self.namesake {
            let make = Make::named(Create::CreateCluster, NAME);
            let others = |world: &mut akua_sim::World, now| world.make_for_another_now(now, make);
            simulator.with_world(others).unwrap();
        }
        let going_on = process::start(self, &simulator, Role::GoOn);
        let mut told: Told = serde_json::from_str(&going_on.told()).unwrap();
        told.create = lie.or(told.create);
        let made_by_then = made(&simulator.log());
        simulator.release();
        let _ = std::fs::remove_file(self.token_file());
        self.judge(&simulator, made_by_then, &told);
        Some(told)
    }

    fn simulator(&self) -> Simulator {
        let simulator = Simulator::start(Options {
            seed: Some(self.number as u64),
            contract: self.server(),
            clusters: 2,
            ..Options::default()
        })
        .unwrap();
        let fault = match self.before {
            Before::Landing => Fault::held(Hold::UntilReleased),
            Before::Answer => Fault::lost_after(End::Stall),
            _ => return simulator,
        };
        let creates = Matcher {
            create: Some(Create::CreateCluster),
            ..Matcher::default()
        };
        simulator.inject(fault.on(creates).times(1)).unwrap();
        simulator
    }

    /// Whether the process was killed where it should be, and has left the token that it should.
    fn check_what_is_left(&self, simulator: &Simulator) {
        let log = simulator.log();
        let sent = log.iter().filter(|entry| entry.create.is_some()).count();
        let expected = match self.before {
            Before::Token | Before::Send => (0, 0),
            Before::Landing => (1, 0),
            Before::Answer | Before::Exchange => (1, 1),
        };
        assert_eq!((sent, made(&log)), expected, "{self:?}");
        let text = std::fs::read_to_string(self.token_file()).ok();
        let token = text.map(|text| text.parse::<SavedToken>().unwrap());
        let fits = match (self.before, &token) {
            (Before::Token, token) => token.is_none(),
            (_, token) => matches!(token, Some(SavedToken::Launch(_))),
        };
        assert!(fits, "{self:?}: {token:?}");
    }

    fn judge(&self, simulator: &Simulator, made_by_then: usize, told: &Told) {
        let of = |kind: Kind, prefix: &str| {
            let ids = (1..9).map(|number| format!("{prefix}_{number}"));
            ids.filter_map(|id| Some((id.clone(), simulator.history(kind, &id).ok()?)))
                .collect()
        };
        let create = told.create.iter().map(|claim| CreateCall {
            claim: claim.clone(),
            candidates: told.candidates.clone(),
            made: made_by_then,
            settles: true,
            story: String::new(),
        });
        let evidence = Evidence {
            scenario: Scenario::draw(self.number as u64),
            log: simulator.log(),
            resources: of(Kind::Cluster, "clu"),
            operations: of(Kind::Operation, "op"),
            attempts: Vec::new(),
            creates: create.collect(),
            waits: told.wait.iter().cloned().collect(),
            secrets: vec![simulator.token().to_owned()],
            said: vec![format!("{told:?}")],
            events: vec![format!("{self:?}")],
        };
        if let Some(alarm) = judge(&evidence).first() {
            panic!("{told:?}: {}", Finding(alarm, &evidence));
        }
        let sent = evidence.log.iter().filter(|entry| entry.create.is_some());
        let mut copies: Vec<_> = sent.map(|entry| (&entry.idempotency_key, &entry.body_sha256)).collect();
        copies.dedup();
        assert!(copies.len() <= 1, "{self:?}: made anew: {copies:?}");
        let known = match self.keyed {
            true => "accepted",
            false => "indeterminate, may still land",
        };
        let words = told.create.as_ref().map(LaunchClaim::words);
        assert_eq!(words, Some(known), "{self:?}");
    }
}

/// How many copies of the create have made something.
fn made(log: &[Entry]) -> usize {
    log.iter()
        .filter(|entry| matches!(entry.effect, Effect::Created(_)))
        .count()
}

fn wait_until(condition: impl Fn() -> bool) {
    let limit = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < limit, "it never came to that");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Not a test of its own: what the processes do that this test starts.
#[test]
fn does_as_told() {
    process::act();
}

#[test]
fn a_killed_create_is_taken_up_and_told_truly() {
    let begun = Instant::now();
    let kills = usize::try_from(number("CREATE_KILLS").unwrap_or(10)).unwrap();
    let told: Mutex<BTreeMap<(Before, String), usize>> = Mutex::default();
    several(4, kills, |number| {
        let case = Case::new(number);
        let end = case
            .play(None)
            .map_or("nothing to tell".to_owned(), |told| told.words());
        *told.lock().unwrap().entry((case.before, end)).or_default() += 1;
    });
    let told = told.into_inner().unwrap();
    let mut table = String::new();
    for ((point, end), times) in &told {
        table += &format!("killed {:<40} -> {end:<44} {times:>3}\n", point.words());
    }
    let seconds = begun.elapsed().as_secs_f64();
    show(format_args!("{table}{kills} kills in {seconds:.1} seconds"));
    assert_eq!(told.values().sum::<usize>(), kills);
    if kills >= 200 {
        for end in ["accepted, succeeded", "accepted, failed", "indeterminate"] {
            assert!(
                told.keys().any(|(_, told)| told.contains(end)),
                "{end} never was the end"
            );
        }
    }
}

#[test]
fn a_planted_lie_is_caught() {
    let lies = [
        (LaunchClaim::NotApplied(None), "FalseNotApplied"),
        (
            LaunchClaim::Accepted {
                operation: "op_9".to_owned(),
            },
            "FalseAccepted",
        ),
    ];
    for (lie, check) in lies {
        // Numbers that the other test does not use: each case has files of its own.
        let fits = |case: &Case| case.before == Before::Answer && case.keyed;
        let case = (100_000..).map(Case::new).find(fits).unwrap();
        let judged = std::panic::catch_unwind(|| case.play(Some(lie.clone())));
        let said = judged.err().and_then(|panic| panic.downcast::<String>().ok());
        let caught = said.is_some_and(|said| said.contains(check));
        assert!(caught, "{lie:?} was not called {check} in {case:?}");
    }
}
