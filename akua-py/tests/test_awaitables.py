"""Issue 17, 3: every awaitable call of the asynchronous face, found by its signature: where no task of asyncio runs it is refused
before anything is sent; its time counts from the call; cancelled before its turn it sends nothing. `-s` prints the table."""

import asyncio
import importlib.util
import inspect
import time
from functools import partial

import akua
import pytest
from akua._aio import AsyncList
from akua._launched import attached
from akua.fleet import AsyncFleet, AsyncRun
from akua.generated import collections
from fleet_stage import named
from test_async import became, run, until_held
from test_async_turns import by_hand, in_a_callback, in_a_thread

KINDS = [akua.AsyncClient, *collections.ALL.values(), AsyncList, akua.AsyncLaunched, AsyncFleet, AsyncRun]

# What starts an operation, with the method of its request.
LAUNCHES = dict.fromkeys(("suspend", "resume", "refresh_capabilities", "cancel", "revoke"), "POST") | {"delete": "DELETE"}
LAUNCHES |= {f"{name}_once": method for name, method in LAUNCHES.items()}
# What makes something: it is about no id.
MAKES = dict.fromkeys(("create", "create_once", "import_cluster", "import_cluster_once"), "POST")
GUARDED = {"suspend_once", "resume_once", "delete_once", "revoke_once"}

# What only closes: it works anywhere, and sends nothing.
CLOSES = {"aclose", "__aexit__"}


def awaitables():
    """Every public method of the asynchronous classes whose answer is awaited."""
    found = []
    for kind in KINDS:
        for name in dir(kind):
            function = inspect.getattr_static(kind, name)
            is_awaited = inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
            if is_awaited and (not name.startswith("_") or name.startswith("__a")) and name not in CLOSES:
                found.append((kind, name))
    return found


class Stage:
    """What the calls are made on."""

    def __init__(self, sim, folder, **options):
        self.sim, self.folder = sim, folder
        sim.control({"op": "seed", "kinds": {"operation": 1}})
        sim.control({"op": "create", "create": "create_worker_bootstrap", "set": {"cluster_id": "clu_1"}})
        self.client = sim.async_client(**options)
        self.timeout = options.get("timeout", 30)

    def calls(self, kind):
        names = {made: name for name, made in collections.ALL.items()}
        return getattr(self.client, names.get(kind, "clusters"))

    def id(self, kind):
        ids = {collections.AsyncWorkspaces: "ws_1", collections.AsyncOperations: "op_1"}
        return {**ids, collections.AsyncWorkerBootstraps: "clu_1/wbs_1"}.get(kind, "clu_1")

    def new(self, kind, make):
        if kind is collections.AsyncWorkspaces:
            return {"name": "x"}
        if kind is collections.AsyncWorkerBootstraps:
            return {"cluster_id": "clu_1"}
        secret = {"kubeconfig": "x"} if make.startswith("import_cluster") else {}
        return {"name": "x", "region_id": "reg_1", **secret}

    def waits(self, kind):
        if kind is not akua.AsyncLaunched:
            return partial(self.client.operations.wait, "op_1")
        facts = ("cancel_operation", "op_1", None, "applied", "acknowledged", "op_1", "op_1", None, (), 1, 1, "")
        return attached(kind, facts, self.client.operations).wait

    def fleet(self):
        return self.client.clusters.fleet(named(2), self.folder / "plan.akua-fleet")

    def opened(self):
        """One that was opened elsewhere, so that it is not that which is refused."""
        fleet = self.fleet()
        fleet._open()
        return fleet

    def run(self):
        """One that is kept, since whoever drops a run waits for what is under way."""
        fleet = self.opened()
        self.kept = AsyncRun(fleet._runner, fleet._fleet.start(), None)
        return self.kept

    def call(self, kind, name):
        calls, id = self.calls(kind), self.id(kind)
        fields = {"max_machines": 5} if kind is collections.AsyncComputeSettings else {"name": "x"}
        options = {
            "update": lambda: calls.update(id, if_match="42", **fields),
            "edit": lambda: calls.edit(id, **fields),
            "edit_with": lambda: calls.edit_with(id, lambda it: fields),
            "get": lambda: calls.get(id),
            "kubeconfig": lambda: calls.kubeconfig(id),
            "wait_settled": lambda: calls.wait_settled(id),
            "request": lambda: self.client.request("POST", "/clusters/clu_1/capabilities:refresh"),
            "resolve": lambda: self.client.resolve(self.token),
            "__anext__": lambda: calls.list().__anext__(),
            "pages": lambda: calls.list().pages().__anext__(),
            "to_dicts": lambda: calls.list().to_dicts(),
            "__aenter__": lambda: self.client.__aenter__(),
            # Its time is its own, and not that of the client.
            "wait": lambda: self.waits(kind)(timeout=self.timeout),
        }
        for launch in LAUNCHES:
            guard = {"if_match": "42"} if launch in GUARDED else {}
            options[launch] = lambda launch=launch, guard=guard: getattr(calls, launch)(id, **guard)
        for make in MAKES:
            options[make] = lambda make=make: getattr(calls, make)(**self.new(kind, make))
        if kind is AsyncFleet:
            options = {
                "__aenter__": lambda: self.fleet().__aenter__(),
                "preview": lambda: self.opened().preview(),
                "run": lambda: self.opened().run(progress=False),
                "start": lambda: self.opened().start(),
                "report": lambda: self.opened().report(),
            }
        if kind is AsyncRun:
            options = {
                "__anext__": lambda: self.run().__anext__(),
                "finish": lambda: self.run().finish(),
                "__aenter__": lambda: self.run().__aenter__(),
            }
        assert name in options, f"{kind.__name__}.{name} has no row in this table"
        return options[name]()


