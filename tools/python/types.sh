#!/usr/bin/env bash
# The stubs of the Python module: against the module itself (stubtest), and as mypy --strict and pyright read them in the
# examples, in the pages' own code and in a list of what has to be concluded. Run by tools/python/run.sh.
set -euo pipefail
scratch=$CARGO_TARGET_DIR/python/types
rm -rf "$scratch"
mkdir -p "$scratch/pages"

# The code of the pages as files.
python - "$scratch/pages" <<'PYTHON'
import pathlib
import re
import sys

for page in ("README.md", "akua-py/README.md", "docs/fleet.md"):
    for number, block in enumerate(re.findall(r"```python\n(.*?)```", pathlib.Path(page).read_text(), re.DOTALL)):
        name = re.sub(r"\W", "_", f"{page}_{number + 1}")
        # These have no types of their own.
        if "pandas" not in block and "distributed" not in block:
            pathlib.Path(sys.argv[1], f"{name}.py").write_text(block)
PYTHON
checked=("$scratch"/pages/*.py examples/python/*.py akua-py/tests/typed*.py)

echo "stubtest"
python -W ignore::RuntimeWarning -m mypy.stubtest akua

echo "mypy --strict"
python -m mypy --strict --cache-dir "$scratch/mypy" --scripts-are-modules "${checked[@]}"

echo "pyright, strict"
cp examples/python/*.py akua-py/tests/typed*.py "$scratch/pages"
cat >"$scratch/pages/pyrightconfig.json" <<'JSON'
{
  "typeCheckingMode": "strict",
  "pythonVersion": "3.10",
  "reportUnusedImport": false,
  "reportUnusedVariable": false,
  "reportUnnecessaryTypeIgnoreComment": true
}
JSON
# Its engine comes from npm once, into the environment.
export PYRIGHT_PYTHON_CACHE_DIR=$CARGO_TARGET_DIR/python/pyright PYRIGHT_PYTHON_IGNORE_WARNINGS=1
pyright --project "$scratch/pages" --pythonpath "$(command -v python)"
pyright --pythonpath "$(command -v python)" --verifytypes akua --ignoreexternal
