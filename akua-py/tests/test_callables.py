"""Issue 17, 2, and A11: every callable of every call, found in the signatures, and every kind of callable. `-s` prints the table.

A plain one is asked, in the context of whoever made the call. One whose answer would have to be awaited is refused before
anything is sent where that can be seen, and counts as having raised where it can't: nobody hears of a coroutine that was
never awaited. What the asynchronous client asks on its event loop is awaited there. What one raises is told. And whoever hands
over a method of his own, and keeps what he gets, is collected all the same.
"""

import ast
import asyncio
import collections
import contextlib
import contextvars
import functools
import gc
import logging
import pathlib
import weakref

import akua
import pytest
from akua.fleet import Plan
from akua.sim import Simulator
from fleet_stage import named
from given import AWAITED, COLUMNS, MINE, Awaitable, Given
from test_async import run

# What is inside: nobody hands a callable of his own over there.
INSIDE = {"cancellable", "steps_of", "AsyncFleet.__init__(opened)", "FleetDispatcher", "Fleet.dispatch(check)"}


def in_signatures():
    """Every argument of a public class or function that takes a callable, as `Class.method(argument)`."""
    sources = pathlib.Path(akua.__file__).parent
    trees = [ast.parse(path.read_text()) for path in sorted({*sources.rglob("*.py"), *sources.rglob("*.pyi")})]
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    bases = collections.defaultdict(set)
    for kind in classes:
        for base in kind.bases:
            bases[kind.name].add(ast.unparse(base).split("[")[0].rpartition(".")[2])
    options = collections.defaultdict(set)
    for kind in classes:
        for item in kind.body:
            if isinstance(item, ast.AnnAssign) and "Callable" in ast.unparse(item.annotation):
                options[kind.name].add(item.target.id)

    def of(name):
        return set().union(options[name], *(of(base) for base in bases[name]))

    def heirs(name):
        """The classes that have what a base has: not those between, which nobody makes one of."""
        return set().union(*(heirs(kind.name) for kind in classes if name in bases[kind.name])) or {name}

    found = set()
    functions = [(kind.name, item) for kind in classes for item in kind.body]
    functions += [("", node) for tree in trees for node in tree.body]
    for kind, item in functions:
        if not isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        arguments = [*item.args.posonlyargs, *item.args.args, *item.args.kwonlyargs]
        names = {one.arg for one in arguments if one.annotation and "Callable" in ast.unparse(one.annotation)}
        if item.args.kwarg and item.args.kwarg.annotation:
            for name in ast.walk(item.args.kwarg.annotation):
                names |= of(getattr(name, "id", getattr(name, "attr", "")))
        for name in names:
            for heir in heirs(kind) if kind else [""]:
                found.add(f"{heir}.{item.name}({name})" if kind else f"{item.name}({name})")
    return {each for each in found if not any(each.startswith(inside) for inside in INSIDE)}


def writes(sim):
    """How many writes were sent."""
    is_write = lambda entry: entry["method"] == "PATCH" or entry["launch"] is not None or entry["create"] is not None
    return sum(map(is_write, sim.log()))


class Told(Exception):
    """What a report or a log says of a callable."""


# What can be edited: its name at a client, one of it, and a change.
EDITED = {
    "Clusters": ("clusters", "clu_1", {"name": "x"}),
    "Workspaces": ("workspaces", "ws_1", {"name": "x"}),
    "ComputeSettings": ("compute_settings", "clu_1", {"max_machines": 3}),
}


def of_kind(client, kind):
    """The calls of a client on a kind, and one of it to edit."""
    name, id, _ = EDITED[kind.removeprefix("Async")]
    return getattr(client, name), id


