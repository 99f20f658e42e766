"""The calls that send one request: get, list, update."""

import akua
import pytest


def requests(sim):
    return [(entry["method"], entry["target"]) for entry in sim.log()]


def test_get(client):
    cluster = client.clusters.get("clu_1")
    assert (cluster.id, cluster.name, cluster.etag) == ("clu_1", "cluster 1", "42")
    workspace = client.workspaces.get("ws_1")
    assert (workspace.id, workspace.slug, workspace.etag) == ("ws_1", "workspace-1", "8")


def test_get_again_takes_the_resource(client, akua_sim):
    before = client.clusters.get("clu_1")
    akua_sim.write("clu_1", name="theirs")
    assert client.clusters.get(before).name == "theirs"


def test_update_takes_its_etag_from_the_resource(client, akua_sim):
    cluster = client.clusters.get("clu_1")
    renamed = client.clusters.update(cluster, name="prod-eu")
    assert (renamed.name, renamed.etag) == ("prod-eu", "43")
    assert akua_sim.log()[-1]["if_match"] == "42"


def test_update_as_documented(client, akua_sim):
    renamed = client.clusters.update("clu_1", if_match="42", name="prod-eu", idempotency_key="rename-1")
    assert renamed.etag == "43"
    sent = akua_sim.log()[-1]
    assert (sent["method"], sent["target"], sent["if_match"]) == ("PATCH", "/v1/clusters/clu_1", "42")
    assert sent["idempotency_key"] == "rename-1"


def test_update_of_a_workspace(client):
    workspace = client.workspaces.get("ws_1")
    assert client.workspaces.update(workspace, slug="team-blue").slug == "team-blue"


def test_every_field_of_a_cluster_can_be_written(client, akua_sim):
    client.clusters.update("clu_1", if_match="42", region_id="reg_eu", provider="imported_byoc", kubeconfig="a: b")
    version = akua_sim.history("clu_1")[-1]
    assert version["hidden"]["region_id"] == "reg_eu"
    assert version["hidden"]["kubeconfig"]["bytes"] == 4
    assert version["fields"]["provider"] == "imported_byoc"
    cluster = client.clusters.get("clu_1")
    assert client.clusters.update(cluster, provider=akua.Provider.MANAGED_KAAS).provider == "managed_kaas"


def test_update_is_sent_once(client, akua_sim):
    akua_sim.inject({"answer": {"status": 503}, "carried_out": "no"}, method="PATCH", times="forever")
    with pytest.raises(akua.IndeterminateError) as caught:
        client.clusters.update("clu_1", if_match="42", name="x")
    assert requests(akua_sim) == [("PATCH", "/v1/clusters/clu_1")]
    assert caught.value.status == 503
    assert caught.value.attempts == 1


def test_a_second_writer_is_not_overwritten(client, akua_sim):
    cluster = client.clusters.get("clu_1")
    akua_sim.write("clu_1", name="theirs")
    with pytest.raises(akua.ConflictError) as caught:
        client.clusters.update(cluster, name="mine")
    assert caught.value.current_etag == "43"
    assert caught.value.base == {"name": "cluster 1"}
    assert caught.value.ours == {"name": "mine"}
    assert not caught.value.may_have_taken_effect
    assert client.clusters.get("clu_1").name == "theirs"


def test_reads_are_tried_again(client, akua_sim):
    akua_sim.inject({"answer": {"status": 503}, "carried_out": "no"}, method="GET")
    assert client.clusters.get("clu_1").id == "clu_1"
    assert len(akua_sim.log()) == 2


def test_list_reads_pages_when_it_gets_there(client, akua_sim):
    clusters = client.clusters.list(page_size=2)
    assert akua_sim.log() == []
    assert next(clusters).id == "clu_1"
    assert len(akua_sim.log()) == 1
    assert [cluster.id for cluster in clusters] == ["clu_2", "clu_3", "clu_4", "clu_5"]
    assert len(akua_sim.log()) == 3
    assert list(clusters) == []


