"""What the documentation shows is run as it stands there."""

import ast
import asyncio
import doctest
import pathlib
import re

import akua
import pytest
from akua import _akua
from akua.sim import Simulator

STUBS = sorted(pathlib.Path(akua.__file__).parent.rglob("*.pyi"))
SOURCES = sorted(pathlib.Path(akua.__file__).parent.rglob("*.py"))


def docstrings(path):
    """Every docstring of a file with the name that it belongs to."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, kinds) and (text := ast.get_docstring(node)):
            yield getattr(node, "name", path.stem), text


EXAMPLES = [
    pytest.param(text, id=f"{path.name}:{name}")
    for path in STUBS + SOURCES
    for name, text in docstrings(path)
    if ">>>" in text
]


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_in_docstrings(text, tmp_path):
    import pandas

    with Simulator(clusters=3) as sim:
        sim.contract(reconcile_ms=20)
        names = {"akua": akua, "sim": sim, "client": sim.client(), "asyncio": asyncio, "pandas": pandas}
        names |= {"folder": tmp_path, "Plan": akua.fleet.Plan}
        test = doctest.DocTestParser().get_doctest(text, names, "docstring", None, 0)
        report = []
        assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=report.append).failed == 0, "".join(
            report
        )


def test_there_are_examples():
    assert len(EXAMPLES) >= 15


def test_everything_public_in_the_stubs_is_explained():
    bare = [name for name in dir(_akua) if not name.startswith("_") and callable(getattr(_akua, name)) and not getattr(_akua, name).__doc__]
    for path in STUBS + [path for path in SOURCES if path.name == "_errors.py" or path.parent.name == "generated"]:
        tree = ast.parse(path.read_text())
        if path.name == "_akua.pyi":
            # What is not public explains itself in Rust.
            tree.body = [node for node in tree.body if getattr(node, "name", None) in (*akua.__all__, "Simulator")]
        for node in ast.walk(tree):
            if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                dunder = node.name.startswith("_")
                if not dunder and not ast.get_docstring(node):
                    bare.append(f"{path.name}: {node.name}")
    assert bare == []


@pytest.mark.parametrize("page", ["README.md", "akua-py/README.md", "docs/fleet.md"])
def test_the_pages_run_as_printed(page, repository, monkeypatch, tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", (repository / page).read_text(), re.DOTALL)
    assert blocks
    monkeypatch.chdir(tmp_path)
    # What a page sets is set back.
    monkeypatch.setenv("AKUA_API_TOKEN", "")
    monkeypatch.delenv("AKUA_API_TOKEN")
    # Twice, as whoever tries something does.
    for number, block in enumerate(blocks * 2):
        names = {"__name__": "__main__"}
        exec(compile(block, f"{page}, block {number + 1}", "exec"), names)
        for test in (value for name, value in names.items() if name.startswith("test_")):
            with Simulator(clusters=5) as sim:
                test(sim)


def test_the_ten_lines_are_ten(repository):
    block = re.search(r"```python\n(.*?)```", (repository / "README.md").read_text(), re.DOTALL)[1]
    assert len([line for line in block.splitlines() if line.strip()]) <= 10
