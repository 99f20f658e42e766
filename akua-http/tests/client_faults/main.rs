//! Every fault that the simulator can play, over real sockets: which error comes, and that what it says about the
//! effect agrees with what the simulator knows happened.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod cases;
mod coverage;
mod liberties;
mod plays;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use akua_http::retry::RetryPolicy;
use akua_http::{Client, Effect, Error, ErrorKind};
use akua_model::{Cluster, ClusterPatch};
use akua_sim::{Entry, Matcher, Options, Progress, Simulator};

use cases::{Case, cases};

/// The whole time of a call that is to run out of it. Long enough that the request is out by then.
const SHORT: Duration = Duration::from_millis(1500);

/// The whole time of a call that is not to run out of it.
const LONG: Duration = Duration::from_secs(60);

fn client(simulator: &Simulator, timeout: Duration, attempts: u32) -> Client {
    let retry = RetryPolicy {
        attempts,
        base: Duration::from_millis(1),
        cap: Duration::from_millis(1),
    };
    Client::builder()
        .base_url(simulator.url())
        .token(simulator.token())
        .timeout(timeout)
        .max_response_bytes(100_000)
        .retry(retry)
        .build()
        .unwrap()
}

fn rename(client: &Client) -> Result<Cluster, Error> {
    let patch = ClusterPatch::builder().name("prod-eu").build().unwrap();
    client
        .clusters()
        .update(&"clu_1".parse().unwrap(), &"42".parse().unwrap(), &patch)
}

fn read(client: &Client) -> Result<Cluster, Error> {
    client.clusters().get(&"clu_1".parse().unwrap())
}

/// The record, once nothing waits in it any more: what was on its way has landed by then, or never will.
fn final_log(simulator: &Simulator) -> Vec<Entry> {
    loop {
        simulator.release();
        let log = simulator.log();
        if log.iter().all(|entry| entry.progress != Progress::Held) {
            return log;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Plays `case` once for a read and once for a write.
fn play(case: &Case) {
    let timeout = if case.runs_out_of_time { SHORT } else { LONG };
    for write in [false, true] {
        let simulator = Simulator::start(Options::clusters(2)).unwrap();
        let fault = case.fault.clone();
        let fault = if fault.matching == Matcher::default() && !case.before_the_path_is_known() {
            fault.on(Matcher::method(if write { "PATCH" } else { "GET" }))
        } else {
            fault
        };
        simulator.inject(fault).unwrap();
        let client = client(&simulator, timeout, 1);
        let name = format!("{} of a {}", case.name, if write { "write" } else { "read" });
        let result = if write { rename(&client) } else { read(&client) };
        let Err(error) = result else {
            panic!("{name}: no error");
        };
        let log = final_log(&simulator);
        let landed = log.iter().any(|entry| entry.effect.is_applied());

        // What is said agrees with what happened.
        assert!(
            !landed || error.may_have_taken_effect(),
            "{name}: it landed, but: {error}"
        );
        assert!(log.len() <= 1, "{name}: sent more than once, {log:?}");
        if error.effect() == Effect::NotSent {
            let reached = log.iter().any(|entry| entry.progress != Progress::Unread);
            assert!(!reached, "{name}: it arrived, but: {error}");
        }

        // And it is exactly what is expected.
        let kind = if write { case.write.0 } else { case.read };
        assert_eq!(error.kind(), kind, "{name}: {error}");
        if write {
            assert!(case.write.1.contains(&error.effect()), "{name}: {error}");
        } else {
            assert!(!error.may_have_taken_effect(), "{name}: {error}");
        }
        assert_eq!(landed, write && case.lands, "{name}: {log:?}");
    }
}

/// Runs all of `work` on a few threads: most of it is waiting.
fn side_by_side<T: Sync>(work: &[T], run: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                while let Some(item) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let run = std::panic::AssertUnwindSafe(|| run(item));
                    if let Err(panic) = std::panic::catch_unwind(run) {
                        let text = panic.downcast_ref::<String>().cloned();
                        failures.lock().unwrap().push(text.unwrap_or_default());
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(
        failures.is_empty(),
        "{} failed:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn every_fault_has_its_error_and_the_error_tells_the_truth_about_the_effect() {
    side_by_side(&cases(), play);
}

#[test]
fn a_read_gets_over_what_may_pass_and_nothing_else() {
    let cases: Vec<Case> = cases().into_iter().filter(|case| !case.runs_out_of_time).collect();
    side_by_side(&cases, |case| {
        let simulator = Simulator::start(Options::clusters(2)).unwrap();
        simulator.inject(case.fault.clone()).unwrap();
        let result = read(&client(&simulator, LONG, 2));
        assert_eq!(result.is_ok(), case.passes, "{}: {result:?}", case.name);
        let log = final_log(&simulator);
        assert_eq!(log.len(), if case.passes { 2 } else { 1 }, "{}: {log:?}", case.name);
    });
}

#[test]
fn every_kind_of_error_that_a_server_can_cause_is_seen() {
    let mut seen: Vec<ErrorKind> = cases().iter().flat_map(|case| [case.read, case.write.0]).collect();
    seen.sort_by_key(|kind| format!("{kind:?}"));
    seen.dedup();
    // Not among them: what is wrong before anything is sent, and the caller's own cancel.
    assert_eq!(seen.len(), 11, "{seen:?}");
}
