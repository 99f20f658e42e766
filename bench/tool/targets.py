"""What is to be reached, beside what is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Everything that the parts have measured, by part.
Measured = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """One figure with its bound."""

    what: str
    bound: str
    figure: Callable[[Measured], float]
    met: Callable[[float], bool]
    shown: str = "{:,.1f}"


def _at_most(what: str, bound: float, figure: Callable[[Measured], float], unit: str = "", shown: str = "{:,.1f}") -> Target:
    return Target(what, f"at most {shown.format(bound)}{unit}", figure, lambda found: found <= bound, shown + unit)


def _at_least(what: str, bound: float, figure: Callable[[Measured], float], unit: str = "", shown: str = "{:,.1f}") -> Target:
    return Target(what, f"at least {shown.format(bound)}{unit}", figure, lambda found: found >= bound, shown + unit)


def _count(client: str, kind: str) -> Callable[[Measured], float]:
    return lambda measured: measured["counts"][f"{client} update"][kind]


def _calls(client: str, *names: str) -> Callable[[Measured], float]:
    def figure(measured: Measured) -> float:
        made = measured["counts"][f"{client} update"]["system_calls"]
        return sum(count for name, count in made.items() if not names or name in names)

    return figure


def _ratio(client: str) -> Callable[[Measured], float]:
    return lambda measured: measured["times"]["update"][client]["p50_ratio"]


def _cpu_over(peer: str) -> Callable[[Measured], float]:
    def figure(measured: Measured) -> float:
        update = measured["times"]["update"]
        return update[peer]["cpu_us"] / update["Python/akua"]["cpu_us"]

    return figure


def _over_curl(measured: Measured) -> float:
    counts = measured["counts"]
    return counts["C/akua update"]["instructions"] / counts["C/libcurl + cJSON update"]["instructions"]


def _of_rust(measured: Measured) -> float:
    sixteen = measured["threads"]["16"]
    return 100 * sixteen["Python/akua"]["per_second"] / sixteen["Rust/akua"]["per_second"]


def _list_over_msgspec(suffix: str) -> Callable[[Measured], float]:
    lists = "lists"
    return lambda measured: measured[lists][f"akua{suffix}"] / measured[lists][f"msgspec, typed structs{suffix}"]


def _import(kind: str, divided: float) -> Callable[[Measured], float]:
    return lambda measured: measured["weight"]["imports"]["Python/akua"][kind] / divided


def _size(what: str) -> Callable[[Measured], float]:
    return lambda measured: measured["weight"]["sizes"][what] / 2**20


SENDS = ("sendto", "write", "writev", "sendmsg")
LOOKED = ", each id and name read"

TARGETS = (
    _at_most("Rust `update`: instructions", 45_000, _count("Rust/akua", "instructions"), shown="{:,.0f}"),
    _at_most("Rust `update`: p50 over the raw socket's", 1.5, _ratio("Rust/akua"), "×", "{:.2f}"),
    _at_most("Rust `update`: allocations", 52, _count("Rust/akua", "allocations"), shown="{:.0f}"),
    _at_most("Rust `update`: sends", 1, _calls("Rust/akua", *SENDS), shown="{:.0f}"),
    _at_most("Rust `update`: system calls, host name and deadline set", 3, _calls("Rust/akua"), shown="{:.0f}"),
    _at_most("Rust `update`: threads and name look-ups a call", 0, _calls("Rust/akua", "clone", "clone3", "socket"), shown="{:.0f}"),
    _at_most("Python `update`: instructions", 52_000, _count("Python/akua", "instructions"), shown="{:,.0f}"),
    _at_most("Python `update`: p50 over the raw socket's", 1.65, _ratio("Python/akua"), "×", "{:.2f}"),
    _at_most("Python `update`: system calls", 3, _calls("Python/akua"), shown="{:.0f}"),
    _at_least("`httpx`'s processor time over Python `update`'s", 35, _cpu_over("Python/httpx"), "×"),
    _at_least("`requests`' processor time over Python `update`'s", 50, _cpu_over("Python/requests"), "×"),
    _at_least("`pycurl`'s processor time over Python `update`'s", 2.5, _cpu_over("Python/pycurl + json"), "×"),
    _at_most("C `update`: instructions", 48_000, _count("C/akua", "instructions"), shown="{:,.0f}"),
    Target(
        "C `update`: instructions over libcurl + cJSON's", "less than 0.50×", _over_curl, lambda found: found < 0.5, "{:.2f}×"
    ),
    _at_least("16 Python threads on one client, of what 16 Rust threads reach", 90, _of_rust, " %", "{:.0f}"),
    _at_most("A list decoded, over msgspec with typed structs", 1, _list_over_msgspec(""), "×", "{:.2f}"),
    _at_most("The same, each id and name read", 1, _list_over_msgspec(LOOKED), "×", "{:.2f}"),
    _at_most("Python import over the bare interpreter", 5, _import("import_ms", 1), " ms"),
    _at_most("Its memory", 3, _import("import_kib", 1024), " MiB"),
    _at_most("The C library, stripped", 3.5, _size("library"), " MiB", "{:.2f}"),
    _at_most("The wheel", 3.5, _size("wheel"), " MiB", "{:.2f}"),
)  # fmt: skip


def rows(measured: Measured, reasons: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """What, bound, figure, verdict; a figure that was not measured says so."""
    found = []
    for target in TARGETS:
        try:
            figure = target.figure(measured)
        except KeyError:
            found.append((target.what, target.bound, "–", "not measured"))
            continue
        verdict = "met" if target.met(figure) else f"**not met**: {reasons.get(target.what, 'no reason known')}"
        found.append((target.what, target.bound, target.shown.format(figure), verdict))
    return found
