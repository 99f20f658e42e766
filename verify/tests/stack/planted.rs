//! The judge is judged: servers that break a promise and clients that make a mistake, each caught by the very checks
//! that the real client passes, and controls in which nothing was planted and nothing is found.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Mutex;
use std::time::Instant;

use akua_sim::{Contract as Server, Defect, End, Fault, Hold, Kind, Matcher};
use serde_json::json;

use crate::{AT_A_TIME, turn};
use akua_verify::judge::{Check, Finding, judge};
use akua_verify::stack::run;
use akua_verify::stack::scenario::{Driver, Mistake, SOON, Scenario};
use akua_verify::{several, show};

/// With how many seeds a plant must be caught.
const SEEDS: u64 = 20;
/// With how many seeds the same without the plant must stay silent.
const CONTROLS: u64 = 6;

/// What is planted, and the checks one of which has to catch it.
const PLANTS: [(Plant, &[Check]); 25] = [
    (Plant::Server(Defect::CompareNotAtomic), &[Check::LostUpdate]),
    (Plant::Server(Defect::KeyNotAtomic), &[Check::FalseApplied]),
    (Plant::Server(Defect::KeyForgotten), &[Check::FalseNotApplied]),
    (
        Plant::Server(Defect::StaleReads),
        &[Check::FalseUnchanged, Check::LandedLater],
    ),
    (Plant::Server(Defect::EtagsReused), &[Check::LostUpdate]),
    (Plant::Server(Defect::AnswerBeforeCommit), &[Check::FalseApplied]),
    (Plant::Server(Defect::KeysCollide), &[Check::FalseApplied]),
    (Plant::Server(Defect::WrittenTwice), &[Check::AppliedTwice]),
    (Plant::Server(Defect::ConflictAfterWrite), &[Check::FalseNotApplied]),
    (Plant::Server(Defect::EtagNotMoved), &[Check::LostUpdate]),
    (Plant::Server(Defect::PartialWrite), &[Check::Torn]),
    (Plant::Server(Defect::LostAfterAnswer), &[Check::FalseApplied]),
    (Plant::Server(Defect::WrongEtagNamed), &[Check::FalseNotApplied]),
    (Plant::Client(Mistake::NewKeyOnResend), &[Check::FalseNotApplied]),
    (
        Plant::Client(Mistake::TaintClearedByThrottling),
        &[Check::FalseNotApplied],
    ),
    (Plant::Client(Mistake::FirstConflictFinal), &[Check::FalseNotApplied]),
    (Plant::Client(Mistake::ObservedWithKubeconfig), &[Check::FalseApplied]),
    (Plant::Client(Mistake::RebaseWhileTainted), &[Check::FalseNotApplied]),
    (Plant::Client(Mistake::TokenAfterSend), &[Check::Unguarded]),
    (Plant::Client(Mistake::RereadAndReapply), &[Check::AppliedTwice]),
    (Plant::Client(Mistake::FreshEtagAfter5xx), &[Check::AppliedTwice]),
    (Plant::Client(Mistake::BelievesOldValue), &[Check::FalseApplied]),
    (
        Plant::Client(Mistake::AnyMetadataEtag),
        &[Check::LandedLater, Check::FalseNotApplied],
    ),
    (Plant::Client(Mistake::AgeByMonotonicClock), &[Check::FalseNotApplied]),
    (Plant::Client(Mistake::DoubtsProof), &[Check::Avoidable]),
];

#[derive(Clone, Copy, Debug)]
enum Plant {
    Server(Defect),
    Client(Mistake),
}

/// A server that promises everything, and the client that believes it.
fn strong(scenario: &mut Scenario) {
    scenario.linearizable = true;
    scenario.server = Server {
        reconcile_ms: Some(10),
        ..Server::default()
    };
}

/// A strategy by hand against a server without keys.
fn by_hand(scenario: &mut Scenario, mistake: Option<Mistake>) {
    scenario.linearizable = false;
    scenario.driver = Driver::Scripted(mistake);
    scenario.sleeps = mistake == Some(Mistake::AgeByMonotonicClock);
    scenario.liberties.ignores = mistake == Some(Mistake::BelievesOldValue);
    let keyed = [
        Mistake::NewKeyOnResend,
        Mistake::AnyMetadataEtag,
        Mistake::AgeByMonotonicClock,
        Mistake::DoubtsProof,
    ];
    let soon = scenario.sleeps || mistake == Some(Mistake::DoubtsProof);
    let keyed = mistake.is_some_and(|mistake| keyed.contains(&mistake));
    let defaults = Server::default();
    scenario.server = Server {
        keys_honoured: keyed,
        key_retention_ms: if soon { Some(SOON) } else { defaults.key_retention_ms },
        reconcile_ms: Some(10),
        ..defaults
    };
}

