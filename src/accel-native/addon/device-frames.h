// Pictures in a device's memory that are to be encoded.
#ifndef EVERYCODEC_DEVICE_FRAMES_H
#define EVERYCODEC_DEVICE_FRAMES_H

#include <memory>

#include "devices.h"
#include "frames.h"

namespace everycodec {

struct BufferDeleter {
  void operator()(AVBufferRef *buffer) const { av_buffer_unref(&buffer); }
};
using BufferPointer = std::unique_ptr<AVBufferRef, BufferDeleter>;

// A pool of NV12 pictures on the device; null if it has none of that size.
BufferPointer MakeFramesContext(const Device &device, int width, int height);

// A picture of that pool with the pixels of `source`, which is NV12 in memory; null if the device fails.
FramePointer Upload(AVBufferRef *frames, const AVFrame *source);

// A picture in memory; null if there is none to be had.
FramePointer AllocateNv12(int width, int height);

FramePointer GreyFrame(AVBufferRef *frames, int width, int height);

}  // namespace everycodec

#endif
