# dav1d, without its build system (meson): its C files, those for pixels once for 8 and once for 16 bits.
# Run in an empty folder with SOURCE, PREFIX, KERNELS, CFLAGS and JOBS set; VARIANT is simd or simd-threads.
set -euo pipefail

# What meson would find out about this target.
cat > config.h <<'CONFIG'
#define CONFIG_8BPC 1
#define CONFIG_16BPC 1
#define CONFIG_LOG 0
#define TRIM_DSP_FUNCTIONS 1
#define HAVE_ASM 0
#define ENDIANNESS_BIG 0
#define ARCH_AARCH64 0
#define ARCH_ARM 0
#define ARCH_X86 0
#define ARCH_X86_32 0
#define ARCH_X86_64 0
#define ARCH_PPC64LE 0
#define ARCH_RISCV 0
#define ARCH_RV32 0
#define ARCH_RV64 0
#define ARCH_LOONGARCH 0
#define ARCH_LOONGARCH32 0
#define ARCH_LOONGARCH64 0
#define HAVE_CLOCK_GETTIME 1
#define HAVE_SIGACTION 0
#define HAVE_POSIX_MEMALIGN 1
#define HAVE_MEMALIGN 0
#define HAVE_ALIGNED_ALLOC 0
#define HAVE_DLSYM 0
#define HAVE_SYS_TYPES_H 1
#define HAVE_UNISTD_H 1
#define HAVE_IO_H 0
#define HAVE_PTHREAD_NP_H 0
#define HAVE_GETAUXVAL 0
#define HAVE_ELF_AUX_INFO 0
#define HAVE_PTHREAD_GETAFFINITY_NP 0
#define HAVE_PTHREAD_SETAFFINITY_NP 0
#define HAVE_PTHREAD_SETNAME_NP 0
#define HAVE_PTHREAD_SET_NAME_NP 0
#define HAVE_C11_GENERIC 1
CONFIG
echo '#define DAV1D_VERSION "1.5.4"' > vcs_version.h
cp "$KERNELS/av1-msac.h" .

includes="-I. -I$SOURCE -I$SOURCE/include -I$SOURCE/include/dav1d -I$SOURCE/src"
{
  echo 'all: libdav1d.a'
  objects=
  for file in "$SOURCE"/src/*.c; do
    name=$(basename "$file" .c)
    case $name in
      *_tmpl) depths='8 16' ;;
      *) depths=0 ;;
    esac
    for depth in $depths; do
      objects="$objects $name-$depth.o"
      printf '%s: %s\n\temcc -std=c11 -D_GNU_SOURCE %s -DBITDEPTH=%s -fvisibility=hidden -ffast-math %s -c $< -o $@\n' \
        "$name-$depth.o" "$file" "$CFLAGS" "$depth" "$includes"
    done
  done
  printf 'libdav1d.a:%s\n\temar crs $@ $^\n' "$objects"
} > Makefile
sed -i 's/ -DBITDEPTH=0//' Makefile
make -j"$JOBS"
mkdir -p "$PREFIX/lib" "$PREFIX/include/dav1d"
cp libdav1d.a "$PREFIX/lib/"
cp "$SOURCE"/include/dav1d/*.h "$PREFIX/include/dav1d/"
# Our kernels stand in for functions of its tables.
mkdir -p "$PREFIX/private/src"
cp "$SOURCE"/src/*.h "$PREFIX/private/src/"
cp -r "$SOURCE/include/common" config.h vcs_version.h "$PREFIX/private/"
