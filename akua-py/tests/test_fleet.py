"""Fleets: plans, previews, runs, ledgers and reports, against the simulator."""

import csv
import io
import json
import logging
import pickle
import signal

import akua
import pytest
from akua import fleet as fleets
from akua.fleet import Plan, Report
from akua.sim import Simulator
from fleet_stage import NORTH, landed, misreported, named, writes
from test_tables import Table

KUBECONFIG = "apiVersion: v1 # very secret"


@pytest.fixture
def ledger(tmp_path):
    return tmp_path / "plan.akua-fleet"


def test_a_plan_of_patches_is_previewed_carried_out_and_reported(client, akua_sim, ledger):
    with client.clusters.fleet(named(5), ledger) as fleet:
        preview = fleet.preview()
        assert [(row.id, row.field, row.now, row.then) for row in preview][0] == (
            "clu_1",
            "name",
            "cluster 1",
            "prod 1",
        )
        assert (len(preview), preview.problems, writes(akua_sim)) == (5, (), 0)
        summary = fleet.run(progress=False)
        assert (summary.counts.applied, summary.is_complete, summary.stopped, summary.tried) == (5, True, None, 5)
        rows = fleet.report().to_dicts()
        assert misreported(akua_sim, rows, lambda id: f"prod {id[4:]}") == []
        assert [row["proof"] for row in rows] == ["acknowledged"] * 5
        assert str(fleet.preview()) == "nothing would change"


def test_a_filter_and_a_function(client, akua_sim, tmp_path):
    akua_sim.write("clu_2", name="shop-2")
    shop = Plan.where(lambda cluster: cluster.name.startswith("shop-"), NORTH, name="shop", version="1")
    with client.clusters.fleet(shop, tmp_path / "shop") as fleet:
        assert [row.id for row in fleet.preview()] == ["clu_2"]
        assert fleet.run(progress=False).counts.to_dict()["applied"] == 1

    def eu(cluster):
        return None if cluster.name.startswith("shop-") else {"name": cluster.name + "-eu"}

    with client.clusters.fleet(Plan.function(eu, name="eu", version="1"), tmp_path / "eu") as fleet:
        assert fleet.run(progress=False).counts.applied == 4
    assert client.clusters.get("clu_1").name == "cluster 1-eu"


def test_workspaces(client, tmp_path):
    plan = Plan.patches({"ws_1": {"name": "one", "slug": "one"}})
    with client.workspaces.fleet(plan, tmp_path / "ledger") as fleet:
        assert [row.field for row in fleet.preview()] == ["name", "slug"]
        assert fleet.run(progress=False).counts.applied == 1
    assert client.workspaces.get("ws_1").slug == "one"


def test_what_the_preview_has_shown_is_protected(client, akua_sim, ledger):
    with client.clusters.fleet(named(2), ledger) as fleet:
        fleet.preview()
        akua_sim.write("clu_1", name="theirs")
        summary = fleet.run(progress=False)
        assert (summary.counts.conflict, summary.counts.applied) == (1, 1)
        report = fleet.report()
        assert report.row_of("clu_1")["fields"] == [
            {"field": "name", "base": "cluster 1", "ours": "prod 1", "theirs": "theirs", "state": "conflicting"}
        ]
        assert report.row_of("clu_9") is None
    assert client.clusters.get("clu_1").name == "theirs"


def test_a_preview_tells_what_it_could_not_read(client, akua_sim, ledger):
    akua_sim.delete("clu_2")
    with client.clusters.fleet(named(3), ledger) as fleet:
        preview = fleet.preview()
        assert [row.id for row in preview] == ["clu_1", "clu_3"]
        assert [type(problem) for problem in preview.problems] == [akua.NotFoundError]
        assert "could not be read" in str(preview)
        assert len(fleet.preview(limit=1)) == 1


