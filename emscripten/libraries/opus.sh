# libopus with its NEON intrinsics (through SIMDe).
# Run in an empty folder with SOURCE, PREFIX, CFLAGS and JOBS set.
set -euo pipefail

# As fast as -O3 here, and smaller.
CFLAGS=${CFLAGS/-O3/-O2}

emconfigure "$SOURCE/configure" --prefix="$PREFIX" --host=wasm32-unknown-emscripten \
  --disable-shared --enable-static --disable-doc --disable-extra-programs --disable-rtcd \
  --disable-intrinsics --disable-asm --disable-stack-protector \
  CFLAGS="$CFLAGS"
make -j"$JOBS" install
