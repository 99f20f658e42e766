"""What a fleet says of what is wrong: it names the thing, and nothing is sent."""

import logging
import pickle
import sqlite3

import akua
import pytest
from akua.fleet import Plan, Report
from akua.sim import Simulator
from fleet_stage import NORTH, writes

KUBECONFIG = "apiVersion: v1 # very secret"


@pytest.fixture
def ledger(tmp_path):
    return tmp_path / "plan.akua-fleet"


@pytest.mark.parametrize(
    ("gives", "says"),
    [
        (lambda cluster: 7, "expected None, a dict of fields, or a Cluster with other values, not int"),
        (lambda cluster: [("name", "x")], "not list"),
        (lambda cluster: {"nam": "x"}, "nam"),
        (lambda cluster: {"name": 1.5}, "field 'name': expected str, not float"),
        (lambda cluster: {"name": ""}, "`name` has 0"),
        (lambda cluster: {1: "x"}, "int"),
        (lambda cluster: (yield), "generator"),
        (type("Awaited", (), {"__call__": lambda self, cluster: coroutine()})(), "coroutine"),
    ],
)
def test_d_a_function_that_gives_nonsense_is_told_by_what_it_gave(client, akua_sim, ledger, caplog, gives, says):
    def plan():
        return Plan.function(lambda cluster: gives(cluster), name="n", version="1")

    with caplog.at_level(logging.WARNING, "akua.fleet"), client.clusters.fleet(plan(), ledger) as fleet:
        assert "clu_2" in caplog.text and says in caplog.text
        assert any("clu_2" in str(problem) and says in str(problem) for problem in fleet.preview().problems)
        caplog.clear()
        assert fleet.run(progress=False).counts.not_sent == 5
        told = fleet.report().row_of("clu_2")["what_happened"]
        assert says in told and any("clu_2" in line and says in line for line in caplog.messages), told
    assert writes(akua_sim) == 0


async def coroutine():
    pass


def test_d_a_filter_or_a_kubeconfig_that_is_nonsense_is_told_by_what_it_is(client, ledger, caplog):
    import numpy

    plan = Plan.where(lambda cluster: numpy.array([True, False]), NORTH, name="a", version="1")
    with pytest.raises(akua.ValidationError, match="clu_1.*expected true or false, not ndarray"):
        client.clusters.fleet(plan, ledger.with_name("filter"))
    secret = Plan.patches({"clu_1": {"kubeconfig": KUBECONFIG}})
    client.clusters.fleet(secret, ledger).close()
    with client.clusters.fleet(Plan.kept(), ledger, kubeconfigs=lambda id: KUBECONFIG.encode()) as fleet:
        assert fleet.run(progress=False).counts.not_sent == 1
        told = fleet.report().row_of("clu_1")["what_happened"]
    assert "expected a kubeconfig as str, or None, not bytes" in told and "very secret" not in told + caplog.text


@pytest.mark.parametrize(
    ("cell", "error", "says"),
    [
        ({"name": float("nan")}, TypeError, "field 'name': expected str, not float"),
        ({"name": None}, TypeError, "'name'"),
        ({"name": ""}, akua.ValidationError, "`name` has 0"),
        ({"name": "x" * 1000}, akua.ValidationError, "`name`"),
        ({"name": "\ud800"}, akua.ValidationError, "`name`"),
        ({"nam": "x"}, akua.ValidationError, "nam"),
        ({1: "x"}, TypeError, "int"),
        ({}, akua.ValidationError, "field"),
        (None, TypeError, "a dict of fields"),
        ("name", TypeError, "a dict of fields"),
    ],
)
def test_d_one_bad_cell_among_many_is_named_by_row_id_and_field(client, ledger, cell, error, says):
    many = {f"clu_{number}": {"name": "x"} for number in range(1, 300)}
    with pytest.raises(error, match=r"patch 217 of the plan \(`clu_217`\): ") as caught:
        client.clusters.fleet(Plan.patches({**many, "clu_217": cell}), ledger)
    assert says in str(caught.value)
    assert [problem.field for problem in getattr(caught.value, "problems", ())][:1] in ([], ["name"], ["nam"], ["patch"])


def test_d_a_row_that_is_none_is_named_by_its_number(client, ledger):
    rows = [("clu_1", {"name": "x"})]
    for bad in ("clu_2", ("clu_2",), ("clu_2", {}, 3), None, 7):
        with pytest.raises(TypeError, match="patch 2 of the plan.*a dict of fields"):
            Plan.patches([*rows, bad])
    with pytest.raises(TypeError, match="patch 2 of the plan.*not int"):
        client.clusters.fleet(Plan.patches([*rows, (7, {"name": "x"})]), ledger)
    left_out = pickle.loads(pickle.dumps(Plan.patches([*rows, ("clu_2", {"kubeconfig": KUBECONFIG})])))
    with pytest.raises(akua.ValidationError, match=r"patch 2 of the plan \(`clu_2`\): .*kubeconfig.*pickled"):
        client.clusters.fleet(left_out, ledger)


def test_d_plan_is_one_name_for_one_thing():
    assert getattr(akua, "Plan", Plan) is Plan and "Plan" not in akua.__all__
    assert akua.WorkspacePlan.__name__ == "WorkspacePlan"


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda path: path.touch(), "no complete ledger"),
        (lambda path: path.write_bytes(b"SQLite format 3\0"), "is no ledger"),
        (lambda path: path.write_bytes(bytes(4096)), "is no ledger"),
        (lambda path: tables(path, "PRAGMA application_id = 1634428524; PRAGMA user_version = 2;"), "is damaged"),
        (lambda path: tables(path, "CREATE TABLE plan (x);"), "no ledger of a fleet"),
        (lambda path: tables(path, ""), "no complete ledger"),
    ],
)
def test_d_a_file_that_was_not_made_to_its_end_is_reported_in_words(client, ledger, made, says):
    made(ledger)
    with pytest.raises(akua.ConfigurationError, match=says) as caught:
        Report(ledger)
    assert "no such table" not in str(caught.value)


def tables(path, script):
    database = sqlite3.connect(path)
    database.executescript(script + "PRAGMA user_version = 2;" if script else "PRAGMA user_version = 0; VACUUM;")
    database.close()


def test_d_whoever_runs_an_example_twice_is_told_how_to_go_on(ledger):
    """Each simulator is a service of its own, so the ledger of the first is not that of the second."""
    plan = Plan.patches({"clu_1": {"name": "x"}})
    with Simulator(clusters=1) as first:
        first.client().clusters.fleet(plan, ledger).close()
    with Simulator(clusters=1) as second:
        with pytest.raises(akua.ConfigurationError, match="a simulator is another service whenever.*another path"):
            second.client().clusters.fleet(plan, ledger)
        assert second.log() == []
