#!/usr/bin/env bash
# Builds the Debian package build/package/earmark_VERSION_ARCHITECTURE.deb and prints its path; tools/try_package.sh tries it.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/lib.sh

if ! command -v dpkg-shlibdeps >/dev/null; then
  die 1 "dpkg-shlibdeps is missing; install it: apt-get install dpkg-dev"
fi
tools/build.sh release "$@" >&2
rm -rf build/package
if ! work "$log_dir/package.log" "Packing" cpack --config build/release/CPackConfig.cmake -G DEB -B build/package >&2; then
  tail -n 10 "$log_dir/package.log" >&2
  die 1 "the package could not be built; all of it: $log_dir/package.log"
fi
rm -rf build/package/_CPack_Packages
ls build/package/*.deb
