#include "native-video-encoder.h"

#include <string>

#include "packet-output.h"
#include "picture-input.h"
#include "properties.h"
#include "video-encoders.h"

extern "C" {
#include <vpx/vpx_codec.h>

#include "video-decoder.h"
}

namespace everycodec {

namespace {

// libvpx 1.12 writes 4:2:0 into the headers of 4:4:4 when there are layers; 1.17 does not.
bool WritesWrongHeaders(const EncoderParameters &parameters) {
  constexpr int kFirstRight = 1 << 16 | 17 << 8;
  return parameters.codec == VIDEO_CODEC_VP9 && parameters.temporal_layers > 1 && parameters.chroma != CHROMA_420 &&
         vpx_codec_version() < kFirstRight;
}

class VideoEncoder : public Codec {
 public:
  explicit VideoEncoder(const EncoderParameters &parameters)
      : parameters_(parameters), library_(video_encoder_library(parameters.codec)) {}

  std::unique_ptr<Input> Read(const Napi::Object &input) override { return ReadPicture(input); }

  void Open() override {
    if (!library_) throw CodecFailure(CodecFailure::Reason::kUnsupported, "this build has no encoder for the codec");
    if (WritesWrongHeaders(parameters_))
      throw CodecFailure(CodecFailure::Reason::kUnsupported, "this libvpx is too old for layers of such pictures");
    Checked(library_->open(&parameters_), "opening the encoder");
  }

  void Code(Input &input, Outputs &outputs) override {
    PictureInput &picture = static_cast<PictureInput &>(input);
    picture.Load();
    Checked(library_->encode(&picture.source), "encoding");
    ReceiveAll(outputs);
  }

  void Drain(Outputs &outputs) override {
    Checked(library_->drain(), "draining the encoder");
    ReceiveAll(outputs);
  }

  void Close() override {
    if (library_) library_->close();
  }

  std::string Description() const override { return library_->name + ThreadsText(parameters_.threads); }

 private:
  void ReceiveAll(Outputs &outputs) {
    EncodedPacket packet;
    while (Checked(library_->receive(&packet), "encoding") == 1) {
      auto output = std::make_unique<PacketOutput>(packet.data, packet.size);
      output->is_key = packet.key_frame != 0;
      output->timestamp = packet.timestamp;
      output->duration = packet.duration;
      output->temporal_layer = packet.temporal_layer;
      outputs.push_back(std::move(output));
    }
  }

  EncoderParameters parameters_;
  const VideoEncoderLibrary *library_;
};

EncoderParameters ReadParameters(const Napi::Object &parameters) {
  EncoderParameters settings = {};
  settings.bitrate = NumberOf(parameters, "bitrate");
  settings.framerate = NumberOf(parameters, "framerate");
  settings.codec = IntegerOf(parameters, "codec");
  settings.profile = IntegerOf(parameters, "profile");
  settings.constraints = IntegerOf(parameters, "constraints");
  settings.level = IntegerOf(parameters, "level");
  settings.bit_depth = IntegerOf(parameters, "bitDepth");
  settings.chroma = IntegerOf(parameters, "chroma");
  settings.width = IntegerOf(parameters, "width");
  settings.height = IntegerOf(parameters, "height");
  settings.bitrate_mode = IntegerOf(parameters, "bitrateMode");
  settings.realtime = IntegerOf(parameters, "realtime");
  settings.temporal_layers = IntegerOf(parameters, "temporalLayers");
  settings.screen_content = IntegerOf(parameters, "screenContent");
  settings.key_frames_on_request = IntegerOf(parameters, "keyFramesOnRequest");
  settings.threads = IntegerOf(parameters, "threads");
  return settings;
}

}  // namespace

std::unique_ptr<Codec> MakeVideoEncoder(const Napi::Object &parameters) {
  EncoderParameters settings = ReadParameters(parameters);
  if (IntegerOf(parameters, "hardware")) return MakeDeviceVideoEncoder(settings);
  return std::make_unique<VideoEncoder>(settings);
}

}  // namespace everycodec
