"""The options of calls, as types for `**options`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypedDict


class CallOptions(TypedDict, total=False):
    """The options of every call, in place of the client's."""

    timeout: float | None
    """The seconds that the whole call may take, pauses and repeated attempts included."""
    context: str | None
    """The workspace that the call is about, 1 to 53 characters. A workspace's own token needs none."""
    traceparent: str | None
    """Where the call stands in a trace of yours, sent with every request (W3C Trace Context)."""


class PolicyOptions(TypedDict, total=False):
    """How an edit behaves."""

    on_conflict: Literal["rebase", "fail"] | None
    """"rebase": apply the change to a newer version if the other change touched none of its fields. "fail": stop at any
    other change."""
    overwrite_unseen: bool
    """Writes what no answer shows, as `region_id` and `kubeconfig`, even after somebody else's change, which may have been
    to it: nobody can read it back."""
    max_attempts: int | None
    """How often one request may be sent in all. 4."""
    max_versions: int | None
    """How many versions the change may be tried on. 8."""
    settle_reserve: float | None
    """The seconds of the timeout that are kept for finding out what happened: a quarter of it at most. 5."""
    backoff: float | None
    """The longest first wait before a repeat, in seconds; it doubles with each one. 0.1."""
    backoff_limit: float | None
    """The longest wait before a repeat, in seconds. 5."""


class FleetOptions(PolicyOptions, CallOptions, total=False):
    """The options of the work on one item of a fleet."""


class EditOptions(PolicyOptions, CallOptions, total=False):
    """The options of an edit."""

    keep_resume_token: Callable[[str], object] | None
    """Called with a resume token before each write first goes out. If it raises, nothing of that write is sent, and what it
    raised is raised. Keep the token where a crash can't reach it. `AsyncClient` awaits what it returns, if that can be."""
