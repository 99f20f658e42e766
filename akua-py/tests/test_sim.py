"""The simulator inside the module, and its fixture."""

import json
import urllib.error
import urllib.request

import akua
import pytest
from akua.sim import Simulator


def test_it_is_an_akua_until_it_is_closed():
    with Simulator(clusters=2, workspaces=3) as sim:
        client = sim.client()
        assert [cluster.id for cluster in client.clusters.list()] == ["clu_1", "clu_2"]
        assert len(list(sim.client(token=sim.broad_token, context="ws_1").workspaces.list())) == 3
        assert sim.url in repr(sim)
        assert sim.token not in repr(sim)
    for call in (sim.log, lambda: sim.control({"op": "state"})):
        with pytest.raises(RuntimeError, match="closed"):
            call()
    sim.close()


def test_it_reads_no_environment(monkeypatch):
    monkeypatch.setenv("AKUA_API_URL", "https://akua.example")
    monkeypatch.setenv("AKUA_CONTEXT", "ws_other")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with Simulator(clusters=1) as sim:
        assert sim.client().clusters.get("clu_1").id == "clu_1"


def test_a_contract_at_the_start_and_later():
    with Simulator(clusters=1, contract={"etags": "content"}) as sim:
        assert sim.contract()["etags"] == "content"
        assert sim.contract(missing_if_match=428)["missing_if_match"] == 428
        with pytest.raises(ValueError, match="nope"):
            sim.contract(nope=1)
    with pytest.raises(ValueError, match="nope"):
        Simulator(contract={"nope": 1})


def test_the_same_seed_gives_the_same_tokens():
    with Simulator(random_seed=7) as one, Simulator(random_seed=7) as two, Simulator() as three:
        assert one.token == two.token != three.token


def test_a_port_that_is_taken():
    with Simulator() as sim:
        with pytest.raises(OSError, match="simulator"):
            Simulator(port=int(sim.url.rsplit(":", 1)[1]))


def test_another_writer(akua_sim):
    client = akua_sim.client()
    version = akua_sim.write("clu_1", name="theirs")
    assert client.clusters.get("clu_1").etag == version["etag"]
    akua_sim.write("ws_1", kind="workspace", slug="theirs")
    assert client.workspaces.get("ws_1").slug == "theirs"
    assert akua_sim.delete("clu_2")["deleted"]
    akua_sim.contract(reconcile_ms=None)
    client.clusters.edit("clu_3", region_id="reg_eu")
    akua_sim.settle("clu_3")
    assert not client.clusters.get("clu_3").reconciling
    akua_sim.reset()
    assert client.clusters.get("clu_1").name == "cluster 1"


def test_faults(akua_sim):
    client = akua_sim.client(retry_attempts=1)
    number = akua_sim.inject({"carried_out": "no", "answer": {"status": 404}}, id="clu_2", nth=2, times=1)
    assert [client.clusters.get("clu_1").id, client.clusters.get("clu_2").id] == ["clu_1", "clu_2"]
    with pytest.raises(akua.NotFoundError):
        client.clusters.get("clu_2")
    assert not akua_sim.control({"op": "remove_fault", "fault": number})["removed"]
    akua_sim.inject({"answer": {"status": 503}}, times="forever")
    akua_sim.clear()
    assert client.clusters.get("clu_2").id == "clu_2"


@pytest.mark.parametrize("operation", [{}, {"op": "nope"}, {"op": "inject", "fault": {"nope": 1}}, {"op": object()}])
def test_an_operation_that_is_none(akua_sim, operation):
    with pytest.raises((ValueError, TypeError)):
        akua_sim.control(operation)


def test_nothing_is_too_deep(akua_sim):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ValueError, match="deeper"):
        akua_sim.control({"op": "contract", "set": {"extra_properties": deep}})


