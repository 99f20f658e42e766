//! How a run begins, pauses and stops.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::scene::{Folder, all, inject, named, run, service, writes};
use akua_fleet::{Canary, CollectionExt as _, Event, Limits, Plan, State, Stop};
use akua_http::cancel::Cancel;
use akua_model::Cluster;
use akua_sim::{Fault, Hold, Kind, Matcher};

#[test]
fn the_canary_waits_for_a_yes_which_holds_for_later_runs_too() {
    let (simulator, client) = service(10);
    let folder = Folder::new();
    let fleet = all(&client, &folder);
    let limits = Limits::default().in_flight(4).canary(Canary::ask(3));
    let mut run = fleet.run(&limits).unwrap();
    let control = run.control();
    let paused = run.by_ref().find(|event| matches!(event, Event::Canary { .. }));
    let Some(Event::Canary { counts, asks: true }) = paused else {
        panic!("{paused:?}")
    };
    assert_eq!((counts.of(State::Applied), writes(&simulator)), (3, 3));
    // No answer, as after a crash: the next run asks again.
    drop(run);
    control.go_on();
    assert_eq!(writes(&simulator), 3);
    let mut run = fleet.run(&limits).unwrap();
    assert!(matches!(run.next(), Some(Event::Canary { asks: true, .. })));
    run.control().go_on();
    assert!(!run.by_ref().any(|event| matches!(event, Event::Canary { .. })));
    assert_eq!(run.finish().unwrap().counts.of(State::Applied), 10);
    assert_eq!(writes(&simulator), 10);
}

#[test]
fn the_canarys_check_decides() {
    for well in [true, false] {
        let (simulator, client) = service(6);
        let folder = Folder::new();
        let asked = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&asked);
        let check = move |counts: &akua_fleet::Counts| {
            counter.fetch_add(counts.of(State::Applied), Ordering::Relaxed);
            well
        };
        let limits = Limits::default().canary(Canary::check(2, check));
        let summary = run(&all(&client, &folder), &limits);
        assert_eq!(asked.load(Ordering::Relaxed), 2);
        assert_eq!(summary.stopped, (!well).then_some(Stop::Canary), "{summary}");
        assert_eq!(writes(&simulator), if well { 6 } else { 2 });
    }
}

#[test]
fn a_canary_of_more_than_there_is_asks_nobody() {
    let (_simulator, client) = service(2);
    let folder = Folder::new();
    let run = all(&client, &folder)
        .run(&Limits::default().canary(Canary::ask(2)))
        .unwrap();
    assert!(run.finish().unwrap().is_complete());
}

#[test]
fn a_run_stops_after_so_many_failures() {
    let (simulator, client) = service(20);
    inject(&simulator, Fault::before(422).on(Matcher::method("PATCH")).forever());
    let folder = Folder::new();
    let mut run = all(&client, &folder)
        .run(&Limits::default().in_flight(1).stop_after(3))
        .unwrap();
    assert!(run.by_ref().any(|event| event == Event::Stopping(Stop::Failures)));
    let summary = run.finish().unwrap();
    assert_eq!((summary.stopped, summary.tried), (Some(Stop::Failures), 3));
    assert_eq!(summary.counts.to_string(), "17 pending, 3 rejected");
    assert_eq!(writes(&simulator), 3);
}

#[test]
fn a_refused_token_stops_a_run_and_is_no_verdict_on_the_items() {
    let (simulator, client) = service(20);
    let folder = Folder::new();
    inject(&simulator, Fault::before(401).on(Matcher::method("PATCH")).times(1));
    let fleet = all(&client, &folder);
    let summary = run(&fleet, &Limits::default().in_flight(1));
    assert_eq!((summary.stopped, summary.tried), (Some(Stop::Unauthorized), 1));
    assert_eq!(summary.counts.of(State::NotSent), 1);
    assert!(run(&fleet, &Limits::default()).is_complete());
}

#[test]
fn stopping_ends_what_is_under_way_and_begins_nothing_new() {
    let (simulator, client) = service(50);
    let folder = Folder::new();
    let fleet = all(&client, &folder);
    inject(
        &simulator,
        Fault::held(Hold::UntilReleased).on(Matcher::method("PATCH")).times(4),
    );
    let run = fleet.run(&Limits::default().in_flight(4)).unwrap();
    while simulator.with_world(|world, _| world.requests_held()) < 4 {
        std::thread::sleep(Duration::from_millis(1));
    }
    run.control().stop();
    simulator.release();
    let summary = run.finish().unwrap();
    assert_eq!(summary.counts.to_string(), "46 pending, 4 applied");
    assert_eq!((summary.stopped, writes(&simulator)), (Some(Stop::Asked), 4));
}

