//! The calls that start an operation, and waiting for one.

use std::collections::BTreeMap;
use std::time::Duration;

use akua_http::{AwaitedOperation, Client, Collection, Deletable, Error};
use akua_model::edit::{LaunchOutcome, LaunchToken, Launched, Made, ResumeMode, Target, WaitToken};
use akua_model::waiting::{Now, WaitPolicy, Waited};
use akua_model::{
    Cluster, ClusterImport, Declared, NewCluster, NewWorkerBootstrap, NewWorkspace, OperationId, Readable,
    ResourceKind, Versioned, Workspace,
};

use super::fields::set;
use super::settings::policy;
use super::tell::{none, resource_report, told};
use crate::case::{Call, Order, PolicyOptions};
use crate::report::{Report, Told};

/// Whether it was accepted.
pub(super) fn launch(client: &Client, order: &Order) -> Result<Report, Error> {
    let clusters = with_policy(client.clusters(), order)?;
    let launched = match &order.call {
        Call::Suspend { id, seen } => clusters.suspend(target(&clusters, id, *seen)?)?,
        Call::Resume { id, seen } => clusters.resume(target(&clusters, id, *seen)?)?,
        Call::Delete { kind, id, seen } => match kind {
            ResourceKind::Cluster => clusters.delete(target(&clusters, id, *seen)?)?,
            ResourceKind::Workspace => {
                let workspaces = with_policy(client.workspaces(), order)?;
                workspaces.delete(target(&workspaces, id, *seen)?)?
            }
            other => return Err(none("deleted", *other)),
        },
        Call::Create { kind, new } => match kind {
            ResourceKind::Cluster => clusters.create(&set::<NewCluster>(new)?),
            ResourceKind::WorkerBootstrap => {
                let bootstraps = with_policy(client.worker_bootstraps(), order)?;
                return Ok(match set(new) {
                    Ok(new) => made(&bootstraps.create(&new)),
                    Err(error) => refused(&error.into()),
                });
            }
            ResourceKind::Workspace => with_policy(client.workspaces(), order)?.create(&set::<NewWorkspace>(new)?),
            other => return Err(none("made", *other)),
        },
        Call::Import { new } => clusters.import(&set::<ClusterImport>(new)?),
        Call::Revoke { id, seen } => {
            let bootstraps = with_policy(client.worker_bootstraps(), order)?;
            bootstraps.revoke(target(&bootstraps, id, *seen)?)?
        }
        Call::RefreshCapabilities { id } => clusters.refresh_capabilities(&id.parse()?)?,
        Call::CancelOperation { id } => client.operations().cancel_operation(&id.parse()?)?,
        Call::ResolveLaunch { mode, resume_token, .. } => {
            let unsettled = |error: akua_model::Error| Error::from(error).while_resolving();
            let token: LaunchToken = resume_token.as_deref().unwrap_or_default().parse().map_err(unsettled)?;
            clusters.resolve_launch(&token, mode.parse::<ResumeMode>().map_err(unsettled)?)?
        }
        _ => return Ok(Report::default()),
    };
    Ok(Report {
        launched: Some(told(&launched)),
        ..Report::default()
    })
}

/// What a create has made whose answer shows secrets, with these, and what is shown of it.
fn made(launched: &Launched) -> Report {
    let bootstrap = match &launched.outcome {
        LaunchOutcome::Made(Made::WorkerBootstrap(bootstrap)) => Some(&**bootstrap),
        _ => None,
    };
    let report = akua_model::report::Report::from(launched);
    Report {
        secrets: bootstrap.map(secrets_of).unwrap_or_default(),
        shown: vec![format!("{launched} {launched:?} {} {report:?}", launched.explain())],
        launched: Some(Told {
            resource: bootstrap.map(resource_report),
            ..told(launched)
        }),
        ..Report::default()
    }
}

/// The secrets that an answer has shown, each by its name.
#[must_use]
pub fn secrets_of<R: Declared>(resource: &R) -> BTreeMap<String, String> {
    let shown = R::PROPERTIES
        .iter()
        .filter_map(|property| Some((property.name, resource.secret(property.name)?)));
    shown
        .map(|(name, secret)| (name.to_owned(), secret.expose().to_owned()))
        .collect()
}

fn with_policy<R: Readable>(collection: Collection<R>, order: &Order) -> Result<Collection<R>, Error> {
    Ok(match order.client.policy == PolicyOptions::default() {
        true => collection,
        false => collection.policy(policy(&order.client)?),
    })
}

fn target<R: Versioned>(collection: &Collection<R>, id: &str, seen: bool) -> Result<Target<R>, Error> {
    let id: R::Id = id.parse()?;
    Ok(match seen {
        true => Target::Seen(Box::new(collection.get(&id)?)),
        false => Target::Id(id),
    })
}

