//! Fleets of suspends, resumes and deletes: what is launched, on which version, what is waited for, and what the ledger says
//! of both.
//!
//! Each of these was planted once, and seen here: an accepted launch whose token is not taken down; a started item leased to
//! be launched; a failed operation that counts as rejected or as applied; a wait that neither a stop nor its limit ends; a
//! canary that is asked about before what is started was waited for; a preview that moves the version.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use akua_fleet::{
    Canary, CollectionExt as _, Dispatched, Event, Executed, Fleet, Leased, Limits, Plan, Report, Row, State, Stop,
    Work, execute_elsewhere,
};
use akua_http::cancel::Cancel;
use akua_http::{Client, ErrorKind};
use akua_model::edit::{LaunchKind, SavedToken};
use akua_model::report::End as CallEnd;
use akua_model::{Cluster, ClusterId, Workspace};
use akua_sim::{Ends, Fault, Kind, Launch, Matcher, Op, Simulator, Until};
use serde_json::{Map, json};

use crate::scene::{Folder, inject, open, row, run, service, write};

/// A plan to suspend all clusters.
pub(crate) fn night() -> Plan<Cluster> {
    Plan::suspend("night", "1", |_| true)
}

/// How many launches were accepted, copies included.
fn accepted(simulator: &Simulator) -> usize {
    simulator
        .log()
        .iter()
        .filter(|entry| entry.effect.is_accepted())
        .count()
}

/// How many launches have arrived.
fn arrived(simulator: &Simulator) -> usize {
    simulator.log().iter().filter(|entry| entry.launch.is_some()).count()
}

/// From now on operations go on by word only.
pub(crate) fn hold_operations(simulator: &Simulator) {
    let switches = Map::from_iter([("operation_looks".to_owned(), json!(null))]);
    simulator.switch(&switches).unwrap();
}

/// All operations that were started come to their end.
pub(crate) fn end_operations(simulator: &Simulator) {
    let ids = simulator.with_world(|world, now| world.ids(now, Kind::Operation));
    for id in ids {
        let to = Until::End;
        simulator.control(Op::AdvanceOperation { id, to, ends: None }).unwrap();
    }
}

fn state_of(simulator: &Simulator, id: &str) -> String {
    let history = simulator.history(Kind::Cluster, id).unwrap();
    history.last().unwrap().fields["state"].as_str().unwrap().to_owned()
}

fn ends_of(row: &Row) -> (State, Option<&str>, Option<&str>) {
    (row.state, row.launch.map(CallEnd::name), row.fate.map(CallEnd::name))
}

/// A run that has begun to wait for so many operations.
fn waiting(fleet: &Fleet<Cluster>, limits: &Limits, operations: usize) -> akua_fleet::Run {
    let mut run = fleet.run(limits).unwrap();
    let begun = run.by_ref().filter(|event| matches!(event, Event::Accepted { .. }));
    assert_eq!(begun.take(operations).count(), operations);
    run
}

#[test]
fn a_fleet_is_suspended_resumed_and_deleted() {
    let (simulator, client) = service(4);
    let by_name = |number: &'static str| move |cluster: &Cluster| cluster.name != format!("cluster {number}");
    for (plan, state) in [
        (Plan::suspend("most", "1", by_name("4")), "suspended"),
        (Plan::resume("most", "1", by_name("4")), "active"),
        (Plan::delete("most", "1", by_name("4")), "deleting"),
    ] {
        let folder = Folder::new();
        let fleet = open(&client, plan, &folder);
        let summary = run(&fleet, &Limits::default());
        assert_eq!(summary.counts.to_string(), "3 applied", "{state}");
        let row = row(&fleet, "clu_1");
        assert_eq!(ends_of(&row), (State::Applied, Some("applied"), Some("succeeded")));
        assert!(row.operation.unwrap().starts_with("op_") && row.token.is_none());
        // A second run has nothing left to do.
        let before = simulator.log().len();
        assert_eq!(
            (run(&fleet, &Limits::default()).tried, simulator.log().len()),
            (0, before)
        );
        assert_eq!(state_of(&simulator, "clu_1"), state);
        assert_eq!(state_of(&simulator, "clu_4"), "active");
    }
    assert_eq!(accepted(&simulator), 9);
}

