"""Makes the calls of a Python client, and says how long they took.

The arguments, the environment and the line that is printed are those of rust/driver/src/lib.rs. It imports next to
nothing itself: the start of a program and its memory are figures too.
"""

from __future__ import annotations

import os
import sys
import time

TOKEN, ID, IF_MATCH, CONTEXT, KEY, NAME = (
    os.environ[f"BENCH_{name}"] for name in ("TOKEN", "ID", "IF_MATCH", "CONTEXT", "KEY", "NAME")
)
URL = os.environ["BENCH_URL"]
CLUSTER_URL = f"{URL}/v1/clusters/{ID}"
PAGE_URL = f"{URL}/v1/clusters?limit=100"


def read_headers() -> dict[str, str]:
    """The headers of a read."""
    return {"authorization": f"Bearer {TOKEN}", "akua-context": CONTEXT}


def write_headers() -> dict[str, str]:
    """The headers of a write, but for its content type."""
    return read_headers() | {"if-match": IF_MATCH, "idempotency-key": KEY}


# So many times are kept at most, of calls at equal distances: a program's memory must not grow by being measured.
MOST_KEPT = 10_000


class Plan:
    """What the program was asked to do."""

    def __init__(self, operation: str, calls: int, threads: int, warm_up: int, measured: bool) -> None:
        self.operation, self.calls, self.threads = operation, calls, threads
        self.warm_up, self.measured = warm_up, measured


def plan() -> Plan:
    """Reads the program's arguments."""
    operation, calls, threads, warm_up, *rest = [*sys.argv[1:], *["1", "1", "0"][len(sys.argv) - 2 :]]
    return Plan(operation, int(calls), int(threads), int(warm_up), not rest)


def run(plan: Plan, client) -> None:
    """Makes the calls, each thread those of what `client()` gives it, and prints what they took."""
    start = None
    first: list[int] = []
    each: list[list[int]] = []
    whole: list[int] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            call = client()
            for _ in range(plan.warm_up):
                call()
            if start is not None:
                start.wait()
            if not plan.measured:
                for _ in range(plan.calls):
                    call()
                return
            clock = time.perf_counter_ns
            step = plan.calls // MOST_KEPT + 1
            mine = []
            begun = clock()
            for number in range(plan.calls):
                before = clock()
                call()
                took = clock() - before
                if number % step == 0:
                    mine.append(took)
                if number == 0:
                    first.append(time.time_ns())
            whole.append(clock() - begun)
            each.append(mine)
        except BaseException as error:  # noqa: BLE001 - shown below, in the thread that ends the program
            failed.append(error)
            if start is not None:
                start.abort()

    before = time.process_time_ns()
    if plan.threads == 1:
        work()
    else:
        import threading

        start = threading.Barrier(plan.threads)
        threads = [threading.Thread(target=work) for _ in range(plan.threads)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]
    if plan.measured:
        _print([took for mine in each for took in mine], plan, max(whole), time.process_time_ns() - before, min(first))


def run_async(plan: Plan, client) -> None:
    """As `run`, but the threads are tasks of one event loop."""
    import asyncio

    first: list[int] = []
    each: list[int] = []

    async def work(call) -> None:
        clock = time.perf_counter_ns
        for number in range(plan.calls):
            before = clock()
            await call()
            each.append(clock() - before)
            if number == 0:
                first.append(time.time_ns())

    async def main() -> None:
        call = await client()
        for _ in range(plan.warm_up):
            await call()
        before, begun = time.process_time_ns(), time.perf_counter_ns()
        await asyncio.gather(*(work(call) for _ in range(plan.threads)))
        if plan.measured:
            _print(each, plan, time.perf_counter_ns() - begun, time.process_time_ns() - before, min(first))

    asyncio.run(main())


def _print(each: list[int], plan: Plan, whole: int, cpu: int, first: int) -> None:
    each.sort()
    calls = plan.calls * plan.threads
    p50, p99 = (each[len(each) * share // 100] / 1e3 for share in (50, 99))
    print(
        f'{{"calls":{calls},"seconds":{whole / 1e9},"cpu_us":{cpu / 1e3 / calls},"p50_us":{p50},'
        f'"p99_us":{p99},"first_ns":{first},"rss_kib":{resident_kib()}}}'
    )


def resident_kib() -> int:
    """The memory of this process that is in RAM."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
