#!/usr/bin/env bash
# akua-model and akua-http with every feature of serde_json that somebody else in a program may switch on for both. In a copy
# of the tree, as the features bring crates that Cargo.lock does not have there.
set -euo pipefail
tree=$CARGO_TARGET_DIR/features/tree
rm -rf "$tree"
mkdir -p "$tree"
tar --exclude=./target --exclude=./.git -cf - . | tar -xf - -C "$tree"
# Newer than what was built of an earlier copy.
find "$tree" -name '*.rs' -exec touch {} +
export CARGO_TARGET_DIR=$CARGO_TARGET_DIR/features/target
cd "$tree"
features=(arbitrary_precision float_roundtrip preserve_order raw_value unbounded_depth)
all=$(printf ',serde_json/%s' "${features[@]}")
cargo test --quiet -p akua-model -p akua-http --features "${all#,}" --no-fail-fast
