"""`logging` under `akua`: what was sent and what came of it, and never a secret."""

import logging

import akua
import pytest


@pytest.fixture
def debug(caplog):
    caplog.set_level(logging.DEBUG, logger="akua")
    return caplog


def test_each_attempt_is_told(debug, client, akua_sim):
    akua_sim.inject({"answer": {"status": 503}, "carried_out": "no"}, method="GET")
    client.clusters.get("clu_1")
    lines = [record.getMessage() for record in debug.records]
    attempts = [line for line in lines if line.startswith("attempt ended")]
    assert len(attempts) == 2
    assert "method=GET" in attempts[0]
    assert "route=/v1/clusters/{id}" in attempts[0]
    assert "status=503" in attempts[0]
    assert "status=200" in attempts[1]
    assert "request_id=" in attempts[1]
    assert any("waiting before the next attempt" in line for line in lines)
    assert {(record.name, record.levelno) for record in debug.records} == {("akua", logging.DEBUG)}


def test_no_secret_is_told(debug, client, akua_sim):
    client.clusters.edit("clu_1", kubeconfig="the-secret-kubeconfig", name="the-name")
    akua_sim.inject({"delivery": {"send": "nothing"}}, times="forever")
    with pytest.raises(akua.AkuaError):
        client.clusters.edit("clu_1", kubeconfig="the-secret-kubeconfig", timeout=2)
    assert len(debug.records) > 3
    for secret in (akua_sim.token, "the-secret-kubeconfig", "clu_1", "the-name"):
        assert secret not in debug.text


def test_levels_are_obeyed_at_once(caplog, client):
    logger = logging.getLogger("akua")
    for level, told in ((logging.DEBUG, True), (logging.INFO, False), (logging.DEBUG, True), (logging.ERROR, False)):
        caplog.clear()
        caplog.set_level(level, logger="akua")
        client.clusters.get("clu_1")
        assert bool(caplog.records) == told
    caplog.set_level(logging.DEBUG, logger="akua")
    caplog.clear()
    logger.disabled = True
    try:
        client.clusters.get("clu_1")
    finally:
        logger.disabled = False
    assert caplog.records == []


def test_logging_is_not_imported_until_somebody_else_does(python, akua_sim):
    python(
        """
        import sys
        import akua

        client = akua.Client(base_url=sys.argv[1], token=sys.argv[2], use_env=False)
        client.clusters.get("clu_1")
        assert "logging" not in sys.modules

        import logging
        lines = []
        class Handler(logging.Handler):
            def emit(self, record):
                lines.append(record.getMessage())
        logging.getLogger("akua").addHandler(Handler())
        logging.getLogger("akua").setLevel("DEBUG")
        client.clusters.get("clu_1")
        assert len(lines) == 1, lines
        """,
        akua_sim.url,
        akua_sim.token,
    )


def test_a_handler_that_fails_changes_no_call(client, akua_sim, monkeypatch):
    class Broken(logging.Handler):
        def handle(self, record):
            raise ValueError("broken")

    told = []
    monkeypatch.setattr("sys.unraisablehook", told.append)
    logger, handler = logging.getLogger("akua"), Broken()
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        assert client.clusters.update("clu_1", if_match="42", name="x").name == "x"
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    assert isinstance(told[0].exc_value, ValueError)


def test_ctrl_c_in_a_handler_is_not_lost(client, akua_sim):
    class Interrupting(logging.Handler):
        def handle(self, record):
            raise KeyboardInterrupt

    logger, handler = logging.getLogger("akua"), Interrupting()
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        with pytest.raises(KeyboardInterrupt) as caught:
            client.clusters.update("clu_1", if_match="42", name="x")
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    assert caught.value.__cause__.may_have_taken_effect
    assert caught.value.__cause__.resource.name == "x"
    assert client.clusters.get("clu_1").name == "x"
