//! A process that suspends a fleet is killed (SIGKILL) at random moments and started again until everything is done:
//! nothing is accepted twice, and the ledger tells of launch and operation what the simulator's record tells.
//!
//! Seen to fail, with each of these planted: a token that is granted after its launch was sent; an acceptance that is not
//! taken down; an item that is started, or of which the answer was lost, launched anew.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use akua_fleet::{CollectionExt as _, Limits, Report, State};
use akua_sim::{Options, Simulator};
use akua_verify::chance::Chance;
use akua_verify::{number, show};

use crate::killed::wait_until;
use crate::launch_truth::{client, judge, policy, server, weather};
use crate::launches::night;
use crate::scene::Folder;

const ITEMS: u64 = 60;

/// Not a test of its own: what the processes do that this test starts.
#[test]
fn suspends_a_fleet() {
    let Ok(url) = std::env::var("FLEET_LAUNCH_URL") else {
        return;
    };
    let keys = std::env::var("FLEET_LAUNCH_KEYS").is_ok();
    let client = client(url, &std::env::var("FLEET_LAUNCH_TOKEN").unwrap(), keys);
    let clusters = client.clusters().policy(policy());
    let fleet = clusters
        .fleet(night(), std::env::var("FLEET_LAUNCH_LEDGER").unwrap())
        .unwrap();
    fleet.run(&Limits::default().in_flight(4)).unwrap().finish().unwrap();
}

#[derive(Debug, Default)]
struct Tally {
    kills: u64,
    /// How many launches were not known to be accepted, and how many operations had no known end, when a process was killed.
    open_launches: u64,
    open_operations: u64,
    fleets: u64,
}

#[test]
fn killed_at_random_moments_nothing_is_launched_twice() {
    let kills = number("FLEET_KILLS").unwrap_or(20);
    let mut tally = Tally::default();
    while tally.kills < kills {
        let most = (kills - tally.kills).div_ceil(if tally.fleets == 0 { 2 } else { 1 });
        play(tally.fleets + 1, most, &mut tally);
    }
    show(format_args!("{tally:?}"));
    assert!(
        tally.open_launches > 0 && tally.open_operations > 0,
        "nothing was put to the test"
    );
}

/// One fleet, its process killed so many times at most.
fn play(seed: u64, kills: u64, tally: &mut Tally) {
    let keys = seed.is_multiple_of(2);
    let simulator = Simulator::start(Options {
        seed: Some(seed),
        contract: server(keys),
        ..Options::clusters(ITEMS)
    })
    .unwrap();
    weather(&simulator, ITEMS);
    let folder = Folder::new();
    let chance = &mut Chance::new(seed, 7);
    for _ in 0..kills {
        let from = simulator.log().len();
        let mut process = start(&simulator, &folder.ledger(), keys);
        let requests = chance.between(2, 30) as usize;
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
        if let Ok(report) = Report::open(folder.ledger()) {
            tally.open_launches += report.counts().of(State::Indeterminate);
            tally.open_operations += report.counts().of(State::Started);
        }
    }
    simulator.with_world(|world, _| world.clear());
    // What is only settled in the first run is all that is left for the second.
    for _ in 0..2 {
        let mut process = start(&simulator, &folder.ledger(), keys);
        assert!(process.wait().unwrap().success());
    }
    let report = Report::open(folder.ledger()).unwrap();
    assert_eq!(report.counts().total(), ITEMS);
    judge(&simulator, &report);
    let open = report.counts().open();
    assert_eq!(
        open,
        if keys {
            0
        } else {
            report.counts().of(State::Indeterminate)
        },
        "{}",
        report.counts()
    );
    tally.fleets += 1;
}

fn start(simulator: &Simulator, ledger: &Path, keys: bool) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "killed_launches::suspends_a_fleet", "--nocapture"])
        .env("FLEET_LAUNCH_URL", simulator.url())
        .env("FLEET_LAUNCH_TOKEN", simulator.token())
        .env("FLEET_LAUNCH_LEDGER", ledger)
        .stdout(Stdio::null());
    if keys {
        command.env("FLEET_LAUNCH_KEYS", "1");
    }
    command.spawn().unwrap()
}
