"""What the Python module costs before anything is called: time and memory of its import, and of a first call. Printed,
never asserted. Run it in an environment that has the module."""

import statistics
import subprocess
import sys

TURNS = 41

PROGRAM = """
import sys, time
started = time.perf_counter_ns()
{what}
took = time.perf_counter_ns() - started
with open("/proc/self/smaps_rollup") as rollup:
    sizes = dict(line.split()[:2] for line in rollup if line.startswith(("Rss:", "Pss:", "Private_Dirty:")))
print(took, sizes["Rss:"], sizes["Private_Dirty:"])
"""

CALL = """
import akua
client = akua.Client(base_url=sys.argv[1], token=sys.argv[2], use_env=False)
client.clusters.get("clu_1")
"""


def measured(what, *arguments):
    """Nanoseconds, and KiB of memory: as seen, and written to."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", PROGRAM.format(what=what), *arguments],
        capture_output=True,
        check=True,
        text=True,
    )
    return [int(number) for number in done.stdout.split()]


def main():
    from akua.sim import Simulator

    with Simulator(clusters=1) as sim:
        kinds = {
            "bare interpreter": ("pass",),
            "import akua": ("import akua",),
            "and one call": (CALL, sim.url, sim.token),
        }
        # By turns, so that what else the machine does meets all alike.
        runs = {kind: [] for kind in kinds}
        for _ in range(TURNS):
            for kind, arguments in kinds.items():
                runs[kind].append(measured(*arguments))
    print(f"medians of {TURNS} fresh processes, {sys.version.split()[0]}")
    print(f"{'':18} {'ms':>7} {'RSS, KiB':>9} {'over bare':>9} {'written':>9} {'over bare':>9}")
    medians = {kind: [statistics.median(column) for column in zip(*run)] for kind, run in runs.items()}
    bare = medians["bare interpreter"]
    for kind, (took, rss, written) in medians.items():
        print(f"{kind:18} {took / 1e6:7.2f} {rss:9.0f} {rss - bare[1]:9.0f} {written:9.0f} {written - bare[2]:9.0f}")


if __name__ == "__main__":
    main()
