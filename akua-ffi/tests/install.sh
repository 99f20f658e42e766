#!/usr/bin/env bash
# The installed tree as packagers and their users get it, with the real tools: wherever it is put, whatever the umask is,
# found by pkg-config and CMake, linked statically and with link-time optimisation, and taken away again.
#   install.sh BUILT     the libraries that cargo has built in the folder BUILT
#   install.sh make      by `make install`, which builds them; for another target as well, where there is a compiler for it
set -euo pipefail
out=$CARGO_TARGET_DIR/c-install
if [ "$1" = make ]; then
    # In the target folder it installs nothing.
    out=$(mktemp -d)
    trap 'rm -rf "$out"' EXIT
fi
rm -rf "$out"
mkdir -p "$out"
fail() { printf '%s\n' "$@"; exit 1; }
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
cat >"$out/main.c" <<'C'
#include <akua.h>
#include <stdio.h>
int main(void) { return printf("%s\n", akua_version().data) > 0 ? 0 : 1; }
C
cat >"$out/main.cpp" <<'C'
#include <akua.hpp>
#include <iostream>
int main() {
  const auto none = akua::client::make(akua::client_options());
  if (none || none.error().status() != akua::status::configuration) return 1;
  std::cout << akua::version() << "\n";
}
C

# says PROGRAM: it has to start and say the version
says() {
    local said
    said=$("$@") || fail "$1 ended with $?"
    [ "$said" = "$version" ] || fail "$1 said $said"
}

# cmake_says LANGUAGE FIND OPTION...: configures a project of this language with this in it; 0 if it is found
cmake_says() {
    rm -rf "$out/cmake"
    mkdir "$out/cmake"
    cat >"$out/cmake/CMakeLists.txt" <<PROJECT
cmake_minimum_required(VERSION 3.19)
project(user $1)
$2
if(NOT akua_FOUND)
  message(FATAL_ERROR "not found: \${akua_NOT_FOUND_MESSAGE}")
endif()
if(CMAKE_C_COMPILER)
  add_executable(user ../main.c)
  target_link_libraries(user akua::akua)
  add_executable(static ../main.c)
  target_link_libraries(static akua::static)
endif()
PROJECT
    shift 2
    cmake -S "$out/cmake" -B "$out/cmake/build" "$@" >"$out/cmake.log" 2>&1
}

# Each way to say where: the variables, then where the folder of pkgconfig has to be under DESTDIR or the root.
ways=0
installed_and_gone() {
    local root=$1 lib=$2 include=$3
    shift 3
    (umask 077 && env "$@" CALLER_HOME="$out/home" tools/install_c.sh "${prefix:?}" "$built") >"$out/install.log"
    local tree=$root$lib
    for file in "$tree/libakua.so.$version" "$tree/libakua.a" "$tree/pkgconfig/akua.pc" "$tree/cmake/akua/akuaConfig.cmake" "$root$include/akua.hpp" \
        "$root$include/akua/generated/kinds.hpp"; do
        [ -f "$file" ] || fail "$* has not put $file there"
    done
    # Readable for everybody, whatever the umask.
    local closed
    closed=$(find "$tree" "$root$include" \( -type f ! -perm -444 \) -o \( -type d ! -perm -555 \))
    [ -z "$closed" ] || fail "nobody else can read $closed"
    # By pkg-config, which escapes blanks for a shell.
    local flags
    flags=$(PKG_CONFIG_PATH=$tree/pkgconfig pkg-config --cflags --libs akua)
    eval "gcc -std=c99 -Wall -Wextra -Werror \"\$out/main.c\" -o \"\$out/main\" $flags"
    says env LD_LIBRARY_PATH="$tree" "$out/main"
    # By CMake.
    cmake_says C "find_package(akua CONFIG REQUIRED)" "-Dakua_DIR=$tree/cmake/akua" || fail "CMake: $(cat "$out/cmake.log")"
    cmake --build "$out/cmake/build" >"$out/cmake.log" 2>&1 || fail "CMake: $(cat "$out/cmake.log")"
    says "$out/cmake/build/user"
    says "$out/cmake/build/static"
    # What the static library needs is the same to both; this machine's libc may have all of it.
    local needed
    needed=$(sed -n 's/^Libs.private: //p' "$tree/pkgconfig/akua.pc")
    grep -qF "INTERFACE_LINK_LIBRARIES \"${needed// /;}\"" "$tree/cmake/akua/akuaConfig.cmake" || fail "CMake does not name $needed"
    # Nothing tells where it was built or put.
    if grep -rlF -e "$out" "$tree/pkgconfig" "$tree/cmake" "$root$include"; then fail "its place is written into these"; fi
    (env "$@" CALLER_HOME="$out/home" tools/install_c.sh "$prefix" --remove) >/dev/null
    local left
    left=$(find "$root$lib" "$root$include" ! -type d 2>/dev/null || true)
    [ -z "$left" ] || fail "left behind: $left"
    ways=$((ways + 1))
}

