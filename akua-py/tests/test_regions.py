"""Regions: a kind that can only be listed."""

import asyncio
import pickle

import akua
import akua.generated.collections
import pytest


@pytest.fixture
def seeded(akua_sim):
    resources = [{"kind": "region", "id": f"reg_{number}", "set": {"zone": {"a": [number]}}} for number in (1, 2, 3)]
    akua_sim.control({"op": "seed", "resources": resources})
    return akua_sim


def test_all_are_listed_page_by_page(client, seeded):
    regions = list(client.regions.list(page_size=2))
    assert [region.id for region in regions] == ["reg_1", "reg_2", "reg_3"]
    assert [entry["target"].partition("&")[0] for entry in seeded.log()] == ["/v1/regions?limit=2"] * 2
    assert repr(regions[0]) == "Region(id='reg_1')" and regions[0].name == "region 1"
    assert regions[0].unknown == {"zone": {"a": [1]}} and regions[0].to_dict()["zone"] == {"a": [1]}
    assert [row["name"] for row in client.regions.list().to_dicts()] == ["region 1", "region 2", "region 3"]
    again = pickle.loads(pickle.dumps(regions[0]))
    assert again == regions[0] and hash(again) == hash(regions[0]) and akua.Region.from_dict(again.to_dict()) == again
    assert akua.Region.from_dict({"id": "reg_9"}).name is None
    # The other way round than a cluster says it.
    client.clusters.edit("clu_1", region_id=regions[1].id)


@pytest.mark.parametrize("kind", [akua.Regions, akua.generated.collections.AsyncRegions])
def test_nothing_else_can_be_done_with_one(kind):
    for name in ("get", "update", "edit", "edit_with", "delete", "fleet", "wait", "kubeconfig"):
        assert not hasattr(kind, name), name


def test_bad_input_is_refused_before_anything_is_sent(client, seeded):
    before = len(seeded.log())
    for wrong in ({"page_size": 0}, {"page_size": 101}, {"context": ""}, {"timeout": -1}):
        with pytest.raises(akua.ValidationError):
            list(client.regions.list(**wrong))
    with pytest.raises(TypeError, match="unexpected keyword argument 'owner_type'"):
        client.regions.list(owner_type="cluster", owner_id="clu_1")
    assert len(seeded.log()) == before


def test_awaited(seeded):
    async def main():
        async with seeded.async_client() as client:
            found = [region.id async for region in client.regions.list(page_size=1)]
            return found, repr(client.regions)

    found, shown = asyncio.run(main())
    assert found == ["reg_1", "reg_2", "reg_3"] and shown.startswith("<akua.AsyncRegions of ")
