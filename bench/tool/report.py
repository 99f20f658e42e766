"""Writes RESULTS.md and chart.svg from what the parts have measured."""

from __future__ import annotations

import json
import platform
import re
import subprocess
from pathlib import Path
from typing import Any

import chart
import targets
from clients import BENCH, CLIENTS, PYTHON, USERS_DEFAULT, Client

# Why a target is not met, where it is not: written by hand, shown only beside a figure that misses.
REASONS = BENCH / "reasons.json"


def write(results: Path, out: Path) -> None:
    """Makes the report of the parts in `results`, in the folder `out`."""
    parts = {path.stem: json.loads(path.read_text()) for path in sorted(results.glob("*.json"))}
    measured = {name: part["measured"] for name, part in parts.items()}
    text = "\n".join(
        [
            "# What was measured",
            "",
            "Made by `make bench`; don't edit. [NOTES.md](NOTES.md) says how, and what moved the figures.",
            "",
            *_circumstances(parts),
            "",
            "## Targets",
            "",
            *_table(("", "target", "measured", ""), targets.rows(measured, _reasons())),
            "",
            *_updates(measured),
            *_other_calls(measured),
            *_threads(measured),
            *_weight(measured),
            *_lists(measured),
            *_growth(measured),
            "## What the others don't do",
            "",
            "All are sent the same bytes and decode the same answer. akua's figures hold what this table lists: checked",
            "ids, etags and limits, one deadline for the whole call, a cancel handle, proof of what was not sent, no",
            "redirect followed, a pool that forks and threads may share, secrets kept from logs and wiped.",
            "",
            *_table(("", "does not do"), [(_name(client), client.lacks) for client in CLIENTS if client.lacks]),
        ]
    )
    (out / "RESULTS.md").write_text(text + "\n")
    if "times" in measured:
        (out / "chart.svg").write_text(chart.draw(_bars(measured)))
    print(text)
    print(f"\nwritten to {out}")


def _reasons() -> dict[str, str]:
    return json.loads(REASONS.read_text()) if REASONS.exists() else {}


def _circumstances(parts: dict[str, Any]) -> list[str]:
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    cores = _says("nproc")
    missing = [name for name in ("counts", "times", "threads", "weight", "lists", "growth") if name not in parts]
    facts = [
        ("Date", max((part["date"] for part in parts.values()), default="–")),
        ("Machine", f"{model[1] if model else platform.machine()}, {cores} cores, Linux {platform.release()}"),
        ("Server", "bench/server on loopback, HTTP/1.1, keep-alive; every answer a cluster of 334 bytes"),
        ("Rust", _says("rustc", "--version")),
        ("C", _says("cc", "--version").splitlines()[0] + "; libcurl " + _says("curl-config", "--version").split()[-1]),
        ("Python", f"{_says(str(PYTHON), '--version')}; {_packages()}"),
    ]
    if missing:
        facts.append(("Missing", "not measured: " + ", ".join(missing)))
    return [f"- {name}: {fact}" for name, fact in facts]


def _packages() -> str:
    lines = (BENCH / "python" / "requirements.txt").read_text().splitlines()
    return ", ".join(line.replace("==", " ") for line in lines if "==" in line)


