# libopus; its intrinsics are chosen by the processor at run time.
# Run in an empty folder with SOURCE, PREFIX, TRIPLE, CC, AR, RANLIB, NM, CFLAGS and JOBS set.
set -euo pipefail

"$SOURCE/configure" --prefix="$PREFIX" --host="$TRIPLE" --disable-shared --enable-static --with-pic \
  --disable-doc --disable-extra-programs --disable-stack-protector --enable-rtcd --enable-intrinsics CFLAGS="$CFLAGS"
make -j"$JOBS" install
