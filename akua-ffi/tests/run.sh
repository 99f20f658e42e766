#!/usr/bin/env bash
# The C library and its headers as programs use them, against an installed tree: the interface and what it promises to
# stay; gcc and clang, C99, C++17 and C++20, the shared library and the static one, every warning an error; hostile calls,
# threads, conformance; the examples, with pkg-config and with CMake.
#   run.sh            the library as it is built for tests; each program with one compiler for each way of linking
#   run.sh release    as it is installed, with every compiler; its size and its packages are looked at too
set -euo pipefail
out=$CARGO_TARGET_DIR/c
profile=${1:-dev}
stage=$out/stage
rm -rf "$out"
mkdir -p "$out"

tools/build.sh
sim=$CARGO_TARGET_DIR/debug/akua-sim
# Installed, and then moved: nothing in the tree may know where it was.
if [ "$profile" = release ]; then
    built=$CARGO_TARGET_DIR/c-release/release
    # No user of `make install`, who is warned of a PREFIX in the target folder.
    CALLER_HOME='' tools/install_c.sh "$out/elsewhere"
else
    built=$CARGO_TARGET_DIR/debug
    tools/install_c.sh "$out/elsewhere" "$built"
fi
mv "$out/elsewhere" "$stage"
export PKG_CONFIG_PATH=$stage/lib/pkgconfig

warnings=(-Wall -Wextra -Werror -pedantic)
shared=($(pkg-config --cflags --libs akua) -lpthread "-Wl,-rpath,$stage/lib")
static=($(pkg-config --cflags akua) "$stage/lib/libakua.a" $(sed -n 's/^Libs.private: //p' "$PKG_CONFIG_PATH/akua.pc"))

say() { printf -- '-- %s\n' "$*"; }
# shellcheck source=akua-ffi/tests/beside.sh
source akua-ffi/tests/beside.sh
whole() { [ "$profile" = release ]; }

say "interface"
akua-ffi/tests/abi.sh "$stage/include/akua.h" "$stage/lib/libakua.so"

if whole; then
    bytes=$(stat -Lc %s "$stage/lib/libakua.so")
    echo "the shared library has $bytes bytes"
    if grep -aoF -e "$CARGO_HOME" -e "$PWD" "$stage/lib/libakua.so" | sort | uniq -c | grep .; then
        echo "a path of this machine is in it"
        exit 1
    fi
    [ "$bytes" -le $((42 * 1024 * 1024 / 10)) ] || { echo "over 4.2 MiB: too much for what it does"; exit 1; }
fi

say "each header alone, twice"
for standard in c99 c11 c17; do
    for compiler in gcc clang; do
        printf '#include <akua.h>\n#include <akua.h>\nint main(void) { return (int)akua_abi_version(); }\n' |
            $compiler -std=$standard "${warnings[@]}" -x c - -o "$out/alone" "${shared[@]}"
        "$out/alone"
    done
done
# ... and with the warnings that other projects have on: with each compiler and each standard once; all four ways in a release.
picky=(-Weffc++ -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual)
ways=("g++ -std=c++17" "clang++ -std=c++20")
whole && ways+=("g++ -std=c++20" "clang++ -std=c++17")
for header in akua.h akua.hpp; do
    printf '#include <%s>\n#include <%s>\nint main() { return 0; }\n' $header $header >"$out/twice-$header.cpp"
done
for way in "${ways[@]}"; do
    for header in akua.h akua.hpp; do
        later $way "${warnings[@]}" "${picky[@]}" -fsyntax-only $(pkg-config --cflags akua) "$out/twice-$header.cpp"
    done
    # A template has no warnings before it is used.
    for used in ranges launches creates clusters singletons requests; do
        later $way "${warnings[@]}" "${picky[@]}" -fsyntax-only $(pkg-config --cflags akua) akua-ffi/tests/$used.cpp
    done
    # ... and with what other headers have defined before, some of it in GNU's C++ alone.
    for timeout in -UNO_CURSES -DNO_CURSES -DANOTHER_TIMEOUT; do
        later ${way/c++20/gnu++20} $timeout -Wall -Wextra -Werror -fsyntax-only $(pkg-config --cflags akua) akua-ffi/tests/macros.cpp
    done
