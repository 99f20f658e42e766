"""Previews and reports: tables for terminals, notebooks and data frames."""

from __future__ import annotations

from akua import _akua, _html
from akua.fleet._records import Counts, PreviewRow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any, SupportsIndex, overload

    from akua._errors import AkuaError

# How many rows a person is shown; programs get all.
_SHOWN = 50

_HEAD = ("id", "field", "now", "then")


class Preview:
    """What would change: a sequence with a row for each field of each item that would get another value, or that would be
    set where something is made, or for each item that would be suspended, resumed or deleted, with its state.

    A table in terminals (`print`) and notebooks.
    """

    __module__ = "akua.fleet"

    def __init__(
        self,
        rows: list[dict[str, Any]],
        problems: tuple[AkuaError, ...],
        indeterminate: int,
        started: int,
        limit: int | None,
    ) -> None:
        self._rows = tuple(PreviewRow(**row) for row in rows)
        self.problems = problems
        """What could not be read, and why."""
        self.indeterminate = indeterminate
        """How many items are not shown, as it is not known what became of their last write: a run settles it first, and it
        may land then."""
        self.started = started
        """How many items are not shown, as their launch was accepted and the end of their operation is not known: a run waits
        for it."""
        self._cut = limit is not None and len(rows) + len(problems) >= limit

    def to_dicts(self) -> list[dict[str, Any]]:
        """Its rows as plain dicts."""
        return [dict(zip(row.__match_args__, row._values())) for row in self._rows]

    def __len__(self) -> int:
        return len(self._rows)

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, index: SupportsIndex) -> PreviewRow: ...
        @overload
        def __getitem__(self, index: slice) -> tuple[PreviewRow, ...]: ...

    def __getitem__(self, index: Any) -> Any:
        return self._rows[index]

    def __iter__(self) -> Iterator[PreviewRow]:
        return iter(self._rows)

    @property
    def _changes(self):
        return sum(not row.is_unchanged for row in self._rows)

    def _cells(self):
        for row in self._rows[:_SHOWN]:
            now = "(new)" if row.is_new else "(never shown)" if row.now is None else row.now
            then = "(secret)" if row.then is None else f"{row.then}, already so" if row.is_unchanged else row.then
            yield tuple(map(_akua.printable, (row.id, row.field, now, then)))

    def _rest(self):
        more = len(self._rows) - _SHOWN
        told = [f"{more} more are not shown"] if more > 0 else []
        told += ["only the first ones were read"] if self._cut else []
        if self.indeterminate:
            told.append(f"of {self.indeterminate} a write may have landed, or may still: a run settles that first")
        if self.started:
            told.append(f"of {self.started} an operation was started: a run waits for its end")
        return told + [_akua.printable(f"could not be read: {problem}") for problem in self.problems[:_SHOWN]]

    def __str__(self) -> str:
        if not self._rows and not self.problems:
            return "\n".join(["nothing would change", *self._rest()])
        return "\n".join([*_lines(_HEAD, self._cells()), *self._rest()])

    def __repr__(self) -> str:
        return f"<akua.fleet.Preview: {self._changes} changes, {len(self.problems)} could not be read>"

    def _repr_html_(self) -> str:
        caption = "; ".join([f"{self._changes} fields would change", *self._rest()])
        return _html._table(_HEAD, self._cells(), caption)


