"""Numbers: one rule for every argument that is one. The table is made from the signatures, so that none is left out.

Where a whole number is meant, whatever has `__index__` is one; where seconds or a rate are, whatever has `__float__`. A flag
is neither, nor is what has a unit of its own.
"""

import ast
import asyncio
import enum
import itertools
import math
import pathlib
import re
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import akua
import numpy
import pytest
from akua.fleet import Plan
from akua.sim import Simulator

PACKAGE = pathlib.Path(akua.__file__).parent
NUMERIC = re.compile(r"\b(int|float|SupportsIndex|SupportsFloat)\b")
# Halves of public classes, which pass on what those have looked at; records, which the library makes; words for types.
INNER = {
    "_akua.pyi": {"Fleet", "FleetDispatcher", "FleetRun", "FleetReport"},
    "_aio.py": {"Runner", "Turn"},
    "_tables.py": {"Preview"},
}
PRIVATE = {"_Lists", "_Gets", "_Changes", "_Calls"}


def options_of(annotation):
    """The numeric fields of the `TypedDict` in `Unpack[…]`."""
    from akua.generated import fields, settings

    name = re.search(r"Unpack\[(?:\w+\.)?_?(\w+)\]", annotation)[1]
    found = numeric(getattr(fields, name, None) or getattr(settings, name))
    return [*found, *(f"contract.{each}" for each in numeric(settings.Contract))] if name == "ClientOptions" else found


def numeric(options):
    kinds = {field: getattr(kind, "__forward_arg__", str(kind)) for field, kind in options.__annotations__.items()}
    return [field for field, kind in kinds.items() if is_numeric(kind)]


def is_numeric(kind):
    return NUMERIC.search(kind) and "Callable[" not in kind and "Mapping[" not in kind


def numeric_arguments():
    """Every numeric argument of everything public, as `(call, argument)`."""
    for path in sorted([*PACKAGE.rglob("*.pyi"), *PACKAGE.rglob("*.py")]):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                bases = [ast.unparse(base) for base in node.bases]
                inner = INNER.get(path.name, set())
                if node.name in inner or {"_Record", "TypedDict", "Exception"} & set(bases):
                    continue
                if node.name.startswith("_") and node.name not in PRIVATE:
                    continue
                functions = [(f"{node.name}.{getattr(each, 'name', '')}", each) for each in node.body]
            else:
                functions = [(f"{path.stem}.{getattr(node, 'name', '')}", node)]
            for name, function in functions:
                method = name.split(".")[1]
                if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    continue
                if method.startswith("_") and method not in ("__init__", "__new__"):
                    continue
                if path.name == "_akua.pyi" and name in ("_akua.whole", "_akua.rate", "_akua.pause"):
                    continue
                for each in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]:
                    if each.annotation and is_numeric(ast.unparse(each.annotation)):
                        yield name, each.arg
                if (rest := function.args.kwarg) and rest.annotation and "Unpack" in ast.unparse(rest.annotation):
                    for field in options_of(ast.unparse(rest.annotation)):
                        yield name, field


class Three(enum.IntEnum):
    MEMBER = 3


class HasIndex:
    def __index__(self):
        return 3


class HasFloat:
    def __float__(self):
        return 2.5


