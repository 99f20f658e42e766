#!/usr/bin/env bash
# The interface as programs are bound to it: what the shared library exports is what the header declares is what
# akua-ffi/abi lists, and programs that were built for the ABI described there still run.
#   abi.sh HEADER LIBRARY            checks
#   abi.sh HEADER LIBRARY --accept   takes the interface over as it is now; refuses to break it under the same version
set -euo pipefail
header=$1
library=$2
committed=akua-ffi/abi
scratch=$CARGO_TARGET_DIR/abi
rm -rf "$scratch"
mkdir -p "$scratch"
prototypes() { python3 akua-ffi/tests/prototypes.py "$@"; }

# describe HEADER NAME: the ABI that a C compiler makes of a header. Rust's own debug information names functions
# otherwise than the linker does, and describes what is private.
describe() {
    local name
    name=$(soname "$library")
    mkdir -p "$scratch/$2"
    cp "$1" "$scratch/$2/akua.h"
    prototypes stubs "$1" >"$scratch/$2/stubs.c"
    # There, so that the description names no folder.
    (cd "$scratch/$2" && gcc -std=c99 -g -O0 -shared -fPIC -Wl,-soname,"$name" -I. -o libakua.so stubs.c)
    abidw --no-corpus-path --no-comp-dir-path --no-show-locs --no-elf-needed --out-file "$scratch/$2.abi" "$scratch/$2/libakua.so"
}
soname() { objdump -p "$1" | sed -n 's/^ *SONAME *//p'; }

# compatible OLD NEW: says what breaks. New functions break nothing; whatever else changes is not trusted.
compatible() {
    abidiff --no-added-syms "$1" "$2" >"$scratch/differences" || { cat "$scratch/differences"; return 1; }
}
# Numbers stay for ever; new ones may come.
kept_numbers() {
    local lost
    lost=$(grep -v '^AKUA_ABI_VERSION ' "$1" | grep -vxFf "$2" || true)
    [ -z "$lost" ] || { printf 'gone, or another number now:\n%s\n' "$lost"; return 1; }
}

prototypes names "$header" >"$scratch/symbols.txt"
prototypes numbers "$header" >"$scratch/numbers.txt"
nm -D --defined-only "$library" | sed 's/.* //' | sort >"$scratch/exported.txt"
if ! diff "$scratch/symbols.txt" "$scratch/exported.txt" >"$scratch/differences"; then
    echo "declared (<) and exported (>) differ:"
    cat "$scratch/differences"
    exit 1
fi
describe "$header" now
abi=$(sed -n 's/^AKUA_ABI_VERSION //p' "$scratch/numbers.txt")
[ "$(soname "$library")" = "libakua.so.$abi" ] || { echo "the soname is not that of AKUA_ABI_VERSION"; exit 1; }

if [ "${3:-}" = --accept ]; then
    if [ -e $committed/akua.abi ] && grep -qx "AKUA_ABI_VERSION $abi" $committed/numbers.txt; then
        compatible $committed/akua.abi "$scratch/now.abi" && kept_numbers $committed/numbers.txt "$scratch/numbers.txt" ||
            { echo "programs would break: raise AKUA_ABI_VERSION, and the soname with it"; exit 1; }
    fi
    mkdir -p $committed
    cp "$scratch/symbols.txt" "$scratch/numbers.txt" $committed/
    cp "$scratch/now.abi" $committed/akua.abi
    exit 0
fi

if ! diff $committed/symbols.txt "$scratch/symbols.txt" >"$scratch/differences"; then
    echo "the committed list (<) and the header (>) differ; tools/accept_abi.sh takes a new function over:"
    cat "$scratch/differences"
    exit 1
fi
kept_numbers $committed/numbers.txt "$scratch/numbers.txt"
compatible $committed/akua.abi "$scratch/now.abi"

# A check that can't fail checks nothing: a function with an argument less, a text with its parts the other way round,
# a status with another number.
plant() {
    sed "$2" "$header" >"$scratch/planted.h"
    if cmp -s "$header" "$scratch/planted.h"; then echo "nothing planted: $1"; exit 1; fi
    prototypes numbers "$scratch/planted.h" >"$scratch/planted.txt"
    describe "$scratch/planted.h" planted
    if compatible $committed/akua.abi "$scratch/planted.abi" >/dev/null && kept_numbers $committed/numbers.txt "$scratch/planted.txt" >/dev/null; then
        echo "not found, though planted: $1"
        exit 1
    fi
}
plant "an argument less" 's/^void akua_cancel_trigger(.*);/void akua_cancel_trigger(void);/'
plant "another layout of akua_str" 's/^  const char \*data;/  size_t moved; const char *data;/'
plant "another number" 's/^#define AKUA_CONFLICT 6/#define AKUA_CONFLICT 7/'
plant "a number less" '/^#define AKUA_DECODE /d'
echo "$(wc -l <"$scratch/symbols.txt") functions, $(wc -l <"$scratch/numbers.txt") numbers, compatible; 4 planted breaches found"
