#!/usr/bin/env bash
# A clean clone on a fresh Debian: makes a minimal system that has `make` and this machine's Rust, and nothing else, and
# runs there what the README promises: `make demo`, then what CI runs. Root and the network are needed.
set -euo pipefail
[ "$(id -u)" -eq 0 ] || { echo "needs root: it makes a system to change into" >&2; exit 1; }
root=$CARGO_TARGET_DIR/fresh-debian
trap 'rm -rf --one-file-system "$root"' EXIT
rm -rf --one-file-system "$root"

# shellcheck source=/dev/null
. /etc/os-release
debootstrap --variant=minbase --include=make "$VERSION_CODENAME" "$root" >"$LOGS/debootstrap.log" ||
    { tail -n 20 "$LOGS/debootstrap.log"; exit 1; }
git clone --quiet . "$root/root/clone"
git -C "$root/root/clone" log -1 --format='a clean clone of %h on Debian '"$VERSION_ID"': %s'
cp /etc/resolv.conf /etc/hosts "$root/etc/"
# A network that brings its own certificate authority.
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/authorities.pem"
mkdir "$root/opt/rust"

export root
rust=$(rustc --print sysroot)
export rust
unshare --mount bash -euo pipefail <<'INSIDE'
mount --bind -o ro "$rust" "$root/opt/rust"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
exec chroot "$root" env -i HOME=/root PATH=/opt/rust/bin:/usr/sbin:/usr/bin:/sbin:/bin CARGO_HTTP_CAINFO=/etc/authorities.pem PIP_CERT=/etc/authorities.pem CI=true \
    bash -euc 'cd /root/clone; make demo; rm -rf target; bash .ci/run' </dev/null
INSIDE
