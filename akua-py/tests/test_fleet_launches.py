"""Fleets of suspends, resumes and deletes: what is launched, what is waited for, and what is told of both."""

import csv
import io
import json
import pickle
import time

import akua
import pytest
from akua.fleet import Accepted, Ended, Plan, Report
from akua.sim import Simulator
from fleet_stage import accepted, go_on, held, named
from test_tables import Table

FAILS = {"ends": {"fail": {"step": 2, "message": "no machines", "leaves": "half_done"}}}


@pytest.fixture
def ledger(tmp_path):
    return tmp_path / "night.akua-fleet"


def night():
    return Plan.suspend(lambda cluster: cluster.id != "clu_5", name="night", version="1")


def suspends(id):
    """The requests that suspend this one."""
    return {"method": "POST", "path": f"/v1/clusters/{id}:suspend"}


def test_a_fleet_is_suspended_resumed_and_deleted(client, akua_sim, tmp_path):
    for plan, state in ((Plan.suspend, "suspended"), (Plan.resume, "active"), (Plan.delete, "deleting")):
        made = plan(lambda cluster: cluster.id != "clu_5", name="all but one", version="1")
        with client.clusters.fleet(made, tmp_path / state) as fleet:
            assert [(row.field, row.then, row.is_unchanged) for row in fleet.preview()] == [("state", state, False)] * 4
            summary = fleet.run(progress=False)
            assert (str(summary), summary.is_complete) == ("4 of 4 items tried: 4 applied", True)
            for row in fleet.report():
                assert (row["launch"], row["fate"], row["token"]) == ("applied", "succeeded", "")
                assert client.operations.get(row["operation"]).owner_id == row["id"]
            before = len(akua_sim.log())
            assert (fleet.run(progress=False).tried, len(akua_sim.log())) == (0, before)
    assert sorted(accepted(akua_sim)) == sorted(["clu_1", "clu_2", "clu_3", "clu_4"] * 3)
    assert client.clusters.get("clu_5").state == "active"


def test_workspaces_are_deleted(client, akua_sim, ledger):
    plan = Plan.delete(lambda workspace: workspace.id == "ws_1", name="one", version="1")
    with client.workspaces.fleet(plan, ledger) as fleet:
        assert fleet.preview()[0].now is None, "a workspace shows no state"
        assert fleet.run(progress=False).counts.applied == 1
    assert accepted(akua_sim) == ["ws_1"]


def test_a_preview_shows_what_is_so_already_and_what_has_changed(client, akua_sim, ledger):
    akua_sim.write("clu_2", state="suspended")
    with client.clusters.fleet(night(), ledger) as fleet:
        akua_sim.write("clu_1", name="theirs")
        preview = fleet.preview()
        assert [row.now for row in preview] == ["active (changed since it was seen)", "suspended", "active", "active"]
        assert [row.is_unchanged for row in preview] == [False, True, False, False]
        assert str(preview).splitlines()[2].split() == ["clu_2", "state", "suspended", "suspended,", "already", "so"]
        assert repr(preview) == "<akua.fleet.Preview: 3 changes, 0 could not be read>"
        table = Table(preview._repr_html_())
        assert (table.caption, table.rows[2]) == ("3 fields would change", ["clu_2", "state", "suspended", "suspended, already so"])
        assert accepted(akua_sim) == [], "nothing is launched by that"
        counts = fleet.run(progress=False).counts
        assert (counts.conflict, counts.applied + counts.unchanged + counts.rejected) == (1, 3)
        assert fleet.report().row_of("clu_1")["launch"] == "conflict"
    assert client.clusters.get("clu_1").state == "active"


def test_a_list_is_launched_on_what_was_seen(client, akua_sim, ledger):
    seen = client.clusters.get("clu_1")
    akua_sim.write("clu_1", name="theirs")
    plan = Plan.launches("suspend", [seen, "clu_2"])
    with client.clusters.fleet(plan, ledger) as fleet:
        assert str(fleet.run(progress=False).counts) == "1 applied, 1 conflict"
        assert fleet.report().plan.startswith("suspend by a list for clusters of ")
    # The same ones in another order are the same plan; to delete them is another one.
    client.clusters.fleet(Plan.launches("suspend", iter(["clu_2", "clu_1"])), ledger).close()
    with pytest.raises(akua.ConfigurationError, match="suspend by a list, not delete by a list"):
        client.clusters.fleet(Plan.launches("delete", ["clu_1", "clu_2"]), ledger)
    assert accepted(akua_sim) == ["clu_2"]


