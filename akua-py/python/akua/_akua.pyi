"""The part of akua that is written in Rust. Its public names are those of `akua`; the rest explains itself in Rust."""

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from types import GenericAlias
from typing import Any, Generic, Literal, SupportsFloat, SupportsIndex, TypeVar, final

from typing_extensions import Self, Unpack, disjoint_base

from akua._errors import FieldReport
from akua._launched import Launched
from akua._page import Page
from akua.fleet._records import Counts
from akua.generated.settings import CallOptions, Contract
from akua.generated.fields import ResolveOptions
from akua.generated.kinds import (
    Capabilities as Capabilities,
    CapabilitiesFreshness as CapabilitiesFreshness,
    Cluster as Cluster,
    ClusterCapabilities as ClusterCapabilities,
    ClusterComputeSettings as ClusterComputeSettings,
    Clusters as Clusters,
    ComputeSettings as ComputeSettings,
    Operation as Operation,
    OperationFailure as OperationFailure,
    OperationLastFailure as OperationLastFailure,
    Operations as Operations,
    Region as Region,
    Regions as Regions,
    WorkerBootstrap as WorkerBootstrap,
    WorkerBootstraps as WorkerBootstraps,
    Workspace as Workspace,
    WorkspacePlan as WorkspacePlan,
    Workspaces as Workspaces,
    _Answered,
    _ClientCalls,
)

__all__ = [
    "Answer",
    "CallSteps",
    "Cancel",
    "Capabilities",
    "CapabilitiesFreshness",
    "Client",
    "Cluster",
    "ClusterCapabilities",
    "ClusterComputeSettings",
    "Clusters",
    "ComputeSettings",
    "EditResult",
    "Fleet",
    "FleetDispatcher",
    "FleetReport",
    "FleetRun",
    "Operation",
    "OperationFailure",
    "OperationLastFailure",
    "Operations",
    "Pages",
    "Region",
    "Regions",
    "ResourceList",
    "Secret",
    "Simulator",
    "UNOPTIMISED",
    "WorkerBootstrap",
    "WorkerBootstraps",
    "Workspace",
    "WorkspacePlan",
    "Workspaces",
    "__version__",
    "at_exit",
    "cancellable",
    "fork_in_child",
    "pause",
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
        contract: Contract | Mapping[str, bool | float] | None = None,
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
    ) -> EditResult[Any] | Launched:
        """Settles a write of which nobody knew the end, from its resume token, also in another process. That of an edit ends as an edit
        does, with an `EditResult`; that of a suspend, a delete or another launch as those do, with a `Launched`.

            >>> def settle(error: akua.IndeterminateError) -> bool:
            ...     return client.resolve(error.resume_token).changed

        Args:
            resume_token: From `IndeterminateError.resume_token`, or from the hook `keep_resume_token`.
            mode: "finish" may land the write now; "look" only reads. A launch is never issued anew.
            **options: The secrets that were written, if any: `kubeconfig`. The token holds only their hashes. And the options
                of an edit: the context has to be the same as then.

        Raises:
            IndeterminateError: It still is not known.
            ValidationError: The token is damaged, or for another service, context or secret. Nothing was sent, and
                nothing new is known of its write: `effect` is "unknown", `may_still_land` is True. Keep the token.
                The token of an operation has nothing to resolve, and the message says so: wait for it with `Operations.wait`.
            AkuaError: As for `Clusters.edit` and `Clusters.suspend`.
        """

    def request(
        self,
        method: str,
        path: str,
        /,
        *,
        query: Mapping[str, str | float | bool | Sequence[str | float | bool]] | None = None,
        json: Any = None,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Answer:
        """Sends one request to any path and gives what the service answers: for the calls that nothing here describes yet. Where there is a
        call of its own, that one knows more.

        It has the client's token, context, limits and deadline. It is sent once; a second time only, as an `update`, if the server has
        refused it with 401 and the callback for tokens has another one. No redirect is followed.

            >>> answer = client.request("GET", "/clusters", query={"limit": 1})
            >>> answer.status, answer.json["has_more"]
            (200, True)
            >>> client.request("PATCH", "/clusters/clu_1", json={"name": "prod"}, if_match="42").json["etag"]
            '43'

        It does not know what the request means: no field, etag or answer is checked or compared. It does not know whether a repeat would be
        safe: nothing is tried again, neither a read nor with a key. And it does not know what became of a lost answer: nothing is settled,
        and an `IndeterminateError` of it has no resume token. Look before it is sent again.

        Args:
            method: "GET", "POST", "PUT", "PATCH" or "DELETE".
            path: As the API's documentation writes it, such as "/clusters/clu_1:suspend": `/v1` and the base URL are put before it. It is
                sent as it is, so what a URL can't hold has to be percent-encoded in it. Errors show it and the query: no place for a secret.
            query: The parameters by name, encoded here: each a text, a number, a flag, or a list of them to give it several times.
            json: The body, in what JSON can hold; `None` for none. It may hold a secret: no error and no log shows it, also where a server
                repeats its texts and numbers of four characters and more; names of properties are shown. A GET has none.
            if_match: The etag that guards it. Whether it is looked at is up to the endpoint.
            idempotency_key: A key of your own, 1 to 64 characters. What it promises is up to the endpoint.
            **options: Those of every call: see `CallOptions`.

        Raises:
            ConflictError: 409 or 412. It changed nothing.
            IndeterminateError: It may have taken effect: a lost answer, a status that is no definite refusal, or a 2xx whose body is
                neither empty nor JSON. Never of a GET.
            ValidationError: The input can't be sent, or the path could be taken for another one, as with "..", also encoded. Nothing
                was sent.
            AkuaError: As for `Clusters.update`, by the same rules.
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
        """How it is known: "acknowledged" by the answer to the write, "observed" in a later read; None if unchanged."""
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
        """All that is left of it, as rows of a table: plain dicts, but for times, which are aware `datetime`s in UTC. One that
        no `datetime` can hold stays as it was answered. `to_dict` of a resource has all of them so.

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
class Answer:
    """What a request was answered with a 2xx. Its body may hold a secret: `repr` shows the status and the size alone, and a pickle
    carries it."""

    @property
    def status(self) -> int:
        """The HTTP status, 200 to 299."""
    @property
    def json(self) -> Any:
        """The body in Python's own types, made anew each time; `None` if it was empty, as that of a 204. A number that no `float`
        holds is a `Decimal`, and what Python can't take apart stays a `str` of JSON."""
    @property
    def etag(self) -> str | None:
        """The header `etag`, verbatim. Most answers have none: there the etag is a property of the body."""
    @property
    def request_id(self) -> str | None:
        """The server's id for the request."""
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Secret:
    """A secret text, such as a kubeconfig: nothing shows it but `expose`. It can't be pickled, and a copy of it is itself."""

    def expose(self) -> str:
        """The secret itself, for whoever has to keep it; never for people. The object is wiped from memory with its last
        reference; of the `str`, as of every other, Python may keep copies.

            >>> file = folder / "kubeconfig"
            >>> file.touch(mode=0o600, exist_ok=False)
            >>> written = file.write_text(client.clusters.kubeconfig("clu_1").expose())
        """

    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any) -> Self: ...

