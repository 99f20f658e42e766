//! The form of a report: what a caller was told, in the words that all languages share.
//!
//! What is missing, `null` and an empty list or object are the same.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What one call gave.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Report {
    /// Of `get` and `update`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceReport>,
    /// Of `list`: the items that were given, also before an error.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ResourceReport>,
    /// Of `edit`, `edit_with` and `resolve`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited: Option<EditedReport>,
    /// Of `edit_with`: the etags of the versions that the closure was shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<String>,
    /// Of `wait_settled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled: Option<SettledReport>,
    /// Of every call that fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorReport>,
}

/// A cluster or workspace, property by property, as the accessors of the language give it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ResourceReport {
    /// The id.
    pub id: String,
    /// The etag.
    pub etag: String,
    /// The name.
    pub name: String,
    /// Clusters only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html_url: Option<String>,
    /// Clusters only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace_id: Option<String>,
    /// Clusters only; the text on the wire, also where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Clusters only; the text on the wire, also where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Clusters only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconciling: Option<bool>,
    /// Workspaces only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// Workspaces only; missing too where the server leaves it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan_tier: Option<String>,
    /// Workspaces only; missing too where the server leaves it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan_billed_by: Option<String>,
    /// Workspaces only; missing too where the server leaves it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace_class: Option<String>,
    /// Whole Unix seconds in decimal digits, as a text; missing where they don't fit 64 bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// Whole Unix seconds in decimal digits, as a text; missing where they don't fit 64 bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// The whole document written back as JSON, what is not known included. A runner gives it as a text of JSON.
    pub json: Value,
}

/// How an edit ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EditedReport {
    /// `applied`, `unchanged`, `not_applied` or `indeterminate`.
    pub end: String,
    /// Applied: `acknowledged` or `observed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// Applied and unchanged: the etag of the version in which everything is as wanted; ignored: the one that the answer
    /// shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// Applied and unchanged: that version, if it could be read in full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceReport>,
    /// Applied: why it could not be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<ProblemReport>,
    /// Applied: fields that show neither the wanted value nor the one from before the write.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adjusted: Vec<FieldReport>,
    /// Applied: fields that still show the value from before the write.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_taken: Vec<FieldReport>,
    /// Not applied: `conflict`, `rejected`, `ignored` or `not_sent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Not sent and indeterminate: what stood in the way, such as `answer_lost`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Conflict, ignored and indeterminate: every field of the patch.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldReport>,
    /// Conflict and indeterminate: the etag of the version read last, if one was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_etag: Option<String>,
    /// Indeterminate: whether the write may land even now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may_still_land: Option<bool>,
    /// Indeterminate: the token. A case file holds nothing of it but that there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resume_token: Option<String>,
    /// Rejected and indeterminate: what the server said, if it said anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerReport>,
    /// How many requests were handed to the transport, those of a `get` before the edit not counted.
    pub requests: u64,
}

/// One field of a patch as the three sides have it. A value is missing where it is not known, and always for a secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FieldReport {
    /// The property's name.
    pub field: String,
    /// Its value when the caller saw it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Its wanted value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ours: Option<String>,
    /// Its value in the version read last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theirs: Option<String>,
    /// `done`, `free`, `conflicting` or `unseen`; missing if no other version was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// What a server said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AnswerReport {
    /// The HTTP status.
    pub status: u16,
    /// Its words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub server_errors: Vec<ServerErrorReport>,
    /// The current etag that it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_etag: Option<String>,
    /// Its id for the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// How waiting for a cluster ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SettledReport {
    /// `settled`, `gone`, `superseded`, `deadline_passed` or `cancelled`.
    pub end: String,
    /// The etag of the version read last that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

/// Why a call failed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ErrorReport {
    /// `ErrorKind::name`.
    pub kind: String,
    /// `Effect::name`.
    pub effect: String,
    /// Whether the request may have taken effect.
    pub may_have_taken_effect: bool,
    /// The HTTP status, if the head of an answer arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What the server said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub server_errors: Vec<ServerErrorReport>,
    /// The current etag that a refusal names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_etag: Option<String>,
    /// The etag that a write has made whose answer can't be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_etag: Option<String>,
    /// The server's id for the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How long the server asks to be left alone, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// The fields that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<ProblemReport>,
}

/// One error in a server's answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerErrorReport {
    /// Its code as a text, such as `7002` or `not_found`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Its message.
    pub message: String,
    /// Where in the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// Further facts by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProblemReport {
    /// The field, as it stands on the wire.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// The properties of an object, for those who compare.
pub(crate) type Properties = Map<String, Value>;
