//! A process that edits is killed (SIGKILL) at each point between its resume token, its request and the answer; then
//! `resolve` in a new process tells the truth, as the simulator's record has it.
//!
//! Nothing is left to luck: the process is held at the point in question, by itself or by the simulator, and killed
//! there.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod case;
mod judge;
mod process;

use std::collections::BTreeMap;
use std::sync::Mutex;

use akua_verify::record::Claim;
use akua_verify::several;
use case::{Before, Case};

/// How often a process is killed.
const KILLS: usize = 200;
/// At each point at least so often.
const LEAST: usize = 40;

/// Not a test of its own: what the processes do that this test starts.
#[test]
fn does_as_told() {
    process::act();
}

#[test]
fn a_killed_process_leaves_the_truth_behind() {
    let told: Mutex<BTreeMap<(Before, &str), usize>> = Mutex::default();
    several(4, KILLS, |number| {
        let case = Case::new(number);
        let end = case.play(None).as_ref().map_or("nothing to tell", Claim::words);
        *told.lock().unwrap().entry((case.before, end)).or_default() += 1;
    });
    let told = told.into_inner().unwrap();
    for ((point, end), times) in &told {
        println!("killed {:<38} {:<36} {times:>3}", point.words(), format!("-> {end}"));
    }
    let times = |point: Before| -> usize { told.iter().filter(|((at, _), _)| *at == point).map(|(_, n)| n).sum() };
    assert_eq!(told.values().sum::<usize>(), KILLS);
    for point in [Before::Send, Before::Landing, Before::Answer, Before::Recording] {
        assert!(times(point) >= LEAST, "{point:?}");
    }
    for end in process::claims() {
        let end = end.words();
        assert!(told.keys().any(|(_, told)| *told == end), "{end} never was the end");
    }
}

#[test]
fn a_planted_lie_is_caught() {
    type Fits = fn(&Case) -> bool;
    let [acknowledged, _, conflict, may, can_not] = process::claims();
    let lies: [(Fits, Claim); 4] = [
        (|case| case.before == Before::Send && !case.finish, acknowledged),
        (|case| case.before == Before::Answer, conflict),
        (
            |case| case.before == Before::Landing && !case.arrives_first && !case.finish && !case.meddled,
            can_not,
        ),
        (
            |case| case.before == Before::Recording && case.finish && !case.meddled && !case.secret,
            may,
        ),
    ];
    for (fits, lie) in lies {
        // Numbers that the other test does not use: each case has files of its own.
        let case = (KILLS..).map(Case::new).find(fits).unwrap();
        let judged = std::panic::catch_unwind(|| case.play(Some(lie.clone())));
        assert!(judged.is_err(), "{lie:?} was believed in {case:?}");
    }
}
