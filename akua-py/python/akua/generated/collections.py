"""The calls of the asynchronous client on each kind.

Made by `make generate` from the declaration of the kinds, akua-model/src/api.rs. Not edited by hand.
"""

from __future__ import annotations

from akua._aio import AsyncCollection, AsyncList, AsyncReads
from akua.generated.kinds import Cluster, Operation, Workspace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Unpack

    from akua._akua import EditResult
    from akua.generated.enums import OwnerType
    from akua.generated.fields import ClusterEdit, ClusterUpdate, WorkspaceEdit, WorkspaceUpdate
    from akua.generated.settings import CallOptions


class AsyncClusters(AsyncCollection[Cluster]):
    """The clusters that a client may see: `client.clusters`. See `akua.Clusters`, which it is like."""

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


class AsyncClientCalls:
    """The calls of an asynchronous client on each kind."""

    clusters: AsyncClusters
    """The calls on clusters."""
    workspaces: AsyncWorkspaces
    """The calls on workspaces."""
    operations: AsyncOperations
    """The calls on operations."""


ALL: dict[str, Any] = {
    "clusters": AsyncClusters,
    "workspaces": AsyncWorkspaces,
    "operations": AsyncOperations,
}
