# FFmpeg: libavcodec, libswresample and libavutil with the codecs of the native engine. VA-API, NVDEC and NVENC are
# found at run time. Without --enable-gpl, --enable-version3 and --enable-nonfree: LGPL 2.1 or later.
# Run in an empty folder with SOURCE, PREFIX, CPU, CC, CXX, AR, NM, RANLIB, STRIP, CFLAGS, WORK and JOBS set;
# PKG_CONFIG_LIBDIR leads to what it needs.
set -euo pipefail

pcm=pcm_u8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le,pcm_alaw,pcm_mulaw
decoders=h264,hevc,vp8,vp9,av1,libdav1d,aac,mp3float,flac,vorbis,$pcm
encoders=aac,flac,$pcm,h264_vaapi,hevc_vaapi,vp8_vaapi,vp9_vaapi,av1_vaapi,h264_nvenc,hevc_nvenc,av1_nvenc
hwaccels=h264_vaapi,hevc_vaapi,vp8_vaapi,vp9_vaapi,av1_vaapi,h264_nvdec,hevc_nvdec,vp8_nvdec,vp9_nvdec,av1_nvdec
parsers=h264,hevc,vp8,vp9,av1,aac,mpegaudio,flac,vorbis
bsfs=null,extract_extradata,h264_mp4toannexb,hevc_mp4toannexb,vp9_superframe,vp9_superframe_split,av1_frame_split

"$SOURCE/configure" --prefix="$PREFIX" \
  --cc="$CC" --cxx="$CXX" --ar="$AR" --nm="$NM" --ranlib="$RANLIB" --strip="$STRIP" --host-cc=clang \
  --target-os=linux --arch="$CPU" --enable-cross-compile --pkg-config=pkg-config --pkg-config-flags=--static \
  --enable-pic --enable-pthreads --disable-autodetect \
  --disable-network --disable-programs --disable-doc --disable-debug \
  --disable-everything --disable-avformat --disable-avdevice --disable-avfilter --disable-swscale --enable-swresample \
  --enable-libdav1d --enable-vaapi --enable-ffnvcodec --enable-cuvid --enable-nvdec --enable-nvenc \
  --enable-decoder=$decoders --enable-encoder=$encoders --enable-hwaccel=$hwaccels \
  --enable-parser=$parsers --enable-bsf=$bsfs \
  --extra-cflags="$CFLAGS"

# The options stand in the library for avcodec_configuration(): without the paths of the machine that built it.
sed -i "/^#define FFMPEG_CONFIGURATION/s|$WORK/*||g" config.h

# configure leaves out, without a word, what lacks something.
require() {
  local name
  for name in ${2//,/ }; do
    grep -qi "^#define CONFIG_${name}_$1 1$" config_components.h && continue
    echo "configure left out ${name}_$1"
    exit 1
  done
}
require DECODER $decoders
require ENCODER $encoders
require HWACCEL $hwaccels
require PARSER $parsers
require BSF $bsfs
grep -q '^#define FFMPEG_LICENSE "LGPL version 2.1 or later"$' config.h
case $CPU in
  x86_64) grep -q '^#define HAVE_X86ASM 1$' config.h ;;
  aarch64) grep -q '^#define HAVE_NEON 1$' config.h ;;
esac

make -j"$JOBS"
make install
cp config.h config_components.h "$PREFIX/"
