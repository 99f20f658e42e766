"""What is there with the answer: imports of clusters and new workspaces. Sent once, looked for after a lost answer, and the same
awaited; and no word of a kubeconfig anywhere."""

import asyncio
import base64
import copy
import logging
import pickle
import re
import traceback

import akua
import pytest
from akua._aio import _landed
from test_async import became, until_held

KUBECONFIG = "a-kubeconfig-that-nobody-may-see"
EDGE = {"name": "edge", "region_id": "reg_1", "kubeconfig": KUBECONFIG}
TEAM = {"name": "Team Blue", "slug": "team-blue"}
LOST = {"delivery": {"send": "nothing", "end": "reset"}}
# Each call: the kind of the launch, its calls, its name, what it is given, and where it is sent.
CALLS = {
    "import_cluster": ("clusters", "import_cluster", EDGE, "/v1/clusters:import"),
    "create_workspace": ("workspaces", "create", TEAM, "/v1/workspaces"),
}
each = pytest.mark.parametrize("kind", CALLS)


def call(client, kind, form=""):
    calls, name, _, _ = CALLS[kind]
    return getattr(getattr(client, calls), name + form)


def new(kind):
    return CALLS[kind][2]


def sent(sim):
    """The requests that may have made something."""
    return [entry for entry in sim.log() if entry["create"] is not None]


def called(client, kind):
    return [one.id for one in getattr(client, CALLS[kind][0]).list() if one.name == new(kind)["name"]]


def lose(sim, kind, times=1):
    sim.control({"op": "inject", "fault": {"match": {"create": kind}, "times": times, **LOST}})


def somebody_else(sim, kind, **set):
    """Makes one at the same time, just before ours."""
    make = {"create": {"create": kind, "set": set}}
    sim.control({"op": "script", "script": {"when": "before", "match": {"create": kind}, "then": make}})


@each
def test_it_is_made_with_the_answer(client, akua_sim, kind):
    kept = []
    launched = call(client, kind)(**new(kind), keep_resume_token=kept.append)
    assert (launched.kind, launched.name, launched.end, launched.proof) == (kind, new(kind)["name"], "applied", "acknowledged")
    assert (launched.operation, launched.token, launched.candidates, launched.wait()) == (None, None, (), None)
    assert (launched.changed, launched.attempts, launched.requests) == (True, 1, 1)
    assert (launched.made.id, launched.made.name, launched.made.etag) == (launched.id, launched.name, launched.seen_etag)
    assert f": applied: made as {launched.id}\n" in launched.explain()
    [entry] = sent(akua_sim)
    assert (entry["method"], entry["target"], entry["created"]) == ("POST", CALLS[kind][3], launched.id)
    # A key goes along where one is taken.
    assert len(entry["idempotency_key"] or "") == (32 if kind == "import_cluster" else 0) and entry["if_match"] is None
    # Before the first byte, and not again: nothing is left to be waited for.
    assert len(kept) == 1 and kept[0].startswith("akua-resume-2.")


@each
def test_it_can_be_kept_compared_and_shown(client, kind):
    launched = call(client, kind)(**new(kind))
    again = pickle.loads(pickle.dumps(launched))
    assert again == copy.deepcopy(launched) == launched and again.made == launched.made and hash(again) == hash(launched)
    assert repr(launched).startswith(f"Launched(kind='{kind}', id='{launched.id}', end='applied'")
    assert f"{kind} {launched.id}: applied" in launched._repr_html_()


def test_what_can_not_be_read_is_made_all_the_same(client, akua_sim):
    akua_sim.inject({"answer": {"remove": ["name"]}}, method="POST")
    launched = client.workspaces.create(**TEAM)
    assert (launched.made, launched.end, launched.changed) == (None, "applied", True)
    assert launched.id == sent(akua_sim)[0]["created"]


