#ifndef EVERYCODEC_NATIVE_VIDEO_ENCODER_H
#define EVERYCODEC_NATIVE_VIDEO_ENCODER_H

#include "codec.h"

extern "C" {
#include "video-encoder.h"
}

namespace everycodec {

// Encodes video: with a library of its own (video-encoders.h), or on a device if that is wanted.
std::unique_ptr<Codec> MakeVideoEncoder(const Napi::Object &parameters);

// On a device (device-video-encoder.cc).
std::unique_ptr<Codec> MakeDeviceVideoEncoder(const EncoderParameters &parameters);

}  // namespace everycodec

#endif
