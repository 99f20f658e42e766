//! Reading what the server says of operations: the 202 that starts one, and the list of them.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::launch_kind::{LaunchKind, LaunchTarget};
use super::launched::Made;
use super::new::{New, NewResource};
use crate::answer::{Failed, json_of, with_id_below, without_id};
use crate::api::{Cluster, Operation, OperationState, WorkerBootstrap, Workspace};
use crate::decode::text_at;
use crate::error::Error;
use crate::http::Response;
use crate::id::{ClusterId, OperationId};
use crate::resource::Declared;
use crate::timestamp::Timestamp;

/// The type of the operations that make a cluster.
const CREATE: &str = "cluster.create";

/// The id of the operation that a write was answered with.
///
/// It fits if its id can be read and whatever else it shows of itself is ours: its type, what it works on, and the same in
/// its metadata. Anything else about it may be unreadable. The id is `id`, or `operation_id` where an endpoint answers with
/// that alone.
///
/// # Errors
///
/// [`Failed`] for any other answer. A 202 without a readable id is one: the write may have been accepted.
pub fn operation_of(kind: LaunchKind, target: &str, response: &Response) -> Result<String, Box<Failed>> {
    started(response, |operation| is_of(kind, target, operation))
}

/// The id of the operation that a create was answered with: as [`operation_of`], and its metadata is of what was sent.
pub(super) fn creation_of(new: &New, response: &Response) -> Result<String, Box<Failed>> {
    started(response, |operation| is_creation_of(new, operation))
}

/// The operation that a create was answered with, as it was then.
///
/// # Errors
///
/// [`Failed`] for any other answer, and for one that can't be read: the create may have been accepted.
pub fn created_operation(new: &impl NewResource, response: &Response) -> Result<Operation, Box<Failed>> {
    creation_of(&New::of(new), response)?;
    Operation::read(json_of(response)).map_err(|error| Failed::of(response, Some(error)))
}

/// The id of the cluster that a create has made, as its operation tells once it has succeeded; `None` of every other one.
#[must_use]
pub fn made_by(operation: &Operation) -> Option<ClusterId> {
    let is_made = operation.done && operation.state == OperationState::Succeeded;
    let metadata: Value = operation.metadata.parse().unwrap_or_default();
    if !is_made || text(&metadata, "type") != Some(CREATE) {
        return None;
    }
    let response: Value = operation.response.as_ref()?.parse().ok()?;
    text(&response, "cluster_id")?.parse().ok()
}

/// What a create was answered with that starts no operation. It fits if it shows what was sent, and its id can be read.
pub(super) fn made_of(kind: LaunchKind, new: &New, response: &Response) -> Result<Made, Box<Failed>> {
    let body = made(kind, new, response)?;
    let made = match kind.target() {
        LaunchTarget::Workspace => Workspace::read(&body).map(|workspace| Made::Workspace(Box::new(workspace))),
        LaunchTarget::WorkerBootstrap => WorkerBootstrap::read(&body)
            .map_err(|error| without_id::<WorkerBootstrap>(&body, error))
            .map(|bootstrap| Made::WorkerBootstrap(Box::new(bootstrap))),
        LaunchTarget::Cluster | LaunchTarget::Operation => {
            Cluster::read(&body).map(|cluster| Made::Cluster(Box::new(cluster)))
        }
    };
    made.or_else(|error| match text_at(&body, kind.of().id_property()) {
        Some(id) if kind.is_id(&id) => Ok(Made::Unreadable { id, error }),
        _ => Err(unread(kind, response, error)),
    })
}

/// The resource that a create was answered with.
///
/// # Errors
///
/// [`Failed`] for any other answer, and for one that can't be read: it may have been made.
pub fn created_resource<N: NewResource>(new: &N, response: &Response) -> Result<N::Resource, Box<Failed>> {
    let body = made(N::CREATE, &New::of(new), response)?;
    N::Resource::read(&body).map_err(|error| unread(N::CREATE, response, without_id::<N::Resource>(&body, error)))
}

