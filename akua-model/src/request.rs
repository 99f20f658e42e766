//! Each call of the API as a [`Request`]: the one place that knows paths, queries and headers.

use std::borrow::Cow;

use zeroize::Zeroizing;

use crate::edit::{LaunchKind, NewResource};
use crate::etag::{IdempotencyKey, IfMatch, WorkspaceContext};
use crate::http::{Method, Request};
use crate::id::push_encoded;
use crate::page_query::PageQuery;
use crate::resource::{Listed, Readable, Resource, body};
use crate::{Cluster, ClusterId, ClusterPatch, OperationId};

/// `GET` one resource.
///
/// ```
/// use akua_model::{request, Cluster};
/// let request = request::read::<Cluster>(&"clu_é".parse()?, None);
/// assert_eq!(request.path(), "/v1/clusters/clu_%C3%A9");
/// # Ok::<(), akua_model::Error>(())
/// ```
#[must_use]
pub fn read<R: Readable>(id: &R::Id, context: Option<&WorkspaceContext>) -> Request {
    get(R::ROUTE, id.as_ref(), context)
}

/// `GET` one page of a list.
///
/// The context goes along wherever one is given. For lists of workspaces and of operations the API's description of August 2026
/// declares no `akua-context`, a later one does for operations: a server that does not know it there passes over it, and
/// one that does would otherwise show another workspace's.
#[must_use]
pub fn list<R: Listed>(query: &PageQuery, context: Option<&WorkspaceContext>) -> Request {
    let below = R::BELOW.and_then(|name| query.given(name)).unwrap_or_default();
    let mut path = path_of(R::COLLECTION, below);
    let mut separator = '?';
    let mut parameter = |name: &str, value: &str| {
        path.push(std::mem::replace(&mut separator, '&'));
        path.push_str(name);
        path.push('=');
        push_encoded(&mut path, value);
    };
    for (name, value) in query.filters.iter().filter(|(name, _)| R::BELOW != Some(name)) {
        parameter(name, value);
    }
    if let Some(limit) = query.limit {
        parameter("limit", &limit.to_string());
    }
    if let Some(cursor) = &query.cursor {
        parameter("cursor", cursor);
    }
    Request {
        method: Method::Get,
        writes: false,
        secret: false,
        route: R::COLLECTION,
        path,
        headers: with_context(Vec::new(), context),
        body: None,
    }
}

/// `PATCH` one resource, if it still has the etag in `if_match`.
#[must_use]
pub fn update<R: Resource>(
    id: &R::Id,
    if_match: &IfMatch,
    patch: &R::Patch,
    context: Option<&WorkspaceContext>,
) -> Request {
    patch_request::<R>(id, if_match, patch, context, None)
}

/// `PATCH` one cluster with a key of the caller's. Workspaces take none.
#[must_use]
pub fn update_with_key(
    id: &ClusterId,
    if_match: &IfMatch,
    patch: &ClusterPatch,
    context: Option<&WorkspaceContext>,
    key: &IdempotencyKey,
) -> Request {
    patch_request::<Cluster>(id, if_match, patch, context, Some(key))
}

/// As [`update`], with a key of the caller's if the kind takes one: see [`Resource::TAKES_IDEMPOTENCY_KEY`].
#[doc(hidden)]
#[must_use]
pub fn patch_request<R: Resource>(
    id: &R::Id,
    if_match: &IfMatch,
    patch: &R::Patch,
    context: Option<&WorkspaceContext>,
    key: Option<&IdempotencyKey>,
) -> Request {
    // With room for the context and the key.
    let mut headers = Vec::with_capacity(4);
    headers.push(("content-type", Cow::Borrowed("application/json")));
    headers.push(("if-match", if_match.as_str().to_owned().into()));
    let mut headers = with_context(headers, context);
    if let Some(key) = key {
        headers.push(("idempotency-key", key.as_str().to_owned().into()));
    }
    Request {
        method: Method::Patch,
        writes: true,
        secret: false,
        route: R::ROUTE,
        path: path_of(R::ROUTE, id.as_ref()),
        headers,
        body: Some(body(patch, None)),
    }
}

