#!/usr/bin/env bash
# Runs a command in a network of its own that has nothing but loopback: loopback_only.sh COMMAND...
set -euo pipefail
exec unshare --map-root-user --net bash -euc 'ip link set lo up; "$@"' loopback "$@"