@each
def test_after_a_lost_answer_it_is_only_looked_for(client, akua_sim, kind):
    lose(akua_sim, kind)
    with pytest.raises(akua.IndeterminateError) as unknown:
        call(client, kind)(**new(kind))
    assert (unknown.value.end, unknown.value.attempts, unknown.value.may_still_land) == ("indeterminate", 1, True)
    assert unknown.value.candidates == tuple(called(client, kind))
    # Whoever settles it sends nothing either.
    for mode in ("finish", "look"):
        with pytest.raises(akua.IndeterminateError) as still:
            client.resolve(unknown.value.resume_token, mode=mode)
        assert still.value.candidates == unknown.value.candidates
    assert len(sent(akua_sim)) == 1


def test_a_namesake_is_a_candidate_and_nothing_is_taken_for_ours(client, akua_sim):
    somebody_else(akua_sim, "import_cluster", name="edge", region_id="reg_1")
    lose(akua_sim, "import_cluster")
    with pytest.raises(akua.IndeterminateError) as unknown:
        client.clusters.import_cluster(**EDGE)
    assert len(unknown.value.candidates) == 2 and unknown.value.candidates == tuple(called(client, "import_cluster"))


def test_workspaces_that_are_called_so_are_candidates_where_the_token_sees_them(akua_sim):
    old = akua_sim.control({"op": "create", "create": "create_workspace", "set": {"name": "Team Blue"}})["id"]
    akua_sim.write(old, kind="workspace", created_at=1700000000)
    somebody_else(akua_sim, "create_workspace", name="Team Blue")
    lose(akua_sim, "create_workspace")
    with akua_sim.client(token=akua_sim.broad_token, context="ws_1") as client:
        with pytest.raises(akua.IndeterminateError) as unknown:
            client.workspaces.create(name="Team Blue")
        # Not one that has been there for long.
        assert set(unknown.value.candidates) == set(called(client, "create_workspace")) - {old}
        assert len(unknown.value.candidates) == 2 and len(sent(akua_sim)) == 1


@pytest.mark.parametrize("kind", ["create_cluster", *CALLS])
def test_a_token_is_taken_up_in_another_process(akua_sim, python, kind):
    made = EDGE if kind != "create_workspace" else TEAM
    lose(akua_sim, kind, "forever")
    with akua_sim.client() as client:
        make = client.clusters.create if kind == "create_cluster" else call(client, kind)
        with pytest.raises(akua.IndeterminateError) as unknown:
            make(**{name: value for name, value in made.items() if kind != "create_cluster" or name != "kubeconfig"}, timeout=1.5)
    akua_sim.clear()
    before = len(sent(akua_sim))
    program = """
        import sys, akua

        client = akua.Client(base_url=sys.argv[1], token=sys.argv[2], use_env=False)
        try:
            launched = client.resolve(sys.argv[3])
            print(launched.kind, launched.name, launched.operation, launched.wait().now.id)
        except akua.IndeterminateError as error:
            print(error.kind, error.candidates, error.resume_token == sys.argv[3], error.may_still_land)
        """
    done = python(program, akua_sim.url, akua_sim.token, unknown.value.resume_token)
    if kind == "create_cluster":
        # Under its key, which still counts.
        assert done.stdout == f"create_cluster edge op_1 {unknown.value.candidates[0]}\n"
        assert {entry["idempotency_key"] for entry in sent(akua_sim)} == {sent(akua_sim)[0]["idempotency_key"]}
    else:
        assert done.stdout == f"indeterminate {unknown.value.candidates} True True\n"
        assert len(sent(akua_sim)) == before == 1
    assert KUBECONFIG not in with_tokens(done.stdout + unknown.value.resume_token)
    assert ('"edge"' if made is EDGE else '"Team Blue"') in with_tokens(unknown.value.resume_token)


