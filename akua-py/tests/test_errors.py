"""Exceptions: each kind is raised by what it stands for, and says what a person can act on."""

import json
import pickle
import socket

import akua
import pytest

LOST = {"delivery": {"send": "nothing", "end": "reset"}}


def status(number, **more):
    return {"carried_out": "no", "answer": {"status": number, **more}}


def validation(sim):
    sim.client().clusters.update("clu_1", if_match="*", name="x")


def configuration(sim):
    sim.client(base_url="http://api.akua.dev")


def authentication(sim):
    sim.client(token="sk_akua_wrong").clusters.get("clu_1")


def permission_denied(sim):
    sim.inject(status(403))
    sim.client().clusters.get("clu_1")


def not_found(sim):
    sim.client().clusters.get("clu_99")


def conflict(sim):
    sim.client().clusters.update("clu_1", if_match="7", name="x")


def indeterminate(sim):
    sim.inject(LOST, method="PATCH")
    sim.client().clusters.update("clu_1", if_match="42", name="x")


def rejected(sim):
    sim.inject(status(422))
    sim.client().clusters.get("clu_1")


def rate_limited(sim):
    sim.inject(status(429, headers={"retry-after": "7"}), times="forever")
    sim.client(timeout=1).clusters.get("clu_1")


def server(sim):
    sim.inject(status(503), times="forever")
    sim.client(retry_attempts=1).clusters.get("clu_1")


def transport(sim):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = "http://127.0.0.1:%d" % unused.getsockname()[1]
        sim.client(base_url=url, retry_attempts=1).clusters.get("clu_1")


def timeout(sim):
    sim.inject({"hold": "until_released"})
    sim.client(timeout=1).clusters.get("clu_1")


def cancelled(sim):
    from akua import _akua

    cancel = _akua.Cancel()
    cancel.cancel()
    _akua.cancellable(cancel, sim.client().clusters.get, "clu_1")


def decode(sim):
    sim.inject({"answer": {"remove": ["name"]}})
    sim.client().clusters.get("clu_1")


def waited_for(sim, **fault):
    sim.inject(fault, method="POST")
    client = sim.client()
    client.operations.wait(client.clusters.suspend_once("clu_1", if_match="42").id)


def operation_failed(sim):
    waited_for(sim, ends={"fail": {"step": 1, "message": "no machines", "leaves": "as_it_was"}})


def operation_cancelled(sim):
    waited_for(sim, ends={"cancel": {"step": 1}})


def still_running(sim):
    waited_for(sim, ends={"person": {"step": 1, "as": "approval"}})


def lost_track(sim):
    sim.inject({"carried_out": "no", "answer": {"status": 403}}, times="forever")
    sim.client().operations.wait("op_1")


RAISED_BY = {
    akua.ValidationError: validation,
    akua.ConfigurationError: configuration,
    akua.AuthenticationError: authentication,
    akua.PermissionDeniedError: permission_denied,
    akua.NotFoundError: not_found,
    akua.ConflictError: conflict,
    akua.IndeterminateError: indeterminate,
    akua.RejectedError: rejected,
    akua.RateLimitedError: rate_limited,
    akua.ServerError: server,
    akua.TransportError: transport,
    akua.TimeoutError: timeout,
    akua.CancelledError: cancelled,
    akua.DecodeError: decode,
    akua.OperationFailedError: operation_failed,
    akua.OperationCancelledError: operation_cancelled,
    akua.StillRunningError: still_running,
    akua.LostTrackError: lost_track,
}


def caught(sim, kind):
    with pytest.raises(akua.AkuaError) as info:
        RAISED_BY[kind](sim)
    assert type(info.value) is kind
    return info.value


def test_every_kind_is_raised_by_something():
    def below(kind):
        return {kind}.union(*map(below, kind.__subclasses__()))

    public = {kind for kind in below(akua.AkuaError) if not kind.__name__.startswith("_")}
    assert public - {akua.AkuaError} == set(RAISED_BY)
    assert {getattr(akua, name) for name in akua.__all__ if name.endswith("Error")} == public


