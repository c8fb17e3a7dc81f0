#include "avcodec.h"

extern "C" {
#include "video-decoder.h"
}

namespace everycodec {

AVCodecID VideoCodecId(int codec) {
  switch (codec) {
    case VIDEO_CODEC_AVC:
      return AV_CODEC_ID_H264;
    case VIDEO_CODEC_HEVC:
      return AV_CODEC_ID_HEVC;
    case VIDEO_CODEC_VP8:
      return AV_CODEC_ID_VP8;
    case VIDEO_CODEC_VP9:
      return AV_CODEC_ID_VP9;
    case VIDEO_CODEC_AV1:
      return AV_CODEC_ID_AV1;
    default:
      return AV_CODEC_ID_NONE;
  }
}

}  // namespace everycodec
