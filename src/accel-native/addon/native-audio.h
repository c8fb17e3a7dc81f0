#ifndef EVERYCODEC_NATIVE_AUDIO_H
#define EVERYCODEC_NATIVE_AUDIO_H

#include "codec.h"

namespace everycodec {

std::unique_ptr<Codec> MakeAudioDecoder(const Napi::Object &parameters);
std::unique_ptr<Codec> MakeAudioEncoder(const Napi::Object &parameters);

}  // namespace everycodec

#endif
