"""Fleets of creates: what a row is known by, what is refused before anything is sent, and what is told of each."""

import csv
import io
import json
import pickle

import akua
import pytest
from akua.fleet import Plan, Report
from test_tables import Table

ROWS = [
    {"name": "shop-eu", "region_id": "reg_1"},
    {"name": "shop-us", "region_id": "reg_2"},
    {"name": "shop-asia", "region_id": "reg_3", "network_profile": "linux_cilium"},
]
CREATES = {"method": "POST", "path": "/v1/clusters"}
LOST = {"delivery": {"send": "nothing", "end": "reset"}}


@pytest.fixture
def ledger(tmp_path):
    return tmp_path / "shops.akua-fleet"


def creates(sim):
    """The creates that the simulator was sent."""
    return [entry for entry in sim.log() if entry["create"]]


def made(sim):
    """The ids of what was made, by the requests of this test."""
    return [entry["effect"]["id"] for entry in creates(sim) if entry["effect"]["did"] == "created"]


def test_each_row_of_a_table_becomes_a_cluster(client, akua_sim, ledger):
    with client.clusters.fleet(Plan.create(ROWS), ledger) as fleet:
        preview = fleet.preview()
        assert [(row.id, row.field, row.then) for row in preview][:3] == [
            ("shop-eu", "name", "shop-eu"),
            ("shop-eu", "region_id", "reg_1"),
            ("shop-us", "name", "shop-us"),
        ]
        assert all(row.is_new and row.now is None for row in preview)
        assert str(preview).splitlines()[2].split() == ["shop-eu", "region_id", "(new)", "reg_1"]
        assert akua_sim.log() == [], "nothing was sent"
        assert str(fleet.run(progress=False)) == "3 of 3 items tried: 3 applied"
        report = fleet.report()
        assert sorted(row["made"] for row in report) == sorted(made(akua_sim))
        for row in report:
            cluster = client.clusters.get(row["made"])
            assert (cluster.name, row["launch"], row["fate"], row["candidates"]) == (row["id"], "applied", "succeeded", [])
        for row, cells in zip(report, csv.DictReader(io.StringIO(report.to_csv()))):
            assert (list(cells), cells["made"], cells["candidates"]) == (list(row), row["made"], "")
    # The same rows in another order, also from a pickle: nothing is left.
    for plan in (Plan.create(reversed(ROWS)), pickle.loads(pickle.dumps(Plan.create(iter(ROWS)))), Plan.kept()):
        with client.clusters.fleet(plan, ledger) as fleet:
            assert fleet.run(progress=False).tried == 0
    assert len(creates(akua_sim)) == 3


def test_a_key_is_a_column_or_that_of_a_mapping_and_is_not_sent(client, akua_sim, ledger):
    rows = [{"line": "7", "name": "prod", "region_id": "reg_1"}, {"line": "8", "name": "prod", "region_id": "reg_2"}]
    with client.clusters.fleet(Plan.create(rows, key="line"), ledger) as fleet:
        assert fleet.run(progress=False).counts.applied == 2
        assert fleet.report().row_of("8")["made"] in made(akua_sim)
    mapping = {row["line"]: {"name": row["name"], "region_id": row["region_id"]} for row in rows}
    with client.clusters.fleet(Plan.create(mapping), ledger) as fleet:
        assert fleet.run(progress=False).tried == 0
    assert rows[0]["line"] == "7", "what was given stays as it was"


@pytest.mark.parametrize(
    ("rows", "raised", "words"),
    [
        ([{"name": "a"}], akua.ValidationError, r"row 1 of the plan \(`a`\): .*`region_id` is missing"),
        ([ROWS[0], {"name": "x" * 101, "region_id": "r"}], akua.ValidationError, "row 2 of the plan .*`name` has 101 characters"),
        ([{"name": "a", "region_id": float("nan")}], TypeError, r"row 1 of the plan \(`a`\): .*region_id.*expected str, not float"),
        ([{"name": "a", "region_id": None}], TypeError, "region_id.*leave it out instead"),
        ([{"name": "a", "region_id": "r", "size": 3}], akua.ValidationError, "row 1 of the plan .*`size`"),
        ([{"name": "a", "region_id": "r", "network_profile": "mesh"}], akua.ValidationError, "row 1 .*`network_profile`"),
        ([ROWS[0], ROWS[0]], akua.ValidationError, "has the key `shop-eu` twice, in rows 1 and 2"),
        ({"a": ROWS[0], "b": ROWS[0]}, akua.ValidationError, "has two rows, 1 and 2, of name `shop-eu` and region_id `reg_1`"),
        ({"": ROWS[0]}, akua.ValidationError, "row 1 whose key has 0 code points"),
    ],
)
def test_what_can_be_known_is_refused_before_anything_is_sent(client, akua_sim, ledger, rows, raised, words):
    with pytest.raises(raised, match=words):
        client.clusters.fleet(Plan.create(rows), ledger)
    assert akua_sim.log() == []