class Stage:
    """What calls are made on; it keeps what it gets, as a program of somebody's does."""

    def __init__(self, sim, folder):
        self.sim, self.folder, self.kept = sim, folder, []

    def keep(self, made):
        self.kept.append(made)
        return made

    def client(self, **options):
        return self.keep(self.sim.client(**options))

    def calls(self, kind, **options):
        return of_kind(self.client(**options), kind)

    def fleet(self, plan, calls=None, **options):
        path = self.folder / "plan.akua-fleet"
        return self.keep((calls or self.client().clusters).fleet(plan, path, **options))

    def ran(self, fleet, **limits):
        """Carries it out; an item that was not applied tells why."""
        with fleet:
            counts = fleet.run(progress=False, **limits).counts
            told = [row["what_happened"] for row in fleet.report().to_dicts() if row["state"] != "applied"]
        if told:
            raise Told(told)
        return counts


def token(stage, given):
    stage.client(token=given).clusters.update("clu_1", if_match="42", name="x")


def token_later(stage, given):
    client = stage.keep(stage.sim.async_client(token=given))
    awaited(lambda: client.clusters.update("clu_1", if_match="42", name="x"))


def awaited(call):
    async def main():
        return await call()

    return run(main())


def edit(kind):
    def row(stage, given):
        calls, id = stage.calls(kind)
        stage.keep(calls.edit(id, **EDITED[kind][2], keep_resume_token=given))

    return row


def edit_with(kind, argument):
    def row(stage, given):
        calls, id = stage.calls(kind)
        stage.keep(
            calls.edit_with(id, given)
            if argument == "change"
            else calls.edit_with(id, lambda current: EDITED[kind][2], keep_resume_token=given)
        )

    return row


def later(kind, call, argument):
    def row(stage, given):
        client = stage.keep(stage.sim.async_client(timeout=20))
        calls, id = of_kind(client, kind)
        if call == "edit":
            awaited(lambda: calls.edit(id, **EDITED[kind][2], keep_resume_token=given))
        elif argument == "change":
            awaited(lambda: calls.edit_with(id, given))
        else:
            awaited(lambda: calls.edit_with(id, lambda current: EDITED[kind][2], keep_resume_token=given))

    return row


def kubeconfigs(kind):
    def row(stage, given):
        with stage.client().clusters.fleet(Plan.patches({"clu_1": {"kubeconfig": "x"}}), stage.folder / "plan.akua-fleet"):
            pass
        if "orkspace" in kind:
            # Of those nobody asks for one; what can be seen is refused all the same.
            with stage.client().workspaces.fleet(Plan.patches({"ws_1": {"name": "x"}}), stage.folder / "other", kubeconfigs=given):
                pass
        if "Async" not in kind:
            return stage.ran(stage.fleet(Plan.kept(), kubeconfigs=given))

        async def main():
            client = stage.keep(stage.sim.async_client())
            opened = client.clusters.fleet(Plan.kept(), stage.folder / "plan.akua-fleet", kubeconfigs=given)
            async with stage.keep(opened) as fleet:
                await fleet.run(progress=False)
                return [row["what_happened"] for row in (await fleet.report()).to_dicts() if row["state"] != "applied"]

        if told := run(main()):
            raise Told(told)

    return row


def check(begin):
    def row(stage, given):
        with stage.fleet(named(2)) as fleet:
            if begin == "run":
                summary = fleet.run(progress=False, canary=1, check=given)
            else:
                summary = stage.keep(fleet.start(canary=1, check=given)).finish()
            assert summary.counts.applied == 2

    return row


def check_later(begin):
    def row(stage, given):
        async def main():
            client = stage.keep(stage.sim.async_client())
            async with stage.keep(client.clusters.fleet(named(2), stage.folder / "plan.akua-fleet")) as fleet:
                if begin == "run":
                    return await fleet.run(progress=False, canary=1, check=given)
                async with stage.keep(await fleet.start(canary=1, check=given)) as run_:
                    return await run_.finish()

        assert run(main()).counts.applied == 2

    return row


def where(stage, given):
    stage.ran(stage.fleet(stage.keep(Plan.where(given, {"name": "x"}, name="all", version="1"))))


def function(stage, given):
    stage.ran(stage.fleet(stage.keep(Plan.function(given, name="all", version="1"))))


def launches(launch):
    def row(stage, given):
        for number in (1, 2):
            stage.sim.write(f"clu_{number}", state="suspended" if launch == "resume" else "active")
        plan = getattr(Plan, launch)(given, name="all", version="1")
        stage.ran(stage.fleet(stage.keep(plan)))

    return row


