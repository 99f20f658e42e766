"""Fleets on the workers of a Dask cluster, some of which are killed: each row agrees with the simulator's log."""

import os
import signal
import sys
import threading
import time

import akua
import pytest
from akua import TimeoutError, ValidationError
from akua.fleet import Plan, Report
from akua.fleet import dask as fleet_dask
from akua.sim import Simulator
from fleet_stage import accepted, landed, misreported, named, writes
from test_interrupt import Child

distributed = pytest.importorskip("distributed")

# Dask's own warnings are not ours.
pytestmark = pytest.mark.filterwarnings("default")

# How many items there are, and how many workers are killed: the full figures are those of `make deep-fleet-dask`.
ITEMS = int(os.environ.get("FLEET_DASK_ITEMS", "60"))
KILLS = int(os.environ.get("FLEET_DASK_KILLS", "2"))

KEYS = {"key_checked_before_if_match": True, "key_retention": 3600}


@pytest.fixture
def ledger(tmp_path):
    return tmp_path / "plan.akua-fleet"


@pytest.fixture
def client(akua_sim, monkeypatch):
    """One whose token is that of the environment, here and on the workers."""
    monkeypatch.setenv("AKUA_API_TOKEN", akua_sim.token)
    with akua.Client(base_url=akua_sim.url) as client:
        yield client


@pytest.fixture
def threads(request, akua_sim, monkeypatch):
    """A cluster of threads of this process: two, or as many as the test says."""
    many = getattr(request, "param", 2)
    monkeypatch.setenv("AKUA_API_TOKEN", akua_sim.token)
    with distributed.LocalCluster(processes=False, n_workers=1, threads_per_worker=many, dashboard_address=":0") as cluster:
        with distributed.Client(cluster) as dask:
            yield dask


def test_a_fleet_on_dask(client, akua_sim, ledger, threads, capfd):
    with client.clusters.fleet(named(5), ledger) as fleet:
        fleet.preview()
        akua_sim.write("clu_2", name="theirs")
        summary = fleet_dask.run(fleet, threads, progress="lines")
        assert (summary.counts.applied, summary.counts.conflict, summary.is_complete) == (4, 1, True)
        assert misreported(akua_sim, fleet.report(), lambda id: f"prod {id[4:]}") == []
        assert fleet_dask.run(fleet, threads, progress=False).tried == 0
    assert "akua: 5 of 5 items tried: 4 applied, 1 conflict" in capfd.readouterr().err


def test_a_function_and_kubeconfigs_go_along(client, ledger, threads, tmp_path):
    def eu(cluster):
        return {"name": cluster.name + "-eu"}

    with client.clusters.fleet(Plan.function(eu, name="eu", version="1"), ledger) as fleet:
        assert fleet_dask.run(fleet, threads, progress=False).counts.applied == 5
    assert client.clusters.get("clu_1").name == "cluster 1-eu"
    plan = Plan.patches({"clu_1": {"kubeconfig": "a secret"}})
    with client.clusters.fleet(plan, tmp_path / "re-key", kubeconfigs=lambda id: "a secret") as fleet:
        assert fleet_dask.run(fleet, threads, progress=False).counts.applied == 1


def test_it_stops_after_failures(client, akua_sim, ledger, threads):
    akua_sim.inject({"carried_out": "no", "answer": {"status": 422}}, method="PATCH", times="forever")
    with client.clusters.fleet(named(5), ledger) as fleet:
        summary = fleet_dask.run(fleet, threads, in_flight=1, stop_after_failures=2, progress=False)
        assert (summary.stopped, summary.counts.rejected, summary.counts.pending) == ("failures", 2, 3)


def test_the_canary_goes_first_and_its_check_decides(client, akua_sim, ledger, threads):
    seen = []

    def check(counts):
        seen.append((counts, writes(akua_sim)))
        return len(seen) > 1

    with client.clusters.fleet(named(5), ledger) as fleet:
        summary = fleet_dask.run(fleet, threads, canary=2, check=check, progress=False)
        assert (summary.stopped, summary.counts.applied, summary.counts.pending) == ("canary", 2, 3)
        # Asked again, and then never more.
        assert fleet_dask.run(fleet, threads, canary=2, check=check, progress=False).is_complete
        assert [(counts.applied, sent) for counts, sent in seen] == [(2, 2), (2, 2)]
        assert fleet_dask.run(fleet, threads, canary=2, check=check, progress=False).stopped is None
    assert len(seen) == 2


