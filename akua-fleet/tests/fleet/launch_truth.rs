//! Fleets of suspends in bad weather: every row of the ledger agrees with the simulator's record, and nothing is accepted
//! twice.
//!
//! Seen to fail, with each of these planted: a failed operation that counts as rejected, or as applied; a launch of which
//! the answer was lost, and that is issued anew.

use std::time::Duration;

use akua_fleet::{Limits, Report, State};
use akua_http::Client;
use akua_model::edit::{Contract, Policy};
use akua_model::report::End as CallEnd;
use akua_sim::{
    Act, Action, Contract as Server, End, Ends, Fault, Hold, Kind, Launch, Leaves, Matcher, Options, Script, Simulator,
    When, Write,
};
use akua_verify::stack::run::{Scaled, quiet};
use akua_verify::{number, show};

use crate::launches::night;
use crate::scene::Folder;

const SUSPEND: Launch = Launch::SuspendCluster;

/// A server that keeps keys of suspends for a day, or knows none.
pub(crate) fn server(keys: bool) -> Server {
    let mut server = Server::default();
    if keys {
        server.key_checked_before_if_match = true;
        server.action_keys_replay.insert(SUSPEND, 24 * 60 * 60);
    }
    server
}

/// A client that is told so.
pub(crate) fn client(url: String, token: &str, keys: bool) -> Client {
    let mut contract = Contract::documented();
    if keys {
        contract.key_checked_before_if_match = true;
        contract.action_keys_replay = Duration::from_secs(24 * 60 * 60);
    }
    let client = Client::builder().base_url(url).token(token).contract(contract);
    let client = client.read_timeout(Duration::from_millis(400));
    client.pace(Scaled).build().unwrap()
}

pub(crate) fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.backoff = Duration::from_millis(1);
    policy.backoff_limit = Duration::from_millis(8);
    policy
}

/// Answers lost before and after, copies that arrive late or twice, bursts of 429, operations that fail and that somebody
/// cancels, and reads of operations that are lost.
pub(crate) fn weather(simulator: &Simulator, items: u64) {
    let launch = |fault: Fault| fault.on(Matcher::launch(SUSPEND));
    let its = |number: u64| Matcher::launch(SUSPEND).of(Kind::Cluster, &format!("clu_{number}"));
    let of_operations = Matcher {
        kind: Some(Kind::Operation),
        ..Matcher::default()
    };
    let mut faults = Vec::new();
    for number in 1..=items {
        let leaves = [Leaves::AsItWas, Leaves::HalfDone, Leaves::AsWanted][number as usize / 20 % 3];
        let message = "no machines".to_owned();
        match number % 20 {
            2 => faults.push(
                Fault::ends(Ends::Fail {
                    step: 2,
                    message,
                    leaves,
                })
                .on(its(number)),
            ),
            9 => faults.push(Fault::ends(Ends::Cancel { step: 1 }).on(its(number))),
            14 => faults.push(Fault::lost_after(End::Reset).on(its(number))),
            17 => faults.push(Fault::lost_after(End::Fin).on(its(number)).forever()),
            _ => {}
        }
    }
    let burst = |part: u64| {
        let burst = Fault::before(429).header("retry-after", "1").times(10.min(items / 10));
        launch(burst.nth(items * part / 4 + 1))
    };
    faults.extend([
        burst(1),
        burst(3),
        launch(Fault::lost_after(End::Reset)).forever().percent(3),
        launch(Fault::lost_before(End::Reset)).forever().percent(3),
        launch(Fault::held(Hold::Ms(600))).forever().percent(2),
        launch(Fault::doubled(Hold::Ms(0))).forever().percent(4),
        launch(Fault::after(503)).forever().percent(2),
        Fault::lost_after(End::Reset).on(of_operations).forever().percent(2),
    ]);
    for fault in faults {
        simulator.inject(fault).unwrap();
    }
    // Others rename before it, suspend before it, and resume after it.
    for number in (1..=items).filter(|number| number % 10 == 6) {
        let id = format!("clu_{number}");
        let act = |launch| Action::Act(Act { launch, id: id.clone() });
        let (when, then) = match number / 10 % 3 {
            0 => (
                When::Before,
                Action::Write(Write::set(Kind::Cluster, &id, "name", "theirs")),
            ),
            1 => (When::Before, act(SUSPEND)),
            _ => (
                When::After,
                Action::Write(Write::set(Kind::Cluster, &id, "name", "theirs")),
            ),
        };
        simulator.script(Script::once(when, its(number), then)).unwrap();
    }
}

