"""The asynchronous client: the same names, awaited, and tasks that are cancelled."""

import asyncio
import inspect
import pickle
import threading
import time

import akua
import pytest
from akua.generated import collections

LIMIT = 30


def run(main):
    """Runs it on a loop of its own, with a hard limit."""

    async def limited():
        return await asyncio.wait_for(main, LIMIT)

    return asyncio.run(limited())


def became(cancelled):
    """What became of the call of a task that was cancelled. CPython 3.10 raises another exception to whoever awaits the
    task, which has that of the call as its context."""
    while cancelled.__cause__ is None and isinstance(cancelled.__context__, asyncio.CancelledError):
        cancelled = cancelled.__context__
    return cancelled.__cause__


async def until_held(sim, requests=1):
    while sim.control({"op": "state"})["requests_held"] < requests:
        await asyncio.sleep(0.002)


def test_every_call(akua_sim):
    akua_sim.contract(reconcile_ms=20)

    async def main():
        async with akua_sim.async_client() as client:
            cluster = await client.clusters.get("clu_1")
            assert (await client.clusters.update(cluster, name="one")).name == "one"
            result = await client.clusters.edit("clu_1", region_id="reg_eu")
            assert not (await client.clusters.wait_settled(result)).reconciling
            result = await client.clusters.edit_with("clu_1", lambda cluster: {"name": cluster.name + "-two"})
            assert result.resource.name == "one-two"
            assert (await client.workspaces.edit("ws_1", slug="team-blue")).resource.slug == "team-blue"
            assert [cluster.id async for cluster in client.clusters.list(page_size=2)][-1] == "clu_5"
            assert [len(page) async for page in client.clusters.list(page_size=2).pages()] == [2, 2, 1]
            assert len(await client.clusters.list(page_size=2).to_dicts()) == 5
            listing = client.clusters.list(page_size=2)
            assert (await anext(listing)).id == "clu_1"
            assert [each["id"] for each in await listing.to_dicts()] == ["clu_2", "clu_3", "clu_4", "clu_5"]
            with pytest.raises(akua.NotFoundError):
                await client.clusters.get("clu_99")
            assert client.base_url == akua_sim.url
            patient = client.with_options(timeout=40)
            assert (await patient.clusters.get("clu_1")).id == "clu_1"
        with pytest.raises(RuntimeError, match="closed"):
            await patient.clusters.get("clu_1")

    run(main())


def test_pages_of_a_list_that_was_begun_leave_nothing_out(akua_sim):
    async def main():
        async with akua_sim.async_client() as client:
            listing = client.clusters.list(page_size=3)
            assert (await anext(listing)).id == "clu_1"
            pages = [[cluster.id for cluster in page] async for page in listing.pages()]
            assert pages == [["clu_2", "clu_3"], ["clu_4", "clu_5"]]

    run(main())


def test_it_has_the_names_of_the_other_client():
    for one, other in (
        (akua.Clusters, collections.AsyncClusters),
        (akua.Workspaces, collections.AsyncWorkspaces),
        (akua.Operations, collections.AsyncOperations),
        (akua.Client, akua.AsyncClient),
    ):
        names = {name for name in dir(one) if not name.startswith("_")} - {"close", *collections.ALL, "fleet"}
        assert names <= {name for name in dir(other) if not name.startswith("_")}


def test_calls_run_at_the_same_time_and_the_loop_goes_on(akua_sim):
    akua_sim.inject({"hold": "until_released"}, method="GET", times=8)

    async def main():
        async with akua_sim.async_client() as client:
            calls = [asyncio.create_task(client.clusters.get(f"clu_{1 + turn % 5}")) for turn in range(8)]
            await until_held(akua_sim, 8)
            akua_sim.release()
            assert [cluster.id for cluster in await asyncio.gather(*calls)][:2] == ["clu_1", "clu_2"]

    run(main())


def test_so_many_at_a_time(akua_sim):
    # The threads of a client that was closed may still be on their way out.
    before = set(threading.enumerate())

    async def main():
        async with akua_sim.async_client(max_concurrency=2) as client:
            assert len(await asyncio.gather(*(client.clusters.get("clu_1") for _ in range(20)))) == 20
            new = set(threading.enumerate()) - before
            assert len([thread for thread in new if thread.name.startswith("akua")]) == 2

    run(main())
    assert len({entry["connection"] for entry in akua_sim.log()}) <= 2
    with pytest.raises(ValueError, match="max_concurrency"):
        akua_sim.async_client(max_concurrency=0)


