"""Any request: sent once, judged as an update is, and its body and its answer's are shown by nothing."""

import asyncio
import copy
import decimal
import enum
import io
import logging
import os
import pickle
import signal
import sys
import threading
import traceback

import akua
import numpy
import pytest
from conftest import LIMIT
from test_async import became, run, until_held

SECRET = "opens-nothing-at-all"

BAD = {
    "method": [("HEAD", "/a"), ("get", "/a"), ("", "/a"), ("POST\r\nx: y", "/a")],
    "path": [
        ("GET", path)
        for path in ("", "a", "//a/b", "https://a/b", "/a//b", "/v1/a", "/a/../b", "/a/%2e%2E/b", "/a/%252e", "/a?b", "/a#b")
        + ("/a\r\nb", "/a\0b", "/a%0a", "/a b", "/é", "/a\\b", "/a%", "/" + "a" * 8000)
    ],
}


def paths(sim):
    return [entry["target"] for entry in sim.log()]


def test_what_is_sent_and_what_is_answered(client, akua_sim):
    answer = client.request("GET", "/clusters", query={"limit": 1})
    assert (answer.status, answer.json["has_more"], answer.etag) == (200, True, None)
    assert [cluster["id"] for cluster in answer.json["data"]] == ["clu_1"]
    akua_sim.inject({"answer": {"status": 200, "headers": {"etag": 'W/"9"', "x-request-id": "req_1"}}}, method="PATCH")
    answer = client.request("PATCH", "/clusters/clu_1", json={"name": "by hand"}, if_match="42", idempotency_key="once-1")
    assert (answer.json["name"], answer.etag, answer.request_id) == ("by hand", 'W/"9"', "req_1")
    with pytest.raises(akua.ConflictError) as caught:
        client.request("PATCH", "/clusters/clu_1", json={"name": "again"}, if_match="42")
    assert (caught.value.effect, caught.value.current_etag, caught.value.attempts) == ("not_applied", "43", 1)
    suspended = client.request("POST", "/clusters/clu_2:suspend", if_match=client.clusters.get("clu_2").etag)
    assert suspended.status == 202
    assert client.operations.wait(suspended.json["id"]).now.state == "suspended"
    with pytest.raises(akua.NotFoundError):
        client.request("DELETE", "/nowhere")
    [patch, *_] = [entry for entry in akua_sim.log() if entry["method"] == "PATCH"]
    assert (patch["if_match"], patch["idempotency_key"]) == ("42", "once-1")


def test_an_answer_is_what_the_service_wrote(client, akua_sim):
    def answered(text, status=200):
        akua_sim.inject({"answer": {"raw": f"HTTP/1.1 {status} OK\r\ncontent-length: {len(text)}\r\n\r\n{text}"}})
        with akua_sim.client() as fresh:
            return fresh.request("POST", "/anything")

    assert answered("").json is None and answered("null").json is None
    answer = answered('{"n": 18446744073709551616, "e": 1e400, "s": "\\ud800", "deep": [1.5, true]}')
    assert answer.json == {"n": 2**64, "e": decimal.Decimal("1e400"), "s": "\ud800", "deep": [1.5, True]}
    # Made anew each time: what is done to one is done to no other.
    answer.json["deep"].append(2)
    assert answer.json["deep"] == [1.5, True]
    deep = "[" * 100_000 + "]" * 100_000
    assert answered(deep).json == deep
    one, other = answered('{"a": 1, "b": 2}', 201), answered('{"b":2,"a":1}', 201)
    assert one == other and hash(one) == hash(other) and one != answered('{"a": 1, "b": 2}') and one != 1
    for again in (copy.copy(one), copy.deepcopy(one), *(pickle.loads(pickle.dumps(one, protocol)) for protocol in range(2, 6))):
        assert again == one and again.json == one.json and repr(again) == repr(one) == "<Answer 201, 16 bytes>"
    with pytest.raises(AttributeError):
        one.status = 1


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_write_is_sent_once_whatever_becomes_of_it(client, akua_sim, method):
    lost = {"delivery": {"send": "nothing", "end": "reset"}}
    for fault in (lost, {"answer": {"status": 503}}, {"answer": {"status": 307}}, {"answer": {"status": 200, "body": "html"}}):
        akua_sim.inject(fault, times="forever")
        before = len(akua_sim.log())
        with pytest.raises(akua.IndeterminateError) as caught:
            client.request(method, "/clusters/clu_1", idempotency_key="k")
        error = caught.value
        assert (error.effect, error.may_have_taken_effect, error.attempts, error.resume_token) == ("unknown", True, 1, "")
        assert len(akua_sim.log()) == before + 1 and "compare" in str(error)
        akua_sim.clear()


