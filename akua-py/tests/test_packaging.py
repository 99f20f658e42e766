"""What the module costs and promises before anything is called."""

import importlib.metadata
import pathlib
import re
import sys

import akua
import pytest

# Whoever imports akua pays for these only when they are used.
HEAVY = {
    "asyncio",
    "concurrent.futures",
    "copy",
    "dataclasses",
    "datetime",
    "email",
    "enum",
    "html",
    "http.client",
    "inspect",
    "json",
    "logging",
    "pandas",
    "pathlib",
    "pickle",
    "polars",
    "re",
    "socket",
    "ssl",
    "subprocess",
    "threading",
    "typing",
    "urllib",
    "warnings",
}


def test_importing_it_imports_nothing_else(python):
    program = """
    import sys
    before = set(sys.modules)
    import akua
    print(*sorted(set(sys.modules) - before))
    """
    imported = set(python(program).stdout.split())
    ours = {"akua", "akua._akua", "akua._errors", "akua._interpreter", "akua.generated", "akua.generated.kinds"}
    # The last two say which interpreter this is.
    assert imported - {"atexit", "_interpreters", "_xxsubinterpreters"} == {"__future__", *ours}
    assert not imported & HEAVY


def test_a_call_imports_nothing_else(python, akua_sim):
    # One that takes its time neither.
    akua_sim.inject({"delivery": {"delay_ms": 100}}, nth=2)
    program = """
    import sys
    import akua
    client = akua.Client(base_url=sys.argv[1], token=sys.argv[2], use_env=False)
    before = set(sys.modules)
    cluster = client.clusters.get("clu_1")
    cluster = client.clusters.update(cluster, name="x")
    client.clusters.edit(cluster, name="y")
    [each.name for each in client.clusters.list()]
    try:
        client.clusters.update(cluster, name="z")
    except akua.ConflictError as error:
        str(error)
    print(*sorted(set(sys.modules) - before))
    """
    assert python(program, akua_sim.url, akua_sim.token).stdout.split() == []


def test_the_version_stands_in_one_place(repository):
    workspace = (repository / "Cargo.toml").read_text()
    version = re.search(r'^\[workspace.package\]\nversion = "(.*)"$', workspace, re.MULTILINE)[1]
    assert akua.__version__ == version
    assert 'dynamic = ["version"]' in (repository / "pyproject.toml").read_text()
    assert version not in (repository / "pyproject.toml").read_text()
    assert importlib.metadata.version("akua") == version


def test_the_wheel_is_for_every_python_from_3_10_on():
    [module] = pathlib.Path(akua.__file__).parent.glob("_akua*.so")
    assert module.name == "_akua.abi3.so"
    assert (pathlib.Path(akua.__file__).parent / "py.typed").exists()


def test_everything_public_is_there_and_explained():
    assert dir(akua) == sorted(akua.__all__)
    for name in akua.__all__:
        if name != "__version__":
            assert getattr(akua, name).__doc__, name
    with pytest.raises(AttributeError, match="nothing_like_it"):
        akua.nothing_like_it


def test_classes_say_where_they_are_found():
    for name in akua.__all__:
        if isinstance(getattr(akua, name), type) and not name.endswith(("AsyncClient", "Fields", "Options")):
            assert getattr(akua, name).__module__ == "akua", name
    assert sys.modules["akua"] is akua


def test_a_build_without_optimisation_says_so(python):
    program = """
    import warnings
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        import akua
        from akua import _akua
    assert bool(caught) == _akua.UNOPTIMISED, caught
    if caught:
        assert "pip install" in str(caught[0].message)
    """
    python(program)


def test_a_build_without_optimisation_warns_whoever_imports_it(python):
    # The other build is not at hand: what it says of itself is changed.
    program = """
    import sys, warnings
    from akua import _akua
    _akua.UNOPTIMISED = True
    del sys.modules["akua"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        import akua
    [warning] = caught
    assert warning.category is RuntimeWarning
    assert "pip install" in str(warning.message)
    assert warning.filename == __file__, warning.filename
    """
    python(program)


def test_d_the_wheel_says_where_the_project_is_and_its_page_links_to_nothing_else():
    metadata = importlib.metadata.metadata("akua")
    urls = dict(url.split(", ") for url in metadata.get_all("Project-URL"))
    assert "Homepage" in urls
    page = metadata["Description"]
    links = re.findall(r"\]\(([^)]*)\)|^\[[^\]]+\]:\s*(\S+)|(?:href|src)=[\"']([^\"']*)", page, re.MULTILINE)
    links = ["".join(link) for link in links]
    assert links
    assert {url for url in [*urls.values(), *links] if not re.match(r"https://[a-z]", url)} == set()


@pytest.mark.parametrize(
    ("module", "program", "extra"),
    [
        ("cloudpickle", "import akua.fleet.dask", "dask"),
        ("distributed", "import akua.fleet.dask", "dask"),
        ("distributed", "from akua.fleet.dask import run", "dask"),
        ("tqdm", "run('bar')", "fleet"),
    ],
)
def test_d_a_missing_extra_is_named(python, tmp_path, module, program, extra):
    done = python(
        f"""
        import sys
        sys.modules["{module}"] = None
        from akua.sim import Simulator
        from akua.fleet import Plan

        def run(progress):
            with Simulator(clusters=1) as sim:
                plan = Plan.patches({{"clu_1": {{"name": "x"}}}})
                with sim.client().clusters.fleet(plan, sys.argv[1]) as fleet:
                    try:
                        fleet.run(progress=progress)
                    finally:
                        # Nothing has begun.
                        assert fleet.report().counts.pending == 1

        try:
            {program}
        except ModuleNotFoundError as missing:
            print(missing)
            assert missing.name.split(".")[0] == "{module}", missing.name
        """,
        str(tmp_path / "x.akua-fleet"),
    )
    assert f"{module}" in done.stdout
    assert f"pip install 'akua[{extra}]'" in done.stdout


def test_d_what_suits_the_place_does_without_the_extra(python):
    done = python(
        """
        import sys
        sys.modules["tqdm"] = None
        from akua.fleet import _progress
        _progress.in_notebook = lambda: True
        assert _progress.of(None) is _progress.Lines
        """
    )
    assert done.stdout == ""
