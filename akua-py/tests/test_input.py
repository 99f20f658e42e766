"""What a caller can get wrong: an error that names the field, before anything is sent."""

import os

import akua
import pytest

SURROGATE = "half \ud800"


@pytest.mark.parametrize("id", ["", "x" * 55, ".", "..", "a/b", "a\\b", "%2F", "a:b", "a\nb", "a\0b", SURROGATE])
def test_ids(client, akua_sim, id):
    for call in (
        client.clusters.get,
        lambda id: client.clusters.update(id, if_match="42", name="x"),
        lambda id: client.clusters.edit(id, name="x"),
        lambda id: client.clusters.edit_with(id, lambda cluster: None),
        client.clusters.wait_settled,
    ):
        with pytest.raises(akua.ValidationError) as caught:
            call(id)
        assert caught.value.problems[0].field == "id"
    assert akua_sim.log() == []


@pytest.mark.parametrize("id", ["é", "🚀" * 54, "a b", "a?b", "a#b", "*"])
def test_unusual_ids_address_what_they_say(client, akua_sim, id):
    akua_sim.control({"op": "seed", "resources": [{"kind": "cluster", "id": id}]})
    assert client.clusters.get(id).id == id


@pytest.mark.parametrize("id", [None, 7, b"clu_1", ["clu_1"], object()])
def test_ids_of_another_type(client, akua_sim, id):
    for call in (client.clusters.get, client.workspaces.get, lambda id: client.clusters.edit(id, name="x")):
        with pytest.raises(TypeError, match="its id as str"):
            call(id)
    assert akua_sim.log() == []


def test_a_resource_of_another_kind(client):
    workspace = client.workspaces.get("ws_1")
    with pytest.raises(TypeError, match="Cluster or its id as str, not Workspace"):
        client.clusters.get(workspace)


@pytest.mark.parametrize("etag", ["", "*", "x" * 257, "a\r\nb: c", "a\0", "é", " 42", SURROGATE])
def test_etags(client, akua_sim, etag):
    with pytest.raises(akua.ValidationError) as caught:
        client.clusters.update("clu_1", if_match=etag, name="x")
    assert caught.value.problems[0].field in ("if-match", "if_match")
    assert akua_sim.log() == []


def test_an_id_alone_is_no_precondition(client, akua_sim):
    with pytest.raises(akua.ValidationError, match="if_match=…"):
        client.clusters.update("clu_1", name="x")
    assert akua_sim.log() == []


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, "patch"),
        ({"name": ""}, "name"),
        ({"name": "🚀" * 101}, "name"),
        ({"name": SURROGATE}, "name"),
        ({"region_id": "x" * 55}, "region_id"),
        ({"provider": "somebody"}, "provider"),
        ({"kubeconfig": ""}, "kubeconfig"),
        ({"name": "", "region_id": ""}, "name"),
    ],
)
def test_fields_of_a_cluster(client, akua_sim, fields, named):
    for call in (
        lambda: client.clusters.update("clu_1", if_match="42", **fields),
        lambda: client.clusters.edit("clu_1", **fields),
    ):
        with pytest.raises(akua.ValidationError) as caught:
            call()
        assert caught.value.problems[0].field == named
        assert len(caught.value.problems) == max(len(fields), 1)
    assert akua_sim.log() == []


@pytest.mark.parametrize(("slug", "right"), [("ab", False), ("abc", True), ("x" * 39, True), ("x" * 40, False)])
def test_fields_of_a_workspace(client, slug, right):
    if right:
        assert client.workspaces.update("ws_1", if_match="8", slug=slug).slug == slug
    else:
        with pytest.raises(akua.ValidationError, match="slug"):
            client.workspaces.update("ws_1", if_match="8", slug=slug)


def test_the_limit_counts_code_points(client):
    assert client.clusters.update("clu_1", if_match="42", name="🚀" * 100).name == "🚀" * 100


@pytest.mark.parametrize("value", [None, 7, b"x", ["x"]])
def test_fields_of_another_type(client, akua_sim, value):
    with pytest.raises(TypeError):
        client.clusters.update("clu_1", if_match="42", name=value)
    for given in ("if_match", "idempotency_key"):
        if value is not None:
            with pytest.raises(TypeError, match=given):
                client.clusters.update("clu_1", name="x", **{"if_match": "42", given: value})
    assert akua_sim.log() == []


def test_what_is_no_field(client):
    for call in (client.clusters.update, client.clusters.edit, client.workspaces.edit):
        with pytest.raises(TypeError, match="state"):
            call("clu_1", state="active")
    with pytest.raises(TypeError, match="positional"):
        client.clusters.update("clu_1", "42")


def test_the_key_that_workspaces_do_not_take(client, akua_sim):
    with pytest.raises(akua.ValidationError, match="only for clusters"):
        client.workspaces.update("ws_1", if_match="8", slug="abc", idempotency_key="k")
    with pytest.raises(TypeError, match="idempotency_key"):
        client.clusters.edit("clu_1", name="x", idempotency_key="k")
    assert akua_sim.log() == []


