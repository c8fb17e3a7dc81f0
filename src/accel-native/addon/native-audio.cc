// Audio through the glue that the packs are made of.
#include "native-audio.h"

#include <cstring>
#include <utility>
#include <vector>

#include "audio-codecs.h"
#include "packet-input.h"
#include "packet-output.h"
#include "properties.h"

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace everycodec {

namespace {

bool IsPlanar(int format) { return format >= SAMPLE_FORMAT_U8_PLANAR; }

size_t BytesPerSample(int format) {
  static const size_t sizes[] = {1, 2, 4, 4};
  return sizes[format % SAMPLE_FORMAT_U8_PLANAR];
}

// Samples of src/engine/engine.ts, `format` as a number.
class SamplesOutput : public Output {
 public:
  explicit SamplesOutput(const DecodedSamples &samples) : samples_(samples) {
    size_t planes = IsPlanar(samples.format) ? samples.channels : 1;
    size_t bytes = samples.frames * samples.channels * BytesPerSample(samples.format) / planes;
    data_.reserve(bytes * planes);
    for (size_t plane = 0; plane < planes; plane++)
      data_.insert(data_.end(), samples.planes[plane], samples.planes[plane] + bytes);
  }

  Napi::Value ToJavaScript(Napi::Env env) override {
    Napi::Object samples = Napi::Object::New(env);
    samples["format"] = Napi::Number::New(env, samples_.format);
    samples["sampleRate"] = Napi::Number::New(env, samples_.sample_rate);
    samples["numberOfFrames"] = Napi::Number::New(env, samples_.frames);
    samples["numberOfChannels"] = Napi::Number::New(env, samples_.channels);
    samples["timestamp"] = Napi::Number::New(env, samples_.timestamp);
    samples["data"] = ToUint8Array(env, data_);
    return samples;
  }

 private:
  DecodedSamples samples_;
  std::vector<uint8_t> data_;
};

constexpr unsigned kFirstWithXheAac = AV_VERSION_INT(61, 19, 0);
constexpr unsigned kFirstWith32BitFlac = AV_VERSION_INT(60, 0, 0);

// audioObjectType of an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1): five bits, or six more.
bool IsXheAac(const std::vector<uint8_t> &description) {
  constexpr int kEscape = 31, kUsac = 42;
  if (description.size() < 2 || description[0] >> 3 != kEscape) return false;
  return 32 + ((description[0] & 7) << 3 | description[1] >> 5) == kUsac;
}

// STREAMINFO (RFC 9639, 8.2) follows "fLaC" and a header.
bool Is32BitFlac(const std::vector<uint8_t> &description) {
  constexpr size_t kStreamInfo = 8;
  if (description.size() < kStreamInfo + 14) return false;
  const uint8_t *info = description.data() + kStreamInfo;
  return ((info[12] & 1) << 4 | info[13] >> 4) + 1 == 32;
}

// What a system's older FFmpeg would decode to nothing, or to noise.
bool IsTooNew(int codec, const std::vector<uint8_t> &description) {
  if (codec == AUDIO_CODEC_AAC) return avcodec_version() < kFirstWithXheAac && IsXheAac(description);
  if (codec == AUDIO_CODEC_FLAC) return avcodec_version() < kFirstWith32BitFlac && Is32BitFlac(description);
  return false;
}

class AudioDecoder : public Codec {
 public:
  AudioDecoder(int codec, int sample_rate, int channels, std::vector<uint8_t> description)
      : codec_(codec), sample_rate_(sample_rate), channels_(channels), description_(std::move(description)) {}

  std::unique_ptr<Input> Read(const Napi::Object &input) override { return ReadPacket(input); }

  void Open() override {
    if (IsTooNew(codec_, description_))
      throw CodecFailure(CodecFailure::Reason::kUnsupported, "this FFmpeg is too old for the stream");
    int size = static_cast<int>(description_.size());
    Checked(decoder_open(codec_, sample_rate_, channels_, description_.data(), size), "opening the decoder");
  }

  void Code(Input &input, Outputs &outputs) override {
    PacketInput &packet = static_cast<PacketInput &>(input);
    int size = static_cast<int>(packet.size());
    Checked(decoder_decode(packet.data(), size, packet.timestamp, packet.duration), "decoding");
    ReceiveAll(outputs);
  }

  void Drain(Outputs &outputs) override {
    Checked(decoder_drain(), "draining the decoder");
    ReceiveAll(outputs);
  }

  void Close() override { decoder_close(); }

  std::string Description() const override { return "1 thread"; }

 private:
  static void ReceiveAll(Outputs &outputs) {
    DecodedSamples samples;
    while (Checked(decoder_receive(&samples), "decoding") == 1)
      outputs.push_back(std::make_unique<SamplesOutput>(samples));
  }

  int codec_, sample_rate_, channels_;
  std::vector<uint8_t> description_;
};

// Samples on their way to an encoder. A copy: the program may change its own.
struct SamplesInput : public Input {
  double timestamp = 0;
  int format = 0;
  int frames = 0;
  std::vector<uint8_t> data;
};

// "If the return value is 2 bytes or less, then the packet does not need to be transmitted (DTX)": opus_encode().
constexpr int kMostBytesOfSilence = 2;

class AudioEncoder : public Codec {
 public:
  explicit AudioEncoder(const EncoderParameters &parameters) : parameters_(parameters) {}

  std::unique_ptr<Input> Read(const Napi::Object &input) override {
    auto samples = std::make_unique<SamplesInput>();
    samples->timestamp = NumberOf(input, "timestamp");
    samples->format = IntegerOf(input, "format");
    samples->frames = IntegerOf(input, "numberOfFrames");
    samples->data = CopyOf(BytesOf(input, "data"));
    return samples;
  }

  void Open() override { Checked(encoder_open(&parameters_), "opening the encoder"); }

  void Code(Input &input, Outputs &outputs) override {
    SamplesInput &samples = static_cast<SamplesInput &>(input);
    bool is_known = samples.format >= 0 && samples.format <= SAMPLE_FORMAT_F32_PLANAR && samples.frames > 0;
    size_t frame_size = is_known ? BytesPerSample(samples.format) * parameters_.channels : 0;
    if (!is_known || samples.data.size() < samples.frames * frame_size)
      throw CodecFailure(CodecFailure::Reason::kCoding, "encoding: fewer samples than were said");
    const SourceSamples source = {samples.timestamp, samples.format, samples.frames, samples.data.data()};
    Checked(encoder_encode(&source), "encoding");
    ReceiveAll(outputs);
  }

  void Drain(Outputs &outputs) override {
    Checked(encoder_drain(), "draining the encoder");
    ReceiveAll(outputs);
  }

  void Close() override { encoder_close(); }

  std::string Description() const override { return "1 thread"; }

 private:
  void ReceiveAll(Outputs &outputs) {
    EncodedPacket packet;
    while (Checked(encoder_receive(&packet), "encoding") == 1) {
      if (parameters_.opus_dtx && packet.size <= kMostBytesOfSilence) continue;
      auto output = std::make_unique<PacketOutput>(packet.data, packet.size);
      output->timestamp = packet.timestamp;
      output->duration = packet.duration;
      if (!std::exchange(is_described_, true)) Describe(*output);
      outputs.push_back(std::move(output));
    }
  }

  static void Describe(PacketOutput &output) {
    const uint8_t *description = encoder_description();
    if (description) output.description.assign(description, description + encoder_description_size());
  }

  EncoderParameters parameters_;
  bool is_described_ = false;
};

}  // namespace

std::unique_ptr<Codec> MakeAudioDecoder(const Napi::Object &parameters) {
  return std::make_unique<AudioDecoder>(IntegerOf(parameters, "codec"), IntegerOf(parameters, "sampleRate"),
                                        IntegerOf(parameters, "channels"), CopyOf(BytesOf(parameters, "description")));
}

std::unique_ptr<Codec> MakeAudioEncoder(const Napi::Object &parameters) {
  EncoderParameters settings = {};
  settings.bitrate = NumberOf(parameters, "bitrate");
  settings.codec = IntegerOf(parameters, "codec");
  settings.sample_rate = IntegerOf(parameters, "sampleRate");
  settings.channels = IntegerOf(parameters, "channels");
  settings.constant_bitrate = IntegerOf(parameters, "constantBitrate");
  settings.opus_signal = IntegerOf(parameters, "opusSignal");
  settings.opus_application = IntegerOf(parameters, "opusApplication");
  settings.opus_frame_duration = IntegerOf(parameters, "opusFrameDuration");
  settings.opus_complexity = IntegerOf(parameters, "opusComplexity");
  settings.opus_packet_loss = IntegerOf(parameters, "opusPacketLoss");
  settings.opus_fec = IntegerOf(parameters, "opusFec");
  settings.opus_dtx = IntegerOf(parameters, "opusDtx");
  settings.flac_block_size = IntegerOf(parameters, "flacBlockSize");
  settings.flac_compress_level = IntegerOf(parameters, "flacCompressLevel");
  return std::make_unique<AudioEncoder>(settings);
}

}  // namespace everycodec