class Report:
    """What happened to each item of a plan, as its ledger at `path` has it: also after a crash, and during a run.

    A table in terminals (`print`) and notebooks; a data frame in one line: `pandas.DataFrame(report.to_dicts())`. Names,
    slugs and the like stand in it readably; kubeconfigs are nowhere.

    Raises:
        ConfigurationError: There is no ledger, or it can't be read.
    """

    __module__ = "akua.fleet"

    def __init__(self, path: str | Path) -> None:
        self._core = _akua.FleetReport(path)
        self.path = path
        """Where the ledger is."""

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path}

    def __getattr__(self, name: str) -> Any:
        # Of one that was brought here: it looks at the ledger when it is first asked, and raises then.
        if name != "_core":
            raise AttributeError(f"'Report' object has no attribute {name!r}")
        self._core = _akua.FleetReport(self.path)
        return self._core

    @property
    def counts(self) -> Counts:
        """How many items stood where when the report was opened."""
        return self._core.counts()

    @property
    def plan(self) -> str:
        """What the plan is made of, and what it is about."""
        return self._core.plan()

    def to_dicts(self) -> list[dict[str, Any]]:
        """Every item as a plain dict, in the order of the plan.

        The keys are those of the CSV: `item`, `id`, `state`, `launch`, `fate`, `operation`, `made`, `proof`, `etag`, `status`,
        `may_still_land`, `epochs`, `requests`, `changed_ms`, `what_happened`, `fields`, `candidates`, `token`. Every row has
        all of them, each of one type: where there is nothing, a text is empty, a number 0 and a list as well.

        Of a suspend, a resume or a delete, `launch` says how it was launched: "applied" that it was accepted (with an
        `operation`), or is in effect by whomever (without one). `fate` says how the last wait for the operation ended:
        "succeeded", "operation_failed", "operation_cancelled", "still_running" or "lost_track". With the `token` of an item
        that is started, `client.operations.wait` waits for it.

        Of a create, `id` is the key of its row and `made` the id of the cluster, once its operation has succeeded. Else
        `candidates` are dicts with the `id` of what stands there and may have come of it, the `reason` ("namesake": it is
        listed under that name, nothing that is shown of it is another than was wanted, and it may be no older than the first
        sending; "operation": the operation works on it, or has) and, for a person, `why`. Any of them may be somebody else's.
        """
        return self._core.rows()

    def row_of(self, id: str) -> dict[str, Any] | None:
        """The item of this resource, or of the row with this key, as it stands now; None if it is not in the plan."""
        return self._core.row_of(id)

    def to_csv(self, path: str | Path | None = None) -> str:
        """All rows as CSV, which is written to `path` as well if that is given.

        A cell that begins with `=`, `+`, `-` or `@` has an apostrophe before it, so that no spreadsheet takes it for a
        formula; `to_dicts` and `to_json` have everything as it is.

        Raises:
            OSError: The file can't be written. The ledger is as it was.
        """
        return _written(self._core.csv(), path)

    def to_json(self, path: str | Path | None = None) -> str:
        """The plan, the counts and all rows as JSON, which is written to `path` as well if that is given.

        Raises:
            OSError: As for `to_csv`.
        """
        return _written(self._core.json(), path)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.to_dicts())

    def __len__(self) -> int:
        return self.counts.total

    def __str__(self) -> str:
        return self._core.text()

    def __repr__(self) -> str:
        return f"<akua.fleet.Report of {self.plan}: {self.counts}>"

    def _repr_html_(self) -> str:
        counts = self.counts
        rows = self._core.rows(_SHOWN)
        more = counts.total - counts.applied - counts.unchanged - len(rows)
        caption = f"{self.plan}: {counts}" + (f"; {more} more are not shown" if more > 0 else "")
        # How it was launched and what became of it, where there is such a thing.
        of_launches = ("launch", "fate", "operation") if any(row["launch"] for row in rows) else ()
        of_creates = ("candidates",) if any(row["candidates"] for row in rows) else ()
        names = ("id", "state", *of_launches, *of_creates, "what_happened")
        head = [name.replace("_", " ") for name in names] if rows else None
        return _html._table(head, ([_cell(row[name]) for name in names] for row in rows), caption)


def _cell(value):
    # Of candidates the ids; why each is one stands in the report.
    return ", ".join(one["id"] for one in value) if isinstance(value, list) else value


def _lines(head, rows):
    rows = [head, *rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()


def _written(text, path):
    if path is not None:
        try:
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(text)
        except OSError as error:
            error.filename = path
            raise
    return text