@pytest.fixture
def token(akua_sim, request):
    """Of a write that nobody knows the end of, for the calls that take one."""
    given = getattr(request.node, "callspec", None)
    if given is not None and given.params["name"] != "resolve":
        return ""
    akua_sim.inject({"delivery": {"send": "nothing", "end": "reset"}}, method="PATCH", times="forever")
    with akua_sim.client() as client:
        with pytest.raises(akua.IndeterminateError) as unknown:
            client.clusters.edit("clu_1", region_id="reg_eu")
    akua_sim.clear()
    return unknown.value.resume_token


def in_trio(call):
    import trio

    async def main():
        await call

    trio.run(main)


def in_curio(call):
    import curio

    async def main():
        await call

    curio.run(main)


def in_anyio_on_trio(call):
    import anyio

    async def main():
        await call

    anyio.run(main, backend="trio")


# Those of other libraries where they are there; what they do to a coroutine of asyncio is what is done by hand.
PLACES = {"by hand": by_hand, "in a thread": in_a_thread, "in a callback of a loop": in_a_callback}
PLACES |= {
    name.replace("_", " "): place
    for name, place in (("in_trio", in_trio), ("in_curio", in_curio))
    if importlib.util.find_spec(name.rpartition("_")[2])
}
if importlib.util.find_spec("anyio") and importlib.util.find_spec("trio"):
    PLACES["in anyio on trio"] = in_anyio_on_trio

# What sends nothing anyway.
ENTERS = {(akua.AsyncClient, "__aenter__"), (AsyncRun, "__aenter__")}


def outcome(place, call):
    try:
        place(call)
    except RuntimeError as refused:
        assert "nothing was sent" in str(refused), refused
        return "refused"
    except StopIteration:
        pass
    # Whether anything was sent is for the record of requests to say.
    return "sends nothing"


def test_every_awaitable_call_is_refused_where_no_task_of_asyncio_runs(akua_sim, tmp_path, token):
    rows = {}
    for kind, name in awaitables():
        cells = rows[f"{kind.__name__}.{name}"] = {}
        for where, place in PLACES.items():
            folder = tmp_path / f"{len(rows)}-{len(cells)}"
            folder.mkdir()
            stage = Stage(akua_sim, folder)
            stage.token = token
            # What is begun elsewhere does not go on here.
            akua_sim.inject({"hold": "until_released"}, times="forever") if kind is AsyncRun else None
            call, before = stage.call(kind, name), len(akua_sim.log())
            cells[where] = outcome(place, call)
            if kind is not AsyncRun:
                assert len(akua_sim.log()) == before, (kind, name, where)
            assert stage.client._runner._executor is None
            akua_sim.clear()
            akua_sim.release()
            assert cells[where] == ("sends nothing" if (kind, name) in ENTERS else "refused"), (kind, name, where)
            run(stage.client.aclose())
    print()
    width = max(map(len, rows))
    print(f"{'':{width}}", *(f"{where:24}" for where in PLACES))
    for name, cells in rows.items():
        print(f"{name:{width}}", *(f"{cells[where]:24}" for where in PLACES))
    assert all(len(cells) == len(PLACES) for cells in rows.values())


