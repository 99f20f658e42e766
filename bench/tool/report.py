"""RESULTS.md: what was measured, as tables."""

from __future__ import annotations

import datetime
import platform
import re
import subprocess
from pathlib import Path
from typing import Any

from clients import BENCH, CLIENTS, PYTHON, Client

COLUMNS = (
    ("instructions", "{:,.0f}"), ("allocations", "{:,.0f}"), ("system calls", "{:.0f}"), ("p50 µs", "{:,.0f}"),
    ("p99 µs", "{:,.0f}"), ("p50 / raw", "{:.2f}"), ("CPU µs", "{:,.1f}"), ("CPU / raw", "{:.1f}"),
)  # fmt: skip
OPERATIONS = {
    "update": "One update",
    "get": "One read",
    "page": "One page of 100 items, 34 KB",
    "edit": "One edit: a read and a write",
}


def text(counts: dict[tuple[Client, str], Any], times: dict[str, dict[Client, dict[str, float]]]) -> str:
    """The whole page."""
    lines = [
        "# What was measured",
        "",
        "Made by `make bench-calls`; don't edit. [NOTES.md](NOTES.md) says how, and what moved the figures.",
        "",
        *(f"- {name}: {fact}" for name, fact in _circumstances()),
        "",
        "Instructions, allocations and system calls are those of one more call; times are medians of rounds in turns, and only",
        "their ratios travel to other machines. Python's own pool of memory is not counted as allocations.",
        "",
    ]
    for operation, title in OPERATIONS.items():
        if operation in times:
            rows = [(_name(client), *_figures(counts.get((client, operation)), timed)) for client, timed in times[operation].items()]
            lines += [f"## {title}", "", *_table(("", *(name for name, _ in COLUMNS)), rows), ""]
    lines += [
        "## What the others don't do",
        "",
        "All are sent the same bytes and decode the same answer. akua's figures hold what this table lists: checked",
        "ids, etags and limits, one deadline for the whole call, a cancel handle, proof of what was not sent, no",
        "redirect followed, a pool that forks and threads may share, secrets kept from logs and wiped.",
        "",
        *_table(("", "does not do"), [(_name(client), client.lacks) for client in CLIENTS if client.lacks]),
    ]
    return "\n".join(lines) + "\n"


def _figures(counted: Any, timed: dict[str, float]) -> list[str]:
    counts, system_calls = counted or (None, None)
    found = (
        counts and counts.instructions, counts and counts.allocations, system_calls,
        timed["p50_us"], timed["p99_us"], timed.get("p50_ratio"), timed["cpu_us"], timed.get("cpu_ratio"),
    )  # fmt: skip
    return ["–" if figure is None else shown.format(figure) for figure, (_, shown) in zip(found, COLUMNS, strict=True)]


def _circumstances() -> list[tuple[str, str]]:
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    requirements = (BENCH / "python" / "requirements.txt").read_text().splitlines()
    packages = ", ".join(line.replace("==", " ") for line in requirements if "==" in line)
    return [
        ("Date", datetime.datetime.now(datetime.UTC).isoformat(timespec="minutes")),
        ("Machine", f"{model[1] if model else platform.machine()}, {_says('nproc')} cores, Linux {platform.release()}"),
        ("Server", "bench/server on loopback, HTTP/1.1, keep-alive; every answer a cluster of 334 bytes"),
        ("Rust", _says("rustc", "--version")),
        ("C", _says("cc", "--version").splitlines()[0] + "; libcurl " + _says("curl-config", "--version").split()[-1]),
        ("Python", f"{_says(str(PYTHON), '--version')}; {packages}"),
    ]


def _says(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _name(client: Client) -> str:
    return f"{client.language}: **{client.name}**" if client.ours else client.key


def _table(head: tuple[str, ...], rows: list[Any]) -> list[str]:
    # Figures are read from the right.
    rule = "|".join("---" if index == 0 or len(head) == 2 else "--:" for index in range(len(head)))
    return [f"| {' | '.join(head)} |", f"|{rule}|", *(f"| {' | '.join(row)} |" for row in rows)]