done
later clang++ -std=c++17 "${picky[@]}" -Werror -fsyntax-only $(pkg-config --cflags akua) akua-ffi/tests/calls_elsewhere.cpp
together

# program NAME COMPILER STANDARD LINKAGE SOURCE OR OPTION...: one that `programs` makes and runs
listed=()
program() {
    local -n flags=$4
    later $2 -std="$3" -g "${warnings[@]}" "${@:5}" -o "$out/$1-$2-$3-$4" "${flags[@]}"
    listed+=("$1 $2 $3 $4")
}
programs() {
    local line name compiler standard linkage status
    together
    for line in "${listed[@]}"; do
        read -r name compiler standard linkage <<<"$line"
        printf '%-16s %-8s %-6s %-7s' "$name" "$compiler" "$standard" "$linkage"
        status=0
        timeout 120 "$out/$name-$compiler-$standard-$linkage" "$sim" 2>"$out/stderr" || status=$?
        # A panic does not get out, and is a mistake all the same.
        if [ "$status" -ne 0 ] || grep -q 'panicked at' "$out/stderr"; then
            cat "$out/stderr"
            echo "exit $status"
            exit 1
        fi
    done
    listed=()
}

say "programs"
for name in calls edits keyed launches creates clusters singletons requests; do
    program $name gcc c99 shared akua-ffi/tests/$name.c
    program $name clang c17 static akua-ffi/tests/$name.c
done
cpp=(akua-ffi/tests/calls.cpp akua-ffi/tests/calls_elsewhere.cpp)
program calls g++ c++17 shared "${cpp[@]}"
program calls clang++ c++20 static "${cpp[@]}"
program no-exceptions g++ c++17 shared -fno-exceptions -fno-rtti "${cpp[@]}"
moved=(akua-ffi/tests/moved_from.cpp)
program moved-from g++ c++17 shared "${moved[@]}"
program moved-from-plain g++ c++20 shared -fno-exceptions -fno-rtti "${moved[@]}"
program launches g++ c++17 shared akua-ffi/tests/launches.cpp
program launches-plain clang++ c++20 static -fno-exceptions -fno-rtti akua-ffi/tests/launches.cpp
program creates g++ c++17 shared akua-ffi/tests/creates.cpp
program creates-plain clang++ c++20 static -fno-exceptions -fno-rtti akua-ffi/tests/creates.cpp
program clusters g++ c++17 shared akua-ffi/tests/clusters.cpp
program clusters-plain clang++ c++20 static -fno-exceptions -fno-rtti akua-ffi/tests/clusters.cpp
program singletons g++ c++17 shared akua-ffi/tests/singletons.cpp
program singletons-plain clang++ c++20 static -fno-exceptions -fno-rtti akua-ffi/tests/singletons.cpp
program requests g++ c++17 shared akua-ffi/tests/requests.cpp
program requests-plain clang++ c++20 static -fno-exceptions -fno-rtti akua-ffi/tests/requests.cpp
program ranges g++ c++20 shared akua-ffi/tests/ranges.cpp
program ranges clang++ c++17 static akua-ffi/tests/ranges.cpp
if whole; then
    program calls gcc c17 static akua-ffi/tests/calls.c
    program calls clang c99 shared akua-ffi/tests/calls.c
    program calls g++ c++20 static "${cpp[@]}"
    program calls clang++ c++17 shared "${cpp[@]}"
    program no-exceptions clang++ c++20 static -fno-exceptions -fno-rtti "${cpp[@]}"
    program moved-from clang++ c++20 static "${moved[@]}"
    program ranges g++ c++17 shared akua-ffi/tests/ranges.cpp
    program ranges clang++ c++20 static akua-ffi/tests/ranges.cpp
