"""What a run tells: small immutable records. Their public names are those of `akua.fleet`."""

from typing import Any, Literal, TypeAlias

from akua._errors import _Record

_State: TypeAlias = Literal["pending", "not_sent", "indeterminate", "applied", "unchanged", "conflict", "rejected"]
_Stop: TypeAlias = Literal["asked", "failures", "unauthorized", "canary", "ledger", "panicked"]

class Counts(_Record):
    """How many items stand where."""

    def __init__(
        self,
        pending: int,
        not_sent: int,
        indeterminate: int,
        applied: int,
        unchanged: int,
        conflict: int,
        rejected: int,
    ) -> None: ...
    @property
    def pending(self) -> int:
        """Nothing was sent."""
    @property
    def not_sent(self) -> int:
        """Nothing took effect, for a reason that may pass: the next run tries them again."""
    @property
    def indeterminate(self) -> int:
        """A write may have landed, or may still: the next run settles them first."""
    @property
    def applied(self) -> int:
        """The change took effect: acknowledged, or seen in a later read."""
    @property
    def unchanged(self) -> int:
        """Everything was as wanted."""
    @property
    def conflict(self) -> int:
        """Somebody else changed them first; nothing took effect."""
    @property
    def rejected(self) -> int:
        """The server refused the change; nothing took effect."""
    @property
    def total(self) -> int:
        """How many there are."""
    @property
    def open(self) -> int:
        """How many the next run takes up: those that are pending, not sent or indeterminate."""
    def to_dict(self) -> dict[str, int]:
        """The numbers by name."""

class PreviewRow(_Record):
    """A field that would get another value."""

    def __init__(self, item: int, id: str, field: str, now: str | None, then: str | None) -> None: ...
    @property
    def item(self) -> int:
        """The item's number in the ledger, from 1."""
    @property
    def id(self) -> str:
        """The id of the resource."""
    @property
    def field(self) -> str:
        """The field."""
    @property
    def now(self) -> str | None:
        """Its value now; None if answers leave it out."""
    @property
    def then(self) -> str | None:
        """Its value then; None for a secret."""

class Summary(_Record):
    """How a run ended."""

    def __init__(self, counts: Counts, stopped: _Stop | None, tried: int, story: str) -> None: ...
    @property
    def counts(self) -> Counts:
        """Where all items stand."""
    @property
    def stopped(self) -> _Stop | None:
        """Why it ended early; None if everything was tried."""
    @property
    def tried(self) -> int:
        """How many items it has worked on."""
    @property
    def story(self) -> str:
        """All of it in one line."""
    @property
    def is_complete(self) -> bool:
        """Whether there is nothing left to do: every item is applied, unchanged, in conflict or rejected."""
    def _repr_html_(self) -> str: ...

class Started(_Record):
    """Work on an item has begun."""

    def __init__(self, item: int, id: str, settles: bool) -> None: ...
    @property
    def item(self) -> int:
        """The item's number in the ledger, from 1."""
    @property
    def id(self) -> str:
        """The id of the resource."""
    @property
    def settles(self) -> bool:
        """Whether an earlier write is settled."""

class Granted(_Record):
    """The ledger holds the token of a write, which goes out now."""

    def __init__(self, item: int, id: str, epoch: int) -> None: ...
    @property
    def item(self) -> int:
        """The item's number in the ledger, from 1."""
    @property
    def id(self) -> str:
        """The id of the resource."""
    @property
    def epoch(self) -> int:
        """On which version the change is tried, counted from 1."""

class Ended(_Record):
    """Work on an item has ended, and the ledger says so."""

    def __init__(self, item: int, id: str, state: _State, detail: str, counts: Counts) -> None: ...
    @property
    def item(self) -> int:
        """The item's number in the ledger, from 1."""
    @property
    def id(self) -> str:
        """The id of the resource."""
    @property
    def state(self) -> _State:
        """Where the item stands now."""
    @property
    def detail(self) -> str:
        """What happened, in one line for a person."""
    @property
    def counts(self) -> Counts:
        """Where all items stand."""

class Rate(_Record):
    """Requests are sent at another rate."""

    def __init__(self, per_second: float | None, slowed: bool) -> None: ...
    @property
    def per_second(self) -> float | None:
        """How many per second at most; None for as many as there can be."""
    @property
    def slowed(self) -> bool:
        """Whether that is because the server has trouble."""

class Canary(_Record):
    """The canary items have ended. If it `asks`, nothing is sent until `Run.go_on` or `Run.stop` is called."""

    def __init__(self, counts: Counts, asks: bool) -> None: ...
    @property
    def counts(self) -> Counts:
        """Where all items stand."""
    @property
    def asks(self) -> bool:
        """Whether somebody is asked: else a check decides."""

class Stopping(_Record):
    """Nothing new is begun any more."""

    def __init__(self, why: _Stop) -> None: ...
    @property
    def why(self) -> _Stop:
        """Why."""

def of_event(told: dict[str, Any]) -> Started | Granted | Ended | Rate | Canary | Stopping | None:
    """The record for what a run tells; None for an event that this version does not know."""
