//! Fleets of creates: which rows are made, by what they are known again, and what the ledger says of each.
//!
//! Each of these was planted once, and seen here: two rows of one name and region let in; a candidate taken for the new one; a row
//! under way made anew; a row that was edited under its key, or added, made; a candidate of a failed operation left out.

use std::time::Duration;

use akua_fleet::{
    CollectionExt as _, Dispatched, Leased, Limits, NewRow, Plan, Reason, Report, State, Work, execute_elsewhere,
};
use akua_http::ErrorKind;
use akua_model::Cluster;
use akua_model::edit::LaunchKind;
use akua_model::report::End as CallEnd;
use akua_sim::{Create, End, Ends, Fault, Kind, Leaves, Make, Matcher, Simulator};

use crate::create_truth::{client, judge, key, made, new, shops, table};
use crate::launches::{end_operations, hold_operations};
use crate::scene::{Folder, inject, open, row, run, service};

/// A create, as faults know it.
pub(crate) fn creates() -> Matcher {
    Matcher {
        create: Some(Create::CreateCluster),
        ..Matcher::default()
    }
}

/// How many creates have arrived.
fn arrived(simulator: &Simulator) -> usize {
    simulator.log().iter().filter(|entry| entry.create.is_some()).count()
}

/// Somebody else makes a cluster.
pub(crate) fn make(simulator: &Simulator, name: &str) -> String {
    let make = Make::named(Create::CreateCluster, name);
    let before = simulator.with_world(|world, now| world.ids(now, Kind::Cluster));
    simulator
        .with_world(|world, now| world.make_for_another_now(now, make))
        .unwrap();
    let after = simulator.with_world(|world, now| world.ids(now, Kind::Cluster));
    after.into_iter().find(|id| !before.contains(id)).unwrap()
}

/// How a plan was refused.
fn refused(simulator: &Simulator, folder: &Folder, plan: Plan<Cluster>) -> (ErrorKind, String) {
    let client = client(simulator.url(), simulator.token(), Duration::ZERO);
    let before = simulator.log().len();
    let error = client.clusters().fleet(plan, folder.ledger()).unwrap_err();
    assert_eq!(simulator.log().len(), before, "something was sent");
    (error.kind(), error.to_string())
}

#[test]
fn each_row_of_a_table_becomes_a_cluster_once() {
    let (simulator, client) = service(2);
    let folder = Folder::new();
    let fleet = shops(&client, 12, &folder);
    assert_eq!(
        fleet.report().unwrap().plan(),
        format!("create by a table for clusters of {}", simulator.url())
    );
    let summary = run(&fleet, &Limits::default());
    assert_eq!(summary.counts.to_string(), "12 applied");
    let third = row(&fleet, &key(3));
    assert_eq!(
        (third.launch, third.fate),
        (Some(CallEnd::Applied), Some(CallEnd::Succeeded))
    );
    let made = made(&simulator);
    assert_eq!(third.made.as_ref(), Some(&made["shop 3"][0].id));
    assert_eq!(third.operation, made["shop 3"][0].operation);
    assert!(third.token.is_none() && third.candidates.is_empty());
    judge(&simulator, &fleet.report().unwrap());
    drop(fleet);
    // The same table in another order, and whatever stands in the ledger: nothing is left to be done.
    let backwards: Vec<_> = (1..=12)
        .rev()
        .map(|n| (key(n), new(&format!("shop {n}"), "reg_1")))
        .collect();
    for plan in [Plan::create(backwards), Plan::kept()] {
        let fleet = open(&client, plan, &folder);
        assert_eq!(run(&fleet, &Limits::default()).tried, 0);
    }
    assert_eq!(arrived(&simulator), 12);
    let report = Report::open(folder.ledger()).unwrap();
    let mut csv = Vec::new();
    report.write_csv(&mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert!(
        csv.starts_with("item,id,state,launch,fate,operation,made,proof,"),
        "{csv}"
    );
    assert!(csv.contains("1,row 1,applied,applied,succeeded,op_"), "{csv}");
    let mut json = Vec::new();
    report.write_json(&mut json).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["items"][2]["made"], third.made.unwrap());
}