# Each with what it is as a whole number, and as a number; None where it is none.
VALUES = {
    "3": (3, 3, 3.0),
    "0": (0, 0, 0.0),
    "-1": (-1, -1, -1.0),
    "2**63": (2**63, 2**63, 2.0**63),
    "-(2**63) - 1": (-(2**63) - 1, -(2**63) - 1, -(2.0**63)),
    "10**400": (10**400, 10**400, math.inf),
    "-(10**400)": (-(10**400), -(10**400), -math.inf),
    "IntEnum": (Three.MEMBER, 3, 3.0),
    "has __index__": (HasIndex(), 3, 3.0),
    "True": (True, None, None),
    "False": (False, None, None),
    "2.5": (2.5, None, 2.5),
    "3.0": (3.0, None, 3.0),
    "0.0": (0.0, None, 0.0),
    "-0.0": (-0.0, None, 0.0),
    "-0.5": (-0.5, None, -0.5),
    "1e300": (1e300, None, 1e300),
    "nan": (math.nan, None, math.nan),
    "inf": (math.inf, None, math.inf),
    "-inf": (-math.inf, None, -math.inf),
    "has __float__": (HasFloat(), None, 2.5),
    "Decimal('2.5')": (Decimal("2.5"), None, 2.5),
    "Decimal('3')": (Decimal(3), None, 3.0),
    "Decimal('NaN')": (Decimal("NaN"), None, math.nan),
    "Decimal('sNaN')": (Decimal("sNaN"), None, math.nan),
    "Fraction(5, 2)": (Fraction(5, 2), None, 2.5),
    "Fraction(-1, 3)": (Fraction(-1, 3), None, -1 / 3),
    "Fraction(10**400)": (Fraction(10**400), None, math.inf),
    "numpy.int8(3)": (numpy.int8(3), 3, 3.0),
    "numpy.int64(-1)": (numpy.int64(-1), -1, -1.0),
    "numpy.uint64(2**63)": (numpy.uint64(2**63), 2**63, 2.0**63),
    "numpy.float16(2.5)": (numpy.float16(2.5), None, 2.5),
    "numpy.float32(2.5)": (numpy.float32(2.5), None, 2.5),
    "numpy.float64(2.5)": (numpy.float64(2.5), None, 2.5),
    "numpy.float64('nan')": (numpy.float64("nan"), None, math.nan),
    "numpy.array(3)": (numpy.array(3), 3, 3.0),
    "numpy.bool(True)": (numpy.bool_(True), None, None),
    "numpy.timedelta64(3, 's')": (numpy.timedelta64(3, "s"), None, None),
    "numpy.datetime64(3, 's')": (numpy.datetime64(3, "s"), None, None),
    "numpy.complex128(3)": (numpy.complex128(3), None, None),
    "timedelta(seconds=3)": (timedelta(seconds=3), None, None),
    "3j": (3j, None, None),
    "'3'": ("3", None, None),
    "b'3'": (b"3", None, None),
    "[3]": ([3], None, None),
    "object()": (object(), None, None),
}


def seconds(whole, real):
    if real is None:
        return TypeError
    return None if real > 0 else akua.ValidationError


def pause(whole, real):
    return None if real == 0 else seconds(whole, real)


def rate(whole, real):
    return akua.ValidationError if real == math.inf else seconds(whole, real)


def from_to(least, most=2**62):
    def rule(whole, real):
        if whole is None:
            return TypeError
        return None if least <= whole <= most else akua.ValidationError

    return rule


RULES = {
    "timeout": seconds,
    "connect_timeout": seconds,
    "read_timeout": seconds,
    "retry_base": seconds,
    "retry_cap": seconds,
    "contract.key_retention": pause,
    "contract.clock_skew": pause,
    "contract.action_keys_replay": pause,
    "contract.create_keys_replay": pause,
    "contract.operation_kept": pause,
    "settle_reserve": pause,
    "backoff": pause,
    "backoff_limit": pause,
    "rate": rate,
    "wait": pause,
    "max_response_bytes": from_to(0, 2**64 - 1),
    "retry_attempts": from_to(1, 2**32 - 1),
    "retry_budget": from_to(0, 2**32 - 1),
    "max_attempts": from_to(1, 2**32 - 1),
    "max_versions": from_to(1, 2**32 - 1),
    "page_size": from_to(1, 100),
    "max_concurrency": from_to(1),
    "clusters": from_to(0, 100_000),
    "workspaces": from_to(0, 100_000),
    "port": from_to(0, 2**16 - 1),
    "random_seed": from_to(0, 2**64 - 1),
    "nth": from_to(1),
    "times": from_to(1),
    "limit": from_to(1),
    "in_flight": from_to(1, 1024),
    "stop_after_failures": from_to(1),
    "canary": from_to(1),
    "max_machines": from_to(0, 100),
    "ttl_seconds": from_to(60, 86400),
}
# The model's own word for it, the same in all languages.
ALSO_NAMED = {"page_size": "limit"}


def of_client(at, **given):
    name, value = given.popitem()
    if name.startswith("contract."):
        name, value = "contract", {name.split(".")[1]: value}
    return {name: value}


async def in_turn(at, call):
    async with at.sim.async_client() as client:
        return await call(client)


def asynchronous(call):
    return lambda at, **given: asyncio.run(in_turn(at, lambda client: call(client, given)))


async def all_of(listing):
    return [each async for each in listing]


