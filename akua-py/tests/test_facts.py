"""What stands in Rust and is repeated here: enumerations, fields, limits, names. It is read from the sources."""

import ast
import inspect
import re

import akua
from akua import _akua
import pytest
from akua import fleet
from akua.fleet import _aio, _records
from akua.generated import kinds


def source(repository, *path):
    return repository.joinpath(*path).read_text()


def names_of(repository, path, type):
    """The names of an enumeration in `named!`, which declares it or only names its variants."""
    text = source(repository, *path)
    declared = re.search(rf"^    pub enum {type} \{{(.*?)^    \}}", text, re.DOTALL | re.MULTILINE)
    named = re.search(rf"named!\({type} \{{(.*?)\}}\)", text, re.DOTALL)
    return re.findall(r'=>? "(\w+)"', (declared or named)[1])


def test_fields_that_can_be_written():
    for fields, calls in ((akua.ClusterFields, akua.Clusters), (akua.WorkspaceFields, akua.Workspaces)):
        with akua.Client(token="t", use_env=False) as client:
            bound = getattr(client, calls.__name__.lower())
            with pytest.raises(TypeError) as caught:
                bound.edit("x", nothing_like_it="x")
        assert f"(fields that can be written: {', '.join(fields.__annotations__)})" in str(caught.value)


def test_what_there_is_because_of_a_kind_is_public():
    assert set(kinds.__all__) <= set(akua.__all__)


@pytest.mark.parametrize("name", list(akua.EditOptions.__annotations__))
def test_options_that_calls_take(name):
    with akua.Client(token="t", use_env=False) as client:
        with pytest.raises((TypeError, ValueError)) as caught:
            client.clusters.edit("clu_1", **{name: object()})
    assert "unexpected" not in str(caught.value)
    with pytest.raises(TypeError, match="unexpected keyword"):
        client.clusters.edit("clu_1", **{f"{name}s": object()})


def test_what_help_shows_is_what_the_stubs_say(repository):
    tree = ast.parse(source(repository, "akua-py", "python", "akua", "generated", "kinds.pyi"))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    compared = 0
    inherited = {
        **dict.fromkeys(("Cluster", "Workspace", "Operation", "Region", "ClusterCapabilities"), ("_Answered",)),
        **dict.fromkeys(("Clusters", "Workspaces"), ("_Calls", "_Reads", "_Lists")),
        "Operations": ("_Reads", "_Lists"),
        "Regions": ("_Lists",),
        "Capabilities": ("_Gets",),
    }
    for name, bases in inherited.items():
        for node in (node for each in (name, *bases) for node in classes[each].body):
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and (doc := ast.get_docstring(node)):
                shown = " ".join(inspect.getdoc(getattr(getattr(akua, name), node.name)).split())
                assert " ".join(doc.split()).startswith(shown.split(" Raises:")[0]), (name, node.name)
                compared += 1
    assert compared > 40


def test_d_no_docstring_is_in_a_stub_alone(repository):
    tree = ast.parse(source(repository, "akua-py", "python", "akua", "_akua.pyi"))
    compared = 0
    for node in tree.body:
        if not isinstance(node, ast.ClassDef) or not (ast.get_docstring(node) and hasattr(_akua, node.name)):
            continue
        kind, methods = getattr(_akua, node.name), [each for each in node.body if isinstance(each, ast.FunctionDef)]
        # What a constructor takes is shown with its class.
        told = [ast.get_docstring(each) or "" for each in (node, *methods) if each is node or each.name == "__new__"]
        pairs = [("\n".join(told), kind)]
        pairs += [(doc, getattr(kind, each.name)) for each in methods if (doc := ast.get_docstring(each)) and each.name != "__new__"]
        for doc, found in pairs:
            assert doc.split() == inspect.getdoc(found).split(), (node.name, doc)
            compared += 1
    assert compared > 20


def test_limits_in_what_is_told(repository):
    text = source(repository, "akua-model", "src", "limits.rs")
    limits = {
        name: (int(low), high) for name, low, high in re.findall(r"const (\w+): Limit = Limit::new\((\d+), (.*?)\)", text)
    }
    folder = repository / "akua-py"
    told = [*folder.glob("src/docs/*.txt"), *folder.glob("python/akua/_*.py*"), *folder.glob("python/akua/generated/*")]
    told = re.sub(r"\s+", " ", "".join(path.read_text() for path in told))
    for words, name in {
        "The workspace that all calls are about, {} to {} characters": "WORKSPACE_ID",
        "The workspace that calls are about, {} to {} code points": "WORKSPACE_ID",
        "A key of your own for this change, {} to {} characters": "IDEMPOTENCY_KEY",
        "How many a page is to have at most, {} to {}": "PAGE_ITEMS",
    }.items():
        assert words.format(*limits[name]) in told, name


