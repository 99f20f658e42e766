"""What a fleet shows a person: it decides nothing, and does nothing where it is printed."""

import pytest

# Each makes standard error something that can't be written to, or not with these words.
LOST = {
    "full": "os.dup2(os.open('/dev/full', os.O_WRONLY), 2)",
    "closed": "os.close(2)",
    "closed_object": "sys.stderr.close()",
    "none": "sys.stderr = None",
    "gone": "read, write = os.pipe(); os.close(read); os.dup2(write, 2)",
    "ascii": "sys.stderr = io.TextIOWrapper(io.BytesIO(), 'ascii', 'strict')",
    "full_file": "sys.stderr = open('/dev/full', 'w')",
    "raises": "sys.stderr = Raises()",
}

PROGRAM = """
import io, os, signal, sys
from akua.fleet import Plan
from akua.sim import Simulator

class Raises:
    encoding = "utf-8"
    def write(self, text=""):
        raise LookupError("no")
    isatty = fileno = write
    def flush(self):
        pass

def check(counts):
    if interrupts:
        signal.raise_signal(signal.SIGINT)
    return True

signal.signal(signal.SIGINT, signal.default_int_handler)
for number, progress in enumerate(("lines", "bar", None, False)):
    for interrupts in (False, True):
        with Simulator(clusters=3) as sim, sim.client() as client:
            plan = Plan.patches({f"clu_{number}": {"name": f"größer {number}"} for number in range(1, 4)})
            with client.clusters.fleet(plan, f"{sys.argv[1]}/{number}{interrupts}.akua-fleet") as fleet:
                fleet.preview()
                # A row that does not end well is shown, in words that not every encoding has.
                sim.write("clu_1", name="näher")
                if not (number or interrupts):
                    LOSE
                try:
                    print(progress, fleet.run(progress=progress, in_flight=1, canary=1, check=check))
                except KeyboardInterrupt as interrupted:
                    print(progress, interrupted.__cause__)
"""


@pytest.mark.parametrize("lost", LOST)
def test_c12_what_is_shown_decides_nothing(python, tmp_path, lost):
    """The run goes on, standard output has nothing of it, and the process ends as it would."""
    done = python(PROGRAM.replace("LOSE", LOST[lost]), str(tmp_path), check=False)
    assert done.returncode == 0, done.stderr
    ended = "3 of 3 items tried: 2 applied, 1 conflict"
    interrupted = "the run was interrupted, and the ledger says what happened: "
    lines = done.stdout.splitlines()
    assert [line.split(" ", 1)[0] for line in lines] == [str(how) for how in ("lines", "bar", None, False) for _ in "12"]
    assert all(line.endswith(ended) for line in lines[::2]), lines
    assert all(f" {interrupted}" in line and "1 conflict" in line for line in lines[1::2]), lines