/// The body of an answer with what was made, if nothing in it is another's, with the whole id of what stands below something.
fn made(kind: LaunchKind, new: &New, response: &Response) -> Result<Zeroizing<Vec<u8>>, Box<Failed>> {
    if !matches!(response.status, 200 | 201) {
        return Err(Failed::of(response, None));
    }
    let body = json_of(response);
    if new.differs_from_text(body) {
        let error = Error::decode("name", "or another property is not the one that was sent");
        return Err(unread(kind, response, error));
    }
    Ok(Zeroizing::new(match kind.of().below() {
        None => body.to_vec(),
        Some(_) => with_id_below(Cow::Borrowed(body), kind.of().id_property(), &new.below).into_owned(),
    }))
}

/// Why a success is not the one that was asked for. What looks like words in it may be a secret, where it shows one.
fn unread(kind: LaunchKind, response: &Response, error: Error) -> Box<Failed> {
    let mut failed = Failed::of(response, Some(error));
    if kind.answers_secret() {
        failed.errors.clear();
    }
    failed
}

fn started(response: &Response, is_ours: impl Fn(&Value) -> bool) -> Result<String, Box<Failed>> {
    if response.status != 202 {
        return Err(Failed::of(response, None));
    }
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let id = text(&body, "id").or_else(|| text(&body, "operation_id"));
    match id.filter(|id| id.parse::<OperationId>().is_ok()) {
        Some(id) if is_ours(&body) => Ok(id.to_owned()),
        Some(_) => {
            let error = Error::decode("metadata", "is that of another operation than the one asked for");
            Err(Failed::of(response, Some(error)))
        }
        None => {
            let error = Error::decode("id", "is missing, so that it is not known which operation was started");
            Err(Failed::of(response, Some(error)))
        }
    }
}

/// The operation that a write was answered with, as it was then.
///
/// # Errors
///
/// [`Failed`] for any other answer, and for one that can't be read: the write may have been accepted.
pub fn launched_operation(kind: LaunchKind, target: &str, response: &Response) -> Result<Operation, Box<Failed>> {
    operation_of(kind, target, response)?;
    Operation::read(json_of(response)).map_err(|error| Failed::of(response, Some(error)))
}

/// The ids of the listed operations that are such a write to that resource, or may be, in the order of the list.
pub(super) fn candidates(kind: LaunchKind, target: &str, response: &Response) -> Vec<String> {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let listed = body
        .get("data")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let ours = listed.iter().filter(|operation| is_of(kind, target, operation));
    ours.filter_map(|operation| text(operation, "id").map(str::to_owned))
        .collect()
}

/// The ids of all that is listed, as the list shows them.
pub(super) fn ids(response: &Response) -> Vec<String> {
    let body: Value = serde_json::from_slice(json_of(response)).unwrap_or_default();
    let listed = body.get("data").and_then(Value::as_array).into_iter().flatten();
    let listed = listed.filter(|_| response.status == 200);
    listed
        .filter_map(|shown| text(shown, "id").map(str::to_owned))
        .collect()
}

/// The ids of the listed resources that are called as `new` is, were not listed `before`, and may be younger than `since`, in Unix
/// milliseconds.
pub(super) fn namesakes(new: &New, before: &[String], since: i64, response: &Response) -> Vec<String> {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let listed = body
        .get("data")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let is_one = |shown: &&Value| {
        let made = shown
            .get("created_at")
            .and_then(|made| Timestamp::deserialize(made).ok()?.unix_seconds());
        // The server tells whole seconds.
        let is_older = made.is_some_and(|made| made.saturating_add(1).saturating_mul(1000) <= since);
        let is_called_so = new.name().is_none_or(|name| text(shown, "name") == Some(name));
        is_called_so && !new.differs_from(shown) && !is_older
    };
    let found = listed.iter().filter(is_one).filter_map(|shown| text(shown, "id"));
    let found = found.filter(|id| before.iter().all(|known| known != id));
    let whole = |id: &str| match new.below.as_str() {
        "" => id.to_owned(),
        below => format!("{below}/{id}"),
    };
    found.map(whole).collect()
}

/// Where the list goes on, if it does.
pub(super) fn next_page(response: &Response) -> Option<String> {
    let body: Value = serde_json::from_slice(&response.body).ok()?;
    let cursor = text(&body, "next_cursor").filter(|cursor| !cursor.is_empty());
    cursor.map(str::to_owned).filter(|_| response.status == 200)
}

