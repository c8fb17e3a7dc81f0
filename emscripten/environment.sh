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

# Runs a command inside a Debian root, with the repository and a folder of the cache at the same paths as outside.
# The mounts live in a namespace of their own, so nothing is left behind.
# Usage: exec_in_root ROOT FOLDER COMMAND [ARGUMENT...]
exec_in_root() {
  exec unshare --mount bash -euo pipefail -c '
    root=$1 shared=$2 folder=$PWD; shift 2
    for path in "$REPOSITORY" "$shared"; do
      mkdir -p "$path" "$root$path"
      mount --bind "$path" "$root$path"
    done
    mount -t proc proc "$root/proc"
    exec chroot "$root" /usr/bin/env -C "$folder" PATH=/usr/bin:/bin HOME=/root "$@"
  ' exec_in_root "$@"
}
