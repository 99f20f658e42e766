"""The classes of every kind.

Made by `make generate` from the declaration of the kinds, akua-model/src/api.rs. Not edited by hand.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from os import PathLike
from typing import Any, Generic, Literal, TypeVar, final

from typing_extensions import Self, Unpack

from akua import fleet as _fleet
from akua._akua import EditResult, ResourceList, Secret
from akua._launched import Launched, Waited
from akua.generated.settings import CallOptions, EditOptions, FleetOptions, LaunchOptions, WaitOptions
from akua.generated.enums import AutoScaling as AutoScaling
from akua.generated.enums import BilledBy as BilledBy
from akua.generated.fields import ClusterComputeSettingsFields as ClusterComputeSettingsFields
from akua.generated.fields import ClusterFields as ClusterFields
from akua.generated.fields import ClusterImportFields as ClusterImportFields
from akua.generated.enums import ClusterState as ClusterState
from akua.generated.enums import Freshness as Freshness
from akua.generated.enums import NetworkProfile as NetworkProfile
from akua.generated.fields import NewClusterFields as NewClusterFields
from akua.generated.fields import NewWorkerBootstrapFields as NewWorkerBootstrapFields
from akua.generated.fields import NewWorkspaceFields as NewWorkspaceFields
from akua.generated.enums import OperationState as OperationState
from akua.generated.enums import OwnerType as OwnerType
from akua.generated.enums import Provider as Provider
from akua.generated.enums import RefreshStatus as RefreshStatus
from akua.generated.enums import WorkspaceClass as WorkspaceClass
from akua.generated.fields import WorkspaceFields as WorkspaceFields
from akua.generated.fields import ClusterEdit, ClusterUpdate, WorkspaceEdit, WorkspaceUpdate, ClusterComputeSettingsEdit, ClusterComputeSettingsUpdate, ClusterCreate, ClusterCreateOnce, ClusterImport, ClusterImportOnce, WorkspaceCreate, WorkspaceCreateOnce, WorkerBootstrapCreate, WorkerBootstrapCreateOnce

__all__ = [
    "AutoScaling",
    "BilledBy",
    "Capabilities",
    "CapabilitiesFreshness",
    "Cluster",
    "ClusterCapabilities",
    "ClusterComputeSettings",
    "ClusterComputeSettingsFields",
    "ClusterFields",
    "ClusterImportFields",
    "ClusterState",
    "Clusters",
    "ComputeSettings",
    "Freshness",
    "NetworkProfile",
    "NewClusterFields",
    "NewWorkerBootstrapFields",
    "NewWorkspaceFields",
    "Operation",
    "OperationFailure",
    "OperationLastFailure",
    "OperationState",
    "Operations",
    "OwnerType",
    "Provider",
    "RefreshStatus",
    "Region",
    "Regions",
    "WorkerBootstrap",
    "WorkerBootstraps",
    "Workspace",
    "WorkspaceClass",
    "WorkspaceFields",
    "WorkspacePlan",
    "Workspaces",
]

_R = TypeVar("_R", bound=_Answered)

class _Answered:
    @property
    def unknown(self) -> dict[str, Any]:
        """The properties that this version of the library does not know."""
    def to_dict(self) -> dict[str, Any]:
        """Everything as the answer had it, in plain types: times too are what they are in its JSON."""
    def _row(self) -> dict[str, Any]: ...
    def to_json(self) -> str:
        """Everything as the answer had it, as JSON."""
    @classmethod
    def from_dict(cls, properties: dict[str, Any], /) -> Self:
        """One with these properties, named as in an answer. For tests, and for what `to_dict` has given.

        Raises:
            ValidationError: A property is missing or of another type.
        """
    def __replace__(self, /, **changes: Any) -> Self:
        """A copy with other values; nothing is sent. `copy.replace(…, name="…")` calls it (Python 3.13).

        Raises:
            ValidationError: A value is of another type.
        """
    def _repr_html_(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Callable[[dict[str, Any]], Self], tuple[dict[str, Any]]]: ...

@final
class WorkspacePlan(_Answered):
    """A workspace plan as one answer showed it: immutable."""

    @property
    def tier(self) -> str | None:
        """The tier; it may be missing."""
    @property
    def billed_by(self) -> BilledBy | None:
        """Who bills for it; it may be missing. A `str`; one that this version does not know is kept as it is."""

@final
class OperationFailure(_Answered):
    """An operation failure as one answer showed it: immutable."""

    @property
    def message(self) -> str:
        """The server's words."""

@final
class OperationLastFailure(_Answered):
    """An operation last failure as one answer showed it: immutable."""

    @property
    def message(self) -> str:
        """The server's words."""
    @property
    def step_name(self) -> str | None:
        """The step in which it went wrong; it may be missing."""

@final
class CapabilitiesFreshness(_Answered):
    """Capabilities freshness as one answer showed it: immutable."""

    @property
    def state(self) -> Freshness:
        """Whether it is fresh. A `str`; one that this version does not know is kept as it is."""
    @property
    def max_age_seconds(self) -> int:
        """How old it may be, in seconds, until it is stale."""
    @property
    def age_seconds(self) -> int | None:
        """How old it is, in seconds; none if nothing is known yet."""
    @property
    def last_successful_at(self) -> datetime | None:
        """When it was found out; none if nothing is known yet. `OverflowError` where no datetime can hold it (before
        year 1, after 9999).
        """
    @property
    def last_successful_at_unix(self) -> int | float | None:
        """The same in Unix seconds, as the answer had it. Never an error."""
    @property
    def last_refresh_status(self) -> RefreshStatus | None:
        """What the last attempt came to; none if there was none. A `str`; one that this version does not know is kept
        as it is.
        """
    @property
    def last_refresh_error(self) -> str | None:
        """Why the last attempt failed; none if it did not."""

@final
class Cluster(_Answered):
    """A cluster as one answer showed it: immutable, equal if everything in it is equal."""

    @property
    def id(self) -> str:
        """The id, 1 to 54 code points."""
    @property
    def html_url(self) -> str | None:
        """Its page for people. Documented on one page only, so it may be missing. Documented as at most 2048 code
        points; a longer one is kept.
        """
    @property
    def name(self) -> str:
        """The name: 1 to 100 code points when it is written, of any length in answers."""
    @property
    def workspace_id(self) -> str:
        """The workspace it belongs to."""
    @property
    def state(self) -> ClusterState:
        """Where it is in its life. A `str`; one that this version does not know is kept as it is."""
    @property
    def provider(self) -> Provider:
        """Who runs its control plane. Only a value that this version knows can be written. A `str`; one that this
        version does not know is kept as it is.
        """
    @property
    def reconciling(self) -> bool:
        """Whether the server is still bringing it into the state that was asked for."""
    @property
    def created_at(self) -> datetime:
        """When it was made. `OverflowError` where no datetime can hold it (before year 1, after 9999)."""
    @property
    def created_at_unix(self) -> int | float:
        """The same in Unix seconds, as the answer had it. Never an error."""
    @property
    def updated_at(self) -> datetime:
        """When it last changed. `OverflowError` where no datetime can hold it (before year 1, after 9999)."""
    @property
    def updated_at_unix(self) -> int | float:
        """The same in Unix seconds, as the answer had it. Never an error."""
    @property
    def etag(self) -> str:
        """The etag of this version."""