fi

# Threads that are cancelled, hostile calls.
program cancelled gcc c99 shared akua-ffi/tests/cancelled.c -pthread
program cancelled clang c17 static akua-ffi/tests/cancelled.c -pthread
python3 akua-ffi/tests/hostile.py "$stage/include/akua.h" >"$out/hostile.c"
program hostile gcc c99 shared -Wno-unused-function -Iakua-ffi/tests "$out/hostile.c"
program threads gcc c99 shared akua-ffi/tests/threads.c
# The shared cases, and malformed PEM.
later gcc -std=c99 -g "${warnings[@]}" akua-ffi/tests/conformance.c -o "$out/conformance-c" "${shared[@]}" -lcjson
later g++ -std=c++17 -g "${warnings[@]}" akua-ffi/tests/conformance.cpp -o "$out/conformance-cpp" "${shared[@]}"
later gcc -std=c99 -g "${warnings[@]}" akua-ffi/tests/pem.c -o "$out/pem-c" "${shared[@]}" -lcjson
later g++ -std=c++17 -g "${warnings[@]}" akua-ffi/tests/pem.cpp -o "$out/pem-cpp" "${shared[@]}" -lcjson
# What docs/c.md shows of C++.
awk -v out="$out" '$0 == "```cpp" { on = out "/shown-in-docs-" ++n ".cpp"; next } /^```/ { on = "" } on { print >on }' docs/c.md
for number in 1 2; do
    later g++ -std=c++17 "${warnings[@]}" "$out/shown-in-docs-$number.cpp" -o "$out/shown-in-docs-$number" "${shared[@]}"
done
programs

say "calls when everything ends"
gcc -std=c99 -g "${warnings[@]}" -fPIC -shared -DLIBRARY akua-ffi/tests/late.c -o "$out/liblate.so" "${shared[@]}"
gcc -std=c99 -g "${warnings[@]}" -Wno-unused-function akua-ffi/tests/late.c -o "$out/late" "${shared[@]}" -L"$out" -llate "-Wl,-rpath,$out"
late=$(timeout 120 "$out/late" "$sim")
wanted="a library,main,a thread,a thread's destructor,atexit,a destructor,a library's destructor"
[ "${late//$'\n'/,}" = "$wanted" ] || { echo "called from $late"; exit 1; }
echo "called from $(wc -l <<<"$late") places"

say "the least stack, over TLS"
# What is not optimised needs more.
whole && times=1 || times=2
least=$(sed -n 's/.*at least \([0-9]*\) KiB of stack.*/\1/p' docs/c.md)
gcc -std=c99 -g "${warnings[@]}" akua-ffi/tests/stack.c -o "$out/stack" "${shared[@]}"
mkdir "$out/tls"
python3 -B akua-ffi/tests/tls.py "$sim" "$out/tls" "$out/stack" $((times * least))

say "what programs around it do"
gcc -std=c99 -g "${warnings[@]}" akua-ffi/tests/hosts.c -o "$out/hosts" "${shared[@]}" -ldl
cp "$stage/lib/libakua.so" "$out/another.so"
timeout 120 "$out/hosts" "$sim" "$out/another.so"

say "conformance"
for language in c cpp; do
    timeout 300 "$CARGO_TARGET_DIR/debug/akua-conformance" run $language -- "$out/conformance-$language"
done

say "malformed PEM"
for language in c cpp; do
    timeout 300 "$out/pem-$language" conformance/data/pem_forms.json
done

say "the examples, with pkg-config and with CMake"
cc -Wall -Wextra -Werror examples/c/rename.c -o "$out/rename-pc" $(pkg-config --cflags --libs akua) "-Wl,-rpath,$stage/lib"
cc -Wall -Wextra -Werror examples/c/rename.c -o "$out/rename-pc-static" $(pkg-config --cflags akua) "$stage/lib/libakua.a" \
    $(sed -n 's/^Libs.private: //p' "$PKG_CONFIG_PATH/akua.pc")
