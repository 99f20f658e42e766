"""Resources: immutable values that say what the answer said."""

import copy
import datetime
import decimal
import enum
import json
import pickle

import akua
import pytest

CLUSTER = {
    "id": "clu_1",
    "name": "prod",
    "workspace_id": "ws_1",
    "state": "active",
    "provider": "managed_kaas",
    "reconciling": False,
    "created_at": 1_700_000_000,
    "updated_at": 1_700_000_001,
    "etag": "42",
}
WORKSPACE = {
    "id": "ws_1",
    "name": "team",
    "slug": "team-blue",
    "plan": {"tier": "free", "billed_by": "platform", "seats": 3},
    "workspace_class": "sandbox",
    "created_at": "2023-11-07T05:31:56.25Z",
    "updated_at": 1,
    "etag": "8",
}


def cluster(**changes):
    return akua.Cluster.from_dict({**CLUSTER, **changes})


def workspace(**changes):
    return akua.Workspace.from_dict({**WORKSPACE, **changes})


@pytest.mark.parametrize("resource", [cluster(), workspace()], ids=["cluster", "workspace"])
def test_attributes_cannot_be_changed(resource):
    for name in ("name", "etag", "anything"):
        with pytest.raises(AttributeError):
            setattr(resource, name, "x")
        with pytest.raises(AttributeError):
            delattr(resource, name)


def test_attributes():
    one = cluster(html_url="https://akua.dev/x", extra=[1, {"a": None}])
    assert (one.id, one.name, one.workspace_id, one.etag) == ("clu_1", "prod", "ws_1", "42")
    assert (one.html_url, one.reconciling, one.unknown) == ("https://akua.dev/x", False, {"extra": [1, {"a": None}]})
    assert cluster().html_url is None
    two = workspace()
    assert (two.slug, two.plan.tier, two.plan.billed_by, two.workspace_class) == (
        "team-blue",
        "free",
        "platform",
        "sandbox",
    )
    assert two.plan.unknown == {"seats": 3}
    assert workspace(plan={}).plan.tier is None
    assert workspace(plan={}).plan.billed_by is None


def test_equality_and_hash():
    assert cluster() == cluster()
    assert cluster() != cluster(etag="43")
    assert cluster() != cluster(extra=1)
    assert cluster() != "clu_1"
    assert cluster().__eq__(workspace()) is NotImplemented
    assert len({cluster(), cluster(), cluster(etag="43")}) == 2
    assert workspace().plan == workspace(etag="9").plan
    assert len({workspace().plan, workspace(etag="9").plan}) == 1
    with pytest.raises(TypeError):
        cluster() < cluster()


def test_repr_shows_what_matters():
    assert repr(cluster()) == "Cluster(id='clu_1', name='prod', state='active', etag='42')"
    assert repr(cluster(reconciling=True)).endswith("etag='42', reconciling=True)")
    assert repr(cluster(name="it's \"é\"\n")) == (
        "Cluster(id='clu_1', name='it\\'s \"é\"\\n', state='active', etag='42')"
    )
    assert repr(workspace()) == "Workspace(id='ws_1', name='team', slug='team-blue', etag='8')"
    assert repr(workspace().plan) == "WorkspacePlan(tier='free', billed_by='platform')"
    assert repr(workspace(plan={}).plan) == "WorkspacePlan()"


@pytest.mark.parametrize(
    "resource",
    [
        cluster(),
        cluster(html_url="x", state="melting", extra={"deep": [1.5, None, True, "é"]}),
        cluster(created_at=-(2**63), updated_at=2**64 - 1),
        workspace(),
        workspace(plan={}, created_at=0.1),
        workspace().plan,
    ],
)
def test_what_is_written_can_be_read_again(resource):
    assert pickle.loads(pickle.dumps(resource)) == resource
    assert copy.deepcopy(resource) == resource
    assert type(resource).from_dict(resource.to_dict()) == resource


def test_to_dict_and_to_json_are_the_answer(client):
    for resource, wire in (
        (cluster(extra={"deep": [1, None]}), {**CLUSTER, "extra": {"deep": [1, None]}}),
        (workspace(), WORKSPACE),
    ):
        assert resource.to_dict() == wire
        assert json.loads(resource.to_json()) == wire
    # In the order of the documentation, and the same in both.
    read = client.clusters.get("clu_1")
    assert list(read.to_dict()) == list(json.loads(read.to_json()))
    assert list(read.to_dict())[:3] == ["id", "html_url", "name"]
    read = client.workspaces.get("ws_1")
    assert list(read.to_dict()) == list(json.loads(read.to_json()))


def test_replace_makes_a_copy():
    one = cluster()
    two = one.__replace__(name="dev", reconciling=True)
    assert (one.name, two.name, two.reconciling) == ("prod", "dev", True)
    assert two.etag == one.etag
    assert one.__replace__() == one
    if hasattr(copy, "replace"):
        assert copy.replace(one, name="dev").name == "dev"
    with pytest.raises(akua.ValidationError, match="cluster"):
        one.__replace__(reconciling="perhaps")
    with pytest.raises(TypeError, match="JSON"):
        one.__replace__(name=object())


@pytest.mark.parametrize("broken", [{}, {**CLUSTER, "name": 7}, {**CLUSTER, "id": ""}, {**CLUSTER, "etag": None}])
def test_from_dict_refuses_what_no_answer_could_be(broken):
    with pytest.raises(akua.ValidationError):
        akua.Cluster.from_dict(broken)


def test_a_kubeconfig_is_never_kept():
    assert "kubeconfig" not in cluster(kubeconfig="secret").to_dict()


