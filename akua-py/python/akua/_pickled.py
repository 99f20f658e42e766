"""What is copied and pickled how: what lives in one process, and a client in the process that it was brought to."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from typing_extensions import Self


class Live:
    """What lives in this process: a copy is the same one, and a pickle is refused unless a class says how."""

    __slots__ = ()
    _stays: ClassVar[str] = ""

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self

    def __reduce__(self) -> Any:
        raise TypeError(self._stays)


# The threads that find out whether something can be pickled. A callable may be a method of what holds its client.
_TRYING: set[int] = set()


def along(name, given):
    """`given`, the argument `name`, for a pickle. Where pickle refuses it the error says which argument it is."""
    from _thread import get_ident
    from pickle import dumps

    me = get_ident()
    if me in _TRYING or _takes_more():
        return given
    _TRYING.add(me)
    try:
        dumps(given)
    except Exception as error:
        way_out = "give a function or an object that stands in a module, or use cloudpickle"
        raise TypeError(f"{name} can't be pickled: {error} ({way_out})") from error
    finally:
        _TRYING.discard(me)
    return given


def _takes_more():
    """Whether somebody is at work who pickles more than `pickle` does."""
    import sys

    frame = sys._getframe()
    while frame is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] in ("cloudpickle", "dill"):
            return True
        frame = frame.f_back
    return False


def client(recipe):
    """The client again, never an exception: what it lacks here is raised by its calls.

    What was secret was no part of the pickle. A token that came from the environment is taken from this one's; in the
    place of one that was given no other is ever taken, as it could be another service's.
    """
    from akua import Client

    options = {name: value for name, value in recipe.items() if name != "withheld"}
    why = _lacking(recipe.get("withheld", ()))
    if why is None:
        try:
            return Client(**options)
        except Exception as error:
            why = f"this client was pickled, and can't be made again here: {error}"
    return Client._useless(recipe, why, options.get("timeout"), options.get("context"))


def _lacking(withheld):
    if not withheld:
        return None
    told = {"token": "its token", "proxy": "its proxy, which has a password in it,"}
    lost = " and ".join(told[name] for name in withheld)
    way_out = "make the client here, with `akua.Client(token=…)`; or make the one that is pickled with a callable as its token"
    return (
        f"this client was pickled, and {lost} stayed behind as a secret: nothing was sent ({way_out}, or with the token "
        "in the environment, AKUA_API_TOKEN)"
    )


def calls(recipe, name):
    """The calls of a client on one kind of resource, again."""
    return getattr(client(recipe), name)
