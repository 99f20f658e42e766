#!/usr/bin/env bash
# Runs all tests but the doc tests COUNT times: repeat_tests.sh COUNT [CARGO ARGUMENT]...
set -euo pipefail
count=$1
shift
cargo test --workspace "$@" --locked --lib --bins --tests --no-run
for ((round = 1; round <= count; round++)); do
    start=$SECONDS
    cargo test --quiet --workspace "$@" --locked --lib --bins --tests
    echo "round $round of $count passed in $((SECONDS - start)) s"
done
