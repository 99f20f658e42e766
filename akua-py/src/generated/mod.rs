//! Made by `make generate` from the declaration of the kinds, akua-model/src/api.rs. Not edited by hand.

/// Calls the macro `$do` with every kind: what its calls do, its class, the class of its calls, the word for it, for one, and for all.
macro_rules! each_class {
    ($do:ident) => {
        $do!(writes Cluster Clusters "cluster" "A cluster" "clusters", writes Workspace Workspaces "workspace" "A workspace" "workspaces", reads Operation Operations "operation" "An operation" "operations", lists Region Regions "region" "A region" "regions", changes ClusterComputeSettings ComputeSettings "cluster_compute_settings" "Compute settings" "compute_settings", gets ClusterCapabilities Capabilities "cluster_capabilities" "Capabilities" "capabilities", reads WorkerBootstrap WorkerBootstraps "worker_bootstrap" "A worker bootstrap" "worker_bootstraps");
    };
}

/// Calls the macro `$do` with every object inside of a resource: its class, the word for it, and for one.
macro_rules! each_object {
    ($do:ident) => {
        $do!(WorkspacePlan "workspace plan" "A workspace plan", OperationFailure "operation failure" "An operation failure", OperationLastFailure "operation last failure" "An operation last failure", CapabilitiesFreshness "capabilities freshness" "Capabilities freshness");
    };
}

pub(crate) use {each_class, each_object};
