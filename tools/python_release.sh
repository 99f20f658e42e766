#!/usr/bin/env bash
# What people get: `pip install .` with nothing but Rust and Python at hand, the wheel, and the source archive, each
# installed into an environment of its own where the pages' code is run. Run by tools/python.sh.
set -euo pipefail
scratch=$CARGO_TARGET_DIR/python/released
rm -rf "$scratch"
mkdir -p "$scratch"

# The pages' code, as a reader would run it; pandas is not there.
shown() {
    "$1" - <<'PYTHON'
import pathlib
import re

for page in ("README.md", "akua-py/README.md"):
    for block in re.findall(r"```python\n(.*?)```", pathlib.Path(page).read_text(), re.DOTALL):
        if "pandas" not in block:
            exec(block, {})
PYTHON
}

fresh() {
    python3 -m venv "$scratch/$1"
    "$scratch/$1/bin/pip" install --quiet --disable-pip-version-check "$2"
    shown "$scratch/$1/bin/python" >"$scratch/$1.log"
    echo "$3: installed, and the pages' code runs"
}

wheel=$(tools/python_wheel.sh)
size=$(stat -c %s "$wheel")
echo "wheel: $size bytes"
[ "$size" -lt $((3500 * 1024)) ] || { echo "over 3.5 MB"; exit 1; }
mkdir "$scratch/wheel"
python -m zipfile -e "$wheel" "$scratch/wheel"
if grep -rlaF -e "$PWD" -e "$CARGO_HOME" "$scratch/wheel"; then
    echo "these files of the wheel name folders of this machine"
    exit 1
fi
echo "wheel: no folder of this machine in it"
fresh from-wheel "$wheel" "wheel"

maturin --version
maturin sdist --quiet --out "$scratch"
# Its files are older than what was built before, so cargo would take that for its own.
CARGO_TARGET_DIR=$scratch/target fresh from-sdist "$(echo "$scratch"/akua-*.tar.gz)" "source archive"

# In the folder of the release wheel, so that it is not built a third time from nothing.
CARGO_TARGET_DIR=$CARGO_TARGET_DIR/python/release/target fresh from-tree . "pip install ."
