"""What a fleet shows a person: it decides nothing, and does nothing where it is printed."""

import csv
import io
import json
import logging

import akua
import pytest
from akua.fleet import Plan
from test_tables import Table

# It clears a terminal, forges a row, and turns the direction of what follows; as a cell it is a formula.
EVIL = "=\x1b[2J\x9b2J evil\r\nclu_9  name  forged\t\u202e\u2028"

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


def acts(text):
    """What of a text does something where it is printed."""
    return [c for c in text if not c.isprintable() and c != "\n"]


def test_d_nothing_that_is_printed_does_anything(client, akua_sim, tmp_path, capfd, caplog):
    """Names, ids, what functions raise and what servers say: in tables, lines, notebooks, logs and for spreadsheets."""
    akua_sim.write("clu_1", name=EVIL)
    akua_sim.write("clu_2", name="old")
    akua_sim.delete("clu_3")
    plan = Plan.patches({"clu_1": {"name": "new"}, "clu_2": {"name": EVIL}, "clu_3": {"name": "new"}})
    with client.clusters.fleet(plan, tmp_path / "ledger") as fleet:
        preview = fleet.preview()
        assert (preview[0].now, preview[1].then) == (EVIL, EVIL), "as data it stays what it is"
        akua_sim.write("clu_1", name=EVIL * 2)
        refusal = {"errors": [{"code": EVIL, "message": EVIL}], "success": False}
        akua_sim.inject({"carried_out": "no", "answer": {"status": 422, "body": {"json": refusal}}}, method="PATCH", id="clu_2")
        fleet.run(progress="lines", in_flight=1)
        report = fleet.report()
    assert str(preview).count("\n") == 3 and acts(str(preview)) == [], str(preview)
    assert len(Table(preview._repr_html_()).rows) == 3 and acts(preview._repr_html_()) == []
    shown = capfd.readouterr().err
    assert shown.count("\n") == shown.count("akua: ") >= 4 and acts(shown) == [], shown
    assert str(report).count("\n") == 3 and acts(str(report) + report._repr_html_()) == [], str(report)
    assert acts(report.to_json()) == [] and acts(report.to_csv().replace("\r", "")) == []
    rows = report.to_dicts()
    assert rows[0]["fields"][0]["theirs"] == EVIL * 2 == json.loads(report.to_json())["items"][0]["end"]["fields"][0]["theirs"]
    cells = list(csv.DictReader(io.StringIO(report.to_csv())))
    assert json.loads(cells[0]["fields"]) == rows[0]["fields"]
    assert acts(client.clusters.get("clu_1")._repr_html_()) == []
    # What is asked for, and what is said of a plan.
    with caplog.at_level(logging.WARNING, "akua.fleet"), pytest.raises(akua.ValidationError) as caught:
        client.clusters.fleet(Plan.patches([(EVIL, {"name": ""})]), tmp_path / "bad")
    assert acts(str(caught.value)) == [], str(caught.value)
    plan = Plan.function(lambda cluster: {EVIL: "x"}, name=EVIL, version="1")
    with client.clusters.fleet(plan, tmp_path / "function") as fleet:
        assert acts(str(fleet.preview()) + fleet.report().plan + repr(plan)) == []
        fleet.run(progress=False)
        assert acts(str(fleet.report()) + "".join(caplog.messages)) == []


def test_d_no_cell_is_a_formula(client, tmp_path):
    ids = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' -C calc'!A0", "'quoted", "clu_1"]
    plan = Plan.patches({id: {"name": "x"} for id in ids})
    with client.clusters.fleet(plan, tmp_path / "ledger") as fleet:
        rows = list(csv.DictReader(io.StringIO(fleet.report().to_csv())))
        assert [row["id"] for row in rows] == [f"'{id}" if id[0] in "=+-@" else id for id in ids]
        assert [row["id"] for row in fleet.report().to_dicts()] == ids