def test_the_canary_of_a_worker_that_is_thought_dead_is_given_out_again(client, akua_sim, ledger):
    with client.clusters.fleet(named(5), ledger) as fleet:
        keeper = fleet_dask._Keeper(fleet, canary=1, check=bool)
        item, lease, id, work = keeper.answer(0, "first", "next")
        assert keeper.answer(1, "other", "next") is None
        again, _, _, _ = keeper.answer(0, "second", "next")
        assert again == item and keeper.answer(1, "other", "next") is None


def test_the_rate_holds_for_all_workers_together(client, akua_sim, ledger, threads):
    with client.clusters.fleet(named(5), ledger) as fleet:
        begun = time.monotonic()
        assert fleet_dask.run(fleet, threads, rate=10, progress=False).counts.applied == 5
        # A read and a write for each; the last one begins when the others have had their time.
        assert time.monotonic() - begun >= (len(akua_sim.log()) - 2) / 10


def test_trouble_that_one_worker_meets_slows_all_of_them_down(client, akua_sim, ledger, threads, capfd):
    akua_sim.inject({"carried_out": "no", "answer": {"status": 429, "headers": {"retry-after": "1"}}}, method="PATCH")
    with client.clusters.fleet(named(2), ledger) as fleet:
        begun = time.monotonic()
        assert fleet_dask.run(fleet, threads, in_flight=1, progress="lines").counts.applied == 2
        assert time.monotonic() - begun >= 1
    assert "akua: slower, for the server's sake" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        ({"rate": 0}, "rate"),
        ({"canary": 0}, "canary"),
        ({"canary": 1}, "check"),
        ({"check": bool}, "check"),
        ({"in_flight": 0}, "in_flight"),
    ],
)
def test_a_limit_that_is_none_is_refused(client, akua_sim, ledger, threads, limits, field):
    with client.clusters.fleet(named(1), ledger) as fleet:
        with pytest.raises(ValidationError) as refused:
            fleet_dask.run(fleet, threads, progress=False, **limits)
    assert (refused.value.problems[0].field, writes(akua_sim)) == (field, 0)


def test_workers_without_a_token_are_no_use(client, akua_sim, ledger, threads, monkeypatch):
    monkeypatch.delenv("AKUA_API_TOKEN")
    with client.clusters.fleet(named(1), ledger) as fleet:
        with pytest.raises(Exception, match="token"):
            fleet_dask.run(fleet, threads, progress=False)
        assert (fleet.report().counts.pending, writes(akua_sim)) == (1, 0)


def too_early(name, slot, packed):
    """The planted bug: a worker that sends before the grant."""
    import itertools
    import pickle
    import uuid

    from distributed import Queue, get_client

    calls, inputs = pickle.loads(packed)
    execution, numbers, late = uuid.uuid4().hex, itertools.count(), []
    asks, answers = (Queue(each, client=get_client()) for each in (name, f"{name}-{execution}"))

    def ask(*question):
        asks.put((slot, execution, next(numbers), *question))
        return answers.get(timeout=60)[1]

    leased = ask("next")
    while leased is not None:
        item, lease, _, work = leased
        executed = calls._carry_out(work, lambda token: late.append(token) or True, bool, **inputs)
        for token in late:
            ask("grant", item, lease, token)
        leased = ask("next", item, lease, executed)


def state_at_the_first_byte(akua_sim, client, ledger, dask):
    """What the ledger says of an item while its first write is on its way."""
    akua_sim.inject({"hold": "until_released"}, method="PATCH")
    with client.clusters.fleet(named(1), ledger) as fleet:
        working = threading.Thread(target=fleet_dask.run, args=(fleet, dask), kwargs={"progress": False})
        working.start()
        while akua_sim.control({"op": "state"})["requests_held"] == 0:
            assert working.is_alive()
            time.sleep(0.01)
        state = Report(ledger).row_of("clu_1")["state"]
        akua_sim.release()
        working.join(60)
    return state


