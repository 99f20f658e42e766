//! A process that changes a fleet is killed (SIGKILL) at random moments and started again until everything is done: no
//! change lands twice, nobody else's change is lost, and the ledger tells what the simulator's record tells.
//!
//! It has been seen to fail, and [`truth`](crate::truth) with it, once each of these was planted: an unsettled item
//! leased as if nothing had been sent; a token granted after its write was sent; applied items taken up again.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use akua_fleet::{CollectionExt as _, Limits, Plan, Report, State};
use akua_http::Client;
use akua_model::Cluster;
use akua_model::edit::{Contract, Policy};
use akua_sim::{Author, Contract as Server, Kind, Options, Simulator};

use crate::record::claim;
use crate::rig::{faults, others, wanted};
use crate::scene::Folder;
use akua_verify::chance::Chance;
use akua_verify::evidence::{Evidence, Setting};
use akua_verify::judge::Finding;
use akua_verify::judge::case::value;
use akua_verify::record::{self as told, Attempt, Call, Heard, How, Sent, Values, View};
use akua_verify::stack::edits::patch_of;
use akua_verify::{number, show};

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
    let kills = number("FLEET_KILLS").unwrap_or(20);
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
    let server = Server {
        keys_honoured: keys,
        reconcile_ms: None,
        ..Server::default()
    };
    let simulator = Simulator::start(Options {
        seed: Some(seed),
        contract: server.clone(),
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
    judge(&simulator, server, &folder.ledger(), keys, tally);
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
pub(crate) fn wait_until(process: &mut Child, condition: impl Fn() -> bool) -> bool {
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
            tally.landed_unknown += u64::from(has_landed(simulator, &row.id));
        }
    }
}

/// Whether a write of the fleet's has landed.
fn has_landed(simulator: &Simulator, id: &str) -> bool {
    let history = simulator.history(Kind::Cluster, id).unwrap();
    history
        .iter()
        .any(|version| matches!(version.author, Author::Request { .. }))
}

/// The ledger says of each item what the simulator's record says. What the killed processes have heard nobody knows.
fn judge(simulator: &Simulator, server: Server, ledger: &Path, keys: bool, tally: &mut Tally) {
    let report = Report::open(ledger).unwrap();
    assert_eq!(report.counts().total(), ITEMS);
    let log = simulator.log();
    let mut calls = Vec::new();
    for row in report.rows().map(Result::unwrap) {
        let history = simulator.history(Kind::Cluster, &row.id).unwrap();
        let view = View {
            etag: history[0].etag.clone(),
            values: Values::from([("name".to_owned(), value(&history[0], "name").unwrap())]),
        };
        let values = wanted(row.id.trim_start_matches("clu_").parse().unwrap());
        let mut call = Call::new(&row.id, Kind::Cluster, &row.id, history[0].version, Policy::default());
        let writes = log
            .iter()
            .filter(|entry| entry.method == "PATCH" && entry.id.as_ref() == Some(&row.id));
        call.attempts.extend(writes.map(|entry| {
            let sent = Sent {
                if_match: entry.if_match.clone().unwrap(),
                key: entry.idempotency_key.clone(),
                digest: entry.body_sha256.clone().unwrap(),
                values: values.clone(),
                seen: Some(view.clone()),
            };
            Attempt::of(Some(sent), Heard::Nothing, Some(entry.seq))
        }));
        let (attempts, upto) = (call.attempts.len(), history.last().unwrap().version);
        call.reports.push(told::Report::of(
            How::Finish,
            claim(&row),
            0..attempts,
            upto,
            row.detail(),
        ));
        if row.state == State::Indeterminate {
            assert!(!keys, "{row:?}: the key could have been asked for");
            tally.left_open += 1;
        }
        calls.push(call);
    }
    let resources: Vec<_> = calls.iter().map(|call| (Kind::Cluster, call.id.clone())).collect();
    let evidence = Evidence::gathered(simulator, Setting::of(server), calls, &resources);
    let (alarms, _) = akua_verify::judge::judge(&evidence);
    if let Some(alarm) = alarms.first() {
        panic!("{} alarms\n{}", alarms.len(), Finding(alarm, &evidence));
    }
}
