//! The writes that start an operation, and what is known of each.

use serde::{Deserialize, Serialize};

use super::event::Wanted;
use super::intent::{Goal, Intent, KeyUse};
use super::trace::Why;
use super::value::FieldValue;
use crate::api::OwnerType;
use crate::error::Error;
use crate::http::Method;
use crate::id::{ClusterId, OperationId, WorkerBootstrapId, WorkspaceId};
use crate::kind::ResourceKind;
use crate::named;
use crate::property::Property;
use crate::resource::Patch;
use crate::value::Value;
use crate::with_new;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LaunchKind {
    /// `POST /clusters/{id}:suspend`.
    SuspendCluster,
    /// `POST /clusters/{id}:resume`.
    ResumeCluster,
    /// `DELETE /clusters/{id}`.
    DeleteCluster,
    /// `DELETE /workspaces/{id}`.
    DeleteWorkspace,
    /// `POST /clusters/{id}/capabilities:refresh`.
    RefreshCapabilities,
    /// `POST /operations/{id}:cancel`.
    CancelOperation,
    /// `POST /clusters`.
    CreateCluster,
    /// `POST /clusters:import`.
    ImportCluster,
    /// `POST /workspaces`.
    CreateWorkspace,
    /// `POST /clusters/{id}/worker_bootstraps`.
    CreateWorkerBootstrap,
    /// `POST /clusters/{id}/worker_bootstraps/{id}:revoke`.
    RevokeWorkerBootstrap,
}

named!(LaunchKind {
    SuspendCluster => "suspend_cluster",
    ResumeCluster => "resume_cluster",
    DeleteCluster => "delete_cluster",
    DeleteWorkspace => "delete_workspace",
    RefreshCapabilities => "refresh_capabilities",
    CancelOperation => "cancel_operation",
    CreateCluster => "create_cluster",
    ImportCluster => "import_cluster",
    CreateWorkspace => "create_workspace",
    CreateWorkerBootstrap => "create_worker_bootstrap",
    RevokeWorkerBootstrap => "revoke_worker_bootstrap",
});

/// What a launch is about: the kinds that have such writes, of all that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LaunchTarget {
    /// A cluster.
    Cluster,
    /// A workspace.
    Workspace,
    /// An operation.
    Operation,
    /// A worker bootstrap.
    WorkerBootstrap,
}

/// What is listed before an end that has no operation of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Listing {
    /// The operations on what it is about.
    Operations(OwnerType),
    /// Those of its kind that are called as the new one is.
    Namesakes,
    /// Nothing: what is to be cancelled is known by its id.
    Nothing,
}

/// Where a state and whether it is reconciling stand among the values of a version.
pub(super) const STATE: usize = 0;
pub(super) const RECONCILING: usize = 1;

impl LaunchKind {
    pub(super) fn intent(self) -> Intent {
        match self {
            Self::SuspendCluster | Self::ResumeCluster => Intent::action(),
            // What is revoked gives access to nobody any more, as what is gone: that is what a 404 says of it.
            Self::DeleteCluster | Self::DeleteWorkspace | Self::RevokeWorkerBootstrap => Intent::delete(),
            Self::RefreshCapabilities | Self::CancelOperation => Intent::harmless(),
            Self::CreateCluster => Intent::create(KeyUse::Create),
            Self::ImportCluster | Self::CreateWorkerBootstrap => Intent::create(KeyUse::Unpromised),
            Self::CreateWorkspace => Intent::create(KeyUse::Never),
        }
    }

    /// Whether it makes a resource, of which only the answer says which it is.
    #[must_use]
    pub fn creates(self) -> bool {
        self.intent().goal == Goal::Made
    }

