//! Several clients edit several resources of a simulated service at once, on a virtual clock, with everything that can
//! go wrong: more fields, clients and events than an exhaustive checker can hold. The simulator's record is the judge.
//!
//! Everything runs on one thread and depends on a seed alone. A case that fails is shrunk.
//! `MACHINE_SIM_CASES` sets how many cases there are.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod clients;
mod coverage;
mod fixture;
mod judge;
mod network;
mod plan;
mod planted;
mod running;
mod tally;
mod transcript;

use std::cell::RefCell;
use std::sync::atomic::Ordering;

use akua_verify::judge::{Alarm, Tally as Counted};
use akua_verify::{number, several};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

use fixture::Fixture;
use plan::{Outlook, Plan, Turn};
use planted::Plant;
use tally::Tally;

/// How many turns one case has at most.
const TURNS: usize = 70;
/// How many cases share a seed; then another one begins, perhaps on another core.
const BATCH: u32 = 1_000;

/// The shipped machine in the simulated world, as the state machine under test.
struct Edits;

impl StateMachineTest for Edits {
    type SystemUnderTest = Fixture;
    type Reference = Plan;

    fn init_test(outlook: &Outlook) -> Fixture {
        Fixture::new(&outlook.setting, None)
    }

    fn apply(mut fixture: Fixture, _: &Outlook, turn: Turn) -> Fixture {
        fixture.play(turn);
        fixture
    }
}

/// A case that broke a promise, shrunk.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) breach: Alarm,
    pub(crate) turns: Vec<Turn>,
    /// The setting, and what every edit of the case tells of itself.
    pub(crate) stories: String,
}

/// Runs one case to its end.
fn run_case(outlook: Outlook, turns: Vec<Turn>, plant: Option<Plant>) -> (Fixture, Result<Counted, Alarm>) {
    let mut fixture = match plant {
        None => Edits::init_test(&outlook),
        Some(_) => Fixture::new(&outlook.setting, plant),
    };
    for turn in turns {
        fixture = Edits::apply(fixture, &outlook, turn);
    }
    fixture.finish();
    let judged = match fixture.breach.take() {
        Some(breach) => Err(breach),
        None => judge::judge(&mut fixture),
    };
    (fixture, judged)
}

/// Runs cases from a seed until one fails. What was met on the way, or the failure.
pub(crate) fn run_cases(seed: [u8; 32], cases: u32, plant: Option<Plant>) -> Result<Tally, Box<Failure>> {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let tally = RefCell::new(Tally::default());
    // The last one that failed is the smallest: where shrinking is cut short, the runner may give another one.
    let failed: RefCell<Option<(Outlook, Vec<Turn>)>> = RefCell::new(None);
    let outcome = runner.run(&Plan::sequential_strategy(1..=TURNS), |(outlook, turns, seen)| {
        if let Some(seen) = &seen {
            seen.store(turns.len(), Ordering::SeqCst);
        }
        match run_case(outlook.clone(), turns.clone(), plant) {
            (fixture, Ok(counted)) => {
                tally.borrow_mut().count(&fixture, &counted);
                Ok(())
            }
            (_, Err(breach)) => {
                failed.replace(Some((outlook, turns)));
                Err(TestCaseError::fail(format!("{breach:?}")))
            }
        }
    });
    match (outcome, failed.into_inner()) {
        (Ok(()), _) => Ok(tally.into_inner()),
        (Err(TestError::Fail(..)), Some((outlook, turns))) => {
            let turns = without_the_idle(&outlook, turns, plant);
            let (mut fixture, judged) = run_case(outlook, turns.clone(), plant);
            Err(Box::new(Failure {
                breach: judged.expect_err("the same case fails in the same way"),
                turns,
                stories: tally::stories(&mut fixture),
            }))
        }
        (Err(error), _) => panic!("{error}"),
    }
}

/// Takes out turns one by one, until none can be missed: shrinking itself tries each only once.
fn without_the_idle(outlook: &Outlook, mut turns: Vec<Turn>, plant: Option<Plant>) -> Vec<Turn> {
    let mut index = turns.len();
    while let Some(before) = index.checked_sub(1) {
        index = before;
        let mut fewer = turns.clone();
        fewer.remove(index);
        if run_case(outlook.clone(), fewer.clone(), plant).1.is_err() {
            turns = fewer;
            index = turns.len();
        }
    }
    turns
}

impl Failure {
    fn tell(&self) -> String {
        let turns: Vec<String> = self.turns.iter().map(|turn| format!("  {turn:?}")).collect();
        let Alarm { check, text, .. } = &self.breach;
        format!("{check:?}: {text}\n{}\n{}", turns.join("\n"), self.stories)
    }
}

fn seed(batch: u32) -> [u8; 32] {
    let mut seed = [0; 32];
    seed[..4].copy_from_slice(&batch.to_be_bytes());
    seed
}

#[test]
fn every_promise_is_kept() {
    let cases = number("MACHINE_SIM_CASES").map_or(500, |cases| u32::try_from(cases).unwrap());
    let batches = cases.div_ceil(BATCH);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let total = std::sync::Mutex::new(Tally::default());
    several(threads, batches as usize, |batch| {
        let batch = u32::try_from(batch).unwrap();
        if batch > 0 && batch.is_multiple_of(batches.div_ceil(10)) {
            println!("{} cases done", batch * BATCH);
        }
        match run_cases(seed(batch), BATCH.min(cases - batch * BATCH), None) {
            Ok(tally) => total.lock().unwrap().merge(tally),
            Err(failure) => panic!("in batch {batch}: {}", failure.tell()),
        }
    });
    let total = total.into_inner().unwrap();
    println!("{total}");
    assert_eq!(total.cases, u64::from(cases));
    assert_eq!(total.coverage.unlisted(), Vec::<String>::new());
    // Fewer cases can't be expected to meet everything.
    if cases >= 20_000 {
        assert_eq!(total.coverage.missing(), Vec::<String>::new());
        assert_eq!(total.missing(), Vec::<&str>::new());
    }
}

#[test]
fn the_same_seed_gives_the_same_traces() {
    let hash = |batch| {
        run_cases(seed(batch), 300, None)
            .map(|tally| tally.hash)
            .map_err(|failure| failure.tell())
    };
    let (first, again, other) = (hash(7).unwrap(), hash(7).unwrap(), hash(8).unwrap());
    assert_eq!(first, again);
    assert_ne!(first, other);
}

#[test]
fn a_failing_case_is_shrunk() {
    let failure = run_cases(seed(1), 20_000, Some(Plant::CallsLostWriteNotSent)).expect_err("a failing case");
    assert!(failure.turns.len() <= 3, "{}", failure.tell());
}
