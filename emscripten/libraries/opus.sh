# libopus with its SSE, SSE2 and SSE4.1 intrinsics, which Emscripten's headers translate: that is where its kernels
# of floating point are. Configured as for an x86 that has them all; AVX2 is none of what can be translated here.
# Run in an empty folder with SOURCE, PREFIX, CFLAGS and JOBS set.
set -euo pipefail

# As fast as -O3 here, and smaller.
CFLAGS="${CFLAGS/-O3/-O2} -msse4.1"

emconfigure "$SOURCE/configure" --prefix="$PREFIX" --host=i686-unknown-emscripten \
  --disable-shared --enable-static --disable-doc --disable-extra-programs --disable-rtcd \
  --disable-asm --disable-stack-protector X86_AVX2_CFLAGS=-msimd128 \
  CFLAGS="$CFLAGS"
make -j"$JOBS" install
