#!/usr/bin/env bash
# Sets up the native toolchain: nothing to do when clang, LLD and the rest are on PATH, otherwise a Debian trixie root
# is bootstrapped in the cache folder.
# Usage: src/accel-native/static/setup-toolchain.sh      (needs root and debootstrap for the second way)
set -euo pipefail
source "$(dirname "$0")/environment.sh"

if has_tools || [ -e "$TOOLCHAIN_ROOT/usr/bin/clang" ]; then exit 0; fi
[ "$(id -u)" = 0 ] ||
  die "bootstrapping needs root: run as root, or install clang >= 16, LLD, LLVM's tools, nasm, meson, ninja and cmake"
command -v debootstrap >/dev/null || die "debootstrap is missing: apt-get install debootstrap"

# An older debootstrap knows sid but not the name of the suite; they are one script.
scripts=/usr/share/debootstrap/scripts
[ -e "$scripts/trixie" ] || ln -s sid "$scripts/trixie"

mkdir -p "$ACCEL_CACHE"
partial="$TOOLCHAIN_ROOT.partial"
rm -rf "$partial"
packages=clang,lld,llvm,libc6-dev,make,cmake,ninja-build,meson,nasm,pkgconf,perl,diffutils,patch,xz-utils,file
debootstrap --variant=minbase --include="$packages" trixie "$partial" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"}
mv "$partial" "$TOOLCHAIN_ROOT"
echo "toolchain is ready in $TOOLCHAIN_ROOT"
