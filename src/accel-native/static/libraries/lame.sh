# LAME: only libmp3lame, without its decoder.
# Run in an empty folder with SOURCE, PREFIX, CPU, TRIPLE, CC, AR, RANLIB, NM, CFLAGS and JOBS set.
set -euo pipefail

# Its config.sub is older than aarch64; nothing else in it depends on the host's name.
host=$TRIPLE
[ "$CPU" = aarch64 ] && host=arm-linux-gnu
"$SOURCE/configure" --prefix="$PREFIX" --host="$host" --disable-shared --enable-static --with-pic \
  --disable-frontend --disable-decoder --disable-analyzer-hooks --disable-gtktest --disable-nasm \
  CFLAGS="$CFLAGS -DNDEBUG -Wno-everything"
make -j"$JOBS" -C libmp3lame install
make -C include install
