//! Makes the calls of a Rust client, and says how long they took.
//!
//! Every client program takes the same arguments, finds the same values in its environment and prints the same line,
//! in whatever language it is written:
//!
//! ```text
//! PROGRAM OPERATION CALLS [WARM_UP]
//! {"p50_us":41.0,"p99_us":80.2,"cpu_us":30.1}
//! ```
//!
//! Without `WARM_UP` the calls are made and nothing is timed: what counts instructions must not count the counting.

use std::env;
use std::error::Error;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

/// What a client may fail with. None may: a failed call ends the measurement.
pub type Failure = Box<dyn Error + Send + Sync>;

/// One call, repeated.
pub type Calls<'a> = Box<dyn FnMut() -> Result<(), Failure> + 'a>;

/// What the program was asked to do.
pub struct Plan {
    /// `update`, `get`, `edit`, `page`.
    pub operation: String,
    calls: usize,
    warm_up: Option<usize>,
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
        let mut words = env::args().skip(1);
        let usage = "usage: OPERATION CALLS [WARM_UP]";
        Ok(Self {
            operation: words.next().ok_or(usage)?,
            calls: words.next().ok_or(usage)?.parse()?,
            warm_up: words.next().map(|text| text.parse()).transpose()?,
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

/// Makes the calls that `plan` asks for and prints what they took.
///
/// # Errors
///
/// The first failure of a call.
pub fn run(plan: &Plan, mut call: Calls<'_>) -> Result<(), Failure> {
    let Some(warm_up) = plan.warm_up else {
        return (0..plan.calls).try_for_each(|_| call());
    };
    (0..warm_up).try_for_each(|_| call())?;
    let mut each = Vec::with_capacity(plan.calls);
    let processor = ProcessTime::now();
    for _ in 0..plan.calls {
        let before = Instant::now();
        call()?;
        each.push(before.elapsed());
    }
    let cpu = processor.elapsed();
    each.sort_unstable();
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    let at = |share: usize| micros(each.get(each.len() * share / 100).copied().unwrap_or_default());
    println!(
        r#"{{"p50_us":{:.3},"p99_us":{:.3},"cpu_us":{:.3}}}"#,
        at(50),
        at(99),
        micros(cpu) / plan.calls as f64
    );
    Ok(())
}
