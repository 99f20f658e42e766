"""Writes that start an operation, and waiting for it, awaited; and tasks that are cancelled meanwhile."""

import asyncio
import pickle
import time

import akua
import pytest
from test_async import became, run, until_held
from test_life import FAILS, LOST, go_on, held, launches


def awaited(sim, main, **options):
    async def inside():
        async with sim.async_client(**options) as client:
            return await main(client)

    return run(inside())


def test_a_cluster_is_suspended_and_resumed(akua_sim):
    async def main(client):
        states, kept = [], []

        async def watch(operation):
            await asyncio.sleep(0)
            states.append(operation.state.value)

        async def keep(token):
            await asyncio.sleep(0)
            kept.append((token, launches(akua_sim)))

        launched = await client.clusters.suspend(await client.clusters.get("clu_1"), keep_resume_token=keep)
        waited = await launched.wait(on_progress=watch)
        resumed = await client.clusters.resume(waited.now)
        assert (await client.operations.wait(resumed.operation)).now.state == "active"
        return launched, waited, states, kept

    launched, waited, states, kept = awaited(akua_sim, main)
    assert repr(launched).startswith("AsyncLaunched(kind='suspend_cluster', id='clu_1', end='applied'")
    assert states == ["RUNNING", "SUCCEEDED"] and waited.now.state == "suspended"
    assert [(token == launched.token, accepted) for token, accepted in kept] == [(False, 0), (True, 1)]
    assert pickle.loads(pickle.dumps(launched)) == launched
    with pytest.raises(RuntimeError, match="without its client"):
        run(pickle.loads(pickle.dumps(launched)).wait())


def test_each_has_its_call(akua_sim):
    async def main(client):
        first = await client.clusters.suspend_once(await client.clusters.get("clu_1"))
        assert (await client.operations.cancel_once(first.id)).id == first.id
        made = [
            await client.clusters.refresh_capabilities("clu_2"),
            await client.operations.cancel((await client.clusters.suspend("clu_3")).operation),
            await client.clusters.delete("clu_4"),
            await client.workspaces.delete("ws_1"),
        ]
        return [one.kind for one in made]

    assert awaited(akua_sim, main) == ["refresh_capabilities", "cancel_operation", "delete_cluster", "delete_workspace"]


def test_every_other_end_is_raised(akua_sim):
    akua_sim.inject({"ends": FAILS}, method="POST")

    async def main(client):
        cluster = await client.clusters.get("clu_1")
        launched = await client.clusters.suspend(cluster)
        with pytest.raises(akua.OperationFailedError, match="no machines") as failed:
            await launched.wait()
        assert failed.value.operation.id == "op_1"
        with pytest.raises(akua.ConflictError):
            await client.clusters.delete(cluster)
        with pytest.raises(akua.ValidationError, match="wait for it"):
            await client.resolve(launched.token)
        with pytest.raises(akua.StillRunningError):
            await client.operations.wait((await client.clusters.suspend("clu_2")).token, on_progress=lambda shown: False)
        with pytest.raises(LookupError, match="mine"):
            await client.operations.wait("op_2", on_progress=raises)

    awaited(akua_sim, main)


async def raises(operation):
    raise LookupError("mine")


def test_what_nobody_knows_is_settled_by_its_token(akua_sim):
    held(akua_sim)
    akua_sim.inject(LOST, method="POST", times="forever")

    async def main(client):
        with pytest.raises(akua.IndeterminateError) as lost:
            await client.clusters.suspend("clu_1", max_attempts=1)
        go_on(akua_sim, "op_1")
        akua_sim.clear()
        launched = await client.resolve(lost.value.resume_token)
        assert (type(launched), launched.proof, await launched.wait()) == (akua.AsyncLaunched, "observed", None)

    awaited(akua_sim, main)


def test_nothing_is_sent_if_the_token_can_not_be_kept(akua_sim):
    async def main(client):
        with pytest.raises(LookupError, match="mine"):
            await client.clusters.suspend("clu_1", keep_resume_token=raises)

    awaited(akua_sim, main)
    assert launches(akua_sim) == 0


def test_that_the_second_token_can_not_be_kept_is_told_and_loses_nothing(akua_sim):
    async def main(client):
        told = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context["exception"]))

        async def keep(token):
            if launches(akua_sim):
                raise LookupError("the disk is full")

        assert (await client.clusters.suspend("clu_1", keep_resume_token=keep)).operation == "op_1"
        assert [type(error) for error in told] == [LookupError]

    awaited(akua_sim, main)


async def cancelled(call, when):
    """What became of a call whose task was cancelled then."""
    task = asyncio.ensure_future(call)
    await when
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as raised:
        await task
    return became(raised.value)


def test_a_wait_that_is_cancelled_does_nothing_to_the_operation(akua_sim):
    held(akua_sim).contract(operation_waits="hold")

    async def main(client):
        launched = await client.clusters.suspend("clu_1")

        async def polled():
            while not any(":wait" in entry["target"] for entry in akua_sim.log()):
                await asyncio.sleep(0.002)

        cause = await cancelled(launched.wait(), polled())
        assert (type(cause), cause.effect, cause.resume_token) == (akua.CancelledError, "not_applied", launched.token)
        go_on(akua_sim, "op_1")
        assert (await client.operations.wait(cause.resume_token)).end == "succeeded"

    awaited(akua_sim, main)


def test_a_launch_that_is_cancelled_says_what_became_of_it(akua_sim):
    akua_sim.inject({"hold": "until_released"}, method="POST")

    async def main(client):
        cause = await cancelled(client.clusters.suspend("clu_1"), until_held(akua_sim))
        assert (type(cause), cause.effect) == (akua.IndeterminateError, "unknown")
        assert cause.resume_token.startswith("akua-resume-2.")
        akua_sim.release()

        kept = asyncio.Event()

        async def keep(token):
            if launches(akua_sim) == 2:
                kept.set()
                await asyncio.sleep(60)

        cause = await cancelled(client.clusters.suspend("clu_2", keep_resume_token=keep), kept.wait())
        assert (type(cause), cause.effect) == (akua.CancelledError, "applied")
        assert (await client.operations.wait(cause.resume_token)).now.id == "clu_2"

    awaited(akua_sim, main)


def test_its_time_counts_from_the_call(akua_sim):
    """Also where there is no thread: the wait is over, and nothing is wrong with the operation."""
    akua_sim.inject({"hold": "until_released"}, path="/v1/clusters/clu_2")

    async def main(client):
        launched = await client.clusters.suspend("clu_1")
        other = asyncio.ensure_future(client.clusters.get("clu_2"))
        await until_held(akua_sim)
        began = time.monotonic()
        with pytest.raises(akua.StillRunningError) as running:
            await launched.wait(timeout=0.3)
        assert 0.2 < time.monotonic() - began < 5
        assert (running.value.requests, running.value.resume_token) == (0, launched.token)
        with pytest.raises(akua.TimeoutError, match="nothing was sent"):
            await client.clusters.resume("clu_3", timeout=0.2)
        akua_sim.release()
        await other
        assert (await launched.wait()).end == "succeeded"

    awaited(akua_sim, main, max_concurrency=1)
    assert launches(akua_sim) == 1
