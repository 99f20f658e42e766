//! The record of every request, and of exactly what it did to the state: the judge in tests.
//!
//! No token, no body and no kubeconfig is in it.

use akua_model::ResourceKind as Kind;
use serde::{Deserialize, Serialize};

use crate::create::Create;
use crate::delivery::Delivery;
use crate::launch::Launch;

/// How far a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Its connection was reset by a fault before the request was read so far.
    Unread,
    /// Its connection ended before the whole body was there. Nothing was done.
    Incomplete,
    /// It was read and waits. What it will do is not decided yet.
    Held,
    /// It was decided: `effect`, `status` and `delivery` are final.
    Done,
}

/// What a request did to the state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// Nothing.
    #[default]
    Nothing,
    /// It made this version.
    Applied {
        /// The kind of the resource.
        kind: Kind,
        /// Its id.
        id: String,
        /// The number of the version made.
        version: u64,
        /// The etag of the version made.
        etag: String,
    },
    /// It was accepted as a write, but asked for what already was, and made no version.
    Unchanged {},
    /// It was accepted as a write, nothing of it was taken, and no version was made.
    Ignored {},
    /// It was accepted as a write, nothing of it was taken, and this version was made all the same.
    Touched {
        /// The kind of the resource.
        kind: Kind,
        /// Its id.
        id: String,
        /// The number of the version made.
        version: u64,
        /// The etag of the version made.
        etag: String,
    },
    /// It was accepted as a launch: it started this operation, or asked for the end of it.
    Accepted(Box<Acceptance>),
    /// It made something new.
    Created(Box<Creation>),
    /// It made this version of a cluster's compute settings.
    SettingsApplied {
        /// The cluster's id.
        id: String,
        /// The number of the version made.
        version: u64,
        /// The etag of the version made.
        etag: String,
    },
    /// It was answered with what was kept under its idempotency key.
    Replayed {
        /// The number of the request that was answered first.
        of: u64,
    },
}

/// An accepted launch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// What was accepted.
    pub launch: Launch,
    /// The id of what it is about.
    pub id: String,
    /// The id of the operation.
    pub operation: String,
    /// The number of the version that the acceptance made of what it is about, if it made one.
    pub version: Option<u64>,
    /// The etag after it, if what it is about has one.
    pub etag: Option<String>,
}

/// Something that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Creation {
    /// How it was made.
    pub create: Create,
    /// The id of what was made.
    pub id: String,
    /// The id of the operation that goes on with it, if one does.
    pub operation: Option<String>,
    /// The number of its first version.
    pub version: u64,
    /// The etag of its first version.
    pub etag: String,
}

impl Effect {
    /// Whether a version was made of what it asked for.
    #[must_use]
    pub fn is_applied(&self) -> bool {
        matches!(self, Self::Applied { .. })
    }

    /// Whether it was accepted as a launch: once for each copy of it that was.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted(_))
    }

    /// Whether it made something new: once for each copy of it that did.
    #[must_use]
    pub fn is_created(&self) -> bool {
        matches!(self, Self::Created(_))
    }
}

/// One request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its number, from 1, in the order of arrival.
    pub seq: u64,
    /// When it arrived, in milliseconds since the start.
    pub at_ms: u64,
    /// When it was decided. `None` while it is held.
    pub done_ms: Option<u64>,
    /// The number of its connection, from 1.
    pub connection: u64,
    /// How far it came.
    pub progress: Progress,
    /// The verb. Empty if not even that was read.
    pub method: String,
    /// Path and query as they stood on the wire. Empty if not even that was read.
    pub target: String,
    /// The kind that the path addresses, if it is one of the API's.
    pub kind: Option<Kind>,
    /// The id that the path addresses, decoded.
    pub id: Option<String>,
    /// What it starts or ends, if it is such a write.
    pub launch: Option<Launch>,
    /// How it makes something new, if it is such a write.
    pub create: Option<Create>,
    /// The id of what it made, or of what a repeat of it was answered with.
    pub created: Option<String>,
    /// The id of the operation that it started or asked to end, or that a repeat of it was answered with; and of an
    /// operation that was read or waited for.
    pub operation: Option<String>,
    /// The number of the request of which it is a second copy, made by a fault.
    pub copy_of: Option<u64>,
    /// The `if-match` header.
    pub if_match: Option<String>,
    /// The `idempotency-key` header.
    pub idempotency_key: Option<String>,
    /// The `akua-context` header.
    pub context: Option<String>,
    /// The names of all headers, in lower case and in their order.
    pub header_names: Vec<String>,
    /// The length of the body.
    pub body_bytes: usize,
    /// SHA-256 of the body in hexadecimal; `None` without a body.
    pub body_sha256: Option<String>,
    /// The `x-request-id` of the answer.
    pub request_id: String,
    /// The number of the fault that it met.
    pub fault: Option<u64>,
    /// The status that was to be answered.
    pub status: Option<u16>,
    /// How the answer was to be delivered. `None` where there is no answer.
    pub delivery: Option<Delivery>,
    /// What it did to the state.
    pub effect: Effect,
}

/// The id that the answer to a request bears.
pub(crate) fn request_id(seq: u64) -> String {
    format!("req_{seq:08}")
}
