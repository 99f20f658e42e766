"""What a run tells: small immutable records."""

from __future__ import annotations

from akua._errors import _Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, TypeAlias

    _State: TypeAlias = Literal[
        "pending",
        "not_sent",
        "indeterminate",
        "applied",
        "unchanged",
        "conflict",
        "rejected",
        "started",
        "failed",
        "cancelled",
        "lost_track",
    ]
    _Stop: TypeAlias = Literal["asked", "failures", "unauthorized", "canary", "ledger", "panicked"]


class Counts(_Record):
    """How many items stand where."""

    __module__ = "akua.fleet"

    pending: int
    """Nothing was sent."""
    not_sent: int
    """Nothing took effect, for a reason that may pass: the next run tries them again."""
    indeterminate: int
    """A write may have landed, or may still: the next run settles them first."""
    applied: int
    """The change took effect: acknowledged, or seen in a later read. Of a launch: its operation has succeeded, or a later
    read shows what was wanted."""
    unchanged: int
    """Everything was as wanted."""
    conflict: int
    """Somebody else changed them first; nothing took effect."""
    rejected: int
    """The server refused the change; nothing took effect."""
    started: int = 0
    """A launch was accepted, and how its operation ends is not known yet: the next run waits for that."""
    failed: int = 0
    """A launch was accepted, and its operation has failed. Some of it may have been done."""
    cancelled: int = 0
    """A launch was accepted, and its operation was cancelled. Some of it may have been done."""
    lost_track: int = 0
    """A launch was accepted, and its operation can't be read any more, or has ended in a way that this version does not
    know: the next run looks again."""

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self._values())

    @property
    def open(self) -> int:
        """How many the next run takes up: those that are pending, not sent, indeterminate, started or lost track of."""
        return self.pending + self.not_sent + self.indeterminate + self.started + self.lost_track

    def to_dict(self) -> dict[str, int]:
        """The numbers by name. Those of states in which only a launch can be are left out where they are 0."""
        numbers = zip(self.__match_args__, self._values())
        return {name: number for name, number in numbers if number or not hasattr(Counts, name)}

    def __str__(self) -> str:
        some = (f"{number} {name.replace('_', ' ')}" for name, number in self.to_dict().items() if number)
        return ", ".join(some) or "no items"


class PreviewRow(_Record):
    """A field that would get another value, or that would be set of something new; or the `state` of a resource that would be
    launched, and the one that is wanted."""

    __module__ = "akua.fleet"

    item: int
    """The item's number in the ledger, from 1."""
    id: str
    """The id of the resource; of what is to be made, the key of its row."""
    field: str
    """The field."""
    now: str | None
    """Its value now; None if answers leave it out, and of something new."""
    then: str | None
    """Its value then; None for a secret."""
    is_new: bool = False
    """Whether it is to be set of something that is not there yet."""

    @property
    def is_unchanged(self) -> bool:
        """Whether it is so already. Only rows of launches say so: of a change, what would stay as it is has no row."""
        return self.now is not None and self.now == self.then


class Summary(_Record):
    """How a run ended."""

    __module__ = "akua.fleet"

    counts: Counts
    """Where all items stand."""
    stopped: _Stop | None
    """Why it ended early; None if everything was tried."""
    tried: int
    """How many items it has worked on."""
    story: str
    """All of it in one line."""

    @property
    def is_complete(self) -> bool:
        """Whether there is nothing left to do: every item is applied, unchanged, in conflict or rejected, or its operation
        has failed or was cancelled."""
        return self.counts.open == 0

    def __str__(self) -> str:
        return self.story

    def _repr_html_(self) -> str:
        from akua import _html

        return _html._table(None, self.counts.to_dict().items(), self.story)


class Started(_Record):
    """Work on an item has begun."""

    __module__ = "akua.fleet"

    item: int
    """The item's number in the ledger, from 1."""
    id: str
    """The id of the resource; of what is to be made, the key of its row."""
    settles: bool
    """Whether an earlier write is settled, or its operation waited for."""


class Granted(_Record):
    """The ledger holds the token of a write, which goes out now."""

    __module__ = "akua.fleet"

    item: int
    """The item's number in the ledger, from 1."""
    id: str
    """The id of the resource; of what is to be made, the key of its row."""
    epoch: int
    """On which version the change is tried, counted from 1."""


class Accepted(_Record):
    """A launch was accepted, and the ledger says so. Its operation is waited for now."""

    __module__ = "akua.fleet"

    item: int
    """The item's number in the ledger, from 1."""
    id: str
    """The id of the resource; of what is to be made, the key of its row."""
    operation: str
    """The id of the operation."""


class Ended(_Record):
    """Work on an item has ended, and the ledger says so."""

    __module__ = "akua.fleet"

    item: int
    """The item's number in the ledger, from 1."""
    id: str
    """The id of the resource; of what is to be made, the key of its row."""
    state: _State
    """Where the item stands now."""
    detail: str
    """What happened, in one line for a person."""
    counts: Counts
    """Where all items stand."""


class Rate(_Record):
    """Requests are sent at another rate."""

    __module__ = "akua.fleet"

    per_second: float | None
    """How many per second at most; None for as many as there can be."""
    slowed: bool
    """Whether that is because the server has trouble."""


class Canary(_Record):
    """The canary items have ended. If it `asks`, nothing is sent until `Run.go_on` or `Run.stop` is called."""

    __module__ = "akua.fleet"

    counts: Counts
    """Where all items stand."""
    asks: bool
    """Whether somebody is asked: else a check decides."""


class Stopping(_Record):
    """Nothing new is begun any more."""

    __module__ = "akua.fleet"

    why: _Stop
    """Why."""


_EVENTS: dict[str, Any] = {
    "started": Started,
    "granted": Granted,
    "accepted": Accepted,
    "ended": Ended,
    "rate": Rate,
    "canary": Canary,
    "stopping": Stopping,
}


def of_event(told: dict[str, Any]) -> Started | Granted | Accepted | Ended | Rate | Canary | Stopping | None:
    """The record for what a run tells; None for an event that this version does not know."""
    kind = _EVENTS.get(told.pop("kind"))
    if "counts" in told:
        told["counts"] = Counts(**told["counts"])
    return None if kind is None else kind(**told)
