# libvpx's encoders, with assembly that is chosen by the processor at run time.
# Run in an empty folder with SOURCE, PREFIX, CPU, CC, CXX, AR, NM, STRIP, CFLAGS and JOBS set.
set -euo pipefail

case $CPU in
  x86_64) target=x86_64-linux-gcc assembler=--as=nasm ;;
  aarch64) target=arm64-linux-gcc assembler= ;;
esac
[ "$CPU" = aarch64 ] && export AS="$CC -c"

# shellcheck disable=SC2086
LD="$CC" "$SOURCE/configure" --prefix="$PREFIX" --target=$target $assembler \
  --enable-pic --enable-runtime-cpu-detect --enable-vp9-highbitdepth --enable-multithread \
  --disable-vp8-decoder --disable-vp9-decoder --disable-shared --enable-static \
  --disable-examples --disable-tools --disable-docs --disable-unit-tests --disable-debug \
  --extra-cflags="$CFLAGS" --extra-cxxflags="$CFLAGS"
make -j"$JOBS"
make install