@final
class Workspace(_Answered):
    """A workspace as one answer showed it: immutable, equal if everything in it is equal."""

    @property
    def id(self) -> str:
        """The id, 1 to 53 code points."""
    @property
    def name(self) -> str:
        """The name: 1 to 100 code points when it is written, of any length in answers."""
    @property
    def slug(self) -> str:
        """The part of its address that people choose: 3 to 39 code points when it is written, of any length in
        answers. No pattern is documented, so only the length is checked here.
        """
    @property
    def plan(self) -> WorkspacePlan:
        """The plan."""
    @property
    def workspace_class(self) -> WorkspaceClass | None:
        """What it is for. Documented on one page only, so it may be missing. A `str`; one that this version does not
        know is kept as it is.
        """
    @property
    def created_at(self) -> datetime:
        """When it was made: an RFC 3339 text on one page of the documentation, Unix seconds on another.
        `OverflowError` where no datetime can hold it (before year 1, after 9999).
        """
    @property
    def created_at_unix(self) -> int | float:
        """The same in Unix seconds, as the answer had it. Never an error."""
    @property
    def updated_at(self) -> datetime:
        """When it last changed. `OverflowError` where no datetime can hold it (before year 1, after 9999)."""
    @property
    def updated_at_unix(self) -> int | float:
        """The same in Unix seconds, as the answer had it. Never an error."""
    @property
    def etag(self) -> str:
        """The etag of this version."""

@final
class Operation(_Answered):
    """An operation as one answer showed it: immutable, equal if everything in it is equal."""

    @property
    def id(self) -> str:
        """The id, 1 to 53 code points."""
    @property
    def state(self) -> OperationState:
        """How far it is. A `str`; one that this version does not know is kept as it is."""
    @property
    def done(self) -> bool:
        """Whether it has ended, however it did."""
    @property
    def owner_id(self) -> str:
        """The id of what it works on. Of something that is being made, nobody says whether it is the id that it will
        have.
        """
    @property
    def owner_type(self) -> OwnerType:
        """What that is. A `str`; one that this version does not know is kept as it is."""
    @property
    def workspace_id(self) -> str | None:
        """The workspace it belongs to, if it belongs to one."""
    @property
    def organization_id(self) -> str | None:
        """The organization it belongs to, if it belongs to one."""
    @property
    def parent_operation_id(self) -> str | None:
        """The operation that has started it, if one has."""
    @property
    def html_url(self) -> str:
        """Its page for people."""
    @property
    def metadata(self) -> Any:
        """What it was asked to do. Its `type`, such as `cluster.create`, says what else is in it."""
    @property
    def response(self) -> Any | None:
        """What came of it, once it has succeeded."""
    @property
    def error(self) -> OperationFailure | None:
        """Why it failed or was cancelled."""
    @property
    def last_error(self) -> OperationLastFailure | None:
        """What went wrong last. It may be there while the operation goes on, and goes when a repeat works."""
    @property
    def started_at(self) -> datetime:
        """When it began. `OverflowError` where no datetime can hold it (before year 1, after 9999)."""
    @property
    def started_at_unix(self) -> int | float:
        """The same in Unix seconds, as the answer had it. Never an error."""
    @property
    def completed_at(self) -> datetime | None:
        """When it ended. `OverflowError` where no datetime can hold it (before year 1, after 9999)."""
    @property
    def completed_at_unix(self) -> int | float | None:
        """The same in Unix seconds, as the answer had it. Never an error."""
    @property
    def steps(self) -> Any | None:
        """Its steps: `name`, `status`, `execution_type` (`user` and `approval` wait for a person) and more of each.
        Lists leave them out.
        """

@final
class Region(_Answered):
    """A region as one answer showed it: immutable, equal if everything in it is equal."""

    @property
    def id(self) -> str:
        """The id, 1 to 54 code points: the `region_id` of a cluster."""
    @property
    def name(self) -> str | None:
        """Its name. Documented for writes only, so it may be missing."""

@final
class ClusterComputeSettings(_Answered):
    """Compute settings as one answer showed it: immutable, equal if everything in it is equal."""

    @property
    def cluster_id(self) -> str:
        """The cluster's id, 1 to 54 code points, by which the settings are read and changed."""
    @property
    def auto_scaling(self) -> AutoScaling:
        """Whether the number of machines follows what the cluster needs. Only a value that this version knows can be
        written. On the wire it is written as `auto_scaling_enabled`: true for `active`, false for `paused`. A
        `str`; one that this version does not know is kept as it is.
        """
    @property
    def machines(self) -> int:
        """How many machines there are now."""
    @property
    def max_machines(self) -> int:
        """How many machines there may be: 0 to 100 when it is written, any number in answers."""
    @property
    def updated_at(self) -> datetime:
        """When they last changed. `OverflowError` where no datetime can hold it (before year 1, after 9999)."""
    @property
    def updated_at_unix(self) -> int | float:
        """The same in Unix seconds, as the answer had it. Never an error."""
    @property
    def etag(self) -> str:
        """The etag of this version."""

@final
class ClusterCapabilities(_Answered):
    """Capabilities as one answer showed it: immutable, equal if everything in it is equal."""

    @property
    def cluster_id(self) -> str:
        """The cluster's id, 1 to 54 code points, by which the capabilities are read."""
    @property
    def api_groups(self) -> Any:
        """The API groups that the cluster serves: a list of texts, which may be empty."""
    @property
    def storage_classes(self) -> Any:
        """Its storage classes: a list with `name`, `provisioner`, `is_default`, `reclaim_policy` and
        `volume_binding_mode` of each.
        """
    @property
    def gateway_classes(self) -> Any:
        """Its gateway classes: a list."""
    @property
    def gateways(self) -> Any:
        """Its gateways: a list with `namespace`, `name`, `gateway_class_name`, `listeners` and more of each."""
    @property
    def default_gateway(self) -> Any | None:
        """The gateway that is used where none is named. No form of it is documented, and it may be missing."""
    @property
    def ingress_classes(self) -> Any:
        """Its ingress classes: a list."""
    @property
    def nodes(self) -> Any:
        """Its nodes: a list with `name`, `ready`, `roles`, `version`, `cpu_capacity`, `memory_capacity` and more of
        each.
        """
    @property
    def freshness(self) -> CapabilitiesFreshness | None:
        """How old all of this is. Documented on one page only, so it may be missing."""

@final
class WorkerBootstrap(_Answered):
    """A worker bootstrap as one answer showed it: immutable, equal if everything in it is equal."""

    @property
    def full_id(self) -> str:
        """The cluster's id and its own with a `/` between them, by which it is read and revoked. No answer says it: it
        is put together of the cluster that was asked for and `id`, and is added.
        """
    @property
    def id(self) -> str:
        """Its own id, 1 to 54 code points."""
    @property
    def etag(self) -> str:
        """The etag of this version."""
    @property
    def token(self) -> Secret | None:
        """A secret with which a machine joins. Only the answer to the create shows it."""
    @property
    def command(self) -> Secret | None:
        """A secret: what to run on a machine that is to join. Only the answer to the create shows it."""
    @property
    def cloud_init(self) -> Secret | None:
        """A secret: what to hand to cloud-init of a machine that is to join. Only the answer to the create shows it."""
    @property
    def artifacts(self) -> Secret | None:
        """A secret, whose form is not documented: its JSON, or the text if it is one. Only the answer to the create
        shows it.
        """

