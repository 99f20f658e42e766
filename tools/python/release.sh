#!/usr/bin/env bash
# What people get: `pip install .` with nothing but Rust and Python at hand, the wheel, and the source archive, each
# installed into an environment of its own where the pages' code is run. Run by tools/python/run.sh.
set -euo pipefail
scratch=$CARGO_TARGET_DIR/python/released
repository=$PWD
rm -rf "$scratch"
mkdir -p "$scratch"

# The pages' code, as a reader would run it in a folder of their own; pandas is not there.
shown() {
    mkdir "$2"
    (cd "$2" && "$1" - "$repository" <<'PYTHON'
import pathlib
import re
import sys

for page in ("README.md", "akua-py/README.md"):
    text = pathlib.Path(sys.argv[1], page).read_text()
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        if "pandas" not in block:
            exec(block, {})
PYTHON
    )
}

fresh() {
    python3 -m venv "$scratch/$1"
    "$scratch/$1/bin/pip" install --quiet --disable-pip-version-check "$2"
    shown "$scratch/$1/bin/python" "$scratch/$1.pages" >"$scratch/$1.log"
    echo "$3: installed, and the pages' code runs"
}

# As it is shipped: the release profile, and no path of this machine in it, where panic messages name the sources. A
# target folder of its own, as other flags build everything anew.
release=$CARGO_TARGET_DIR/python/release
rm -f "$release"/akua-*
RUSTFLAGS="--remap-path-prefix=$CARGO_HOME=/cargo --remap-path-prefix=$PWD=/akua" CARGO_TARGET_DIR=$release/target \
    maturin build --quiet --locked --release --compression-level 9 --interpreter "$(command -v python)" --out "$release" 2>"$scratch/build.log" ||
    { cat "$scratch/build.log"; exit 1; }
wheel=$(echo "$release"/akua-*.whl)
size=$(stat -c %s "$wheel")
echo "wheel: $size bytes"
[ "$size" -le $((42 * 1024 * 1024 / 10)) ] || { echo "over 4.2 MiB"; exit 1; }
mkdir "$scratch/wheel"
python -m zipfile -e "$wheel" "$scratch/wheel"
if grep -rlaF -e "$PWD" -e "$CARGO_HOME" "$scratch/wheel"; then
    echo "these files of the wheel name folders of this machine"
    exit 1
fi
echo "wheel: no folder of this machine in it"
fresh from-wheel "$wheel" "wheel"
"$scratch/from-wheel/bin/python" tools/python/weight.py

maturin sdist --out "$scratch" >"$scratch/sdist.log" 2>&1 || { cat "$scratch/sdist.log"; exit 1; }
# Its files are older than what was built before, so cargo would take that for its own.
CARGO_TARGET_DIR=$scratch/target fresh from-sdist "$(echo "$scratch"/akua-*.tar.gz)" "source archive"

# In the folder of the release wheel, so that it is not built a third time from nothing.
CARGO_TARGET_DIR=$CARGO_TARGET_DIR/python/release/target fresh from-tree . "pip install ."

# A Python without a global lock need not be there: that it compiles is all that is claimed.
config=$scratch/free-threaded.config
printf '%s\n' implementation=CPython version=3.14 shared=true pointer_width=64 build_flags=Py_GIL_DISABLED >"$config"
PYO3_CONFIG_FILE=$config cargo check -p akua-py --locked --target-dir "$CARGO_TARGET_DIR/python-free-threaded"
