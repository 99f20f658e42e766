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

- `Client`: `clusters` and `workspaces`, each with `get`, `list`, `update`, `edit`, `edit_with`; `resolve`.
- `AsyncClient`: the same, to be awaited.
- `AkuaError` and what is below it: what happened, and whether the request may have taken effect.
- `akua.fleet`: plans for thousands of them, and a ledger of what happened to each.
- `akua.sim`: an Akua on this machine, for tests. `pytest` finds its fixture `akua_sim` by itself.
"""

from akua import aio as aio, fleet as fleet, sim as sim
from akua._akua import (
    Client as Client,
    Cluster as Cluster,
    ClusterList as ClusterList,
    ClusterPage as ClusterPage,
    ClusterPages as ClusterPages,
    Clusters as Clusters,
    EditResult as EditResult,
    Plan as Plan,
    Workspace as Workspace,
    WorkspaceList as WorkspaceList,
    WorkspacePage as WorkspacePage,
    WorkspacePages as WorkspacePages,
    Workspaces as Workspaces,
    __version__ as __version__,
)
from akua._enums import (
    BilledBy as BilledBy,
    ClusterState as ClusterState,
    Provider as Provider,
    WorkspaceClass as WorkspaceClass,
)
from akua._errors import (
    AkuaError as AkuaError,
    AuthenticationError as AuthenticationError,
    CancelledError as CancelledError,
    ConfigurationError as ConfigurationError,
    ConflictError as ConflictError,
    DecodeError as DecodeError,
    ErrorDetail as ErrorDetail,
    FieldReport as FieldReport,
    IndeterminateError as IndeterminateError,
    NotFoundError as NotFoundError,
    PermissionDeniedError as PermissionDeniedError,
    Problem as Problem,
    RateLimitedError as RateLimitedError,
    RejectedError as RejectedError,
    ServerError as ServerError,
    TimeoutError as TimeoutError,
    TransportError as TransportError,
    ValidationError as ValidationError,
)
from akua.aio import AsyncClient as AsyncClient

__all__ = [
    "AkuaError",
    "AsyncClient",
    "AuthenticationError",
    "BilledBy",
    "CancelledError",
    "Client",
    "Cluster",
    "ClusterList",
    "ClusterPage",
    "ClusterPages",
    "ClusterState",
    "Clusters",
    "ConfigurationError",
    "ConflictError",
    "DecodeError",
    "EditResult",
    "ErrorDetail",
    "FieldReport",
    "IndeterminateError",
    "NotFoundError",
    "PermissionDeniedError",
    "Plan",
    "Problem",
    "Provider",
    "RateLimitedError",
    "RejectedError",
    "ServerError",
    "TimeoutError",
    "TransportError",
    "ValidationError",
    "Workspace",
    "WorkspaceClass",
    "WorkspaceList",
    "WorkspacePage",
    "WorkspacePages",
    "Workspaces",
    "__version__",
    "aio",
    "fleet",
    "sim",
]
