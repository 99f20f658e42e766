#!/usr/bin/env bash
# Compiles the Python module for a Python without a global lock, which need not be there. That is all that is claimed.
set -euo pipefail
config=$CARGO_TARGET_DIR/python-free-threaded.config
mkdir -p "$CARGO_TARGET_DIR"
cat >"$config" <<'CONFIG'
implementation=CPython
version=3.14
shared=true
pointer_width=64
build_flags=Py_GIL_DISABLED
CONFIG
PYO3_CONFIG_FILE=$config cargo check -p akua-py --locked --target-dir "$CARGO_TARGET_DIR/python-free-threaded"
