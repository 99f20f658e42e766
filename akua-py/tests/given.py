"""Callables of every kind, and what becomes of each where it is given to the library."""

import asyncio
import concurrent.futures
import contextvars
import functools
import itertools
import types

MINE = contextvars.ContextVar("mine", default="nobody's")


class Given:
    """Callables of every kind that give `answer`, and note whose context they saw."""

    def __init__(self, answer, asked):
        self.answer, self.asked = answer, asked

    def method(self, *args):
        self.asked.append(MINE.get())
        return self.answer

    async def later(self, *args):
        await asyncio.sleep(0)
        return self.method()

    def generates(self, *args):
        yield self.method()

    async def generates_later(self, *args):
        yield self.method()

    @types.coroutine
    def of_old(self, *args):
        yield
        return self.method()

    def raises(self, *args):
        self.method()
        raise LookupError("mine") from KeyError("the cause of it")

    part = functools.partialmethod(method, 1)
    part_later = functools.partialmethod(later, 1)

    def __call__(self, *args):
        return self.method()


class Later(Given):
    async def __call__(self, *args):
        return self.method()


class Static:
    given = None

    @classmethod
    def of_the_class(cls, *args):
        return cls.given.method()

    @staticmethod
    def static(*args):
        return Static.given.method()

    @classmethod
    async def of_the_class_later(cls, *args):
        return cls.given.method()

    def __new__(cls, *args):
        return cls.given.method()


class Awaitable:
    def __init__(self, given):
        self.given = given

    def __await__(self):
        yield from asyncio.sleep(0).__await__()
        return self.given.method()


def static(given):
    Static.given = given
    return Static


def wrapped(given, function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)

    return wrapper


def future(given):
    """Of the loop that runs, or of none that does."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        loop = asyncio.new_event_loop()
        loop.close()
        return loop.create_future()
    answer = loop.create_future()
    loop.call_soon(answer.set_result, given.method())
    return answer


# What becomes of each where it is asked plainly, and where it is awaited.
ANSWERED = ("answered", "answered")
RAISED = ("raised", "raised")
AWAITED = ("refused", "awaited")
NO_ANSWER = ("no answer", "no answer")
COLUMNS = {
    "def": (ANSWERED, lambda given: wrapped(given, given.method)),
    "lambda": (ANSWERED, lambda given: lambda *args: given.method()),
    "partial": (ANSWERED, lambda given: functools.partial(given.method, 1)),
    "bound method": (ANSWERED, lambda given: given.method),
    "class method": (ANSWERED, lambda given: static(given).of_the_class),
    "static method": (ANSWERED, lambda given: static(given).static),
    "object": (ANSWERED, lambda given: given),
    "class": (ANSWERED, lambda given: static(given)),
    "partialmethod": (ANSWERED, lambda given: given.part),
    "cached": (ANSWERED, lambda given: functools.lru_cache(given.method)),
    "builtin": (ANSWERED, lambda given: functools.partial(next, itertools.repeat(given.answer))),
    "wraps async": (ANSWERED, lambda given: functools.wraps(given.later)(lambda *args: given.method())),
    "raises": (RAISED, lambda given: given.raises),
    "async def": (AWAITED, lambda given: given.later),
    "async partial": (AWAITED, lambda given: functools.partial(functools.partial(given.later), 1)),
    "async partialmethod": (AWAITED, lambda given: given.part_later),
    "async class method": (AWAITED, lambda given: static(given).of_the_class_later),
    "async object": (AWAITED, lambda given: Later(given.answer, given.asked)),
    "coroutine of old": (AWAITED, lambda given: given.of_old),
    "generator": (("refused", "no answer"), lambda given: given.generates),
    "async generator": (("refused", "no answer"), lambda given: given.generates_later),
    "gives coroutine": (("no answer", "awaited"), lambda given: lambda *args: given.later()),
    "gives awaitable": (("no answer", "awaited"), lambda given: lambda *args: Awaitable(given)),
    "async cached": (("no answer", "awaited"), lambda given: functools.lru_cache(given.later)),
    "gives generator": (NO_ANSWER, lambda given: lambda *args: given.generates()),
    "gives async gen.": (NO_ANSWER, lambda given: lambda *args: given.generates_later()),
    "future of a pool": (NO_ANSWER, lambda given: lambda *args: concurrent.futures.Future()),
    "gives future": (("no answer", "awaited"), lambda given: lambda *args: future(given)),
    "none": (("refused", "refused"), lambda given: 7),
}
