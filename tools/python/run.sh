#!/usr/bin/env bash
# The environment in which the Python module is tested: $CARGO_TARGET_DIR/python, with what
# akua-py/requirements-test.txt names and the module as it stands, built by maturin in the profile of the tests, with which
# it shares what has the same features, SQLite and ring among it. Only the module itself is optimised, a little: one that
# is not warns whoever imports it.
#   run.sh               sees to it that it is there
#   run.sh COMMAND...    and runs a command in it
set -euo pipefail
here=${CARGO_TARGET_DIR:?set by the Makefile}/python
wanted=akua-py/requirements-test.txt
quiet=(--quiet --disable-pip-version-check --no-input)

# What pip reads beside what it is told, a user's own packages, and bytecode in the source tree.
export PYTHONNOUSERSITE=1 PYTHONDONTWRITEBYTECODE=1
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV

if ! cmp -s "$wanted" "$here/made-from"; then
    rm -rf "$here"
    python3 -m venv "$here"
    "$here/bin/pip" install "${quiet[@]}" --only-binary :all: --requirement "$wanted"
    cp "$wanted" "$here/made-from"
fi

# Two parts may be asked for at once: one of them builds.
exec 9>"$here/lock"
flock 9
rm -rf "$here/wheel"
"$here/bin/maturin" build --quiet --locked --profile dev --features as-in-workspace --config profile.dev.package.akua-py.opt-level=1 \
    --interpreter "$here/bin/python" --out "$here/wheel" 2>"$here/build.log" ||
    { cat "$here/build.log"; exit 1; }
if ! cmp -s "$here"/wheel/akua-*.whl "$here/installed.whl"; then
    "$here/bin/pip" install "${quiet[@]}" --no-deps --force-reinstall "$here"/wheel/akua-*.whl
    cp "$here"/wheel/akua-*.whl "$here/installed.whl"
fi
exec 9>&-

[ "$#" -eq 0 ] || PATH="$here/bin:$PATH" exec "$@"
