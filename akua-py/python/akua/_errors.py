"""The exceptions, and the small records in them.

Each says what happened, what the server said, and whether the request may have taken effect. They are made by the part
that is written in Rust, and are plain Python: picklable, and free to be caught by the built-in classes they stand for.
"""

from __future__ import annotations

import builtins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, TypeAlias

    from typing_extensions import dataclass_transform

    from akua.generated.kinds import Cluster, Operation, Workspace

    _Effect: TypeAlias = Literal["not_sent", "not_applied", "unknown", "applied"]
else:
    dataclass_transform = lambda **told: lambda kind: kind


class _Signature:
    """The signature of a record's class, made when somebody asks for it."""

    def __get__(self, record, kind):
        from inspect import Parameter, Signature

        names = kind.__match_args__
        kinds = {name: kind.__annotations__.get(name, Parameter.empty) for name in names}
        return Signature([Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, annotation=kinds[name]) for name in names])


@dataclass_transform(frozen_default=True)
class _Record:
    """An immutable record of the fields that its class annotates."""

    __match_args__: tuple[str, ...] = ()
    __signature__: Any = _Signature()

    def __init_subclass__(cls) -> None:
        own = tuple(name for name in cls.__annotations__ if not name.startswith("_"))
        setattr(cls, "__match_args__", cls.__match_args__ + own)

    def __init__(self, *values: Any, **named: Any) -> None:
        names = self.__match_args__
        if len(values) > len(names):
            raise TypeError(f"{type(self).__name__} takes {len(names)} values, not {len(values)}")
        given = dict(zip(names, values))
        for name, value in named.items():
            if name not in names or name in given:
                raise TypeError(f"{type(self).__name__}: unexpected {name!r}")
            given[name] = value
        for name in names:
            # What may be left out is an attribute of the class.
            if name not in given and not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__}: {name!r} is missing")
        self.__dict__.update(given)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def _values(self):
        return tuple(getattr(self, name) for name in self.__match_args__)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), repr(self)))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__name__}({fields})"

    def __reduce__(self) -> tuple[type[_Record], tuple[Any, ...]]:
        return type(self), self._values()


class Problem(_Record):
    """A field that is wrong, in the input or in an answer, and what is wrong with it. Never the value."""

    __module__ = "akua"

    field: str
    """The field, such as `name`, `if-match` or `data[3].state`."""
    message: str
    """What is wrong and what would be right."""


class ErrorDetail(_Record):
    """One error in a server's answer, in the server's words."""

    __module__ = "akua"

    code: int | str | None
    """The server's code. Decisions go by `AkuaError.status`, never by this."""
    message: str
    """The server's message; empty if it gave none."""
    path: tuple[str, ...]
    """Where in the request, such as `("body", "name")`; it may use the server's inner names."""
    metadata: dict[str, str]
    """Further facts by name."""


class FieldReport(_Record):
    """One field of a change as the three sides have it: `None` where it is not known, always for a secret, and where there is
    no value: then the side is in `absent`."""

    __module__ = "akua"

    field: str
    """The field."""
    base: str | None
    """Its value when the caller saw it."""
    ours: str | None
    """Its wanted value."""
    theirs: str | None
    """Its value in the version that was read last."""
    state: Literal["done", "free", "conflicting", "unseen"] | None
    """What the comparison says: theirs is ours already; theirs is the base, so ours can be written; a third value;
    nobody can read it. None if no other version was read."""
    absent: tuple[Literal["base", "ours", "theirs"], ...]
    """The sides that are known to have no value; of every other one that is None it is not known."""