def test_what_is_no_table_is_refused(client, ledger):
    class Frame:
        def to_dict(self):
            return {}

    for rows, options, words in [
        ("shop", {}, "row 1 of the plan: expected a dict"),
        ([("a", ROWS[0])], {}, "row 1 of the plan: expected a dict"),
        ({7: ROWS[0]}, {}, "row 1 of the plan: .*its key as text"),
        (ROWS, {"key": "line"}, r"row 1 of the plan \(`shop-eu`\): expected its key as text in 'line', not NoneType"),
        ({"a": ROWS[0]}, {"key": "name"}, "a mapping has keys of its own"),
        (Frame(), {}, r'frame.to_dict\("records"\)'),
    ]:
        with pytest.raises(TypeError, match=words):
            Plan.create(rows, **options)
    with pytest.raises(akua.ValidationError, match="which no workspace has"):
        client.workspaces.fleet(Plan.create(ROWS), ledger)
    assert not ledger.exists()


def test_an_edited_table_is_another_one(client, akua_sim, ledger):
    client.clusters.fleet(Plan.create(ROWS), ledger).close()
    for rows, words in [
        ([ROWS[0], {**ROWS[1], "region_id": "reg_9"}, ROWS[2]], "its row `shop-us` has another region_id"),
        ([*ROWS, {"name": "new", "region_id": "reg_1"}], "its row `new` is new"),
        (ROWS[:2], "rows of it are missing"),
    ]:
        with pytest.raises(akua.ConfigurationError, match=words) as caught:
            client.clusters.fleet(Plan.create(rows), ledger)
        assert "put only what is new into another ledger" in str(caught.value)
    assert akua_sim.log() == []


def test_what_may_have_been_made_is_listed_and_never_taken(akua_sim, ledger):
    akua_sim.inject(LOST, nth=2, **CREATES)
    # Nothing is known of keys: so it only looks.
    with akua_sim.client(contract={"create_keys_replay": 0}) as client:
        with client.clusters.fleet(Plan.create(ROWS), ledger) as fleet:
            assert str(fleet.run(progress=False, in_flight=1).counts) == "1 indeterminate, 2 applied"
            row = fleet.report().row_of("shop-us")
            ours = made(akua_sim)[1]
            assert (row["made"], row["launch"], [one["id"] for one in row["candidates"]]) == ("", "indeterminate", [ours])
            assert row["candidates"][0]["reason"] == "namesake"
            assert "called `shop-us`" in row["candidates"][0]["why"]
            assert fleet.run(progress=False).tried == 1
            report = fleet.report()
            assert f"candidate {ours}" in str(report)
            head, *rows = Table(report._repr_html_()).rows
            assert rows[0][head.index("candidates")] == ours
            told = json.loads(report.to_json())["items"]
            assert [item.get("candidates") for item in told] == [None, report.row_of("shop-us")["candidates"], None]
    assert len(creates(akua_sim)) == 3


def test_a_failed_operation_is_told_with_what_it_has_left(client, akua_sim, ledger):
    akua_sim.inject({"ends": {"fail": {"step": 2, "message": "no machines", "leaves": "half_done"}}}, nth=1, **CREATES)
    with client.clusters.fleet(Plan.create(ROWS), ledger) as fleet:
        summary = fleet.run(progress=False, in_flight=1)
        assert (str(summary.counts), summary.is_complete) == ("2 applied, 1 failed", True)
        row = fleet.report().row_of("shop-eu")
        assert (row["fate"], row["made"]) == ("operation_failed", "")
        left = row["candidates"]
        assert [(one["id"], one["reason"]) for one in left] == [(made(akua_sim)[0], "operation")]
        assert "no machines" in row["what_happened"] and left[0]["id"] in row["what_happened"]


def test_a_killed_process_is_gone_on_from(akua_sim, ledger, python):
    # It is held after it has sent its second row, and killed there.
    akua_sim.inject({"hold": "until_released"}, nth=2, **CREATES)
    program = """
    import os, signal, sys, threading, time
    import akua
    from akua.fleet import Plan, Report
    from akua.sim import Simulator
    rows = {key: {"name": f"shop-{key}", "region_id": "reg_1"} for key in ("a", "b", "c")}

    def kill():
        while True:
            try:
                if Report(sys.argv[3]).row_of("b")["state"] == "indeterminate":
                    time.sleep(0.2)
                    os.kill(os.getpid(), signal.SIGKILL)
            except akua.ConfigurationError:
                pass
            time.sleep(0.01)

    with akua.Client(base_url=sys.argv[1], token=sys.argv[2], use_env=False) as client:
        with client.clusters.fleet(Plan.create(rows), sys.argv[3]) as fleet:
            if len(sys.argv) > 4:
                threading.Thread(target=kill, daemon=True).start()
            fleet.run(progress=False, in_flight=1)
    """
    arguments = (akua_sim.url, akua_sim.token, str(ledger))
    assert python(program, *arguments, "killed", check=False).returncode == -9
    row = Report(ledger).row_of("b")
    assert (row["state"], row["launch"], row["token"] != "") == ("indeterminate", "indeterminate", True)
    akua_sim.release()
    python(program, *arguments)
    report = Report(ledger)
    assert str(report.counts) == "3 applied"
    assert sorted(row["made"] for row in report) == sorted(made(akua_sim)), "each once"
