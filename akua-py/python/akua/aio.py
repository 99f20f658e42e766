"""The asynchronous client: the same names, to be awaited.

Each call runs on a thread of the client's own, so the event loop is never held up. A task that is cancelled ends its
call within 100 ms, and waits for that; the `asyncio.CancelledError` then has what became of the call as its `__cause__`:
for a write, an `akua.IndeterminateError` if it may have landed; a read never has an effect.
"""

import asyncio
import contextvars
import inspect
import os
from concurrent.futures import ThreadPoolExecutor

from akua import _akua
from akua._callables import answer, plain
from akua._errors import AkuaError, CancelledError, TimeoutError, while_resolving

__all__ = ["AsyncClient"]


# Longer than any call: what the timers of every event loop can hold, in seconds.
_LONG = 1e8


class _Turn:
    """One call: when it has to have ended, which counts from when it was made, and what ends it early."""

    def __init__(self, seconds):
        try:
            self._loop = asyncio.get_running_loop()
            task = asyncio.current_task()
        except RuntimeError:
            task = None
        if task is None:
            raise RuntimeError(
                "akua.AsyncClient is for asyncio, and no task of it is running here: nothing was sent (await it in a "
                "task of asyncio, or use akua.Client)"
            )
        self._end = self._loop.time() + min(seconds, _LONG)
        self.cancel = _akua.Cancel()

    def left(self):
        return max(0.0, self._end - self._loop.time())


class _Late(Exception):
    """The deadline has passed before there was a thread for the call."""


class _Runner:
    """Runs the calls of a client, and of its copies, on threads that are made when there is something to do.

    None of what runs there waits for the event loop, so the calls that wait for a thread always get one.
    """

    def __init__(self, concurrency):
        self.concurrency = concurrency
        self._executor = None
        self._process = None

    async def read(self, seconds, function, *args, **kwargs):
        """Runs what only reads."""
        return await self._call(_Turn(seconds), True, function, args, kwargs)

    async def write(self, seconds, function, *args, **kwargs):
        """Runs what may take effect."""
        return await self._call(_Turn(seconds), False, function, args, kwargs)

    async def _call(self, turn, reads, function, args, kwargs):
        try:
            return await self.run(turn, reads, function, *args, **kwargs)
        except _Late as late:
            raise _late("not_sent") from late.__cause__

    async def run(self, turn, reads, function, *args, **kwargs):
        """Runs a part of a call; raises `_Late` if it can't begin in time."""
        context = contextvars.copy_context()
        running = self._threads().submit(context.run, _akua.cancellable, turn.cancel, function, *args, **kwargs)
        waiting = asyncio.wrap_future(running)
        try:
            await asyncio.wait([waiting], timeout=turn.left())
            if not waiting.done():
                # One that has begun knows the deadline itself.
                if running.cancel():
                    raise _Late
                await asyncio.wait([waiting])
        except asyncio.CancelledError as cancelled:
            turn.cancel.cancel()
            if running.cancel():
                raise
            cause = await _ended(waiting, reads)
            if cause is not None and hasattr(cancelled, "add_note"):
                cancelled.add_note(f"akua: {cause}")
            raise cancelled from cause
        except GeneratorExit:
            # Nobody waits for it any more: its loop was closed.
            turn.cancel.cancel()
            running.cancel()
            raise
        return waiting.result()

    def _threads(self):
        # A forked child has none of its parent's threads.
        if self._executor is None or self._process != os.getpid():
            self._process = os.getpid()
            self._executor = ThreadPoolExecutor(self.concurrency, thread_name_prefix="akua")
        return self._executor

    def close(self):
        if self._executor is not None and self._process == os.getpid():
            self._executor.shutdown(wait=False)
        self._executor = None


def _late(effect, when="before there was a thread for the call"):
    way_out = "give it more time with `timeout`, or the client more threads with `max_concurrency`"
    # An edit that had begun has read, or was refused: requests were sent, none of which took effect.
    truth = "nothing was sent" if effect == "not_sent" else "nothing took effect"
    return TimeoutError(f"the deadline passed {when}: {truth} ({way_out})", effect=effect)


async def _ended(waiting, reads):
    """Waits for a call that was told to end, however often its task is cancelled meanwhile; what became of it."""
    while not waiting.done():
        try:
            await asyncio.wait([waiting])
        except asyncio.CancelledError:
            pass
    error = waiting.exception()
    if isinstance(error, AkuaError):
        return error
    if reads:
        return CancelledError("the call was cancelled: it would only have read", effect="not_applied")
    return _landed(waiting.result()) if error is None else None


def _landed(result):
    if isinstance(result, tuple):
        # The step of an edit: only the last one has a result, and before it nothing is left open.
        result = result[1] if result[0] == "done" else None
    if isinstance(result, _akua.EditResult):
        result = result.resource if result.changed else None
    if result is None:
        return None
    return CancelledError(
        f"the call had ended before it could be cancelled: the etag of {result.id} is `{result.etag}`",
        effect="applied",
        resource=result,
    )