class AkuaError(Exception):
    """Whatever ends a call of akua early. Its text tells the whole story; the same is there as data.

    >>> try:
    ...     client.clusters.update("clu_1", if_match="7", name="prod")
    ... except akua.AkuaError as error:
    ...     print(type(error).__name__, error.status, error.may_have_taken_effect)
    ConflictError 409 False
    """

    __module__ = "akua"

    kind: str = "invalid_input"
    """What went wrong, by the name that it has in every language, such as `timeout`; finer than the class where a write may
    have taken effect. `internal` is a mistake of this library."""
    effect: _Effect = "not_sent"
    """What is known about the effect of the call; of `Client.resolve`, about that of the token's write."""
    may_still_land: bool = False
    """Whether a write may land even now. False only if that is proven. Of any error of `Client.resolve` that is no end of the
    token's write, True: keep the token."""
    status: int | None = None
    """The HTTP status, if at least the head of an answer arrived."""
    request_id: str | None = None
    """The server's id for the request, as its support asks for it."""
    server_errors: tuple[ErrorDetail, ...] = ()
    """What the server said went wrong, in its words."""
    problems: tuple[Problem, ...] = ()
    """The fields that are wrong, in the input or in the answer."""
    current_etag: str | None = None
    """The etag that a refusal names as the resource's current one. Read the resource before writing with it."""
    seen_etag: str | None = None
    """The etag of the version that was read last, of an edit, of what starts an operation, or of a wait, if one was read."""
    retry_after: float | None = None
    """How many seconds the server asked to be left alone, if it did."""
    hint: str | None = None
    """What to do about it, if that is known."""
    end: str | None = None
    """How an edit ended: `conflict`, `rejected`, `ignored`, `not_sent`, `indeterminate`, or `applied` where its answer can't be
    read; how a wait did: `gone`, `superseded`, `deadline_passed`, `cancelled`, and of one for an operation `operation_failed`,
    `operation_cancelled`, `still_running`, `lost_track`. None of any other call, and of one that did
    not begin."""
    cause: str | None = None
    """What stood in the way of an edit, such as `answer_lost`, `deadline` or `cancelled`."""
    candidates: tuple[str, ...] = ()
    """Of a suspend, a delete or another call that starts an operation, and has none of its own: the ids of the operations of
    that kind that were listed, the newest first. Any may be this call's, and any somebody else's."""
    attempts: int = 0
    """How many requests the call sent; of an edit, how many writes."""
    requests: int = 0
    """How many requests the call sent, reads included."""
    story: str | None = None

    def __init_subclass__(cls, kind: str | None = None, effect: _Effect | None = None) -> None:
        told = {"kind": kind, "effect": effect, "__module__": "akua" if kind else None}
        for name, value in told.items():
            if value is not None:
                setattr(cls, name, value)

    def __init__(self, message: str = "", **facts: Any) -> None:
        super().__init__(message)
        self.__dict__.update(facts)

    @property
    def may_have_taken_effect(self) -> bool:
        """Whether the call may have changed something: false only if it is certain that it did not and will not."""
        return self.effect in ("unknown", "applied")

    @property
    def message(self) -> str:
        """The whole story in one text."""
        return self.args[0] if self.args else ""

    def __str__(self) -> str:
        return self.message

    def explain(self) -> str:
        """What happened and why, step by step where an edit took several. No secret is in it."""
        return self.story or self.message


_KEEP = "keep the resume token, and resolve it once this is mended"


def while_resolving(error: BaseException) -> BaseException:
    """The same exception, of a call that was to settle the write of a resume token. Where it is no end of that write, nothing
    new is known of it, whatever kept the call from finding out."""
    if isinstance(error, AkuaError) and error.story is None:
        error.effect, error.may_still_land, error.hint = "unknown", True, _KEEP
        if _KEEP not in error.message:
            what = "nothing new is known of the write that the resume token belongs to"
            error.args = (f"{error.message}; {what}: it may have taken effect, and it may still ({_KEEP})",)
    return error


class ValidationError(AkuaError, ValueError, kind="invalid_input"):
    """The input breaks a rule of the API. Nothing was sent. `problems` names the fields."""


class ConfigurationError(AkuaError, ValueError, kind="configuration"):
    """A setting is missing or can't be used. Nothing was sent, unless it is the ledger of a fleet that failed in the middle
    of a run: then `effect` and the message speak of the run."""


class AuthenticationError(AkuaError, kind="authentication", effect="not_applied"):
    """The token is refused (401), or the callback that makes tokens failed: see `__cause__`."""


class PermissionDeniedError(AkuaError, kind="permission_denied", effect="not_applied"):
    """The token may not do this (403)."""


class NotFoundError(AkuaError, kind="not_found", effect="not_applied"):
    """There is no such resource, or the token may not see it (404)."""


class _WithFacts(AkuaError):
    facts: tuple[FieldReport, ...] = ()
    """Every field of the change, as far as it is known."""
    resource: Any = None
    """The resource as it was read last; None if it was not."""

    @property
    def base(self) -> dict[str, str | None]:
        """The fields of the change with their values when the caller saw them."""
        return {fact.field: fact.base for fact in self.facts}

    @property
    def ours(self) -> dict[str, str | None]:
        """The fields of the change with their wanted values."""
        return {fact.field: fact.ours for fact in self.facts}

    @property
    def theirs(self) -> dict[str, str | None]:
        """The fields of the change with their values in the version that was read last."""
        return {fact.field: fact.theirs for fact in self.facts}

    def _repr_html_(self) -> str:
        from akua import _html

        return _html.error(self)


