//! The form of a case file: a list of cases, each with a call and what belongs to it.

use std::collections::BTreeMap;

pub use akua_model::ResourceKind as Kind;
use serde::{Deserialize, Serialize};

use crate::answer::bytes_of;
pub use crate::answer::{Answer, PageOf, Then};
pub use crate::call::{Call, LaunchOf, Requested, TokenOf, Turn};
use crate::report::Report;
use crate::wire::Expected;

/// One case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it is called: lower-case letters, digits and `_`, and no other case's name.
    pub name: String,
    /// Why it is there, in a line.
    pub about: String,
    /// By hand: the requests and the end in short, which has to agree with what is expected at length.
    pub says: String,
    /// The languages that can't run it, each with the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub not_in: BTreeMap<String, String>,
    /// The client's settings.
    #[serde(default, skip_serializing_if = "is_default")]
    pub client: ClientOptions,
    /// What is called.
    pub call: Call,
    /// Nothing listens where the client connects to.
    #[serde(default, skip_serializing_if = "is_default")]
    pub refuses_connections: bool,
    /// Every request that arrives, with what it is answered, in this order. Recorded; only answers are by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wire: Vec<Exchange>,
    /// What the caller is told. Recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
}

impl Case {
    /// Whether it can be played as it stands.
    ///
    /// # Errors
    ///
    /// What in it contradicts itself.
    pub fn check(&self) -> Result<(), String> {
        for exchange in &self.wire {
            bytes_of(&exchange.answer)?;
        }
        if self.refuses_connections && !self.wire.is_empty() {
            return Err("nobody listens, so nothing is answered".to_owned());
        }
        self.call.check()?;
        if let Call::EditWith { closure, .. } = &self.call {
            let does = |turn: &Turn| {
                let all = [
                    turn.patch.is_some(),
                    turn.append.is_some(),
                    turn.none,
                    turn.fail.is_some(),
                ];
                all.into_iter().filter(|one| *one).count()
            };
            if closure.iter().any(|turn| does(turn) != 1) {
                return Err("a closure does exactly one thing when it is called".to_owned());
            }
        }
        Ok(())
    }
}

/// The line that a runner reads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The case's name.
    pub name: String,
    /// The client's settings, its base URL and token among them.
    pub client: ClientOptions,
    /// What is to be called.
    pub call: Call,
}

/// Settings of a client. What is missing is left as it is by default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClientOptions {
    /// Where the service is. A runner always gets one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// The token. A runner always gets one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The workspace context.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// The time for a whole call, an edit, a launch and a wait for an operation included, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// The largest body of an answer, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_response_bytes: Option<usize>,
    /// How reads are tried again.
    #[serde(skip_serializing_if = "is_default")]
    pub retry: RetryOptions,
    /// What the server guarantees.
    #[serde(skip_serializing_if = "is_default")]
    pub contract: ContractOptions,
    /// How edits behave.
    #[serde(skip_serializing_if = "is_default")]
    pub policy: PolicyOptions,
}

/// How reads are tried again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetryOptions {
    /// How many requests one read may send in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// The longest first pause, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_ms: Option<u64>,
    /// The longest pause, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap_ms: Option<u64>,
}

/// What the server guarantees, where that differs from the documented contract.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "each is a field of `Contract`, explained there")]
pub struct ContractOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag_never_repeats: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_checked_before_if_match: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_retention_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stores_rejections_per_key: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reads_linearizable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag_covers_write_only: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden_retries: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answers_show_written_version: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflicts_name_current_etag: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_skew_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accept_moves_etag: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_keys_replay_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_keys_replay_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_found_means_gone: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ids_never_reused: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_is_final: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation_kept_ms: Option<u64>,
}

/// How edits behave, where that differs from the default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "each is a field of `Policy`, explained there")]
pub struct PolicyOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_conflict: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overwrite_unseen: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<u64>,
}

/// One request and what it is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// What must arrive. Recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Expected>,
    /// What is sent back.
    pub answer: Answer,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
