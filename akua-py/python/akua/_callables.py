"""Callables of the caller's: a plain one is meant, and one whose answer would have to be awaited is refused.

A coroutine counts as true and never runs, so a filter would take everything, a check would pass, and a token would not
be kept. What can be seen is refused when it is handed over; what cannot counts as having raised.
"""

from functools import partial

# CO_GENERATOR, CO_COROUTINE, CO_ITERABLE_COROUTINE and CO_ASYNC_GENERATOR of `inspect`, which is dear to import.
_DEFERRED = 0x20 | 0x80 | 0x100 | 0x200


def is_deferred(given):
    """Whether calling `given` can be seen to do nothing yet: it is an `async def`, a generator function, or ends in one."""
    function = _bare(given)
    return _is_marked(function) or _is_marked(_bare(getattr(type(function), "__call__", None)))


def _bare(function):
    """What is called in the end, without partial arguments and the object it is bound to."""
    while True:
        if isinstance(function, partial):
            function = function.func
        elif isinstance(function, (staticmethod, classmethod)) or type(function).__name__ == "method":
            function = function.__func__
        else:
            return function


def _is_marked(function):
    flags = getattr(getattr(function, "__code__", None), "co_flags", 0)
    if isinstance(flags, int) and flags & _DEFERRED:
        return True
    # What `inspect`, `asyncio` and Cython mark, each with an object of its own.
    return any(type(getattr(function, mark, None)) is object for mark in ("_is_coroutine_marker", "_is_coroutine"))


def plain(name, given, what="a callable"):
    """`given`, if it is a callable that answers when it is called."""
    if not callable(given):
        raise TypeError(f"{name} is to be {what}, not {type(given).__name__}")
    if is_deferred(given):
        raise TypeError(
            f"{name} is an `async def` or a generator function, whose answer nobody would wait for: nothing was sent "
            "(give a plain function)"
        )
    return given


def answer(name, given):
    """What a callable has given, unless that would have to be awaited, gone through or waited for first (as a future of a
    pool would be): a coroutine or generator is closed then."""
    kind = type(given)
    if not any(hasattr(kind, mark) for mark in ("__await__", "gi_frame", "ag_frame", "cr_frame", "add_done_callback")):
        return given
    if hasattr(kind, "cr_frame") or hasattr(kind, "gi_frame"):
        given.close()
    raise TypeError(f"{name} returned a {kind.__name__}, which is no answer yet (give a plain function)")