def test_pages(client):
    pages = list(client.clusters.list(page_size=2).pages())
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [page.has_more for page in pages] == [True, True, False]
    assert pages[0][0].id == "clu_1"
    assert pages[0][-1].id == "clu_2"
    assert [cluster.id for cluster in pages[2][0:5]] == ["clu_5"]
    assert [cluster.id for cluster in pages[1]] == ["clu_3", "clu_4"]
    with pytest.raises(IndexError):
        pages[0][2]
    again = client.clusters.list(page_size=2, cursor=pages[0].next_cursor)
    assert next(again).id == "clu_3"


def test_pages_of_a_list_that_was_begun_leave_nothing_out(client):
    clusters = client.clusters.list(page_size=3)
    next(clusters)
    pages = [[cluster.id for cluster in page] for page in clusters.pages()]
    assert pages == [["clu_2", "clu_3"], ["clu_4", "clu_5"]]


def test_to_dicts(client):
    dicts = client.clusters.list(page_size=2).to_dicts()
    assert [each["id"] for each in dicts] == ["clu_1", "clu_2", "clu_3", "clu_4", "clu_5"]
    assert dicts[0].keys() == client.clusters.get("clu_1").to_dict().keys()
    page = next(client.workspaces.list().pages())
    assert page.to_dicts() == client.workspaces.list().to_dicts()


def test_a_list_that_leads_in_a_circle_ends_with_an_error(client, akua_sim):
    akua_sim.inject({"repeat_cursor": True}, path="/v1/clusters", times="forever")
    with pytest.raises(akua.DecodeError, match="circle"):
        for _ in client.clusters.list(page_size=2):
            pass


def test_context(akua_sim):
    broad = akua_sim.client(token=akua_sim.broad_token)
    with pytest.raises(akua.RejectedError) as caught:
        broad.clusters.get("clu_1")
    assert "AKUA_CONTEXT" in str(caught.value)
    assert broad.clusters.get("clu_1", context="ws_1").id == "clu_1"
    assert broad.with_options(context="ws_1").clusters.get("clu_1").id == "clu_1"
    assert [cluster.id for cluster in broad.clusters.list(context="ws_1")][0] == "clu_1"
    assert akua_sim.client(token=akua_sim.broad_token, context="ws_1").clusters.get("clu_1").id == "clu_1"


def test_with_options_is_a_changed_copy(akua_sim):
    client = akua_sim.client(timeout=20)
    quick = client.with_options(timeout=0.05)
    akua_sim.inject({"hold": "until_released"}, method="GET", times="forever")
    with pytest.raises(akua.TimeoutError):
        quick.clusters.get("clu_1")
    with pytest.raises(akua.TimeoutError):
        client.clusters.get("clu_1", timeout=0.05)
    akua_sim.clear()
    assert client.clusters.get("clu_1").id == "clu_1"
    # It ends with the one that it was made from.
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        quick.clusters.get("clu_1")


def test_traceparent(akua_sim):
    position = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    akua_sim.client().with_options(traceparent=position).clusters.get("clu_1")
    assert "traceparent" in akua_sim.log()[-1]["header_names"]


def test_client_is_a_context_manager(akua_sim):
    with akua_sim.client() as client:
        clusters = client.clusters
        listing = clusters.list(page_size=1)
        next(listing)
    for call in (lambda: clusters.get("clu_1"), lambda: next(listing), lambda: clusters.edit("clu_1", name="x")):
        with pytest.raises(RuntimeError, match="closed"):
            call()
    client.close()


def test_no_secret_is_shown(akua_sim):
    client = akua_sim.client()
    for shown in (repr(client), repr(client.clusters), repr(client.workspaces), str(client)):
        assert akua_sim.token not in shown
    assert akua_sim.url in repr(client)