#[test]
fn with_keys_every_row_is_known_and_true() {
    let left = play(1, true);
    assert_eq!(left, 0, "left open although every key could be asked for");
}

#[test]
fn without_keys_every_row_is_true() {
    play(2, false);
}

/// A fleet in bad weather, then twice more without. How many items are left open.
fn play(seed: u64, keys: bool) -> u64 {
    let items = number("FLEET_ITEMS").unwrap_or(1000) / 4;
    let simulator = Simulator::start(Options {
        seed: Some(seed),
        contract: server(keys),
        ..Options::clusters(items)
    })
    .unwrap();
    let client = client(simulator.url(), simulator.token(), keys);
    let folder = Folder::new();
    let clusters = client.clusters().policy(policy());
    let fleet = akua_fleet::CollectionExt::fleet(&clusters, night(), folder.ledger()).unwrap();
    weather(&simulator, items);
    let first = fleet.run(&Limits::default().in_flight(16)).unwrap().finish().unwrap();
    judge(&simulator, &fleet.report().unwrap());
    simulator.with_world(|world, _| world.clear());
    let mut then = first.clone();
    for _ in 0..2 {
        then = fleet.run(&Limits::default().in_flight(16)).unwrap().finish().unwrap();
    }
    // What was held still arrives.
    drop((fleet, clusters, client));
    quiet(&simulator);
    show(format_args!(
        "{items} suspends, keys {keys}\nfirst: {first}\nthen: {then}"
    ));
    judge(&simulator, &Report::open(folder.ledger()).unwrap());
    assert!(
        then.counts.of(State::Failed) > 0 && then.counts.of(State::Cancelled) > 0,
        "{then}"
    );
    assert!(
        then.counts.of(State::Conflict) > 0 && then.counts.of(State::Applied) > 0,
        "{then}"
    );
    assert_eq!(then.counts.open(), then.counts.of(State::Indeterminate), "{then}");
    then.counts.open()
}

/// The ledger says of each item what the simulator's record says.
pub(crate) fn judge(simulator: &Simulator, report: &Report) {
    let log = simulator.log();
    for row in report.rows().map(Result::unwrap) {
        let ours: Vec<&akua_sim::Acceptance> = log
            .iter()
            .filter_map(|entry| match &entry.effect {
                akua_sim::Effect::Accepted(acceptance) => Some(&**acceptance),
                _ => None,
            })
            .filter(|acceptance| acceptance.id == row.id)
            .collect();
        assert!(ours.len() <= 1, "{}: accepted {} times", row.id, ours.len());
        let fate = |operation: &str| {
            let history = simulator.history(Kind::Operation, operation).unwrap();
            history.last().unwrap().fields["state"].as_str().unwrap().to_owned()
        };
        if let Some(operation) = &row.operation {
            let started = ours.first().map(|acceptance| &acceptance.operation);
            assert_eq!(Some(operation), started, "{row:?}: the operation is not ours");
        }
        // What is known of an operation is so in the record.
        if let (Some(told), Some(operation)) = (row.fate, &row.operation) {
            let expected = match told {
                CallEnd::Succeeded => Some("SUCCEEDED"),
                CallEnd::OperationFailed => Some("FAILED"),
                CallEnd::OperationCancelled => Some("CANCELLED"),
                _ => None,
            };
            assert!(
                expected.is_none_or(|expected| fate(operation) == expected),
                "{row:?}: {}",
                fate(operation)
            );
        }
        let was_suspended = || {
            let history = simulator.history(Kind::Cluster, &row.id).unwrap();
            history.iter().any(|version| version.fields["state"] == "suspended")
        };
        let known = row.fate.map(CallEnd::name);
        let (accepted, launch) = (ours.len() == 1, row.launch.map(CallEnd::name));
        let is_true = match row.state {
            // A launch that can still land, or of which nobody could know.
            State::Indeterminate => launch == Some("indeterminate"),
            State::Applied if known == Some("succeeded") => accepted && launch == Some("applied"),
            State::Applied => known.is_none() && launch == Some("applied") && was_suspended(),
            State::Failed => accepted && known == Some("operation_failed"),
            State::Cancelled => accepted && known == Some("operation_cancelled"),
            State::Started | State::LostTrack => accepted && launch == Some("applied"),
            State::Unchanged => !accepted && was_suspended(),
            State::Pending | State::NotSent | State::Conflict | State::Rejected => !accepted && known.is_none(),
            _ => false,
        };
        assert!(is_true, "{row:?}\naccepted: {ours:?}");
    }
}
