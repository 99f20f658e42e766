//! The form of a report: what a caller was told, in the words that all languages share.
//!
//! What is missing, `null` and an empty list or object are the same.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What one call gave.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Report {
    /// Of `get`, `update` and the calls that send one request and start an operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceReport>,
    /// Of `list`: the items that were given, also before an error.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ResourceReport>,
    /// Of `edit`, `edit_with` and `resolve`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited: Option<Told>,
    /// Of `edit_with`: the etags of the versions that the closure was shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<String>,
    /// Of `wait_settled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled: Option<Told>,
    /// Of the calls that start an operation, and of `resolve_launch`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launched: Option<Told>,
    /// Of `wait`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waited: Option<Told>,
    /// Of `request`: what was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<Answered>,
    /// Of `kubeconfig`: the secret itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubeconfig: Option<String>,
    /// Of a create whose answer shows secrets: each by its name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, String>,
    /// Of `kubeconfig`, `request` and a create whose answer shows secrets: whatever the language shows of what was answered, or of the error in its place. It is looked
    /// at and never recorded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shown: Vec<String>,
    /// Of every call that fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Told>,
}

/// What was answered to any request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The body; a runner gives it as a text of JSON.
    pub json: Value,
    /// The header `etag`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The server's id for the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// A resource, property by property, as the accessors of the language give it: every property that has a value and can be
/// read, one of an object as `plan_tier`. A value of an enumeration is its text on the wire, a time whole Unix seconds in
/// decimal digits, a number its digits, both as a text. Beside them `json`, the whole document written back, what is not known
/// included; a runner gives it as a text of JSON.
pub type ResourceReport = Map<String, Value>;

/// How a call ended: the record that every language is told, without its words for a person (`message`, `hint`, `detail`,
/// `story`), which no case compares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The record.
    #[serde(flatten)]
    pub report: akua_model::report::Report,
    /// Whether the call may have changed something.
    pub may_have_taken_effect: bool,
    /// Of an edit after which the change is in effect: the version with it, if that could be read in full. Of a wait: what
    /// stands there now. Of a create whose answer shows secrets: what was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceReport>,
}

impl From<akua_model::report::Report> for Told {
    fn from(mut report: akua_model::report::Report) -> Self {
        report.message.clear();
        report.hint = None;
        report.detail = None;
        report.story = None;
        Self {
            may_have_taken_effect: report.effect.may_have_taken_effect(),
            report,
            resource: None,
        }
    }
}
