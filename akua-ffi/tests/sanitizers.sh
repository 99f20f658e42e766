#!/usr/bin/env bash
# The C and C++ tests again under AddressSanitizer with UndefinedBehaviorSanitizer, the library included, and under
# valgrind. Before that, a leak and a use after free are planted, and both have to be found by each of the two.
#   sanitizers.sh          under valgrind the calls alone, and the shared cases in C++ alone, which plays them through C
#   sanitizers.sh whole    all that is not about time
#
# Rust's sanitizer is not stable: it is let in for this build alone, in a folder of its own. What the build script of one crate
# sees of that makes all that stands on it be built again, there and back.
set -euo pipefail
under_valgrind=(calls)
players=(cpp)
if [ "${1:-}" = whole ]; then
    under_valgrind=(calls edits keyed launches clusters calls-cpp launches-cpp threads)
    players=(c cpp)
fi
out=$CARGO_TARGET_DIR/c-sanitizers
mkdir -p "$out"
find "$out" -mindepth 1 -maxdepth 1 ! -name target -exec rm -rf {} +
# shellcheck source=akua-ffi/tests/beside.sh
source akua-ffi/tests/beside.sh
sim=$CARGO_TARGET_DIR/debug/akua-sim
target=$(rustc -vV | sed -n 's/^host: //p')
export RUST_BACKTRACE=0

tools/build.sh
RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address CARGO_PROFILE_DEV_DEBUG=line-tables-only \
    cargo build --locked --quiet -p akua-ffi --features planted-panics --target "$target" --target-dir "$out/target"

include=(-Iakua-ffi/include -Iakua-ffi/tests)
system=(-lpthread -lm -ldl)
sanitized=(-fsanitize=address,undefined -fno-sanitize-recover=all "$out/target/$target/debug/libakua_ffi.a")
plain=("$CARGO_TARGET_DIR/debug/libakua_ffi.a")
valgrind=(valgrind --quiet --error-exitcode=9 --leak-check=full --show-leak-kinds=definite,indirect
    --errors-for-leak-kinds=definite,indirect)

# program NAME KIND COMPILER SOURCE OR OPTION...: NAME-KIND is made by the next `together`
program() {
    local program=$out/$1-$2 compiler=$3
    local -n library=$2
    shift 3
    later $compiler -g "${include[@]}" "$@" -o "$program" "${library[@]}" "${system[@]}" ${json:-}
}

# quiet COMMAND...: shows what it writes to its standard error only if it fails
quiet() {
    local status=0
    timeout 300 "$@" 2>"$out/stderr" || status=$?
    [ "$status" -eq 0 ] || { grep -v '^note: ' "$out/stderr" | tail -n 60; exit "$status"; }
}

# found WORDS COMMAND...: the command has to fail with these words
found() {
    local words=$1
    shift
    if timeout 300 "$@" >"$out/found" 2>&1; then
        echo "not found, though planted: $words"
        exit 1
    fi
    grep -q "$words" "$out/found" || { echo "failed otherwise than with '$words':"; tail -n 30 "$out/found"; exit 1; }
    echo "planted and found: $words"
}

program planted sanitized gcc -std=c99 akua-ffi/tests/planted.c
program planted plain gcc -std=c99 akua-ffi/tests/planted.c
together
quiet "$out/planted-sanitized" "$sim" none
found 'LeakSanitizer: detected memory leaks' "$out/planted-sanitized" "$sim" leak
found 'AddressSanitizer: heap-use-after-free' "$out/planted-sanitized" "$sim" use-after-free
quiet "${valgrind[@]}" "$out/planted-plain" "$sim" none
found 'are definitely lost' "${valgrind[@]}" "$out/planted-plain" "$sim" leak
found 'Invalid read of size 1' "${valgrind[@]}" "$out/planted-plain" "$sim" use-after-free

python3 akua-ffi/tests/hostile.py akua-ffi/include/akua.h >"$out/hostile.c"
cpp=(akua-ffi/tests/calls.cpp akua-ffi/tests/calls_elsewhere.cpp)
for name in calls edits keyed launches creates clusters singletons requests; do program $name sanitized gcc -std=c99 akua-ffi/tests/$name.c; done
program calls-cpp sanitized g++ -std=c++17 "${cpp[@]}"
program launches-cpp sanitized g++ -std=c++17 akua-ffi/tests/launches.cpp
program creates-cpp sanitized g++ -std=c++17 akua-ffi/tests/creates.cpp
program clusters-cpp sanitized g++ -std=c++17 akua-ffi/tests/clusters.cpp
program singletons-cpp sanitized g++ -std=c++17 akua-ffi/tests/singletons.cpp
program requests-cpp sanitized g++ -std=c++17 akua-ffi/tests/requests.cpp
program threads sanitized gcc -std=c99 akua-ffi/tests/threads.c
program hostile sanitized gcc -std=c99 -DPLANTED -Wno-unused-function "$out/hostile.c"
for language in "${players[@]}"; do
    case $language in
    c) json=-lcjson program conformance-c sanitized gcc -std=c99 akua-ffi/tests/conformance.c ;;
    cpp) program conformance-cpp sanitized g++ -std=c++17 akua-ffi/tests/conformance.cpp ;;
    esac
done
for name in "${under_valgrind[@]}"; do
    case $name in
    calls-cpp) program $name plain g++ -std=c++17 "${cpp[@]}" ;;
    launches-cpp) program $name plain g++ -std=c++17 akua-ffi/tests/launches.cpp ;;
    *) program $name plain gcc -std=c99 akua-ffi/tests/$name.c ;;
    esac
done

together

for program in calls edits keyed launches creates clusters singletons requests calls-cpp launches-cpp creates-cpp clusters-cpp singletons-cpp requests-cpp threads hostile; do
    printf '%-16s sanitized  ' $program
    quiet "$out/$program-sanitized" "$sim"
done
for language in "${players[@]}"; do
    printf '%-16s sanitized  ' "conformance-$language"
    quiet "$CARGO_TARGET_DIR/debug/akua-conformance" run $language -- "$out/conformance-$language-sanitized" | tail -n 1
done
for program in "${under_valgrind[@]}"; do
    printf '%-16s valgrind   ' $program
    quiet "${valgrind[@]}" "$out/$program-plain" "$sim"
done
