#!/usr/bin/env bash
# Takes over what the notebook shows now as what is stored in it. Where nothing differs but times, what is stored stays.
# Look at the difference before you commit it.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
tools/python.sh python -W error examples/tests/notebooks.py examples/safe_updates.ipynb
git --no-pager diff --stat -- examples