def carry_out(kind, argument):
    """What a Dask worker does."""

    def row(stage, given):
        calls, id = stage.calls(kind)
        plan = Plan.patches({id: {"name": "x"}})
        if argument == "function":
            plan = Plan.function(lambda current: {"name": "x"}, name="all", version="1")
        elif argument == "kubeconfigs":
            calls, plan = stage.client().clusters, Plan.patches({"clu_1": {"kubeconfig": "x"}})
        elif argument == "stops":
            stage.sim.contract(operation_looks=None)
            plan = Plan.launches("delete", [id])
        with stage.fleet(plan, calls) as fleet:
            dispatcher = stage.keep(fleet._core.dispatch(None, None, None, None, None))
            item, lease, _, leased = dispatcher.next()
            inputs = {"function": None, "kubeconfigs": None, argument: given}
            grant = inputs.pop("grant", lambda token: dispatcher.grant(item, lease, token))
            stops = inputs.pop("stops", bool)
            executed = calls._carry_out(leased, grant, stops, policy={}, **inputs)
            if argument == "grant":
                # It was not the ledger that was asked.
                assert '"applied"' in executed
                return
            dispatcher.record(item, lease, executed)
            dispatcher.close()
            if argument == "stops":
                assert '"started"' in executed
                return
            [row] = [row for row in fleet.report().to_dicts() if row["item"] == item]
        if row["state"] != "applied":
            raise Told(row["what_happened"])

    return row


# The calls that start an operation: of which kind, and what has to be so before.
LAUNCHES = {
    "suspend": ("Clusters", "clu_1", {}),
    "resume": ("Clusters", "clu_1", {"state": "suspended"}),
    "refresh_capabilities": ("Clusters", "clu_1", {}),
    "delete": ("Clusters", "clu_1", {}),
    "delete ": ("Workspaces", "ws_1", {}),
    "cancel": ("Operations", "op_1", {}),
    "create": ("Clusters", None, {}),
    "import_cluster": ("Clusters", None, {}),
    "create ": ("Workspaces", None, {}),
    "create  ": ("WorkerBootstraps", None, {}),
    "revoke": ("WorkerBootstraps", "clu_1/wbs_1", {}),
}
# What is needed to make each.
NEW = {
    ("Clusters", "create"): {"name": "x", "region_id": "reg_1"},
    ("Clusters", "import_cluster"): {"name": "x", "region_id": "reg_1", "kubeconfig": "x"},
    ("Workspaces", "create"): {"name": "x"},
    ("WorkerBootstraps", "create"): {"cluster_id": "clu_1"},
}


def launch(kind, name, id, before, later=False):
    def row(stage, given):
        if before:
            stage.sim.write(id, **before)
        if kind == "Operations":
            stage.sim.control({"op": "act", "launch": "suspend_cluster", "id": "clu_1"})
        if name == "revoke":
            stage.sim.control({"op": "create", "create": "create_worker_bootstrap", "set": {"cluster_id": "clu_1"}})
        client = stage.keep(stage.sim.async_client()) if later else stage.client()
        call = getattr(getattr(client, kind.lower().replace("worker", "worker_")), name)
        call = functools.partial(call, id) if id else functools.partial(call, **NEW[kind, name])
        if later:
            awaited(lambda: call(keep_resume_token=given))
        else:
            stage.keep(call(keep_resume_token=given))

    return row


def wait(by, later=False):
    """Somebody else has started it."""

    def row(stage, given):
        stage.sim.control({"op": "act", "launch": "suspend_cluster", "id": "clu_1"})
        client = stage.keep(stage.sim.async_client()) if later else stage.client()
        call = functools.partial(client.operations.wait, "op_1")
        if by == "Launched":
            kind = akua.AsyncLaunched if later else akua.Launched
            facts = ("cancel_operation", "op_1", None, "applied", "acknowledged", "op_1", "op_1", None, (), 1, 1, "")
            call = stage.keep(akua._launched.attached(kind, facts, client.operations)).wait
        if later:
            awaited(lambda: call(on_progress=given))
        else:
            stage.keep(call(on_progress=given))

    return row


