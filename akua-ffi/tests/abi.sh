#!/usr/bin/env bash
# The interface as programs are bound to it: what the shared library exports is what the header declares is what
# akua-ffi/abi lists. That the header is what the sources make is lint's to say, and what changes in a prototype shows in
# the header's own difference.
#   abi.sh HEADER LIBRARY            checks
#   abi.sh HEADER LIBRARY --accept   takes the interface over as it is now; refuses to lose a name or a number under the
#                                    same version
set -euo pipefail
header=$1
library=$2
committed=akua-ffi/abi
scratch=$CARGO_TARGET_DIR/abi
rm -rf "$scratch"
mkdir -p "$scratch"
prototypes() { python3 akua-ffi/tests/prototypes.py "$@"; }

# kept OLD NEW: names and numbers stay for ever; new ones may come.
kept() {
    local lost
    lost=$(grep -v '^AKUA_ABI_VERSION ' "$1" | grep -vxFf "$2" || true)
    [ -z "$lost" ] || { printf 'gone, or another number now:\n%s\n' "$lost"; return 1; }
}
same() {
    diff "$1" "$2" >"$scratch/differences" || { echo "$3:"; cat "$scratch/differences"; return 1; }
}

prototypes names "$header" >"$scratch/symbols.txt"
prototypes numbers "$header" >"$scratch/numbers.txt"
nm -D --defined-only "$library" | sed 's/.* //' | sort >"$scratch/exported.txt"
same "$scratch/symbols.txt" "$scratch/exported.txt" "declared (<) and exported (>) differ"
abi=$(sed -n 's/^AKUA_ABI_VERSION //p' "$scratch/numbers.txt")
objdump -p "$library" | grep -qE "^ *SONAME +libakua\.so\.$abi$" || { echo "the soname is not that of AKUA_ABI_VERSION"; exit 1; }

if [ "${3:-}" = --accept ]; then
    # Nothing was promised of version 0.
    if [ "$abi" != 0 ] && grep -qx "AKUA_ABI_VERSION $abi" $committed/numbers.txt; then
        kept $committed/symbols.txt "$scratch/symbols.txt" && kept $committed/numbers.txt "$scratch/numbers.txt" ||
            { echo "programs would break: raise AKUA_ABI_VERSION, and the soname with it"; exit 1; }
    fi
    cp "$scratch/symbols.txt" "$scratch/numbers.txt" $committed/
    exit 0
fi

matches() {
    same $committed/symbols.txt "$1" "the committed list (<) and the header (>) differ; make accept-abi takes it over" &&
        same $committed/numbers.txt "$2" "the committed numbers (<) and the header's (>) differ; make accept-abi takes them over"
}
matches "$scratch/symbols.txt" "$scratch/numbers.txt"

# A check that can't fail checks nothing.
plant() {
    sed "$2" "$header" >"$scratch/planted.h"
    if cmp -s "$header" "$scratch/planted.h"; then echo "nothing planted: $1"; exit 1; fi
    prototypes names "$scratch/planted.h" >"$scratch/planted.symbols"
    prototypes numbers "$scratch/planted.h" >"$scratch/planted.numbers"
    if matches "$scratch/planted.symbols" "$scratch/planted.numbers" >/dev/null; then
        echo "not found, though planted: $1"
        exit 1
    fi
}
plant "a function less" '/^void akua_cancel_trigger(.*);/d'
plant "another number" 's/^#define AKUA_CONFLICT 6/#define AKUA_CONFLICT 7/'
plant "a number less" '/^#define AKUA_DECODE /d'
echo "$(wc -l <"$scratch/symbols.txt") functions, $(wc -l <"$scratch/numbers.txt") numbers, as listed; 3 planted breaches found"
