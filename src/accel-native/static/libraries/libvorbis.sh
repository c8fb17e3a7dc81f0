# libvorbis and libvorbisenc.
# Run in an empty folder with SOURCE, PREFIX, TRIPLE, CC, AR, RANLIB, NM, CFLAGS and JOBS set; LIBOGG is where libogg is
# installed.
set -euo pipefail

"$SOURCE/configure" --prefix="$PREFIX" --host="$TRIPLE" --with-ogg="$LIBOGG" \
  --disable-shared --enable-static --with-pic --disable-oggtest --disable-docs --disable-examples CFLAGS="$CFLAGS"
make -j"$JOBS" -C lib install
make -C include install
make install-pkgconfigDATA
