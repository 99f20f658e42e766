//! Makes the calls of a Rust client, and says how long they took.
//!
//! Every client program takes the same arguments, finds the same values in its environment and prints the same line,
//! in whatever language it is written:
//!
//! ```text
//! PROGRAM OPERATION CALLS [THREADS [WARM_UP]]
//! {"calls":2000,"seconds":0.123,"cpu_us":30.1,"p50_us":41.0,"p99_us":80.2,"first_ns":123456789,"rss_kib":3200}
//! ```
//!
//! `first_ns` is the time of day when the first answer was there, in Unix nanoseconds, so that whoever started the
//! program can tell how long that took. Nothing is measured in between with one argument more, `unmeasured`: what counts instructions
//! must not count the counting.

use std::error::Error;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{env, fs, thread};

use cpu_time::ProcessTime;

/// What a client may fail with. None may: a failed call ends the measurement.
pub type Failure = Box<dyn Error + Send + Sync>;

/// So many times are kept at most, of calls at equal distances: a program's memory must not grow by being measured.
const MOST_KEPT: usize = 10_000;

/// One call, repeated.
pub type Calls<'a> = Box<dyn FnMut() -> Result<(), Failure> + 'a>;

/// What the program was asked to do.
pub struct Plan {
    /// `update`, `get`, `edit`, `page`, …
    pub operation: String,
    calls: usize,
    threads: usize,
    warm_up: usize,
    measured: bool,
}

/// The values that every client sends.
pub struct Workload {
    /// Scheme, host and port, the host being a name.
    pub url: String,
    /// The bearer token.
    pub token: String,
    /// The cluster.
    pub id: String,
    /// Its etag.
    pub if_match: String,
    /// The workspace context.
    pub context: String,
    /// The idempotency key.
    pub key: String,
    /// The name to be given.
    pub name: String,
}

impl Plan {
    /// Reads the program's arguments.
    ///
    /// # Errors
    ///
    /// If there are too few, or a number is none.
    pub fn from_arguments() -> Result<Self, Failure> {
        let arguments: Vec<String> = env::args().skip(1).collect();
        let number = |at: usize, default: usize| arguments.get(at).map_or(Ok(default), |text| text.parse());
        let operation = arguments
            .first()
            .ok_or("usage: OPERATION CALLS [THREADS [WARM_UP [unmeasured]]]")?;
        Ok(Self {
            operation: operation.clone(),
            calls: number(1, 1)?,
            threads: number(2, 1)?,
            warm_up: number(3, 0)?,
            measured: arguments.get(4).is_none(),
        })
    }
}

impl Workload {
    /// Reads the environment.
    ///
    /// # Errors
    ///
    /// If a variable is missing.
    pub fn from_environment() -> Result<Self, Failure> {
        let value = |name: &str| env::var(name).map_err(|_| format!("{name} is not set"));
        Ok(Self {
            url: value("BENCH_URL")?,
            token: value("BENCH_TOKEN")?,
            id: value("BENCH_ID")?,
            if_match: value("BENCH_IF_MATCH")?,
            context: value("BENCH_CONTEXT")?,
            key: value("BENCH_KEY")?,
            name: value("BENCH_NAME")?,
        })
    }

    /// Where the cluster is.
    #[must_use]
    pub fn cluster_url(&self) -> String {
        format!("{}/v1/clusters/{}", self.url, self.id)
    }

    /// Where a page of 100 clusters is.
    #[must_use]
    pub fn page_url(&self) -> String {
        format!("{}/v1/clusters?limit=100", self.url)
    }
}

/// Makes the calls that `plan` asks for, each thread those of a `client` of its own, and prints what they took.
///
/// # Errors
///
/// The first failure of a call.
pub fn run<'a>(plan: &Plan, client: impl Fn() -> Result<Calls<'a>, Failure> + Sync) -> Result<(), Failure> {
    let first = AtomicU64::new(0);
    let start = Barrier::new(plan.threads);
    let work = || -> Result<Timings, Failure> {
        let mut call = client()?;
        for _ in 0..plan.warm_up {
            call()?;
        }
        start.wait();
        if !plan.measured {
            for _ in 0..plan.calls {
                call()?;
            }
            return Ok(Timings::default());
        }
        let step = plan.calls / MOST_KEPT + 1;
        let mut each = Vec::with_capacity(plan.calls / step + 1);
        let begun = Instant::now();
        for number in 0..plan.calls {
            let before = Instant::now();
            call()?;
            let took = before.elapsed();
            if number % step == 0 {
                each.push(took);
            }
            if number == 0 {
                let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
                first.store(u64::try_from(now.as_nanos())?, Ordering::Relaxed);
            }
        }
        Ok(Timings {
            each,
            all: begun.elapsed(),
            calls: plan.calls,
        })
    };
    let before = plan.measured.then(ProcessTime::now);
    let timings = if plan.threads == 1 {
        work()?
    } else {
        in_threads(plan.threads, work)?
    };
    if let Some(before) = before {
        timings.print(before.elapsed(), first.into_inner())?;
    }
    Ok(())
}

fn in_threads(threads: usize, work: impl Fn() -> Result<Timings, Failure> + Sync) -> Result<Timings, Failure> {
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(&work)).collect();
        let mut all = Timings::default();
        for worker in workers {
            let one = worker.join().map_err(|_| "a thread has panicked")??;
            all.each.extend(one.each);
            all.calls += one.calls;
            all.all = all.all.max(one.all);
        }
        Ok(all)
    })
}

#[derive(Default)]
struct Timings {
    /// Those that were kept.
    each: Vec<Duration>,
    calls: usize,
    all: Duration,
}

impl Timings {
    fn print(mut self, cpu: Duration, first: u64) -> Result<(), Failure> {
        let (calls, kept) = (self.calls, self.each.len());
        self.each.sort_unstable();
        let at = |share: usize| {
            self.each
                .get(kept * share / 100)
                .copied()
                .unwrap_or_default()
                .as_secs_f64()
                * 1e6
        };
        println!(
            r#"{{"calls":{calls},"seconds":{:.6},"cpu_us":{:.3},"p50_us":{:.3},"p99_us":{:.3},"first_ns":{first},"rss_kib":{}}}"#,
            self.all.as_secs_f64(),
            cpu.as_secs_f64() * 1e6 / calls.max(1) as f64,
            at(50),
            at(99),
            resident_kib()?,
        );
        Ok(())
    }
}

fn resident_kib() -> Result<u64, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|rest| rest.split_whitespace().next());
    Ok(number.ok_or("no VmRSS in /proc/self/status")?.parse()?)
}
