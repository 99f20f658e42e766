"""The enumerations: each member is a `str`, and a value that this version does not know becomes a member too."""

import enum


class _Open(str, enum.Enum):
    @classmethod
    def _missing_(cls, value):
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        # Kept, so that equal values are the same member; the first of two threads wins.
        return cls._value2member_map_.setdefault(value, member)

    # By value on every Python, as those that pickle by name (3.11.0 to 3.11.3) find no member that is not known.
    def __reduce_ex__(self, protocol):
        return type(self), (self._value_,)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    @property
    def is_known(self):
        """Whether this version knows the value."""
        return self._name_ in type(self).__members__

    __str__ = str.__str__
    __format__ = str.__format__


class ClusterState(_Open):
    """Where a cluster is in its life."""

    __module__ = "akua"

    PENDING = "pending"
    PROVISIONING = "provisioning"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETING = "deleting"


class Provider(_Open):
    """Who runs the Kubernetes control plane of a cluster."""

    __module__ = "akua"

    MANAGED_KAAS = "managed_kaas"
    IMPORTED_BYOC = "imported_byoc"


class WorkspaceClass(_Open):
    """What a workspace is for."""

    __module__ = "akua"

    STANDARD = "standard"
    PLATFORM = "platform"
    SANDBOX = "sandbox"


class BilledBy(_Open):
    """Who bills for a plan."""

    __module__ = "akua"

    PLATFORM = "platform"
    SELLER = "seller"
