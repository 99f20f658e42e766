"""A ledger that Python's own sqlite3, a second copy of SQLite in the process, opens, reads and closes all the while.

`LEDGER_KILLS` processes are killed that run a fleet so, 10 unless set.
"""

import os
import random
import sqlite3
import subprocess
import sys
import threading
import time

import akua
import pytest
from akua.fleet import Plan, Report
from akua.sim import Simulator
from conftest import LIMIT, WARNINGS
from fleet_stage import landed, misreported, named, writes
from test_interrupt import Child

ITEMS = 192
KILLS = int(os.environ.get("LEDGER_KILLS", "10"))

# Opens, reads and closes the ledger until it is told to stop. A reader may have to wait; it never sees a torn file.
READER = """
import pathlib, sqlite3, sys

def look(ledger, items):
    if not pathlib.Path(ledger).exists():
        return 0
    db = sqlite3.connect(ledger, timeout=0.2)
    try:
        (count,) = db.execute("select count(*) from item").fetchone()
        rows = db.execute("select item, state, token, end from item").fetchall()
    except sqlite3.OperationalError as error:
        # Before the tables are made, or while somebody opens it.
        assert "locked" in str(error) or "no such table" in str(error), error
        return 0
    finally:
        db.close()
    assert count in (0, items) and len(rows) in (0, items), (count, len(rows))
    return 1
"""

PROCESS = READER + """
import signal

# As at a terminal: whoever is started in the background begins with Ctrl-C ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
read = 0
print("begun", flush=True)
try:
    while True:
        read += look(sys.argv[1], int(sys.argv[2]))
except KeyboardInterrupt:
    print(read, flush=True)
"""

RUN = (
    READER
    + """
import threading
from akua.fleet import Plan

failed = []
def reads():
    try:
        while True:
            look(sys.argv[3], int(sys.argv[4]))
            told.set()
    except BaseException as error:
        failed.append(error)
        told.set()
        tell(failed=repr(error))
        raise

told = threading.Event()
threading.Thread(target=reads, daemon=True).start()
plan = Plan.patches({f"clu_{number}": {"name": f"prod {number}"} for number in range(1, int(sys.argv[4]) + 1)})
fleet = client.clusters.fleet(plan, sys.argv[3])
assert told.wait(30)
tell(begun=True)
counts = fleet.run(in_flight=4, progress=False).counts
tell(applied=counts.applied)
"""
)


class Runner(Child):
    def __init__(self, path, sim, ledger):
        super().__init__(path, RUN, sim, str(ledger), str(ITEMS))


