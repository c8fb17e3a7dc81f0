#include "device-trial.h"

#include <cstdlib>
#include <cstring>

#include "avcodec.h"
#include "device-frames.h"
#include "frames.h"
#include "trial-streams.h"

namespace everycodec {

namespace {

AVPixelFormat OnlyOnDevice(AVCodecContext *context, const AVPixelFormat *formats) {
  auto *device = static_cast<const Device *>(context->opaque);
  for (; *formats != AV_PIX_FMT_NONE; formats++)
    if (*formats == device->pixel_format()) return *formats;
  return AV_PIX_FMT_NONE;
}

bool SendStream(AVCodecContext *context, const TrialStream &stream) {
  PacketPointer packet(av_packet_alloc());
  if (!packet || av_new_packet(packet.get(), static_cast<int>(stream.size)) < 0) return false;
  std::memcpy(packet->data, stream.data, stream.size);
  return avcodec_send_packet(context, packet.get()) >= 0 && avcodec_send_packet(context, nullptr) >= 0;
}

// The trial streams' pictures; what a driver gives out that has failed is another one.
bool IsGrey(const AVFrame *frame) {
  constexpr int kGrey = 128, kTolerance = 4;
  if (frame->format != AV_PIX_FMT_NV12 || frame->width < kTrialSize || frame->height < kTrialSize) return false;
  for (int y = 0; y < kTrialSize; y += kTrialSize / 8)
    for (int x = 0; x < kTrialSize; x += kTrialSize / 8)
      if (std::abs(frame->data[0][y * frame->linesize[0] + x] - kGrey) > kTolerance) return false;
  return true;
}

}  // namespace

bool TryDecoding(const Device &device, int codec) {
  const AVCodec *implementation = FindHardwareDecoder(device, codec);
  if (!implementation) return false;
  CodecContextPointer context(avcodec_alloc_context3(implementation));
  if (!context) return false;
  context->thread_count = 1;
  context->hwaccel_flags |= AV_HWACCEL_FLAG_ALLOW_PROFILE_MISMATCH;
  context->opaque = const_cast<Device *>(&device);
  context->get_format = OnlyOnDevice;
  context->hw_device_ctx = av_buffer_ref(device.context());
  if (!context->hw_device_ctx || avcodec_open2(context.get(), implementation, nullptr) < 0) return false;
  if (!SendStream(context.get(), trial_streams[codec])) return false;
  FramePointer frame(av_frame_alloc()), downloaded(av_frame_alloc());
  if (!frame || !downloaded || avcodec_receive_frame(context.get(), frame.get()) < 0) return false;
  if (!IsHardwareFrame(frame.get())) return false;
  // Drivers prefer other layouts where they are left the choice.
  downloaded->format = AV_PIX_FMT_NV12;
  return av_hwframe_transfer_data(downloaded.get(), frame.get(), 0) >= 0 && IsGrey(downloaded.get());
}

bool TryEncoding(const Device &device, int codec) {
  const AVCodec *implementation = FindHardwareEncoder(device, codec);
  if (!implementation) return false;
  BufferPointer frames = MakeFramesContext(device, kTrialSize, kTrialSize);
  CodecContextPointer context(avcodec_alloc_context3(implementation));
  if (!context || !frames) return false;
  context->width = context->height = kTrialSize;
  context->time_base = {1, 30};
  context->framerate = {30, 1};
  context->pix_fmt = device.pixel_format();
  context->max_b_frames = 0;
  context->hw_frames_ctx = av_buffer_ref(frames.get());
  if (!context->hw_frames_ctx || avcodec_open2(context.get(), implementation, nullptr) < 0) return false;
  FramePointer frame = GreyFrame(frames.get(), kTrialSize, kTrialSize);
  PacketPointer packet(av_packet_alloc());
  if (!frame || !packet || avcodec_send_frame(context.get(), frame.get()) < 0) return false;
  avcodec_send_frame(context.get(), nullptr);
  return avcodec_receive_packet(context.get(), packet.get()) >= 0 && packet->size > 0;
}

}  // namespace everycodec
