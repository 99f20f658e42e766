#!/usr/bin/env bash
# What a program pays for depending on akua-http: crates, seconds of a cold release build, and the size of the demo.
set -euo pipefail
scratch=$CARGO_TARGET_DIR/bench-build
trap 'rm -rf "$scratch"' EXIT
rm -rf "$scratch"
for package in akua-model akua-http; do
    crates=$(cargo tree --locked -p "$package" -e normal,build --prefix none --format '{p}' | sed 's/ (\*)$//' | sort -u | wc -l)
    echo "$package: $crates crates on this machine, itself included"
done
cargo fetch --locked --quiet
start=$SECONDS
CARGO_TARGET_DIR=$scratch cargo build --quiet --release --locked -p akua-http
echo "akua-http: cold release build in $((SECONDS - start)) s on $(nproc) cores, $(rustc --version)"
