"""What grows with use: calls, pages and threads by powers of ten and of four. Cost and memory have to stay flat."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
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
    """Processor time for each call or item, and memory at the end, of our own clients, beside each other: what is
    looked at is whether a client's own figures stay flat."""
    ours = [client for client in clients if client.ours and "default" not in client.name]
    with server() as environment, ThreadPoolExecutor(len(ours)) as beside:
        grown = beside.map(lambda client: _of(client, environment, quick), ours)
        return {client.key: found for client, found in zip(ours, grown, strict=True)}


def _of(client: Client, environment: dict[str, str], quick: bool) -> dict[str, Any]:
    found: dict[str, dict[int, dict[str, float]]] = {"calls": {}, "items": {}, "threads": {}}

    def note(kind: str, step: int, share: int, command: list[str]) -> None:
        figures = timing.started(command, environment)
        cost = found[kind][step] = {"cpu_us": figures["cpu_us"] / share, "rss_kib": figures["rss_kib"]}
        print(f"{client.key:16} {kind:8} {step:9,} {cost['cpu_us']:9.2f} us {cost['rss_kib']:8.0f} KiB", flush=True)

    for calls in CALLS[: 5 if quick else None]:
        note("calls", calls, 1, client.run("update", calls, 1, 0))
    for pages in PAGES[: 3 if quick else None]:
        note("items", pages * 100, pages * 100, client.run(f"list-{pages}", 1, 1, 0))
    for threads in THREADS[: 3 if quick else None]:
        calls = SHARED // threads // (10 if quick else 1)
        note("threads", threads, 1, client.run("update", calls, threads, 10))
    return found
