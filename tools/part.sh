#!/usr/bin/env bash
# Runs one part of a list, shows and keeps its output, and prints the seconds it took:
#   part.sh NAME COMMAND...
#   part.sh --summary NAME...      the seconds of parts that have run, and their sum: some may have run beside each other
set -euo pipefail
mkdir -p "${LOGS:?set by the Makefile}"

if [ "$1" = --summary ]; then
    shift
    sum=0
    for name in "$@"; do
        read -r seconds verdict <"$LOGS/$name.seconds"
        printf '  %-22s %5d s  %s\n' "$name" "$seconds" "$verdict"
        sum=$((sum + seconds))
    done
    printf '  %-22s %5d s\n' sum "$sum"
    exit 0
fi

name=$1
shift
printf -- '--- %s\n' "$name"
start=$SECONDS
status=0
"$@" 2>&1 | tee "$LOGS/$name.log" || status=$?
seconds=$((SECONDS - start))
if [ "$status" -eq 0 ]; then verdict=ok; else verdict="FAILED (exit $status)"; fi
printf '%d %s\n' "$seconds" "$verdict" >"$LOGS/$name.seconds"
printf -- '--- %s: %s, %d s\n' "$name" "$verdict" "$seconds"
exit "$status"
