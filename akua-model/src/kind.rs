//! Which kinds of resources there are, and what each of them can do: every list of them. What a kind is stands in its
//! declaration: `api.rs`.

use serde::{Deserialize, Serialize};

use crate::named;

/// A kind of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    /// [`Cluster`](crate::Cluster).
    Cluster,
    /// [`Workspace`](crate::Workspace).
    Workspace,
    /// [`Operation`](crate::Operation).
    Operation,
    /// [`Region`](crate::Region).
    Region,
    /// [`ClusterComputeSettings`](crate::ClusterComputeSettings).
    ClusterComputeSettings,
    /// [`ClusterCapabilities`](crate::ClusterCapabilities).
    ClusterCapabilities,
    /// [`WorkerBootstrap`](crate::WorkerBootstrap).
    WorkerBootstrap,
}

named!(ResourceKind {
    Cluster => "cluster",
    Workspace => "workspace",
    Operation => "operation",
    Region => "region",
    ClusterComputeSettings => "cluster_compute_settings",
    ClusterCapabilities => "cluster_capabilities",
    WorkerBootstrap => "worker_bootstrap",
});

/// Does the same for the type of a kind that is known as a value only: `with_kind!(kind, R => R::PROPERTIES)`. `R` is
/// [`Declared`](crate::Declared), as every kind is; where it has to be [`Listed`](crate::Listed), [`Readable`](crate::Readable),
/// [`Versioned`](crate::Versioned) or a [`Resource`](crate::Resource), that is said, and what to do for the others.
///
/// ```
/// use akua_model::{Declared, Listed, Resource, ResourceKind, with_kind};
/// assert_eq!(with_kind!(ResourceKind::Operation, R => R::NOUN), "operation");
/// let path = |kind| with_kind!(kind, Listed R => Some(R::COLLECTION), else => None);
/// assert_eq!(path(ResourceKind::Operation), Some("/v1/operations"));
/// assert_eq!(path(ResourceKind::ClusterComputeSettings), None);
/// let takes_key = |kind| with_kind!(kind, Resource R => R::TAKES_IDEMPOTENCY_KEY, else => false);
/// assert!(takes_key(ResourceKind::Cluster) && !takes_key(ResourceKind::Operation));
/// ```
#[macro_export]
macro_rules! with_kind {
    ($kind:expr, $R:ident => $do:expr) => {
        $crate::with_kind!(@match $kind, $R => $do; Cluster Workspace ClusterComputeSettings ClusterCapabilities Operation Region WorkerBootstrap)
    };
    ($kind:expr, Listed $R:ident => $do:expr, else => $otherwise:expr) => {
        $crate::with_kind!(@match $kind, $R => $do; Cluster Workspace Operation Region WorkerBootstrap; $otherwise; ClusterComputeSettings ClusterCapabilities)
    };
    ($kind:expr, Readable $R:ident => $do:expr, else => $otherwise:expr) => {
        $crate::with_kind!(@match $kind, $R => $do; Cluster Workspace ClusterComputeSettings ClusterCapabilities Operation WorkerBootstrap; $otherwise; Region)
    };
    ($kind:expr, Versioned $R:ident => $do:expr, else => $otherwise:expr) => {
        $crate::with_kind!(@match $kind, $R => $do; Cluster Workspace ClusterComputeSettings WorkerBootstrap; $otherwise; ClusterCapabilities Operation Region)
    };
    ($kind:expr, Resource $R:ident => $do:expr, else => $otherwise:expr) => {
        $crate::with_kind!(@match $kind, $R => $do; Cluster Workspace ClusterComputeSettings; $otherwise; ClusterCapabilities Operation Region WorkerBootstrap)
    };
    (@match $kind:expr, $R:ident => $do:expr; $($Kind:ident)+ $(; $otherwise:expr $(; $($Other:ident)+)?)?) => {
        match $kind {
            $($crate::ResourceKind::$Kind => {
                type $R = $crate::$Kind;
                $do
            })+
            $($($($crate::ResourceKind::$Other)|+ => $otherwise,)?)?
        }
    };
}

/// Calls the macro `$do` with the types of every kind that can be written: `$do!(Cluster ClusterPatch ClusterId, …)`.
#[macro_export]
macro_rules! each_kind {
    ($do:ident) => {
        $do!(
            Cluster ClusterPatch ClusterId,
            Workspace WorkspacePatch WorkspaceId,
            ClusterComputeSettings ClusterComputeSettingsPatch ClusterId
        );
    };
}

/// Calls the macro `$do` with the name of each collection and what is in it: `$do!(clusters Cluster, …)`.
#[macro_export]
macro_rules! each_collection {
    ($do:ident) => {
        $do!(
            clusters Cluster,
            workspaces Workspace,
            operations Operation,
            regions Region,
            compute_settings ClusterComputeSettings,
            capabilities ClusterCapabilities,
            worker_bootstraps WorkerBootstrap
        );
    };
}
