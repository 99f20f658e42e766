"""Fleets from asyncio: the event loop is never held up, and a task that is cancelled ends its run and tells what became of
it."""

from __future__ import annotations

import asyncio
import math
from collections import deque

from akua._callables import plain
from akua._errors import CancelledError
from akua._pickled import Live
from akua.fleet import Fleet, Run, _progress
from akua.fleet._plan import invalid
from akua.fleet._records import Canary, Counts, Summary, of_event

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path
    from typing import Any, Literal

    from typing_extensions import Self

    from akua.fleet import Preview, Report
    from akua.fleet._records import Accepted, Ended, Granted, Rate, Started, Stopping


class AsyncFleet(Live):
    """A plan in its ledger, for asyncio: as `Fleet`, to be awaited. `client.clusters.fleet(…)` of an `AsyncClient` makes it;
    `async with` opens the ledger, and at its end a run that is still going on is ended and the ledger closed.

        >>> from akua.fleet import Plan
        >>> async def rename() -> int:
        ...     plan = Plan.patches({"clu_1": {"name": "prod-eu"}})
        ...     async with sim.async_client() as client:
        ...         async with client.clusters.fleet(plan, folder / "asyncio.akua-fleet") as fleet:
        ...             return (await fleet.run(progress=False)).counts.applied
        >>> asyncio.run(rename())
        1

    The callables of the plan and `kubeconfigs` are ordinary ones, and run on threads.
    """

    __module__ = "akua.fleet"
    _stays = Fleet._stays

    def __init__(self, runner: Any, opened: Callable[[], Fleet]) -> None:
        self._runner = runner
        self._opens = opened
        self._opened: Fleet | None = None
        self._begun: AsyncRun | None = None

    @property
    def _fleet(self):
        if self._opened is None:
            raise RuntimeError("this fleet is not open: nothing was sent (`async with` opens it)")
        return self._opened

    @property
    def path(self) -> Path:
        """Where the ledger is: an absolute path, whatever was given."""
        return self._fleet.path

    async def preview(self, limit: int | None = None) -> Preview:
        """What would change: see `Fleet.preview`."""
        return await self._runner.read(math.inf, self._fleet.preview, limit)

    async def start(
        self,
        *,
        in_flight: int = 8,
        rate: float | None = None,
        stop_after_failures: int | None = None,
        canary: int | None = None,
        check: Callable[[Counts], object | Awaitable[object]] | None = None,
        wait: float | None = None,
    ) -> AsyncRun:
        """Begins a run, whose events a program reads: see `Fleet.start`. Where the task is cancelled meanwhile, so is the run; that
        is waited for, and told as the cause.

        Args:
            check: It runs on the event loop, when the event of the canary is read, and may be a coroutine function.
        """
        if check is not None and not callable(check):
            plain("check", check, "a callable that takes counts")
        if check is not None and canary is None:
            raise invalid("check", "is given without `canary` (say how many items go first)")
        limits: dict[str, Any] = {"in_flight": in_flight, "rate": rate, "wait": wait}
        limits |= {"stop_after_failures": stop_after_failures, "canary": canary}
        turn, fleet, before = self._runner.turn(math.inf), self._fleet, self._begun
        try:
            return await self._runner.run(turn, lambda _: None, self._begin, fleet, check, limits)
        except asyncio.CancelledError as cancelled:
            begun = self._begun
            if begun is not None and begun is not before:
                # Nobody has it, so it would go on unseen.
                await begun.__aexit__(type(cancelled), cancelled)
            raise

    def _begin(self, fleet, check, limits):
        # Kept here: where its task is cancelled, nobody would take it.
        self._begun = AsyncRun(self._runner, fleet.start(**limits), check)
        return self._begun

    async def run(
        self,
        *,
        in_flight: int = 8,
        rate: float | None = None,
        stop_after_failures: int | None = None,
        canary: int | None = None,
        check: Callable[[Counts], object | Awaitable[object]] | None = None,
        wait: float | None = None,
        progress: Literal["bar", "lines", False] | None = None,
    ) -> Summary:
        """Carries the plan out, or on, and returns when that has ended: see `Fleet.run`.

        A task that is cancelled, as by Ctrl-C or `asyncio.timeout`, lets nothing new begin and ends the calls under way within
        100 ms; it waits for that. The `asyncio.CancelledError` then has as its `__cause__` an `akua.CancelledError` that says
        where the items stand. To bring to its end what is under way instead, take `start` and `AsyncRun.stop`.

        Args:
            check: It runs on the event loop, and may be a coroutine function.

        Raises:
            ValidationError: A limit is out of its bounds, or there is a canary and no check. Nothing was sent.
            ConfigurationError: As of `Fleet.run`.
        """
        shows = _progress.of(progress)
        if canary is not None and check is None:
            raise invalid("check", "is missing: nobody is asked from asyncio whether the canary is well (give a callable)")
        limits: dict[str, Any] = {"in_flight": in_flight, "rate": rate, "wait": wait}
        run = await self.start(stop_after_failures=stop_after_failures, canary=canary, check=check, **limits)
        async with run:
            shown = shows(run.counts)
            try:
                async for event in run:
                    shown.see(event)
                summary = await run.finish()
            finally:
                shown.close()
        shown.end(summary)
        return summary

    async def report(self) -> Report:
        """What happened so far."""
        return await self._runner.read(math.inf, self._fleet.report)

    async def aclose(self) -> None:
        """Ends a run that is going on, and lets the ledger go."""
        await self.__aexit__(None, None)

    async def __aenter__(self) -> Self:
        try:
            await self._runner.read(math.inf, self._open)
        except BaseException:
            await self.aclose()
            raise
        return self

    def _open(self):
        # Kept here, not returned: where its task is cancelled, nobody would close it.
        self._opened = self._opens().__enter__()

    async def __aexit__(self, kind: type[BaseException] | None, raised: BaseException | None, *_: object) -> None:
        run, self._begun = self._begun, None
        try:
            if run is not None and not run._over:
                run.stop()
                await run.__aexit__(kind, raised)
        finally:
            opened, self._opened = self._opened, None
            if opened is not None:
                await self._runner.read(math.inf, opened.close)
            self._runner.close()

    def __repr__(self) -> str:
        return repr(self._opened).replace("Fleet", "AsyncFleet", 1) if self._opened else "<akua.fleet.AsyncFleet: not open>"


