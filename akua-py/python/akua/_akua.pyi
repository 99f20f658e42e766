"""The part of akua that is written in Rust. Its public names are those of `akua`."""

from collections.abc import Callable, Iterator, Mapping
from os import PathLike
from pathlib import Path
from types import GenericAlias
from typing import Any, Generic, Literal, SupportsFloat, SupportsIndex, TypedDict, TypeVar, final, overload

from typing_extensions import Self, Unpack, disjoint_base

from akua._errors import FieldReport
from akua.fleet._records import Counts
from akua.generated.settings import CallOptions
from akua.generated.fields import ResolveOptions
from akua.generated.kinds import (
    Cluster as Cluster,
    Clusters as Clusters,
    Workspace as Workspace,
    WorkspacePlan as WorkspacePlan,
    Workspaces as Workspaces,
    _Answered,
    _ClientCalls,
)

__all__ = [
    "Cancel",
    "Client",
    "Cluster",
    "Clusters",
    "EditResult",
    "EditSteps",
    "Fleet",
    "FleetDispatcher",
    "FleetReport",
    "FleetRun",
    "Page",
    "Pages",
    "ResourceList",
    "Simulator",
    "UNOPTIMISED",
    "Workspace",
    "WorkspacePlan",
    "Workspaces",
    "__version__",
    "at_exit",
    "cancellable",
    "fork_in_child",
    "printable",
    "rate",
    "steps_of",
    "whole",
]

__version__: str
"""The version of this library, such as `0.1.0`."""

UNOPTIMISED: bool
"""Whether this build is one without optimisation."""

_R = TypeVar("_R", bound=_Answered)
_T = TypeVar("_T")

class _Contract(TypedDict, total=False):
    etag_never_repeats: bool
    key_checked_before_if_match: bool
    key_retention: float
    clock_skew: float
    stores_rejections_per_key: bool
    reads_linearizable: bool
    etag_covers_write_only: bool
    hidden_retries: bool
    answers_show_written_version: bool
    conflicts_name_current_etag: bool

class _ClientOptions(TypedDict, total=False):
    base_url: str | None
    token: str | Callable[[], str] | None
    context: str | None
    timeout: float | None
    connect_timeout: float | None
    read_timeout: float | None
    max_response_bytes: int | None
    user_agent_suffix: str | None
    extra_root_certificates: str | bytes | None
    client_certificate: tuple[str | bytes, str | bytes] | None
    proxy: str | None
    allow_insecure_http: bool
    retry_attempts: int | None
    retry_base: float | None
    retry_cap: float | None
    retry_budget: int | None
    contract: _Contract | Mapping[str, bool | float] | None
    use_env: bool

