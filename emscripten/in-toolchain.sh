#!/usr/bin/env bash
# Runs a command where emcc is: here, when an emcc >= 6 is on PATH, else inside the bootstrapped
# Debian root, with the repository and the cache folder at the same paths as outside.
# Usage: emscripten/in-toolchain.sh COMMAND [ARGUMENT...]
set -euo pipefail
source "$(dirname "$0")/environment.sh"

if has_emcc; then exec "$@"; fi
[ -e "$TOOLCHAIN_ROOT/usr/bin/emcc" ] || die "no toolchain: run emscripten/setup-toolchain.sh first"

# The mounts live in a namespace of their own, so nothing is left behind.
exec unshare --mount bash -euo pipefail -c '
  root=$1 folder=$PWD; shift
  for path in "$REPOSITORY" "$CACHE/work"; do
    mkdir -p "$path" "$root$path"
    mount --bind "$path" "$root$path"
  done
  mount -t proc proc "$root/proc"
  exec chroot "$root" /usr/bin/env -C "$folder" PATH=/usr/bin:/bin HOME=/root "$@"
' in-toolchain "$TOOLCHAIN_ROOT" "$@"