ROWS = {
    "Client.__new__(token)": (token, "the token"),
    "AsyncClient.__init__(token)": (token_later, "the token"),
    "Fleet.start(check)": (check("start"), True),
    "Fleet.run(check)": (check("run"), True),
    "AsyncFleet.start(check)": (check_later("start"), True),
    "AsyncFleet.run(check)": (check_later("run"), True),
    "Plan.where(keep)": (where, True),
    "Plan.function(function)": (function, {"name": "x"}),
    "Plan.suspend(keep)": (launches("suspend"), True),
    "Plan.resume(keep)": (launches("resume"), True),
    "Plan.delete(keep)": (launches("delete"), True),
}
for kind, (_, _, changed) in EDITED.items():
    ROWS |= {
        f"{kind}.edit(keep_resume_token)": (edit(kind), None),
        f"{kind}.edit_with(keep_resume_token)": (edit_with(kind, "keep_resume_token"), None),
        f"{kind}.edit_with(change)": (edit_with(kind, "change"), changed),
        f"Async{kind}.edit(keep_resume_token)": (later(kind, "edit", "keep_resume_token"), None),
        f"Async{kind}.edit_with(keep_resume_token)": (later(kind, "edit_with", "keep_resume_token"), None),
        f"Async{kind}.edit_with(change)": (later(kind, "edit_with", "change"), changed),
    }
for kind in ("Clusters", "Workspaces"):
    ROWS |= {
        f"{kind}.fleet(kubeconfigs)": (kubeconfigs(kind), "x"),
        f"{kind}._carry_out(function)": (carry_out(kind, "function"), {"name": "x"}),
        f"{kind}._carry_out(kubeconfigs)": (carry_out(kind, "kubeconfigs"), "x"),
        f"{kind}._carry_out(grant)": (carry_out(kind, "grant"), True),
        f"{kind}._carry_out(stops)": (carry_out(kind, "stops"), True),
        f"Async{kind}.fleet(kubeconfigs)": (kubeconfigs(f"Async{kind}"), "x"),
    }
for name, (kind, id, before) in LAUNCHES.items():
    name = name.strip()
    ROWS[f"{kind}.{name}(keep_resume_token)"] = (launch(kind, name, id, before), None)
    ROWS[f"Async{kind}.{name}(keep_resume_token)"] = (launch(kind, name, id, before, True), None)
for by in ("Operations", "Launched"):
    ROWS[f"{by}.wait(on_progress)"] = (wait(by), None)
    ROWS[f"Async{by}.wait(on_progress)"] = (wait(by, True), None)
# That of Dask's `run` goes where that of `Fleet.dispatch` does, which test_fleet_dask.py has.
ELSEWHERE = {"run(check)"}


def is_awaited(name):
    """Whether it is asked on the event loop of the caller, who may give a coroutine function."""
    return name.startswith("Async") and "token)" not in name.replace("keep_resume_token", "") and "kubeconfigs" not in name


def all_of(error):
    """An exception with all that led to it, in words."""
    words = []
    while error is not None:
        words += [type(error).__name__, str(error), *getattr(error, "__notes__", [])]
        error = error.__cause__ or error.__context__
    return " | ".join(words)


def cell(stage, name, column, caplog):
    """What became of it, and whether that agrees with what was sent."""
    row, answer = ROWS[name]
    answer = stage.sim.token if answer == "the token" else answer
    asked = []
    given = COLUMNS[column][1](Given(answer, asked))
    caplog.clear()
    try:
        row(stage, given)
    except (TypeError, LookupError, akua.AkuaError, Told) as error:
        told = all_of(error) + caplog.text
        assert writes(stage.sim) <= ("check" in name or "stops" in name), told
        if "plain function)" in told and "is an `async def`" in told or "is to be" in told or "expected" in told:
            assert asked == [] and writes(stage.sim) == 0
            return "refused"
        if "returned a" in told or "raised TypeError" in told:
            return "no answer"
        assert "LookupError" in told and asked[0] == "mine", told
        return "raised"
    assert set(asked) == {"mine"} or column == "builtin", asked
    assert writes(stage.sim) >= ("on_progress" not in name)
    return "awaited" if is_awaited(name) and COLUMNS[column][0] in (AWAITED, ("no answer", "awaited")) else "answered"