@final
class Client(_ClientCalls):
    """A client of one Akua service with one token.

    It may be used from many threads at a time, and after a fork. Every call blocks until it has ended, at the latest
    at its deadline; other threads run meanwhile. Ctrl-C ends it within 100 ms.

        >>> with akua.Client(base_url=sim.url, token=sim.token, timeout=5) as client:
        ...     client.clusters.get("clu_1").name
        'cluster 1'
    """

    def __new__(
        cls,
        *,
        base_url: str | None = None,
        token: str | Callable[[], str] | None = None,
        context: str | None = None,
        timeout: float | None = None,
        connect_timeout: float | None = None,
        read_timeout: float | None = None,
        max_response_bytes: int | None = None,
        user_agent_suffix: str | None = None,
        extra_root_certificates: str | bytes | None = None,
        client_certificate: tuple[str | bytes, str | bytes] | None = None,
        proxy: str | None = "environment",
        allow_insecure_http: bool = False,
        retry_attempts: int | None = None,
        retry_base: float | None = None,
        retry_cap: float | None = None,
        retry_budget: int | None = None,
        contract: _Contract | Mapping[str, bool | float] | None = None,
        use_env: bool = True,
    ) -> Client:
        """Sets a client up. Nothing is sent yet.

        What is not given is taken from the environment (`AKUA_API_URL`, `AKUA_API_TOKEN`, `AKUA_CONTEXT`, the usual
        variables for proxies) and, for the token, from `~/.config/akua/config.json`; not with `use_env=False`.

        Args:
            base_url: Where the service is. `https://api.akua.dev` unless set. Plain `http` for this machine only.
            token: The token as it was issued, or a callable that returns one: it is asked before the first call, and
                once more when the service answers 401. It runs on the thread of a call, and is no `async def`.
            context: The workspace that all calls are about, 1 to 53 characters. A workspace's own token needs none.
            timeout: The seconds that a whole call may take, pauses and repeated attempts included. 30.
            connect_timeout: The seconds that opening a connection may take. 10.
            read_timeout: The longest silence of the server, in seconds. 30.
            max_response_bytes: The largest answer. 4 MiB.
            user_agent_suffix: Added to the `user-agent` header: 1 to 200 printable ASCII characters.
            extra_root_certificates: Certificate authorities to trust besides the system's own, in PEM.
            client_certificate: Certificate chain and private key in PEM, for servers that ask for them.
            proxy: The HTTP proxy, `http://[user:password@]host[:port]`; `None` for none, whatever the environment says.
            allow_insecure_http: Accepts plain `http` for every host: token and data can then be read on the way.
            retry_attempts: How many requests one read may send in all. 4.
            retry_base: The longest first pause before a repeated read, in seconds. 0.2.
            retry_cap: The longest pause of all, in seconds. 5.
            retry_budget: How many repeats all threads of this client have on credit. 50.
            contract: What the server guarantees, where its operator has said so: switches that differ from the
                documents. See the guide to `edit`.
            use_env: Whether the environment and the file are looked at.

        Raises:
            ConfigurationError: A setting is missing or can't be used.
            ValidationError: A value is out of its limits.
        """

    @property
    def base_url(self) -> str:
        """Where the service is."""

    def with_options(self, **options: Unpack[CallOptions]) -> Client:
        """A copy with other options for its calls. It shares the connections, the token, and the end of this one.

            >>> patient = client.with_options(timeout=120)

        Args:
            **options: Those of every call: see `CallOptions`.

        Raises:
            ValidationError: A value is out of its limits.
        """

    def resolve(
        self, resume_token: str, /, *, mode: Literal["finish", "look"] = "finish", **options: Unpack[ResolveOptions]
    ) -> EditResult[Any]:
        """Settles a write of which nobody knew the end, from its resume token, also in another process.

            >>> def settle(error: akua.IndeterminateError) -> bool:
            ...     return client.resolve(error.resume_token).changed

        Args:
            resume_token: From `IndeterminateError.resume_token`, or from the hook `keep_resume_token`.
            mode: "finish" may land the write now; "look" only reads.
            **options: The secrets that were written, if any: `kubeconfig`. The token holds only their hashes. And the options
                of an edit: the context has to be the same as then.

        Raises:
            IndeterminateError: It still is not known.
            ValidationError: The token is damaged, or for another service, context or secret. Nothing was sent, and
                nothing new is known of its write: `effect` is "unknown", `may_still_land` is True. Keep the token.
            AkuaError: As for `Clusters.edit`.
        """

    def _time(self, timeout: float | None = None, /) -> float: ...
    def close(self) -> None:
        """Closes the idle connections, and lets no further call begin: it raises `RuntimeError` then."""

    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any) -> Self: ...
    def __reduce__(self) -> tuple[Callable[[dict[str, Any]], Client], tuple[dict[str, Any]]]: ...
    def __enter__(self) -> Client: ...
    def __exit__(self, *_exception: object) -> None: ...

@final
class EditResult(Generic[_R]):
    """An edit after which the change is in effect: every wanted value, but for what `adjusted` and `not_taken` list."""

    @property
    def resource(self) -> _R:
        """The resource, as it is with the change in it."""
    @property
    def changed(self) -> bool:
        """True: the change is in effect, by this edit's write or, with the proof "observed", perhaps by somebody else's of
        the same values. False: everything already was as wanted, and nothing of this edit took effect."""
    @property
    def proof(self) -> Literal["acknowledged", "observed"] | None:
        """How it is known: by the answer to the write, or by a later read; None if unchanged."""
    @property
    def adjusted(self) -> tuple[FieldReport, ...]:
        """The fields that the server has stored otherwise than they were wanted, such as trimmed: `theirs` is what they
        show."""
    @property
    def not_taken(self) -> tuple[FieldReport, ...]:
        """The fields that still show the value from before, though the write was carried out."""
    @property
    def attempts(self) -> int:
        """How many times a write was sent."""
    @property
    def requests(self) -> int:
        """How many requests were sent, reads included."""
    def explain(self) -> str:
        """What happened and why, step by step, for a person. No secret is in it."""
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    @classmethod
    def __class_getitem__(cls, item: Any) -> GenericAlias: ...
    def _repr_html_(self) -> str: ...

