"""What mypy and pyright have to conclude from the stubs. It is checked, not run: `tools/python/types.sh`."""

import datetime
from collections.abc import Sequence
from typing import Any, Literal

from typing_extensions import assert_type

import akua
from akua.sim import Simulator


def calls(client: akua.Client) -> None:
    cluster = client.clusters.get("clu_1")
    assert_type(cluster, akua.Cluster)
    assert_type(cluster.id, str)
    assert_type(cluster.html_url, str | None)
    assert_type(cluster.state, akua.ClusterState)
    assert_type(cluster.state.is_known, bool)
    assert_type(cluster.created_at, datetime.datetime)
    assert_type(cluster.created_at_unix, int | float)
    assert_type(cluster.to_dict(), dict[str, Any])
    assert_type(client.clusters.update(cluster, name="x", provider=akua.Provider.MANAGED_KAAS), akua.Cluster)
    assert_type(client.clusters.update("clu_1", if_match="42", name="x"), akua.Cluster)
    assert_type(client.workspaces.get("ws_1").plan.billed_by, akua.BilledBy | None)
    assert_type(client.clusters.kubeconfig(cluster), akua.Secret)
    assert_type(client.clusters.kubeconfig("clu_1", timeout=5).expose(), str)
    answer = client.request("POST", "/offers", json={"a": [1]}, query={"limit": 1, "of": ["a", "b"]}, if_match="42", timeout=5)
    assert_type(answer, akua.Answer)
    assert_type((answer.status, answer.etag, answer.request_id), tuple[int, str | None, str | None])
    text: str = cluster.state
    capabilities = client.capabilities.get("clu_1")
    assert_type(capabilities, akua.ClusterCapabilities)
    assert_type(capabilities.freshness, akua.CapabilitiesFreshness | None)
    if capabilities.freshness is not None:
        assert_type(capabilities.freshness.last_refresh_status, akua.RefreshStatus | None)
    settings = client.compute_settings.get("clu_1")
    assert_type(settings, akua.ClusterComputeSettings)
    assert_type((settings.cluster_id, settings.auto_scaling, settings.max_machines), tuple[str, akua.AutoScaling, int])
    assert_type(client.compute_settings.update(settings, auto_scaling="paused"), akua.ClusterComputeSettings)
    assert_type(
        client.compute_settings.edit_with(settings, lambda seen: {"max_machines": seen.max_machines + 1}).resource,
        akua.ClusterComputeSettings,
    )


def edits(client: akua.Client) -> None:
    result = client.clusters.edit("clu_1", name="x", keep_resume_token=print)
    assert_type(result, akua.EditResult[akua.Cluster])
    assert_type(result.resource, akua.Cluster)
    assert_type(result.proof, Literal["acknowledged", "observed"] | None)
    assert_type(client.workspaces.edit("ws_1", slug="abc").resource, akua.Workspace)
    for result in (
        client.clusters.edit_with("clu_1", lambda cluster: {"name": cluster.name + "-eu"}),
        client.clusters.edit_with("clu_1", lambda cluster: cluster.__replace__(name="x")),
        client.clusters.edit_with("clu_1", lambda cluster: None),
    ):
        assert_type(result, akua.EditResult[akua.Cluster])
    assert_type(client.clusters.wait_settled(result, timeout=600), akua.Cluster)


def lists(client: akua.Client) -> list[str]:
    assert_type(client.clusters.list().to_dicts(), list[dict[str, Any]])
    for page in client.workspaces.list(page_size=10).pages():
        assert_type(page, akua.Page[akua.Workspace])
        assert_type(page[0], akua.Workspace)
        assert_type(page[1:], tuple[akua.Workspace, ...])
        assert_type(len(page), int)
    for region in client.regions.list(page_size=10):
        assert_type(region.name, str | None)
    return [cluster.name for cluster in client.clusters.list()]


def errors(client: akua.Client) -> None:
    try:
        client.clusters.edit("clu_1", name="x")
    except akua.ConflictError as error:
        assert_type(error.base, dict[str, str | None])
        assert_type(error.current_etag, str | None)
        client.clusters.edit(error.resource, name="x")
    except akua.IndeterminateError as error:
        assert_type(client.resolve(error.resume_token), akua.EditResult[Any] | akua.Launched)
        assert_type(client.resolve(error.resume_token).changed, bool)
        assert_type(error.may_still_land, bool)
        facts: Sequence[akua.FieldReport] = error.facts
    except akua.RateLimitedError as error:
        assert_type(error.retry_after, float | None)
    except ValueError:
        raise
    except akua.AkuaError as error:
        assert_type(error.server_errors, tuple[akua.ErrorDetail, ...])
        assert_type(error.may_have_taken_effect, bool)


