"""What all enumerations have in common: each member is a `str`, and a value that this version does not know becomes a
member too."""

from __future__ import annotations

import enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Self


class OpenEnum(str, enum.Enum):
    if TYPE_CHECKING:

        def __new__(cls, value: object) -> Self:
            raise NotImplementedError

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        # Kept, so that equal values are the same member; the first of two threads wins.
        return cls._value2member_map_.setdefault(value, member)  # type: ignore[return-value]

    # By value on every Python, as those that pickle by name (3.11.0 to 3.11.3) find no member that is not known.
    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return type(self), (self._value_,)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self

    @property
    def is_known(self) -> bool:
        """Whether this version knows the value."""
        return self._name_ in type(self).__members__

    def __repr__(self) -> str:
        # The name of one that is not known is its value, and could do anything where it is printed.
        name = f".{self._name_}" if self.is_known else ""
        return f"<{type(self).__name__}{name}: {self._value_!r}>"

    __str__ = str.__str__
    __format__ = str.__format__  # type: ignore[assignment]