@pytest.mark.parametrize("kind", RAISED_BY, ids=lambda kind: kind.__name__)
def test_each_kind(akua_sim, kind):
    error = caught(akua_sim, kind)
    named = {akua.ValidationError: "invalid_input", akua.IndeterminateError: "transport"}
    assert error.kind == named.get(kind, RAISED_BY[kind].__name__)
    assert error.may_have_taken_effect == (kind is akua.IndeterminateError)
    assert isinstance(error.server_errors, tuple)
    assert isinstance(error.problems, tuple)
    assert error.explain() == str(error) == error.message
    assert akua_sim.token not in str(error) + repr(error) + repr(vars(error))
    # What was sent, was sent.
    sent = len(akua_sim.log())
    assert (error.effect == "not_sent") == (sent == 0)
    # One that ended before it began was tried all the same; a wait only reads.
    assert error.attempts == sent or error.effect == "not_sent" or hasattr(error, "operation")


@pytest.mark.parametrize("kind", RAISED_BY, ids=lambda kind: kind.__name__)
def test_each_kind_can_be_pickled(akua_sim, kind):
    error = caught(akua_sim, kind)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error)
    assert vars(again) == vars(error)
    assert again.may_have_taken_effect == error.may_have_taken_effect


def test_an_edit_that_ended_badly_can_be_pickled(client, akua_sim):
    cluster = client.clusters.get("clu_1")
    akua_sim.write("clu_1", name="theirs")
    with pytest.raises(akua.ConflictError) as info:
        client.clusters.edit(cluster, name="mine")
    again = pickle.loads(pickle.dumps(info.value))
    assert again.facts == info.value.facts
    assert again.resource == info.value.resource
    assert again.explain() == info.value.explain()
    assert "PATCH answered 409" in again.explain(), "step by step"
    assert (again.base, again.ours, again.theirs) == ({"name": "cluster 1"}, {"name": "mine"}, {"name": "theirs"})


def test_they_are_what_the_language_has_for_them():
    assert issubclass(akua.ValidationError, ValueError)
    assert issubclass(akua.ConfigurationError, ValueError)
    assert issubclass(akua.TimeoutError, TimeoutError)
    assert issubclass(akua.TimeoutError, akua.TransportError)
    assert not issubclass(akua.IndeterminateError, akua.ConflictError)
    assert not issubclass(akua.CancelledError, KeyboardInterrupt)


def test_what_the_server_said(akua_sim):
    error = caught(akua_sim, akua.NotFoundError)
    [detail] = error.server_errors
    assert detail == akua.ErrorDetail(code=7002, message="Resource not found", path=(), metadata={})
    assert error.status == 404
    assert error.request_id == akua_sim.log()[0]["request_id"]
    assert error.request_id in str(error)
    assert error.hint in str(error)
    akua_sim.contract(envelope="error_object")
    [detail] = caught(akua_sim, akua.NotFoundError).server_errors
    assert isinstance(detail.code, str)


def test_a_rejected_field_is_named(akua_sim):
    envelope = {"errors": [{"code": 7001, "message": "too long", "path": ["body", "name"]}]}
    akua_sim.inject(status(422, body={"json": envelope}))
    error = caught(akua_sim, akua.RejectedError)
    assert error.server_errors[0].path == ("body", "name")
    assert "body.name" in str(error)


def test_how_long_to_wait(akua_sim):
    assert caught(akua_sim, akua.RateLimitedError).retry_after == 7.0


