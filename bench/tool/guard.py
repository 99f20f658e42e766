"""Compares the instructions of the main paths with the committed baseline: more than 3 % more fails.

Instructions don't depend on how busy the machine is. They do depend on the compiler and the C library, which the
baseline names: with others, only a new baseline can be made.
"""

from __future__ import annotations

import json
import platform
import subprocess

import build
import callgrind
from clients import BENCH, CLIENTS, SCRATCH, Client
from server import server

BASELINE = BENCH / "baseline.json"
MAY_GROW = 0.03
# Twice the checks of a call's values: what has to be noticed.
PLANTED = "update-planted"


def check(*, accept: bool) -> int:
    """0 if nothing has grown unnoticed and a planted growth was noticed."""
    build.cargo("-p", "akua-bench-server", "-p", "akua-bench-akua")
    ours = [client for client in CLIENTS if client.ours and all(path.exists() for path in client.built)]
    with server() as environment:
        measured = {
            f"{client.key} {operation}": _instructions(client, operation, environment)
            for client in ours
            for operation in client.operations
        }
        planted = _instructions(ours[0], PLANTED, environment)
    built_with = {"rustc": _version("rustc", "--version"), "libc": " ".join(platform.libc_ver())}
    if accept:
        BASELINE.write_text(json.dumps({"built_with": built_with, "instructions": measured}, indent=2) + "\n")
        print(f"{BASELINE.name} is made anew")
        return 0
    baseline = json.loads(BASELINE.read_text())
    if baseline["built_with"] != built_with:
        print(f"the baseline was made with {baseline['built_with']}, here is {built_with}: not comparable")
        return 1
    before = baseline["instructions"]
    failed = compare(before, measured)
    name = f"{ours[0].key} update"
    if not compare({name: before[name]}, {name: planted}):
        print(f"a planted growth ({planted:,} instructions) was not noticed")
        return 1
    print("a planted growth was noticed, as it has to be")
    return int(failed)


def compare(before: dict[str, int], now: dict[str, int]) -> bool:
    """Whether something has grown by more than it may; says what has changed."""
    failed = False
    for name, instructions in now.items():
        if name not in before:
            print(f"{name}: {instructions:,} instructions, not in the baseline (make deep-instructions ACCEPT=1)")
            failed = True
            continue
        growth = instructions / before[name] - 1
        verdict = "GROWN" if growth > MAY_GROW else "ok"
        print(f"{name}: {instructions:,} instructions, {growth:+.1%} against {before[name]:,}: {verdict}")
        failed |= growth > MAY_GROW
    return failed


def _instructions(client: Client, operation: str, environment: dict[str, str]) -> int:
    command = client.run(operation, "{}", 1, 0, "unmeasured")
    return round(callgrind.profile(command, 100 if operation == "page" else 400, environment, SCRATCH).instructions)


def _version(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
