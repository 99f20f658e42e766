#!/usr/bin/env bash
# The interface as programs are bound to it: what the shared library exports is what the header declares, and functions with
# their arguments, types with how they lie in memory, and numbers are what akua-ffi/abi lists. That the header is what the
# sources make is lint's to say.
#   abi.sh HEADER LIBRARY            checks
#   abi.sh HEADER LIBRARY --accept   takes the interface over as it is now; refuses to lose a line under the same version
set -euo pipefail
header=$1
library=$2
committed=akua-ffi/abi
scratch=$CARGO_TARGET_DIR/abi
rm -rf "$scratch"
mkdir -p "$scratch"

# dumped HEADER FOLDER: what the header says, and what the compiler makes of its types
dumped() {
    mkdir -p "$2"
    cmp -s "$1" "$2/akua.h" || cp "$1" "$2/akua.h"
    python3 -B akua-ffi/tests/prototypes.py numbers "$1" >"$2/numbers.txt"
    python3 -B akua-ffi/tests/prototypes.py layouts "$1" >"$2/layouts.c"
    cc "$2/layouts.c" -o "$2/layouts"
    { python3 -B akua-ffi/tests/prototypes.py prototypes "$1" && "$2/layouts"; } >"$2/interface.txt"
}
# kept OLD NEW: what is there stays for ever; more may come.
kept() {
    local lost
    lost=$(grep -v '^AKUA_ABI_VERSION ' "$1" | grep -vxFf "$2" || true)
    [ -z "$lost" ] || { printf 'gone, or otherwise now:\n%s\n' "$lost"; return 1; }
}
same() {
    diff "$1" "$2" >"$scratch/differences" || { echo "$3:"; cat "$scratch/differences"; return 1; }
}

dumped "$header" "$scratch/now"
sed -n 's/^[^(]*[ *]\(akua_[a-z_]*\)(.*/\1/p' "$scratch/now/interface.txt" | sort >"$scratch/declared.txt"
nm -D --defined-only "$library" | sed 's/.* //' | sort >"$scratch/exported.txt"
same "$scratch/declared.txt" "$scratch/exported.txt" "declared (<) and exported (>) differ"
abi=$(sed -n 's/^AKUA_ABI_VERSION //p' "$scratch/now/numbers.txt")
objdump -p "$library" | grep -qE "^ *SONAME +libakua\.so\.$abi$" || { echo "the soname is not that of AKUA_ABI_VERSION"; exit 1; }

if [ "${3:-}" = --accept ]; then
    # Nothing was promised of version 0.
    if [ "$abi" != 0 ] && grep -qx "AKUA_ABI_VERSION $abi" $committed/numbers.txt; then
        kept $committed/interface.txt "$scratch/now/interface.txt" && kept $committed/numbers.txt "$scratch/now/numbers.txt" ||
            { echo "programs would break: raise AKUA_ABI_VERSION, and the soname with it"; exit 1; }
    fi
    cp "$scratch/now/interface.txt" "$scratch/now/numbers.txt" $committed/
    exit 0
fi

matches() {
    same $committed/interface.txt "$1/interface.txt" "what is listed (<) and the header (>) differ; make accept-abi takes it over" &&
        same $committed/numbers.txt "$1/numbers.txt" "the listed numbers (<) and the header's (>) differ; make accept-abi takes them over"
}
matches "$scratch/now"

# A check that can't fail checks nothing.
planted=0
plant() {
    local folder=$scratch/planted-$((++planted))
    sed -E "$2" "$header" >"$scratch/planted.h"
    if cmp -s "$header" "$scratch/planted.h"; then echo "nothing planted: $1"; exit 1; fi
    dumped "$scratch/planted.h" "$folder"
    if matches "$folder" >/dev/null; then
        echo "not found, though planted: $1"
        exit 1
    fi
}
plant "a function less" '/^void akua_cancel_trigger\(.*\);/d'
plant "another result" 's/^bool (akua_cancel_is_triggered\()/int32_t \1/'
plant "another argument" 's/(akua_report_flag\(const akua_report \*report, )akua_report_key/\1int64_t/'
plant "an argument less" 's/^(bool akua_cancel_is_triggered)\(.*\);/\1(void);/'
plant "what was only looked at may change" 's/(akua_cancel_trigger\()const /\1/'
plant "other arguments of the sink" 's/^(typedef .*akua_log_sink\)\()void \*context, /\1/'
plant "another order of fields" '/^  const char \*data;$/d; s/^  size_t len;$/  size_t len;\n  const char *data;/'
plant "a field more" 's/^  size_t len;$/  size_t len;\n  size_t capacity;/'
plant "a wider type" 's/^typedef int32_t akua_status;/typedef int64_t akua_status;/'
plant "a type of another sign" 's/^typedef int32_t akua_option;/typedef uint32_t akua_option;/'
plant "another number" 's/^#define AKUA_CONFLICT 6/#define AKUA_CONFLICT 7/'
plant "a number less" '/^#define AKUA_DECODE /d'
echo "$(wc -l <"$scratch/declared.txt") functions with their arguments, types and $(wc -l <"$scratch/now/numbers.txt") numbers as listed; \
$planted planted breaches found"
