#!/usr/bin/env bash
# Builds a native encoder that Debian's ffmpeg lacks, with its SIMD, and around it the glue of our pack (encoder.c).
# Prints the program's path. Needs gcc, g++, make, nasm and cmake, and the source tarball of emscripten/sources.json: in
# the cache of emscripten/build.mjs, in EVERYCODEC_SOURCES, or from upstream.
# Usage: bench/native/build.sh openh264|kvazaar
set -euo pipefail

name=$1
here=$(cd "$(dirname "$0")" && pwd)
glue=$here/../../emscripten/glue
cache=${EVERYCODEC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/everycodec}
about() { node -p "require('$here/../../emscripten/sources.json')['$name'].$1"; }
folder=$cache/bench/native/$name-$(about version)

fetch() {
  local file sum
  file=$(about file)
  sum=$(about sha256)
  for tarball in "$cache/work/tarballs/$file" "${EVERYCODEC_SOURCES:-}/$file" "$folder/$file"; do
    if [ "$tarball" = "$folder/$file" ]; then curl -fsSL -o "$tarball" "$(about upstream)" || continue; fi
    if [ -e "$tarball" ] && echo "$sum  $tarball" | sha256sum --check --status; then break; fi
    tarball=
  done
  [ -n "$tarball" ] || { echo "no $file: set EVERYCODEC_SOURCES" >&2; exit 1; }
  tar xf "$tarball" -C "$1" --strip-components=1
}

build_openh264() {
  make -j"$(nproc)" ARCH="$(uname -m)" OS=linux BUILDTYPE=Release USE_ASM=Yes libopenh264.a
  mkdir -p include && cp -r codec/api/wels include/
}

build_kvazaar() {
  cmake -S . -B build -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF -DBUILD_TESTS=OFF -DBUILD_KVAZAAR_BINARY=OFF
  make -C build -j"$(nproc)" kvazaar
}

if [ ! -e "$folder/source" ]; then
  rm -rf "$folder" && mkdir -p "$folder/partial"
  fetch "$folder/partial"
  (cd "$folder/partial" && "build_$name") > "$folder/log.txt" 2>&1 || { tail -n 20 "$folder/log.txt" >&2; exit 1; }
  mv "$folder/partial" "$folder/source"
fi

source=$folder/source
case $name in
openh264)
  settings='-DCODEC=VIDEO_CODEC_AVC -DPROFILE=66 -DLEVEL=31'
  library="-I$source/include $source/libopenh264.a -lstdc++"
  ;;
kvazaar)
  settings='-DCODEC=VIDEO_CODEC_HEVC -DPROFILE=1 -DLEVEL=31'
  library="-I$source/src -I$source/src/extras -I$source/src/strategies $source/build/libkvazaar.a"
  ;;
esac
program=$folder/encoder
# shellcheck disable=SC2086
gcc -O3 -w $settings -I"$glue" "$here/encoder.c" "$glue/$name-encoder.c" \
  "$glue"/{packet-buffer,encoder-settings,picture}.c $library -lpthread -lm -o "$program"
echo "$program"