#[test]
fn workspaces_are_deleted_too() {
    for token_dies in [false, true] {
        let (simulator, client) = service(0);
        let switches = json!({"tokens_die_with_workspace": token_dies});
        simulator.switch(switches.as_object().unwrap()).unwrap();
        let folder = Folder::new();
        let plan = Plan::delete("all", "1", |_: &Workspace| true);
        let fleet = client.workspaces().fleet(plan, folder.ledger()).unwrap();
        let shown: Vec<_> = fleet.preview().unwrap().map(Result::unwrap).collect();
        assert_eq!(
            (shown.len(), shown[0].now.as_deref(), shown[0].then.as_deref()),
            (1, None, Some("deleting"))
        );
        let summary = fleet.run(&Limits::default()).unwrap().finish().unwrap();
        // A token that dies with its workspace can't see the end: that is no end, and no fault.
        let told = if token_dies { "1 lost track" } else { "1 applied" };
        assert_eq!((summary.counts.to_string().as_str(), accepted(&simulator)), (told, 1));
        assert_eq!(summary.stopped, None);
    }
}

#[test]
fn each_is_launched_on_the_version_that_was_seen_or_not_at_all() {
    let (simulator, client) = service(5);
    let folder = Folder::new();
    write(&simulator, "clu_3", "state", "suspended");
    let fleet = open(&client, night(), &folder);
    // Since the list somebody has renamed one, and suspended another.
    write(&simulator, "clu_1", "name", "theirs");
    write(&simulator, "clu_2", "state", "suspended");
    let shown: Vec<_> = fleet.preview().unwrap().map(Result::unwrap).collect();
    let told: Vec<(&str, &str, bool)> = shown
        .iter()
        .map(|row| (row.id.as_str(), row.now.as_deref().unwrap(), row.is_unchanged()))
        .collect();
    assert_eq!(
        told,
        [
            ("clu_1", "active (changed since it was seen)", false),
            ("clu_2", "suspended", true),
            ("clu_3", "suspended", true),
            ("clu_4", "active", false),
            ("clu_5", "active", false),
        ]
    );
    assert!(
        shown
            .iter()
            .all(|row| row.field == "state" && row.then.as_deref() == Some("suspended"))
    );
    assert_eq!(arrived(&simulator), 0, "a preview launches nothing");
    let summary = run(&fleet, &Limits::default());
    assert_eq!(summary.counts.of(State::Conflict), 1, "{summary}");
    assert_eq!(summary.counts.of(State::Applied), 2, "{summary}");
    let theirs = row(&fleet, "clu_1");
    assert_eq!(ends_of(&theirs), (State::Conflict, Some("conflict"), None));
    assert_eq!(state_of(&simulator, "clu_1"), "active");
    assert_eq!(accepted(&simulator), 2);
}

#[test]
fn a_list_of_ids_is_launched_on_what_the_preview_has_shown() {
    let (simulator, client) = service(3);
    let folder = Folder::new();
    let ids = || (1..=3).map(|number| format!("clu_{number}").parse::<ClusterId>().unwrap());
    let plan = || Plan::launches(LaunchKind::SuspendCluster, ids());
    let fleet = open(&client, plan(), &folder);
    assert_eq!(fleet.preview().unwrap().count(), 3);
    write(&simulator, "clu_2", "name", "theirs");
    drop(fleet);
    // The same ids in another order are the same plan; another launch is another one.
    let other = client
        .clusters()
        .fleet(Plan::launches(LaunchKind::DeleteCluster, ids()), folder.ledger())
        .unwrap_err();
    assert!(
        other.to_string().contains("suspend by a list, not delete by a list"),
        "{other}"
    );
    let backwards: Vec<ClusterId> = ids().collect::<Vec<_>>().into_iter().rev().collect();
    let fleet = open(&client, Plan::launches(LaunchKind::SuspendCluster, backwards), &folder);
    let summary = run(&fleet, &Limits::default());
    assert_eq!(summary.counts.to_string(), "2 applied, 1 conflict");
    assert_eq!(
        fleet.report().unwrap().plan(),
        format!("suspend by a list for clusters of {}", simulator.url())
    );
    drop(fleet);
    let kept = open(&client, Plan::kept(), &folder);
    assert_eq!(run(&kept, &Limits::default()).tried, 0);
}