impl Plant {
    fn scenario(self, seed: u64) -> Scenario {
        let mut scenario = Scenario::arranged(seed, |scenario| self.arrange(scenario));
        // In front, because the first fault whose turn it is plays.
        scenario.faults.splice(0..0, self.faults());
        scenario
    }

    fn arrange(self, scenario: &mut Scenario) {
        match self {
            Self::Server(defect) => {
                strong(scenario);
                scenario.defect = Some(defect);
                if matches!(defect, Defect::StaleReads | Defect::WrongEtagNamed) {
                    (scenario.lonely, scenario.threads) = (true, 3);
                    // What is lost is looked at, or sent again, right away.
                    scenario.attempts = (defect == Defect::StaleReads).then_some(1);
                    scenario.resources = (1..=3).map(|number| (Kind::Cluster, format!("clu_{number}"))).collect();
                }
            }
            Self::Client(mistake) => by_hand(scenario, Some(mistake)),
        }
    }

    /// What must happen often for the plant to matter.
    fn faults(self) -> Vec<Fault> {
        let patch = |fault: Fault, percent| fault.on(Matcher::method("PATCH")).forever().percent(percent);
        let lost = Fault::lost_after(End::Reset);
        match self {
            // What is refused for another reason is held elsewhere, and lands when its client has gone on.
            Self::Client(Mistake::AnyMetadataEtag) => vec![
                patch(Fault::held(Hold::Ms(60)), 20),
                patch(Fault::conflict(json!({ "conflicting_workspace_etag": "7" })), 30),
            ],
            Self::Server(Defect::KeyForgotten | Defect::EtagsReused) | Self::Client(_) => {
                vec![
                    patch(lost, 10),
                    patch(Fault::after(502), 10),
                    patch(Fault::before(429), 15),
                ]
            }
            // Its client looks, and goes on, before it lands.
            Self::Server(Defect::StaleReads | Defect::WrongEtagNamed) => vec![patch(Fault::held(Hold::Ms(60)), 30)],
            Self::Server(_) => Vec::new(),
        }
    }
}

impl fmt::Display for Plant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(defect) => write!(f, "server: {defect:?}"),
            Self::Client(mistake) => write!(f, "client: {mistake:?}"),
        }
    }
}

#[test]
fn every_plant_is_caught() {
    let _turn = turn();
    let begun = Instant::now();
    let rows = Mutex::new(BTreeMap::new());
    several(AT_A_TIME, PLANTS.len(), |turn| {
        let (plant, by) = PLANTS[turn];
        let mut alarmed = BTreeSet::new();
        let caught = (1..=SEEDS).find_map(|seed| {
            let evidence = run::run(plant.scenario(seed));
            let (alarms, _) = judge(&evidence);
            alarmed.extend(alarms.iter().map(|alarm| alarm.check));
            let alarm = alarms.into_iter().find(|alarm| by.contains(&alarm.check))?;
            Some((seed, alarm))
        });
        rows.lock().unwrap().insert(turn, (caught, alarmed));
    });
    let rows = rows.into_inner().unwrap();
    let mut table = String::from("| planted | caught by | in seeds | what was said | every check that rang |\n");
    table += "| --- | --- | --: | --- | --- |\n";
    for ((plant, by), (caught, alarmed)) in PLANTS.iter().zip(rows.values()) {
        table += &match caught {
            Some((seeds, alarm)) => {
                format!(
                    "| {plant} | {:?} | {seeds} | {} | {alarmed:?} |\n",
                    alarm.check, alarm.text
                )
            }
            None => format!("| {plant} | **not by {by:?}** | {SEEDS} | | {alarmed:?} |\n"),
        };
    }
    let seconds = begun.elapsed().as_secs_f64();
    show(format_args!(
        "{table}{} planted faults in {seconds:.1} seconds",
        PLANTS.len()
    ));
    let missed = rows.values().filter(|(caught, _)| caught.is_none()).count();
    assert_eq!(missed, 0, "plants that were not caught as they should be");
}

#[test]
fn nothing_is_found_where_nothing_was_planted() {
    let _turn = turn();
    let begun = Instant::now();
    let findings = Mutex::new(Vec::new());
    let runs = PLANTS.len() * CONTROLS as usize;
    several(AT_A_TIME, runs, |turn| {
        let (plant, _) = PLANTS[turn % PLANTS.len()];
        let mut scenario = plant.scenario((turn / PLANTS.len()) as u64 + 1);
        scenario.defect = None;
        if let Driver::Scripted(mistake) = &mut scenario.driver {
            *mistake = None;
        }
        let evidence = run::run(scenario);
        let (alarms, _) = judge(&evidence);
        let found = alarms
            .iter()
            .map(|alarm| format!("{plant}: {}", Finding(alarm, &evidence)));
        findings.lock().unwrap().extend(found);
    });
    let findings = findings.into_inner().unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    show(format_args!(
        "{runs} controls, {} findings, {seconds:.1} seconds",
        findings.len()
    ));
    assert!(findings.is_empty(), "{}", findings.join("\n\n"));
}