def test_a_preview_does_not_call_nothing_what_a_run_settles_first(client, akua_sim, ledger):
    akua_sim.inject({"delivery": {"send": "nothing"}}, method="PATCH")
    with client.clusters.fleet(Plan.patches({"clu_1": NORTH}), ledger, max_attempts=1) as fleet:
        assert fleet.run(progress=False).counts.indeterminate == 1
        preview = fleet.preview()
        assert (len(preview), preview.problems, preview.indeterminate) == (0, (), 1)
        for shown in (str(preview), preview._repr_html_()):
            assert "of 1 a write may have landed, or may still" in shown, shown


def test_a_run_goes_on_where_the_last_one_ended(client, akua_sim, ledger):
    akua_sim.inject({"delivery": {"send": "nothing"}}, method="PATCH", id="clu_2", times="forever")
    plan = Plan.patches({f"clu_{number}": {"name": "x", **NORTH} for number in (1, 2, 3)})
    with client.clusters.fleet(plan, ledger, timeout=1) as fleet:
        run = fleet.start(in_flight=1, stop_after_failures=1)
        states = [event.state for event in run if isinstance(event, fleets.Ended)]
        summary = run.finish()
        assert (states, summary.stopped) == (["applied", "indeterminate"], "failures")
        assert summary.counts.pending == 1
    akua_sim.clear()
    sent = writes(akua_sim)
    contract = {"key_checked_before_if_match": True, "key_retention": 3600}
    with akua_sim.client(contract=contract) as knowing, knowing.clusters.fleet(Plan.kept(), ledger) as fleet:
        events = list(fleet.start(in_flight=1))
        assert [event.settles for event in events if isinstance(event, fleets.Started)] == [True, False]
        assert fleet.report().counts.applied == 3
    assert writes(akua_sim) - sent == 2, "clu_1 is left alone"
    assert [len(landed(akua_sim, f"clu_{number}")) for number in (1, 2, 3)] == [1, 1, 1]


def test_the_ledger_of_another_plan_is_refused(client, akua_sim, ledger):
    client.clusters.fleet(named(2), ledger).close()
    sent = len(akua_sim.log())
    with pytest.raises(akua.ConfigurationError, match="plan") as caught:
        client.clusters.fleet(named(2, "other"), ledger)
    assert (caught.value.kind, caught.value.effect, len(akua_sim.log())) == ("ledger", "not_sent", sent)
    with pytest.raises(akua.ConfigurationError):
        client.clusters.fleet(Plan.where(lambda _: True, NORTH, name="a", version="1"), ledger)
    with pytest.raises(akua.ConfigurationError):
        client.workspaces.fleet(Plan.kept(), ledger)
    # The same patches in another order are the same plan.
    again = Plan.patches([("clu_2", {"name": "prod 2"}), ("clu_1", {"name": "prod 1"})])
    client.clusters.fleet(again, ledger).close()


def test_a_filter_of_another_version_is_another_plan(client, ledger):
    def plan(version):
        return Plan.where(lambda _: True, NORTH, name="all", version=version)

    client.clusters.fleet(plan("1"), ledger).close()
    with pytest.raises(akua.ConfigurationError):
        client.clusters.fleet(plan("2"), ledger)
    client.clusters.fleet(plan("1"), ledger).close()


def test_one_fleet_at_a_time_holds_a_ledger(client, ledger):
    with client.clusters.fleet(named(2), ledger) as fleet:
        with pytest.raises(akua.ConfigurationError, match=r"in use.*`fleet\.close\(\)`"):
            client.clusters.fleet(named(2), ledger)
        assert Report(ledger).counts.pending == 2
    for use in (fleet.preview, fleet.run, fleet.start):
        with pytest.raises(RuntimeError, match="closed"):
            use()
    client.clusters.fleet(named(2), ledger).close()


