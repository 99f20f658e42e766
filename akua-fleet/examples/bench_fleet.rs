//! What a fleet costs: memory by the number of items and by the number in flight, and throughput by the number in
//! flight, against a service that takes 20 ms for each answer. Run by `make bench-fleet`; it prints a table and judges
//! nothing.
//!
//! The simulator runs in a process of its own, so that its memory is not counted. What it can do at most is measured
//! first, with bare sockets: no client can be faster than that on this machine.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use akua_fleet::{CollectionExt as _, Event, Limits, Plan, State};
use akua_http::Client;
use akua_model::{ClusterId, ClusterPatch};
use akua_sim::{Contract, Fault, Options, Simulator};

/// How long the service takes for an answer.
const LATENCY_MS: u64 = 20;
/// How long each measurement of throughput should take.
const SECONDS: f64 = 6.0;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", clusters, latency] => serve(clusters.parse()?, latency.parse()?),
        ["run", items, in_flight, url, token] => run(items.parse()?, in_flight.parse()?, url, token),
        _ => measure(),
    }
}

fn measure() -> Outcome<()> {
    let (answer_ms, ceiling) = service()?;
    println!(
        "The service, seen from bare sockets: {answer_ms:.2} ms for each answer ({LATENCY_MS} are asked for), {ceiling:.0} \
         requests per second at most.\n"
    );
    println!("| in flight | items | seconds | items/s | Little's law | ceiling | of what is possible | slowed down |");
    println!("| --: | --: | --: | --: | --: | --: | --: | --: |");
    for in_flight in [1_u32, 4, 16, 64] {
        // A read and a write for each item.
        let law = f64::from(in_flight) * 1000.0 / (2.0 * answer_ms);
        let possible = law.min(ceiling / 2.0);
        let items = (possible * SECONDS) as u64;
        let service = Service::start(items, LATENCY_MS)?;
        let told = service.run(items, in_flight)?;
        let rate = items as f64 / told.seconds;
        println!(
            "| {in_flight} | {items} | {:.2} | {rate:.0} | {law:.0} | {:.0} | {:.0} % | {} |",
            told.seconds,
            ceiling / 2.0,
            100.0 * rate / possible,
            told.slowed
        );
    }
    println!("\n| items | in flight | seconds | peak memory, KiB | before the run, KiB | ledger, KiB |");
    println!("| --: | --: | --: | --: | --: | --: |");
    let sizes = [(1_000, 8), (10_000, 8), (100_000, 8)];
    let crowds = [(10_000, 1), (10_000, 16), (10_000, 64)];
    for (items, in_flight) in sizes.into_iter().chain(crowds) {
        let service = Service::start(items, 0)?;
        let told = service.run(items, in_flight)?;
        println!(
            "| {items} | {in_flight} | {:.1} | {} | {} | {} |",
            told.seconds, told.peak, told.before, told.ledger
        );
    }
    Ok(())
}

/// A simulator in a process of its own.
struct Service {
    process: Child,
    url: String,
    token: String,
}

/// What a run tells.
struct Told {
    seconds: f64,
    before: u64,
    peak: u64,
    ledger: u64,
    slowed: u64,
}

impl Service {
    fn start(clusters: u64, latency_ms: u64) -> Outcome<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["serve", &clusters.to_string(), &latency_ms.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(process.stdout.take().ok_or("no output")?).lines();
        let mut next = || lines.next().ok_or("it told nothing")?.map_err(Box::<dyn Error>::from);
        let (url, token) = (next()?, next()?);
        Ok(Self { process, url, token })
    }