def a_fleet(at):
    path = at.folder / f"{next(at.numbers)}.akua-fleet"
    return at.client.clusters.fleet(Plan.patches({"clu_1": {"name": f"in {path.name}"}}), path)


def fleet(call):
    def run(at, **given):
        checked = {"check": lambda counts: True} if "canary" in given else {}
        with a_fleet(at) as fleet:
            return call(fleet, {**given, **checked})

    return run


def fleet_of_loop(call):
    async def on(client, at, opens, given):
        path = at.folder / f"{next(at.numbers)}.akua-fleet"
        async with client.clusters.fleet(Plan.patches({"clu_1": {"name": f"in {path.name}"}}), path, **opens) as fleet:
            return await call(fleet, given)

    def run(at, **given):
        checked = {"check": lambda counts: True} if "canary" in given else {}
        opens, given = (given, {}) if call is opened else ({}, given)
        return asyncio.run(in_turn(at, lambda client: on(client, at, opens, {**given, **checked})))

    return run


async def opened(fleet, given):
    assert fleet.path


async def started(fleet, given):
    run = await fleet.start(**given)
    async for _ in run:
        pass


def on_dask(at, **given):
    from akua.fleet import dask

    class Keeper:
        core = at.sim

        def __init__(self, *args, **limits):
            pass

        def run(self, *args):
            pass

    with pytest.MonkeyPatch.context() as patched, a_fleet(at) as fleet:
        patched.setattr(dask, "_Keeper", Keeper)
        patched.setattr(Simulator, "close", lambda self: None)
        checked = {"check": lambda counts: True} if "canary" in given else {}
        dask.run(fleet, None, progress=False, **given, **checked)


CALLS = {
    "Client.__new__": lambda at, **given: at.sim.client(**of_client(at, **given)).close(),
    "Client.with_options": lambda at, **given: at.client.with_options(**given),
    "Client.resolve": lambda at, **given: at.client.resolve("damaged", **given),
    "Client.request": lambda at, **given: at.client.request("GET", "/clusters", **given),
    "_Gets.get": lambda at, **given: at.client.clusters.get("clu_1", **given),
    "_Lists.list": lambda at, **given: list(at.client.clusters.list(**given)),
    "Operations.list": lambda at, **given: list(at.client.operations.list(**given)),
    "WorkerBootstraps.list": lambda at, **given: list(at.client.worker_bootstraps.list(cluster_id="clu_1", **given)),
    "_Changes.edit_with": lambda at, **given: at.client.clusters.edit_with("clu_1", lambda cluster: None, **given),
    "_Calls.fleet": lambda at, **given: at.client.clusters.fleet(
        Plan.patches({"clu_1": {"name": "x"}}), at.folder / f"{next(at.numbers)}.akua-fleet", **given
    ).close(),
    "Clusters.update": lambda at, **given: at.client.clusters.update(at.client.clusters.get("clu_1"), name="x", **given),
    "Clusters.edit": lambda at, **given: at.client.clusters.edit("clu_1", name="x", **given),
    "Clusters.wait_settled": lambda at, **given: at.client.clusters.wait_settled("clu_1", **given),
    "Workspaces.update": lambda at, **given: at.client.workspaces.update(at.client.workspaces.get("ws_1"), name="x", **given),
    "Workspaces.edit": lambda at, **given: at.client.workspaces.edit("ws_1", name="x", **given),
    "Clusters.kubeconfig": lambda at, **given: at.client.clusters.kubeconfig("clu_1", **given),
    "ComputeSettings.update": lambda at, **given: at.client.compute_settings.update(
        at.client.compute_settings.get("clu_1"), **{"max_machines": 3, **given}
    ),
    "ComputeSettings.edit": lambda at, **given: at.client.compute_settings.edit("clu_1", **{"max_machines": 3, **given}),
    "AsyncClient.__init__": lambda at, **given: at.sim.async_client(
        **(given if "max_concurrency" in given else of_client(at, **given))
    ),
    "AsyncClient.with_options": lambda at, **given: at.sim.async_client().with_options(**given),
    "AsyncClient.resolve": lambda at, **given: asyncio.run(
        in_turn(at, lambda client: client.resolve("damaged", **given))
    ),
    "AsyncClient.request": asynchronous(lambda client, given: client.request("GET", "/clusters", **given)),
    "AsyncGets.get": asynchronous(lambda client, given: client.clusters.get("clu_1", **given)),
    "AsyncLists.list": asynchronous(lambda client, given: all_of(client.clusters.list(**given))),
    "AsyncOperations.list": asynchronous(lambda client, given: all_of(client.operations.list(**given))),
    "AsyncWorkerBootstraps.list": asynchronous(
        lambda client, given: all_of(client.worker_bootstraps.list(cluster_id="clu_1", **given))
    ),
    "AsyncChanges.edit_with": asynchronous(
        lambda client, given: client.clusters.edit_with("clu_1", lambda cluster: None, **given)
    ),
    "AsyncClusters.update": asynchronous(lambda client, given: client.clusters.update("clu_2", if_match="1", name="x", **given)),
    "AsyncClusters.edit": asynchronous(lambda client, given: client.clusters.edit("clu_1", name="x", **given)),
    "AsyncClusters.wait_settled": asynchronous(lambda client, given: client.clusters.wait_settled("clu_1", **given)),
    "AsyncClusters.kubeconfig": asynchronous(lambda client, given: client.clusters.kubeconfig("clu_1", **given)),
    "AsyncComputeSettings.update": asynchronous(
        lambda client, given: client.compute_settings.update("clu_2", if_match="1", **{"max_machines": 3, **given})
    ),
    "AsyncComputeSettings.edit": asynchronous(
        lambda client, given: client.compute_settings.edit("clu_1", **{"max_machines": 3, **given})
    ),
    "AsyncWorkspaces.update": asynchronous(lambda client, given: client.workspaces.update("ws_1", if_match="1", name="x", **given)),
    "AsyncWorkspaces.edit": asynchronous(lambda client, given: client.workspaces.edit("ws_1", name="x", **given)),
    "Simulator.__new__": lambda at, **given: made(**given),
    "Simulator.inject": lambda at, **given: at.sim.inject({"answer": {"status": 500}}, path="/nowhere", **given),
    "Fleet.preview": fleet(lambda fleet, given: fleet.preview(**given)),
    "Fleet.start": fleet(lambda fleet, given: fleet.start(**given).finish()),
    "Fleet.run": fleet(lambda fleet, given: fleet.run(progress=False, **given)),
    "AsyncCollection.fleet": fleet_of_loop(opened),
    "AsyncFleet.preview": fleet_of_loop(lambda fleet, given: fleet.preview(**given)),
    "AsyncFleet.start": fleet_of_loop(started),
    "AsyncFleet.run": fleet_of_loop(lambda fleet, given: fleet.run(progress=False, **given)),
    "dask.run": on_dask,
}


