#include "video-encoders.h"

#include <stddef.h>

#include "video-decoder.h"

const VideoEncoderLibrary *video_encoder_library(int codec) {
  switch (codec) {
#ifdef HAVE_OPENH264
  case VIDEO_CODEC_AVC: return &openh264_library;
#endif
#ifdef HAVE_KVAZAAR
  case VIDEO_CODEC_HEVC: return &kvazaar_library;
#endif
  case VIDEO_CODEC_VP8:
  case VIDEO_CODEC_VP9: return &vpx_library;
  case VIDEO_CODEC_AV1: return &aom_library;
  default: return NULL;
  }
}
