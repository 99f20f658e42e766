"""What type checkers conclude of fleets; never run."""

from pathlib import Path
from typing import Any

import akua
from akua import fleet as fleets
from akua.fleet import Plan, Preview, PreviewRow, Report, Run, Summary
from typing_extensions import assert_type


def conclusions(client: akua.Client, cluster: akua.Cluster) -> None:
    plan = Plan.patches({"clu_1": {"name": "x"}})
    assert_type(plan, Plan)
    assert_type(Plan.patches([(cluster, {"name": "x"})]), Plan)
    fleet = client.clusters.fleet(plan, Path("ledger"), kubeconfigs=lambda id: id)
    assert_type(fleet, fleets.Fleet)
    assert_type(client.workspaces.fleet(Plan.kept(), "ledger"), fleets.Fleet)
    assert_type(fleet.preview(), Preview)
    assert_type(fleet.preview()[0], PreviewRow)
    assert_type(fleet.preview()[0].is_unchanged, bool)
    assert_type(fleet.preview().started, int)
    assert_type(fleet.run(canary=3, check=lambda counts: counts.applied == 3, progress="bar"), Summary)
    run = fleet.start()
    assert_type(run, Run)
    for event in run:
        match event:
            case fleets.Ended(id=id, counts=counts):
                assert_type(id, str)
                assert_type(counts.open, int)
            case fleets.Accepted(operation=operation):
                assert_type(operation, str)
            case fleets.Canary():
                run.go_on()
            case _:
                pass
    assert_type(fleet.report(), Report)
    assert_type(fleet.report().to_dicts(), list[dict[str, Any]])
    assert_type(fleet.report().to_csv(), str)
    assert_type(fleet.report().to_json("ledger.json"), str)
    assert_type(Plan.suspend(lambda cluster: cluster.state == "active", name="night", version="1"), Plan)
    assert_type(Plan.resume(bool, name="morning", version="1"), Plan)
    assert_type(Plan.delete(bool, name="all", version="1"), Plan)
    assert_type(Plan.launches("delete", [cluster, "clu_2"]), Plan)
    assert_type(Plan.create([{"name": "a", "region_id": "reg_1"}]), Plan)
    assert_type(Plan.create({"k": {"name": "a", "region_id": "reg_1"}}), Plan)
    assert_type(Plan.create([{"line": "7", "name": "a", "region_id": "reg_1"}], key="line"), Plan)
    assert_type(fleet.preview()[0].is_new, bool)
    assert_type(fleet.run(wait=0).counts.started, int)
    Plan.launches("refresh", ["clu_1"])  # type: ignore[arg-type]
    Plan.suspend("active", name="night", version="1")  # type: ignore[arg-type]
    Plan.create("shop")  # type: ignore[arg-type]
    client.clusters.fleet({"clu_1": {"name": "x"}}, "ledger")  # type: ignore[arg-type]
    fleet.run(progress="loud")  # type: ignore[arg-type]
