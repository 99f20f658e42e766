//! Every row of the ledger agrees with the simulator's record: nothing lost, nothing applied twice, and what is left
//! open can't be known.

use std::time::Instant;

use akua_fleet::{Limits, State};

use crate::rig::{Made, Rig, faults, others, scenario};
use akua_verify::judge::{Check, Finding};
use akua_verify::record::{Call, Claim};
use akua_verify::{number, show};

#[test]
fn with_keys_checked_first_nothing_is_left_open() {
    let left = play(1, true, Made::OfIds);
    assert_eq!(left, 0, "left open although every key could be asked for");
}

#[test]
fn without_keys_what_is_left_open_cannot_be_known() {
    let left = play(2, false, Made::OfVersions);
    assert!(left > 0, "nothing was put to the test");
}

/// A fleet with faults, then once more without. How many items are left open.
fn play(seed: u64, keys: bool, made: Made) -> u64 {
    let begun = Instant::now();
    let items = number("FLEET_ITEMS").unwrap_or(1000);
    let mut scenario = scenario(seed, items, keys);
    (scenario.faults, scenario.scripts) = (faults(items), others(items));
    let mut rig = Rig::new(scenario, made);
    let first = rig.run(&Limits::default().in_flight(16));
    rig.end_faults();
    let second = rig.run(&Limits::default().in_flight(16));
    let (alarms, tally, findings, evidence) = rig.judge();
    let count = |check: Check| alarms.iter().filter(|alarm| alarm.check == check).count();
    show(format_args!(
        "{items} clusters, {}keys, {made:?}, {:.1} seconds\nfirst: {first}\nthen: {second}\n{} lost updates, {} applied twice\n{tally}",
        if keys { "" } else { "no " },
        begun.elapsed().as_secs_f64(),
        count(Check::LostUpdate),
        count(Check::AppliedTwice),
    ));
    let told: Vec<String> = alarms
        .iter()
        .take(5)
        .map(|alarm| Finding(alarm, &evidence).to_string())
        .collect();
    assert!(told.is_empty(), "{} alarms\n{}", alarms.len(), told.join("\n"));
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(second.counts.of(State::Pending) + second.counts.of(State::NotSent), 0);
    assert!(
        first.counts.of(State::Indeterminate) > 0 && first.counts.of(State::Conflict) > 0,
        "{first}"
    );
    // Of each of these nobody could know: else the judge would say so.
    let left = evidence.calls.iter().filter(|call| is_open(call)).count() as u64;
    assert_eq!(left, second.counts.of(State::Indeterminate));
    left
}

fn is_open(call: &Call) -> bool {
    matches!(
        call.reports.last().map(|report| &report.claim),
        Some(Claim::Indeterminate { .. })
    )
}