def test_states_are_str_enumerations():
    state = cluster().state
    assert state is akua.ClusterState.ACTIVE
    assert state == "active"
    assert isinstance(state, str)
    assert (str(state), f"{state}", json.dumps(state)) == ("active", "active", '"active"')
    assert state.is_known
    assert {member.value for member in akua.ClusterState} == {
        "pending",
        "provisioning",
        "active",
        "suspended",
        "deleting",
    }
    assert cluster().provider is akua.Provider.MANAGED_KAAS
    assert workspace().workspace_class is akua.WorkspaceClass.SANDBOX
    assert workspace().plan.billed_by is akua.BilledBy.PLATFORM
    assert workspace(workspace_class="standard").workspace_class is akua.WorkspaceClass("standard")


def test_a_value_that_is_not_known_is_kept():
    state = cluster(state="melting").state
    assert (state, str(state), state.value, state.name) == ("melting", "melting", "melting", "melting")
    assert isinstance(state, akua.ClusterState)
    assert not state.is_known
    assert cluster(state="melting").state is state
    assert state != akua.ClusterState.ACTIVE
    assert "melting" not in [member.value for member in akua.ClusterState]
    assert pickle.loads(pickle.dumps(state)) is state
    with pytest.raises(ValueError, match="7"):
        akua.ClusterState(7)


def by_name(self, protocol):
    """How enumerations pickle in CPython 3.11.0 to 3.11.3."""
    return getattr, (type(self), self._name_)


@pytest.mark.parametrize("usual", [enum.Enum.__reduce_ex__, by_name], ids=["as this Python does it", "by name"])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_c19_a_value_that_is_not_known_survives_pickling_on_every_python(monkeypatch, usual, protocol):
    monkeypatch.setattr(enum.Enum, "__reduce_ex__", usual)
    for value in (
        cluster(state="melting").state,
        cluster().state,
        cluster(provider="own metal").provider,
        workspace(workspace_class="").workspace_class,
        workspace(plan={"billed_by": "nobody", "id": "x"}).plan.billed_by,
    ):
        assert pickle.loads(pickle.dumps(value, protocol)) is value
        assert copy.copy(value) is value
        assert copy.deepcopy({"kept": [value]}) == {"kept": [value]}
        assert copy.deepcopy(value) is value


UTC = datetime.timezone.utc


@pytest.mark.parametrize(
    ("raw", "moment", "unix"),
    [
        (0, datetime.datetime(1970, 1, 1, tzinfo=UTC), 0),
        (-1, datetime.datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), -1),
        (1.5, datetime.datetime(1970, 1, 1, 0, 0, 1, 500000, tzinfo=UTC), 1.5),
        (0.1, datetime.datetime(1970, 1, 1, 0, 0, 0, 100000, tzinfo=UTC), 0.1),
        (-62135596800, datetime.datetime(1, 1, 1, tzinfo=UTC), -62135596800),
        (253402300799, datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), 253402300799),
        ("2023-11-07T05:31:56.25Z", datetime.datetime(2023, 11, 7, 5, 31, 56, 250000, tzinfo=UTC), 1699335116),
        ("2023-11-07T06:31:56+01:00", datetime.datetime(2023, 11, 7, 5, 31, 56, tzinfo=UTC), 1699335116),
    ],
)
def test_timestamps(raw, moment, unix):
    one = workspace(created_at=raw, updated_at=raw)
    assert one.created_at == moment
    assert one.created_at.tzinfo is not None
    assert (one.created_at_unix, type(one.created_at_unix)) == (unix, type(unix))
    assert one.updated_at == moment
    assert one.updated_at_unix == unix
    assert one.to_dict()["created_at"] == raw


@pytest.mark.parametrize("raw", [-62135596801, 253402300800, 2**63 - 1, -(2**63), 2**64 - 1, 1e300, -1e18])
def test_a_time_that_no_datetime_can_hold_keeps_its_number(raw):
    one = cluster(created_at=raw)
    assert one.created_at_unix == raw
    assert one.to_dict()["created_at"] == raw
    assert "clu_1" in repr(one)
    with pytest.raises(OverflowError, match="created_at_unix"):
        one.created_at


def test_they_can_be_matched():
    match cluster():
        case akua.Cluster(id=id, state=akua.ClusterState.ACTIVE):
            assert id == "clu_1"
        case _:
            pytest.fail("no match")


UNUSUAL = {
    "big": (10**40, str(10**40)),
    "below": (-(2**64) - 1, str(-(2**64) - 1)),
    "beyond": (decimal.Decimal("1E+400"), "1E+400"),
    "half": ("a\ud800", r'"a\ud800"'),
    "inside": ([{"n": 2**64}, 1.5, None], '[{"n":18446744073709551616},1.5,null]'),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_d_what_no_number_of_64_bits_and_no_utf_8_can_hold_survives(name):
    value, text = UNUSUAL[name]
    made = cluster(**{name: value})
    assert made.unknown == {name: value}
    assert made.to_dict()[name] == value and type(made.to_dict()[name]) is type(value)
    assert f'"{name}":{text}' in made.to_json()
    again = pickle.loads(pickle.dumps(made))
    assert again == made and again.to_json() == made.to_json()
    assert made.__replace__(name="other").unknown == {name: value}


def test_d_what_python_cant_take_apart_is_its_text():
    digits = cluster(n=decimal.Decimal("1" * 5000))
    assert digits.unknown["n"] == "1" * 5000


@pytest.mark.parametrize("seconds", [1795899017.5, 10**40, -1])
def test_d_a_time_of_any_number_is_kept(seconds):
    made = cluster(created_at=seconds)
    assert made.created_at_unix == seconds == made.to_dict()["created_at"]
    assert pickle.loads(pickle.dumps(made)) == made
