# OpenH264 with its assembly.
# Run in an empty folder with SOURCE, PREFIX, CPU, CC, CXX, AR, CFLAGS and JOBS set.
set -euo pipefail

case $CPU in
  x86_64) architecture=x86_64 ;;
  aarch64) architecture=arm64 ;;
esac
make -f "$SOURCE/Makefile" -j"$JOBS" OS=linux ARCH=$architecture \
  CC="$CC" CXX="$CXX" CCAS="$CC" AR="$AR" PREFIX="$PREFIX" \
  CFLAGS_OPT="$CFLAGS" USE_STACK_PROTECTOR=No install-static
