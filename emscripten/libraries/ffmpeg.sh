# FFmpeg, with every component that any pack uses. A pack links only the codecs that its own
# codec_list.c names (see build.mjs), so one build per variant serves all packs.
# Run in an empty folder with SOURCE, PREFIX, CFLAGS and JOBS set; VARIANT is simd or simd-threads.
set -euo pipefail

case $VARIANT in
  simd) threads=--disable-pthreads ;;
  simd-threads) threads=--enable-pthreads ;;
esac

decoders=h264,hevc,vp8,vp9,mjpeg,png,gif,webp,bmp,aac,mp3float,flac,vorbis,pcm_u8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le,pcm_alaw,pcm_mulaw
encoders=aac,flac,pcm_u8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le,pcm_alaw,pcm_mulaw

emconfigure "$SOURCE/configure" --prefix="$PREFIX" \
  --cc=emcc --cxx=em++ --ar=emar --ranlib=emranlib --nm="$NM" \
  --target-os=none --arch=wasm32 --enable-cross-compile --disable-runtime-cpudetect \
  --disable-autodetect --disable-network --disable-programs --disable-doc --disable-debug --disable-everything \
  --disable-avformat --disable-avdevice --disable-avfilter --disable-swscale --enable-swresample \
  $threads --enable-zlib --enable-decoder=$decoders --enable-encoder=$encoders --enable-bsf=null \
  --extra-cflags="$CFLAGS -I$ZLIB/include" --extra-ldflags="-L$ZLIB/lib"
make -j"$JOBS" install
# codec_list.c and friends include config headers that are not installed.
mkdir -p "$PREFIX/private"
cp config.h config_components.h "$PREFIX/private/"
cp libavutil/avconfig.h "$PREFIX/private/" 2>/dev/null || true
