#!/usr/bin/env bash
# The tests of the C library and its headers against an installed tree: gcc and clang, C99, C++17 and C++20, the shared
# library and the static one, with every warning an error.
set -euo pipefail
out=$CARGO_TARGET_DIR/c
stage=$out/stage
rm -rf "$out"
mkdir -p "$out"

cargo build --locked --quiet -p akua-ffi -p akua-sim
sim=$CARGO_TARGET_DIR/debug/akua-sim
tools/install_c.sh "$stage" "$CARGO_TARGET_DIR/debug"
export PKG_CONFIG_PATH=$stage/lib/pkgconfig

warnings=(-Wall -Wextra -Werror -pedantic)
shared=($(pkg-config --cflags --libs akua) -lpthread "-Wl,-rpath,$stage/lib")
static=($(pkg-config --cflags akua) "$stage/lib/libakua.a" $(sed -n 's/^Libs.private: //p' "$PKG_CONFIG_PATH/akua.pc"))

say() { printf '%s\n' "$*"; }

say "each header alone, twice"
for standard in c99 c11 c17; do
    for compiler in gcc clang; do
        printf '#include <akua.h>\n#include <akua.h>\nint main(void) { return (int)akua_abi_version(); }\n' |
            $compiler -std=$standard "${warnings[@]}" -x c - -o "$out/alone" "${shared[@]}"
        "$out/alone"
    done
done
for standard in c++17 c++20; do
    for compiler in g++ clang++; do
        for header in akua.h akua.hpp; do
            printf '#include <%s>\n#include <%s>\nint main() { return 0; }\n' $header $header |
                $compiler -std=$standard "${warnings[@]}" -fsyntax-only $(pkg-config --cflags akua) -x c++ -
        done
    done
done

# build_and_run NAME COMPILER STANDARD LINKAGE SOURCE OR OPTION...
build_and_run() {
    local name=$1 compiler=$2 standard=$3 linkage=$4 program
    shift 4
    local -n flags=$linkage
    program=$out/$name-$compiler-$standard-$linkage
    $compiler -std="$standard" -g "${warnings[@]}" "$@" -o "$program" "${flags[@]}"
    printf '%-14s %-8s %-6s %-7s' "$name" "$compiler" "$standard" "$linkage"
    timeout 120 "$program" "$sim"
}

c=(akua-ffi/tests/calls.c)
build_and_run calls gcc c99 shared "${c[@]}"
build_and_run calls gcc c17 static "${c[@]}"
build_and_run calls clang c99 static "${c[@]}"
build_and_run calls clang c17 shared "${c[@]}"

cpp=(akua-ffi/tests/calls.cpp akua-ffi/tests/calls_elsewhere.cpp)
build_and_run calls g++ c++17 shared "${cpp[@]}"
build_and_run calls g++ c++20 static "${cpp[@]}"
build_and_run calls clang++ c++17 static "${cpp[@]}"
build_and_run calls clang++ c++20 shared "${cpp[@]}"
build_and_run no-exceptions g++ c++17 shared -fno-exceptions -fno-rtti "${cpp[@]}"
build_and_run no-exceptions clang++ c++20 static -fno-exceptions -fno-rtti "${cpp[@]}"
