//! The judge of launches is judged: clients that make a mistake, each caught by the very checks that the real client passes,
//! and the same clients without it, of which nothing is found.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Mutex;
use std::time::Instant;

use akua_model::edit::LaunchKind;
use akua_sim::{Defect, Ends, Etags, Leaves, Waits};
use akua_verify::life::Mistake;
use akua_verify::life::judge::{Check, Finding, judge};
use akua_verify::life::play::play;
use akua_verify::life::scenario::{Credentials, Driver, Scenario};
use akua_verify::{several, show};

use crate::AT_A_TIME;

/// Within how many seeds a plant must be caught.
const SEEDS: u64 = 200;
/// With how many seeds the same without the plant must stay silent.
const CONTROLS: u64 = 6;

/// What is planted, and the check that has to catch it.
const PLANTS: [(Plant, Check); 27] = [
    (Plant::Client(Mistake::BelievesTheBlind), Check::FalseObserved),
    (Plant::Client(Mistake::AdoptsWhatIsListed), Check::FalseAccepted),
    (Plant::Client(Mistake::IssuesAnew), Check::ActedTwice),
    (Plant::Client(Mistake::OldStateIsNotApplied), Check::FalseNotApplied),
    (Plant::Client(Mistake::BelievesTheState), Check::FalseObserved),
    (Plant::Client(Mistake::FailedIsNotApplied), Check::FalseNotApplied),
    (Plant::Client(Mistake::VanishedIsSucceeded), Check::FalseFate),
    (Plant::Client(Mistake::AskedForEveryCancel), Check::FalseFate),
    (Plant::Client(Mistake::SaysWhatItSawFirst), Check::FalseNow),
    (Plant::Client(Mistake::RunningIsFailed), Check::FalseFate),
    (Plant::Client(Mistake::ShowsItsToken), Check::Leak),
    (Plant::Client(Mistake::LostWillNotCome), Check::LandedLater),
    (Plant::Client(Mistake::CallsItUnchanged), Check::FalseUnchanged),
    (Plant::Client(Mistake::MakesUpAVersion), Check::FalseSight),
    (Plant::Client(Mistake::KeepsNoToken), Check::Unguarded),
    (Plant::Server(Defect::AnswerBeforeCommit), Check::FalseAccepted),
    (Plant::Server(Defect::ConflictAfterWrite), Check::FalseNotApplied),
    (Plant::Server(Defect::WrittenTwice), Check::ActedTwice),
    (Plant::Server(Defect::CompareNotAtomic), Check::ActedTwice),
    (Plant::Server(Defect::KeyForgotten), Check::ActedTwice),
    (Plant::Server(Defect::EtagNotMoved), Check::ActedTwice),
    (Plant::Server(Defect::StaleReads), Check::FalseUnchanged),
    (Plant::Overstated("accept_moves_etag"), Check::ActedTwice),
    (Plant::Overstated("action_keys_replay"), Check::ActedTwice),
    (Plant::Overstated("reads_linearizable"), Check::FalseUnchanged),
    (Plant::Overstated("not_found_means_gone"), Check::FalseObserved),
    (Plant::Overstated("hidden_retries"), Check::FalseNotApplied),
];

#[derive(Clone, Copy, Debug)]
enum Plant {
    /// A client by hand that makes a mistake.
    Client(Mistake),
    /// The real client, and a server that breaks a promise.
    Server(Defect),
    /// The real client, and a promise that nobody has given.
    Overstated(&'static str),
}

impl fmt::Display for Plant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(mistake) => write!(f, "client: {mistake:?}"),
            Self::Server(defect) => write!(f, "server: {defect:?}"),
            Self::Overstated(name) => write!(f, "overstated: {name}"),
        }
    }
}

/// A seed with the plant, or the same without it.
fn scenario(plant: Plant, planted: bool, seed: u64) -> Scenario {
    Scenario::arranged(seed, |scenario| {
        scenario.credentials = Credentials::Own;
        scenario.trouble = (40, 0);
        scenario.attempts = 4;
        let server = &mut scenario.server;
        server.one_operation_at_a_time = false;
        server.operation_ends = Ends::Succeed;
        server.operation_looks = Some(1);
        server.operations_vanish = false;
        server.etags = Etags::Counting;
        scenario.kind = LaunchKind::SuspendCluster;
        match plant {
            Plant::Client(mistake) => by_hand(scenario, mistake, planted),
            Plant::Server(defect) => {
                let weak = matches!(defect, Defect::KeyForgotten);
                keyed(scenario, !weak, weak);
                scenario.linearizable = true;
                if defect == Defect::StaleReads {
                    // It was active before.
                    scenario.kind = LaunchKind::ResumeCluster;
                }
                scenario.defect = planted.then_some(defect);
            }
            Plant::Overstated(name) => {
                keyed(
                    scenario,
                    name != "accept_moves_etag" && name != "action_keys_replay",
                    false,
                );
                scenario.linearizable = name != "reads_linearizable";
                scenario.hides = name == "not_found_means_gone";
                scenario.duplicates = name == "hidden_retries";
                scenario.kind = match name {
                    "not_found_means_gone" => LaunchKind::DeleteCluster,
                    // It was active before.
                    "reads_linearizable" => LaunchKind::ResumeCluster,
                    _ => LaunchKind::SuspendCluster,
                };
                if matches!(name, "reads_linearizable" | "not_found_means_gone") {
                    scenario.trouble = (60, 60);
                }
                scenario.overstated = planted.then_some(name);
            }
        }
    })
}

