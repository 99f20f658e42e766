//! Example documents and answers that the tests of this folder share.
#![allow(dead_code, reason = "no test uses all of it")]

use akua_model::answer::{self, Answer, Failed, Partial};
use akua_model::http::Response;
use akua_model::{Cluster, Workspace};
use serde_json::{Value, json};

/// A cluster with every documented property.
pub(crate) fn cluster() -> Value {
    json!({
        "id": "clu_1",
        "html_url": "https://akua.dev/clusters/clu_1",
        "name": "prod-eu",
        "workspace_id": "ws_1",
        "state": "active",
        "provider": "managed_kaas",
        "reconciling": false,
        "created_at": 1_699_335_116,
        "updated_at": 1_699_335_117,
        "etag": "42",
    })
}

/// A workspace with every documented property.
pub(crate) fn workspace() -> Value {
    json!({
        "id": "ws_1",
        "name": "Team Blue",
        "slug": "team-blue",
        "plan": { "tier": "pro", "billed_by": "platform" },
        "workspace_class": "standard",
        "created_at": "2023-11-07T05:31:56Z",
        "updated_at": 1,
        "etag": "7",
    })
}

/// `document` with `property` set to `value`.
pub(crate) fn with(mut document: Value, property: &str, value: Value) -> Value {
    document[property] = value;
    document
}

/// `document` with `property` left out; it must have been there.
pub(crate) fn without(mut document: Value, property: &str) -> Value {
    let taken = document.as_object_mut().and_then(|map| map.remove(property));
    assert!(taken.is_some(), "{property} is not in the document");
    document
}

/// An answer with no headers.
pub(crate) fn response(status: u16, body: impl AsRef<[u8]>) -> Response {
    Response {
        status,
        headers: Vec::new(),
        body: body.as_ref().to_vec(),
    }
}

/// What the answer to a call about the cluster `clu_1` means.
pub(crate) fn cluster_answer(response: &Response) -> Answer<Cluster> {
    answer::of_resource(&"clu_1".parse().expect("a cluster id"), response)
}

/// What the answer to a call about the workspace `ws_1` means.
pub(crate) fn workspace_answer(response: &Response) -> Answer<Workspace> {
    answer::of_resource(&"ws_1".parse().expect("a workspace id"), response)
}

/// The resource in an answer that must be one.
pub(crate) fn resource<R: std::fmt::Debug>(answer: Answer<R>) -> R {
    match answer {
        Answer::Resource(resource) => resource,
        other => panic!("expected the resource, got {other:?}"),
    }
}

/// What is known of an answer that must be readable in part.
pub(crate) fn partial<R: std::fmt::Debug>(answer: Answer<R>) -> Partial {
    match answer {
        Answer::Partial(partial) => partial,
        other => panic!("expected a partial answer, got {other:?}"),
    }
}

/// What is known of an answer that must be none.
pub(crate) fn failed<R: std::fmt::Debug>(answer: Answer<R>) -> Failed {
    match answer {
        Answer::Failed(failed) => *failed,
        other => panic!("expected a failure, got {other:?}"),
    }
}