@pytest.mark.parametrize("how", ["raised", "interrupted", "refused", "ended"])
def test_d_what_a_traceback_keeps_is_in_nobodys_way(client, ledger, heard, how):
    def check(counts):
        if how == "interrupted":
            signal.raise_signal(signal.SIGINT)
        raise LookupError

    kept = []

    def work():
        fleet = client.clusters.fleet(named(4), ledger)
        kept.append(fleet)
        limits = {"in_flight": 0} if how == "refused" else {"canary": 1, "check": check}
        fleet.run(progress=False, **({} if how == "ended" else limits))
        raise LookupError

    with pytest.raises((LookupError, KeyboardInterrupt, akua.ValidationError)) as caught:
        work()
    with client.clusters.fleet(named(4), ledger) as fleet:
        assert fleet.run(progress=False).is_complete
        # The one that was let go takes it again when it is used, unless somebody else has it.
        with pytest.raises(akua.ConfigurationError, match="in use"):
            kept[0].preview()
    assert str(kept[0].preview()) == "nothing would change"
    assert kept[0].run(progress=False).is_complete
    kept[0].close()
    with pytest.raises(RuntimeError, match="closed"):
        kept[0].run(progress=False)
    assert caught.tb is not None


def test_kubeconfigs_are_asked_for_when_a_run_goes_on(client, ledger):
    plan = Plan.patches({"clu_1": {"kubeconfig": KUBECONFIG}, "clu_2": {"kubeconfig": KUBECONFIG}})
    with client.clusters.fleet(plan, ledger) as fleet:
        assert [(row.now, row.then) for row in fleet.preview()] == [(None, None)] * 2
        assert KUBECONFIG not in str(fleet.preview()) + repr(fleet) + repr(plan) + fleet.preview()._repr_html_()
    for file in ledger.parent.iterdir():
        assert b"very secret" not in file.read_bytes(), file
    asked = []

    def provide(id):
        asked.append(id)
        return KUBECONFIG if id == "clu_1" else "another"

    with client.clusters.fleet(Plan.kept(), ledger, kubeconfigs=provide) as fleet:
        counts = fleet.run(progress=False).counts
        assert (counts.applied, counts.not_sent, sorted(asked)) == (1, 1, ["clu_1", "clu_2"])
        assert "another one than was planned" in fleet.report().row_of("clu_2")["what_happened"]

    def broken(id):
        raise LookupError(KUBECONFIG)

    with client.clusters.fleet(Plan.kept(), ledger, kubeconfigs=broken) as fleet:
        assert fleet.run(progress=False).counts.not_sent == 1
        text = fleet.report().to_csv()
        assert "LookupError" in text and "very secret" not in text


def test_what_a_plans_function_raises(client, ledger, tmp_path, caplog):
    def broken(cluster):
        if cluster.id == "clu_2":
            raise LookupError("no such thing")
        return {"name": "x"}

    with caplog.at_level(logging.WARNING, "akua.fleet"):
        with client.clusters.fleet(Plan.function(broken, name="b", version="1"), ledger) as fleet:
            counts = fleet.run(progress=False).counts
            assert (counts.applied, counts.not_sent) == (4, 1)
            told = fleet.report().row_of("clu_2")["what_happened"]
            assert "LookupError" in told and "no such thing" not in told
    assert "no such thing" in caplog.text
    plan = Plan.where(broken, NORTH, name="w", version="1")
    with pytest.raises(akua.ValidationError, match="clu_2.*LookupError"):
        client.clusters.fleet(plan, tmp_path / "filter")
    # Nothing of it counts: with a filter that works it is written down anew.
    with client.clusters.fleet(Plan.where(bool, NORTH, name="w", version="1"), tmp_path / "filter") as fleet:
        assert fleet.report().counts.pending == 5


def test_a_canary_and_its_check(client, akua_sim, ledger):
    with client.clusters.fleet(named(5), ledger) as fleet:
        with pytest.raises(akua.ValidationError, match="check"):
            fleet.run(canary=2, progress=False)
        told = []
        summary = fleet.run(canary=2, check=lambda counts: told.append(counts), progress=False)
        assert (summary.stopped, summary.counts.applied, told[0].applied) == ("canary", 2, 2)
        assert told == [summary.counts], "it is given what all else has"

        def broken(counts):
            raise LookupError("what?")

        with pytest.raises(LookupError):
            fleet.run(canary=2, check=broken, progress=False)
        assert writes(akua_sim) == 2
        run = fleet.start(canary=2)
        for event in run:
            if isinstance(event, fleets.Canary):
                assert event.asks
                run.go_on()
        assert run.finish().counts.applied == 5


