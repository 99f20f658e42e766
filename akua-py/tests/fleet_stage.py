"""What the tests of fleets share: a plan for all clusters of a simulator, and what its log says of each row."""

from akua.fleet import Plan

NORTH = {"region_id": "reg_north"}


def named(count, prefix="prod"):
    """A plan that renames so many clusters."""
    return Plan.patches({f"clu_{number}": {"name": f"{prefix} {number}"} for number in range(1, count + 1)})


def landed(sim, id):
    """The versions of a cluster that came from requests."""
    return [version for version in sim.history(id) if version["author"]["by"] == "request"]


def writes(sim):
    """How many writes were sent."""
    return sum(entry["method"] == "PATCH" for entry in sim.log())


def misreported(sim, rows, wanted):
    """Where a ledger says something that the simulator's log does not: for a plan whose names nobody else writes."""
    found = []
    for row in rows:
        versions = landed(sim, row["id"])
        ours = [version for version in versions if version["fields"]["name"] == wanted(row["id"])]
        if len(ours) > 1:
            found.append(f"{row['id']}: landed {len(ours)} times")
        if row["state"] == "applied" and len(ours) != 1:
            found.append(f"{row['id']}: applied, says the ledger, and it landed {len(ours)} times")
        if row["state"] in ("pending", "not_sent", "conflict", "rejected", "unchanged") and ours:
            found.append(f"{row['id']}: {row['state']}, says the ledger, and it landed")
    return found


def accepted(sim):
    """What launches were accepted for, in their order: each once for each operation."""
    return [entry["id"] for entry in sim.log() if entry["effect"]["did"] == "accepted"]


def held(sim):
    """No operation goes on by itself from now on."""
    sim.contract(operation_looks=None)


def go_on(sim, operation):
    """An operation comes to its end."""
    sim.control({"op": "advance_operation", "id": operation, "to": "end"})
