"""C5 and D: every public class, copied, pickled, compared, referred to weakly, before its first use and after, here and in
other processes. The classes are those of the module, so that none is left out; `-s` prints the table.

What tells of something (results, pages, errors, records) can always be pickled, and is the same there. What lives in this
process (clients, fleets, runs, lists) is itself when it is copied, or refuses; a client that is pickled is made again there.
"""

import asyncio
import copy
import enum
import functools
import gc
import multiprocessing
import pickle
import weakref

import akua
import akua.fleet
import akua.sim
import pytest
from akua.fleet import Plan
from test_async import run


def public(module):
    """The public classes of a module by name, but for types of options, which are dicts."""
    found = {name: getattr(module, name) for name in module.__all__}
    return {
        f"{module.__name__}.{name}": found[name]
        for name in found
        if isinstance(found[name], type) and not hasattr(found[name], "__total__")
    }


CLASSES = {**public(akua), **public(akua.fleet), **public(akua.sim)}
CLASSES |= {f"akua.{name}": getattr(akua.generated.collections, name) for name in ("AsyncClusters", "AsyncWorkspaces", "AsyncOperations", "AsyncRegions", "AsyncComputeSettings", "AsyncCapabilities")}
CLASSES["akua.AsyncList"] = akua._aio.AsyncList


def calls_of(client, name):
    """Those that the class with this name is of."""
    kinds = ("workspaces", "operations", "regions", "compute_settings", "capabilities", "worker_bootstraps")
    return getattr(client, next((kind for kind in kinds if name.endswith(kind.replace("_", ""))), "clusters"))


