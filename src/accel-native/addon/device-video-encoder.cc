// Encodes video on a device. Pictures that a decoder left there stay there.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <new>
#include <string>
#include <utility>

#include "avcodec.h"
#include "device-frames.h"
#include "devices.h"
#include "native-video-encoder.h"
#include "packet-output.h"
#include "picture-input.h"

extern "C" {
#include <libavutil/opt.h>

#include "encoder-settings.h"
#include "picture.h"
#include "video-decoder.h"
}

namespace everycodec {

namespace {

// Bits per second of 720p at 30 frames a second.
constexpr double kBitrateAt720p30 = 3e6;
constexpr double kLargestBitrate = 1e9;

class DeviceVideoEncoder : public Codec {
 public:
  explicit DeviceVideoEncoder(const EncoderParameters &parameters) : parameters_(parameters) {}

  std::unique_ptr<Input> Read(const Napi::Object &input) override { return ReadPicture(input); }
  void Open() override;
  void Code(Input &input, Outputs &outputs) override;
  void Drain(Outputs &outputs) override;
  void Close() override;
  std::string Description() const override { return device_->name(); }

 private:
  // Of a picture that is being encoded, by its number, which is its time to the encoder.
  struct Times {
    double timestamp;
    double duration;
  };

  void Start(AVBufferRef *frames, const PictureColors &colors);
  void Configure(AVCodecContext *context);
  void ConfigureRate(AVCodecContext *context);
  void ConfigureLatency(AVCodecContext *context);
  FramePointer Place(PictureInput &input);
  FramePointer PlaceInMemory(const SourcePicture &source);
  bool IsOnDevice(const PictureInput &input) const;
  void ReceiveAll(Outputs &outputs);
  void Emit(Outputs &outputs, const AVPacket &packet);
  [[noreturn]] void Fail(const char *what);

