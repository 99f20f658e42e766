//! `ureq` and `serde`, as one would write it: an agent with a timeout for the whole call, plain types that check nothing.

use std::hint::black_box;
use std::time::Duration;

use akua_bench_driver::{Calls, Failure, Plan, Workload, run};
use serde::{Deserialize, Serialize};
use ureq::Agent;

fn main() -> Result<(), Failure> {
    let plan = Plan::from_arguments()?;
    let workload = Workload::from_environment()?;
    let timeout = Some(Duration::from_secs(30));
    let agent: Agent = Agent::config_builder().timeout_global(timeout).build().into();
    run(&plan, calls(&plan.operation, &agent, &workload)?)
}

#[derive(Serialize)]
struct Patch<'a> {
    name: &'a str,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoded as a program would, then dropped")]
struct Cluster {
    id: String,
    html_url: Option<String>,
    name: String,
    workspace_id: String,
    state: String,
    provider: String,
    reconciling: bool,
    created_at: i64,
    updated_at: i64,
    etag: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "as above")]
struct Page {
    data: Vec<Cluster>,
    has_more: bool,
    next_cursor: Option<String>,
}

fn calls<'a>(operation: &str, agent: &'a Agent, workload: &'a Workload) -> Result<Calls<'a>, Failure> {
    Ok(match operation {
        "update" => Box::new(|| {
            let mut answer = agent
                .patch(workload.cluster_url())
                .header("authorization", format!("Bearer {}", workload.token))
                .header("akua-context", &workload.context)
                .header("if-match", &workload.if_match)
                .header("idempotency-key", &workload.key)
                .send_json(Patch { name: &workload.name })?;
            black_box(answer.body_mut().read_json::<Cluster>()?);
            Ok(())
        }),
        "get" => Box::new(|| {
            let mut answer = agent
                .get(workload.cluster_url())
                .header("authorization", format!("Bearer {}", workload.token))
                .header("akua-context", &workload.context)
                .call()?;
            black_box(answer.body_mut().read_json::<Cluster>()?);
            Ok(())
        }),
        "page" => Box::new(|| {
            let mut answer = agent
                .get(workload.page_url())
                .header("authorization", format!("Bearer {}", workload.token))
                .header("akua-context", &workload.context)
                .call()?;
            black_box(answer.body_mut().read_json::<Page>()?);
            Ok(())
        }),
        other => return Err(format!("no operation {other}").into()),
    })
}