@pytest.mark.parametrize("how", ["raised", "signal"])
def test_a10_ctrl_c_in_the_check_of_a_canary_tells_what_the_ledger_says(client, ledger, heard, how):
    def check(counts):
        if how == "signal":
            signal.raise_signal(signal.SIGINT)
        raise KeyboardInterrupt

    with client.clusters.fleet(named(4), ledger) as fleet:
        with pytest.raises(KeyboardInterrupt) as interrupted:
            fleet.run(progress=False, canary=1, check=check)
        cause = interrupted.value.__cause__
        assert isinstance(cause, akua.CancelledError) and cause.effect == "applied"
        assert str(cause).endswith("3 pending, 1 applied")
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        # The canary has not passed; the rest is done when that is asked for again.
        assert fleet.run(progress=False, canary=1, check=lambda counts: True).counts.applied == 4


def test_a_canary_that_a_person_is_asked_about(client, ledger, monkeypatch):
    from akua.fleet import _progress

    monkeypatch.setattr(_progress, "can_ask", lambda: True)
    questions = []
    answers = iter(["n", "y"])
    monkeypatch.setattr("builtins.input", lambda question: questions.append(question) or next(answers))
    with client.clusters.fleet(named(5), ledger) as fleet:
        assert fleet.run(canary=2, progress=False).stopped == "asked"
        assert fleet.run(canary=2, progress="bar").counts.applied == 5
    assert "3 pending, 2 applied. Go on?" in questions[0]


def test_events_stop_and_go_on(client, ledger):
    with client.clusters.fleet(named(5), ledger) as fleet:
        with fleet.start(in_flight=1) as run:
            for event in run:
                if isinstance(event, fleets.Ended):
                    run.stop()
        summary = run.finish()
        assert (summary.stopped, run.counts) == ("asked", summary.counts)
        assert 0 < summary.counts.applied < 5
        assert fleet.run(progress=False).is_complete
        kinds = {type(event) for event in fleet.start()}
        assert kinds == set()


def test_a_run_that_nobody_follows_stops(client, ledger):
    with client.clusters.fleet(named(5), ledger) as fleet:
        run = fleet.start(in_flight=1)
        with pytest.raises(akua.ValidationError, match="under way already"):
            fleet.start()
        del run
        assert fleet.run(progress=False).is_complete


@pytest.mark.parametrize(
    ("limits", "error", "named_so"),
    [
        ({"in_flight": 0}, akua.ValidationError, "in_flight"),
        ({"in_flight": -1}, akua.ValidationError, "in_flight"),
        ({"in_flight": 1025}, akua.ValidationError, "in_flight"),
        ({"in_flight": 2**70}, akua.ValidationError, "in_flight"),
        ({"in_flight": 1.5}, TypeError, "in_flight"),
        ({"rate": 0}, akua.ValidationError, "rate"),
        ({"rate": float("nan")}, akua.ValidationError, "rate"),
        ({"rate": "fast"}, TypeError, "rate"),
        ({"stop_after_failures": 0}, akua.ValidationError, "stop_after"),
        ({"canary": 0}, akua.ValidationError, "canary"),
        ({"check": bool}, akua.ValidationError, "canary"),
        ({"progress": "loud"}, akua.ValidationError, "progress"),
    ],
)
def test_limits_that_are_none(client, akua_sim, ledger, limits, error, named_so):
    with client.clusters.fleet(named(1), ledger) as fleet:
        with pytest.raises(error, match=named_so):
            fleet.run(**{"progress": False, **limits})
        assert akua_sim.log() == []
        assert fleet.run(progress=False).is_complete