quick() {
    local tree=$out/tree
    tools/install_c.sh "$tree" "$1" >/dev/null
    # Stripped once and for all.
    built=$out/built
    mkdir "$built"
    cp "$tree/lib/libakua.so" "$built/libakua_ffi.so"
    cp "$tree/lib/libakua.a" "$built/libakua_ffi.a"
    prefix="$out/plain" installed_and_gone "" "$out/plain/lib" "$out/plain/include" A=
    prefix="$out/with a blank" installed_and_gone "" "$out/with a blank/lib" "$out/with a blank/include" A=
    prefix='~/in home' installed_and_gone "" "$out/home/in home/lib" "$out/home/in home/include" A=
    prefix="$(realpath --relative-to=. "$out")/relative/../to" installed_and_gone "" "$out/to/lib" "$out/to/include" A=
    prefix=/usr installed_and_gone "$out/staged" /usr/lib/x86_64-linux-gnu /usr/include "DESTDIR=$out/staged" LIBDIR=lib/x86_64-linux-gnu
    prefix=/usr installed_and_gone "$out/stage d" /lib64 /usr/include/akua-0 "DESTDIR=$out/stage d" LIBDIR=/lib64 INCLUDEDIR=include/akua-0
    prefix="/opt/a b" installed_and_gone "$out/home/x" "/opt/a b/lib" "/opt/a b/include" 'DESTDIR=~/x'
    if tools/install_c.sh '~nobody/x' "$built" 2>/dev/null; then fail "it has guessed where ~nobody is"; fi
    if CALLER_HOME=$out/home tools/install_c.sh "$CARGO_TARGET_DIR/empty-home/x" >"$out/refused" 2>&1 || ! grep -q 'next make deletes' "$out/refused"; then
        fail "it installs where the next make deletes"
    fi

    export PKG_CONFIG_PATH=$tree/lib/pkgconfig
    local compiler static
    static=$(pkg-config --static --cflags --libs akua)
    ! grep -q gcc_s <<<"$static" || fail "the unwinder is not ours to name: $static"
    for compiler in gcc clang; do
        # What glibc warns of is that it looks names up by its shared libraries.
        $compiler -static "$out/main.c" -o "$out/static" $static 2>"$out/warned" || fail "$(cat "$out/warned")"
        says "$out/static"
        ! ldd "$out/static" >/dev/null 2>&1 || fail "$compiler -static is not static"
        $compiler "$out/main.c" -o "$out/archived" ${static/-lakua/-l:libakua.a}
        says "$out/archived"
        $compiler -flto -O2 "$out/main.c" -o "$out/lto" ${static/-lakua/-l:libakua.a}
        says "$out/lto"
    done
    g++ -std=c++17 -static "$out/main.cpp" -o "$out/static" $static 2>"$out/warned" || fail "$(cat "$out/warned")"
    says "$out/static"
    for compiler in g++ clang++; do
        $compiler -std=c++17 -flto -O2 "$out/main.cpp" -o "$out/lto" ${static/-lakua/-l:libakua.a}
        says "$out/lto"
    done
    if readelf -SW "$tree/lib/libakua.a" 2>/dev/null | grep -E '\.llvm(bc|cmd)'; then fail "another LLVM's intermediate code is in the archive"; fi

    # What CMake asks for and gets, a line each. The version is 0.1.0.
    local wanted asked words found=0
    while read -r wanted asked; do
        if cmake_says NONE "find_package(akua $asked)" "-DCMAKE_PREFIX_PATH=$tree"; then
            [ "$wanted" = yes ] || fail "CMake takes it for $asked"
        else
            [ "$wanted" = no ] || fail "CMake does not take it for $asked: $(cat "$out/cmake.log")"
            case $asked in *COMPONENTS*) words='no component foo|no component bar' ;; *) words='considered but not accepted' ;; esac
            tr -s ' \n' ' ' <"$out/cmake.log" | grep -qE "$words" || fail "refused without a word: $asked"
        fi
        found=$((found + 1))
    done <<'TABLE'
