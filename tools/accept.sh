#!/usr/bin/env bash
# Takes over what is shown now as what is expected from here on, and shows which files that has changed. Read the
# difference before you commit it.
#   accept.sh abi                   the functions and numbers of akua.h; refused if programs would break (`make accept-abi`)
#   accept.sh conformance [NAME]... what the Rust client reports in the shared cases, as far as their `says` agree
#   accept.sh edit                  what the scenes of docs/edit.md tell
#   accept.sh golden [TEST]...      what the exhaustive check shows
#   accept.sh life                  what the scenes of docs/life.md tell
#   accept.sh notebook              what the notebook shows; what differs in nothing but times stays
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
what=${1:-}
shift || true
case $what in
abi)
    cargo build --locked --quiet -p akua-ffi
    akua-ffi/tests/abi.sh akua-ffi/include/akua.h "$CARGO_TARGET_DIR/debug/libakua_ffi.so" --accept
    ;;
conformance) cargo run --locked --quiet -p akua-conformance -- record "$@" ;;
edit) EDIT_DOCS=written cargo test --locked --quiet -p akua-http --test edit_docs ;;
life) LIFE_DOCS=written cargo test --locked --quiet -p akua-http --test life_docs ;;
golden)
    cargo test --locked -p akua-model --profile checker --lib edit::check::make_test -- --ignored "$@" 2>&1 |
        awk '/^=== golden / { file = $3; printf "" >file; print file; next }
             /^=== end$/ { file = "" }
             file { print >file }' || true
    ;;
notebook) tools/python/run.sh python -W error examples/tests/notebooks.py examples/safe_updates.ipynb ;;
*) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
git --no-pager diff --stat || true
