//! A process that makes clusters of a table is killed (SIGKILL) at each point between a row's token, its request, the 202 and the wait
//! token; and at random moments, again and again. Then nothing exists twice, and each cluster that exists is the one that its row has
//! made or is told as a candidate of it.
//!
//! Seen to fail, with each of these planted: a token that is granted after its row was sent; a row that was under way made anew; a
//! candidate taken for the new one; rows of one name and region let in.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child as Process, Command, Stdio};
use std::time::Duration;

use akua_fleet::{Limits, Report, State, execute};
use akua_model::edit::SavedToken;
use akua_sim::{Contract as Server, Create, End, Ends, Fault, Hold, Leaves, Options, Simulator};
use akua_verify::chance::Chance;
use akua_verify::child::{self, Child};
use akua_verify::{number, show};

use crate::create_truth::{client, judge, key, made};
use crate::creates::{creates, make};
use crate::killed::wait_until;
use crate::scene::Folder;

/// Before what the process is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Token,
    Send,
    Landing,
    Answer,
    Exchange,
}

impl Before {
    const ALL: [Self; 5] = [Self::Token, Self::Send, Self::Landing, Self::Answer, Self::Exchange];

    fn words(self) -> String {
        format!("before {self:?}")
    }
}

/// The test that is what the processes do.
const TEST: &str = "killed_creates::makes_a_fleet";

/// For how long a key is kept, by the server, and by a client that is told so.
const KEPT: u64 = 3600;

/// How many rows there are, and at which of them the process is killed.
const ROWS: u64 = 5;
const AT: u64 = 3;

/// Not a test of its own: what the processes do that these tests start.
#[test]
fn makes_a_fleet() {
    let Ok(url) = std::env::var("FLEET_CREATE_URL") else {
        return;
    };
    let variable = |name: &str| std::env::var(format!("FLEET_CREATE_{name}")).unwrap();
    let keys = Duration::from_secs(variable("KEYS").parse().unwrap());
    let client = client(url, &variable("TOKEN"), keys);
    let clusters = client.clusters().policy(crate::launch_truth::policy());
    let plan = crate::create_truth::table(variable("ROWS").parse().unwrap());
    let fleet = akua_fleet::CollectionExt::fleet(&clusters, plan, variable("LEDGER")).unwrap();
    let point = variable("POINT");
    if point.is_empty() {
        fleet.run(&Limits::default().in_flight(4)).unwrap().finish().unwrap();
        return;
    }
    // One row after the other, and at the third it stays where it is told to.
    let ledger = fleet.ledger();
    ledger.begin().unwrap();
    while let Some(leased) = ledger.lease(1).unwrap().pop() {
        let stay = |here: Before| {
            if leased.item == AT && here.words() == point {
                child::stay(&here.words());
            }
        };
        let grant = |token: &SavedToken| {
            let is_accepted = matches!(token, SavedToken::Wait(_));
            stay(if is_accepted { Before::Exchange } else { Before::Token });
            let granted = ledger.grant(leased.item, leased.lease, token)?;
            if !is_accepted {
                stay(Before::Send);
            }
            Ok(granted)
        };
        let end = execute(&clusters, &leased, fleet.inputs(), grant);
        ledger.record(leased.item, leased.lease, &end).unwrap();
    }
}

