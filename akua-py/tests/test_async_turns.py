"""The asynchronous client: where it may be called, whose turn it is, and what is said of a call that was cancelled."""

import asyncio
import contextvars
import gc
import threading
import time

import akua
import pytest
from fleet_stage import writes
from test_async import became, run, until_held

# The calls that may take effect, and those that only read.
WRITES = {
    "update": lambda client: client.clusters.update("clu_1", if_match="42", name="x"),
    "edit": lambda client: client.clusters.edit("clu_1", name="x"),
    "edit_with": lambda client: client.clusters.edit_with("clu_1", lambda cluster: {"name": "x"}),
    "edit of a workspace": lambda client: client.workspaces.edit("ws_1", name="x"),
}
READS = {
    "get": lambda client: client.clusters.get("clu_1"),
    "get of a workspace": lambda client: client.workspaces.get("ws_1"),
    "list": lambda client: anext(client.clusters.list()),
    "pages": lambda client: anext(client.clusters.list().pages()),
    "to_dicts": lambda client: client.clusters.list().to_dicts(),
    "wait_settled": lambda client: client.clusters.wait_settled("clu_1"),
}
CALLS = {**WRITES, **READS}


def by_hand(call):
    """Begins a coroutine where nothing of asyncio runs, as another kind of event loop does."""
    awaiting = call.__await__()
    try:
        return next(awaiting)
    finally:
        awaiting.close()


def in_a_callback(call):
    """On a loop of asyncio, but in no task of it: as a guest of that loop is."""
    loop, raised = asyncio.new_event_loop(), []

    def back():
        try:
            by_hand(call)
        except BaseException as error:
            raised.append(error)
        loop.stop()

    loop.call_soon(back)
    loop.run_forever()
    loop.close()
    if raised:
        raise raised[0]


def in_a_thread(call):
    raised = []

    def work():
        try:
            by_hand(call)
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(30)
    if raised:
        raise raised[0]


@pytest.mark.parametrize("place", [by_hand, in_a_thread, in_a_callback])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a12_without_a_task_of_asyncio_nothing_is_submitted(akua_sim, call, place):
    client = akua_sim.async_client()
    with pytest.raises(RuntimeError, match="nothing was sent"):
        place(call(client))
    # It was not submitted either: no thread was made that could still send it.
    assert client._runner._executor is None
    run(client.aclose())
    assert akua_sim.log() == []


def test_a12_resolve_too(akua_sim):
    akua_sim.inject({"hold": "until_released"}, method="PATCH", times="forever")
    with akua_sim.client(timeout=1) as client:
        with pytest.raises(akua.IndeterminateError) as open_end:
            client.clusters.edit("clu_1", name="x")
    before = len(akua_sim.log())
    client = akua_sim.async_client()
    with pytest.raises(RuntimeError, match="nothing was sent"):
        by_hand(client.resolve(open_end.value.resume_token))
    assert len(akua_sim.log()) == before


