"""Counts instructions and allocations with callgrind, as the difference between a run of N calls and one of 2 N.

What a program does once, to start and to end, is in both runs and so in neither figure.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

# What gives memory to a program, whoever wrote it.
ALLOCATORS = {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc", "memalign"}


@dataclass
class Profile:
    """What one call costs: all of it, its allocations, and the instructions of each function without its callees."""

    instructions: float
    allocations: float
    functions: dict[str, float]


def median_profile(command: list[str], calls: int, environment: dict[str, str], scratch: Path) -> Profile:
    """The one in the middle of three: where the heap happens to lie makes a per cent or two."""
    three = [profile(command, calls, environment, scratch) for _ in range(3)]
    return sorted(three, key=lambda each: each.instructions)[1]


def profile(command: list[str], calls: int, environment: dict[str, str], scratch: Path) -> Profile:
    """What one call of `command` costs; `{}` among its words stands for the number of calls."""
    scratch.mkdir(parents=True, exist_ok=True)
    # What a first run leaves behind, such as compiled modules, must not be in one of the two.
    subprocess.run([word.replace("{}", "1") for word in command], env=environment, check=True, timeout=60)
    once, twice = (_run(command, count, environment, scratch / f"{count}.callgrind") for count in (calls, 2 * calls))
    functions = Counter(twice.functions)
    functions.subtract(once.functions)
    return Profile(
        instructions=(twice.instructions - once.instructions) / calls,
        allocations=(twice.allocations - once.allocations) / calls,
        functions={name: cost / calls for name, cost in functions.items() if cost},
    )


def _run(command: list[str], calls: int, environment: dict[str, str], out: Path) -> Profile:
    words = [word.replace("{}", str(calls)) for word in command]
    valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--compress-pos=no", "--quiet"]
    done = subprocess.run(valgrind + words, env=environment, capture_output=True, text=True, timeout=900)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)} failed under valgrind:\n{done.stdout}{done.stderr}")
    return parse(out.read_text(errors="replace"))


def parse(text: str) -> Profile:
    """Reads callgrind's file. Names are written once, `(1) malloc`, and then called `(1)`."""
    names: dict[str, str] = {}
    functions: Counter[str] = Counter()
    allocations = 0
    function = called = ""
    inclusive = False

    def name(reference: str) -> str:
        match = re.match(r"\((\d+)\)(?: (.*))?$", reference)
        if match is None:
            return reference
        if match[2]:
            names[match[1]] = match[2]
        return names[match[1]]

    for line in text.splitlines():
        if line.startswith("fn="):
            function = name(line[3:])
        elif line.startswith("cfn="):
            called = name(line[4:])
        elif line.startswith("calls="):
            if called.split("'")[0] in ALLOCATORS and function.split("'")[0] not in ALLOCATORS:
                allocations += int(line[6:].split()[0])
            inclusive = True
        elif line[:1].isdigit() or line[:2] == "0x":
            # The line after a call is what the callee has cost, which its own lines tell already.
            if not inclusive:
                functions[function] += int(line.split()[1])
            inclusive = False
    return Profile(instructions=sum(functions.values()), allocations=allocations, functions=dict(functions))