/// Whether all that an operation shows of itself is the making of `new`. What it works on is not documented.
fn is_creation_of(new: &New, operation: &Value) -> bool {
    let none = Value::Null;
    let metadata = operation.get("metadata").unwrap_or(&none);
    text(metadata, "type").is_none_or(|shown| shown == CREATE) && !new.differs_from(metadata)
}

fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

/// Whether all that an operation shows of itself is what `kind` does to `target`.
fn is_of(kind: LaunchKind, target: &str, operation: &Value) -> bool {
    // What is asked to be cancelled answers for itself, whatever it does.
    let Some((operation_type, id_name)) = kind.operation() else {
        return text(operation, "id").is_none_or(|id| id == target);
    };
    let none = Value::Null;
    let metadata = operation.get("metadata").unwrap_or(&none);
    let fits = |shown: Option<&str>, wanted: &str| shown.is_none_or(|shown| shown == wanted);
    if kind.target() == LaunchTarget::WorkerBootstrap {
        // What its operations work on is not documented.
        let (cluster, own) = target.split_once('/').unwrap_or(("", target));
        return fits(text(metadata, "type"), operation_type)
            && fits(text(metadata, "cluster_id"), cluster)
            && fits(text(metadata, id_name), own);
    }
    fits(text(metadata, "type"), operation_type)
        && fits(text(metadata, id_name), target)
        && fits(text(operation, "owner_id"), target)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn answer(status: u16, body: &str) -> Response {
        Response {
            status,
            body: body.as_bytes().to_vec(),
            ..Response::default()
        }
    }

    fn read(body: &str) -> Option<String> {
        operation_of(LaunchKind::SuspendCluster, "clu_1", &answer(202, body)).ok()
    }

    #[test]
    fn a_202_fits_if_its_id_can_be_read_and_nothing_in_it_is_anothers() {
        let whole = r#"{"id":"op_1","owner_id":"clu_1","metadata":{"type":"cluster.suspend","cluster_id":"clu_1"}}"#;
        assert_eq!(read(whole).as_deref(), Some("op_1"));
        assert_eq!(read(r#"{"operation_id":"op_1"}"#).as_deref(), Some("op_1"));
        assert_eq!(
            read(r#"{"id":"op_1","state":7,"metadata":[]}"#).as_deref(),
            Some("op_1")
        );
        for anothers in [
            r#"{"id":"op_1","owner_id":"clu_2"}"#,
            r#"{"id":"op_1","metadata":{"type":"cluster.delete"}}"#,
            r#"{"id":"op_1","metadata":{"cluster_id":"clu_2"}}"#,
            r#"{"id":""}"#,
            r#"{"id":"../op_1"}"#,
            r#"{"id":7}"#,
            "<html>",
            "",
        ] {
            assert_eq!(read(anothers), None, "{anothers}");
        }
    }

    #[test]
    fn no_other_success_is_a_receipt() {
        for status in [200, 201, 204, 404, 500] {
            let answer = answer(status, r#"{"id":"op_1"}"#);
            assert!(operation_of(LaunchKind::SuspendCluster, "clu_1", &answer).is_err());
        }
    }

    #[test]
    fn what_is_to_be_cancelled_answers_for_itself() {
        let cancelled = |body| operation_of(LaunchKind::CancelOperation, "op_1", &answer(202, body)).is_ok();
        assert!(cancelled(
            r#"{"id":"op_1","owner_id":"clu_9","metadata":{"type":"cluster.create"}}"#
        ));
        assert!(!cancelled(r#"{"id":"op_2"}"#));
    }

    #[test]
    fn candidates_are_of_the_same_kind_and_resource() {
        let body = r#"{"data":[
            {"id":"op_3","owner_id":"clu_1","metadata":{"type":"cluster.suspend","cluster_id":"clu_1"}},
            {"id":"op_2","owner_id":"clu_1","metadata":{"type":"cluster.delete","cluster_id":"clu_1"}},
            {"id":"op_1","owner_id":"clu_2","metadata":{"type":"cluster.suspend","cluster_id":"clu_2"}}]}"#;
        let found = candidates(LaunchKind::SuspendCluster, "clu_1", &answer(200, body));
        assert_eq!(found, ["op_3"]);
    }
}
