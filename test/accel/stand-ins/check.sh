#!/bin/bash
# Shows that the stand-ins do what README.md says. ./check.sh [folder for the build]
# FFMPEG names the program that runs on them, if it is not to be the system's, which does all else.
set -u
ffmpeg=${FFMPEG:-ffmpeg}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=${1:-$work/out}
log=$work/log
failures=0
ulimit -v 8000000 # a driver that is broken may go on for ever

make --silent --directory="$here" OUT="$out" || exit 1

report() { # result, what
  echo "$1  $2"
  [ "$1" = "ok    " ] || failures=$((failures + 1))
}
expect() { # what, command …
  local what=$1
  shift
  if "$@" >"$work/output" 2>&1; then report "ok    " "$what"; else report "FAILED" "$what"; fi
}
refuse() { # what, command …
  local what=$1
  shift
  if "$@" >"$work/output" 2>&1; then report "FAILED" "$what"; else report "ok    " "$what"; fi
}

# --- clips ---------------------------------------------------------------------------------------------------------

make_clip() { # file, options …
  local file=$1
  shift
  ffmpeg -v error -y -f lavfi -i testsrc2=size=324x244:rate=25 -frames:v 40 -pix_fmt yuv420p "$@" "$work/$file" || exit 1
}
# Hidden frames; references in both directions and weights; scaling lists, not symmetric; slices; fields.
lists=6,13,20,28,14,21,29,32,22,30,33,36,31,34,37,42
make_clip vp9.webm -c:v libvpx-vp9 -b:v 300k -auto-alt-ref 1 -lag-in-frames 16
make_clip main.mp4 -c:v libx264 -profile:v main -bf 3 -refs 4 -x264-params weightp=2:b-pyramid=2 \
  -color_primaries bt709 -color_trc bt709 -colorspace bt709
make_clip high.mp4 -c:v libx264 -profile:v high -x264-params "cqm4=$lists:cqm8=$lists,$lists,$lists,$lists"
make_clip baseline.264 -c:v libx264 -profile:v baseline -x264-params slices=4
make_clip fields.264 -c:v libx264 -x264-params tff=1

frames_only() { grep -v '^#software'; } # versions may differ
frames_of_software() { ffmpeg -v quiet -i "$1" -pix_fmt yuv420p -f framemd5 - | frames_only; }
psnr() { # encoded, original: the average, whole decibels
  local filter='[0]settb=1/25,setpts=N[a];[1]settb=1/25,setpts=N,format=yuv420p[b];[a][b]psnr=shortest=1'
  ffmpeg -v info -i "$1" -i "$2" -lavfi "$filter" -f null - 2>&1 | sed -n 's/.*average:\([0-9]*\).*/\1/p'
}
count() { grep -c "$1" "$log" 2>/dev/null; }

# --- what is the same for every interface: $run starts a program with the stand-in, $name names it in the log --------

decodes_as_software() { # clip
  rm -f "$log"
  "$run" "${decode[@]}" -i "$work/$1" -vf hwdownload,format=nv12,format=yuv420p -f framemd5 "$work/frames.txt" -y || return 1
  frames_only <"$work/frames.txt" >"$work/frames"
  frames_of_software "$work/$1" | cmp - "$work/frames" || return 1
  [ "$(count "$name decode")" -ge 40 ] && [ "$(count "$name download")" -ge 40 ]
}
encodes_well() { # file to write, options …
  local file=$1
  shift
  rm -f "$log"
  "$run" -i "$work/main.mp4" -frames:v 30 -vf "$upload" -c:v "$encoder" "$@" -y "$work/$file" || return 1
  [ "$(count "$name encode")" -eq 30 ] && [ "$(psnr "$work/$file" "$work/main.mp4")" -ge 30 ]
}
chain_stays_on_device() {
  rm -f "$log"
  "$run" "${decode[@]}" -i "$work/vp9.webm" -c:v "$encoder" -b:v 1M -y "$work/chain.264" || return 1
  [ "$(count "$name decode")" -ge 40 ] && [ "$(count "$name encode")" -eq 40 ] || return 1
  [ "$(count -E "$name (download|upload|map)")" -eq 0 ] && [ "$(psnr "$work/chain.264" "$work/vp9.webm")" -ge 30 ]
}
keys_where_asked_for() {
  encodes_well keys.264 -b:v 1M -g 1000 -force_key_frames 0.4 "${key_options[@]}" || return 1
  local keys
  keys=$(ffprobe -v error -show_entries packet=flags -of csv=p=0 "$work/keys.264" | grep -n K | cut -d: -f1 | xargs)
  [ "$keys" = "1 11" ]
}
loses_device_while_decoding() {
  rm -f "$log"
  EVERYCODEC_STANDIN_FAIL_AFTER=decode:11 "$run" "${decode[@]}" -xerror -i "$work/baseline.264" \
    -vf hwdownload,format=nv12 -f null -
}
loses_device_while_encoding() {
  EVERYCODEC_STANDIN_FAIL_AFTER=encode:11 encodes_well lost.264 -b:v 1M
}
lost_after_ten() {
  [ "$(count "$name $1.*failed")" -gt 0 ] && [ "$(grep "$name $1" "$log" | grep -vc failed)" -eq 10 ]
}
offers_nothing() { EVERYCODEC_STANDIN_PROFILES='' decodes_as_software vp9.webm; }
offers_no_encoder() { EVERYCODEC_STANDIN_PROFILES=decode-vp9,decode-h264 encodes_well none.264; }
negative() { EVERYCODEC_STANDIN_NEGATIVE=1 "$@"; }

