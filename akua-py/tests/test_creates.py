"""Making clusters: the call, what a lost answer means, what is told of it, and the same awaited."""

import asyncio
import copy
import pickle

import akua
import pytest

NEW = {"name": "prod-eu", "region_id": "reg_1"}
LOST = {"delivery": {"send": "nothing", "end": "reset"}}


def creates(sim):
    """The requests that may have made one."""
    return [entry for entry in sim.log() if (entry["method"], entry["target"]) == ("POST", "/v1/clusters")]


def called(client, name):
    return [cluster.id for cluster in client.clusters.list() if cluster.name == name]


def lose(sim, times="forever"):
    sim.control({"op": "inject", "fault": {"match": {"create": "create_cluster"}, "times": times, **LOST}})


def test_a_cluster_is_made(client, akua_sim):
    launched = client.clusters.create(**NEW, network_profile=akua.NetworkProfile.LINUX_CILIUM)
    assert (launched.kind, launched.id, launched.name) == ("create_cluster", None, "prod-eu")
    assert (launched.end, launched.proof, launched.operation, launched.candidates) == ("applied", "acknowledged", "op_1", ())
    assert launched.explain().startswith("create of cluster prod-eu: applied: accepted as operation op_1\n")
    waited = launched.wait()
    assert (waited.now.name, called(client, "prod-eu")) == ("prod-eu", [waited.now.id])
    [sent] = creates(akua_sim)
    assert len(sent["idempotency_key"]) == 32 and sent["if_match"] is None
    # Each is another one, under a key of its own.
    assert client.clusters.create(**NEW).operation == "op_2"
    assert len({entry["idempotency_key"] for entry in creates(akua_sim)}) == 2


def test_a_lost_answer_is_settled_by_the_same_request(client, akua_sim):
    lose(akua_sim, 1)
    launched = client.clusters.create(**NEW)
    assert (launched.attempts, launched.operation) == (2, "op_1")
    first, second = creates(akua_sim)
    assert first["idempotency_key"] == second["idempotency_key"]
    assert len(called(client, "prod-eu")) == 1


def test_what_nobody_knows_is_settled_by_its_token_and_never_made_anew(client, akua_sim):
    akua_sim.control({"op": "create", "create": "create_cluster", "set": {"name": "prod-eu", "region_id": "reg_1"}})
    lose(akua_sim)
    kept = []
    with pytest.raises(akua.IndeterminateError) as unknown:
        client.clusters.create(**NEW, timeout=1.5, keep_resume_token=kept.append)
    assert kept == [unknown.value.resume_token] and unknown.value.may_still_land
    # One is the new one, and the other somebody else's.
    assert unknown.value.candidates == tuple(called(client, "prod-eu")) and len(unknown.value.candidates) == 2
    akua_sim.clear()
    launched = client.resolve(kept[0])
    assert (launched.kind, launched.id, launched.name) == ("create_cluster", None, "prod-eu")
    assert launched.wait().now.id in unknown.value.candidates
    assert len(called(client, "prod-eu")) == 2


def test_without_a_claim_about_the_key_it_is_only_looked_for(akua_sim):
    lose(akua_sim, 1)
    with akua_sim.client(contract={"create_keys_replay": 0}) as client:
        with pytest.raises(akua.IndeterminateError) as unknown:
            client.clusters.create(**NEW)
    assert len(creates(akua_sim)) == 1 and len(unknown.value.candidates) == 1


def test_both_tokens_are_handed_out_and_nothing_is_sent_without_the_first(client, akua_sim):
    kept = []
    launched = client.clusters.create(**NEW, keep_resume_token=kept.append)
    assert len(kept) == 2 and kept[1] == launched.token

    def full(token):
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        client.clusters.create(**NEW, keep_resume_token=full)
    assert len(creates(akua_sim)) == 1


def test_one_request_returns_the_operation(client, akua_sim):
    one = client.clusters.create_once(**NEW, idempotency_key="mine")
    assert client.clusters.create_once(**NEW, idempotency_key="mine").id == one.id == "op_1"
    assert client.clusters.create_once(**NEW).id == "op_2"
    assert [entry["idempotency_key"] for entry in creates(akua_sim)] == ["mine", "mine", None]
    lose(akua_sim, 1)
    with pytest.raises(akua.IndeterminateError) as lost:
        client.clusters.create_once(**NEW)
    assert (lost.value.resume_token, lost.value.may_have_taken_effect) == ("", True)


@pytest.mark.parametrize("name", ["create", "create_once"])
def test_what_is_wrong_is_said_before_anything_is_sent(client, akua_sim, name):
    make = getattr(client.clusters, name)
    with pytest.raises(akua.ValidationError) as missing:
        make()
    assert {problem.field for problem in missing.value.problems} == {"name", "region_id"}
    for wrong in ({"name": ""}, {"name": "é" * 101}, {"region_id": "r" * 55}, {"network_profile": "flannel"}):
        with pytest.raises(akua.ValidationError, match=next(iter(wrong))):
            make(**{**NEW, **wrong})
    with pytest.raises(TypeError, match="a new cluster has: name, region_id, network_profile"):
        make(**NEW, provider="managed_kaas")
    with pytest.raises(TypeError, match="expected str, not None"):
        make(**{**NEW, "name": None})
    with pytest.raises(TypeError):
        make("prod-eu")
    with pytest.raises(TypeError, match="on_conflict"):
        make(**NEW, on_conflict="fail")
    assert akua_sim.log() == []


def test_a_refusal_made_nothing(client, akua_sim):
    akua_sim.control({"op": "contract", "set": {"known_regions_only": True}})
    with pytest.raises(akua.AkuaError) as refused:
        client.clusters.create(name="prod", region_id="reg_none")
    assert refused.value.effect == "not_applied" and not refused.value.may_have_taken_effect
    assert called(client, "prod") == []


def test_it_can_be_kept_compared_and_shown(client):
    launched = client.clusters.create(**NEW)
    assert pickle.loads(pickle.dumps(launched)) == copy.copy(launched) == launched
    assert "create_cluster" in repr(launched) and "name='prod-eu'" in repr(launched)
    assert "create_cluster prod-eu: applied" in launched._repr_html_()


def test_the_same_awaited(akua_sim):
    async def main():
        async with akua_sim.async_client() as client:
            kept = []

            async def keep(token):
                kept.append(token)

            launched = await client.clusters.create(**NEW, keep_resume_token=keep)
            assert (launched.id, launched.name, launched.operation) == (None, "prod-eu", "op_1") and len(kept) == 2
            assert (await launched.wait()).now.name == "prod-eu"
            once = await client.clusters.create_once(**NEW, idempotency_key="mine")
            assert (await client.clusters.create_once(**NEW, idempotency_key="mine")).id == once.id == "op_2"
            with pytest.raises(akua.ValidationError, match="region_id"):
                await client.clusters.create(name="prod-eu")
            lose(akua_sim)
            with pytest.raises(akua.IndeterminateError) as unknown:
                await client.clusters.create(**NEW, timeout=1.5)
            akua_sim.clear()
            assert (await client.resolve(unknown.value.resume_token)).name == "prod-eu"

    asyncio.run(main())
    assert len(called(akua_sim.client(), "prod-eu")) == 3
