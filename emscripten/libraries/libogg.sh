# libogg: libvorbis needs its bit packer.
# Run in an empty folder with SOURCE, PREFIX, CFLAGS and JOBS set.
set -euo pipefail

# Audio is little work: small before fast.
CFLAGS=${CFLAGS/-O3/-Os}

emconfigure "$SOURCE/configure" --prefix="$PREFIX" --host=i686-linux-gnu --disable-shared --enable-static CFLAGS="$CFLAGS"
make -j"$JOBS" -C src install
make -C include install
