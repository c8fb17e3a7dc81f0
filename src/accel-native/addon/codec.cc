#include "codec.h"

#include "decoded-frame.h"
#include "native-audio.h"
#include "native-video-decoder.h"
#include "native-video-encoder.h"
#include "properties.h"

namespace everycodec {

int Checked(int result, const char *doing) {
  if (result >= 0) return result;
  const std::string prefix = std::string(doing) + ": ";
  if (result == DECODER_ERROR_UNSUPPORTED)
    throw CodecFailure(CodecFailure::Reason::kUnsupported, prefix + "not supported");
  if (result == DECODER_ERROR_MEMORY) throw CodecFailure(CodecFailure::Reason::kCoding, prefix + "out of memory");
  throw CodecFailure(CodecFailure::Reason::kCoding, prefix + "invalid data");
}

std::string ThreadsText(int threads) {
  return ", " + std::to_string(threads) + (threads == 1 ? " thread" : " threads");
}

std::unique_ptr<Codec> MakeCodec(const Napi::Object &parameters) {
  const std::string kind = StringOf(parameters, "kind");
  if (kind == "video-decoder") return MakeVideoDecoder(parameters);
  if (kind == "video-encoder") return MakeVideoEncoder(parameters);
  if (kind == "audio-decoder") return MakeAudioDecoder(parameters);
  if (kind == "audio-encoder") return MakeAudioEncoder(parameters);
  throw CodecFailure(CodecFailure::Reason::kUnsupported, "no such kind of codec: " + kind);
}

}  // namespace everycodec