@final
class ResourceList(Generic[_R]):
    """A list, read page by page as the iteration gets there. It can be gone through once."""

    def pages(self) -> Pages[_R]:
        """Its pages, from where it stands."""
    def to_dicts(self) -> list[dict[str, Any]]:
        """All that is left of it, as plain dicts.

            >>> table = pandas.DataFrame(client.clusters.list().to_dicts())
        """
    def __iter__(self) -> Self: ...
    def __next__(self) -> _R: ...
    @classmethod
    def __class_getitem__(cls, item: Any) -> GenericAlias: ...

@final
class Pages(Generic[_R]):
    """The pages of a list, each read when the iteration gets there."""

    def __iter__(self) -> Self: ...
    def __next__(self) -> Page[_R]: ...
    @classmethod
    def __class_getitem__(cls, item: Any) -> GenericAlias: ...

@final
class Page(Generic[_R]):
    """One page of a list: an immutable sequence, shown as a table in notebooks."""

    @property
    def has_more(self) -> bool:
        """Whether the list goes on."""
    @property
    def next_cursor(self) -> str | None:
        """Where the list goes on, for `list(cursor=…)`."""
    def to_dicts(self) -> list[dict[str, Any]]:
        """Its items as plain dicts."""
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: SupportsIndex, /) -> _R: ...
    @overload
    def __getitem__(self, index: slice, /) -> tuple[_R, ...]: ...
    def __iter__(self) -> Iterator[_R]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    @classmethod
    def __class_getitem__(cls, item: Any) -> GenericAlias: ...
    def _repr_html_(self) -> str: ...

@final
class Fleet:
    """A plan in its ledger; `akua.fleet.Fleet` is the class to use."""

    @property
    def path(self) -> Path:
        """Where the ledger is."""
    def preview(self, most: int) -> tuple[list[dict[str, Any]], tuple[Any, ...], int]:
        """What would change: rows of item, id, field, now and then; what could not be read; and how many are indeterminate."""
    def start(
        self,
        in_flight: int,
        rate: float | None,
        stop_after_failures: int | None,
        canary: int | None,
        check: Callable[[Counts], object] | None,
    ) -> FleetRun:
        """Begins a run."""
    def close(self) -> None:
        """Lets the ledger go."""
    def dispatch(
        self,
        rate: float | None,
        stop_after_failures: int | None,
        canary: int | None,
        check: Callable[[Counts], object] | None,
    ) -> FleetDispatcher:
        """Begins a run whose work is done elsewhere."""

@final
class FleetDispatcher:
    """Hands out the work of a run; `akua.fleet.dask` is what uses it."""

    def next(self) -> tuple[int, int, str, str] | float | None:
        """The next item as its number, its lease, its id and JSON for the worker; the seconds after which to ask again; None
        for nothing more, at least until the canary was decided about or a worker is lost."""
    def grant(self, item: int, lease: int, token: str) -> bool:
        """Commits the token of a write that a worker is going to send. No: it must not."""
    def record(self, item: int, lease: int, executed: str) -> bool:
        """Takes down what a worker has sent back. No: somebody else has the item by now."""
    def lost(self, lease: int) -> None:
        """Takes a lease back from a worker that is thought dead."""
    def decide(self) -> bool:
        """Once the canary items have ended, runs their check, or tells of an event that asks. Whether they had ended."""
    def go_on(self) -> None:
        """The canary is well: do the rest."""
    def stop(self) -> None:
        """Nothing new is begun."""
    def stopped(self) -> str | None:
        """Why nothing new is begun; None as long as something is."""
    def counts(self) -> Counts:
        """Where all items stand."""
    def event(self) -> dict[str, Any] | None:
        """The next event that was not read, as a dict; None if there is none."""
    def summary(self) -> dict[str, Any]:
        """How the run ended, or stands; what has ended it is raised."""
    def close(self) -> None:
        """Ends the run: another may begin."""