yes CONFIG
yes 0 CONFIG
yes 0.1 CONFIG
yes 0.1.0 CONFIG
yes 0.1.0 EXACT CONFIG
no 0.1.1 CONFIG
no 0.0 CONFIG
no 0.0.9 CONFIG
no 0.2 CONFIG
no 1 CONFIG
no 0.1.1 EXACT CONFIG
no 0...<0.1 CONFIG
no 0...<0.1.0 CONFIG
yes 0...0.1 CONFIG
yes 0...0.1.0 CONFIG
yes 0.0.5...<0.2 CONFIG
yes 0.1...<1 CONFIG
yes 0...<1 CONFIG
no 0.2...<1 CONFIG
no 0.0.1...0.0.9 CONFIG
no 1...2 CONFIG
no 0.1 COMPONENTS foo CONFIG
no REQUIRED COMPONENTS foo bar CONFIG
yes OPTIONAL_COMPONENTS foo CONFIG
TABLE
    # Pointers of 32 bits: compiled, not linked, so that no library of that kind has to be there.
    if cmake_says C "find_package(akua CONFIG REQUIRED)" "-DCMAKE_PREFIX_PATH=$tree" -DCMAKE_C_FLAGS=-m32 -DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY ||
        ! grep -q "of 64 bits, for a target of 32" "$out/cmake.log"; then
        fail "CMake takes it for a target of 32 bits: $(cat "$out/cmake.log")"
    fi
    echo "installed and taken away $ways ways, linked statically and with LTO, $((found + 1)) requests of CMake"
}

if [ "$1" != make ]; then
    quick "$1"
    exit 0
fi

# made OPTION...: `make install` with these, as somebody whose home and umask are of their own
made() { (umask 077 && env -u CALLER_HOME -u MAKEFLAGS -u MAKELEVEL "HOME=$out/home" make "$@") >"$out/make.log" 2>&1 || fail "make $*: $(tail -n 20 "$out/make.log")"; }
# can TARGET COMPILER: whether there is a Rust and a compiler for it
can() { [ -d "$(rustc --print target-libdir --target "$1")" ] && command -v "$2" >/dev/null; }

host=$(rustc -vV | sed -n 's/^host: //p')
mkdir -p "$out/home" "$CARGO_TARGET_DIR/c-release/release"
made install "PREFIX=~/for me"
grep -q 'link them with -Wl,-rpath' "$out/make.log" || fail "not a word about the loader: $(tail -n 3 "$out/make.log")"
cc "$out/main.c" -o "$out/main" -I"$out/home/for me/include" -L"$out/home/for me/lib" -lakua
says env LD_LIBRARY_PATH="$out/home/for me/lib" "$out/main"
made ready # Which makes a fresh home for the builds.
says env LD_LIBRARY_PATH="$out/home/for me/lib" "$out/main"
made uninstall "PREFIX=~/for me"
[ -z "$(find "$out/home" -type f)" ] || fail "left behind: $(find "$out/home" -type f)"

# Where things go is looked at from here on, not how fast they are.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=0

# A target by name. What lies where an earlier build without one has put it is not taken.
for each in so a; do rm -f "$CARGO_TARGET_DIR/c-release/release/libakua_ffi.$each" && echo old >"$CARGO_TARGET_DIR/c-release/release/libakua_ffi.$each"; done
options=("CARGO_BUILD_TARGET=$host" "DESTDIR=$out/staged" PREFIX=/usr LIBDIR=lib/x86_64-linux-gnu)
made install "${options[@]}"
! grep -q ldconfig "$out/make.log" || fail "it speaks of the loader of a staged tree"
cc "$out/main.c" -o "$out/main" -I"$out/staged/usr/include" -L"$out/staged/usr/lib/x86_64-linux-gnu" -lakua
says env LD_LIBRARY_PATH="$out/staged/usr/lib/x86_64-linux-gnu" "$out/main"
made uninstall "${options[@]}"
[ -z "$(find "$out/staged" -type f)" ] || fail "left behind: $(find "$out/staged" -type f)"

if can aarch64-unknown-linux-gnu aarch64-linux-gnu-gcc; then
    export CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
    made install CARGO_BUILD_TARGET=aarch64-unknown-linux-gnu "DESTDIR=$out/arm" PREFIX=/usr
    readelf -h "$out/arm/usr/lib/libakua.so" | grep -q AArch64 || fail "not for AArch64"
    ! grep -q 'is not stripped' "$out/make.log" || fail "$(cat "$out/make.log")"
    aarch64-linux-gnu-gcc "$out/main.c" -o "$out/main" -I"$out/arm/usr/include" -L"$out/arm/usr/lib" -lakua
    echo "for AArch64 too"
else
    echo "not tried for AArch64: no Rust or no compiler for it here"
fi
if can "${host%-gnu}-musl" musl-gcc; then
    made install "CARGO_BUILD_TARGET=${host%-gnu}-musl" "DESTDIR=$out/musl" PREFIX=/usr
    # Not linked: the unwinder that Debian's musl-gcc adds is glibc's, and asks for what only that has.
    [ -f "$out/musl/usr/lib/libakua.a" ] && [ ! -e "$out/musl/usr/lib/libakua.so" ] || fail "not the static library alone for musl"
    grep -q 'the static one alone is installed' "$out/make.log" || fail "not a word about the shared library: $(cat "$out/make.log")"
    echo "with musl too"
else
    echo "not tried with musl: no Rust or no compiler for it here"
fi
echo "made, installed and taken away, by a target's name as well"
