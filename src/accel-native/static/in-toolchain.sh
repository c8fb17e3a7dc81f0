#!/usr/bin/env bash
# Runs a command where clang is: here, when everything is on PATH, else inside the bootstrapped Debian root, with the
# repository and the cache's folder at the same paths as outside.
# Usage: src/accel-native/static/in-toolchain.sh COMMAND [ARGUMENT...]
set -euo pipefail
source "$(dirname "$0")/environment.sh"

if has_tools; then exec "$@"; fi
[ -e "$TOOLCHAIN_ROOT/usr/bin/clang" ] || die "no toolchain: run src/accel-native/static/setup-toolchain.sh first"

exec_in_root "$TOOLCHAIN_ROOT" "$ACCEL_CACHE/work" "$@"
