"""Ctrl-C, the end of the interpreter, and tasks that are cancelled: a call ends soon, and says what became of it.

Each runs in a Python of its own with a hard limit: it would hang if it failed.
"""

import json
import signal
import subprocess
import sys
import textwrap
import time

import pytest
from conftest import LIMIT, WARNINGS

BEGIN = r"""
import atexit, json, os, signal, sys, time

# Called at the end of the interpreter: after the library has ended the calls of all threads, as that was registered later.
LAST = []
atexit.register(lambda: [last() for last in LAST])

import akua

# As at a terminal: whoever is started in the background begins with Ctrl-C ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

client = akua.Client(base_url=sys.argv[1], token=sys.argv[2], timeout=50, use_env=False)

def tell(**what):
    # In one piece, since several threads may tell something; and without the lock of sys.stdout, which a daemon thread may
    # hold when the interpreter ends: CPython aborts then.
    os.write(1, (json.dumps({"at": time.monotonic(), **what}) + "\n").encode())

def became(raised):
    cause = raised.__cause__
    return {
        "raised": type(raised).__name__,
        "cause": type(cause).__name__ if cause else None,
        "effect": cause.effect if cause else None,
        "may_have_taken_effect": cause.may_have_taken_effect if cause else None,
        "token": getattr(cause, "resume_token", None),
        "notes": getattr(raised, "__notes__", []),
    }
"""


