// A picture on its way to an encoder.
#ifndef EVERYCODEC_PICTURE_INPUT_H
#define EVERYCODEC_PICTURE_INPUT_H

#include <memory>

#include "codec.h"
#include "frames.h"

extern "C" {
#include "video-encoder.h"
}

namespace everycodec {

struct PictureInput : public Input {
  // Brings the picture into memory if it is on a device; throws CodecFailure if it cannot be.
  void Load();

  // Its planes lie in JavaScript's memory, which stays until the input is consumed, or in that of `frame`. A picture on
  // a device has none.
  SourcePicture source = {};
  // A picture of a decoder's of this engine, and where the part that is meant begins.
  FramePointer frame;
  int x = 0;
  int y = 0;

  // Points `source` to the planes of `frame`.
  void FindPlanes();
};

// Reads a PictureToEncode in numbers (src/accel-native/accel-addon.ts); throws CodecFailure for planes that are not in
// their memory.
std::unique_ptr<Input> ReadPicture(const Napi::Object &input);

}  // namespace everycodec

#endif
