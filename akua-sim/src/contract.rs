//! What this Akua promises and how it words things, as data: every point on which the public documents are
//! silent or contradict each other is a switch here, and can be changed while the simulator runs.

use std::collections::BTreeMap;

use akua_model::ResourceKind as Kind;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ControlError;
use crate::create::Create;
use crate::launch::Launch;
use crate::operation::{Ends, Leaves, Waits};
use crate::stores::Stores;

/// How etags are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Etags {
    /// A decimal number that grows with each version: an etag never repeats.
    Counting,
    /// Derived from the content: a value that comes back brings its old etag back.
    Content,
}

/// How a refusal writes the etag that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EtagForm {
    /// As it stands in the resource: `43`
    Bare,
    /// As HTTP writes one: `"43"`
    Quoted,
    /// As HTTP writes a weak one: `W/"43"`
    Weak,
}

impl EtagForm {
    pub(crate) fn of(self, etag: &str) -> String {
        match self {
            Self::Bare => etag.to_owned(),
            Self::Quoted => format!("\"{etag}\""),
            Self::Weak => format!("W/\"{etag}\""),
        }
    }
}

/// The shape of an error body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Envelope {
    /// `{"success":false,"errors":[{"code":…,"message":…,"path":…,"metadata":…}],"result":{}}`
    Documented,
    /// `{"error":{"code":"not_found","message":"…"}}`, which has no room for metadata.
    ErrorObject,
}

/// What a length counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lengths {
    /// Unicode code points, as JSON Schema does.
    CodePoints,
    /// UTF-16 code units, as the vendor's server does in places: 60 emoji are refused at a limit of 100.
    Utf16,
}

/// The body of a 200 that repeats an earlier call's answer because of its idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplayBody {
    /// The bytes of the first answer.
    Stored,
    /// The resource as it is now.
    Current,
}

/// The form of a workspace's `created_at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreatedAt {
    /// `"2023-11-07T05:31:56Z"`, as on one page of the documents.
    Rfc3339,
    /// Unix seconds, as on the newer page.
    Unix,
}