@each
def test_one_request_returns_what_was_made(client, akua_sim, kind):
    one = call(client, kind, "_once")(**new(kind))
    assert type(one) is (akua.Cluster if kind == "import_cluster" else akua.Workspace)
    assert (one.name, one.id) == (new(kind)["name"], sent(akua_sim)[0]["created"])
    assert sent(akua_sim)[0]["idempotency_key"] is None
    lose(akua_sim, kind)
    with pytest.raises(akua.IndeterminateError) as lost:
        call(client, kind, "_once")(**{**new(kind), **({"slug": "other"} if kind == "create_workspace" else {})})
    assert (lost.value.resume_token, lost.value.may_have_taken_effect, len(sent(akua_sim))) == ("", True, 2)


def test_a_key_of_ones_own_goes_where_one_is_taken(client, akua_sim):
    client.clusters.import_cluster_once(**EDGE, idempotency_key="mine")
    assert sent(akua_sim)[0]["idempotency_key"] == "mine"
    with pytest.raises(TypeError, match=r"create_once\(\) got an unexpected keyword argument 'idempotency_key'"):
        client.workspaces.create_once(**TEAM, idempotency_key="mine")
    assert len(sent(akua_sim)) == 1


def test_a_slug_that_is_taken_is_a_refusal(client, akua_sim):
    client.workspaces.create(**TEAM)
    with pytest.raises(akua.RejectedError) as refused:
        client.workspaces.create(**TEAM)
    assert (refused.value.end, refused.value.effect, refused.value.may_have_taken_effect) == ("rejected", "not_applied", False)
    with pytest.raises(akua.ConflictError) as conflict:
        client.workspaces.create_once(**TEAM)
    assert not conflict.value.may_have_taken_effect
    assert [entry["created"] is None for entry in sent(akua_sim)] == [False, True, True]


@each
@pytest.mark.parametrize("form", ["", "_once"])
def test_what_is_wrong_is_said_before_anything_is_sent(client, akua_sim, kind, form):
    make = call(client, kind, form)
    with pytest.raises(akua.ValidationError) as missing:
        make()
    required = {"import_cluster": {"name", "region_id", "kubeconfig"}, "create_workspace": {"name"}}
    assert {problem.field for problem in missing.value.problems} == required[kind]
    bad = {"name": ("", "é" * 101), "region_id": ("", "r" * 55), "kubeconfig": ("",), "slug": ("ab", "s" * 40)}
    for name in set(bad) & set(new(kind)):
        for wrong in bad[name]:
            with pytest.raises(akua.ValidationError) as told:
                make(**{**new(kind), name: wrong})
            assert [problem.field for problem in told.value.problems] == [name]
        with pytest.raises(TypeError, match=f"`?{name}`?.*expected str, not None"):
            make(**{**new(kind), name: None})
    noun = "cluster" if kind == "import_cluster" else "workspace"
    with pytest.raises(TypeError, match=f"unexpected keyword argument 'plan' \\(a new {noun} has: {', '.join(new(kind))}\\)"):
        make(**new(kind), plan={})
    with pytest.raises(TypeError, match="on_conflict"):
        make(**new(kind), on_conflict="fail")
    with pytest.raises(TypeError):
        make("edge")
    assert akua_sim.log() == []


def with_tokens(text):
    """The text, and what is in the tokens that it shows."""
    tokens = re.findall(r"akua-resume-\d\.([\w-]+)", text)
    return text + "".join(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("latin-1") for token in tokens)


def everything_of(error):
    """Whatever a program shows of an exception."""
    shown = [repr(error), str(error), str(vars(error)), str(pickle.dumps(error)), *traceback.format_exception(error)]
    if isinstance(error, akua.AkuaError):
        shown += [error.explain(), getattr(error, "_repr_html_", str)()]
    return with_tokens("".join(shown))


# Each trouble: what the simulator does, what is given, and how it ends.
ECHO = {"json": {"success": False, "errors": [{"code": 7, "message": f"bad {KUBECONFIG}", "path": ["body", KUBECONFIG]}]}}
TROUBLE = {
    "made": ({}, {}, None),
    "lost": (LOST, {}, akua.IndeterminateError),
    "refused in its own words": ({"carried_out": "no", "answer": {"status": 422, "body": ECHO}}, {}, akua.RejectedError),
    "lost with its own words": ({"answer": {"status": 502, "body": {"text": f"upstream: {KUBECONFIG}"}}}, {}, akua.IndeterminateError),
    "without a name": ({}, {"name": ""}, akua.ValidationError),
    "bytes": ({}, {"kubeconfig": KUBECONFIG.encode()}, TypeError),
    "nothing like it": ({}, {"plan": KUBECONFIG}, TypeError),
}


