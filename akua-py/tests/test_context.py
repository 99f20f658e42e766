"""C6: a callable sees the context variables of whoever made the call, wherever it runs."""

import asyncio
import contextvars
import threading

import pytest
from akua.fleet import Plan
from test_async import run

MINE = contextvars.ContextVar("mine", default="nobody's")


class Seen:
    """What the callables of a call have seen, by their argument."""

    def __init__(self):
        self.values = {}

    def by(self, argument, answer=None):
        def asked(*given):
            self.values.setdefault(argument, set()).add(MINE.get())
            return answer(*given) if callable(answer) else answer

        return asked


def rejecting(sim):
    """The token is asked for on whatever thread there is: each is refused once."""
    sim.inject({"carried_out": "no", "answer": {"status": 401}}, times="forever")


def edit_with(seen, sim, folder):
    client = sim.client(token=seen.by("token", sim.token))
    client.clusters.edit_with("clu_1", seen.by("change", {"name": "x"}), keep_resume_token=seen.by("keep_resume_token"))


def lists(seen, sim, folder):
    client = sim.client(token=seen.by("token", sim.token))
    assert len(list(client.clusters.list(page_size=2))) == 5


def pages(seen, sim, folder):
    client = sim.client(token=seen.by("token", sim.token))
    assert len(list(client.clusters.list(page_size=2).pages())) == 3


def a_filter(seen, sim, folder):
    client = sim.client(token=seen.by("token", sim.token))
    plan = Plan.where(seen.by("keep", True), {"name": "x"}, name="all", version="1")
    with client.clusters.fleet(plan, folder / "plan.akua-fleet") as fleet:
        fleet.run(progress=False, canary=1, check=seen.by("check", True), in_flight=2)


def opened(seen, sim, folder):
    client = sim.client(token=seen.by("token", sim.token))
    plan = Plan.function(seen.by("function", {"name": "x"}), name="all", version="1")
    return client.clusters.fleet(plan, folder / "plan.akua-fleet")


def a_function(seen, sim, folder):
    with opened(seen, sim, folder) as fleet:
        fleet.run(progress=False, in_flight=2)


def a_preview(seen, sim, folder):
    with opened(seen, sim, folder) as fleet:
        assert len(fleet.preview()) == 5


def a_token_of_a_run(seen, sim, folder):
    """Nothing is listed for such a plan, so the token is first asked for by a thread of the run."""
    client = sim.client(token=seen.by("token", sim.token))
    plan = Plan.patches({f"clu_{number}": {"name": "x"} for number in range(1, 6)})
    with client.clusters.fleet(plan, folder / "plan.akua-fleet") as fleet:
        assert fleet.run(progress=False).counts.applied == 5


def a_token_of_a_preview(seen, sim, folder):
    client = sim.client(token=seen.by("token", sim.token))
    with client.clusters.fleet(Plan.patches({"clu_1": {"name": "x"}}), folder / "plan.akua-fleet") as fleet:
        assert len(fleet.preview()) == 1


def kubeconfigs(seen, sim, folder):
    plan = Plan.patches({"clu_1": {"kubeconfig": "secret"}})
    with sim.client().clusters.fleet(plan, folder / "plan.akua-fleet"):
        pass
    with sim.client().clusters.fleet(
        Plan.kept(), folder / "plan.akua-fleet", kubeconfigs=seen.by("kubeconfigs", "secret")
    ) as fleet:
        assert fleet.run(progress=False).counts.applied == 1


def a_dispatcher(seen, sim, folder):
    with opened(seen, sim, folder) as fleet:
        dispatcher = fleet._core.dispatch(None, None, 1, seen.by("check", True), None)
        item, lease, _, leased = dispatcher.next()
        granted = seen.by("grant", lambda token: dispatcher.grant(item, lease, token))
        asked = seen.by("function", {"name": "y"})
        executed = fleet._calls._carry_out(leased, granted, bool, function=asked, kubeconfigs=None, policy={})
        dispatcher.record(item, lease, executed)
        dispatcher.next()
        assert dispatcher.decide()
        dispatcher.close()


def an_operation_elsewhere(seen, sim, folder):
    sim.contract(operation_looks=None)
    client = sim.client(token=seen.by("token", sim.token))
    with client.clusters.fleet(Plan.launches("suspend", ["clu_1"]), folder / "plan.akua-fleet") as fleet:
        dispatcher = fleet._core.dispatch(None, None, None, None, None)
        item, lease, _, leased = dispatcher.next()
        granted = seen.by("grant", lambda token: dispatcher.grant(item, lease, token))
        stops = seen.by("stops", True)
        fleet._calls._carry_out(leased, granted, stops, function=None, kubeconfigs=None, policy={})
        dispatcher.close()


