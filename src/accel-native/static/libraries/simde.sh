# SIMDe's headers: the kernels of pixels.wasm are compiled with them.
# Run in an empty folder with SOURCE and PREFIX set.
set -euo pipefail

mkdir -p "$PREFIX/include"
cp -r "$SOURCE/usr/include/simde" "$PREFIX/include/"
