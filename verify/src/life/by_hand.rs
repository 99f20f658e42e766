//! Clients that send single requests and make of the answers what they like: each with one mistake, or with none.

use std::time::Duration;

use akua_http::{AwaitedOperation, Client};
use akua_model::edit::LaunchKind;
use akua_model::waiting::Asked;
use akua_model::{Cluster, ClusterId, IdempotencyKey, Operation, OperationId, OwnerType, PageQuery};

use super::claim::{LaunchClaim, Seen, WaitClaim};
use super::mistake::Mistake;
use super::rig::Rig;

pub(super) fn play(rig: &mut Rig, mistake: Option<Mistake>) {
    let client = rig.client(false, Duration::ZERO);
    let (id, versions) = ("clu_1", rig.stage.versions());
    let from = rig.stage.note(|notes| notes.attempts.len());
    let Ok(seen) = client.clusters().get(&cluster()) else {
        return;
    };
    // A token that would settle it.
    if mistake != Some(Mistake::KeepsNoToken) {
        rig.stage
            .note(|notes| notes.kept.push(format!("{} on {}", id, seen.etag)));
    }
    let claim = match launched(rig, &client, &seen, "k-1") {
        Ok(claim) => claim,
        Err(()) => lost(rig, &client, &seen, mistake),
    };
    let said = match mistake {
        Some(Mistake::ShowsItsToken) => rig.stage.note(|notes| format!("sent with {}", notes.secrets[0])),
        _ => format!("{claim:?}"),
    };
    rig.claimed(id, from, versions, claim.clone(), said);
    if let LaunchClaim::Accepted { operation } = claim {
        wait(rig, &client, &seen, &operation, mistake);
    }
}

fn cluster() -> ClusterId {
    "clu_1".parse().unwrap()
}

/// One request; `Err` if nobody knows what came of it.
fn launched(rig: &Rig, client: &Client, seen: &Cluster, key: &str) -> Result<LaunchClaim, ()> {
    let clusters = client.clusters();
    let (etag, key): (_, IdempotencyKey) = (seen.etag.if_match().unwrap(), key.parse().unwrap());
    let answer = match rig.stage.scenario.kind {
        LaunchKind::SuspendCluster => clusters.suspend_once(&cluster(), &etag, Some(&key)),
        LaunchKind::ResumeCluster => clusters.resume_once(&cluster(), &etag, Some(&key)),
        _ => clusters.delete_once(&cluster(), &etag, Some(&key)),
    };
    match answer {
        Ok(operation) => Ok(LaunchClaim::Accepted {
            operation: operation.id.to_string(),
        }),
        Err(error) if error.may_have_taken_effect() => Err(()),
        Err(_) => Ok(LaunchClaim::NotApplied(None)),
    }
}

fn lost(rig: &Rig, client: &Client, seen: &Cluster, mistake: Option<Mistake>) -> LaunchClaim {
    let unknown = LaunchClaim::Indeterminate {
        may_still_land: true,
        seen: None,
    };
    let shown = |cluster: &Cluster| Seen {
        etag: cluster.etag.to_string(),
        state: Some(cluster.state.as_str().to_owned()),
        reconciling: Some(cluster.reconciling),
    };
    match mistake {
        Some(Mistake::BelievesTheBlind) => {
            let blind = rig.client(true, Duration::ZERO);
            match blind.clusters().get(&cluster()) {
                Err(error) if error.status() == Some(404) => LaunchClaim::Observed(None),
                _ => unknown,
            }
        }
        Some(Mistake::AdoptsWhatIsListed) => match newest(client) {
            Some(operation) => LaunchClaim::Accepted {
                operation: operation.id.to_string(),
            },
            None => unknown,
        },
        Some(Mistake::IssuesAnew) => {
            let again = client.clusters().get(&cluster());
            let again = again.map(|seen| launched(rig, client, &seen, "k-2"));
            again.ok().and_then(Result::ok).unwrap_or(unknown)
        }
        Some(Mistake::OldStateIsNotApplied) => match client.clusters().get(&cluster()) {
            Ok(now) if now.etag == seen.etag => LaunchClaim::NotApplied(None),
            _ => unknown,
        },
        Some(Mistake::BelievesTheState) => match client.clusters().get(&cluster()) {
            Ok(now) => LaunchClaim::Observed(Some(shown(&now))),
            _ => unknown,
        },
        Some(Mistake::CallsItUnchanged) => match client.clusters().get(&cluster()) {
            Ok(now) => LaunchClaim::Unchanged(Some(shown(&now))),
            _ => unknown,
        },
        Some(Mistake::MakesUpAVersion) => LaunchClaim::Indeterminate {
            may_still_land: true,
            seen: Some(Seen {
                etag: format!("{}0", seen.etag),
                ..shown(seen)
            }),
        },
        Some(Mistake::LostWillNotCome) => LaunchClaim::Indeterminate {
            may_still_land: false,
            seen: None,
        },
        _ => unknown,
    }
}

/// The newest operation of the cluster.
fn newest(client: &Client) -> Option<Operation> {
    let query = PageQuery::default().owner(&OwnerType::Cluster, "clu_1");
    client.operations().page(&query).ok()?.data.into_iter().next()
}

fn wait(rig: &mut Rig, client: &Client, seen: &Cluster, operation: &str, mistake: Option<Mistake>) {
    let id: OperationId = operation.parse().unwrap();
    let (mut waited, from) = rig.waited(client, AwaitedOperation::from(&id));
    if mistake == Some(Mistake::SaysWhatItSawFirst) {
        waited.now = akua_model::waiting::Now::Cluster(Box::new(seen.clone()));
    }
    let mut failed = false;
    rig.wait_ended(&waited, from, Asked::No, |claim| match (mistake, claim) {
        (Some(Mistake::FailedIsNotApplied), claim @ WaitClaim::Failed(_)) => {
            failed = true;
            claim
        }
        (Some(Mistake::VanishedIsSucceeded), WaitClaim::LostTrack { .. }) => WaitClaim::Succeeded,
        (Some(Mistake::AskedForEveryCancel), WaitClaim::Cancelled(_)) => WaitClaim::Cancelled(Asked::Yes),
        (Some(Mistake::RunningIsFailed), WaitClaim::StillRunning { .. }) => WaitClaim::Failed(None),
        (_, claim) => claim,
    });
    if failed {
        rig.claimed_anew(LaunchClaim::NotApplied(None));
    }
}
