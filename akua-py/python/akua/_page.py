"""A page of a list."""

from __future__ import annotations

from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, SupportsIndex, TypeVar, overload

    from akua.generated.kinds import _Answered

    _R = TypeVar("_R", bound=_Answered, covariant=True)


class Page(Sequence["_R"]):
    """One page of a list: an immutable sequence of resources, shown as a table in notebooks. A slice of it is a tuple.

    Two are equal if their items are, and go on at the same place.
    """

    __module__ = "akua"

    has_more: bool
    """Whether the list goes on."""
    next_cursor: str | None
    """Where the list goes on, for `list(cursor=…)`."""
    _items: tuple[Any, ...]

    def __init__(self, items: Iterable[_R] = (), has_more: bool = False, next_cursor: str | None = None) -> None:
        self.__dict__.update(_items=tuple(items), has_more=has_more, next_cursor=next_cursor)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Its items as rows of a table, as `ResourceList.to_dicts` gives them."""
        return [item._row() for item in self]

    def _after(self, begun):
        """What is left of it after so many items: for an iteration that others take up."""
        return Page(self[begun:], self.has_more, self.next_cursor)

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, index: SupportsIndex, /) -> _R: ...
        @overload
        def __getitem__(self, index: slice, /) -> tuple[_R, ...]: ...

    def __getitem__(self, index: Any, /) -> Any:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[_R]:
        return iter(self._items)

    def _parts(self):
        return self._items, self.has_more, self.next_cursor

    def __eq__(self, other: object) -> bool:
        return self._parts() == other._parts() if isinstance(other, Page) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._parts())

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"attribute '{name}' of a page is read-only")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"attribute '{name}' of a page is read-only")

    def __repr__(self) -> str:
        return f"<Page: {len(self)} of a list{', more to come' if self.has_more else ''}>"

    def _repr_html_(self) -> str:
        from akua import _html

        return _html.page(self)
