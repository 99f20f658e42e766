//! The Rust runner: one line in, one line out, as the runner of any other language.

mod cluster;
mod fields;
mod launches;
mod request;
mod settings;
mod tell;

use std::cell::RefCell;
use std::collections::BTreeMap;

use akua_http::{Awaited, BoxError, Client, Error};
use akua_model::edit::{Edited, ResumeMode, ResumeToken, Target};
use akua_model::property::Type;
use akua_model::{Cluster, IfMatch, Listed, PageQuery, Patch, Resource, ResourceKind, with_kind};
use serde_json::Value;

pub use self::fields::{patch_of, set};
pub use self::launches::secrets_of;
pub use self::request::answered;
pub use self::settings::{contract, policy};
pub use self::tell::resource_report;
use self::tell::{none, told};
use crate::case::{Call, Order, Turn};
use crate::report::{Report, ResourceReport, Told};

/// Does what `line` orders.
///
/// # Errors
///
/// If the line is no order.
pub fn answer(line: &str) -> Result<String, String> {
    let order: Order = serde_json::from_str(line).map_err(|error| format!("this is no order: {error}"))?;
    let report = run(&order).unwrap_or_else(|error| Report {
        error: Some(told(&error)),
        ..Report::default()
    });
    let mut report = serde_json::to_value(report).map_err(|error| error.to_string())?;
    resources_as_text(&mut report);
    Ok(report.to_string())
}