class _OfKind(Generic[_R]):
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any) -> Self: ...
    def __reduce__(self) -> tuple[Callable[[dict[str, Any], str], Any], tuple[dict[str, Any], str]]: ...

class _Lists(_OfKind[_R]):
    def list(
        self, *, page_size: int | None = None, cursor: str | None = None, **options: Unpack[CallOptions]
    ) -> ResourceList[_R]:
        """All of them, read page by page as the iteration gets there.

            >>> [cluster.name for cluster in client.clusters.list()]
            ['cluster 1', 'cluster 2', 'cluster 3']

        Args:
            page_size: How many a page is to have at most, 1 to 100; without it the server takes 50.
            cursor: Where an earlier page ended: its `next_cursor`.
            owner_type: Of operations alone: only those about something of this type, such as `"cluster"`.
            owner_id: Of operations alone: only those about what has this id. The two go together.
            **options: Those of every call: see `CallOptions`. The time is that of each page.

        Raises:
            ValidationError: A value is out of its limits. What goes wrong with a page is raised when it is read.
        """

class _Gets(_OfKind[_R]):
    def get(self, id: str | _R, /, **options: Unpack[CallOptions]) -> _R:
        """Reads one. A read is tried again within the deadline, and never takes effect.

            >>> client.clusters.get("clu_1")
            Cluster(id='clu_1', name='cluster 1', state='active', etag='42')

        Args:
            id: Its id, or a version of it that was read before.
            **options: Those of every call: see `CallOptions`.

        Raises:
            NotFoundError: There is none, or the token may not see it.
            AkuaError: Any other kind but `ConflictError`.
        """

class _Reads(_Lists[_R], _Gets[_R]): ...

class _Changes(_Gets[_R]):
    def edit_with(
        self,
        resource: str | _R,
        change: Callable[[_R], Mapping[str, Any] | _R | None],
        /,
        **options: Unpack[EditOptions],
    ) -> EditResult[_R]:
        """Changes what `change` says for the version that it is given, asked again for each fresh version.

        For a change that depends on what is there. It is never asked while an earlier write of this call may have landed.

            >>> result = client.clusters.edit_with("clu_1", lambda cluster: {"name": cluster.name + "-eu"})
            >>> result.resource.name
            'cluster 1-eu'

        Args:
            resource: The version that was seen, or its id.
            change: Takes a version and returns the fields to change as a dict, a copy with other values
                (`cluster.__replace__(name="…")`), or None. Where nothing changes, nothing is sent.
            **options: See `EditOptions`.

        Raises:
            Exception: What `change` raises, with a note: nothing took effect then.
            AkuaError: As for `edit`.
        """

class _Calls(_Reads[_R], _Changes[_R]):
    def fleet(
        self,
        plan: _fleet.Plan,
        ledger: str | PathLike[str],
        /,
        *,
        kubeconfigs: Callable[[str], str | None] | None = None,
        **options: Unpack[FleetOptions],
    ) -> _fleet.Fleet:
        """Puts a plan for many of them into the ledger at `ledger`, or goes on with the one that is there.

        Resources are listed and patches written down now, and nothing is sent but those reads. See `akua.fleet`.

            >>> from akua.fleet import Plan
            >>> plan = Plan.where(lambda cluster: True, {"name": "prod"}, name="all", version="1")
            >>> with client.clusters.fleet(plan, folder / "all.akua-fleet") as fleet:
            ...     fleet.run(progress=False).counts.applied
            3

        Args:
            plan: Which of them are to be changed, and how; or to be suspended, resumed or deleted.
            ledger: The file that says of every item what happened to it. It is made if it is missing.
            kubeconfigs: Called with an id, returns its kubeconfig, for each item that writes one: the ledger holds only hashes, so a
                run that goes on needs them again. It runs on the threads of a run.
            **options: See `PolicyOptions`. The time is that of one item, without the wait for its operation.

        Raises:
            ConfigurationError: The ledger is that of another plan, in use, damaged, or can't be written.
            ValidationError: The plan breaks a rule, names a resource twice, or launches what this kind has not. No write was sent.
            AkuaError: Listing failed.
        """
    def _carry_out(
        self,
        leased: str,
        grant: Callable[[str], bool],
        stops: Callable[[], bool],
        /,
        *,
        function: Callable[[Any], object] | None,
        kubeconfigs: Callable[[str], str | None] | None,
        policy: dict[str, Any],
    ) -> str: ...