/// The switches. [`Contract::default`] follows the newer of two pages, and is the stronger reading where a
/// guarantee is in question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Status for a write without `if-match`: undocumented, 400 or 428. Default 400.
    pub missing_if_match: u16,
    /// Status for a broad token without `akua-context`: 400 or 403. Default 400.
    pub missing_context: u16,
    /// Status for a cluster body with invalid properties. No 422 is documented there. Default 400.
    pub invalid_cluster: u16,
    /// Status for a workspace body with invalid properties. Default 422.
    pub invalid_workspace: u16,
    /// How etags are made. Default counting.
    pub etags: Etags,
    /// Whether a change of a write-only field alone (and the reconciling it starts) moves the etag. Default true.
    pub etag_covers_write_only: bool,
    /// Whether a PATCH that changes nothing moves the etag all the same. Default true.
    pub unchanged_patch_moves_etag: bool,
    /// Whether the 409 of a mismatch names the current etag. Default true.
    pub conflict_names_etag: bool,
    /// Under which key of `metadata` it does: undocumented. Default `current_etag`.
    pub etag_metadata_key: String,
    /// How a refusal writes an etag. Default bare.
    pub etag_form: EtagForm,
    /// Under which key of `metadata` the 409 of a slug that is taken names the etag of the workspace that has it;
    /// `null`: it names none. Default `null`.
    pub taken_names_etag: Option<String>,
    /// What else stands in the `metadata` of every 409, such as the etag of something else. Default nothing.
    pub conflict_metadata: Map<String, Value>,
    /// What becomes of what an accepted write carries. Default as sent.
    pub stores: Stores,
    /// The shape of an error body. Default documented.
    pub envelope: Envelope,
    /// Whether a refused property is named by the server's inner names (`["args","regionId"]`). Default false.
    pub inner_paths: bool,
    /// Whether idempotency keys have any effect. Default true.
    pub keys_honoured: bool,
    /// Whether the key is looked up before `if-match` is compared: look-up, comparison and write are one
    /// atomic step either way. Default true.
    pub key_checked_before_if_match: bool,
    /// How long a key is kept, in milliseconds from the write on; `null` for ever. Default 24 hours.
    pub key_retention_ms: Option<u64>,
    /// Whether a 409 is kept under its key and repeated. Default false.
    pub stores_rejections_per_key: bool,
    /// Status for a key that was used for another request. Default 409.
    pub reused_key: u16,
    /// What a replay answers. Default stored.
    pub replay_body: ReplayBody,
    /// What a length counts. Default code points.
    pub lengths: Lengths,
    /// How long a cluster is `reconciling` after a write of `region_id`, `provider` or `kubeconfig`, in
    /// milliseconds; `null` until it is told to settle. Default 250.
    pub reconcile_ms: Option<u64>,
    /// Whether the acceptance of a launch moves the etag of what it is about. Default true.
    pub accept_moves_etag: bool,
    /// For how many seconds after its acceptance a launch with a key is answered with the first operation, if the same key
    /// and bytes come again. A launch that isn't named here takes a key, and it means nothing. Default 60 for
    /// `cancel_operation`, else nothing.
    pub action_keys_replay: BTreeMap<Launch, u64>,
    /// The same of creates, of those that take a key: all but `create_workspace`. Default 60 for `create_cluster`, else
    /// nothing.
    pub create_keys_replay: BTreeMap<Create, u64>,
    /// Whether such a repeat of a launch or a create is answered 409, without an etag, while the first operation is under way.
    /// Default false.
    pub replay_in_progress: bool,
    /// The status of such a repeat of a create once what was made is gone; `null`: it is answered as it was. Default `null`.
    pub replay_of_gone: Option<u16>,
    /// The properties of each kind that are not the same text in two of them that are there at a time: of clusters in one
    /// workspace, of workspaces in all. Default the `slug` of workspaces.
    pub names_unique: BTreeMap<Kind, Vec<String>>,
    /// Whether such a text is never free again once something has had it. Default false: a delete or a change frees it.
    pub names_never_reused: bool,
    /// The least and the most of the name of a cluster that is created. Default 1 and 100.
    pub create_name_length: (u64, u64),
    /// Whether a create is refused that names a region which no list of regions shows. Default false.
    pub known_regions_only: bool,
    /// Whether the `network_profile` of a new cluster may be `mixed_os_calico`; else it is answered 403. Default false.
    pub mixed_os_calico: bool,
    /// Whether what is made can be seen before its operation has ended. Default true.
    pub creates_show_at_once: bool,
    /// How many lists of its kind don't show a new cluster or workspace yet. Default 0.
    pub creates_lag: u64,
    /// Whether lists show what a failed create has left half done; a read by its id does. Default true.
    pub half_done_listed: bool,
    /// Whether a launch is answered 409, without an etag, while another operation of the same resource is under way.
    /// Default true.
    pub one_operation_at_a_time: bool,
    /// How many steps an operation has, 1 to 9. Default 2.
    pub operation_steps: u64,
    /// How many looks (a `get`, a `wait`, a list that shows it) end a step of an operation; `null`: only
    /// `advance_operation` does. Default 1.
    pub operation_looks: Option<u64>,
    /// What a `wait` does to an operation that is under way. Default follow.
    pub operation_waits: Waits,
    /// How an operation ends. Default succeed.
    pub operation_ends: Ends,
    /// What an operation leaves behind that is cancelled. Default what there was before it.
    pub cancelled_leaves: Leaves,
    /// Whether the metadata of an operation show the idempotency key of the request that started it. Default false.
    pub operations_echo_key: bool,
    /// Whether an operation is answered 404 from its end on. Default false.
    pub operations_vanish: bool,
    /// How many lists of operations don't show a new one yet. Default 0.
    pub operations_lag: u64,
    /// Whether the tokens of a workspace are answered 401 once it is gone. Default false.
    pub tokens_die_with_workspace: bool,
    /// The form of a workspace's `created_at`. Default Unix seconds.
    pub workspace_created_at: CreatedAt,
    /// Whether a cluster shows `html_url`. Default true.
    pub html_url: bool,
    /// Whether a workspace shows `workspace_class`. Default true.
    pub workspace_class: bool,
    /// Whether a workspace's plan shows `billed_by`. Default true.
    pub billed_by: bool,
    /// Whether the capabilities of a cluster show `freshness`. Default true.
    pub freshness: bool,
    /// Properties added to every resource in an answer: a server grows. Default none.
    pub extra_properties: Map<String, Value>,
}