@pytest.mark.parametrize(
    ("plan", "error"),
    [
        (lambda: Plan.patches({"": {"name": "x"}}), akua.ValidationError),
        (lambda: Plan.patches({"clu_1": {}}), akua.ValidationError),
        (lambda: Plan.patches({"clu_1": {"nam": "x"}}), akua.ValidationError),
        (lambda: Plan.patches({"clu_1": {"name": None}}), TypeError),
        (lambda: Plan.patches({"clu_1": {"name": "\ud800"}}), akua.ValidationError),
        (lambda: Plan.patches({7: {"name": "x"}}), TypeError),
        (lambda: Plan.patches([("clu_1", {"name": "x"}), ("clu_1", {"name": "y"})]), akua.ValidationError),
        (lambda: Plan.where("clu_1", NORTH, name="a", version="1"), TypeError),
        (lambda: Plan.where(bool, NORTH, name="", version="1"), akua.ValidationError),
        (lambda: Plan.function(bool, name="x" * 201, version="1"), akua.ValidationError),
        (lambda: Plan.kept(), akua.ConfigurationError),
        (lambda: {"clu_1": {"name": "x"}}, TypeError),
    ],
)
def test_plans_that_are_none(client, akua_sim, ledger, plan, error):
    with pytest.raises(error):
        client.clusters.fleet(plan(), ledger)
    assert writes(akua_sim) == 0


def test_ledgers_that_are_none(client, tmp_path):
    (tmp_path / "text").write_text("no database at all " * 100)
    for path in (tmp_path / "text", tmp_path / "no" / "folder", tmp_path):
        with pytest.raises(akua.ConfigurationError):
            client.clusters.fleet(named(1), path)
    with pytest.raises(akua.ConfigurationError):
        Report(tmp_path / "none")


def test_the_reports_forms(client, akua_sim, ledger, tmp_path):
    akua_sim.write("clu_2", name="<script>alert(1)</script>")
    with client.clusters.fleet(named(3), ledger) as fleet:
        fleet.preview()
        akua_sim.write("clu_2", name="<b>theirs</b>")
        fleet.run(progress=False)
        report = fleet.report()
        rows = report.to_dicts()
        names, *cells = csv.reader(io.StringIO(report.to_csv()))
        assert names == list(rows[0]), "the two forms have the same columns"
        assert [row[2] for row in cells] == [row["state"] for row in rows] == ["applied", "conflict", "applied"]
        read = json.loads(report.to_json())
        assert read["counts"] == report.counts.to_dict()
        assert report.to_csv(tmp_path / "it.csv") == report.to_csv(), "one type, whatever is given"
        with open(tmp_path / "it.csv", newline="") as file:
            assert file.read() == report.to_csv()
        assert report.to_json(str(tmp_path / "it.json")) == report.to_json()
        assert json.loads((tmp_path / "it.json").read_text()) == read
        for write in (report.to_csv, report.to_json):
            with pytest.raises(FileNotFoundError, match="it.csv"):
                write(tmp_path / "no" / "it.csv")
            with pytest.raises(OSError, match="No space left on device: '/dev/full'"):
                write("/dev/full")
        assert "clu_2  conflict" in str(report)
        assert "2 applied, 1 conflict" in repr(report)
        table = Table(report._repr_html_())
        assert table.rows[1][:2] == ["clu_2", "conflict"]
        assert Table(fleet.preview()._repr_html_()).rows[0] == ["id", "field", "now", "then"]

        import pandas

        frame = pandas.DataFrame(report.to_dicts())
        assert list(frame[frame["state"] == "conflict"]["id"]) == ["clu_2"]


def test_d_a_data_frame_whatever_comes_late(tmp_path):
    """Of 150 items only the last ones are changed, refused and lost: most columns are first filled there."""
    import pandas
    import polars

    with Simulator(clusters=150) as sim, sim.client() as client:
        for number in (148, 149, 150):
            sim.write(f"clu_{number}", name="x")
        sim.inject({"carried_out": "no", "answer": {"status": 422}}, method="PATCH", id="clu_149")
        sim.inject({"delivery": {"send": "nothing"}}, method="PATCH", id="clu_150")
        with client.clusters.fleet(named(150, "cluster"), tmp_path / "ledger", max_attempts=1, timeout=5) as fleet:
            for ended in ({"pending": 150}, {"unchanged": 147, "applied": 1, "rejected": 1, "indeterminate": 1}):
                report = fleet.report()
                assert {name: count for name, count in report.counts.to_dict().items() if count} == ended
                rows = report.to_dicts()
                frame = polars.DataFrame(rows)
                assert len({tuple(row) for row in rows}) == 1, "every row has every key"
                for name in set(frame.columns) - {"fields"}:
                    assert frame[name].to_list() == [row[name] for row in rows] == list(pandas.DataFrame(rows)[name])
                fleet.run(progress=False)
        assert (rows[147]["proof"], rows[148]["status"], rows[149]["may_still_land"]) == ("acknowledged", 422, True)
        assert rows[149]["token"] and not any(row["token"] for row in rows[:149])


