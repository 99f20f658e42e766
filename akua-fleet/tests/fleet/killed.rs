//! A process that changes a fleet is killed (SIGKILL) at random moments and started again until everything is done: no
//! change lands twice, nobody else's change is lost, and the ledger tells what the simulator's record tells.
//!
//! It has been seen to fail, and [`truth`](crate::truth) with it, once each of these was planted: an unsettled item
//! leased as if nothing had been sent; a token granted after its write was sent; applied items taken up again.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use akua_fleet::{CollectionExt as _, Limits, Plan, Proof, Report, Row, State};
use akua_http::Client;
use akua_model::Cluster;
use akua_model::edit::{Contract, Policy};
use akua_sim::{Author, Contract as Server, Kind, Options, Simulator, Version};

use crate::folder::Folder;
use crate::stage::{faults, others, wanted};
use crate::{number, show};
use akua_verify::chance::Chance;
use akua_verify::stack::edits::patch_of;

/// How many clusters a fleet has, and how often its process is killed at most.
const ITEMS: u64 = 120;
const KILLS: u64 = 40;

/// Not a test of its own: what the processes do that this test starts.
#[test]
fn changes_a_fleet() {
    let Ok(url) = std::env::var("FLEET_KILL_URL") else {
        return;
    };
    let mut contract = Contract::documented();
    if std::env::var("FLEET_KILL_KEYS").is_ok() {
        contract.key_checked_before_if_match = true;
        contract.key_retention = Duration::from_secs(24 * 60 * 60);
    }
    let client = Client::builder()
        .base_url(url)
        .token(std::env::var("FLEET_KILL_TOKEN").unwrap())
        .contract(contract)
        .read_timeout(Duration::from_millis(400))
        .build()
        .unwrap();
    let mut policy = Policy::default();
    policy.backoff = Duration::from_millis(1);
    let clusters = client.clusters().policy(policy);
    let seen: Vec<Cluster> = clusters.list().map(Result::unwrap).collect();
    let patches: Vec<_> = (1..)
        .zip(seen)
        .map(|(number, cluster)| (cluster, patch_of::<Cluster>(&wanted(number))))
        .collect();
    let fleet = clusters
        .fleet(Plan::patches(patches), std::env::var("FLEET_KILL_LEDGER").unwrap())
        .unwrap();
    fleet.run(&Limits::default().in_flight(4)).unwrap().finish().unwrap();
}

#[derive(Debug, Default)]
struct Tally {
    kills: u64,
    /// How many items were under way when their process was killed.
    under_way: u64,
    /// How many had landed whose process did not live to know.
    landed_unknown: u64,
    left_open: u64,
    fleets: u64,
}

#[test]
fn killed_at_random_moments_nothing_lands_twice_and_nothing_is_lost() {
    let begun = Instant::now();
    let kills = number("FLEET_KILLS", 20);
    let mut tally = Tally::default();
    while tally.kills < kills {
        let most = KILLS.min((kills - tally.kills).div_ceil(if tally.fleets == 0 { 2 } else { 1 }));
        play(tally.fleets + 1, most, &mut tally);
    }
    show(format_args!("{tally:?}, {:.1} seconds", begun.elapsed().as_secs_f64()));
    assert!(
        tally.under_way > 0 && tally.landed_unknown > 0,
        "nothing was put to the test"
    );
}

/// One fleet, its process killed so many times at most.
fn play(seed: u64, kills: u64, tally: &mut Tally) {
    let keys = seed.is_multiple_of(2);
    let simulator = Simulator::start(Options {
        seed: Some(seed),
        contract: Server {
            keys_honoured: keys,
            reconcile_ms: None,
            ..Server::default()
        },
        ..Options::clusters(ITEMS)
    })
    .unwrap();
    for fault in faults(ITEMS) {
        simulator.inject(fault).unwrap();
    }
    others(ITEMS)
        .into_iter()
        .for_each(|script| simulator.script(script).unwrap());
    let folder = Folder::new();
    let chance = &mut Chance::new(seed, 7);
    for _ in 0..kills {
        let from = simulator.log().len();
        let mut process = start(&simulator, &folder.ledger(), keys);
        // A page of the list comes first, twice; then it is anywhere between two requests, or in one.
        let requests = chance.between(1, 14) as usize;
        let micros = Duration::from_micros(chance.between(0, 3000));
        let alive = wait_until(&mut process, || simulator.log().len() >= from + requests);
        std::thread::sleep(micros);
        process.kill().unwrap();
        let status = process.wait().unwrap();
        if !alive || status.signal() != Some(9) {
            // It was faster than its killer.
            break;
        }
        tally.kills += 1;
        count(&simulator, &folder.ledger(), tally);
    }
    simulator.with_world(|world, _| world.clear());
    // What is only settled in the first run is all that is left for the second.
    for _ in 0..2 {
        let mut process = start(&simulator, &folder.ledger(), keys);
        assert!(process.wait().unwrap().success());
    }
    judge(&simulator, &folder.ledger(), keys, tally);
    tally.fleets += 1;
}

