"""Whatever is printed for a person shows what is in it, and does nothing: no text from elsewhere clears a screen, forges a
line, or turns the direction of what follows."""

import asyncio
import logging
import re
import warnings

import akua
import pytest
from akua.fleet import Plan
from test_async import until_held

ACTS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff]")
EVIL = "a\x1b[2Jb\r\nforged\tc\u202ed\x9b2J\u2066e\u2028f</td><script>g"


def tame(text):
    """It acts in no way, and none of its lines is forged."""
    assert ACTS.search(text) is None, repr(text)
    assert not any(line.startswith(("forged", "more")) for line in text.splitlines()), text
    return text


@pytest.fixture
def evil(akua_sim):
    """A simulator in which everything that can hold such a text does."""
    akua_sim.write("clu_1", name=EVIL, state=EVIL, **{f"extra {EVIL}": {EVIL: [EVIL]}})
    akua_sim.write("ws_1", kind="workspace", name=EVIL, slug=EVIL, plan={"tier": EVIL, EVIL: 1})
    akua_sim.control({"op": "seed", "resources": [{"kind": "cluster", "id": "\u202e\u2066x", "set": {"name": EVIL}}]})
    return akua_sim


def test_d_reprs(client, evil):
    cluster, workspace = client.clusters.get("clu_1"), client.workspaces.get("ws_1")
    edited = client.clusters.edit(cluster, name=EVIL + "x")
    for shown in (
        cluster,
        cluster.state,
        workspace,
        workspace.plan,
        edited,
        next(client.clusters.list().pages()),
        client.clusters.list(),
        client,
        client.clusters,
        evil,
        Plan.patches({"clu_1": {"name": EVIL}}),
        Plan.where(lambda each: True, {"name": EVIL}, name=EVIL, version=EVIL),
    ):
        assert ACTS.search(repr(shown)) is None, repr(repr(shown))
        assert len(repr(shown).splitlines()) == 1
    assert repr(akua.ClusterState(EVIL)) == f"<ClusterState: {EVIL!r}>"
    assert repr(akua.ClusterState.ACTIVE) == "<ClusterState.ACTIVE: 'active'>"


def test_d_tables_in_notebooks(client, evil):
    cluster = client.clusters.get("clu_1")
    evil.write("clu_1", name=EVIL + "theirs")
    with pytest.raises(akua.ConflictError) as caught:
        client.clusters.edit(cluster, name=EVIL + "ours")
    for shown in (
        cluster,
        client.workspaces.get("ws_1"),
        next(client.clusters.list().pages()),
        client.clusters.edit(caught.value.resource, name=EVIL),
        caught.value,
    ):
        text = tame(shown._repr_html_())
        assert r"a\u{1b}[2Jb\r\nforged\tc\u{202e}d" in text
        assert "&lt;script&gt;" in text and "<script>" not in text


def test_d_messages_and_stories(client, evil):
    cluster = client.clusters.get("clu_1")
    evil.write("clu_1", name=EVIL + "theirs")
    with pytest.raises(akua.ConflictError) as caught:
        client.clusters.edit(cluster, name=EVIL + "ours")
    tame(str(caught.value))
    tame(caught.value.explain())
    tame(caught.value._repr_html_())
    tame(client.clusters.edit(caught.value.resource, name=EVIL).explain())
    for message in (EVIL, f"{EVIL}\nmore"):
        evil.inject({"carried_out": "no", "answer": {"status": 422, "set": {"/errors/0/message": message}}}, method="PATCH")
        with pytest.raises(akua.RejectedError) as caught:
            client.clusters.edit("clu_1", name="x")
        tame(str(caught.value))
        # As data it is what the server said.
        assert caught.value.server_errors[0].message == message
        tame(repr(caught.value.server_errors))
        tame(repr(caught.value))


def test_d_an_id_in_a_message(client, evil):
    id = "\u202e\u2066x"
    for call in (
        lambda: client.clusters.get(id + "y"),
        lambda: client.clusters.edit(id + "y", name="x"),
        lambda: client.clusters.update(id + "y", if_match="1", name="x"),
        lambda: client.clusters.update(id, if_match="1", name="x"),
        lambda: client.clusters.edit(client.clusters.get(id), name=""),
    ):
        with pytest.raises(akua.AkuaError) as caught:
            call()
        tame(str(caught.value))
    tame(client.clusters.edit(id, name="x").explain())


def test_d_a_name_of_an_argument(client):
    for given in ({EVIL: 1}, {"contract": {EVIL: True}}):
        with pytest.raises((TypeError, akua.ValidationError)) as caught:
            akua.Client(token="t", use_env=False, **given)
        tame(str(caught.value))
    for call in (client.clusters.edit, client.clusters.update, client.clusters.get):
        with pytest.raises(TypeError) as caught:
            call("clu_1", **{EVIL: "x"})
        tame(str(caught.value))
    kind = type(EVIL.replace("\x00", ""), (), {})
    with pytest.raises(TypeError) as caught:
        client.clusters.get(kind())
    tame(str(caught.value))


def test_d_a_cancelled_write_and_a_note(evil):
    async def cancelled():
        async with evil.async_client() as client:
            evil.inject({"hold": "until_released"}, method="PATCH")
            raised = []

            # Where it is raised: CPython 3.10 gives who waits for the task another one.
            async def edit():
                with pytest.raises(asyncio.CancelledError) as caught:
                    await client.clusters.edit("\u202e\u2066x", name="x")
                raised.append(caught.value)

            task = asyncio.ensure_future(edit())
            await until_held(evil)
            task.cancel()
            await task
            return raised[0]

    error = asyncio.run(cancelled())
    assert error.__cause__ is not None
    for told in (str(error.__cause__), *getattr(error, "__notes__", [])):
        tame(told)


def test_d_a_note_on_what_a_callable_raised(client, evil):
    def change(cluster):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        client.clusters.edit_with("\u202e\u2066x", change)
    for note in getattr(caught.value, "__notes__", []):
        tame(note)


def test_d_the_log(client, evil, caplog):
    caplog.set_level(logging.DEBUG, logger="akua")
    evil.inject({"answer": {"status": 503, "headers": {"retry-after": "0"}}, "carried_out": "no"}, method="GET")
    client.clusters.get("\u202e\u2066x")
    client.clusters.edit("clu_1", name=EVIL)
    assert caplog.records
    for record in caplog.records:
        tame(record.getMessage())


def test_d_warnings(evil):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        evil.client().clusters.get("clu_1")
    for warning in caught:
        tame(str(warning.message))
