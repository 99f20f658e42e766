//! `fork()` while a fleet is changed: the child gets errors in place of the parent's fleet, and hangs nowhere.
//!
//! A test binary of its own, because forking a process whose other tests hold locks proves nothing.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use akua_fleet::{Canary, CollectionExt as _, Event, Limits, Plan, Report, State};
use akua_http::Client;
use akua_http::deadline::Deadline;
use akua_model::{Cluster, ClusterPatch};
use akua_sim::{Options, Simulator};
use fork::{Fork, fork, waitpid_nohang};

#[test]
fn a_child_leaves_its_parents_fleet_alone_and_does_not_hang() {
    let simulator = Simulator::start(Options::clusters(4)).unwrap();
    let client = Client::builder()
        .base_url(simulator.url())
        .token(simulator.token())
        .build()
        .unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fleet-fork-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let ledger = folder.join("ledger");
    let patch = ClusterPatch::builder().name("new").build().unwrap();
    let plan = Plan::filter("all", "1", |_: &Cluster| true, patch);
    let fleet = client.clusters().fleet(plan, &ledger).unwrap();
    let mut run = fleet.run(&Limits::default().canary(Canary::ask(1))).unwrap();
    assert!(run.any(|event| matches!(event, Event::Canary { .. })));

    let child = match fork().unwrap() {
        Fork::Parent(child) => child,
        // The child has this thread alone. It must not return into the test harness, nor wait in `exit` for a lock that
        // another thread has held.
        Fork::Child => {
            let none = run.next().is_none();
            let told = run.finish().is_err_and(|error| error.to_string().contains("forked"));
            let refused = fleet.run(&Limits::default()).is_err() && fleet.ledger().begin().is_err();
            let reads = Report::open(&ledger).is_ok_and(|report| report.counts().of(State::Applied) == 1);
            drop(fleet);
            let right = none && told && refused && reads;
            panic!("{}", Command::new(if right { "true" } else { "false" }).exec());
        }
    };
    let patience = Deadline::after(Duration::from_secs(20));
    let status = loop {
        match waitpid_nohang(child).unwrap() {
            Some(status) => break Some(status),
            None if patience.has_passed() => break None,
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    assert_eq!(status, Some(0), "the child hung, or took the fleet for its own");
    run.control().go_on();
    assert_eq!(run.finish().unwrap().counts.of(State::Applied), 4);
    std::fs::remove_dir_all(&folder).unwrap();
}
