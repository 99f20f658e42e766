"""What a run tells: small immutable records."""

from akua._errors import _Record


class Counts(_Record):
    """How many items stand where."""

    __slots__ = __match_args__ = (
        "pending",
        "not_sent",
        "indeterminate",
        "applied",
        "unchanged",
        "conflict",
        "rejected",
    )
    __module__ = "akua.fleet"

    @property
    def total(self):
        """How many there are."""
        return sum(self._values())

    @property
    def open(self):
        """How many the next run takes up: those that are pending, not sent or indeterminate."""
        return self.pending + self.not_sent + self.indeterminate

    def to_dict(self):
        """The numbers by name."""
        return dict(zip(self.__match_args__, self._values()))

    def __str__(self):
        some = (f"{number} {name.replace('_', ' ')}" for name, number in self.to_dict().items() if number)
        return ", ".join(some) or "no items"


class PreviewRow(_Record):
    """A field that would get another value: `now` is None if answers leave it out, `then` for a secret."""

    __slots__ = __match_args__ = ("item", "id", "field", "now", "then")
    __module__ = "akua.fleet"


class Summary(_Record):
    """How a run ended: where all items stand, why it ended early (None if it did not), how many it has tried."""

    __slots__ = __match_args__ = ("counts", "stopped", "tried", "story")
    __module__ = "akua.fleet"

    @property
    def is_complete(self):
        """Whether there is nothing left to do."""
        return self.counts.open == 0

    def __str__(self):
        return self.story

    def _repr_html_(self):
        from akua import _html

        return _html._table(None, self.counts.to_dict().items(), self.story)


class Started(_Record):
    """Work on an item has begun; `settles` says whether that is to settle an earlier write."""

    __slots__ = __match_args__ = ("item", "id", "settles")
    __module__ = "akua.fleet"


class Granted(_Record):
    """The ledger holds the token of a write, which goes out now; `epoch` counts the versions it was tried on."""

    __slots__ = __match_args__ = ("item", "id", "epoch")
    __module__ = "akua.fleet"


class Ended(_Record):
    """Work on an item has ended, and the ledger says so."""

    __slots__ = __match_args__ = ("item", "id", "state", "detail", "counts")
    __module__ = "akua.fleet"


class Rate(_Record):
    """Requests are sent at another rate; None for as many as there can be. `slowed`: the server has trouble."""

    __slots__ = __match_args__ = ("per_second", "slowed")
    __module__ = "akua.fleet"


class Canary(_Record):
    """The canary items have ended. If it `asks`, nothing is sent until `Run.go_on` or `Run.stop` is called."""

    __slots__ = __match_args__ = ("counts", "asks")
    __module__ = "akua.fleet"


class Stopping(_Record):
    """Nothing new is begun any more, and why."""

    __slots__ = __match_args__ = ("why",)
    __module__ = "akua.fleet"


_EVENTS = {
    "started": Started,
    "granted": Granted,
    "ended": Ended,
    "rate": Rate,
    "canary": Canary,
    "stopping": Stopping,
}


def of_event(told):
    """The record for what a run tells; None for an event that this version does not know."""
    kind = _EVENTS.get(told.pop("kind"))
    if "counts" in told:
        told["counts"] = Counts(**told["counts"])
    return kind and kind(**told)
