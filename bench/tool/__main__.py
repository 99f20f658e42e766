"""What `make bench-calls` and `make deep-instructions` run: `python3 bench/tool calls|guard`."""

from __future__ import annotations

import argparse
import atexit
import shutil
import sys

import build
import guard
import measure
import report
from clients import BENCH, SCRATCH


def main() -> None:
    atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)
    arguments = argparse.ArgumentParser(prog="bench/tool", description=__doc__)
    arguments.add_argument("what", choices=["calls", "guard"])
    arguments.add_argument("--quick", action="store_true", help="calls: updates alone, few rounds, nothing kept")
    arguments.add_argument("--accept", action="store_true", help="guard: make what is measured the new baseline")
    asked = arguments.parse_args()
    build.ours()
    if asked.what == "guard":
        sys.exit(guard.check(accept=asked.accept))
    build.peers()
    text = report.text(measure.counts(asked.quick), measure.times(asked.quick))
    print(text)
    if not asked.quick:
        (BENCH / "RESULTS.md").write_text(text)


if __name__ == "__main__":
    main()