CALLS = {
    edit_with: {"token", "change", "keep_resume_token"},
    lists: {"token"},
    pages: {"token"},
    a_filter: {"token", "keep", "check"},
    a_function: {"token", "function"},
    a_preview: {"token", "function"},
    a_token_of_a_run: {"token"},
    a_token_of_a_preview: {"token"},
    kubeconfigs: {"kubeconfigs"},
    a_dispatcher: {"token", "function", "grant", "check"},
    an_operation_elsewhere: {"token", "grant", "stops"},
}


def plainly(call, *given):
    MINE.set("mine")
    call(*given)


def in_a_task(call, *given):
    async def main():
        MINE.set("mine")
        call(*given)

    run(main())


def in_a_thread_of_a_task(call, *given):
    async def main():
        MINE.set("mine")
        await asyncio.to_thread(call, *given)

    run(main())


def in_a_thread(call, *given):
    thread = threading.Thread(target=plainly, args=(call, *given))
    thread.start()
    thread.join(60)


@pytest.mark.parametrize("place", [plainly, in_a_task, in_a_thread_of_a_task, in_a_thread])
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_c6_the_context_of_the_caller(akua_sim, tmp_path, call, place):
    seen = Seen()
    contextvars.copy_context().run(place, call, seen, akua_sim, tmp_path)
    assert seen.values == {argument: {"mine"} for argument in CALLS[call]}


@pytest.mark.parametrize("call", ["update", "edit", "edit_with", "get", "list", "wait_settled"])
def test_c6_the_asynchronous_client_too(akua_sim, call):
    seen = Seen()

    async def main():
        MINE.set("mine")
        token = seen.by("token", akua_sim.token)
        async with akua_sim.async_client(token=token) as client:
            calls = client.clusters
            keep = seen.by("keep_resume_token")

            async def change(current):
                await asyncio.sleep(0)
                return seen.by("change", {"name": "x"})()

            await {
                "update": lambda: calls.update("clu_1", if_match="42", name="x"),
                "edit": lambda: calls.edit("clu_1", name="x", keep_resume_token=keep),
                "edit_with": lambda: calls.edit_with("clu_1", change, keep_resume_token=keep),
                "get": lambda: calls.get("clu_1"),
                "list": lambda: calls.list().to_dicts(),
                "wait_settled": lambda: calls.wait_settled("clu_1"),
            }[call]()

    run(main())
    assert set(map(frozenset, seen.values.values())) == {frozenset({"mine"})}
    assert {"edit": {"token", "keep_resume_token"}, "edit_with": {"token", "change", "keep_resume_token"}}.get(
        call, {"token"}
    ) == set(seen.values)


def test_c6_tasks_at_the_same_time_see_each_its_own(akua_sim):
    async def main():
        async with akua_sim.async_client() as client:

            async def one(number):
                MINE.set(number)

                async def change(cluster):
                    await asyncio.sleep(0)
                    return {"name": f"by {MINE.get()}"}

                result = await client.clusters.edit_with(f"clu_{number}", change)
                assert result.resource.name == f"by {number}"

            await asyncio.gather(*(one(number) for number in range(1, 6)))

    run(main())


def test_c6_each_run_has_the_context_of_its_own_caller(akua_sim, tmp_path):
    """Also where the fleet was opened by somebody else; and a token that is refused is asked for again in that of the run."""
    seen = Seen()
    with contextvars.copy_context().run(lambda: (MINE.set("opened"), opened(seen, akua_sim, tmp_path))[1]) as fleet:
        seen.values.clear()
        contextvars.copy_context().run(lambda: (MINE.set("looked"), fleet.preview(2)))
        assert seen.values == {"function": {"looked"}}
        seen.values.clear()
        akua_sim.inject({"carried_out": "no", "answer": {"status": 401}}, times="forever")
        contextvars.copy_context().run(lambda: (MINE.set("ran"), fleet.run(progress=False)))
        assert seen.values["token"] == {"ran"}


def test_c6_several_threads_are_in_the_context_of_a_run_at_once(akua_sim, tmp_path):
    running, both = threading.Event(), threading.Barrier(2)

    def function(cluster):
        if running.is_set():
            both.wait(30)
        return {"name": MINE.get()}

    def main():
        MINE.set("mine")
        plan = Plan.function(function, name="all", version="1")
        with akua_sim.client() as client, client.clusters.fleet(plan, tmp_path / "plan.akua-fleet") as fleet:
            running.set()
            assert fleet.run(progress=False, in_flight=2).counts.applied == 2

    akua_sim.delete("clu_3"), akua_sim.delete("clu_4"), akua_sim.delete("clu_5")
    contextvars.copy_context().run(main)


def test_c6_what_a_callable_sets_stays_in_its_context(akua_sim):
    """On the thread of the caller it is the caller's own, as of any function that is called."""

    def change(current):
        MINE.set("set by the closure")

    def main():
        akua_sim.client().clusters.edit_with("clu_1", change)
        assert MINE.get() == "set by the closure"

    contextvars.copy_context().run(main)
