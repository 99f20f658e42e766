"""What a client weighs before and beside its calls: start, import, memory, size."""

from __future__ import annotations

import statistics
import subprocess
from pathlib import Path

import timing
from clients import BENCH, PREFIX, PYTHON, TARGET, WHEELS, Client

# Each Python client by the names that its program imports.
IMPORTS = {
    "akua": "import akua",
    "bare socket by ctypes": "import ctypes, socket",
    "pycurl + json": "import pycurl, json",
    "http.client + json": "import http.client, json",
    "urllib3": "import urllib3",
    "aiohttp": "import aiohttp",
    "httpx": "import httpx",
    "httpx + pydantic": "import httpx, pydantic",
    "requests": "import requests",
    "requests + pydantic": "import requests, pydantic",
}

_IMPORT = """
import sys, time
sys.path.insert(0, {path!r})
def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
before, begun = resident(), time.perf_counter_ns()
{statement}
print(time.perf_counter_ns() - begun, resident() - before)
"""


def imports(clients: list[Client], count: int, environment: dict[str, str]) -> dict[str, dict[str, float]]:
    """Milliseconds and KiB that the import costs over the bare interpreter; medians of `count` fresh processes."""
    found: dict[str, list[tuple[int, int]]] = {}
    for _ in range(count):
        for client in clients:
            if client.language != "Python":
                continue
            script = _IMPORT.format(path=str(BENCH / "python"), statement=IMPORTS[client.name])
            done = subprocess.run(
                [str(PYTHON), "-c", script], env=environment, capture_output=True, text=True, check=True, timeout=60
            )
            took, kib = map(int, done.stdout.split())
            found.setdefault(client.key, []).append((took, kib))
    return {
        key: {
            "import_ms": statistics.median(took for took, _ in each) / 1e6,
            "import_kib": statistics.median(kib for _, kib in each),
        }
        for key, each in found.items()
    }


def starts(clients: list[Client], count: int, environment: dict[str, str]) -> dict[str, dict[str, float]]:
    """From the start of a process to its first answer, and its memory after 1,000 calls."""
    found: dict[str, dict[str, float]] = {}
    for client in clients:
        runs = [timing.started(client.run("update", 1, 1, 0), environment) for _ in range(count)]
        after = timing.started(client.run("update", 1000, 1, 0), environment)
        found[client.key] = {
            "first_answer_ms": statistics.median(run["first_answer_ms"] for run in runs),
            "rss_kib": after["rss_kib"],
        }
    return found


def sizes(clients: list[Client]) -> dict[str, int]:
    """Bytes of the programs that are compiled, without their symbols."""
    found = {}
    for client in clients:
        if client.language in ("Rust", "C"):
            found[client.key] = stripped(Path(client.command[0]))
    found["library"] = stripped(PREFIX / "lib" / "libakua.so")
    found["wheel"] = sum(wheel.stat().st_size for wheel in WHEELS.glob("akua-*.whl"))
    return found


def stripped(program: Path) -> int:
    """How large a program or library is without symbols."""
    copy = TARGET / "stripped"
    subprocess.run(["strip", "-o", str(copy), str(program)], check=True)
    size = copy.stat().st_size
    copy.unlink()
    return size
