"""The enumerations. Their public names are those of `akua`."""

import enum

class ClusterState(str, enum.Enum):
    """Where a cluster is in its life. A value that this version does not know is a member too."""

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
    def __new__(cls, value: object) -> ClusterState: ...
    @property
    def is_known(self) -> bool:
        """Whether this version knows the value."""

class Provider(str, enum.Enum):
    """Who runs the Kubernetes control plane of a cluster."""

    MANAGED_KAAS = "managed_kaas"
    """A service that Akua manages."""
    IMPORTED_BYOC = "imported_byoc"
    """A cluster of the user's own, imported with its kubeconfig."""
    def __new__(cls, value: object) -> Provider: ...
    @property
    def is_known(self) -> bool:
        """Whether this version knows the value."""

class WorkspaceClass(str, enum.Enum):
    """What a workspace is for."""

    STANDARD = "standard"
    """An ordinary workspace."""
    PLATFORM = "platform"
    """A workspace that serves others."""
    SANDBOX = "sandbox"
    """A workspace to try things in."""
    def __new__(cls, value: object) -> WorkspaceClass: ...
    @property
    def is_known(self) -> bool:
        """Whether this version knows the value."""

class BilledBy(str, enum.Enum):
    """Who bills for a plan."""

    PLATFORM = "platform"
    """Akua itself."""
    SELLER = "seller"
    """A seller."""
    def __new__(cls, value: object) -> BilledBy: ...
    @property
    def is_known(self) -> bool:
        """Whether this version knows the value."""
