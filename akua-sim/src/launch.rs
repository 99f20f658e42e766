//! The writes that start an operation, or ask for the end of one, and what this server knows of each.

use akua_model::ResourceKind as Kind;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A write that is answered 202 with an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Launch {
    /// `POST /v1/clusters/{id}:suspend`
    SuspendCluster,
    /// `POST /v1/clusters/{id}:resume`
    ResumeCluster,
    /// `DELETE /v1/clusters/{id}`
    DeleteCluster,
    /// `DELETE /v1/workspaces/{id}`
    DeleteWorkspace,
    /// `POST /v1/clusters/{id}/capabilities:refresh`
    RefreshCapabilities,
    /// `POST /v1/operations/{id}:cancel`
    CancelOperation,
    /// `POST /v1/clusters/{id}/worker_bootstraps/{id}:revoke`
    RevokeWorkerBootstrap,
}

impl Launch {
    /// All there are.
    pub const ALL: &'static [Self] = &[
        Self::SuspendCluster,
        Self::ResumeCluster,
        Self::DeleteCluster,
        Self::DeleteWorkspace,
        Self::RefreshCapabilities,
        Self::CancelOperation,
        Self::RevokeWorkerBootstrap,
    ];

    /// The kind of what it is about.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::DeleteWorkspace => Kind::Workspace,
            Self::CancelOperation => Kind::Operation,
            Self::RevokeWorkerBootstrap => Kind::WorkerBootstrap,
            _ => Kind::Cluster,
        }
    }

    /// The `DELETE` of a kind, if it has one.
    pub(crate) fn delete_of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Cluster => Some(Self::DeleteCluster),
            Kind::Workspace => Some(Self::DeleteWorkspace),
            _ => None,
        }
    }

    /// Its verb.
    pub(crate) fn method(self) -> &'static str {
        if self.is_delete() { "DELETE" } else { "POST" }
    }

    pub(crate) fn is_delete(self) -> bool {
        matches!(self, Self::DeleteCluster | Self::DeleteWorkspace)
    }

    /// Whether what it is about is gone once it has succeeded.
    pub(crate) fn removes(self) -> bool {
        self.is_delete() || self == Self::RevokeWorkerBootstrap
    }

    /// Whether it takes `if-match`, and needs it.
    pub(crate) fn is_guarded(self) -> bool {
        !matches!(self, Self::RefreshCapabilities | Self::CancelOperation)
    }

    /// Its name as `Serialize` writes it.
    pub(crate) fn name(self) -> String {
        match json!(self) {
            Value::String(name) => name,
            _ => String::new(),
        }
    }

    /// The type of its operations, and the name of its target's id in their metadata. Cancelling starts none.
    pub(crate) fn operation(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::SuspendCluster => ("cluster.suspend", "cluster_id"),
            Self::ResumeCluster => ("cluster.resume", "cluster_id"),
            Self::DeleteCluster => ("cluster.delete", "cluster_id"),
            Self::DeleteWorkspace => ("workspace.delete", "workspace_id"),
            Self::RefreshCapabilities => ("cluster.capabilities.refresh", "cluster_id"),
            Self::RevokeWorkerBootstrap => ("cluster.worker_bootstrap.revoke", "worker_bootstrap_id"),
            Self::CancelOperation => return None,
        })
    }

    /// The state in which a cluster has to be.
    pub(crate) fn needed_state(self) -> Option<&'static str> {
        match self {
            Self::SuspendCluster => Some("active"),
            Self::ResumeCluster => Some("suspended"),
            _ => None,
        }
    }

    /// The state in which it leaves a cluster that is there afterwards.
    pub(crate) fn wanted_state(self) -> Option<&'static str> {
        match self {
            Self::SuspendCluster => Some("suspended"),
            Self::ResumeCluster => Some("active"),
            _ => None,
        }
    }

    /// The names of the first steps of its operations; further ones have a number.
    pub(crate) fn steps(self) -> [&'static str; 2] {
        match self {
            Self::SuspendCluster => ["drain", "stop"],
            Self::ResumeCluster => ["start", "join"],
            Self::DeleteCluster | Self::DeleteWorkspace => ["drain", "remove"],
            Self::RevokeWorkerBootstrap => ["revoke", "remove"],
            Self::RefreshCapabilities => ["ask", "store"],
            Self::CancelOperation => ["ask", "end"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_kinds_agree_with_the_paths() {
        for launch in Launch::ALL {
            assert!(launch.name().ends_with(launch.kind().name()) || *launch == Launch::RefreshCapabilities);
            assert_eq!(launch.is_delete(), launch.name().starts_with("delete"));
            assert_eq!(launch.operation().is_none(), *launch == Launch::CancelOperation);
        }
    }
}
