"""The part of akua that is written in Rust. Its public names are those of `akua`."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from os import PathLike
from pathlib import Path
from types import GenericAlias
from typing import Any, Generic, Literal, SupportsIndex, TypedDict, TypeVar, final, overload

from typing_extensions import Self, disjoint_base

from akua import fleet as _fleet
from akua._enums import BilledBy, ClusterState, Provider, WorkspaceClass
from akua._errors import FieldReport

__all__ = [
    "Cancel",
    "Client",
    "Cluster",
    "ClusterList",
    "ClusterPage",
    "ClusterPages",
    "Clusters",
    "EditResult",
    "EditSteps",
    "Fleet",
    "FleetDispatcher",
    "FleetReport",
    "FleetRun",
    "Plan",
    "Simulator",
    "UNOPTIMISED",
    "Workspace",
    "WorkspaceList",
    "WorkspacePage",
    "WorkspacePages",
    "Workspaces",
    "__version__",
    "at_exit",
    "cancellable",
    "fork_in_child",
    "steps_of",
]

__version__: str
"""The version of this library, such as `0.1.0`."""

UNOPTIMISED: bool
"""Whether this build is one without optimisation."""

_R = TypeVar("_R", bound=Cluster | Workspace)
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

@final
class Client:
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
        proxy: str | None = ...,
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
    def clusters(self) -> Clusters:
        """The calls on clusters."""

    @property
    def workspaces(self) -> Workspaces:
        """The calls on workspaces."""

    @property
    def base_url(self) -> str:
        """Where the service is."""

    def with_options(
        self, *, timeout: float | None = None, context: str | None = None, traceparent: str = ...
    ) -> Client:
        """A copy with other options for its calls. It shares the connections, the token, and the end of this one.

            >>> patient = client.with_options(timeout=120)

        Args:
            timeout: The seconds that a whole call may take.
            context: The workspace that the calls are about.
            traceparent: Where the calls stand in a trace of yours, sent with every request (W3C Trace Context).

        Raises:
            ValidationError: A value is out of its limits.
        """

    def resolve(
        self,
        resume_token: str,
        /,
        *,
        mode: Literal["finish", "look"] = "finish",
        kubeconfig: str = ...,
        max_attempts: int | None = None,
        timeout: float | None = None,
        context: str | None = None,
    ) -> EditResult[Any]:
        """Settles a write of which nobody knew the end, from its resume token, also in another process.

            >>> def settle(error: akua.IndeterminateError) -> bool:
            ...     return client.resolve(error.resume_token).changed

        Args:
            resume_token: From `IndeterminateError.resume_token`, or from the hook `keep_resume_token`.
            mode: "finish" may land the write now; "look" only reads.
            kubeconfig: The kubeconfig that was written, if one was: the token holds only its hash.
            max_attempts: How often one request may be sent in all. 4.
            timeout: The seconds that everything together may take.
            context: The workspace that the write was about: the same as then.

        Raises:
            IndeterminateError: It still is not known.
            ValidationError: The token is damaged, or for another service, context or kubeconfig. Nothing was sent, and
                nothing new is known of its write: `effect` is "unknown", `may_still_land` is True. Keep the token.
            AkuaError: As for `Clusters.edit`.
        """

    def close(self) -> None:
        """Closes the idle connections, and lets no further call begin: it raises `RuntimeError` then."""

    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any) -> Self: ...
    def __reduce__(self) -> tuple[Callable[[dict[str, Any]], Client], tuple[dict[str, Any]]]: ...
    def __enter__(self) -> Client: ...
    def __exit__(self, *_exception: object) -> None: ...

@final
class Clusters:
    """The clusters that a client may see: `client.clusters`."""

    def get(self, id: str | Cluster, /, *, timeout: float | None = None, context: str | None = None) -> Cluster:
        """Reads one. A read is tried again within the deadline, and never takes effect.

            >>> client.clusters.get("clu_1")
            Cluster(id='clu_1', name='cluster 1', state='active', etag='42')

        Args:
            id: Its id, 1 to 54 characters, or a version of it that was read before.
            timeout: The seconds that the whole call may take, in place of the client's.
            context: The workspace that the call is about, in place of the client's.

        Raises:
            NotFoundError: There is no such cluster, or the token may not see it.
            AkuaError: Any other kind but `ConflictError`.
        """

    def list(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
        context: str | None = None,
    ) -> ClusterList:
        """All of them, read page by page as the iteration gets there.

            >>> [cluster.name for cluster in client.clusters.list()]
            ['cluster 1', 'cluster 2', 'cluster 3']

        Args:
            page_size: How many a page is to have at most, 1 to 100; without it the server takes 50.
            cursor: Where an earlier page ended: its `next_cursor`.
            timeout: The seconds that each page may take.
            context: The workspace that the calls are about.

        Raises:
            ValidationError: A value is out of its limits. What goes wrong with a page is raised when it is read.
        """

    def update(
        self,
        cluster: str | Cluster,
        /,
        *,
        if_match: str = ...,
        name: str = ...,
        region_id: str = ...,
        provider: Provider | str = ...,
        kubeconfig: str = ...,
        timeout: float | None = None,
        context: str | None = None,
        idempotency_key: str = ...,
    ) -> Cluster:
        """Changes fields of a cluster if it still has the etag that was seen, and returns it as it is then.

        Exactly one request is sent. It is sent a second time only if the server has refused it with 401 and the
        callback for tokens has another one. What is returned is the answer: whether the server has taken the values
        as they were sent shows in it. `edit` compares them.

            >>> cluster = client.clusters.get("clu_1")
            >>> client.clusters.update(cluster, name="prod").etag
            '43'
            >>> client.clusters.update("clu_2", if_match="1042", name="dev").etag
            '1043'

        Args:
            cluster: The version that was seen, or its id; then `if_match` is needed.
            if_match: The etag that it must still have, in place of the version's own. Never `*`.
            name: The new name, 1 to 100 characters.
            region_id: The region to move to, 1 to 54 characters. No answer shows it.
            provider: Who is to run its control plane.
            kubeconfig: The kubeconfig to import with. A secret: no answer and no error shows it.
            timeout: The seconds that the whole call may take, in place of the client's.
            context: The workspace that the call is about, in place of the client's.
            idempotency_key: A key of your own for this change, 1 to 64 characters. Use a fresh one for each change: a
                server that knows it may answer what it answered before.

        Raises:
            ConflictError: Somebody else changed it first, or its state or a reused key stands in the way. It
                changed nothing.
            IndeterminateError: It may have taken effect.
            AkuaError: For every kind `may_have_taken_effect` is false only where that is proven.
        """

    def edit(
        self,
        cluster: str | Cluster,
        /,
        *,
        name: str = ...,
        region_id: str = ...,
        provider: Provider | str = ...,
        kubeconfig: str = ...,
        on_conflict: Literal["rebase", "fail"] | None = None,
        overwrite_unseen: bool = False,
        max_attempts: int | None = None,
        max_versions: int | None = None,
        keep_resume_token: Callable[[str], object] | None = None,
        timeout: float | None = None,
        context: str | None = None,
    ) -> EditResult[Cluster]:
        """Changes fields of a cluster, whatever happens in between, and says what happened.

        Pass the version that you have seen: everything in it is protected. With only an id the current version is
        read first, and only changes during the call are noticed. If somebody else changed other fields meanwhile, the
        change is applied to the new version; if they touched the same ones, nothing is written. If an answer is lost,
        the truth is found out where it can be.

            >>> result = client.clusters.edit("clu_1", name="prod")
            >>> result.changed, result.proof
            (True, 'acknowledged')

        Args:
            cluster: The version that was seen, or its id.
            name: As in `update`.
            region_id: As in `update`.
            provider: As in `update`.
            kubeconfig: As in `update`.
            on_conflict: "rebase": apply the change to a newer version if the other change touched none of its fields.
                "fail": stop at any other change.
            overwrite_unseen: Writes `region_id` and `kubeconfig` even after somebody else's change, which may have
                been to them: nobody can read them back.
            max_attempts: How often one request may be sent in all. 4.
            max_versions: How many versions the change may be tried on. 8.
            keep_resume_token: Called with a resume token before each write first goes out. If it raises, nothing of
                that write is sent, and what it raised is raised. Keep the token where a crash can't reach it.
            timeout: The seconds that everything together may take, in place of the client's.
            context: The workspace that the call is about, in place of the client's.

        Raises:
            ConflictError: Somebody else changed the same fields: see `base`, `ours`, `theirs`. Nothing was written.
            IndeterminateError: Nobody could know: settle it with `Client.resolve(error.resume_token)`.
            AkuaError: Any other kind means that nothing took effect, `DecodeError` excepted if it says otherwise.
        """

    def edit_with(
        self,
        cluster: str | Cluster,
        change: Callable[[Cluster], Mapping[str, str] | Cluster | None],
        /,
        *,
        on_conflict: Literal["rebase", "fail"] | None = None,
        overwrite_unseen: bool = False,
        max_attempts: int | None = None,
        max_versions: int | None = None,
        keep_resume_token: Callable[[str], object] | None = None,
        timeout: float | None = None,
        context: str | None = None,
    ) -> EditResult[Cluster]:
        """Changes what `change` says for the version that it is given, asked again for each fresh version.

        For a change that depends on what is there. It is never asked while an earlier write of this call may have
        landed.

            >>> result = client.clusters.edit_with("clu_1", lambda cluster: {"name": cluster.name + "-eu"})
            >>> result.resource.name
            'cluster 1-eu'

        Args:
            cluster: The version that was seen, or its id.
            change: Takes a version and returns the fields to change as a dict, a copy with other values
                (`cluster.__replace__(name="…")`), or None. Where nothing changes, nothing is sent.
            on_conflict: As in `edit`.
            overwrite_unseen: As in `edit`.
            max_attempts: As in `edit`.
            max_versions: As in `edit`.
            keep_resume_token: As in `edit`.
            timeout: As in `edit`.
            context: As in `edit`.

        Raises:
            Exception: What `change` raises, with a note: nothing took effect then.
            AkuaError: As for `edit`.
        """

    def wait_settled(
        self,
        cluster: str | Cluster | EditResult[Cluster],
        /,
        *,
        after: str = ...,
        name: str = ...,
        region_id: str = ...,
        provider: Provider | str = ...,
        kubeconfig: str = ...,
        timeout: float | None = None,
        context: str | None = None,
    ) -> Cluster:
        """Waits until the server has stopped reconciling a cluster, and returns it as it is then. It only reads.

            >>> result = client.clusters.edit("clu_1", region_id="reg_eu")
            >>> client.clusters.wait_settled(result, timeout=600).reconciling
            False

        Args:
            cluster: The result of an edit: then only versions after it count, and its values have to be there. Or a
                cluster or its id: then the first version that is not being reconciled.
            after: The etag that guarded an `update`: only versions after it count.
            name: A value that has to be there: one that was written.
            region_id: As `name`; no answer shows it, so it is not compared.
            provider: As `name`.
            kubeconfig: As `region_id`.
            timeout: The seconds that it may take. Moving a cluster may take longer than the client's usual 30.
            context: The workspace that the call is about.

        Raises:
            TimeoutError: It had not settled in time. `resource` is the version read last; or another version was read, and
                whether it is newer is not known, as the message then says.
            ConflictError: Somebody else has changed the values since, as a version shows that is known to be newer.
            NotFoundError: There is no such cluster any more.
            AkuaError: What does not pass by waiting. None of these says anything about the write before.
        """

    def fleet(
        self,
        plan: _fleet.Plan,
        ledger: str | PathLike[str],
        /,
        *,
        kubeconfigs: Callable[[str], str | None] | None = None,
        on_conflict: Literal["rebase", "fail"] | None = None,
        overwrite_unseen: bool = False,
        max_attempts: int | None = None,
        max_versions: int | None = None,
        timeout: float | None = None,
        context: str | None = None,
    ) -> _fleet.Fleet:
        """Puts a plan for many of them into the ledger at `ledger`, or goes on with the one that is there.

        Resources are listed and patches written down now, and nothing is sent but those reads. See `akua.fleet`.

            >>> from akua.fleet import Plan
            >>> plan = Plan.where(lambda cluster: True, {"name": "prod"}, name="all", version="1")
            >>> with client.clusters.fleet(plan, folder / "all.akua-fleet") as fleet:
            ...     fleet.run(progress=False).counts.applied
            3

        Args:
            plan: Which of them are to be changed, and how.
            ledger: The file that says of every item what happened to it. It is made if it is missing.
            kubeconfigs: Called with an id, returns its kubeconfig, for each item that writes one: the ledger holds only
                hashes, so a run that goes on needs them again. It runs on the threads of a run.
            on_conflict: As for `edit`, like the next three and `timeout`, which is that of one item.
            overwrite_unseen: As for `edit`.
            max_attempts: As for `edit`.
            max_versions: As for `edit`.
            timeout: The seconds that the work on one item may take.
            context: The workspace that the calls are about.

        Raises:
            ConfigurationError: The ledger is that of another plan, in use, damaged, or can't be written.
            ValidationError: The plan breaks a rule, or names a resource twice. No write was sent.
            AkuaError: Listing failed.
        """
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any) -> Self: ...
    def __reduce__(self) -> tuple[Callable[[Client], Any], tuple[Client]]: ...
    def _carry_out(
        self,
        leased: str,
        grant: Callable[[str], bool],
        /,
        *,
        function: Callable[[Any], object] | None,
        kubeconfigs: Callable[[str], str | None] | None,
        policy: tuple[str | None, bool, int | None, int | None],
    ) -> str: ...

@final
class Workspaces:
    """The workspaces that a client may see: `client.workspaces`."""

    def get(self, id: str | Workspace, /, *, timeout: float | None = None, context: str | None = None) -> Workspace:
        """Reads one. See `Clusters.get`; the id has 1 to 53 characters."""

    def list(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
        context: str | None = None,
    ) -> WorkspaceList:
        """All of them, read page by page as the iteration gets there. See `Clusters.list`."""

    def update(
        self,
        workspace: str | Workspace,
        /,
        *,
        if_match: str = ...,
        name: str = ...,
        slug: str = ...,
        timeout: float | None = None,
        context: str | None = None,
        idempotency_key: None = None,
    ) -> Workspace:
        """Changes fields of a workspace if it still has the etag that was seen. See `Clusters.update`.

            >>> workspace = client.workspaces.get("ws_1")
            >>> client.workspaces.update(workspace, slug="team-blue").slug
            'team-blue'

        Args:
            workspace: The version that was seen, or its id; then `if_match` is needed.
            if_match: The etag that it must still have.
            name: The new name, 1 to 100 characters.
            slug: The new slug, 3 to 39 characters.
            timeout: As in `Clusters.update`.
            context: As in `Clusters.update`.
            idempotency_key: The API takes none for workspaces: it is refused before anything is sent.
        """

    def edit(
        self,
        workspace: str | Workspace,
        /,
        *,
        name: str = ...,
        slug: str = ...,
        on_conflict: Literal["rebase", "fail"] | None = None,
        overwrite_unseen: bool = False,
        max_attempts: int | None = None,
        max_versions: int | None = None,
        keep_resume_token: Callable[[str], object] | None = None,
        timeout: float | None = None,
        context: str | None = None,
    ) -> EditResult[Workspace]:
        """Changes fields of a workspace, whatever happens in between, and says what happened. See `Clusters.edit`."""

    def edit_with(
        self,
        workspace: str | Workspace,
        change: Callable[[Workspace], Mapping[str, str] | Workspace | None],
        /,
        *,
        on_conflict: Literal["rebase", "fail"] | None = None,
        overwrite_unseen: bool = False,
        max_attempts: int | None = None,
        max_versions: int | None = None,
        keep_resume_token: Callable[[str], object] | None = None,
        timeout: float | None = None,
        context: str | None = None,
    ) -> EditResult[Workspace]:
        """Changes what `change` says for the version that it is given. See `Clusters.edit_with`."""

    def fleet(
        self,
        plan: _fleet.Plan,
        ledger: str | PathLike[str],
        /,
        *,
        on_conflict: Literal["rebase", "fail"] | None = None,
        overwrite_unseen: bool = False,
        max_attempts: int | None = None,
        max_versions: int | None = None,
        timeout: float | None = None,
        context: str | None = None,
    ) -> _fleet.Fleet:
        """Puts a plan for many of them into the ledger at `ledger`, or goes on with the one that is there.

        Resources are listed and patches written down now, and nothing is sent but those reads. See `akua.fleet`.

        Args:
            plan: Which of them are to be changed, and how.
            ledger: The file that says of every item what happened to it. It is made if it is missing.
            on_conflict: As for `edit`, like the next three and `timeout`, which is that of one item.
            overwrite_unseen: As for `edit`.
            max_attempts: As for `edit`.
            max_versions: As for `edit`.
            timeout: The seconds that the work on one item may take.
            context: The workspace that the calls are about.

        Raises:
            ConfigurationError: The ledger is that of another plan, in use, damaged, or can't be written.
            ValidationError: The plan breaks a rule, or names a resource twice. No write was sent.
            AkuaError: Listing failed.
        """
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any) -> Self: ...
    def __reduce__(self) -> tuple[Callable[[Client], Any], tuple[Client]]: ...
    def _carry_out(
        self,
        leased: str,
        grant: Callable[[str], bool],
        /,
        *,
        function: Callable[[Any], object] | None,
        kubeconfigs: Callable[[str], str | None] | None,
        policy: tuple[str | None, bool, int | None, int | None],
    ) -> str: ...

@final
class Cluster:
    """A cluster as one answer showed it: immutable, equal if everything in it is equal.

    `region_id` and `kubeconfig` can be written and are never in an answer.
    """

    @property
    def id(self) -> str:
        """The id."""
    @property
    def html_url(self) -> str | None:
        """Its page for people, if the answer had one."""
    @property
    def name(self) -> str:
        """The name."""
    @property
    def workspace_id(self) -> str:
        """The workspace it belongs to."""
    @property
    def state(self) -> ClusterState:
        """Where it is in its life. A `str`; one that this version does not know is kept as it is."""
    @property
    def provider(self) -> Provider:
        """Who runs its control plane. A `str`; one that this version does not know is kept as it is."""
    @property
    def reconciling(self) -> bool:
        """Whether the server is still bringing it into the state that was asked for."""
    @property
    def created_at(self) -> datetime:
        """When it was made, in UTC. `OverflowError` where no datetime can hold it (before year 1, after 9999)."""
    @property
    def created_at_unix(self) -> int | float:
        """When it was made, in Unix seconds as the answer had it. Never an error."""
    @property
    def updated_at(self) -> datetime:
        """When it last changed, in UTC. `OverflowError` where no datetime can hold it (before year 1, after 9999)."""
    @property
    def updated_at_unix(self) -> int | float:
        """When it last changed, in Unix seconds as the answer had it. Never an error."""
    @property
    def etag(self) -> str:
        """The etag of this version."""
    @property
    def unknown(self) -> dict[str, Any]:
        """The properties that this version of the library does not know."""

    def to_dict(self) -> dict[str, Any]:
        """Everything as the answer had it, in plain types."""
    def to_json(self) -> str:
        """Everything as the answer had it, as JSON."""
    @classmethod
    def from_dict(cls, properties: dict[str, Any], /) -> Cluster:
        """The cluster with these properties, named as in an answer. For tests, and for what `to_dict` has given.

        Raises:
            ValidationError: A property is missing or of another type.
        """
    def __replace__(self, /, **changes: Any) -> Cluster:
        """A copy with other values; nothing is sent. `copy.replace(cluster, name="…")` calls it (Python 3.13).

        Raises:
            ValidationError: A value is of another type.
        """
    def _repr_html_(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Callable[[dict[str, Any]], Cluster], tuple[dict[str, Any]]]: ...

@final
class Workspace:
    """A workspace as one answer showed it: immutable, equal if everything in it is equal."""

    @property
    def id(self) -> str:
        """The id."""
    @property
    def name(self) -> str:
        """The name."""
    @property
    def slug(self) -> str:
        """The part of its address that people choose."""
    @property
    def plan(self) -> Plan:
        """The plan."""
    @property
    def workspace_class(self) -> WorkspaceClass | None:
        """What it is for, if the answer said so."""
    @property
    def created_at(self) -> datetime:
        """When it was made, in UTC. `OverflowError` where no datetime can hold it (before year 1, after 9999)."""
    @property
    def created_at_unix(self) -> int | float:
        """When it was made, in Unix seconds as the answer had it. Never an error."""
    @property
    def updated_at(self) -> datetime:
        """When it last changed, in UTC. `OverflowError` where no datetime can hold it (before year 1, after 9999)."""
    @property
    def updated_at_unix(self) -> int | float:
        """When it last changed, in Unix seconds as the answer had it. Never an error."""
    @property
    def etag(self) -> str:
        """The etag of this version."""
    @property
    def unknown(self) -> dict[str, Any]:
        """The properties that this version of the library does not know."""

    def to_dict(self) -> dict[str, Any]:
        """Everything as the answer had it, in plain types."""
    def to_json(self) -> str:
        """Everything as the answer had it, as JSON."""
    @classmethod
    def from_dict(cls, properties: dict[str, Any], /) -> Workspace:
        """The workspace with these properties, named as in an answer. For tests, and for what `to_dict` has given.

        Raises:
            ValidationError: A property is missing or of another type.
        """
    def __replace__(self, /, **changes: Any) -> Workspace:
        """A copy with other values; nothing is sent. `copy.replace(workspace, name="…")` calls it (Python 3.13).

        Raises:
            ValidationError: A value is of another type.
        """
    def _repr_html_(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Callable[[dict[str, Any]], Workspace], tuple[dict[str, Any]]]: ...

@final
class Plan:
    """The plan of a workspace."""

    @property
    def tier(self) -> str | None:
        """The tier, if the answer named one."""
    @property
    def billed_by(self) -> BilledBy | None:
        """Who bills for it, if the answer said so."""
    @property
    def unknown(self) -> dict[str, Any]:
        """The properties that this version of the library does not know."""
    def to_dict(self) -> dict[str, Any]:
        """Everything as the answer had it, in plain types."""
    @classmethod
    def from_dict(cls, properties: dict[str, Any], /) -> Plan:
        """The plan with these properties, named as in an answer."""
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Callable[[dict[str, Any]], Plan], tuple[dict[str, Any]]]: ...

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
    @classmethod
    def __class_getitem__(cls, item: Any) -> GenericAlias: ...
    def _repr_html_(self) -> str: ...

@final
class ClusterList:
    """A list of clusters, read page by page as the iteration gets there. It can be gone through once."""

    def pages(self) -> ClusterPages:
        """Its pages, from where it stands."""
    def to_dicts(self) -> list[dict[str, Any]]:
        """All that is left of it, as plain dicts.

            >>> table = pandas.DataFrame(client.clusters.list().to_dicts())
        """
    def __iter__(self) -> ClusterList: ...
    def __next__(self) -> Cluster: ...

@final
class ClusterPages:
    """The pages of a list, each read when the iteration gets there."""

    def __iter__(self) -> ClusterPages: ...
    def __next__(self) -> ClusterPage: ...

@final
class ClusterPage:
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
    def __getitem__(self, index: SupportsIndex, /) -> Cluster: ...
    @overload
    def __getitem__(self, index: slice, /) -> tuple[Cluster, ...]: ...
    def __iter__(self) -> Iterator[Cluster]: ...
    def _repr_html_(self) -> str: ...

@final
class WorkspaceList:
    """A list of workspaces, read page by page as the iteration gets there. It can be gone through once."""

    def pages(self) -> WorkspacePages:
        """Its pages, from where it stands."""
    def to_dicts(self) -> list[dict[str, Any]]:
        """All that is left of it, as plain dicts.

            >>> table = pandas.DataFrame(client.workspaces.list().to_dicts())
        """
    def __iter__(self) -> WorkspaceList: ...
    def __next__(self) -> Workspace: ...

@final
class WorkspacePages:
    """The pages of a list, each read when the iteration gets there."""

    def __iter__(self) -> WorkspacePages: ...
    def __next__(self) -> WorkspacePage: ...

@final
class WorkspacePage:
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
    def __getitem__(self, index: SupportsIndex, /) -> Workspace: ...
    @overload
    def __getitem__(self, index: slice, /) -> tuple[Workspace, ...]: ...
    def __iter__(self) -> Iterator[Workspace]: ...
    def _repr_html_(self) -> str: ...

@final
class Fleet:
    """A plan in its ledger; `akua.fleet.Fleet` is the class to use."""

    @property
    def path(self) -> Path:
        """Where the ledger is."""
    def preview(self, most: int) -> tuple[list[dict[str, Any]], tuple[Any, ...]]:
        """What would change: rows of item, id, field, now and then; and what could not be read."""
    def start(
        self,
        in_flight: int,
        rate: float | None,
        stop_after_failures: int | None,
        canary: int | None,
        check: Callable[[dict[str, int]], object] | None,
    ) -> FleetRun:
        """Begins a run."""
    def close(self) -> None:
        """Lets the ledger go."""
    def dispatch(
        self,
        rate: float | None,
        stop_after_failures: int | None,
        canary: int | None,
        check: Callable[[dict[str, int]], object] | None,
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
    def counts(self) -> dict[str, int]:
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
    def finish(self) -> dict[str, Any] | None:
        """Waits for the end and tells it; afterwards None."""
    def stop(self) -> None:
        """Nothing new is begun; what is under way is brought to its end."""
    def cancel(self) -> None:
        """As `stop`, and the calls under way are ended."""
    def go_on(self) -> None:
        """The canary is well: do the rest."""
    def counts(self) -> dict[str, int]:
        """Where all items stand."""

@final
class FleetReport:
    """What a ledger says; `akua.fleet.Report` is the class to use."""

    def __new__(cls, path: str | PathLike[str]) -> FleetReport: ...
    def counts(self) -> dict[str, int]:
        """How many items stand where."""
    def plan(self) -> str:
        """What the plan is made of, and what it is about."""
    def text(self) -> str:
        """The counts, and below them what did not end well."""
    def rows(self, troubled: int | None = None, /) -> list[dict[str, Any]]:
        """Every item as a dict, or only so many of those that did not end well."""
    def row_of(self, id: str) -> dict[str, Any] | None:
        """The item of this resource as a dict; None if it is not in the plan."""
    def csv(self, path: str | PathLike[str] | None = None, /) -> str | None:
        """As CSV, into a file or as text."""
    def json(self, path: str | PathLike[str] | None = None, /) -> str | None:
        """As JSON, into a file or as text."""

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

def at_exit() -> None:
    """Ends the calls of all other threads, before the interpreter does it by force."""

def fork_in_child() -> None:
    """A forked process has none of its parent's calls."""
