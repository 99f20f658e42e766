#!/usr/bin/env bash
# Runs the demo through the front door, as a caller whose variables and configuration file must not matter, and checks
# that it shows its six scenes: each opens with a line `N. title` and has at least one line of its own.
set -euo pipefail
caller=$CARGO_TARGET_DIR/poisoned-home
mkdir -p "$caller/.config/akua"
echo '{"token":"poison-from-file"}' >"$caller/.config/akua/config.json"
chmod 600 "$caller/.config/akua/config.json"

shown=$(HOME=$caller XDG_CONFIG_HOME=$caller/.config \
    AKUA_API_TOKEN=poison-from-environment AKUA_API_URL=http://127.0.0.1:9 AKUA_CONTEXT=poison \
    "${MAKE:-make}" demo 2>&1 | tee /dev/stderr)

scenes=$(awk '/^[0-9]+\. ./ { n = $1 + 0; order = order n " "; next } n && NF { lines[n]++ }
    END { for (i = 1; i <= n; i++) if (!lines[i]) order = order "(" i " is empty) "; print order }' <<<"$shown")
if [ "$scenes" != "1 2 3 4 5 6 " ]; then
    echo "six scenes, numbered 1 to 6, were expected; seen: ${scenes:-none}"
    exit 1
fi
if grep -q poison <<<"$shown"; then
    echo "the demo has read the caller's variables or configuration file"
    exit 1
fi