#[test]
fn a_launch_that_is_for_no_fleet_is_refused_before_a_ledger_is_made() {
    let (simulator, client) = service(1);
    let folder = Folder::new();
    for (kind, words) in [
        (LaunchKind::RefreshCapabilities, "not for fleets"),
        (LaunchKind::DeleteWorkspace, "which no cluster has"),
    ] {
        let plan: Plan<Cluster> = Plan::try_launch(kind, "x", "1", |_| Ok(true));
        let error = client.clusters().fleet(plan, folder.ledger()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(words), "{error}");
    }
    assert!(!folder.ledger().exists() && simulator.log().is_empty());
}

#[test]
fn a_failed_and_a_cancelled_operation_are_told_as_such_and_left_alone() {
    let (simulator, client) = service(3);
    let folder = Folder::new();
    let failing = Ends::Fail {
        step: 2,
        message: "no machines".to_owned(),
        leaves: akua_sim::Leaves::HalfDone,
    };
    for (id, ends) in [("clu_1", failing), ("clu_2", Ends::Cancel { step: 1 })] {
        let its = Matcher::launch(Launch::SuspendCluster).of(Kind::Cluster, id);
        inject(&simulator, Fault::ends(ends).on(its));
    }
    let fleet = open(&client, night(), &folder);
    let summary = run(&fleet, &Limits::default());
    assert_eq!(summary.counts.to_string(), "1 applied, 1 failed, 1 cancelled");
    assert!(summary.is_complete());
    let (failed, cancelled) = (row(&fleet, "clu_1"), row(&fleet, "clu_2"));
    assert_eq!(
        ends_of(&failed),
        (State::Failed, Some("applied"), Some("operation_failed"))
    );
    assert!(failed.detail().contains("no machines"), "{}", failed.detail());
    assert_eq!(
        ends_of(&cancelled),
        (State::Cancelled, Some("applied"), Some("operation_cancelled"))
    );
    assert!(
        cancelled.detail().contains("not asked for here"),
        "{}",
        cancelled.detail()
    );
    assert!(failed.operation.is_some() && failed.token.is_none());
    // What has failed may have done some of it: nobody launches it again but a person.
    assert_eq!((run(&fleet, &Limits::default()).tried, arrived(&simulator)), (0, 3));
    let mut csv = Vec::new();
    fleet.report().unwrap().write_csv(&mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert!(
        csv.starts_with("item,id,state,launch,fate,operation,made,proof,"),
        "{csv}"
    );
    assert!(csv.contains("1,clu_1,failed,applied,operation_failed,op_"), "{csv}");
    let mut json = Vec::new();
    fleet.report().unwrap().write_json(&mut json).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["counts"]["cancelled"], 1);
    assert_eq!(json["items"][1]["fate"], "operation_cancelled");
    let table = fleet.report().unwrap().to_string();
    assert!(table.contains("clu_1  failed") && !table.contains("clu_3"), "{table}");
}

#[test]
fn the_canary_stops_the_rest_when_an_operation_fails() {
    let (simulator, client) = service(8);
    let folder = Folder::new();
    let its = Matcher::launch(Launch::SuspendCluster).of(Kind::Cluster, "clu_2");
    let failing = Ends::Fail {
        step: 1,
        message: "no machines".to_owned(),
        leaves: akua_sim::Leaves::AsItWas,
    };
    inject(&simulator, Fault::ends(failing).on(its));
    let fleet = open(&client, night(), &folder);
    let well = |counts: &akua_fleet::Counts| counts.of(State::Failed) == 0;
    let summary = run(&fleet, &Limits::default().canary(Canary::check(3, well)));
    assert_eq!(summary.stopped, Some(Stop::Canary));
    assert_eq!(summary.counts.to_string(), "5 pending, 2 applied, 1 failed");
    assert_eq!(arrived(&simulator), 3);
    // It counts towards the failures after which a run stops as well.
    let summary = run(
        &open_again(&client, fleet, &folder),
        &Limits::default().in_flight(1).stop_after(1),
    );
    assert_eq!((summary.stopped, summary.counts.of(State::Applied)), (None, 7));
}

