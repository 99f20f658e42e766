"""The asynchronous client: the same names, to be awaited.

Each call runs on a thread of the client's own, so the event loop is never held up. A task that is cancelled ends its
call within 100 ms, and waits for that; the `asyncio.CancelledError` then has what became of the call as its `__cause__`:
for a write, an `akua.IndeterminateError` if it may have landed.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Generic, Literal, TypeVar, final

from akua._akua import Cluster, ClusterPage, EditResult, Workspace, WorkspacePage, _Contract
from akua._enums import Provider

__all__ = ["AsyncClient"]

_R = TypeVar("_R", bound=Cluster | Workspace)
_P = TypeVar("_P", bound=ClusterPage | WorkspacePage)
_Wanted = Mapping[str, str] | _R | None

class _AsyncList(Generic[_R, _P]):
    """A list, read page by page as the iteration gets there. It can be gone through once."""

    def __init__(self, runner: Any, listing: Any) -> None: ...
    def __aiter__(self) -> _AsyncList[_R, _P]: ...
    async def __anext__(self) -> _R: ...
    def pages(self) -> AsyncIterator[_P]:
        """Its pages, from where it stands."""
    async def to_dicts(self) -> list[dict[str, Any]]:
        """All that is left of it, as plain dicts."""

class AsyncClusters:
    """The clusters that a client may see: `client.clusters`. See `akua.Clusters`, which it is like."""

    async def get(self, id: str | Cluster, /, *, timeout: float | None = None, context: str | None = None) -> Cluster:
        """Reads one. See `akua.Clusters.get`."""
    def list(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
        context: str | None = None,
    ) -> _AsyncList[Cluster, ClusterPage]:
        """All of them, read page by page as the iteration gets there. See `akua.Clusters.list`."""
    async def update(
        self,
        resource: str | Cluster,
        /,
        *,
        if_match: str = ...,
        name: str = ...,
        region_id: str = ...,
        provider: Provider | str = ...,
        kubeconfig: str = ...,
        timeout: float | None = None,
        context: str | None = None,
        idempotency_key: str = ...,
    ) -> Cluster:
        """Changes fields if it still has the etag that was seen. See `akua.Clusters.update`."""
    async def edit(
        self,
        resource: str | Cluster,
        /,
        *,
        name: str = ...,
        region_id: str = ...,
        provider: Provider | str = ...,
        kubeconfig: str = ...,
        on_conflict: Literal["rebase", "fail"] | None = None,
        overwrite_unseen: bool = False,
        max_attempts: int | None = None,
        max_versions: int | None = None,
        keep_resume_token: Callable[[str], object | Awaitable[object]] | None = None,
        timeout: float | None = None,
        context: str | None = None,
    ) -> EditResult[Cluster]:
        """Changes fields, whatever happens in between, and says what happened. See `akua.Clusters.edit`."""
    async def edit_with(
        self,
        resource: str | Cluster,
        change: Callable[[Cluster], _Wanted[Cluster] | Awaitable[_Wanted[Cluster]]],
        /,
        *,
        on_conflict: Literal["rebase", "fail"] | None = None,
        overwrite_unseen: bool = False,
        max_attempts: int | None = None,
        max_versions: int | None = None,
        keep_resume_token: Callable[[str], object | Awaitable[object]] | None = None,
        timeout: float | None = None,
        context: str | None = None,
    ) -> EditResult[Cluster]:
        """Changes what `change` says. It and `keep_resume_token` run on the event loop, may be coroutine functions, and may
        call this client. See `akua.Clusters.edit_with`."""
    async def wait_settled(
        self,
        cluster: str | Cluster | EditResult[Cluster],
        /,
        *,
        after: str = ...,
        name: str = ...,
        region_id: str = ...,
        provider: Provider | str = ...,
        kubeconfig: str = ...,
        timeout: float | None = None,
        context: str | None = None,
    ) -> Cluster:
        """Waits until the server has stopped reconciling a cluster. See `akua.Clusters.wait_settled`."""

class AsyncWorkspaces:
    """The workspaces that a client may see: `client.workspaces`. See `akua.Workspaces`, which it is like."""

    async def get(self, id: str | Workspace, /, *, timeout: float | None = None, context: str | None = None) -> Workspace:
        """Reads one. See `akua.Workspaces.get`."""
    def list(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
        context: str | None = None,
    ) -> _AsyncList[Workspace, WorkspacePage]:
        """All of them, read page by page as the iteration gets there. See `akua.Workspaces.list`."""
    async def update(
        self,
        resource: str | Workspace,
        /,
        *,
        if_match: str = ...,
        name: str = ...,
        slug: str = ...,
        timeout: float | None = None,
        context: str | None = None,
        idempotency_key: None = None,
    ) -> Workspace:
        """Changes fields if it still has the etag that was seen. See `akua.Workspaces.update`."""
    async def edit(
        self,
        resource: str | Workspace,
        /,
        *,
        name: str = ...,
        slug: str = ...,
        on_conflict: Literal["rebase", "fail"] | None = None,
        overwrite_unseen: bool = False,
        max_attempts: int | None = None,
        max_versions: int | None = None,
        keep_resume_token: Callable[[str], object | Awaitable[object]] | None = None,
        timeout: float | None = None,
        context: str | None = None,
    ) -> EditResult[Workspace]:
        """Changes fields, whatever happens in between, and says what happened. See `akua.Workspaces.edit`."""
    async def edit_with(
        self,
        resource: str | Workspace,
        change: Callable[[Workspace], _Wanted[Workspace] | Awaitable[_Wanted[Workspace]]],
        /,
        *,
        on_conflict: Literal["rebase", "fail"] | None = None,
        overwrite_unseen: bool = False,
        max_attempts: int | None = None,
        max_versions: int | None = None,
        keep_resume_token: Callable[[str], object | Awaitable[object]] | None = None,
        timeout: float | None = None,
        context: str | None = None,
    ) -> EditResult[Workspace]:
        """Changes what `change` says. It and `keep_resume_token` run on the event loop, may be coroutine functions, and may
        call this client. See `akua.Workspaces.edit_with`."""

class AsyncClient:
    """A client of one Akua service with one token, for `asyncio`.

    It takes what `akua.Client` takes, and `max_concurrency`: how many calls run at the same time, 32 unless set. The time
    of a call counts from when it is awaited, waiting for its turn included. The callable for tokens is an ordinary one: it
    runs on a thread of the client's own. Every call raises `RuntimeError` outside of a task of `asyncio`; nothing was sent
    then. A copy is the same client; pickled, it leaves its secrets behind as `akua.Client` does.

        >>> async def rename(name: str) -> str:
        ...     async with akua.AsyncClient(base_url=sim.url, token=sim.token) as client:
        ...         cluster = await client.clusters.get("clu_1")
        ...         return (await client.clusters.edit(cluster, name=name)).resource.name
        >>> asyncio.run(rename("prod"))
        'prod'
    """

    clusters: AsyncClusters
    """The calls on clusters."""
    workspaces: AsyncWorkspaces
    """The calls on workspaces."""
    def __init__(
        self,
        *,
        max_concurrency: int = 32,
        base_url: str | None = None,
        token: str | Callable[[], str] | None = None,
        context: str | None = None,
        timeout: float | None = None,
        connect_timeout: float | None = None,
        read_timeout: float | None = None,
        max_response_bytes: int | None = None,
        user_agent_suffix: str | None = None,
        extra_root_certificates: str | bytes | None = None,
        client_certificate: tuple[str | bytes, str | bytes] | None = None,
        proxy: str | None = ...,
        allow_insecure_http: bool = False,
        retry_attempts: int | None = None,
        retry_base: float | None = None,
        retry_cap: float | None = None,
        retry_budget: int | None = None,
        contract: _Contract | Mapping[str, bool | float] | None = None,
        use_env: bool = True,
    ) -> None: ...
    @property
    def base_url(self) -> str:
        """Where the service is."""
    def with_options(
        self, *, timeout: float | None = None, context: str | None = None, traceparent: str = ...
    ) -> AsyncClient:
        """A copy with other options for its calls. See `akua.Client.with_options`."""
    async def resolve(
        self,
        resume_token: str,
        /,
        *,
        mode: Literal["finish", "look"] = "finish",
        kubeconfig: str = ...,
        max_attempts: int | None = None,
        timeout: float | None = None,
        context: str | None = None,
    ) -> EditResult[Any]:
        """Settles a write of which nobody knew the end. See `akua.Client.resolve`."""
    def __copy__(self) -> AsyncClient: ...
    def __deepcopy__(self, memo: Any) -> AsyncClient: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    async def aclose(self) -> None:
        """Closes the idle connections, and lets no further call begin."""
    async def __aenter__(self) -> AsyncClient: ...
    async def __aexit__(self, *exception: object) -> None: ...
