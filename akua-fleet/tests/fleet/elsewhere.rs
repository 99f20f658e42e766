//! A run whose workers are elsewhere: what the dispatcher tells those that ask, and those that are lost.

use std::time::Duration;

use crate::scene::{Folder, all, inject, run, service, writes};
use akua_fleet::{
    Canary, Dispatched, Dispatcher, Event, Executed, Fleet, Leased, Limits, State, Stop, execute_elsewhere,
};
use akua_http::{Client, Effect};
use akua_model::Cluster;
use akua_sim::{Fault, Matcher};

fn leased(dispatcher: &Dispatcher) -> Leased {
    match dispatcher.next() {
        Dispatched::Work(leased) => *leased,
        other => panic!("{other:?}"),
    }
}

/// What a worker does with an item.
fn work(client: &Client, fleet: &Fleet<Cluster>, dispatcher: &Dispatcher, leased: &Leased) -> Executed {
    let grant = |token: &_| Ok(dispatcher.grant(leased.item, leased.lease, token)?);
    execute_elsewhere(&client.clusters(), leased, fleet.inputs(), grant)
}

fn record(dispatcher: &Dispatcher, leased: &Leased, executed: &Executed) -> bool {
    let Executed { end, observations, .. } = executed;
    dispatcher.record(leased.item, leased.lease, end, observations).unwrap()
}

#[test]
fn the_canary_of_a_lost_worker_is_given_out_again_and_waited_for() {
    let (simulator, client) = service(3);
    let folder = Folder::new();
    let fleet = all(&client, &folder);
    let dispatcher = fleet.dispatch(&Limits::default().canary(Canary::ask(1))).unwrap();
    let first = leased(&dispatcher);
    // It is granted, sends, and never comes back.
    let late = work(&client, &fleet, &dispatcher, &first);
    assert_eq!(dispatcher.next(), Dispatched::Held);
    assert_eq!(
        dispatcher.summary().unwrap().counts.to_string(),
        "2 pending, 1 indeterminate"
    );
    dispatcher.lost(first.lease).unwrap();
    assert!(!dispatcher.decide(), "its end is not known");
    let again = leased(&dispatcher);
    assert_eq!((again.item, again.state), (first.item, State::Indeterminate));
    assert_eq!(dispatcher.next(), Dispatched::Held);
    assert!(!record(&dispatcher, &first, &late), "it comes under an old lease");
    let settled = work(&client, &fleet, &dispatcher, &again);
    assert!(record(&dispatcher, &again, &settled));
    assert_eq!((dispatcher.next(), dispatcher.decide()), (Dispatched::Held, true));
    assert!(!dispatcher.decide(), "once is enough");
    let mut events = std::iter::from_fn(|| dispatcher.event());
    assert!(events.any(|event| matches!(event, Event::Canary { asks: true, .. })));
    dispatcher.go_on();
    for _ in 0..2 {
        let leased = leased(&dispatcher);
        assert!(record(
            &dispatcher,
            &leased,
            &work(&client, &fleet, &dispatcher, &leased)
        ));
    }
    assert_eq!(dispatcher.next(), Dispatched::Over);
    let summary = dispatcher.summary().unwrap();
    assert_eq!((summary.counts.of(State::Applied), summary.tried), (3, 3));
    // The write of the lost worker was sent once more to settle it, under the same key.
    assert_eq!(writes(&simulator), 4);
}

#[test]
fn trouble_that_a_worker_has_met_holds_all_of_them_back() {
    let (simulator, client) = service(3);
    inject(
        &simulator,
        Fault::before(429)
            .header("retry-after", "7")
            .on(Matcher::method("PATCH")),
    );
    let folder = Folder::new();
    let fleet = all(&client, &folder);
    let dispatcher = fleet.dispatch(&Limits::default()).unwrap();
    let first = leased(&dispatcher);
    let clusters = client.clusters().timeout(Duration::from_secs(2));
    let grant = |token: &_| Ok(dispatcher.grant(first.item, first.lease, token)?);
    let executed = execute_elsewhere(&clusters, &first, fleet.inputs(), grant);
    assert_eq!(executed.end.state, State::NotSent);
    // As it comes back from another process.
    let executed: Executed = serde_json::from_str(&serde_json::to_string(&executed).unwrap()).unwrap();
    assert!(record(&dispatcher, &first, &executed));
    let Dispatched::Later(wait) = dispatcher.next() else {
        panic!("the server has asked for patience")
    };
    assert!(wait > Duration::from_secs(4), "{wait:?}");
    let mut events = std::iter::from_fn(|| dispatcher.event());
    assert!(events.any(|event| matches!(event, Event::Rate { slowed: true, .. })));
}

#[test]
fn a_dispatcher_stops_for_failures_and_is_the_only_one_of_its_ledger() {
    let (simulator, client) = service(3);
    inject(&simulator, Fault::before(422).on(Matcher::method("PATCH")).forever());
    let folder = Folder::new();
    let fleet = all(&client, &folder);
    let dispatcher = fleet.dispatch(&Limits::default().stop_after(1)).unwrap();
    let second = fleet.run(&Limits::default()).unwrap_err();
    assert!(second.to_string().contains("under way already"), "{second}");
    let first = leased(&dispatcher);
    assert!(record(&dispatcher, &first, &work(&client, &fleet, &dispatcher, &first)));
    assert_eq!(
        (dispatcher.next(), dispatcher.stopped()),
        (Dispatched::Over, Some(Stop::Failures))
    );
    let summary = dispatcher.summary().unwrap();
    assert_eq!(summary.counts.to_string(), "2 pending, 1 rejected");
    assert_eq!(summary.effect, Effect::Unknown, "a write was granted");
    drop(dispatcher);
    assert_eq!(run(&fleet, &Limits::default()).tried, 2);
    assert_eq!(writes(&simulator), 3);
}
