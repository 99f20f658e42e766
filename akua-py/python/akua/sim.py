"""An Akua on this machine, for demos and for your own tests: real HTTP on loopback, told to fail as you like.

    >>> from akua.sim import Simulator
    >>> with Simulator(clusters=2) as sim:
    ...     client = sim.client()
    ...     sim.inject({"delivery": {"send": "nothing"}}, method="PATCH")    # the answer is lost, after the write
    ...     result = client.clusters.edit("clu_1", name="prod")
    ...     result.changed, result.attempts
    1
    (True, 2)

Faults, other writers, the switches of its contract and the record of requests are operations of one control protocol:
see `Simulator.control`. The page of `akua-sim` lists them all.
"""

from akua import _akua

__all__ = ["Simulator"]


class Simulator(_akua.Simulator):
    """A running simulator: it stops when it is closed, at the end of a `with` block, or with the process.

    `clusters` are `clu_1`, `clu_2`, …, all in the workspace `ws_1`; `contract` holds switches such as
    `{"etags": "content"}`; with a `random_seed` tokens and chance are the same in every run.
    """

    def client(self, **options):
        """A client of it. Options are those of `akua.Client`; the environment is not looked at."""
        from akua import Client

        return Client(**self._settings(options))

    def async_client(self, **options):
        """An asynchronous client of it."""
        from akua.aio import AsyncClient

        return AsyncClient(**self._settings(options))

    def _settings(self, options):
        return {"base_url": self.url, "token": self.token, "use_env": False, **options}

    def inject(self, fault, *, method=None, path=None, kind=None, id=None, nth=None, times=None):
        """Lets the next request that agrees fail as `fault` says; its number, for `remove_fault`."""
        match = {"method": method, "path": path, "kind": kind, "id": id}
        match = {name: value for name, value in match.items() if value is not None}
        bounds = {name: value for name, value in (("nth", nth), ("times", times)) if value is not None}
        if match:
            bounds["match"] = match
        return self.control({"op": "inject", "fault": {**bounds, **fault}})["fault"]

    def clear(self):
        """Takes all faults and scripts back."""
        self.control({"op": "clear"})

    def contract(self, **switches):
        """Changes the named switches of the contract, and returns all of them."""
        return self.control({"op": "contract", "set": switches})["contract"]

    def write(self, id, *, kind="cluster", **fields):
        """Lets somebody else change a resource now; the version made."""
        return self.control({"op": "write", "kind": kind, "id": id, "set": fields})["version"]

    def delete(self, id, *, kind="cluster"):
        """Lets somebody else delete a resource now; the version that is its end."""
        return self.control({"op": "delete", "kind": kind, "id": id})["version"]

    def settle(self, id):
        """Ends a cluster's reconciling now; the version made."""
        return self.control({"op": "settle", "id": id})["version"]

    def release(self):
        """Lets every held request go on; how many there were."""
        return self.control({"op": "release"})["released"]

    def log(self):
        """Every request so far, and exactly what each did."""
        return self.control({"op": "log"})["log"]

    def history(self, id, *, kind="cluster"):
        """Every version of a resource, the first one first."""
        return self.control({"op": "history", "kind": kind, "id": id})["history"]

    def reset(self):
        """Back to the state at the start; tokens stay valid."""
        self.control({"op": "reset"})

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def __repr__(self):
        return f"<akua.sim.Simulator at {self.url}>"
