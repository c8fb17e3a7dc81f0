#ifndef EVERYCODEC_NATIVE_VIDEO_DECODER_H
#define EVERYCODEC_NATIVE_VIDEO_DECODER_H

#include "codec.h"

namespace everycodec {

// Decodes video through libavcodec, on a device if one is wanted.
std::unique_ptr<Codec> MakeVideoDecoder(const Napi::Object &parameters);

}  // namespace everycodec

#endif