def test_no_write_goes_out_before_its_token_is_on_file(client, akua_sim, ledger, threads):
    assert state_at_the_first_byte(akua_sim, client, ledger, threads) == "indeterminate"


def test_a_worker_that_sends_before_the_grant_is_caught(client, akua_sim, ledger, threads, monkeypatch):
    monkeypatch.setattr(fleet_dask, "_work", too_early)
    assert state_at_the_first_byte(akua_sim, client, ledger, threads) == "pending"


def overtaken(fleet, keeper):
    """A worker that is thought dead right before its write, and asks for its grant all the same."""
    calls, inputs = fleet._calls, {"function": None, "kubeconfigs": None, "policy": fleet._policy}
    item, lease, _, work = keeper.answer(0, "first", "next")

    def grant_late(token):
        # Dask has begun the task again in the meantime, and the other one has done everything.
        again, other, _, other_work = keeper.answer(0, "second", "next")
        assert again == item and other != lease

        def grant(token):
            return keeper.answer(0, "second", "grant", item, other, token)

        executed = calls._carry_out(other_work, grant, bool, **inputs)
        assert keeper.answer(0, "second", "next", item, other, executed) is None
        return keeper.answer(0, "first", "grant", item, lease, token)

    executed = calls._carry_out(work, grant_late, bool, **inputs)
    assert keeper.answer(0, "first", "next", item, lease, executed) is None


def test_a_worker_that_is_thought_dead_gets_no_grant(client, akua_sim, ledger):
    with client.clusters.fleet(named(1), ledger) as fleet:
        overtaken(fleet, fleet_dask._Keeper(fleet))
        assert fleet.report().counts.applied == 1
    assert writes(akua_sim) == 1


def test_a_stale_lease_that_is_accepted_is_caught(client, akua_sim, ledger, monkeypatch):
    class Lax(fleet_dask._Keeper):
        """The planted bug: whoever asks is granted."""

        def answer(self, slot, execution, what, *rest):
            granted = super().answer(slot, execution, what, *rest)
            return True if what == "grant" else granted

    with client.clusters.fleet(named(1), ledger) as fleet:
        overtaken(fleet, Lax(fleet))
    assert writes(akua_sim) == 2


def agrees(akua_sim, fleet):
    """Where all items stand, which the simulator's log confirms."""
    assert misreported(akua_sim, fleet.report(), lambda id: f"prod {id[4:]}") == []
    return fleet.report().counts


def until_held(akua_sim, requests=1):
    while akua_sim.control({"op": "state"})["requests_held"] < requests:
        time.sleep(0.01)


def test_without_workers_it_says_so_and_waits(client, akua_sim, ledger, threads, monkeypatch, capfd):
    monkeypatch.setattr(fleet_dask, "_LOOK", 0.05)
    said = []

    class Heard(fleet_dask._Keeper):
        def is_alone(self):
            alone, heard = super().is_alone(), capfd.readouterr().err
            said.append(heard)
            if "the cluster has no workers: waiting for one" in heard:
                threads.cluster.scale(1)
            return alone

    monkeypatch.setattr(fleet_dask, "_Keeper", Heard)
    threads.cluster.scale(0)
    while threads.nthreads():
        time.sleep(0.01)
    with client.clusters.fleet(named(5), ledger) as fleet:
        assert fleet_dask.run(fleet, threads, progress="lines").counts.applied == 5
    assert "there are workers again" in "".join(said)


