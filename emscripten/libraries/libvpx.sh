# libvpx with its NEON intrinsics, which our arm_neon.h and SIMDe make WebAssembly SIMD.
# Run in an empty folder with SOURCE, PREFIX, CFLAGS and JOBS set; VARIANT is simd or simd-threads.
set -euo pipefail

case $VARIANT in
  simd) threads=--disable-multithread ;;
  simd-threads) threads=--enable-multithread ;;
esac

CC=emcc CXX=em++ AR=emar LD=emcc NM="$NM" STRIP=true AS=true \
"$SOURCE/configure" --prefix="$PREFIX" --target=arm64-linux-gcc \
  --enable-neon --disable-runtime-cpu-detect --enable-vp9-highbitdepth $threads \
  --disable-examples --disable-tools --disable-docs --disable-unit-tests --disable-debug \
  --disable-neon-dotprod --disable-neon-i8mm --disable-sve --disable-sve2 \
  --extra-cflags="$CFLAGS -I$NEON -mfpu=neon -Wno-everything"
# configure's -march probe fails under emcc and leaves --disable-neon in the options of the
# run-time dispatch generator: the NEON functions would be compiled but never called.
sed -i 's/--disable-neon //' libs-arm64-linux-gcc.mk
make -j"$JOBS" libvpx.a
mkdir -p "$PREFIX/lib" "$PREFIX/include/vpx"
cp libvpx.a "$PREFIX/lib/"
cp "$SOURCE"/vpx/*.h "$PREFIX/include/vpx/"
