"""Edits of whole fleets: change thousands of resources, stop, go on, and know what happened to each. And suspends, resumes
and deletes of them: see `Plan.suspend`; and clusters that are made of a table: see `Plan.create`.

    >>> from akua.fleet import Plan
    >>> plan = Plan.patches({"clu_1": {"name": "prod-eu"}, "clu_2": {"name": "prod-us"}})
    >>> with client.clusters.fleet(plan, folder / "rename.akua-fleet") as fleet:
    ...     print(fleet.preview())
    ...     summary = fleet.run(progress=False)
    id     field  now        then
    clu_1  name   cluster 1  prod-eu
    clu_2  name   cluster 2  prod-us
    >>> print(summary)
    2 of 2 items tried: 2 applied

Before the first byte of every version that a change is tried on, its item stands in the ledger as indeterminate, with
the token that settles it. Whatever ends the process after that, the next run first finds out what became of it.
"""

from __future__ import annotations

import atexit
import weakref

from akua import _akua
from akua._callables import plain
from akua._pickled import Live
from akua.fleet._plan import Plan, invalid
from akua.fleet._records import (
    Accepted,
    Canary,
    Counts,
    Ended,
    Granted,
    PreviewRow,
    Rate,
    Started,
    Stopping,
    Summary,
    of_event,
)
from akua.fleet._tables import Preview, Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any, Literal

    from typing_extensions import Self

    from akua.fleet._aio import AsyncFleet, AsyncRun

__all__ = [
    "Accepted",
    "AsyncFleet",
    "AsyncRun",
    "Canary",
    "Counts",
    "Ended",
    "Fleet",
    "Granted",
    "Plan",
    "Preview",
    "PreviewRow",
    "Rate",
    "Report",
    "Run",
    "Started",
    "Stopping",
    "Summary",
]


def __getattr__(name: str) -> Any:
    # It needs asyncio.
    if name in ("AsyncFleet", "AsyncRun"):
        from importlib import import_module

        return getattr(import_module("akua.fleet._aio"), name)
    raise AttributeError(f"module 'akua.fleet' has no attribute {name!r}")


_live: weakref.WeakSet[Run] = weakref.WeakSet()


@atexit.register
def _end():
    # The interpreter takes no thread along: what is under way is ended while the ledger can still be told.
    for run in list(_live):
        run.cancel()
        run._finished()