def test_a_write_that_landed_and_cannot_be_read(client, akua_sim):
    akua_sim.inject({"answer": {"remove": ["name"]}}, method="PATCH", times=2)
    with pytest.raises(akua.DecodeError) as info:
        client.clusters.update("clu_1", if_match="42", name="x")
    assert (info.value.may_have_taken_effect, info.value.new_etag, info.value.effect) == (True, "43", "applied")
    assert info.value.problems == (akua.Problem(field="name", message="is missing"),)
    with pytest.raises(akua.DecodeError) as info:
        client.clusters.edit("clu_1", name="y")
    assert (info.value.may_have_taken_effect, info.value.new_etag, info.value.effect) == (True, "44", "applied")
    assert info.value.problems == (akua.Problem(field="name", message="is missing"),)
    assert client.clusters.get("clu_1").name == "y"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (status(401), akua.AuthenticationError),
        (status(403), akua.PermissionDeniedError),
        (status(404), akua.NotFoundError),
        (status(409), akua.RejectedError),
        (status(422), akua.RejectedError),
        (status(429, headers={"retry-after": "60"}), akua.RateLimitedError),
        ({"unread": "connection"}, akua.TransportError),
        ({"hold": "until_released"}, akua.TimeoutError),
    ],
)
def test_an_edit_that_was_not_applied(akua_sim, fault, expected):
    client = akua_sim.client(timeout=1, retry_attempts=1)
    if "unread" in fault:
        akua_sim.control({"op": "inject", "fault": {**fault, "times": "forever"}})
    else:
        akua_sim.inject(fault, method="GET" if "hold" in fault else "PATCH", times="forever")
    with pytest.raises(akua.AkuaError) as info:
        client.clusters.edit("clu_1", name="x")
    assert type(info.value) is expected
    assert not info.value.may_have_taken_effect
    assert "not applied" in info.value.explain()
    assert len(akua_sim.history("clu_1")) == 1


def test_a_callback_for_tokens(akua_sim):
    tokens = iter(["sk_akua_old", akua_sim.token])
    client = akua_sim.client(token=lambda: next(tokens))
    assert client.clusters.update("clu_1", if_match="42", name="x").etag == "43"
    assert [entry["status"] for entry in akua_sim.log()] == [401, 200]


@pytest.mark.parametrize("call", ["get", "update", "edit", "list"])
def test_a_callback_for_tokens_that_raises(akua_sim, call):
    raised = RuntimeError("the vault is closed: hush")

    def token():
        raise raised

    clusters = akua_sim.client(token=token).clusters
    calls = {
        "get": lambda: clusters.get("clu_1"),
        "update": lambda: clusters.update("clu_1", if_match="42", name="x"),
        "edit": lambda: clusters.edit(akua_sim.client().clusters.get("clu_1"), name="x"),
        "list": lambda: next(clusters.list()),
    }
    with pytest.raises(akua.AkuaError) as info:
        calls[call]()
    assert info.value.__cause__ is raised
    assert not info.value.may_have_taken_effect
    assert "RuntimeError" in str(info.value)
    assert "hush" not in str(info.value)
    assert [entry for entry in akua_sim.log() if entry["method"] == "PATCH"] == []


@pytest.mark.parametrize("token", [7, None, b"sk_akua", "with a blank", "", "line\n"])
def test_a_callback_for_tokens_that_gives_none(akua_sim, token):
    with pytest.raises(akua.AuthenticationError):
        akua_sim.client(token=lambda: token).clusters.get("clu_1")
    assert akua_sim.log() == []


def test_the_cause_of_one_call_is_not_that_of_the_next(akua_sim):
    answers = iter([RuntimeError("once"), akua_sim.token])

    def token():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    clusters = akua_sim.client(token=token).clusters
    with pytest.raises(akua.AuthenticationError):
        clusters.get("clu_1")
    with pytest.raises(akua.NotFoundError) as info:
        clusters.get("clu_99")
    assert info.value.__cause__ is None


def test_records_are_values():
    one = akua.Problem("name", "is too long")
    assert one == akua.Problem(field="name", message="is too long") != akua.Problem("name", "x")
    assert repr(one) == "Problem(field='name', message='is too long')"
    assert len({one, akua.Problem("name", "is too long")}) == 1
    assert pickle.loads(pickle.dumps(one)) == one
    for broken in (lambda: akua.Problem("a"), lambda: akua.Problem("a", "b", "c"), lambda: akua.Problem("a", field="b")):
        with pytest.raises(TypeError):
            broken()
    with pytest.raises(AttributeError, match="immutable"):
        one.field = "x"
    with pytest.raises(AttributeError, match="immutable"):
        del one.field
    match one:
        case akua.Problem(field, message):
            assert (field, message) == ("name", "is too long")


