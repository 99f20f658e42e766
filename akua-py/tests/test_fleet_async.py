"""C13: fleets from asyncio. The event loop is never held up, and a task that is cancelled (by Ctrl-C, a timeout, somebody)
ends its run, waits for that, and is told the truth."""

import asyncio
import contextlib
import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
import weakref

import akua
import pytest
from akua.fleet import Canary, Ended, Fleet, Plan, Report
from conftest import LIMIT, WARNINGS
from fleet_stage import accepted, go_on, held, misreported, named, writes
from test_async import became, run, until_held


@contextlib.asynccontextmanager
async def opened(sim, folder, plan=None, **options):
    async with sim.async_client(**options) as client:
        async with client.clusters.fleet(plan or named(5), folder / "plan.akua-fleet") as fleet:
            yield fleet


def test_c13_a_fleet_from_asyncio(akua_sim, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    async def main():
        async with akua_sim.async_client() as client:
            fleet = client.clusters.fleet(named(5), "plan.akua-fleet")
            with pytest.raises(RuntimeError, match="async with"):
                await fleet.run()
            os.chdir("/")
            async with fleet:
                assert str(fleet.path) == str(tmp_path / "plan.akua-fleet")
                assert len(await fleet.preview()) == 5
                assert len(await fleet.preview(2)) == 2
                summary = await fleet.run(progress=False)
                assert summary.is_complete and summary.counts.applied == 5
                assert (await fleet.report()).counts == summary.counts
            # It was let go.
            async with client.clusters.fleet(named(5), tmp_path / "plan.akua-fleet") as fleet:
                assert (await fleet.run(progress=False)).tried == 0
            async with client.workspaces.fleet(Plan.patches({"ws_1": {"name": "x"}}), tmp_path / "other") as fleet:
                assert (await fleet.run(progress=False)).counts.applied == 1

    run(main())


def test_c13_its_events(akua_sim, tmp_path):
    async def main():
        async with opened(akua_sim, tmp_path) as fleet:
            async with await fleet.start(in_flight=1) as run_:
                ended = [event.id async for event in run_ if isinstance(event, Ended)]
                assert ended == [f"clu_{number}" for number in range(1, 6)]
                assert run_.counts.applied == 5
                assert (await run_.finish()).is_complete
                assert (await run_.finish()).is_complete
                with pytest.raises(StopAsyncIteration):
                    await anext(run_)

    run(main())


def test_c13_the_loop_goes_on_and_so_does_the_client(akua_sim, tmp_path):
    """At any concurrency of the client: a run has threads of its own."""

    async def main():
        async with akua_sim.async_client(max_concurrency=1) as client:
            async with client.clusters.fleet(named(5), tmp_path / "plan.akua-fleet") as fleet:
                akua_sim.inject({"hold": "until_released"}, method="PATCH", times="forever")
                running = asyncio.create_task(fleet.run(progress=False, in_flight=5))
                await until_held(akua_sim, 5)
                assert (await client.clusters.get("clu_1")).name == "cluster 1"
                akua_sim.clear()
                akua_sim.release()
                assert (await running).is_complete

    run(main())


@pytest.mark.parametrize("how", ["coroutine", "plain", "no", "raises", "awaits the client"])
def test_c13_the_check_of_a_canary_runs_on_the_loop(akua_sim, tmp_path, how):
    async def main():
        loop, seen = asyncio.get_running_loop(), []

        async def check(counts):
            assert asyncio.get_running_loop() is loop
            seen.append(counts.applied)
            if how == "awaits the client":
                await client.clusters.get("clu_1")
            if how == "raises":
                raise LookupError("mine")
            await asyncio.sleep(0)
            return how != "no"

        def plain(counts):
            assert asyncio.get_running_loop() is loop
            seen.append(counts.applied)
            return True

        async with akua_sim.async_client(max_concurrency=1) as client:
            async with client.clusters.fleet(named(5), tmp_path / "plan.akua-fleet") as fleet:
                going = fleet.run(progress=False, canary=2, check=plain if how == "plain" else check)
                if how == "raises":
                    with pytest.raises(LookupError, match="mine") as caught:
                        await going
                    if sys.version_info >= (3, 11):
                        assert "2 applied" in caught.value.__notes__[0]
                else:
                    assert (await going).is_complete == (how != "no")
                assert seen == [2]
                counts = (await fleet.report()).counts
                assert (counts.applied, counts.pending) == ((2, 3) if how in ("no", "raises") else (5, 0))
                with pytest.raises(akua.ValidationError, match="check.*missing"):
                    await fleet.run(canary=2)
                with pytest.raises(akua.ValidationError, match="canary"):
                    await fleet.run(check=plain)
                with pytest.raises(TypeError, match="check is to be a callable"):
                    await fleet.run(canary=1, check=7)

    run(main())
    assert writes(akua_sim) == (2 if how in ("no", "raises") else 5)


def test_c13_a_check_that_returns_no_answer_has_not_passed(akua_sim, tmp_path):
    async def generator(counts):
        yield True

    async def main():
        async with opened(akua_sim, tmp_path) as fleet:
            with pytest.raises(TypeError, match="check returned"):
                await fleet.run(progress=False, canary=1, check=generator)
            assert (await fleet.report()).counts.pending == 4

    run(main())


def test_c13_the_program_decides_about_the_canary(akua_sim, tmp_path):
    async def main():
        async with opened(akua_sim, tmp_path) as fleet:
            async with await fleet.start(canary=1) as run_:
                async for event in run_:
                    if isinstance(event, Canary):
                        run_.go_on()
            assert (await fleet.report()).counts.applied == 5

    run(main())


async def cancelled_by_a_task(going):
    for _ in range(3):
        going.cancel()
        await asyncio.sleep(0)
    return await going


def timed_out(going):
    return asyncio.wait_for(going, 0.01)


@pytest.mark.parametrize("end", [cancelled_by_a_task, timed_out])
@pytest.mark.parametrize("followed", ["run", "events", "finish"])
def test_c13_a_task_that_is_cancelled_ends_its_run_and_tells_the_truth(akua_sim, tmp_path, end, followed):
    """Two of four land before that, two are under way, and the rest is never begun."""
    for id in ("clu_3", "clu_4"):
        akua_sim.inject({"hold": "until_released"}, method="PATCH", id=id, times="forever")

    async def follow(fleet):
        if followed == "run":
            return await fleet.run(progress=False, in_flight=2)
        async with await fleet.start(in_flight=2) as run_:
            if followed == "finish":
                return await run_.finish()
            async for _ in run_:
                pass

    async def main():
        async with opened(akua_sim, tmp_path) as fleet:
            going = asyncio.ensure_future(follow(fleet))
            await until_held(akua_sim, 2)
            with pytest.raises((asyncio.CancelledError, asyncio.TimeoutError)) as caught:
                await end(going)
            # It has ended: nothing goes on behind the back of whoever has heard that.
            before = len(akua_sim.log())
            counts = (await fleet.report()).counts
            await asyncio.sleep(0.2)
            assert len(akua_sim.log()) == before
            cause = caught.value
            while not isinstance(cause, akua.CancelledError):
                cause = cause.__cause__ or cause.__context__
            assert (cause.effect, cause.may_have_taken_effect) == ("unknown", True)
            assert str(counts) in str(cause)
            assert (counts.applied, counts.indeterminate, counts.pending) == (2, 2, 1)

    run(main())
    assert writes(akua_sim) == 4
    akua_sim.clear()
    akua_sim.release()
    rows = Report(tmp_path / "plan.akua-fleet").to_dicts()
    assert misreported(akua_sim, rows, lambda id: f"prod {id[4:]}") == []


def test_c13_before_anything_has_landed_the_truth_is_that(akua_sim, tmp_path):
    akua_sim.inject({"hold": "until_released"}, method="GET", times="forever")

    async def main():
        async with opened(akua_sim, tmp_path) as fleet:
            going = asyncio.ensure_future(fleet.run(progress=False))
            await until_held(akua_sim)
            started = time.monotonic()
            going.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await going
            assert time.monotonic() - started < 5
            assert became(caught.value).effect == "not_applied"
        # Neither is it held when the fleet is opened again.
        akua_sim.clear()
        akua_sim.release()
        async with opened(akua_sim, tmp_path) as fleet:
            assert (await fleet.run(progress=False)).is_complete

    run(main())


def test_a_table_is_made_and_a_task_that_is_cancelled_says_what_may_exist(akua_sim, tmp_path):
    akua_sim.inject({"hold": "until_released"}, method="POST", path="/v1/clusters", nth=2)
    plan = Plan.create([{"name": f"shop {number}", "region_id": "reg_1"} for number in range(1, 4)])

    async def main():
        async with opened(akua_sim, tmp_path, plan) as fleet:
            assert len(await fleet.preview()) == 6
            going = asyncio.ensure_future(fleet.run(progress=False, in_flight=1))
            await until_held(akua_sim)
            going.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await going
            assert became(caught.value).effect == "unknown"
            rows = {row["id"]: row["state"] for row in await fleet.report()}
            assert rows == {"shop 1": "applied", "shop 2": "indeterminate", "shop 3": "pending"}
            akua_sim.release()
            assert (await fleet.run(progress=False)).counts.applied == 3
            made = {row["made"] for row in await fleet.report()}
        created = [entry["effect"]["id"] for entry in akua_sim.log() if entry["effect"]["did"] == "created"]
        assert sorted(made) == sorted(created), "each once"

    run(main())


def test_launches_are_waited_for_and_a_task_that_is_cancelled_waits_no_longer(akua_sim, tmp_path):
    held(akua_sim)

    async def main():
        async with opened(akua_sim, tmp_path, Plan.suspend(bool, name="night", version="1")) as fleet:
            assert [row.then for row in await fleet.preview()] == ["suspended"] * 5
            with pytest.raises(akua.ValidationError, match="wait"):
                await fleet.run(progress=False, wait=-1)
            summary = await fleet.run(progress=False, wait=0)
            assert (summary.counts.started, summary.is_complete) == (5, False)
            assert (await fleet.preview()).started == 5
            sent = len(akua_sim.log())
            going = asyncio.ensure_future(fleet.run(progress=False))
            while len(akua_sim.log()) == sent:
                await asyncio.sleep(0.01)
            began = time.monotonic()
            going.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await going
            assert time.monotonic() - began < 10
            # How much of it is done is for the operations to say.
            assert (became(caught.value).effect, str(became(caught.value))[-9:]) == ("unknown", "5 started")
            for row in await fleet.report():
                go_on(akua_sim, row["operation"])
            async with await fleet.start() as run_:
                ended = {event.id async for event in run_ if isinstance(event, Ended)}
            assert len(ended) == 5 and (await run_.finish()).counts.applied == 5
            assert {(row["launch"], row["fate"]) for row in await fleet.report()} == {("applied", "succeeded")}

    run(main())
    assert len(accepted(akua_sim)) == 5


def test_a_preview_that_is_cancelled_stops_no_later_run(akua_sim, tmp_path):
    async def main():
        async with opened(akua_sim, tmp_path) as fleet:
            akua_sim.inject({"hold": "until_released"}, method="GET", times="forever")
            going = asyncio.ensure_future(fleet.preview())
            await until_held(akua_sim)
            going.cancel()
            with pytest.raises(asyncio.CancelledError):
                await going
            akua_sim.clear()
            akua_sim.release()
            assert (await fleet.run(progress=False)).counts.applied == 5

    run(main())


def test_a_task_that_is_cancelled_while_a_run_begins_ends_that_run(akua_sim, tmp_path, monkeypatch):
    """The run is there, and its task has not heard of it yet."""
    held(akua_sim)
    begun, cancelled = threading.Event(), threading.Event()
    start = Fleet.start

    def slow(fleet, **limits):
        run_ = start(fleet, **limits)
        begun.set()
        assert cancelled.wait(30)
        return run_

    async def main():
        async with opened(akua_sim, tmp_path, Plan.suspend(bool, name="night", version="1")) as fleet:
            with monkeypatch.context() as patched:
                patched.setattr(Fleet, "start", slow)
                going = asyncio.ensure_future(fleet.run(progress=False))
                while not begun.is_set() or not akua_sim.log():
                    await asyncio.sleep(0.01)
                going.cancel()
                await asyncio.sleep(0)
                cancelled.set()
                with pytest.raises(asyncio.CancelledError) as caught:
                    await going
            assert became(caught.value).effect in ("unknown", "not_applied")
            assert len(getattr(caught.value, "__notes__", ["one"])) == 1
            # It is over: nothing more is sent, and another one can begin.
            sent = len(akua_sim.log())
            await asyncio.sleep(0.2)
            assert len(akua_sim.log()) == sent
            summary = await fleet.run(progress=False, wait=0)
            assert summary.counts.started == 5

    run(main())
    assert len(accepted(akua_sim)) == 5


def test_c13_an_event_that_came_too_late_is_not_lost(akua_sim, tmp_path):
    async def main():
        async with opened(akua_sim, tmp_path) as fleet:
            async with await fleet.start(in_flight=1) as run_:
                seen = []
                while True:
                    task = asyncio.ensure_future(follow_one(run_))
                    await asyncio.sleep(0.001)
                    task.cancel()
                    try:
                        event = await task
                    except asyncio.CancelledError:
                        continue
                    if event is None:
                        break
                    seen.append(event)
            ended = [event.id for event in seen if isinstance(event, Ended)]
            assert ended == [f"clu_{number}" for number in range(1, 6)]

    run(main())


async def follow_one(run_):
    return await anext(run_, None)


def test_c13_a_block_that_is_left_early_ends_the_run(akua_sim, tmp_path):
    async def main():
        for number, leave in enumerate((LookupError, None)):
            path = tmp_path / f"{number}.akua-fleet"
            async with akua_sim.async_client() as client:
                with contextlib.suppress(LookupError):
                    async with client.clusters.fleet(named(5, f"turn {number}"), path) as fleet:
                        run_ = await fleet.start(in_flight=1)
                        await anext(run_)
                        if leave is not None:
                            raise leave
                before = len(akua_sim.log())
                await asyncio.sleep(0.1)
                assert len(akua_sim.log()) == before
                # And its ledger is free.
                async with client.clusters.fleet(named(5, f"turn {number}"), path) as fleet:
                    assert (await fleet.run(progress=False)).is_complete

    run(main())


def test_c13_opening_it_can_be_cancelled(akua_sim, tmp_path):
    akua_sim.inject({"hold": "until_released"}, method="GET", times="forever")
    plan = Plan.where(bool, {"name": "x"}, name="all", version="1")

    async def main():
        async with akua_sim.async_client() as client:

            async def enter():
                async with client.clusters.fleet(plan, tmp_path / "plan.akua-fleet"):
                    raise AssertionError("not reached")

            task = asyncio.ensure_future(enter())
            await until_held(akua_sim)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            assert not became(caught.value).may_have_taken_effect
            akua_sim.clear()
            akua_sim.release()
            async with client.clusters.fleet(plan, tmp_path / "plan.akua-fleet") as fleet:
                assert len(await fleet.preview()) == 5

    run(main())


def test_c13_errors_are_those_of_the_other_face(akua_sim, tmp_path):
    async def main():
        async with opened(akua_sim, tmp_path) as fleet:
            with pytest.raises(akua.ConfigurationError, match="in use"):
                async with fleet_of(akua_sim, tmp_path):
                    raise AssertionError("not reached")
            for limits in ({"in_flight": 0}, {"canary": 0}, {"stop_after_failures": -1}):
                with pytest.raises(akua.ValidationError):
                    await fleet.start(**limits)
            with pytest.raises(TypeError):
                await fleet.start(in_flight="3")
            async with await fleet.start(in_flight=1) as run_:
                with pytest.raises(akua.ValidationError, match="under way already"):
                    await fleet.start()
                await run_.finish()

    run(main())


def fleet_of(sim, folder):
    return sim.async_client().clusters.fleet(named(5), folder / "plan.akua-fleet")


def test_c13_nothing_is_left_of_it(akua_sim, tmp_path):
    class Owner:
        def change(self, current):
            return {"name": "x"}

    owner = Owner()

    async def main():
        plan = Plan.function(owner.change, name="all", version="1")
        owner.client = akua_sim.async_client()
        owner.fleet = owner.client.clusters.fleet(plan, tmp_path / "plan.akua-fleet")
        async with owner.fleet:
            owner.run = await owner.fleet.start(canary=1)
            await anext(owner.run)

    run(main())
    gone = weakref.ref(owner)
    del owner
    for _ in range(3):
        gc.collect()
    assert gone() is None


PROGRAM = """
import asyncio, json, os, signal, sys
import akua
from akua.fleet import Plan

signal.signal(signal.SIGINT, signal.default_int_handler)
plan = Plan.patches({f"clu_{number}": {"name": "x"} for number in range(1, 41)})

async def main():
    async with akua.AsyncClient(base_url=sys.argv[1], token=sys.argv[2], use_env=False) as client:
        async with client.clusters.fleet(plan, sys.argv[3]) as fleet:
            %s

def causes(raised):
    while raised is not None:
        if isinstance(raised, akua.CancelledError):
            return {"effect": raised.effect, "says": str(raised)}
        raised = raised.__cause__ or raised.__context__

try:
    asyncio.run(main())
except BaseException as raised:
    os.write(1, (json.dumps({"raised": type(raised).__name__, **(causes(raised) or {})}) + "\\n").encode())
"""


@pytest.mark.parametrize("followed", ["await fleet.run(progress=False)", "await (await fleet.start()).finish()"])
def test_c13_ctrl_c(akua_sim, tmp_path, followed):
    from akua.sim import Simulator

    with Simulator(clusters=40) as sim:
        sim.inject({"hold": "until_released"}, method="PATCH", id="clu_20", times="forever")
        sim.inject({"delivery": {"delay_ms": 30}}, method="PATCH", times="forever")
        path = tmp_path / "program.py"
        path.write_text(PROGRAM % followed)
        ledger = str(tmp_path / "plan.akua-fleet")
        child = subprocess.Popen(
            [sys.executable, *WARNINGS, str(path), sim.url, sim.token, ledger], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        try:
            while writes(sim) < 5:
                assert child.poll() is None, child.stderr.read()
                time.sleep(0.005)
            child.send_signal(signal.SIGINT)
            out, errors = child.communicate(timeout=LIMIT)
        finally:
            child.kill()
        assert errors == b""
        told = json.loads(out)
        report = Report(ledger)
        assert told["raised"] == "KeyboardInterrupt"
        # CPython 3.10 raises it beside the task, which is cancelled and waited for after that: it has no cause there.
        if sys.version_info >= (3, 11):
            assert told["effect"] in ("applied", "unknown") and str(report.counts) in told["says"], told
        assert report.counts.pending > 0
        sim.clear()
        sim.release()
        assert misreported(sim, report.to_dicts(), lambda id: "x") == []


def test_c13_a_program_that_ends_with_a_run_under_way_ends(akua_sim, tmp_path):
    """A loop that is left with a run nobody waits for: the program ends soon, and the ledger knows."""
    program = PROGRAM.replace("%s", "await anext(await fleet.start(canary=1)); os.kill(os.getpid(), 0); await fleet._begun._run_for_ever()")
    program = program.replace("await fleet._begun._run_for_ever()", "asyncio.get_running_loop().stop(); await asyncio.sleep(60)")
    path = tmp_path / "program.py"
    path.write_text(program)
    ledger = str(tmp_path / "plan.akua-fleet")
    done = subprocess.run(
        [sys.executable, *WARNINGS, str(path), akua_sim.url, akua_sim.token, ledger], capture_output=True, timeout=LIMIT
    )
    assert done.returncode == 0, done.stderr
    assert Report(ledger).counts.total == 40
