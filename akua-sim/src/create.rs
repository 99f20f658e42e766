//! The writes that make something new, and what this server knows of each.

use akua_model::ResourceKind as Kind;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A write that makes something new: there is no id in its path and no etag to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Create {
    /// `POST /v1/clusters`, answered 202 with an operation
    CreateCluster,
    /// `POST /v1/clusters:import`, answered 200 with the cluster
    ImportCluster,
    /// `POST /v1/workspaces`, answered 201 with the workspace
    CreateWorkspace,
    /// `POST /v1/clusters/{id}/worker_bootstraps`, answered 201 with the bootstrap and its secrets
    CreateWorkerBootstrap,
}

impl Create {
    /// All there are.
    pub const ALL: &'static [Self] = &[
        Self::CreateCluster,
        Self::ImportCluster,
        Self::CreateWorkspace,
        Self::CreateWorkerBootstrap,
    ];

    /// The kind of what it makes.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::CreateCluster | Self::ImportCluster => Kind::Cluster,
            Self::CreateWorkspace => Kind::Workspace,
            Self::CreateWorkerBootstrap => Kind::WorkerBootstrap,
        }
    }

    /// The `POST` of a collection, if it has one.
    pub(crate) fn in_collection(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Cluster => Some(Self::CreateCluster),
            Kind::Workspace => Some(Self::CreateWorkspace),
            Kind::WorkerBootstrap => Some(Self::CreateWorkerBootstrap),
            _ => None,
        }
    }

    /// The `POST` of a collection with an action after it, if it has such a one.
    pub(crate) fn by_action(kind: Kind, action: &str) -> Option<Self> {
        (kind == Kind::Cluster && action == "import").then_some(Self::ImportCluster)
    }

    /// Whether it takes an idempotency key. What the key is worth is the contract's.
    pub(crate) fn takes_key(self) -> bool {
        self != Self::CreateWorkspace
    }

    /// Its name as `Serialize` writes it.
    pub(crate) fn name(self) -> String {
        match json!(self) {
            Value::String(name) => name,
            _ => String::new(),
        }
    }

    /// The status of its answer.
    pub(crate) fn status(self) -> u16 {
        match self {
            Self::CreateCluster => 202,
            Self::ImportCluster => 200,
            Self::CreateWorkspace | Self::CreateWorkerBootstrap => 201,
        }
    }

    /// The properties that a body has to have.
    pub(crate) fn required(self) -> &'static [&'static str] {
        match self {
            Self::CreateCluster => &["name", "region_id"],
            Self::ImportCluster => &["name", "region_id", "kubeconfig"],
            Self::CreateWorkspace => &["name"],
            Self::CreateWorkerBootstrap => &[],
        }
    }

    /// The properties that a body may have besides.
    pub(crate) fn optional(self) -> &'static [&'static str] {
        match self {
            Self::CreateCluster => &["network_profile"],
            Self::ImportCluster => &[],
            Self::CreateWorkspace => &["slug"],
            Self::CreateWorkerBootstrap => &["ttl_seconds"],
        }
    }

    /// What one begins with that was made so, beside what is usual.
    pub(crate) fn beginning(self) -> Map<String, Value> {
        let beginning = match self {
            Self::CreateCluster => json!({ "provider": "managed_kaas", "state": "pending", "reconciling": true }),
            Self::ImportCluster => json!({ "provider": "imported_byoc", "state": "active", "reconciling": true }),
            Self::CreateWorkspace | Self::CreateWorkerBootstrap => Value::Null,
        };
        beginning.as_object().cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_kinds_and_properties_agree() {
        for create in Create::ALL {
            assert!(create.name().ends_with(create.kind().name()));
            for name in create.required().iter().chain(create.optional()) {
                let is_field = create.kind().fields().iter().any(|field| field.name == *name);
                assert!(is_field || ["network_profile", "ttl_seconds"].contains(name), "{name}");
            }
        }
    }
}