def test_a12_one_client_on_several_loops_at_a_time(akua_sim):
    client = akua_sim.async_client(max_concurrency=2)
    done = []

    async def main(number):
        for _ in range(5):
            done.append((await client.clusters.get(f"clu_{number}")).id == f"clu_{number}")

    threads = [threading.Thread(target=run, args=(main(number),)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert done == [True] * 20


def test_a12_a_loop_that_is_closed_meanwhile_ends_the_call(akua_sim, caplog):
    akua_sim.inject({"hold": "until_released"}, method="GET")
    client, loop = akua_sim.async_client(), asyncio.new_event_loop()

    async def main():
        call = asyncio.ensure_future(client.clusters.edit("clu_1", name="x"))
        await until_held(akua_sim)
        # Whoever closes a loop with tasks in it is told of them by asyncio; not here.
        call._log_destroy_pending = False

    loop.run_until_complete(main())
    for task in asyncio.all_tasks(loop):
        task.get_coro().close()
    loop.close()
    gc.collect()
    akua_sim.release()
    client._runner._executor.shutdown(wait=True)
    assert writes(akua_sim) == 0


def block(until, seconds=30):
    """Lets nothing run on this loop until that is so, and a moment longer."""
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline
    end = time.monotonic() + 0.1
    while time.monotonic() < end:
        pass


@pytest.mark.parametrize("call", READS.values(), ids=READS)
@pytest.mark.parametrize("when", ["under way", "answered"])
def test_a13_a_read_that_is_cancelled_never_had_an_effect(akua_sim, call, when):
    if when == "under way":
        akua_sim.inject({"hold": "until_released"}, method="GET", times="forever")

    async def main():
        async with akua_sim.async_client() as client:
            task = asyncio.create_task(through(call(client)))
            if when == "under way":
                await until_held(akua_sim)
            else:
                await asyncio.sleep(0)
                block(lambda: len(akua_sim.log()) >= 1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            cause = became(caught.value)
            assert isinstance(cause, akua.CancelledError)
            assert (cause.may_have_taken_effect, cause.effect in ("not_sent", "not_applied")) == (False, True)
            for note in getattr(caught.value, "__notes__", []):
                assert "may have taken effect" not in note
                assert "changed" not in note

    run(main())


def test_a13_an_edit_that_changed_nothing_had_no_effect(akua_sim):
    async def main():
        async with akua_sim.async_client() as client:
            task = asyncio.create_task(client.clusters.edit("clu_1", name="cluster 1"))
            await asyncio.sleep(0)
            block(lambda: len(akua_sim.log()) >= 1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            cause = became(caught.value)
            assert cause is None or not cause.may_have_taken_effect

    run(main())


def test_a13_a_page_that_came_too_late_is_not_lost(akua_sim):
    async def main():
        async with akua_sim.async_client() as client:
            listing = client.clusters.list(page_size=2)
            task = asyncio.create_task(anext_of(listing))
            await asyncio.sleep(0)
            block(lambda: len(akua_sim.log()) >= 1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert [cluster.id async for cluster in listing] == [f"clu_{number}" for number in range(1, 6)]

    run(main())
    assert len(akua_sim.log()) == 3


async def anext_of(listing):
    return await anext(listing)


@pytest.mark.parametrize("concurrency", [1, 2, 32])
def test_c3_a_closure_may_call_the_same_client(akua_sim, concurrency):
    """At any concurrency, and however many of them there are at once."""

    async def main():
        async with akua_sim.async_client(max_concurrency=concurrency, timeout=20) as client:

            async def change(cluster):
                other = await client.clusters.get("clu_5")
                nested = await client.clusters.edit_with("clu_4", inner)
                return {"name": f"{other.id} {nested.resource.id} {cluster.id}"}

            async def inner(cluster):
                return {"name": (await client.clusters.get("clu_3")).name}

            async def keep(token):
                await client.clusters.get("clu_2")

            started = time.monotonic()
            ends = await asyncio.gather(
                *(
                    client.clusters.edit_with(f"clu_{1 + turn % 2}", change, keep_resume_token=keep, max_versions=100)
                    for turn in range(33 if concurrency == 32 else 3)
                ),
                return_exceptions=True,
            )
            assert time.monotonic() - started < 20
            assert [end for end in ends if isinstance(end, BaseException)] == []

    run(main())
    assert len(akua_sim.history("clu_1")) > 1


def test_c3_the_deadline_counts_from_the_call(akua_sim):
    akua_sim.inject({"hold": "until_released"}, method="GET", times=2)

    async def main():
        async with akua_sim.async_client(max_concurrency=2, timeout=20) as client:
            slow = [asyncio.create_task(client.clusters.get("clu_1")) for _ in range(2)]
            await until_held(akua_sim, 2)
            before = len(akua_sim.log())
            listing = client.clusters.list(timeout=0.3)
            for call in (
                client.clusters.get("clu_1", timeout=0.3),
                client.workspaces.get("ws_1", timeout=0.3),
                client.clusters.update("clu_1", if_match="42", name="x", timeout=0.3),
                client.clusters.edit("clu_1", name="x", timeout=0.3),
                client.clusters.edit_with("clu_1", lambda it: {"name": "x"}, timeout=0.3),
                client.clusters.wait_settled("clu_1", timeout=0.3),
                client.with_options(timeout=0.3).clusters.get("clu_1"),
                anext_of(listing),
                listing.to_dicts(),
            ):
                started = time.monotonic()
                with pytest.raises(akua.TimeoutError, match="nothing was sent") as late:
                    await call
                assert 0.2 < time.monotonic() - started < 5
                assert (late.value.effect, late.value.may_have_taken_effect) == ("not_sent", False)
            assert len(akua_sim.log()) == before
            akua_sim.release()
            assert [cluster.id for cluster in await asyncio.gather(*slow)] == ["clu_1", "clu_1"]
            assert len(akua_sim.log()) == before
            # What was given up is not sent later.
            assert (await client.clusters.get("clu_1")).name == "cluster 1"

    run(main())
    assert writes(akua_sim) == 0


@pytest.mark.parametrize("call", [CALLS[name] for name in ("update", "edit", "get", "list", "wait_settled")])
def test_c3_the_time_in_the_queue_is_part_of_a_calls_time(akua_sim, call):
    akua_sim.inject({"hold": "until_released"}, method="GET", nth=1)

    async def main():
        async with akua_sim.async_client(max_concurrency=1, timeout=1.5) as client:
            slow = asyncio.create_task(client.clusters.get("clu_1", timeout=20))
            await until_held(akua_sim)
            akua_sim.inject({"hold": "until_released"}, times="forever")
            started = time.monotonic()
            waiting = asyncio.ensure_future(through(call(client)))
            await asyncio.sleep(1)
            akua_sim.release()
            await slow
            with pytest.raises(akua.AkuaError):
                await waiting
            # With all of its time once it has its thread it would take 2.5 s.
            assert 1 < time.monotonic() - started < 2.4

    run(main())


async def through(awaitable):
    return await awaitable


def test_c3_a_closure_that_never_ends_does_not_outlive_the_deadline(akua_sim):
    ended = []

    async def for_ever(*args):
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(args)

    async def main():
        async with akua_sim.async_client(max_concurrency=1, timeout=0.5) as client:
            for call in (
                client.clusters.edit_with("clu_1", for_ever),
                client.clusters.edit("clu_1", name="x", keep_resume_token=for_ever),
            ):
                started = time.monotonic()
                # The version that the closure is asked about was read by then, so something was sent.
                with pytest.raises(akua.TimeoutError, match="still at work: nothing took effect") as late:
                    await call
                assert time.monotonic() - started < 5
                assert late.value.effect == "not_applied"
                assert not late.value.may_have_taken_effect
            # Nobody's thread is taken by that.
            assert (await client.clusters.get("clu_1")).id == "clu_1"

    run(main())
    assert (len(ended), writes(akua_sim)) == (2, 0)


def test_c3_what_a_closure_raises_after_the_deadline_is_nobodys_surprise(akua_sim, caplog):
    async def stubborn(cluster):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise LookupError("too late")

    async def main():
        async with akua_sim.async_client(timeout=0.3) as client:
            with pytest.raises(akua.TimeoutError):
                await client.clusters.edit_with("clu_1", stubborn)

    run(main())
    gc.collect()
    assert caplog.text == ""


def test_c3_an_edit_between_two_steps_that_gets_no_thread_says_that_nothing_took_effect(akua_sim):
    async def main():
        async with akua_sim.async_client(max_concurrency=1, timeout=20) as client:
            taken = []

            async def change(cluster):
                # The only thread is taken while this is under way, and stays so.
                akua_sim.inject({"hold": "until_released"}, method="GET")
                taken.append(asyncio.create_task(client.clusters.get("clu_2")))
                await until_held(akua_sim)
                return {"name": "x"}

            with pytest.raises(akua.TimeoutError, match="nothing took effect") as late:
                await client.clusters.edit_with("clu_1", change, timeout=1)
            assert late.value.effect == "not_applied"
            akua_sim.release()
            await taken[0]

    run(main())
    assert writes(akua_sim) == 0


def test_c3_many_closures_take_no_threads(akua_sim):
    async def main():
        release = asyncio.Event()
        waiting = []

        async def change(cluster):
            waiting.append(cluster)
            await release.wait()

        async with akua_sim.async_client(max_concurrency=2, timeout=20) as client:
            before = threading.active_count()
            calls = [asyncio.create_task(client.clusters.edit_with("clu_1", change)) for _ in range(50)]
            while len(waiting) < 50:
                await asyncio.sleep(0.002)
            assert threading.active_count() - before <= 2
            release.set()
            assert [end.changed for end in await asyncio.gather(*calls)] == [False] * 50

    run(main())


def test_c3_what_a_closure_raises_and_sees_is_the_callers(akua_sim):
    mine = contextvars.ContextVar("mine", default="nobody's")
    seen = []

    def token():
        seen.append(mine.get())
        return akua_sim.token

    async def change(cluster):
        seen.append(mine.get())

    async def main():
        mine.set("mine")
        async with akua_sim.async_client(token=token) as client:
            await client.clusters.edit_with("clu_1", change)
            await client.clusters.edit_with("clu_1", lambda cluster: seen.append(mine.get()))

            async def nonsense(cluster):
                return {"nmae": "x"}

            with pytest.raises(akua.ValidationError, match="nmae"):
                await client.clusters.edit_with("clu_1", nonsense)

    run(main())
    assert seen == ["mine"] * 3