class Stage:
    """One of everything, before its first use and after."""

    def __init__(self, sim, folder):
        self.sim, self.folder = sim, folder
        self.client = akua.Client(base_url=sim.url, token=token_here)
        self.other = akua.AsyncClient(base_url=sim.url, token=token_here)
        self.made_ = []
        failed = {"state": "FAILED", "error": {"message": "no"}, "last_error": {"message": "no", "step_name": "drain"}}
        sim.control({"op": "seed", "resources": [{"kind": "operation", "id": "op_1", "set": failed}, {"kind": "region", "id": "reg_1"}]})

    def fleet(self, name):
        self.made_.append(name)
        return self.client.clusters.fleet(Plan.patches({"clu_1": {"name": name}}), self.folder / f"{len(self.made_)}.akua-fleet")

    def one(self, kind, used):
        """An object of the class; one that was used if there is a use of it."""
        made = self.made(kind, used)
        assert type(made) is kind or isinstance(made, kind)
        return made

    def made(self, kind, used):
        client, name = self.client, kind.__name__.lower()
        calls = calls_of(client, name)
        if issubclass(kind, enum.Enum):
            return kind("unheard-of") if used else next(iter(kind))
        if issubclass(kind, BaseException):
            return kind("a message", **self.facts(kind)) if used else kind("a message")
        if kind is Plan:
            return Plan.where(keep, {"name": "x"}, name="all", version="1") if used else Plan.patches({"clu_1": {"name": "x"}})
        if issubclass(kind, akua.Problem.__mro__[1]):
            return record(kind)
        if kind in (akua.Operation, akua.OperationFailure, akua.OperationLastFailure):
            seen = client.operations.get("op_1")
            made = {"operation": seen, "operationfailure": seen.error, "operationlastfailure": seen.last_error}[name]
            return shown(made) if used else made
        if kind is akua.Answer:
            answer = client.request("GET", "/clusters/clu_1", query={"again": used})
            return shown(answer) if used and answer.json else answer
        if kind is akua.Secret:
            return shown(client.clusters.kubeconfig("clu_1"))
        if kind is akua.Region:
            seen = next(client.regions.list())
            return shown(seen) if used else seen
        if kind is akua.WorkerBootstrap:
            seen = client.worker_bootstraps.get(client.worker_bootstraps.create(cluster_id="clu_1").id)
            return shown(seen) if used else seen
        if kind is akua.ClusterComputeSettings:
            seen = client.compute_settings.get("clu_1")
            return shown(seen) if used else seen
        if kind in (akua.ClusterCapabilities, akua.CapabilitiesFreshness):
            seen = client.capabilities.get("clu_1")
            seen = seen if kind is akua.ClusterCapabilities else seen.freshness
            return shown(seen) if used else seen
        if kind in (akua.ComputeSettings, akua.Capabilities):
            calls.get("clu_1") if used else None
            return calls
        if kind is akua.WorkspacePlan:
            return client.workspaces.get("ws_1").plan
        if kind in (akua.Cluster, akua.Workspace):
            seen = client.workspaces.get("ws_1") if kind is akua.Workspace else client.clusters.get("clu_1")
            return shown(seen) if used else seen
        if kind is akua.Client:
            return shown(client) if used else akua.Client(base_url=self.sim.url, token=token_here)
        # What stands below a cluster is listed by that.
        below = {"cluster_id": "clu_1"} if name.endswith("workerbootstraps") else {}
        if kind in (akua.Clusters, akua.Workspaces, akua.Operations, akua.Regions, akua.WorkerBootstraps):
            calls.list(**below).to_dicts() if used else None
            return calls
        if kind in (akua.Launched, akua.Waited):
            cluster = "clu_3" if used else "clu_4"
            launched = client.clusters.suspend(cluster, timeout=9) if client.clusters.get(cluster).state == "active" else client.clusters.resume(cluster)
            waited = launched.wait()
            return launched if kind is akua.Launched else waited
        if kind is akua.AsyncLaunched:
            launched = run(self.other.clusters.refresh_capabilities("clu_5"))
            run(launched.wait()) if used else self.client.operations.wait(launched.token)
            return launched
        if kind is akua.EditResult:
            return client.clusters.edit("clu_2", name="edited" if used else "cluster 2")
        if kind in (akua.ResourceList, akua.Pages, akua.Page):
            listing = client.clusters.list(page_size=2)
            next(listing) if used else None
            return {akua.ResourceList: listing, akua.Pages: listing.pages()}.get(kind) or next(listing.pages())
        if kind is akua.AsyncClient:
            other = self.other if used else akua.AsyncClient(base_url=self.sim.url, token=token_here)
            run(other.clusters.get("clu_1")) if used else None
            return other
        if kind in (akua.fleet.AsyncFleet, akua.fleet.AsyncRun):
            fleet = self.other.clusters.fleet(Plan.patches({"clu_1": {"name": "x"}}), self.folder / f"{name}-{len(self.made_)}")
            fleet._open() if used or kind is akua.fleet.AsyncRun else None
            self.made_.append(fleet)
            return fleet if kind is akua.fleet.AsyncFleet else akua.fleet.AsyncRun(fleet._runner, fleet._fleet.start(), None)
        if name.startswith("async"):
            calls = calls_of(self.other, name)
            if name == "asynclist":
                listing = calls.list(page_size=2)
                run(listing.__anext__()) if used else None
                return listing
            if used:
                run(calls.list(**below).to_dicts() if hasattr(calls, "list") else calls.get("clu_1"))
            return calls
        if kind is akua.sim.Simulator:
            return self.sim
        fleet = self.fleet(f"{kind.__name__}-{used}")
        if kind is akua.fleet.Run:
            begun = fleet.start()
            begun.finish() if used else None
            return begun
        fleet.run(progress=False) if used else None
        return {"fleet": lambda: fleet, "preview": fleet.preview, "report": fleet.report}[name]()

    def facts(self, kind):
        facts = {"effect": "unknown", "status": 409, "problems": (akua.Problem("name", "wrong"),)}
        if hasattr(kind, "resource"):
            facts["resource"] = self.client.clusters.get("clu_1")
        if hasattr(kind, "facts"):
            facts["facts"] = (record(akua.FieldReport),)
        return facts


def token_here():
    return TOKEN[0]


TOKEN = [""]


def keep(resource):
    return True


def record(kind):
    values = {
        "metadata": {"a": "b"},
        "path": ("body",),
        "counts": akua.fleet.Counts(1, 2, 3, 4, 5, 6, 7),
        "stopped": None,
    }
    return kind(**{name: values.get(name, 1) for name in kind.__match_args__})


def shown(used):
    """Whatever it makes of itself for people is made."""
    repr(used)
    if hasattr(used, "to_dict"):
        used.to_dict(), getattr(used, "created_at", None)
    return used


def there(made):
    """What another process sees of it, and the thing again."""
    return f"{type(made).__module__}.{type(made).__qualname__}", made


def told(made, other):
    """How one that was copied or brought somewhere is to the one here."""
    if other is made:
        return "itself"
    assert type(other) is type(made)
    if other == made:
        assert hash(other) == hash(made) or isinstance(made, akua.ErrorDetail)
        return "equal"
    if isinstance(made, BaseException):
        assert (str(other), vars(other)) == (str(made), vars(made))
        return "says the same"
    if isinstance(made, akua.fleet.Preview):
        assert (str(other), other.to_dicts()) == (str(made), made.to_dicts())
        return "says the same"
    if isinstance(made, akua.fleet.Report):
        assert (str(other), other.counts) == (str(made), made.counts)
        return "says the same"
    if isinstance(made, Plan):
        assert (repr(other), other._rest) == (repr(made), made._rest)
        return "says the same"
    assert repr(other) == repr(made)
    return "again"