def launches(client: akua.Client) -> None:
    launched = client.clusters.suspend("clu_1", keep_resume_token=print, max_attempts=2)
    assert_type(launched, akua.Launched)
    assert_type(launched.end, Literal["applied", "unchanged"])
    assert_type(launched.token, str | None)
    assert_type(launched.wait(timeout=600, on_progress=print), akua.Waited | None)
    assert_type(client.workspaces.delete(client.workspaces.get("ws_1")).candidates, tuple[str, ...])
    assert_type(client.clusters.suspend_once("clu_1", if_match="42"), akua.Operation)
    new: akua.NewClusterFields = {"name": "prod", "region_id": "reg_1"}
    made = client.clusters.create(**new, timeout=9, keep_resume_token=print)
    assert_type(made, akua.Launched)
    assert_type((made.id, made.name), tuple[str | None, str | None])
    assert_type(client.clusters.create_once(name="prod", region_id="reg_1", idempotency_key="k"), akua.Operation)
    client.clusters.create(name="prod", region_id="reg_1", network_profile=akua.NetworkProfile.MIXED_OS_CALICO)
    edge: akua.ClusterImportFields = {"name": "edge", "region_id": "reg_1", "kubeconfig": "x"}
    imported = client.clusters.import_cluster(**edge, keep_resume_token=print)
    assert_type(imported.made, akua.Cluster | akua.WorkerBootstrap | akua.Workspace | None)
    assert_type(client.clusters.import_cluster_once(**edge, idempotency_key="k"), akua.Cluster)
    team: akua.NewWorkspaceFields = {"name": "Team Blue"}
    assert_type(client.workspaces.create(**team, timeout=9), akua.Launched)
    assert_type(client.workspaces.create_once(name="Team Blue", slug="team-blue"), akua.Workspace)
    try:
        waited = client.operations.wait("op_1", on_progress=lambda operation: not operation.done, asked="yes")
        assert_type(waited.now, akua.Cluster | akua.Workspace | None)
        assert_type(waited.operation, akua.Operation)
    except akua.OperationCancelledError as error:
        assert_type(error.asked_here, Literal["yes", "no", "unknown"])
        assert_type(error.operation, akua.Operation | None)


async def asynchronous_launches(client: akua.AsyncClient) -> None:
    launched = await client.clusters.delete("clu_1")
    assert_type(launched, akua.AsyncLaunched)

    async def watch(operation: akua.Operation) -> bool:
        return True

    assert_type(await launched.wait(on_progress=watch), akua.Waited | None)
    assert_type(await client.operations.wait(await client.operations.get("op_1")), akua.Waited)
    assert_type(await client.operations.cancel_once("op_1"), akua.Operation)
    assert_type(await client.resolve("akua-resume-2"), akua.EditResult[Any] | akua.AsyncLaunched)


async def asynchronous(client: akua.AsyncClient) -> None:
    assert_type(await client.clusters.get("clu_1"), akua.Cluster)
    assert_type(await client.workspaces.edit("ws_1", name="x"), akua.EditResult[akua.Workspace])

    async def change(cluster: akua.Cluster) -> dict[str, str]:
        return {"name": cluster.name}

    assert_type(await client.clusters.edit_with("clu_1", change), akua.EditResult[akua.Cluster])
    assert_type(
        await client.clusters.edit_with("clu_1", lambda cluster: {"name": cluster.id}), akua.EditResult[akua.Cluster]
    )
    async for cluster in client.clusters.list():
        assert_type(cluster, akua.Cluster)
    async for page in client.workspaces.list().pages():
        assert_type(page, akua.Page[akua.Workspace])
    async for region in client.regions.list():
        assert_type(region, akua.Region)
    assert_type(await client.clusters.kubeconfig("clu_1"), akua.Secret)
    assert_type(await client.request("GET", "/offers", query={"limit": 1}), akua.Answer)


def simulator(akua_sim: Simulator) -> None:
    assert_type(akua_sim.client(), akua.Client)
    assert_type(akua_sim.async_client(), akua.AsyncClient)
    assert_type(akua_sim.log(), list[dict[str, Any]])
    with Simulator(clusters=1) as sim:
        assert_type(sim, Simulator)


def mistakes(client: akua.Client, cluster: akua.Cluster) -> None:
    """Each line is wrong, and both have to say so: an ignored line that is right is an error of its own."""
    client.clusters.update(cluster, "42")  # type: ignore[call-arg]
    client.clusters.update(cluster, nam="x")  # type: ignore[call-arg]
    client.clusters.update(cluster, name=None)  # type: ignore[arg-type]
    client.workspaces.update("ws_1", if_match="8", slug="abc", idempotency_key="k")  # type: ignore[arg-type]
    client.workspaces.get(cluster)  # type: ignore[arg-type]
    client.regions.get("reg_1")  # type: ignore[attr-defined]
    client.compute_settings.list()  # type: ignore[attr-defined]
    client.capabilities.list()  # type: ignore[attr-defined]
    client.capabilities.edit("clu_1")  # type: ignore[attr-defined]
    client.capabilities.get("clu_1").freshness.state  # type: ignore[union-attr]
    client.compute_settings.edit("clu_1", max_machines="5")  # type: ignore[arg-type]
    client.workspaces.kubeconfig("ws_1")  # type: ignore[attr-defined]
    client.request("GET")  # type: ignore[call-arg]
    client.request("GET", "/offers", page_size=1)  # type: ignore[call-arg]
    client.request("GET", "/offers", query="limit=1")  # type: ignore[arg-type]
    client.request("GET", "/offers").status = 1  # type: ignore[misc]
    client.clusters.kubeconfig("clu_1") + "x"  # type: ignore[operator]
    client.clusters.edit(cluster, on_conflict="overwrite")  # type: ignore[arg-type]
    client.clusters.suspend(cluster, on_conflict="rebase")  # type: ignore[call-arg]
    client.clusters.create(name="prod")  # type: ignore[call-arg]
    client.clusters.create(name="prod", region_id=1)  # type: ignore[arg-type]
    client.clusters.create(name="prod", region_id="reg_1", provider="managed_kaas")  # type: ignore[call-arg]
    client.clusters.import_cluster(name="edge", region_id="reg_1")  # type: ignore[call-arg]
    client.clusters.import_cluster(name="edge", region_id="reg_1", kubeconfig=b"x")  # type: ignore[arg-type]
    client.workspaces.create(slug="team-blue")  # type: ignore[call-arg]
    client.workspaces.create(name="prod", region_id="reg_1")  # type: ignore[call-arg]
    client.workspaces.create_once(name="prod", idempotency_key="k")  # type: ignore[call-arg]
    client.clusters.suspend("clu_1").wait().now  # type: ignore[union-attr]
    cluster.name = "x"  # type: ignore[misc]
