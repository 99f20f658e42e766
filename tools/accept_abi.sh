#!/usr/bin/env bash
# Takes the C interface over as it is now, into akua-ffi/abi. Refused if programs would break without a new
# AKUA_ABI_VERSION. Run it through `make accept-abi`, and commit what changed.
set -euo pipefail
cargo build --locked --quiet -p akua-ffi
akua-ffi/tests/abi.sh akua-ffi/include/akua.h "$CARGO_TARGET_DIR/debug/libakua_ffi.so" --accept
git --no-pager diff --stat -- akua-ffi/abi || true
