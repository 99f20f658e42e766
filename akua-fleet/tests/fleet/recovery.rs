//! After an outage: what it has left open is settled at once when the service is well again, however much it is.
//!
//! `FLEET_OPEN` writes are left open, 300 unless set.

use std::time::Instant;

use akua_fleet::{CollectionExt as _, Limits, Plan, State};
use akua_http::Client;
use akua_model::edit::{Outcome, Policy, ResumeMode, ResumeToken};
use akua_sim::{Contract, End, Fault, Matcher, Options, Simulator};

use crate::scene::{Folder, all, inject, named, run, writes};
use akua_verify::{number, show};

/// A service that knows no keys, so that a repeat of what has landed is answered 409 and has to be followed by a look.
fn service(clusters: u64) -> Simulator {
    let contract = Contract {
        keys_honoured: false,
        ..Contract::default()
    };
    Simulator::start(Options {
        contract,
        seed: Some(15),
        ..Options::clusters(clusters)
    })
    .unwrap()
}

/// A client with the usual retry budget.
fn fresh(simulator: &Simulator) -> Client {
    let builder = Client::builder().base_url(simulator.url()).token(simulator.token());
    builder.build().unwrap()
}

fn impatient() -> Policy {
    let mut policy = Policy::default();
    policy.max_attempts = 1;
    policy
}

/// Every answer is lost: to one half of the writes before they land, to the other half after that.
fn outage(simulator: &Simulator) {
    let patch = || Matcher::method("PATCH");
    for fault in [
        Fault::lost_before(End::Reset).on(patch()).percent(50),
        Fault::lost_after(End::Reset).on(patch()),
        Fault::lost_before(End::Reset).on(Matcher::method("GET")),
    ] {
        inject(simulator, fault.forever());
    }
}

#[test]
fn c1_tokens_are_settled_by_one_client_in_a_loop() {
    let open = number("FLEET_OPEN").unwrap_or(300);
    let simulator = service(open);
    let client = fresh(&simulator);
    let seen: Vec<_> = client.clusters().list().map(Result::unwrap).collect();
    outage(&simulator);
    let clusters = client.clusters().policy(impatient());
    let tokens: Vec<ResumeToken> = seen
        .iter()
        .map(|cluster| match clusters.edit(cluster, named("new")).unwrap().outcome {
            Outcome::Indeterminate(open) => open.resume_token,
            other => panic!("{other}"),
        })
        .collect();
    simulator.with_world(|world, _| world.clear());
    let before = simulator.log().len();
    // The one whose budget the outage has used up.
    let started = Instant::now();
    let mut requests = 0;
    for token in &tokens {
        let edited = client
            .clusters()
            .resolve(token, ResumeMode::Finish, &akua_model::Secrets::none())
            .unwrap();
        assert!(edited.applied().is_some(), "{}", edited.explain());
        assert!(edited.requests() >= 1);
        requests += edited.requests();
    }
    assert_eq!(simulator.log().len() - before, requests);
    show(format_args!(
        "{open} resume tokens settled by one client in a loop: {requests} requests, {:.2} s",
        started.elapsed().as_secs_f64()
    ));
}

#[test]
fn c1_a_ledger_is_settled_in_one_run_after_an_outage() {
    let open = number("FLEET_OPEN").unwrap_or(300);
    let simulator = service(open);
    let client = fresh(&simulator);
    let folder = Folder::new();
    drop(all(&client, &folder));
    outage(&simulator);
    let plan = Plan::kept();
    let fleet = client
        .clusters()
        .policy(impatient())
        .fleet(plan, folder.ledger())
        .unwrap();
    let summary = run(&fleet, &Limits::default());
    assert_eq!(summary.counts.of(State::Indeterminate), open, "{summary}");
    drop(fleet);
    simulator.with_world(|world, _| world.clear());
    let before = writes(&simulator);
    let client = fresh(&simulator);
    let started = Instant::now();
    let fleet = client.clusters().fleet(Plan::kept(), folder.ledger()).unwrap();
    let summary = run(&fleet, &Limits::default());
    assert_eq!(summary.counts.of(State::Applied), open, "{summary}");
    show(format_args!(
        "{open} indeterminate items of a ledger settled in one run: {} writes, {:.2} s",
        writes(&simulator) - before,
        started.elapsed().as_secs_f64()
    ));
}
