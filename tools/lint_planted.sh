#!/usr/bin/env bash
# A check that guards a promise must be seen to fail. On a copy of the tree this plants one fault at a time and sees to
# it that the part of `make lint` that has to notice it fails, with the words that belong to it; without a fault it has to
# pass.
set -euo pipefail
scratch=$CARGO_TARGET_DIR/lint-planted
tree=$scratch/tree
export LOGS=$scratch/logs
failed=0

fresh_copy() {
    rm -rf "$tree"
    mkdir -p "$tree"
    tar --exclude=./target --exclude=./.git -cf - . | tar -xf - -C "$tree"
    # Newer than whatever an earlier fault has left in the target folder.
    find "$tree" -name '*.rs' -exec touch {} +
}

lint() {
    make -C "$tree" "$1" DENY="$DENY" CBINDGEN="$CBINDGEN" JSCPD="$JSCPD" >"$scratch/output" 2>&1
}

# must_fail PART WORDS TITLE, with the fault as shell commands on standard input, run inside the copy.
must_fail() {
    local fault
    fault=$(cat)
    fresh_copy
    (cd "$tree" && eval "$fault")
    if lint "lint-$1"; then
        echo "MISSED  $3: make lint-$1 passed"
    elif ! grep -q "^--- lint-$1: FAILED" "$scratch/output" || ! grep -qE "$2" "$LOGS/lint-$1.log"; then
        echo "MISSED  $3: make lint-$1 failed, but not with '$2':"
        tail -n 15 "$scratch/output"
    else
        echo "caught  $3"
        return
    fi
    failed=$((failed + 1))
}

mkdir -p "$scratch"
fresh_copy
if ! lint lint; then
    echo "make lint fails before anything is planted:"
    tail -n 40 "$scratch/output"
    exit 1
fi
echo "passes without a fault"

must_fail fmt '^Diff in ' 'an unformatted file' <<<'
echo "fn  planted( ) { }" >>akua-sim/src/lib.rs'

must_fail house 'over 600' 'a file over 600 lines' <<<'
printf "// A line.%.0s\n" {1..601} >akua-http/src/planted.rs'

must_fail house 'over 600' 'a Python file over 600 lines' <<<'
printf "# A line.%.0s\n" {1..601} >akua-py/tests/planted.py'

must_fail house 'listed as over 600' 'an exception for a long file that is none' <<<'
sed -i "s/^long=(/&akua-sim\/src\/lib.rs /" tools/house_rules.sh'

must_fail imports 'in a circle' 'two Rust files that import each other' <<<'
echo "use crate::planted_two::Two;" >akua-sim/src/planted_one.rs
echo "use super::planted_one::One;" >akua-sim/src/planted_two.rs'

must_fail imports 'in a circle' 'two Python files that import each other, in a function' <<<'
printf "def one():\n    from . import planted_two\n" >akua-py/python/akua/planted_one.py
echo "from akua.planted_one import one" >akua-py/python/akua/planted_two.py'

must_fail copies 'alike but for the kind' 'two kinds with a file each' <<<'
for kind in Cluster Workspace; do
    printf "fn planted_%s(of: &${kind}s) -> Option<$kind> { of.get(\"${kind,,}\")?.first() }\n" {1..25} >akua-http/src/planted_$kind.rs
    rustfmt --edition 2024 --config-path rustfmt.toml akua-http/src/planted_$kind.rs
done'

must_fail house 'ureq is named in more than one file' 'a second file that names ureq' <<<'
for name in one two; do echo "use ureq::Agent;" >akua-http/src/planted_$name.rs; done'

must_fail house 'only akua-http may name ureq' 'ureq in another room' <<<'
echo "use ureq::Agent;" >akua-sim/src/planted.rs'

must_fail house 'is missing' 'a crate outside the shared lints' <<<'
sed -i "/^\[lints\]/,\$d" akua-sim/Cargo.toml'

must_fail house 'forbid.unsafe_code' 'a crate that may use unsafe' <<<'
sed -i "/forbid(unsafe_code)/d" akua-http/src/lib.rs'

must_fail house 'lacks the shared setting' 'a clippy.toml that hides the shared one' <<<'
sed -i "/^allow-panic-in-tests/d" akua-model/clippy.toml'

must_fail house 'switches off' 'a purity check switched off' <<<'
echo "#[allow(clippy::disallowed_methods)] mod planted {}" >akua-model/src/planted.rs
rustfmt --edition 2024 akua-model/src/planted.rs'

must_fail house 'is not explained' 'a dependency nobody explains' <<<'
sed -i "/^# Derives Display and Error/d" Cargo.toml'

must_fail house 'akua-model stands on' 'a random generator under akua-model' <<<'
sed -i "s/^\[dependencies\]/&\ngetrandom = \"0.2\"/" akua-model/Cargo.toml
cargo metadata --quiet --offline --format-version 1 >metadata.json'