/// Starts an operation: `POST` an action, or `DELETE`. A guard and a key go along as they are given, and no body.
///
/// ```
/// use akua_model::{edit::LaunchKind, request};
/// let request = request::launch(LaunchKind::SuspendCluster, "clu_1", Some(&"42".parse()?), None, None);
/// assert_eq!((request.method().as_str(), request.path()), ("POST", "/v1/clusters/clu_1:suspend"));
/// # Ok::<(), akua_model::Error>(())
/// ```
///
/// [`LaunchKind::check_id`] says whether it is the id of such a resource; whatever is in it is encoded into one segment.
#[must_use]
pub fn launch(
    kind: LaunchKind,
    id: &str,
    if_match: Option<&IfMatch>,
    key: Option<&IdempotencyKey>,
    context: Option<&WorkspaceContext>,
) -> Request {
    let route = kind.route();
    let mut headers = Vec::with_capacity(3);
    headers.extend(if_match.map(|etag| ("if-match", etag.as_str().to_owned().into())));
    let mut headers = with_context(headers, context);
    headers.extend(key.map(|key| ("idempotency-key", key.as_str().to_owned().into())));
    Request {
        method: kind.method(),
        writes: true,
        secret: false,
        route,
        path: path_of(route, id),
        headers,
        body: None,
    }
}

/// Makes a resource: `POST` to its collection.
///
/// ```
/// use akua_model::{NewCluster, request};
/// let new = NewCluster::builder().name("prod").region_id("reg_1").build()?;
/// let request = request::create(&new, None, None);
/// assert_eq!((request.method().as_str(), request.path()), ("POST", "/v1/clusters"));
/// assert_eq!(request.body(), Some(&br#"{"name":"prod","region_id":"reg_1"}"#[..]));
/// # Ok::<(), akua_model::Error>(())
/// ```
#[must_use]
pub fn create<N: NewResource>(new: &N, key: Option<&IdempotencyKey>, context: Option<&WorkspaceContext>) -> Request {
    create_of(N::CREATE, &new.below(), body(new, N::BELOW), key, context)
}

/// The same with the body made, below what has the id `below`.
pub(crate) fn create_of(
    kind: LaunchKind,
    below: &str,
    body: Zeroizing<Vec<u8>>,
    key: Option<&IdempotencyKey>,
    context: Option<&WorkspaceContext>,
) -> Request {
    let mut request = launch(kind, below, None, key, context);
    request
        .headers
        .insert(0, ("content-type", Cow::Borrowed("application/json")));
    Request {
        body: Some(body),
        secret: kind.answers_secret(),
        ..request
    }
}

/// Asks to be answered once an operation has ended, or after `seconds`, of which 1 to 60 are documented. It only reads.
///
/// ```
/// use akua_model::request;
/// let request = request::wait_for(&"op_1".parse()?, 30, None);
/// assert_eq!((request.method().as_str(), request.path()), ("POST", "/v1/operations/op_1:wait?timeout=30"));
/// assert!(!request.is_write());
/// # Ok::<(), akua_model::Error>(())
/// ```
#[must_use]
pub fn wait_for(id: &OperationId, seconds: u64, context: Option<&WorkspaceContext>) -> Request {
    let route = "/v1/operations/{id}:wait";
    Request {
        method: Method::Post,
        writes: false,
        secret: false,
        route,
        path: format!("{}?timeout={seconds}", path_of(route, id.as_str())),
        headers: with_context(Vec::new(), context),
        body: None,
    }
}

/// `GET` the kubeconfig of a cluster. Whoever has it is its administrator, and that it was handed out is written down: send it
/// once.
#[must_use]
pub fn kubeconfig(id: &ClusterId, context: Option<&WorkspaceContext>) -> Request {
    Request {
        secret: true,
        ..get("/v1/clusters/{id}/kubeconfig", id.as_str(), context)
    }
}

fn get(route: &'static str, id: &str, context: Option<&WorkspaceContext>) -> Request {
    Request {
        method: Method::Get,
        writes: false,
        secret: false,
        route,
        path: path_of(route, id),
        headers: with_context(Vec::new(), context),
        body: None,
    }
}

/// The path of `route` with the id in it, or, where it leaves two open, with both: the id is then two with a `/` between them.
fn path_of(route: &str, id: &str) -> String {
    let mut path = String::with_capacity(route.len() + id.len());
    let (mut before, mut id) = (route, id);
    while let Some((text, after)) = until_open(before) {
        path.push_str(text);
        let both = until_open(after).and_then(|_| id.split_once('/'));
        let (first, rest) = both.unwrap_or((id, ""));
        push_encoded(&mut path, first);
        (before, id) = (after, rest);
    }
    path.push_str(before);
    path
}

/// What stands before the first `{id}` of a route, in which no other brace stands, and behind it.
fn until_open(route: &str) -> Option<(&str, &str)> {
    let at = route.bytes().position(|byte| byte == b'{')?;
    Some((route.get(..at)?, route.get(at + "{id}".len()..)?))
}

pub(crate) fn with_context(
    mut headers: Vec<(&'static str, Cow<'static, str>)>,
    context: Option<&WorkspaceContext>,
) -> Vec<(&'static str, Cow<'static, str>)> {
    if let Some(context) = context {
        headers.push(("akua-context", context.as_str().to_owned().into()));
    }
    headers
}
