"""Making a cluster and a workspace where answers get lost: the last two scenes of `make demo-life`, from Python.

    make demo-making
"""

import akua
from akua.sim import Simulator


def main() -> None:
    sent_again()
    nobody_knows()


def sent_again() -> None:
    print("7. A create whose answer is lost")
    with Simulator(clusters=3) as sim, sim.client() as client:
        say("It is accepted, and nobody hears of it. The same bytes go out again under the same key:")
        lose(sim, "create_cluster")
        launched = client.clusters.create(name="prod-eu", region_id="reg_1")
        tell(launched)
        waited = launched.wait()
        assert waited is not None and isinstance(waited.now, akua.Cluster)
        say(waited.message)
        called = sum(cluster.name == "prod-eu" for cluster in client.clusters.list())
        sent = creates(sim)
        keys = len(set(sent))
        say(f"requests: {len(sent)}, keys: {keys}, clusters called prod-eu: {called}")
        expect((len(sent), keys, called) == (2, 1, 1) and waited.now.name == "prod-eu", "one cluster of two requests under one key")


def nobody_knows() -> None:
    print("\n8. A create of which nobody can know")
    with Simulator(clusters=3) as sim, sim.client(token=sim.broad_token, context="ws_1") as client:
        sim.control({"op": "create", "create": "create_workspace", "set": {"name": "Team Blue", "slug": "team-blue"}})
        sim.write("ws_2", kind="workspace", created_at=1700000000)
        say("There has been a workspace Team Blue for long. Its slug is taken, which is a refusal: nothing was made:")
        try:
            client.workspaces.create(name="Team Blue", slug="team-blue")
        except akua.RejectedError as refused:
            tell(refused)
        else:
            expect(False, "a refusal")

        say("Without a slug it is made, as a colleague makes another one, and nobody hears of it. No key would stop a second one,")
        say("so it is not sent again:")
        another = {"create": {"create": "create_workspace", "set": {"name": "Team Blue"}}}
        script = {"when": "before", "match": {"create": "create_workspace"}, "then": another}
        sim.control({"op": "script", "script": script})
        lose(sim, "create_workspace")
        unknown = still = None
        try:
            client.workspaces.create(name="Team Blue")
        except akua.IndeterminateError as error:
            unknown = error
        if unknown is None:
            return expect(False, "an end that is open")
        tell(unknown)
        for workspace in client.workspaces.list():
            is_one = workspace.id in unknown.candidates
            why = "may be no older than the request: a candidate" if is_one else "older than the request: none"
            if workspace.name == "Team Blue":
                say(f"{workspace.id}: called {workspace.name}, {why}")
        say("Which of them is ours, if any, is for a person to say. Whoever takes up the token looks too, and sends nothing:")
        try:
            client.resolve(unknown.resume_token)
        except akua.IndeterminateError as error:
            still = error
            say(error.explain().splitlines()[0])
        sent = creates(sim)
        say(f"requests: {len(sent)}, of them refused: 1")
        same = still is not None and still.candidates == unknown.candidates
        expect(same and (len(unknown.candidates), len(sent)) == (2, 2), "two candidates, and nothing sent twice")


def lose(sim: Simulator, create: str) -> None:
    lost = {"match": {"create": create}, "delivery": {"send": "nothing", "end": "reset"}}
    sim.control({"op": "inject", "fault": lost})


def creates(sim: Simulator) -> list[str | None]:
    """The key of each request that may have made something."""
    return [entry["idempotency_key"] for entry in sim.log() if entry["create"] is not None]


def tell(ended: akua.Launched | akua.AkuaError) -> None:
    """How a create ended, with all its steps."""
    for line in ended.explain().splitlines():
        say(line)
    for candidate in getattr(ended, "candidates", ()):
        say(f"  candidate: {candidate}")


def say(line: str) -> None:
    print(f"   {line}".rstrip())


def expect(so: bool, what: str) -> None:
    if not so:
        raise SystemExit(f"the demo did not show what it should: {what}")


if __name__ == "__main__":
    main()
