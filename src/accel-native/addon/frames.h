// Decoded pictures that JavaScript holds: each is an AVFrame in a slot, until it is released.
#ifndef EVERYCODEC_FRAMES_H
#define EVERYCODEC_FRAMES_H

#include <napi.h>

#include <atomic>
#include <memory>
#include <vector>

extern "C" {
#include <libavutil/frame.h>
}

#include "codec.h"
#include "glue.h"

namespace everycodec {

struct FrameDeleter {
  void operator()(AVFrame *frame) const { av_frame_free(&frame); }
};
using FramePointer = std::unique_ptr<AVFrame, FrameDeleter>;

// A new reference of the same picture; throws std::bad_alloc.
FramePointer CloneFrame(const AVFrame *frame);

bool IsHardwareFrame(const AVFrame *frame);

// Copies a picture from its device; throws CodecFailure if the device does not answer.
FramePointer DownloadFrame(const AVFrame *source);

// A picture on its way to JavaScript: an array of the numbers of DecodedFrame, addresses counted from the beginning of
// its memory (src/engine/decoded-frame.ts), and whether it lies on a device.
class FrameOutput : public Output {
 public:
  // `held` counts pictures on a device that JavaScript has: beyond `most` they are downloaded at once.
  // Throws CodecFailure for a format that WebCodecs does not know.
  FrameOutput(FramePointer frame, std::shared_ptr<std::atomic<int>> held, int most);
  Napi::Value ToJavaScript(Napi::Env env) override;

 private:
  FramePointer frame_;
  std::shared_ptr<void> hold_;
  DecodedFrame description_;
  const uint8_t *memory_;
  size_t size_;
};

// The slots of one environment.
class Frames {
 public:
  static Napi::Object Define(Napi::Env env, Napi::Object exports);
  static Frames &Of(Napi::Env env);

  // `memory` holds all planes; NULL for a picture on a device.
  int Put(Napi::Env env, FramePointer frame, std::shared_ptr<void> hold, const uint8_t *memory, size_t size);
  // The frame in a slot, or NULL.
  const AVFrame *Get(int slot);

 private:
  struct Slot {
    FramePointer frame;
    // Counts the picture among those of its device.
    std::shared_ptr<void> hold;
    const uint8_t *memory = nullptr;
    size_t size = 0;
    // Of the picture: slots are used again.
    uint64_t number = 0;
    Napi::Reference<Napi::ArrayBuffer> buffer;
  };

  class Download;

  // release(slot): the picture is given up; its ArrayBuffer, if there is one, is detached.
  static void Release(const Napi::CallbackInfo &info);
  // buffer(slot): an ArrayBuffer that is the picture's own memory; a picture on a device is downloaded first.
  static Napi::Value Buffer(const Napi::CallbackInfo &info);
  // download(slot): resolves when the picture of a device is in memory.
  static Napi::Value StartDownload(const Napi::CallbackInfo &info);

  Slot *Find(int slot);

  std::vector<Slot> slots_;
  std::vector<int> free_;
  uint64_t count_ = 0;
};

}  // namespace everycodec

#endif
