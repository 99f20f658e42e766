"""Callables that would have to be awaited where a plain one is meant: refused when they are handed over, or as good as
raised when they are called; and what they return is closed, so nobody hears of a coroutine that was never awaited. A
future of a pool is no answer either: what was submitted there may not have begun."""

import asyncio
import concurrent.futures
import functools
import gc
import pickle
import types

import akua
import pytest
from akua.fleet import Plan
from fleet_stage import named, writes


async def coroutine_function(*args):
    return True


async def async_generator_function(*args):
    yield True


def generator_function(*args):
    yield True


@types.coroutine
def coroutine_of_old(*args):
    yield True


class Methods:
    async def method(self, *args):
        return True

    @classmethod
    async def of_the_class(cls, *args):
        return True

    @staticmethod
    async def static(*args):
        return True

    async def __call__(self, *args):
        return True


# Seen for what they are when they are handed over.
SEEN = {
    "async def": coroutine_function,
    "coroutine of the old kind": coroutine_of_old,
    "async generator": async_generator_function,
    "generator": generator_function,
    "partial": functools.partial(coroutine_function, 1),
    "partial of a partial": functools.partial(functools.partial(Methods().method), 1),
    "bound method": Methods().method,
    "class method": Methods.of_the_class,
    "static method": Methods.static,
    "static method object": Methods.__dict__["static"],
    "object with an async __call__": Methods(),
    "partial of an object": functools.partial(Methods()),
}


class Awaitable:
    def __await__(self):
        return iter(())


class MakesAwaitables:
    def __call__(self, *args):
        return Awaitable()


@functools.wraps(coroutine_function)
def wrapper(*args):
    return coroutine_function(*args)


# What they return gives them away.
UNSEEN = {
    "lambda": lambda *args: coroutine_function(*args),
    "wrapper": wrapper,
    "awaitable": MakesAwaitables(),
    "class of awaitables": lambda *args: Awaitable(),
    "generator": lambda *args: generator_function(*args),
    "async generator": lambda *args: async_generator_function(*args),
    "future": lambda *args: asyncio.Future(loop=LOOP),
    "future of a pool": lambda *args: concurrent.futures.Future(),
}
LOOP = asyncio.new_event_loop()
ALL = {**{f"seen: {name}": given for name, given in SEEN.items()}, **{f"unseen: {name}": given for name, given in UNSEEN.items()}}

seen = pytest.mark.parametrize("given", SEEN.values(), ids=SEEN)
unseen = pytest.mark.parametrize("given", UNSEEN.values(), ids=UNSEEN)


@pytest.fixture(autouse=True)
def nothing_is_never_awaited(recwarn):
    yield
    gc.collect()
    assert [str(warning.message) for warning in recwarn if "never awaited" in str(warning.message)] == []


@seen
def test_a11_what_is_seen_is_refused_before_anything_is_sent(client, akua_sim, tmp_path, given):
    def fleet(**options):
        return client.clusters.fleet(named(2), tmp_path / f"{len(list(tmp_path.iterdir()))}.akua-fleet", **options)

    def checked(begin):
        with fleet() as opened:
            getattr(opened, begin)(canary=1, check=given)

    for name, call in {
        "token": lambda: akua_sim.client(token=given),
        "token of the other": lambda: akua_sim.async_client(token=given),
        "change": lambda: client.clusters.edit_with("clu_1", given),
        "change of a workspace": lambda: client.workspaces.edit_with("ws_1", given),
        "keep_resume_token": lambda: client.clusters.edit("clu_1", name="x", keep_resume_token=given),
        "keep_resume_token too": lambda: client.workspaces.edit_with("ws_1", dict, keep_resume_token=given),
        "keep": lambda: Plan.where(given, {"name": "x"}, name="all", version="1"),
        "function": lambda: Plan.function(given, name="all", version="1"),
        "kubeconfigs": lambda: fleet(kubeconfigs=given),
        "check": lambda: checked("start"),
        "check of a run": lambda: checked("run"),
    }.items():
        with pytest.raises(TypeError, match=f"^{name.split()[0]} .*plain function"):
            call()
    assert writes(akua_sim) == 0
    assert all("clusters/clu_1" not in entry["path"] for entry in akua_sim.log())