@pytest.fixture
def reader(tmp_path):
    """Another process that reads ledgers; how often it has read the one of the test."""
    script = tmp_path / "reader.py"
    script.write_text(PROCESS)
    started = []

    def start(ledger):
        reader = subprocess.Popen(
            [sys.executable, *WARNINGS, str(script), str(ledger), str(ITEMS)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(reader)
        assert reader.stdout.readline() == "begun\n"

        def stop():
            reader.send_signal(2)
            told, errors = reader.communicate(timeout=LIMIT)
            assert reader.returncode == 0, errors
            return int(told)

        return stop

    yield start
    for reader in started:
        reader.kill()
        reader.communicate(timeout=LIMIT)


def test_a1_another_sqlite_opens_and_closes_the_ledger_all_the_while(tmp_path, reader):
    """After each kill every item that has landed stands in the ledger, and at the end each has landed once."""
    chance = random.Random(1)
    kills = under_way = done = read = fleets = 0
    while kills < KILLS:
        fleets += 1
        ledger = tmp_path / f"{fleets}.akua-fleet"
        with Simulator(clusters=ITEMS) as sim:
            stop = reader(ledger)
            while True:
                with Runner(tmp_path / "runner.py", sim, ledger) as runner:
                    assert runner.line() == {"begun": True, "at": pytest.approx(time.monotonic(), abs=LIMIT)}
                    before = writes(sim)
                    # Some writes of it have landed, and it is anywhere in the next ones.
                    patience = time.monotonic() + LIMIT
                    wanted = min(ITEMS, before + chance.randrange(1, 40))
                    while writes(sim) < wanted and runner.process.poll() is None:
                        assert time.monotonic() < patience
                    time.sleep(chance.random() * 0.005)
                    alive = runner.process.poll() is None
                    runner.process.kill()
                    runner.end()
                kills += alive
                rows = Report(ledger).to_dicts()
                assert misreported(sim, rows, lambda id: f"prod {id[4:]}") == []
                under_way += sum(row["state"] == "indeterminate" for row in rows)
                done += sum(row["state"] == "applied" for row in rows)
                if not alive or kills >= KILLS or all(row["state"] == "applied" for row in rows):
                    break
            with sim.client() as client, client.clusters.fleet(named(ITEMS), ledger) as fleet:
                assert fleet.run(progress=False).counts.applied == ITEMS
            read += stop()
            assert [len(landed(sim, f"clu_{number}")) for number in range(1, ITEMS + 1)] == [1] * ITEMS
    print(f"{kills} kills in {fleets} fleets, {done} seen applied, {under_way} under way, {read} reads by another process")
    assert under_way > 0 and done > 0 and read > kills


def test_a1_a_connection_that_stays_open_over_two_fleets_takes_nothing_along(tmp_path, akua_sim, python):
    """It was there before a run of another process, and closes after that was killed."""
    ledger = tmp_path / "plan.akua-fleet"
    with akua_sim.client() as client:
        with client.clusters.fleet(named(5), ledger):
            stays = sqlite3.connect(ledger)
            assert stays.execute("select count(*) from item").fetchone() == (5,)
        # Reading the file closes it, and with that the system drops the locks of that connection.
        ledger.read_bytes()
        killed = """
            import os, signal, sys
            import akua
            from akua.fleet import Plan
            client = akua.Client(base_url=sys.argv[1], token=sys.argv[2], use_env=False)
            fleet = client.clusters.fleet(Plan.kept(), sys.argv[3])
            if sys.argv[4] == "closed":
                fleet.close()
                fleet = client.clusters.fleet(Plan.kept(), sys.argv[3])
            assert fleet.run(progress=False).counts.applied == 5
            os.kill(os.getpid(), signal.SIGKILL)
        """
        done = python(killed, akua_sim.url, akua_sim.token, str(ledger), "closed", check=False)
        assert done.returncode == -9, done.stderr
        stays.close()
        assert Report(ledger).counts.applied == 5
        with client.clusters.fleet(Plan.kept(), ledger) as fleet:
            assert fleet.run(progress=False).counts.applied == 5
    assert writes(akua_sim) == 5


def test_a1_in_the_middle_of_a_read_no_page_changes_under_the_reader(tmp_path, akua_sim):
    """One transaction of the other SQLite sees one state, through a whole run and its end."""
    ledger = tmp_path / "plan.akua-fleet"
    with akua_sim.client() as client, client.clusters.fleet(named(5), ledger) as fleet:
        other = sqlite3.connect(ledger, isolation_level=None)
        other.execute("begin")
        before = other.execute("select item, state, token, end from item").fetchall()
        assert fleet.run(progress=False).counts.applied == 5
        fleet.close()
        assert other.execute("select item, state, token, end from item").fetchall() == before
        other.execute("commit")
        assert {state for (state,) in other.execute("select state from item")} != {0}
        other.close()
    assert Report(ledger).counts.applied == 5


def test_a1_who_stays_connected_is_not_cut_off_by_the_next_process(tmp_path, akua_sim, python):
    """The system drops the locks of whoever in the process still has the index mapped when a fleet closes it."""
    stays = """
        import sqlite3, subprocess, sys
        import akua
        from akua.fleet import Plan, Report
        client = akua.Client(base_url=sys.argv[1], token=sys.argv[2], use_env=False)
        ledger = sys.argv[3]
        plan = Plan.patches({f"clu_{number}": {"name": f"prod {number}"} for number in range(1, 6)})
        look = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('select count(*) from item').fetchone())"
        for _ in range(3):
            with client.clusters.fleet(plan, ledger) as fleet:
                report, other = fleet.report(), sqlite3.connect(ledger)
                assert other.execute("select count(*) from item").fetchone() == (5,)
                assert fleet.run(progress=False).counts.applied == 5
            # The first one there would make the index anew.
            assert subprocess.check_output([sys.executable, "-c", look, ledger], text=True) == "(5,)\\n"
            assert other.execute("select count(*) from item where state = 0").fetchone() == (0,)
            assert len(report.to_dicts()) == 5
            del report
            other.close()
    """
    ledger = tmp_path / "plan.akua-fleet"
    python(stays, akua_sim.url, akua_sim.token, str(ledger))
    assert Report(ledger).counts.applied == 5


def test_a1_another_sqlite_can_neither_move_nor_switch_off_the_log(tmp_path, akua_sim):
    ledger = tmp_path / "plan.akua-fleet"
    with akua_sim.client() as client, client.clusters.fleet(named(5), ledger) as fleet:
        other = sqlite3.connect(ledger, timeout=0.01, isolation_level=None)
        assert fleet.run(progress=False).counts.applied == 5
        assert other.execute("pragma wal_checkpoint(truncate)").fetchone()[0] == 1
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("pragma journal_mode = delete").fetchone()
        other.close()
        assert fleet.report().counts.applied == 5
    assert Report(ledger).counts.applied == 5


@pytest.mark.parametrize("given", [":memory:", "file:plan?mode=memory", "file::memory:", "plan"])
def test_c11_a_ledger_is_the_file_of_that_name_wherever_the_process_goes_then(tmp_path, akua_sim, monkeypatch, given):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    monkeypatch.chdir(here)
    with akua_sim.client() as client, client.clusters.fleet(named(3), given) as fleet:
        monkeypatch.chdir(there)
        assert fleet.run(progress=False).counts.applied == 3
        assert fleet.report().counts.applied == 3
        assert not list(there.iterdir())
    assert Report(here / given).counts.applied == 3


def test_c11_what_is_no_file_is_refused(tmp_path, akua_sim):
    os.mkfifo(tmp_path / "fifo")
    with akua_sim.client() as client:
        for given, words in [("", "no path of a file"), (tmp_path, "is a folder"), (tmp_path / "fifo", "no regular file"), ("/dev/null", "no regular file")]:
            with pytest.raises(akua.AkuaError, match=words):
                client.clusters.fleet(named(1), given)
            with pytest.raises(akua.AkuaError, match=words):
                Report(given)
    assert writes(akua_sim) == 0


def test_a2_the_lock_is_on_the_file_whatever_it_is_called(tmp_path, akua_sim, python, monkeypatch):
    """A second process is refused by every name, while another SQLite in this one opens and closes the file."""
    ledger = tmp_path / "d" / "x"
    ledger.parent.mkdir()
    (tmp_path / "y").symlink_to(ledger)
    (tmp_path / "e").symlink_to("d")
    second = """
        import os, sys
        import akua
        from akua.fleet import Plan
        client = akua.Client(base_url=sys.argv[1], token=sys.argv[2], use_env=False)
        for name in sys.argv[3:]:
            try:
                client.clusters.fleet(Plan.kept(), name)
            except akua.AkuaError as error:
                assert "is in use by another" in str(error) and "fleet.close()" in str(error), error
            else:
                raise SystemExit(name)
    """
    with akua_sim.client() as client, client.clusters.fleet(named(3), ledger) as fleet:
        names = [ledger, tmp_path / "y", tmp_path / "e" / "x", "./x", "x", "../d/x", "../y"]
        sqlite3.connect(ledger).close()
        python(second, akua_sim.url, akua_sim.token, *map(str, names), cwd=ledger.parent)
        monkeypatch.chdir(ledger.parent)
        for name in names:
            with pytest.raises(akua.AkuaError, match="is in use by another"):
                client.clusters.fleet(named(3), name)
        assert fleet.run(progress=False).counts.applied == 3


def test_a2_two_who_begin_at_once_by_two_names_are_one(tmp_path, akua_sim):
    ledger = tmp_path / "x"
    (tmp_path / "y").symlink_to("x")
    akua_sim.inject({"hold": "until_released"}, method="PATCH", times="forever")
    opened, refused = [], []

    def run(name):
        with akua_sim.client() as client:
            try:
                with client.clusters.fleet(named(4), name) as fleet:
                    opened.append(fleet.run(progress=False).counts.applied)
            except akua.AkuaError as error:
                refused.append(str(error))
                akua_sim.release()
                akua_sim.clear()

    threads = [threading.Thread(target=run, args=(name,)) for name in (ledger, tmp_path / "y")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert opened == [4] and len(refused) == 1 and "is in use by another" in refused[0]
    assert [len(landed(akua_sim, f"clu_{number}")) for number in range(1, 5)] == [1] * 4
