//! The form of a call: what a runner is ordered to do, and what a case makes its resume tokens of.

use std::collections::BTreeMap;

use akua_model::ResourceKind as Kind;
use akua_model::edit::LaunchKind;
use akua_model::waiting::Asked;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What is called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Call {
    /// Reads one.
    Get {
        /// Of which collection.
        kind: Kind,
        /// Its id.
        id: String,
    },
    /// Reads all, item by item, until the end or an error.
    List {
        /// Of which collection.
        kind: Kind,
        /// The size of a page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<u64>,
        /// Where to begin.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cursor: Option<String>,
        /// By what it is narrowed, of operations.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner_type: Option<String>,
        /// By what it is narrowed, of operations.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner_id: Option<String>,
        /// Of worker bootstraps: those of which cluster.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cluster_id: Option<String>,
    },
    /// One conditional write.
    Update {
        /// Of which collection.
        kind: Kind,
        /// Its id.
        id: String,
        /// The etag that guards it.
        if_match: String,
        /// The fields to change.
        patch: BTreeMap<String, Value>,
        /// The caller's key; clusters only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        idempotency_key: Option<String>,
    },
    /// An edit with a patch.
    Edit {
        /// Of which collection.
        kind: Kind,
        /// Its id.
        id: String,
        /// Whether the resource is read first, with a call of its own, and then passed in as what the caller has seen.
        seen: bool,
        /// The fields to change.
        patch: BTreeMap<String, Value>,
    },
    /// An edit with a closure.
    EditWith {
        /// Of which collection.
        kind: Kind,
        /// Its id.
        id: String,
        /// As for an edit with a patch.
        seen: bool,
        /// What the closure does when it is called for the first time, the second time and so on.
        closure: Vec<Turn>,
    },
    /// Settles a write that an earlier call left behind.
    Resolve {
        /// Of which collection.
        kind: Kind,
        /// `finish` or `look`.
        mode: String,
        /// The token. In a case file it may stand there or be made from `token_of`; a runner always gets it here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resume_token: Option<String>,
        /// The kubeconfig that was written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kubeconfig: Option<String>,
        /// The write that the token is made of. A runner never sees it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token_of: Option<TokenOf>,
    },
    /// Waits until a cluster has settled.
    WaitSettled {
        /// Its id.
        id: String,
    },
    /// One request to any path.
    Request(Requested),
    /// Reads the kubeconfig of a cluster.
    Kubeconfig {
        /// Its id.
        id: String,
    },
    /// Suspends a cluster.
    Suspend {
        /// Its id.
        id: String,
        /// As for an edit.
        seen: bool,
    },
    /// Resumes a cluster.
    Resume {
        /// Its id.
        id: String,
        /// As for an edit.
        seen: bool,
    },
    /// Deletes a cluster or a workspace.
    Delete {
        /// Of which collection.
        kind: Kind,
        /// Its id.
        id: String,
        /// As for an edit.
        seen: bool,
    },
    /// Makes something new.
    Create {
        /// Of which collection.
        kind: Kind,
        /// What it is made of.
        new: BTreeMap<String, Value>,
    },
    /// Imports a cluster.
    Import {
        /// What it is made of.
        new: BTreeMap<String, Value>,
    },
    /// Revokes a worker bootstrap.
    Revoke {
        /// Its id, which is two.
        id: String,
        /// As for an edit.
        seen: bool,
    },
    /// Has a cluster's capabilities found out anew.
    RefreshCapabilities {
        /// Its id.
        id: String,
    },
    /// Asks for an operation to be cancelled.
    CancelOperation {
        /// Its id.
        id: String,
    },
    /// One request that suspends a cluster.
    SuspendOnce(Once),
    /// One request that resumes a cluster.
    ResumeOnce(Once),
    /// One request that revokes a worker bootstrap.
    RevokeOnce(Once),
    /// One request that deletes a cluster or a workspace.
    DeleteOnce(OnceOf),
    /// One request that makes something new.
    CreateOnce(NewOnce),
    /// One request that imports a cluster.
    ImportOnce {
        /// What it is made of.
        new: BTreeMap<String, Value>,
        /// The caller's key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        idempotency_key: Option<String>,
    },
    /// One request that has a cluster's capabilities found out anew.
    RefreshCapabilitiesOnce(Unguarded),
    /// One request that asks for an operation to be cancelled.
    CancelOperationOnce(Unguarded),
    /// Settles a launch that an earlier call left behind.
    ResolveLaunch {
        /// `finish` or `look`.
        mode: String,
        /// As for `resolve`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resume_token: Option<String>,
        /// The launch that the token is made of. A runner never sees it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token_of: Option<LaunchOf>,
    },
    /// Waits for an operation: by its id, or by a token.
    Wait {
        /// The id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operation: Option<String>,
        /// The token, as for `resolve`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resume_token: Option<String>,
        /// The launch that the token is made of. A runner never sees it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token_of: Option<LaunchOf>,
        /// Whether whoever waits has asked for it to be cancelled: `yes`, `no`, `unknown`; left out: as the token says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked: Option<Asked>,
    },
}