@final
class Fleet:
    @property
    def path(self) -> Path: ...
    def preview(self, most: int) -> tuple[list[dict[str, Any]], tuple[Any, ...], int, int]: ...
    def start(
        self,
        in_flight: int,
        rate: float | None,
        stop_after_failures: int | None,
        canary: int | None,
        check: Callable[[Counts], object] | None,
        wait: float | None,
    ) -> FleetRun: ...
    def close(self) -> None: ...
    def dispatch(
        self,
        rate: float | None,
        stop_after_failures: int | None,
        canary: int | None,
        check: Callable[[Counts], object] | None,
        wait: float | None,
    ) -> FleetDispatcher: ...

@final
class FleetDispatcher:
    def next(self) -> tuple[int, int, str, str] | float | None: ...
    def grant(self, item: int, lease: int, token: str) -> bool: ...
    def record(self, item: int, lease: int, executed: str) -> bool: ...
    def lost(self, lease: int) -> None: ...
    def decide(self) -> bool: ...
    def go_on(self) -> None: ...
    def stop(self) -> None: ...
    def stopped(self) -> str | None: ...
    def counts(self) -> Counts: ...
    def event(self) -> dict[str, Any] | None: ...
    def summary(self) -> dict[str, Any]: ...
    def close(self) -> None: ...

@final
class FleetRun:
    def next(self) -> dict[str, Any] | None: ...
    def some(self) -> list[dict[str, Any]] | None: ...
    def finish(self) -> dict[str, Any] | None: ...
    def stop(self) -> None: ...
    def cancel(self) -> None: ...
    def go_on(self) -> None: ...
    def counts(self) -> Counts: ...

@final
class FleetReport:
    def __new__(cls, path: str | PathLike[str]) -> FleetReport: ...
    def counts(self) -> Counts: ...
    def plan(self) -> str: ...
    def text(self) -> str: ...
    def rows(self, troubled: int | None = None, /) -> list[dict[str, Any]]: ...
    def row_of(self, id: str) -> dict[str, Any] | None: ...
    def csv(self) -> str: ...
    def json(self) -> str: ...

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
    def __new__(cls) -> Cancel: ...
    def cancel(self) -> None: ...

def cancellable(cancel: Cancel, function: Callable[..., _T], /, *args: Any, **kwargs: Any) -> _T: ...

@final
class CallSteps:
    def next(self) -> tuple[str, Any]: ...
    def submit(self, wanted: Any) -> None: ...
    def fail(self, raised: BaseException) -> None: ...

def steps_of(call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> CallSteps: ...

def printable(text: str, /) -> str: ...

def whole(name: str, number: SupportsIndex, /, least: int = 1) -> int: ...

def pause(name: str, number: SupportsFloat, /) -> float: ...

def rate(name: str, number: SupportsFloat, /) -> float: ...

def at_exit() -> None: ...

def fork_in_child() -> None: ...
