"""Operations: a kind that can only be read."""

import asyncio
import pickle

import akua
import akua.generated.collections
import pytest

FAILED = {"state": "FAILED", "error": {"message": "no machines"}, "last_error": {"message": "quota", "step_name": "allocate"}}


@pytest.fixture
def seeded(akua_sim):
    """`op_1` has failed, `op_2` is under way and about another cluster."""
    resources = [
        {"kind": "operation", "id": "op_1", "set": {"owner_id": "clu_1", **FAILED}},
        {"kind": "operation", "id": "op_2", "set": {"owner_id": "clu_2"}},
    ]
    akua_sim.control({"op": "seed", "resources": resources})
    return akua_sim


def targets(simulator):
    return [entry["target"] for entry in simulator.log()]


def test_one_is_read(client, seeded):
    failed = client.operations.get("op_1")
    assert (failed.state, failed.done, failed.owner_type) == ("FAILED", True, akua.OwnerType.CLUSTER)
    assert failed.state is akua.OperationState.FAILED
    assert (failed.error.message, failed.last_error.step_name) == ("no machines", "allocate")
    assert failed.completed_at >= failed.started_at
    assert failed.metadata["type"] == "cluster.suspend"
    assert [step["name"] for step in failed.steps] == ["drain"]
    running = client.operations.get("op_2")
    assert (running.done, running.error, running.response, running.completed_at) == (False, None, None, None)
    assert running.completed_at_unix is None
    assert repr(failed) == "Operation(id='op_1', state='FAILED', owner_id='clu_1', done=True)"
    assert repr(failed.error) == "OperationFailure(message='no machines')"
    for one in (failed, running):
        again = pickle.loads(pickle.dumps(one))
        assert again == one and again.to_json() == one.to_json() and hash(again) == hash(one)
        assert one.to_dict()["organization_id"] is None and akua.Operation.from_dict(one.to_dict()) == one
        assert client.operations.get(one) == one


def test_a_list_can_be_about_one_owner(client, seeded):
    assert [one.id for one in client.operations.list()] == ["op_2", "op_1"]
    mine = client.operations.list(owner_type=akua.OwnerType.CLUSTER, owner_id="clu_1", page_size=1)
    assert [(one.id, one.steps) for one in mine] == [("op_1", None)]
    assert targets(seeded)[-1] == "/v1/operations?owner_type=cluster&owner_id=clu_1&limit=1"
    assert len(list(client.operations.list(owner_type=None, owner_id=None))) == 2


@pytest.mark.parametrize(
    ("owner", "missing"), [({"owner_type": "cluster"}, "owner_id"), ({"owner_id": "clu_1"}, "owner_type")]
)
def test_an_owner_is_a_type_and_an_id(client, seeded, owner, missing):
    with pytest.raises(akua.ValidationError, match="owner_type and owner_id go together") as caught:
        client.operations.list(**owner)
    assert [problem.field for problem in caught.value.problems] == [missing]
    assert targets(seeded) == []
    with pytest.raises(TypeError, match="argument 'owner_id': expected str, not int"):
        client.operations.list(owner_type="cluster", owner_id=1)
    with pytest.raises(TypeError, match="unexpected keyword argument 'owner_type'"):
        client.clusters.list(owner_type="cluster", owner_id="clu_1")


@pytest.mark.parametrize("kind", [akua.Operations, akua.generated.collections.AsyncOperations])
def test_nothing_changes_one(kind):
    for name in ("update", "edit", "edit_with", "fleet", "wait_settled"):
        assert not hasattr(kind, name)


def test_awaited(seeded):
    async def main():
        async with seeded.async_client() as client:
            one = await client.operations.get("op_1")
            mine = [found.id async for found in client.operations.list(owner_type="cluster", owner_id="clu_2")]
            return one.state, mine, repr(client.operations)

    state, mine, shown = asyncio.run(main())
    assert (state, mine) == ("FAILED", ["op_2"])
    assert shown.startswith("<akua.AsyncOperations of ")
