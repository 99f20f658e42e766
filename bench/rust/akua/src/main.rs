//! The calls that are measured, made with akua-http as a program would: every value is checked on every call, a
//! deadline of 30 s and a cancel handle are set, nobody listens to the trace.

use std::hint::black_box;
use std::time::Duration;

use akua_bench_driver::{Calls, Failure, Plan, Workload, run};
use akua_http::cancel::Cancel;
use akua_http::{Client, Collection};
use akua_model::edit::Outcome;
use akua_model::{Cluster, ClusterId, ClusterPatch, Etag, IdempotencyKey, PageQuery, WorkspaceContext};

fn main() -> Result<(), Failure> {
    let plan = Plan::from_arguments()?;
    let workload = Workload::from_environment()?;
    let context: WorkspaceContext = workload.context.parse()?;
    let client = Client::builder()
        .base_url(&workload.url)
        .token(&workload.token)
        .context(context)
        .timeout(Duration::from_secs(30))
        .build()?;
    let stop = Cancel::new();
    let clusters = client.clusters().cancel(&stop);
    run(&plan, calls(&plan.operation, &clusters, &workload)?)
}

fn calls<'a>(operation: &str, clusters: &'a Collection<Cluster>, workload: &'a Workload) -> Result<Calls<'a>, Failure> {
    let etag = Etag::from(workload.if_match.as_str());
    Ok(match operation {
        "update" => Box::new(move || {
            let id: ClusterId = workload.id.parse()?;
            let if_match = etag.if_match()?;
            let key: IdempotencyKey = workload.key.parse()?;
            let patch = ClusterPatch::builder().name(workload.name.as_str()).build()?;
            black_box(clusters.update_with_key(&id, &if_match, &patch, &key)?);
            Ok(())
        }),
        // What the guard against growth has to notice: an update whose values are checked four times more.
        "update-planted" => {
            let mut update = calls("update", clusters, workload)?;
            Box::new(move || {
                for _ in 0..4 {
                    black_box(workload.id.parse::<ClusterId>()?);
                    black_box(ClusterPatch::builder().name(workload.name.as_str()).build()?);
                }
                update()
            })
        }
        "get" => Box::new(|| {
            let id: ClusterId = workload.id.parse()?;
            black_box(clusters.get(&id)?);
            Ok(())
        }),
        // A read and a write.
        "edit" => Box::new(|| {
            let id: ClusterId = workload.id.parse()?;
            let patch = ClusterPatch::builder().name(workload.name.as_str()).build()?;
            match clusters.edit(id, patch)?.outcome {
                Outcome::Applied(applied) => drop(black_box(applied)),
                other => return Err(format!("{other:?}").into()),
            }
            Ok(())
        }),
        // One page, each item's id and name looked at.
        "page" => Box::new(|| {
            let page = clusters.page(&PageQuery::default().limit(100)?)?;
            for cluster in &page.data {
                black_box((cluster.id.as_str(), cluster.name.as_str()));
            }
            Ok(())
        }),
        other => return Err(format!("no operation {other}").into()),
    })
}