/// What a process is told: where, and how it is to go on.
fn told(simulator: &Simulator, folder: &Folder, rows: u64, keys: u64, point: &str) -> [(&'static str, OsString); 6] {
    [
        ("FLEET_CREATE_URL", simulator.url().into()),
        ("FLEET_CREATE_TOKEN", simulator.token().into()),
        ("FLEET_CREATE_LEDGER", folder.ledger().into()),
        ("FLEET_CREATE_ROWS", rows.to_string().into()),
        ("FLEET_CREATE_KEYS", keys.to_string().into()),
        ("FLEET_CREATE_POINT", point.into()),
    ]
}

/// A process that runs the fleet.
fn start(simulator: &Simulator, folder: &Folder, rows: u64, keys: u64) -> Process {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", TEST, "--nocapture"])
        .envs(told(simulator, folder, rows, keys, ""))
        .stdout(Stdio::null());
    command.spawn().unwrap()
}

/// The same, to its end.
fn go_on(simulator: &Simulator, folder: &Folder, rows: u64, keys: u64) {
    assert!(start(simulator, folder, rows, keys).wait().unwrap().success());
}

/// What else happens.
#[derive(Clone, Copy, Debug)]
struct Case {
    before: Before,
    /// For how long the client counts on keys.
    keys: u64,
    /// Whether what is on its way arrives before the next process begins, or after it has ended.
    arrives_first: bool,
    /// Whether somebody else makes one of that name in between.
    namesake: bool,
    /// Whether operations fail and leave half of it.
    fails: bool,
}

impl Case {
    fn play(self) {
        let fails = Ends::Fail {
            step: 1,
            message: "no machines".to_owned(),
            leaves: Leaves::HalfDone,
        };
        let contract = Server {
            create_keys_replay: BTreeMap::from([(Create::CreateCluster, KEPT)]),
            operation_ends: if self.fails { fails } else { Ends::Succeed },
            ..Server::default()
        };
        let simulator = Simulator::start(Options {
            contract,
            ..Options::clusters(2)
        })
        .unwrap();
        let folder = Folder::new();
        let third = |fault: Fault| {
            simulator.inject(fault.on(creates()).nth(AT)).unwrap();
        };
        match self.before {
            Before::Landing => third(Fault::held(Hold::UntilReleased)),
            Before::Answer => third(Fault::lost_after(End::Stall)),
            _ => {}
        }
        let variables = told(&simulator, &folder, ROWS, self.keys, &self.before.words());
        let mut process = Child::start(TEST, variables);
        let sent = || simulator.log().iter().filter(|entry| entry.create.is_some()).count() as u64;
        match self.before {
            Before::Landing => until(|| simulator.with_world(|world, _| world.requests_held()) == 1),
            Before::Answer => until(|| made(&simulator).len() as u64 == AT),
            _ => process.wait_for_mark(&self.before.words()),
        }
        process.kill();
        let left = Report::open(folder.ledger())
            .unwrap()
            .row_of(&key(AT))
            .unwrap()
            .unwrap();
        let (state, is_sent) = match self.before {
            Before::Token => (State::Pending, false),
            Before::Send => (State::Indeterminate, false),
            Before::Landing | Before::Answer | Before::Exchange => (State::Indeterminate, true),
        };
        assert_eq!(
            (left.state, left.token.is_some(), sent()),
            (state, state != State::Pending, AT - 1 + u64::from(is_sent)),
            "{self:?}"
        );
        if self.arrives_first {
            simulator.release();
        }
        let theirs = self.namesake.then(|| make(&simulator, &format!("shop {AT}")));
        go_on(&simulator, &folder, ROWS, self.keys);
        simulator.release();
        // What has arrived since is seen by whoever looks next.
        go_on(&simulator, &folder, ROWS, self.keys);
        let report = Report::open(folder.ledger()).unwrap();
        judge(&simulator, &report);
        let row = report.row_of(&key(AT)).unwrap().unwrap();
        let known = match (self.fails, self.keys, self.before) {
            (_, 0, before) if before != Before::Token => State::Indeterminate,
            (true, ..) => State::Failed,
            (false, ..) => State::Applied,
        };
        assert_eq!(row.state, known, "{self:?}: {row:?}");
        assert_eq!(
            report
                .counts()
                .of(if self.fails { State::Failed } else { State::Applied }),
            if known == State::Indeterminate { ROWS - 1 } else { ROWS }
        );
        if let (Some(theirs), State::Indeterminate) = (theirs, known) {
            assert!(row.candidates.iter().any(|one| one.id == theirs), "{self:?}: {row:?}");
        }
    }
}

fn until(condition: impl Fn() -> bool) {
    let limit = std::time::Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(std::time::Instant::now() < limit, "it never came to that");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn killed_at_each_point_of_a_row_nothing_is_made_twice_and_what_may_exist_is_listed() {
    for (at, before) in Before::ALL.into_iter().enumerate() {
        for keys in [KEPT, 0] {
            let (first, second) = (at % 2 == 0, keys == 0);
            Case {
                before,
                keys,
                arrives_first: first == second,
                namesake: second || first,
                fails: !first,
            }
            .play();
        }
    }
}

#[test]
fn killed_at_random_moments_nothing_is_made_twice_and_what_may_exist_is_listed() {
    let kills = number("FLEET_KILLS").unwrap_or(16);
    let (mut killed, mut open, mut started) = (0, 0, 0);
    let mut seed: u64 = 0;
    while killed < kills {
        seed += 1;
        let keys = if seed.is_multiple_of(2) { 0 } else { KEPT };
        play(
            seed,
            keys,
            kills.div_ceil(2).min(kills - killed),
            &mut |report: &Report| {
                killed += 1;
                open += report.counts().of(State::Indeterminate);
                started += report.counts().of(State::Started);
            },
        );
        assert!(seed < 40, "it is always faster than its killer");
    }
    show(format_args!(
        "{killed} kills of {seed} fleets left {open} rows open and {started} started"
    ));
    assert!(open > 0 && started > 0, "nothing was put to the test");
}

/// One fleet, its process killed so many times at most.
fn play(seed: u64, keys: u64, kills: u64, left: &mut impl FnMut(&Report)) {
    const ITEMS: u64 = 60;
    let contract = Server {
        create_keys_replay: BTreeMap::from([(Create::CreateCluster, KEPT)]),
        ..Server::default()
    };
    let simulator = Simulator::start(Options {
        seed: Some(seed),
        contract,
        ..Options::clusters(2)
    })
    .unwrap();
    let fault = |fault: Fault, percent| {
        simulator
            .inject(fault.on(creates()).forever().percent(percent))
            .unwrap()
    };
    let fails = Ends::Fail {
        step: 2,
        message: "no machines".to_owned(),
        leaves: Leaves::HalfDone,
    };
    fault(Fault::ends(fails), 5);
    fault(Fault::lost_after(End::Reset), 4);
    fault(Fault::lost_before(End::Reset), 4);
    fault(Fault::doubled(Hold::Ms(0)), 4);
    fault(Fault::after(503), 3);
    fault(Fault::before(429).header("retry-after", "0"), 5);
    let folder = Folder::new();
    let chance = &mut Chance::new(seed, 9);
    for _ in 0..kills {
        let from = simulator.log().len();
        let mut process = start(&simulator, &folder, ITEMS, keys);
        let requests = chance.between(2, 40) as usize;
        let alive = wait_until(&mut process, || simulator.log().len() >= from + requests);
        std::thread::sleep(Duration::from_micros(chance.between(0, 3000)));
        process.kill().unwrap();
        if process.wait().unwrap().signal() != Some(9) || !alive {
            break;
        }
        if let Ok(report) = Report::open(folder.ledger()) {
            left(&report);
        }
    }
    simulator.with_world(|world, _| world.clear());
    // What is only settled in the first run is all that is left for the second.
    for _ in 0..2 {
        go_on(&simulator, &folder, ITEMS, keys);
    }
    let report = Report::open(folder.ledger()).unwrap();
    judge(&simulator, &report);
    let counts = report.counts();
    assert_eq!(
        (counts.total(), counts.open()),
        (ITEMS, counts.of(State::Indeterminate)),
        "{counts}"
    );
    assert!(keys == 0 || counts.open() == 0, "{counts}");
}
