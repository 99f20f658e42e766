"""How the asynchronous client runs its calls: on threads of its own, each ended when its task is cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import inspect
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Generic, TypeVar

from akua import _akua
from akua._callables import answer, plain
from akua._errors import AkuaError, CancelledError, TimeoutError
from akua._launched import AsyncLaunched, Launched, attached, came
from akua._pickled import Live

_R = TypeVar("_R", bound="_Answered")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from os import PathLike

    from typing_extensions import Self, Unpack

    from akua._akua import EditResult, ResourceList
    from akua._page import Page
    from akua.fleet import AsyncFleet, Plan
    from akua.generated.settings import CallOptions, EditOptions, FleetOptions
    from akua.generated.kinds import _Answered

# Longer than any call: what the timers of every event loop can hold, in seconds.
_LONG = 1e8


class Turn:
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

    async def ask(self, name, function, *args):
        """What a callable of the caller's gives, awaited if it has to be, until the deadline."""
        wanted = function(*args)
        if not inspect.isawaitable(wanted):
            return answer(name, wanted)
        asking = asyncio.ensure_future(wanted)
        try:
            await asyncio.wait([asking], timeout=self.left())
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


class _Late(Exception):
    """The deadline has passed before there was a thread for the call."""


def _late(effect, when="before there was a thread for the call"):
    way_out = "give it more time with `timeout`, or the client more threads with `max_concurrency`"
    # An edit that had begun has read, or was refused: requests were sent, none of which took effect.
    truth = "nothing was sent" if effect == "not_sent" else "nothing took effect"
    return TimeoutError(f"the deadline passed {when}: {truth} ({way_out})", effect=effect)


class Runner:
    """Runs the calls of a client, and of its copies, on threads that are made when there is something to do.

    None of what runs there waits for the event loop, so the calls that wait for a thread always get one.
    """

    turn = Turn

    def __init__(self, concurrency: int) -> None:
        self.concurrency = concurrency
        self._executor: ThreadPoolExecutor | None = None
        self._process: int | None = None

    async def read(self, seconds, function, *args, **kwargs):
        """Runs what only reads."""
        return await self._call(seconds, _only_read, function, *args, **kwargs)

    async def write(self, seconds, function, *args, **kwargs):
        """Runs what may take effect."""
        return await self._call(seconds, _landed, function, *args, **kwargs)

    async def _call(self, seconds, became, function, *args, **kwargs):
        try:
            return await self.run(Turn(seconds), became, function, *args, **kwargs)
        except _Late as late:
            raise _late("not_sent") from late.__cause__

    async def run(self, turn, became, function, *args, **kwargs):
        """Runs a part of a call; raises `_Late` if it can't begin in time. Where its task is cancelled, `became` says of its
        result what it has done."""
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
            while not waiting.done():
                # However often its task is cancelled meanwhile.
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait([waiting])
            error = waiting.exception()
            cause = error if isinstance(error, AkuaError) else became(None if error else waiting.result())
            raise self.told(cancelled, cause)
        except GeneratorExit:
            # Nobody waits for it any more: its loop was closed.
            turn.cancel.cancel()
            running.cancel()
            raise
        return waiting.result()

    @staticmethod
    def told(cancelled, cause):
        """What a task that was cancelled raises, with what became of its call as the cause and as a note."""
        if cause is not None and hasattr(cancelled, "add_note"):
            cancelled.add_note(f"akua: {cause}")
        cancelled.__cause__ = cause
        return cancelled

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


def _only_read(result):
    return CancelledError("the call was cancelled: it would only have read", effect="not_applied")


def _landed(result):
    if isinstance(result, tuple):
        # The step of an edit or a launch: only the last one has a result, and before it nothing is left open.
        result = result[1] if result[0] == "done" else None
    if isinstance(result, (Launched, AsyncLaunched, _akua.Operation)):
        return came(result)
    if isinstance(result, _akua.Answer):
        said = f"the call had ended before it could be cancelled: HTTP {result.status}"
        return CancelledError(said, effect="applied", resource=result)
    if isinstance(result, _akua.EditResult):
        result = result.resource if result.changed else None
    if result is None:
        return None
    return CancelledError(
        "the call had ended before it could be cancelled: "
        f"the etag of {_akua.printable(result._id)} is `{_akua.printable(result.etag)}`",
        effect="applied",
        resource=result,
    )


