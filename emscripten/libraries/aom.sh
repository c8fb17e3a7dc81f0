# libaom's encoder with its NEON intrinsics, which emcc compiles to WebAssembly SIMD through SIMDe.
# Run in an empty folder with SOURCE, PREFIX, CFLAGS and JOBS set; VARIANT is simd or simd-threads.
set -euo pipefail

case $VARIANT in
  simd) threads=0 ;;
  simd-threads) threads=1 ;;
esac

# Everything that depends on instructions beyond NEON's first set is off: SIMDe would emulate it.
emcmake cmake "$SOURCE" -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$PREFIX" \
  -DAOM_TARGET_CPU=arm64 -DCONFIG_RUNTIME_CPU_DETECT=0 -DCONFIG_MULTITHREAD=$threads \
  -DENABLE_NEON=1 -DENABLE_ARM_CRC32=0 -DENABLE_NEON_DOTPROD=0 -DENABLE_NEON_I8MM=0 -DENABLE_SVE=0 -DENABLE_SVE2=0 \
  -DCONFIG_AV1_DECODER=0 -DENABLE_DOCS=0 -DENABLE_EXAMPLES=0 -DENABLE_TESTS=0 -DENABLE_TOOLS=0 -DENABLE_TESTDATA=0 \
  -DCONFIG_WEBM_IO=0 -DCONFIG_LIBYUV=0 -DCONFIG_TUNE_VMAF=0 -DCONFIG_INTERNAL_STATS=0 \
  -DCMAKE_C_FLAGS="$CFLAGS -I$NEON -mfpu=neon -Wno-everything" -DCMAKE_CXX_FLAGS="$CFLAGS -I$NEON -mfpu=neon -Wno-everything" \
  -DCMAKE_C_FLAGS_RELEASE= -DCMAKE_CXX_FLAGS_RELEASE=
make -j"$JOBS" aom
mkdir -p "$PREFIX/lib" "$PREFIX/include/aom"
cp libaom.a "$PREFIX/lib/"
cp "$SOURCE"/aom/*.h "$PREFIX/include/aom/"
