# Kvazaar with its AVX2 intrinsics, which emcc compiles to pairs of 128-bit WebAssembly SIMD operations.
# Run in an empty folder with SOURCE, PREFIX, CFLAGS and JOBS set; VARIANT is simd or simd-threads.
set -euo pipefail

cp -r "$SOURCE/src" src

# Its x86 code is for x86-64 alone by these tests.
sed -i 's/defined(__x86_64__)/1/' src/global.h
# Which instructions there are is known: those of AVX2. There is no cpuid to ask.
sed -i -e 's/#  if defined(__GNUC__)$/#  if 0/' -e 's/^  return 0;$/  (void)level; (void)sublevel; memset(cpu_info, 0xff, sizeof(*cpu_info)); return 1;/' \
  -e 's/asm("xgetbv".*/eax = 6;/' src/strategyselector.c
grep -q 'memset(cpu_info' src/strategyselector.c
sed -i 's/<mmintrin.h>/<immintrin.h>/' src/strategies/avx2/picture-avx2.c

cat > src/version.h <<'HEADER'
#define KVZ_VERSION 2.3.2
#define KVZ_COMPILER_STRING "emcc"
#define KVZ_COMPILE_DATE ""
#define VERSION_STRING QUOTE_EXPAND(KVZ_VERSION)
HEADER
# Bit manipulation that emcc's headers leave out.
cat > bits.h <<'HEADER'
#pragma once
static inline unsigned _tzcnt_u32(unsigned value) { return value ? (unsigned)__builtin_ctz(value) : 32; }
static inline unsigned _lzcnt_u32(unsigned value) { return value ? (unsigned)__builtin_clz(value) : 32; }
static inline unsigned _bzhi_u32(unsigned value, unsigned index) {
  return (index & 255) < 32 ? value & ((1u << (index & 255)) - 1) : value;
}
#define _mm_popcnt_u32(value) __builtin_popcount(value)
HEADER

files=$(find src -name '*.c' ! -name encmain.c ! -name cli.c ! -name yuv_io.c ! -path '*/threadwrapper/*' | LC_ALL=C sort)
{
  echo 'all: libkvazaar.a'
  objects=
  for file in $files; do
    object=$(echo "$file" | tr / _ | sed 's/c$/o/')
    objects="$objects $object"
    printf '%s: %s\n\temcc -std=gnu99 %s -mavx2 -Wno-everything -DKVZ_DLL_EXPORTS -DCMAKE_BUILD -DNDEBUG -include bits.h -Isrc -Isrc/extras -Isrc/strategies -c $< -o $@\n' \
      "$object" "$file" "$CFLAGS"
  done
  printf 'libkvazaar.a:%s\n\temar crs $@ $^\n' "$objects"
} > Makefile
make -j"$JOBS"
mkdir -p "$PREFIX/lib" "$PREFIX/include" "$PREFIX/private"
cp libkvazaar.a "$PREFIX/lib/"
cp src/kvazaar.h "$PREFIX/include/"
# The glue changes the quantizer of an open encoder.
cp -r src/*.h src/extras src/strategies src/threadwrapper "$PREFIX/private/"
find "$PREFIX/private" -name '*.c' -delete
