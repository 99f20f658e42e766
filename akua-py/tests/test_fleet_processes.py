"""Fleets in processes of their own: Ctrl-C, the end of the interpreter, kill, and what a ledger says after that."""

import signal
import sys

import pytest
from akua.fleet import Plan, Report, _progress
from akua.sim import Simulator
from fleet_stage import landed, misreported, named
from test_interrupt import Child


@pytest.fixture
def ledger(tmp_path):
    return tmp_path / "plan.akua-fleet"


@pytest.fixture
def child(tmp_path, akua_sim, ledger):
    def start(program):
        begin = f"""
from akua.fleet import Plan
plan = Plan.patches({{f"clu_{{number}}": {{"name": f"prod {{number}}"}} for number in range(1, 6)}})
fleet = client.clusters.fleet(plan, {str(ledger)!r})
"""
        return Child(tmp_path / "program.py", begin + program, akua_sim)

    return start


RUN = """
try:
    tell(begun=True)
    fleet.run(in_flight=2, progress="lines")
except BaseException as raised:
    tell(**became(raised))
"""


def agrees(akua_sim, ledger):
    rows = Report(ledger).to_dicts()
    assert misreported(akua_sim, rows, lambda id: f"prod {id[4:]}") == []
    return Report(ledger).counts


def test_ctrl_c_drains(child, akua_sim, ledger):
    akua_sim.inject({"hold": "until_released"}, method="PATCH", times="forever")
    with child(RUN) as python:
        assert python.line()["begun"]
        python.until_held(akua_sim, 2)
        python.process.send_signal(signal.SIGINT)
        # It says so; only then the writes are let go.
        lines = []
        while "Ctrl-C again" not in (lines[-1] if lines else ""):
            lines.append(python.process.stderr.readline())
            assert lines[-1], lines
        akua_sim.release()
        told = python.line()
        assert (told["raised"], told["cause"], told["effect"]) == ("KeyboardInterrupt", "CancelledError", "applied")
        if sys.version_info >= (3, 11):
            assert "2 of 5 items tried: 3 pending, 2 applied" in told["notes"][0]
        python.end()
    counts = agrees(akua_sim, ledger)
    assert (counts.applied, counts.pending) == (2, 3)


def test_a_second_ctrl_c_ends_the_calls_and_the_truth_is_recorded(child, akua_sim, ledger):
    akua_sim.inject({"hold": "until_released"}, method="PATCH", times="forever")
    with child(RUN) as python:
        assert python.line()["begun"]
        python.until_held(akua_sim, 2)
        python.process.send_signal(signal.SIGINT)
        line = ""
        while "Ctrl-C again" not in line:
            line = python.process.stderr.readline()
            assert line
        told, seconds = python.interrupt()
        assert (told["raised"], told["effect"], seconds < 10) == ("KeyboardInterrupt", "unknown", True)
        python.end()
    counts = agrees(akua_sim, ledger)
    assert (counts.indeterminate, counts.pending) == (2, 3)
    akua_sim.clear()
    akua_sim.release()
    with akua_sim.client() as client, client.clusters.fleet(named(5), ledger) as fleet:
        assert fleet.run(progress=False).counts.applied == 5
    agrees(akua_sim, ledger)


@pytest.mark.usefixtures("heard")
def test_a_second_ctrl_c_while_the_first_is_answered(client, akua_sim, ledger, monkeypatch):
    akua_sim.inject({"hold": "until_released"}, method="PATCH", times="forever")

    class Struck(_progress.Shown):
        struck = False

        def see(self, event):
            super().see(event)
            if not self.struck:
                self.struck = True
                signal.raise_signal(signal.SIGINT)

        def say(self, text):
            if text == _progress.DRAINING:
                signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(_progress, "Shown", Struck)
    with client.clusters.fleet(named(5), ledger) as fleet, pytest.raises(KeyboardInterrupt) as raised:
        fleet.run(in_flight=2, progress=False)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    counts = agrees(akua_sim, ledger)
    assert raised.value.__cause__.effect == ("unknown" if counts.indeterminate else "not_applied")
    assert counts.pending >= 3


ALL = "Plan.where(bool, {'name': 'x'}, name='all', version='1')"


@pytest.mark.parametrize("doing", ["fleet.preview()", f"client.clusters.fleet({ALL}, sys.argv[0] + '.all')"])
def test_ctrl_c_in_a_preview_and_while_a_ledger_is_made(child, akua_sim, doing):
    akua_sim.inject({"hold": "until_released"}, method="GET", times="forever")
    program = f"""
try:
    tell(begun=True)
    {doing}
except BaseException as raised:
    tell(**became(raised))
"""
    with child(program) as python:
        assert python.line()["begun"]
        python.until_held(akua_sim)
        told, seconds = python.interrupt()
        assert (told["raised"], seconds < 10) == ("KeyboardInterrupt", True)
        assert python.end() == ""


