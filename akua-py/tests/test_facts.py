"""What stands in Rust and is repeated here: enumerations, fields, limits, names. It is read from the sources."""

import inspect
import re

import akua
import pytest


def source(repository, *path):
    return repository.joinpath(*path).read_text()


def names_of(repository, path, type):
    """The names in `named!(Type { … })`."""
    body = re.search(rf"named!\({type} \{{(.*?)\}}\)", source(repository, *path), re.DOTALL)[1]
    return re.findall(r'=> "(\w+)"', body)


@pytest.mark.parametrize(
    ("file", "name", "kind"),
    [
        ("cluster.rs", "ClusterState", akua.ClusterState),
        ("cluster.rs", "Provider", akua.Provider),
        ("workspace.rs", "WorkspaceClass", akua.WorkspaceClass),
        ("workspace.rs", "BilledBy", akua.BilledBy),
    ],
)
def test_enumerations(repository, file, name, kind):
    text = source(repository, "akua-model", "src", file)
    body = re.search(rf"^    {name} \{{(.*?)^    \}}", text, re.DOTALL | re.MULTILINE)[1]
    known = dict(re.findall(r'(\w+) = "(\w+)"', body))
    assert [member.value for member in kind] == list(known.values())
    assert [member.name for member in kind] == [re.sub(r"(?<!^)(?=[A-Z])", "_", each).upper() for each in known]


@pytest.mark.parametrize(("file", "calls"), [("cluster.rs", akua.Clusters), ("workspace.rs", akua.Workspaces)])
def test_fields_that_can_be_written(repository, file, calls):
    text = source(repository, "akua-model", "src", file)
    constants = re.search(r"const FIELDS: &'static \[Field\] = &\[(.*?)\];", text)[1].split(", ")
    fields = [re.search(rf'const {constant}: Field = Field::\w+\("(\w+)"', text)[1] for constant in constants]
    for call in (calls.update, calls.edit):
        arguments = [name for name, each in inspect.signature(call).parameters.items() if each.default is ...]
        assert [name for name in arguments if name not in ("if_match", "idempotency_key")] == fields


def test_limits_in_the_stubs(repository):
    text = source(repository, "akua-model", "src", "limits.rs")
    limits = {
        name: (int(low), high) for name, low, high in re.findall(r"const (\w+): Limit = Limit::new\((\d+), (.*?)\)", text)
    }
    stubs = re.sub(r"\s+", " ", source(repository, "akua-py", "python", "akua", "_akua.pyi"))
    for words, name in {
        "Its id, {} to {} characters": "CLUSTER_ID",
        "the id has {} to {} characters": "WORKSPACE_ID",
        "The workspace that all calls are about, {} to {} characters": "WORKSPACE_ID",
        "The new name, {} to {} characters": "NAME",
        "The new slug, {} to {} characters": "SLUG",
        "The region to move to, {} to {} characters": "REGION_ID",
        "A key of your own for this change, {} to {} characters": "IDEMPOTENCY_KEY",
        "How many a page is to have at most, {} to {}": "PAGE_ITEMS",
    }.items():
        assert words.format(*limits[name]) in stubs, name


def test_names_in_the_stubs(repository):
    stubs = re.sub(r"\s+", " ", source(repository, "akua-py", "python", "akua", "_errors.pyi"))
    effects = names_of(repository, ("akua-model", "src", "report", "kind.rs"), "Effect")
    assert "Literal[" + ", ".join(f'"{effect}"' for effect in effects if effect != "unchanged") + "]" in stubs
    states = names_of(repository, ("akua-model", "src", "edit", "names.rs"), "FieldState")
    assert "Literal[" + ", ".join(f'"{state}"' for state in states) + "]" in stubs


def test_switches_of_a_contract(repository):
    text = source(repository, "akua-model", "src", "edit", "contract.rs")
    switches = re.findall(r"^    pub (\w+): (bool|Duration),", text, re.MULTILINE)
    stubs = source(repository, "akua-py", "python", "akua", "_akua.pyi")
    body = re.search(r"class _Contract\(.*?\):\n(.*?)\n\n", stubs, re.DOTALL)[1]
    assert dict(re.findall(r"(\w+): (\w+)", body)) == {
        name: {"bool": "bool", "Duration": "float"}[kind] for name, kind in switches
    }
    for name, kind in switches:
        akua.Client(token="t", use_env=False, contract={name: True if kind == "bool" else 1.5})
