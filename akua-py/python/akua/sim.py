"""An Akua on this machine, for demos and for your own tests: real HTTP on loopback, told to fail as you like.

    >>> from akua.sim import Simulator
    >>> with Simulator(clusters=2) as sim:
    ...     client = sim.client()
    ...     number = sim.inject({"delivery": {"send": "nothing"}}, method="PATCH")  # the answer is lost
    ...     result = client.clusters.edit("clu_1", name="prod")
    ...     result.changed, result.attempts
    (True, 2)

Faults, other writers, the switches of its contract and the record of requests are operations of one control protocol:
see `Simulator.control`. The page of `akua-sim` lists them all.
"""

from __future__ import annotations

from akua import _akua
from akua._pickled import Live

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    from typing_extensions import Self

    from akua.aio import AsyncClient

__all__ = ["Simulator"]


class Simulator(Live, _akua.Simulator):
    """A running simulator: it stops when it is closed, at the end of a `with` block, or with the process.

    `clusters` are `clu_1`, `clu_2`, …, all in the workspace `ws_1`; `contract` holds switches such as
    `{"etags": "content"}`; with a `random_seed` tokens and chance are the same in every run.
    """

    _stays = "a simulator can't be pickled: it runs in the process that started it (give others its `url` and `token`)"

    def client(self, **options: Any) -> _akua.Client:
        """A client of it. Options are those of `akua.Client`; the environment is not looked at."""
        from akua import Client

        return Client(**self._settings(options))

    def async_client(self, **options: Any) -> AsyncClient:
        """An asynchronous client of it."""
        from akua.aio import AsyncClient

        return AsyncClient(**self._settings(options))

    def _settings(self, options):
        return {"base_url": self.url, "token": self.token, "use_env": False, **options}

    def inject(
        self,
        fault: dict[str, Any],
        *,
        method: str | None = None,
        path: str | None = None,
        kind: str | None = None,
        id: str | None = None,
        nth: int | None = None,
        times: int | Literal["forever"] | None = None,
    ) -> int:
        """Lets the next request that agrees fail as `fault` says; its number, for `remove_fault`.

            >>> sim.inject({"carried_out": "no", "answer": {"status": 503}}, method="GET", times=2)
            1

        Args:
            fault: What goes wrong, such as `{"delivery": {"send": "nothing"}}`: the answer is lost.
            method: Only requests with this method, in capitals or not.
            path: Only requests with this path, as it stands on the wire and without the query.
            kind: Only requests about this kind of resource, such as `cluster`.
            id: Only requests about this one.
            nth: From this matching request on, counted from 1.
            times: So many times. 1 unless set.

        Raises:
            ValueError: The fault is none, or no request could ever agree, in the simulator's words.
        """
        nth = None if nth is None else _akua.whole("nth", nth)
        if isinstance(times, str) and times != "forever":
            raise ValueError(f'times: a number or "forever" is allowed, not {times!r}')
        times = times if times is None or isinstance(times, str) else _akua.whole("times", times)
        match: dict[str, Any] = {"method": method, "path": path, "kind": kind, "id": id}
        match = {name: value for name, value in match.items() if value is not None}
        bounds: dict[str, Any] = {name: value for name, value in (("nth", nth), ("times", times)) if value is not None}
        if match:
            bounds["match"] = match
        return self.control({"op": "inject", "fault": {**bounds, **fault}})["fault"]

    def clear(self) -> None:
        """Takes all faults and scripts back."""
        self.control({"op": "clear"})

    def contract(self, **switches: Any) -> dict[str, Any]:
        """Changes the named switches of the contract, and returns all of them."""
        return self.control({"op": "contract", "set": switches})["contract"]

    def write(self, id: str, *, kind: str = "cluster", **fields: Any) -> dict[str, Any]:
        """Lets somebody else change a resource now; the version made."""
        return self.control({"op": "write", "kind": kind, "id": id, "set": fields})["version"]

    def delete(self, id: str, *, kind: str = "cluster") -> dict[str, Any]:
        """Lets somebody else delete a resource now; the version that is its end."""
        return self.control({"op": "delete", "kind": kind, "id": id})["version"]

    def settle(self, id: str) -> dict[str, Any]:
        """Ends a cluster's reconciling now; the version made."""
        return self.control({"op": "settle", "id": id})["version"]

    def release(self) -> int:
        """Lets every held request go on; how many there were."""
        return self.control({"op": "release"})["released"]

    def log(self) -> list[dict[str, Any]]:
        """Every request so far, and exactly what each did."""
        return self.control({"op": "log"})["log"]

    def history(self, id: str, *, kind: str = "cluster") -> list[dict[str, Any]]:
        """Every version of a resource, the first one first."""
        return self.control({"op": "history", "kind": kind, "id": id})["history"]

    def reset(self) -> None:
        """Back to the state at the start; tokens stay valid."""
        self.control({"op": "reset"})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<akua.sim.Simulator at {self.url}>"