def tried(made, way):
    try:
        return told(made, way(made))
    except TypeError as refused:
        assert "can't be pickled" in str(refused), refused
        return "refused"


def compared(made):
    assert made == made and not made != made
    for other in (None, 1, "x", object()):
        assert made != other and not made == other
    try:
        assert hash(made) == hash(made)
    except TypeError:
        return "no hash"
    return "yes"


def weakly(made):
    return "yes" if weakref.ref(made)() is made else ""


def processes(method, timeout=60):
    """A way to another process and back, with a hard limit."""

    def way(made):
        _, back = POOLS[method].apply_async(there, (made,)).get(timeout)
        return back

    return way


POOLS = {}

WAYS = {
    "copy": lambda made: tried(made, copy.copy),
    "deepcopy": lambda made: tried(made, copy.deepcopy),
    "pickle": lambda made: tried(made, lambda it: pickle.loads(pickle.dumps(it))),
    "oldest pickle": lambda made: tried(made, lambda it: pickle.loads(pickle.dumps(it, 2))),
    "spawn": lambda made: tried(made, processes("spawn")),
    "fork": lambda made: tried(made, processes("fork")),
    "compared": compared,
    "weakly": weakly,
}

# What has to be so, by the part of a class's story that it belongs to.
LIVE = {akua.fleet.Fleet, akua.fleet.Run, akua.fleet.AsyncFleet, akua.fleet.AsyncRun, akua.sim.Simulator, akua.Secret}
READ = {akua.ResourceList, akua.Pages, akua._aio.AsyncList}
CLIENTS = {akua.Client, akua.AsyncClient, akua.Clusters, akua.Workspaces, akua.Operations, akua.Regions, akua.ComputeSettings, akua.Capabilities}
CLIENTS |= {akua.WorkerBootstraps}
CLIENTS |= set(akua.generated.collections.ALL.values())


def right(kind, way, outcome):
    if way == "compared":
        return outcome == "yes"
    if way == "weakly":
        return outcome == "yes"
    is_copy = way in ("copy", "deepcopy")
    if kind in READ:
        return outcome == "refused"
    if kind in LIVE:
        return outcome == ("itself" if is_copy else "refused")
    if kind in CLIENTS:
        return outcome == ("itself" if is_copy else "again")
    return outcome in ("itself", "equal", "says the same")


@pytest.fixture
def stage(akua_sim, tmp_path):
    TOKEN[0] = akua_sim.token
    return Stage(akua_sim, tmp_path)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_c5_every_class_every_way(stage):
    rows, wrong = {}, []
    for method in ("spawn", "fork"):
        POOLS[method] = multiprocessing.get_context(method).Pool(1)
    try:
        for name, kind in CLASSES.items():
            for used in (False, True):
                cells = rows[name, "after use" if used else "before use"] = {}
                for way, tells in WAYS.items():
                    cells[way] = tells(stage.one(kind, used))
                    if not right(kind, way, cells[way]):
                        wrong.append((name, used, way, cells[way]))
    finally:
        for pool in POOLS.values():
            pool.terminate()
    width = max(len(name) for name, _ in rows)
    print(f"\n{'':{width}} {'':10}", *(f"{way:13}" for way in WAYS))
    for (name, when), cells in rows.items():
        print(f"{name:{width}} {when:10}", *(f"{cells[way]:13}" for way in WAYS))
    assert wrong == []
    assert all(cell for cells in rows.values() for cell in cells.values())


def edits(url, token):
    return akua.Client(base_url=url, token=token, use_env=False).clusters.edit("clu_1", name="by a job", region_id="reg_eu")


def lists(url, token):
    return list(akua.Client(base_url=url, token=token, use_env=False).clusters.list(page_size=2).pages())


def fails(url, token):
    try:
        akua.Client(base_url=url, token=token, use_env=False).clusters.update("clu_2", if_match="7", name="x")
    except akua.ConflictError as error:
        return error


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_c5_what_a_job_brings_back(akua_sim, method):
    akua_sim.contract(reconcile_ms=20)
    with multiprocessing.get_context(method).Pool(1) as pool:
        result, pages, error = (
            pool.apply_async(job, (akua_sim.url, akua_sim.token)).get(60) for job in (edits, lists, fails)
        )
    assert (result.changed, result.proof, result.resource.name) == (True, "acknowledged", "by a job")
    assert "etag" in result.explain()
    # It still knows what there is to wait for.
    with akua_sim.client() as client:
        assert not client.clusters.wait_settled(result).reconciling
        assert [len(page) for page in pages] == [2, 2, 1]
        assert [cluster.id for page in pages for cluster in page] == [f"clu_{number}" for number in range(1, 6)]
        assert pages[0].has_more and pages[0].next_cursor and not pages[2].has_more
    assert (error.status, error.ours) == (409, {"name": "x"})


