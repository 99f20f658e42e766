//! `ureq` and `serde`, as one would write it: an agent with a timeout for the whole call. `ureq-bare` is the same
//! without a timeout.

use std::hint::black_box;
use std::time::Duration;

use akua_bench_driver::{Calls, Failure, Plan, Workload, run};
use akua_bench_peers::{Cluster, Page, Patch};
use ureq::Agent;

fn main() -> Result<(), Failure> {
    let mut plan = Plan::from_arguments()?;
    let workload = Workload::from_environment()?;
    let timeout = match plan.operation.strip_suffix("-bare") {
        Some(operation) => {
            plan.operation = operation.to_owned();
            None
        }
        None => Some(Duration::from_secs(30)),
    };
    let agent: Agent = Agent::config_builder().timeout_global(timeout).build().into();
    run(&plan, || calls(&plan.operation, &agent, &workload))
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
