# dav1d with its assembly.
# Run in an empty folder with SOURCE, PREFIX, CPU, CC, AR, STRIP, CFLAGS and JOBS set.
set -euo pipefail

cat > cross.txt <<CROSS
[binaries]
c = '$CC'
ar = '$AR'
strip = '$STRIP'
nasm = 'nasm'
[host_machine]
system = 'linux'
cpu_family = '$CPU'
cpu = '$CPU'
endian = 'little'
CROSS
meson setup build "$SOURCE" --cross-file=cross.txt --prefix="$PREFIX" --libdir=lib --buildtype=release \
  --default-library=static -Db_staticpic=true -Denable_tools=false -Denable_tests=false -Dlogging=false \
  -Dxxhash_muxer=disabled -Dc_args="$CFLAGS"
ninja -C build -j"$JOBS" install
