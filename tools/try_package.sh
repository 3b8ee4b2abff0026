#!/usr/bin/env bash
# Tries the Debian package in a clean root: a minimal Debian 12 made by debootstrap, the package installed by apt with what it
# depends on, the server started as its user, an order placed, stopped, verified, backed up, the package removed and purged; then nothing
# may be left but the data. Takes minutes and needs root, debootstrap and a Debian mirror; without them it says that it is skipped.
#   tools/try_package.sh [FILE.deb]      default: what tools/package.sh builds
# EARMARK_DEBIAN_MIRROR: another mirror than apt's own. Everything lies in one temporary folder, which is removed.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/lib.sh

if ((EUID != 0)); then
  skipped "package in a clean root: needs root"
  exit 0
fi
if ! command -v debootstrap >/dev/null; then
  skipped "package in a clean root: debootstrap is not installed"
  exit 0
fi
# shellcheck disable=SC2016  # apt's own variable
mirror=${EARMARK_DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' 2>/dev/null | head -n 1)}
mirror=${mirror:-http://deb.debian.org/debian}
package=${1:-$(tools/package.sh)}
if [[ ! -f $package ]]; then die 2 "$package is no file; build one: tools/package.sh"; fi

log=$log_dir/try-package.log
mkdir -p "$log_dir"
root=$(mktemp -d "${TMPDIR:-/tmp}/clean-root.XXXXXX")
chmod 755 "$root"  # it is / for the users inside
server=''
clean_up() {
  local status=$? mount
  trap - EXIT INT TERM HUP
  if [[ -n $server ]]; then kill -9 "$server" 2>/dev/null || true; fi
  # debootstrap mounts and unmounts; if it was interrupted, something may be left. The innermost first.
  while read -r mount; do umount "$mount"; done < <(awk -v root="$root/" 'index($2, root) == 1 { print $2 }' /proc/mounts | sort -r)
  rm -rf --one-file-system "$root"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

inside() { timeout -k 5 300 chroot "$root" /usr/bin/env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
as_earmark() { timeout -k 5 60 chroot --userspec=earmark:earmark "$root" "$@"; }
apt() { inside apt-get -q -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@" >>"$log" 2>&1 || die 1 "apt-get $* failed; see $log"; }
expect() {
  local what=$1
  shift
  "$@" || die 1 "$what; see $log"
}
# What carries the package's name, outside of the data.
leftovers() { find "$root" -xdev -mindepth 1 \( -path "$root/var/lib/earmark" -o -path "$root/tmp" \) -prune -o -iname '*earmark*' -print; }

# The service's own flags, on a free port.
# shellcheck disable=SC2016  # the inner shell's variable
start_server() {
  : >"$root/tmp/ready"  # before the server does it by itself: its line of an earlier start would pass for the new one
  chroot --userspec=earmark:earmark "$root" /bin/sh -c \
    '. /etc/default/earmarkd; exec earmarkd --data /var/lib/earmark --listen 127.0.0.1:0 $EARMARKD_FLAGS' >"$root/tmp/ready" 2>>"$log" &
  server=$!
  local waited_ms=0
  until grep -q '^ready ' "$root/tmp/ready"; do
    if ! kill -0 "$server" 2>/dev/null || ((waited_ms > 30000)); then die 1 "the installed server does not start; see $log"; fi
    sleep 0.1
    waited_ms=$((waited_ms + 100))
  done
  address=$(sed -n 's/^ready listen=\([^ ]*\) .*/\1/p' "$root/tmp/ready")
}
stop_server() {
  kill -TERM "$server"
  wait "$server" || die 1 "the installed server does not stop cleanly: exit $?; see $log"
  server=''
}
earmark() { as_earmark earmark --server "$address" "$@"; }

: >"$log"
work "$log_dir/debootstrap.log" "Making a minimal Debian 12 from $mirror" \
  timeout -k 20 900 debootstrap --variant=minbase bookworm "$root" "$mirror" || die 1 "debootstrap failed; see $log_dir/debootstrap.log"
cp "$package" "$root/tmp/earmark.deb"
apt update
before=$(leftovers)
expect "a clean root holds something of the package: $before" test -z "$before"
apt install --no-install-recommends /tmp/earmark.deb
expect "the data directory is not the server's alone" test "$(stat -c '%a %U' "$root/var/lib/earmark")" = "700 $(stat -c %U "$root/var/lib/earmark")"
expect "the user earmark is not there" inside getent passwd earmark >>"$log"
expect "the package has enabled its service" test -z "$(find "$root/etc/systemd" -name 'earmarkd*' 2>/dev/null)"
passed "installed: $(inside dpkg -s earmark | sed -n 's/^Version: /earmark /p; s/^Depends: /depends on /p' | paste -s -d ,)"

start_server
earmark load /usr/share/doc/earmark/examples/building-materials >>"$log"
answer=$(earmark --json order --id TRY-1 --customer "Package trial" BEAM-LVL-45x240-6M:20)
expect "the order was not split: $answer" grep -q '"split"' <<<"$answer"
apt install --reinstall /tmp/earmark.deb
expect "the server did not survive that its package was installed again" kill -0 "$server"
earmark receive MAIN BEAM-LVL-45x240-6M:16 --id TRY-TRUCK >>"$log"
as_earmark earmark-journal backup /var/lib/earmark /tmp/backup >>"$log" || die 1 "no backup; see $log"
live=$(earmark --json digest)
stop_server
expect "the journal is not good" as_earmark earmark-journal verify /var/lib/earmark >>"$log"
offline=$(as_earmark earmark-journal digest /var/lib/earmark)
expect "the journal tells another state than the server: $offline, $live" grep -q "${offline##* }" <<<"$live"
expect "the backup is another state: $offline" test "$(as_earmark earmark-journal digest /tmp/backup)" = "$offline"
passed "served, stopped, verified, backed up: $offline"

# As docs/OPERATING.md shows it, by root.
mv "$root/var/lib/earmark" "$root/var/lib/earmark.old"
inside earmark-journal restore /tmp/backup /var/lib/earmark >>"$log"
inside chown -R earmark:earmark /var/lib/earmark
inside runuser -u earmark -- earmark-journal verify /var/lib/earmark >>"$log"
start_server
live=$(earmark --json digest)
expect "the restored server has another state: $live" grep -q "${offline##* }" <<<"$live"
inside runuser -u earmark -- earmark-journal dump /var/lib/earmark.old --from 3 >>"$log"
stop_server
rm -r "$root/var/lib/earmark.old"
passed "restored as root, served as earmark"

apt remove earmark
expect "removing took the configuration away" test -f "$root/etc/default/earmarkd"
apt purge earmark
expect "after the purge there still is: $(leftovers | tr '\n' ' ')" test -z "$(leftovers)"
expect "the purge took the data away" test -f "$root/var/lib/earmark/journal/data.mdb"
# The data can be used again.
apt install /tmp/earmark.deb
start_server
expect "the order is gone" earmark show TRY-1 >>"$log"
stop_server
rm -r "$root/var/lib/earmark"
apt purge earmark
expect "after the purge there still is: $(leftovers | tr '\n' ' ')" test -z "$(leftovers)"
if inside getent passwd earmark >>"$log"; then die 1 "the user earmark is left, though it owns nothing; see $log"; fi
passed "removed and purged: nothing is left but the data, and without data not the user either"