def taken(call):
    """Whatever becomes of it, the value was taken."""

    def run(at, **given):
        try:
            call(at, **given)
        except (akua.RejectedError, akua.NotFoundError, akua.StillRunningError):
            pass

    return run


def launched(at):
    if at.launched is None:
        at.launched = at.client.clusters.suspend("clu_3")
    return at.launched


def launched_there(at, client):
    return akua._launched.attached(akua.AsyncLaunched, launched(at)._values(), client.operations)


def launch(kind, name, *of, new={}):
    """A call that starts an operation, of both clients."""
    about = {"if_match": "1"} if name.endswith("_once") and name[:-5] in ("suspend", "resume", "delete", "revoke") else new

    def call(client, given):
        return getattr(getattr(client, kind), name)(*of, **about, **given)

    upper = "".join(word.capitalize() for word in kind.split("_"))
    CALLS[f"{upper}.{name}"] = taken(lambda at, **given: call(at.client, given))
    CALLS[f"Async{upper}.{name}"] = taken(asynchronous(call))


for name in ("suspend", "resume", "delete", "refresh_capabilities"):
    launch("clusters", name, "clu_2")
    launch("clusters", f"{name}_once", "clu_2")
for name in ("delete", "delete_once"):
    launch("workspaces", name, "ws_1")
for name in ("cancel", "cancel_once"):
    launch("operations", name, "op_99")
for name in ("create", "create_once"):
    launch("clusters", name, new={"name": "x", "region_id": "reg_1"})
    launch("workspaces", name, new={"name": "x"})
    launch("worker_bootstraps", name, new={"cluster_id": "clu_1"})
for name in ("revoke", "revoke_once"):
    launch("worker_bootstraps", name, "clu_1/wbs_99")
