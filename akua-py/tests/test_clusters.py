"""What can be read of a cluster beside itself. A kubeconfig is shown by nothing but `expose`."""

import asyncio
import copy
import io
import json
import logging
import pickle
import sys
import traceback

import akua
import pytest
from test_async import became, run, until_held

# What the kubeconfigs of a simulator have in them.
SECRET = "opens-nothing"

BAD_IDS = ["", ".", "..", "a/b", "a\\b", "a%2Fb", "clu_1:suspend", "a\0b", "a\r\nb", "x" * 55]


def asked_for(sim):
    return [entry for entry in sim.log() if entry["target"].endswith("/kubeconfig")]


def test_a_kubeconfig_is_shown_by_nothing_but_expose(client, caplog):
    caplog.set_level(logging.DEBUG, logger="akua")
    kubeconfig = client.clusters.kubeconfig("clu_1")
    assert SECRET in kubeconfig.expose() and type(kubeconfig.expose()) is str
    assert client.clusters.kubeconfig(client.clusters.get("clu_2")).expose() != kubeconfig.expose()
    try:
        raise RuntimeError(kubeconfig)
    except RuntimeError:
        seen = traceback.TracebackException(*sys.exc_info(), capture_locals=True)
    printed = io.StringIO()
    print(kubeconfig, [kubeconfig], {"it": kubeconfig}, file=printed)
    told = [repr(kubeconfig), str(kubeconfig), f"{kubeconfig}", "{:}".format(kubeconfig), "%s %r" % (kubeconfig, kubeconfig)]
    told += [printed.getvalue(), "".join(seen.format()), json.dumps([kubeconfig], default=str), repr(dir(kubeconfig)), caplog.text]
    assert not [text for text in told if SECRET in text] and len(caplog.records) == 3
    assert repr(kubeconfig) == "Secret(hidden)" and not hasattr(kubeconfig, "__dict__")
    # It is no text, and is made into none by mistake.
    for use in (len, list, iter, bytes, hex, lambda it: it + "x", lambda it: "x" + it, lambda it: it[0], lambda it: "x" in it):
        with pytest.raises(TypeError) as refused:
            use(kubeconfig)
        assert SECRET not in str(refused.value)
    with pytest.raises(TypeError):
        akua.Secret("mine")


def test_a_secret_is_not_pickled(client):
    kubeconfig = client.clusters.kubeconfig("clu_1")
    assert copy.copy(kubeconfig) is copy.deepcopy([kubeconfig])[0] is kubeconfig
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match=r"a secret can't be pickled.*`expose\(\)`") as refused:
            pickle.dumps({"it": kubeconfig}, protocol)
        assert SECRET not in str(refused.value)


def test_a_kubeconfig_is_asked_for_once(client, akua_sim):
    for fault in ({"answer": {"status": 503}}, {"answer": {"status": 429}}, {"delivery": {"send": "nothing", "end": "reset"}}):
        akua_sim.inject(fault, times="forever")
        before = len(asked_for(akua_sim))
        with pytest.raises(akua.AkuaError) as caught:
            client.clusters.kubeconfig("clu_1")
        assert (caught.value.effect, caught.value.attempts) == ("not_applied", 1)
        assert len(asked_for(akua_sim)) == before + 1
        akua_sim.clear()
    with pytest.raises(akua.NotFoundError):
        client.clusters.kubeconfig("clu_99")


def test_bad_input_is_refused_before_anything_is_sent(client, akua_sim):
    before = len(akua_sim.log())
    for id in BAD_IDS:
        with pytest.raises(akua.ValidationError) as caught:
            client.clusters.kubeconfig(id)
        assert [problem.field for problem in caught.value.problems] == ["id"]
    for id in (None, 1, b"clu_1", client.workspaces, "\ud800"):
        with pytest.raises((TypeError, akua.ValidationError)):
            client.clusters.kubeconfig(id)
    with pytest.raises(TypeError, match="kubeconfig.*nonsense"):
        client.clusters.kubeconfig("clu_1", nonsense=1)
    with pytest.raises(akua.ValidationError):
        client.clusters.kubeconfig("clu_1", context="")
    assert len(akua_sim.log()) == before
    assert not hasattr(client.workspaces, "kubeconfig") and not hasattr(client.operations, "kubeconfig")
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        client.clusters.kubeconfig("clu_1")


def test_awaited_it_is_the_same(akua_sim):
    async def main():
        async with akua_sim.async_client() as client:
            asking = asyncio.ensure_future(client.clusters.kubeconfig("clu_1"))
            kubeconfig = await asking
            assert type(kubeconfig) is akua.Secret and SECRET in kubeconfig.expose()
            assert SECRET not in repr(asking) + repr(kubeconfig)
            before = len(akua_sim.log())
            for id in BAD_IDS:
                with pytest.raises(akua.ValidationError):
                    await client.clusters.kubeconfig(id)
            assert len(akua_sim.log()) == before
            with pytest.raises(akua.NotFoundError):
                await client.clusters.kubeconfig("clu_99", timeout=5)
            akua_sim.inject({"hold": "until_released"}, method="GET")
            asking = asyncio.ensure_future(client.clusters.kubeconfig("clu_1"))
            await until_held(akua_sim)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await asking
            assert type(became(caught.value)) is akua.CancelledError and SECRET not in repr(became(caught.value))
            akua_sim.release()

    run(main())