/// One request to any path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requested {
    /// The verb.
    pub method: String,
    /// The path, without `/v1`.
    pub path: String,
    /// Names and values of the query.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<(String, String)>,
    /// The body, as a text of JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The etag that guards it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_match: Option<String>,
    /// The caller's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// The workspace it is about, in place of the client's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
}

/// One request that an etag guards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Once {
    /// The id of what it is about.
    pub id: String,
    /// The etag.
    pub if_match: String,
    /// The caller's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

/// The same of one of several kinds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnceOf {
    /// Of which collection.
    pub kind: Kind,
    /// The id of what it is about.
    pub id: String,
    /// The etag.
    pub if_match: String,
    /// The caller's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

/// One request that no etag guards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unguarded {
    /// The id of what it is about.
    pub id: String,
    /// The caller's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

/// One request that makes something new.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOnce {
    /// Of which collection.
    pub kind: Kind,
    /// What it is made of.
    pub new: BTreeMap<String, Value>,
    /// The caller's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

impl Call {
    /// The key that the caller gives: any other one is minted.
    #[must_use]
    pub fn given_key(&self) -> Option<&str> {
        match self {
            Self::Update { idempotency_key, .. }
            | Self::SuspendOnce(Once { idempotency_key, .. })
            | Self::ResumeOnce(Once { idempotency_key, .. })
            | Self::RevokeOnce(Once { idempotency_key, .. })
            | Self::DeleteOnce(OnceOf { idempotency_key, .. })
            | Self::CreateOnce(NewOnce { idempotency_key, .. })
            | Self::ImportOnce { idempotency_key, .. }
            | Self::RefreshCapabilitiesOnce(Unguarded { idempotency_key, .. })
            | Self::CancelOperationOnce(Unguarded { idempotency_key, .. })
            | Self::Request(Requested { idempotency_key, .. }) => idempotency_key.as_deref(),
            _ => None,
        }
    }

    /// Its name, as in `do`.
    #[must_use]
    pub fn name(&self) -> String {
        let json = serde_json::to_value(self).unwrap_or_default();
        let name = json.get("do").and_then(Value::as_str).unwrap_or_default();
        name.to_owned()
    }

    /// Whether it can be made as it stands.
    ///
    /// # Errors
    ///
    /// What in it contradicts itself.
    pub(crate) fn check(&self) -> Result<(), String> {
        if let Self::Wait {
            operation,
            resume_token,
            token_of,
            ..
        } = self
        {
            let ways = [operation.is_some(), resume_token.is_some(), token_of.is_some()];
            if ways.into_iter().filter(|given| *given).count() != 1 {
                return Err("a wait is by exactly one of `operation`, `resume_token` and `token_of`".to_owned());
            }
        }
        Ok(())
    }
}

/// What a closure does when it is called: exactly one of these.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Turn {
    /// Gives this patch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patch: Option<BTreeMap<String, Value>>,
    /// Gives a patch that adds this to the name it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub append: Option<String>,
    /// Gives no patch: nothing is to change.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub none: bool,
    /// Fails with this text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail: Option<String>,
}

/// A write that was sent once, of which a resume token is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenOf {
    /// Of which collection.
    pub kind: Kind,
    /// The version that was seen: the usual one with these properties.
    #[serde(default)]
    pub seen: Map<String, Value>,
    /// The fields that were changed.
    pub patch: BTreeMap<String, Value>,
    /// The context it was sent in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// The service it was sent to; the case's own unless this says another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// How long ago it was sent, in milliseconds.
    #[serde(default)]
    pub sent_ms_ago: u32,
}

/// A launch that was sent once, of which a resume token is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaunchOf {
    /// What was to be done: a name of `akua_model::edit::LaunchKind`.
    pub launch: LaunchKind,
    /// The id of what it is about; of a create nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// What a create makes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub new: BTreeMap<String, Value>,
    /// The etag that guards it, if one does; 42 unless this says another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_match: Option<String>,
    /// The operation that it was accepted as: then it is the token to wait with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The credentials that were shown the resource; the case's own unless this says others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_to: Option<String>,
    /// The context it was sent in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// The service it was sent to; the case's own unless this says another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// How long ago it was sent, in milliseconds.
    #[serde(default)]
    pub sent_ms_ago: u32,
}
