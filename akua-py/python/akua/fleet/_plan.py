"""Plans: which resources are to be changed, and how; which are to be suspended, resumed or deleted; or what is to be made."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping
from functools import partial

from akua import _akua
from akua._callables import answer, plain
from akua._errors import Problem, ValidationError
from akua._pickled import Live, along

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Literal

    from akua.generated.kinds import _Answered

_SECRET = "kubeconfig"
_TAKES_RESOURCE = "a callable that takes a resource"


class _Withheld:
    """Stands for a secret that a pickle does not carry."""

    def __reduce__(self):
        return "WITHHELD"

    def __repr__(self) -> str:
        return "<withheld>"


WITHHELD = _Withheld()


class Plan(Live):
    """Which resources are to be changed, and how; which are to be suspended, resumed or deleted; or what is to be made. Nothing
    is sent before a fleet is made of it.

    A ledger belongs to one plan. Patches, lists and tables are known again by their content, in any order; a filter and a function by
    the name and the version that you give them: change the version whenever what it does changes.

    It can be pickled, and leaves its kubeconfigs out then.
    """

    __module__ = "akua.fleet"

    __slots__ = ("__weakref__", "_kind", "_rest")

    def __init__(self, kind: str, rest: Any) -> None:
        self._kind = kind
        self._rest = rest

    @classmethod
    def patches(
        cls,
        patches: Mapping[str, Mapping[str, Any]] | Iterable[tuple[str | _Answered, Mapping[str, Any]]],
        /,
    ) -> Plan:
        """A patch for each of these: a mapping, or pairs, of ids (or versions that were read) and dicts of fields.

        With a version everything in it is protected; with an id only what a preview has shown, or else what is read
        right before the change.
        """
        rows = []
        for row, pair in enumerate(patches.items() if hasattr(patches, "items") else patches, 1):
            subject = None
            try:
                subject, fields = pair
                rows.append((subject, dict(fields)))
            except (TypeError, ValueError):
                wanted = "expected an id (or a version that was read) and a dict of fields, for each"
                raise in_row("patch", row, subject, TypeError(wanted)) from None
        return cls("patches", rows)

    @classmethod
    def where(cls, keep: Callable[[Any], object], fields: Mapping[str, Any], /, *, name: str, version: str) -> Plan:
        """One patch for all resources that `keep` accepts, as they are listed when the ledger is made.

            >>> plan = Plan.where(lambda c: c.name.startswith("shop-"), {"region_id": "reg_1"}, name="shop", version="1")
            >>> plan
            <akua.fleet.Plan of the filter 'shop' in version '1'>
        """
        return cls("where", (plain("keep", keep, _TAKES_RESOURCE), dict(fields), name, version))

    @classmethod
    def function(cls, function: Callable[[Any], object], /, *, name: str, version: str) -> Plan:
        """The change that `function` gives for each resource: None, a dict of fields, or a copy with other values.

        It is asked when the ledger is made, for a preview, right before the change, and again for each fresh version
        after somebody else's change: never while an earlier write may have landed. It runs on the threads of a run, so
        it should be quick, and depend on nothing but its argument. An item for which it raises, or gives something else,
        ends as `not_sent`; what it was is logged to `akua.fleet`.
        """
        return cls("function", (plain("function", function, _TAKES_RESOURCE), name, version))

    @classmethod
    def suspend(cls, keep: Callable[[Any], object], /, *, name: str, version: str) -> Plan:
        """Suspends all clusters that `keep` accepts, as they are listed when the ledger is made: each on the version that was
        listed, or not at all.

        What was launched is waited for (see `wait` of `Fleet.run`), and the report has how each was launched and what became
        of its operation.

            >>> plan = Plan.suspend(lambda cluster: cluster.state == "active", name="night", version="1")
            >>> plan
            <akua.fleet.Plan to suspend by the filter 'night' in version '1'>
            >>> with client.clusters.fleet(plan, folder / "night.akua-fleet") as fleet:
            ...     print(fleet.run(progress=False))
            ...     row = fleet.report().row_of("clu_1")
            3 of 3 items tried: 3 applied
            >>> row["launch"], row["fate"]
            ('applied', 'succeeded')

        Raises:
            TypeError: `keep` is no plain callable. That a kind can't be suspended is told when the fleet is made.
        """
        return cls("launch", ("suspend", plain("keep", keep, _TAKES_RESOURCE), name, version))

    @classmethod
    def resume(cls, keep: Callable[[Any], object], /, *, name: str, version: str) -> Plan:
        """Resumes all clusters that `keep` accepts: as `suspend`."""
        return cls("launch", ("resume", plain("keep", keep, _TAKES_RESOURCE), name, version))

    @classmethod
    def delete(cls, keep: Callable[[Any], object], /, *, name: str, version: str) -> Plan:
        """Deletes all clusters or workspaces that `keep` accepts: as `suspend`."""
        return cls("launch", ("delete", plain("keep", keep, _TAKES_RESOURCE), name, version))

    @classmethod
    def launches(cls, launch: Literal["suspend", "resume", "delete"], resources: Iterable[str | _Answered], /) -> Plan:
        """Suspends, resumes or deletes each of these: ids, or versions that were read.

        With a version it is done on that version or not at all; with an id, on the one that a preview has shown, or else on
        what is read right before.

            >>> Plan.launches("delete", [client.clusters.get("clu_1"), "clu_2"])
            <akua.fleet.Plan to delete 2 resources>

        Raises:
            ValidationError: It is no such launch.
            TypeError: It is no list of ids and versions: one text is none, and a launch takes no fields.
        """
        if launch not in ("suspend", "resume", "delete"):
            raise invalid("launch", f"is {launch!r} (suspend, resume or delete is allowed)")
        if isinstance(resources, (str, Mapping)):
            given = "one text" if isinstance(resources, str) else "a mapping: a launch takes no fields"
            raise TypeError(f"expected a list of ids, or of versions that were read, not {given}")
        return cls("launches", (launch, list(resources)))

    @classmethod
    def create(
        cls,
        rows: Mapping[str, Mapping[str, Any]] | Iterable[Mapping[str, Any]],
        /,
        *,
        key: str | None = None,
    ) -> Plan:
        """Makes a cluster of each row of a table: dicts with `name`, `region_id` and perhaps `network_profile`.

        A row is known again by its key: its name, or what it has in the column `key`, which is not sent. A mapping has the
        keys as its own. The same rows in any order go on with their ledger. A row that was edited, added or left out makes
        another table, and is refused: to make more, put only what is new into a ledger of its own, as the whole table in
        another ledger would be made a second time.

        Each row is sent under one key, whose token is in the ledger before its first byte. One that was under way when the
        process ended is settled from that and never made anew; where that can't be, it stays `indeterminate`, and the report
        has its `candidates`. What was accepted is waited for (see `wait` of `Fleet.run`), and the report has the id of what
        was `made`.

            >>> plan = Plan.create([{"name": "shop-eu", "region_id": "reg_1"}, {"name": "shop-us", "region_id": "reg_2"}])
            >>> plan
            <akua.fleet.Plan to create 2 clusters>
            >>> with client.clusters.fleet(plan, folder / "shops.akua-fleet") as fleet:
            ...     print(fleet.run(progress=False))
            ...     row = fleet.report().row_of("shop-eu")
            2 of 2 items tried: 2 applied
            >>> row["made"].startswith("clu_"), row["operation"].startswith("op_")
            (True, True)

        A data frame is a table by `frame.to_dict("records")` (pandas) or `frame.to_dicts()` (polars).

        Raises:
            TypeError: It is no table, or a row has no such column. A value of another type, or that breaks its limit, and two
                rows of one key, or of one name and region, are told when the fleet is made, with the row and the field, before
                anything is sent.
        """
        made = []
        if hasattr(rows, "to_dict") or hasattr(rows, "to_dicts"):
            raise TypeError('expected rows as dicts: give frame.to_dict("records") of a pandas, frame.to_dicts() of a polars data frame')
        if isinstance(rows, Mapping):
            if key is not None:
                raise TypeError("a mapping has keys of its own: `key` is for a list of rows")
            pairs = list(rows.items())
        else:
            pairs = [(None, row) for row in rows]
        for number, (its, fields) in enumerate(pairs, 1):
            if not isinstance(fields, Mapping) or not (its is None or isinstance(its, str)):
                wanted = "expected a dict with name and region_id" + ("" if its is None else ", and its key as text")
                raise in_row("row", number, its, TypeError(wanted))
            fields = dict(fields)
            if key is not None:
                its = fields.pop(key, None) if key != "name" else fields.get(key)
                if not isinstance(its, str):
                    wanted = f"expected its key as text in {key!r}, not {type(its).__name__}"
                    raise in_row("row", number, fields.get("name"), TypeError(wanted))
            made.append((its, fields))
        return cls("create", made)

    @classmethod
    def kept(cls) -> Plan:
        """Whatever stands in the ledger, to go on without the patches, the list or the filter it was made of."""
        return cls("kept", ())

    @property
    def _parts(self):
        rest = self._rest
        if self._kind == "patches":
            for row, (subject, fields) in enumerate(rest, 1):
                if fields.get(_SECRET) is WITHHELD:
                    raise in_row("patch", row, subject, _withheld())
        elif self._kind == "where":
            if rest[1].get(_SECRET) is WITHHELD:
                raise _withheld()
            rest = (partial(_telling, "the plan's filter", rest[0]), *rest[1:])
        elif self._kind == "launch":
            rest = (rest[0], partial(_telling, "the plan's filter", rest[1]), *rest[2:])
        elif self._kind == "function":
            rest = (self._asked, *rest[1:])
        return self._kind, rest

    @property
    def _asked(self):
        """The function of a plan that has one, for whoever works on its items."""
        return partial(_telling, "the plan's function", self._rest[0]) if self._kind == "function" else None

    def __reduce__(self) -> tuple[type[Plan], tuple[str, Any]]:
        rest = self._rest
        if self._kind == "patches":
            rest = [(subject, _without_secret(fields)) for subject, fields in rest]
        elif self._kind == "where":
            rest = (along("keep", rest[0]), _without_secret(rest[1]), *rest[2:])
        elif self._kind == "launch":
            rest = (rest[0], along("keep", rest[1]), *rest[2:])
        elif self._kind == "function":
            rest = (along("function", rest[0]), *rest[1:])
        return Plan, (self._kind, rest)

    def __repr__(self) -> str:
        if self._kind == "patches":
            return f"<akua.fleet.Plan of {len(self._rest)} patches>"
        if self._kind == "create":
            return f"<akua.fleet.Plan to create {len(self._rest)} clusters>"
        if self._kind == "kept":
            return "<akua.fleet.Plan of whatever stands in the ledger>"
        if self._kind == "launches":
            return f"<akua.fleet.Plan to {self._rest[0]} {len(self._rest[1])} resources>"
        name, version = self._rest[-2:]
        what = {"where": "of the filter", "launch": f"to {self._rest[0]} by the filter"}.get(self._kind, "of the function")
        return f"<akua.fleet.Plan {what} {name!r} in version {version!r}>"


def _without_secret(fields):
    return {name: WITHHELD if name == _SECRET else value for name, value in fields.items()}


def _withheld():
    return invalid(_SECRET, "was left out when the plan was pickled (give the plan again, or Plan.kept())")


def invalid(field, problem):
    """What is raised for an argument or a field that is none. Nothing was sent."""
    return ValidationError(f"invalid input: `{field}` {problem}", problems=(Problem(field, problem),))


def in_row(what, row, subject, problem):
    """`problem` with the row of the plan that it is about, a `what`."""
    id = subject if isinstance(subject, str) else getattr(subject, "id", None)
    named = f" (`{_akua.printable(id)}`)" if isinstance(id, str) else ""
    problem.args = (f"{what} {row} of the plan{named}: {problem}",)
    return problem


class NoAnswer(TypeError):
    """A callable of the caller's has answered with something that is no answer. It holds no secret, so a ledger is told."""


def no_answer(what, id, problem):
    """What is raised, and logged, for such an answer."""
    told = NoAnswer(f"it gave what can't be taken ({type(problem).__name__}: {problem})")
    _log("%s failed for %s: %s", what, id, told)
    return told


def _telling(what, function, resource):
    """Logs what `function` raises: the ledger is told its class only, since a message may hold a secret."""
    try:
        given = function(resource)
    except BaseException:
        _log("%s failed for %s", what, resource.id, exc_info=True)
        raise
    try:
        given = answer(what, given)
    except TypeError as problem:
        raise no_answer(what, resource.id, problem) from None
    try:
        return bool(given) if what.endswith("filter") else given
    except Exception:
        raise no_answer(what, resource.id, TypeError(f"expected true or false, not {type(given).__name__}")) from None


def _log(form, *told, **options):
    # Whatever becomes of the log, it decides nothing.
    with contextlib.suppress(Exception):
        logging.getLogger("akua.fleet").warning(form, *(_akua.printable(str(text)) for text in told), **options)
