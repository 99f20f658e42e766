#!/usr/bin/env bash
# Changes the edit protocol in one place at a time, and sees whether a test notices: unit tests, the stories of
# akua-model/tests/edit_machine, and the exhaustive check within small bounds. Fails if fewer than 90 of 100 are noticed,
# or if docs/mutants.md does not say of exactly those that are not why that is so.
#
#   mutants.sh [MODULE...]      modules of akua-model/src/edit; by default all that decide something
set -euo pipefail
cd "$(dirname "$0")/.."
target_dir=${CARGO_TARGET_DIR:?set by the Makefile}
least=90
list=docs/mutants.md

modules=("$@")
[ "${#modules[@]}" -gt 0 ] ||
    modules=(machine reading writing settling merging report session finish resume token policy)
files=()
for module in "${modules[@]}"; do
    files+=(--file "akua-model/src/edit/$module.rs")
done

# Each mutant is built in a copy of the sources with a target folder of its own.
out=$target_dir/mutants
mkdir -p "$out"
status=0
env -u CARGO_TARGET_DIR PATH="$(dirname "${MUTANTS:?cargo-mutants, as the Makefile builds it}"):$PATH" CARGO_PROFILE_DEV_DEBUG=false CARGO_INCREMENTAL=1 \
    cargo mutants --package akua-model "${files[@]}" --output "$out" --jobs 2 --no-shuffle --colors never \
    --annotations none --timeout 60 --cargo-arg=--locked -- --lib --test edit_machine || status=$?
# 2: some were not noticed; 3: some made the tests run for too long, which is noticed. Anything else went wrong.
case $status in 0 | 2 | 3) ;; *) exit "$status" ;; esac

count() { wc -l <"$out/mutants.out/$1.txt"; }
noticed=$(($(count caught) + $(count timeout)))
missed=$(count missed)
all=$((noticed + missed))
[ "$all" -gt 0 ] || { echo "no mutant could be built" >&2; exit 1; }
percent=$((noticed * 1000 / all))
echo "$noticed of $all noticed: $((percent / 10)).$((percent % 10)) %; $missed not noticed, $(count unviable) do not compile"

# Places move, so a mutant is known by its module and what was changed in which function.
sed -E 's|^akua-model/src/edit/([a-z]+)\.rs:[0-9]+:[0-9]+: |\1: |' "$out/mutants.out/missed.txt" | sort >"$out/missed"
sed -nE 's/^- `([a-z]+: .*)`.*$/\1/p' "$list" | sort >"$out/listed"
if [ "$#" -gt 0 ]; then
    # Of the modules that were asked for.
    grep -E "^($(IFS='|'; echo "${modules[*]}")): " "$out/listed" >"$out/listed.some" || true
    mv "$out/listed.some" "$out/listed"
fi
unexplained=$(comm -23 "$out/missed" "$out/listed")
outdated=$(comm -13 "$out/missed" "$out/listed")
[ -z "$unexplained" ] || printf 'not noticed, and %s does not say why:\n%s\n' "$list" "$unexplained" >&2
[ -z "$outdated" ] || printf 'listed in %s, but noticed or gone:\n%s\n' "$list" "$outdated" >&2
[ "$percent" -ge $((least * 10)) ] && [ -z "$unexplained" ] && [ -z "$outdated" ]