/// Documents are handed over as texts: not every language's JSON keeps every number.
pub fn resources_as_text(value: &mut Value) {
    match value {
        Value::Object(properties) => {
            let of_resource = properties.contains_key("json");
            for (name, value) in properties {
                if of_resource && is_json(name) {
                    *value = value.to_string().into();
                } else {
                    resources_as_text(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(resources_as_text),
        _ => {}
    }
}

/// Whether a resource's report has JSON under this name: the whole document, or a property that is any JSON.
pub(crate) fn is_json(name: &str) -> bool {
    let mut properties = ResourceKind::ALL.iter().flat_map(|kind| kind.properties());
    name == "json" || properties.any(|property| property.name == name && property.kind == Type::Json)
}

fn run(order: &Order) -> Result<Report, Error> {
    let client = settings::client(&order.client)?;
    match &order.call {
        Call::Get { kind, id } => with_kind!(
            *kind,
            Readable R => Ok(Report {
                resource: Some(resource_report(&client.collection::<R>().get(&id.parse()?)?)),
                ..Report::default()
            }),
            else => Err(none("read by its id", *kind))
        ),
        Call::List { kind, .. } => with_kind!(
            *kind,
            Listed R => list::<R>(&client, &order.call),
            else => Err(none("listed", *kind))
        ),
        Call::Update { kind, .. }
        | Call::Edit { kind, .. }
        | Call::EditWith { kind, .. }
        | Call::Resolve { kind, .. } => with_kind!(
            *kind,
            Resource R => Runner::<R>::new(&client, order)?.run(&order.call),
            else => Err(none("changed", *kind))
        ),
        Call::Wait { .. } => launches::wait(&client, order),
        Call::Suspend { .. }
        | Call::Resume { .. }
        | Call::Delete { .. }
        | Call::Create { .. }
        | Call::Import { .. }
        | Call::Revoke { .. }
        | Call::RefreshCapabilities { .. }
        | Call::CancelOperation { .. }
        | Call::ResolveLaunch { .. } => launches::launch(&client, order),
        Call::SuspendOnce(_)
        | Call::ResumeOnce(_)
        | Call::DeleteOnce(_)
        | Call::RevokeOnce(_)
        | Call::CreateOnce(_)
        | Call::ImportOnce { .. }
        | Call::RefreshCapabilitiesOnce(_)
        | Call::CancelOperationOnce(_) => launches::once(&client, &order.call),
        Call::Request(call) => Ok(request::request(&client, call)),
        Call::Kubeconfig { id } => Ok(cluster::kubeconfig(&client, id)),
        Call::WaitSettled { id } => {
            let id = id.parse()?;
            let settled = client.clusters().wait_settled(Awaited::of(&id))?;
            Ok(Report {
                settled: Some(told(settled.report(&id))),
                ..Report::default()
            })
        }
    }
}

/// The page that a list begins with.
///
/// # Errors
///
/// If the call is out of a limit.
pub fn page_of(call: &Call) -> Result<PageQuery, akua_model::Error> {
    let mut query = PageQuery::default();
    let Call::List {
        limit,
        cursor,
        owner_type,
        owner_id,
        cluster_id,
        ..
    } = call
    else {
        return Ok(query);
    };
    if let Some(limit) = limit {
        query = query.limit(*limit)?;
    }
    if let Some(cursor) = cursor {
        query = query.cursor(cursor);
    }
    for (name, value) in [
        ("owner_type", owner_type),
        ("owner_id", owner_id),
        ("cluster_id", cluster_id),
    ] {
        if let Some(value) = value {
            query = query.only(name, value);
        }
    }
    Ok(query)
}

fn list<R: Listed>(client: &Client, call: &Call) -> Result<Report, Error> {
    let mut report = Report::default();
    for item in client.collection::<R>().list_from(page_of(call)?) {
        match item {
            Ok(item) => report.items.push(resource_report(&item)),
            Err(error) => report.error = Some(told(&error)),
        }
    }
    Ok(report)
}

/// The calls that change one of a collection.
struct Runner<'a, R> {
    client: &'a Client,
    collection: akua_http::Collection<R>,
}

impl<'a, R: Resource> Runner<'a, R>
where
    Target<R>: From<R> + From<R::Id>,
{
    fn new(client: &'a Client, order: &Order) -> Result<Self, Error> {
        let mut collection = client.collection::<R>();
        if order.client.policy != crate::case::PolicyOptions::default() {
            collection = collection.policy(policy(&order.client)?);
        }
        Ok(Self { client, collection })
    }

    fn run(&self, call: &Call) -> Result<Report, Error> {
        let mut report = Report::default();
        match call {
            Call::Update {
                id,
                if_match,
                patch,
                idempotency_key,
                ..
            } => {
                let resource = match idempotency_key {
                    None => {
                        let if_match = IfMatch::try_from(if_match.as_str())?;
                        let patch = patch_of::<R>(patch)?;
                        resource_report(&self.collection.update(&id.parse()?, &if_match, &patch)?)
                    }
                    Some(key) => self.update_with_key(id, if_match, patch, key)?,
                };
                report.resource = Some(resource);
            }
            Call::Edit { id, seen, patch, .. } => {
                let target = self.target(id, *seen)?;
                report.edited = Some(edited_report(&self.collection.edit(target, patch_of::<R>(patch)?)?));
            }
            Call::EditWith { id, seen, closure, .. } => {
                let asked = RefCell::new(Vec::new());
                let target = self.target(id, *seen)?;
                let edited = self.collection.edit_with(target, |current| {
                    let turn = closure.get(asked.borrow().len());
                    asked.borrow_mut().push(current.etag().to_string());
                    turn.map_or_else(
                        || Err("the closure was called too often".into()),
                        |turn| take_turn(turn, current),
                    )
                })?;
                report.edited = Some(edited_report(&edited));
                report.asked = asked.into_inner();
            }
            Call::Resolve {
                mode,
                resume_token,
                kubeconfig,
                ..
            } => {
                let unsettled = |error: akua_model::Error| Error::from(error).while_resolving();
                let token = resume_token.as_deref().unwrap_or_default();
                let token: ResumeToken = token.parse().map_err(unsettled)?;
                let secrets = kubeconfig.as_deref().map(|text| ("kubeconfig", text));
                let mode = mode.parse::<ResumeMode>().map_err(unsettled)?;
                report.edited = Some(edited_report(&self.collection.resolve(
                    &token,
                    mode,
                    &secrets.into_iter().collect(),
                )?));
            }
            _ => {}
        }
        Ok(report)
    }

    fn target(&self, id: &str, seen: bool) -> Result<Target<R>, Error> {
        let id: R::Id = id.parse()?;
        Ok(if seen {
            self.collection.get(&id)?.into()
        } else {
            id.into()
        })
    }

    /// Of clusters, which alone take a key.
    fn update_with_key(
        &self,
        id: &str,
        if_match: &str,
        patch: &BTreeMap<String, Value>,
        key: &str,
    ) -> Result<ResourceReport, Error> {
        let (id, if_match) = (id.parse()?, IfMatch::try_from(if_match)?);
        let patch = patch_of::<Cluster>(patch)?;
        let clusters = self.client.clusters();
        let cluster = clusters.update_with_key(&id, &if_match, &patch, &key.parse()?)?;
        Ok(resource_report(&cluster))
    }
}

/// What a closure does when it is shown `current`.
///
/// # Errors
///
/// If that is what it does, or its patch breaks a rule.
pub fn take_turn<R: Resource>(turn: &Turn, current: &R) -> Result<Option<R::Patch>, BoxError> {
    if let Some(why) = &turn.fail {
        return Err(why.clone().into());
    }
    if let Some(more) = &turn.append {
        let name = R::FIELDS.iter().find(|field| field.name == "name");
        let shown = name
            .and_then(|field| current.value(field).value())
            .and_then(|value| value.as_text())
            .unwrap_or_default();
        return Ok(Some(R::Patch::from_texts(&[("name", &format!("{shown}{more}"))])?));
    }
    match &turn.patch {
        Some(patch) => Ok(Some(patch_of::<R>(patch)?)),
        None => Ok(None),
    }
}

/// How an edit ended.
#[must_use]
pub fn edited_report<R: Resource>(edited: &Edited<R>) -> Told {
    Told {
        resource: edited.resource().map(resource_report),
        ..told(edited)
    }
}