class ConflictError(_WithFacts, kind="conflict", effect="not_applied"):
    """Somebody else changed the resource first (409, 412). Nothing of this call took effect.

    From `update` it can mean any conflict that the server names: also a name already taken, or a reused key.
    """


class IndeterminateError(_WithFacts, kind="indeterminate", effect="unknown"):
    """Nobody could know whether the write took effect. It is no conflict: don't send it again blindly."""

    may_still_land = True
    resume_token: str = ""
    """With this `Client.resolve` can settle it later, also in another process or language. Empty after `update` and
    `Client.request`, which are one request: read the resource and compare."""


class RejectedError(_WithFacts, kind="rejected", effect="not_applied"):
    """The server refuses the request as it is (400, 422, any other 4xx).

    An edit ends with it too where the server has answered 200 and changed nothing: `status` is 200 then, and `facts` has
    the fields. A write that is answered with a 4xx that may come from something on the way (402, 407, 410, 451 and so on) may have
    taken effect: then it is an `IndeterminateError`."""


class RateLimitedError(AkuaError, kind="rate_limited", effect="not_applied"):
    """Too many requests (429). `retry_after` says how many seconds to wait, if the server does."""


class ServerError(AkuaError, kind="server", effect="not_applied"):
    """The server, or something in front of it, failed (408, 5xx) to answer a read."""


class TransportError(AkuaError, kind="transport"):
    """No answer: no connection, or it was lost; and where it was a write, nothing of it was sent."""


class TimeoutError(TransportError, builtins.TimeoutError, kind="timeout", effect="not_applied"):
    """No answer in time. A write that may have been sent is an `IndeterminateError` instead."""

    resource: Cluster | None = None
    """The version read last, where a cluster was waited for."""


class _OfOperation(AkuaError):
    operation_id: str | None = None
    """The id of the operation."""
    operation: Operation | None = None
    """The operation, as an answer showed it last; None if none did."""
    now: Cluster | Workspace | None = None
    """What it worked on, as it stands there now; None if that is not known or not found."""
    later: tuple[str, ...] = ()
    """The ids of the operations on the same resource that were started later, the newest first."""


class OperationFailedError(_OfOperation, kind="operation_failed", effect="not_applied"):
    """An operation was accepted and has failed. Some of what it was to do may have been done."""


class OperationCancelledError(_OfOperation, kind="operation_cancelled", effect="not_applied"):
    """An operation was accepted and then cancelled. Some of what it was to do may have been done."""

    asked_here: Literal["yes", "no", "unknown"] = "no"
    """Whether whoever waited had asked for that."""


class StillRunningError(_OfOperation, kind="still_running", effect="not_applied"):
    """A wait was over before its operation. Nothing is wrong with the operation: wait again, with `resume_token`."""

    blocked_on: str | None = None
    """The step that waits for a person, if one does."""
    resume_token: str = ""
    """With this it can be waited for again, also in another process or language; empty if it was waited for by its id."""


class LostTrackError(_OfOperation, kind="lost_track", effect="not_applied"):
    """An operation can't be read any more, or has ended in a way that this version does not know."""

    resume_token: str = ""
    """With this it can be waited for again, should it be readable again."""


class CancelledError(AkuaError, kind="cancelled", effect="not_applied"):
    """The call was ended early, by Ctrl-C or with its task; the cause of the exception that did."""

    resource: Any = None
    """The resource that an answer showed which arrived all the same, of `Client.request` that `Answer`; or None."""
    resume_token: str | None = None
    """Of a call that started an operation all the same, and of a wait: the token to wait for it; or None."""


class DecodeError(AkuaError, kind="decode", effect="not_applied"):
    """An answer that can't be read. If it was a write, `may_have_taken_effect` and `new_etag` tell that it landed."""

    new_etag: str | None = None
    """The etag of the version that the write has made."""
    proof: Literal["acknowledged", "observed"] | None = None
    """How it is known that an edit took effect."""
    adjusted: tuple[FieldReport, ...] = ()
    """The fields that the server has stored otherwise than they were wanted, as far as the answer can be read."""
    not_taken: tuple[FieldReport, ...] = ()
    """The fields that still show the value from before, as far as the answer can be read."""
