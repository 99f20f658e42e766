#!/usr/bin/env bash
# Puts the C library, its headers and its packages in place, or takes them away:
#   install_c.sh PREFIX           optimised; built in a folder of its own, for no path of this machine is to be in it
#   install_c.sh PREFIX BUILT     the libraries that cargo has built in the folder BUILT
#   install_c.sh PREFIX --remove
# LIBDIR (lib) and INCLUDEDIR (include) are under PREFIX unless they are whole paths; DESTDIR is put in front of all, as
# everywhere. docs/c.md tells packagers more. The tree may be moved afterwards.
set -euo pipefail
umask 022
fail() { printf '%s\n' "$@" >&2; exit 1; }

# whole NAME PATH: the path from the root. `~` is the caller's home, wherever HOME points by now.
whole() {
    case $2 in
    \~ | \~/*) set -- "$1" "${CALLER_HOME:-$HOME}${2#\~}" ;;
    \~*) fail "$1 is $2: write the folder out" ;;
    *$'\n'*) fail "$1 has a line break" ;;
    esac
    realpath -ms -- "$2"
}
prefix=$(whole PREFIX "$1")
under() { case $2 in /* | \~*) whole "$1" "$2" ;; *) whole "$1" "$prefix/$2" ;; esac }
libdir=$(under LIBDIR "${LIBDIR:-lib}")
includedir=$(under INCLUDEDIR "${INCLUDEDIR:-include}")
destdir=${DESTDIR:+$(whole DESTDIR "$DESTDIR")}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
abi=$(sed -n 's/^#define AKUA_ABI_VERSION \([0-9]*\)$/\1/p' akua-ffi/include/akua.h)
headers=(akua.h akua.hpp akua/result.hpp akua/options.hpp akua/list.hpp akua/launches.hpp akua/clusters.hpp akua/requests.hpp akua/generated/kinds.hpp akua/generated/settings.hpp)
to_lib=$destdir$libdir
to_include=$destdir$includedir

if [ "${2:-}" = --remove ]; then
    (cd / && rm -f -- "${headers[@]/#/$to_include/}" "$to_lib/pkgconfig/akua.pc" "$to_lib"/cmake/akua/akuaConfig{,Version}.cmake \
        "$to_lib/libakua.a" "$to_lib/libakua.so" "$to_lib/libakua.so.$abi" "$to_lib/libakua.so.$version")
    for folder in "$to_include"/akua/generated "$to_include"/akua "$to_lib"/cmake/akua; do
        [ ! -d "$folder" ] || rmdir --ignore-fail-on-non-empty -- "$folder"
    done
    echo "akua $version is gone from $destdir$prefix"
    exit 0
fi

if [ -n "${2:-}" ]; then
    shared=$2/libakua_ffi.so archive=$2/libakua_ffi.a
else
    case ${CALLER_HOME:+$destdir$prefix/} in
    "$CARGO_TARGET_DIR"/*) fail "PREFIX is in $CARGO_TARGET_DIR, where the next make deletes it" ;;
    esac
    command -v cargo >/dev/null || fail "No cargo found. If yours is not root's: make install DESTDIR=stage as yourself, then" \
        "as root cp -a stage/. /"
    # What cargo says it has built: for whichever target, and never what an earlier build has left.
    flags=("--remap-path-prefix=${CARGO_HOME:?set by the Makefile}=cargo" "--remap-path-prefix=$PWD=akua")
    separator=$'\x1f'
    given=${CARGO_ENCODED_RUSTFLAGS-$(tr -s ' ' "$separator" <<<"${RUSTFLAGS:-}" | tr -d '\n')}
    CARGO_ENCODED_RUSTFLAGS=$(IFS=$separator; echo "${given:+$given$separator}${flags[*]}")
    export CARGO_ENCODED_RUSTFLAGS
    said=$(cargo build --release --locked -p akua-ffi --target-dir "$CARGO_TARGET_DIR/c-release" \
        --message-format=json-render-diagnostics | grep '"reason":"compiler-artifact".*"name":"akua_ffi"' || true)
    shared=$(grep -o '[^"]*/libakua_ffi\.so' <<<"$said" | tail -n 1) || true
    archive=$(grep -o '[^"]*/libakua_ffi\.a' <<<"$said" | tail -n 1) || true
    [ -f "$archive" ] || fail "cargo has not built libakua_ffi.a for this target"
fi

# The strip of the target, which may not be that of this machine; $STRIP if it is set, `:` for none.
target=${CARGO_BUILD_TARGET:-}
bits=$(rustc --print cfg ${target:+--target "$target"} | sed -n 's/^target_pointer_width="\(.*\)"$/\1/p')
strips=("${STRIP:-}" "${target/-unknown-/-}-strip" strip llvm-strip)
[ -n "$target" ] || strips=("${STRIP:-}" strip)
stripped() {
    local each
    for each in "${strips[@]}"; do
        [ -n "$each" ] && command -v "$each" >/dev/null || continue
        ! $each "$@" 2>/dev/null || return 0
    done
    echo "${*: -1} is not stripped: no strip for ${target:-this machine} (name one in STRIP)" >&2
}

# filled TEMPLATE PLACE VALUE...: writes the template without @PLACE@
filled() {
    local text
    text=$(<"akua-ffi/packaging/$1")
    shift
    while [ $# -gt 0 ]; do text=${text//@$1@/"$2"}; shift 2; done
    printf '%s\n' "$text"
}
from() { realpath -ms --relative-to="$1" -- "$2"; }
# What rustc says that a program needs which links the static library (`--print native-static-libs`), but for the unwinder:
# a compiler adds its own, `-lgcc_s` or, with -static, `-lgcc_eh`.
static_libs="-lutil -lrt -lpthread -lm -ldl -lc"

install -d "$to_include/akua/generated" "$to_lib/pkgconfig" "$to_lib/cmake/akua"
for header in "${headers[@]}"; do install -m 644 "akua-ffi/include/$header" "$to_include/$header"; done
if [ -f "$shared" ]; then
    install -m 755 "$shared" "$to_lib/libakua.so.$version"
    stripped "$to_lib/libakua.so.$version"
    ln -sf "libakua.so.$version" "$to_lib/libakua.so.$abi"
    ln -sf "libakua.so.$abi" "$to_lib/libakua.so"
else
    echo "Rust makes no shared library for $target: the static one alone is installed" >&2
fi
install -m 644 "$archive" "$to_lib/libakua.a"
# Rust's own intermediate code is of another version of LLVM than the program's linker may have.
stripped --strip-debug --remove-section=.llvmbc --remove-section=.llvmcmd "$to_lib/libakua.a"
filled akua.pc.in VERSION "$version" STATIC_LIBS "$static_libs" PREFIX "$(from "$libdir/pkgconfig" "$prefix")" \
    LIBDIR "$(from "$prefix" "$libdir")" INCLUDEDIR "$(from "$prefix" "$includedir")" >"$to_lib/pkgconfig/akua.pc"
filled akuaConfig.cmake VERSION "$version" ABI_VERSION "$abi" STATIC_LIBS "${static_libs// /;}" \
    LIBDIR "$(from "$libdir/cmake/akua" "$libdir")" INCLUDEDIR "$(from "$libdir/cmake/akua" "$includedir")" \
    >"$to_lib/cmake/akua/akuaConfig.cmake"
filled akuaConfigVersion.cmake VERSION "$version" BITS "$bits" >"$to_lib/cmake/akua/akuaConfigVersion.cmake"

echo "akua $version is in $destdir$prefix"
if [ -z "$destdir" ] && [ -z "${2:-}" ]; then
    ldconfig=$(PATH=$PATH:/sbin:/usr/sbin command -v ldconfig || true)
    if [ -n "$ldconfig" ] && "$ldconfig" -v -N -X 2>/dev/null | sed -n 's/^\(\/[^:]*\):.*/\1/p' | grep -qxF "$libdir"; then
        echo "For programs to find it: run ldconfig as root"
    else
        echo "$libdir is no folder where programs look for libraries by themselves: link them with -Wl,-rpath,$libdir"
    fi
fi