#[test]
fn cancelling_ends_the_calls_too_and_the_ledger_tells_the_truth() {
    let (simulator, client) = service(50);
    let folder = Folder::new();
    let fleet = all(&client, &folder);
    inject(
        &simulator,
        Fault::held(Hold::UntilReleased).on(Matcher::method("PATCH")).times(4),
    );
    let run = fleet.run(&Limits::default().in_flight(4)).unwrap();
    while simulator.with_world(|world, _| world.requests_held()) < 4 {
        std::thread::sleep(Duration::from_millis(1));
    }
    run.control().stop();
    run.control().cancel();
    let summary = run.finish().unwrap();
    assert_eq!(summary.counts.to_string(), "46 pending, 4 indeterminate");
    assert_eq!(writes(&simulator), 4);
    // What was on its way lands after all, and the next run finds out.
    simulator.release();
    let mut run = fleet.run(&Limits::default()).unwrap();
    let settled = run
        .by_ref()
        .filter(|event| matches!(event, Event::Started { settles: true, .. }))
        .count();
    assert_eq!(
        (settled, run.finish().unwrap().counts.to_string()),
        (4, "50 applied".to_owned())
    );
    for number in 1..=50 {
        let history = simulator.history(Kind::Cluster, &format!("clu_{number}")).unwrap();
        let ours = history
            .iter()
            .filter(|version| matches!(version.author, akua_sim::Author::Request { .. }));
        assert_eq!(ours.count(), 1, "clu_{number}");
    }
}

#[test]
fn the_callers_own_cancel_handle_ends_a_run() {
    let (simulator, client) = service(5);
    let folder = Folder::new();
    let cancel = Cancel::new();
    let plan = Plan::filter("all", "1", |_: &Cluster| true, named("new"));
    let fleet = client.clusters().cancel(&cancel).fleet(plan, folder.ledger()).unwrap();
    cancel.cancel();
    let summary = run(&fleet, &Limits::default());
    assert_eq!(
        (summary.stopped, summary.tried, writes(&simulator)),
        (Some(Stop::Asked), 0, 0)
    );
}

#[test]
fn one_run_at_a_time_and_bad_limits_are_named_before_anything_is_sent() {
    let (simulator, client) = service(5);
    let folder = Folder::new();
    let fleet = all(&client, &folder);
    let error = fleet.run(&Limits::default().in_flight(0)).unwrap_err();
    assert_eq!(error.problems()[0].field, "in_flight");
    assert_eq!(writes(&simulator), 0);
    let first = fleet.run(&Limits::default().canary(Canary::ask(1))).unwrap();
    let second = fleet.run(&Limits::default()).unwrap_err();
    assert!(second.to_string().contains("under way already"), "{second}");
    drop(first);
    assert!(run(&fleet, &Limits::default()).is_complete());
}

#[test]
fn whoever_does_not_read_the_events_holds_the_run_up_and_loses_nothing() {
    let (simulator, client) = service(600);
    let folder = Folder::new();
    let fleet = all(&client, &folder);
    let run = fleet.run(&Limits::default().in_flight(2)).unwrap();
    // Three events an item, so it can't come to its end. That it has stopped is seen by counts that stay.
    let (mut last, mut same) = (0, 0);
    while last < 300 || same < 3 {
        std::thread::sleep(Duration::from_millis(200));
        let now = writes(&simulator);
        same = if now == last { same + 1 } else { 0 };
        last = now;
    }
    assert!((300..600).contains(&last), "{last}");
    assert_eq!(run.finish().unwrap().counts.of(State::Applied), 600);
}

#[test]
fn the_rate_falls_while_the_server_has_trouble_and_everything_is_done_all_the_same() {
    let (simulator, client) = service(120);
    let folder = Folder::new();
    inject(
        &simulator,
        Fault::before(503).on(Matcher::method("PATCH")).nth(20).times(2),
    );
    let mut run = all(&client, &folder).run(&Limits::default().in_flight(4)).unwrap();
    let slowed = run
        .by_ref()
        .any(|event| matches!(event, Event::Rate { slowed: true, .. }));
    assert!(slowed);
    assert!(run.finish().unwrap().is_complete());
}
