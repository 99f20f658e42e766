"""Previews and reports: tables for terminals, notebooks and data frames."""

from akua import _akua, _html
from akua.fleet._records import Counts, PreviewRow

# How many rows a person is shown; programs get all.
_SHOWN = 50

_HEAD = ("id", "field", "now", "then")


class Preview:
    """What would change: a sequence with a row for each field of each item that would get another value."""

    __module__ = "akua.fleet"

    def __init__(self, rows, problems, limit):
        self._rows = tuple(PreviewRow(**row) for row in rows)
        self.problems = problems
        self._cut = limit is not None and len(rows) + len(problems) >= limit

    def to_dicts(self):
        """Its rows as plain dicts."""
        return [dict(zip(row.__match_args__, row._values())) for row in self._rows]

    def __len__(self):
        return len(self._rows)

    def __getitem__(self, index):
        return self._rows[index]

    def __iter__(self):
        return iter(self._rows)

    def _cells(self):
        for row in self._rows[:_SHOWN]:
            now = "(never shown)" if row.now is None else row.now
            yield row.id, row.field, now, "(secret)" if row.then is None else row.then

    def _rest(self):
        more = len(self._rows) - _SHOWN
        told = [f"{more} more are not shown"] if more > 0 else []
        told += ["only the first ones were read"] if self._cut else []
        return told + [f"could not be read: {problem}" for problem in self.problems[:_SHOWN]]

    def __str__(self):
        if not self._rows and not self.problems:
            return "nothing would change"
        return "\n".join([*_lines(_HEAD, self._cells()), *self._rest()])

    def __repr__(self):
        return f"<akua.fleet.Preview: {len(self._rows)} changes, {len(self.problems)} could not be read>"

    def _repr_html_(self):
        caption = "; ".join([f"{len(self._rows)} fields would change", *self._rest()])
        return _html._table(_HEAD, self._cells(), caption)


class Report:
    """What happened to each item of a plan, as its ledger at `path` has it: also after a crash, and during a run."""

    __module__ = "akua.fleet"

    def __init__(self, path):
        self._core = _akua.FleetReport(path)
        self.path = path

    @property
    def counts(self):
        """How many items stood where when the report was opened."""
        return Counts(**self._core.counts())

    @property
    def plan(self):
        """What the plan is made of, and what it is about."""
        return self._core.plan()

    def to_dicts(self):
        """Every item as a plain dict, in the order of the plan."""
        return self._core.rows()

    def row_of(self, id):
        """The item of this resource as it stands now; None if it is not in the plan."""
        return self._core.row_of(id)

    def to_csv(self, path=None):
        """All rows as CSV: written to `path`, or returned."""
        return self._core.csv(path)

    def to_json(self, path=None):
        """The plan, the counts and all rows as JSON: written to `path`, or returned."""
        return self._core.json(path)

    def __iter__(self):
        return iter(self.to_dicts())

    def __len__(self):
        return self.counts.total

    def __str__(self):
        return self._core.text()

    def __repr__(self):
        return f"<akua.fleet.Report of {self.plan}: {self.counts}>"

    def _repr_html_(self):
        counts = self.counts
        rows = self._core.rows(_SHOWN)
        more = counts.total - counts.applied - counts.unchanged - len(rows)
        caption = f"{self.plan}: {counts}" + (f"; {more} more are not shown" if more > 0 else "")
        head = ("id", "state", "what happened") if rows else None
        return _html._table(head, ([row["id"], row["state"], row["what_happened"]] for row in rows), caption)


def _lines(head, rows):
    rows = [head, *rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