class AsyncList(Generic[_R]):
    """A list, read page by page as the iteration gets there. It can be gone through once."""

    def __init__(self, runner: Any, listing: ResourceList[_R]) -> None:
        self._runner = runner
        self._listing = listing
        self._pages: Any = listing.pages()
        self._page: Any = ()
        self._begun = 0
        # Pages that came when nobody waited for them any more.
        self._came: list[Any] = []

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> _R:
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

    async def pages(self) -> AsyncIterator[Page[_R]]:
        """Its pages, from where it stands."""
        if (rest := self._rest()) is not None:
            yield rest
        while (page := await self._turned()) is not None:
            yield page

    async def to_dicts(self) -> list[dict[str, Any]]:
        """All that is left of it, as plain dicts."""
        dicts: list[dict[str, Any]] = []
        async for page in self.pages():
            dicts += page.to_dicts()
        return dicts

    async def aclose(self) -> None:
        """Ends it: nothing more is read."""
        self._page, self._begun, self._pages = (), 0, iter(())

    def __reduce__(self) -> Any:
        return self._listing.__reduce__()


# The classes of the calls on each kind, which are made of those here, by name.
_KINDS: dict[str, type] = {}


class AsyncOfKind(Live, Generic[_R]):
    """The calls on one kind: those of `akua.Client`'s, to be awaited."""

    def __init_subclass__(cls) -> None:
        _KINDS[cls.__name__] = cls

    def __init__(self, runner: Any, client: _akua.Client, name: str) -> None:
        self._runner = runner
        self._client = client
        self._name = name
        self._collection: Any = getattr(client, name)

    def _seconds(self, options):
        return self._collection._time(options.get("timeout"))

    def __reduce__(self) -> tuple[Any, ...]:
        return _collection_again, (type(self), self._client, self._runner.concurrency, self._name)

    def __repr__(self) -> str:
        return repr(self._collection).replace("<akua.", "<akua.Async")


class AsyncLists(AsyncOfKind[_R]):
    """The calls on one kind: those that list it."""

    def list(
        self, *, page_size: int | None = None, cursor: str | None = None, **options: Unpack[CallOptions]
    ) -> AsyncList[_R]:
        """All of them, read page by page as the iteration gets there. See `akua.Clusters.list`."""
        return self._list(page_size=page_size, cursor=cursor, **options)

    def _list(self, **options):
        return AsyncList(self._runner, self._collection.list(**options))


