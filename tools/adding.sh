#!/usr/bin/env bash
# docs/adding.md, done: adds a property and a kind with invented names to a copy of the tree, counts the files that this
# takes by hand, makes what follows from them, and drives both from Rust, C, C++ and Python against the simulator. Each
# language is tried, and what failed is named at the end.
set -euo pipefail
scratch=$CARGO_TARGET_DIR/adding
tree=$scratch/tree
rm -rf "$tree"
mkdir -p "$tree"
# Of its own: cargo takes one copy of the workspace for another.
export CARGO_TARGET_DIR=$scratch/target
tar --exclude=./target --exclude=./.git -cf - . | tar -xf - -C "$tree"
# Newer than what was built of an earlier copy.
find "$tree" -name '*.rs' -exec touch {} +
cd "$tree"

python3 -B tools/adding/add.py
cargo fmt --all
cargo run --quiet -p akua-generate
make generate fmt accept-abi LOGS="$scratch/logs" CBINDGEN="$CBINDGEN" >"$scratch/made.log" 2>&1 || { cat "$scratch/made.log"; exit 1; }
cargo run --quiet -p akua-generate -- --check

failed=()
# Runs a step, NAME COMMAND...; what fails is named, and the next one is tried all the same.
step() {
    local name=$1
    shift
    if ! timeout 30m "$@"; then failed+=("$name"); fi
}

cargo build --quiet -p akua-sim -p akua-ffi -p akua-conformance
coproc simulator { exec "$CARGO_TARGET_DIR/debug/akua-sim" --exit-on-stdin-close --seed clusters=1 --seed widgets=2; }
while read -r line <&"${simulator[0]}"; do
    case $line in url=*) url=${line#url=} ;; token=*) token=${line#token=} ;; control_token=*) break ;; esac
done

cp tools/adding/drive.rs akua-http/examples/adding.rs
step Rust cargo run --quiet -p akua-http --example adding -- "$url" "$token"

tools/install_c.sh "$scratch/stage" "$CARGO_TARGET_DIR/debug" >/dev/null
export PKG_CONFIG_PATH=$scratch/stage/lib/pkgconfig
flags=($(pkg-config --cflags --libs akua) "-Wl,-rpath,$scratch/stage/lib")
step C bash -c 'gcc -std=c99 -Werror tools/adding/drive.c -o "$1/drive-c" "${@:4}" && "$1/drive-c" "$2" "$3"' - \
    "$scratch" "$url" "$token" "${flags[@]}"
step C++ bash -c 'g++ -std=c++17 -Werror tools/adding/drive.cpp -o "$1/drive-cpp" "${@:4}" && "$1/drive-cpp" "$2" "$3"' - \
    "$scratch" "$url" "$token" "${flags[@]}"
step Python tools/python/run.sh python tools/adding/drive.py "$url" "$token"

# The cases: recorded from Rust as far as what they say agrees, then played to the runners, which nobody has touched.
only=()
for name in blurb_changed blurb_missing widget_read widget_list widget_edit; do only+=(--only "$name"); done
cases=$CARGO_TARGET_DIR/debug/akua-conformance
step 'recording of the cases' "$cases" record "${only[@]}"
gcc -std=c99 akua-ffi/tests/conformance.c -o "$scratch/conformance-c" "${flags[@]}" -lcjson
g++ -std=c++17 akua-ffi/tests/conformance.cpp -o "$scratch/conformance-cpp" "${flags[@]}"
step 'cases in C' "$cases" run c "${only[@]}" -- "$scratch/conformance-c"
step 'cases in C++' "$cases" run cpp "${only[@]}" -- "$scratch/conformance-cpp"
step 'cases in Python' tools/python/run.sh "$cases" run python "${only[@]}" -- python akua-py/tests/conformance.py

# Nothing else has to be edited by hand.
step 'the rest of the workspace' cargo check --quiet --workspace --all-targets

if [ "${#failed[@]}" -ne 0 ]; then
    printf 'not as docs/adding.md says: %s\n' "${failed[@]}"
    exit 1
fi
