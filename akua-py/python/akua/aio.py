"""The asynchronous client: the same names, to be awaited.

Each call runs on a thread of the client's own, so the event loop is never held up. A task that is cancelled ends its
call within 100 ms, and waits for that; the `asyncio.CancelledError` then has what became of the call as its `__cause__`:
for a write, an `akua.IndeterminateError` if it may have landed; a read never has an effect.
"""

from __future__ import annotations

from typing import Any

from akua import _akua
from akua._aio import Runner, later
from akua._errors import AkuaError, while_resolving
from akua._pickled import Live
from akua.generated import collections

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Literal

    from typing_extensions import Self, Unpack

    from akua._akua import Answer, EditResult
    from akua._launched import AsyncLaunched
    from akua.generated.settings import CallOptions, ClientOptions
    from akua.generated.fields import ResolveOptions

__all__ = ["AsyncClient"]

# What an asynchronous client is made of, which a pickle carries in another form.
_OF_A_CLIENT = ("_runner", "_client", *collections.ALL)


class AsyncClient(Live, collections.AsyncClientCalls):
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

    def __init__(self, *, max_concurrency: int = 32, **options: Unpack[ClientOptions]) -> None:
        self._of(Runner(_akua.whole("max_concurrency", max_concurrency)), _akua.Client(**options))

    def _of(self, runner: Runner, client: _akua.Client) -> None:
        self._runner = runner
        self._client = client
        for name, kind in collections.ALL.items():
            setattr(self, name, kind(runner, client, name))

    @property
    def base_url(self) -> str:
        """Where the service is."""
        return self._client.base_url

    def with_options(self, **options: Unpack[CallOptions]) -> Self:
        """A copy with other options for its calls. It shares the connections, the token, and the end of this one."""
        copy = object.__new__(type(self))
        copy._of(self._runner, self._client.with_options(**options))
        return copy

    async def resolve(
        self, resume_token: str, /, *, mode: Literal["finish", "look"] = "finish", **options: Unpack[ResolveOptions]
    ) -> EditResult[Any] | AsyncLaunched:
        """Settles a write of which nobody knew the end, from its resume token. See `akua.Client.resolve`."""
        try:
            seconds = self._client._time(options.get("timeout"))
            ended = await self._runner.write(seconds, self._client.resolve, resume_token, mode=mode, **options)
            return later(self._runner, ended)
        except AkuaError as error:
            raise while_resolving(error)

    async def request(
        self,
        method: str,
        path: str,
        /,
        *,
        query: Mapping[str, str | float | bool | Sequence[str | float | bool]] | None = None,
        json: Any = None,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer:
        """Sends one request to any path, for the calls that nothing here describes yet. See `akua.Client.request`."""
        run = self._runner.read if method == "GET" else self._runner.write
        given: Any = {"query": query, "json": json, "if_match": if_match, "idempotency_key": idempotency_key, **options}
        return await run(self._client._time(options.get("timeout")), self._client.request, method, path, **given)

    async def aclose(self) -> None:
        """Closes the idle connections, and lets no further call begin."""
        self._client.close()
        self._runner.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()

    def __reduce__(self) -> tuple[Any, ...]:
        own = {name: value for name, value in self.__dict__.items() if name not in _OF_A_CLIENT}
        return _client_again, (type(self), self._client, self._runner.concurrency), own or None

    def __repr__(self) -> str:
        return f"<akua.AsyncClient of {self.base_url}>"


def _client_again(cls, client, concurrency):
    """The asynchronous client in the process that it was brought to."""
    new = object.__new__(cls)
    new._of(Runner(concurrency), client)
    return new