class AsyncGets(AsyncOfKind[_R]):
    """The calls on one kind: those that read one by its id."""

    async def get(self, id: str | _R, /, **options: Unpack[CallOptions]) -> _R:
        """Reads one. See `akua.Clusters.get`."""
        return await self._read("get", id, options)

    async def _read(self, name, subject, options):
        function = getattr(self._collection, name)
        return await self._runner.read(self._seconds(options), function, subject, **options)

    async def _drive(self, change, options, edit, *args):
        """Goes on until the end of an edit or a launch. The caller's callables run here, on its event loop, and no thread waits
        for them."""
        turn = Turn(self._seconds(options))
        keep = options.get("keep_resume_token")
        if keep is not None and not callable(keep):
            plain("keep_resume_token", keep, "a callable that takes a token")
        steps = _akua.steps_of(edit, *args, **options)
        began = False
        while True:
            try:
                what, about = await self._runner.run(turn, _landed, steps.next)
            except _Late:
                steps.fail(_late("not_applied" if began else "not_sent"))
                # This sends nothing any more.
                what, about = steps.next()
            began = True
            if what == "done":
                return about
            try:
                if what == "ready":
                    await turn.ask("keep_resume_token", keep, about)
                elif what == "accepted":
                    await self._accepted(turn, keep, about, steps)
                else:
                    steps.submit(await turn.ask("change", change, about))
            except Exception as raised:
                steps.fail(raised)
                what, about = steps.next()

    @staticmethod
    async def _accepted(turn, keep, token, steps):
        """Hands the token of an operation out. It is in the result as well, so nothing is lost if it can't be kept; and whoever
        heard of an exception here would take it that nothing was sent."""
        try:
            await turn.ask("keep_resume_token", keep, token)
        except Exception as raised:
            told = {"message": "keep_resume_token raised for the token of an operation that was started", "exception": raised}
            asyncio.get_running_loop().call_exception_handler(told)
        except asyncio.CancelledError as cancelled:
            raise Runner.told(cancelled, came(steps.next()[1]))

    async def _launch(self, name, options, *subject):
        launched = await self._drive(None, options, getattr(self._collection, name), *subject)
        return later(self._runner, launched)

    async def _once(self, name, options, *subject):
        function = getattr(self._collection, name)
        return await self._runner.write(self._seconds(options), function, *subject, **options)

    async def _wait(self, operation, timeout, on_progress, **options):
        """As `_drive`, of a wait: it only reads, and when its time is over that is no error of the operation's."""
        timeout = 1800.0 if timeout is None else timeout
        turn = Turn(self._collection._time(timeout))
        if on_progress is not None and not callable(on_progress):
            plain("on_progress", on_progress, "a callable that takes an operation")
        steps = _akua.steps_of(self._collection.wait, operation, timeout=timeout, on_progress=on_progress, **options)
        done = False
        while True:
            try:
                what, about = await self._runner.run(turn, _only_read, steps.next)
            except _Late:
                if done:
                    # Its end is known: the look at what stands there now is worth the wait for a thread.
                    turn = Turn(_LONG)
                    continue
                steps.submit(False)
                # This sends nothing any more.
                what, about = steps.next()
            if what == "done":
                return about
            done = about.done
            try:
                steps.submit(await turn.ask("on_progress", on_progress, about))
            except Exception as raised:
                steps.fail(raised)


class AsyncReads(AsyncLists[_R], AsyncGets[_R]):
    """The calls on one kind: those that read one and all."""


class AsyncChanges(AsyncGets[_R]):
    """The calls on one kind: those that read and change one."""

    async def _update(self, resource, /, **fields):
        return await self._runner.write(self._seconds(fields), self._collection.update, resource, **fields)

    async def _edit(self, resource, /, **fields):
        return await self._drive(None, fields, self._collection.edit, resource)

    async def edit_with(
        self,
        resource: str | _R,
        change: Callable[[_R], Mapping[str, Any] | _R | None | Awaitable[Mapping[str, Any] | _R | None]],
        /,
        **options: Unpack[EditOptions],
    ) -> EditResult[_R]:
        """Changes what `change` says. It and `keep_resume_token` run on the event loop, may be coroutine functions, and may
        call this client. See `akua.Clusters.edit_with`."""
        if not callable(change):
            plain("change", change, "a callable that takes the version that stands and returns what is to change")
        return await self._drive(change, options, self._collection.edit_with, resource, change)


class AsyncCollection(AsyncReads[_R], AsyncChanges[_R]):
    """The calls on one kind: all of them."""

    def fleet(
        self,
        plan: Plan,
        ledger: str | PathLike[str],
        /,
        *,
        kubeconfigs: Callable[[str], str | None] | None = None,
        **options: Unpack[FleetOptions],
    ) -> AsyncFleet:
        """A plan in its ledger, which `async with` opens and closes. See `akua.Clusters.fleet`."""
        from akua.fleet._aio import AsyncFleet

        # Where it is does not depend on when it is opened.
        ledger = os.path.join(os.getcwd(), ledger)
        opened = partial(self._collection.fleet, plan, ledger, kubeconfigs=kubeconfigs, **options)
        return AsyncFleet(Runner(1), opened)

    async def _wait_settled(self, resource, /, **fields):
        return await self._runner.read(self._seconds(fields), self._collection.wait_settled, resource, **fields)


def later(runner, launched):
    """What a launch ended with, whose operation is awaited."""
    if not isinstance(launched, Launched):
        return launched
    operations = object.__new__(_KINDS["AsyncOperations"])
    operations.__dict__.update(_runner=runner, _client=None, _name="operations", _collection=launched._calls)
    return attached(AsyncLaunched, launched._values(), operations)


def _collection_again(kind, client, concurrency, name):
    """The calls on one kind in the process that they were brought to."""
    return kind(Runner(concurrency), client, name)