class AsyncRun(Live):
    """A run that is going on, for asyncio: an asynchronous iterator over what happens in it, which ends with it.

    At the end of an `async with` block it is finished; where that ends with an exception, nothing new is begun, and if the task
    was cancelled, the calls under way are ended as well. A task that is cancelled while it reads the next event loses none.
    """

    __module__ = "akua.fleet"
    _stays = Run._stays

    def __init__(self, runner: Any, run: Run, check: Any) -> None:
        self._runner = runner
        self._run = run
        self._check = check
        self._came: deque[Any] = deque()
        self._over = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Started | Granted | Accepted | Ended | Rate | Canary | Stopping:
        while not self._came:
            if self._over:
                raise StopAsyncIteration
            await self._runner.run(self._runner.turn(math.inf), self._became, self._turn)
        event = self._came[0]
        if isinstance(event, Canary) and event.asks and self._check is not None:
            await self._decide(event)
        return self._came.popleft()

    def _turn(self):
        """What has come; waits for it for an instant only, so that no thread is held by it."""
        told = self._run._core.some()
        if told is None:
            self._over = True
        else:
            self._came.extend(event for each in told if (event := of_event(each)) is not None)

    async def _decide(self, event):
        check, self._check = self._check, None
        try:
            well = await self._runner.turn(math.inf).ask("check", check, event.counts)
        except BaseException:
            self._check = check
            raise
        if well:
            self.go_on()
        else:
            self.stop()

    def _became(self, _=None):
        """What is said of it where its task was cancelled."""
        counts = self.counts
        so_far = "the ledger says what happened" if self._over else "the run was not waited for; the ledger says so far"
        return CancelledError(f"the task was cancelled: {so_far}: {counts}", effect=_progress.effect(counts))

    @property
    def counts(self) -> Counts:
        """Where all items stand."""
        return self._run.counts

    def stop(self) -> None:
        """Nothing new is begun; what is under way is brought to its end."""
        self._run.stop()

    def cancel(self) -> None:
        """As `stop`, and the calls under way are ended within 100 ms. What is known by then goes into the ledger."""
        self._run.cancel()

    def go_on(self) -> None:
        """The canary is well: do the rest, also in later runs. Without a run that asks it does nothing."""
        self._run.go_on()

    async def finish(self) -> Summary:
        """Reads the rest of the events, waits for the end, and says how that was. Where the task is cancelled, so is the run;
        that is waited for, and told as the cause.

        Raises:
            ConfigurationError: As of `Run.finish`.
        """
        cancelled = None
        while not self._over:
            try:
                async for _ in self:
                    pass
            except asyncio.CancelledError as error:
                cancelled = cancelled or error
                self._check = None
                self.cancel()
        if cancelled is not None:
            await self._ended()
            raise self._runner.told(cancelled, self._became())
        return await self._ended()

    async def _ended(self):
        return await self._runner.read(math.inf, self._run.finish)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, raised: BaseException | None, *_: object) -> None:
        if raised is None:
            await self.finish()
            return
        self._check = None
        if isinstance(raised, asyncio.CancelledError):
            self.cancel()
        else:
            self.stop()
        summary = await self.finish()
        if isinstance(raised, asyncio.CancelledError):
            self._runner.told(raised, self._became())
        elif hasattr(raised, "add_note"):
            raised.add_note(f"akua: the run stopped: {summary}")

    def __repr__(self) -> str:
        return repr(self._run).replace("Run", "AsyncRun", 1)
