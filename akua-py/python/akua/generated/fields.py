"""What can be written of each kind, and what its calls take beside: types for `**fields`.

Made by `make generate` from the declaration of the kinds, akua-model/src/api.rs. Not edited by hand.
"""

from __future__ import annotations

from typing import TypedDict

from akua.generated.settings import CallOptions, EditOptions, LaunchOptions, PolicyOptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from akua.generated.enums import NetworkProfile, Provider, AutoScaling


class ClusterFields(TypedDict, total=False):
    """What can be written of a cluster: what is left out stays."""

    name: str
    """The name: 1 to 100 code points when it is written, of any length in answers."""
    region_id: str
    """The region to move to, 1 to 54 code points. Write-only: no answer shows it."""
    provider: Provider | str
    """Who runs its control plane. Only a value that this version knows can be written."""
    kubeconfig: str
    """The kubeconfig to import with, at least one code point. Write-only and a secret: no answer shows it."""


class ClusterUpdate(ClusterFields, CallOptions, total=False):
    """The fields of a cluster, and the options of `update`."""


class ClusterEdit(ClusterFields, EditOptions, total=False):
    """The fields of a cluster, and the options of `edit`."""


class WorkspaceFields(TypedDict, total=False):
    """What can be written of a workspace: what is left out stays."""

    name: str
    """The name: 1 to 100 code points when it is written, of any length in answers."""
    slug: str
    """The part of its address that people choose: 3 to 39 code points when it is written, of any length in answers. No
    pattern is documented, so only the length is checked here.
    """


class WorkspaceUpdate(WorkspaceFields, CallOptions, total=False):
    """The fields of a workspace, and the options of `update`."""


class WorkspaceEdit(WorkspaceFields, EditOptions, total=False):
    """The fields of a workspace, and the options of `edit`."""


class ClusterComputeSettingsFields(TypedDict, total=False):
    """What can be written of compute settings: what is left out stays."""

    auto_scaling: AutoScaling | str
    """Whether the number of machines follows what the cluster needs. Only a value that this version knows can be
    written. On the wire it is written as `auto_scaling_enabled`: true for `active`, false for `paused`.
    """
    max_machines: int
    """How many machines there may be: 0 to 100 when it is written, any number in answers."""


class ClusterComputeSettingsUpdate(ClusterComputeSettingsFields, CallOptions, total=False):
    """The fields of compute settings, and the options of `update`."""


class ClusterComputeSettingsEdit(ClusterComputeSettingsFields, EditOptions, total=False):
    """The fields of compute settings, and the options of `edit`."""


class _NewCluster(TypedDict):
    """What has to be set of a new cluster."""

    name: str
    """The name: 1 to 100 code points. A later page says 2 to 32; the server's refusal tells."""
    region_id: str
    """The region it is made in, 1 to 54 code points. It has to be one of those that are listed."""


class NewClusterFields(_NewCluster, total=False):
    """What a new cluster is made of."""

    network_profile: NetworkProfile | str
    """Which network it has; `linux_cilium` if it is not set. It can't be changed later. Only a value that this version
    knows can be written.
    """


class ClusterCreate(NewClusterFields, LaunchOptions, total=False):
    """What a new cluster is made of, and the options of `create`."""


class ClusterCreateOnce(NewClusterFields, CallOptions, total=False):
    """What a new cluster is made of, and the options of `create_once`."""


class _ClusterImport(TypedDict):
    """What has to be set of a cluster that is imported."""

    name: str
    """The name: 1 to 100 code points."""
    region_id: str
    """The region that it belongs to, 1 to 54 code points."""
    kubeconfig: str
    """The kubeconfig to import with, at least one code point. A secret: it is never shown, and no token holds it."""


class ClusterImportFields(_ClusterImport, total=False):
    """What a cluster that is imported is made of."""


class ClusterImport(ClusterImportFields, LaunchOptions, total=False):
    """What a cluster that is imported is made of, and the options of `import_cluster`."""


class ClusterImportOnce(ClusterImportFields, CallOptions, total=False):
    """What a cluster that is imported is made of, and the options of `import_cluster_once`."""


class _NewWorkspace(TypedDict):
    """What has to be set of a new workspace."""

    name: str
    """The name: 1 to 100 code points."""


class NewWorkspaceFields(_NewWorkspace, total=False):
    """What a new workspace is made of."""

    slug: str
    """The short name in addresses, 3 to 39 code points, which no other workspace has; the server makes one up if it is
    not set.
    """


class WorkspaceCreate(NewWorkspaceFields, LaunchOptions, total=False):
    """What a new workspace is made of, and the options of `create`."""


class WorkspaceCreateOnce(NewWorkspaceFields, CallOptions, total=False):
    """What a new workspace is made of, and the options of `create_once`."""


class _NewWorkerBootstrap(TypedDict):
    """What has to be set of a new worker bootstrap."""

    cluster_id: str
    """The cluster whose worker a machine is to become: its id, 1 to 54 code points."""


class NewWorkerBootstrapFields(_NewWorkerBootstrap, total=False):
    """What a new worker bootstrap is made of."""

    ttl_seconds: int
    """For how long machines can join with it, in seconds: 60 to 86400. What it is if it is not set is not documented."""


class WorkerBootstrapCreate(NewWorkerBootstrapFields, LaunchOptions, total=False):
    """What a new worker bootstrap is made of, and the options of `create`."""


class WorkerBootstrapCreateOnce(NewWorkerBootstrapFields, CallOptions, total=False):
    """What a new worker bootstrap is made of, and the options of `create_once`."""


class ResolveOptions(PolicyOptions, CallOptions, total=False):
    """The options of `Client.resolve`, and the secrets that were written: a resume token holds only their hashes."""

    kubeconfig: str
    """The kubeconfig to import with, at least one code point. Write-only and a secret: no answer shows it."""
