"""The exceptions, and the small records in them.

Each says what happened, what the server said, and whether the request may have taken effect. They are made by the part
that is written in Rust, and are plain Python: picklable, and free to be caught by the built-in classes they stand for.
"""

import builtins


class _Record:
    """An immutable record with named fields."""

    __slots__ = ()
    __match_args__ = ()

    def __init__(self, *values, **named):
        names = self.__match_args__
        if len(values) > len(names):
            raise TypeError(f"{type(self).__name__} takes {len(names)} values, not {len(values)}")
        given = dict(zip(names, values))
        for name, value in named.items():
            if name not in names or name in given:
                raise TypeError(f"{type(self).__name__}: unexpected {name!r}")
            given[name] = value
        for name in names:
            if name not in given:
                raise TypeError(f"{type(self).__name__}: {name!r} is missing")
            object.__setattr__(self, name, given[name])

    def __setattr__(self, name, value):
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __delattr__(self, name):
        raise AttributeError(f"{type(self).__name__} is immutable")

    def _values(self):
        return tuple(getattr(self, name) for name in self.__match_args__)

    def __eq__(self, other):
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self):
        return hash((type(self), repr(self)))

    def __repr__(self):
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__name__}({fields})"

    def __reduce__(self):
        return type(self), self._values()


class Problem(_Record):
    """A field that is wrong, in the input or in an answer, and what is wrong with it. Never the value."""

    __slots__ = __match_args__ = ("field", "message")
    __module__ = "akua"


class ErrorDetail(_Record):
    """One error in a server's answer, in the server's words."""

    __slots__ = __match_args__ = ("code", "message", "path", "metadata")
    __module__ = "akua"


class FieldReport(_Record):
    """One field of a change as the three sides have it: `None` where it is not known, and always for a secret."""

    __slots__ = __match_args__ = ("field", "base", "ours", "theirs", "state")
    __module__ = "akua"


class AkuaError(Exception):
    """Whatever ends a call of akua early."""

    __module__ = "akua"

    kind = "invalid_input"
    effect = "not_sent"
    may_still_land = False
    status = None
    request_id = None
    server_errors = ()
    problems = ()
    current_etag = None
    retry_after = None
    hint = None
    end = None
    cause = None
    attempts = 0
    requests = 0
    story = None

    def __init__(self, message="", **facts):
        super().__init__(message)
        self.__dict__.update(facts)

    @property
    def may_have_taken_effect(self):
        """Whether the call may have changed something: false only if it is certain that it did not and will not."""
        return self.effect in ("unknown", "applied")

    @property
    def message(self):
        """The whole story in one text."""
        return self.args[0] if self.args else ""

    def __str__(self):
        return self.message

    def explain(self):
        """What happened and why, step by step where an edit took several."""
        return self.story or self.message


_KEEP = "keep the resume token, and resolve it once this is mended"


def while_resolving(error):
    """The same exception, of a call that was to settle the write of a resume token. Where it is no end of that write, nothing
    new is known of it, whatever kept the call from finding out."""
    if isinstance(error, AkuaError) and error.story is None:
        error.effect, error.may_still_land, error.hint = "unknown", True, _KEEP
        if _KEEP not in error.message:
            what = "nothing new is known of the write that the resume token belongs to"
            error.args = (f"{error.message}; {what}: it may have taken effect, and it may still ({_KEEP})",)
    return error


class ValidationError(AkuaError, ValueError):
    """The input breaks a rule of the API. Nothing was sent. `problems` names the fields."""

    __module__ = "akua"


class ConfigurationError(AkuaError, ValueError):
    """A setting is missing or can't be used. Nothing was sent, unless it is the ledger of a fleet that failed in the middle
    of a run: then `effect` and the message speak of the run."""

    __module__ = "akua"

    kind = "configuration"


class AuthenticationError(AkuaError):
    """The token is refused (401), or the callback that makes tokens failed: see `__cause__`."""

    __module__ = "akua"

    kind = "authentication"
    effect = "not_applied"


class PermissionDeniedError(AkuaError):
    """The token may not do this (403)."""

    __module__ = "akua"

    kind = "permission_denied"
    effect = "not_applied"


class NotFoundError(AkuaError):
    """There is no such resource, or the token may not see it (404)."""

    __module__ = "akua"

    kind = "not_found"
    effect = "not_applied"


class _WithFacts(AkuaError):
    facts = ()
    resource = None

    @property
    def base(self):
        """The fields of the change with their values when the caller saw them."""
        return {fact.field: fact.base for fact in self.facts}

    @property
    def ours(self):
        """The fields of the change with their wanted values."""
        return {fact.field: fact.ours for fact in self.facts}

    @property
    def theirs(self):
        """The fields of the change with their values in the version that was read last."""
        return {fact.field: fact.theirs for fact in self.facts}

    def _repr_html_(self):
        from akua import _html

        return _html.error(self)


class ConflictError(_WithFacts):
    """Somebody else changed the resource first (409, 412). Nothing of this call took effect."""

    __module__ = "akua"

    kind = "conflict"
    effect = "not_applied"


class IndeterminateError(_WithFacts):
    """Nobody could know whether the write took effect. It is no conflict: don't send it again blindly."""

    __module__ = "akua"

    kind = "indeterminate"
    effect = "unknown"
    may_still_land = True
    resume_token = ""


class RejectedError(_WithFacts):
    """The server refuses the request as it is (400, 422, any other 4xx).

    An edit ends with it too where the server has answered 200 and changed nothing: `status` is 200 then, and `facts` has
    the fields. A write that is answered with a 4xx that may come from something on the way (402, 407, 410, 451 and so on) may have
    taken effect: then it is an `IndeterminateError`."""

    __module__ = "akua"

    kind = "rejected"
    effect = "not_applied"


class RateLimitedError(AkuaError):
    """Too many requests (429). `retry_after` says how many seconds to wait, if the server does."""

    __module__ = "akua"

    kind = "rate_limited"
    effect = "not_applied"


class ServerError(AkuaError):
    """The server, or something in front of it, failed (408, 5xx) to answer a read."""

    __module__ = "akua"

    kind = "server"
    effect = "not_applied"


class TransportError(AkuaError):
    """No answer: no connection, or it was lost; and where it was a write, nothing of it was sent."""

    __module__ = "akua"

    kind = "transport"


class TimeoutError(TransportError, builtins.TimeoutError):
    """No answer in time. A write that may have been sent is an `IndeterminateError` instead."""

    __module__ = "akua"

    kind = "timeout"
    effect = "not_applied"
    resource = None


class CancelledError(AkuaError):
    """The call was ended early, by Ctrl-C or with its task; the cause of the exception that did."""

    __module__ = "akua"

    kind = "cancelled"
    effect = "not_applied"
    resource = None


class DecodeError(AkuaError):
    """An answer that can't be read. If it was a write, `may_have_taken_effect` and `new_etag` tell that it landed."""

    __module__ = "akua"

    kind = "decode"
    effect = "not_applied"
    new_etag = None
    proof = None
    adjusted = ()
    not_taken = ()
