# LAME: only libmp3lame, without its decoder.
# Run in an empty folder with SOURCE, PREFIX, CFLAGS and JOBS set.
set -euo pipefail

# Audio is little work: small before fast.
CFLAGS=${CFLAGS/-O3/-Os}

# Its config.sub does not know WebAssembly; no part of it depends on the host's name.
emconfigure "$SOURCE/configure" --prefix="$PREFIX" --host=i686-linux-gnu \
  --disable-shared --enable-static --disable-frontend --disable-decoder --disable-analyzer-hooks --disable-gtktest \
  --disable-nasm CFLAGS="$CFLAGS -DNDEBUG" ac_cv_header_xmmintrin_h=no
make -j"$JOBS" -C libmp3lame libmp3lame.la
mkdir -p "$PREFIX/lib" "$PREFIX/include/lame"
cp libmp3lame/.libs/libmp3lame.a "$PREFIX/lib/"
cp "$SOURCE/include/lame.h" "$PREFIX/include/lame/"
