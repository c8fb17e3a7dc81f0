// Devices that decode and encode: VAAPI's (/dev/dri/renderD*) and NVIDIA's.
#ifndef EVERYCODEC_DEVICES_H
#define EVERYCODEC_DEVICES_H

#include <napi.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/buffer.h>
#include <libavutil/hwcontext.h>
}

namespace everycodec {

enum class CodecKind { kDecoder, kEncoder };

// A device that could be opened. What it can do is found out by trying, once per process.
class Device {
 public:
  Device(AVHWDeviceType type, std::string path, AVBufferRef *context);
  ~Device();
  Device(const Device &) = delete;
  Device &operator=(const Device &) = delete;

  AVHWDeviceType type() const { return type_; }
  // e.g. "VAAPI /dev/dri/renderD128".
  std::string name() const;
  AVBufferRef *context() const { return context_; }
  // Of frames that lie on it.
  AVPixelFormat pixel_format() const;

  // Whether it has decoded, or encoded, a tiny picture of this codec (enum VideoCodec). Tries it the first time.
  bool Can(CodecKind kind, int codec);
  // It stopped working: nobody asks it again.
  void Lose() { is_lost_ = true; }
  bool is_lost() const { return is_lost_; }

 private:
  AVHWDeviceType type_;
  std::string path_;
  AVBufferRef *context_;
  std::atomic<bool> is_lost_{false};
  std::mutex mutex_;
  // By kind and codec: not tried, or the answer.
  enum class Answer { kUnknown, kYes, kNo };
  static constexpr int kCodecs = 5;
  Answer answers_[2][kCodecs] = {};
};

// What was found, and why not.
struct DeviceReport {
  std::string name;
  std::shared_ptr<Device> device;  // null if it could not be opened
  std::string reason;              // then
};

// All that there might be; opens them the first time, which takes a while. From any thread.
const std::vector<DeviceReport> &FindDevices();

// The first that can, or null.
std::shared_ptr<Device> FindDevice(CodecKind kind, int codec);

// libavcodec's implementation on that kind of device, or null.
const AVCodec *FindHardwareDecoder(const Device &device, int codec);
const AVCodec *FindHardwareEncoder(const Device &device, int codec);

}  // namespace everycodec

#endif
