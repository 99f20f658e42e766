#!/usr/bin/env bash
# Runs a demo through the front door, as a caller whose variables and configuration file must not matter, and checks
# that it shows its scenes: each opens with a line `N. title` and has at least one line of its own.
#   check_demo.sh TARGET TIMES [FIRST-LAST]     how often the target shows all of them: 1-6 unless others are named
set -euo pipefail
caller=$CARGO_TARGET_DIR/poisoned-home
mkdir -p "$caller/.config/akua"
echo '{"token":"poison-from-file"}' >"$caller/.config/akua/config.json"
chmod 600 "$caller/.config/akua/config.json"

shown=$(HOME=$caller XDG_CONFIG_HOME=$caller/.config \
    AKUA_API_TOKEN=poison-from-environment AKUA_API_URL=http://127.0.0.1:9 AKUA_CONTEXT=poison \
    "${MAKE:-make}" "$1" 2>&1 | tee /dev/stderr)

scenes=$(awk '/^[0-9]+\. ./ { s++; order = order ($1 + 0) " "; next } s && NF { lines[s]++ }
    END { for (i = 1; i <= s; i++) if (!lines[i]) order = order "(scene " i " is empty) "; print order }' <<<"$shown")
numbers=${3:-1-6}
expected=$(for ((i = 0; i < $2; i++)); do seq -s ' ' "${numbers%-*}" "${numbers#*-}" | tr '\n' ' '; done)
if [ "$scenes" != "$expected" ]; then
    echo "the scenes $numbers were expected $2 time(s); seen: ${scenes:-none}"
    exit 1
fi
if grep -q poison <<<"$shown"; then
    echo "the demo has read the caller's variables or configuration file"
    exit 1
fi
