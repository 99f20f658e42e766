#!/usr/bin/env bash
# Runs the demo through the front door and checks that it shows its six scenes: each opens with a line `N. title`
# and has at least one line of its own.
set -euo pipefail
shown=$(${MAKE:-make} demo 2>&1 | tee /dev/stderr)
scenes=$(awk '/^[0-9]+\. ./ { n = $1 + 0; order = order n " "; next } n && NF { lines[n]++ }
    END { for (i = 1; i <= n; i++) if (!lines[i]) order = order "(" i " is empty) "; print order }' <<<"$shown")
if [ "$scenes" != "1 2 3 4 5 6 " ]; then
    echo "six scenes, numbered 1 to 6, were expected; seen: ${scenes:-none}"
    exit 1
fi