def test_c5_a_result_holds_no_client(akua_sim):
    made = []
    for make in (edits, lists, fails):
        made.append(make(akua_sim.url, akua_sim.token))
    gc.collect()
    assert [each for each in gc.get_objects() if type(each).__name__ in ("Client", "Clusters", "Open")] == []
    assert akua_sim.token.encode() not in pickle.dumps(made)


def test_c5_a_resumed_result_waits_for_the_same(akua_sim):
    """A server that trims: the result that was pickled knows that this version is ours."""
    akua_sim.contract(reconcile_ms=None)
    with akua_sim.client() as client:
        result = client.clusters.edit("clu_1", name="x", region_id="reg_eu")
        for again in (result, pickle.loads(pickle.dumps(result)), copy.deepcopy(result)):
            assert again == result and hash(again) == hash(result)
            with pytest.raises(akua.TimeoutError):
                client.clusters.wait_settled(again, timeout=0.3)
        akua_sim.write("clu_1", name="theirs")
        ends = []
        for again in (result, pickle.loads(pickle.dumps(result))):
            with pytest.raises(akua.AkuaError) as end:
                client.clusters.wait_settled(again, timeout=0.5)
            ends.append((type(end.value), str(end.value)))
        # Without what it knew of the write, whatever stands would do.
        assert ends[0] == ends[1] and "another version was read" in ends[0][1]


class Owner:
    def __init__(self, sim):
        self.lock = None
        self.given = sim.token
        self.client = sim.client(token=self.token)

    def token(self):
        return self.given


def nested():
    def token():
        return "x"

    return token


@pytest.mark.parametrize("kind", ["client", "async_client"])
def test_c5_a_client_that_cannot_be_pickled_says_which_argument_it_is(akua_sim, kind):
    for given in (lambda: "x", functools.partial(lambda: "x"), nested()):
        client = getattr(akua_sim, kind)(token=given)
        for each in (client, client.clusters, [client]):
            for protocol in range(2, 6):
                with pytest.raises(TypeError, match="^token can't be pickled"):
                    pickle.dumps(each, protocol)
        assert copy.deepcopy(client) is client

    class Seconds(float):
        pass

    client = getattr(akua_sim, kind)(token=token_here, contract={"key_retention": Seconds(60)})
    with pytest.raises(TypeError, match="^contract can't be pickled"):
        pickle.dumps(client)


def test_c5_a_plan_says_so_too():
    for argument, plan in (
        ("keep", Plan.where(lambda it: True, {"name": "x"}, name="all", version="1")),
        ("keep", Plan.suspend(lambda it: True, name="all", version="1")),
        ("function", Plan.function(lambda it: None, name="all", version="1")),
    ):
        with pytest.raises(TypeError, match=f"^{argument} can't be pickled"):
            pickle.dumps(plan)


def test_c5_what_takes_more_than_pickle_is_not_kept_from_it(akua_sim):
    cloudpickle = pytest.importorskip("cloudpickle")
    token = akua_sim.token
    there = pickle.loads(cloudpickle.dumps(akua_sim.client(token=lambda: token)))
    assert there.clusters.get("clu_1").id == "clu_1"
    plan = pickle.loads(cloudpickle.dumps(Plan.function(lambda it: {"name": "x"}, name="all", version="1")))
    assert plan._rest[0](None) == {"name": "x"}
    # And pickle itself still refuses, with cloudpickle at hand.
    with pytest.raises(TypeError, match="token can't be pickled"):
        pickle.dumps(akua_sim.client(token=lambda: token))


def test_c5_a_token_that_is_a_method_of_what_holds_the_client(akua_sim):
    owner = Owner(akua_sim)
    for given in (owner, owner.client):
        there = pickle.loads(pickle.dumps(given))
        client = getattr(there, "client", there)
        assert client.clusters.get("clu_1").id == "clu_1"
    owner.lock = __import__("threading").Lock()
    with pytest.raises(TypeError, match="^token can't be pickled: cannot pickle '_thread.lock'"):
        pickle.dumps(owner.client)


