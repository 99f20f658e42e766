#!/usr/bin/env bash
# Runs all tests but the doc tests COUNT times: repeat_tests.sh COUNT
set -euo pipefail
cargo test --workspace --locked --lib --bins --tests --no-run
for ((round = 1; round <= $1; round++)); do
    start=$SECONDS
    cargo test --quiet --workspace --locked --lib --bins --tests
    echo "round $round of $1 passed in $((SECONDS - start)) s"
done
