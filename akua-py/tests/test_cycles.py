"""C7: what refers to itself in a circle through an object of this library is collected, whatever holds a Python object.

The usual way into such a circle is `self.client = Client(token=self.token)`.
"""

import contextvars
import functools
import gc
import os
import threading
import time
import weakref

import akua
import psutil
import pytest
from akua import _akua
from akua.fleet import Plan
from test_async import run


class Owner:
    """Has methods that are handed to the library, and keeps what it gets for them."""

    def __init__(self, sim, folder):
        self.given = sim.token
        self.path = folder / "plan.akua-fleet"

    def token(self):
        return self.given

    def change(self, current):
        return {"name": "changed"}

    def keep(self, given):
        return True

    def fails(self, *given):
        raise LookupError(self)


class Seconds(float):
    """A number that knows its owner."""


def renamed(owner):
    return Plan.function(owner.change, name="all", version="1")


def fleet(owner, sim, plan=None, **options):
    return sim.client(token=owner.token).clusters.fleet(plan or renamed(owner), owner.path, **options)


def a_contract(owner, sim):
    seconds = Seconds(60)
    seconds.owner = owner
    owner.client = sim.client(contract={"key_retention": seconds})


def a_call(owner, sim):
    owner.client = sim.client(token=owner.token)
    owner.got = owner.client.clusters.get("clu_1")


def a_list(owner, sim):
    owner.list = sim.client(token=owner.token).clusters.list(page_size=2)
    next(owner.list)


def pages(owner, sim):
    owner.pages = sim.client(token=owner.token).clusters.list(page_size=2).pages()
    owner.page = next(owner.pages)


def asynchronous(owner, sim):
    owner.client = sim.async_client(token=owner.token)
    run(owner.client.clusters.edit_with("clu_1", owner.change, keep_resume_token=owner.keep))


def an_asynchronous_list(owner, sim):
    async def main():
        owner.list = sim.async_client(token=owner.token).clusters.list(page_size=2)
        await anext(owner.list)

    run(main())


def an_asynchronous_list_that_is_not_begun(owner, sim):
    owner.list = sim.async_client(token=owner.token).clusters.list()


def steps(owner, sim):
    calls = sim.client(token=owner.token).clusters
    owner.steps = _akua.steps_of(calls.edit_with, "clu_1", owner.change, keep_resume_token=owner.keep)
    owner.steps.next()


def steps_that_failed(owner, sim):
    owner.steps = _akua.steps_of(sim.client().clusters.edit_with, "clu_1", owner.change)
    owner.steps.next()
    owner.steps.fail(LookupError(owner))


def an_error(owner, sim):
    client = sim.client(token=owner.token)
    with pytest.raises(akua.NotFoundError) as caught:
        client.clusters.get("clu_99")
    owner.error = caught.value


def an_error_of_the_token(owner, sim):
    owner.client = sim.client(token=owner.fails)
    with pytest.raises(akua.AuthenticationError) as caught:
        owner.client.clusters.get("clu_1")
    owner.error = caught.value


def an_error_of_a_callable(owner, sim):
    owner.client = sim.client(token=owner.token)
    with pytest.raises(LookupError) as caught:
        owner.client.clusters.edit_with("clu_1", owner.fails)
    owner.error = caught.value


def results(owner, sim):
    owner.client = sim.client(token=owner.token)
    owner.result = owner.client.clusters.edit_with("clu_1", owner.change, keep_resume_token=owner.keep)
    owner.page = next(owner.client.clusters.list().pages())


def a_replaced_call(owner, sim):
    owner.client = sim.client()
    owner.client.clusters.get = owner.keep
    owner.client.resolve = owner.keep


def a_filter(owner, sim):
    plan = Plan.where(owner.keep, {"name": "x"}, name="all", version="1")
    owner.fleet = fleet(owner, sim, plan)


MINE = contextvars.ContextVar("mine")


def a_variable_of_the_context_of_a_fleet(owner, sim):
    def opened():
        MINE.set(owner)
        owner.fleet = fleet(owner, sim)

    contextvars.copy_context().run(opened)


def kubeconfigs(owner, sim):
    plan = Plan.patches({"clu_1": {"kubeconfig": "secret"}})
    owner.fleet = fleet(owner, sim, plan, kubeconfigs=owner.keep)


def a_preview(owner, sim):
    owner.fleet = fleet(owner, sim)
    owner.preview = owner.fleet.preview()


def a_run(owner, sim):
    owner.fleet = fleet(owner, sim)
    owner.summary = owner.fleet.run(progress=False, canary=1, check=owner.keep)


def a_run_under_way(owner, sim):
    owner.run = fleet(owner, sim).start(canary=1, check=owner.keep)
    next(owner.run)


def a_run_whose_check_raised(owner, sim):
    owner.run = fleet(owner, sim).start(canary=1, check=owner.fails)
    # Its end, at which that would be raised, is never asked for.
    for _ in owner.run:
        pass


def a_dispatcher(owner, sim):
    owner.fleet = fleet(owner, sim)
    owner.dispatcher = owner.fleet._core.dispatch(None, None, 1, owner.keep, None)
    owner.leased = owner.dispatcher.next()