    /// What can be set of what it makes; nothing where it makes nothing.
    #[must_use]
    pub fn fields(self) -> &'static [Property] {
        with_new!(self, N => N::FIELDS, else => &[])
    }

    /// Whether what it makes is there with the answer, and no operation goes on after it.
    #[must_use]
    pub const fn is_done_at_once(self) -> bool {
        matches!(
            self,
            Self::ImportCluster | Self::CreateWorkspace | Self::CreateWorkerBootstrap
        )
    }

    /// Whether its answer shows secrets, which no other answer does: once it is lost, they are.
    #[must_use]
    pub const fn answers_secret(self) -> bool {
        matches!(self, Self::CreateWorkerBootstrap)
    }

    /// What its id is the id of; of a create, what it makes.
    #[must_use]
    pub const fn target(self) -> LaunchTarget {
        match self {
            Self::SuspendCluster
            | Self::ResumeCluster
            | Self::DeleteCluster
            | Self::RefreshCapabilities
            | Self::CreateCluster
            | Self::ImportCluster => LaunchTarget::Cluster,
            Self::DeleteWorkspace | Self::CreateWorkspace => LaunchTarget::Workspace,
            Self::CancelOperation => LaunchTarget::Operation,
            Self::CreateWorkerBootstrap | Self::RevokeWorkerBootstrap => LaunchTarget::WorkerBootstrap,
        }
    }

    /// The kind of that.
    #[must_use]
    pub const fn of(self) -> ResourceKind {
        match self.target() {
            LaunchTarget::Cluster => ResourceKind::Cluster,
            LaunchTarget::Workspace => ResourceKind::Workspace,
            LaunchTarget::Operation => ResourceKind::Operation,
            LaunchTarget::WorkerBootstrap => ResourceKind::WorkerBootstrap,
        }
    }

    /// The verb of its request.
    #[must_use]
    pub const fn method(self) -> Method {
        match self {
            Self::DeleteCluster | Self::DeleteWorkspace => Method::Delete,
            Self::SuspendCluster
            | Self::ResumeCluster
            | Self::RefreshCapabilities
            | Self::CancelOperation
            | Self::CreateCluster
            | Self::ImportCluster
            | Self::CreateWorkspace
            | Self::CreateWorkerBootstrap
            | Self::RevokeWorkerBootstrap => Method::Post,
        }
    }

    /// Its path, with the id left open; below a cluster, with that of the cluster left open too.
    #[must_use]
    pub const fn route(self) -> &'static str {
        match self {
            Self::SuspendCluster => "/v1/clusters/{id}:suspend",
            Self::ResumeCluster => "/v1/clusters/{id}:resume",
            Self::DeleteCluster => "/v1/clusters/{id}",
            Self::DeleteWorkspace => "/v1/workspaces/{id}",
            Self::RefreshCapabilities => "/v1/clusters/{id}/capabilities:refresh",
            Self::CancelOperation => "/v1/operations/{id}:cancel",
            Self::CreateCluster => "/v1/clusters",
            Self::ImportCluster => "/v1/clusters:import",
            Self::CreateWorkspace => "/v1/workspaces",
            Self::CreateWorkerBootstrap => "/v1/clusters/{id}/worker_bootstraps",
            Self::RevokeWorkerBootstrap => "/v1/clusters/{id}/worker_bootstraps/{id}:revoke",
        }
    }

    /// What a person calls it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::SuspendCluster => "suspend of cluster",
            Self::ResumeCluster => "resume of cluster",
            Self::DeleteCluster => "delete of cluster",
            Self::DeleteWorkspace => "delete of workspace",
            Self::RefreshCapabilities => "refresh of the capabilities of cluster",
            Self::CancelOperation => "cancel of operation",
            Self::CreateCluster => "create of cluster",
            Self::ImportCluster => "import of cluster",
            Self::CreateWorkspace => "create of workspace",
            Self::CreateWorkerBootstrap => "create of worker bootstrap",
            Self::RevokeWorkerBootstrap => "revoke of worker bootstrap",
        }
    }

    pub(super) fn listing(self) -> Listing {
        match self.target() {
            _ if self.creates() => Listing::Namesakes,
            LaunchTarget::Cluster => Listing::Operations(OwnerType::Cluster),
            LaunchTarget::Workspace => Listing::Operations(OwnerType::Workspace),
            LaunchTarget::Operation => Listing::Nothing,
            LaunchTarget::WorkerBootstrap => Listing::Operations(OwnerType::Cluster),
        }
    }

    /// The reason for a step, as it reads for this kind of launch.
    pub(super) fn told(self, why: Why) -> Why {
        match why {
            Why::Unguarded if self.creates() => Why::Making,
            Why::Listing if self.creates() => Why::Namesakes,
            Why::Accepted if self.is_done_at_once() => Why::Made,
            why => why,
        }
    }

    /// Whether `id` can be the id of what it is about. A create has none, or that of what it makes something below.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if not; nothing was sent.
    pub fn check_id(self, id: &str) -> Result<(), Error> {
        match self.target() {
            LaunchTarget::WorkerBootstrap if self.creates() => id.parse::<ClusterId>().map(drop),
            _ if self.creates() && id.is_empty() => Ok(()),
            _ if self.creates() => Err(Error::invalid("id", "is given by the server to what is made")),
            LaunchTarget::Cluster => id.parse::<ClusterId>().map(drop),
            LaunchTarget::Workspace => id.parse::<WorkspaceId>().map(drop),
            LaunchTarget::Operation => id.parse::<OperationId>().map(drop),
            LaunchTarget::WorkerBootstrap => id.parse::<WorkerBootstrapId>().map(drop),
        }
    }

    /// Whether `id` can be the id of such a resource.
    pub(super) fn is_id(self, id: &str) -> bool {
        match self.target() {
            LaunchTarget::Cluster => id.parse::<ClusterId>().is_ok(),
            LaunchTarget::Workspace => id.parse::<WorkspaceId>().is_ok(),
            LaunchTarget::Operation => id.parse::<OperationId>().is_ok(),
            LaunchTarget::WorkerBootstrap => id.parse::<WorkerBootstrapId>().is_ok(),
        }
    }

    /// Whether an etag guards it.
    #[must_use]
    pub fn is_guarded(self) -> bool {
        self.intent().is_guarded
    }

    /// The type of its operations, and under which name their metadata has the id of what they work on. Of what is asked to
    /// be cancelled neither is known, and what is made has no id yet.
    pub(super) fn operation(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::SuspendCluster => ("cluster.suspend", "cluster_id"),
            Self::ResumeCluster => ("cluster.resume", "cluster_id"),
            Self::DeleteCluster => ("cluster.delete", "cluster_id"),
            Self::RefreshCapabilities => ("cluster.capabilities.refresh", "cluster_id"),
            Self::DeleteWorkspace => ("workspace.delete", "workspace_id"),
            Self::RevokeWorkerBootstrap => ("cluster.worker_bootstrap.revoke", "worker_bootstrap_id"),
            Self::CancelOperation
            | Self::CreateCluster
            | Self::ImportCluster
            | Self::CreateWorkspace
            | Self::CreateWorkerBootstrap => return None,
        })
    }

    /// What a version shows once it is so.
    pub(super) fn wanted(self) -> Vec<Wanted<FieldValue>> {
        let (state, settles) = match self {
            Self::SuspendCluster => ("suspended", true),
            Self::ResumeCluster => ("active", true),
            // No state of a bootstrap is documented: no version of it shows this, and only that it is gone says anything.
            Self::DeleteCluster | Self::DeleteWorkspace | Self::RevokeWorkerBootstrap => ("deleting", false),
            Self::RefreshCapabilities
            | Self::CancelOperation
            | Self::CreateCluster
            | Self::ImportCluster
            | Self::CreateWorkspace
            | Self::CreateWorkerBootstrap => return Vec::new(),
        };
        let wanted = |field, value: Value<'_>| Wanted {
            field,
            value: value.into(),
        };
        let mut all = vec![wanted(STATE, Value::Text(state))];
        if settles {
            all.push(wanted(RECONCILING, Value::Flag(false)));
        }
        all
    }
}
