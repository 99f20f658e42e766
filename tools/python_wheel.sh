#!/usr/bin/env bash
# The wheel of the Python module as it is shipped: the release profile, and no path of this machine in it. Run by
# tools/python.sh; it leaves $CARGO_TARGET_DIR/python/release/akua-*.whl.
set -euo pipefail
release=$CARGO_TARGET_DIR/python/release
# Panic messages name the files of the sources. A target folder of its own, as other flags build everything anew.
export RUSTFLAGS="--remap-path-prefix=$CARGO_HOME=/cargo --remap-path-prefix=$PWD=/akua"
export CARGO_TARGET_DIR=$release/target
rm -f "$release"/akua-*
mkdir -p "$release"
maturin build --quiet --locked --release --interpreter "$(command -v python)" --out "$release" 2>"$release/build.log" ||
    { cat "$release/build.log"; exit 1; }
echo "$release"/akua-*.whl
