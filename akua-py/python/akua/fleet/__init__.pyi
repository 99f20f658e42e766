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

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NoReturn, SupportsIndex, TypeAlias, overload

from typing_extensions import Self

from akua import _akua
from akua._akua import Cluster, Workspace
from akua._errors import AkuaError
from akua.fleet._records import (
    Canary as Canary,
    Counts as Counts,
    Ended as Ended,
    Granted as Granted,
    PreviewRow as PreviewRow,
    Rate as Rate,
    Started as Started,
    Stopping as Stopping,
    Summary as Summary,
)

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

_Path: TypeAlias = str | Path

class Plan:
    """Which resources are to be changed, and how. Nothing is sent before a fleet is made of it.

    A ledger belongs to one plan. Patches are known again by their content, in any order; a filter and a function by the
    name and the version that you give them: change the version whenever what it does changes.

    It can be pickled, and leaves its kubeconfigs out then.
    """

    def __init__(self, kind: str, rest: Any) -> None: ...
    @classmethod
    def patches(
        cls,
        patches: Mapping[str, Mapping[str, str]] | Iterable[tuple[str | Cluster | Workspace, Mapping[str, str]]],
        /,
    ) -> Plan:
        """A patch for each of these: a mapping, or pairs, of ids (or versions that were read) and dicts of fields.

        With a version everything in it is protected; with an id only what a preview has shown, or else what is read
        right before the change.
        """
    @classmethod
    def where(cls, keep: Callable[[Any], object], fields: Mapping[str, str], /, *, name: str, version: str) -> Plan:
        """One patch for all resources that `keep` accepts, as they are listed when the ledger is made.

            >>> plan = Plan.where(lambda c: c.name.startswith("shop-"), {"region_id": "reg_1"}, name="shop", version="1")
            >>> plan
            <akua.fleet.Plan of the filter 'shop' in version '1'>
        """
    @classmethod
    def function(cls, function: Callable[[Any], object], /, *, name: str, version: str) -> Plan:
        """The change that `function` gives for each resource: None, a dict of fields, or a copy with other values.

        It is asked when the ledger is made, for a preview, right before the change, and again for each fresh version
        after somebody else's change: never while an earlier write may have landed. It runs on the threads of a run, so
        it should be quick, and depend on nothing but its argument. An item for which it raises ends as `not_sent`; what
        it has raised is logged to `akua.fleet`.
        """
    @classmethod
    def kept(cls) -> Plan:
        """Whatever stands in the ledger, to go on without the patches or the filter it was made of."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, memo: Any) -> Self: ...
    def __reduce__(self) -> tuple[type[Plan], tuple[str, Any]]: ...

class Fleet:
    """A plan in its ledger: to be looked at, carried out and reported. Made by `client.clusters.fleet(…)`.

    It holds the ledger until it is closed: no other fleet and no other process can use the file meanwhile, except to
    report.
    """

    def __init__(self, core: _akua.Fleet, calls: Any, plan: Plan, kubeconfigs: Any, policy: Any) -> None: ...
    @property
    def path(self) -> Path:
        """Where the ledger is: an absolute path, whatever was given."""
    def preview(self, limit: int | None = None) -> Preview:
        """Reads what is still to be done and shows what would change. Nothing is written.

        What it has shown is kept in the ledger as what you have seen: a run writes over nothing that has changed since.

        Args:
            limit: No more than so many rows are read.

        Raises:
            AkuaError: The reads can't go on. What is the matter with one resource is in `Preview.problems` instead.
        """
    def start(
        self,
        *,
        in_flight: int = 8,
        rate: float | None = None,
        stop_after_failures: int | None = None,
        canary: int | None = None,
        check: Callable[[dict[str, int]], object] | None = None,
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
    def run(
        self,
        *,
        in_flight: int = 8,
        rate: float | None = None,
        stop_after_failures: int | None = None,
        canary: int | None = None,
        check: Callable[[dict[str, int]], object] | None = None,
        progress: Literal["bar", "lines", False] | None = None,
    ) -> Summary:
        """Carries the plan out, or on, and returns when that has ended: first what is indeterminate is settled, then
        everything that is left is tried. What was applied, unchanged, in conflict or rejected is left as it is.

        Ctrl-C lets nothing new begin and brings to its end what is under way; a second one ends the calls too, within
        100 ms. Either way the ledger says what happened, and the `KeyboardInterrupt` is raised after that.

        Args:
            in_flight: How many items are worked on at once, 1 to 1024.
            rate: How many requests are sent per second on average, reads included. As many as the server takes.
            stop_after_failures: After so many items that are neither applied nor unchanged nothing new is begun.
            canary: So many items go first; then `check` decides, or you are asked.
            check: Called with the counts when the canary items have ended; false stops the run.
            progress: "bar" (with the extra `akua[fleet]`), "lines" on standard error, False for nothing; None for what
                suits the place.

        Raises:
            ValidationError: A limit is out of its bounds, or there is a canary, no check, and nobody to ask. Nothing
                was sent.
            ConfigurationError: The ledger could not be written: nothing was sent whose token is not on file. The message
                says how many items stand where, and `effect` is "unknown" if anything may have been changed.
        """
    def report(self) -> Report:
        """What happened so far."""
    def close(self) -> None:
        """Lets the ledger go. A run that is going on keeps it until its end."""
    def __enter__(self) -> Self: ...
    def __exit__(self, *exception: object) -> None: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, memo: Any) -> Self: ...
    def __reduce__(self) -> NoReturn: ...

class Run:
    """A run that is going on: an iterator over what happens in it, which ends with it.

    Whoever does not read the events holds the run up: after about a thousand of them nothing new is begun. At the end
    of a `with` block it is finished.
    """

    def __init__(self, core: _akua.FleetRun) -> None: ...
    @property
    def counts(self) -> Counts:
        """Where all items stand."""
    def stop(self) -> None:
        """Nothing new is begun; what is under way is brought to its end."""
    def cancel(self) -> None:
        """As `stop`, and the calls under way are ended within 100 ms. What is known by then goes into the ledger."""
    def go_on(self) -> None:
        """The canary is well: do the rest, also in later runs. Without a run that asks it does nothing."""
    def finish(self) -> Summary:
        """Reads the rest of the events, waits for the end, and says how that was.

        Raises:
            ConfigurationError: The ledger could not be written: nothing was sent whose token is not on file. The message
                says how many items stand where, and `effect` is "unknown" if anything may have been changed.
        """
    def __iter__(self) -> Self: ...
    def __next__(self) -> Started | Granted | Ended | Rate | Canary | Stopping: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None: ...

class Preview:
    """What would change: a sequence with a row for each field of each item that would get another value.

    A table in terminals (`print`) and notebooks.
    """

    problems: tuple[AkuaError, ...]
    """What could not be read, and why."""

    def __init__(self, rows: list[dict[str, Any]], problems: tuple[AkuaError, ...], limit: int | None) -> None: ...

    def to_dicts(self) -> list[dict[str, Any]]:
        """Its rows as plain dicts."""
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: SupportsIndex) -> PreviewRow: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[PreviewRow, ...]: ...
    def __iter__(self) -> Iterator[PreviewRow]: ...
    def _repr_html_(self) -> str: ...

class Report:
    """What happened to each item of a plan, as its ledger at `path` has it: also after a crash, and during a run.

    A table in terminals (`print`) and notebooks; a data frame in one line: `pandas.DataFrame(report.to_dicts())`. Names,
    slugs and the like stand in it readably; kubeconfigs are nowhere.

    Raises:
        ConfigurationError: There is no ledger, or it can't be read.
    """

    path: _Path
    """Where the ledger is: an absolute path, whatever was given."""

    def __init__(self, path: _Path) -> None: ...
    @property
    def counts(self) -> Counts:
        """How many items stood where when the report was opened."""
    @property
    def plan(self) -> str:
        """What the plan is made of, and what it is about."""
    def to_dicts(self) -> list[dict[str, Any]]:
        """Every item as a plain dict, in the order of the plan.

        The keys are those of the CSV: `item`, `id`, `state`, `proof`, `etag`, `status`, `may_still_land`, `epochs`,
        `requests`, `changed_ms`, `what_happened`, `fields`, `token`.
        """
    def row_of(self, id: str) -> dict[str, Any] | None:
        """The item of this resource as it stands now; None if it is not in the plan."""
    def to_csv(self, path: _Path | None = None) -> str | None:
        """All rows as CSV: written to `path`, or returned."""
    def to_json(self, path: _Path | None = None) -> str | None:
        """The plan, the counts and all rows as JSON: written to `path`, or returned."""
    def __iter__(self) -> Iterator[dict[str, Any]]: ...
    def __len__(self) -> int: ...
    def _repr_html_(self) -> str: ...