def test_a_cancelled_read_ends_soon(akua_sim):
    akua_sim.inject({"hold": "until_released"}, method="GET", times="forever")

    async def main():
        async with akua_sim.async_client() as client:
            call = asyncio.create_task(client.clusters.get("clu_1"))
            await until_held(akua_sim)
            started = time.monotonic()
            call.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await call
            assert time.monotonic() - started < 10
            assert not became(caught.value).may_have_taken_effect

    run(main())


@pytest.mark.parametrize("call", ["update", "edit"])
def test_a_cancelled_write_is_indeterminate(akua_sim, call):
    akua_sim.inject({"hold": "until_released"}, method="PATCH")

    async def main():
        async with akua_sim.async_client() as client:
            cluster = await client.clusters.get("clu_1")
            task = asyncio.create_task(getattr(client.clusters, call)(cluster, name="mine"))
            await until_held(akua_sim)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            cause = became(caught.value)
            assert type(cause) is akua.IndeterminateError
            assert cause.may_have_taken_effect
            # And that was the truth: it lands now.
            akua_sim.release()
            if call == "edit":
                assert (await client.resolve(cause.resume_token)).resource.name == "mine"
            assert (await client.clusters.get("clu_1")).name == "mine"

    run(main())


def test_a_timeout_of_asyncio_has_the_truth_in_its_causes(akua_sim):
    akua_sim.inject({"hold": "until_released"}, method="PATCH")

    async def main():
        async with akua_sim.async_client() as client:
            call = asyncio.create_task(client.clusters.update("clu_1", if_match="42", name="mine"))
            await until_held(akua_sim)
            with pytest.raises(asyncio.TimeoutError) as caught:
                await asyncio.wait_for(call, 0.01)
            causes, cause = [], caught.value
            while cause is not None:
                causes.append(type(cause))
                cause = became(cause)
            assert akua.IndeterminateError in causes

    run(main())


def test_a_call_that_is_cancelled_before_its_turn_sends_nothing(akua_sim):
    akua_sim.inject({"hold": "until_released"}, method="GET")

    async def main():
        async with akua_sim.async_client(max_concurrency=1) as client:
            first = asyncio.create_task(client.clusters.get("clu_1"))
            await until_held(akua_sim)
            second = asyncio.create_task(client.clusters.update("clu_1", if_match="42", name="mine"))
            await asyncio.sleep(0)
            second.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await second
            assert became(caught.value) is None
            akua_sim.release()
            await first

    run(main())
    assert len(akua_sim.history("clu_1")) == 1


def test_a_task_that_is_cancelled_twice_still_waits_for_the_truth(akua_sim):
    akua_sim.inject({"hold": "until_released"}, method="PATCH")

    async def main():
        async with akua_sim.async_client() as client:
            task = asyncio.create_task(client.clusters.update("clu_1", if_match="42", name="mine"))
            await until_held(akua_sim)
            for _ in range(3):
                task.cancel()
                await asyncio.sleep(0)
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            assert type(became(caught.value)) is akua.IndeterminateError

    run(main())


def test_a_write_that_ended_before_it_could_be_cancelled_says_so(akua_sim):
    async def main():
        async with akua_sim.async_client() as client:
            task = asyncio.create_task(client.clusters.update("clu_1", if_match="42", name="mine"))
            await asyncio.sleep(0)
            # It lands, while this loop does nothing else.
            while len(akua_sim.history("clu_1")) == 1:
                pass
            deadline = time.monotonic() + 0.2
            while time.monotonic() < deadline:
                pass
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            assert became(caught.value).may_have_taken_effect

    run(main())


def test_a_closure_runs_on_the_loop_and_may_be_a_coroutine(akua_sim):
    async def main():
        loop = asyncio.get_running_loop()

        async def change(cluster):
            assert asyncio.get_running_loop() is loop
            await asyncio.sleep(0)
            return {"name": cluster.name + "!"}

        def plain(cluster):
            assert asyncio.get_running_loop() is loop
            return cluster.__replace__(name=cluster.name + "?")

        def broken(cluster):
            raise LookupError("mine")

        async with akua_sim.async_client() as client:
            assert (await client.clusters.edit_with("clu_1", change)).resource.name == "cluster 1!"
            assert (await client.clusters.edit_with("clu_1", plain)).resource.name == "cluster 1!?"
            with pytest.raises(LookupError, match="mine"):
                await client.clusters.edit_with("clu_1", broken)
            with pytest.raises(TypeError, match="callable"):
                await client.clusters.edit_with("clu_1", {"name": "x"})

    run(main())