def test_the_control_endpoint_is_the_same_over_http(akua_sim):
    def post(token):
        request = urllib.request.Request(
            akua_sim.control_url,
            data=json.dumps({"op": "log"}).encode(),
            headers={"authorization": f"Bearer {token}"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=20) as answer:
            return json.load(answer)

    akua_sim.client().clusters.get("clu_1")
    assert post(akua_sim.control_token)["log"] == akua_sim.log()
    with pytest.raises(urllib.error.HTTPError) as caught:
        post("wrong")
    caught.value.close()


def test_the_fixture_comes_by_itself(pytester):
    pytester.makepyfile(
        """
        def test_one(akua_sim):
            assert akua_sim.client().clusters.edit("clu_1", name="x").changed

        def test_two(akua_sim):
            assert akua_sim.client().clusters.get("clu_1").name == "cluster 1"
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2)


def test_d_the_fixture_is_there_in_every_scope(pytester):
    scopes = ["function", "class", "module", "package", "session"]
    names = {scope: "akua_sim" if scope == "function" else f"akua_sim_{scope}" for scope in scopes}
    own = "".join(
        f"""
@pytest.fixture(scope="{scope}")
def mine_{scope}({name}):
    return {name}.client().clusters.edit("clu_1", name="{scope}").resource
"""
        for scope, name in names.items()
    )
    pytester.makepyfile(
        "import pytest\n"
        + own
        + """
@pytest.fixture
def all_of_them(mine_function, mine_class, mine_module, mine_package, mine_session):
    return [mine_function.name, mine_class.name, mine_module.name, mine_package.name, mine_session.name]

def test_each(all_of_them):
    assert all_of_them == ["function", "class", "module", "package", "session"]

def test_fresh_for_each(akua_sim, akua_sim_class, akua_sim_module, akua_sim_session):
    assert akua_sim.client().clusters.get("clu_1").name == "cluster 1"
    assert akua_sim_class.client().clusters.get("clu_1").name == "cluster 1"
    assert akua_sim_module.client().clusters.get("clu_1").name == "module"
    assert akua_sim_session.client().clusters.get("clu_1").name == "session"
"""
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)
    told = pytester.runpytest_subprocess("--fixtures", "-p", "no:cacheprovider").stdout.str()
    for scope, name in names.items():
        assert f"`{name}.client()`" in " ".join(told.split())


@pytest.mark.parametrize("method", ["PATCH", "patch", "Patch"])
def test_d_a_method_is_met_in_capitals_or_not(akua_sim, method):
    akua_sim.inject({"answer": {"status": 422}, "carried_out": "no"}, method=method)
    with pytest.raises(akua.RejectedError):
        akua_sim.client().clusters.edit("clu_1", name="x")


@pytest.mark.parametrize(
    "given",
    [
        {"method": ""},
        {"method": "FETCH"},
        {"method": "PATCH "},
        {"method": "pätch"},
        {"path": ""},
        {"path": "v1/clusters"},
        {"path": "/v1/clusters?limit=2"},
        {"path": "/v1/clusters#x"},
        {"path": "/v1/clusters/é"},
        {"path": "/v1/clusters/a b"},
        {"path": "https://akua.example/v1/clusters"},
        {"kind": ""},
        {"kind": "clusters"},
        {"kind": "Cluster"},
        {"id": ""},
        {"path": "/v1/clusters/clu_1", "kind": "workspace"},
        {"path": "/v1/clusters/clu_1", "id": "clu_2"},
        {"path": "/v1/clusters", "id": "clu_1"},
        {"path": "/v1/nothing", "kind": "cluster"},
        {"nth": 0},
        {"nth": -1},
        {"times": 0},
        {"times": "always"},
        {"times": ""},
    ],
    ids=str,
)
def test_d_what_could_never_be_met_is_refused(akua_sim, given):
    with pytest.raises(ValueError, match=f"{next(iter(given))}|variant" if len(given) == 1 else "match.path"):
        akua_sim.inject({"answer": {"status": 503}}, **given)
    assert akua_sim.control({"op": "faults"}) == {"faults": []}


@pytest.mark.parametrize("given", [{"method": 7}, {"path": 7}, {"kind": 7}, {"id": 7}, {"times": True}, {"nth": "1"}], ids=str)
def test_d_what_is_of_another_type_is_refused(akua_sim, given):
    with pytest.raises((ValueError, TypeError)):
        akua_sim.inject({"answer": {"status": 503}}, **given)


def test_d_resources_that_are_not_there_are_told(akua_sim):
    for call in (
        lambda: akua_sim.write("clu_9", name="x"),
        lambda: akua_sim.write("ws_1", name="x"),
        lambda: akua_sim.write("clu_1", kind="clusters", name="x"),
        lambda: akua_sim.delete("clu_9"),
        lambda: akua_sim.settle("clu_9"),
        lambda: akua_sim.history("clu_9"),
    ):
        with pytest.raises(ValueError, match="clu_9|ws_1|clusters"):
            call()
