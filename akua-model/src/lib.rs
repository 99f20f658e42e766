//! The Akua API as plain data: validated types, requests as values, and the reading of every answer.
//!
//! Pure: nothing here does I/O, reads a clock, the environment or a source of randomness. What goes on the
//! wire is a [`http::Request`], what came back is a [`http::Response`], and a transport between the two is
//! somebody else's business (`akua-http` has one).
//!
//! - [`Cluster`], [`Workspace`], [`Operation`], [`Region`], [`ClusterComputeSettings`], [`ClusterCapabilities`]: what an
//!   answer shows.
//!   [`ClusterPatch`], [`WorkspacePatch`], [`ClusterComputeSettingsPatch`]: a change of some fields. Ids, [`Etag`],
//!   [`IfMatch`], [`IdempotencyKey`], [`WorkspaceContext`], [`Secret`], [`Timestamp`].
//!   What is out of its limits can't be built.
//! - [`request`]: each call as a request. [`answer`]: what its response means, and above all whether the
//!   server definitely refused it. [`report`]: how a call ended, as one flat record for every language.
//!
//! ```
//! use akua_model::{request, Cluster, ClusterPatch};
//!
//! let patch = ClusterPatch::builder().name("prod-eu").build()?;
//! let request = request::update::<Cluster>(&"clu_1".parse()?, &"42".parse()?, &patch, None);
//! assert_eq!(request.path(), "/v1/clusters/clu_1");
//! assert_eq!(request.header("if-match"), Some("42"));
//! assert_eq!(request.body(), Some(br#"{"name":"prod-eu"}"#.as_slice()));
//! # Ok::<(), akua_model::Error>(())
//! ```
#![forbid(unsafe_code)]

pub mod answer;
mod any_request;
mod api;
mod creates;
mod declare;
mod decode;
mod doubled;
pub mod edit;
mod error;
mod etag;
pub mod http;
mod id;
mod json;
mod kind;
pub mod limits;
mod named;
mod newtype;
mod page;
mod page_query;
mod printable;
pub mod property;
mod raw;
mod redact;
pub mod report;
pub mod request;
mod resource;
mod secret;
mod server_error;
mod timestamp;
mod traceparent;
mod validation;
mod value;
pub mod waiting;
mod writable;

pub use any_request::AnyRequest;
pub use api::*;
pub use creates::*;
pub use decode::from_json;
pub use edit::NewResource;
pub use error::{Error, ErrorKind, Problem};
pub use etag::{Etag, IdempotencyKey, IfMatch, WorkspaceContext};
pub use id::{ClusterId, OperationId, WorkerBootstrapId, WorkspaceId};
pub use kind::ResourceKind;
#[doc(hidden)]
pub use named::with_article;
pub use page::Page;
pub use page_query::PageQuery;
pub use printable::Printable;
pub use property::Property;
pub use raw::Json;
pub use resource::{Assignment, Declared, Listed, Patch, Readable, Resource, Unknown, Versioned};
pub use secret::{Secret, Secrets};
pub use server_error::{Code, RetryAfter, ServerError};
pub use timestamp::Timestamp;
pub use traceparent::Traceparent;
pub use value::{Properties, Shown, Value};
