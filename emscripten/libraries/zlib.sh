# zlib: only its inflate side is linked (PNG).
# Run in an empty folder with SOURCE, PREFIX, CFLAGS and JOBS set.
set -euo pipefail

CHOST=wasm32 CC=emcc AR=emar RANLIB=emranlib "$SOURCE/configure" --static --prefix="$PREFIX"
make -j"$JOBS" libz.a CFLAGS="$CFLAGS -DHAVE_UNISTD_H"
mkdir -p "$PREFIX/lib" "$PREFIX/include"
cp libz.a "$PREFIX/lib/"
cp zconf.h "$PREFIX/include/" 2>/dev/null || cp "$SOURCE/zconf.h" "$PREFIX/include/"
cp "$SOURCE/zlib.h" "$PREFIX/include/"
