#include "native-video-decoder.h"

#include <atomic>
#include <cstring>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "avcodec.h"
#include "devices.h"
#include "frame-pool.h"
#include "frames.h"
#include "packet-input.h"
#include "properties.h"

extern "C" {
#include "video-decoder.h"
}

namespace everycodec {

namespace {

// Pictures on a device that a program may hold: pools do not grow. What it holds beyond them is downloaded.
constexpr int kHeldFrames = 16;
// And those between the decoder and the program.
constexpr int kFramesUnderway = 8;

struct Settings {
  int codec;
  int threads;
  bool low_latency;
  // Pictures to hold back for presentation order; negative: as the first packet says.
  int reorder_depth;
  bool hardware;
  std::vector<uint8_t> description;
};

class VideoDecoder : public Codec {
 public:
  explicit VideoDecoder(Settings settings) : settings_(std::move(settings)) {}

  std::unique_ptr<Input> Read(const Napi::Object &input) override { return ReadPacket(input); }
  void Open() override;
  void Code(Input &input, Outputs &outputs) override;
  void Drain(Outputs &outputs) override;
  void Close() override;
  std::string Description() const override;
  bool HasChanged() override { return std::exchange(has_changed_, false); }

 private:
  void OpenContext();
  void Decode(PacketInput &packet, Outputs &outputs);
  void LeaveDevice();
  const AVCodec *ChooseImplementation();
  void Configure(AVCodecContext *context);
  void SetDescription(AVCodecContext *context);
  void ReceiveAll(Outputs &outputs);
  bool Receive(Outputs &outputs);
  void Rescue(Outputs &outputs);
  [[noreturn]] void Fail(int error);

  static AVPixelFormat ChooseFormat(AVCodecContext *context, const AVPixelFormat *formats);