c++ -std=c++17 -Wall -Wextra -Werror examples/cpp/rename.cpp -o "$out/rename-pc-cpp" $(pkg-config --cflags --libs akua) "-Wl,-rpath,$stage/lib"
for language in c cpp; do
    cmake -S examples/$language -B "$out/cmake-$language" -DCMAKE_PREFIX_PATH="$stage" >"$out/cmake.log" || { cat "$out/cmake.log"; exit 1; }
    cmake --build "$out/cmake-$language" >"$out/cmake.log" 2>&1 || { cat "$out/cmake.log"; exit 1; }
done
"$out/cmake-c/test_with_simulator" "$sim"

coproc AKUA { exec "$sim" --exit-on-stdin-close --seed clusters=1; }
# Its variables are gone as soon as it has ended.
sim_pid=$AKUA_PID
while IFS='=' read -r name value <&"${AKUA[0]}"; do
    case $name in url) url=$value ;; token) token=$value ;; control_token) break ;; esac
done
etag=42
for program in "$out"/rename-pc* "$out"/cmake-c*/rename*; do
    etag=$((etag + 1))
    shown=$(AKUA_API_URL=$url AKUA_API_TOKEN=$token "$program" clu_1 "by $(basename "$program") $etag")
    [ "$shown" = "in effect, etag $etag" ] || { echo "$program said: $shown"; exit 1; }
done
if AKUA_API_URL=$url AKUA_API_TOKEN=$token "$out/rename-pc" clu_2 nobody 2>/dev/null; then
    echo "renamed a cluster that is not there"
    exit 1
fi
# What docs/c.md shows of C++: an edit, by itself and with a token that a run before has left behind, and a suspend likewise.
said() { (cd "$out" && AKUA_API_URL=$url AKUA_API_TOKEN=$token ./shown-in-docs-${1:-1} clu_1 2>&1) || true; }
# Nothing is sent whose token can't be written down: the etag is that of before.
ln -s nowhere/token "$out/edit.token"
shown=$(said)
[[ $shown == "cluster clu_1: "* ]] && [ ! -L "$out/edit.token" ] || { echo "docs/c.md said: $shown"; exit 1; }
shown=$(said)
[ "$shown" = "applied, etag $((etag + 1))" ] && [ ! -e "$out/edit.token" ] || { echo "docs/c.md said: $shown"; exit 1; }
echo "no token" >"$out/edit.token"
shown=$(said)
[[ $shown == *"keep the resume token"* ]] && [ -e "$out/edit.token" ] || { echo "docs/c.md said: $shown"; exit 1; }
shown=$(said 2)
[[ $shown == *" is suspended now" ]] && [ ! -e "$out/suspend.token" ] || { echo "docs/c.md said: $shown"; exit 1; }
shown=$(said 2)
[[ $shown == *"is not active"* ]] && [ ! -e "$out/suspend.token" ] || { echo "docs/c.md said: $shown"; exit 1; }
exec {AKUA[1]}>&-
wait "$sim_pid"
echo "renamed by $((etag - 42)) programs"

if whole; then
    say "as packagers have it"
    akua-ffi/tests/install.sh "$built"
fi

say "what the README shows compiles"
for language in c cpp; do
    awk -v fence="\`\`\`$language" '$0 == fence { on = 1; next } /^```/ { on = 0 } on' README.md >"$out/shown.$language"
    [ -s "$out/shown.$language" ] || { echo "the README shows no $language"; exit 1; }
done
gcc -std=c99 "${warnings[@]}" $(pkg-config --cflags akua) -fsyntax-only "$out/shown.c"
g++ -std=c++17 "${warnings[@]}" $(pkg-config --cflags akua) -fsyntax-only "$out/shown.cpp"