async def _asked(turn, name, function, *args):
    """What a callable of the caller's gives, awaited if it has to be, until the deadline."""
    wanted = function(*args)
    if not inspect.isawaitable(wanted):
        return answer(name, wanted)
    asking = asyncio.ensure_future(wanted)
    try:
        await asyncio.wait([asking], timeout=turn.left())
        if not asking.done():
            raise _late("not_applied", "while the callable was still at work")
    except (Exception, asyncio.CancelledError):
        asking.cancel()
        await asyncio.wait([asking])
        if not asking.cancelled():
            # Looked at, so that asyncio does not tell of it: this ends for another reason.
            asking.exception()
        raise
    return asking.result()


class _AsyncList:
    """A list, read page by page as the iteration gets there."""

    def __init__(self, runner, listing):
        self._runner = runner
        self._listing = listing
        self._pages = listing.pages()
        self._page = ()
        self._begun = 0
        # Pages that came when nobody waited for them any more.
        self._came = []

    def __aiter__(self):
        return self

    async def __anext__(self):
        while self._begun >= len(self._page):
            page = await self._turned()
            if page is None:
                raise StopAsyncIteration
            self._page, self._begun = page, 0
        self._begun += 1
        return self._page[self._begun - 1]

    async def _turned(self):
        """The next page; None after the last one."""
        if not self._came:
            await self._runner.read(self._listing._time, self._turn)
        return self._came.pop()

    def _turn(self):
        # Kept here, not returned: where its task is cancelled, nobody would take it.
        self._came.append(next(self._pages, None))

    def _rest(self):
        """What is left of a page that was begun, as a page; None if none was."""
        page, begun = self._page, self._begun
        self._page, self._begun = (), 0
        return page._after(begun) if begun < len(page) else None

    async def pages(self):
        """Its pages, from where it stands."""
        if (rest := self._rest()) is not None:
            yield rest
        while (page := await self._turned()) is not None:
            yield page

    async def to_dicts(self):
        """All that is left of it, as plain dicts."""
        dicts = []
        async for page in self.pages():
            dicts += page.to_dicts()
        return dicts


class _AsyncCollection:
    def __init__(self, runner, client, name):
        self._runner = runner
        self._client = client
        self._name = name
        self._collection = getattr(client, name)

    def _seconds(self, options):
        return self._collection._time(options.get("timeout"))

    async def get(self, id, /, **options):
        return await self._runner.read(self._seconds(options), self._collection.get, id, **options)

    def list(self, **options):
        return _AsyncList(self._runner, self._collection.list(**options))

    async def update(self, resource, /, **fields):
        return await self._runner.write(self._seconds(fields), self._collection.update, resource, **fields)

    async def edit(self, resource, /, **fields):
        return await self._edit(None, fields, self._collection.edit, resource)

    async def edit_with(self, resource, change, /, **options):
        if not callable(change):
            plain("change", change, "a callable that takes the version that stands and returns what is to change")
        return await self._edit(change, options, self._collection.edit_with, resource, change)

    async def _edit(self, change, options, edit, *args):
        """Goes on until the end. The caller's callables run here, on its event loop, and no thread waits for them."""
        turn = _Turn(self._seconds(options))
        keep = options.get("keep_resume_token")
        if keep is not None and not callable(keep):
            plain("keep_resume_token", keep, "a callable that takes a token")
        steps = _akua.steps_of(edit, *args, **options)
        began = False
        while True:
            try:
                what, about = await self._runner.run(turn, False, steps.next)
            except _Late:
                steps.fail(_late("not_applied" if began else "not_sent"))
                # This sends nothing any more.
                what, about = steps.next()
            began = True
            if what == "done":
                return about
            try:
                if what == "ready":
                    await _asked(turn, "keep_resume_token", keep, about)
                else:
                    steps.submit(await _asked(turn, "change", change, about))
            except Exception as raised:
                steps.fail(raised)
                what, about = steps.next()

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        from akua import _pickled

        return _pickled.async_collection, (type(self), self._client, self._runner.concurrency, self._name)

    def __repr__(self):
        return repr(self._collection).replace("<akua.", "<akua.Async")


class AsyncClusters(_AsyncCollection):
    """The clusters that a client may see."""

    async def wait_settled(self, cluster, /, **options):
        return await self._runner.read(self._seconds(options), self._collection.wait_settled, cluster, **options)


class AsyncWorkspaces(_AsyncCollection):
    """The workspaces that a client may see."""


# What an asynchronous client is made of, which a pickle carries in another form.
_OF_A_CLIENT = ("_runner", "_client", "clusters", "workspaces")


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
        self.clusters = AsyncClusters(runner, client, "clusters")
        self.workspaces = AsyncWorkspaces(runner, client, "workspaces")

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
        try:
            seconds = self._client._time(options.get("timeout"))
            return await self._runner.write(seconds, self._client.resolve, resume_token, **options)
        except AkuaError as error:
            raise while_resolving(error)

    async def aclose(self):
        """Closes the idle connections, and lets no further call begin."""
        self._client.close()
        self._runner.close()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exception):
        await self.aclose()

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        from akua import _pickled

        own = {name: value for name, value in self.__dict__.items() if name not in _OF_A_CLIENT}
        return _pickled.async_client, (type(self), self._client, self._runner.concurrency), own or None

    def __repr__(self):
        return f"<akua.AsyncClient of {self.base_url}>"
