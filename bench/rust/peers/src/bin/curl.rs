//! `curl` (the system's libcurl from Rust) and `serde`, as one would write it: a handle a thread, a timeout for the
//! whole call.

use std::hint::black_box;
use std::time::Duration;

use akua_bench_driver::{Calls, Failure, Plan, Workload, run};
use akua_bench_peers::{Cluster, Page, Patch};
use curl::easy::{Easy, List};
use serde::de::DeserializeOwned;

fn main() -> Result<(), Failure> {
    let plan = Plan::from_arguments()?;
    let workload = Workload::from_environment()?;
    run(&plan, || calls(&plan.operation, &workload))
}

fn calls<'a>(operation: &str, workload: &'a Workload) -> Result<Calls<'a>, Failure> {
    let mut handle = Easy::new();
    handle.timeout(Duration::from_secs(30))?;
    Ok(match operation {
        "update" => {
            handle.custom_request("PATCH")?;
            Box::new(move || {
                let mut headers = reading(workload)?;
                headers.append("content-type: application/json")?;
                headers.append(&format!("if-match: {}", workload.if_match))?;
                headers.append(&format!("idempotency-key: {}", workload.key))?;
                let body = serde_json::to_vec(&Patch { name: &workload.name })?;
                handle.post_fields_copy(&body)?;
                call::<Cluster>(&mut handle, &workload.cluster_url(), headers)
            })
        }
        "get" => Box::new(move || call::<Cluster>(&mut handle, &workload.cluster_url(), reading(workload)?)),
        "page" => Box::new(move || call::<Page>(&mut handle, &workload.page_url(), reading(workload)?)),
        other => return Err(format!("no operation {other}").into()),
    })
}

fn reading(workload: &Workload) -> Result<List, curl::Error> {
    let mut headers = List::new();
    headers.append(&format!("authorization: Bearer {}", workload.token))?;
    headers.append(&format!("akua-context: {}", workload.context))?;
    Ok(headers)
}

fn call<T: DeserializeOwned>(handle: &mut Easy, url: &str, headers: List) -> Result<(), Failure> {
    handle.url(url)?;
    handle.http_headers(headers)?;
    let mut answer = Vec::new();
    let mut transfer = handle.transfer();
    transfer.write_function(|bytes| {
        answer.extend_from_slice(bytes);
        Ok(bytes.len())
    })?;
    transfer.perform()?;
    drop(transfer);
    let status = handle.response_code()?;
    if status != 200 {
        return Err(format!("HTTP {status}").into());
    }
    black_box(serde_json::from_slice::<T>(&answer)?);
    Ok(())
}