def test_c5_what_is_equal(akua_sim):
    with akua_sim.client() as client:
        one, other = (next(client.clusters.list(page_size=2).pages()) for _ in range(2))
        assert one == other and hash(one) == hash(other) and one != next(client.clusters.list(page_size=3).pages())
        # Of one edit: another one may have taken a millisecond more.
        unchanged = client.clusters.edit("clu_1", name="cluster 1")
        copied = pickle.loads(pickle.dumps(unchanged))
        assert copied is not unchanged and copied == unchanged and len({copied, unchanged}) == 1
        changed = client.clusters.edit("clu_1", name="other")
        assert unchanged != changed
        # Of the same version too: one has made it, the other has found it.
        found = client.clusters.edit("clu_1", name="other")
        assert found.resource == changed.resource and found != changed


def test_d_every_class_can_be_referred_to_weakly(stage):
    for kind in CLASSES.values():
        made = stage.one(kind, True)
        told = []
        reference = weakref.ref(made, told.append)
        assert reference() is made
        if kind in (akua.Cluster, akua.EditResult, akua.Page, akua.ResourceList, akua.Pages, akua.Problem):
            del made
            assert told == [reference]


def test_d_calls_can_be_replaced_for_a_test(akua_sim, monkeypatch):
    from unittest import mock

    async def later(*args, **options):
        return "replaced"

    for client, other in ((akua_sim.client(), lambda *args, **options: "replaced"), (akua_sim.async_client(), later)):
        for calls, names in (
            (client.clusters, ["get", "list", "update", "edit", "edit_with", "wait_settled", "fleet", "create", "import_cluster_once", "suspend", "delete_once"]),
            (client.workspaces, ["get", "list", "update", "edit", "edit_with", "fleet", "create", "create_once", "delete"]),
            (client.operations, ["get", "list", "cancel", "wait"]),
            (client, ["resolve", "request", "with_options", "clusters", "workspaces"]),
        ):
            for name in names:
                before = getattr(calls, name)
                with monkeypatch.context() as patched:
                    patched.setattr(calls, name, other)
                    assert getattr(calls, name) is other
                with mock.patch.object(calls, name) as mocked:
                    assert getattr(calls, name) is mocked
                assert getattr(calls, name) == before
    assert akua_sim.log() == []
    # Those of an answer stay as they are.
    with pytest.raises(AttributeError, match="read-only"):
        akua_sim.client().clusters.get("clu_1").name = "x"


def test_d_what_may_be_replaced_costs_nobody_who_replaces_nothing(python, akua_sim):
    """Attributes are looked up as those of any object, until the first of a process is replaced."""
    python(
        """
        import sys
        import akua

        client = akua.Client(base_url=sys.argv[1], token=sys.argv[2], use_env=False)
        objects = [client, client.clusters, client.workspaces, client.operations]
        usual = lambda each: type(each).__getattribute__ is object.__getattribute__
        assert client.clusters.get("clu_1").id == "clu_1"
        assert all(map(usual, objects))
        client.clusters.get = lambda id: "replaced"
        assert client.clusters.get("clu_1") == "replaced"
        assert not any(map(usual, objects))
        """,
        akua_sim.url,
        akua_sim.token,
    )


def test_d_what_was_replaced_does_not_go_along(akua_sim):
    TOKEN[0] = akua_sim.token
    client = akua_sim.client(token=token_here)
    client.clusters.get = lambda id: "replaced"
    assert client.clusters.get("clu_1") == "replaced"
    assert pickle.loads(pickle.dumps(client)).clusters.get("clu_1").id == "clu_1"
    del client.clusters.get
    assert client.clusters.get("clu_1").id == "clu_1"


def test_d_managers_of_the_standard_library_close_it(akua_sim):
    import contextlib

    with contextlib.closing(akua_sim.client()) as client:
        client.clusters.get("clu_1")
    with pytest.raises(RuntimeError, match="closed"):
        client.clusters.get("clu_1")

    async def main():
        async with contextlib.aclosing(akua_sim.async_client()) as client:
            async with contextlib.aclosing(client.clusters.list(page_size=2).pages()) as pages:
                assert len(await anext(pages)) == 2
            async with contextlib.aclosing(client.clusters.list(page_size=2)) as listing:
                assert (await anext(listing)).id == "clu_1"
            with pytest.raises(StopAsyncIteration):
                await anext(listing)
        for _ in range(2):
            await client.aclose()
        with pytest.raises(RuntimeError, match="closed"):
            await client.clusters.get("clu_1")
        async with contextlib.AsyncExitStack() as stack:
            client = await stack.enter_async_context(akua_sim.async_client())
            stack.push_async_callback(client.aclose)
            raise_in = asyncio.ensure_future(client.clusters.get("clu_1"))
            assert (await raise_in).id == "clu_1"

    run(main())