def test_every_argument_that_takes_a_callable_has_a_row():
    assert in_signatures() - ELSEWHERE == set(ROWS)


TABLE = {}


@pytest.mark.parametrize("name", ROWS)
def test_every_callable_of_every_call(name, tmp_path, caplog, recwarn):
    for column, (outcomes, _) in COLUMNS.items():
        expected = outcomes[is_awaited(name)]
        with Simulator(clusters=2) as sim:
            folder = tmp_path / column
            folder.mkdir()
            stage = Stage(sim, folder)
            mine = contextvars.copy_context()
            mine.run(MINE.set, "mine")
            TABLE[name, column] = mine.run(cell, stage, name, column, caplog)
            assert TABLE[name, column] == expected, column
    gc.collect()
    assert [str(warning.message) for warning in recwarn if "never awaited" in str(warning.message)] == []


def test_the_table():
    """Printed where the other rows ran as well."""
    rows = [name for name in ROWS if (name, "def") in TABLE]
    for some in (list(COLUMNS)[:15], list(COLUMNS)[15:]):
        print("\n" + " " * 38, *(f"{column:16.16}" for column in some))
        for name in rows:
            print(f"{name:38}", *(f"{TABLE[name, column]:16}" for column in some))
    assert all(TABLE[name, column] for name in rows for column in COLUMNS)


class Owner:
    """Hands methods over, and keeps whatever it gets for them."""

    def __init__(self, stage, answer):
        self.stage, self.answer = stage, answer

    def method(self, *args):
        return self.answer

    def raises(self, *args):
        raise LookupError(self)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("method", ["method", "raises"])
@pytest.mark.parametrize("name", ROWS)
def test_every_circle_through_a_callable_is_collected(akua_sim, tmp_path, monkeypatch, name, method):
    # Pytest keeps what is logged, with the exceptions.
    monkeypatch.setattr(logging.getLogger("akua.fleet"), "disabled", True)
    row, answer = ROWS[name]
    stage = Stage(akua_sim, tmp_path)
    owner = Owner(stage, akua_sim.token if answer == "the token" else answer)
    stage.owner = owner
    with contextlib.suppress(LookupError, akua.AkuaError, Told):
        row(stage, getattr(owner, method))
    gone = weakref.ref(owner)
    del owner, stage
    for _ in range(3):
        gc.collect()
    assert gone() is None


def test_a11_a_canary_of_workers_elsewhere(akua_sim, tmp_path):
    """Its check has not passed either, nor for whoever goes on."""

    async def check(counts):
        return True

    client = akua_sim.client()
    with client.clusters.fleet(named(2), tmp_path / "plan.akua-fleet") as fleet:
        with pytest.raises(TypeError, match="plain function"):
            fleet._core.dispatch(None, None, 1, check, None)
        dispatcher = fleet._core.dispatch(None, None, 1, lambda counts: Awaitable(None), None)
        item, lease, _, leased = dispatcher.next()
        grant = functools.partial(dispatcher.grant, item, lease)
        executed = client.clusters._carry_out(leased, grant, bool, function=None, kubeconfigs=None, policy={})
        assert dispatcher.record(item, lease, executed) and dispatcher.next() is None
        assert dispatcher.decide() and dispatcher.stopped() == "canary"
        with pytest.raises(TypeError, match="check returned"):
            dispatcher.summary()
        dispatcher.close()
        assert fleet._core.dispatch(None, None, 1, bool, None).next() is None


def test_a11_mocks_are_what_they_mock(akua_sim):
    from unittest.mock import AsyncMock, Mock

    client = akua_sim.client()
    assert client.clusters.edit_with("clu_1", Mock(return_value={"name": "mocked"})).changed
    with pytest.raises(TypeError, match="async def"):
        client.clusters.edit_with("clu_1", AsyncMock(return_value={"name": "x"}))
