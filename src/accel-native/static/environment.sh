# Shared by the scripts of this folder: the toolchain's root. Sourced, never run.

source "$(dirname "${BASH_SOURCE[0]}")/../../../emscripten/environment.sh"
ACCEL_CACHE=$CACHE/accel
TOOLCHAIN_ROOT=$ACCEL_CACHE/toolchain

# True when a clang >= 16 and everything else that the recipe runs are on PATH.
has_tools() {
  local tool version
  for tool in clang ld.lld llvm-ar llvm-nm llvm-ranlib llvm-strip llvm-objdump llvm-readelf \
    nasm meson ninja cmake make pkg-config; do
    command -v "$tool" >/dev/null || return 1
  done
  version=$(clang -dumpversion)
  [ "${version%%.*}" -ge 16 ]
}