  EncoderParameters parameters_;
  std::shared_ptr<Device> device_;
  const AVCodec *implementation_ = nullptr;
  CodecContextPointer context_;
  // Of pictures that come from memory.
  BufferPointer frames_;
  PacketPointer packet_;
  std::map<int64_t, Times> times_;
  int64_t count_ = 0;
};

// What libavcodec's encoders of hardware can be asked for frame by frame, or in layers, differs too much between them.
bool IsForDevices(const EncoderParameters &parameters) {
  return settings_are_valid(&parameters, kLargestBitrate) && parameters.bit_depth == 8 &&
         parameters.chroma == CHROMA_420 && parameters.temporal_layers == 1 &&
         parameters.bitrate_mode != BITRATE_QUANTIZER && !parameters.key_frames_on_request &&
         parameters.width % 2 == 0 && parameters.height % 2 == 0;
}

void DeviceVideoEncoder::Open() {
  if (!IsForDevices(parameters_))
    throw CodecFailure(CodecFailure::Reason::kUnsupported, "devices do not encode this configuration");
  device_ = FindDevice(CodecKind::kEncoder, parameters_.codec);
  implementation_ = device_ ? FindHardwareEncoder(*device_, parameters_.codec) : nullptr;
  if (!implementation_) throw CodecFailure(CodecFailure::Reason::kUnsupported, "no device encodes this codec");
  parameters_ = settings_in_range(&parameters_, 1);
  packet_.reset(av_packet_alloc());
  if (!packet_) throw std::bad_alloc();
  frames_ = MakeFramesContext(*device_, parameters_.width, parameters_.height);
  if (!frames_) throw CodecFailure(CodecFailure::Reason::kUnsupported, "the device has no pictures of this size");
  // Once, to see whether it opens: the first picture says which colours the stream has, and where pictures lie.
  Start(frames_.get(), unspecified_colors);
}

void DeviceVideoEncoder::ConfigureRate(AVCodecContext *context) {
  double bitrate = std::min(settings_bitrate(&parameters_, kBitrateAt720p30), kLargestBitrate);
  context->bit_rate = static_cast<int64_t>(bitrate);
  context->rc_max_rate = parameters_.bitrate_mode == BITRATE_CONSTANT ? context->bit_rate : 2 * context->bit_rate;
  context->rc_buffer_size = static_cast<int>(bitrate);
  const char *mode = parameters_.bitrate_mode == BITRATE_CONSTANT ? "CBR" : "VBR";
  if (device_->type() == AV_HWDEVICE_TYPE_VAAPI) av_opt_set(context->priv_data, "rc_mode", mode, 0);
  if (device_->type() == AV_HWDEVICE_TYPE_CUDA)
    av_opt_set(context->priv_data, "rc", parameters_.bitrate_mode == BITRATE_CONSTANT ? "cbr" : "vbr", 0);
}

// Options that an encoder does not have are not set.
void DeviceVideoEncoder::ConfigureLatency(AVCodecContext *context) {
  void *options = context->priv_data;
  av_opt_set(options, "forced-idr", "1", 0);
  av_opt_set(options, "async_depth", parameters_.realtime ? "1" : "2", 0);
  if (device_->type() != AV_HWDEVICE_TYPE_CUDA) return;
  av_opt_set(options, "preset", parameters_.realtime ? "p2" : "p5", 0);
  av_opt_set(options, "tune", parameters_.realtime ? "ull" : "hq", 0);
  av_opt_set(options, "zerolatency", parameters_.realtime ? "1" : "0", 0);
  av_opt_set(options, "delay", parameters_.realtime ? "0" : "2", 0);
}

void DeviceVideoEncoder::Configure(AVCodecContext *context) {
  context->width = parameters_.width;
  context->height = parameters_.height;
  context->framerate = av_d2q(parameters_.framerate, 1000000);
  context->time_base = av_inv_q(context->framerate);
  context->pix_fmt = device_->pixel_format();
  // Key frames come when they are asked for.
  context->gop_size = 3000;
  context->max_b_frames = 0;
  if (parameters_.codec == VIDEO_CODEC_AVC || parameters_.codec == VIDEO_CODEC_HEVC) {
    context->profile = parameters_.profile;
    context->level = parameters_.codec == VIDEO_CODEC_HEVC ? parameters_.level * 3 : parameters_.level;
  }
  ConfigureRate(context);
  ConfigureLatency(context);
}

void DeviceVideoEncoder::Start(AVBufferRef *frames, const PictureColors &colors) {
  context_.reset(avcodec_alloc_context3(implementation_));
  if (!context_) throw std::bad_alloc();
  Configure(context_.get());
  context_->color_primaries = static_cast<AVColorPrimaries>(colors.primaries);
  context_->color_trc = static_cast<AVColorTransferCharacteristic>(colors.transfer);
  context_->colorspace = static_cast<AVColorSpace>(colors.matrix);
  context_->color_range = colors.full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  context_->hw_frames_ctx = av_buffer_ref(frames);
  if (!context_->hw_frames_ctx) throw std::bad_alloc();
  if (avcodec_open2(context_.get(), implementation_, nullptr) < 0)
    throw CodecFailure(CodecFailure::Reason::kUnsupported, "the device refuses this configuration");
}

void DeviceVideoEncoder::Fail(const char *what) {
  device_->Lose();
  throw CodecFailure(CodecFailure::Reason::kCoding, std::string("encoding: ") + what);
}

bool DeviceVideoEncoder::IsOnDevice(const PictureInput &input) const {
  const AVFrame *frame = input.frame.get();
  if (!frame || !frame->hw_frames_ctx) return false;
  auto *frames = reinterpret_cast<const AVHWFramesContext *>(frame->hw_frames_ctx->data);
  auto *device = reinterpret_cast<const AVHWDeviceContext *>(device_->context()->data);
  return frames->device_ctx == device && frames->sw_format == AV_PIX_FMT_NV12 &&
         frame->width == parameters_.width && frame->height == parameters_.height &&
         input.source.width == parameters_.width && input.source.height == parameters_.height;
}

FramePointer DeviceVideoEncoder::PlaceInMemory(const SourcePicture &source) {
  Picture picture;
  Checked(picture_prepare(&source, &parameters_, &picture), "encoding");
  FramePointer frame = AllocateNv12(parameters_.width, parameters_.height);
  if (!frame) throw std::bad_alloc();
  for (int y = 0; y < parameters_.height; y++)
    std::memcpy(frame->data[0] + static_cast<ptrdiff_t>(y) * frame->linesize[0],
                picture.plane[0] + static_cast<ptrdiff_t>(y) * picture.stride[0], parameters_.width);
  for (int y = 0; y < parameters_.height / 2; y++) {
    const uint8_t *u = picture.plane[1] + static_cast<ptrdiff_t>(y) * picture.stride[1];
    const uint8_t *v = picture.plane[2] + static_cast<ptrdiff_t>(y) * picture.stride[2];
    uint8_t *row = frame->data[1] + static_cast<ptrdiff_t>(y) * frame->linesize[1];
    for (int x = 0; x < parameters_.width / 2; x++) {
      row[2 * x] = u[x];
      row[2 * x + 1] = v[x];
    }
  }
  return frame;
}

// The picture on the device: where it is, or a copy.
FramePointer DeviceVideoEncoder::Place(PictureInput &input) {
  PictureColors colors = picture_colors(&input.source);
  bool is_on_device = IsOnDevice(input);
  if (count_ == 0) Start(is_on_device ? input.frame->hw_frames_ctx : frames_.get(), colors);
  if (is_on_device) return CloneFrame(input.frame.get());
  input.Load();
  FramePointer frame = PlaceInMemory(input.source);
  FramePointer uploaded = Upload(frames_.get(), frame.get());
  if (!uploaded) Fail("the picture could not be copied to the device");
  return uploaded;
}

void DeviceVideoEncoder::Code(Input &input, Outputs &outputs) {
  PictureInput &picture = static_cast<PictureInput &>(input);
  FramePointer frame = Place(picture);
  frame->pict_type = picture.source.key_frame || count_ == 0 ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
  frame->pts = count_;
  times_[count_++] = {picture.source.timestamp, picture.source.duration};
  if (avcodec_send_frame(context_.get(), frame.get()) < 0) Fail("the device failed");
  ReceiveAll(outputs);
}

void DeviceVideoEncoder::ReceiveAll(Outputs &outputs) {
  for (;;) {
    int error = avcodec_receive_packet(context_.get(), packet_.get());
    if (error == AVERROR(EAGAIN) || error == AVERROR_EOF) return;
    if (error < 0) Fail("the device failed");
    Emit(outputs, *packet_);
    av_packet_unref(packet_.get());
  }
}

void DeviceVideoEncoder::Emit(Outputs &outputs, const AVPacket &packet) {
  // The registration of AV1 has no temporal delimiters in chunks.
  static const uint8_t kTemporalDelimiter[] = {0x12, 0x00};
  bool has_delimiter = parameters_.codec == VIDEO_CODEC_AV1 && packet.size > 2 &&
                       std::memcmp(packet.data, kTemporalDelimiter, sizeof(kTemporalDelimiter)) == 0;
  int skipped = has_delimiter ? 2 : 0;
  auto output = std::make_unique<PacketOutput>(packet.data + skipped, packet.size - skipped);
  auto times = times_.find(packet.pts);
  if (times == times_.end()) Fail("the device gave a packet of no picture");
  output->timestamp = times->second.timestamp;
  output->duration = times->second.duration;
  output->is_key = (packet.flags & AV_PKT_FLAG_KEY) != 0;
  output->temporal_layer = 0;
  times_.erase(times);
  outputs.push_back(std::move(output));
}

// Encoders of libavcodec begin anew only when they are opened anew.
void DeviceVideoEncoder::Drain(Outputs &outputs) {
  if (count_ == 0) return;
  if (avcodec_send_frame(context_.get(), nullptr) < 0) Fail("the device failed");
  ReceiveAll(outputs);
  count_ = 0;
  times_.clear();
}

void DeviceVideoEncoder::Close() {
  context_.reset();
  frames_.reset();
  packet_.reset();
  picture_free();
}

}  // namespace

std::unique_ptr<Codec> MakeDeviceVideoEncoder(const EncoderParameters &parameters) {
  return std::make_unique<DeviceVideoEncoder>(parameters);
}

}  // namespace everycodec
