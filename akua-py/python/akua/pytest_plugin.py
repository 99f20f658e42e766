"""The fixture `akua_sim`, which `pytest` finds by itself once akua is installed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from akua.sim import Simulator


@pytest.fixture
def akua_sim() -> Iterator[Simulator]:
    """An Akua on this machine with five clusters, fresh for each test: `akua_sim.client()`."""
    from akua.sim import Simulator

    with Simulator(clusters=5) as simulator:
        yield simulator
