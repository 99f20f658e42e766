"""The fixture `akua_sim`, which `pytest` finds by itself once akua is installed."""

import pytest


@pytest.fixture
def akua_sim():
    """An Akua on this machine with five clusters, fresh for each test: `akua_sim.client()`."""
    from akua.sim import Simulator

    with Simulator(clusters=5) as simulator:
        yield simulator