fn start(simulator: &Simulator, ledger: &Path, keys: bool) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "killed::changes_a_fleet", "--nocapture"])
        .env("FLEET_KILL_URL", simulator.url())
        .env("FLEET_KILL_TOKEN", simulator.token())
        .env("FLEET_KILL_LEDGER", ledger)
        .stdout(Stdio::null());
    if keys {
        command.env("FLEET_KILL_KEYS", "1");
    }
    command.spawn().unwrap()
}

/// Whether the process is still there when it has come to that.
fn wait_until(process: &mut Child, condition: impl Fn() -> bool) -> bool {
    let limit = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < limit, "it never came to that");
        if process.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    true
}

/// What a process has left behind.
fn count(simulator: &Simulator, ledger: &Path, tally: &mut Tally) {
    // Before its tables are made there is nothing to read.
    let Ok(report) = Report::open(ledger) else { return };
    for row in report
        .rows()
        .map(Result::unwrap)
        .filter(|row| row.state == State::Indeterminate)
    {
        let crashed = row.end.as_ref().is_none_or(|end| end.state != State::Indeterminate);
        if crashed {
            tally.under_way += 1;
            tally.landed_unknown += u64::from(!landings(simulator, &row.id).is_empty());
        }
    }
}

/// The versions that a fleet's writes have made, each with the one before it.
fn landings(simulator: &Simulator, id: &str) -> Vec<(Version, Version)> {
    let history = simulator.history(Kind::Cluster, id).unwrap();
    let pairs = history.windows(2);
    pairs
        .filter(|pair| matches!(pair[1].author, Author::Request { .. }))
        .map(|pair| (pair[0].clone(), pair[1].clone()))
        .collect()
}

fn judge(simulator: &Simulator, ledger: &Path, keys: bool, tally: &mut Tally) {
    let report = Report::open(ledger).unwrap();
    assert_eq!(report.counts().total(), ITEMS);
    for row in report.rows().map(Result::unwrap) {
        let number: u64 = row.id.trim_start_matches("clu_").parse().unwrap();
        let landed = landings(simulator, &row.id);
        assert!(landed.len() <= 1, "{row:?}: it landed {} times", landed.len());
        for (before, _) in &landed {
            let seen = format!("cluster {number}");
            assert_eq!(
                before.fields["name"],
                seen.as_str(),
                "{row:?}: a name was overwritten that nobody had seen"
            );
        }
        let found = agrees(simulator, &row, landed.len(), number);
        assert!(found, "{row:?}: the record says {landed:?}");
        if row.state == State::Indeterminate {
            assert!(!keys, "{row:?}: the key could have been asked for");
            tally.left_open += 1;
        }
    }
}

/// Whether a row of the ledger says what has happened.
fn agrees(simulator: &Simulator, row: &Row, landed: usize, number: u64) -> bool {
    let proof = row.end.as_ref().and_then(|end| end.proof);
    match (row.state, proof) {
        (State::Applied, Some(Proof::Acknowledged)) => landed == 1,
        (State::Applied, Some(Proof::Observed)) => {
            let history = simulator.history(Kind::Cluster, &row.id).unwrap();
            let name = &wanted(number)["name"];
            history.iter().any(|version| version.fields["name"] == name.as_str())
        }
        (State::Unchanged | State::Conflict | State::Rejected, _) => landed == 0,
        (State::Indeterminate, _) => true,
        _ => false,
    }
}