@pytest.mark.parametrize("key", ["", "x" * 65, "a\nb", SURROGATE])
def test_keys(client, akua_sim, key):
    with pytest.raises(akua.ValidationError, match="idempotency"):
        client.clusters.update("clu_1", if_match="42", name="x", idempotency_key=key)
    assert akua_sim.log() == []


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), -float("inf")])
def test_timeouts(client, akua_sim, timeout):
    for call in (
        lambda: client.clusters.get("clu_1", timeout=timeout),
        lambda: client.clusters.list(timeout=timeout),
        lambda: client.with_options(timeout=timeout),
        lambda: akua_sim.client(timeout=timeout),
    ):
        with pytest.raises(akua.ValidationError) as caught:
            call()
        assert caught.value.problems[0].field == "timeout"
    with pytest.raises(akua.ValidationError, match="connect_timeout"):
        akua_sim.client(connect_timeout=timeout)
    assert akua_sim.log() == []


@pytest.mark.parametrize("timeout", [1e300, float("inf"), 2**80, 60, 60.5])
def test_a_very_long_time_is_no_error(client, timeout):
    assert client.clusters.get("clu_1", timeout=timeout).id == "clu_1"


@pytest.mark.parametrize("timeout", ["1", True, [], object()])
def test_timeouts_of_another_type(client, timeout):
    with pytest.raises(TypeError, match="seconds"):
        client.clusters.get("clu_1", timeout=timeout)


@pytest.mark.parametrize("size", [0, 101])
def test_page_sizes(client, size):
    with pytest.raises(akua.ValidationError, match="limit"):
        client.clusters.list(page_size=size)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"base_url": "http://akua.example"}, "base URL"),
        ({"base_url": "https://user:hush@akua.example"}, "base URL"),
        ({"base_url": "ftp://akua.example"}, "base URL"),
        ({"base_url": ""}, "base URL"),
        ({"token": ""}, "token"),
        ({"token": "hush\n"}, "token"),
        ({"token": SURROGATE}, "token"),
        ({"context": "x" * 54}, "akua-context"),
        ({"proxy": "socks5://hush@proxy.example"}, "proxy"),
        ({"user_agent_suffix": "a\nb"}, "user agent"),
        ({"extra_root_certificates": "no pem"}, "certificates"),
        ({"client_certificate": ("hush", b"hush")}, "certificate"),
        ({"contract": {"etags_are_fine": True}}, "etags_are_fine"),
        ({"contract": {"key_retention": -1}}, "key_retention"),
    ],
)
def test_settings(akua_sim, settings, named):
    with pytest.raises(akua.AkuaError) as caught:
        akua_sim.client(**settings)
    assert isinstance(caught.value, ValueError)
    assert named in str(caught.value)
    assert "hush" not in str(caught.value) + repr(vars(caught.value))


@pytest.mark.parametrize(
    "settings", [{"token": 7}, {"token": b"x"}, {"proxy": 7}, {"contract": 7}, {"contract": {"hidden_retries": "no"}}]
)
def test_settings_of_another_type(akua_sim, settings):
    with pytest.raises(TypeError):
        akua_sim.client(**settings)


def test_a_client_without_a_token_says_where_to_get_one():
    with pytest.raises(akua.ConfigurationError, match="https://akua.dev"):
        akua.Client(use_env=False)


def test_the_environment(python, akua_sim, tmp_path):
    program = """
    import akua
    print(akua.Client().clusters.get("clu_1").name)
    """
    python_path = {name: value for name, value in os.environ.items() if name == "PYTHONPATH"}
    environment = {"AKUA_API_URL": akua_sim.url, "HOME": str(tmp_path), **python_path}
    broad = {**environment, "AKUA_API_TOKEN": akua_sim.broad_token, "AKUA_CONTEXT": "ws_1"}
    assert python(program, env={**environment, "AKUA_API_TOKEN": akua_sim.token}).stdout == "cluster 1\n"
    assert python(program, env=broad).stdout == "cluster 1\n"
    # The file of the vendor's own command line.
    folder = tmp_path / ".config" / "akua"
    folder.mkdir(parents=True)
    file = folder / "config.json"
    file.write_text('{"token": "%s"}' % akua_sim.token)
    file.chmod(0o600)
    assert python(program, env=environment).stdout == "cluster 1\n"
    # What the program says counts, and so does its wish not to look.
    told = python(program.replace("Client()", "Client(use_env=False)"), env=broad, check=False)
    assert "ConfigurationError" in told.stderr


def test_a_contract_is_believed(akua_sim):
    contract = {"reads_linearizable": True, "key_retention": 60, "hidden_retries": False}
    akua_sim.inject({"delivery": {"send": "nothing", "end": "reset"}}, method="PATCH", times="forever")
    with akua_sim.client(contract=contract) as client:
        assert client.clusters.edit("clu_1", name="x").proof == "observed"
