"""Edits of whole fleets: change thousands of resources, stop, go on, and know what happened to each.

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

import atexit
import weakref

from akua._callables import plain
from akua._errors import ValidationError
from akua.fleet._plan import Plan
from akua.fleet._records import Canary, Counts, Ended, Granted, PreviewRow, Rate, Started, Stopping, Summary, of_event
from akua.fleet._tables import Preview, Report

__all__ = [
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

_live = weakref.WeakSet()


@atexit.register
def _end():
    # The interpreter takes no thread along: what is under way is ended while the ledger can still be told.
    for run in list(_live):
        run.cancel()
        run._finished()


class Fleet:
    """A plan in its ledger: to be looked at, carried out and reported. Made by `client.clusters.fleet(…)`.

    It holds the ledger until it is closed: no other fleet and no other process can use the file meanwhile, except to
    report.
    """

    def __init__(self, core, calls, plan, kubeconfigs, policy):
        self._core = core
        self._calls = calls
        self._plan = plan
        self._kubeconfigs = kubeconfigs
        self._policy = policy

    @property
    def path(self):
        """Where the ledger is."""
        return self._core.path

    def preview(self, limit=None):
        """Reads what is still to be done and shows what would change. Nothing is written."""
        if limit is not None:
            _whole("limit", limit)
        return Preview(*self._core.preview(2**62 if limit is None else limit), limit)

    def start(self, *, in_flight=8, rate=None, stop_after_failures=None, canary=None, check=None):
        """Begins a run, whose events a program reads."""
        self._checked(in_flight, stop_after_failures, canary, check)
        if rate is not None and (isinstance(rate, str) or not any(hasattr(rate, name) for name in ("__float__", "__index__"))):
            raise TypeError(f"rate is to be a number, not {type(rate).__name__}")
        return Run(self._core.start(in_flight, rate, stop_after_failures, canary, check))

    def run(
        self, *, in_flight=8, rate=None, stop_after_failures=None, canary=None, check=None, progress=None
    ):
        """Carries the plan out, or on, and returns when that has ended."""
        from akua.fleet import _progress

        shown = _progress.of(progress)
        self._checked(in_flight, stop_after_failures, canary, check, asks=True)
        run = self.start(
            in_flight=in_flight,
            rate=rate,
            stop_after_failures=stop_after_failures,
            canary=canary,
            check=check,
        )
        return _progress.follow(run, shown)

    @staticmethod
    def _checked(in_flight, stop_after_failures, canary, check, asks=False):
        """Raises for a limit that is none; and if it `asks`, for one that somebody here would have to be asked about."""
        from akua.fleet import _progress

        limits = {"in_flight": in_flight, "stop_after_failures": stop_after_failures, "canary": canary}
        for name, number in limits.items():
            if number is not None:
                _whole(name, number)
        if check is not None:
            plain("check", check, "a callable that takes counts")
        if check is not None and canary is None:
            raise _invalid("check", "is given without `canary` (say how many items go first)")
        if asks and canary is not None and check is None and not _progress.can_ask():
            raise _invalid("check", "is missing: nobody can be asked here whether the canary is well (give a callable)")

    def report(self):
        """What happened so far."""
        return Report(self.path)

    def close(self):
        """Lets the ledger go. A run that is going on keeps it until its end."""
        self._core.close()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def __repr__(self):
        return f"<akua.fleet.Fleet in {str(self.path)!r}>"

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        raise TypeError("a fleet can't be pickled: it holds its ledger (to spread the work, see akua.fleet.dask)")


class Run:
    """A run that is going on: an iterator over what happens in it, which ends with it.

    Whoever does not read the events holds the run up: after about a thousand of them nothing new is begun.
    """

    def __init__(self, core):
        self._core = core
        self._summary = None
        _live.add(self)

    def __iter__(self):
        return self

    def __next__(self):
        while (told := self._core.next()) is not None:
            event = of_event(told)
            if event is not None:
                return event
        raise StopIteration

    @property
    def counts(self):
        """Where all items stand."""
        return Counts(**self._core.counts())

    def stop(self):
        """Nothing new is begun; what is under way is brought to its end."""
        self._core.stop()

    def cancel(self):
        """As `stop`, and the calls under way are ended within 100 ms. What is known by then goes into the ledger."""
        self._core.cancel()

    def go_on(self):
        """The canary is well: do the rest, also in later runs. Without a run that asks it does nothing."""
        self._core.go_on()

    def finish(self):
        """Reads the rest of the events, waits for the end, and says how that was."""
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

    def __enter__(self):
        return self

    def __exit__(self, kind, *exception):
        if kind is not None:
            self.stop()
        self.finish()

    def __repr__(self):
        return f"<akua.fleet.Run: {self.counts}>"


def _whole(name, number):
    if not isinstance(number, int) or isinstance(number, bool):
        raise TypeError(f"{name} is to be an int, not {type(number).__name__}")
    if not 1 <= number < 2**62:
        raise _invalid(name, f"is {number} (1 or more is allowed)")


def _invalid(field, problem):
    from akua._errors import Problem

    return ValidationError(f"invalid input: `{field}` {problem}", problems=(Problem(field, problem),))