@final
class Clusters(_Calls[Cluster]):
    """The clusters that a client may see: `client.clusters`."""

    def kubeconfig(self, cluster: str | Cluster, /, **options: Unpack[CallOptions]) -> Secret:
        """Reads the kubeconfig of a cluster, which makes whoever has it its administrator. Nothing shows it but `Secret.expose`.

            >>> client.clusters.kubeconfig("clu_1")
            Secret(hidden)

        That it was handed out is written into the audit log of the workspace, so it is asked for once and never again by itself: after
        a lost answer it may have been handed out. The call may be made again, as it changes nothing.

        Args:
            cluster: The cluster or its id.
            **options: Those of every call: see `CallOptions`.

        Raises:
            PermissionDeniedError: Owners and administrators of the workspace alone may.
            NotFoundError: There is no such cluster, or the token may not see it.
            AkuaError: Any other kind but `ConflictError`. None shows anything of a kubeconfig.
        """
    def create(self, **new: Unpack[ClusterCreate]) -> Launched:
        """Makes a cluster, and says whether the server has accepted that.

        It is sent under a key of its own. A lost answer is settled by the same bytes under that key, for as long as the server is
        documented to answer a repeat with what the first one has started (`create_keys_replay` of `Contract`); after that the new one
        is only looked for. What becomes of the operation is another question: `wait` for it, and `now` is the cluster.

            >>> launched = client.clusters.create(name="prod-eu", region_id="reg_1")
            >>> launched.end, launched.proof, launched.operation
            ('applied', 'acknowledged', 'op_1')
            >>> launched.wait().now.name
            'prod-eu'

        Args:
            **new: What it is made of: `name` and `region_id`, and `network_profile` where it is to be another one than
                "linux_cilium": see `NewClusterFields`. And options: see `LaunchOptions`.

        Raises:
            ValidationError: Something is missing or breaks a limit. Nothing was sent.
            RejectedError: The server refuses, such as a name that is taken, and nothing was made: `server_errors` tells why.
            IndeterminateError: Nobody could know: settle it with `Client.resolve(error.resume_token)`, and make none anew before that.
                `candidates` lists the ids of clusters that are called so; any may be somebody else's.
            AkuaError: Any other kind means that nothing was accepted.
        """
    def create_once(
        self, *, idempotency_key: str | None = None, **new: Unpack[ClusterCreateOnce]
    ) -> Operation:
        """Sends one `POST /clusters`, and returns the operation that it was answered with.

        It is sent a second time, byte for byte, only if the server has refused it with 401 and the callback for tokens has another
        one. `create` finds out what happened where this can only say that it is not known.

            >>> client.clusters.create_once(name="prod-eu", region_id="reg_1", idempotency_key="prod-eu-1").state
            <OperationState.RUNNING: 'RUNNING'>

        Args:
            idempotency_key: A key of your own for this request, 1 to 64 characters: for a while a repeat under it is answered with
                what the first one has started. Without it none is sent.
            **new: What it is made of: see `NewClusterFields`. And the options of every call: see `CallOptions`.

        Raises:
            ValidationError: Something is missing or breaks a limit. Nothing was sent.
            IndeterminateError: It may have been accepted.
            AkuaError: For every kind `may_have_taken_effect` is false only where that is proven.
        """
    def import_cluster(self, **new: Unpack[ClusterImport]) -> Launched:
        """Imports a cluster of your own with its kubeconfig, and says whether that was done.

        The answer is the cluster: `id` and `made` of the result tell which, and there is no operation to wait for. It is sent once. A key
        goes along, as the endpoint takes one, and nothing rests on it, as nothing is said of what it does: after a lost answer the cluster
        is only looked for, here as in `Client.resolve`. The kubeconfig is a secret: no result, error, log, token or pickle has it.

            >>> launched = client.clusters.import_cluster(name="edge", region_id="reg_1", kubeconfig="apiVersion: v1 …")
            >>> launched.end, launched.operation, launched.made.name
            ('applied', None, 'edge')

        Args:
            **new: What it is: `name`, `region_id` and `kubeconfig`, which can be that of a `Secret`, `secret.expose()`: see
                `ClusterImportFields`. And options: see `LaunchOptions`.

        Raises:
            ValidationError: Something is missing or breaks a limit. Nothing was sent.
            RejectedError: The server refuses, such as a name that is taken, and nothing was made: `server_errors` tells why.
            IndeterminateError: Nobody could know, as the answer was lost: look at `candidates`, the ids of clusters that are listed under
                that name and may be no older than this call. Any may be somebody else's, and none is taken for this one.
            AkuaError: Any other kind means that nothing was made.
        """
    def import_cluster_once(
        self, *, idempotency_key: str | None = None, **new: Unpack[ClusterImportOnce]
    ) -> Cluster:
        """Sends one `POST /clusters:import`, and returns the cluster that it was answered with.

        It is sent a second time, byte for byte, only if the server has refused it with 401 and the callback for tokens has another
        one. `import_cluster` looks for the cluster where this can only say that it is not known.

            >>> client.clusters.import_cluster_once(name="edge", region_id="reg_1", kubeconfig="apiVersion: v1 …").name
            'edge'

        Args:
            idempotency_key: A key of your own for this request, 1 to 64 characters. The server need not look at it.
            **new: What it is: see `ClusterImportFields`. And the options of every call: see `CallOptions`.

        Raises:
            ValidationError: Something is missing or breaks a limit. Nothing was sent.
            IndeterminateError: It may have been imported.
            AkuaError: For every kind `may_have_taken_effect` is false only where that is proven.
        """
    def suspend(self, cluster: str | Cluster, /, **options: Unpack[LaunchOptions]) -> Launched:
        """Suspends a cluster that runs, and says whether the server has accepted that: in the version that was seen, or not at all.

        With only an id the current version is read first. A lost answer is settled by the same bytes, where they can't be accepted
        twice, and by looking; nothing is ever issued anew. What becomes of the operation is another question: `wait` for it.

            >>> launched = client.clusters.suspend("clu_1")
            >>> launched.end, launched.proof, launched.operation
            ('applied', 'acknowledged', 'op_1')
            >>> launched.wait().now.state
            <ClusterState.SUSPENDED: 'suspended'>

        Args:
            cluster: The version that was seen, or its id.
            **options: See `LaunchOptions`.

        Raises:
            ConflictError: Somebody else changed it first, and nothing was accepted: look at it, and decide anew.
            RejectedError: The server refuses: its state, or another operation, stands in the way (`server_errors`).
            IndeterminateError: Nobody could know: settle it with `Client.resolve(error.resume_token)`, and don't send it anew.
                `candidates` lists operations that may be it.
            AkuaError: Any other kind means that nothing was accepted.
        """
    def suspend_once(
        self,
        cluster: str | Cluster,
        /,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Operation:
        """Sends one `POST …:suspend`, and returns the operation that it was answered with.

        It is sent a second time, byte for byte, only if the server has refused it with 401 and the callback for tokens has another
        one. `suspend` finds out what happened where this can only say that it is not known.

            >>> client.clusters.suspend_once(client.clusters.get("clu_1")).state
            <OperationState.RUNNING: 'RUNNING'>

        Args:
            cluster: The version that was seen, or its id; then `if_match` is needed.
            if_match: The etag that it must still have, in place of the version's own. Never `*`.
            idempotency_key: A key of your own for this request, 1 to 64 characters. The server need not look at it.
            **options: Those of every call: see `CallOptions`.

        Raises:
            ConflictError: Somebody else changed it first, or its state or another operation stands in the way. Nothing was accepted.
            IndeterminateError: It may have been accepted.
            AkuaError: For every kind `may_have_taken_effect` is false only where that is proven.
        """
    def resume(self, cluster: str | Cluster, /, **options: Unpack[LaunchOptions]) -> Launched:
        """Resumes a cluster that is suspended, and says whether the server has accepted that: as `suspend`.

            >>> _ = client.clusters.suspend("clu_1").wait()
            >>> client.clusters.resume("clu_1").wait().now.state
            <ClusterState.ACTIVE: 'active'>

        Args:
            cluster: The version that was seen, or its id.
            **options: See `LaunchOptions`.

        Raises:
            ConflictError: Somebody else changed it first, and nothing was accepted: look at it, and decide anew.
            RejectedError: The server refuses: its state, or another operation, stands in the way (`server_errors`).
            IndeterminateError: Nobody could know: settle it with `Client.resolve(error.resume_token)`, and don't send it anew.
                `candidates` lists operations that may be it.
            AkuaError: Any other kind means that nothing was accepted.
        """
    def resume_once(
        self,
        cluster: str | Cluster,
        /,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Operation:
        """Sends one `POST …:resume`, and returns the operation that it was answered with.

        It is sent a second time, byte for byte, only if the server has refused it with 401 and the callback for tokens has another
        one. `resume` finds out what happened where this can only say that it is not known.

            >>> suspended = client.clusters.suspend("clu_1").wait().now
            >>> client.clusters.resume_once(suspended).owner_id
            'clu_1'

        Args:
            cluster: The version that was seen, or its id; then `if_match` is needed.
            if_match: The etag that it must still have, in place of the version's own. Never `*`.
            idempotency_key: A key of your own for this request, 1 to 64 characters. The server need not look at it.
            **options: Those of every call: see `CallOptions`.

        Raises:
            ConflictError: Somebody else changed it first, or its state or another operation stands in the way. Nothing was accepted.
            IndeterminateError: It may have been accepted.
            AkuaError: For every kind `may_have_taken_effect` is false only where that is proven.
        """
    def delete(self, resource: str | Cluster, /, **options: Unpack[LaunchOptions]) -> Launched:
        """Deletes it, and says whether the server has accepted that: in the version that was seen, or not at all.

        With only an id the current version is read first, and that one is deleted. A version that is passed in is looked at first,
        with the token that is then used: only to that one it says something that it is gone. Nothing is ever issued anew.

        Documented for clusters: no install, no managed worker and no machine snapshot may be left, and the caller must own the
        workspace. After the delete of a workspace its own token is presumably of no use any more.

            >>> cluster = client.clusters.get("clu_1")
            >>> launched = client.clusters.delete(cluster)
            >>> launched.changed, launched.wait().end
            (True, 'succeeded')

        Args:
            resource: The version that was seen, or its id.
            **options: See `LaunchOptions`.

        Raises:
            ConflictError: Somebody else changed it first, and nothing was accepted: look at it, and decide anew.
            RejectedError: The server refuses: its state, or another operation, stands in the way (`server_errors`).
            IndeterminateError: Nobody could know: settle it with `Client.resolve(error.resume_token)`, and don't send it anew.
                `candidates` lists operations that may be it.
            NotFoundError: There is none, and this call has not deleted it.
            AkuaError: Any other kind means that nothing was accepted.
        """
    def delete_once(
        self,
        resource: str | Cluster,
        /,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Operation:
        """Sends one `DELETE`, and returns the operation that it was answered with.

        It is sent a second time, byte for byte, only if the server has refused it with 401 and the callback for tokens has another
        one. `delete` finds out what happened where this can only say that it is not known.

            >>> client.clusters.delete_once("clu_1", if_match="42").metadata["type"]
            'cluster.delete'

        Args:
            resource: The version that was seen, or its id; then `if_match` is needed.
            if_match: The etag that it must still have, in place of the version's own. Never `*`.
            idempotency_key: A key of your own for this request, 1 to 64 characters. The server need not look at it.
            **options: Those of every call: see `CallOptions`.

        Raises:
            ConflictError: Somebody else changed it first, or its state or another operation stands in the way. Nothing was accepted.
            IndeterminateError: It may have been accepted.
            AkuaError: For every kind `may_have_taken_effect` is false only where that is proven.
        """
    def refresh_capabilities(self, cluster: str | Cluster, /, **options: Unpack[LaunchOptions]) -> Launched:
        """Asks for the capabilities of a cluster to be found out anew. It can be asked for as often as one likes.

            >>> client.clusters.refresh_capabilities("clu_1").wait().end
            'succeeded'

        Args:
            cluster: The cluster or its id: no version of it is meant.
            **options: See `LaunchOptions`.

        Raises:
            RejectedError: The server refuses: its state, or another operation, stands in the way (`server_errors`).
            IndeterminateError: Nobody could know: settle it with `Client.resolve(error.resume_token)`, and don't send it anew.
                `candidates` lists operations that may be it.
            AkuaError: Any other kind means that nothing was accepted.
        """
    def refresh_capabilities_once(
        self,
        cluster: str | Cluster,
        /,
        *,
        idempotency_key: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Operation:
        """Sends one `POST …/capabilities:refresh`, and returns the operation that it was answered with.

        It is sent a second time, byte for byte, only if the server has refused it with 401 and the callback for tokens has another
        one. `refresh_capabilities` finds out what happened where this can only say that it is not known.

            >>> client.clusters.refresh_capabilities_once("clu_1").id
            'op_1'

        Args:
            cluster: The cluster or its id.
            idempotency_key: A key of your own for this request, 1 to 64 characters. The server need not look at it.
            **options: Those of every call: see `CallOptions`.

        Raises:
            ConflictError: Somebody else changed it first, or its state or another operation stands in the way. Nothing was accepted.
            IndeterminateError: It may have been accepted.
            AkuaError: For every kind `may_have_taken_effect` is false only where that is proven.
        """
    def update(
        self,
        resource: str | Cluster,
        /,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        **fields: Unpack[ClusterUpdate],
    ) -> Cluster:
        """Changes fields if it still has the etag that was seen, and returns it as it is then.

        Exactly one request is sent. It is sent a second time only if the server has refused it with 401 and the callback for
        tokens has another one. What is returned is the answer: whether the server has taken the values as they were sent shows
        in it. `edit` compares them.

            >>> cluster = client.clusters.get("clu_1")
            >>> client.clusters.update(cluster, name="prod").etag
            '43'
            >>> client.clusters.update("clu_2", if_match="1042", name="dev").etag
            '1043'

        Args:
            resource: The version that was seen, or its id; then `if_match` is needed.
            if_match: The etag that it must still have, in place of the version's own. Never `*`.
            idempotency_key: A key of your own for this change, 1 to 64 characters, for clusters only. Use a fresh one for each
                change: a server that knows it may answer what it answered before.
            **fields: What to change, such as `name="prod"`: see `ClusterFields`, `WorkspaceFields` and
                `ClusterComputeSettingsFields`. And the options of every call: see `CallOptions`.

        Raises:
            ConflictError: Somebody else changed it first, or its state or a reused key stands in the way. It changed nothing.
            IndeterminateError: It may have taken effect.
            AkuaError: For every kind `may_have_taken_effect` is false only where that is proven.
        """
    def edit(self, resource: str | Cluster, /, **fields: Unpack[ClusterEdit]) -> EditResult[Cluster]:
        """Changes fields, whatever happens in between, and says what happened.

        Pass the version that you have seen: everything in it is protected. With only an id the current version is read first,
        and only changes during the call are noticed. If somebody else changed other fields meanwhile, the change is applied to
        the new version; if they touched the same ones, nothing is written. If an answer is lost, the truth is found out where it
        can be.

            >>> result = client.clusters.edit("clu_1", name="prod")
            >>> result.changed, result.proof
            (True, 'acknowledged')

        Args:
            resource: The version that was seen, or its id.
            **fields: What to change, as in `update`. And options: see `EditOptions`.

        Raises:
            ConflictError: Somebody else changed the same fields: see `base`, `ours`, `theirs`. Nothing was written.
            IndeterminateError: Nobody could know: settle it with `Client.resolve(error.resume_token)`.
            AkuaError: Any other kind means that nothing took effect, `DecodeError` excepted if it says otherwise.
        """
    def wait_settled(
        self, resource: str | Cluster | EditResult[Cluster], /, *, after: str | None = None, **fields: Unpack[ClusterUpdate]
    ) -> Cluster:
        """Waits until the server has stopped reconciling it, and returns it as it is then. It only reads.

            >>> result = client.clusters.edit("clu_1", region_id="reg_eu")
            >>> client.clusters.wait_settled(result, timeout=600).reconciling
            False

        Args:
            resource: The result of an edit: then only versions after it count, and its values have to be there. Or a cluster or
                its id: then the first version that is not being reconciled.
            after: The etag that guarded an `update`: only versions after it count.
            **fields: Values that have to be there: those that were written. What no answer shows is not compared. And the options
                of every call: moving a cluster may take longer than the client's usual 30 seconds.

        Raises:
            TimeoutError: It had not settled in time. `resource` is the version read last; or another version was read, and whether
                it is newer is not known, as the message then says.
            ConflictError: Somebody else has changed the values since, as a version shows that is known to be newer.
            NotFoundError: There is no such cluster any more.
            AkuaError: What does not pass by waiting. None of these says anything about the write before.
        """

@final
class Workspaces(_Calls[Workspace]):
    """The workspaces that a client may see: `client.workspaces`."""

    def create(self, **new: Unpack[WorkspaceCreate]) -> Launched:
        """Makes a workspace, and says whether that was done.

        The answer is the workspace: `id` and `made` of the result tell which, and there is no operation to wait for. It takes no key, so it
        is sent once: after a lost answer the workspace is only looked for, here as in `Client.resolve`.

            >>> launched = client.workspaces.create(name="Team Blue", slug="team-blue")
            >>> launched.end, launched.operation, launched.made.slug
            ('applied', None, 'team-blue')

        Args:
            **new: What it is made of: `name`, and `slug` where the server is not to make one up: see `NewWorkspaceFields`. And options:
                see `LaunchOptions`.

        Raises:
            ValidationError: Something is missing or breaks a limit. Nothing was sent.
            RejectedError: The server refuses, such as a slug that is taken, and nothing was made: `server_errors` tells why.
            IndeterminateError: Nobody could know, as the answer was lost: look at `candidates`, the ids of workspaces that are listed under
                that name, and that slug if one was set, and may be no older than this call. Any may be somebody else's, and none is taken
                for this one.
            AkuaError: Any other kind means that nothing was made.
        """
    def create_once(self, **new: Unpack[WorkspaceCreateOnce]) -> Workspace:
        """Sends one `POST /workspaces`, and returns the workspace that it was answered with. It takes no key.

        It is sent a second time, byte for byte, only if the server has refused it with 401 and the callback for tokens has another
        one. `create` looks for the workspace where this can only say that it is not known.

            >>> client.workspaces.create_once(name="Team Blue", slug="team-blue").slug
            'team-blue'

        Args:
            **new: What it is made of: see `NewWorkspaceFields`. And the options of every call: see `CallOptions`.

        Raises:
            ValidationError: Something is missing or breaks a limit. Nothing was sent.
            IndeterminateError: It may have been made.
            AkuaError: For every kind `may_have_taken_effect` is false only where that is proven.
        """
    def delete(self, resource: str | Workspace, /, **options: Unpack[LaunchOptions]) -> Launched:
        """Deletes it, and says whether the server has accepted that: in the version that was seen, or not at all.

        With only an id the current version is read first, and that one is deleted. A version that is passed in is looked at first,
        with the token that is then used: only to that one it says something that it is gone. Nothing is ever issued anew.

        Documented for clusters: no install, no managed worker and no machine snapshot may be left, and the caller must own the
        workspace. After the delete of a workspace its own token is presumably of no use any more.

            >>> cluster = client.clusters.get("clu_1")
            >>> launched = client.clusters.delete(cluster)
            >>> launched.changed, launched.wait().end
            (True, 'succeeded')

        Args:
            resource: The version that was seen, or its id.
            **options: See `LaunchOptions`.

        Raises:
            ConflictError: Somebody else changed it first, and nothing was accepted: look at it, and decide anew.
            RejectedError: The server refuses: its state, or another operation, stands in the way (`server_errors`).
            IndeterminateError: Nobody could know: settle it with `Client.resolve(error.resume_token)`, and don't send it anew.
                `candidates` lists operations that may be it.
            NotFoundError: There is none, and this call has not deleted it.
            AkuaError: Any other kind means that nothing was accepted.
        """
    def delete_once(
        self,
        resource: str | Workspace,
        /,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Operation:
        """Sends one `DELETE`, and returns the operation that it was answered with.

        It is sent a second time, byte for byte, only if the server has refused it with 401 and the callback for tokens has another
        one. `delete` finds out what happened where this can only say that it is not known.

            >>> client.clusters.delete_once("clu_1", if_match="42").metadata["type"]
            'cluster.delete'

        Args:
            resource: The version that was seen, or its id; then `if_match` is needed.
            if_match: The etag that it must still have, in place of the version's own. Never `*`.
            idempotency_key: A key of your own for this request, 1 to 64 characters. The server need not look at it.
            **options: Those of every call: see `CallOptions`.

        Raises:
            ConflictError: Somebody else changed it first, or its state or another operation stands in the way. Nothing was accepted.
            IndeterminateError: It may have been accepted.
            AkuaError: For every kind `may_have_taken_effect` is false only where that is proven.
        """
    def update(
        self,
        resource: str | Workspace,
        /,
        *,
        if_match: str | None = None,
        idempotency_key: None = None,
        **fields: Unpack[WorkspaceUpdate],
    ) -> Workspace:
        """Changes fields if it still has the etag that was seen, and returns it as it is then.

        Exactly one request is sent. It is sent a second time only if the server has refused it with 401 and the callback for
        tokens has another one. What is returned is the answer: whether the server has taken the values as they were sent shows
        in it. `edit` compares them.

            >>> cluster = client.clusters.get("clu_1")
            >>> client.clusters.update(cluster, name="prod").etag
            '43'
            >>> client.clusters.update("clu_2", if_match="1042", name="dev").etag
            '1043'

        Args:
            resource: The version that was seen, or its id; then `if_match` is needed.
            if_match: The etag that it must still have, in place of the version's own. Never `*`.
            idempotency_key: A key of your own for this change, 1 to 64 characters, for clusters only. Use a fresh one for each
                change: a server that knows it may answer what it answered before.
            **fields: What to change, such as `name="prod"`: see `ClusterFields`, `WorkspaceFields` and
                `ClusterComputeSettingsFields`. And the options of every call: see `CallOptions`.

        Raises:
            ConflictError: Somebody else changed it first, or its state or a reused key stands in the way. It changed nothing.
            IndeterminateError: It may have taken effect.
            AkuaError: For every kind `may_have_taken_effect` is false only where that is proven.
        """
    def edit(self, resource: str | Workspace, /, **fields: Unpack[WorkspaceEdit]) -> EditResult[Workspace]:
        """Changes fields, whatever happens in between, and says what happened.

        Pass the version that you have seen: everything in it is protected. With only an id the current version is read first,
        and only changes during the call are noticed. If somebody else changed other fields meanwhile, the change is applied to
        the new version; if they touched the same ones, nothing is written. If an answer is lost, the truth is found out where it
        can be.

            >>> result = client.clusters.edit("clu_1", name="prod")
            >>> result.changed, result.proof
            (True, 'acknowledged')

        Args:
            resource: The version that was seen, or its id.
            **fields: What to change, as in `update`. And options: see `EditOptions`.

        Raises:
            ConflictError: Somebody else changed the same fields: see `base`, `ours`, `theirs`. Nothing was written.
            IndeterminateError: Nobody could know: settle it with `Client.resolve(error.resume_token)`.
            AkuaError: Any other kind means that nothing took effect, `DecodeError` excepted if it says otherwise.
        """

@final
class Operations(_Reads[Operation]):
    """The operations that a client may see: `client.operations`."""

    def list(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        owner_type: OwnerType | str | None = None,
        owner_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> ResourceList[Operation]:
        """All of them, read page by page as the iteration gets there.

            >>> [cluster.name for cluster in client.clusters.list()]
            ['cluster 1', 'cluster 2', 'cluster 3']

        Args:
            page_size: How many a page is to have at most, 1 to 100; without it the server takes 50.
            cursor: Where an earlier page ended: its `next_cursor`.
            owner_type: Of operations alone: only those about something of this type, such as `"cluster"`.
            owner_id: Of operations alone: only those about what has this id. The two go together.
            **options: Those of every call: see `CallOptions`. The time is that of each page.

        Raises:
            ValidationError: A value is out of its limits. What goes wrong with a page is raised when it is read.
        """
    def cancel(self, operation: str | Operation, /, **options: Unpack[LaunchOptions]) -> Launched:
        """Asks for an operation to be cancelled. That is all that an acceptance says: the step that runs is finished first, and the
        operation may still succeed or fail. `wait` for it; one that has ended is refused.

            >>> launched = client.clusters.suspend("clu_1")
            >>> try:
            ...     client.operations.cancel(launched.operation).wait()
            ... except akua.OperationCancelledError as error:
            ...     print(error.asked_here, error.now.state)
            yes active

        Args:
            operation: The operation or its id.
            **options: See `LaunchOptions`.

        Raises:
            RejectedError: The server refuses: it has ended already, as a rule (`server_errors`).
            IndeterminateError: Nobody could know: settle it with `Client.resolve(error.resume_token)`, and don't send it anew.
                `candidates` lists operations that may be it.
            AkuaError: Any other kind means that nothing was accepted.
        """
    def cancel_once(
        self,
        operation: str | Operation,
        /,
        *,
        idempotency_key: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Operation:
        """Sends one `POST …:cancel`, and returns the operation that it was answered with.

        It is sent a second time, byte for byte, only if the server has refused it with 401 and the callback for tokens has another
        one. `cancel` finds out what happened where this can only say that it is not known.

            >>> launched = client.clusters.suspend("clu_1")
            >>> client.operations.cancel_once(launched.operation).id == launched.operation
            True

        Args:
            operation: The operation or its id.
            idempotency_key: A key of your own for this request, 1 to 64 characters. The server need not look at it.
            **options: Those of every call: see `CallOptions`.

        Raises:
            ConflictError: Somebody else changed it first, or its state or another operation stands in the way. Nothing was accepted.
            IndeterminateError: It may have been accepted.
            AkuaError: For every kind `may_have_taken_effect` is false only where that is proven.
        """
    def wait(
        self,
        operation: str | Operation,
        /,
        *,
        timeout: float | None = 1800.0,
        on_progress: Callable[[Operation], object] | None = None,
        stop_when_blocked: bool = True,
        asked: Literal["no", "yes", "unknown"] = "no",
        **options: Unpack[WaitOptions],
    ) -> Waited:
        """Waits until an operation has ended, and says what became of it and what stands there now.

        It only reads, can be begun anywhere and as often as one likes, and nothing depends on it: the operation goes on when the
        wait is given up. It may wait for a person: that ends the wait as well, unless told otherwise.

            >>> launched = client.clusters.suspend("clu_1")
            >>> waited = client.operations.wait(launched.token, on_progress=lambda operation: print(operation.state.value))
            RUNNING
            SUCCEEDED
            >>> waited.operation.done, waited.now.state.value, waited.later
            (True, 'suspended', ())

        Args:
            operation: A token, as `Launched.token` and `keep_resume_token` have it, or an operation, or its id. A token knows for
                which service and context it was made.
            timeout: The seconds for all of it, in place of the client's.
            on_progress: Called with the operation for every answer that shows it. False ends the wait; what it raises ends it
                too, and is raised. `AsyncClient` awaits what it returns, if that can be.
            stop_when_blocked: Whether a step that waits for a person ends the wait.
            asked: Whether you have asked for the operation to be cancelled: "no", "yes", or "unknown" if you tried and can't
                know. The token of a cancel says so by itself. `asked_here` of an `OperationCancelledError` tells it.
            **options: See `WaitOptions`.

        Raises:
            OperationFailedError: It was accepted and has failed: in part it may have been done.
            OperationCancelledError: It was cancelled: in part it may have been done.
            StillRunningError: The wait is over and the operation is not: wait again, with `resume_token`. `blocked_on` names the
                step that waits for a person.
            LostTrackError: It can't be read any more, or has ended in a way that this version does not know.
            ValidationError: The token is damaged, or for another service or context, or that of a write that is to be resolved.
        """

@final
class Regions(_Lists[Region]):
    """The regions that a client may see: `client.regions`."""


@final
class ComputeSettings(_Changes[ClusterComputeSettings]):
    """The compute settings that a client may see: `client.compute_settings`."""

    def update(
        self,
        resource: str | ClusterComputeSettings,
        /,
        *,
        if_match: str | None = None,
        idempotency_key: None = None,
        **fields: Unpack[ClusterComputeSettingsUpdate],
    ) -> ClusterComputeSettings:
        """Changes fields if it still has the etag that was seen, and returns it as it is then.

        Exactly one request is sent. It is sent a second time only if the server has refused it with 401 and the callback for
        tokens has another one. What is returned is the answer: whether the server has taken the values as they were sent shows
        in it. `edit` compares them.

            >>> cluster = client.clusters.get("clu_1")
            >>> client.clusters.update(cluster, name="prod").etag
            '43'
            >>> client.clusters.update("clu_2", if_match="1042", name="dev").etag
            '1043'

        Args:
            resource: The version that was seen, or its id; then `if_match` is needed.
            if_match: The etag that it must still have, in place of the version's own. Never `*`.
            idempotency_key: A key of your own for this change, 1 to 64 characters, for clusters only. Use a fresh one for each
                change: a server that knows it may answer what it answered before.
            **fields: What to change, such as `name="prod"`: see `ClusterFields`, `WorkspaceFields` and
                `ClusterComputeSettingsFields`. And the options of every call: see `CallOptions`.

        Raises:
            ConflictError: Somebody else changed it first, or its state or a reused key stands in the way. It changed nothing.
            IndeterminateError: It may have taken effect.
            AkuaError: For every kind `may_have_taken_effect` is false only where that is proven.
        """
    def edit(self, resource: str | ClusterComputeSettings, /, **fields: Unpack[ClusterComputeSettingsEdit]) -> EditResult[ClusterComputeSettings]:
        """Changes fields, whatever happens in between, and says what happened.

        Pass the version that you have seen: everything in it is protected. With only an id the current version is read first,
        and only changes during the call are noticed. If somebody else changed other fields meanwhile, the change is applied to
        the new version; if they touched the same ones, nothing is written. If an answer is lost, the truth is found out where it
        can be.

            >>> result = client.clusters.edit("clu_1", name="prod")
            >>> result.changed, result.proof
            (True, 'acknowledged')

        Args:
            resource: The version that was seen, or its id.
            **fields: What to change, as in `update`. And options: see `EditOptions`.

        Raises:
            ConflictError: Somebody else changed the same fields: see `base`, `ours`, `theirs`. Nothing was written.
            IndeterminateError: Nobody could know: settle it with `Client.resolve(error.resume_token)`.
            AkuaError: Any other kind means that nothing took effect, `DecodeError` excepted if it says otherwise.
        """

@final
class Capabilities(_Gets[ClusterCapabilities]):
    """The capabilities that a client may see: `client.capabilities`."""


@final
class WorkerBootstraps(_Reads[WorkerBootstrap]):
    """The worker bootstraps that a client may see: `client.worker_bootstraps`."""

    def list(  # type: ignore[override]
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        cluster_id: str,
        **options: Unpack[CallOptions],
    ) -> ResourceList[WorkerBootstrap]:
        """All of them, read page by page as the iteration gets there.

            >>> [cluster.name for cluster in client.clusters.list()]
            ['cluster 1', 'cluster 2', 'cluster 3']

        Args:
            page_size: How many a page is to have at most, 1 to 100; without it the server takes 50.
            cursor: Where an earlier page ended: its `next_cursor`.
            owner_type: Of operations alone: only those about something of this type, such as `"cluster"`.
            owner_id: Of operations alone: only those about what has this id. The two go together.
            **options: Those of every call: see `CallOptions`. The time is that of each page.

        Raises:
            ValidationError: A value is out of its limits. What goes wrong with a page is raised when it is read.
        """
    def create(self, **new: Unpack[WorkerBootstrapCreate]) -> Launched:
        """Makes what lets machines of your own join a cluster as its workers, and says whether that was done.

        Its secrets are in `made` of the result, and nowhere else: no later read shows them. It is sent once, as nothing is said of
        what its key does. After a lost answer the secrets are lost, should it have been made: revoke those among the `candidates` that
        nobody else needs, and make another. None is revoked by itself.

            >>> made = client.worker_bootstraps.create(cluster_id="clu_1", ttl_seconds=3600).made
            >>> made, made.token
            (WorkerBootstrap(full_id='clu_1/wbs_1', id='wbs_1', etag='300'), Secret(hidden))
            >>> command = made.command.expose()

        Args:
            **new: What it is made of: `cluster_id`, and for how long machines can join with it as `ttl_seconds`, 60 to 86400: see
                `NewWorkerBootstrapFields`. And options: see `LaunchOptions`.

        Raises:
            ValidationError: Something is missing or breaks a limit. Nothing was sent.
            RejectedError: The server refuses, and nothing was made: `server_errors` tells why. `NotFoundError` likewise, where there is
                no such cluster.
            IndeterminateError: Nobody could know. `candidates` lists the ids of those that are listed and were not before; any may be
                somebody else's. `Client.resolve(error.resume_token)` looks again.
            AkuaError: Any other kind means that nothing was made.
        """
    def create_once(
        self, *, idempotency_key: str | None = None, **new: Unpack[WorkerBootstrapCreateOnce]
    ) -> WorkerBootstrap:
        """Sends one `POST …/worker_bootstraps`, and returns what it was answered with, with its secrets.

        It is sent a second time, byte for byte, only if the server has refused it with 401 and the callback for tokens has another
        one. `create` lists candidates where this can only say that it is not known.

            >>> client.worker_bootstraps.create_once(cluster_id="clu_1").token
            Secret(hidden)

        Args:
            idempotency_key: A key of your own for this request, 1 to 64 characters. Nothing is said of what it does. Without it none is
                sent.
            **new: What it is made of: see `NewWorkerBootstrapFields`. And the options of every call: see `CallOptions`.

        Raises:
            ValidationError: Something is missing or breaks a limit. Nothing was sent.
            IndeterminateError: It may have been made.
            AkuaError: For every kind `may_have_taken_effect` is false only where that is proven.
        """
    def revoke(self, worker_bootstrap: str | WorkerBootstrap, /, **options: Unpack[LaunchOptions]) -> Launched:
        """Revokes a worker bootstrap, so that no machine joins with it any more, and says whether the server has accepted that: in the
        version that was seen, or not at all.

        With only an id the current version is read first. A lost answer is settled by the same bytes, where they can't be accepted
        twice, and by looking: one that is gone gives access to nobody. What becomes of the operation is another question: `wait` for it.

            >>> made = client.worker_bootstraps.create(cluster_id="clu_1").made
            >>> launched = client.worker_bootstraps.revoke(made)
            >>> launched.end, launched.proof, launched.operation
            ('applied', 'acknowledged', 'op_1')
            >>> launched.wait().end
            'succeeded'

        Args:
            worker_bootstrap: The version that was seen, or its `full_id`.
            **options: See `LaunchOptions`.

        Raises:
            ConflictError: Somebody else changed it first, and nothing was accepted: look at it, and decide anew.
            RejectedError: The server refuses: another operation stands in the way (`server_errors`).
            IndeterminateError: Nobody could know: settle it with `Client.resolve(error.resume_token)`, and don't send it anew.
                `candidates` lists operations that may be it.
            AkuaError: Any other kind means that nothing was accepted.
        """
    def revoke_once(
        self,
        worker_bootstrap: str | WorkerBootstrap,
        /,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Operation:
        """Sends one `POST …:revoke`, and returns the operation that it was answered with.

        It is sent a second time, byte for byte, only if the server has refused it with 401 and the callback for tokens has another
        one. `revoke` finds out what happened where this can only say that it is not known.

            >>> made = client.worker_bootstraps.create(cluster_id="clu_1").made
            >>> client.worker_bootstraps.revoke_once(made).state
            <OperationState.RUNNING: 'RUNNING'>

        Args:
            worker_bootstrap: The version that was seen, or its `full_id`; then `if_match` is needed.
            if_match: The etag that it must still have, in place of the version's own. Never `*`.
            idempotency_key: A key of your own for this request, 1 to 64 characters. The server need not look at it.
            **options: Those of every call: see `CallOptions`.

        Raises:
            ConflictError: Somebody else changed it first, or another operation stands in the way. Nothing was accepted.
            IndeterminateError: It may have been accepted.
            AkuaError: For every kind `may_have_taken_effect` is false only where that is proven.
        """

class _ClientCalls:
    """The calls of a client on each kind."""

    @property
    def clusters(self) -> Clusters:
        """The calls on clusters."""

    @property
    def workspaces(self) -> Workspaces:
        """The calls on workspaces."""

    @property
    def operations(self) -> Operations:
        """The calls on operations."""

    @property
    def regions(self) -> Regions:
        """The calls on regions."""

    @property
    def compute_settings(self) -> ComputeSettings:
        """The calls on compute_settings."""

    @property
    def capabilities(self) -> Capabilities:
        """The calls on capabilities."""

    @property
    def worker_bootstraps(self) -> WorkerBootstraps:
        """The calls on worker_bootstraps."""
