"""The fixture `akua_sim`, which `pytest` finds by itself once akua is installed, and one for each wider scope."""

from __future__ import annotations

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Literal

    from akua.sim import Simulator

    _Scope = Literal["function", "class", "module", "package", "session"]


def _of(scope: _Scope, name: str) -> Any:
    def fixture() -> Iterator[Simulator]:
        from akua.sim import Simulator

        with Simulator(clusters=5) as simulator:
            yield simulator

    what = "test" if scope == "function" else scope
    fixture.__doc__ = f"An Akua on this machine with five clusters, fresh for each {what}: `{name}.client()`."
    return pytest.fixture(scope=scope, name=name)(fixture)


akua_sim: Any = _of("function", "akua_sim")
akua_sim_class: Any = _of("class", "akua_sim_class")
akua_sim_module: Any = _of("module", "akua_sim_module")
akua_sim_package: Any = _of("package", "akua_sim_package")
akua_sim_session: Any = _of("session", "akua_sim_session")
