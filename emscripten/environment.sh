# Shared by the scripts of this folder: where things are, and how to run inside the toolchain.
# Sourced, never run.

EMSCRIPTEN_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REPOSITORY=$(dirname "$EMSCRIPTEN_DIR")
# The toolchain, sources and object files stay outside the repository.
CACHE=${EVERYCODEC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/everycodec}
export REPOSITORY CACHE
TOOLCHAIN_ROOT=$CACHE/forky

die() { echo "error: $*" >&2; exit 1; }

# True when an emcc >= 6 is on PATH.
has_emcc() {
  command -v emcc >/dev/null || return 1
  local version
  version=$(emcc -dumpversion 2>/dev/null) || return 1
  [ "${version%%.*}" -ge 6 ]
}