  Settings settings_;
  const AVCodec *implementation_ = nullptr;
  std::shared_ptr<Device> device_;
  // Outlives the context, not the pictures: what they hold of it counts itself.
  std::unique_ptr<FramePool> pool_ = std::make_unique<FramePool>();
  // Pictures on the device that JavaScript has.
  std::shared_ptr<std::atomic<int>> held_ = std::make_shared<std::atomic<int>>(0);
  CodecContextPointer context_;
  PacketPointer packet_;
  // The description cannot be read: that shows when something is to be decoded.
  bool is_broken_ = false;
  bool is_first_ = true;
  bool has_changed_ = false;
  // The device, not the stream.
  bool has_failed_ = false;
};

const AVCodec *VideoDecoder::ChooseImplementation() {
  if (settings_.hardware) {
    device_ = FindDevice(CodecKind::kDecoder, settings_.codec);
    const AVCodec *implementation = device_ ? FindHardwareDecoder(*device_, settings_.codec) : nullptr;
    if (!implementation) throw CodecFailure(CodecFailure::Reason::kUnsupported, "no device decodes this codec");
    return implementation;
  }
  const AVCodec *implementation = settings_.codec == VIDEO_CODEC_AV1
                                      ? avcodec_find_decoder_by_name("libdav1d")
                                      : avcodec_find_decoder(VideoCodecId(settings_.codec));
  if (!implementation)
    throw CodecFailure(CodecFailure::Reason::kUnsupported, "this FFmpeg has no decoder for the codec");
  return implementation;
}

void VideoDecoder::SetDescription(AVCodecContext *context) {
  const std::vector<uint8_t> &description = settings_.description;
  if (description.empty()) return;
  context->extradata = static_cast<uint8_t *>(av_mallocz(description.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  if (!context->extradata) throw std::bad_alloc();
  std::memcpy(context->extradata, description.data(), description.size());
  context->extradata_size = static_cast<int>(description.size());
}

// The device's own format, if the stream suits it.
AVPixelFormat VideoDecoder::ChooseFormat(AVCodecContext *context, const AVPixelFormat *formats) {
  auto *decoder = static_cast<VideoDecoder *>(context->opaque);
  for (; *formats != AV_PIX_FMT_NONE; formats++)
    if (*formats == decoder->device_->pixel_format()) return *formats;
  return AV_PIX_FMT_NONE;
}

void VideoDecoder::Configure(AVCodecContext *context) {
  context->pkt_timebase = kMicroseconds;
  // Each frame thread holds one more picture back; a device has its own order.
  context->thread_count = device_ ? 1 : settings_.threads;
  context->thread_type = settings_.low_latency ? FF_THREAD_SLICE : FF_THREAD_FRAME;
  // Without this FFmpeg learns the depth from the pictures that came out in the wrong order.
  context->has_b_frames = settings_.reorder_depth;
  context->max_pixels = MAX_PIXELS;
  // The crop's left edge may lie anywhere: nothing here needs aligned rows.
  context->flags |= AV_CODEC_FLAG_UNALIGNED;
  SetDescription(context);
  if (device_) {
    context->hw_device_ctx = av_buffer_ref(device_->context());
    if (!context->hw_device_ctx) throw std::bad_alloc();
    context->opaque = this;
    context->get_format = ChooseFormat;
    // A stream of Baseline is almost always one of Constrained Baseline, which devices have.
    context->hwaccel_flags |= AV_HWACCEL_FLAG_ALLOW_PROFILE_MISMATCH;
    // Pictures stay on the device as long as the program holds them.
    context->extra_hw_frames = kHeldFrames + kFramesUnderway;
    return;
  }
  context->opaque = pool_.get();
  context->get_buffer2 = FramePool::GetBuffer;
}

// How deep the stream reorders may stand in its first packet alone.
void VideoDecoder::Open() {
  implementation_ = ChooseImplementation();
  if (settings_.reorder_depth >= 0) OpenContext();
}

void VideoDecoder::OpenContext() {
  context_.reset(avcodec_alloc_context3(implementation_));
  packet_.reset(av_packet_alloc());
  if (!context_ || !packet_) throw std::bad_alloc();
  Configure(context_.get());
  AVDictionary *options = nullptr;
  // dav1d's own count of pictures that it works on at a time: one is what the specification's low latency means.
  if (settings_.codec == VIDEO_CODEC_AV1 && settings_.low_latency) av_dict_set(&options, "max_frame_delay", "1", 0);
  int error = avcodec_open2(context_.get(), implementation_, &options);
  av_dict_free(&options);
  if (error == AVERROR(ENOMEM)) throw std::bad_alloc();
  is_broken_ = error < 0;
}

// CUDA's drivers fail with one, VAAPI's with the other.
bool IsFaultOfDevice(int error) { return error == AVERROR_EXTERNAL || error == AVERROR(EIO); }

void VideoDecoder::Fail(int error) {
  if (error == AVERROR(ENOMEM)) throw std::bad_alloc();
  has_failed_ = device_ && IsFaultOfDevice(error);
  if (has_failed_) device_->Lose();
  char text[AV_ERROR_MAX_STRING_SIZE];
  av_make_error_string(text, sizeof(text), error);
  throw CodecFailure(CodecFailure::Reason::kCoding, std::string("decoding: ") + text);
}

void VideoDecoder::Code(Input &input, Outputs &outputs) {
  PacketInput &packet = static_cast<PacketInput &>(input);
  if (!context_) {
    settings_.reorder_depth = packet.reorder_depth;
    OpenContext();
  }
  if (is_broken_) Fail(AVERROR_INVALIDDATA);
  try {
    if (packet.is_invalid) Fail(AVERROR_INVALIDDATA);
    Decode(packet, outputs);
  } catch (const CodecFailure &) {
    Rescue(outputs);
    throw;
  }
}

void VideoDecoder::Decode(PacketInput &packet, Outputs &outputs) {
  packet_->data = packet.data();
  packet_->size = static_cast<int>(packet.size());
  packet_->pts = static_cast<int64_t>(packet.timestamp);
  packet_->dts = AV_NOPTS_VALUE;
  packet_->duration = packet.duration < 0 ? 0 : static_cast<int64_t>(packet.duration);
  int error = avcodec_send_packet(context_.get(), packet_.get());
  packet_->data = nullptr;
  packet_->size = 0;
  bool is_first = std::exchange(is_first_, false);
  if (error < 0 && is_first && device_) {
    // A size, a profile or a format that the device lacks: it has done nothing yet.
    LeaveDevice();
    Decode(packet, outputs);
    return;
  }
  if (error < 0) Fail(error);
  ReceiveAll(outputs);
}

// Software takes over.
void VideoDecoder::LeaveDevice() {
  settings_.hardware = false;
  device_.reset();
  implementation_ = ChooseImplementation();
  OpenContext();
  has_changed_ = true;
}

// Pictures from before the fault may still wait for their turn in presentation order.
void VideoDecoder::Rescue(Outputs &outputs) {
  // What a device has that failed is not what was decoded.
  if (has_failed_) return;
  try {
    Drain(outputs);
  } catch (const CodecFailure &) {
    // The fault that led here is the one to report.
  }
}

void VideoDecoder::ReceiveAll(Outputs &outputs) {
  while (Receive(outputs)) continue;
}

bool VideoDecoder::Receive(Outputs &outputs) {
  FramePointer frame(av_frame_alloc());
  if (!frame) throw std::bad_alloc();
  int error = avcodec_receive_frame(context_.get(), frame.get());
  if (error == AVERROR(EAGAIN)) return false;
  if (error == AVERROR_EOF) {
    avcodec_flush_buffers(context_.get());
    return false;
  }
  if (error < 0) Fail(error);
  if (!IsHardwareFrame(frame.get()) && frame_replace_format(frame.get()) < 0) throw std::bad_alloc();
  outputs.push_back(std::make_unique<FrameOutput>(std::move(frame), held_, kHeldFrames));
  return true;
}

void VideoDecoder::Drain(Outputs &outputs) {
  if (!context_ || is_broken_) return;
  int error = avcodec_send_packet(context_.get(), nullptr);
  if (error < 0 && error != AVERROR_EOF) Fail(error);
  ReceiveAll(outputs);
}

void VideoDecoder::Close() {
  context_.reset();
  packet_.reset();
}

std::string VideoDecoder::Description() const {
  if (settings_.hardware) return device_->name();
  return implementation_->name + ThreadsText(settings_.threads);
}

}  // namespace

std::unique_ptr<Codec> MakeVideoDecoder(const Napi::Object &parameters) {
  Settings settings;
  settings.codec = IntegerOf(parameters, "codec");
  settings.threads = IntegerOf(parameters, "threads");
  settings.low_latency = IntegerOf(parameters, "lowLatency") != 0;
  settings.reorder_depth = IntegerOf(parameters, "reorderDepth");
  settings.hardware = IntegerOf(parameters, "hardware") != 0;
  settings.description = CopyOf(BytesOf(parameters, "description"));
  return std::make_unique<VideoDecoder>(std::move(settings));
}

}  // namespace everycodec
