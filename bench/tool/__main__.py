"""The parts of `make bench`: `python3 bench/tool PART [--quick]`.

Each part leaves what it has measured in the target folder; `report` makes RESULTS.md and its chart of what is there.
"""

from __future__ import annotations

import argparse
import atexit
import datetime
import json
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import build
import callgrind
import growth
import guard
import lists
import report
import syscalls
import timing
import weight
from clients import BENCH, QUICK_RESULTS, RAW, RESULTS, SCRATCH, Client, present
from server import server

# Peers that are the first choice of many: what a quick look compares with.
QUICK = {"raw socket", "akua", "ureq", "libcurl + cJSON", "pycurl + json", "httpx", "requests"}


def counts(clients: list[Client], quick: bool) -> dict[str, Any]:
    """Instructions, allocations and system calls of one call; where our own instructions go."""
    # What others do for a read and a page is timed, not counted; a quick look counts our own updates.
    wanted = [
        (client, operation)
        for client in clients
        for operation in client.operations
        if (not quick or operation == "update") and (client.ours or client is RAW or (not quick and operation == "update"))
    ]
    # Counts don't depend on what runs beside: as many as there are processors, the longest first.
    with server() as environment, ThreadPoolExecutor(os.cpu_count()) as beside:
        ordered = sorted(wanted, key=lambda each: each[0].calls)
        counted = dict(zip(ordered, beside.map(lambda each: _counted(*each, environment, quick), ordered), strict=True))
    return {f"{client.key} {operation}": counted[client, operation] for client, operation in wanted}


def _counted(client: Client, operation: str, environment: dict[str, str], quick: bool) -> dict[str, Any]:
    calls = _calls_to_count(client, operation)
    command = client.run(operation, "{}", 1, 0, "unmeasured")
    scratch = SCRATCH / f"{client.key} {operation}".replace("/", " ")
    # One that allocates from Python's own pool is counted as it is: only what reaches the system.
    thrice = client.ours and operation == "update" and not quick
    profile_of = callgrind.median_profile if thrice else callgrind.profile
    profile = profile_of(command, calls, environment, scratch)
    made = syscalls.system_calls(command, calls, environment, scratch)
    print(
        f"{client.language:7} {client.name:32} {operation:7} {profile.instructions:12,.0f} instructions "
        f"{profile.allocations:7.1f} allocations {sum(made.values()):6.1f} system calls",
        flush=True,
    )
    return {
        "instructions": profile.instructions,
        "allocations": profile.allocations,
        "system_calls": made,
        "functions": dict(sorted(profile.functions.items(), key=lambda each: -each[1])[:40]),
    }


def _calls_to_count(client: Client, operation: str) -> int:
    """So many that what differs between two starts of the program is less than one in a hundred."""
    if client.language != "Python":
        return 100 if operation == "page" else 200
    return 50 if client.name.startswith(("httpx", "requests")) else 500


def times(clients: list[Client], quick: bool) -> dict[str, Any]:
    """How long calls take, in turns."""
    found = {}
    with server() as environment:
        for operation in ("update",) if quick else ("update", "get", "edit", "page"):
            found[operation] = timing.rounds(clients, operation, 3 if quick else 9, environment)
            for key, figures in found[operation].items():
                ratio = f"{figures['p50_ratio']:6.2f} x raw" if "p50_ratio" in figures else ""
                print(f"{key:40} {operation:7} p50 {figures['p50_us']:9.1f} us {ratio}", flush=True)
    return found


def threads(clients: list[Client], quick: bool) -> dict[str, Any]:
    """Updates a second of 1, 4 and 16 threads."""
    found = {}
    with server() as environment:
        for number in (1, 16) if quick else (1, 4, 16):
            found[str(number)] = timing.throughput(clients, number, 1 if quick else 5, environment)
            for key, figures in found[str(number)].items():
                print(f"{key:40} {number:3} threads {figures['per_second']:10,.0f} updates/s", flush=True)
    return found


def weights(clients: list[Client], quick: bool) -> dict[str, Any]:
    """Start, import, memory, size."""
    with server() as environment:
        found = {
            "imports": weight.imports(clients, 5 if quick else 15, environment),
            "starts": weight.starts(clients, 3 if quick else 9, environment),
            "sizes": weight.sizes(clients),
        }
    for part, figures in found.items():
        for key, figure in figures.items():
            print(part, key, figure, flush=True)
    return found


PARTS = {
    "counts": counts,
    "times": times,
    "threads": threads,
    "weight": weights,
    "lists": lists.measure,
    "growth": growth.measure,
}


def main() -> None:
    atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)
    arguments = argparse.ArgumentParser(prog="bench/tool", description=__doc__)
    arguments.add_argument("part", choices=["build", *PARTS, "report", "guard"])
    arguments.add_argument("--quick", action="store_true", help="fewer clients and rounds")
    arguments.add_argument("--accept", action="store_true", help="guard: make what is measured the new baseline")
    asked = arguments.parse_args()
    results = QUICK_RESULTS if asked.quick else RESULTS
    results.mkdir(parents=True, exist_ok=True)
    if asked.part == "build":
        build.everything(quick=asked.quick)
    elif asked.part == "guard":
        sys.exit(guard.check(accept=asked.accept))
    elif asked.part == "report":
        report.write(results, results if asked.quick else BENCH)
    else:
        clients = [client for client in present() if not asked.quick or client.name in QUICK]
        measured = PARTS[asked.part](clients, asked.quick)
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="minutes")
        out = results / f"{asked.part}.json"
        out.write_text(json.dumps({"date": now, "measured": measured}, indent=1))


if __name__ == "__main__":
    main()
