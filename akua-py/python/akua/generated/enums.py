"""The enumerations: each member is a `str`, and a value that this version does not know becomes a member too.

Made by `make generate` from the declaration of the kinds, akua-model/src/api.rs. Not edited by hand.
"""

from akua._enums import OpenEnum


class NetworkProfile(OpenEnum):
    """Which network a cluster has."""

    __module__ = "akua"

    LINUX_CILIUM = "linux_cilium"
    """Linux nodes, Cilium."""
    MIXED_OS_CALICO = "mixed_os_calico"
    """Nodes with Linux and with Windows, Calico. Refused with 403 unless it is enabled for the workspace."""


class ClusterState(OpenEnum):
    """Where a cluster is in its life."""

    __module__ = "akua"

    PENDING = "pending"
    """Asked for, nothing runs yet."""
    PROVISIONING = "provisioning"
    """Its machines are being set up."""
    ACTIVE = "active"
    """It runs."""
    SUSPENDED = "suspended"
    """It is stopped and can be resumed."""
    DELETING = "deleting"
    """It is being removed."""


class Provider(OpenEnum):
    """Who runs the Kubernetes control plane of a cluster."""

    __module__ = "akua"

    MANAGED_KAAS = "managed_kaas"
    """A service that Akua manages."""
    IMPORTED_BYOC = "imported_byoc"
    """A cluster of the user's own, imported with its kubeconfig."""


class WorkspaceClass(OpenEnum):
    """What a workspace is for. Documented on one page only."""

    __module__ = "akua"

    STANDARD = "standard"
    """An ordinary workspace."""
    PLATFORM = "platform"
    """A workspace that serves others."""
    SANDBOX = "sandbox"
    """A workspace to try things in."""


class BilledBy(OpenEnum):
    """Who bills for a plan. Documented on one page only."""

    __module__ = "akua"

    PLATFORM = "platform"
    """Akua itself."""
    SELLER = "seller"
    """A seller."""


class OperationState(OpenEnum):
    """How far an operation is."""

    __module__ = "akua"

    RUNNING = "RUNNING"
    """It is under way, or waits for a person."""
    SUCCEEDED = "SUCCEEDED"
    """It has done what it was to do."""
    FAILED = "FAILED"
    """It has ended before that. Some of it may have been done."""
    CANCELLED = "CANCELLED"
    """It was ended on request. Some of it may have been done."""


class OwnerType(OpenEnum):
    """What an operation works on."""

    __module__ = "akua"

    INSTALL = "install"
    """An install."""
    REPOSITORY_CHANGE_REQUEST = "repository_change_request"
    """A change request of a repository."""
    REPOSITORY = "repository"
    """A repository."""
    WORKSPACE = "workspace"
    """A workspace."""
    MACHINE = "machine"
    """A machine."""
    CLUSTER = "cluster"
    """A cluster."""
    PACKAGE = "package"
    """A package."""


class AutoScaling(OpenEnum):
    """Whether the number of machines of a cluster follows what it needs."""

    __module__ = "akua"

    ACTIVE = "active"
    """It does, up to the most that is allowed."""
    PAUSED = "paused"
    """It does not. The platform pauses it itself at the end of a subscription."""


class Freshness(OpenEnum):
    """How old what is known of a cluster's capabilities is."""

    __module__ = "akua"

    MISSING = "missing"
    """Nothing is known yet."""
    FRESH = "fresh"
    """It is not older than it may be."""
    STALE = "stale"
    """It is older than it may be."""


class RefreshStatus(OpenEnum):
    """What the last attempt to find out a cluster's capabilities came to."""

    __module__ = "akua"

    SUCCESS = "SUCCESS"
    """They were found out."""
    FAILED = "FAILED"
    """They were not; what is known is that of an earlier attempt."""
    RUNNING = "RUNNING"
    """It is under way."""
