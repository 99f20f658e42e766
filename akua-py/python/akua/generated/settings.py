"""The settings of clients and calls, as types for `**options`.

Made by `make generate` from the table of settings, akua-http/src/settings/table.rs. Not edited by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypedDict


class CallOptions(TypedDict, total=False):
    """The options of every call, in place of the client's."""

    context: str | None
    """The workspace that calls are about, 1 to 53 code points. Only a token that is not a workspace's own needs it."""
    timeout: float | None
    """How long a whole call may take: everything from the name look-up to the last repeat, and for an edit also
    finding out what happened. 30 s unless set. In seconds.
    """
    traceparent: str | None
    """Where the call stands in the program's own trace (W3C Trace Context): sent with every request of it."""


class PolicyOptions(TypedDict, total=False):
    """How an edit behaves."""

    on_conflict: Literal["rebase", "fail"] | None
    """What an edit does about another writer. `rebase`, which is so unless set: it goes on with the new version if the
    other change touched none of its properties, else it stops and reports. `fail`: it stops and reports in any
    case.
    """
    overwrite_unseen: bool
    """Whether an edit writes a property that no answer shows, such as `region_id` or `kubeconfig`, even after somebody
    else's change, which may have been to that very one: nobody can read it back. Not unless set.
    """
    max_attempts: int | None
    """How often an edit may send one request in all. 4 unless set."""
    max_versions: int | None
    """On how many versions an edit may try its change. 8 unless set."""
    settle_reserve: float | None
    """How much of an edit's time is kept for finding out what happened: a quarter of the time at most. 5 s unless set.
    In seconds.
    """
    backoff: float | None
    """The longest first pause before an edit repeats a request; it doubles each time. 0.1 s unless set. In seconds."""
    backoff_limit: float | None
    """The longest pause before an edit repeats a request. 5 s unless set. In seconds."""


class Contract(TypedDict, total=False):
    """What the server guarantees, where its operator has said so."""

    etag_never_repeats: bool
    """An etag does not come back once the resource has moved on. True unless set. Claim this and what follows only if
    the operator of the server has said so: claimed falsely, edits draw conclusions that are not true.
    """
    key_checked_before_if_match: bool
    """The server looks the idempotency key up, compares `if-match` and writes in one step. False unless set."""
    key_retention: float | None
    """How long the server remembers an idempotency key from its first sending. 0 s unless set. In seconds."""
    clock_skew: float | None
    """How far apart the times of day may be of machines that hand resume tokens to each other. It is added to the age
    of a key that only the time of day tells. 30 s unless set. In seconds.
    """
    stores_rejections_per_key: bool
    """The server remembers a refusal under its idempotency key too. False unless set."""
    reads_linearizable: bool
    """A read never shows an older version than the one current when it began. False unless set."""
    etag_covers_write_only: bool
    """A change of a property that no answer shows moves the etag too. False unless set."""
    hidden_retries: bool
    """Something on the way may repeat a request by itself. False unless set, or for plain `http` through a proxy."""
    answers_show_written_version: bool
    """A 200 to a write shows the version that this very write left behind, never an older one; then one that shows the
    old version proves that nothing was written. True unless set.
    """
    conflicts_name_current_etag: bool
    """An etag that a 409 names as current is that of this resource, at the moment of the refusal. False unless set: it
    is a hint then, which a read has to confirm.
    """
    accept_moves_etag: bool
    """That a suspend, a resume or a delete is accepted moves the etag at once, so that a second copy of it is refused.
    True unless set. Were that wrong, a repeat could be accepted once more, on the very version that the caller saw.
    """
    action_keys_replay: float | None
    """How long a repeat of a suspend, a resume or a delete under the same key is answered with the operation that the
    first one started. 0 s unless set. In seconds.
    """
    not_found_means_gone: bool
    """A 404 to credentials that have shown the resource before says that it is gone. True unless set."""
    ids_never_reused: bool
    """What is gone does not come back under its id. True unless set."""
    completed_is_final: bool
    """An operation that is shown as `done` never changes again. True unless set."""
    operation_kept: float | None
    """How long an operation can be read after it was started: a 404 before that came too early. 0 s unless set. In
    seconds.
    """
    create_keys_replay: float | None
    """How long a repeat of a create under the same key is answered with what the first one started, for the creates of
    which that is documented: that of a cluster. 60 s unless set; with 0 s a lost answer is never settled by sending
    it again. Claimed for longer than it holds, two could be made. In seconds.
    """


