"""The exceptions, and the small records in them. Their public names are those of `akua`."""

import builtins
from typing import Any, Literal

from akua._akua import Cluster

class _Record:
    __match_args__: tuple[str, ...]
    def __init__(self, *values: Any, **named: Any) -> None: ...
    def __setattr__(self, name: str, value: object) -> None: ...
    def __delattr__(self, name: str) -> None: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[type[_Record], tuple[Any, ...]]: ...

class Problem(_Record):
    """A field that is wrong, in the input or in an answer, and what is wrong with it. Never the value."""

    def __init__(self, field: str, message: str) -> None: ...
    @property
    def field(self) -> str:
        """The field, such as `name`, `if-match` or `data[3].state`."""
    @property
    def message(self) -> str:
        """What is wrong and what would be right."""

class ErrorDetail(_Record):
    """One error in a server's answer, in the server's words."""

    def __init__(
        self, code: int | str | None, message: str, path: tuple[str, ...], metadata: dict[str, str]
    ) -> None: ...
    @property
    def code(self) -> int | str | None:
        """The server's code. Decisions go by `AkuaError.status`, never by this."""
    @property
    def message(self) -> str:
        """The server's message; empty if it gave none."""
    @property
    def path(self) -> tuple[str, ...]:
        """Where in the request, such as `("body", "name")`; it may use the server's inner names."""
    @property
    def metadata(self) -> dict[str, str]:
        """Further facts by name."""

class FieldReport(_Record):
    """One field of a change as the three sides have it: `None` where it is not known, and always for a secret."""

    def __init__(
        self,
        field: str,
        base: str | None,
        ours: str | None,
        theirs: str | None,
        state: Literal["done", "free", "conflicting", "unseen"] | None,
    ) -> None: ...
    @property
    def field(self) -> str:
        """The field."""
    @property
    def base(self) -> str | None:
        """Its value when the caller saw it."""
    @property
    def ours(self) -> str | None:
        """Its wanted value."""
    @property
    def theirs(self) -> str | None:
        """Its value in the version that was read last."""
    @property
    def state(self) -> Literal["done", "free", "conflicting", "unseen"] | None:
        """What the comparison says: theirs is ours already; theirs is the base, so ours can be written; a third value;
        nobody can read it. None if no other version was read."""

class AkuaError(Exception):
    """Whatever ends a call of akua early. Its text tells the whole story; the same is there as data.

    >>> try:
    ...     client.clusters.update("clu_1", if_match="7", name="prod")
    ... except akua.AkuaError as error:
    ...     print(type(error).__name__, error.status, error.may_have_taken_effect)
    ConflictError 409 False
    """

    kind: str
    """What went wrong, by the name that it has in every language, such as `timeout`; finer than the class where a write may
    have taken effect. `internal` is a mistake of this library."""
    effect: Literal["not_sent", "not_applied", "unknown", "applied"]
    """What is known about the effect of the call; of `Client.resolve`, about that of the token's write."""
    may_still_land: bool
    """Whether a write may land even now. False only if that is proven. Of any error of `Client.resolve` that is no end of the
    token's write, True: keep the token."""
    status: int | None
    """The HTTP status, if at least the head of an answer arrived."""
    request_id: str | None
    """The server's id for the request, as its support asks for it."""
    server_errors: tuple[ErrorDetail, ...]
    """What the server said went wrong, in its words."""
    problems: tuple[Problem, ...]
    """The fields that are wrong, in the input or in the answer."""
    current_etag: str | None
    """The etag that a refusal names as the resource's current one. Read the resource before writing with it."""
    retry_after: float | None
    """How many seconds the server asked to be left alone, if it did."""
    hint: str | None
    """What to do about it, if that is known."""
    end: str | None
    """How an edit ended: `conflict`, `rejected`, `ignored`, `not_sent`, `indeterminate`, or `applied` where its answer can't be
    read; how a wait did: `gone`, `superseded`, `deadline_passed`, `cancelled`. None of any other call, and of one that did
    not begin."""
    cause: str | None
    """What stood in the way of an edit, such as `answer_lost`, `deadline` or `cancelled`."""
    attempts: int
    """How many requests the call sent; of an edit, how many writes."""
    requests: int
    """How many requests the call sent, reads included."""
    story: str | None
    def __init__(self, message: str = "", **facts: Any) -> None: ...
    @property
    def may_have_taken_effect(self) -> bool:
        """Whether the call may have changed something: false only if it is certain that it did not and will not."""
    @property
    def message(self) -> str:
        """The whole story in one text."""
    def explain(self) -> str:
        """What happened and why, step by step where an edit took several. No secret is in it."""

