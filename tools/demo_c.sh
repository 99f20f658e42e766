#!/usr/bin/env bash
# Builds the demos of C and C++ against an installed tree of their own, and runs both.
set -euo pipefail
out=$CARGO_TARGET_DIR/demo-c
rm -rf "$out"
mkdir -p "$out"
tools/build.sh
tools/install_c.sh "$out/stage" "$CARGO_TARGET_DIR/debug" >"$out/install.log"
export PKG_CONFIG_PATH=$out/stage/lib/pkgconfig
flags=($(pkg-config --cflags --libs akua) "-Wl,-rpath,$out/stage/lib")
gcc -std=c99 examples/c/demo.c -o "$out/demo-c" "${flags[@]}"
g++ -std=c++17 examples/cpp/demo.cpp -o "$out/demo-cpp" "${flags[@]}"
timeout 120 "$out/demo-c" "$CARGO_TARGET_DIR/debug/akua-sim"
echo
timeout 120 "$out/demo-cpp" "$CARGO_TARGET_DIR/debug/akua-sim"