def test_launch_and_fate_of_each_are_reported(client, akua_sim, ledger, tmp_path):
    akua_sim.inject(FAILS, **suspends("clu_1"))
    akua_sim.inject({"ends": {"cancel": {"step": 1}}}, **suspends("clu_2"))
    akua_sim.inject({"carried_out": "no", "answer": {"status": 422}}, **suspends("clu_3"))
    with client.clusters.fleet(night(), ledger) as fleet:
        summary = fleet.run(progress=False)
        assert (str(summary.counts), summary.is_complete) == ("1 applied, 1 rejected, 1 failed, 1 cancelled", True)
        assert summary.counts.to_dict()["failed"] == 1 and "started" not in summary.counts.to_dict()
        report = fleet.report()
        ends = {row["id"]: (row["state"], row["launch"], row["fate"]) for row in report}
        assert ends == {
            "clu_1": ("failed", "applied", "operation_failed"),
            "clu_2": ("cancelled", "applied", "operation_cancelled"),
            "clu_3": ("rejected", "rejected", ""),
            "clu_4": ("applied", "applied", "succeeded"),
        }
        assert "no machines" in report.row_of("clu_1")["what_happened"]
        for row, cells in zip(report, csv.DictReader(io.StringIO(report.to_csv()))):
            assert [cells[name] for name in ("launch", "fate", "operation")] == [row["launch"], row["fate"], row["operation"]]
        assert json.loads(report.to_json())["counts"] == report.counts.to_dict()
        head, *rows = Table(report._repr_html_()).rows
        assert head == ["id", "state", "launch", "fate", "operation", "what happened"]
        assert [row[:4] for row in rows] == [[id, *ends[id]] for id in ("clu_1", "clu_2", "clu_3")]
        # What has failed is for a person: no run launches it again.
        assert fleet.run(progress=False).tried == 0
        assert Table(summary._repr_html_()).rows[-2:] == [["failed", "1"], ["cancelled", "1"]]
    with client.clusters.fleet(named(5), tmp_path / "edits") as fleet:
        assert Table(fleet.report()._repr_html_()).rows[0] == ["id", "state", "what happened"], "of edits there is neither"


def test_what_takes_longer_stays_started_and_another_process_waits_on(client, akua_sim, ledger, python):
    held(akua_sim)
    with client.clusters.fleet(night(), ledger) as fleet:
        begun = time.monotonic()
        summary = fleet.run(progress=False, wait=0)
        assert time.monotonic() - begun < 20
        assert (str(summary.counts), summary.stopped, summary.is_complete) == ("4 started", None, False)
        assert summary.counts.open == 4
        preview = fleet.preview()
        assert (len(preview), preview.indeterminate, preview.started) == (0, 0, 4)
        assert "of 4 an operation was started: a run waits for its end" in str(preview)
        row = fleet.report().row_of("clu_1")
        assert (row["launch"], row["fate"]) == ("applied", "still_running")
    # Its token is one to wait with, and so is the ledger.
    go_on(akua_sim, row["operation"])
    assert client.operations.wait(row["token"]).now.state == "suspended"
    for other in Report(ledger):
        if other["id"] != "clu_1":
            go_on(akua_sim, other["operation"])
    program = """
    import sys, akua
    from akua.fleet import Plan
    with akua.Client(base_url=sys.argv[1], token=sys.argv[2], use_env=False) as client:
        with client.clusters.fleet(Plan.kept(), sys.argv[3]) as fleet:
            print(fleet.run(progress=False))
            print(sorted({row["fate"] for row in fleet.report()}))
    """
    done = python(program, akua_sim.url, akua_sim.token, str(ledger))
    assert done.stdout == "4 of 4 items tried: 4 applied\n['succeeded']\n"
    assert sorted(accepted(akua_sim)) == ["clu_1", "clu_2", "clu_3", "clu_4"], "each once"