class Child:
    """A Python that runs a program against a simulator of ours."""

    def __init__(self, path, program, sim, *arguments):
        path.write_text(BEGIN + textwrap.dedent(program))
        self.process = subprocess.Popen(
            [sys.executable, *WARNINGS, "-X", "faulthandler", str(path), sim.url, sim.token, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def until_held(self, sim, requests=1):
        """Waits until the simulator holds so many requests."""
        while sim.control({"op": "state"})["requests_held"] < requests:
            assert self.process.poll() is None, self.process.stderr.read()
            time.sleep(0.002)

    def line(self):
        """What it tells next."""
        return json.loads(self.process.stdout.readline())

    def interrupt(self):
        """Sends Ctrl-C; what it tells then, and after how many seconds."""
        sent = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        told = self.line()
        return told, told["at"] - sent

    def end(self):
        """Waits for its end; what it wrote to its standard error."""
        try:
            _, errors = self.process.communicate(timeout=LIMIT)
        finally:
            self.process.kill()
        return errors

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate(timeout=LIMIT)


@pytest.fixture
def child(tmp_path, akua_sim):
    def start(program):
        return Child(tmp_path / "program.py", program, akua_sim)

    return start


READ = """
try:
    client.clusters.get("clu_1")
except BaseException as raised:
    tell(**became(raised))
"""


def test_ctrl_c_stops_a_stalled_read_within_100_ms(child, akua_sim):
    akua_sim.inject({"hold": "until_released"}, times="forever")
    took = []
    # On a busy machine a process may have to wait for its turn: the best of a few counts.
    for _ in range(5):
        with child(READ) as python:
            python.until_held(akua_sim)
            told, seconds = python.interrupt()
            assert told["raised"] == "KeyboardInterrupt"
            assert told["cause"] is None, "a read takes no effect, so there is nothing to tell"
            assert python.end() == ""
            took.append(seconds)
        akua_sim.release()
        if seconds < 0.1:
            return
    pytest.fail(f"it took {took} s each time")


WRITE = """
try:
    client.clusters.update("clu_1", if_match="42", name="mine")
except BaseException as raised:
    tell(**became(raised))
"""


def test_ctrl_c_in_a_stalled_write_says_that_it_may_have_landed(child, akua_sim):
    akua_sim.inject({"hold": "until_released"}, method="PATCH")
    with child(WRITE) as python:
        python.until_held(akua_sim)
        told, seconds = python.interrupt()
        assert seconds < 10
        assert (told["raised"], told["cause"]) == ("KeyboardInterrupt", "IndeterminateError")
        assert told["may_have_taken_effect"]
        if sys.version_info >= (3, 11):
            assert "may have taken effect" in told["notes"][0]
        assert python.end() == ""
    # And that was the truth: it lands now.
    akua_sim.release()
    assert akua_sim.history("clu_1")[-1]["fields"]["name"] == "mine"


EDIT = """
try:
    client.clusters.edit("clu_1", name="mine")
except BaseException as raised:
    tell(**became(raised))
"""


def test_ctrl_c_in_an_edit_leaves_a_resume_token(child, akua_sim):
    akua_sim.inject({"hold": "until_released"}, method="PATCH")
    with child(EDIT) as python:
        python.until_held(akua_sim)
        told, seconds = python.interrupt()
        assert seconds < 10
        assert (told["raised"], told["cause"]) == ("KeyboardInterrupt", "IndeterminateError")
        assert python.end() == ""
    akua_sim.release()
    with akua_sim.client() as client:
        assert client.resolve(told["token"]).resource.name == "mine"


def test_ctrl_c_before_the_write_of_an_edit_says_that_nothing_was_sent(child, akua_sim):
    akua_sim.inject({"hold": "until_released"}, method="GET")
    with child(EDIT) as python:
        python.until_held(akua_sim)
        told, _ = python.interrupt()
        assert (told["raised"], told["cause"]) == ("KeyboardInterrupt", "CancelledError")
        assert not told["may_have_taken_effect"]
        assert python.end() == ""
    assert len(akua_sim.history("clu_1")) == 1


@pytest.mark.parametrize(
    "call",
    ["list(client.clusters.list())", "next(client.clusters.list().pages())", "client.clusters.list().to_dicts()"],
)
def test_ctrl_c_in_a_list(child, akua_sim, call):
    akua_sim.inject({"hold": "until_released"}, method="GET")
    program = f"""
    try:
        {call}
    except BaseException as raised:
        tell(**became(raised))
    """
    with child(program) as python:
        python.until_held(akua_sim)
        told, seconds = python.interrupt()
        assert (told["raised"], seconds < 10) == ("KeyboardInterrupt", True)
        assert python.end() == ""


def test_ctrl_c_while_a_cluster_is_waited_for(child, akua_sim):
    akua_sim.contract(reconcile_ms=None)
    with akua_sim.client() as client:
        client.clusters.edit("clu_1", region_id="reg_eu")
    program = """
    try:
        tell(begun=True)
        client.clusters.wait_settled("clu_1", timeout=50)
    except BaseException as raised:
        tell(**became(raised))
    """
    with child(program) as python:
        assert python.line()["begun"]
        while len(akua_sim.log()) <= 2:
            assert python.process.poll() is None
        told, seconds = python.interrupt()
        assert (told["raised"], seconds < 10) == ("KeyboardInterrupt", True)
        assert python.end() == ""


def test_an_interrupt_that_comes_too_late_tells_what_was_applied(child, akua_sim):
    # The handler runs while the write waits, and lets it go on before it raises: whichever comes first, the answer or
    # the end of the call, what is told has to be true.
    program = """
    def handler(number, frame):
        tell(handled=True)
        sys.stdin.readline()
        raise RuntimeError("enough")

    signal.signal(signal.SIGUSR1, handler)
    try:
        client.clusters.update("clu_1", if_match="42", name="mine")
    except BaseException as raised:
        tell(**became(raised))
    """
    akua_sim.inject({"hold": "until_released"}, method="PATCH")
    with child(program) as python:
        python.until_held(akua_sim)
        python.process.send_signal(signal.SIGUSR1)
        assert python.line()["handled"]
        akua_sim.release()
        python.process.stdin.write("go on\n")
        python.process.stdin.flush()
        told = python.line()
    assert told["raised"] == "RuntimeError"
    assert told["may_have_taken_effect"]


def test_a_signal_whose_handler_returns_stops_nothing(child, akua_sim):
    program = """
    signal.signal(signal.SIGUSR1, lambda *_: tell(handled=True))
    tell(name=client.clusters.get("clu_1").name)
    """
    akua_sim.inject({"hold": "until_released"}, method="GET")
    with child(program) as python:
        python.until_held(akua_sim)
        for _ in range(3):
            python.process.send_signal(signal.SIGUSR1)
            assert python.line()["handled"]
        akua_sim.release()
        assert python.line()["name"] == "cluster 1"
        assert python.end() == ""


def test_ctrl_c_in_the_callback_for_tokens_is_raised_as_it_is(akua_sim):
    def token():
        raise KeyboardInterrupt

    with akua_sim.client(token=token) as client:
        with pytest.raises(KeyboardInterrupt):
            client.clusters.update("clu_1", if_match="42", name="mine")
    assert akua_sim.log() == []


THREADS = """
import threading

def call(call, *arguments, **fields):
    try:
        call(*arguments, **fields)
    except akua.AkuaError as error:
        tell(raised=type(error).__name__, may_have_taken_effect=error.may_have_taken_effect)
    try:
        client.clusters.get("clu_1")
    except RuntimeError as error:
        tell(raised=str(error))

write = {"if_match": "1042", "name": "x"}
threads = [
    threading.Thread(target=call, args=(client.clusters.get, "clu_1"), daemon=True),
    threading.Thread(target=call, args=(client.clusters.update, "clu_2"), kwargs=write, daemon=True),
]
for thread in threads:
    thread.start()
"""


def test_the_interpreter_ends_while_threads_are_in_calls(child, akua_sim):
    akua_sim.inject({"hold": "until_released"}, times="forever")
    # Whether a daemon thread gets its turn before the end is Python's to say: here it does.
    with child(THREADS + "LAST.extend(thread.join for thread in threads)\nsys.stdin.readline()\n") as python:
        python.until_held(akua_sim, 2)
        told, errors = python.process.communicate(timeout=LIMIT)
        assert (python.process.returncode, errors) == (0, "")
    # Each thread got to hear what became of its call, and begins none anew.
    refused = "the interpreter is shutting down: nothing was sent"
    ends = [(line["raised"], line.get("may_have_taken_effect")) for line in map(json.loads, told.splitlines())]
    assert sorted(ends, key=str) == [("CancelledError", False), ("IndeterminateError", True), (refused, None), (refused, None)]


def test_the_interpreter_ends_whatever_its_threads_have_still_to_say(child, akua_sim):
    akua_sim.inject({"hold": "until_released"}, times="forever")
    with child(THREADS + "sys.stdin.readline()\n") as python:
        python.until_held(akua_sim, 2)
        _, errors = python.process.communicate(timeout=LIMIT)
        assert (python.process.returncode, errors) == (0, "")


def test_a_call_at_the_end_of_the_interpreter(python, akua_sim):
    # Long enough to be asked whether it is to end.
    akua_sim.inject({"delivery": {"delay_ms": 200}}, times="forever")
    python(
        """
        import atexit, sys
        import akua

        client = akua.Client(base_url=sys.argv[1], token=sys.argv[2], use_env=False)

        class Last:
            def __del__(self):
                client.clusters.update("clu_2", if_match="1042", name="by a finalizer")

        atexit.register(lambda: client.clusters.update("clu_1", if_match="42", name="at exit"))
        last = Last()
        """,
        akua_sim.url,
        akua_sim.token,
    )
    assert akua_sim.history("clu_1")[-1]["fields"]["name"] == "at exit"
    assert akua_sim.history("clu_2")[-1]["fields"]["name"] == "by a finalizer"
