#!/usr/bin/env bash
# Builds a native encoder with a library of the system, the one of the addon that `npm run build:accel` makes, and around
# it the glue that the addon has (encoder.c). Prints the program's path. Needs gcc, pkg-config and the library's headers.
# Usage: bench/native/build-system.sh openh264|vp8|vp9|av1
set -euo pipefail

name=$1
here=$(cd "$(dirname "$0")" && pwd)
glue=$here/../../emscripten/glue
folder=${EVERYCODEC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/everycodec}/bench/native/system
case $name in
openh264) library=openh264 package=openh264 settings='-DCODEC=VIDEO_CODEC_AVC -DPROFILE=66 -DLEVEL=31' ;;
vp8) library=vpx package=vpx settings='-DCODEC=VIDEO_CODEC_VP8 -DPROFILE=0 -DLEVEL=0' ;;
vp9) library=vpx package=vpx settings='-DCODEC=VIDEO_CODEC_VP9 -DPROFILE=0 -DLEVEL=31' ;;
av1) library=aom package=aom settings='-DCODEC=VIDEO_CODEC_AV1 -DPROFILE=0 -DLEVEL=5' ;;
esac

mkdir -p "$folder"
# shellcheck disable=SC2046,SC2086
gcc -O3 -w $settings -I"$glue" "$here/encoder.c" "$glue/$library-encoder.c" \
  "$glue"/{packet-buffer,encoder-settings,picture,vpx-aom}.c \
  $(pkg-config --cflags --libs "$package") -lpthread -lm -o "$folder/$name"
echo "$folder/$name"
