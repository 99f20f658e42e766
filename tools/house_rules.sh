#!/usr/bin/env bash
# Rules that no compiler knows. Prints every breach, fails if there is one.
set -euo pipefail
breaches=0
breach() {
    printf '%s\n' "$*"
    breaches=$((breaches + 1))
}

# Code lines of the sources that match a pattern, comments left out: FILE:LINE:TEXT.
code() {
    grep -nE "$1" -- "${sources[@]}" /dev/null | grep -vE '^[^:]+:[0-9]+:[[:space:]]*//' || true
}

rooms=(akua-* conformance generate verify)
mapfile -t sources < <(find "${rooms[@]}" -name '*.rs' -not -path '*/target/*' | sort)
mapfile -t manifests < <(find "${rooms[@]}" -maxdepth 1 -name Cargo.toml | sort)

# A file is split by noun or by state before it gets long. What is listed here has still to be.
long=()
mapfile -t sizes < <(find "${rooms[@]}" bench examples fuzz tools -regextype egrep -regex '.*\.(rs|py|pyi|c|cpp|hpp|sh)' \
    -not -path '*/target/*' -not -path '*/generated/*' -exec wc -l {} + | awk '$2 != "total" { print $1, $2 }' | sort -n)
for each in "${sizes[@]}"; do
    if [ "${each%% *}" -le 600 ]; then continue; fi
    [[ " ${long[*]} " == *" ${each#* } "* ]] || breach "${each#* }: ${each%% *} lines, over 600; split it by noun or by state"
done
for file in "${long[@]}"; do
    [ "$(wc -l <"$file" 2>/dev/null || echo 0)" -gt 600 ] || breach "$file: listed as over 600 lines, and is not"
done
echo "median file ${sizes[${#sizes[@]} / 2]%% *} lines, largest ${sizes[-1]}"

# One file knows ureq: its transport traits change without notice.
mapfile -t knowing < <(code '(^|[^A-Za-z0-9_])(ureq::|use ureq|extern crate ureq)' | cut -d: -f1 | sort -u)
for file in "${knowing[@]}"; do
    [[ $file == akua-http/src/* ]] || breach "$file: only akua-http may name ureq"
done
[ "${#knowing[@]}" -le 1 ] || breach "ureq is named in more than one file: ${knowing[*]}"

# Every room is under the shared lints, and none but the C room may use unsafe.
for manifest in "${manifests[@]}"; do
    grep -A1 -x '\[lints\]' "$manifest" | grep -qx 'workspace = true' || breach "$manifest: [lints] workspace = true is missing"
    root=${manifest%Cargo.toml}src/lib.rs
    [[ $manifest == akua-ffi/* ]] || grep -qx '#!\[forbid(unsafe_code)\]' "$root" || breach "$root: #![forbid(unsafe_code)] is missing"
done

# In the C room one file looks through pointers. Elsewhere a function takes the header's promises by a macro of that file.
while read -r line; do
    case $line in
    akua-ffi/src/handle.rs:* | *'#[unsafe(no_mangle)]'* | *'unsafe extern "C'*) continue ;;
    akua-ffi/src/*) breach "$line: unsafe code belongs into akua-ffi/src/handle.rs" ;;
    esac
done < <(code '(^|[^A-Za-z0-9_])unsafe([^A-Za-z0-9_]|$)')

# A crate's own clippy.toml hides the shared one, so it has to repeat it.
for file in akua-*/clippy.toml; do
    while read -r line; do
        case $line in '' | '#'*) continue ;; esac
        grep -qxF -- "$line" "$file" || breach "$file: lacks the shared setting: $line"
    done <clippy.toml
done

# The checks of the model's purity hold everywhere in it, its tests included.
for file in $(code 'clippy::disallowed_|clippy::(all|style)\b' | cut -d: -f1 | sort -u); do
    [[ $file != akua-model/* ]] || breach "$file: switches off a check of the model's purity"
done

# What is measured is built as what ships.
release() { sed -n '/^\[profile.release\]$/,/^$/p' "$1"; }
[ "$(release Cargo.toml)" = "$(release bench/Cargo.toml)" ] || breach "bench/Cargo.toml: its release profile is not the product's"

# Every dependency has its reason on the line above.
unexplained=$(awk '/^\[workspace.dependencies\]/ { on = 1 } /^\[workspace.lints/ { on = 0 }
    on && /^[a-z0-9_-]+ = / && !/^akua-/ && !explained { print $1 }
    { explained = /^#/ }' Cargo.toml)
[ -z "$unexplained" ] || breach "Cargo.toml: the dependency $unexplained is not explained"

# The arrows between the rooms. What the model stands on can neither talk nor throw dice.
stands_on() {
    cargo tree --locked --quiet --target all -p "$1" -e normal,build --prefix none --format '{lib}' | sort -u
}
model=$(stands_on akua-model)
for crate in akua_http akua_sim ureq rustls tokio mio socket2 getrandom rand fastrand; do
    ! grep -qx "$crate" <<<"$model" || breach "akua-model stands on $crate: it has to stay pure"
done
sim=$(stands_on akua-sim)
for crate in akua_http ureq; do
    ! grep -qx "$crate" <<<"$sim" || breach "akua-sim stands on $crate: it has to stay an independent judge"
done

[ "$breaches" -eq 0 ] || exit 1
echo "${#sources[@]} source files, no breach"