for name in ("import_cluster", "import_cluster_once"):
    launch("clusters", name, new={"name": "x", "region_id": "reg_1", "kubeconfig": "x"})
CALLS |= {
    "Operations.wait": lambda at, **given: at.client.operations.wait(launched(at).token, **given),
    "Launched.wait": lambda at, **given: launched(at).wait(**given),
    "AsyncOperations.wait": lambda at, **given: asyncio.run(
        in_turn(at, lambda client: client.operations.wait(launched(at).token, **given))
    ),
    "AsyncLaunched.wait": lambda at, **given: asyncio.run(in_turn(at, lambda client: launched_there(at, client).wait(**given))),
}


def made(**given):
    try:
        Simulator(**given).close()
    except OSError:
        # A port that may not be taken here.
        assert "port" in given


class At:
    """Where the calls are made."""

    def __init__(self, sim, client, folder):
        self.sim, self.client, self.folder, self.numbers = sim, client, folder, itertools.count()
        self.launched = None


def end_of(call, at, argument, value):
    """What the call raised, if that is about the argument."""
    try:
        call(at, **{argument: value})
    except (akua.ConflictError, akua.TimeoutError):
        # The value was taken.
        return None
    except akua.ValidationError as error:
        return None if error.problems[0].field == "resume-token" else error
    except Exception as error:
        return error
    return None


def written(sim):
    """How many writes were sent, but for what is only there to be waited for."""
    writes = [each for each in sim.log() if each["method"] == "PATCH" or each["launch"]]
    return len([each for each in writes if each["id"] != "clu_3"])


ARGUMENTS = sorted(set(numeric_arguments()))


def test_every_numeric_argument_is_in_the_table():
    assert len(ARGUMENTS) > 80
    assert {call for call, _ in ARGUMENTS} == set(CALLS)
    assert {argument for _, argument in ARGUMENTS} == set(RULES)


@pytest.mark.parametrize(("call", "argument"), ARGUMENTS, ids=[f"{call}({argument})" for call, argument in ARGUMENTS])
def test_d_numbers(akua_sim, client, tmp_path, call, argument):
    at = At(akua_sim, client, tmp_path)
    row, wrong = [], []
    for label, (value, whole, real) in VALUES.items():
        # A text there is to be "forever".
        is_word = (argument, type(value)) == ("times", str)
        expected = ValueError if is_word else RULES[argument](whole, real)
        writes = written(akua_sim)
        error = end_of(CALLS[call], at, argument, value)
        row.append("ok" if error is None else type(error).__name__)
        named = {argument.split(".")[-1], ALSO_NAMED.get(argument, argument)}
        if (
            expected is not (error and type(error))
            or error is not None
            and (
                not any(name in str(error) for name in named)
                or writes != written(akua_sim)
            )
        ):
            wrong.append(f"{label}: {error!r}, not {expected}")
    print(f"\n{call}({argument}): " + ", ".join(f"{label} {end}" for label, end in zip(VALUES, row)))
    assert len(row) == len(VALUES)
    assert wrong == []


def test_d_a_time_with_a_unit_is_told_the_way_out(client):
    for time in (timedelta(seconds=3), numpy.timedelta64(3, "s")):
        with pytest.raises(TypeError, match=r"argument 'timeout': .* not timedelta.* \(give its total_seconds\(\)\)"):
            client.clusters.get("clu_1", timeout=time)


def test_d_what_an_index_raises_is_raised(client):
    class Broken:
        def __index__(self):
            raise ZeroDivisionError

        def __float__(self):
            raise ZeroDivisionError

    for call in (
        lambda: client.clusters.list(page_size=Broken()),
        lambda: client.clusters.get("clu_1", timeout=Broken()),
    ):
        with pytest.raises(ZeroDivisionError):
            call()


def test_d_numbers_of_numpy_in_json(akua_sim):
    version = akua_sim.write("clu_1", extra=[numpy.int64(3), numpy.float32(2.5), numpy.uint64(2**63)])
    assert version["fields"]["extra"] == [3, 2.5, 2**63]
    for value in (numpy.bool_(True), numpy.timedelta64(3, "s"), Fraction(1, 3), numpy.array([3]), numpy.array([2.5])):
        with pytest.raises(TypeError, match="JSON"):
            akua_sim.write("clu_1", extra=value)