# Those that have a time of their own. A fleet's counts for each item, and its run has none.
TIMED = [(kind, name) for kind, name in awaitables() if kind not in (AsyncFleet, AsyncRun) and name != "__aenter__"]
NAMES = [f"{kind.__name__}.{name}" for kind, name in TIMED]


@pytest.mark.parametrize(("kind", "name"), TIMED, ids=NAMES)
def test_every_deadline_counts_from_the_call(akua_sim, tmp_path, token, kind, name):
    akua_sim.inject({"hold": "until_released"}, method="GET", times=1)

    async def main():
        stage = Stage(akua_sim, tmp_path, max_concurrency=1, timeout=0.3)
        stage.token = token
        slow = asyncio.ensure_future(stage.client.with_options(timeout=20).clusters.get("clu_2"))
        await until_held(akua_sim)
        before, started = len(akua_sim.log()), time.monotonic()
        # When a wait is over, that is no error of the operation's.
        with pytest.raises(akua.StillRunningError if name == "wait" else akua.TimeoutError):
            await stage.call(kind, name)
        assert 0.2 < time.monotonic() - started < 5
        akua_sim.release()
        await slow
        assert len(akua_sim.log()) == before
        await stage.client.aclose()

    run(main())


@pytest.mark.parametrize(("kind", "name"), TIMED, ids=NAMES)
def test_every_call_that_is_cancelled_before_its_turn_sends_nothing(akua_sim, tmp_path, token, kind, name):
    akua_sim.inject({"hold": "until_released"}, method="GET", times=1)

    async def main():
        stage = Stage(akua_sim, tmp_path, max_concurrency=1)
        stage.token = token
        slow = asyncio.ensure_future(stage.client.clusters.get("clu_2"))
        await until_held(akua_sim)
        before = len(akua_sim.log())
        waiting = asyncio.ensure_future(through(stage.call(kind, name)))
        await asyncio.sleep(0.01)
        waiting.cancel("enough")
        with pytest.raises(asyncio.CancelledError) as caught:
            await waiting
        assert became(caught.value) is None
        akua_sim.release()
        await slow
        assert len(akua_sim.log()) == before
        await stage.client.aclose()

    run(main())


@pytest.mark.parametrize(("kind", "name"), TIMED, ids=NAMES)
@pytest.mark.parametrize("how", ["cancelled", "timed out", "of a group"])
def test_every_call_that_is_cancelled_under_way_says_what_became_of_it(akua_sim, tmp_path, token, kind, name, how):
    method = "PATCH" if name in ("update", "edit", "edit_with") else {**LAUNCHES, **MAKES, "request": "POST"}.get(name, "GET")
    akua_sim.inject({"hold": "until_released"}, method=method, times="forever")

    async def main():
        stage = Stage(akua_sim, tmp_path)
        stage.token = token
        call = through(stage.call(kind, name))
        if how == "of a group":
            call = asyncio.gather(call, asyncio.sleep(0))
        task = asyncio.ensure_future(call)
        await until_held(akua_sim)
        if how == "timed out":
            # Counted from here: before that, what was sent would depend on how busy the machine is.
            task = asyncio.ensure_future(asyncio.wait_for(task, 0.05))
        else:
            task.cancel()
        with pytest.raises((asyncio.CancelledError, asyncio.TimeoutError)) as caught:
            await task
        cause = caught.value
        while not isinstance(cause, akua.AkuaError) or isinstance(cause, asyncio.TimeoutError):
            cause = cause.__cause__ or cause.__context__
        if method != "GET" or name == "resolve":
            assert type(cause) is akua.IndeterminateError and cause.may_have_taken_effect
        else:
            assert type(cause) is akua.CancelledError and not cause.may_have_taken_effect
        akua_sim.release()
        await stage.client.aclose()

    run(main())


async def through(awaitable):
    return await awaitable