class Fleet(Live):
    """A plan in its ledger: to be looked at, carried out and reported. Made by `client.clusters.fleet(…)`.

    It holds the ledger until it is closed: no other fleet and no other process can use the file meanwhile, except to
    report. Outside of a `with` block it lets the ledger go whenever `run` has ended or raised, and takes it again when
    it is used again: so what a traceback keeps is in nobody's way.
    """

    _stays = "a fleet can't be pickled: it holds its ledger (to spread the work, see akua.fleet.dask)"

    def __init__(self, core: _akua.Fleet, calls: Any, plan: Plan, kubeconfigs: Any, policy: Any) -> None:
        self.path: Path = core.path
        """Where the ledger is: an absolute path, whatever was given."""
        self._held: _akua.Fleet | None = core
        self._blocks = 0
        self._closed = False
        self._calls = calls
        self._plan = plan
        self._kubeconfigs = kubeconfigs
        self._policy = policy

    @property
    def _core(self) -> _akua.Fleet:
        if self._closed:
            raise RuntimeError("this fleet is closed: nothing was sent")
        if self._held is None:
            again = self._calls.fleet(self._plan, self.path, kubeconfigs=self._kubeconfigs, **self._policy)
            self._held = again._core
        return self._held

    def _ran(self):
        """A run has ended, or has raised."""
        if not self._blocks:
            self._let_go()

    def _let_go(self):
        held, self._held = self._held, None
        if held is not None:
            held.close()

    def preview(self, limit: int | None = None) -> Preview:
        """Reads what is still to be done and shows what would change. Nothing is written.

        What it has shown is kept in the ledger as what you have seen: a run writes over nothing that has changed since. A
        launch stays one for the version that was seen first, if there was one.

        Args:
            limit: No more than so many rows are read.

        Raises:
            AkuaError: The reads can't go on. What is the matter with one resource is in `Preview.problems` instead.
        """
        if limit is not None:
            limit = _akua.whole("limit", limit)
        return Preview(*self._core.preview(2**62 if limit is None else limit), limit)

    def start(
        self,
        *,
        in_flight: int = 8,
        rate: float | None = None,
        stop_after_failures: int | None = None,
        canary: int | None = None,
        check: Callable[[Counts], object] | None = None,
        wait: float | None = None,
    ) -> Run:
        """Begins a run, whose events a program reads. The arguments are those of `run`; without a `check` the canary
        waits for `Run.go_on` or `Run.stop`.

            >>> from akua.fleet import Plan, Ended
            >>> plan = Plan.patches({"clu_1": {"name": "prod-eu"}, "clu_2": {"name": "prod-us"}})
            >>> fleet = client.clusters.fleet(plan, folder / "events.akua-fleet")
            >>> run = fleet.start(in_flight=1)
            >>> for event in run:
            ...     match event:
            ...         case Ended(id=id, state=state):
            ...             print(id, state)
            clu_1 applied
            clu_2 applied
            >>> run.finish().is_complete
            True

        Raises:
            ValidationError: A limit is out of its bounds, or a run of this fleet is going on. Nothing was sent.
        """
        self._checked(in_flight, stop_after_failures, canary, check, wait)
        if rate is not None:
            rate = _akua.rate("rate", rate)
        return Run(self._core.start(in_flight, rate, stop_after_failures, canary, check, wait))

    def run(
        self,
        *,
        in_flight: int = 8,
        rate: float | None = None,
        stop_after_failures: int | None = None,
        canary: int | None = None,
        check: Callable[[Counts], object] | None = None,
        wait: float | None = None,
        progress: Literal["bar", "lines", False] | None = None,
    ) -> Summary:
        """Carries the plan out, or on, and returns when that has ended: first what is indeterminate is settled and what was
        started is waited for, then everything that is left is tried. What has an end is left as it is: applied, unchanged, in
        conflict, rejected, or with an operation that has failed or was cancelled.

        Ctrl-C lets nothing new begin and brings to its end what is under way, but waits for no operation any longer: its item
        stays started. A second one ends the calls too, within 100 ms. Either way the ledger says what happened, and the
        `KeyboardInterrupt` is raised after that.

        Args:
            in_flight: How many items are worked on at once, 1 to 1024.
            rate: How many requests are sent per second on average, reads included. As many as the server takes.
            stop_after_failures: After so many items that are neither applied nor unchanged nothing new is begun. One with an
                operation that is under way counts as neither.
            canary: So many items go first; then `check` decides, or you are asked.
            check: Called with the counts when the canary items have ended; false stops the run.
            wait: How many seconds each operation that was launched is waited for at most: 30 minutes unless set. One that
                takes longer stays started, and the next run waits on. With 0 there is one look.
            progress: "bar" (with the extra `akua[fleet]`), "lines" on standard error, False for nothing; None for what
                suits the place.

        Raises:
            ValidationError: A limit is out of its bounds, or there is a canary, no check, and nobody to ask. Nothing
                was sent.
            ConfigurationError: The ledger could not be written: nothing was sent whose token is not on file. The message
                says how many items stand where, and `effect` is "unknown" if anything may have been changed.
        """
        from akua.fleet import _progress

        shown = _progress.of(progress)
        try:
            self._checked(in_flight, stop_after_failures, canary, check, wait, asks=True)
            run = self.start(
                in_flight=in_flight,
                rate=rate,
                stop_after_failures=stop_after_failures,
                canary=canary,
                check=check,
                wait=wait,
            )
            return _progress.follow(run, shown)
        finally:
            self._ran()

    @staticmethod
    def _checked(in_flight, stop_after_failures, canary, check, wait, asks=False):
        """Raises for a limit that is none; and if it `asks`, for one that somebody here would have to be asked about."""
        from akua.fleet import _progress

        limits = {"in_flight": in_flight, "stop_after_failures": stop_after_failures, "canary": canary}
        for name, number in limits.items():
            if number is not None:
                _akua.whole(name, number)
        if wait is not None:
            _akua.pause("wait", wait)
        if check is not None:
            plain("check", check, "a callable that takes counts")
        if check is not None and canary is None:
            raise invalid("check", "is given without `canary` (say how many items go first)")
        if asks and canary is not None and check is None and not _progress.can_ask():
            raise invalid("check", "is missing: nobody can be asked here whether the canary is well (give a callable)")

    def report(self) -> Report:
        """What happened so far."""
        return Report(self.path)

    def close(self) -> None:
        """Lets the ledger go for good. A run that is going on keeps it until its end."""
        self._closed = True
        self._let_go()

    def __enter__(self) -> Self:
        self._blocks += 1
        return self

    def __exit__(self, *exception: object) -> None:
        self._blocks -= 1
        self.close()

    def __repr__(self) -> str:
        return f"<akua.fleet.Fleet in {str(self.path)!r}>"


class Run(Live):
    """A run that is going on: an iterator over what happens in it, which ends with it.

    Whoever does not read the events holds the run up: after about a thousand of them nothing new is begun. At the end
    of a `with` block it is finished.
    """

    _stays = "a run can't be pickled: its threads are here (its summary can, and the report of its fleet)"

    def __init__(self, core: _akua.FleetRun) -> None:
        self._core = core
        self._summary: Any = None
        _live.add(self)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Started | Granted | Accepted | Ended | Rate | Canary | Stopping:
        while (told := self._core.next()) is not None:
            event = of_event(told)
            if event is not None:
                return event
        raise StopIteration

    @property
    def counts(self) -> Counts:
        """Where all items stand."""
        return self._core.counts()

    def stop(self) -> None:
        """Nothing new is begun; what is under way is brought to its end."""
        self._core.stop()

    def cancel(self) -> None:
        """As `stop`, and the calls under way are ended within 100 ms. What is known by then goes into the ledger."""
        self._core.cancel()

    def go_on(self) -> None:
        """The canary is well: do the rest, also in later runs. Without a run that asks it does nothing."""
        self._core.go_on()

    def finish(self) -> Summary:
        """Reads the rest of the events, waits for the end, and says how that was.

        Raises:
            ConfigurationError: The ledger could not be written: nothing was sent whose token is not on file. The message
                says how many items stand where, and `effect` is "unknown" if anything may have been changed.
        """
        if self._summary is None:
            self._finished()
        return self._summary

    def _finished(self):
        told = self._core.finish()
        if told is not None:
            del told["effect"]
            told["counts"] = Counts(**told["counts"])
            self._summary = Summary(**told)
        _live.discard(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        if kind is not None:
            self.stop()
        self.finish()

    def __repr__(self) -> str:
        return f"<akua.fleet.Run: {self.counts}>"

