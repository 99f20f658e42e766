"""The fixture `akua_sim`, which `pytest` finds by itself once akua is installed."""

from collections.abc import Iterator

from akua.sim import Simulator

def akua_sim() -> Iterator[Simulator]:
    """An Akua on this machine with five clusters, fresh for each test: `akua_sim.client()`."""
