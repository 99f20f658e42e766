#!/usr/bin/env bash
# Sees to it that what the caller names is there, and a Rust that can build this. As root it installs missing Debian
# packages; otherwise it prints the one line to run and stops.
set -euo pipefail

present() {
    case $1 in
    libc6-dev) [ -e /usr/include/stdlib.h ] ;;
    libcurl4-openssl-dev) command -v curl-config >/dev/null ;;
    libcjson-dev) [ -e /usr/include/cjson/cJSON.h ] ;;
    nlohmann-json3-dev) [ -e /usr/include/nlohmann/json.hpp ] ;;
    # Debian splits what makes environments off.
    python3-venv) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
    ca-certificates) [ -s /etc/ssl/certs/ca-certificates.crt ] ;;
    # Debian keeps it where only root looks.
    nginx) command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

package() {
    case $1 in
    cc) echo gcc ;;
    nginx) echo nginx-light ;;
    ip) echo iproute2 ;;
    strip) echo binutils ;;
    *) echo "$1" ;;
    esac
}

missing=()
for need in "$@"; do
    present "$need" || missing+=("$(package "$need")")
done
if [ "${#missing[@]}" -gt 0 ]; then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        echo "installing ${missing[*]}"
        export DEBIAN_FRONTEND=noninteractive
        mkdir -p "$LOGS"
        {
            apt-get update -q && apt-get install -q -y --no-install-recommends "${missing[@]}"
        } >"$LOGS/apt-get.log" 2>&1 </dev/null || { tail -n 20 "$LOGS/apt-get.log"; exit 1; }
    else
        echo "Missing here. Run this as root, then try again:" >&2
        echo "  apt-get install -y ${missing[*]}" >&2
        exit 1
    fi
fi

wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
if ! command -v cargo >/dev/null; then
    echo "No cargo found. Install Rust $wanted or newer, with clippy and rustfmt, from https://rustup.rs" >&2
    exit 1
fi
if ! version=$(rustc --version); then
    echo "rustc does not run. With rustup: rustup default stable" >&2
    exit 1
fi
version=${version#rustc }
version=${version%% *}
if [ "$(printf '%s\n' "$wanted" "$version" | sort -V | head -n 1)" != "$wanted" ]; then
    echo "rustc $version is older than $wanted, which this project is built with. With rustup: rustup update stable" >&2
    exit 1
fi
for component in clippy fmt; do
    if ! cargo "$component" --version >/dev/null 2>&1; then
        echo "cargo $component is missing. With rustup: rustup component add clippy rustfmt" >&2
        exit 1
    fi
done

# A home of our own, empty at the start of every run, so that no configuration file is ever found.
rm -rf "${CARGO_TARGET_DIR:?set by the Makefile}/empty-home"
mkdir -p "$CARGO_TARGET_DIR/empty-home"
