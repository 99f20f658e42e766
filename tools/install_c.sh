#!/usr/bin/env bash
# Puts the C library, its headers and its packages in place:
#   install_c.sh PREFIX           optimised; built in a folder of its own, for no path of this machine is to be in it
#   install_c.sh PREFIX BUILT     the libraries that cargo has built in the folder BUILT
# The tree may be moved afterwards. DESTDIR is put in front of PREFIX, as everywhere.
set -euo pipefail
prefix=${DESTDIR:-}$1
built=${2:-}
if [ -z "$built" ]; then
    RUSTFLAGS="${RUSTFLAGS:-} --remap-path-prefix=${CARGO_HOME:?set by the Makefile}=cargo --remap-path-prefix=$PWD=akua" \
        cargo build --release --locked -p akua-ffi --target-dir "$CARGO_TARGET_DIR/c-release"
    built=$CARGO_TARGET_DIR/c-release/release
fi
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
abi=$(sed -n 's/^#define AKUA_ABI_VERSION \([0-9]*\)$/\1/p' akua-ffi/include/akua.h)
# What rustc says that a program needs which links the static library (`--print native-static-libs`).
static_libs="-lgcc_s -lutil -lrt -lpthread -lm -ldl -lc"

filled() {
    sed -e "s/@VERSION@/$version/g; s/@ABI_VERSION@/$abi/g; s/@STATIC_LIBS@/$2/g" "akua-ffi/packaging/$1"
}

install -d "$prefix/include/akua/generated" "$prefix/lib/pkgconfig" "$prefix/lib/cmake/akua"
install -m 644 akua-ffi/include/akua.h akua-ffi/include/akua.hpp "$prefix/include/"
install -m 644 akua-ffi/include/akua/result.hpp akua-ffi/include/akua/options.hpp "$prefix/include/akua/"
install -m 644 akua-ffi/include/akua/generated/kinds.hpp "$prefix/include/akua/generated/"
install -m 755 "$built/libakua_ffi.so" "$prefix/lib/libakua.so.$version"
ln -sf "libakua.so.$version" "$prefix/lib/libakua.so.$abi"
ln -sf "libakua.so.$abi" "$prefix/lib/libakua.so"
install -m 644 "$built/libakua_ffi.a" "$prefix/lib/libakua.a"
strip "$prefix/lib/libakua.so.$version"
strip --strip-debug "$prefix/lib/libakua.a"
filled akua.pc.in "$static_libs" >"$prefix/lib/pkgconfig/akua.pc"
filled akuaConfig.cmake "${static_libs// /;}" >"$prefix/lib/cmake/akua/akuaConfig.cmake"
filled akuaConfigVersion.cmake "" >"$prefix/lib/cmake/akua/akuaConfigVersion.cmake"
echo "akua $version is in $prefix"