impl Default for Contract {
    fn default() -> Self {
        Self {
            missing_if_match: 400,
            missing_context: 400,
            invalid_cluster: 400,
            invalid_workspace: 422,
            etags: Etags::Counting,
            etag_covers_write_only: true,
            unchanged_patch_moves_etag: true,
            conflict_names_etag: true,
            etag_metadata_key: "current_etag".to_owned(),
            etag_form: EtagForm::Bare,
            taken_names_etag: None,
            conflict_metadata: Map::new(),
            stores: Stores::AsSent,
            envelope: Envelope::Documented,
            inner_paths: false,
            keys_honoured: true,
            key_checked_before_if_match: true,
            key_retention_ms: Some(24 * 60 * 60 * 1000),
            stores_rejections_per_key: false,
            reused_key: 409,
            replay_body: ReplayBody::Stored,
            lengths: Lengths::CodePoints,
            reconcile_ms: Some(250),
            accept_moves_etag: true,
            action_keys_replay: BTreeMap::from([(Launch::CancelOperation, 60)]),
            create_keys_replay: BTreeMap::from([(Create::CreateCluster, 60)]),
            replay_in_progress: false,
            replay_of_gone: None,
            names_unique: BTreeMap::from([(Kind::Workspace, vec!["slug".to_owned()])]),
            names_never_reused: false,
            create_name_length: (1, 100),
            known_regions_only: false,
            mixed_os_calico: false,
            creates_show_at_once: true,
            creates_lag: 0,
            half_done_listed: true,
            one_operation_at_a_time: true,
            operation_steps: 2,
            operation_looks: Some(1),
            operation_waits: Waits::Follow,
            operation_ends: Ends::Succeed,
            cancelled_leaves: Leaves::AsItWas,
            operations_echo_key: false,
            operations_vanish: false,
            operations_lag: 0,
            tokens_die_with_workspace: false,
            workspace_created_at: CreatedAt::Unix,
            html_url: true,
            workspace_class: true,
            billed_by: true,
            freshness: true,
            extra_properties: Map::new(),
        }
    }
}

/// How many steps an operation may have.
const MOST_STEPS: u64 = 9;

impl Contract {
    /// This contract with the named switches changed.
    ///
    /// # Errors
    ///
    /// A switch that does not exist, or a value that it can't have: the text names it. Nothing is changed then.
    pub fn with(&self, switches: &Map<String, Value>) -> Result<Self, ControlError> {
        let mut all = match serde_json::to_value(self) {
            Ok(Value::Object(all)) => all,
            _ => Map::new(),
        };
        for (name, value) in switches {
            if !all.contains_key(name) {
                let known = all.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                return Err(ControlError::new(format!(
                    "unknown switch `{name}` (there are: {known})"
                )));
            }
            let mut trial = all.clone();
            trial.insert(name.clone(), value.clone());
            serde_json::from_value::<Self>(Value::Object(trial))
                .map_err(|error| ControlError::new(format!("switch `{name}`: {error}")))?;
            all.insert(name.clone(), value.clone());
        }
        let changed: Self = serde_json::from_value(Value::Object(all))
            .map_err(|error| ControlError::new(format!("contract: {error}")))?;
        changed.checked()
    }

