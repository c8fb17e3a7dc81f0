#include "devices.h"

#include <glob.h>

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>

#include "avcodec.h"
#include "device-trial.h"

extern "C" {
#include "video-decoder.h"
}

namespace everycodec {

namespace {

// Of one kind, at most; more NVIDIA devices than that are not asked for.
constexpr int kMostDevices = 16;

std::string ErrorText(int error) {
  char text[AV_ERROR_MAX_STRING_SIZE];
  return av_make_error_string(text, sizeof(text), error);
}

DeviceReport OpenDevice(AVHWDeviceType type, const std::string &kind, const std::string &path) {
  AVBufferRef *context = nullptr;
  DeviceReport report;
  report.name = kind + " " + path;
  int error = av_hwdevice_ctx_create(&context, type, path.c_str(), nullptr, 0);
  if (error < 0)
    report.reason = "it could not be opened: " + ErrorText(error);
  else
    report.device = std::make_shared<Device>(type, path, context);
  return report;
}

std::vector<std::string> RenderNodes() {
  const char *setting = std::getenv("EVERYCODEC_VAAPI_DEVICE");
  if (setting && *setting) return {setting};
  std::vector<std::string> paths;
  glob_t found;
  if (glob("/dev/dri/renderD*", 0, nullptr, &found) == 0)
    for (size_t i = 0; i < found.gl_pathc && i < kMostDevices; i++) paths.emplace_back(found.gl_pathv[i]);
  globfree(&found);
  return paths;
}

void FindVaapi(std::vector<DeviceReport> &reports) {
  std::vector<std::string> paths = RenderNodes();
  if (paths.empty()) reports.push_back({"VAAPI", nullptr, "there is no /dev/dri/renderD*"});
  for (const std::string &path : paths) reports.push_back(OpenDevice(AV_HWDEVICE_TYPE_VAAPI, "VAAPI", path));
}

void FindCuda(std::vector<DeviceReport> &reports) {
  for (int index = 0; index < kMostDevices; index++) {
    DeviceReport report = OpenDevice(AV_HWDEVICE_TYPE_CUDA, "CUDA", std::to_string(index));
    bool is_there = report.device != nullptr;
    // After the last one comes one that cannot be opened.
    if (is_there || index == 0) reports.push_back(std::move(report));
    if (!is_there) break;
  }
}

std::vector<DeviceReport> OpenDevices() {
  std::vector<DeviceReport> reports;
  FindVaapi(reports);
  FindCuda(reports);
  return reports;
}

bool EndsWith(const std::string &text, const std::string &end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

bool DecodesOn(const AVCodec *codec, AVHWDeviceType type) {
  for (int i = 0;; i++) {
    const AVCodecHWConfig *config = avcodec_get_hw_config(codec, i);
    if (!config) return false;
    if (config->device_type == type && (config->methods & AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX)) return true;
  }
}

}  // namespace

Device::Device(AVHWDeviceType type, std::string path, AVBufferRef *context)
    : type_(type), path_(std::move(path)), context_(context) {}

Device::~Device() { av_buffer_unref(&context_); }

std::string Device::name() const {
  return (type_ == AV_HWDEVICE_TYPE_VAAPI ? "VAAPI " : "CUDA ") + path_;
}

AVPixelFormat Device::pixel_format() const {
  return type_ == AV_HWDEVICE_TYPE_VAAPI ? AV_PIX_FMT_VAAPI : AV_PIX_FMT_CUDA;
}

bool Device::Can(CodecKind kind, int codec) {
  if (is_lost_ || codec < 0 || codec >= kCodecs) return false;
  std::lock_guard<std::mutex> lock(mutex_);
  Answer &answer = answers_[kind == CodecKind::kEncoder][codec];
  if (answer == Answer::kUnknown) {
    bool can = kind == CodecKind::kDecoder ? TryDecoding(*this, codec) : TryEncoding(*this, codec);
    answer = can ? Answer::kYes : Answer::kNo;
  }
  return answer == Answer::kYes;
}

// Never destroyed: drivers do not bear that their libraries are gone before their devices.
const std::vector<DeviceReport> &FindDevices() {
  static const auto &reports = *new std::vector<DeviceReport>(OpenDevices());
  return reports;
}

std::shared_ptr<Device> FindDevice(CodecKind kind, int codec) {
  for (const DeviceReport &report : FindDevices())
    if (report.device && report.device->Can(kind, codec)) return report.device;
  return nullptr;
}

// libavcodec's own decoders with a device's help; those of a vendor's library (cuvid, qsv) have an order of their own.
const AVCodec *FindHardwareDecoder(const Device &device, int codec) {
  void *position = nullptr;
  while (const AVCodec *candidate = av_codec_iterate(&position)) {
    if (candidate->id != VideoCodecId(codec) || !av_codec_is_decoder(candidate)) continue;
    if (!EndsWith(candidate->name, "_cuvid") && DecodesOn(candidate, device.type())) return candidate;
  }
  return nullptr;
}

const AVCodec *FindHardwareEncoder(const Device &device, int codec) {
  static const char *const names[] = {"h264", "hevc", "vp8", "vp9", "av1"};
  if (codec < 0 || codec > VIDEO_CODEC_AV1) return nullptr;
  const std::string suffix = device.type() == AV_HWDEVICE_TYPE_VAAPI ? "_vaapi" : "_nvenc";
  return avcodec_find_encoder_by_name((names[codec] + suffix).c_str());
}

}  // namespace everycodec