def test_lines_where_there_is_no_terminal(client, akua_sim, ledger, capfd):
    akua_sim.write("clu_2", name="theirs")
    with client.clusters.fleet(named(4), ledger) as fleet:
        fleet.preview()
        akua_sim.write("clu_2", name="again")
        summary = fleet.run(in_flight=1)
    output, errors = capfd.readouterr()
    assert output == ""
    lines = errors.splitlines()
    assert lines[0] == "akua: 4 of 4 items to be tried"
    assert lines[1].startswith("akua: clu_2: not applied: somebody else")
    assert lines[-1] == f"akua: {summary}"


def test_a_bar(client, ledger, capfd):
    with client.clusters.fleet(named(4), ledger) as fleet:
        fleet.run(progress="bar")
    errors = capfd.readouterr().err
    assert "4/4" in errors and "4 applied" in errors


def test_a_bar_without_tqdm_says_what_is_missing(client, akua_sim, ledger, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "tqdm.auto", None)
    with client.clusters.fleet(named(4), ledger) as fleet:
        with pytest.raises(ImportError, match=r"akua\[fleet\]"):
            fleet.run(progress="bar")
        fleet.run()
        assert fleet.report().counts.applied == 4


def test_plans_and_fleets_pickled(client, ledger):
    plan = Plan.patches({"clu_1": {"name": "x", "kubeconfig": KUBECONFIG}})
    data = pickle.dumps(plan)
    assert b"very secret" not in data
    with pytest.raises(akua.ValidationError, match="kubeconfig.*pickled"):
        client.clusters.fleet(pickle.loads(data), ledger)
    one = pickle.loads(pickle.dumps(Plan.where(bool, {"kubeconfig": KUBECONFIG}, name="a", version="1")))
    with pytest.raises(akua.ValidationError, match="kubeconfig.*pickled"):
        client.clusters.fleet(one, ledger)
    assert repr(one) == "<akua.fleet.Plan of the filter 'a' in version '1'>"
    with client.clusters.fleet(pickle.loads(pickle.dumps(named(2))), ledger) as fleet:
        with pytest.raises(TypeError, match="akua.fleet.dask"):
            pickle.dumps(fleet)
        summary = fleet.run(progress=False)
    assert pickle.loads(pickle.dumps(summary)) == summary


def test_five_hundred_in_bad_weather(tmp_path):
    """Answers lost, 429 and other writers: every row agrees with the simulator's log."""
    with Simulator(clusters=500) as sim:
        for number in range(7, 500, 20):
            sim.write(f"clu_{number}", name="theirs")
        lost = {"delivery": {"send": "nothing"}}
        for number in range(3, 500, 50):
            sim.inject(lost, method="PATCH", id=f"clu_{number}")
        sim.inject({"carried_out": "no", "answer": {"status": 429}}, method="PATCH", nth=100, times=30)
        contract = {"key_checked_before_if_match": True, "key_retention": 3600}
        with sim.client(contract=contract, retry_base=0.001, retry_cap=0.01) as client:
            with client.clusters.fleet(named(500), tmp_path / "ledger") as fleet:
                for _ in range(3):
                    summary = fleet.run(in_flight=16, progress=False)
                assert summary.is_complete, summary
                rows = fleet.report().to_dicts()
        assert misreported(sim, rows, lambda id: f"prod {id[4:]}") == []
        assert summary.counts.applied == 500
