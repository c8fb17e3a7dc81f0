#!/usr/bin/env bash
# Sets up the WebAssembly toolchain: nothing to do when an emcc >= 6 is on PATH,
# otherwise a Debian forky root (emscripten 6) is bootstrapped in the cache folder.
# Usage: emscripten/setup-toolchain.sh      (needs root and debootstrap for the second way)
set -euo pipefail
source "$(dirname "$0")/environment.sh"

if has_emcc; then
  echo "using $(command -v emcc): $(emcc --version | head -n 1)"
  exit 0
fi
if [ -e "$TOOLCHAIN_ROOT/usr/bin/emcc" ]; then
  echo "toolchain is ready in $TOOLCHAIN_ROOT"
  exit 0
fi
[ "$(id -u)" = 0 ] || die "bootstrapping needs root: run as root, or put an emcc >= 6 on PATH"
command -v debootstrap >/dev/null || die "debootstrap is missing: apt-get install debootstrap, or put an emcc >= 6 on PATH"

# An older debootstrap knows sid but not the name of the suite; they are one script.
scripts=/usr/share/debootstrap/scripts
[ -e "$scripts/forky" ] || ln -s sid "$scripts/forky"

mkdir -p "$CACHE"
partial="$TOOLCHAIN_ROOT.partial"
rm -rf "$partial"
packages=emscripten,gcc,libc6-dev,libsimde-dev,make,cmake,pkg-config,perl,diffutils,patch,xz-utils,file
debootstrap --variant=minbase --include="$packages" forky "$partial" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"}
mkdir -p "$partial/everycodec" "$partial/cache"
mv "$partial" "$TOOLCHAIN_ROOT"
echo "toolchain is ready in $TOOLCHAIN_ROOT"