    /// A fleet in another process.
    fn run(&self, items: u64, in_flight: u32) -> Outcome<Told> {
        let (items, in_flight) = (items.to_string(), in_flight.to_string());
        let output = Command::new(std::env::current_exe()?)
            .args(["run", &items, &in_flight, &self.url, &self.token])
            .stderr(Stdio::inherit())
            .output()?;
        let text = String::from_utf8(output.stdout)?;
        let number =
            |at: usize| -> Outcome<f64> { Ok(text.split_whitespace().nth(at).ok_or("it told nothing")?.parse()?) };
        Ok(Told {
            seconds: number(0)?,
            before: number(1)? as u64,
            peak: number(2)? as u64,
            ledger: number(3)? as u64,
            slowed: number(4)? as u64,
        })
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves until its standard input ends.
fn serve(clusters: u64, latency_ms: u64) -> Outcome<()> {
    let contract = Contract {
        reconcile_ms: None,
        ..Contract::default()
    };
    let simulator = Simulator::start(Options {
        contract,
        ..Options::clusters(clusters)
    })?;
    if latency_ms > 0 {
        simulator.inject(Fault::late(latency_ms).forever())?;
    }
    println!("{}\n{}", simulator.url(), simulator.token());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// Changes so many clusters, each read before, and tells what that took.
fn run(items: u64, in_flight: usize, url: &str, token: &str) -> Outcome<()> {
    let client = Client::builder().base_url(url).token(token).build()?;
    let folder = std::env::temp_dir().join(format!("akua-bench-fleet-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let ledger = folder.join("ledger");
    let patch = |number: u64| -> (ClusterId, ClusterPatch) {
        let patch = ClusterPatch::builder().name(format!("fleet {number}"));
        (format!("clu_{number}").parse().unwrap(), patch.build().unwrap())
    };
    let fleet = client
        .clusters()
        .fleet(Plan::patches((1..=items).map(patch)), &ledger)?;
    let before = memory("VmRSS")?;
    let begun = Instant::now();
    let mut run = fleet.run(&Limits::default().in_flight(in_flight))?;
    let slowed = run
        .by_ref()
        .filter(|event| matches!(event, Event::Rate { slowed: true, .. }))
        .count();
    let summary = run.finish()?;
    let seconds = begun.elapsed().as_secs_f64();
    if summary.counts.of(State::Applied) != items {
        return Err(format!("{summary}").into());
    }
    let size = std::fs::metadata(&ledger)?.len() / 1024;
    println!("{seconds} {before} {} {size} {slowed}", memory("VmHWM")?);
    drop(fleet);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// A figure of this process from the kernel, in KiB.
fn memory(name: &str) -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find(|line| line.starts_with(name))
        .ok_or("no such figure")?;
    Ok(line.split_whitespace().nth(1).ok_or("no figure")?.parse()?)
}

/// How long the service takes for an answer when it has nothing else to do, in milliseconds, and how many requests per
/// second it answers at most: reads and writes by turns, on ever more bare sockets.
fn service() -> Outcome<(f64, f64)> {
    let service = Service::start(512, LATENCY_MS)?;
    let alone = hammered(&service, 1);
    let best = [64, 128, 256].into_iter().map(|sockets| hammered(&service, sockets));
    Ok((1000.0 / alone, best.fold(alone, f64::max)))
}

/// Requests per second on so many sockets.
fn hammered(service: &Service, sockets: u64) -> f64 {
    let begun = Instant::now();
    let end = begun + Duration::from_secs(4);
    let counts: Vec<u64> = std::thread::scope(|scope| {
        let workers: Vec<_> = (1..=sockets)
            .map(|number| scope.spawn(move || hammer(service, number, end).unwrap_or(0)))
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    counts.iter().sum::<u64>() as f64 / begun.elapsed().as_secs_f64()
}

/// Reads and writes a cluster of its own until the end; how many requests were answered.
fn hammer(service: &Service, number: u64, end: Instant) -> Outcome<u64> {
    let address = service.url.trim_start_matches("http://");
    let mut socket = TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    let head = format!(
        "/v1/clusters/clu_{number} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n",
        service.token
    );
    let body = format!(r#"{{"name":"fleet {number}"}}"#);
    let (mut answer, mut count) = (vec![0; 64 * 1024], 0);
    while Instant::now() < end {
        socket.write_all(format!("GET {head}\r\n").as_bytes())?;
        let read = socket.read(&mut answer)?;
        let text = String::from_utf8_lossy(&answer[..read]);
        let etag = text
            .split(r#""etag":""#)
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .ok_or("no etag")?;
        let write = format!(
            "PATCH {head}if-match: {etag}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        socket.write_all(write.as_bytes())?;
        let read = socket.read(&mut answer)?;
        if !answer[..read].starts_with(b"HTTP/1.1 200") {
            return Err("it was refused".into());
        }
        count += 2;
    }
    Ok(count)
}
