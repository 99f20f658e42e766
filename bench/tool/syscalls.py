"""Counts system calls with strace, as the difference between a run of N calls and one of 2 N."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path


def system_calls(command: list[str], calls: int, environment: dict[str, str], scratch: Path) -> dict[str, float]:
    """How often one call of `command` makes each system call; `{}` stands for the number of calls."""
    scratch.mkdir(parents=True, exist_ok=True)
    once, twice = (_run(command, count, environment, scratch / f"{count}.strace") for count in (calls, 2 * calls))
    twice.subtract(once)
    # What a run happened to do once more is no cost of a call.
    return {name: count / calls for name, count in twice.items() if count / calls >= 0.05}


def _run(command: list[str], calls: int, environment: dict[str, str], out: Path) -> Counter[str]:
    words = [word.replace("{}", str(calls)) for word in command]
    strace = ["strace", "-f", "-c", "-o", str(out)]
    done = subprocess.run(strace + words, env=environment, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)} failed under strace:\n{done.stdout}{done.stderr}")
    counts: Counter[str] = Counter()
    for line in out.read_text().splitlines():
        # % time, seconds, usecs/call, calls, errors if there were any, name.
        words = line.split()
        if len(words) in (5, 6) and words[0].replace(".", "").isdigit() and words[-1] != "total":
            counts[words[-1]] += int(words[3])
    return counts
