"""The calls of the asynchronous client on each kind.

Made by `make generate` from the declaration of the kinds, akua-model/src/api.rs. Not edited by hand.
"""

from __future__ import annotations

from akua._aio import AsyncChanges, AsyncCollection, AsyncGets, AsyncList, AsyncLists, AsyncReads
from akua.generated.kinds import Cluster, ClusterCapabilities, ClusterComputeSettings, Operation, Region, WorkerBootstrap, Workspace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any, Literal

    from typing_extensions import Unpack

    from akua._akua import EditResult, Secret
    from akua._launched import AsyncLaunched, Waited
    from akua.generated.enums import OwnerType
    from akua.generated.fields import ClusterEdit, ClusterUpdate, WorkspaceEdit, WorkspaceUpdate, ClusterComputeSettingsEdit, ClusterComputeSettingsUpdate, ClusterCreate, ClusterCreateOnce, ClusterImport, ClusterImportOnce, WorkspaceCreate, WorkspaceCreateOnce, WorkerBootstrapCreate, WorkerBootstrapCreateOnce
    from akua.generated.settings import CallOptions, LaunchOptions, WaitOptions


class AsyncClusters(AsyncCollection[Cluster]):
    """The clusters that a client may see: `client.clusters`. See `akua.Clusters`, which it is like."""

    async def kubeconfig(self, cluster: str | Cluster, /, **options: Unpack[CallOptions]) -> Secret:
        """Reads it. See `akua.Clusters.kubeconfig`."""
        return await self._read("kubeconfig", cluster, options)

    async def create(self, **new: Unpack[ClusterCreate]) -> AsyncLaunched:
        """Says whether the server has accepted it. See `akua.Clusters.create`."""
        return await self._launch("create", new)

    async def create_once(
        self, *, idempotency_key: str | None = None, **new: Unpack[ClusterCreateOnce]
    ) -> Operation:
        """Sends it once. See `akua.Clusters.create_once`."""
        return await self._once("create_once", {"idempotency_key": idempotency_key, **new})

    async def import_cluster(self, **new: Unpack[ClusterImport]) -> AsyncLaunched:
        """Says whether it was made. See `akua.Clusters.import_cluster`."""
        return await self._launch("import_cluster", new)

    async def import_cluster_once(
        self, *, idempotency_key: str | None = None, **new: Unpack[ClusterImportOnce]
    ) -> Cluster:
        """Sends it once. See `akua.Clusters.import_cluster_once`."""
        return await self._once("import_cluster_once", {"idempotency_key": idempotency_key, **new})

    async def suspend(self, cluster: str | Cluster, /, **options: Unpack[LaunchOptions]) -> AsyncLaunched:
        """Says whether the server has accepted it. See `akua.Clusters.suspend`."""
        return await self._launch("suspend", options, cluster)

    async def suspend_once(
        self,
        cluster: str | Cluster,
        /,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Operation:
        """Sends it once. See `akua.Clusters.suspend_once`."""
        return await self._once("suspend_once", {"if_match": if_match, "idempotency_key": idempotency_key, **options}, cluster)

    async def resume(self, cluster: str | Cluster, /, **options: Unpack[LaunchOptions]) -> AsyncLaunched:
        """Says whether the server has accepted it. See `akua.Clusters.resume`."""
        return await self._launch("resume", options, cluster)

    async def resume_once(
        self,
        cluster: str | Cluster,
        /,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Operation:
        """Sends it once. See `akua.Clusters.resume_once`."""
        return await self._once("resume_once", {"if_match": if_match, "idempotency_key": idempotency_key, **options}, cluster)

    async def delete(self, resource: str | Cluster, /, **options: Unpack[LaunchOptions]) -> AsyncLaunched:
        """Says whether the server has accepted it. See `akua.Clusters.delete`."""
        return await self._launch("delete", options, resource)

    async def delete_once(
        self,
        resource: str | Cluster,
        /,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Operation:
        """Sends it once. See `akua.Clusters.delete_once`."""
        return await self._once("delete_once", {"if_match": if_match, "idempotency_key": idempotency_key, **options}, resource)

    async def refresh_capabilities(self, cluster: str | Cluster, /, **options: Unpack[LaunchOptions]) -> AsyncLaunched:
        """Says whether the server has accepted it. See `akua.Clusters.refresh_capabilities`."""
        return await self._launch("refresh_capabilities", options, cluster)

    async def refresh_capabilities_once(
        self,
        cluster: str | Cluster,
        /,
        *,
        idempotency_key: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Operation:
        """Sends it once. See `akua.Clusters.refresh_capabilities_once`."""
        return await self._once("refresh_capabilities_once", {"idempotency_key": idempotency_key, **options}, cluster)

    async def update(
        self,
        resource: str | Cluster,
        /,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        **fields: Unpack[ClusterUpdate],
    ) -> Cluster:
        """Changes fields if it still has the etag that was seen. See `akua.Clusters.update`."""
        return await self._update(resource, if_match=if_match, idempotency_key=idempotency_key, **fields)

    async def edit(self, resource: str | Cluster, /, **fields: Unpack[ClusterEdit]) -> EditResult[Cluster]:
        """Changes fields, whatever happens in between, and says what happened. See `akua.Clusters.edit`."""
        return await self._edit(resource, **fields)

    async def wait_settled(
        self,
        resource: str | Cluster | EditResult[Cluster],
        /,
        *,
        after: str | None = None,
        **fields: Unpack[ClusterUpdate],
    ) -> Cluster:
        """Waits until the server has stopped reconciling it. See `akua.Clusters.wait_settled`."""
        return await self._wait_settled(resource, after=after, **fields)


class AsyncWorkspaces(AsyncCollection[Workspace]):
    """The workspaces that a client may see: `client.workspaces`. See `akua.Workspaces`, which it is like."""

    async def create(self, **new: Unpack[WorkspaceCreate]) -> AsyncLaunched:
        """Says whether it was made. See `akua.Workspaces.create`."""
        return await self._launch("create", new)

    async def create_once(self, **new: Unpack[WorkspaceCreateOnce]) -> Workspace:
        """Sends it once. See `akua.Workspaces.create_once`."""
        return await self._once("create_once", new)

    async def delete(self, resource: str | Workspace, /, **options: Unpack[LaunchOptions]) -> AsyncLaunched:
        """Says whether the server has accepted it. See `akua.Workspaces.delete`."""
        return await self._launch("delete", options, resource)

    async def delete_once(
        self,
        resource: str | Workspace,
        /,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Operation:
        """Sends it once. See `akua.Workspaces.delete_once`."""
        return await self._once("delete_once", {"if_match": if_match, "idempotency_key": idempotency_key, **options}, resource)

    async def update(
        self,
        resource: str | Workspace,
        /,
        *,
        if_match: str | None = None,
        idempotency_key: None = None,
        **fields: Unpack[WorkspaceUpdate],
    ) -> Workspace:
        """Changes fields if it still has the etag that was seen. See `akua.Workspaces.update`."""
        return await self._update(resource, if_match=if_match, idempotency_key=idempotency_key, **fields)

    async def edit(self, resource: str | Workspace, /, **fields: Unpack[WorkspaceEdit]) -> EditResult[Workspace]:
        """Changes fields, whatever happens in between, and says what happened. See `akua.Workspaces.edit`."""
        return await self._edit(resource, **fields)


class AsyncOperations(AsyncReads[Operation]):
    """The operations that a client may see: `client.operations`. See `akua.Operations`, which it is like."""

    def list(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        owner_type: OwnerType | str | None = None,
        owner_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> AsyncList[Operation]:
        """All of them, or those about one thing. See `akua.Operations.list`."""
        return self._list(page_size=page_size, cursor=cursor, owner_type=owner_type, owner_id=owner_id, **options)

    async def cancel(self, operation: str | Operation, /, **options: Unpack[LaunchOptions]) -> AsyncLaunched:
        """Says whether the server has accepted it. See `akua.Operations.cancel`."""
        return await self._launch("cancel", options, operation)

    async def cancel_once(
        self,
        operation: str | Operation,
        /,
        *,
        idempotency_key: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Operation:
        """Sends it once. See `akua.Operations.cancel_once`."""
        return await self._once("cancel_once", {"idempotency_key": idempotency_key, **options}, operation)

    async def wait(
        self,
        operation: str | Operation,
        /,
        *,
        timeout: float | None = 1800.0,
        on_progress: Callable[[Operation], object | Awaitable[object]] | None = None,
        stop_when_blocked: bool = True,
        asked: Literal["no", "yes", "unknown"] = "no",
        **options: Unpack[WaitOptions],
    ) -> Waited:
        """Waits until it has ended. See `akua.Operations.wait`."""
        return await self._wait(
            operation, timeout, on_progress, stop_when_blocked=stop_when_blocked, asked=asked, **options
        )


class AsyncRegions(AsyncLists[Region]):
    """The regions that a client may see: `client.regions`. See `akua.Regions`, which it is like."""


class AsyncComputeSettings(AsyncChanges[ClusterComputeSettings]):
    """The compute settings that a client may see: `client.compute_settings`. See `akua.ComputeSettings`, which it is like."""

    async def update(
        self,
        resource: str | ClusterComputeSettings,
        /,
        *,
        if_match: str | None = None,
        idempotency_key: None = None,
        **fields: Unpack[ClusterComputeSettingsUpdate],
    ) -> ClusterComputeSettings:
        """Changes fields if it still has the etag that was seen. See `akua.ComputeSettings.update`."""
        return await self._update(resource, if_match=if_match, idempotency_key=idempotency_key, **fields)

    async def edit(self, resource: str | ClusterComputeSettings, /, **fields: Unpack[ClusterComputeSettingsEdit]) -> EditResult[ClusterComputeSettings]:
        """Changes fields, whatever happens in between, and says what happened. See `akua.ComputeSettings.edit`."""
        return await self._edit(resource, **fields)


class AsyncCapabilities(AsyncGets[ClusterCapabilities]):
    """The capabilities that a client may see: `client.capabilities`. See `akua.Capabilities`, which it is like."""


class AsyncWorkerBootstraps(AsyncReads[WorkerBootstrap]):
    """The worker bootstraps that a client may see: `client.worker_bootstraps`. See `akua.WorkerBootstraps`, which it is like."""

    def list(  # type: ignore[override]
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        cluster_id: str,
        **options: Unpack[CallOptions],
    ) -> AsyncList[WorkerBootstrap]:
        """All of them, or those about one thing. See `akua.WorkerBootstraps.list`."""
        return self._list(page_size=page_size, cursor=cursor, cluster_id=cluster_id, **options)

    async def create(self, **new: Unpack[WorkerBootstrapCreate]) -> AsyncLaunched:
        """Says whether it was made. See `akua.WorkerBootstraps.create`."""
        return await self._launch("create", new)

    async def create_once(
        self, *, idempotency_key: str | None = None, **new: Unpack[WorkerBootstrapCreateOnce]
    ) -> WorkerBootstrap:
        """Sends it once. See `akua.WorkerBootstraps.create_once`."""
        return await self._once("create_once", {"idempotency_key": idempotency_key, **new})

    async def revoke(self, worker_bootstrap: str | WorkerBootstrap, /, **options: Unpack[LaunchOptions]) -> AsyncLaunched:
        """Says whether the server has accepted it. See `akua.WorkerBootstraps.revoke`."""
        return await self._launch("revoke", options, worker_bootstrap)

    async def revoke_once(
        self,
        worker_bootstrap: str | WorkerBootstrap,
        /,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Operation:
        """Sends it once. See `akua.WorkerBootstraps.revoke_once`."""
        return await self._once("revoke_once", {"if_match": if_match, "idempotency_key": idempotency_key, **options}, worker_bootstrap)


class AsyncClientCalls:
    """The calls of an asynchronous client on each kind."""

    clusters: AsyncClusters
    """The calls on clusters."""
    workspaces: AsyncWorkspaces
    """The calls on workspaces."""
    operations: AsyncOperations
    """The calls on operations."""
    regions: AsyncRegions
    """The calls on regions."""
    compute_settings: AsyncComputeSettings
    """The calls on compute_settings."""
    capabilities: AsyncCapabilities
    """The calls on capabilities."""
    worker_bootstraps: AsyncWorkerBootstraps
    """The calls on worker_bootstraps."""


ALL: dict[str, Any] = {
    "clusters": AsyncClusters,
    "workspaces": AsyncWorkspaces,
    "operations": AsyncOperations,
    "regions": AsyncRegions,
    "compute_settings": AsyncComputeSettings,
    "capabilities": AsyncCapabilities,
    "worker_bootstraps": AsyncWorkerBootstraps,
}