/// One request, and the operation that it was answered with, or what it has made.
pub(super) fn once(client: &Client, call: &Call) -> Result<Report, Error> {
    let clusters = client.clusters();
    let key = call.given_key().map(str::parse).transpose()?;
    let key = key.as_ref();
    let operation = match call {
        Call::SuspendOnce(once) => clusters.suspend_once(&once.id.parse()?, &once.if_match.parse()?, key)?,
        Call::ResumeOnce(once) => clusters.resume_once(&once.id.parse()?, &once.if_match.parse()?, key)?,
        Call::DeleteOnce(once) => match once.kind {
            ResourceKind::Cluster => delete_once::<Cluster>(&clusters, &once.id, &once.if_match, key)?,
            ResourceKind::Workspace => delete_once::<Workspace>(&client.workspaces(), &once.id, &once.if_match, key)?,
            other => return Err(none("deleted", other)),
        },
        Call::CreateOnce(once) => match once.kind {
            ResourceKind::Cluster => clusters.create_once(&set::<NewCluster>(&once.new)?, key)?,
            ResourceKind::WorkerBootstrap => {
                return Ok(match set(&once.new) {
                    Ok(new) => made_once(client, &new, key),
                    Err(error) => refused(&error.into()),
                });
            }
            ResourceKind::Workspace => {
                let made = client.workspaces().create_once(&set::<NewWorkspace>(&once.new)?)?;
                return Ok(given(&made));
            }
            other => return Err(none("made", other)),
        },
        Call::ImportOnce { new, .. } => {
            return Ok(given(&clusters.import_once(&set::<ClusterImport>(new)?, key)?));
        }
        Call::RevokeOnce(once) => {
            let bootstraps = client.worker_bootstraps();
            bootstraps.revoke_once(&once.id.parse()?, &once.if_match.parse()?, key)?
        }
        Call::RefreshCapabilitiesOnce(once) => clusters.refresh_capabilities_once(&once.id.parse()?, key)?,
        Call::CancelOperationOnce(once) => client.operations().cancel_operation_once(&once.id.parse()?, key)?,
        _ => return Ok(Report::default()),
    };
    Ok(given(&operation))
}

fn given<R: Declared>(resource: &R) -> Report {
    Report {
        resource: Some(resource_report(resource)),
        ..Report::default()
    }
}

fn made_once(client: &Client, new: &NewWorkerBootstrap, key: Option<&akua_model::IdempotencyKey>) -> Report {
    match client.worker_bootstraps().create_once(new, key) {
        Ok(bootstrap) => Report {
            resource: Some(resource_report(&bootstrap)),
            secrets: secrets_of(&bootstrap),
            shown: vec![format!("{bootstrap:?}")],
            ..Report::default()
        },
        Err(error) => refused(&error),
    }
}

/// An error in place of an answer that shows secrets.
fn refused(error: &Error) -> Report {
    Report {
        shown: vec![format!("{error} {error:?}")],
        error: Some(told(error)),
        ..Report::default()
    }
}

fn delete_once<R: Deletable>(
    collection: &Collection<R>,
    id: &str,
    if_match: &str,
    key: Option<&akua_model::IdempotencyKey>,
) -> Result<akua_model::Operation, Error> {
    collection.delete_once(&id.parse()?, &if_match.parse()?, key)
}

/// What became of an operation.
pub(super) fn wait(client: &Client, order: &Order) -> Result<Report, Error> {
    let mut operations = client.operations();
    if let Some(timeout) = order.client.timeout_ms {
        operations = operations.timeout(Duration::from_millis(timeout));
    }
    let awaited = awaited(&order.call)?;
    let waited = operations.wait(awaited, WaitPolicy::default())?;
    Ok(Report {
        waited: Some(waited_report(&waited)),
        ..Report::default()
    })
}

/// Which operation is waited for.
///
/// # Errors
///
/// Its id or its token is none.
fn awaited(call: &Call) -> Result<AwaitedOperation, akua_model::Error> {
    let (operation, resume_token, asked) = match call {
        Call::Wait {
            operation,
            resume_token,
            asked,
            ..
        } => (operation, resume_token, asked),
        _ => (&None, &None, &None),
    };
    let awaited = match (operation, resume_token) {
        (_, Some(token)) => AwaitedOperation::from(token.parse::<WaitToken>()?),
        (id, None) => AwaitedOperation::from(id.as_deref().unwrap_or_default().parse::<OperationId>()?),
    };
    Ok(match asked {
        Some(asked) => awaited.asked(*asked),
        None => awaited,
    })
}

/// How a wait ended, and what stands there now.
fn waited_report(waited: &Waited) -> Told {
    Told {
        resource: match &waited.now {
            Now::Cluster(cluster) => Some(resource_report(&**cluster)),
            Now::Workspace(workspace) => Some(resource_report(&**workspace)),
            _ => None,
        },
        ..told(waited)
    }
}
