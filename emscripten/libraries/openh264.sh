# OpenH264's encoder in plain C++ (its SIMD is assembly for other machines).
# Run in an empty folder with SOURCE, PREFIX, CFLAGS and JOBS set.
set -euo pipefail

includes="-I$SOURCE/codec/api/wels -I$SOURCE/codec/common/inc -I$SOURCE/codec/encoder/core/inc
  -I$SOURCE/codec/encoder/plus/inc -I$SOURCE/codec/processing/interface -I$SOURCE/codec/processing/src/common"
find "$SOURCE/codec/common/src" "$SOURCE/codec/encoder/core/src" "$SOURCE/codec/encoder/plus/src" \
  "$SOURCE/codec/processing/src" -name '*.cpp' ! -name 'DllEntry.cpp' | sort > files
{
  echo 'all: libopenh264.a'
  objects=
  while read -r file; do
    object=$(echo "${file#"$SOURCE"/codec/}" | tr / _ | sed 's/cpp$/o/')
    objects="$objects $object"
    printf '%s: %s\n\tem++ %s -fno-exceptions -fno-rtti %s -c $< -o $@\n' \
      "$object" "$file" "$CFLAGS" "$(echo $includes)"
  done < files
  printf 'libopenh264.a:%s\n\temar crs $@ $^\n' "$objects"
} > Makefile
make -j"$JOBS"
mkdir -p "$PREFIX/lib" "$PREFIX/include/wels"
cp libopenh264.a "$PREFIX/lib/"
cp "$SOURCE"/codec/api/wels/*.h "$PREFIX/include/wels/"
# Our kernels stand in for functions of its tables.
mkdir -p private/processing
cp "$SOURCE"/codec/api/wels/*.h "$SOURCE"/codec/common/inc/*.h "$SOURCE"/codec/encoder/core/inc/*.h \
  "$SOURCE"/codec/processing/interface/*.h private/
cp "$SOURCE"/codec/processing/src/common/*.h "$SOURCE"/codec/processing/src/vaacalc/*.h private/processing/
cp -r private "$PREFIX/"
