//! Time that runs out, a write that is settled later, and a cluster that takes its time.

use std::time::Duration;

use akua_http::{Awaited, Settled};
use akua_model::edit::{Cause, Contract, Indeterminate, Outcome, Proof, ResumeMode, ResumeToken};
use akua_model::{Cluster, ClusterPatch};
use akua_sim::{End, Fault, Kind};

use crate::stage::{CLUSTER, Shown, Stage, expect};

/// The time for a whole edit. After a repeat that stalls, too little of it is left for the wait before another one.
const LIMIT: Duration = Duration::from_millis(1600);

pub(crate) fn deadline_while_settling(stage: &mut Stage) -> Shown {
    let client = stage.client()?;
    let seen = stage.cluster(&client)?;
    stage.say("The write lands, and the server falls silent for good. A quarter of the time is kept for settling:");
    stage.next_write(Fault::lost_after(End::Stall).forever())?;
    let patch = ClusterPatch::builder().name("prod-eu").build()?;
    let edited = client.clusters().timeout(LIMIT).edit(&seen, patch)?;
    stage.tell(&edited);
    let open = open_end(&edited.outcome).ok_or("expected an end that is open")?;
    expect(
        open.may_still_land && open.cause == Cause::Deadline && stage.landed(Kind::Cluster, CLUSTER)? == 1,
        "an end that is open because of the deadline",
    )
}

pub(crate) fn resumed_elsewhere(stage: &mut Stage) -> Shown {
    let printed = {
        let client = stage.client()?;
        let seen = stage.cluster(&client)?;
        stage.next_write(Fault::lost_after(End::Stall).forever())?;
        let patch = ClusterPatch::builder().name("prod-eu").build()?;
        let edited = client.clusters().timeout(LIMIT).edit(&seen, patch)?;
        let open = open_end(&edited.outcome).ok_or("expected an end that is open")?;
        open.resume_token.to_string()
    };
    stage.all_is_well_again()?;
    let short: String = printed.chars().take(32).collect();
    stage.say(format_args!("All that is left of the call: {short}…"));

    let token: ResumeToken = printed.parse()?;
    let client = stage.client()?;
    stage.say("Only looked at, which sends no write, and proves something only where reads can't be stale:");
    let looked = client
        .clusters()
        .resolve(&token, ResumeMode::Look, &akua_model::Secrets::none())?;
    stage.tell(&looked);
    let seen = open_end(&looked.outcome).and_then(|open| open.seen.as_ref());
    expect(
        seen.is_some_and(|seen| seen.name == "prod-eu"),
        "our value, and no claim that it is ours",
    )?;

    stage.say("Finished, with the same bytes under the same key:");
    let finished = client
        .clusters()
        .resolve(&token, ResumeMode::Finish, &akua_model::Secrets::none())?;
    stage.tell(&finished);
    expect(
        finished
            .applied()
            .is_some_and(|applied| applied.proof == Proof::Acknowledged)
            && stage.landed(Kind::Cluster, CLUSTER)? == 1,
        "a change that landed once",
    )
}

pub(crate) fn settled(stage: &mut Stage) -> Shown {
    let client = stage.client()?;
    let clusters = client.clusters().timeout(Duration::from_secs(60));
    let seen = stage.cluster(&client)?;
    let region = ClusterPatch::builder().name("prod-eu").region_id("reg_eu").build()?;
    let edited = clusters.edit(&seen, region)?;
    stage.say(&edited.outcome);
    let applied = edited.applied().ok_or("expected an applied change")?;
    let end = clusters.wait_settled(applied)?;
    stage.say(&end);
    expect(
        matches!(&end, Settled::Settled(cluster) if !cluster.reconciling && cluster.etag.as_str() == "44"),
        "a cluster that has settled",
    )?;

    // On a server whose reads are never stale: within one second nothing else tells which version is the newer one.
    let mut contract = Contract::documented();
    contract.reads_linearizable = true;
    let client = stage.client_with(|builder| builder.contract(contract))?;
    let clusters = client.clusters().timeout(Duration::from_secs(60));
    stage.somebody_renames_the_cluster("prod-red")?;
    let end = clusters.wait_settled(applied)?;
    stage.say(&end);
    expect(matches!(end, Settled::Superseded(_)), "that our name is gone")?;
    let end = clusters.wait_settled(Awaited::of(&applied.id))?;
    expect(
        matches!(end, Settled::Settled(_)),
        "a settled cluster, whoever named it",
    )
}

fn open_end(outcome: &Outcome<Cluster>) -> Option<&Indeterminate<Cluster>> {
    match outcome {
        Outcome::Indeterminate(open) => Some(open),
        _ => None,
    }
}
