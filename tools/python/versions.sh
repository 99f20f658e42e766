#!/usr/bin/env bash
# The Python tests on every CPython from 3.10 to 3.13 that is found: pyenv's, and pythonX.Y on the PATH. Each has an
# environment of its own; the module is the same wheel for all. Says which were found, and how many tests each passed.
# Run by tools/python/run.sh.
set -euo pipefail
root=$CARGO_TARGET_DIR/pythons
wanted=akua-py/requirements-test.txt
wheel=$(echo "$CARGO_TARGET_DIR"/python/wheel/akua-*.whl)
quiet=(--quiet --disable-pip-version-check --no-input)

# Where they may be. Shims stand for what is in the versions beside them.
candidates=()
IFS=: read -r -a path <<<"$PATH"
for folder in "${path[@]}"; do
    case $folder in
    "$CARGO_TARGET_DIR"/*) ;;
    */shims) candidates+=("${folder%/shims}"/versions/*/bin/python3) ;;
    *) candidates+=("$folder"/python3.1[0-3]) ;;
    esac
done
candidates+=("${PYENV_ROOT:-/nowhere}"/versions/*/bin/python3)

declare -A found
for candidate in "${candidates[@]}"; do
    [ -x "$candidate" ] || continue
    # An environment of somebody's is no Python of its own.
    version=$("$candidate" -I -c 'import platform, sys
if sys.implementation.name == "cpython" and (3, 10) <= sys.version_info < (3, 14) and sys.prefix == sys.base_prefix:
    print(platform.python_version())' 2>/dev/null) || continue
    [ -z "$version" ] || found[$version]=${found[$version]:-$candidate}
done
mapfile -t versions < <(printf '%s\n' "${!found[@]}" | sort -V)
[ -n "${versions[0]}" ] || { echo "no CPython from 3.10 to 3.13 found"; exit 1; }
echo "found: ${versions[*]}"

told=() failed=0
for version in "${versions[@]}"; do
    here=$root/$version
    mkdir -p "$root"
    start=$SECONDS
    echo "CPython $version: ${found[$version]}"
    if ! cmp -s "$wanted" "$here/made-from"; then
        rm -rf "$here"
        if ! "${found[$version]}" -m venv "$here" >"$root/$version.log" 2>&1; then
            rm -rf "$here"
            told+=("CPython $version: NOT TESTED, it can't make environments (see $root/$version.log)")
            continue
        fi
        "$here/bin/pip" install "${quiet[@]}" --only-binary :all: --requirement "$wanted"
        cp "$wanted" "$here/made-from"
    fi
    "$here/bin/pip" install "${quiet[@]}" --no-deps --force-reinstall "$wheel"
    status=0
    PATH="$here/bin:$PATH" "$here/bin/python" -m pytest -q --numprocesses 4 >"$root/$version.log" 2>&1 || status=$?
    verdict=$(tail -n 1 "$root/$version.log")
    if [ "$status" -ne 0 ]; then
        tail -n 60 "$root/$version.log"
        failed=1
        verdict="FAILED (exit $status), $verdict"
    fi
    told+=("CPython $version: $verdict; $((SECONDS - start)) s in all")
done
printf '%s\n' "${told[@]}"
printf '%s\n' "${told[@]}" | grep -q ' passed' || { echo "none was tested"; exit 1; }
exit "$failed"
