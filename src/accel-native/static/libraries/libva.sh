# libva's headers, and in the place of the library our own that finds it at run time.
# Run in an empty folder with SOURCE, PREFIX, HERE, CC, AR and CFLAGS set.
set -euo pipefail

value() { sed -n "s/^va_api_$1_version = //p" "$SOURCE/meson.build"; }
major=$(value major) minor=$(value minor) micro=$(value micro)

mkdir -p "$PREFIX/include/va" "$PREFIX/lib/pkgconfig"
cp "$SOURCE"/va/va*.h "$SOURCE"/va/drm/va_drm.h "$PREFIX/include/va/"
sed -e "s/@VA_API_MAJOR_VERSION@/$major/" -e "s/@VA_API_MINOR_VERSION@/$minor/" \
  -e "s/@VA_API_MICRO_VERSION@/$micro/" -e "s/@VA_API_VERSION@/$major.$minor.$micro/" \
  "$SOURCE/va/va_version.h.in" > "$PREFIX/include/va/va_version.h"

# shellcheck disable=SC2086
$CC $CFLAGS -Wall -Wextra -I"$PREFIX/include" -c "$HERE/libva.c" -o libva.o
$AR crs "$PREFIX/lib/libva.a" libva.o
for name in libva libva-drm; do
  cat > "$PREFIX/lib/pkgconfig/$name.pc" <<PC
prefix=$PREFIX
Name: $name
Description: VA-API, found at run time
Version: $major.$minor.$micro
Libs: -L\${prefix}/lib -lva -ldl -lpthread
Cflags: -I\${prefix}/include
PC
done
