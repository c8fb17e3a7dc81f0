// An encoded chunk on its way to JavaScript.
#ifndef EVERYCODEC_PACKET_OUTPUT_H
#define EVERYCODEC_PACKET_OUTPUT_H

#include <cstring>
#include <vector>

#include "codec.h"

namespace everycodec {

// A copy: encoders use their memory again.
inline Napi::Uint8Array ToUint8Array(Napi::Env env, const std::vector<uint8_t> &bytes) {
  Napi::Uint8Array array = Napi::Uint8Array::New(env, bytes.size());
  if (!bytes.empty()) std::memcpy(array.Data(), bytes.data(), bytes.size());
  return array;
}

// EncodedVideoPacket or EncodedAudioPacket of src/engine/engine.ts.
struct PacketOutput : public Output {
  PacketOutput(const uint8_t *bytes, size_t size) : data(bytes, bytes + size) {}

  Napi::Value ToJavaScript(Napi::Env env) override {
    Napi::Object packet = Napi::Object::New(env);
    packet["type"] = Napi::String::New(env, is_key ? "key" : "delta");
    packet["timestamp"] = Napi::Number::New(env, timestamp);
    packet["duration"] = duration < 0 ? env.Null() : Napi::Value(Napi::Number::New(env, duration));
    packet["data"] = ToUint8Array(env, data);
    if (temporal_layer >= 0) packet["temporalLayerId"] = Napi::Number::New(env, temporal_layer);
    if (!description.empty()) packet["description"] = ToUint8Array(env, description);
    return packet;
  }

  std::vector<uint8_t> data;
  bool is_key = true;
  // µs; the duration is negative where it is not known.
  double timestamp = 0;
  double duration = -1;
  // Negative: of audio.
  int temporal_layer = -1;
  // The codec's global header, with the first packet of audio.
  std::vector<uint8_t> description;
};

}  // namespace everycodec

#endif
