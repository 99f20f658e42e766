"""The work of a fleet spread over the workers of a Dask cluster. The ledger stays with the caller.

    fleet = client.clusters.fleet(plan, "rename.akua-fleet")
    summary = akua.fleet.dask.run(fleet, distributed.Client("tcp://scheduler:8786"))

A worker asks for one item after the other, and for a grant before the first byte of every version that a change is
tried on: the ledger then holds the token that settles it. Every execution of a task gets leases of its own. When Dask
starts a task again, since its worker is thought dead, what the former execution had is taken back; whatever still comes
from that is refused, and its last write is settled, never sent as another one.
"""

from collections.abc import Callable
from typing import Any, Literal

from akua.fleet import Fleet, Summary

__all__ = ["run"]

def run(
    fleet: Fleet,
    cluster: Any,
    *,
    in_flight: int | None = None,
    rate: float | None = None,
    stop_after_failures: int | None = None,
    canary: int | None = None,
    check: Callable[[dict[str, int]], object] | None = None,
    progress: Literal["bar", "lines", False] | None = None,
) -> Summary:
    """Carries the plan of `fleet` out, or on, by the workers of `cluster`, a `distributed.Client`.

    The client goes to the workers without its token: they take theirs from their own environment (`AKUA_API_TOKEN`) if
    the client did so here, or from the callable that it was made with; with a token that was given to it they send
    nothing. So do kubeconfigs: from `kubeconfigs` of the fleet, which goes along,
    never from the plan. What goes along has to be picklable.

    Args:
        fleet: The plan in its ledger.
        cluster: The client of the Dask cluster (the extra `akua[dask]`).
        in_flight: How many items are worked on at once. As many as the workers have threads.
        rate: How many requests are sent per second on average, by all workers together, reads included. It holds back new
            items, as does a server that answers 429 or 503, asks for patience, or gets slower: for all workers together.
        stop_after_failures: After so many items that are neither applied nor unchanged nothing new is begun.
        canary: So many items go first, and nothing else is given out until they have ended; then `check` decides, here and
            not on a worker, or you are asked. It is remembered in the ledger, as that of `Fleet.run`.
        check: Called with the counts when the canary items have ended; false stops the run.
        progress: As for `Fleet.run`. So is Ctrl-C, but that a second one leaves the calls under way to the workers: what
            becomes of them is for the next run to settle.

    Raises:
        ValidationError: A limit is out of its bounds, or there is a canary, no check, and nobody to ask. Nothing was sent.
        ConfigurationError: The ledger can't be written. No write is sent whose token is not on file. The message says how
            many items stand where, and `effect` sums it up.
        TimeoutError: The cluster had no workers for ten minutes. The ledger says what happened until then (`effect` sums
            it up), and another run goes on from there. While it waits for workers it says so.
        Exception: What has ended a task more often than it may: the workers can't make a client, or die again and again.
    """