def test_a_launch_whose_answer_is_lost_is_settled_and_never_issued_anew(client, akua_sim, ledger):
    akua_sim.inject({"delivery": {"send": "nothing", "end": "reset"}}, **suspends("clu_2"), times="forever")
    with client.clusters.fleet(Plan.launches("suspend", ["clu_1", "clu_2"]), ledger, max_attempts=1) as fleet:
        counts = fleet.run(progress=False).counts
        assert (counts.applied, counts.indeterminate) == (1, 1), counts
        row = fleet.report().row_of("clu_2")
        assert (row["launch"], row["fate"], row["token"][:13]) == ("indeterminate", "", "akua-resume-2")
    akua_sim.clear()
    # By the time of the next run it is done; that run looks, and asks for nothing.
    go_on(akua_sim, f"op_{accepted(akua_sim).index('clu_2') + 1}")
    with client.clusters.fleet(Plan.kept(), ledger) as fleet:
        assert fleet.run(progress=False).counts.applied == 2
        row = fleet.report().row_of("clu_2")
        assert (row["launch"], row["fate"], row["proof"], row["token"]) == ("applied", "", "observed", "")
    assert sorted(accepted(akua_sim)) == ["clu_1", "clu_2"]


def test_events_tell_what_was_accepted(client, akua_sim, ledger):
    with client.clusters.fleet(night(), ledger) as fleet:
        events = list(fleet.start(in_flight=1))
        told = [event for event in events if isinstance(event, (Accepted, Ended)) and event.id == "clu_1"]
        assert [type(event) for event in told] == [Accepted, Ended]
        assert told[0] == Accepted(1, "clu_1", fleet.report().row_of("clu_1")["operation"])
        assert pickle.loads(pickle.dumps(told)) == told


def test_a_run_that_stops_waits_no_longer(client, akua_sim, ledger):
    held(akua_sim)
    with client.clusters.fleet(night(), ledger) as fleet:
        begun = time.monotonic()
        with fleet.start(in_flight=2) as run:
            seen = 0
            for event in run:
                seen += isinstance(event, Accepted)
                if seen == 2:
                    run.stop()
        assert seen == 2 and time.monotonic() - begun < 20
        assert (run.finish().stopped, run.counts.started, run.counts.pending) == ("asked", 2, 2)


def test_the_canary_is_well_when_its_operations_are(client, akua_sim, ledger):
    akua_sim.inject(FAILS, **suspends("clu_2"))
    with client.clusters.fleet(night(), ledger) as fleet:
        summary = fleet.run(progress=False, canary=2, check=lambda counts: not counts.failed)
        assert (summary.stopped, str(summary.counts)) == ("canary", "2 pending, 1 applied, 1 failed")
    assert sorted(accepted(akua_sim)) == ["clu_1", "clu_2"]


def test_the_bar_shows_what_is_under_way(client, akua_sim, ledger, capfd):
    held(akua_sim)
    with client.clusters.fleet(night(), ledger) as fleet:
        fleet.run(progress="bar", wait=0)
        errors = capfd.readouterr().err
        assert "4/4" in errors and "operations under way" in errors
        fleet.run(progress="lines", wait=0)
    lines = capfd.readouterr().err.splitlines()
    assert lines[0] == "akua: 4 of 4 items to be tried", lines
    assert lines[1:] == ["akua: 4 of 4 items tried: 4 started"], "they go on, which is no trouble"


@pytest.mark.parametrize(
    ("plan", "error", "says"),
    [
        (lambda: Plan.suspend("active", name="a", version="1"), TypeError, "keep is to be a callable"),
        (lambda: Plan.resume({"clu_1": {"name": "x"}}, name="a", version="1"), TypeError, "keep is to be a callable"),
        (lambda: Plan.delete(bool, {"name": "x"}, name="a", version="1"), TypeError, "positional"),
        (lambda: Plan.delete(bool, name="a"), TypeError, "version"),
        (lambda: Plan.suspend(bool, name="", version="1"), akua.ValidationError, "name"),
        (lambda: Plan.suspend(bool, name="a", version="x" * 201), akua.ValidationError, "version"),
        (lambda: Plan.launches("refresh", ["clu_1"]), akua.ValidationError, "launch.*suspend, resume or delete"),
        (lambda: Plan.launches("delete", {"clu_1": {"name": "x"}}), TypeError, "a launch takes no fields"),
        (lambda: Plan.launches("delete", "clu_1"), TypeError, "not one text"),
        (lambda: Plan.launches("delete", ["clu_1", ("clu_2", {"name": "x"})]), TypeError, "resource 2 of the plan: .*not tuple"),
        (lambda: Plan.launches("delete", ["clu_1", ""]), akua.ValidationError, "resource 2 of the plan"),
        (lambda: Plan.launches("delete", ["clu_1", "clu_1"]), akua.ValidationError, "clu_1"),
        (lambda: Plan.launches("delete", 7), TypeError, "iterable"),
    ],
)
def test_plans_that_are_none(client, akua_sim, ledger, plan, error, says):
    with pytest.raises(error, match=says):
        client.clusters.fleet(plan(), ledger)
    assert akua_sim.log() == []