def test_a_read_is_sent_once_too_and_never_has_an_effect(client, akua_sim):
    for fault, kind in (
        ({"delivery": {"send": "nothing", "end": "reset"}}, akua.TransportError),
        ({"answer": {"status": 503}}, akua.ServerError),
        ({"answer": {"status": 200, "body": "html"}}, akua.DecodeError),
    ):
        akua_sim.inject(fault, times="forever")
        before = len(akua_sim.log())
        with pytest.raises(kind) as caught:
            client.request("GET", "/clusters/clu_1")
        assert (caught.value.effect, caught.value.attempts) == ("not_applied", 1)
        assert len(akua_sim.log()) == before + 1
        akua_sim.clear()


def test_bad_input_is_refused_before_anything_is_sent(client, akua_sim):
    for field, calls in BAD.items():
        for method, path in calls:
            with pytest.raises(akua.ValidationError) as caught:
                client.request(method, path)
            assert [problem.field for problem in caught.value.problems] == [field] and caught.value.effect == "not_sent"
            assert "evil" not in str(caught.value)
    for given, field in (
        ({"query": {"": "1"}}, "query"),
        ({"query": {"a": "x" * 8000}}, "query"),
        ({"query": {"a": "\ud800"}}, "query"),
        ({"json": {}}, "body"),
        ({"if_match": "*"}, "if-match"),
        ({"if_match": "1, 2"}, "if-match"),
        ({"idempotency_key": "k" * 65}, "idempotency-key"),
        ({"context": ""}, "akua-context"),
        ({"timeout": 0}, "timeout"),
    ):
        with pytest.raises(akua.ValidationError) as caught:
            client.request("GET", "/a", **given)
        assert [problem.field for problem in caught.value.problems] == [field]
    for json in (float("nan"), [float("inf")], deep_list()):
        with pytest.raises(akua.ValidationError, match="json"):
            client.request("POST", "/a", json=json)
    for given in (
        {"query": "limit=1"},
        {"query": [("a", "b")]},
        {"query": {1: "a"}},
        {"query": {"a": None}},
        {"query": {"a": {}}},
        {"query": {"a": [["b"]]}},
        {"query": {"a": b"b"}},
        {"query": {"a": float("nan")}},
        {"json": {1: 2}},
        {"json": {"a": object()}},
        {"json": b"{}"},
        {"if_match": 42},
        {"idempotency_key": b"k"},
        {"timeout": "5"},
        {"max_attempts": 2},
        {"nonsense": 1},
    ):
        with pytest.raises(TypeError) as refused:
            client.request("POST", "/a", **given)
        assert next(iter(given)) in str(refused.value)
    for arguments in ((), ("GET",), (1, "/a"), ("GET", b"/a"), ("GET", "/a", {})):
        with pytest.raises(TypeError):
            client.request(*arguments)
    assert paths(akua_sim) == []
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        client.request("GET", "/clusters")


def deep_list():
    it = []
    it.append(it)
    return it


class Three(enum.IntEnum):
    MEMBER = 3


def test_a_query_takes_what_has_one_way_to_be_written(client, akua_sim):
    query = {"a b": "1&2", "n": 3, "m": Three.MEMBER, "i": numpy.int64(-4), "f": 2.5, "t": True, "l": ["x", 1, False], "e": [], "é": ""}
    with pytest.raises(akua.NotFoundError):
        client.request("GET", "/nowhere", query=query)
    [target] = paths(akua_sim)
    assert target == "/v1/nowhere?a%20b=1%262&n=3&m=3&i=-4&f=2.5&t=true&l=x&l=1&l=false&%C3%A9="


def test_a_body_is_shown_by_nothing(client, akua_sim, caplog):
    caplog.set_level(logging.DEBUG, logger="akua")
    short = "hunter2"
    echo = {"errors": [{"code": 1, "message": f"no: {SECRET} or {short}", "path": [SECRET], "metadata": {"a": SECRET}}]}
    told = []
    for fault in (
        {"answer": {"status": 422, "body": {"json": echo}}},
        {"answer": {"status": 500, "body": {"json": echo}}},
        {"answer": {"status": 200, "body": {"text": f"<html>{SECRET} {short}"}}},
        {"delivery": {"send": "nothing", "end": "reset"}},
    ):
        akua_sim.inject(fault)
        try:
            client.request("POST", "/clusters:import", json={"kubeconfig": SECRET, "deep": [{"pin": short}]})
        except akua.AkuaError as error:
            told += [traceback.format_exc(), repr(error), repr(vars(error)), str(pickle.dumps(error)), error.explain()]
    assert len(told) == 20
    told.append(caplog.text)
    assert not [text for text in told if SECRET in text or short in text] and "method=POST route=/v1/{path}" in caplog.text