def test_when_all_workers_stay_away_it_ends_with_the_truth(client, akua_sim, ledger, monkeypatch):
    monkeypatch.setenv("AKUA_API_TOKEN", akua_sim.token)
    monkeypatch.setattr(fleet_dask, "_LOOK", 0.05)
    monkeypatch.setattr(fleet_dask, "_ALONE", 0.2)
    akua_sim.inject({"hold": "until_released"}, method="PATCH")
    cluster = distributed.LocalCluster(processes=True, n_workers=1, threads_per_worker=1, dashboard_address=":0")
    with cluster, distributed.Client(cluster) as dask, client.clusters.fleet(named(5), ledger) as fleet:

        def leave():
            until_held(akua_sim)
            cluster.scale(0)

        leaving = threading.Thread(target=leave)
        leaving.start()
        with pytest.raises(TimeoutError, match="no workers for 0.2 s.* 4 pending, 1 indeterminate.*run it again") as told:
            fleet_dask.run(fleet, dask, progress=False)
        leaving.join(60)
        assert told.value.effect == "unknown"
        counts = agrees(akua_sim, fleet)
        assert (counts.pending, counts.indeterminate) == (4, 1)
        akua_sim.release()
        cluster.scale(1)
        monkeypatch.undo()
        monkeypatch.setenv("AKUA_API_TOKEN", akua_sim.token)
        assert fleet_dask.run(fleet, dask, progress=False).counts.applied == 5
        agrees(akua_sim, fleet)


@pytest.mark.parametrize("threads", [1], indirect=True)
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.usefixtures("heard")
def test_ctrl_c_between_a_question_and_its_answer(client, akua_sim, ledger, threads, monkeypatch, times):
    class Struck(fleet_dask._Keeper):
        def answer(self, slot, execution, what, *rest):
            answer = super().answer(slot, execution, what, *rest)
            if what == "grant" and self.core.stopped() is None:
                for _ in range(times):
                    signal.raise_signal(signal.SIGINT)
            return answer

    with client.clusters.fleet(named(5), ledger) as fleet:
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt) as raised:
            patched.setattr(fleet_dask, "_Keeper", Struck)
            fleet_dask.run(fleet, threads, progress=False)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        counts = agrees(akua_sim, fleet)
        # One is brought to its end; two cut it short, when its token is on file and nothing was sent yet.
        assert (counts.applied, counts.indeterminate, counts.pending) == ((1, 0, 4) if times == 1 else (0, 1, 4))
        assert raised.value.__cause__.effect == ("applied" if times == 1 else "unknown")
        begun = time.monotonic()
        assert fleet_dask.run(fleet, threads, progress=False).tried == 5 - counts.applied
        # No worker is left that waits for whoever has gone.
        assert time.monotonic() - begun < fleet_dask._PATIENCE / 4
        assert agrees(akua_sim, fleet).applied == 5


SPREAD = """
import os
os.environ["AKUA_API_TOKEN"] = sys.argv[2]
client = akua.Client(base_url=sys.argv[1], timeout=50)
import warnings
# Dask's own are not ours.
warnings.simplefilter("default")
import distributed
from akua.fleet import Plan, dask
if __name__ == "__main__":
    plan = Plan.patches({{f"clu_{{number}}": {{"name": f"prod {{number}}"}} for number in range(1, 6)}})
    with distributed.Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=":0") as cluster:
        with client.clusters.fleet(plan, {ledger!r}) as fleet:
            try:
                tell(begun=True)
                dask.run(fleet, cluster, progress="lines")
            except BaseException as raised:
                tell(**became(raised))
"""


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_while_writes_are_under_way(client, akua_sim, ledger, threads, tmp_path, times):
    akua_sim.inject({"hold": "until_released"}, method="PATCH", times="forever")
    # Its workers are threads of its own, and find the token where those of `threads` do.
    with Child(tmp_path / "program.py", SPREAD.format(ledger=str(ledger)), akua_sim) as python:
        assert python.line()["begun"]
        python.until_held(akua_sim, 2)
        python.process.send_signal(signal.SIGINT)
        while "Ctrl-C again" not in (line := python.process.stderr.readline()):
            assert line
        if times == 2:
            python.process.send_signal(signal.SIGINT)
        else:
            akua_sim.release()
        told = python.line()
        akua_sim.clear()
        akua_sim.release()
        assert (told["raised"], told["effect"]) == ("KeyboardInterrupt", "applied" if times == 1 else "unknown")
        if sys.version_info >= (3, 11):
            assert f"{2 if times == 1 else 0} of 5 items tried" in told["notes"][0]
        python.end()
    with client.clusters.fleet(named(5), ledger) as fleet:
        counts = agrees(akua_sim, fleet)
        assert (counts.applied, counts.indeterminate, counts.pending) == ((2, 0, 3) if times == 1 else (0, 2, 3))
        assert fleet_dask.run(fleet, threads, progress=False).counts.applied == 5
        agrees(akua_sim, fleet)