@pytest.mark.parametrize("trouble", TROUBLE)
@pytest.mark.parametrize("form", ["", "_once"])
def test_no_word_shows_a_kubeconfig(akua_sim, caplog, trouble, form):
    fault, given, ends = TROUBLE[trouble]
    caplog.set_level(logging.DEBUG, "akua")
    logging.getLogger("akua").setLevel(1)
    kept = {} if form else {"keep_resume_token": (tokens := []).append}
    with akua_sim.client(retry_attempts=1) as client:
        if fault:
            akua_sim.inject(fault, method="POST", path="/v1/clusters:import")
        try:
            made = call(client, "import_cluster", form)(**{**EDGE, **given}, **kept)
        except (akua.AkuaError, TypeError) as error:
            assert ends is not None and isinstance(error, ends), everything_of(error)
            shown = everything_of(error)
        else:
            assert ends is None, trouble
            shown = f"{made!r}{made}{pickle.dumps(made)}{made._repr_html_()}{vars(made) if not form else made.to_json()}"
            shown += made.explain() if not form else ""
    if trouble == "made":
        assert caplog.text and (form or len(tokens) == 1)
    assert KUBECONFIG not in with_tokens(shown + caplog.text + str(kept and tokens))


@each
def test_what_a_cancel_came_too_late_for_is_told(client, kind):
    launched = call(client, kind)(**new(kind))
    told = _landed(("done", launched))
    assert (type(told), told.effect, told.resource, told.resume_token) == (akua.CancelledError, "applied", launched.made, None)
    assert f": applied: made as {launched.id}" in str(told)
    once = _landed(launched.made)
    assert (once.effect, once.resource) == ("applied", launched.made) and launched.id in str(once)


@each
def test_the_same_awaited(akua_sim, kind):
    async def main():
        async with akua_sim.async_client() as client:
            kept = []

            async def keep(token):
                kept.append(token)

            launched = await call(client, kind)(**new(kind), keep_resume_token=keep)
            assert type(launched) is akua.AsyncLaunched and launched.made.id == launched.id and len(kept) == 1
            assert await launched.wait() is None
            other = {**new(kind), **({"slug": "other"} if kind == "create_workspace" else {})}
            assert (await call(client, kind, "_once")(**other)).name == launched.name
            with pytest.raises(akua.ValidationError, match="name"):
                await call(client, kind)(**{**new(kind), "name": ""})
            lose(akua_sim, kind)
            with pytest.raises(akua.IndeterminateError) as unknown:
                await call(client, kind)(**{**other, **({"slug": "third"} if kind == "create_workspace" else {})})
            with pytest.raises(akua.IndeterminateError) as still:
                await client.resolve(unknown.value.resume_token)
            assert still.value.candidates == unknown.value.candidates
            assert KUBECONFIG not in everything_of(unknown.value) + everything_of(still.value)

    asyncio.run(main())
    assert len(sent(akua_sim)) == 3


@each
@pytest.mark.parametrize("form", ["", "_once"])
def test_one_that_is_cancelled_says_what_became_of_it(akua_sim, kind, form):
    akua_sim.inject({"hold": "until_released"}, method="POST")

    async def main():
        async with akua_sim.async_client() as client:
            task = asyncio.ensure_future(call(client, kind, form)(**new(kind)))
            await until_held(akua_sim)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as raised:
                await task
            cause = became(raised.value)
            assert (type(cause), cause.effect) == (akua.IndeterminateError, "unknown")
            assert KUBECONFIG not in everything_of(cause)
            akua_sim.release()

    asyncio.run(main())
