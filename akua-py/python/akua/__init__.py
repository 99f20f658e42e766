"""Change Akua clusters and workspaces while others change them too.

Never overwrites a change that you have not seen, and never calls a write failed that may have landed:

    >>> import akua
    >>> from akua.sim import Simulator
    >>> sim = Simulator(clusters=3)      # an Akua on this machine; for the real one: akua.Client()
    >>> client = sim.client()
    >>> cluster = client.clusters.get("clu_1")
    >>> result = client.clusters.edit(cluster, name="prod-eu")
    >>> result.changed, result.resource.name
    (True, 'prod-eu')
    >>> sim.close()

- `Client`: `clusters` and `workspaces`, each with `get`, `list`, `update`, `edit`, `edit_with`, `create`, `delete`, and of clusters
  `import_cluster`, `suspend`, `resume` and `kubeconfig`; `compute_settings` of clusters, with all but `list` and `delete`;
  `capabilities` of clusters, which are read; `operations`, with `wait` and `cancel`; `regions`, which are listed; `resolve`;
  `request` for what none of them does.
- `AsyncClient`: the same, to be awaited.
- `AkuaError` and what is below it: what happened, and whether the request may have taken effect.
- `akua.fleet`: plans for thousands of them, and a ledger of what happened to each.
- `akua.sim`: an Akua on this machine, for tests. `pytest` finds its fixture `akua_sim` by itself.
"""

from __future__ import annotations

from akua import _interpreter as _interpreter
from akua import _akua
from akua._akua import Answer, Client, EditResult, Pages, ResourceList, Secret, __version__
from akua._errors import (
    AkuaError,
    AuthenticationError,
    CancelledError,
    ConfigurationError,
    ConflictError,
    DecodeError,
    ErrorDetail,
    FieldReport,
    IndeterminateError,
    LostTrackError,
    NotFoundError,
    OperationCancelledError,
    OperationFailedError,
    PermissionDeniedError,
    Problem,
    RateLimitedError,
    RejectedError,
    ServerError,
    StillRunningError,
    TimeoutError,
    TransportError,
    ValidationError,
)

from akua.generated import kinds as _kinds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from akua import aio, fleet, sim
    from akua._page import Page
    from akua._launched import AsyncLaunched, Launched, Waited
    from akua.generated.settings import (
        CallOptions,
        ClientOptions,
        EditOptions,
        FleetOptions,
        LaunchOptions,
        PolicyOptions,
        WaitOptions,
    )
    from akua.aio import AsyncClient
    from akua.generated.kinds import *

# Found when they are first used: each needs a module of the standard library that costs more than all of this.
_LATER = {
    "AsyncClient": "akua.aio",
    "AsyncLaunched": "akua._launched",
    "Launched": "akua._launched",
    "Waited": "akua._launched",
    "Page": "akua._page",
    "CallOptions": "akua.generated.settings",
    "LaunchOptions": "akua.generated.settings",
    "WaitOptions": "akua.generated.settings",
    "ClientOptions": "akua.generated.settings",
    "EditOptions": "akua.generated.settings",
    "FleetOptions": "akua.generated.settings",
    "PolicyOptions": "akua.generated.settings",
    **dict.fromkeys(_kinds.__all__, "akua.generated.kinds"),
}

__all__ = [
    "AkuaError",
    "Answer",
    "AsyncClient",
    "AsyncLaunched",
    "AuthenticationError",
    "AutoScaling",
    "BilledBy",
    "CallOptions",
    "CancelledError",
    "Capabilities",
    "CapabilitiesFreshness",
    "Client",
    "ClientOptions",
    "Cluster",
    "ClusterCapabilities",
    "ClusterComputeSettings",
    "ClusterComputeSettingsFields",
    "ClusterFields",
    "ClusterImportFields",
    "ClusterState",
    "Clusters",
    "ComputeSettings",
    "ConfigurationError",
    "ConflictError",
    "DecodeError",
    "EditOptions",
    "EditResult",
    "ErrorDetail",
    "FieldReport",
    "FleetOptions",
    "Freshness",
    "IndeterminateError",
    "LaunchOptions",
    "Launched",
    "LostTrackError",
    "NetworkProfile",
    "NewClusterFields",
    "NewWorkerBootstrapFields",
    "NewWorkspaceFields",
    "NotFoundError",
    "Operation",
    "OperationCancelledError",
    "OperationFailedError",
    "OperationFailure",
    "OperationLastFailure",
    "OperationState",
    "Operations",
    "OwnerType",
    "Page",
    "Pages",
    "PermissionDeniedError",
    "PolicyOptions",
    "Problem",
    "Provider",
    "RateLimitedError",
    "RefreshStatus",
    "Region",
    "Regions",
    "RejectedError",
    "ResourceList",
    "Secret",
    "ServerError",
    "StillRunningError",
    "TimeoutError",
    "TransportError",
    "ValidationError",
    "WaitOptions",
    "Waited",
    "WorkerBootstrap",
    "WorkerBootstraps",
    "Workspace",
    "WorkspaceClass",
    "WorkspaceFields",
    "WorkspacePlan",
    "Workspaces",
    "__version__",
    "aio",
    "fleet",
    "sim",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in ("aio", "fleet", "sim"):
        return import_module(f"akua.{name}")
    if name in _LATER:
        found = getattr(import_module(_LATER[name]), name)
        globals()[name] = found
        return found
    raise AttributeError(f"module 'akua' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__


def _begin() -> None:
    import atexit
    import os

    atexit.register(_akua.at_exit)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_akua.fork_in_child)
    if _akua.UNOPTIMISED:
        import warnings

        warnings.warn("akua was built without optimisation: install it with `pip install .`", RuntimeWarning, 3)


_begin()