check_interface() {
  local clip
  for clip in vp9.webm main.mp4 high.mp4 baseline.264 fields.264; do
    expect "$name decodes $clip as software does" decodes_as_software "$clip"
  done
  expect "$name encodes with a bitrate" encodes_well bitrate.264 -b:v 1M
  expect "$name encodes with a quantizer" encodes_well quantizer.264 "${quantizer[@]}"
  expect "$name makes key pictures where they are asked for" keys_where_asked_for
  expect "$name decodes and encodes with no download between" chain_stays_on_device
  refuse "$name loses its device while it decodes" loses_device_while_decoding
  expect "$name had decoded ten pictures until then" lost_after_ten decode
  refuse "$name loses its device while it encodes" loses_device_while_encoding
  expect "$name had encoded ten pictures until then" lost_after_ten encode
  refuse "$name decodes nothing that is not offered" offers_nothing
  refuse "$name encodes nothing that is not offered" offers_no_encoder
  # That these checks see a driver that is broken.
  refuse "$name: wrong pictures are seen" negative decodes_as_software main.mp4
  refuse "$name: wrong encoding is seen" negative encodes_well wrong.264 -b:v 1M
}

# --- VA-API --------------------------------------------------------------------------------------------------------

touch "$work/render-node"
run_va() {
  LD_PRELOAD=$out/render-node.so LIBVA_DRIVER_NAME=standin LIBVA_DRIVERS_PATH=$out/va EVERYCODEC_STANDIN_LOG=$log \
    timeout 60 "$ffmpeg" -v error -init_hw_device "vaapi=va:$work/render-node" -filter_hw_device va "$@"
}
# Drivers are not told of colours but in the program's own parameter sets.
colours_are_in_the_stream() {
  encodes_well colours.264 -b:v 1M || return 1
  ffprobe -v error -show_entries stream=color_space -of csv=p=0 "$work/colours.264" | grep -q bt709
}
without_packed_headers() { EVERYCODEC_STANDIN_NO_PACKED_HEADERS=1 "$@"; }
check_va() {
  run=run_va name=va encoder=h264_vaapi upload=format=nv12,hwupload
  quantizer=(-qp 24) key_options=()
  decode=(-hwaccel vaapi -hwaccel_device va -hwaccel_output_format vaapi)
  check_interface
  expect "va encodes with CAVLC" encodes_well cavlc.264 -b:v 1M -coder cavlc
  expect "va takes the program's parameter sets" colours_are_in_the_stream
  expect "va encodes without taking them" without_packed_headers encodes_well own.264 -b:v 1M
  refuse "va has no colours in the stream then" without_packed_headers colours_are_in_the_stream
}

# --- NVIDIA --------------------------------------------------------------------------------------------------------

run_cuda() {
  LD_LIBRARY_PATH=$out/cuda EVERYCODEC_STANDIN_LOG=$log \
    timeout 60 "$ffmpeg" -v error -init_hw_device cuda=cu -filter_hw_device cu "$@"
}
plain_memory_is_encoded() {
  upload=format=yuv420p encodes_well plain.264 -b:v 1M
}
parameter_sets_stand_apart() {
  encodes_well apart.mp4 -b:v 1M || return 1
  # encodes_well() cannot decode this one, which has none.
  encodes_well apart.264 -b:v 1M -flags +global_header
  grep -qaP '\x00\x00\x01\x67' "$work/bitrate.264" && ! grep -qaP '\x00\x00\x01\x67' "$work/apart.264"
}
without_nvenc() { EVERYCODEC_STANDIN_NO_NVENC=1 "$@"; }
check_cuda() {
  run=run_cuda name=cuda encoder=h264_nvenc upload=format=nv12,hwupload
  quantizer=(-rc constqp -qp 24) key_options=(-forced-idr 1)
  decode=(-hwaccel cuda -hwaccel_device cu -hwaccel_output_format cuda)
  check_interface
  expect "cuda encodes pictures in plain memory" plain_memory_is_encoded
  expect "cuda gives parameter sets apart from the stream" parameter_sets_stand_apart
  expect "cuda decodes where there is no encoder" without_nvenc decodes_as_software vp9.webm
  refuse "cuda does not encode where there is no encoder" without_nvenc encodes_well none.264 -b:v 1M
}

check_va
check_cuda
[ "$failures" -eq 0 ] || echo "$failures failed"
[ "$failures" -eq 0 ]
