"""The compute settings of a cluster: one more kind, of which there is one for each cluster."""

import asyncio
import copy
import pickle

import akua
import akua.generated.collections
import pytest


def test_they_are_read_by_the_id_of_their_cluster_and_have_an_etag_of_their_own(client):
    settings = client.compute_settings.get("clu_1")
    assert (settings.cluster_id, settings.auto_scaling, settings.max_machines) == ("clu_1", "active", 10)
    assert settings.auto_scaling is akua.AutoScaling.ACTIVE
    assert settings.etag != client.clusters.get("clu_1").etag
    assert client.compute_settings.get(settings) == settings
    assert repr(settings).startswith("ClusterComputeSettings(cluster_id='clu_1', auto_scaling='active', etag='")
    with pytest.raises(akua.NotFoundError):
        client.compute_settings.get("clu_9")


def test_what_was_read_is_copied_and_pickled_with_the_id(client):
    settings = client.compute_settings.get("clu_1")
    assert settings.to_dict()["cluster_id"] == "clu_1"
    for again in (
        pickle.loads(pickle.dumps(settings)),
        copy.deepcopy(settings),
        akua.ClusterComputeSettings.from_dict(settings.to_dict()),
    ):
        assert again == settings and hash(again) == hash(settings)
    assert settings != client.compute_settings.get("clu_2")
    without = {name: value for name, value in settings.to_dict().items() if name != "cluster_id"}
    with pytest.raises(akua.ValidationError, match="cluster_id"):
        akua.ClusterComputeSettings.from_dict(without)


def test_an_update_sends_one_request_under_the_etag_that_was_seen(client, akua_sim):
    settings = client.compute_settings.get("clu_1")
    changed = client.compute_settings.update(settings, auto_scaling="paused", max_machines=5)
    assert (changed.cluster_id, changed.auto_scaling, changed.max_machines) == ("clu_1", "paused", 5)
    with pytest.raises(akua.ConflictError) as raised:
        client.compute_settings.update(settings, max_machines=6)
    assert raised.value.base == {"max_machines": "10"} and not raised.value.may_have_taken_effect
    by_id = client.compute_settings.update("clu_1", if_match=changed.etag, auto_scaling=akua.AutoScaling.ACTIVE)
    assert by_id.auto_scaling == "active"
    sent = [entry for entry in akua_sim.log() if entry["method"] == "PATCH"]
    assert [entry["target"] for entry in sent] == ["/v1/clusters/clu_1/compute_settings"] * 3
    assert all(entry["idempotency_key"] is None for entry in sent)


def test_an_edit_merges_and_never_overwrites(client):
    seen = client.compute_settings.get("clu_1")
    client.compute_settings.update("clu_1", if_match=seen.etag, max_machines=20)
    result = client.compute_settings.edit(seen, auto_scaling="paused")
    assert (result.changed, result.resource.auto_scaling, result.resource.max_machines) == (True, "paused", 20)
    with pytest.raises(akua.ConflictError) as raised:
        client.compute_settings.edit(seen, max_machines=5)
    error = raised.value
    assert (error.base, error.ours, error.theirs) == ({"max_machines": "10"}, {"max_machines": "5"}, {"max_machines": "20"})
    assert client.compute_settings.edit("clu_1", max_machines=20).changed is False
    counted = client.compute_settings.edit_with("clu_1", lambda settings: {"max_machines": settings.max_machines + 1})
    assert counted.resource.max_machines == 21
    assert "clu_1" in result._repr_html_()


def test_a_lost_answer_lands_once_and_a_kept_token_tells(client, akua_sim):
    akua_sim.inject({"answer": {"status": 503}}, method="PATCH")
    kept = []
    result = client.compute_settings.edit("clu_1", max_machines=7, keep_resume_token=kept.append)
    assert (result.changed, result.proof) == (True, "observed")
    again = client.resolve(kept[0])
    assert again.changed and again.resource == client.compute_settings.get("clu_1")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"max_machines": 101}, "max_machines"),
        ({"max_machines": -1}, "max_machines"),
        ({"auto_scaling": "stopped"}, "auto_scaling"),
        ({}, "patch"),
    ],
)
def test_what_can_not_be_written_is_refused_before_it_is_sent(client, akua_sim, fields, named):
    before = len(akua_sim.log())
    for call in (
        lambda: client.compute_settings.update("clu_1", if_match="cs-1-1", **fields),
        lambda: client.compute_settings.edit("clu_1", **fields),
    ):
        with pytest.raises(akua.ValidationError) as raised:
            call()
        assert [problem.field for problem in raised.value.problems] == [named]
    for wrong in ({"max_machines": "5"}, {"max_machines": True}, {"auto_scaling": True}, {"machines": 3}):
        with pytest.raises(TypeError):
            client.compute_settings.edit("clu_1", **wrong)
    with pytest.raises(TypeError, match="auto_scaling, max_machines"):
        client.compute_settings.edit("clu_1", auto_scaling_enabled=True)
    with pytest.raises(akua.ValidationError, match="not taken for compute settings"):
        client.compute_settings.update("clu_1", if_match="cs-1-1", idempotency_key="k", max_machines=1)
    assert len(akua_sim.log()) == before


@pytest.mark.parametrize("kind", [akua.ComputeSettings, akua.generated.collections.AsyncComputeSettings])
def test_there_are_none_to_list_and_none_to_delete(kind):
    for name in ("list", "delete", "delete_once", "fleet", "suspend", "wait_settled", "kubeconfig"):
        assert not hasattr(kind, name), name


def test_the_asynchronous_client_has_the_same(akua_sim):
    async def main():
        async with akua_sim.async_client() as client:
            settings = await client.compute_settings.get("clu_1")
            changed = await client.compute_settings.update(settings, auto_scaling="paused")
            result = await client.compute_settings.edit(changed, max_machines=5)

            async def one_more(current):
                return {"max_machines": current.max_machines + 1}

            counted = await client.compute_settings.edit_with("clu_1", one_more)
            assert repr(client.compute_settings).startswith("<akua.AsyncComputeSettings of")
            return changed.auto_scaling, result.resource.max_machines, counted.resource.max_machines

    assert asyncio.run(main()) == ("paused", 5, 6)
