# Kvazaar; what it has for x86 is chosen by the processor at run time.
# Run in an empty folder with SOURCE, PREFIX, CPU, CC, CXX, AR, RANLIB, CFLAGS and JOBS set.
set -euo pipefail

# Its build writes into its sources.
cp -r "$SOURCE" source
cmake -S source -B build -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_INSTALL_PREFIX="$PREFIX" -DCMAKE_INSTALL_LIBDIR=lib \
  -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR="$CPU" -DCMAKE_C_COMPILER="$CC" -DCMAKE_CXX_COMPILER="$CXX" \
  -DCMAKE_AR="$(command -v "$AR")" -DCMAKE_RANLIB="$(command -v "$RANLIB")" \
  -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DBUILD_SHARED_LIBS=OFF -DBUILD_TESTS=OFF -DBUILD_KVAZAAR_BINARY=OFF \
  -DCMAKE_C_FLAGS="$CFLAGS -Wno-everything" -DCMAKE_C_FLAGS_RELEASE=-DNDEBUG
ninja -C build -j"$JOBS"
ninja -C build install
# The glue changes the quantizer of an open encoder.
mkdir -p "$PREFIX/include/kvazaar-private"
cp -r source/src/*.h source/src/extras source/src/strategies "$PREFIX/include/kvazaar-private/"
find "$PREFIX/include/kvazaar-private" -name '*.c' -delete
