#!/usr/bin/env bash
# Installs what the comparison with other systems needs beyond tools/install.sh, on Debian 12. Optional: nothing else of the
# project uses it. Needs root, or sudo without a password. Does nothing when all of it is there.
#   loadtest/peers/install.sh [redis] [postgres]     install for these peers (default: both)
#   loadtest/peers/install.sh --list [PEER...]       only say what is missing
# Debian may start the packages' own services; the comparison does not use them and leaves them as they are.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tools/lib.sh

list=0
if [[ ${1:-} == --list ]]; then
  list=1
  shift
fi
if (($# == 0)); then set -- redis postgres; fi

packages=(python3) # the comparison itself
for peer in "$@"; do
  case $peer in
    redis) packages+=(redis-server libhiredis-dev) ;;
    postgres) packages+=(postgresql-15 libpq-dev) ;;
    *) die 2 "no peer is called \"$peer\"; there are: redis postgres" ;;
  esac
done

missing=()
for package in "${packages[@]}"; do
  if [[ $package == python3 ]] && command -v python3 >/dev/null; then continue; fi
  if [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true) != installed ]]; then missing+=("$package"); fi
done
if ((list)); then
  if ((${#missing[@]} > 0)); then printf '%s\n' "${missing[@]}"; fi
  exit 0
fi
if ((${#missing[@]} == 0)); then exit 0; fi

by_hand="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
    die 1 "the peers' packages are missing and this is not root; as root run: $by_hand"
  fi
  as_root=(sudo)
fi
install() {
  local options=(-o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" install -y --no-install-recommends "${missing[@]}"
}
if ! work "$log_dir/install-peers.log" "Installing ${missing[*]}" install; then
  tail -n 5 "$log_dir/install-peers.log" >&2
  die 1 "apt-get failed, see $log_dir/install-peers.log; by hand, as root: $by_hand"
fi
