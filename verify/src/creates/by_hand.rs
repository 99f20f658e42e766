//! Clients that send single requests and make of the answers what they like: each with one mistake, or with none.

use std::time::Duration;

use akua_http::Client;
use akua_model::waiting::{Fate, WaitEnd, WaitPolicy};
use akua_model::{OwnerType, PageQuery};

use super::evidence::{CreateCall, made};
use super::rig::{Rig, new};
use super::scenario::{Mistake, NAME};
use crate::life::claim::LaunchClaim;

const UNKNOWN: LaunchClaim = LaunchClaim::Indeterminate {
    may_still_land: true,
    seen: None,
};

pub(super) fn play(rig: &mut Rig, mistake: Option<Mistake>) {
    let client = rig.client(Duration::ZERO);
    if mistake != Some(Mistake::KeepsNoToken) {
        rig.stage.note(|notes| notes.kept.push(format!("makes {NAME}")));
    }
    let keyed = mistake != Some(Mistake::SendsAgain);
    let mut claim = sent(&client, keyed.then_some("k-1")).unwrap_or(UNKNOWN);
    if claim == UNKNOWN {
        claim = lost(&client, mistake);
    }
    if mistake == Some(Mistake::FailedIsNotApplied) && has_failed(&client, &claim) {
        claim = LaunchClaim::NotApplied(None);
    }
    let said = match mistake {
        Some(Mistake::ShowsItsToken) => rig.stage.note(|notes| format!("sent with {}", notes.secrets[0])),
        _ => format!("{claim:?}"),
    };
    rig.creates.push(CreateCall {
        claim,
        candidates: Vec::new(),
        made: made(&rig.stage.simulator.log()),
        settles: false,
        story: said.clone(),
    });
    rig.said.push(said);
}

/// One request; `None` if nobody knows what came of it.
fn sent(client: &Client, key: Option<&str>) -> Option<LaunchClaim> {
    let key = key.map(|key| key.parse().unwrap());
    match client.clusters().create_once(&new(), key.as_ref()) {
        Ok(operation) => Some(LaunchClaim::Accepted {
            operation: operation.id.to_string(),
        }),
        Err(error) if error.may_have_taken_effect() => None,
        Err(_) => Some(LaunchClaim::NotApplied(None)),
    }
}

fn lost(client: &Client, mistake: Option<Mistake>) -> LaunchClaim {
    match mistake {
        Some(Mistake::SendsAgain) => sent(client, None).unwrap_or(UNKNOWN),
        Some(Mistake::NewKey) => sent(client, Some("k-2")).unwrap_or(UNKNOWN),
        Some(Mistake::RefusalIsTheEnd) => sent(client, Some("k-1")).unwrap_or(UNKNOWN),
        Some(Mistake::AdoptsNamesake) => adopted(client).unwrap_or(UNKNOWN),
        Some(Mistake::NothingListedIsNotApplied) => match listed(client) {
            Some(found) if found.is_empty() => LaunchClaim::NotApplied(None),
            _ => UNKNOWN,
        },
        Some(Mistake::LostWillNotCome) => LaunchClaim::Indeterminate {
            may_still_land: false,
            seen: None,
        },
        _ => UNKNOWN,
    }
}

/// The ids of the clusters of that name.
fn listed(client: &Client) -> Option<Vec<String>> {
    let page = client.clusters().page(&PageQuery::default()).ok()?;
    let named = page.data.iter().filter(|cluster| cluster.name == NAME);
    Some(named.map(|cluster| cluster.id.to_string()).collect())
}

/// The newest cluster of that name, and the operation that has made it.
fn adopted(client: &Client) -> Option<LaunchClaim> {
    let newest = listed(client)?.pop()?;
    let query = PageQuery::default().owner(&OwnerType::Cluster, &newest);
    let operation = client.operations().page(&query).ok()?.data.pop()?;
    Some(LaunchClaim::Accepted {
        operation: operation.id.to_string(),
    })
}

fn has_failed(client: &Client, claim: &LaunchClaim) -> bool {
    let LaunchClaim::Accepted { operation } = claim else {
        return false;
    };
    let id: akua_model::OperationId = operation.parse().unwrap();
    let waited = client.operations().wait(&id, WaitPolicy::default());
    waited.is_ok_and(|waited| matches!(waited.end, WaitEnd::Done(Fate::Failed { .. })))
}