def while_resolving(error: BaseException) -> BaseException:
    """The same exception, of a call that was to settle the write of a resume token: it keeps what is known of that write."""

class ValidationError(AkuaError, ValueError):
    """The input breaks a rule of the API. Nothing was sent. `problems` names the fields."""

class ConfigurationError(AkuaError, ValueError):
    """A setting is missing or can't be used. Nothing was sent, unless it is the ledger of a fleet that failed in the middle
    of a run: then `effect` and the message speak of the run."""

class AuthenticationError(AkuaError):
    """The token is refused (401), or the callback that makes tokens failed: see `__cause__`."""

class PermissionDeniedError(AkuaError):
    """The token may not do this (403)."""

class NotFoundError(AkuaError):
    """There is no such resource, or the token may not see it (404)."""

class _WithFacts(AkuaError):
    facts: tuple[FieldReport, ...]
    """Every field of the change, as far as it is known."""
    resource: Any
    """The `Cluster` or `Workspace` as it was read last; None if it was not."""
    @property
    def base(self) -> dict[str, str | None]:
        """The fields of the change with their values when the caller saw them."""
    @property
    def ours(self) -> dict[str, str | None]:
        """The fields of the change with their wanted values."""
    @property
    def theirs(self) -> dict[str, str | None]:
        """The fields of the change with their values in the version that was read last."""
    def _repr_html_(self) -> str: ...

class ConflictError(_WithFacts):
    """Somebody else changed the resource first (409, 412). Nothing of this call took effect.

    From `update` it can mean any conflict that the server names: also a name already taken, or a reused key.
    """

class IndeterminateError(_WithFacts):
    """Nobody could know whether the write took effect. It is no conflict: don't send it again blindly."""

    resume_token: str
    """With this `Client.resolve` can settle it later, also in another process or language. Empty after `update`, which
    is one request: read the resource and compare."""

class RejectedError(_WithFacts):
    """The server refuses the request as it is (400, 422, any other 4xx).

    An edit ends with it too where the server has answered 200 and changed nothing: `status` is 200 then, and `facts` has
    the fields. A write that is answered with a 4xx that may come from something on the way (402, 407, 410, 451 and so on) may have
    taken effect: then it is an `IndeterminateError`."""

class RateLimitedError(AkuaError):
    """Too many requests (429). `retry_after` says how many seconds to wait, if the server does."""

class ServerError(AkuaError):
    """The server, or something in front of it, failed (408, 5xx) to answer a read."""

class TransportError(AkuaError):
    """No answer: no connection, or it was lost; and where it was a write, nothing of it was sent."""

class TimeoutError(TransportError, builtins.TimeoutError):
    """No answer in time. A write that may have been sent is an `IndeterminateError` instead."""

    resource: Cluster | None
    """The version read last, where a cluster was waited for."""

class CancelledError(AkuaError):
    """The call was ended early, by Ctrl-C or with its task: the cause of the exception that did."""

    resource: Any
    """The `Cluster` or `Workspace` that an answer showed which arrived all the same; or None."""

class DecodeError(AkuaError):
    """An answer that can't be read. If it was a write, `may_have_taken_effect` and `new_etag` tell that it landed."""

    new_etag: str | None
    """The etag of the version that the write has made."""
    proof: Literal["acknowledged", "observed"] | None
    """How it is known that an edit took effect."""
    adjusted: tuple[FieldReport, ...]
    """The fields that the server has stored otherwise than they were wanted, as far as the answer can be read."""
    not_taken: tuple[FieldReport, ...]
    """The fields that still show the value from before, as far as the answer can be read."""