#[test]
fn a_row_that_was_edited_added_or_left_out_is_another_table() {
    let (simulator, client) = service(0);
    let folder = Folder::new();
    let (a, b) = (|| ("a", new("one", "reg_1")), || ("b", new("two", "reg_1")));
    drop(open(&client, Plan::create([a(), b()]), &folder));
    let moved = ("b", new("two", "reg_2"));
    let renamed = ("b", new("three", "reg_1"));
    let added = ("c", new("three", "reg_1"));
    for (rows, words) in [
        (vec![a(), moved], "its row `b` has another region_id"),
        (vec![a(), renamed], "its row `b` has another name"),
        (vec![a(), b(), added], "its row `c` is new"),
        (vec![a()], "rows of it are missing"),
    ] {
        let (kind, told) = refused(&simulator, &folder, Plan::create(rows));
        assert_eq!(kind, ErrorKind::Ledger);
        assert!(told.contains(words), "{told}");
        // Whoever begins anew with the whole table would make all of it once more.
        assert!(told.contains("put only what is new into another ledger"), "{told}");
        assert!(!told.contains("begin anew"), "{told}");
    }
    let other = Plan::launches(LaunchKind::SuspendCluster, Vec::<akua_model::ClusterId>::new());
    let (_, told) = refused(&simulator, &folder, other);
    assert!(told.contains("create by a table, not suspend by a list"), "{told}");
}

#[test]
fn what_would_be_made_twice_is_refused_before_anything_is_sent() {
    let (simulator, _) = service(0);
    let folder = Folder::new();
    let long = "k".repeat(201);
    let cases: [(Vec<NewRow>, &str); 5] = [
        (
            vec![
                ("a", new("one", "reg_1")).into(),
                ("b", new("two", "reg_1")).into(),
                ("c", new("one", "reg_1")).into(),
            ],
            "has two rows, 1 and 3, of name `one` and region_id `reg_1`",
        ),
        (
            vec![("a", new("one", "reg_1")).into(), ("a", new("two", "reg_1")).into()],
            "has the key `a` twice, in rows 1 and 2",
        ),
        // Without keys a name is one.
        (
            vec![new("one", "reg_1").into(), new("one", "reg_2").into()],
            "has the key `one` twice, in rows 1 and 2",
        ),
        (
            vec![("", new("one", "reg_1")).into()],
            "has a row 1 whose key has 0 code points",
        ),
        (
            vec![(long, new("one", "reg_1")).into()],
            "has a row 1 whose key has 201 code points",
        ),
    ];
    for (rows, words) in cases {
        let (kind, told) = refused(&simulator, &folder, Plan::create(rows));
        assert_eq!(kind, ErrorKind::InvalidInput);
        assert!(told.contains(words), "{told}");
    }
    let workspaces = client(simulator.url(), simulator.token(), Duration::ZERO).workspaces();
    let plan = Plan::creates([new("one", "reg_1")]);
    let error = workspaces.fleet(plan, folder.path().join("other")).unwrap_err();
    assert!(
        error.to_string().contains("`create_cluster`, which no workspace has"),
        "{error}"
    );
    // A name in two regions is no doubled row.
    let plan = Plan::create([("a", new("one", "reg_1")), ("b", new("one", "reg_2"))]);
    let client = client(simulator.url(), simulator.token(), Duration::ZERO);
    let summary = run(&open(&client, plan, &folder), &Limits::default());
    assert_eq!(summary.counts.to_string(), "2 applied");
}

#[test]
fn a_preview_shows_what_is_set_and_sends_nothing() {
    let (simulator, client) = service(3);
    let folder = Folder::new();
    let fleet = shops(&client, 10, &folder);
    let rows: Vec<_> = fleet.preview().unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 20);
    let shown = |at: usize| (rows[at].id.as_str(), rows[at].field.as_str(), rows[at].then.as_deref());
    assert_eq!(shown(18), ("row 10", "name", Some("shop 10")));
    assert_eq!(shown(19), ("row 10", "region_id", Some("reg_1")));
    assert!(
        rows.iter()
            .all(|row| row.is_new && row.now.is_none() && !row.is_unchanged())
    );
    assert_eq!(simulator.log().len(), 0);
}

#[test]
fn a_lost_answer_is_settled_under_the_same_key() {
    let (simulator, client) = service(0);
    let folder = Folder::new();
    inject(&simulator, Fault::lost_after(End::Reset).on(creates()).nth(2));
    let fleet = shops(&client, 4, &folder);
    let summary = run(&fleet, &Limits::default().in_flight(1));
    assert_eq!(
        (summary.counts.to_string().as_str(), arrived(&simulator)),
        ("4 applied", 5)
    );
    judge(&simulator, &fleet.report().unwrap());
}