def test_a10_a_worker_that_can_send_nothing_does_not_speak_for_the_others(client, akua_sim, ledger):
    """As one without a token among others."""
    why = akua.ConfigurationError("this client was pickled, and its token stayed behind: nothing was sent (…)", kind="configuration")
    with client.clusters.fleet(named(2), ledger) as fleet:
        keeper = fleet_dask._Keeper(fleet)
        assert (keeper.failed(why).effect, str(why).count("nothing was sent")) == ("not_sent", 1)
        item, lease, _, leased = keeper.answer(0, "one", "next")
        policy = {}

        def grant(token):
            return keeper.answer(0, "one", "grant", item, lease, token)

        executed = client.clusters._carry_out(leased, grant, bool, function=None, kubeconfigs=None, policy=policy)
        told = keeper.failed(why)
        assert told is why and told.may_have_taken_effect and "nothing was sent" not in str(told)
        assert "1 pending, 1 indeterminate" in str(told)
        assert keeper.core.record(item, lease, executed)
    assert writes(akua_sim) == 1


def test_launches_on_dask(client, akua_sim, ledger, threads):
    akua_sim.inject({"ends": {"fail": {"step": 1, "message": "no machines"}}}, method="POST", path="/v1/clusters/clu_2:suspend")
    plan = Plan.suspend(lambda cluster: cluster.id != "clu_5", name="night", version="1")
    with client.clusters.fleet(plan, ledger) as fleet:
        summary = fleet_dask.run(fleet, threads, progress=False)
        assert str(summary) == "4 of 4 items tried: 3 applied, 1 failed"
        rows = {row["id"]: (row["launch"], row["fate"]) for row in fleet.report()}
        assert rows == {**dict.fromkeys(("clu_1", "clu_3", "clu_4"), ("applied", "succeeded")), "clu_2": ("applied", "operation_failed")}
        assert fleet_dask.run(fleet, threads, progress=False).tried == 0
    assert len(accepted(akua_sim)) == 4


def test_creates_on_dask(client, akua_sim, ledger, threads):
    akua_sim.inject({"delivery": {"send": "nothing", "end": "reset"}}, method="POST", path="/v1/clusters", nth=2)
    rows = [{"name": f"shop {number}", "region_id": "reg_1"} for number in range(1, 7)]
    with client.clusters.fleet(Plan.create(rows), ledger) as fleet:
        assert str(fleet_dask.run(fleet, threads, progress=False).counts) == "6 applied"
        made = {row["id"]: row["made"] for row in fleet.report()}
    clusters = {cluster.id: cluster.name for cluster in client.clusters.list() if cluster.name.startswith("shop")}
    assert {id: name for name, id in made.items()} == clusters, "each once"


def test_a_run_on_dask_that_stops_waits_no_longer(client, akua_sim, ledger, threads):
    """One operation never ends by itself; the other launch is refused, which stops the run."""
    akua_sim.contract(operation_looks=None)
    refused = {"hold": "until_released", "carried_out": "no", "answer": {"status": 422}}
    akua_sim.inject(refused, method="POST", path="/v1/clusters/clu_2:suspend")

    def refuse():
        # Once the other one is waited for.
        while not any(":wait" in entry["target"] for entry in akua_sim.log()):
            time.sleep(0.01)
        until_held(akua_sim)
        akua_sim.release()

    with client.clusters.fleet(Plan.launches("suspend", ["clu_1", "clu_2"]), ledger) as fleet:
        refusing = threading.Thread(target=refuse, daemon=True)
        refusing.start()
        begun = time.monotonic()
        summary = fleet_dask.run(fleet, threads, stop_after_failures=1, progress=False)
        refusing.join(60)
        assert time.monotonic() - begun < 30, "and not the half hour of a wait"
        assert (summary.stopped, str(summary.counts)) == ("failures", "1 rejected, 1 started")
        row = fleet.report().row_of("clu_1")
        assert (row["launch"], row["fate"]) == ("applied", "still_running")
        # The next one waits on, and launches nothing.
        akua_sim.control({"op": "advance_operation", "id": row["operation"], "to": "end"})
        assert str(fleet_dask.run(fleet, threads, progress=False).counts) == "1 applied, 1 rejected"
    assert accepted(akua_sim) == ["clu_1"]