def test_a_preview_that_ctrl_c_ends_stops_no_later_run(child, akua_sim, ledger):
    akua_sim.inject({"hold": "until_released"}, method="GET", times="forever")
    program = """
try:
    tell(begun=True)
    fleet.preview()
except BaseException as raised:
    tell(**became(raised))
sys.stdin.readline()
tell(counts=str(fleet.run(progress=False).counts))
"""
    with child(program) as python:
        assert python.line()["begun"]
        python.until_held(akua_sim)
        told, _ = python.interrupt()
        assert told["raised"] == "KeyboardInterrupt"
        akua_sim.clear()
        akua_sim.release()
        python.process.stdin.write("\n")
        python.process.stdin.flush()
        assert python.line()["counts"] == "5 applied"
        assert python.end() == ""
    assert agrees(akua_sim, ledger).applied == 5


def test_the_interpreter_ends_while_a_run_goes_on(child, akua_sim, ledger):
    akua_sim.inject({"hold": "until_released"}, method="PATCH", times="forever")
    program = """
run = fleet.start(in_flight=2)
tell(begun=True)
sys.stdin.readline()
"""
    with child(program) as python:
        assert python.line()["begun"]
        python.until_held(akua_sim, 2)
        errors = python.end()
        assert (python.process.returncode, errors) == (0, "")
    assert agrees(akua_sim, ledger).indeterminate == 2


def test_a_killed_process_loses_nothing(child, akua_sim, ledger):
    akua_sim.inject({"hold": "until_released"}, method="PATCH", times="forever")
    with child(RUN) as python:
        assert python.line()["begun"]
        python.until_held(akua_sim, 2)
        python.process.kill()
        python.end()
    assert Report(ledger).counts.indeterminate == 2
    akua_sim.clear()
    akua_sim.release()
    with akua_sim.client() as client, client.clusters.fleet(Plan.kept(), ledger) as fleet:
        assert fleet.run(progress=False).counts.applied == 5
    agrees(akua_sim, ledger)


def test_a_forked_child_leaves_the_fleet_alone(python, akua_sim, ledger):
    python(
        """
        import os, sys
        import akua
        from akua.fleet import Plan

        client = akua.Client(base_url=sys.argv[1], token=sys.argv[2], use_env=False)
        fleet = client.clusters.fleet(Plan.patches({"clu_1": {"name": "x"}}), sys.argv[3])
        child = os.fork()
        if child == 0:
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert fleet.run(progress=False).counts.applied == 1
        """,
        akua_sim.url,
        akua_sim.token,
        str(ledger),
    )


FULL = """
import os, resource
from akua.fleet import Plan, dask
# The workers have the token of the environment as well.
os.environ["AKUA_API_TOKEN"] = sys.argv[2]
client = akua.Client(base_url=sys.argv[1], timeout=50)
plan = Plan.where(lambda cluster: True, {{"name": "new"}}, name="all", version="1")
fleet = client.clusters.fleet(plan, {ledger!r})
largest = max(entry.stat().st_size for entry in os.scandir(os.path.dirname({ledger!r})))
resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 100_000,) * 2)
"""
HERE = """
try:
    fleet.run(in_flight=2, progress=False)
except Exception as raised:
    tell(raised=type(raised).__name__, message=str(raised), effect=raised.effect, may=raised.may_have_taken_effect)
"""
ON_DASK = """
import distributed
with distributed.Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=":0") as cluster:
    try:
        dask.run(fleet, cluster, progress=False)
    except Exception as raised:
        tell(raised=type(raised).__name__, message=str(raised), effect=raised.effect, may=raised.may_have_taken_effect)
"""


@pytest.mark.parametrize("run", [HERE, ON_DASK], ids=["here", "dask"])
def test_a10_the_error_of_a_run_speaks_of_the_run(tmp_path, ledger, run):
    (tmp_path / "its").mkdir()
    ledger = tmp_path / "its" / "plan.akua-fleet"
    with Simulator(clusters=300) as sim:
        with Child(tmp_path / "program.py", FULL.format(ledger=str(ledger)) + run, sim) as python:
            told = python.line()
            python.end()
        applied = sum(len(landed(sim, f"clu_{number}")) for number in range(1, 301))
    assert (told["raised"], told["effect"], told["may"]) == ("ConfigurationError", "unknown", True)
    stands = Report(ledger).counts
    assert stands.pending > 0 and 0 < stands.applied <= applied <= stands.applied + stands.indeterminate
    assert told["message"].startswith("the run stopped: ")
    assert f"; {stands}" in told["message"] and "nothing was sent;" not in told["message"]
