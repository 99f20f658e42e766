"""What started an operation, and what became of one."""

from __future__ import annotations

from akua._errors import CancelledError, _Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any, ClassVar, Literal

    from typing_extensions import Self

    from akua.generated.kinds import Cluster, Operation, WorkerBootstrap, Workspace


class _Told(_Record):
    kind: Literal[
        "suspend_cluster",
        "resume_cluster",
        "delete_cluster",
        "delete_workspace",
        "refresh_capabilities",
        "cancel_operation",
        "create_cluster",
        "import_cluster",
        "create_workspace",
        "create_worker_bootstrap",
        "revoke_worker_bootstrap",
    ]
    """What was to be done."""
    id: str | None
    """The id of what it was done to, or of what it has made. None of a create that has started an operation: that tells it, once
    it has succeeded."""
    name: str | None
    """What the new one is called; None of everything but a create."""
    end: Literal["applied", "unchanged"]
    """Applied: it was accepted, or is so now. Unchanged: it was so without this call, and nothing of it was accepted."""
    proof: Literal["acknowledged", "observed"] | None
    """How it is known: "acknowledged" by an answer, "observed" in a later read, by whosever doing; None if unchanged."""
    operation: str | None
    """The id of the operation that was started; None without one of its own."""
    token: str | None
    """The token of that operation, to wait for it, also in another process; None without one."""
    seen_etag: str | None
    """The etag of the version in which it was seen to be so, where it was."""
    candidates: tuple[str, ...]
    """Where there is no operation of its own: those of that kind that were listed, the newest first. Any may be somebody
    else's. Of a create, the ids of those that are called so; of what has no name, of those that were not listed before."""
    attempts: int
    """How many times it was sent."""
    requests: int
    """How many requests were sent, reads included."""
    story: str
    """What `explain` tells."""
    made: Cluster | WorkerBootstrap | Workspace | None = None
    """What an import, or the making of a workspace or of a worker bootstrap, was answered with; None of every other call, and where
    something in it could not be read. Of a bootstrap only this has its secrets: one that was pickled is without them."""

    # What waits for the operation; one that was pickled is without it.
    _calls: ClassVar[Any] = None

    @property
    def changed(self) -> bool:
        """Whether it is applied."""
        return self.end == "applied"

    def explain(self) -> str:
        """What happened and why, step by step, for a person. No secret is in it."""
        return self.story

    def _waits(self):
        if self._calls is None:
            way_out = "wait for it with `client.operations.wait(launched.token)`"
            raise RuntimeError(f"this was brought here without its client: nothing was sent ({way_out})")
        return self._calls

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self

    def __repr__(self) -> str:
        shown = ("kind", "name" if self.id is None else "id", "end", "proof", "operation")
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    def _repr_html_(self) -> str:
        from akua import _html

        return _html.launched(self)


class Launched(_Told):
    """A suspend, a delete or another call that starts an operation, after which what was wanted is accepted or already so; or
    a call that makes something, which was made.

    What becomes of the operation is another question: `wait` for it.
    """

    __module__ = "akua"

    def wait(
        self,
        *,
        timeout: float | None = 1800.0,
        on_progress: Callable[[Operation], object] | None = None,
        stop_when_blocked: bool = True,
    ) -> Waited | None:
        """Waits until the operation has ended. See `Operations.wait`; None if there is no operation of its own, as nothing was
        to be done any more, or it is done already. One that was pickled has no client: wait for its `token`."""
        calls = self._waits()
        if self.token is None:
            return None
        return calls.wait(self.token, timeout=timeout, on_progress=on_progress, stop_when_blocked=stop_when_blocked)


class AsyncLaunched(_Told):
    """`Launched`, of an asynchronous client."""

    __module__ = "akua"

    async def wait(
        self,
        *,
        timeout: float | None = 1800.0,
        on_progress: Callable[[Operation], object | Awaitable[object]] | None = None,
        stop_when_blocked: bool = True,
    ) -> Waited | None:
        """Waits until the operation has ended. See `Launched.wait`."""
        calls = self._waits()
        if self.token is None:
            return None
        return await calls.wait(self.token, timeout=timeout, on_progress=on_progress, stop_when_blocked=stop_when_blocked)


class Waited(_Record):
    """An operation that has done what it was to do, and beside it what stands there now: neither is concluded from the other."""

    __module__ = "akua"

    operation: Operation
    """The operation, as the answer that showed its end had it."""
    now: Cluster | Workspace | None
    """What it worked on, read after its end; None if that is not known or not found: `message` tells which."""
    later: tuple[str, ...]
    """The ids of the operations on the same resource that were started later, the newest first. The list may lag behind."""
    end: Literal["succeeded"]
    """What became of it: every other end is an exception."""
    requests: int
    """How many requests were sent."""
    message: str
    """All of it in one line, for a person."""

    def _repr_html_(self) -> str:
        from akua import _html

        return _html.waited(self)


def launched(facts, calls, made):
    """A launch with what waits for its operation, and with what it has made."""
    return attached(Launched, (*facts, made), calls)


def attached(kind, facts, calls):
    made = kind(*facts)
    made.__dict__["_calls"] = calls
    return made


def came(what):
    """What an interrupt could not stop any more, of a launch or the operation that it was answered with; None if that is
    nothing."""
    from akua._akua import printable

    if isinstance(what, _Told):
        if not what.changed:
            return None
        facts = {"resume_token": what.token} if what.token else {}
        facts |= {"resource": what.made} if what.made is not None else {}
        said = what.story.partition("\n")[0]
    else:
        facts = {"resource": what}
        said = f"operation {printable(what.id)} was started"
    return CancelledError(f"the call was interrupted, but it was accepted before: {said}", effect="applied", **facts)
