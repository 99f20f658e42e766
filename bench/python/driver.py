"""Makes the calls of a Python client, and says how long they took.

The arguments, the environment and the line that is printed are those of rust/driver/src/lib.rs.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

URL, TOKEN, ID, IF_MATCH, CONTEXT, KEY, NAME = (
    os.environ[f"BENCH_{name}"] for name in ("URL", "TOKEN", "ID", "IF_MATCH", "CONTEXT", "KEY", "NAME")
)


def run(**operations: Callable[[], object]) -> None:
    """Makes the calls that the program was asked for: OPERATION CALLS [WARM_UP]."""
    call, calls = operations[sys.argv[1]], int(sys.argv[2])
    if len(sys.argv) < 4:
        for _ in range(calls):
            call()
        return
    for _ in range(int(sys.argv[3])):
        call()
    each = []
    clock = time.perf_counter_ns
    processor = time.process_time_ns()
    for _ in range(calls):
        before = clock()
        call()
        each.append(clock() - before)
    cpu = time.process_time_ns() - processor
    each.sort()
    p50, p99 = (each[calls * share // 100] / 1e3 for share in (50, 99))
    print(f'{{"p50_us":{p50},"p99_us":{p99},"cpu_us":{cpu / 1e3 / calls}}}')
