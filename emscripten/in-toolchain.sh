#!/usr/bin/env bash
# Runs a command where emcc is: here, when an emcc >= 6 is on PATH, else inside the bootstrapped
# Debian root, with the repository and the cache folder at the same paths as outside.
# Usage: emscripten/in-toolchain.sh COMMAND [ARGUMENT...]
set -euo pipefail
source "$(dirname "$0")/environment.sh"

if has_emcc; then exec "$@"; fi
[ -e "$TOOLCHAIN_ROOT/usr/bin/emcc" ] || die "no toolchain: run emscripten/setup-toolchain.sh first"

exec_in_root "$TOOLCHAIN_ROOT" "$CACHE/work" "$@"
