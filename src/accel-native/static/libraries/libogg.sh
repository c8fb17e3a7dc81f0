# libogg: libvorbis needs its bit packer.
# Run in an empty folder with SOURCE, PREFIX, TRIPLE, CC, AR, RANLIB, NM, CFLAGS and JOBS set.
set -euo pipefail

"$SOURCE/configure" --prefix="$PREFIX" --host="$TRIPLE" --disable-shared --enable-static --with-pic CFLAGS="$CFLAGS"
make -j"$JOBS" -C src install
make -C include install
make install-pkgconfigDATA
