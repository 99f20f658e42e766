#!/usr/bin/env bash
# Plays the two scenes of `make demo-life` in which something is made from Rust, C, C++ and Python, and fails unless all
# four tell the same. What differs from run to run is left out of the comparison: times, and in what way a connection was lost.
set -euo pipefail
out=$CARGO_TARGET_DIR/demo-making
rm -rf "$out"
mkdir -p "$out"
cargo build --quiet --locked --workspace --lib --bins --example demo --example demo_life
tools/install_c.sh "$out/stage" "$CARGO_TARGET_DIR/debug" >"$out/install.log"
export PKG_CONFIG_PATH=$out/stage/lib/pkgconfig
flags=($(pkg-config --cflags --libs akua) "-Wl,-rpath,$out/stage/lib")
gcc -std=c99 examples/c/demo_making.c -o "$out/c" "${flags[@]}"
g++ -std=c++17 examples/cpp/demo_making.cpp -o "$out/cpp" "${flags[@]}"

told() {
    sed -E 's/^ +[0-9]+\.[0-9]{3} s +/     /; s/ in [0-9]+\.[0-9]{3} s$//; s/ \(the connection was lost[^)]*\)*\)//; /^$/d'
}

show() {
    local language=$1
    shift
    echo "$language"
    timeout 120 "$@" | tee "$out/$language.txt"
    told <"$out/$language.txt" >"$out/$language.told"
    if ! diff "$out/Rust.told" "$out/$language.told"; then
        echo "$language tells something else than Rust"
        exit 1
    fi
    echo
}

# The time of what is shown is limited, not that of what is built for it.
tools/python/run.sh
show Rust "$CARGO_TARGET_DIR/debug/examples/demo_life" 7 8
show C "$out/c" "$CARGO_TARGET_DIR/debug/akua-sim"
show C++ "$out/cpp" "$CARGO_TARGET_DIR/debug/akua-sim"
show Python tools/python/run.sh python examples/python/demo_making.py