def _says(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "not installed"


def _all() -> tuple[Client, ...]:
    return (*CLIENTS, USERS_DEFAULT)


def _name(client: Client) -> str:
    name = f"**{client.name}**" if client.ours else client.name
    return f"{client.language}: {name}"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    # Figures are read from the right.
    rule = "|".join("---" if index == 0 or len(head) == 2 or not title else "--:" for index, title in enumerate(head))
    return [f"| {' | '.join(head)} |", f"|{rule}|", *(f"| {' | '.join(row)} |" for row in rows)]


def _figure(found: dict[str, Any] | None, name: str, shown: str) -> str:
    return "–" if found is None or name not in found else shown.format(found[name])


def _updates(measured: dict[str, Any]) -> list[str]:
    rows = []
    times = measured.get("times", {}).get("update", {})
    for client in _all():
        counted = measured.get("counts", {}).get(f"{client.key} update")
        timed = times.get(client.key)
        if counted is None and timed is None:
            continue
        made = counted["system_calls"] if counted else {}
        rows.append(
            (
                _name(client),
                _figure(counted, "instructions", "{:,.0f}"),
                _figure(counted, "allocations", "{:,.0f}"),
                f"{sum(made.values()):.0f}" if counted else "–",
                _figure(timed, "p50_us", "{:,.0f}"),
                _figure(timed, "p99_us", "{:,.0f}"),
                _figure(timed, "p50_ratio", "{:.2f}"),
                _figure(timed, "cpu_us", "{:,.1f}"),
                _figure(timed, "cpu_ratio", "{:.1f}"),
            )
        )
    head = ("", "instructions", "allocations", "system calls", "p50 µs", "p99 µs", "p50 / raw", "CPU µs", "CPU / raw")
    return [
        "## One update",
        "",
        "`PATCH /v1/clusters/{id}` with all headers, its answer decoded. Instructions, allocations and system calls are",
        "those of one more call (the difference of N and 2 N calls); times are medians of rounds in turns, and only",
        "their ratios travel to other machines. Python's own pool of memory is not counted as allocations.",
        "",
        "![Median time of an update, over the raw socket's](chart.svg)",
        "",
        *_table(head, rows),
        "",
    ]


def _other_calls(measured: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for operation, title in (
        ("get", "One read"),
        ("edit", "One edit: a read and a write"),
        ("page", "One page of 100 items, 34 KB"),
    ):
        times = measured.get("times", {}).get(operation, {})
        counts = measured.get("counts", {})
        rows = []
        for client in _all():
            timed, counted = times.get(client.key), counts.get(f"{client.key} {operation}")
            if timed is None and counted is None:
                continue
            rows.append(
                (
                    _name(client),
                    _figure(counted, "instructions", "{:,.0f}"),
                    _figure(timed, "p50_us", "{:,.0f}"),
                    _figure(timed, "p99_us", "{:,.0f}"),
                    _figure(timed, "p50_ratio", "{:.2f}"),
                    _figure(timed, "cpu_us", "{:,.1f}"),
                )
            )
        if rows:
            head = ("", "instructions", "p50 µs", "p99 µs", "p50 / raw", "CPU µs")
            lines += [f"## {title}", "", *_table(head, rows), ""]
    return lines


def _threads(measured: dict[str, Any]) -> list[str]:
    found = measured.get("threads", {})
    if not found:
        return []
    rows = [
        (_name(client), *(_figure(found[number].get(client.key), "per_second", "{:,.0f}") for number in found))
        for client in _all()
        if any(client.key in figures for figures in found.values())
    ]
    head = ("", *(f"{number} thread{'s' * (number != '1')}" for number in found))
    return ["## Updates a second", "", "Client and server share the cores.", "", *_table(head, rows), ""]


def _weight(measured: dict[str, Any]) -> list[str]:
    found = measured.get("weight")
    if found is None:
        return []
    rows = []
    for client in _all():
        start, imported = found["starts"].get(client.key), found["imports"].get(client.key)
        if start is None:
            continue
        size = found["sizes"].get(client.key)
        rows.append(
            (
                _name(client),
                _figure(start, "first_answer_ms", "{:,.1f}"),
                _figure(imported, "import_ms", "{:,.1f}"),
                "–" if imported is None else f"{imported['import_kib'] / 1024:,.1f}",
                f"{start['rss_kib'] / 1024:,.1f}",
                "–" if size is None else f"{size / 2**20:,.2f}",
            )
        )
    head = (
        "",
        "start to first answer, ms",
        "import, ms",
        "import, MiB",
        "memory after 1,000 calls, MiB",
        "program, MiB",
    )
    return [
        "## Start and weight",
        "",
        "Programs without symbols; those of Rust hold all they need, TLS only where the client brings it.",
        "",
        *_table(head, rows),
        "",
    ]


def _lists(measured: dict[str, Any]) -> list[str]:
    found = measured.get("lists")
    if found is None:
        return []
    rows = [(name, f"{took:,.1f}", f"{100 / took * 1e6:,.0f}") for name, took in found.items()]
    return ["## Lists in Python", "", *_table(("page of 100 items", "µs a page", "items/s"), rows), ""]


def _growth(measured: dict[str, Any]) -> list[str]:
    found = measured.get("growth")
    if found is None:
        return []
    lines = ["## Growth", "", "Processor time a call or an item, with the process's start in it; memory at the end.", ""]
    for kind in ("calls", "items", "threads"):
        steps = list(dict.fromkeys(step for figures in found.values() for step in figures[kind]))
        rows = [
            (client.replace("/", ": "), *(_grown(figures[kind].get(step)) for step in steps))
            for client, figures in found.items()
        ]
        lines += [*_table((kind, *(f"{int(step):,}" for step in steps)), rows), ""]
    return lines


def _grown(figures: dict[str, float] | None) -> str:
    return "–" if figures is None else f"{figures['cpu_us']:,.1f} µs, {figures['rss_kib'] / 1024:,.1f} MiB"


def _bars(measured: dict[str, Any]) -> list[chart.Bar]:
    update = measured["times"]["update"]
    return [
        chart.Bar(f"{client.language}: {client.name}", update[client.key]["p50_ratio"], client.ours)
        for client in CLIENTS
        if "p50_ratio" in update.get(client.key, {})
    ]
