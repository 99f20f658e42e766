"""Counts and times the clients.

What is counted is the difference between a run of N calls and one of 2 N: what a program does once, to start and to end,
is in both and so in neither figure.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from clients import CLIENTS, RAW, SCRATCH, Client
from server import server

# What gives memory to a program, whoever wrote it.
ALLOCATORS = {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc", "memalign"}
# Calls that open connections and fill caches before the clock runs.
WARM_UP = 50


@dataclass(frozen=True)
class Counts:
    """What one call costs."""

    instructions: float
    allocations: float


def counts(quick: bool) -> dict[tuple[Client, str], tuple[Counts, float]]:
    """Counts and system calls of one call: of an update by all, of the rest by our own clients."""
    wanted = [
        (client, operation)
        for client in CLIENTS
        for operation in client.operations
        if operation == "update" or (client.ours and not quick)
    ]

    def one(client: Client, operation: str) -> tuple[Counts, float]:
        calls = 500 if client.language == "Python" and client.ours and operation != "page" else 100
        return counted(client, operation, calls, environment), system_calls(client, operation, calls, environment)

    # Counts don't depend on what runs beside.
    with server() as environment, ThreadPoolExecutor(os.cpu_count()) as beside:
        return dict(zip(wanted, beside.map(lambda each: one(*each), wanted), strict=True))


def counted(client: Client, operation: str, calls: int, environment: dict[str, str]) -> Counts:
    """Of our own updates the middle of three: where the heap happens to lie makes a per cent or two."""
    # What a first run leaves behind, such as compiled modules, must not be in one of the two.
    subprocess.run(client.run(operation, 1), env=environment, check=True, timeout=60)
    times = 3 if client.ours else 1
    return sorted((_counted(client, operation, calls, environment) for _ in range(times)), key=lambda each: each.instructions)[times // 2]


def _counted(client: Client, operation: str, calls: int, environment: dict[str, str]) -> Counts:
    once, twice = (_callgrind(client.run(operation, count), environment, _file(client, operation)) for count in (calls, 2 * calls))
    return Counts((twice.instructions - once.instructions) / calls, (twice.allocations - once.allocations) / calls)


def _callgrind(command: list[str], environment: dict[str, str], out: Path) -> Counts:
    _run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--compress-strings=no", "--quiet", *command], environment)
    text = out.read_text(errors="replace")
    allocations, function, called = 0, "", ""
    for line in text.splitlines():
        if line.startswith("fn="):
            function = line[3:].split("'")[0]
        elif line.startswith("cfn="):
            called = line[4:].split("'")[0]
        elif line.startswith("calls=") and called in ALLOCATORS and function not in ALLOCATORS:
            allocations += int(line[6:].split()[0])
    total = re.search(r"^(?:totals|summary): (\d+)", text, re.MULTILINE)
    assert total is not None
    return Counts(int(total[1]), allocations)


def system_calls(client: Client, operation: str, calls: int, environment: dict[str, str]) -> float:
    """How many system calls one call makes."""
    once, twice = (_strace(client.run(operation, count), environment, _file(client, operation)) for count in (calls, 2 * calls))
    twice.subtract(once)
    # What a run happened to do once more is no cost of a call.
    return sum(count / calls for count in twice.values() if count / calls >= 0.05)


def _strace(command: list[str], environment: dict[str, str], out: Path) -> Counter[str]:
    _run(["strace", "-f", "-c", "-o", str(out), *command], environment)
    made: Counter[str] = Counter()
    for line in out.read_text().splitlines():
        # % time, seconds, usecs/call, calls, errors if there were any, name.
        words = line.split()
        if len(words) in (5, 6) and words[0].replace(".", "").isdigit() and words[-1] != "total":
            made[words[-1]] += int(words[3])
    return made


def times(quick: bool) -> dict[str, dict[Client, dict[str, float]]]:
    """How long calls take, by operation: medians of rounds in turns, and their ratios to the raw socket's."""
    with server() as environment:
        return {
            operation: _rounds(operation, 3 if quick else 9, environment)
            for operation in (("update",) if quick else ("update", "get", "page", "edit"))
        }


def _rounds(operation: str, count: int, environment: dict[str, str]) -> dict[Client, dict[str, float]]:
    able = [client for client in CLIENTS if operation in client.operations]
    seen: dict[Client, list[dict[str, float]]] = {client: [] for client in able}
    for number in range(count):
        # Whatever else the machine does meets them all alike, and another one begins each time.
        turn = number % len(able)
        round_ = {
            client: json.loads(_run(client.run(operation, client.calls, WARM_UP), environment))
            for client in able[turn:] + able[:turn]
        }
        for client, figures in round_.items():
            if RAW in round_:
                figures["p50_ratio"] = figures["p50_us"] / round_[RAW]["p50_us"]
                figures["cpu_ratio"] = figures["cpu_us"] / round_[RAW]["cpu_us"]
            seen[client].append(figures)
    return {client: {name: statistics.median(run[name] for run in runs) for name in runs[0]} for client, runs in seen.items()}


def _file(client: Client, operation: str) -> Path:
    SCRATCH.mkdir(parents=True, exist_ok=True)
    return SCRATCH / f"{client.key} {operation}"


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout
