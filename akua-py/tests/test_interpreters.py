"""C18: the main interpreter of a process has the module. Any other is refused with words, whichever comes first and however it
shares the process: its classes would be those of the first, and its `except` would catch nothing."""

import pytest

# How each version makes another interpreter, and runs something in it; what that raised.
BEGIN = """
import importlib, sys

def another():
    if sys.version_info >= (3, 13):
        import _interpreters as interpreters
        made = interpreters.create(sys.argv[1])
        def run(code):
            problem = interpreters.run_string(made, code)
            return None if problem is None else problem.formatted
        return run
    import _xxsubinterpreters as interpreters
    made = interpreters.create(isolated=sys.argv[1] == "isolated")
    def run(code):
        try:
            interpreters.run_string(made, code)
        except interpreters.RunFailedError as problem:
            return str(problem)
    return run
"""

WORDS = "akua works in the main interpreter of a process only"


@pytest.fixture(params=["legacy", "isolated"])
def told(request, python):
    def run(program):
        return python(BEGIN + program, request.param).stdout

    return run


def test_c18_after_the_first_has_raised(told):
    shown = told(
        """
import akua
try:
    akua.Client(base_url="nonsense", token="x")
except akua.ConfigurationError:
    pass
run = another()
print(run("import akua"))
print(run("import akua.fleet"))
# The first goes on.
try:
    akua.Client(base_url="nonsense", token="x")
except akua.ConfigurationError:
    print("caught")
importlib.reload(akua)
"""
    )
    first, again, caught = shown.splitlines()
    assert "ImportError" in first and "ImportError" in again and WORDS in first and WORDS in again, shown
    assert caught == "caught"


def test_c18_whichever_comes_first(told):
    shown = told(
        """
run = another()
print(run("import akua"))
print(run("from akua import _akua"))
import akua
try:
    akua.Client(base_url="nonsense", token="x")
except akua.ConfigurationError:
    print("caught")
"""
    )
    *refused, caught = shown.splitlines()
    assert len(refused) == 2 and all("ImportError" in each and WORDS in each for each in refused), shown
    assert caught == "caught"


def test_c18_the_same_interpreter_may_import_it_again(python):
    python(
        """
        import sys
        import akua

        before = akua.NotFoundError
        for name in [name for name in sys.modules if name.partition(".")[0] == "akua"]:
            del sys.modules[name]
        import akua

        with akua.Client(base_url="http://127.0.0.1:1", token="x", use_env=False, timeout=1, retry_attempts=1) as client:
            try:
                client.clusters.get("clu_1")
            except akua.TransportError as error:
                print(type(error).__name__)
        """
    )