@unseen
def test_a11_a_filter_that_returns_an_awaitable_accepts_nothing(client, akua_sim, tmp_path, given):
    plan = Plan.where(given, {"name": "x"}, name="all", version="1")
    with pytest.raises(akua.AkuaError, match="TypeError"):
        client.clusters.fleet(plan, tmp_path / "plan.akua-fleet")
    assert writes(akua_sim) == 0


@unseen
def test_a11_a_function_of_a_plan_that_returns_an_awaitable_changes_nothing(client, akua_sim, tmp_path, given):
    plan = Plan.function(given, name="all", version="1")
    try:
        with client.clusters.fleet(plan, tmp_path / "plan.akua-fleet") as fleet:
            assert fleet.run(progress=False).counts.applied == 0
    except akua.AkuaError as refused:
        assert "TypeError" in str(refused)
    assert writes(akua_sim) == 0


@unseen
def test_a11_a_canary_whose_check_returns_an_awaitable_has_not_passed(client, akua_sim, tmp_path, given):
    with client.clusters.fleet(named(4), tmp_path / "plan.akua-fleet") as fleet:
        with pytest.raises(TypeError, match="check returned"):
            fleet.run(progress=False, canary=1, check=given)
        counts = fleet.report().counts
        assert (counts.applied, counts.pending) == (1, 3)
        # Nor for whoever goes on.
        with pytest.raises(TypeError, match="check returned"):
            fleet.run(progress=False, canary=1, check=given)
        assert fleet.report().counts.pending == 3


@unseen
def test_a11_a_canary_of_workers_elsewhere(client, tmp_path, given):
    with client.clusters.fleet(named(2), tmp_path / "plan.akua-fleet") as fleet:
        dispatcher = fleet._core.dispatch(None, None, 1, given)
        item, lease, _, leased = dispatcher.next()
        policy = {}
        executed = client.clusters._carry_out(
            leased, lambda token: dispatcher.grant(item, lease, token), function=None, kubeconfigs=None, policy=policy
        )
        assert dispatcher.record(item, lease, executed) and dispatcher.next() is None
        assert dispatcher.decide() and dispatcher.stopped() == "canary"
        with pytest.raises(TypeError, match="check returned"):
            dispatcher.summary()
        dispatcher.close()
        # Nor for whoever goes on.
        assert fleet._core.dispatch(None, None, 1, bool).next() is None


@unseen
@pytest.mark.parametrize("noun", ["clusters", "workspaces"])
def test_a11_a_token_that_is_kept_by_an_awaitable_is_not_kept(client, akua_sim, noun, given):
    calls, id = (client.clusters, "clu_1") if noun == "clusters" else (client.workspaces, "ws_1")
    with pytest.raises(TypeError, match="keep_resume_token returned"):
        calls.edit(id, name="x", keep_resume_token=given)
    with pytest.raises(TypeError, match="keep_resume_token returned"):
        calls.edit_with(id, lambda it: {"name": "x"}, keep_resume_token=given)
    assert writes(akua_sim) == 0


@unseen
def test_a11_a_change_that_is_an_awaitable_is_none(client, akua_sim, given):
    with pytest.raises(TypeError, match="change returned"):
        client.clusters.edit_with("clu_1", given)
    assert writes(akua_sim) == 0


@unseen
def test_a11_a_token_that_is_an_awaitable_is_none(akua_sim, given):
    with akua_sim.client(token=given) as client:
        with pytest.raises(akua.AuthenticationError) as refused:
            client.clusters.update("clu_1", if_match="42", name="x")
    assert "token returned" in str(refused.value.__cause__)
    assert akua_sim.log() == []


