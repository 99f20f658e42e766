"""Compares the instructions of the main paths with the committed baseline: more than 3 % more fails.

Instructions don't depend on how busy the machine is. They do depend on the compiler and the C library, which the
baseline names for each language: with others, only a new baseline can be made.
"""

from __future__ import annotations

import json
import platform
import subprocess

import measure
from clients import BENCH, OURS, PYTHON, Client
from server import server

BASELINE = BENCH / "baseline.json"
MAY_GROW = 0.03
# Twice the checks of a call's values: what has to be noticed.
PLANTED = "update-planted"


def check(*, accept: bool) -> int:
    """0 if nothing has grown unnoticed and a planted growth was noticed."""
    with server() as environment:
        measured = {
            client.language: {
                operation: _instructions(client, operation, environment) for operation in client.operations
            }
            for client in OURS
        }
        planted = _instructions(OURS[0], PLANTED, environment)
    built_with = {client.language: _built_with(client.language) for client in OURS}
    if accept:
        BASELINE.write_text(json.dumps({"built_with": built_with, "instructions": measured}, indent=2) + "\n")
        print(f"{BASELINE.name} is made anew")
        return 0
    baseline = json.loads(BASELINE.read_text())
    failed = False
    for language, now in measured.items():
        before = baseline["built_with"].get(language)
        if before != built_with[language]:
            print(f"{language}: the baseline was made with {before}, here is {built_with[language]}: not comparable")
            # An interpreter is the machine's; the compiler is the project's own.
            failed |= language != "Python"
            continue
        failed |= compare(language, baseline["instructions"][language], now)
    rust = OURS[0].language
    update = baseline["instructions"][rust]["update"]
    if not compare(f"{rust}, with a planted growth", {"update": update}, {"update": planted}):
        print("which was not noticed")
        return 1
    print("which was noticed, as it has to be")
    return int(failed)


def compare(language: str, before: dict[str, int], now: dict[str, int]) -> bool:
    """Whether something has grown by more than it may; says what has changed."""
    failed = False
    for operation, instructions in now.items():
        name = f"{language}: {operation}"
        if operation not in before:
            print(f"{name}: {instructions:,} instructions, not in the baseline (ACCEPT=--accept makes a new one)")
            failed = True
            continue
        growth = instructions / before[operation] - 1
        verdict = "GROWN" if growth > MAY_GROW else "ok"
        print(f"{name}: {instructions:,} instructions, {growth:+.1%} against {before[operation]:,}: {verdict}")
        failed |= growth > MAY_GROW
    return failed


def _instructions(client: Client, operation: str, environment: dict[str, str]) -> int:
    return round(measure.counted(client, operation, 50 if operation == "page" else 200, environment).instructions)


def _built_with(language: str) -> list[str]:
    versions = [_version("rustc", "--version"), " ".join(platform.libc_ver())]
    if language == "Python":
        versions.append(_version(str(PYTHON), "-VV"))
    return versions


def _version(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
