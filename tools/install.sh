#!/usr/bin/env bash
# Installs what building, running and testing need, on Debian 12. Does nothing when all of it is there.
#   tools/install.sh           install
#   tools/install.sh --list    only say what is missing
#   tools/install.sh --with gcovr      and a package that only one developers' tool needs (tools/coverage.sh)
# EARMARK_SKIP_INSTALL=1: trust that everything is there, on other systems.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/lib.sh

packages=(
  g++ cmake ninja-build pkg-config ccache mold     # building
  libasio-dev                                      # TCP
  libflatbuffers-dev flatbuffers-compiler          # messages and journal records
  liblmdb-dev                                      # the journal's store
  libconcurrentqueue-dev                           # between threads
  libcli11-dev libspdlog-dev libfmt-dev            # options, log, text
  libtomlplusplus-dev nlohmann-json3-dev           # configuration, JSON
  librestinio-dev                                  # HTTP for metrics and health
  libxxhash-dev zlib1g-dev                         # digests, compressed CSV
  catch2                                           # tests
)

if [[ ${1:-} == --with ]]; then
  if [[ ${2:-} != gcovr ]]; then die 2 "--with takes gcovr"; fi
  packages+=(gcovr)
  shift 2
fi

missing_packages() {
  local package
  for package in "${packages[@]}"; do
    if [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true) != installed ]]; then
      echo "$package"
    fi
  done
}

install() {
  local environment=(env DEBIAN_FRONTEND=noninteractive)
  local options=(-o DPkg::Lock::Timeout=120 -o Acquire::Retries=3)
  "$@" "${environment[@]}" apt-get "${options[@]}" update
  "$@" "${environment[@]}" apt-get "${options[@]}" install -y --no-install-recommends "${missing[@]}"
}

if [[ ${EARMARK_SKIP_INSTALL:-} == 1 ]]; then exit 0; fi
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  die 1 "this is no Debian: install what docs/OPERATING.md names under \"Other systems\", then set EARMARK_SKIP_INSTALL=1"
fi
mapfile -t missing < <(missing_packages)
if [[ ${1:-} == --list ]]; then
  printf '%s\n' "${missing[@]}"
  exit 0
fi
if ((${#missing[@]} == 0)); then exit 0; fi

by_hand="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    die 1 "packages are missing and this is not root; as root run: $by_hand"
  fi
  if ! sudo -n true 2>/dev/null; then
    if [[ ! -t 0 ]]; then die 1 "packages are missing and sudo wants a password; as root run: $by_hand"; fi
    note "${#missing[@]} packages are missing; sudo may ask for your password."
    sudo -v || die 1 "sudo refused; as root run: $by_hand"
  fi
  as_root=(sudo)
fi
if ! work "$log_dir/install.log" "Installing ${#missing[@]} packages" install "${as_root[@]}"; then
  tail -n 5 "$log_dir/install.log" >&2
  die 1 "apt-get failed, see $log_dir/install.log; by hand, as root: $by_hand"
fi
