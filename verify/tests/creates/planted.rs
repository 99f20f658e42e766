//! The judge of creates is judged: clients that make a mistake, each caught by the very checks that the real client passes, and
//! the same clients without it, of which nothing is found.

use std::collections::BTreeMap;

use akua_sim::{Create, Defect, Ends, Leaves};
use akua_verify::creates::judge::{Check, Finding, judge};
use akua_verify::creates::play::play;
use akua_verify::creates::scenario::{Driver, Mistake, Scenario};
use akua_verify::show;

/// Within how many seeds a plant must be caught.
const SEEDS: u64 = 200;
/// With how many seeds the same without the plant must stay silent.
const CONTROLS: u64 = 10;

#[derive(Clone, Copy, Debug)]
enum Plant {
    /// A client by hand that makes a mistake.
    Client(Mistake),
    /// The real client, and a server that breaks a promise.
    Server(Defect),
    /// The real client, which is told of keys that nobody keeps.
    Overstated,
}

const PLANTS: [(Plant, Check); 11] = [
    (Plant::Client(Mistake::SendsAgain), Check::ActedTwice),
    (Plant::Client(Mistake::NewKey), Check::ActedTwice),
    (Plant::Client(Mistake::AdoptsNamesake), Check::FalseAccepted),
    (
        Plant::Client(Mistake::NothingListedIsNotApplied),
        Check::FalseNotApplied,
    ),
    (Plant::Client(Mistake::RefusalIsTheEnd), Check::FalseNotApplied),
    (Plant::Client(Mistake::FailedIsNotApplied), Check::FalseNotApplied),
    (Plant::Client(Mistake::LostWillNotCome), Check::LandedLater),
    (Plant::Client(Mistake::KeepsNoToken), Check::Unguarded),
    (Plant::Client(Mistake::ShowsItsToken), Check::Leak),
    (Plant::Server(Defect::KeyForgotten), Check::ActedTwice),
    (Plant::Overstated, Check::ActedTwice),
];

/// A seed with the plant, or the same without it.
fn scenario(plant: Plant, planted: bool, seed: u64) -> Scenario {
    Scenario::arranged(seed, |scenario| {
        scenario.create = Create::CreateCluster;
        scenario.trouble = (70, 0);
        scenario.attempts = 4;
        scenario.others = 50;
        scenario.duplicates = false;
        let server = &mut scenario.server;
        server.create_keys_replay = BTreeMap::from([(Create::CreateCluster, 3600)]);
        server.replay_in_progress = false;
        server.names_unique = BTreeMap::new();
        match plant {
            Plant::Client(mistake) => {
                scenario.driver = Driver::ByHand(planted.then_some(mistake));
                if mistake == Mistake::FailedIsNotApplied {
                    server.operation_ends = Ends::Fail {
                        step: 1,
                        message: "no machines".to_owned(),
                        leaves: Leaves::HalfDone,
                    };
                }
            }
            Plant::Server(defect) => scenario.defect = planted.then_some(defect),
            Plant::Overstated => {
                server.create_keys_replay = BTreeMap::new();
                scenario.overstated = planted;
            }
        }
    })
}

#[test]
fn every_mistake_is_caught() {
    let mut table = String::from("| planted | caught by | in seeds | what was said |\n| --- | --- | --: | --- |\n");
    let mut missed = 0;
    for (plant, by) in PLANTS {
        let caught = (1..=SEEDS).find_map(|seed| {
            let alarms = judge(&play(scenario(plant, true, seed)));
            let alarm = alarms.into_iter().find(|alarm| alarm.check == by)?;
            Some((seed, alarm.text))
        });
        table += &match caught {
            Some((seed, text)) => format!("| {plant:?} | {by:?} | {seed} | {text} |\n"),
            None => {
                missed += 1;
                format!("| {plant:?} | **not by {by:?}** | {SEEDS} | |\n")
            }
        };
    }
    show(format_args!("{table}"));
    assert_eq!(missed, 0, "mistakes that were not caught as they should be");
}

#[test]
fn nothing_is_found_where_no_mistake_was_planted() {
    for (plant, _) in PLANTS {
        for seed in 1..=CONTROLS {
            let evidence = play(scenario(plant, false, seed));
            let alarms = judge(&evidence);
            let found: Vec<String> = alarms
                .iter()
                .map(|alarm| Finding(alarm, &evidence).to_string())
                .collect();
            assert!(found.is_empty(), "{plant:?}: {}", found.join("\n\n"));
        }
    }
}
