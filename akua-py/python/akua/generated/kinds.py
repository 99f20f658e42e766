"""The classes of every kind.

Made by `make generate` from the declaration of the kinds, akua-model/src/api.rs. Not edited by hand.
"""

from akua._akua import (
    Capabilities,
    CapabilitiesFreshness,
    Cluster,
    ClusterCapabilities,
    ClusterComputeSettings,
    Clusters,
    ComputeSettings,
    Operation,
    OperationFailure,
    OperationLastFailure,
    Operations,
    Region,
    Regions,
    WorkerBootstrap,
    WorkerBootstraps,
    Workspace,
    WorkspacePlan,
    Workspaces,
)

__all__ = [
    "AutoScaling",
    "BilledBy",
    "Capabilities",
    "CapabilitiesFreshness",
    "Cluster",
    "ClusterCapabilities",
    "ClusterComputeSettings",
    "ClusterComputeSettingsFields",
    "ClusterFields",
    "ClusterImportFields",
    "ClusterState",
    "Clusters",
    "ComputeSettings",
    "Freshness",
    "NetworkProfile",
    "NewClusterFields",
    "NewWorkerBootstrapFields",
    "NewWorkspaceFields",
    "Operation",
    "OperationFailure",
    "OperationLastFailure",
    "OperationState",
    "Operations",
    "OwnerType",
    "Provider",
    "RefreshStatus",
    "Region",
    "Regions",
    "WorkerBootstrap",
    "WorkerBootstraps",
    "Workspace",
    "WorkspaceClass",
    "WorkspaceFields",
    "WorkspacePlan",
    "Workspaces",
]

# Found when they are first used: their modules need more than all of the rest.
_LATER = {
    "AutoScaling": "akua.generated.enums",
    "BilledBy": "akua.generated.enums",
    "ClusterComputeSettingsFields": "akua.generated.fields",
    "ClusterFields": "akua.generated.fields",
    "ClusterImportFields": "akua.generated.fields",
    "ClusterState": "akua.generated.enums",
    "Freshness": "akua.generated.enums",
    "NetworkProfile": "akua.generated.enums",
    "NewClusterFields": "akua.generated.fields",
    "NewWorkerBootstrapFields": "akua.generated.fields",
    "NewWorkspaceFields": "akua.generated.fields",
    "OperationState": "akua.generated.enums",
    "OwnerType": "akua.generated.enums",
    "Provider": "akua.generated.enums",
    "RefreshStatus": "akua.generated.enums",
    "WorkspaceClass": "akua.generated.enums",
    "WorkspaceFields": "akua.generated.fields",
}


def __getattr__(name):
    from importlib import import_module

    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module 'akua.generated.kinds' has no attribute {name!r}")
