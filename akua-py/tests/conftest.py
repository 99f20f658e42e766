"""What the tests share. Each has a simulator of its own, and looks at no configuration of the person who runs it."""

import pathlib
import signal
import subprocess
import sys
import textwrap

import pytest

pytest_plugins = ["pytester"]

# Warnings are errors, but that of a module that is built to be worked on.
WARNINGS = ("-W", "error", "-W", "ignore:akua was built without optimisation")

# Hard limits of the tests that would hang if they failed, in seconds.
LIMIT = 60


@pytest.fixture
def client(akua_sim):
    with akua_sim.client() as client:
        yield client


@pytest.fixture
def heard():
    """Ctrl-C is heard, as at a terminal: whoever is started in the background begins with it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def python(tmp_path):
    """Runs a program in a Python of its own, with a hard limit; what it printed."""

    def run(program, *arguments, check=True, **options):
        script = tmp_path / "program.py"
        script.write_text(textwrap.dedent(program))
        done = subprocess.run(
            [sys.executable, *WARNINGS, "-X", "faulthandler", str(script), *arguments],
            capture_output=True,
            text=True,
            timeout=LIMIT,
            **options,
        )
        if check:
            assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
            assert done.stderr == ""
        return done

    return run


@pytest.fixture(scope="session")
def repository():
    return pathlib.Path(__file__).parents[2]
