"""Times the clients, turn by turn, so that whatever else the machine does meets them all alike."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from collections import defaultdict

from clients import RAW, Client

# Calls that open connections and fill caches before the clock runs.
WARM_UP = 50


def once(client: Client, operation: str, calls: int, threads: int, environment: dict[str, str]) -> dict[str, float]:
    """What one run prints, and how long it took from its start to its first answer."""
    return started(client.run(operation, calls, threads, WARM_UP), environment)


def started(command: list[str], environment: dict[str, str]) -> dict[str, float]:
    """What a client program prints, and how long it took from its start to its first answer."""
    begun = time.time_ns()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    figures: dict[str, float] = json.loads(done.stdout)
    figures["first_answer_ms"] = (figures["first_ns"] - begun) / 1e6
    return figures


def rounds(
    clients: list[Client], operation: str, count: int, environment: dict[str, str]
) -> dict[str, dict[str, float]]:
    """Medians over `count` rounds of p50, p99 and processor time, and their ratios to the raw socket's."""
    able = [client for client in clients if operation in client.operations]
    seen: dict[str, list[dict[str, float]]] = defaultdict(list)
    for number in range(count):
        # Another one begins each time.
        turn = number % len(able)
        round_ = {
            client.key: once(client, operation, client.calls, 1, environment) for client in able[turn:] + able[:turn]
        }
        raw = round_.get(RAW.key)
        for key, figures in round_.items():
            if raw is not None:
                figures["p50_ratio"] = figures["p50_us"] / raw["p50_us"]
                figures["cpu_ratio"] = figures["cpu_us"] / raw["cpu_us"]
            seen[key].append(figures)
    return {key: _medians(all_, ("p50_us", "p99_us", "cpu_us", "p50_ratio", "cpu_ratio")) for key, all_ in seen.items()}


def throughput(
    clients: list[Client], threads: int, count: int, environment: dict[str, str]
) -> dict[str, dict[str, float]]:
    """Medians over `count` rounds of updates a second that `threads` threads of one program reach."""
    seen: dict[str, list[dict[str, float]]] = defaultdict(list)
    for _ in range(count):
        for client in clients:
            each = max(20, client.calls // threads)
            figures = once(client, "update", each, threads, environment)
            figures["per_second"] = figures["calls"] / figures["seconds"]
            seen[client.key].append(figures)
    return {key: _medians(all_, ("per_second", "p50_us", "p99_us", "cpu_us")) for key, all_ in seen.items()}


def _medians(runs: list[dict[str, float]], names: tuple[str, ...]) -> dict[str, float]:
    return {name: statistics.median(run[name] for run in runs) for name in names if name in runs[0]}
