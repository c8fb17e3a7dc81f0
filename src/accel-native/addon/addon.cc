// What the addon exports; src/accel-native/accel-addon.ts tells it as TypeScript.
#include <napi.h>

#include <memory>
#include <string>
#include <utility>

#include "codec.h"
#include "conversion.h"
#include "devices.h"
#include "frames.h"
#include "session.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/log.h>
}

namespace everycodec {

namespace {

// Rises when everycodec and the addon would no longer understand each other.
constexpr int kInterfaceVersion = 1;

// Opens a codec and closes it again, on a thread of its own: sessions remember by their thread.
class Trial : public Napi::AsyncWorker {
 public:
  Trial(Napi::Env env, std::unique_ptr<Codec> codec)
      : Napi::AsyncWorker(env), deferred_(env), codec_(std::move(codec)) {}

  Napi::Promise Promise() { return deferred_.Promise(); }

  void Execute() override {
    try {
      codec_->Open();
      is_supported_ = true;
    } catch (const std::exception &) {
      is_supported_ = false;
    }
    codec_->Close();
  }

  void OnOK() override { deferred_.Resolve(Napi::Boolean::New(Env(), is_supported_)); }

 private:
  Napi::Promise::Deferred deferred_;
  std::unique_ptr<Codec> codec_;
  bool is_supported_ = false;
};

// supports(parameters): whether such a session can be opened, found out by doing so.
Napi::Value Supports(const Napi::CallbackInfo &info) {
  auto *trial = new Trial(info.Env(), MakeCodec(info[0].As<Napi::Object>()));
  trial->Queue();
  return trial->Promise();
}

const char *const kCodecNames[] = {"avc", "hevc", "vp8", "vp9", "av1"};

// Asks every device for everything, which takes as long as its driver takes.
class Survey : public Napi::AsyncWorker {
 public:
  explicit Survey(Napi::Env env) : Napi::AsyncWorker(env), deferred_(env) {}

  Napi::Promise Promise() { return deferred_.Promise(); }

  void Execute() override {
    for (const DeviceReport &report : FindDevices()) {
      Entry entry{report.name, report.reason, {}, {}};
      if (report.device) Ask(*report.device, entry);
      entries_.push_back(std::move(entry));
    }
  }

  void OnOK() override {
    Napi::Env env = Env();
    Napi::Array list = Napi::Array::New(env, entries_.size());
    for (uint32_t i = 0; i < entries_.size(); i++) list[i] = Describe(env, entries_[i]);
    deferred_.Resolve(list);
  }

 private:
  struct Entry {
    std::string name, reason;
    std::vector<const char *> decode, encode;
  };

  static void Ask(Device &device, Entry &entry) {
    for (int codec = 0; codec < 5; codec++) {
      if (device.Can(CodecKind::kDecoder, codec)) entry.decode.push_back(kCodecNames[codec]);
      if (device.Can(CodecKind::kEncoder, codec)) entry.encode.push_back(kCodecNames[codec]);
    }
    if (device.is_lost())
      entry.reason = "it failed while it was in use";
    else if (entry.decode.empty() && entry.encode.empty())
      entry.reason = "it neither decoded nor encoded what it was given to try";
  }

  static Napi::Array ListOf(Napi::Env env, const std::vector<const char *> &names) {
    Napi::Array list = Napi::Array::New(env, names.size());
    for (uint32_t i = 0; i < names.size(); i++) list[i] = Napi::String::New(env, names[i]);
    return list;
  }

  static Napi::Object Describe(Napi::Env env, const Entry &entry) {
    Napi::Object device = Napi::Object::New(env);
    device["name"] = Napi::String::New(env, entry.name);
    device["decode"] = ListOf(env, entry.decode);
    device["encode"] = ListOf(env, entry.encode);
    if (!entry.reason.empty()) device["reason"] = Napi::String::New(env, entry.reason);
    return device;
  }

  Napi::Promise::Deferred deferred_;
  std::vector<Entry> entries_;
};

Napi::Value Accelerators(const Napi::CallbackInfo &info) {
  auto *survey = new Survey(info.Env());
  survey->Queue();
  return survey->Promise();
}

std::string VersionText(unsigned version) {
  return std::to_string(AV_VERSION_MAJOR(version)) + "." + std::to_string(AV_VERSION_MINOR(version)) + "." +
         std::to_string(AV_VERSION_MICRO(version));
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  av_log_set_level(AV_LOG_QUIET);
  exports["interfaceVersion"] = Napi::Number::New(env, kInterfaceVersion);
  exports["libavcodec"] = Napi::String::New(env, VersionText(avcodec_version()));
  exports["license"] = Napi::String::New(env, avcodec_license());
  exports["Session"] = Session::Define(env);
  exports["supports"] = Napi::Function::New(env, Supports, "supports");
  exports["accelerators"] = Napi::Function::New(env, Accelerators, "accelerators");
  DefineConversion(env, exports);
  return Frames::Define(env, exports);
}

}  // namespace

NODE_API_MODULE(everycodec_accel, Init)

}  // namespace everycodec
