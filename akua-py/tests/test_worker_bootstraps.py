"""Worker bootstraps: what stands below a cluster, and secrets that one answer alone shows."""

import asyncio
import copy
import pickle

import akua
import akua.generated.collections
import pytest

LOST = {"delivery": {"send": "nothing", "end": "reset"}}
SECRETS = ("token", "command", "cloud_init", "artifacts")


def test_the_secrets_are_there_once_and_shown_by_nothing(client):
    launched = client.worker_bootstraps.create(cluster_id="clu_1", ttl_seconds=60)
    made = launched.made
    assert (launched.id, made.full_id, made.id) == ("clu_1/wbs_1", "clu_1/wbs_1", "wbs_1")
    assert all("joins-nothing-wbs_1" in getattr(made, name).expose() for name in SECRETS)
    shown = [f"{made!r} {made.to_dict()} {made.to_json()} {made._row()} {made._repr_html_()} {made.unknown}"]
    shown += [f"{launched!r} {launched.explain()} {launched._repr_html_()} {vars(launched)}"]
    shown += [repr(pickle.dumps(made)), repr(pickle.dumps(launched))]
    assert not any("joins-nothing" in text for text in shown)
    for again in (pickle.loads(pickle.dumps(made)), copy.copy(made), client.worker_bootstraps.get(made.full_id)):
        assert again.full_id == made.full_id and [getattr(again, name) for name in SECRETS] == [None] * 4
    once = client.worker_bootstraps.create_once(cluster_id="clu_1", idempotency_key="mine")
    assert isinstance(once, akua.WorkerBootstrap) and isinstance(once.token, akua.Secret)
    assert [one.full_id for one in client.worker_bootstraps.list(cluster_id="clu_1")] == ["clu_1/wbs_1", "clu_1/wbs_2"]


def test_a_lost_answer_leaves_a_candidate_to_be_revoked(client, akua_sim):
    client.worker_bootstraps.create(cluster_id="clu_1")
    lost = {"match": {"create": "create_worker_bootstrap"}, **LOST}
    akua_sim.control({"op": "inject", "fault": lost})
    with pytest.raises(akua.IndeterminateError, match="it may exist: revoke the candidates") as raised:
        client.worker_bootstraps.create(cluster_id="clu_1")
    assert raised.value.candidates == ("clu_1/wbs_2",)
    with pytest.raises(akua.IndeterminateError) as again:
        client.resolve(raised.value.resume_token)
    assert again.value.candidates == ("clu_1/wbs_2",)
    launched = client.worker_bootstraps.revoke(raised.value.candidates[0])
    assert launched.wait().end == "succeeded"
    with pytest.raises(akua.NotFoundError):
        client.worker_bootstraps.get("clu_1/wbs_2")


def test_a_revoke_is_of_the_version_that_was_seen(client):
    made = client.worker_bootstraps.create(cluster_id="clu_1").made
    assert client.worker_bootstraps.revoke_once(made).metadata["type"] == "cluster.worker_bootstrap.revoke"
    with pytest.raises(akua.ConflictError):
        client.worker_bootstraps.revoke(made)
    with pytest.raises(akua.ValidationError, match="`if_match` is missing"):
        client.worker_bootstraps.revoke_once(made.full_id)


def test_bad_input_is_refused_before_anything_is_sent(client, akua_sim):
    before = len(akua_sim.log())
    bootstraps = client.worker_bootstraps
    for wrong in ({}, {"cluster_id": "a/b"}, {"cluster_id": "clu_1", "ttl_seconds": 59}):
        with pytest.raises(akua.ValidationError):
            bootstraps.create(**wrong)
    for id in ("wbs_1", "clu_1/", "clu_1/a/b", "../wbs_1"):
        with pytest.raises(akua.ValidationError):
            bootstraps.get(id)
    with pytest.raises(akua.ValidationError, match="cluster_id"):
        bootstraps.list()
    assert len(akua_sim.log()) == before


@pytest.mark.parametrize("kind", [akua.WorkerBootstraps, akua.generated.collections.AsyncWorkerBootstraps])
def test_nothing_else_can_be_done_with_one(kind):
    for name in ("update", "edit", "edit_with", "delete", "cancel", "fleet", "wait", "kubeconfig", "suspend"):
        assert not hasattr(kind, name), name
    assert not hasattr(akua.Operations, "create") and not hasattr(akua.Operations, "revoke")


def test_awaited(akua_sim):
    async def main():
        async with akua_sim.async_client() as client:
            launched = await client.worker_bootstraps.create(cluster_id="clu_1")
            once = await client.worker_bootstraps.create_once(cluster_id="clu_1")
            found = [one.full_id async for one in client.worker_bootstraps.list(cluster_id="clu_1")]
            revoked = await client.worker_bootstraps.revoke(launched.made)
            await client.worker_bootstraps.revoke_once(once)
            return launched, once, found, (await revoked.wait()).end

    launched, once, found, end = asyncio.run(main())
    assert launched.made.token.expose() == "joins-nothing-wbs_1" and once.command.expose()
    assert (found, end) == (["clu_1/wbs_1", "clu_1/wbs_2"], "succeeded")