def test_names_in_the_stubs(repository):
    stubs = re.sub(r"\s+", " ", source(repository, "akua-py", "python", "akua", "_errors.py"))
    effects = names_of(repository, ("akua-model", "src", "report", "kind.rs"), "Effect")
    assert "Literal[" + ", ".join(f'"{effect}"' for effect in effects if effect != "unchanged") + "]" in stubs
    states = names_of(repository, ("akua-model", "src", "edit", "names.rs"), "FieldState")
    assert "Literal[" + ", ".join(f'"{state}"' for state in states) + "]" in stubs


def test_switches_of_a_contract(repository):
    from akua.generated.settings import Contract

    text = source(repository, "akua-model", "src", "edit", "contract.rs")
    switches = dict(re.findall(r"^    pub (\w+): (bool|Duration),", text, re.MULTILINE))
    assert set(Contract.__annotations__) == set(switches)
    for name, kind in switches.items():
        akua.Client(token="t", use_env=False, contract={name: True if kind == "bool" else 1.5})


def literal_of(repository, path, alias):
    """The names that a literal type with a name of its own allows."""
    return re.findall(r'"(\w+)"', re.search(rf"\b{alias}: TypeAlias = Literal\[(.*?)\]", source(repository, *path), re.DOTALL)[1])


def states_of(repository, asked):
    """The states of which `State` says yes when it is asked for that."""
    text = source(repository, "akua-fleet", "src", "item.rs")
    names = dict(re.findall(r'^    (\w+) => "(\w+)",$', re.search(r"named!\(State \{(.*?)\}\)", text, re.DOTALL)[1], re.MULTILINE))
    yes = re.search(rf"fn {asked}\(self\) -> bool \{{\s+match self \{{\s+([^=]*?) => true,", text)[1]
    return {names[state] for state in re.findall(r"Self::(\w+)", yes)}


def test_where_an_item_of_a_fleet_may_stand(repository):
    records = ("akua-py", "python", "akua", "fleet", "_records.py")
    states = names_of(repository, ("akua-fleet", "src", "item.rs"), "State")
    assert literal_of(repository, records, "_State") == states == list(fleet.Counts.__match_args__)
    assert literal_of(repository, records, "_Stop") == names_of(repository, ("akua-fleet", "src", "event.rs"), "Stop")
    of_launches, open_ = states_of(repository, "is_of_operation"), states_of(repository, "is_open")
    assert (len(of_launches), len(open_)) == (4, 5)
    for state in states:
        others = dict.fromkeys(set(states) - of_launches - {state}, 0)
        counts = fleet.Counts(**others, **{state: 1})
        assert (counts.total, counts.open, str(counts)) == (1, int(state in open_), f"1 {state.replace('_', ' ')}")
        assert counts.to_dict() == {**others, state: 1}, "what only a launch can be is left out where there is none"


def test_every_event_of_a_fleet_has_its_record(repository):
    events = re.search(r"pub enum Event \{(.*?)^\}", source(repository, "akua-fleet", "src", "event.rs"), re.DOTALL | re.MULTILINE)
    variants = re.findall(r"^    (\w+)(?: \{|\()", events[1], re.MULTILINE)
    assert {kind: record.__name__ for kind, record in _records._EVENTS.items()} == {name.lower(): name for name in variants}
    shown = re.search(r"^fn shown\(event.*?^\}", source(repository, "akua-py", "src", "fleet_run.rs"), re.DOTALL | re.MULTILINE)[0]
    told = {kind: re.findall(r'"(\w+)":', rest) for kind, rest in re.findall(r'"kind": "(\w+)"(.*?)\}\)', shown, re.DOTALL)}
    assert told.pop("other") == []
    assert told == {kind: list(record.__match_args__) for kind, record in _records._EVENTS.items()}
    assert set(variants) <= set(fleet.__all__)
    for following in (fleet.Run.__next__, _aio.AsyncRun.__anext__, _records.of_event):
        assert set(following.__annotations__["return"].split(" | ")) - {"None"} == set(variants)