fn open_again(client: &Client, fleet: Fleet<Cluster>, folder: &Folder) -> Fleet<Cluster> {
    drop(fleet);
    open(client, night(), folder)
}

#[test]
fn a_run_stops_after_so_many_failed_operations() {
    let (simulator, client) = service(8);
    let folder = Folder::new();
    let switches = json!({"operation_ends": {"fail": {"message": "no machines"}}});
    simulator.switch(switches.as_object().unwrap()).unwrap();
    let fleet = open(&client, night(), &folder);
    let summary = run(&fleet, &Limits::default().in_flight(1).stop_after(2));
    assert_eq!(
        (summary.stopped, summary.counts.to_string()),
        (Some(Stop::Failures), "6 pending, 2 failed".to_owned())
    );
    assert_eq!(arrived(&simulator), 2);
}

/// Until so many operations were looked at, since there were so many requests: their waits have begun.
fn until_looked_at(simulator: &Simulator, before: usize, operations: usize) {
    let limit = Instant::now() + Duration::from_secs(30);
    let looked_at = || {
        let log = simulator.log();
        let looks = log.iter().skip(before).filter(|entry| entry.launch.is_none());
        let of: HashSet<_> = looks.filter_map(|entry| entry.operation.clone()).collect();
        of.len()
    };
    while looked_at() < operations {
        assert!(Instant::now() < limit, "only {} were looked at", looked_at());
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_stop_ends_the_waits_at_once_and_the_next_run_waits_on() {
    let (simulator, client) = service(6);
    let folder = Folder::new();
    hold_operations(&simulator);
    let fleet = open(&client, night(), &folder);
    // Long enough to tell a stop from the end of a wait.
    let limits = &Limits::default().in_flight(3).wait(Duration::from_secs(40));
    for cancels in [false, true] {
        let before = simulator.log().len();
        // The first run launches three, the second one takes up their waits and launches nothing.
        let mut run = if cancels {
            let mut run = fleet.run(limits).unwrap();
            let begun = run
                .by_ref()
                .filter(|event| matches!(event, Event::Started { settles: true, .. }));
            assert_eq!(begun.take(3).count(), 3);
            run
        } else {
            waiting(&fleet, limits, 3)
        };
        until_looked_at(&simulator, before, 3);
        let begun = Instant::now();
        if cancels {
            run.control().cancel();
        } else {
            run.control().stop();
        }
        assert!(run.by_ref().any(|event| event == Event::Stopping(Stop::Asked)));
        let summary = run.finish().unwrap();
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        assert_eq!(summary.counts.to_string(), "3 pending, 3 started");
        assert!(!summary.is_complete());
        let row = row(&fleet, "clu_1");
        assert_eq!(ends_of(&row), (State::Started, Some("applied"), Some("still_running")));
        assert!(matches!(row.token.unwrap().parse(), Ok(SavedToken::Wait(_))));
        assert_eq!(fleet.preview().unwrap().started(), 3);
        assert_eq!(arrived(&simulator), 3);
    }
    let held = Map::from_iter([("operation_looks".to_owned(), json!(1))]);
    simulator.switch(&held).unwrap();
    end_operations(&simulator);
    let summary = run(&fleet, &Limits::default());
    assert_eq!((summary.counts.to_string(), summary.tried), ("6 applied".to_owned(), 6));
    assert_eq!((arrived(&simulator), accepted(&simulator)), (6, 6));
}

#[test]
fn what_takes_longer_than_the_wait_stays_started_and_is_waited_for_by_the_next_run() {
    let (simulator, client) = service(6);
    let folder = Folder::new();
    hold_operations(&simulator);
    let fleet = open(&client, night(), &folder);
    // With no time to wait the slots are free again at once.
    let limits = Limits::default().in_flight(2).wait(Duration::ZERO);
    let begun = Instant::now();
    let summary = run(&fleet, &limits);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(
        (summary.counts.to_string(), summary.stopped),
        ("6 started".to_owned(), None)
    );
    let again = run(&fleet, &limits);
    assert_eq!((again.counts.of(State::Started), again.tried), (6, 6));
    end_operations(&simulator);
    assert_eq!(run(&fleet, &limits).counts.to_string(), "6 applied");
    assert_eq!((arrived(&simulator), accepted(&simulator)), (6, 6));
}

#[test]
fn an_operation_that_waits_for_a_person_is_left_to_them() {
    let (simulator, client) = service(1);
    let folder = Folder::new();
    let person = Ends::Person {
        step: 1,
        task: akua_sim::Task::Approval,
    };
    inject(
        &simulator,
        Fault::ends(person).on(Matcher::launch(Launch::SuspendCluster)),
    );
    let fleet = open(&client, night(), &folder);
    assert_eq!(run(&fleet, &Limits::default()).counts.to_string(), "1 started");
    let row = row(&fleet, "clu_1");
    assert!(row.detail().contains("a person has to do"), "{}", row.detail());
    end_operations(&simulator);
    assert_eq!(run(&fleet, &Limits::default()).counts.to_string(), "1 applied");
    assert_eq!(arrived(&simulator), 1);
}

#[test]
fn an_operation_that_cannot_be_read_any_more_is_no_end_of_it() {
    let (simulator, client) = service(1);
    let folder = Folder::new();
    let of_operations = Matcher {
        kind: Some(Kind::Operation),
        ..Matcher::default()
    };
    inject(&simulator, Fault::before(403).on(of_operations).forever());
    let fleet = open(&client, night(), &folder);
    let summary = run(&fleet, &Limits::default());
    assert_eq!(
        (summary.counts.to_string(), summary.is_complete()),
        ("1 lost track".to_owned(), false)
    );
    let lost = row(&fleet, "clu_1");
    assert_eq!(ends_of(&lost), (State::LostTrack, Some("applied"), Some("lost_track")));
    assert!(matches!(lost.token.unwrap().parse(), Ok(SavedToken::Wait(_))));
    simulator.with_world(|world, _| world.clear());
    assert_eq!(run(&fleet, &Limits::default()).counts.to_string(), "1 applied");
    assert_eq!(arrived(&simulator), 1);
}

#[test]
fn the_next_run_waits_for_the_canary_before_anybody_is_asked_about_it() {
    let (simulator, client) = service(6);
    let folder = Folder::new();
    hold_operations(&simulator);
    let fleet = open(&client, night(), &folder);
    let well = |counts: &akua_fleet::Counts| counts.of(State::Applied) == 2;
    let limits = Limits::default().canary(Canary::check(2, well));
    let run_on = waiting(&fleet, &limits, 2);
    run_on.control().stop();
    assert_eq!(run_on.finish().unwrap().counts.to_string(), "4 pending, 2 started");
    let go_on = Map::from_iter([("operation_looks".to_owned(), json!(1))]);
    simulator.switch(&go_on).unwrap();
    end_operations(&simulator);
    let summary = run(&fleet, &limits);
    assert_eq!(
        (summary.stopped, summary.counts.to_string()),
        (None, "6 applied".to_owned())
    );
    assert_eq!(arrived(&simulator), 6);
}

#[test]
fn a_worker_elsewhere_that_is_lost_costs_no_second_launch() {
    let (simulator, _) = service(2);
    let switches = json!({"key_checked_before_if_match": true, "action_keys_replay": {"suspend_cluster": 600}});
    simulator.switch(switches.as_object().unwrap()).unwrap();
    let client = crate::launch_truth::client(simulator.url(), simulator.token(), true);
    let folder = Folder::new();
    let fleet = open(&client, night(), &folder);
    let dispatcher = fleet
        .dispatch(&Limits::default().wait(Duration::from_secs(60)))
        .unwrap();
    let leased = || match dispatcher.next() {
        // As it would arrive there.
        Dispatched::Work(leased) => serde_json::from_str::<Leased>(&serde_json::to_string(&leased).unwrap()).unwrap(),
        other => panic!("{other:?}"),
    };
    let grant = |leased: &Leased, token: &SavedToken| {
        let token: SavedToken = token.to_string().parse().unwrap();
        dispatcher.grant(leased.item, leased.lease, &token)
    };
    let work = |leased: &Leased| {
        execute_elsewhere(&client.clusters(), leased, fleet.inputs(), |token| {
            Ok(grant(leased, token)?)
        })
    };
    let record = |leased: &Leased, done: &Executed| {
        let done: Executed = serde_json::from_str(&serde_json::to_string(done).unwrap()).unwrap();
        dispatcher
            .record(leased.item, leased.lease, &done.end, &done.observations)
            .unwrap()
    };
    // It launches, and is thought dead before anybody hears how its operation has ended.
    let first = leased();
    assert!(matches!(
        first.work,
        Work::Launch {
            launch: LaunchKind::SuspendCluster,
            seen: Some(_)
        }
    ));
    assert_eq!(first.wait, Some(Duration::from_secs(60)));
    let late = work(&first);
    assert_eq!(late.end.state, State::Applied);
    assert_eq!(dispatcher.summary().unwrap().counts.to_string(), "1 pending, 1 started");
    dispatcher.lost(first.lease).unwrap();
    assert!(!record(&first, &late));
    let again = leased();
    assert_eq!((again.item, again.state), (first.item, State::Started));
    assert!(matches!(again.work, Work::Wait { .. }));
    let waited = work(&again);
    assert!(
        record(&again, &waited) && record(&again, &waited),
        "a repeat is answered alike"
    );
    // The next one dies between its launch and the word that it was accepted.
    let second = leased();
    let dead = execute_elsewhere(&client.clusters(), &second, fleet.inputs(), |token| match token {
        SavedToken::Wait(_) => Err("the connection was lost".into()),
        token => Ok(grant(&second, token)?),
    });
    assert_eq!((dead.end.state, dead.end.fate), (State::Started, None));
    dispatcher.lost(second.lease).unwrap();
    let settling = leased();
    assert!(matches!(settling.work, Work::Resume { .. }));
    let settled = work(&settling);
    assert_eq!(settled.end.state, State::Applied, "{}", settled.end.detail);
    assert!(record(&settling, &settled));
    assert_eq!(dispatcher.next(), Dispatched::Over);
    assert_eq!(dispatcher.summary().unwrap().counts.to_string(), "2 applied");
    assert_eq!(accepted(&simulator), 2);
}

#[test]
fn a_worker_elsewhere_that_learns_of_the_stop_waits_no_longer() {
    let (simulator, client) = service(1);
    let folder = Folder::new();
    hold_operations(&simulator);
    let fleet = open(&client, night(), &folder);
    let dispatcher = Arc::new(fleet.dispatch(&Limits::default()).unwrap());
    let Dispatched::Work(leased) = dispatcher.next() else {
        panic!()
    };
    let told = Arc::clone(&dispatcher);
    let stops = Cancel::with_check(move || told.stopped().is_some());
    let inputs = fleet.inputs().clone().waiting_until(&stops);
    let begun = Instant::now();
    let done = std::thread::scope(|scope| {
        let work = || {
            execute_elsewhere(&client.clusters(), &leased, &inputs, |token| {
                Ok(dispatcher.grant(leased.item, leased.lease, token)?)
            })
        };
        let worker = scope.spawn(work);
        while !matches!(dispatcher.event(), Some(Event::Accepted { .. })) {
            std::thread::yield_now();
        }
        dispatcher.stop();
        worker.join().unwrap()
    });
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let fate = done.end.fate.map(|end| end.name());
    assert_eq!((done.end.state, fate), (State::Started, Some("still_running")));
}

#[test]
fn once_the_run_stops_no_wait_is_begun() {
    let (simulator, client) = service(1);
    let folder = Folder::new();
    hold_operations(&simulator);
    let fleet = open(&client, night(), &folder);
    let dispatcher = fleet.dispatch(&Limits::default()).unwrap();
    let Dispatched::Work(leased) = dispatcher.next() else {
        panic!()
    };
    let done = execute_elsewhere(&client.clusters(), &leased, fleet.inputs(), |token| {
        dispatcher.stop();
        Ok(dispatcher.grant(leased.item, leased.lease, token)?)
    });
    assert_eq!((done.end.state, done.end.fate), (State::Started, None));
    assert!(
        dispatcher
            .record(leased.item, leased.lease, &done.end, &done.observations)
            .unwrap()
    );
    drop((dispatcher, fleet));
    let row = Report::open(folder.ledger()).unwrap().row_of("clu_1").unwrap().unwrap();
    assert_eq!(ends_of(&row), (State::Started, Some("applied"), None));
    assert!(row.detail().contains("accepted as operation"), "{}", row.detail());
}