def a_simulator(owner, sim):
    from akua.sim import Simulator

    owner.sim = Simulator(clusters=1)
    owner.sim.owner = owner


CIRCLES = {
    "a client": lambda owner, sim: setattr(owner, "client", sim.client(token=owner.token)),
    "a client with a partial": lambda owner, sim: setattr(owner, "client", sim.client(token=functools.partial(owner.token))),
    "a client of the environment": lambda owner, sim: setattr(owner, "client", akua.Client(base_url=sim.url, token=owner.token)),
    "the calls of one kind": lambda owner, sim: setattr(owner, "calls", sim.client(token=owner.token).workspaces),
    "a client with options": lambda owner, sim: setattr(owner, "client", sim.client(token=owner.token).with_options(timeout=3)),
    "a client that is closed": lambda owner, sim: (a_call(owner, sim), owner.client.close()),
    "an asynchronous client without calls": lambda owner, sim: setattr(owner, "client", sim.async_client(token=owner.token)),
    "an asynchronous client": asynchronous,
    "a plan": lambda owner, sim: setattr(owner, "plan", renamed(owner)),
    "a function of a plan": lambda owner, sim: setattr(owner, "fleet", fleet(owner, sim)),
    **{
        made.__name__.replace("_", " "): made
        for made in (
            a_contract,
            a_call,
            a_list,
            pages,
            an_asynchronous_list,
            an_asynchronous_list_that_is_not_begun,
            steps,
            steps_that_failed,
            an_error,
            an_error_of_the_token,
            an_error_of_a_callable,
            results,
            a_replaced_call,
            a_filter,
            a_variable_of_the_context_of_a_fleet,
            kubeconfigs,
            a_preview,
            a_run,
            a_run_under_way,
            a_run_whose_check_raised,
            a_dispatcher,
            a_simulator,
        )
    },
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("circle", CIRCLES.values(), ids=CIRCLES)
def test_c7_a_circle_is_collected(akua_sim, tmp_path, monkeypatch, circle):
    monkeypatch.setenv("AKUA_API_TOKEN", "somebody's")
    owner = Owner(akua_sim, tmp_path)
    circle(owner, akua_sim)
    gone = weakref.ref(owner)
    del owner
    # What an exception of the test's own may still hold.
    for _ in range(3):
        gc.collect()
    assert gone() is None, gc.get_referrers(gone())


def connections():
    return [each for each in psutil.Process(os.getpid()).net_connections() if each.status == "ESTABLISHED"]


@pytest.mark.parametrize("made", [a_call, asynchronous])
def test_c7_nothing_is_left_of_fifty_clients(akua_sim, tmp_path, made):
    gc.collect()
    before, threads = len(connections()), threading.active_count()
    owners = []
    for number in range(50):
        owner = Owner(akua_sim, tmp_path / str(number))
        made(owner, akua_sim)
        owners.append(weakref.ref(owner))
    del owner
    for _ in range(3):
        gc.collect()
    assert [owner for owner in owners if owner() is not None] == []
    # Threads of an executor that is gone end by themselves.
    for thread in threading.enumerate():
        if thread.name.startswith("akua"):
            thread.join(30)
    assert threading.active_count() == threads
    # The other end of a connection is told, and may need a moment to close its own.
    deadline = time.monotonic() + 30
    while len(connections()) > before:
        assert time.monotonic() < deadline, connections()


def test_c7_a_ledger_is_free_again(akua_sim, tmp_path):
    for circle in (a_preview, a_run_under_way, a_run, a_run_whose_check_raised, a_dispatcher):
        owner = Owner(akua_sim, tmp_path)
        circle(owner, akua_sim)
        del owner
        gc.collect()
    with akua_sim.client().clusters.fleet(Plan.function(dict, name="all", version="1"), tmp_path / "plan.akua-fleet"):
        pass


def test_c7_what_is_still_in_use_is_not_collected(python, akua_sim, tmp_path):
    """Collecting as often as it can be done changes nothing about a call. In a Python of its own, which has less to look at."""
    python(
        """
        import gc, sys, threading
        import akua
        from akua.fleet import Plan

        url, given, folder = sys.argv[1:]
        gc.set_threshold(5, 1, 1)
        failed = []

        class Callables:
            def token(self):
                gc.collect()
                return given

            def change(self, current):
                gc.collect()
                return {"name": f"{current.name}!"}

            def check(self, counts):
                gc.collect()
                return True

        def work(number):
            client = akua.Client(base_url=url, token=Callables().token, use_env=False)
            for cluster in client.clusters.list(page_size=1):
                assert client.clusters.edit_with(cluster.id, Callables().change, max_versions=100).changed
            plan = Plan.function(Callables().change, name="all", version="1")
            run = client.clusters.fleet(plan, f"{folder}/{number}").start(canary=1, check=Callables().check, in_flight=2)
            del client, plan
            gc.collect()
            counts = run.finish().counts
            assert counts.applied + counts.conflict == 5, counts

        def tells(number):
            try:
                work(number)
            except BaseException as error:
                failed.append(repr(error))

        tells(0)
        threads = [threading.Thread(target=tells, args=(number,)) for number in (1, 2)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        assert failed == [], failed
        """,
        akua_sim.url,
        akua_sim.token,
        str(tmp_path),
    )
