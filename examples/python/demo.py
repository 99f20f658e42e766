"""The main job in six scenes, against an Akua on this machine; with --live, reads from the real service.

    make demo-python
    AKUA_API_TOKEN=… python examples/python/demo.py --live
"""

import sys

import akua
from akua.sim import Simulator


def main(arguments: list[str]) -> int:
    if arguments == ["--live"]:
        live()
    elif not arguments:
        scenes()
    else:
        print("the only option is --live: reads from the real service, with the environment's token", file=sys.stderr)
        return 2
    return 0


def scenes() -> None:
    with Simulator(clusters=3) as sim, sim.client() as client:
        print(f"An Akua on this machine: {sim.url}\n")
        reading(client)
        renaming(client)
        second_writer(client, sim)
        moving(client, sim)
        slug(client)
        bad_input(client, sim)


def reading(client: akua.Client) -> None:
    print("1. Reading")
    show(client.clusters.get("clu_1"))
    print("   all clusters:", ", ".join(cluster.name for cluster in client.clusters.list()))


def renaming(client: akua.Client) -> None:
    print("\n2. Renaming a cluster under its etag")
    cluster = client.clusters.get("clu_1")
    renamed = client.clusters.update(cluster, name="prod-eu")
    print(f"   sent if-match {cluster.etag}")
    show(renamed)
    expect(renamed.name == "prod-eu" and renamed.etag != cluster.etag, "a new name and a new etag")


def second_writer(client: akua.Client, sim: Simulator) -> None:
    print("\n3. Somebody else is faster")
    cluster = client.clusters.get("clu_1")
    sim.write("clu_1", name="renamed-by-a-colleague")
    print(f"   read etag {cluster.etag}; meanwhile a colleague renames it")
    try:
        client.clusters.update(cluster, name="prod-us")
    except akua.ConflictError as conflict:
        print(f"   refused: {conflict}")
        now = client.clusters.get("clu_1")
        show(now)
        expect(conflict.current_etag == now.etag, "a conflict that names the current etag")
        expect(not conflict.may_have_taken_effect, "nothing changed")
        expect(now.name == "renamed-by-a-colleague", "the colleague's name")
    else:
        expect(False, "a conflict")


def moving(client: akua.Client, sim: Simulator) -> None:
    print("\n4. Moving a cluster to another region, with an idempotency key sent twice")
    cluster = client.clusters.get("clu_1")
    key = "move-clu_1-2026-11"
    first = client.clusters.update(cluster, region_id="eu-north-1", idempotency_key=key)
    second = client.clusters.update(cluster, region_id="eu-north-1", idempotency_key=key)
    regions = [version["hidden"]["region_id"] for version in sim.history("clu_1")]
    moves = sum(before != after for before, after in zip(regions, regions[1:]))
    print(f"   first answer:  etag {first.etag}, reconciling {first.reconciling}")
    print(f"   second answer: etag {second.etag} (the same: it was moved {moves} time)")
    expect(moves == 1 and first.etag == second.etag, "one move for two requests")


def slug(client: akua.Client) -> None:
    print("\n5. Changing a workspace's slug")
    workspace = client.workspaces.get("ws_1")
    changed = client.workspaces.update(workspace, slug="team-blue")
    print(
        f"   {changed.id}: slug {workspace.slug} -> {changed.slug}, etag {workspace.etag} -> {changed.etag}"
    )
    expect(changed.slug == "team-blue", "the new slug")


def bad_input(client: akua.Client, sim: Simulator) -> None:
    print("\n6. Bad input is refused before anything is sent")
    before = len(sim.log())
    for attempt in (
        lambda: client.clusters.update("clu_1", if_match="42", name="🚀" * 101),
        lambda: client.clusters.update("clu_1", if_match="*", name="x"),
        lambda: client.clusters.get("../clusters"),
        lambda: akua.Client(base_url="http://api.akua.dev", token="sk_akua_demo", use_env=False),
    ):
        try:
            attempt()
        except (akua.ValidationError, akua.ConfigurationError) as refused:
            print(f"   {refused}")
        else:
            expect(False, "bad input is refused")
    # One more call shows that the record still grows, so that "nothing" means something.
    client.clusters.get("clu_1")
    sent = len(sim.log()) - before
    expect(sent == 1, "nothing was sent")
    print("   nothing of it was sent")


def live() -> None:
    with akua.Client() as client:
        print(f"Reads from {client.base_url}\n")
        for workspace in client.workspaces.list():
            print(f"   {workspace!r}")
        for cluster in client.clusters.list():
            show(cluster)


def show(cluster: akua.Cluster) -> None:
    print(f"   {cluster.id}: {cluster.name!r}, {cluster.state}, etag {cluster.etag}, changed {cluster.updated_at:%F %T}")


def expect(so: bool, what: str) -> None:
    if not so:
        raise SystemExit(f"the demo did not show what it should: {what}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