def test_a_closure_that_never_ends_can_be_cancelled(akua_sim):
    async def main():
        asked = asyncio.Event()

        async def change(cluster):
            asked.set()
            await asyncio.Event().wait()

        async with akua_sim.async_client() as client:
            task = asyncio.create_task(client.clusters.edit_with("clu_1", change))
            await asked.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    run(main())
    assert len(akua_sim.history("clu_1")) == 1


def test_a_callback_for_tokens_that_is_a_coroutine_function_is_refused(akua_sim):
    async def token():
        return "x"

    with pytest.raises(TypeError, match="token is an `async def`"):
        akua_sim.async_client(token=token)


def test_threads_are_made_when_there_is_something_to_do(akua_sim):
    before = threading.active_count()
    client = akua_sim.async_client()
    client.clusters.list()
    assert threading.active_count() == before
    run(client.aclose())


def test_one_client_for_several_loops(akua_sim):
    client = akua_sim.async_client()
    for _ in range(3):
        assert run(client.clusters.get("clu_1")).id == "clu_1"
    run(client.aclose())


def test_after_a_fork(python, akua_sim):
    done = python(
        """
        import asyncio, os, sys
        import akua

        client = akua.AsyncClient(base_url=sys.argv[1], token=sys.argv[2], use_env=False)
        assert asyncio.run(client.clusters.get("clu_1")).id == "clu_1"
        child = os.fork()
        if child == 0:
            assert asyncio.run(client.clusters.get("clu_2")).id == "clu_2"
            os._exit(0)
        print(os.waitpid(child, 0)[1])
        """,
        akua_sim.url,
        akua_sim.token,
    )
    assert done.stdout.strip() == "0"


def test_the_interpreter_ends_without_a_word(python, akua_sim):
    python(
        """
        import asyncio, sys
        import akua

        async def main():
            client = akua.AsyncClient(base_url=sys.argv[1], token=sys.argv[2], use_env=False)
            await client.clusters.get("clu_1")

        asyncio.run(main())
        """,
        akua_sim.url,
        akua_sim.token,
    )


def test_no_secret_is_shown(akua_sim):
    client = akua_sim.async_client()
    for shown in (repr(client), repr(client.clusters)):
        assert akua_sim.token not in shown
        assert akua_sim.url in shown
    assert inspect.iscoroutinefunction(client.clusters.get)


def test_a7_whatever_keeps_a_resolve_from_the_truth_says_nothing_of_the_write(akua_sim):
    akua_sim.inject({"delivery": {"send": "nothing", "end": "reset"}}, method="PATCH", times="forever")
    with pytest.raises(akua.IndeterminateError) as caught:
        akua_sim.client(timeout=2).clusters.edit("clu_1", region_id="reg_eu")
    token = caught.value.resume_token

    def unsettled(error):
        assert (error.effect, error.may_have_taken_effect, error.may_still_land) == ("unknown", True, True)
        assert "keep the resume token" in str(error) and "keep the resume token" in error.hint

    wrong = [
        ({}, "", {}),
        ({}, token[:60], {}),
        ({}, token, {"mode": "maybe"}),
        ({}, token, {"context": "ws_9"}),
        ({}, token, {"context": ""}),
        ({}, token, {"timeout": -1}),
        ({}, token, {"kubeconfig": ""}),
        ({"context": "ws_9"}, token, {}),
        ({"base_url": "http://127.0.0.1:1"}, token, {}),
    ]
    for settings, text, options in wrong:
        with pytest.raises(akua.ValidationError) as caught:
            akua_sim.client(**settings).resolve(text, **options)
        unsettled(caught.value)
        with pytest.raises(akua.ValidationError) as caught:
            run(akua_sim.async_client(**settings).resolve(text, **options))
        unsettled(caught.value)
    unsettled(pickle.loads(pickle.dumps(caught.value)))

    # No thread in time: nothing was sent, and nothing is known.
    async def main():
        async with akua_sim.async_client(max_concurrency=1) as client:
            akua_sim.inject({"hold": "until_released"}, method="GET")
            other = asyncio.ensure_future(client.clusters.get("clu_1"))
            await until_held(akua_sim)
            with pytest.raises(akua.TimeoutError) as caught:
                await client.resolve(token, timeout=0.05)
            unsettled(caught.value)
            akua_sim.release()
            await other

    run(main())
