//! A process that suspends, resumes or deletes and then waits is killed (SIGKILL) at each point between its launch token, its
//! request, the 202, its wait token and the end of the wait; then a new process goes on from the token in the file, and tells
//! the truth, as the simulator's record has it. Nothing is issued anew.
//!
//! Nothing is left to luck: the process is held at the point in question, by itself or by the simulator, and killed there.
//! `LIFE_KILLS` sets how many are killed.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod case;
mod judge;
mod process;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Instant;

use akua_verify::life::claim::{LaunchClaim, WaitClaim};
use akua_verify::{number, several, show};
use case::{Before, Case};
use process::Told;

/// How often a process is killed.
fn kills() -> usize {
    usize::try_from(number("LIFE_KILLS").unwrap_or(10)).unwrap()
}

/// Not a test of its own: what the processes do that this test starts.
#[test]
fn does_as_told() {
    process::act();
}

#[test]
fn a_killed_launch_is_taken_up_and_told_truly() {
    let begun = Instant::now();
    let kills = kills();
    let told: Mutex<BTreeMap<(Before, String), usize>> = Mutex::default();
    several(4, kills, |number| {
        let case = Case::new(number);
        let end = case
            .play(None)
            .as_ref()
            .map_or("nothing to tell".to_owned(), Told::words);
        *told.lock().unwrap().entry((case.before, end)).or_default() += 1;
    });
    let told = told.into_inner().unwrap();
    let mut table = String::new();
    for ((point, end), times) in &told {
        table += &format!("killed {:<44} -> {end:<52} {times:>3}\n", point.words());
    }
    let seconds = begun.elapsed().as_secs_f64();
    show(format_args!("{table}{kills} kills in {seconds:.1} seconds"));
    let times = |point: Before| -> usize { told.iter().filter(|((at, _), _)| *at == point).map(|(_, n)| n).sum() };
    assert_eq!(told.values().sum::<usize>(), kills);
    for point in Before::ALL {
        assert!(times(point) >= kills / 20, "{point:?}");
    }
    if kills >= 200 {
        for end in [
            "accepted",
            "observed",
            "not applied",
            "indeterminate",
            "succeeded",
            "failed",
            "cancelled",
            "lost track",
        ] {
            assert!(
                told.keys().any(|(_, told)| told.contains(end)),
                "{end} never was the end"
            );
        }
    }
}

#[test]
fn a_planted_lie_is_caught() {
    type Fits = fn(&Case) -> bool;
    let launch = |launch| Told {
        launch: Some(launch),
        wait: None,
    };
    let elsewhere = LaunchClaim::Accepted {
        operation: "op_9".to_owned(),
    };
    let open = LaunchClaim::Indeterminate {
        may_still_land: false,
        seen: None,
    };
    let lies: [(Fits, Told, &str); 4] = [
        (
            |case| case.before == Before::Exchange,
            launch(LaunchClaim::NotApplied(None)),
            "FalseNotApplied",
        ),
        (|case| case.before == Before::Answer, launch(elsewhere), "FalseAccepted"),
        (
            |case| case.before == Before::Landing && case.is_lost_for_now(),
            launch(open),
            "LandedLater",
        ),
        (
            |case| case.before == Before::Waiting && case.fails(),
            Told::waited("op_1", WaitClaim::Succeeded),
            "FalseFate",
        ),
    ];
    for (fits, lie, check) in lies {
        // Numbers that the other test does not use: each case has files of its own.
        let case = (100_000..).map(Case::new).find(fits).unwrap();
        let judged = std::panic::catch_unwind(|| case.play(Some(lie.clone())));
        let said = judged.err().and_then(|panic| panic.downcast::<String>().ok());
        let caught = said.is_some_and(|said| said.contains(check));
        assert!(caught, "{lie:?} was not called {check} in {case:?}");
    }
}