must_fail house 'akua-sim stands on' 'an arrow from the simulator to the client' <<<'
sed -i "s/^\[dependencies\]/&\nakua-http.workspace = true/" akua-sim/Cargo.toml
cargo metadata --quiet --offline --format-version 1 >metadata.json'

must_fail house 'unsafe code belongs into' 'a pointer looked through outside of its file' <<<'
printf "\n/// Planted.\npub(crate) fn planted(at: *const u8) -> u8 {\n    unsafe { *at }\n}\n" >>akua-ffi/src/text.rs'

must_fail generated 'not what the declaration says' 'a made file changed by hand' <<<'
sed -i "s/Who runs its control plane/Planted/" docs/generated/reference.md'

must_fail generated 'not what the declaration says' 'a declaration changed without the made files' <<<'
sed -i "s/name: text(1..=100)/name: text(1..=99)/" akua-model/src/api.rs'

must_fail generated 'not what the declaration says' 'another number for a property that has one' <<<'
sed -i "s/^AKUA_SLUG 13$/AKUA_SLUG 14/; s/^AKUA_PLAN 14$/AKUA_PLAN 13/" akua-ffi/abi/numbers.txt'

must_fail generated 'nothing makes this file' 'a file by hand among the made ones' <<<'
echo "# Planted" >docs/generated/planted.md'

must_fail header 'void akua_planted' 'a header that the sources no longer make' <<<'
printf "\n/// Planted.\n#[unsafe(no_mangle)]\npub extern \"C\" fn akua_planted() {}\n" >>akua-ffi/src/text.rs'

# A crate of this repository's own, with the name and licence given, under akua-sim.
add_crate='
add_crate() {
    mkdir -p planted/src
    echo "//! Planted." >planted/src/lib.rs
    printf "%s\n" "[package]" "name = \"$1\"" "version = \"0.0.1\"" "edition = \"2024\"" "license = \"$2\"" >planted/Cargo.toml
    sed -i "s/^\[dependencies\]/&\nplanted = { package = \"$1\", path = \"..\/planted\", version = \"0.0.1\" }/" akua-sim/Cargo.toml
    cargo metadata --quiet --offline --format-version 1 >metadata.json
}'

must_fail deny 'failed to satisfy license requirements' 'a licence that does not fit' <<<"$add_crate
add_crate planted GPL-3.0-only"

must_fail deny "found 2 duplicate entries for crate 'itoa'" 'a second copy of a crate' <<<"$add_crate
add_crate itoa MIT"

must_fail deny 'skipped crate .* was not encountered|unmatched-skip' 'an exception nobody needs' <<<'
sed -i "s/^skip = \[/&\n    { crate = \"planted@1\", reason = \"none\" },/" deny.toml'

must_fail clippy 'missing documentation' 'a public item without documentation' <<<'
printf "\npub fn planted() {}\n" >>akua-model/src/lib.rs'

must_fail clippy 'needless_return' 'a clippy warning' <<<'
printf "\n/// Planted.\npub fn planted() -> u8 {\n    return 1;\n}\n" >>akua-http/src/lib.rs'

must_fail clippy 'used `unwrap\(\)`' 'an unwrap outside tests' <<<'
printf "\n/// Planted.\npub fn planted(text: &str) -> u8 {\n    text.parse().unwrap()\n}\n" >>akua-sim/src/lib.rs'

must_fail clippy 'disallowed method `std::time::SystemTime::now`' 'a look at the clock in akua-model' <<<'
printf "\n/// Planted.\npub fn planted() -> std::time::SystemTime {\n    std::time::SystemTime::now()\n}\n" >>akua-model/src/lib.rs'

must_fail clippy 'disallowed type `std::collections::HashMap`' 'a random order in akua-model' <<<'
printf "\n/// Planted.\npub type Planted = std::collections::HashMap<u8, u8>;\n" >>akua-model/src/lib.rs'

must_fail clippy 'disallowed method `std::env::var`' 'a look at the environment in akua-model, in a test' <<<'
printf "\n#[test]\nfn planted() {\n    assert!(std::env::var(\"PLANTED\").is_err());\n}\n" >>akua-model/src/lib.rs'

must_fail fuzz 'mismatched types' 'a fuzz target that does not compile' <<<'
printf "\nfn planted() -> u8 {\n    \"\"\n}\n" >>fuzz/targets/answers.rs'

must_fail doc 'unresolved link' 'a link to nowhere in the documentation' <<<'
printf "\n/// See [\`nowhere\`].\npub fn planted() {}\n" >>akua-http/src/lib.rs'

rm -rf "$tree"
[ "$failed" -eq 0 ] || { echo "$failed not caught"; exit 1; }