/// A server whose acceptance moves the etag or not, and which remembers keys or not.
fn keyed(scenario: &mut Scenario, moves: bool, keys: bool) {
    let launch = scenario.launch();
    let server = &mut scenario.server;
    server.accept_moves_etag = moves;
    server.keys_honoured = keys;
    server.key_checked_before_if_match = true;
    server.replay_in_progress = false;
    server.action_keys_replay = BTreeMap::from([(launch, 3600)]);
}

fn by_hand(scenario: &mut Scenario, mistake: Mistake, planted: bool) {
    scenario.driver = Driver::ByHand(planted.then_some(mistake));
    match mistake {
        Mistake::BelievesTheBlind => scenario.kind = LaunchKind::DeleteCluster,
        Mistake::FailedIsNotApplied => scenario.server.operation_ends = failing(),
        Mistake::VanishedIsSucceeded => {
            scenario.server.operation_ends = failing();
            scenario.server.operations_vanish = true;
        }
        Mistake::AskedForEveryCancel => scenario.server.operation_ends = Ends::Cancel { step: 1 },
        Mistake::RunningIsFailed => {
            scenario.server.operation_waits = Waits::AtOnce;
            scenario.breaks_after = Some(1);
        }
        _ => {}
    }
}

fn failing() -> Ends {
    Ends::Fail {
        step: 1,
        message: "no machines".to_owned(),
        leaves: Leaves::AsItWas,
    }
}

#[test]
fn every_mistake_is_caught() {
    let begun = Instant::now();
    let rows = Mutex::new(Vec::new());
    several(AT_A_TIME, PLANTS.len(), |turn| {
        let (plant, by) = PLANTS[turn];
        let mut rang = BTreeSet::new();
        let caught = (1..=SEEDS).find_map(|seed| {
            let alarms = judge(&play(scenario(plant, true, seed)));
            rang.extend(alarms.iter().map(|alarm| alarm.check));
            let alarm = alarms.into_iter().find(|alarm| alarm.check == by)?;
            Some((seed, alarm.text))
        });
        rows.lock().unwrap().push((turn, plant, by, caught, rang));
    });
    let mut rows = rows.into_inner().unwrap();
    rows.sort_by_key(|(turn, ..)| *turn);
    let mut table = String::from("| planted | caught by | in seeds | what was said | every check that rang |\n");
    table += "| --- | --- | --: | --- | --- |\n";
    for (_, plant, by, caught, rang) in &rows {
        table += &match caught {
            Some((seed, text)) => format!("| {plant} | {by:?} | {seed} | {text} | {rang:?} |\n"),
            None => format!("| {plant} | **not by {by:?}** | {SEEDS} | | {rang:?} |\n"),
        };
    }
    show(format_args!("{table}{:.1} seconds", begun.elapsed().as_secs_f64()));
    let missed = rows.iter().filter(|(_, _, _, caught, _)| caught.is_none()).count();
    assert_eq!(missed, 0, "mistakes that were not caught as they should be");
}

#[test]
fn nothing_is_found_where_no_mistake_was_planted() {
    let findings = Mutex::new(Vec::new());
    several(AT_A_TIME, PLANTS.len() * CONTROLS as usize, |turn| {
        let (plant, _) = PLANTS[turn % PLANTS.len()];
        let seed = (turn / PLANTS.len()) as u64 + 1;
        let evidence = play(scenario(plant, false, seed));
        let alarms = judge(&evidence);
        let found = alarms
            .iter()
            .map(|alarm| format!("{plant}: {}", Finding(alarm, &evidence)));
        findings.lock().unwrap().extend(found);
    });
    let findings = findings.into_inner().unwrap();
    assert!(findings.is_empty(), "{}", findings.join("\n\n"));
}