#[test]
fn what_may_have_been_made_is_listed_and_neither_taken_nor_made_anew() {
    let (simulator, _) = service(2);
    let client = client(simulator.url(), simulator.token(), Duration::ZERO);
    let folder = Folder::new();
    inject(&simulator, Fault::lost_after(End::Reset).on(creates()).nth(2));
    let fleet = shops(&client, 3, &folder);
    let summary = run(&fleet, &Limits::default().in_flight(1));
    assert_eq!(summary.counts.to_string(), "1 indeterminate, 2 applied");
    let first = row(&fleet, &key(2));
    let ours = made(&simulator)["shop 2"][0].id.clone();
    assert_eq!((first.made.as_ref(), first.candidates.len()), (None, 1));
    let candidate = &first.candidates[0];
    assert_eq!((&candidate.id, candidate.reason), (&ours, Reason::Namesake));
    assert!(candidate.why.contains("called `shop 2`") && candidate.why.contains("first sending, at 20"));
    let table = fleet.report().unwrap().to_string();
    assert!(table.contains(&format!("candidate {ours}: it is called")), "{table}");
    // Somebody else makes one of that name: there are two candidates then. And a later run only looks.
    let theirs = make(&simulator, "shop 2");
    let summary = run(&fleet, &Limits::default());
    assert_eq!((summary.tried, arrived(&simulator)), (1, 3));
    let then = row(&fleet, &key(2));
    let mut ids: Vec<&str> = then.candidates.iter().map(|one| one.id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(
        (then.state, then.token, ids),
        (State::Indeterminate, first.token, vec![&*ours, &*theirs])
    );
    judge(&simulator, &fleet.report().unwrap());
    let mut csv = Vec::new();
    fleet.report().unwrap().write_csv(&mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert!(
        csv.contains(&format!(r#""[{{""id"":""{}"#, then.candidates[0].id)),
        "{csv}"
    );
}

#[test]
fn a_candidate_that_another_row_has_made_is_told_as_such() {
    let (simulator, _) = service(0);
    let client = client(simulator.url(), simulator.token(), Duration::ZERO);
    let folder = Folder::new();
    // The region of a cluster is never shown.
    let plan = Plan::create([("eu", new("prod", "reg_1")), ("us", new("prod", "reg_2"))]);
    let fleet = open(&client, plan, &folder);
    inject(&simulator, Fault::lost_before(End::Reset).on(creates()).times(1));
    let summary = run(&fleet, &Limits::default().in_flight(1));
    assert_eq!(summary.counts.to_string(), "1 indeterminate, 1 applied");
    run(&fleet, &Limits::default());
    let (eu, us) = (row(&fleet, "eu"), row(&fleet, "us"));
    assert_eq!(Some(&eu.candidates[0].id), us.made.as_ref());
    assert!(
        eu.candidates[0].why.contains("but it was made by the row `us`"),
        "{eu:?}"
    );
}

#[test]
fn a_failed_operation_is_told_with_what_it_has_left() {
    let (simulator, client) = service(0);
    let folder = Folder::new();
    for (nth, leaves) in [(1, Leaves::HalfDone), (2, Leaves::AsItWas)] {
        let message = "no machines".to_owned();
        let fails = Ends::Fail {
            step: 2,
            message,
            leaves,
        };
        inject(&simulator, Fault::ends(fails).on(creates()).nth(nth));
    }
    let fleet = shops(&client, 3, &folder);
    let summary = run(&fleet, &Limits::default().in_flight(1));
    assert_eq!(summary.counts.to_string(), "1 applied, 2 failed");
    let (half, gone) = (row(&fleet, &key(1)), row(&fleet, &key(2)));
    let left = made(&simulator)["shop 1"][0].id.clone();
    assert_eq!((half.fate, half.made.as_ref()), (Some(CallEnd::OperationFailed), None));
    assert_eq!(
        (&half.candidates[0].id, half.candidates[0].reason),
        (&left, Reason::Operation)
    );
    let told = half.detail();
    assert!(
        told.contains("no machines") && told.contains(&format!("{left}: operation op_1 has left it behind")),
        "{told}"
    );
    assert!(
        gone.detail().contains("no machines") && gone.candidates.is_empty(),
        "{gone:?}"
    );
    judge(&simulator, &fleet.report().unwrap());
    // Nobody makes it anew but a person.
    assert_eq!((run(&fleet, &Limits::default()).tried, arrived(&simulator)), (0, 3));
}

#[test]
fn what_is_refused_is_told_in_the_servers_words() {
    let (simulator, client) = service(0);
    let folder = Folder::new();
    let switches = serde_json::json!({"create_name_length": [2, 6], "known_regions_only": false});
    simulator.switch(switches.as_object().unwrap()).unwrap();
    let fleet = open(
        &client,
        Plan::create([new("short", "reg_1"), new("much too long", "reg_1")]),
        &folder,
    );
    let summary = run(&fleet, &Limits::default());
    assert_eq!(summary.counts.to_string(), "1 applied, 1 rejected");
    let long = row(&fleet, "much too long");
    assert!(
        long.detail().contains("refused with HTTP 4") && long.candidates.is_empty(),
        "{long:?}"
    );
    judge_refused(&simulator, 1);
    assert_eq!(run(&fleet, &Limits::default()).tried, 0);
}

fn judge_refused(simulator: &Simulator, made_by_then: usize) {
    assert_eq!(made(simulator).len(), made_by_then);
}

#[test]
fn a_run_that_does_not_wait_leaves_that_to_the_next() {
    let (simulator, client) = service(0);
    let folder = Folder::new();
    hold_operations(&simulator);
    let fleet = shops(&client, 3, &folder);
    let summary = run(&fleet, &Limits::default().wait(Duration::ZERO));
    assert_eq!(summary.counts.to_string(), "3 started");
    let started = row(&fleet, &key(1));
    assert!(started.operation.is_some() && started.token.is_some() && started.made.is_none());
    judge(&simulator, &fleet.report().unwrap());
    end_operations(&simulator);
    let summary = run(&fleet, &Limits::default());
    assert_eq!(
        (summary.counts.to_string().as_str(), arrived(&simulator)),
        ("3 applied", 3)
    );
    judge(&simulator, &fleet.report().unwrap());
}

#[test]
fn a_worker_elsewhere_makes_a_row_and_one_thought_dead_makes_none_twice() {
    let (simulator, client) = service(0);
    let folder = Folder::new();
    let fleet = shops(&client, 1, &folder);
    let dispatcher = fleet.dispatch(&Limits::default()).unwrap();
    let next = || match dispatcher.next() {
        Dispatched::Work(leased) => *leased,
        other => panic!("{other:?}"),
    };
    let first = next();
    let text = serde_json::to_string(&first).unwrap();
    let sent: Leased = serde_json::from_str(&text).unwrap();
    assert!(sent == first && matches!(first.work, Work::Create { .. }), "{text}");
    // It is granted, sends, is thought dead, and goes on all the same.
    let work = |leased: &Leased, lose: bool| {
        let grant = |token: &akua_model::edit::SavedToken| {
            let granted = dispatcher.grant(leased.item, leased.lease, token)?;
            if lose {
                dispatcher.lost(leased.lease)?;
            }
            Ok(granted)
        };
        execute_elsewhere(&client.clusters(), leased, fleet.inputs(), grant)
    };
    let late = work(&sent, true);
    let again = next();
    assert!(matches!(again.work, Work::Resume { .. }), "{again:?}");
    let settled = work(&again, false);
    assert!(!dispatcher.record(sent.item, sent.lease, &late.end, &[]).unwrap());
    assert!(dispatcher.record(again.item, again.lease, &settled.end, &[]).unwrap());
    assert_eq!(dispatcher.summary().unwrap().counts.to_string(), "1 applied");
    judge(&simulator, &fleet.report().unwrap());
}

#[test]
fn a_table_is_asked_for_row_by_row_and_may_be_long() {
    let (simulator, client) = service(0);
    let folder = Folder::new();
    drop(client.clusters().fleet(table(3000), folder.ledger()).unwrap());
    let (kind, told) = refused(&simulator, &folder, table(3001));
    assert_eq!(kind, ErrorKind::Ledger);
    assert!(told.contains("its row `row 3001` is new"), "{told}");
    assert_eq!(Report::open(folder.ledger()).unwrap().counts().of(State::Pending), 3000);
}
