"""The asynchronous client: the same names, to be awaited.

Each call runs on a thread of the client's own, so the event loop is never held up. A task that is cancelled ends its
call within 100 ms, and waits for that; the `asyncio.CancelledError` then has what became of the call as its `__cause__`:
for a write, an `akua.IndeterminateError` if it may have landed.
"""

import asyncio
import inspect
import os
from concurrent.futures import ThreadPoolExecutor

from akua import _akua
from akua._errors import AkuaError, CancelledError

__all__ = ["AsyncClient"]


class _Runner:
    """Runs the calls of a client, and of its copies, on threads that are made when there is something to do."""

    def __init__(self, concurrency):
        self._concurrency = concurrency
        self._executor = None
        self._process = None

    async def call(self, function, *args, **kwargs):
        return await self.call_asking(_Asked(), function, *args, **kwargs)

    async def call_asking(self, asked, function, *args, **kwargs):
        """As `call`; what it has `asked` for meanwhile ends with it."""
        cancel = _akua.Cancel()
        running = self._threads().submit(_akua.cancellable, cancel, function, *args, **kwargs)
        waiting = asyncio.wrap_future(running)
        try:
            return await asyncio.shield(waiting)
        except asyncio.CancelledError as cancelled:
            cancel.cancel()
            asked.end()
            if running.cancel():
                raise
            cause = await _ended(waiting)
            if cause is not None and hasattr(cancelled, "add_note"):
                cancelled.add_note(f"akua: {cause}")
            raise cancelled from cause

    def _threads(self):
        # A forked child has none of its parent's threads.
        if self._executor is None or self._process != os.getpid():
            self._process = os.getpid()
            self._executor = ThreadPoolExecutor(self._concurrency, thread_name_prefix="akua")
        return self._executor

    def close(self):
        if self._executor is not None and self._process == os.getpid():
            self._executor.shutdown(wait=False)
        self._executor = None


class _Asked:
    """What a call has asked of the event loop meanwhile: it ends with the call."""

    def __init__(self):
        self._ended = False
        self._asking = []

    def add(self, asking):
        # The other way round than `end`: whichever comes first, one of the two sees the other.
        self._asking.append(asking)
        if self._ended:
            asking.cancel()

    def end(self):
        self._ended = True
        for asking in self._asking:
            asking.cancel()


async def _ended(waiting):
    """Waits for a call that was told to end, however often its task is cancelled meanwhile; what became of it."""
    while not waiting.done():
        try:
            await asyncio.wait([waiting])
        except asyncio.CancelledError:
            pass
    error = waiting.exception()
    if isinstance(error, AkuaError):
        return error
    if error is None and isinstance(waiting.result(), (_akua.Cluster, _akua.Workspace, _akua.EditResult)):
        return _landed(waiting.result())
    return None


def _landed(result):
    resource = result.resource if isinstance(result, _akua.EditResult) else result
    if isinstance(result, _akua.EditResult) and not result.changed:
        return None
    return CancelledError(
        f"the call had ended before it could be cancelled: the etag of {resource.id} is `{resource.etag}`",
        effect="applied",
        resource=resource,
    )


class _AsyncList:
    """A list, read page by page as the iteration gets there."""

    def __init__(self, runner, listing):
        self._runner = runner
        self._listing = listing
        self._pages = listing.pages()
        self._page = ()
        self._begun = 0

    def __aiter__(self):
        return self

    async def __anext__(self):
        while self._begun >= len(self._page):
            page = await self._runner.call(next, self._pages, None)
            if page is None:
                raise StopAsyncIteration
            self._page, self._begun = page, 0
        self._begun += 1
        return self._page[self._begun - 1]

    def _rest(self):
        """What is left of a page that was begun, as a page; None if none was."""
        page, begun = self._page, self._begun
        self._page, self._begun = (), 0
        return page._after(begun) if begun < len(page) else None

    async def pages(self):
        """Its pages, from where it stands."""
        if (rest := self._rest()) is not None:
            yield rest
        while (page := await self._runner.call(next, self._pages, None)) is not None:
            yield page

    async def to_dicts(self):
        """All that is left of it, as plain dicts."""
        rest = self._rest()
        return (rest.to_dicts() if rest is not None else []) + await self._runner.call(self._listing.to_dicts)


class _AsyncCollection:
    def __init__(self, runner, collection):
        self._runner = runner
        self._collection = collection

    async def get(self, id, /, **options):
        return await self._runner.call(self._collection.get, id, **options)

    def list(self, **options):
        return _AsyncList(self._runner, self._collection.list(**options))

    async def update(self, resource, /, **fields):
        return await self._runner.call(self._collection.update, resource, **fields)

    async def edit(self, resource, /, **fields):
        return await self._runner.call(self._collection.edit, resource, **fields)

    async def edit_with(self, resource, change, /, **options):
        loop = asyncio.get_running_loop()
        asked = _Asked()

        def ask(current):
            # On the event loop, where the caller's own things are; it may be a coroutine function.
            asking = asyncio.run_coroutine_threadsafe(_asked(change, current), loop)
            asked.add(asking)
            return asking.result()

        edit_with = self._collection.edit_with
        return await self._runner.call_asking(asked, edit_with, resource, ask if callable(change) else change, **options)

    def __repr__(self):
        return repr(self._collection).replace("<akua.", "<akua.Async")


async def _asked(change, current):
    wanted = change(current)
    return await wanted if inspect.isawaitable(wanted) else wanted


class AsyncClusters(_AsyncCollection):
    """The clusters that a client may see."""

    async def wait_settled(self, cluster, /, **options):
        return await self._runner.call(self._collection.wait_settled, cluster, **options)


class AsyncWorkspaces(_AsyncCollection):
    """The workspaces that a client may see."""


class AsyncClient:
    """A client of one Akua service with one token, for `asyncio`.

    It takes what `akua.Client` takes, and `max_concurrency`: how many calls run at the same time, 32 unless set.
    """

    def __init__(self, *, max_concurrency=32, **options):
        if max_concurrency < 1:
            raise ValueError("max_concurrency: give 1 or more")
        self._of(_Runner(max_concurrency), _akua.Client(**options))

    def _of(self, runner, client):
        self._runner = runner
        self._client = client
        self.clusters = AsyncClusters(runner, client.clusters)
        self.workspaces = AsyncWorkspaces(runner, client.workspaces)

    @property
    def base_url(self):
        """Where the service is."""
        return self._client.base_url

    def with_options(self, **options):
        """A copy with other options for its calls. It shares the connections, the token, and the end of this one."""
        copy = object.__new__(type(self))
        copy._of(self._runner, self._client.with_options(**options))
        return copy

    async def resolve(self, resume_token, /, **options):
        """Settles a write of which nobody knew the end, from its resume token."""
        return await self._runner.call(self._client.resolve, resume_token, **options)

    async def aclose(self):
        """Closes the idle connections, and lets no further call begin."""
        self._client.close()
        self._runner.close()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exception):
        await self.aclose()

    def __repr__(self):
        return f"<akua.AsyncClient of {self.base_url}>"
