"""What grows with use: calls, pages and threads by powers of ten and of four. Cost and memory have to stay flat."""

from __future__ import annotations

from typing import Any

import timing
from clients import Client
from server import server

CALLS = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)
PAGES = (1, 10, 100, 1_000)
THREADS = (1, 4, 16, 64, 256)
# Calls of all threads together.
SHARED = 40_000


def measure(clients: list[Client], quick: bool) -> dict[str, Any]:
    """Processor time for each call or item, and memory at the end, of our own clients."""
    found: dict[str, Any] = {}
    with server() as environment:
        for client in clients:
            if not client.ours or "default" in client.name:
                continue
            of_client = found[client.key] = {"calls": {}, "items": {}, "threads": {}}
            for calls in CALLS[: 5 if quick else None]:
                figures = timing.started(client.run("update", calls, 1, 0), environment)
                of_client["calls"][calls] = _flat(figures, 1)
            for pages in PAGES[: 3 if quick else None]:
                figures = timing.started(client.run(f"list-{pages}", 1, 1, 0), environment)
                of_client["items"][pages * 100] = _flat(figures, pages * 100)
            for threads in THREADS[: 3 if quick else None]:
                calls = SHARED // threads // (10 if quick else 1)
                figures = timing.started(client.run("update", calls, threads, 10), environment)
                of_client["threads"][threads] = _flat(figures, 1)
            for kind, steps in of_client.items():
                for step, figures in steps.items():
                    print(f"{client.key:16} {kind:8} {step:9,} {figures['cpu_us']:9.2f} us {figures['rss_kib']:8.0f} KiB")
    return found


def _flat(figures: dict[str, float], share: int) -> dict[str, float]:
    return {"cpu_us": figures["cpu_us"] / share, "rss_kib": figures["rss_kib"]}
