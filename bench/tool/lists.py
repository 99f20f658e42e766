"""Lists: pages of 100 clusters, decoded."""

from __future__ import annotations

import json
import statistics
import subprocess
from typing import Any

from clients import BENCH, PYTHON, Client
from server import server


def measure(clients: list[Client], quick: bool) -> dict[str, Any]:
    """Microseconds for each page, of the decoders that Python has and of ours; medians of several processes."""
    del clients
    found: dict[str, list[float]] = {}
    with server() as environment:
        for _ in range(3 if quick else 9):
            done = subprocess.run(
                [str(PYTHON), str(BENCH / "python" / "lists.py"), "100" if quick else "300"],
                env=environment, capture_output=True, text=True, check=True, timeout=120,
            )  # fmt: skip
            for name, took in json.loads(done.stdout).items():
                found.setdefault(name, []).append(took)
    medians = {name: statistics.median(each) for name, each in found.items()}
    for name, took in medians.items():
        print(f"{name:44} {took:8.1f} us a page, {100 / took * 1e6:12,.0f} items/s")
    return medians
