"""The capabilities of a cluster: a kind of which there is one for each cluster, and that can only be read."""

import asyncio
import copy
import pickle

import akua
import akua.generated.collections
import pytest


@pytest.fixture
def known(client):
    """The capabilities of a cluster after a refresh."""
    client.clusters.refresh_capabilities("clu_1").wait()
    return client.capabilities.get("clu_1")


def test_nothing_is_known_before_a_refresh_has_succeeded(client):
    before = client.capabilities.get("clu_1")
    assert (before.cluster_id, before.api_groups, before.nodes, before.default_gateway) == ("clu_1", [], [], None)
    assert before.freshness.state is akua.Freshness.MISSING and before.freshness.max_age_seconds == 300
    unknown = ("age_seconds", "last_successful_at", "last_successful_at_unix", "last_refresh_status", "last_refresh_error")
    assert [getattr(before.freshness, name) for name in unknown] == [None] * 5
    launched = client.clusters.refresh_capabilities("clu_1")
    meanwhile = client.capabilities.get(before).freshness
    assert (meanwhile.state, meanwhile.last_refresh_status) == ("missing", akua.RefreshStatus.RUNNING)
    launched.wait()
    after = client.capabilities.get("clu_1")
    assert (after.freshness.state, after.freshness.last_refresh_status) == ("fresh", "SUCCESS")
    assert after.freshness.last_successful_at.timestamp() == after.freshness.last_successful_at_unix
    assert after.storage_classes[0]["is_default"] is True and after != before
    assert repr(after) == "ClusterCapabilities(cluster_id='clu_1')"
    assert repr(after.freshness) == "CapabilitiesFreshness(state='fresh', last_refresh_status='SUCCESS')"
    with pytest.raises(akua.NotFoundError):
        client.capabilities.get("clu_9")


def test_a_server_that_does_not_say_how_old_they_are_is_believed(client, akua_sim):
    akua_sim.control({"op": "contract", "set": {"freshness": False, "extra_properties": {"zones": ["a"]}}})
    shown = client.capabilities.get("clu_1")
    assert shown.freshness is None and "freshness" not in shown.to_dict()
    assert shown.unknown == {"zones": ["a"]} and shown.to_dict()["zones"] == ["a"]


def test_what_was_read_is_shown_copied_and_pickled_with_the_id(known):
    shown = known.to_dict()
    assert shown["cluster_id"] == "clu_1" and shown["freshness"]["last_refresh_error"] is None
    for again in (pickle.loads(pickle.dumps(known)), copy.deepcopy(known), akua.ClusterCapabilities.from_dict(shown)):
        assert again == known and hash(again) == hash(known) and again.freshness == known.freshness
    table = known._repr_html_()
    assert "ClusterCapabilities clu_1</caption>" in table and "standard" in table and "fresh" in table
    without = {name: value for name, value in shown.items() if name != "cluster_id"}
    with pytest.raises(akua.ValidationError, match="cluster_id"):
        akua.ClusterCapabilities.from_dict(without)


@pytest.mark.parametrize("kind", [akua.Capabilities, akua.generated.collections.AsyncCapabilities])
def test_they_can_only_be_read(kind):
    assert callable(kind.get)
    for name in ("list", "update", "edit", "edit_with", "delete", "delete_once", "fleet", "suspend", "wait_settled", "kubeconfig", "wait"):
        assert not hasattr(kind, name), name


def test_what_is_no_cluster_s_id_is_refused_before_it_is_sent(client, akua_sim):
    before = len(akua_sim.log())
    for wrong in ("", "a/b", "x" * 55):
        with pytest.raises(akua.ValidationError):
            client.capabilities.get(wrong)
    for wrong in (None, 5, client.clusters):
        with pytest.raises(TypeError, match="ClusterCapabilities or its id"):
            client.capabilities.get(wrong)
    assert len(akua_sim.log()) == before


def test_the_asynchronous_client_has_the_same(akua_sim):
    async def main():
        async with akua_sim.async_client() as client:
            launched = await client.clusters.refresh_capabilities("clu_1")
            await launched.wait()
            capabilities = await client.capabilities.get("clu_1")
            assert await client.capabilities.get(capabilities) is not capabilities
            assert repr(client.capabilities).startswith("<akua.AsyncCapabilities of")
            return capabilities.freshness.state

    assert asyncio.run(main()) == "fresh"
