"""Runs a notebook in a fresh kernel, and compares what it shows with what is stored in it.

A notebook is stored with what it shows, so that it can be read without being run. Times differ from run to run: where
nothing else does, what is stored stays. As a program, it takes over what is shown now:

    python notebooks.py NOTEBOOK...
"""

import base64
import io
import json
import os
import pathlib
import re
import sys
import tempfile

import matplotlib.font_manager  # noqa: F401 - makes the list of fonts, which a kernel would tell of
import matplotlib.image
import nbclient
import nbformat
import numpy
import traitlets.config

# The longest that a cell may take, in seconds.
LIMIT = 120

# A pause by chance, which is not told when it is too short to be seen.
PAUSES = re.compile(r" in \d+\.\d{3} s(?=\\n)")

# Dates, seconds, and nothing else.
TIMES = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC|\b\d+\.\d{3} s\b")

# How far the pixels of two pictures of the same thing may be apart on average, from 0 to 1.
PIXELS = 0.0001

# All that is stored of what Jupyter would note down about the program that has run it.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def read(path):
    return nbformat.read(path, as_version=4)


def text(notebook):
    """The notebook as it is stored."""
    return nbformat.writes(notebook, version=4, indent=1, ensure_ascii=False) + "\n"


def run(notebook, folder):
    """A copy of the notebook with what it shows, run from top to bottom in `folder`. Warnings are errors in it.

    Raises `nbclient.exceptions.CellExecutionError` if a cell does.
    """
    fresh = nbformat.v4.new_notebook(metadata=METADATA)
    for cell in notebook.cells:
        kept = {"id": cell.id, "source": cell.source, "metadata": {}}
        make = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
        fresh.cells.append(make(**kept))
    # Jupyter's own code warns of ports, which are not needed here, and of what only those who write Jupyter can mend.
    warnings = "error,ignore::PendingDeprecationWarning"
    with tempfile.TemporaryDirectory() as home:
        kernel = {"transport": "ipc", "connection_file": f"{home}/kernel.json"}
        settings = {"HOME": home, "MPLCONFIGDIR": matplotlib.get_cachedir(), "PYTHONWARNINGS": warnings}
        client = nbclient.NotebookClient(
            fresh,
            kernel_name="python3",
            config=traitlets.config.Config(KernelManager=kernel),
            timeout=LIMIT,
            record_timing=False,
            coalesce_streams=True,
        )
        client.execute(cwd=str(folder), env={**os.environ, **settings})
    fresh.metadata = nbformat.from_dict(METADATA)  # without what the kernel has noted down
    return fresh


def code(notebook):
    """Its code cells by their ids."""
    return {cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}


def differences(stored, shown):
    """The ids of the cells that show something else than is stored."""
    before, now = code(stored), code(shown)
    return [id for id, cell in now.items() if id not in before or not _same(before[id].outputs, cell.outputs)]


def accept(path, folder):
    """Stores what the notebook shows; what differs in nothing but times stays. The ids of what was stored anew."""
    stored = read(path)
    shown = run(stored, folder)
    changed = differences(stored, shown)
    before = code(stored)
    for id, cell in code(shown).items():
        if id not in changed:
            cell.outputs = before[id].outputs
    path.write_text(text(shown), encoding="utf-8")
    return changed


def picture(data):
    """The pixels of a PNG as a notebook holds it."""
    return matplotlib.image.imread(io.BytesIO(base64.b64decode(data)), format="png")


def _same(before, now):
    return len(before) == len(now) and all(map(_alike, before, now))


def _alike(before, now):
    old, new = (output.get("data", {}).get("image/png") for output in (before, now))
    if old and new and not _look_alike(picture(old), picture(new)):
        return False
    return bool(old) == bool(new) and _words(before) == _words(now)


def _look_alike(old, new):
    return old.shape == new.shape and numpy.abs(old - new).mean() <= PIXELS


def _words(output):
    """All of it but pictures and times."""
    data = {kind: value for kind, value in output.get("data", {}).items() if kind != "image/png"}
    return TIMES.sub("#", PAUSES.sub("", json.dumps({**output, "data": data}, sort_keys=True)))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            print(name, *accept(pathlib.Path(name), folder))