@pytest.mark.parametrize("fault", [status(404), status(403), status(422), status(429), LOST, None])
@pytest.mark.parametrize("call", ["edit", "update"])
def test_d_an_error_names_the_thing_and_the_next_step(akua_sim, call, fault):
    clusters = akua_sim.client(timeout=1).clusters
    seen = clusters.get("clu_1")
    if fault is None:
        akua_sim.write("clu_1", name="theirs")
    else:
        akua_sim.inject(fault, method="PATCH", times="forever")
    with pytest.raises(akua.AkuaError) as raised:
        if call == "edit":
            clusters.edit(seen, name="ours")
        else:
            clusters.update("clu_1", if_match=seen.etag, name="ours")
    text = str(raised.value)
    assert "cluster clu_1" in text or "clusters/clu_1" in text, text
    assert raised.value.hint and (raised.value.hint in text or "next: " in text), text


def test_d_a_servers_words_are_printed_without_acting(akua_sim):
    said = "a\x1b[2J\r\nb\u202ec"
    body = json.dumps({"errors": [{"code": 1, "message": said}]})
    akua_sim.inject(status(422, body={"text": body}), method="PATCH", times="forever")
    for call in (
        lambda clusters: clusters.update("clu_1", if_match="42", name="ours"),
        lambda clusters: clusters.edit("clu_1", name="ours"),
    ):
        with pytest.raises(akua.RejectedError) as raised:
            call(akua_sim.client().clusters)
        assert raised.value.server_errors[0].message == said
        for text in (str(raised.value), raised.value.explain()):
            assert r"a\u{1b}[2J\r\nb\u{202e}c" in text
            assert not set(text) & set("\x1b\r\u202e")


EACH_CALL = {
    "get": lambda calls, id: calls.get(id),
    "update": lambda calls, id: calls.update(id, if_match="1", name="x"),
    "edit": lambda calls, id: calls.edit(id, name="x"),
    "edit_with": lambda calls, id: calls.edit_with(id, lambda seen: {"name": "x"}),
    "wait_settled": lambda calls, id: calls.wait_settled(id, timeout=5),
}


@pytest.mark.parametrize("kind", ["clusters", "workspaces"])
@pytest.mark.parametrize("call", EACH_CALL)
@pytest.mark.parametrize("status", [401, 403, 404, 422, 429, 500])
def test_d_every_call_names_what_it_is_about_and_the_next_step(akua_sim, kind, call, status):
    if (kind, call) == ("workspaces", "wait_settled"):
        assert not hasattr(akua.Workspaces, "wait_settled")
        return
    id = {"clusters": "clu_1", "workspaces": "ws_1"}[kind]
    akua_sim.inject({"carried_out": "no", "answer": {"status": status}}, times="forever")
    with akua_sim.client(retry_attempts=1, timeout=2) as client:
        with pytest.raises(akua.AkuaError) as caught:
            EACH_CALL[call](getattr(client, kind), id)
    error = caught.value
    assert id in str(error), str(error)
    assert error.hint, str(error)
    assert error.status == status or error.end == "deadline_passed"


@pytest.mark.parametrize("call", EACH_CALL)
def test_d_what_is_not_there_is_named_by_every_call(client, call):
    with pytest.raises(akua.NotFoundError) as caught:
        EACH_CALL[call](client.clusters, "clu_9")
    assert "clu_9" in str(caught.value)
    assert caught.value.hint
    assert not caught.value.may_have_taken_effect


def test_d_conflict_and_indeterminate_name_it_too(client, akua_sim):
    cluster = client.clusters.get("clu_1")
    akua_sim.write("clu_1", name="theirs")
    for call in (client.clusters.edit, client.clusters.update):
        with pytest.raises(akua.ConflictError) as caught:
            call(cluster, name="mine")
        assert "clu_1" in str(caught.value) and caught.value.hint
    akua_sim.inject({"delivery": {"send": "nothing"}}, method="PATCH", times="forever")
    for call in (client.clusters.edit, client.clusters.update):
        with pytest.raises(akua.IndeterminateError) as caught:
            call(client.clusters.get("clu_1"), name="ours", timeout=1)
        assert "clu_1" in str(caught.value) and caught.value.hint