@pytest.mark.parametrize("plan", [Plan.suspend, Plan.resume])
def test_a_kind_that_has_no_such_launch_is_told(client, akua_sim, ledger, plan):
    with pytest.raises(akua.ValidationError, match=f"`{plan.__name__}_cluster`, which no workspace has") as refused:
        client.workspaces.fleet(plan(bool, name="all", version="1"), ledger)
    assert ([problem.field for problem in refused.value.problems], refused.value.effect) == (["launch"], "not_sent")
    with pytest.raises(akua.ValidationError, match="which no workspace has"):
        client.workspaces.fleet(Plan.launches(plan.__name__, ["ws_1"]), ledger)
    assert (ledger.exists(), akua_sim.log()) == (False, [])


@pytest.mark.parametrize(
    ("wait", "error"), [(-1, akua.ValidationError), (float("nan"), akua.ValidationError), ("long", TypeError), (True, TypeError)]
)
def test_waits_that_are_none(client, akua_sim, ledger, wait, error):
    with client.clusters.fleet(Plan.launches("suspend", ["clu_1"]), ledger) as fleet:
        with pytest.raises(error, match="wait"):
            fleet.run(progress=False, wait=wait)
        assert akua_sim.log() == []
        assert fleet.run(progress=False, wait=float("inf")).is_complete


def test_a_filter_that_fails_makes_no_ledger(client, akua_sim, ledger):
    def keep(cluster):
        raise LookupError("mine")

    with pytest.raises(akua.ValidationError, match="filter that failed for `clu_1`.*LookupError"):
        client.clusters.fleet(Plan.suspend(keep, name="night", version="1"), ledger)
    assert accepted(akua_sim) == []
    with client.clusters.fleet(night(), ledger) as fleet:
        assert len(fleet.report()) == 4


def keeps(cluster):
    return cluster.id == "clu_1"


def test_plans_of_launches_pickled(client, ledger):
    seen = client.clusters.get("clu_1")
    for plan in (Plan.suspend(keeps, name="one", version="1"), Plan.launches("suspend", [seen, "clu_2"])):
        again = pickle.loads(pickle.dumps(plan))
        assert (repr(again), again._rest) == (repr(plan), plan._rest)
    assert repr(again) == "<akua.fleet.Plan to suspend 2 resources>"
    with client.clusters.fleet(again, ledger) as fleet:
        assert fleet.run(progress=False).counts.applied == 2
        for told in (fleet.preview(), fleet.report()):
            assert str(pickle.loads(pickle.dumps(told))) == str(told)


def test_ledgers_of_launches_in_bad_weather(tmp_path):
    """Answers lost, refusals and operations that fail: each row agrees with the simulator's log."""
    keys = {"suspend_cluster": 3600}
    with Simulator(clusters=60, contract={"action_keys_replay": keys}) as sim:
        lost = {"delivery": {"send": "nothing", "end": "reset"}}
        for number in range(3, 60, 7):
            sim.inject(lost, **suspends(f"clu_{number}"))
        for number in range(4, 60, 9):
            sim.inject(FAILS, **suspends(f"clu_{number}"))
        with sim.client(retry_base=0.001, retry_cap=0.01, contract={"action_keys_replay": 3600}) as client:
            with client.clusters.fleet(Plan.suspend(bool, name="all", version="1"), tmp_path / "ledger") as fleet:
                summary = fleet.run(in_flight=16, progress=False)
                rows = fleet.report().to_dicts()
        assert summary.is_complete, summary
        once = accepted(sim)
        assert len(once) == len(set(once)) == 60
        for row in rows:
            state = sim.history(row["id"])[-1]["fields"]["state"]
            if row["state"] == "applied":
                assert (state, row["id"] in once) == ("suspended", True), row
            elif row["state"] == "failed":
                assert row["fate"] == "operation_failed" and row["id"] in once, row
            else:
                raise AssertionError(row)