@unseen
def test_a11_a_kubeconfig_that_is_an_awaitable_is_none(client, akua_sim, tmp_path, given):
    plan = Plan.patches({"clu_1": {"kubeconfig": "secret"}})
    with client.clusters.fleet(plan, tmp_path / "plan.akua-fleet") as fleet:
        pass
    with client.clusters.fleet(Plan.kept(), tmp_path / "plan.akua-fleet", kubeconfigs=given) as fleet:
        assert fleet.run(progress=False).counts.applied == 0
    assert writes(akua_sim) == 0


@pytest.mark.parametrize("given", ALL.values(), ids=ALL)
def test_a11_the_work_on_an_item_of_a_ledger_elsewhere(client, akua_sim, tmp_path, given):
    """What a Dask worker does."""
    policy = {}
    with client.clusters.fleet(named(1), tmp_path / "plan.akua-fleet") as fleet:
        _, _, _, leased = fleet._core.dispatch(None, None, None, None).next()
        with pytest.raises(TypeError):
            client.clusters._carry_out(leased, given, function=None, kubeconfigs=None, policy=policy)
    assert writes(akua_sim) == 0


def test_a11_what_is_plain_is_taken(client, akua_sim):
    """A plain function stays one, whatever it wraps or is wrapped in."""

    @functools.wraps(coroutine_function)
    def waits(*args):
        return {"name": f"waited for: {asyncio.run(coroutine_function(*args))}"}

    class Plain:
        def __call__(self, current):
            return {"name": "by an object"}

        def method(self, current):
            return {"name": "by a method"}

    partial = functools.partial(lambda wanted, current: wanted, {"name": "by a partial"})
    for change in (Plain(), Plain().method, partial, waits, functools.partial(Plain())):
        assert client.clusters.edit_with("clu_1", change).changed
    with pytest.raises(TypeError, match="keep_resume_token is to be a callable"):
        client.clusters.edit("clu_1", name="x", keep_resume_token="a file")
    kept = []
    assert client.clusters.edit("clu_1", name="kept", keep_resume_token=kept.append).changed
    assert kept[0].startswith("akua-resume-1.")
    assert not client.clusters.edit_with("clu_1", lambda current: {}).changed
    from unittest.mock import AsyncMock, Mock

    assert client.clusters.edit_with("clu_1", Mock(return_value={"name": "mocked"})).changed
    with pytest.raises(TypeError, match="async def"):
        client.clusters.edit_with("clu_1", AsyncMock(return_value={"name": "x"}))
    assert pickle.loads(pickle.dumps(Plan.where(bool, {"name": "x"}, name="all", version="1")))


@pytest.mark.parametrize("given", [generator_function, async_generator_function])
def test_a11_what_the_asynchronous_client_can_not_await_is_none(akua_sim, given):
    async def main():
        async with akua_sim.async_client() as client:
            for call in (
                client.clusters.edit("clu_1", name="x", keep_resume_token=given),
                client.clusters.edit_with("clu_1", given),
            ):
                with pytest.raises(TypeError):
                    await call

    asyncio.run(main())
    assert writes(akua_sim) == 0


def test_a11_the_asynchronous_client_awaits_what_keeps_tokens(akua_sim):
    """The write goes out after that, never before."""
    asked = []

    async def main():
        async with akua_sim.async_client() as client:

            async def keep(token):
                await asyncio.sleep(0)
                asked.append((token, writes(akua_sim)))

            assert (await client.clusters.edit("clu_1", name="x", keep_resume_token=keep)).changed

            async def fails(token):
                raise OSError("disk full")

            with pytest.raises(OSError, match="disk full"):
                await client.clusters.edit("clu_1", name="y", keep_resume_token=fails)
            assert writes(akua_sim) == 1

    asyncio.run(main())
    [(token, before)] = asked
    assert (token.startswith("akua-resume-1."), before) == (True, 0)
