#!/usr/bin/env bash
# Takes over what the exhaustive checks show now as what they are to show. Read the difference before you commit it.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test --locked -p akua-model --profile checker --lib edit::check::make_test -- --ignored "$@" 2>&1 |
    awk '/^=== golden / { file = $3; printf "" >file; print file; next }
         /^=== end$/ { file = "" }
         file { print >file }' || true
git --no-pager diff --stat
