#!/usr/bin/env bash
# Feeds each target in fuzz/ for SECONDS seconds with bytes that a fuzzer makes up, beginning with the corpus that is
# kept there. Fails at the first crash, panic, hang or hoard of memory, and says where the bytes are that led to it.
# What it finds besides is kept outside of the sources.
#
# CARGO_FUZZ: the folder of the cargo-fuzz program. Fuzzing wants a nightly compiler; the stable one can do the same
# under RUSTC_BOOTSTRAP. Without a sanitizer: the code is safe Rust, and its own checks are on.
set -euo pipefail
seconds=${1:?usage: tools/fuzz.sh SECONDS [TARGET...]}
shift
target_dir=${CARGO_TARGET_DIR:?set by the Makefile}
export PATH="${CARGO_FUZZ:?the folder of cargo-fuzz}:$PATH" RUSTC_BOOTSTRAP=1
host=$(rustc -vV | sed -n 's/^host: //p')
cargo fuzz build --sanitizer none --target "$host" --target-dir "$target_dir/fuzz"

targets=("$@")
[ "${#targets[@]}" -gt 0 ] || mapfile -t targets < <(cargo fuzz list)
for target in "${targets[@]}"; do
    found=$target_dir/fuzz/found/$target
    rm -rf "$found"
    mkdir -p "$found/home" "$found/corpus"
    # The home folder: one target writes the configuration file that it has the client read.
    if ! env -u AKUA_API_TOKEN HOME="$found/home" FUZZ_HOME="$found/home" \
        "$target_dir/fuzz/$host/release/$target" "$found/corpus" "fuzz/corpus/$target" \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=4096 -seed=1 -print_final_stats=1 \
        -artifact_prefix="$found/" -verbosity=1 >"$found/log" 2>&1; then
        tail -n 40 "$found/log"
        echo "$target: crashed; the input is in $found" >&2
        exit 1
    fi
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$found/log")
    [ "${runs:-0}" -gt 100 ] || { tail -n 20 "$found/log"; echo "$target: only ${runs:-no} runs in $seconds s" >&2; exit 1; }
    echo "$target: $runs runs in $seconds s, no crash"
done