@final
class FleetRun:
    """A run that is going on; `akua.fleet.Run` is the class to use."""

    def next(self) -> dict[str, Any] | None:
        """The next event as a dict; None once the run has ended."""
    def some(self) -> list[dict[str, Any]] | None:
        """The events that have come by now, or within an instant; None once the run has ended."""
    def finish(self) -> dict[str, Any] | None:
        """Waits for the end and tells it; afterwards None."""
    def stop(self) -> None:
        """Nothing new is begun; what is under way is brought to its end."""
    def cancel(self) -> None:
        """As `stop`, and the calls under way are ended."""
    def go_on(self) -> None:
        """The canary is well: do the rest."""
    def counts(self) -> Counts:
        """Where all items stand."""

@final
class FleetReport:
    """What a ledger says; `akua.fleet.Report` is the class to use."""

    def __new__(cls, path: str | PathLike[str]) -> FleetReport: ...
    def counts(self) -> Counts:
        """How many items stand where."""
    def plan(self) -> str:
        """What the plan is made of, and what it is about."""
    def text(self) -> str:
        """The counts, and below them what did not end well."""
    def rows(self, troubled: int | None = None, /) -> list[dict[str, Any]]:
        """Every item as a dict, or only so many of those that did not end well."""
    def row_of(self, id: str) -> dict[str, Any] | None:
        """The item of this resource as a dict; None if it is not in the plan."""
    def csv(self) -> str:
        """As CSV."""
    def json(self) -> str:
        """As JSON."""

@disjoint_base
class Simulator:
    """An Akua API on this machine; `akua.sim.Simulator` is the class to use."""

    def __new__(
        cls,
        *,
        clusters: int = 0,
        workspaces: int = 1,
        contract: dict[str, Any] | None = None,
        port: int = 0,
        random_seed: int | None = None,
    ) -> Self: ...
    @property
    def url(self) -> str:
        """The base URL for a client."""
    @property
    def token(self) -> str:
        """A token of the workspace `ws_1`."""
    @property
    def broad_token(self) -> str:
        """A token that needs a context."""
    @property
    def control_url(self) -> str:
        """Where the control endpoint is, for other programs."""
    @property
    def control_token(self) -> str:
        """The token of the control endpoint."""
    def control(self, operation: dict[str, Any], /) -> Any:
        """Does one operation of the control protocol, without the detour over HTTP.

        Raises:
            ValueError: The operation is none, in the simulator's words. Nothing was changed.
            RuntimeError: It is closed, or runs in another process.
        """
    def close(self) -> None:
        """Stops it. Open connections are closed."""

@final
class Cancel:
    """Ends the call that runs under it, from another thread. The time of that call counts from when this was made."""

    def __new__(cls) -> Cancel: ...
    def cancel(self) -> None:
        """Ends it. Never blocks."""

def cancellable(cancel: Cancel, function: Callable[..., _T], /, *args: Any, **kwargs: Any) -> _T:
    """Calls `function`; every call of a client in it ends when `cancel` says so, and the first one has as much less time
    as it has waited for this thread."""

@final
class EditSteps:
    """An edit step by step, for `akua.AsyncClient`. Its deadline counts from when it was made."""

    def next(self) -> tuple[str, Any]:
        """Goes on until the caller is needed: `("patch", current)`, `("ready", resume_token)` or `("done", result)`.
        Ends otherwise as `edit` does."""
    def submit(self, wanted: Any) -> None:
        """Gives what was asked for as a patch."""
    def fail(self, raised: BaseException) -> None:
        """Gives nothing, as this was raised: nothing more is sent."""

def steps_of(edit: Callable[..., Any], /, *args: Any, **kwargs: Any) -> EditSteps:
    """Calls `edit` or `edit_with` of a collection: nothing is sent, and its steps are handed out."""

def printable(text: str, /) -> str:
    """A text for a person, in which what would act where it is printed is escaped."""

def whole(name: str, number: SupportsIndex, /, least: int = 1) -> int:
    """The whole number that an argument is, at least `least`."""

def rate(name: str, number: SupportsFloat, /) -> float:
    """The number of events per second that an argument is."""

def at_exit() -> None:
    """Ends the calls of all other threads, before the interpreter does it by force."""

def fork_in_child() -> None:
    """A forked process has none of its parent's calls."""
