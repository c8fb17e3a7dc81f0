#include "device-frames.h"

#include <cstring>

namespace everycodec {

namespace {

// Pictures that an encoder works on at a time, with those on their way.
constexpr int kPoolSize = 20;

}  // namespace

BufferPointer MakeFramesContext(const Device &device, int width, int height) {
  BufferPointer buffer(av_hwframe_ctx_alloc(device.context()));
  if (!buffer) return nullptr;
  auto *frames = reinterpret_cast<AVHWFramesContext *>(buffer->data);
  frames->format = device.pixel_format();
  frames->sw_format = AV_PIX_FMT_NV12;
  frames->width = width;
  frames->height = height;
  frames->initial_pool_size = kPoolSize;
  return av_hwframe_ctx_init(buffer.get()) < 0 ? nullptr : std::move(buffer);
}

FramePointer Upload(AVBufferRef *frames, const AVFrame *source) {
  FramePointer frame(av_frame_alloc());
  if (!frame || av_hwframe_get_buffer(frames, frame.get(), 0) < 0) return nullptr;
  frame->width = source->width;
  frame->height = source->height;
  return av_hwframe_transfer_data(frame.get(), source, 0) < 0 ? nullptr : std::move(frame);
}

FramePointer AllocateNv12(int width, int height) {
  FramePointer frame(av_frame_alloc());
  if (!frame) return nullptr;
  frame->format = AV_PIX_FMT_NV12;
  frame->width = width;
  frame->height = height;
  return av_frame_get_buffer(frame.get(), 0) < 0 ? nullptr : std::move(frame);
}

FramePointer GreyFrame(AVBufferRef *frames, int width, int height) {
  FramePointer frame = AllocateNv12(width, height);
  if (!frame) return nullptr;
  std::memset(frame->data[0], 128, static_cast<size_t>(frame->linesize[0]) * height);
  std::memset(frame->data[1], 128, static_cast<size_t>(frame->linesize[1]) * (height / 2));
  return Upload(frames, frame.get());
}

}  // namespace everycodec