def test_the_body_of_an_answer_is_shown_by_nothing_but_json(client, caplog):
    caplog.set_level(logging.DEBUG, logger="akua")
    answer = client.request("GET", "/clusters/clu_1/kubeconfig")
    assert "opens-nothing" in answer.json["kubeconfig"]
    try:
        raise RuntimeError(answer)
    except RuntimeError:
        seen = traceback.TracebackException(*sys.exc_info(), capture_locals=True)
    printed = io.StringIO()
    print(answer, [answer], {"it": answer}, file=printed)
    told = [repr(answer), str(answer), f"{answer}", printed.getvalue(), "".join(seen.format()), caplog.text]
    assert not [text for text in told if "opens-nothing" in text]
    with pytest.raises(TypeError):
        akua.Answer(200)


def test_options_are_those_of_every_call(client, akua_sim):
    broad = akua_sim.client(token=akua_sim.broad_token)
    with pytest.raises(akua.AkuaError):
        broad.request("GET", "/clusters/clu_1")
    assert broad.request("GET", "/clusters/clu_1", context="ws_1", timeout=20).status == 200
    assert broad.with_options(context="ws_1").request("GET", "/clusters/clu_1").status == 200
    akua_sim.inject({"hold": "until_released"}, method="GET")
    with pytest.raises(akua.TimeoutError):
        client.request("GET", "/clusters/clu_1", timeout=0.2)
    akua_sim.release()


def test_awaited_it_is_the_same(akua_sim):
    async def main():
        async with akua_sim.async_client() as client:
            answer = await client.request("GET", "/clusters", query={"limit": 1}, timeout=20)
            assert type(answer) is akua.Answer and answer.json["has_more"] is True
            answer = await client.request("PATCH", "/clusters/clu_1", json={"name": "awaited"}, if_match="42", idempotency_key="k")
            assert answer.json["name"] == "awaited"
            before = len(akua_sim.log())
            for field, calls in BAD.items():
                for method, path in calls:
                    with pytest.raises(akua.ValidationError) as caught:
                        await client.request(method, path)
                    assert caught.value.problems[0].field == field
            assert len(akua_sim.log()) == before
            for method, kind in (("GET", akua.CancelledError), ("POST", akua.IndeterminateError)):
                akua_sim.inject({"hold": "until_released"}, method=method)
                asking = asyncio.ensure_future(client.request(method, "/clusters/clu_1"))
                await until_held(akua_sim)
                asking.cancel()
                with pytest.raises(asyncio.CancelledError) as cancelled:
                    await asking
                assert type(became(cancelled.value)) is kind
                assert became(cancelled.value).may_have_taken_effect is (method == "POST")
                akua_sim.release()

    run(main())


@pytest.mark.parametrize(("method", "cause"), [("GET", type(None)), ("POST", akua.IndeterminateError)])
def test_ctrl_c_ends_it_and_says_what_became_of_it(client, akua_sim, heard, method, cause):
    akua_sim.inject({"hold": "until_released"}, method=method)

    def interrupt():
        asyncio.run(until_held(akua_sim))
        os.kill(os.getpid(), signal.SIGINT)

    presses = threading.Thread(target=interrupt)
    presses.start()
    with pytest.raises(KeyboardInterrupt) as caught:
        client.request(method, "/clusters/clu_1", timeout=LIMIT)
    presses.join()
    akua_sim.release()
    assert type(caught.value.__cause__) is cause


def test_awaited_only_a_get_is_taken_for_a_read(akua_sim, monkeypatch):
    """Where a cancel comes too late, it is that which says whether there is an effect."""
    taken = []
    for name in ("read", "write"):
        ran = getattr(akua._aio.Runner, name)

        async def noted(self, *args, name=name, ran=ran, **options):
            taken.append(name)
            return await ran(self, *args, **options)

        monkeypatch.setattr(akua._aio.Runner, name, noted)

    async def main():
        async with akua_sim.async_client() as client:
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                with pytest.raises(akua.AkuaError):
                    await client.request(method, "/nowhere")

    run(main())
    assert taken == ["read", *["write"] * 4]


def test_what_a_cancel_came_too_late_for_is_told_with_its_answer():
    from akua._aio import _landed

    with akua.sim.Simulator(clusters=1) as sim, sim.client() as client:
        answer = client.request("GET", "/clusters/clu_1")
        told = _landed(answer)
        assert (type(told), told.effect, told.resource) == (akua.CancelledError, "applied", answer)
        assert "HTTP 200" in str(told)