    fn checked(self) -> Result<Self, ControlError> {
        for (name, status) in [
            ("missing_if_match", self.missing_if_match),
            ("missing_context", self.missing_context),
            ("invalid_cluster", self.invalid_cluster),
            ("invalid_workspace", self.invalid_workspace),
            ("reused_key", self.reused_key),
            ("replay_of_gone", self.replay_of_gone.unwrap_or(404)),
        ] {
            if !(400..=499).contains(&status) {
                return Err(ControlError::new(format!(
                    "switch `{name}`: {status} is not a status of 400 to 499"
                )));
            }
        }
        if !(1..=MOST_STEPS).contains(&self.operation_steps) {
            return Err(ControlError::new(format!(
                "switch `operation_steps`: {} is not a number of 1 to {MOST_STEPS}",
                self.operation_steps
            )));
        }
        if self.operation_looks == Some(0) {
            return Err(ControlError::new(
                "switch `operation_looks`: 1 or more, or null for none by itself".to_owned(),
            ));
        }
        if self.create_keys_replay.keys().any(|create| !create.takes_key()) {
            return Err(ControlError::new(
                "switch `create_keys_replay`: create_workspace takes no key".to_owned(),
            ));
        }
        for (kind, names) in &self.names_unique {
            let texts = kind.fields().iter().filter(|field| field.is_text() && field.read);
            if let Some(name) = names.iter().find(|name| texts.clone().all(|text| text.name != **name)) {
                return Err(ControlError::new(format!(
                    "switch `names_unique`: a {} has no text `{name}` that can be written and read",
                    kind.name()
                )));
            }
        }
        Ok(self)
    }

    /// The properties that no two of a kind share.
    pub(crate) fn unique(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.names_unique.get(&kind).into_iter().flatten().map(String::as_str)
    }

    /// The length of `text` in the units that this server counts.
    pub(crate) fn length(&self, text: &str) -> u64 {
        match self.lengths {
            Lengths::CodePoints => text.chars().count() as u64,
            Lengths::Utf16 => text.encode_utf16().count() as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    fn with(value: Value) -> Result<Contract, ControlError> {
        Contract::default().with(value.as_object().unwrap())
    }

    #[test]
    fn switches_change_one_by_one() {
        let contract = with(json!({"missing_if_match": 428, "key_retention_ms": null, "etags": "content"})).unwrap();
        assert_eq!((contract.missing_if_match, contract.key_retention_ms), (428, None));
        assert_eq!(contract.etags, Etags::Content);
        assert_eq!(contract.invalid_workspace, 422);
    }

    #[test]
    fn what_is_unknown_is_named() {
        assert!(
            with(json!({"missing_ifmatch": 428}))
                .unwrap_err()
                .to_string()
                .contains("`missing_ifmatch`")
        );
        assert!(
            with(json!({"etags": "random"}))
                .unwrap_err()
                .to_string()
                .contains("`etags`")
        );
        assert!(
            with(json!({"missing_context": 200}))
                .unwrap_err()
                .to_string()
                .contains("`missing_context`")
        );
        for (switches, named) in [
            (json!({"operation_steps": 0}), "`operation_steps`"),
            (json!({"operation_looks": 0}), "`operation_looks`"),
            (json!({"action_keys_replay": {"explode": 1}}), "explode"),
            (json!({"operation_ends": {"fail": {"steps": 1}}}), "steps"),
            (
                json!({"create_keys_replay": {"create_workspace": 1}}),
                "create_workspace",
            ),
            (json!({"names_unique": {"cluster": ["region_id"]}}), "region_id"),
            (json!({"reused_key": 500}), "`reused_key`"),
            (json!({"replay_of_gone": 200}), "`replay_of_gone`"),
        ] {
            let error = with(switches).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
