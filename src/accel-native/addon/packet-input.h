// An encoded chunk on its way to a decoder.
#ifndef EVERYCODEC_PACKET_INPUT_H
#define EVERYCODEC_PACKET_INPUT_H

#include <cstring>
#include <memory>
#include <vector>

#include "codec.h"
#include "properties.h"

namespace everycodec {

// A copy of the bytes: the program may change its own. Decoders read beyond the end.
class PacketInput : public Input {
 public:
  PacketInput(Bytes bytes, double timestamp, double duration)
      : timestamp(timestamp), duration(duration), data_(bytes.size + kPadding), size_(bytes.size) {
    if (bytes.size > 0) std::memcpy(data_.data(), bytes.data, bytes.size);
  }

  uint8_t *data() { return data_.data(); }
  size_t size() const { return size_; }

  // µs; the duration is negative where it is not known.
  const double timestamp;
  const double duration;
  // It is known to be none: decoders would pass over it in silence.
  bool is_invalid = false;
  // Pictures that its stream says are to be held back, if the decoder was not told before.
  int reorder_depth = 0;

 private:
  // AV_INPUT_BUFFER_PADDING_SIZE.
  static constexpr size_t kPadding = 64;

  std::vector<uint8_t> data_;
  size_t size_;
};

inline std::unique_ptr<Input> ReadPacket(const Napi::Object &input) {
  Napi::Value duration = input.Get("duration");
  auto packet = std::make_unique<PacketInput>(BytesOf(input, "data"), NumberOf(input, "timestamp"),
                                              duration.IsNumber() ? duration.As<Napi::Number>().DoubleValue() : -1);
  packet->is_invalid = IntegerOf(input, "isInvalid") != 0;
  packet->reorder_depth = IntegerOf(input, "reorderDepth");
  return packet;
}

}  // namespace everycodec

#endif
