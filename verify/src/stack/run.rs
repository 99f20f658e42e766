//! Plays a scenario to its very end: until nothing is on its way any more and every edit is settled as far as it can be.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use akua_http::retry::{Pace, RetryPolicy};
use akua_http::transport::Transport;
use akua_http::{Client, ClientBuilder};
use akua_model::edit::ResumeMode;
use akua_sim::{Kind, Options, Simulator};

use super::edits::settle;
use super::scenario::Scenario;
use super::wire::Recorder;
use super::worker::Worker;
use crate::evidence::Evidence;
use crate::record::Call;

/// Long waits, such as a server asks for, are shortened a hundredfold.
pub struct Scaled;

impl Pace for Scaled {
    fn stretch(&self, duration: Duration) -> Duration {
        if duration >= Duration::from_millis(50) {
            duration / 100
        } else {
            duration
        }
    }
}

/// A client that sends through `transport` and loses no time.
pub fn builder(simulator: &Simulator, scenario: &Scenario, transport: impl Transport + 'static) -> ClientBuilder {
    Client::builder()
        .base_url(simulator.url())
        .contract(scenario.claimed)
        .transport(transport)
        .pace(Scaled)
        .retry_budget(1_000_000)
        .retry(RetryPolicy {
            attempts: 4,
            base: Duration::from_millis(1),
            cap: Duration::from_millis(4),
        })
}

pub fn client(simulator: &Simulator, scenario: &Scenario) -> Client {
    // One for each time that the server does not like the token before.
    let tokens: Vec<String> = (0..64)
        .map(|_| simulator.with_world(|world, _| world.issue_token(None)))
        .collect();
    let next = AtomicUsize::new(0);
    builder(simulator, scenario, Recorder::new(&simulator.url(), scenario))
        .token_provider(move || Ok(tokens[next.fetch_add(1, Ordering::Relaxed) % tokens.len()].clone()))
        .context("ws_1".parse().unwrap())
        .build()
        .unwrap()
}

pub fn start(scenario: &Scenario) -> Simulator {
    let simulator = Simulator::start(Options {
        clusters: scenario.count(Kind::Cluster).max(1),
        workspaces: scenario.count(Kind::Workspace).max(2),
        seed: Some(scenario.seed),
        contract: scenario.server.clone(),
        ..Options::default()
    })
    .unwrap();
    for fault in &scenario.faults {
        simulator.inject(fault.clone()).unwrap();
    }
    for script in &scenario.scripts {
        simulator.script(script.clone()).unwrap();
    }
    if let Some(defect) = scenario.defect {
        simulator.with_world(|world, _| world.break_promise(defect));
    }
    simulator
}

pub fn run(scenario: Scenario) -> Evidence {
    let simulator = start(&scenario);
    let client = client(&simulator, &scenario);
    let mut calls: Vec<Call> = std::thread::scope(|scope| {
        let work = |thread| Worker::new(&scenario, &simulator, &client, thread).work();
        let threads: Vec<_> = (1..=scenario.threads)
            .map(|thread| scope.spawn(move || work(thread)))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    drop(client);
    quiet(&simulator);
    settle_rest(&simulator, &scenario, &mut calls);
    quiet(&simulator);
    scenario.evidence(&simulator, calls)
}

/// Faults are over now: what is still open is settled by another client, as another process would do it later.
fn settle_rest(simulator: &Simulator, scenario: &Scenario, calls: &mut Vec<Call>) {
    let client = self::client(simulator, scenario);
    for (turn, call) in std::mem::take(calls).into_iter().enumerate() {
        let mode = if turn % 2 == 0 {
            ResumeMode::Finish
        } else {
            ResumeMode::Look
        };
        calls.push(settle(simulator, &client, call, mode));
    }
}

/// Ends all faults and waits until no request is under way: every byte that a client has sent was read or thrown away,
/// and whatever was held is decided.
pub fn quiet(simulator: &Simulator) {
    simulator.with_world(|world, _| world.clear());
    // Connections are accepted in turn: when this one is served, those before it are known.
    let mut last = TcpStream::connect(simulator.address()).unwrap();
    last.write_all(b"GET / HTTP/1.1\r\nhost: akua\r\nconnection: close\r\n\r\n")
        .unwrap();
    last.read_to_end(&mut Vec::new()).unwrap();
    drop(last);
    let begun = Instant::now();
    while simulator.open_connections() > 0 {
        assert!(begun.elapsed() < Duration::from_secs(10), "connections do not end");
        std::thread::sleep(Duration::from_millis(1));
    }
    simulator.release();
}
