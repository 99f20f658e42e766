"""What `help()` and `inspect.signature` show of everything public."""

import enum
import inspect
import types

import akua
import akua.aio
import akua.fleet
import akua.fleet.dask
import akua.pytest_plugin
import akua.sim
import pytest

MODULES = [akua, akua.aio, akua.fleet, akua.fleet.dask, akua.sim]
# What objects of the language itself bring along.
BUILT_IN = (object, Exception, ValueError, OSError, TimeoutError, str, tuple, dict, enum.Enum)


def is_public(name):
    return not name.startswith("_") or name == "__replace__"


def members(kind):
    """What a class has of its own and from its private bases, each by its name."""
    for base in reversed(kind.__mro__):
        if base not in BUILT_IN and base.__module__.startswith(("akua", "builtins")) and base.__module__ != "builtins":
            for name, value in vars(base).items():
                if is_public(name) and not isinstance(value, (kind, enum.Enum)):
                    yield name, inspect.getattr_static(kind, name)


def everything():
    """Every public module, class, function, method and attribute that explains itself, each by its name."""
    for module in MODULES:
        yield module.__name__, module
        for name in module.__all__:
            found = getattr(module, name)
            if isinstance(found, (str, types.ModuleType)):
                continue
            yield f"{module.__name__}.{name}", found
            if isinstance(found, type):
                for member, value in members(found):
                    if callable(value) or inspect.isdatadescriptor(value) or isinstance(value, (classmethod, staticmethod)):
                        yield f"{module.__name__}.{name}.{member}", value


# In an order that every process agrees on.
PUBLIC = dict(sorted(everything(), key=lambda each: each[0]))


def signature_of(name, found):
    found = found.__func__ if isinstance(found, (classmethod, staticmethod)) else found
    return inspect.signature(found)


def test_there_is_much_that_is_public():
    assert len(PUBLIC) > 200
    for name in ("akua.Clusters.update", "akua.Client.resolve", "akua.Cluster.created_at", "akua.fleet.Fleet.run"):
        assert name in PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_d_help_explains_it(name):
    found = PUBLIC[name]
    doc = inspect.getdoc(found)
    assert doc and len(doc) > 8, name
    # Not what a base says of all of its kind.
    assert doc != inspect.getdoc(type(found)), name


CALLABLES = [
    name
    for name, found in PUBLIC.items()
    if (callable(found) or isinstance(found, (classmethod, staticmethod)))
    and not (isinstance(found, type) and issubclass(found, (enum.Enum, dict)))
    and not hasattr(found, "__get__" if isinstance(found, type) else "__set__")
]


@pytest.mark.parametrize("name", CALLABLES)
def test_d_its_signature_is_real(name):
    found = PUBLIC[name]
    # What the library makes and nobody else.
    if isinstance(found, type) and found.__init__ is object.__init__ and found.__new__ is object.__new__:
        return
    signature = signature_of(name, found)
    assert ... not in [parameter.default for parameter in signature.parameters.values()], signature
    names = set(signature.parameters)
    assert not {"args", "kwargs", "values", "named"} & names, f"{name}{signature}"


def test_d_the_settings_of_a_client_are_those_of_its_signature():
    shown = inspect.signature(akua.Client).parameters
    assert shown["proxy"].default == "environment"
    assert shown["use_env"].default is True
    for name, parameter in shown.items():
        with akua.Client(**{"token": "t", "use_env": False, name: parameter.default if name != "token" else "t"}):
            pass
    with pytest.raises(TypeError, match="nothing_like_it"):
        akua.Client(nothing_like_it=None)


def test_d_a_default_can_be_given(akua_sim):
    """What a signature shows as the default does the same when it is given."""
    with akua_sim.client() as client:
        cluster = client.clusters.get("clu_1")
        for call, arguments, fields in (
            (client.clusters.list, (), {}),
            (client.clusters.update, (cluster,), {"name": "x"}),
            (client.workspaces.update, (client.workspaces.get("ws_1"),), {"name": "x"}),
            (client.clusters.wait_settled, ("clu_1",), {}),
        ):
            shown = inspect.signature(call).parameters.values()
            defaults = {each.name: each.default for each in shown if each.default is not each.empty}
            assert defaults
            call(*arguments, **defaults, **fields)
        with pytest.raises(akua.ValidationError, match="if_match"):
            client.clusters.update("clu_1", if_match=None, name="y")
        assert [entry["if_match"] for entry in akua_sim.log() if entry["method"] == "PATCH"] == ["42", "8"]


def test_d_a_proxy_is_that_of_the_environment_unless_another_is_given(akua_sim, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    # This machine is never reached through one of the environment; one that is given is taken.
    for proxy in ("environment", None):
        assert akua_sim.client(proxy=proxy).clusters.get("clu_1").id == "clu_1"
    with pytest.raises(akua.TransportError):
        akua_sim.client(proxy="http://127.0.0.1:1", retry_attempts=1).clusters.get("clu_1")