class ClientOptions(TypedDict, total=False):
    """What `Client` is told. What is left out or `None` is as it is unless set."""

    use_env: bool
    """Whether what is not set is taken from the environment, which is read when the client is made: `AKUA_API_URL`,
    `AKUA_API_TOKEN` (else the token of `~/.config/akua/config.json`), `AKUA_CONTEXT` and the usual proxy variables.
    In Python unless set to false; elsewhere only if set.
    """
    base_url: str | None
    """Where the service is: `https://api.akua.dev` unless set. Plain `http` is accepted for this machine only."""
    token: str | Callable[[], str] | None
    """The token, exactly as it was issued. It is never shown, and wiped from memory with what holds it. Or a callable
    that returns one: it is asked before the first call, and once more when the service answers 401. It runs on the
    thread of a call, and is no `async def`.
    """
    context: str | None
    """The workspace that calls are about, 1 to 53 code points. Only a token that is not a workspace's own needs it."""
    timeout: float | None
    """How long a whole call may take: everything from the name look-up to the last repeat, and for an edit also
    finding out what happened. 30 s unless set. In seconds.
    """
    connect_timeout: float | None
    """The longest that opening a connection may take: name look-up, TCP, proxy and TLS together. 10 s unless set. In
    seconds.
    """
    read_timeout: float | None
    """The longest silence of the server while something is awaited from it. 30 s unless set. In seconds."""
    max_response_bytes: int | None
    """The largest body of an answer, in bytes. 4 MiB unless set."""
    user_agent_suffix: str | None
    """Added to `akua/<version>` in the `user-agent` header: 1 to 200 printable ASCII characters."""
    extra_root_certificates: str | bytes | None
    """Certificate authorities in PEM that are trusted too, besides the system's own. What is set later is added to it."""
    client_certificate: tuple[str | bytes, str | bytes] | None
    """Who the client is, for servers that ask for a certificate: the chain up to (not including) the root, in PEM. The
    key belongs to it. Chain and key, as a pair.
    """
    proxy: str | None
    """The HTTP proxy through which all connections are tunnelled, `http://[user:password@]host[:port]`, whatever the
    environment says. `None` for none.
    """
    allow_insecure_http: bool
    """Accepts plain `http` for every host: the token and all data then cross the network readable and changeable by
    anybody on the way. Not unless set.
    """
    retry_attempts: int | None
    """How many requests one read may send in all: 4 unless set. A write is never repeated by this."""
    retry_base: float | None
    """The longest first pause before a read is repeated. 0.2 s unless set. In seconds."""
    retry_cap: float | None
    """The longest pause before a read is repeated. 5 s unless set. In seconds."""
    retry_budget: int | None
    """How many repeats of requests all threads of a client may have on credit; every ten answers give one back. 50
    unless set.
    """
    contract: Contract | Mapping[str, bool | float] | None
    """What the server guarantees, where that differs from its documentation: see `Contract`, and the guide to `edit`."""


class FleetOptions(PolicyOptions, CallOptions, total=False):
    """The options of the work on one item of a fleet."""


class EditOptions(PolicyOptions, CallOptions, total=False):
    """The options of an edit."""

    keep_resume_token: Callable[[str], object] | None
    """Called with a resume token before each write first goes out. If it raises, nothing of that write is sent, and what it
    raised is raised. Keep the token where a crash can't reach it. `AsyncClient` awaits what it returns, if that can be.
    """


class LaunchOptions(CallOptions, total=False):
    """The options of a suspend, a resume, a delete and of whatever else starts an operation."""

    max_attempts: int | None
    """How often an edit may send one request in all. 4 unless set."""
    settle_reserve: float | None
    """How much of an edit's time is kept for finding out what happened: a quarter of the time at most. 5 s unless set.
    In seconds.
    """
    backoff: float | None
    """The longest first pause before an edit repeats a request; it doubles each time. 0.1 s unless set. In seconds."""
    backoff_limit: float | None
    """The longest pause before an edit repeats a request. 5 s unless set. In seconds."""
    keep_resume_token: Callable[[str], object] | None
    """Called with a resume token before the write first goes out. If it raises, nothing is sent, and what it raised is raised.
    Called once more with the token of the operation that was started, which from then on is kept in the place of the first:
    what it raises then goes to `sys.unraisablehook`, of `AsyncClient` to the event loop's handler of exceptions, as the write
    has been accepted and that token is in the result as well. `AsyncClient` awaits what it returns, if that can be.
    """


class WaitOptions(TypedDict, total=False):
    """The options of a wait for an operation, beside its own arguments."""

    context: str | None
    """The workspace that calls are about, 1 to 53 code points. Only a token that is not a workspace's own needs it."""
    traceparent: str | None
    """Where the call stands in the program's own trace (W3C Trace Context): sent with every request of it."""