def test_what_is_raised_where_a_worker_asks_ends_its_wait(client, akua_sim, ledger):
    akua_sim.contract(operation_looks=None)
    with client.clusters.fleet(Plan.launches("suspend", ["clu_1"]), ledger) as fleet:
        keeper = fleet_dask._Keeper(fleet)
        item, lease, _, work = keeper.answer(0, "one", "next")

        def stops():
            raise LookupError("whoever has the ledger is gone")

        def grant(token):
            return keeper.answer(0, "one", "grant", item, lease, token)

        with pytest.raises(LookupError, match="is gone"):
            fleet._calls._carry_out(work, grant, stops, function=None, kubeconfigs=None, policy=fleet._policy)
    assert (Report(ledger).counts.started, accepted(akua_sim)) == (1, ["clu_1"])


def test_workers_are_killed_and_nothing_lands_twice(tmp_path, monkeypatch):
    with Simulator(clusters=ITEMS) as sim:
        monkeypatch.setenv("AKUA_API_TOKEN", sim.token)
        cluster = distributed.LocalCluster(
            processes=True, n_workers=3, threads_per_worker=2, dashboard_address=":0", silence_logs=50
        )
        with cluster, distributed.Client(cluster) as dask, akua.Client(base_url=sim.url, contract=KEYS) as client:
            with client.clusters.fleet(named(ITEMS), tmp_path / "ledger") as fleet:
                fleet.preview()
                theirs = {f"clu_{number}" for number in range(7, ITEMS + 1, 20)}
                for id in theirs:
                    sim.write(id, name="theirs")
                # Every write takes its time, so that the kills come while some are under way.
                sim.inject({"hold": {"ms": 30}}, method="PATCH", times="forever")
                ended = threading.Event()
                killer = threading.Thread(target=kill, args=(dask, sim, ended))
                killer.start()
                try:
                    summary = fleet_dask.run(fleet, dask, progress=False)
                    if not summary.is_complete:
                        summary = fleet_dask.run(fleet, dask, progress=False)
                finally:
                    ended.set()
                    killer.join(60)
                rows = fleet.report().to_dicts()
        assert misreported(sim, rows, lambda id: f"prod {id[4:]}") == []
        assert {row["id"] for row in rows if row["state"] == "conflict"} == theirs
        assert summary.counts.applied == ITEMS - len(theirs), summary
        assert [id for id in theirs if sim.history(id)[-1]["fields"]["name"] != "theirs"] == []
        assert max(len(landed(sim, row["id"])) for row in rows) == 1
        print(f"{ITEMS} items, {killer.kills} workers killed: {summary}")
        assert killer.kills >= KILLS // 2


def kill(dask, sim, ended):
    """Kills a worker whenever a part of the writes was sent."""
    me = threading.current_thread()
    me.kills = 0
    for part in range(1, KILLS + 1):
        while writes(sim) < ITEMS * part // (KILLS + 1):
            if ended.wait(0.02 + ITEMS / 5000):
                return
        try:
            # One at a time: Dask gives a worker up that is killed while it starts.
            dask.wait_for_workers(3, timeout=60)
            pids = dask.run(os.getpid, on_error="ignore")
        except Exception:
            continue
        for pid in list(pids.values())[part % 3 : part % 3 + 1]:
            if isinstance(pid, int):
                os.kill(pid, signal.SIGKILL)
                me.kills += 1
