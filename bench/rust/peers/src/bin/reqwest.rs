//! `reqwest`'s blocking client, as one would write it; it has a timeout of 30 s by itself. Built without TLS.

use std::hint::black_box;

use akua_bench_driver::{Calls, Failure, Plan, Workload, run};
use akua_bench_peers::{Cluster, Page, Patch};
use reqwest::blocking::Client;

fn main() -> Result<(), Failure> {
    let plan = Plan::from_arguments()?;
    let workload = Workload::from_environment()?;
    let client = Client::new();
    run(&plan, || calls(&plan.operation, &client, &workload))
}

fn calls<'a>(operation: &str, client: &'a Client, workload: &'a Workload) -> Result<Calls<'a>, Failure> {
    Ok(match operation {
        "update" => Box::new(|| {
            let answer = client
                .patch(workload.cluster_url())
                .bearer_auth(&workload.token)
                .header("akua-context", &workload.context)
                .header("if-match", &workload.if_match)
                .header("idempotency-key", &workload.key)
                .json(&Patch { name: &workload.name })
                .send()?
                .error_for_status()?;
            black_box(answer.json::<Cluster>()?);
            Ok(())
        }),
        "get" => Box::new(|| {
            let answer = client
                .get(workload.cluster_url())
                .bearer_auth(&workload.token)
                .header("akua-context", &workload.context)
                .send()?
                .error_for_status()?;
            black_box(answer.json::<Cluster>()?);
            Ok(())
        }),
        "page" => Box::new(|| {
            let answer = client
                .get(workload.page_url())
                .bearer_auth(&workload.token)
                .header("akua-context", &workload.context)
                .send()?
                .error_for_status()?;
            black_box(answer.json::<Page>()?);
            Ok(())
        }),
        other => return Err(format!("no operation {other}").into()),
    })
}
